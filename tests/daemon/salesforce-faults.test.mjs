// What goes wrong between here and Salesforce, each thing with the end it has to have: storms of refused tokens, throttling, silence, slow
// and cut answers, bad certificates, stuck jobs, kills at any moment. DYO_FULL=1: 50 kills.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { authority } from "../fakes/lib/certificate.mjs";
import { choices } from "../fakes/lib/random.mjs";
import { startBadTls, startProxy, tlsKinds } from "../fakes/proxy.mjs";
import { startSalesforce } from "../fakes/salesforce/server.mjs";
import { patience, scratch, startDaemon, until } from "./lib/daemon.mjs";
import { loudly, smallDisk, started, stopped, syncOnFullDisk } from "./lib/faults.mjs";
import { held, loopback, mirrored, orgAndConnector, sync, truth } from "./lib/salesforce.mjs";

const full = Boolean(process.env.DYO_FULL);
let d;
let ca;
before(async () => {
  const dir = scratch();
  ca = join(dir, "ca.pem");
  writeFileSync(ca, authority().cert);
  d = await startDaemon({ flags: { ...loopback, log_level: "info", connect_authorities: ca } });
});
after(async () => assert.equal((await d.stop()).status, 0));

/** An org with `n` accounts, on pages of ten. */
async function small(metric, { n = 40, ...more } = {}) {
  const c = await orgAndConnector(d, { ...more, config: { objects: [mirrored(metric)], ...more.config } });
  for (let i = 0; i < n; i++) c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
  c.fake.queries.pageRows = 10;
  c.fake.clock.advance(5000);
  return c;
}

async function whole(c, metric, run) {
  assert.equal(run.state, "succeeded", JSON.stringify(run.error));
  assert.deepEqual(await held(d, metric), truth(c.fake.org));
  await c.fake.close();
}

describe("tokens", () => {
  test("20 connectors on one app that are all refused fetch one token between them", async () => {
    const fake = await startSalesforce();
    const app = fake.oauth.addApp({ rotate: true });
    const refresh_token = fake.oauth.consent(app);
    const config = { login_url: fake.url, client_id: app.clientId, client_secret: app.clientSecret, refresh_token, objects: [{ object: "Product2", fields: ["Name"] }] };
    const ids = [];
    for (let i = 0; i < 20; i++) ids.push((await d.post("/api/v1/connectors/", { name: `n${i}`, connector_type: "salesforce", config })).json.source_id);
    fake.org.insert("Product2", { Name: "P" });
    fake.clock.advance(5000);
    for (const storm of [1, 2, 3, 4, 5]) {
      fake.oauth.expireSessions();
      const runs = await Promise.all(ids.map((id) => sync(d, id)));
      assert.deepEqual([...new Set(runs.map((r) => r.state))], ["succeeded"], JSON.stringify(runs.find((r) => r.error)?.error));
      assert.equal(fake.oauth.granted.length, storm, "one refresh");
    }
    const live = [...fake.oauth.refreshTokens.values()].filter((t) => !t.dead && !t.spent);
    assert.equal(live.length, 1);
    await fake.close();
  });

  test("a token that is refused again and again needs its owner", async () => {
    const c = await small("refused");
    c.fake.faults.add({ path: "/queryAll", error: "session", times: Infinity });
    const run = await c.sync();
    assert.equal(run.state, "failed");
    assert.equal((await c.source()).state, "needs_reauth");
    assert.equal(c.fake.oauth.granted.length, 2, "the first one and one other");
    await c.fake.close();
  });

  for (const fault of ["retry", "unavailable", "html"])
    test(`a token endpoint that stumbles is asked again: ${fault}`, async () => {
      const c = await small(`token_${fault}`);
      c.fake.faults.add({ path: "/token", error: fault, times: 2 });
      await whole(c, `token_${fault}`, await c.sync());
    });

  test("an org at an address that is none of Salesforce's is not gone to", async () => {
    const c = await small("elsewhere");
    c.fake.instance = "https://acme.my.salesforce.com.evil.example";
    const run = await c.sync();
    assert.equal(run.state, "failed");
    assert.match(run.error.message, /no host of Salesforce/);
    await c.fake.close();
  });
});

