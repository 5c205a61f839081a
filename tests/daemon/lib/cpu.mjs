// What a process has used of the processor, which other programs beside it do not change.
import { readFileSync } from "node:fs";

const ticks = 100; // a second, on every Linux there is

/** Seconds of user and system time so far. */
export function cpuOf(d) {
  const fields = readFileSync(`/proc/${d.pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}
