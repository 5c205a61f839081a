// Salesforce from end to end against its fake: speed, the ways to a token, what records become, jobs of the Bulk API, quotas, cancel,
// schedules, what is refused, and that no secret is to be found anywhere.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes, generateKeyPairSync } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { authority } from "../fakes/lib/certificate.mjs";
import { startSalesforce } from "../fakes/salesforce/server.mjs";
import { built } from "../lib/project.mjs";
import { command, onServer, program, scratch, startDaemon, until } from "./lib/daemon.mjs";
import { memoryOf } from "./lib/memory.mjs";
import { cpuOf, day, deals, held, loopback, mirrored, orgAndConnector, sync, truth } from "./lib/salesforce.mjs";

let d;
before(async () => {
  d = await startDaemon({ flags: { ...loopback, log_level: "debug" } });
});
after(async () => assert.equal((await d.stop()).status, 0));

const amounts = async (stage) => {
  const { series } = (await d.get("/api/v1/metrics/opportunity_amount")).json;
  const s = series.find((x) => x.dimensions.StageName === stage);
  return new Map(s.dates.map((date, i) => [date.slice(0, 10), s.values[i]]));
};

/** What the sums have to be, computed from the org. */
function sums(org, stage) {
  const out = new Map();
  for (const r of org.rows("Opportunity").filter((x) => x.StageName === stage)) out.set(r.CloseDate, (out.get(r.CloseDate) ?? 0) + r.Amount);
  return out;
}

test("10,000 records come in time, and a delta of 100 quicker", async () => {
  const c = await orgAndConnector(d);
  deals(c.fake.org, 10_000);
  c.fake.clock.advance(5000);
  const cpu = cpuOf(d);
  const whole = await c.sync();
  const used = cpuOf(d) - cpu;
  assert.equal(whole.state, "succeeded", JSON.stringify(whole.error));
  assert.deepEqual([whole.rows_read, whole.rows_stored, whole.method], [10_000, 10_000, "api"]);
  assert.ok(used < 1.5, `${used} s of processor`);
  for (const stage of ["Closed Won", "Prospecting"])
    for (const [date, sum] of sums(c.fake.org, stage)) assert.equal((await amounts(stage)).get(date), sum, `${stage} ${date}`);
  c.fake.clock.advance(3_600_000);
  assert.equal((await c.sync()).state, "succeeded"); // looks back on all of them once more
  const rows = c.fake.org.rows("Opportunity");
  for (let i = 0; i < 100; i++) c.fake.org.update("Opportunity", rows[i * 97].Id, { Amount: 1 });
  c.fake.org.remove("Opportunity", rows[5].Id);
  c.fake.clock.advance(5000);
  const before = cpuOf(d);
  const delta = await c.sync();
  const less = cpuOf(d) - before;
  assert.equal(delta.state, "succeeded");
  assert.equal(delta.rows_stored, 101);
  assert.ok(less < 0.5, `${less} s of processor`);
  console.log(`10,000 records: ${Math.round(whole.ms)} ms, ${used.toFixed(2)} s of processor; delta of 101: ${Math.round(delta.ms)} ms, ${less.toFixed(2)} s`);
  const won = sums(c.fake.org, "Closed Won");
  for (const [date, sum] of await amounts("Closed Won")) assert.equal(sum ?? 0, won.get(date) ?? 0, date);
  assert.equal((await c.source()).state, "ready");
  await c.fake.close();
});

test("10,000 records with 150 ms a page come in under 4 s", async () => {
  const c = await orgAndConnector(d, { config: { objects: [{ object: "Opportunity", fields: ["Amount"] }] } });
  deals(c.fake.org, 10_000);
  c.fake.clock.advance(5000);
  c.fake.delay = 150;
  const asked = c.fake.requests.length;
  const cpu = cpuOf(d);
  const run = await c.sync();
  assert.equal(run.state, "succeeded", JSON.stringify(run.error));
  // By what it waits for and computes itself: what other programs do meanwhile is no concern of this test.
  const seconds = 0.15 * (c.fake.requests.length - asked) + cpuOf(d) - cpu;
  assert.ok(seconds < 4, `${seconds} s`);
  console.log(`10,000 records with 150 ms a page: ${Math.round(run.ms)} ms, of which ${seconds.toFixed(2)} s are its own`);
  await c.fake.close();
});

