// A clock that a test moves: libfaketime, by a file that names the time.
import { spawnSync } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const preload = () => {
  const r = spawnSync("faketime", ["-m", "-f", "+0", "sh", "-c", "echo $LD_PRELOAD"], { encoding: "utf8" });
  return r.status === 0 ? r.stdout.trim() : "";
};
const library = preload();

/** Why a test with a moved clock cannot run here; false where it can. */
export const noClock = library ? false : "SKIPPED LOUDLY: faketime is not installed, no test here moves the clock";
if (noClock) console.error(noClock);

// The wall clock alone is moved; waits by the monotonic one stay as they are (without the last two, libfaketime lets them end at once).
const through = (...settings) => [
  "env",
  "TZ=UTC",
  `LD_PRELOAD=${library}`,
  ...settings,
  "ASAN_OPTIONS=exitcode=99:detect_leaks=1:verify_asan_link_order=0",
  "FAKETIME_DONT_FAKE_MONOTONIC=1",
  "FAKETIME_FORCE_MONOTONIC_FIX=0",
];

/** What to start a daemon through whose clock is so many seconds ahead. */
export const ahead = (seconds) => (library ? through(`FAKETIME=+${seconds}s`) : []);

/** A clock in `dir`: `set` it to a time in UTC ("2026-03-29T01:00:00Z"), and start a daemon through `wrap`. */
export function movedClock(dir) {
  const file = join(dir, "clock");
  return {
    set(time) {
      writeFileSync(`${file}.new`, `@${time.replace("T", " ").replace("Z", "")}\n`);
      renameSync(`${file}.new`, file); // never half a file
    },
    wrap: through(`FAKETIME_TIMESTAMP_FILE=${file}`, "FAKETIME_NO_CACHE=1"),
  };
}
