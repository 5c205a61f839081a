// What a tenant may have: each quota at its limit, one over it, after something was deleted, and when several ask at once; of two daemons
// where they share a server. Nothing of what is refused is stored.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { slow } from "../../js-bindings/test/slow.mjs";
import { command, dailyCsv, databaseIn, onServer, scratch, startDaemon, until } from "./lib/daemon.mjs";
import { loopback, orgAndConnector } from "./lib/salesforce.mjs";

const dir = scratch();
const db = databaseIn(dir);
const flags = { ...loopback, threads: 1, quota_sources: 7 };
const daemons = [];
let d;
before(async () => {
  for (let i = 0; i < (onServer ? 2 : 1); i++) daemons.push(await startDaemon({ dir, db, flags }));
  [d] = daemons;
});
after(async () => {
  for (const one of daemons) assert.equal((await one.stop()).status, 0);
});

/** Sets limits of a tenant; answers what the command prints. */
function quota(tenant, ...set) {
  const r = command(["tenant", "quota", tenant, ...set, "--db", db]);
  assert.equal(r.status, 0, r.stderr);
  return r.stdout;
}
const as = (tenant, scope = "write") => ({ token: d.tokenOf(tenant, scope) });

/** { values: [used, limit], … } as the API answers it. */
async function told(tenant) {
  const r = await d.get("/api/v1/quota", as(tenant, "read"));
  assert.equal(r.status, 200, r.text);
  return Object.fromEntries(r.json.quotas.map((q) => [q.quota, [q.used, q.limit]]));
}
const upload = (tenant, days, options = {}, on = d) => on.upload(dailyCsv(days, options), "?name=a.csv", as(tenant));
function refused(r, name, sentence = /./) {
  assert.equal(r.status, 413, r.text);
  assert.deepEqual([r.json.code, r.json.path], ["too_large", ""]);
  assert.match(r.json.message, new RegExp(`quota "${name}" is used up`));
  assert.match(r.json.message, sentence);
}
const runs = async (tenant) => (await d.get("/api/v1/runs/", as(tenant))).json.items.filter((r) => r.kind === "upload");
const metrics = async (tenant) => Object.fromEntries((await d.get("/api/v1/metrics/", as(tenant))).json.items.map((m) => [m.metric_name, m.values]));
const sources = async (tenant) => (await d.get("/api/v1/connectors/", as(tenant))).json.items;
const empty = async (tenant) => {
  for (const s of await sources(tenant)) assert.equal((await d.request("DELETE", `/api/v1/connectors/${s.source_id}`, as(tenant))).status, 204);
};