test("each way to a token", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  const fake = await startSalesforce();
  const app = fake.oauth.addApp({ certificate: publicKey });
  const plain = { login_url: fake.url, client_id: app.clientId };
  const ways = {
    refresh_token: { ...plain, client_secret: app.clientSecret, refresh_token: fake.oauth.consent(app) },
    jwt: { ...plain, jwt_private_key: privateKey, username: "user@acme.example" },
    client_credentials: { ...plain, client_secret: app.clientSecret },
    fixed: { instance_url: fake.url, access_token: fake.oauth.session() },
  };
  for (const [way, config] of Object.entries(ways)) {
    const made = await d.post("/api/v1/connectors/", { name: way, connector_type: "salesforce", config });
    assert.equal(made.status, 201, made.text);
    const tested = await d.post(`/api/v1/connectors/${made.json.source_id}/test`, "");
    assert.equal(tested.json.ok, true, `${way}: ${tested.text}`);
    assert.ok(tested.json.details.objects.includes("Opportunity"));
    assert.equal((await d.get(`/api/v1/connectors/${made.json.source_id}`)).json.state, "ready");
  }
  assert.deepEqual(fake.oauth.granted.map((g) => g.flow).sort(), ["client_credentials", "jwt", "refresh_token"]);
  await fake.close();
});

test("the test of a connector says how much there is, and how new it is", async () => {
  const objects = [{ object: "Opportunity", metrics: [{ metric: "o", date: "CloseDate", aggregate: "count" }] }, mirrored("told"), { object: "Product2", fields: ["Name"] }];
  const c = await orgAndConnector(d, { config: { objects } });
  deals(c.fake.org, 12_045);
  c.fake.org.insert("Account", { Name: "one" });
  c.fake.clock.advance(-3 * 86_400_000);
  c.fake.org.insert("Product2", { Name: "old" });
  c.fake.org.insert("Product2", { Name: "old too" });
  const { ok, message, details } = (await d.post(`/api/v1/connectors/${c.id}/test`, "")).json;
  const old = new Date(c.fake.clock.now()).toISOString().slice(0, 10);
  const [, days] = /^The credentials are good: 12,045 opportunities, newest (today|yesterday) \d\d:\d\d UTC; 1 account, newest (?:today|yesterday) \d\d:\d\d UTC; 2 product2s, newest (\S+)\. \d+ kinds of records can be queried\.$/.exec(message) ?? assert.fail(message);
  assert.deepEqual([ok, days !== undefined, message.includes(old), details.records.Opportunity.count, details.records.Product2.newest.slice(0, 10)], [true, true, true, 12_045, old]);
  c.fake.faults.add({ path: /COUNT/, error: "timeout" });
  assert.match((await d.post(`/api/v1/connectors/${c.id}/test`, "")).json.message, /^The credentials are good: 1 account/, "one that is too large to count is left out");
  await c.fake.close();
});

test("credentials that end make the connector say so, and new ones make it well", async () => {
  const c = await orgAndConnector(d);
  deals(c.fake.org, 3);
  c.fake.clock.advance(5000);
  assert.equal((await c.sync()).state, "succeeded");
  for (const t of c.fake.oauth.refreshTokens.values()) t.dead = true;
  c.fake.oauth.expireSessions();
  const run = await c.sync();
  assert.equal(run.state, "failed");
  assert.match(run.error.message, /expired/);
  assert.equal((await c.source()).state, "needs_reauth");
  const answer = await d.post(`/api/v1/connectors/${c.id}/test`, "");
  assert.equal(answer.json.ok, false);
  const { config } = await c.source();
  const changed = await d.request("PATCH", `/api/v1/connectors/${c.id}`, { body: { config: { ...config, refresh_token: c.fake.oauth.consent(c.app) } } });
  assert.equal(changed.status, 200, changed.text);
  assert.equal((await c.sync()).state, "succeeded");
  assert.equal((await c.source()).state, "ready");
  await c.fake.close();
});

