// What a process has used of the processor, which other programs beside it do not change.
import { spawnSync } from "node:child_process";
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

/** The first column of what a server answers, as numbers. */
export const numbersOf = (db, sql) => spawnSync("psql", ["-qtA", db, "-c", "SET app.every = 'on'", "-c", sql], { encoding: "utf8" }).stdout.trim().split("\n").map(Number);

/** Seconds of processor that a server's processes for this database have used. */
export const serverCpu = (db) => numbersOf(db, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").reduce((s, pid) => s + cpuOf({ pid }), 0);