describe("values", () => {
  test("up to the limit and not one more; what is there is replaced; deleting makes room", async () => {
    quota("ash", "--values", "100");
    assert.equal((await upload("ash", 100)).status, 200);
    assert.deepEqual((await told("ash")).values, [100, 100]);
    const files = (await told("ash")).upload_mb[0];
    refused(await upload("ash", 1, { name: "one" }), "values", /100 values of series at most, 100 are taken and this takes 1 more\. Delete .*dyocensed tenant quota/);
    refused(await upload("ash", 101), "values", /takes 1 more/);
    assert.deepEqual([await metrics("ash"), (await told("ash")).upload_mb[0]], [{ sales: 100 }, files], "neither values nor files of them");
    const [last] = await runs("ash");
    assert.deepEqual([last.state, last.rows_stored, last.error.code], ["failed", 0, "too_large"]);
    assert.equal((await upload("ash", 100, { value: () => 1 })).status, 200, "other values of the same days take no room");
    await empty("ash");
    assert.deepEqual((await told("ash")).values, [0, 100]);
    assert.equal((await upload("ash", 100, { name: "again" })).status, 200);
    quota("ash", "--values", "50");
    assert.equal((await upload("ash", 90, { name: "again", value: () => 2 })).status, 200, "less is allowed than is there: what is there may change");
    refused(await upload("ash", 101, { name: "again" }), "values", /50 values of series at most, 100 are taken/);
    quota("ash", "--values", "0");
    assert.equal((await upload("ash", 101, { name: "again" })).status, 200);
  });

  test("a long history that grows by a day at a time counts for that day", async () => {
    quota("birch", "--values", "102");
    for (const days of [100, 101, 102]) assert.equal((await upload("birch", days, { dimension: "shop", keys: ["a"] })).status, 200);
    refused(await upload("birch", 103, { dimension: "shop", keys: ["a"] }), "values", /102 are taken and this takes 1 more/);
  });

  test("of a file that is stored in several pieces none is stored where not all of them have room", async () => {
    quota("cedar", "--values", "59999");
    refused(await upload("cedar", 20_000, { dimension: "shop", keys: ["a", "b", "c"], value: () => 1 }), "values", /takes 60000 more/);
    assert.deepEqual([await metrics("cedar"), (await told("cedar")).values[0], (await told("cedar")).upload_mb[0]], [{}, 0, 0]);
  });

  test("several at once pass no limit together", async () => {
    quota("elder", "--values", "250");
    const all = await Promise.all(Array.from({ length: 8 }, (_, i) => upload("elder", 100, { name: `m${i}` }, daemons[i % daemons.length])));
    assert.deepEqual(all.map((r) => r.status).sort(), [200, 200, 413, 413, 413, 413, 413, 413]);
    assert.deepEqual([Object.values(await metrics("elder")), (await told("elder")).values], [[100, 100], [200, 250]]);
    assert.equal((await upload("elder", 50, { name: "rest" })).status, 200, "what was promised to those that were refused is free again");
  });
});

test("series: as many as allowed, of all metrics together", async () => {
  quota("fir", "--series", "3");
  assert.equal((await upload("fir", 5, { dimension: "shop", keys: ["a", "b"] })).status, 200);
  refused(await upload("fir", 5, { dimension: "shop", keys: ["a", "b", "c", "d"] }), "series", /3 series at most, 2 are taken and this takes 2 more/);
  assert.equal((await upload("fir", 9, { dimension: "shop", keys: ["a", "b", "c"] })).status, 200);
  refused(await upload("fir", 5, { name: "other" }), "series");
  assert.deepEqual((await told("fir")).series, [3, 3]);
  await empty("fir");
  assert.equal((await upload("fir", 5, { name: "other" })).status, 200);
});

test("connectors: those of the settings, or the tenant's own number", async () => {
  const add = (tenant, i, on = d) => on.post("/api/v1/connectors/", { name: `c${i}`, connector_type: "file_upload" }, as(tenant));
  const all = await Promise.all(Array.from({ length: 9 }, (_, i) => add("gorse", i, daemons[i % daemons.length])));
  assert.deepEqual(all.map((r) => r.status).sort(), [...Array(7).fill(201), 413, 413]);
  refused(await add("gorse", 10), "sources", /7 connectors at most, 7 are taken/);
  quota("gorse", "--sources", "8");
  assert.equal((await add("gorse", 11)).status, 201);
  refused(await add("gorse", 12), "sources");
  quota("gorse", "--sources", "usual");
  assert.deepEqual((await told("gorse")).sources, [8, 7]);
  await d.request("DELETE", `/api/v1/connectors/${(await sources("gorse"))[0].source_id}`, as("gorse"));
  refused(await add("gorse", 13), "sources", /7 are taken/);
  quota("hazel", "--sources", "1");
  assert.equal((await upload("hazel", 5)).status, 200, "uploads have a connector of their own");
  refused(await add("hazel", 1), "sources");
});

