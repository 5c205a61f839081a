// What a process has used of the processor, which other programs beside it do not change.
import { readFileSync } from "node:fs";

const ticks = 100; // a second, on every Linux there is

/** Two neighbouring fields of a process, in seconds; `at` counts from its state on. */
function seconds(pid, at) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return (Number(fields[at]) + Number(fields[at + 1])) / ticks;
}

/** Seconds of user and system time so far. */
export const cpuOf = ({ pid }) => seconds(pid, 11);

/** The same of those that it started and that have ended. */
export const cpuOfEnded = ({ pid }) => seconds(pid, 13);