test("a large result is a job of the Bulk API, and comes out the same", async () => {
  const config = { objects: [mirrored("bulk")], bulk_above: 50 };
  const c = await orgAndConnector(d, { config });
  for (let i = 0; i < 300; i++) c.fake.org.insert("Account", { Name: `Größe "${i}",\n x`, AnnualRevenue: i });
  c.fake.bulk.pageRows = 70;
  c.fake.bulk.polls = 2;
  c.fake.clock.advance(5000);
  const run = await c.sync();
  assert.equal(run.state, "succeeded", JSON.stringify(run.error));
  assert.equal(c.fake.count("/jobs/query/") > 5, true);
  assert.equal(c.fake.bulk.jobs.size, 0, "the job is put away");
  assert.deepEqual(await held(d, "bulk"), truth(c.fake.org));
  // the same by pages changes nothing: both ways write a record alike
  const { config: kept } = await c.source();
  await d.request("PATCH", `/api/v1/connectors/${c.id}`, { body: { config: { ...kept, bulk_above: 5000 } } });
  const again = await c.sync();
  assert.deepEqual([again.state, again.rows_read, again.rows_stored], ["succeeded", 300, 0]);
  await c.fake.close();
});

test("an object that the Bulk API does not have comes by pages", async () => {
  const c = await orgAndConnector(d, { config: { bulk_above: 5, objects: [{ object: "OrderStatus", fields: ["MasterLabel"] }] } });
  for (let i = 0; i < 20; i++) c.fake.org.insert("OrderStatus", { MasterLabel: `L${i}` });
  c.fake.clock.advance(5000);
  const run = await c.sync();
  assert.deepEqual([run.state, run.rows_stored], ["succeeded", 20], JSON.stringify(run.error));
  await c.fake.close();
});

test("one object that cannot be read does not keep the others from coming", async () => {
  const objects = [{ object: "NoSuchThing__c", fields: ["Name"] }, { object: "Product2", fields: ["Name"] }];
  const c = await orgAndConnector(d, { config: { objects } });
  c.fake.org.insert("Product2", { Name: "P" });
  c.fake.clock.advance(5000);
  const run = await c.sync();
  assert.equal(run.state, "partial");
  assert.deepEqual(run.result.objects.map((o) => o.state), ["failed", "succeeded"]);
  assert.match(run.error.message, /NoSuchThing__c/);
  await c.fake.close();
});

test("a daily quota ends the run as partial, and the next goes on", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("quota")] } });
  for (let i = 0; i < 40; i++) c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
  c.fake.clock.advance(5000);
  c.fake.queries.pageRows = 10;
  c.fake.faults.add({ path: "/query/", skip: 1, error: "quota", times: 1 });
  const run = await c.sync();
  assert.equal(run.state, "partial");
  assert.equal(run.rows_stored, 20);
  assert.match(run.error.message, /REQUEST_LIMIT_EXCEEDED/);
  const next = await c.sync();
  assert.equal(next.state, "succeeded");
  assert.deepEqual(await held(d, "quota"), truth(c.fake.org));
  c.fake.limits.used = 85_000;
  c.fake.org.insert("Account", { Name: "later", AnnualRevenue: 1 });
  c.fake.clock.advance(5000);
  const careful = await c.sync();
  assert.equal(careful.state, "partial", "a share of the org's requests is left to others");
  assert.ok(c.fake.limits.used < 85_010);
  await c.fake.close();
});

test("queries that time out are asked for in smaller windows", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("halves")] } });
  c.fake.clock.hold(Date.UTC(2025, 0, 1));
  for (let i = 0; i < 60; i++) {
    c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
    c.fake.clock.advance(86_400_000);
  }
  const span = (url) => {
    const [, lo] = /SystemModstamp >= (\S+)/.exec(url) ?? [];
    const [, hi] = /SystemModstamp < (\S+)/.exec(url) ?? [];
    return Date.parse(hi) - (lo ? Date.parse(lo) : 0);
  };
  const tooLong = (r) => span(decodeURIComponent(r.url)) > 400 * 86_400_000;
  c.fake.faults.add({ path: "/queryAll", times: Infinity, change: (body, reply, r) => (tooLong(r) ? ((reply.status = 400), [{ errorCode: "QUERY_TIMEOUT", message: "too long" }]) : body) });
  const run = await c.sync();
  assert.equal(run.state, "succeeded", JSON.stringify(run.error));
  assert.deepEqual(await held(d, "halves"), truth(c.fake.org));
  await c.fake.close();
});

