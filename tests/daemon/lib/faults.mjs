// What the tests of faults share: the invariant after each (a sound database, every run in a final state), and ways to do harm.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import net from "node:net";
import { basename, join } from "node:path";
import { built } from "../../lib/project.mjs";
import { asRoot, onServer, patience, program, scratch, startDaemon, until } from "./daemon.mjs";

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

/** Ends in good order, and the database is sound from end to end. ahead: its clock was ahead of this machine's, which `doctor` tells. */
export async function stopped(d, { ahead = false } = {}) {
  const end = await d.stop();
  assert.deepEqual([end.status, end.signal], [0, null], end.log.slice(-4000));
  const doctor = await said(["doctor", "--db", d.db]); // each chain of events too
  assert.match(doctor.stdout, /^ok +database/m, doctor.stderr);
  const problems = doctor.stdout.split("\n").filter((line) => /^PROBLEM +(?!disk)\S/.test(line)); // a small disk is one of ours
  assert.equal(problems.length, ahead ? 1 : 0, problems.join("\n"));
  if (ahead) assert.match(problems[0], /^PROBLEM +clock .*earlier than what is in the database/);
  const copy = join(scratch(), "copy.db");
  const checked = await said(onServer ? ["db", "copy", "--from", d.db, "--to", copy] : ["restore", d.db, "--db", copy]); // reads all there is
  assert.equal(checked.status, 0, checked.stderr);
  rmSync(copy); // many of them would fill the disk
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

/** A command of the program while this one goes on: { status, stdout, stderr }. */
export function said(args) {
  const child = spawn(built(program), args, { stdio: ["ignore", "pipe", "pipe"] });
  const r = { stdout: "", stderr: "" };
  for (const from of ["stdout", "stderr"]) child[from].on("data", (part) => (r[from] += part));
  return new Promise((done) => child.on("close", (status) => done({ status, ...r })));
}

/** Rows and digest of each table, as `db copy` reads and finds them again. Not of the events, of which a restore is one; and of the runs
 *  only how many there are, since whoever opens the database ends the leases of those that were under way. */
export async function digestsOf(db) {
  const r = await said(["db", "copy", "--from", db, "--to", join(scratch(), "copy.db")]);
  assert.equal(r.status, 0, r.stderr);
  const tables = r.stdout.split("\n").filter((line) => /^\w+ +\d+ rows {2}[0-9a-f]{64}$/.test(line) && !line.startsWith("audit"));
  return tables.map((line) => (line.startsWith("runs ") ? line.slice(0, -64) : line));
}

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
  assert.deepEqual(readdirSync(`${d.local}.uploads`), []);
}

/** A small file system in memory at `dir`; what it answers is why there is none. On a server the database of the daemon in `dir` is there
 *  too, by a tablespace. */
export function smallDisk(t, dir, mib) {
  mkdirSync(dir, { recursive: true });
  const r = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", dir], { encoding: "utf8" });
  if (r.status !== 0) return `no small file system can be mounted here, a full disk is not tested: ${r.stderr || r.error}`;
  if (onServer) return tablespace(t, dir);
  t.after(() => spawnSync("umount", ["-l", dir]));
  return null;
}

/** The database of the daemon in `dir` is made in a folder there. The server must not miss that folder, so that it forgets it first. */
function tablespace(t, dir) {
  const name = basename(dir);
  const sql = (...commands) => spawnSync("psql", ["-q", "-v", "ON_ERROR_STOP=1", asRoot("postgres"), ...commands.flatMap((c) => ["-c", c])], { encoding: "utf8" });
  const place = join(dir, "server");
  mkdirSync(place, { mode: 0o700 });
  const owner = Number(spawnSync("id", ["-u", "postgres"], { encoding: "utf8" }).stdout);
  if (process.getuid() === 0) chownSync(place, owner, -1);
  t.after(() => {
    spawnSync("mount", ["-o", "remount,size=256m", dir]); // what the server has not yet written finds room
    const r = sql(`DROP DATABASE IF EXISTS "${name}-a.db" WITH (FORCE)`, `DROP TABLESPACE IF EXISTS "${name}"`);
    spawnSync("umount", ["-l", dir]);
    assert.equal(r.status, 0, r.stderr);
  });
  const r = sql(`CREATE TABLESPACE "${name}" OWNER dyo LOCATION '${place}'`, `CREATE DATABASE "${name}-a.db" OWNER dyo TABLESPACE "${name}"`);
  return r.status === 0 ? null : `the server takes no disk of ours: ${r.stderr}`;
}

/** A file on a small disk that leaves so many MiB of room: its name. */
export function ballastIn(disk, left) {
  const { bavail, bsize } = statfsSync(disk);
  const name = join(disk, "ballast");
  writeFileSync(name, Buffer.alloc(bavail * bsize - left * (1 << 20)));
  return name;
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
