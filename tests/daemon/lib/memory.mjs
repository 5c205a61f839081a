// The memory of a process that runs, as far as it may write to it.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const STEP = 1 << 22;

/** [["range name", bytes], ...] of a process; null where this one may not look, as only root may at a daemon. */
export function memoryOf(pid) {
  const regions = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n").map((l) => /^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ \S+ \S+ *(.*)$/.exec(l)).filter(Boolean);
  let fd;
  try {
    fd = openSync(`/proc/${pid}/mem`, "r");
  } catch {
    return null;
  }
  const out = [];
  for (const [, from, to, name] of regions) {
    const start = BigInt(`0x${from}`);
    const n = Number(BigInt(`0x${to}`) - start);
    const bytes = Buffer.alloc(n);
    let got = 0;
    try {
      while (got < n) {
        const k = readSync(fd, bytes, got, Math.min(STEP, n - got), start + BigInt(got));
        if (k === 0) break;
        got += k;
      }
    } catch {
      // a page that cannot be read, such as what is locked and guarded
    }
    out.push([`memory ${from} ${name}`, bytes.subarray(0, got)]);
  }
  closeSync(fd);
  return out;
}