describe("passing faults", () => {
  const soon = () => new Date(Date.now() + 5000);
  const faults = {
    "429 with seconds": { error: "throttle", retryAfter: 1, times: 2 },
    "429 with a date": { error: "throttle", get retryAfter() { return soon(); } },
    "429 with garbage": { error: "throttle", retryAfter: "in a while", times: 3 },
    "too many at once": { error: "concurrent", times: 3 },
    "a page of maintenance": { error: "html", times: 2 },
    "a page of maintenance that says 200": { error: "html_200", times: 2 },
    "the edge": { error: "edge", times: 2 },
    "an exception": { error: "unknown", times: 2 },
    "a reset": { reset: true, times: 2 },
    "no HTTP": { garbage: true, times: 2 },
    "a length that is too long": { length: 20 },
    "a length that is too short": { length: -20 },
    "a cursor that has gone": { error: "locator", times: 2 },
  };
  for (const [name, fault] of Object.entries(faults))
    test(name, async () => {
      const metric = `pass_${name.replace(/\W/g, "_")}`;
      const c = await small(metric);
      const rule = c.fake.faults.add({ path: "/query/", ...fault });
      const run = await c.sync();
      assert.ok(rule.hits >= 1);
      if (fault.retryAfter === 1) assert.ok(run.ms >= 1900, `${run.ms}`);
      await whole(c, metric, run);
    });

  test("bodies cut at every sixteenth", async () => {
    const c = await small("cut");
    for (let k = 0; k < 16; k++) {
      c.fake.faults.add({ path: "/query/", cut: k / 16, chunked: k % 2 === 1 });
      for (const r of c.fake.org.rows("Account").slice(0, 15)) c.fake.org.update("Account", r.Id, { AnnualRevenue: 100 + k });
      c.fake.clock.advance(5000);
      const run = await c.sync();
      assert.equal(run.state, "succeeded", `${k}: ${JSON.stringify(run.error)}`);
    }
    await whole(c, "cut", await c.sync());
  });

  test("a daily quota whose Retry-After is hours away does not hold the run for hours", async () => {
    const c = await small("hours");
    c.fake.faults.add({ path: "/query/", error: "throttle", retryAfter: 7200, times: Infinity });
    const run = await c.sync();
    assert.ok(["partial", "failed"].includes(run.state));
    assert.ok(run.ms < 20_000 * patience);
    await c.fake.close();
  });
});

describe("silence", { concurrency: true }, () => {
  test("a server that hangs is given up, and asked again", async () => {
    const c = await small("hang");
    c.fake.faults.add({ path: "/query/", hang: true });
    await whole(c, "hang", await c.sync());
  });

  test("a byte a second is given up", async () => {
    const c = await small("drip");
    c.fake.faults.add({ path: "/query/", pace: 1 });
    await whole(c, "drip", await c.sync());
  });
});

describe("a host that is gone", () => {
  test("a server that stays away ends the run, and keeps what came", async () => {
    const c = await small("away");
    const proxy = await startProxy(c.fake.port);
    c.fake.instance = `http://127.0.0.1:${proxy.port}`;
    c.fake.faults.add({ path: "/query/", skip: 1, reset: true, times: Infinity });
    const run = await c.sync();
    assert.equal(run.state, "partial");
    assert.equal(run.rows_stored, 20);
    assert.equal((await c.source()).state, "failing");
    c.fake.faults.clear();
    await whole(c, "away", await c.sync());
    await proxy.close();
  });
});

describe("certificates", () => {
  for (const kind of tlsKinds)
    test(`bad TLS: ${kind}`, async () => {
      const c = await small(`tls_${kind}`.replace(/\W/g, "_"));
      const front = await startBadTls(kind, c.fake.port);
      c.fake.instance = `https://127.0.0.1:${front.port}`;
      const run = await c.sync();
      assert.equal(run.state, "failed", JSON.stringify(run));
      assert.equal((await c.source()).state, "failing");
      assert.equal(front.requests, 0, "nothing was sent");
      await front.close();
      await c.fake.close();
    });

  test("a good one of the authority that the settings name", async () => {
    const c = await small("tls_good", { options: { tls: true } });
    await whole(c, "tls_good", await c.sync());
  });
});

describe("jobs of the Bulk API", () => {
  test("one that is never done ends as partial or failed, and is put away", async () => {
    const c = await small("stuck", { config: { bulk_above: 5, bulk_wait_s: 1 } });
    c.fake.bulk.stuck = true;
    const run = await c.sync();
    assert.equal(run.state, "failed", JSON.stringify(run));
    assert.match(run.error.message, /BULK_JOB_STUCK|not done after/);
    assert.equal(c.fake.bulk.jobs.size, 0);
    c.fake.bulk.stuck = false;
    await whole(c, "stuck", await c.sync());
  });

  test("one that fails says why", async () => {
    const c = await small("jobfails", { config: { bulk_above: 5 } });
    c.fake.bulk.fails = "InvalidBatch : no such thing";
    const run = await c.sync();
    assert.equal(run.state, "failed");
    assert.match(run.error.message, /no such thing/);
    await c.fake.close();
  });

  test("an interrupted one is gone on with by its locator", async () => {
    const c = await small("resume", { n: 60, config: { bulk_above: 5 } });
    c.fake.bulk.pageRows = 20;
    c.fake.faults.add({ path: "/results", skip: 1, error: "quota", times: 1 });
    const first = await c.sync();
    assert.equal(first.state, "partial");
    assert.equal(c.fake.bulk.jobs.size, 1, "the job is kept for the next run");
    c.fake.clock.advance(5000);
    await whole(c, "resume", await c.sync());
    assert.equal(c.fake.requests.filter((r) => r.method === "POST" && r.path.endsWith("/jobs/query")).length, 2, "that one, and one for what is new");
  });
});