test("bytes of uploaded files: before anything is kept, and once for the same content", async () => {
  const csv = (name) => dailyCsv(3000, { name });
  const size = csv("m0").length / 2 ** 20;
  quota("holly", "--upload-mb", String(1.5 * size));
  const all = await Promise.all([0, 1, 2, 3].map((i) => daemons[i % daemons.length].upload(csv(`m${i}`), "?name=a.csv", as("holly"))));
  assert.deepEqual(all.map((r) => r.status).sort(), [200, 413, 413, 413]);
  const is = all.findIndex((r) => r.status === 200);
  refused(all.find((r) => r.status === 413), "upload_mb", /MiB of uploaded files kept at most/);
  assert.deepEqual([await metrics("holly"), (await runs("holly")).length], [{ [`m${is}`]: 3000 }, 1]);
  assert.equal((await d.upload(csv(`m${is}`), "?name=b.csv", as("holly"))).status, 200);
  await empty("holly");
  assert.deepEqual((await told("holly")).upload_mb[0], 0);
  assert.equal((await d.upload(csv("m9"), "", as("holly"))).status, 200);
});

test("runs that wait: 429 for one too many, and room once one has gone", async () => {
  const o = as("larch");
  const later = (on = d) => on.post("/api/v1/optimizer/inventory/eoq", { annual_demand: 1, order_cost: 1, holding_cost_per_unit: 1 }, { ...o, headers: { prefer: "respond-async" } });
  const busy = await Promise.all(daemons.map((on) => on.post("/api/v1/optimizer/staffing/schedule", { ...slow.input, time_limit_s: 600 }, { ...o, headers: { prefer: "respond-async" } })));
  for (const r of busy) await until(async () => (await d.get(`/api/v1/runs/${r.json.run_id}`, o)).json.state === "running", "a run that keeps the only worker", 120_000);
  quota("larch", "--queued", "3");
  const all = await Promise.all(Array.from({ length: 7 }, (_, i) => later(daemons[i % daemons.length])));
  assert.deepEqual(all.map((r) => r.status).sort(), [202, 202, 202, 429, 429, 429, 429]);
  const no = all.find((r) => r.status === 429);
  assert.deepEqual([no.json.code, no.headers["retry-after"]], ["rate_limited", "1"]);
  assert.match(no.json.message, /quota "queued" is used up: 3 runs that wait at most, 3 are taken/);
  assert.deepEqual((await told("larch")).queued, [3, 3]);
  const ids = all.filter((r) => r.status === 202).map((r) => r.json.run_id);
  assert.equal((await d.post(`/api/v1/runs/${ids[0]}/cancel`, "", o)).status, 200);
  const next = await later();
  assert.equal(next.status, 202, next.text);
  assert.equal((await later()).status, 429);
  for (const r of busy) assert.equal((await d.post(`/api/v1/runs/${r.json.run_id}/cancel`, "", o)).status, 200);
  for (const id of [ids[1], ids[2], next.json.run_id]) assert.equal((await d.finished(id, o)).state, "succeeded");
  assert.equal((await later()).status, 202);
});

test("a rate of all tokens together, whatever token asks", async () => {
  quota("maple", "--rate", "0.0001", "--burst", "6"); // one more in three hours
  const tokens = [d.tokenOf("maple", "read"), d.tokenOf("maple", "run"), d.tokenOf("maple", "write")];
  const ask = (i) => d.get("/api/v1/operations", { token: tokens[i % 3] });
  const all = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(i)));
  assert.deepEqual(all.map((r) => r.status).sort(), [...Array(6).fill(200), ...Array(6).fill(429)]);
  const no = all.find((r) => r.status === 429);
  assert.deepEqual([no.json.code, no.headers["retry-after"]], ["rate_limited", "1"]);
  assert.match(no.json.message, /this tenant's tokens together/);
  assert.equal((await d.get("/api/v1/operations", as("myrtle"))).status, 200, "nobody else");
  quota("maple", "--rate", "0");
  assert.equal((await d.get("/api/v1/operations", as("maple", "admin"))).status, 200, "a token that was not asked for yet reads the limits");
});

