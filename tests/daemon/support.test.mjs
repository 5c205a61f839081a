// The support bundle: what is in it, and that none of the secrets planted beforehand is, nor a tenant's name or data.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { command, dailyCsv, freePort, scratch, startDaemon } from "./lib/daemon.mjs";

const names = ["about.txt", "settings.ini", "doctor.txt", "tables.txt", "runs.txt", "figures.txt", "log.txt"];

/** A bundle's files by name, as tar takes it apart. */
function opened(file) {
  const at = scratch();
  const r = spawnSync("tar", ["-xzf", file, "-C", at], { encoding: "utf8" });
  assert.equal(r.status, 0, r.stderr);
  const list = spawnSync("tar", ["-tzf", file], { encoding: "utf8" }).stdout.trim().split("\n");
  return Object.fromEntries(list.map((name) => [name, readFileSync(join(at, name), "utf8")]));
}

test("a bundle says how things stand and holds none of the secrets that are there", async (t) => {
  const metrics_port = await freePort();
  const d = await startDaemon({ flags: { metrics_port } });
  t.after(() => d.stop());
  const token = d.tokenOf("planted-tenant", "write");
  const config = { instance_url: "https://example.my.salesforce.com", access_token: "planted-access", client_id: "x", client_secret: "planted-client", objects: [] };
  const made = await d.post("/api/v1/connectors/", { name: "planted-name", connector_type: "salesforce", config }, { token });
  assert.equal(made.status, 201, made.text);
  assert.equal((await d.upload(dailyCsv(30, { name: "planted-metric" }), "?name=planted-file.csv", { token })).status, 200);
  const asked = await d.post("/api/v1/inventory/none", {}, { token });
  assert.equal(asked.status, 404);

  const log = join(d.dir, "daemon.log");
  writeFileSync(log, `${"x".repeat(1 << 20)}\n{"event":"old","text":"${token}"}\n${d.log()}`);
  const file = join(d.dir, "bundle.tar.gz");
  const args = ["support-bundle", file, "--db", d.db, "--log", log, "--metrics-port", String(metrics_port)];
  const r = command(args);
  assert.equal(r.status, 0, r.stderr);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const bundle = opened(file);
  assert.deepEqual(Object.keys(bundle), names);
  assert.match(bundle["about.txt"], /^dyocensed \d+\.\d+\.\d+/);
  assert.match(bundle["settings.ini"], new RegExp(`^metrics_port = ${metrics_port}$`, "m"));
  assert.match(bundle["doctor.txt"], /^ok +audit /m);
  assert.match(bundle["tables.txt"], /^schema \d+, \d+ bytes/m);
  assert.match(bundle["tables.txt"], /^business_metrics +30 rows$/m);
  assert.match(bundle["runs.txt"], /tenant [0-9a-f]{8} .*upload .*succeeded .*30 read +30 stored/);
  assert.match(bundle["figures.txt"], /^dyocense_uploads_total 1$/m);
  assert.match(bundle["log.txt"], /"event":"ready"/);
  assert.match(bundle["log.txt"], /"text":"\[redacted\]"/);
  assert.match(bundle["log.txt"], /^\{"event":"old"/, "it begins with the beginning of a line");
  const tenant = /tenant ([0-9a-f]{8}) /.exec(bundle["runs.txt"])[1];
  assert.ok(bundle["log.txt"].includes(`"tenant":"${tenant}"`), "a tenant is the same in the log and the list of runs");

  const key = readFileSync(`${join(d.dir, "a.db")}.key`, "utf8").trim();
  assert.ok(key.length > 20);
  const all = gunzipSync(readFileSync(file)).toString("latin1");
  const parts = key.split(/\s+/).filter((x) => x.length > 20);
  for (const [name, text] of Object.entries(bundle)) assert.doesNotMatch(text, /planted/, name);
  for (const secret of ["planted", token, d.token, made.json.source_id, ...parts]) assert.ok(!all.includes(secret), `${secret.slice(0, 12)}… is in it`);

  const again = command(args);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /File exists/);
});

test("a bundle is made also where the database, the figures or the log are not there", () => {
  const dir = scratch();
  const file = join(dir, "b.tar.gz");
  writeFileSync(join(dir, "bad.db"), "no database");
  const r = command(["support-bundle", file, "--db", join(dir, "bad.db"), "--metrics-port", "1", "--log", join(dir, "none")]);
  assert.equal(r.status, 0, r.stderr);
  const bundle = opened(file);
  assert.match(bundle["doctor.txt"], /PROBLEM +database/);
  assert.match(bundle["figures.txt"], /refused/i);
  assert.match(bundle["log.txt"], /No such file/);
  const nowhere = join(dir, "no-folder", "b.tar.gz");
  assert.equal(command(["support-bundle", nowhere]).status, 2);
  assert.ok(!existsSync(nowhere));
  for (const args of [[], [file, "more"], [file, "--log"], [join(dir, "c"), "--prot", "1"]]) assert.equal(command(["support-bundle", ...args]).status, 2, args.join(" "));
});

test("a password in the address of a server is not in it", () => {
  const file = join(scratch(), "b.tar.gz");
  assert.equal(command(["support-bundle", file, "--db", "postgresql://me:planted-password@127.0.0.1:1/x"]).status, 0);
  const all = gunzipSync(readFileSync(file)).toString("latin1");
  assert.match(all, /postgresql:\/\/me@127\.0\.0\.1:1\/x/);
  assert.doesNotMatch(all, /planted/);
});
