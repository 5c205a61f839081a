// Two daemons on one database of a PostgreSQL server (DYO_TEST_PG; tests/daemon/postgres.test.mjs runs this).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { orgAndConnector, loopback, sync } from "../lib/salesforce.mjs";
import { command, dailyCsv, databaseIn, scratch, startDaemon, until } from "../lib/daemon.mjs";

const full = Boolean(process.env.DYO_FULL);
const count = full ? 200 : 24;
const series = { frequency: "D", values: Array.from({ length: 80 }, (_, i) => 50 + (i % 7) * 3 + ((i * 37) % 11)) };

let a, b;
const dir = scratch();
const db = databaseIn(dir);

before(async () => {
  a = await startDaemon({ dir, db, flags: loopback });
  b = await startDaemon({ dir, db, flags: loopback });
  b.token = a.token;
});
after(async () => {
  await a?.stop();
  await b?.stop();
});

async function queue(d, n) {
  const ids = [];
  for (let i = 0; i < n; i++) {
    const r = await d.post("/api/v1/forecaster/create", { series, model_type: "ets", forecast_horizon: 5 }, { headers: { prefer: "respond-async" } });
    assert.equal(r.status, 202, r.text);
    ids.push(r.json.run_id);
  }
  return ids;
}

const running = async (d, id) => (await d.get(`/api/v1/runs/${id}`)).json;

async function allDone(d, ids, ms) {
  for (const id of ids) {
    const run = await until(async () => {
      const r = await running(d, id);
      return ["queued", "running"].includes(r.state) ? null : r;
    }, `run ${id}`, ms);
    assert.equal(run.state, "succeeded", JSON.stringify(run));
  }
}

async function forecastIds(d) {
  const found = [];
  for (let cursor = ""; ; ) {
    const page = (await d.get(`/api/v1/forecaster/?limit=1000${cursor && `&cursor=${cursor}`}`)).json;
    found.push(...page.items.map((f) => f.forecast_id));
    if (!page.next_cursor) return found;
    cursor = page.next_cursor;
  }
}

test("what one takes in the other shows, and each run is done once by either", async () => {
  assert.equal((await a.upload(dailyCsv(30, { name: "shared" }), "?name=s.csv")).status, 200);
  assert.equal((await b.get("/api/v1/metrics/shared")).json.series[0].values.length, 30);
  const before = await forecastIds(a);
  const ids = await queue(a, count);
  await allDone(b, ids, 120_000);
  const made = (await forecastIds(b)).filter((id) => !before.includes(id));
  assert.deepEqual(made.toSorted(), ids.toSorted(), "one forecast a run");
  const idle = () => [a, b].filter((d) => !d.log().includes('"event":"run"'));
  for (let i = 0; idle().length && i < 200; i++) await allDone(a, await queue(idle()[0], 6), 120_000); // where one was quicker than the other hears
  assert.deepEqual(idle(), [], "either did some");
});

test("one of them asks for an access token, and the other takes that one, also while refresh tokens are replaced", async () => {
  const c = await orgAndConnector(a, { app: { rotate: true } });
  const { config } = (await a.get(`/api/v1/connectors/${c.id}`)).json;
  const ids = [c.id];
  for (let i = 0; i < 3; i++) {
    const r = await a.post("/api/v1/connectors/", { name: `org ${i}`, connector_type: "salesforce", config: { ...config, client_secret: c.app.clientSecret, refresh_token: c.refresh } });
    assert.equal(r.status, 201, r.text);
    ids.push(r.json.source_id);
  }
  for (let round = 0; round < 3; round++) {
    const before = c.fake.oauth.granted.length;
    const answers = await Promise.all(ids.flatMap((id) => [a, b].map((d) => d.post(`/api/v1/connectors/${id}/test`, ""))));
    for (const r of answers) assert.equal(r.json.ok, true, r.text);
    assert.equal((await sync(b, ids[round])).state, "succeeded");
    assert.equal(c.fake.oauth.granted.length - before, 1, `round ${round}`);
    c.fake.oauth.expireSessions();
  }
  await c.fake.close();
});

test("one is killed: the other does its work too, and nothing twice", { skip: !full && "a lease lasts 20 seconds" }, async () => {
  const before = await forecastIds(a);
  const ids = await queue(a, count);
  await b.stop("SIGKILL");
  await allDone(a, ids, 180_000);
  const made = (await forecastIds(a)).filter((id) => !before.includes(id));
  assert.deepEqual(made.toSorted(), ids.toSorted());
  b = await startDaemon({ dir, db, flags: loopback });
  b.token = a.token;
});

test("the server restarts: /readyz says so, and all goes on", async () => {
  const pg = process.env.DYO_TEST_PG_CTL.split(" ");
  const control = (...args) => assert.equal(spawnSync(pg[0], [...pg.slice(1), ...args], { stdio: "ignore" }).status, 0);
  control("-m", "fast", "stop");
  const silent = await until(async () => {
    const r = await a.get("/readyz", { token: null });
    return r.status === 503 && r.json;
  }, "/readyz to say that the server is silent");
  assert.equal(silent.database, "silent");
  assert.equal((await a.get("/healthz", { token: null })).status, 200);
  assert.equal((await a.get("/api/v1/metrics/shared?from=2001-01-01")).status, 503);
  control("-w", "start");
  for (const d of [a, b]) await until(async () => (await d.get("/readyz", { token: null })).status === 200, "both to be ready again");
  assert.equal((await b.upload(dailyCsv(31, { name: "shared" }), "?name=t.csv")).status, 200);
  assert.equal((await a.get("/api/v1/metrics/shared")).json.series[0].values.length, 31);
});

test("a store moves to a file and back with the same digests", async () => {
  const copy = (from, to) => {
    const r = command(["db", "copy", "--from", from, "--to", to]);
    assert.equal(r.status, 0, r.stderr);
    return r.stdout;
  };
  await a.stop();
  await b.stop();
  const file = `${dir}/moved.db`;
  const there = copy(db, file);
  assert.match(there, /^business_metrics +31 rows {2}[0-9a-f]{64}$/m);
  const again = databaseIn(dir, "again");
  assert.equal(copy(file, again), there);
  assert.equal(command(["db", "copy", "--from", file, "--to", again]).status, 1, "there is data already");
  const token = a.token;
  a = await startDaemon({ dir, db: again });
  assert.equal((await a.get("/api/v1/metrics/shared", { token })).json.series[0].values.length, 31);
  b = null;
});
