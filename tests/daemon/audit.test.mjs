// Who did what: the chain of events as commands and requests write it, printed, verified, and looked at by doctor.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { command, onServer, scratch, startDaemon } from "./lib/daemon.mjs";

const audit = (db, ...args) => command(["audit", "--db", db, ...args]);
const events = (db, ...args) => audit(db, ...args).stdout.trim().split("\n").map((line) => JSON.parse(line));
const verified = (db, ...args) => {
  const r = audit(db, "--verify", ...args);
  assert.equal(r.status, 0, r.stdout + r.stderr);
  return r.stdout;
};

test("what requests and commands do is in the chain of events, without a secret", async (t) => {
  const d = await startDaemon({ flags: { rate: 77 } });
  t.after(() => d.stop());
  const token = d.tokenOf("acme", "write");
  const id = command(["token", "list", "--tenant", "acme", "--db", d.db]).stdout.slice(0, 36);
  const config = { instance_url: "https://example.my.salesforce.com", access_token: "planted-secret-1", objects: [] };
  const made = await d.post("/api/v1/connectors/", { name: "crm", connector_type: "salesforce", config }, { token });
  assert.equal(made.status, 201, made.text);
  const path = `/api/v1/connectors/${made.json.source_id}`;
  assert.equal((await d.request("PATCH", path, { token, body: { name: "CRM", config: { ...config, access_token: "planted-secret-2" } } })).status, 200);
  assert.equal((await d.request("PATCH", path, { token, body: { name: 7 } })).status, 400);
  assert.equal((await d.request("DELETE", path, { token })).status, 204);
  assert.equal(command(["token", "revoke", id, "--tenant", "acme", "--db", d.db]).status, 0);

  const own = events(d.db, "--tenant", "acme");
  const self = `uid ${process.getuid()}`;
  const by = `token ${id}`;
  assert.deepEqual(own.map((e) => [e.seq, e.tenant, e.actor, e.action, e.subject, JSON.stringify(e.detail)]), [
    [1, "acme", self, "token.create", id, '{"name":"","scopes":7,"expires":0}'],
    [2, "acme", by, "connector.create", made.json.source_id, '{"type":"salesforce","name":"crm"}'],
    [3, "acme", by, "connector.secret", made.json.source_id, '{"field":"access_token","given":true}'],
    [4, "acme", by, "connector.change", made.json.source_id, '{"changed":["name"]}'],
    [5, "acme", by, "connector.secret", made.json.source_id, '{"field":"access_token","given":true}'],
    [6, "acme", by, "connector.delete", made.json.source_id, '{"type":"salesforce","name":"CRM"}'],
    [7, "acme", self, "token.revoke", id, "{}"],
  ]);
  for (const e of own) assert.ok(Math.abs(Date.parse(e.at) - Date.now()) < 600_000, e.at);
  const settings = events(d.db).find((e) => e.action === "settings");
  assert.equal(settings.tenant, "");
  assert.equal(settings.detail.rate, "77");
  assert.doesNotMatch(audit(d.db).stdout, /planted|dyo_/);

  assert.match(verified(d.db), new RegExp(`^ok +"acme": 7 events, head ${own[6].digest}$`, "m"));
  assert.match(verified(d.db, "--known", own[3].digest), /"acme": 7 events/);
  const unknown = audit(d.db, "--verify", "--known", own[3].digest.replace(/^../, (x) => (x === "00" ? "11" : "00")));
  assert.equal(unknown.status, 1);
  assert.match(unknown.stdout, /^BROKEN +no event has the digest/m);
  assert.match(command(["doctor", "--db", d.db]).stdout, /^ok +audit +\d+ events/m);
});

test("exports, erasures, backups and restores are events of the installation, and settings once for each change", { skip: onServer && "about files" }, async (t) => {
  const dir = scratch();
  const db = join(dir, "a.db");
  let d = await startDaemon({ dir, db });
  d.tokenOf("gone", "read");
  await d.stop();
  d = await startDaemon({ dir, db });
  await d.stop();
  for (const args of [["tenant", "export", "gone"], ["tenant", "erase", "gone"], ["backup", join(dir, "copy.db")]]) assert.equal(command([...args, "--db", db]).status, 0);
  assert.deepEqual(events(db).filter((e) => e.tenant === "").map((e) => e.action), ["settings", "tenant.export", "tenant.erase", "backup"]);
  assert.deepEqual(events(db).filter((e) => e.tenant === "gone"), []);
  assert.equal(command(["restore", join(dir, "copy.db"), "--db", db]).status, 0);
  assert.deepEqual(events(db).filter((e) => e.tenant === "").map((e) => e.action), ["settings", "tenant.export", "tenant.erase", "restore"]);
  verified(db);
  d = await startDaemon({ dir, db, flags: { rate: 9 } });
  t.after(() => d.stop());
  assert.equal(events(db).filter((e) => e.action === "settings").length, 2);
  verified(db);
});

test("what does not fit is refused", () => {
  for (const args of [["--known", "abc", "--verify"], ["--known", "0".repeat(64)], ["--db"], ["--later"]]) {
    const r = command(["audit", ...args]);
    assert.equal(r.status, 2, args.join(" "));
    assert.match(JSON.parse(r.stderr).error.message, /^audit: /);
  }
});
