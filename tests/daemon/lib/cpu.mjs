// What a process has used of the processor, which other programs beside it do not change.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const ticks = 100; // a second, on every Linux there is

/** Seconds of user and system time so far. */
export function cpuOf(d) {
  const fields = readFileSync(`/proc/${d.pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/** The first column of what a server answers, as numbers. */
export const numbersOf = (db, sql) => spawnSync("psql", ["-qtA", db, "-c", "SET app.every = 'on'", "-c", sql], { encoding: "utf8" }).stdout.trim().split("\n").map(Number);

/** Seconds of processor that a server's processes for this database have used. */
export const serverCpu = (db) => numbersOf(db, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").reduce((s, pid) => s + cpuOf({ pid }), 0);