test("a sync stops as partial where it has no room, says why, and goes on once it has", async () => {
  const o = as("oak");
  const c = await orgAndConnector(d, { o, config: { objects: [{ object: "Account", metrics: [{ metric: "revenue", date: "CreatedDate", value: "AnnualRevenue", dimensions: ["Name"], aggregate: "last" }] }] } });
  const insert = (n, from = 0) => Array.from({ length: n }, (_, i) => c.fake.org.insert("Account", { Name: `A${from + i}`, AnnualRevenue: 1 + i }));
  insert(20);
  c.fake.clock.advance(5000);
  quota("oak", "--series", "20");
  assert.equal((await c.sync()).state, "succeeded");
  insert(1, 20);
  c.fake.clock.advance(5000);
  const short = await c.sync();
  assert.deepEqual([short.state, short.error.code], ["partial", "too_large"], JSON.stringify(short));
  assert.match(short.error.message, /quota "series" is used up: 20 series at most, 20 are taken and this takes 1 more/);
  assert.match((await c.source()).message, /quota "series"/);
  assert.deepEqual([await metrics("oak"), (await told("oak")).series], [{ revenue: 20 }, [20, 20]]);
  quota("oak", "--series", "21");
  assert.equal((await c.sync()).state, "succeeded");
  assert.deepEqual([await metrics("oak"), (await told("oak")).series], [{ revenue: 21 }, [21, 21]]);
  await c.fake.close();
});

describe("the command", () => {
  test("shows use beside limits, and notes each change in the tenant's audit", () => {
    const text = quota("ash", "--values", "7", "--rate", "5");
    assert.match(text, /^values +101 of 7 +its own /m);
    assert.match(text, /^sources +1 of 7 +usual /m);
    assert.match(text, /^queued +0 of no limit +usual /m);
    assert.match(text, /^rate +- of 5 +its own /m);
    quota("ash", "--values", "7");
    quota("ash", "--values", "usual", "--rate", "usual");
    const events = command(["audit", "--tenant", "ash", "--db", db]).stdout.split("\n").filter((line) => /quota\.change/.test(line));
    assert.equal(events.length, 5, events.join("\n"));
    assert.match(events.at(-2), /"values":\[0,7\],"rate":\[null,5\]/);
    assert.match(events.at(-1), /"values":\[7,null\],"rate":\[5,null\]/);
  });

  for (const [what, args, said] of [
    ["no tenant", [], /name of a tenant/],
    ["a word", ["ash", "--values", "many"], /found \\"many\\"/],
    ["less than nothing", ["ash", "--values", "-1"], /0 for no limit/],
    ["no value", ["ash", "--values"], /takes a value/],
    ["another name", ["ash", "--value", "1"], /--upload-mb/],
    ["two tenants", ["ash", "birch"], /as well/],
  ])
    test(`refuses ${what}`, () => {
      const r = command(["tenant", "quota", "--db", db, ...args]);
      assert.equal(r.status, 2, r.stdout);
      assert.match(r.stderr, said);
    });
});

test("limits and use go with the tenant's data: copied, exported, and gone when it is erased", async () => {
  const to = databaseIn(dir, "copy.db");
  const copied = command(["db", "copy", "--from", db, "--to", to]);
  assert.equal(copied.status, 0, copied.stderr);
  const there = command(["tenant", "quota", "elder", "--db", to]);
  assert.match(there.stdout, /^values +250 of 250 +its own /m);
  assert.match(there.stdout, /^sources +1 of no limit +usual /m, "the settings' limits are those of the daemon there");
  const rows = command(["tenant", "export", "elder", "--db", db]).stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(rows.filter((r) => r.table === "tenant_usage").map((r) => [r.row.series, r.row.n]), [[3, 250]]);
  assert.deepEqual(rows.filter((r) => r.table === "tenant_quotas").map((r) => [r.row.quota, r.row.most]), [["values", 250]]);
  assert.equal(command(["tenant", "erase", "elder", "--db", db]).status, 0);
  assert.match(quota("elder"), /^values +0 of no limit +usual /m);
  const doctor = command(["doctor", "--db", db]).stdout;
  assert.match(doctor, /^ok +quotas +\d+ tenants have the series and values counted for them/m);
});