test("what a mapping no longer asks for goes, and what it asks anew comes", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("first"), { object: "Product2", metrics: [{ metric: "products", date: "CreatedDate", aggregate: "count" }] }] } });
  for (let i = 0; i < 5; i++) c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
  for (let i = 0; i < 7; i++) c.fake.org.insert("Product2", { Name: `P${i}` });
  c.fake.clock.advance(5000);
  assert.equal((await c.sync()).state, "succeeded");
  assert.deepEqual((await d.get("/api/v1/metrics/products")).json.series[0].values, [7]);
  const { config } = await c.source();
  const r = await d.request("PATCH", `/api/v1/connectors/${c.id}`, { body: { config: { ...config, objects: [mirrored("second")] } } });
  assert.equal(r.status, 200, r.text);
  assert.equal((await c.sync()).state, "succeeded");
  assert.deepEqual(await held(d, "second"), truth(c.fake.org));
  assert.equal((await d.get("/api/v1/metrics/first")).status, 404);
  assert.equal((await d.get("/api/v1/metrics/products")).status, 404);
  await c.fake.close();
});

test("a cancelled sync keeps what it has, and the next one has the rest", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("cancel")] } });
  for (let i = 0; i < 30; i++) c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
  c.fake.clock.advance(5000);
  c.fake.queries.pageRows = 10;
  const hang = c.fake.faults.add({ path: "/query/", skip: 1, hang: true });
  const { run_id } = (await d.post(`/api/v1/connectors/${c.id}/sync`, "")).json;
  await until(() => hang.hits > 0, "the second page to be asked for");
  const same = await d.post(`/api/v1/connectors/${c.id}/sync`, "");
  assert.equal(same.json.run_id, run_id, "one sync at a time");
  await d.post(`/api/v1/runs/${run_id}/cancel`, "");
  const run = await d.finished(run_id);
  assert.equal(run.state, "cancelled");
  assert.equal(run.rows_stored, 20);
  assert.equal((await c.sync()).state, "succeeded");
  assert.deepEqual(await held(d, "cancel"), truth(c.fake.org));
  await c.fake.close();
});

test("a connector that is removed takes its values, records and schedule along", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("gone")] } });
  c.fake.org.insert("Account", { Name: "N", AnnualRevenue: 1 });
  c.fake.clock.advance(5000);
  const scheduled = await d.request("PATCH", `/api/v1/connectors/${c.id}`, { body: { sync_schedule: "0 2 * * *", timezone: "Europe/Berlin" } });
  assert.match(scheduled.json.next_sync_at, /^20/);
  assert.equal((await d.get("/api/v1/schedules/")).json.items.some((s) => s.subject === c.id && s.kind === "sync"), true);
  await c.sync();
  assert.equal((await d.request("DELETE", `/api/v1/connectors/${c.id}`)).status, 204);
  assert.equal((await d.get("/api/v1/metrics/gone")).status, 404);
  assert.equal((await d.get("/api/v1/schedules/")).json.items.some((s) => s.subject === c.id), false);
  const all = command(["tenant", "export", "default", "--db", d.db]).stdout;
  assert.equal(all.includes('"source_secrets"'), false);
  assert.equal(all.split("\n").some((line) => line.startsWith('{"table":"source_records"') && line.includes('"N"')), false);
  await c.fake.close();
});

test("what is refused, and where", async () => {
  const good = { login_url: "https://login.salesforce.com", client_id: "c", client_secret: "s", refresh_token: "r" };
  const cases = [
    [{}, "/config"],
    [{ ...good, client_id: undefined }, "/config/client_id"],
    [{ ...good, login_url: "https://login.salesforce.com.evil.example" }, "/config/login_url"],
    [{ ...good, login_url: "http://login.salesforce.com" }, "/config/login_url"],
    [{ ...good, login_url: "https://10.0.0.1" }, "/config/login_url"],
    [{ ...good, instance_url: "https://user@acme.my.salesforce.com" }, "/config/instance_url"],
    [{ client_id: "c", jwt_private_key: "no key", username: "u" }, "/config/jwt_private_key"],
    [{ client_id: "c", jwt_private_key: "k" }, "/config/username"],
    [{ access_token: "t" }, "/config/instance_url"],
    [{ ...good, api_version: "sixty" }, "/config/api_version"],
    [{ ...good, objects: [{ object: "Account; DROP" }] }, "/config/objects/0/object"],
    [{ ...good, objects: [{ object: "Account", fields: ["Name FROM User"] }] }, "/config/objects/0/fields/0"],
    [{ ...good, objects: [{ object: "A", metrics: [{ metric: "m", date: "CreatedDate" }] }] }, "/config/objects/0/metrics/0/value"],
    [{ ...good, no_such_setting: 1 }, "/config/no_such_setting"],
  ];
  for (const [config, path] of cases) {
    const r = await d.post("/api/v1/connectors/", { name: "x", connector_type: "salesforce", config });
    assert.deepEqual([r.status, r.json.path], [400, path], `${JSON.stringify(config)}: ${r.text}`);
  }
  const schedule = await d.post("/api/v1/connectors/", { name: "x", connector_type: "salesforce", config: good, sync_schedule: "soon" });
  assert.deepEqual([schedule.status, schedule.json.path], [400, "/sync_schedule"]);
  const upload = (await d.post("/api/v1/connectors/", { name: "u", connector_type: "file_upload" })).json;
  assert.equal((await d.post(`/api/v1/connectors/${upload.source_id}/sync`, "")).status, 409);
});

