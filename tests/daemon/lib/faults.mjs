// What the tests of faults share: the invariant after each (a sound database, every run in a final state), and ways to do harm.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { built } from "../../lib/project.mjs";
import { command, onServer, patience, program, scratch, startDaemon, until } from "./daemon.mjs";

const final = ["succeeded", "partial", "failed", "cancelled"];
export const ready = (d) => d.get("/readyz", { token: null });
export const valuesOf = async (d, metric, o) => (await d.get("/api/v1/metrics/?limit=1000", o)).json.items.find((m) => m.metric_name === metric)?.values ?? 0;

/** The invariant's first two thirds. Answers the runs. */
export async function sound(d, o) {
  await until(async () => (await ready(d)).json.database === "sound", "a sound database", 30_000);
  return until(async () => {
    const { items } = (await d.get("/api/v1/runs/?limit=1000", o)).json;
    return items.every((r) => final.includes(r.state)) && items;
  }, "the end of every run", 60_000);
}

/** Ends in good order, and the file is sound from end to end. */
export async function stopped(d) {
  const end = await d.stop();
  assert.deepEqual([end.status, end.signal], [0, null], end.log.slice(-4000));
  const doctor = command(["doctor", "--db", d.db]);
  assert.match(doctor.stdout, /^ok +database/m, doctor.stderr);
  const problems = doctor.stdout.split("\n").filter((line) => /^PROBLEM +(?!disk)\S/.test(line)); // a small disk is one of ours
  assert.deepEqual(problems, []);
  const checked = command(["restore", d.db, "--db", join(scratch(), "copy.db")]); // looks at every page before it copies
  assert.equal(checked.status, 0, checked.stderr);
}

/** Starts a daemon that does not outlive the test. */
export async function started(t, options) {
  const d = await startDaemon(options);
  t.after(() => d.child.kill("SIGKILL"));
  return d;
}

/** An upload that is acknowledged: its answer. */
export const upload = async (d, text, query, o) => {
  const r = await d.upload(text, query, o);
  assert.equal(r.status, 200, r.text);
  return r.json;
};

/** A command of the program while this one goes on: its exit status. */
export const beside = (args) => new Promise((done) => spawn(built(program), args, { stdio: "ignore" }).on("close", done));

/** A test that cannot be done here. */
export function loudly(t, why) {
  console.error(`SKIPPED LOUDLY: ${why}`);
  t.skip(why);
}

/** A connection that sends `bytes`, then a byte a second, and reads nothing; answers after how many ms the server ended it. */
export function trickle(d, bytes) {
  return new Promise((done, fail) => {
    const began = performance.now();
    const socket = net.connect(d.port, "127.0.0.1", () => socket.write(bytes));
    const beat = setInterval(() => socket.write("x"), 1000);
    socket.setTimeout(30_000 * patience, () => fail(new Error("it was not cut off")));
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.on("close", () => {
      clearInterval(beat);
      done(performance.now() - began);
    });
  });
}

/** The header fields of an upload of that length. */
export const head = (d, length, query = "?name=slow.csv") =>
  `POST /api/v1/connectors/upload${query} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${d.token}\r\nContent-Length: ${length}\r\n\r\n`;

/** Nothing of an upload is left: no run, no value, no raw file, nothing in the spool. */
export async function nothingOf(d) {
  assert.deepEqual((await d.get("/api/v1/runs/")).json.items, []);
  assert.deepEqual((await d.get("/api/v1/metrics/")).json.items, []);
  assert.deepEqual(readdirSync(`${d.db}.uploads`), []);
}

/** A small file system in memory at `dir`; what it answers is why there is none. */
export function smallDisk(t, dir, mib) {
  if (onServer) return "the database's disk is its server's";
  mkdirSync(dir, { recursive: true });
  const r = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", dir], { encoding: "utf8" });
  if (r.status === 0) t.after(() => spawnSync("umount", ["-l", dir]));
  return r.status === 0 ? null : `no small file system can be mounted here, a full disk is not tested: ${r.stderr || r.error}`;
}

/** A sync while `disk` is filled with `mib` of ballast: it waits, saying why; the run, once there is room again. */
export async function syncOnFullDisk(d, disk, mib, id) {
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, Buffer.alloc(mib << 20));
  const { run_id } = (await d.post(`/api/v1/connectors/${id}/sync`, "")).json;
  const waiting = await until(async () => {
    const r = (await d.get(`/api/v1/runs/${run_id}`)).json;
    return (r.state === "queued" && r.error) || (!["queued", "running"].includes(r.state) && assert.fail(JSON.stringify(r))) ? r : null;
  }, "the run to meet the full disk", 90_000);
  assert.match(waiting.error.message, /full/);
  rmSync(ballast);
  return d.finished(run_id);
}

/** Starting on a file fails: what was said, with the file as it was. */
export async function refused(dir, db) {
  const before = readFileSync(db);
  const e = await startDaemon({ dir, db }).then((d) => d.stop("SIGKILL").then(() => null), (e) => e);
  assert.ok(e, "it started");
  assert.ok(e.status > 0 && e.status < 90, `status ${e.status} ${e.signal}`);
  assert.ok(readFileSync(db).equals(before), "the file was changed");
  return e.log;
}