test("a full disk: the run waits, and goes on where it was once there is room", async (t) => {
  const disk = join(scratch(), "disk");
  const why = smallDisk(t, disk, 48);
  if (why) return loudly(t, why);
  const e = await started(t, { dir: disk, flags: loopback });
  const c = await orgAndConnector(e, { config: { objects: [mirrored("room")] } });
  for (let i = 0; i < 6000; i++) c.fake.org.insert("Account", { Name: `N${i} ${"x".repeat(600)}`, AnnualRevenue: i });
  c.fake.clock.advance(5000);
  const run = await syncOnFullDisk(e, disk, 43, c.id);
  assert.equal(run.state, "succeeded", JSON.stringify(run.error));
  assert.equal(run.result.objects[0].stored_live, 6000);
  assert.equal(run.result.objects[0].digest_received, run.result.objects[0].digest_stored);
  await stopped(e);
  await c.fake.close();
});

describe("kills", () => {
  const kills = full ? 50 : 8;

  test(`kill -9 at ${kills} moments, with tokens that rotate`, { timeout: 3_600_000 }, async () => {
    const rng = choices(7);
    const flags = { ...loopback, connect_authorities: ca };
    const dir = scratch();
    let e = await startDaemon({ flags, dir });
    const token = e.token;
    const again = async () => {
      e = await startDaemon({ flags, dir });
      e.token = token;
    };
    const c = await orgAndConnector(e, { config: { objects: [mirrored("kill")] }, app: { rotate: true } });
    c.fake.queries.pageRows = 7;
    for (let k = 0; k < kills; k++) {
      const bulk = k % 4 === 3;
      const { config } = (await e.get(`/api/v1/connectors/${c.id}`)).json;
      await e.request("PATCH", `/api/v1/connectors/${c.id}`, { body: { config: { ...config, bulk_above: bulk ? 5 : 100_000 } } });
      for (let i = 0; i < 25; i++) c.fake.org.insert("Account", { Name: `N${k}-${i}`, AnnualRevenue: i });
      for (const r of c.fake.org.rows("Account").slice(0, 10)) c.fake.org.update("Account", r.Id, { AnnualRevenue: k });
      c.fake.oauth.expireSessions();
      c.fake.clock.advance(5000);
      const at = rng.below(14); // the request during which, or shortly after which, it dies
      let hit = false;
      const rule = c.fake.faults.add({ skip: at, before: async () => {
        hit = true;
        if (rng.chance(0.5)) e.child.kill("SIGKILL");
        else setTimeout(() => e.child.kill("SIGKILL"), rng.below(12));
      } });
      const { run_id } = (await e.post(`/api/v1/connectors/${c.id}/sync`, "")).json;
      await until(async () => hit || (await e.get(`/api/v1/runs/${run_id}`).catch(() => null))?.json.state === "succeeded", "the moment");
      rule.remove();
      e.child.kill("SIGKILL");
      await e.end();
      const last = c.fake.requests.at(-1).path;
      await again();
      let run = await e.finished(run_id);
      if (run.state === "failed" && last.includes("/token")) {
        // The org had replaced the refresh token and the answer found nobody: only its owner can give another.
        assert.equal((await e.get(`/api/v1/connectors/${c.id}`)).json.state, "needs_reauth");
        const { config: kept } = (await e.get(`/api/v1/connectors/${c.id}`)).json;
        await e.request("PATCH", `/api/v1/connectors/${c.id}`, { body: { config: { ...kept, refresh_token: c.fake.oauth.consent(c.app) } } });
        run = await sync(e, c.id);
      }
      assert.equal(run.state, "succeeded", `kill ${k} at ${at}: ${JSON.stringify(run.error)}`);
      assert.equal(run.result.objects[0].digest_received, run.result.objects[0].digest_stored);
      assert.deepEqual(await held(e, "kill"), truth(c.fake.org), `kill ${k} at ${at}`);
    }
    assert.equal((await e.stop()).status, 0);
    await c.fake.close();
  });
});