test("without the tests' flag nothing goes to the loopback, nor through a name that leads there", async () => {
  const strict = await startDaemon({ flags: { jitter_s: 0 } });
  const fake = await startSalesforce({ tls: true });
  for (const url of [fake.url, `https://localhost:${fake.port}`, "http://127.0.0.1:80"]) {
    const r = await strict.post("/api/v1/connectors/", { name: "x", connector_type: "salesforce", config: { login_url: url, client_id: "c", client_secret: "s", refresh_token: "r" } });
    assert.deepEqual([r.status, r.json.path], [400, "/config/login_url"], r.text);
  }
  assert.equal(fake.requests.length, 0);
  await fake.close();
  assert.equal((await strict.stop()).status, 0);
});

test("the command makes a connector, and keeps none whose credentials are not good", async () => {
  const dir = scratch();
  const fake = await startSalesforce({ tls: true });
  const app = fake.oauth.addApp();
  const file = (name, text) => (writeFileSync(join(dir, name), text), join(dir, name));
  const db = join(dir, "b.db");
  const ca = file("ca.pem", authority().cert);
  const env = { ...process.env, DYOCENSE_CONNECT_LOOPBACK: "1", DYOCENSE_CONNECT_AUTHORITIES: ca };
  const run = (args) =>
    new Promise((go) => execFile(built(program), ["connector", ...args, "--db", db], { env }, (e, stdout, stderr) => go({ status: e ? e.code : 0, stdout, stderr })));
  const args = (token) => ["add", "salesforce", "--name", "Shop", "--set", `login_url=${fake.url}`, "--set", `client_id=${app.clientId}`, "--secret", `client_secret=${file("s", `${app.clientSecret}\n`)}`, "--secret", `refresh_token=${file("r", `${token}\n`)}`, "--schedule", "0 2 * * *"];
  const bad = await run(args("wrong"));
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /expired/);
  assert.equal((await run(["list"])).stdout, "");
  deals(fake.org, 1234);
  const good = await run(args(fake.oauth.consent(app)));
  assert.equal(good.status, 0, good.stderr + good.stdout);
  assert.match(good.stdout, /credentials are good: 1,234 opportunities, newest (today|yesterday) \d\d:\d\d UTC/);
  const [, id] = good.stdout.trim().split("\n");
  assert.match((await run(["list"])).stdout, new RegExp(`^${id}  salesforce   ready .*Shop`));
  assert.equal((await run(["test", id])).status, 0);
  const rotated = command(["secrets", "rotate", "--db", db]);
  assert.equal(rotated.stdout, "2 secrets are sealed under the first key now\n", rotated.stderr);
  assert.equal((await run(["test", id])).status, 0, "and they open still");
  assert.equal(statSync(`${db}.key`).mode & 0o777, 0o600);
  assert.equal((await run(["add", "salesforce", "--set", "client_id"])).status, 2);
  await fake.close();
});

