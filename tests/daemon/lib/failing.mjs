// A daemon whose n-th allocation fails: tests/daemon/memory/failing.c, loaded before it, and the file by which it is told which.
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { built } from "../../lib/project.mjs";
import { program, scratch } from "./daemon.mjs";

const library = join(dirname(built(program)), "tests/failing.so");

/** Why no allocation can be made to fail here; false where they can. */
export const noFailing = existsSync(library) ? false : "SKIPPED LOUDLY: there is no tests/failing.so in this build (sanitizers, or no glibc): no allocation of a daemon fails here";
if (noFailing) console.error(noFailing);

const FIELDS = ["at", "more", "seen", "failed", "blocks", "bytes", "frames"];

/** { wrap, arm, disarm, state, where }: start a daemon through `wrap`. */
export function failing() {
  const file = join(scratch(), "failing");
  writeFileSync(file, Buffer.alloc(4096));
  const fd = openSync(file, "r+");
  const write = (...values) => writeSync(fd, new BigUint64Array(values.map(BigInt)), 0, 8 * values.length, 0);
  const words = (from, n) => {
    const bytes = Buffer.alloc(8 * n);
    readSync(fd, bytes, 0, bytes.length, 8 * from);
    return Array.from({ length: n }, (_, i) => bytes.readBigInt64LE(8 * i));
  };
  const state = () => Object.fromEntries(words(0, FIELDS.length).map((v, i) => [FIELDS[i], Number(v)]));
  return {
    wrap: ["env", `LD_PRELOAD=${library}`, `DYO_FAILING=${file}`],
    /** From now on the n-th fails, and as many after it. */
    arm(n, more = 0) {
      write(0, more, 0, 0);
      write(n);
    },
    /** None fails any more; how many there were, and how many failed. */
    disarm() {
      write(0);
      return state();
    },
    state,
    /** Who asked for the first that failed, as file+offset for addr2line; `pid` must still run. */
    where(pid) {
      const maps = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n").map((l) => /^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ \S+ +(\/.*)$/.exec(l)).filter(Boolean);
      return words(FIELDS.length, state().frames).map((a) => {
        const m = maps.find(([, from, to]) => a >= BigInt(`0x${from}`) && a < BigInt(`0x${to}`));
        return m ? `${m[4].replace(/.*\//, "")}+0x${(a - BigInt(`0x${m[1]}`) + BigInt(`0x${m[3]}`)).toString(16)}` : `0x${a.toString(16)}`;
      });
    },
    close: () => closeSync(fd),
  };
}