test("20 planted secrets are nowhere to be found", async () => {
  const e = await startDaemon({ flags: { ...loopback, log_level: "debug" } });
  const planted = [];
  const plant = () => planted[planted.push(`PLANT${randomBytes(18).toString("hex")}`) - 1];
  const answers = [];
  const note = (r) => (answers.push(r.text), r);
  const fake = await startSalesforce();
  for (let i = 0; i < 6; i++) {
    const app = fake.oauth.addApp({ clientId: `app${i}`, clientSecret: plant() });
    const refresh = i % 2 ? plant() : fake.oauth.consent(app);
    if (!planted.includes(refresh)) planted.push(refresh);
    const config = { login_url: fake.url, client_id: app.clientId, client_secret: app.clientSecret, refresh_token: refresh, access_token: plant() };
    const made = note(await e.post("/api/v1/connectors/", { name: `n${i}`, connector_type: "salesforce", config }));
    assert.equal(made.status, 201);
    note(await e.post(`/api/v1/connectors/${made.json.source_id}/test`, ""));
    note(await e.request("PATCH", `/api/v1/connectors/${made.json.source_id}`, { body: { config: { login_url: fake.url, client_id: app.clientId, jwt_private_key: plant() } } }));
    note(await e.post("/api/v1/connectors/", { name: "bad", connector_type: "salesforce", config: { ...config, client_id: 7 } }));
    answers.push(JSON.stringify(await sync(e, made.json.source_id)));
    note(await e.get(`/api/v1/connectors/${made.json.source_id}`));
  }
  assert.ok(planted.length >= 20, `${planted.length}`);
  for (const path of ["/api/v1/connectors/", "/api/v1/runs/", "/api/v1/schedules/", "/readyz", "/openapi.json"]) note(await e.get(path));
  const backup = join(e.dir, "backup.db");
  assert.equal(command(["backup", backup, "--db", e.db]).status, 0);
  answers.push(command(["tenant", "export", "default", "--db", e.db]).stdout);
  const files = () => readdirSync(e.dir).filter((f) => statSync(join(e.dir, f)).isFile()).map((f) => [f, readFileSync(join(e.dir, f))]);
  const places = [...files(), ...answers.map((a, i) => [`answer ${i}`, Buffer.from(a)])];
  const memory = memoryOf(e.pid);
  const good = [...fake.oauth.sessions.keys()]; // access tokens are kept while they are good: so the look does find what is there
  if (memory) assert.ok(good.some((token) => memory.some(([, bytes]) => bytes.includes(token))), "an access token in memory");
  if (memory) places.push(...memory);
  else console.error("SKIPPED LOUDLY: only root may look into the daemon's memory");
  const end = await e.stop();
  places.push(["log", Buffer.from(end.log)], ["out", Buffer.from(end.out)], ...files());
  const forms = (s, name) => (name.startsWith("memory") ? [s] : [s, encodeURIComponent(s), Buffer.from(s).toString("base64").replace(/=+$/, "").slice(0, -2), Buffer.from(s).toString("hex")]);
  const hits = planted.flatMap((s, i) => places.filter(([name, bytes]) => forms(s, name).some((f) => bytes.includes(f))).map(([name]) => `secret ${i} in ${name}`));
  assert.deepEqual(hits, []);
  assert.ok((onServer || places.some(([name]) => name === "a.db")) && places.some(([name]) => name === "backup.db") && end.log.length > 1000);
  await fake.close();
});

test("a paused connector fetches nothing until it is let go on", async () => {
  const c = await orgAndConnector(d);
  deals(c.fake.org, 2);
  c.fake.clock.advance(5000);
  const change = async (body) => (await d.request("PATCH", `/api/v1/connectors/${c.id}`, { body })).json;
  assert.notEqual((await change({ sync_schedule: "0 2 * * *" })).next_sync_at, null);
  const paused = await change({ paused: true });
  assert.deepEqual([paused.state, paused.next_sync_at, paused.sync_schedule], ["paused", null, "0 2 * * *"]);
  const refused = await d.post(`/api/v1/connectors/${c.id}/sync`, "");
  assert.deepEqual([refused.status, refused.json.message], [409, "the connector is paused; let it go on first"]);
  assert.equal((await d.post(`/api/v1/connectors/${c.id}/test`, "")).json.ok, true);
  assert.equal((await c.source()).state, "paused", "a test does not end it");
  assert.equal((await change({ sync_schedule: "0 3 * * *" })).next_sync_at, null);
  const on = await change({ paused: false });
  assert.equal(on.state, "new");
  assert.match(on.next_sync_at, /T03:/);
  assert.equal((await c.sync()).state, "succeeded");
  await c.fake.close();
});

test("what each type takes can be asked", async () => {
  const { types } = (await d.get("/api/v1/connectors/types")).json;
  assert.deepEqual(types.map((t) => [t.connector_type, t.fetches]), [["file_upload", false], ["salesforce", true], ["google_drive", true], ["mcp", true]]);
  const [, salesforce] = types;
  assert.deepEqual(salesforce.secrets, ["client_secret", "refresh_token", "jwt_private_key", "access_token"]);
  assert.ok(salesforce.secrets.every((s) => salesforce.config.properties[s].type.includes("string")));
  assert.equal(salesforce.config.properties.lookback_s.default, 600);
});
