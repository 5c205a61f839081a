// Records that tools of an MCP server answer: paged to the end, mapped into metrics, proven; every loss is seen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startMcp } from "../fakes/mcp/http.mjs";
import { startDaemon } from "./lib/daemon.mjs";
import { series, settings, sync } from "./lib/drive.mjs";
import { serversFile } from "./lib/mcp-servers.mjs";

const regions = ["north", "south", "it's \"east\""];
const orders = (n) => Array.from({ length: n }, (_, i) => ({ ref: { id: i % 2 ? i : `o${i}` }, day: `2026-03-0${1 + (i % 5)}T10:00:00Z`, amount: (i * 37) % 101, region: regions[i % 3], note: "kept" }));
const kinds = { told: { total: true }, untold: {}, text: { structured: false }, short: { total: true, lie: "short" }, moody: { lie: "moody" }, endless: { loop: true }, older: { era: "legacy" } };
const servers = Object.fromEntries(await Promise.all(Object.entries(kinds).map(async ([k, b]) => [k, await startMcp({ page: 10, records: { orders: orders(25), visits: orders(4) }, ...b })])));
let d;
before(async () => {
  d = await startDaemon({ flags: { ...settings, mcp_servers: serversFile(Object.entries(servers).map(([name, s]) => ({ name, url: s.url }))) } });
});
after(async () => {
  const end = await d.stop();
  assert.equal(end.status, 0, end.log.slice(-2000));
  await Promise.all(Object.values(servers).map((s) => s.close()));
});

const query = (metric, more = {}) => ({
  object: "orders",
  tool: "query",
  arguments: { kind: "orders" },
  items: "result.records",
  id: "ref.id",
  cursor: "cursor",
  next: "result.next",
  metrics: [{ metric, date: "day", value: "amount", dimensions: ["region"], aggregate: "sum" }],
  ...more,
});
const post = (server, queries) => d.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server, queries } });
async function connector(server, ...queries) {
  const r = await post(server, queries);
  assert.equal(r.status, 201, r.text);
  return r.json.source_id;
}

/** Sums by region and day, calculated here. */
function sums(records) {
  const all = {};
  for (const r of records) {
    const of = (all[r.region] ??= {});
    of[r.day.slice(0, 10)] = (of[r.day.slice(0, 10)] ?? 0) + r.amount;
  }
  return all;
}
const stored = async (metric) => Object.fromEntries((await series(d, metric)).map((s) => [s.dimensions.region, Object.fromEntries(Object.entries(s.values).filter(([, v]) => v !== null))]));

for (const server of ["told", "untold", "text", "older"])
  test(`${server}: every page, what is changed and what is gone`, async () => {
    const { mcp } = servers[server];
    const id = await connector(server, query(`sales ${server}`, kinds[server].total ? { total: "total" } : {}));
    const check = (await d.post(`/api/v1/connectors/${id}/test`)).json;
    assert.deepEqual([check.ok, check.details.records], [true, { orders: 25 }], JSON.stringify(check));
    const first = await sync(d, id);
    assert.deepEqual([first.state, first.method, first.proof.object, first.proof.added, first.proof.source_live], ["succeeded", "mcp", "orders", 25, 25], JSON.stringify(first));
    assert.equal(first.proof.digest_received, first.proof.digest_stored);
    assert.deepEqual(await stored(`sales ${server}`), sums(orders(25)));

    const now = orders(25).slice(2).map((r, i) => (i === 3 ? { ...r, amount: 1000 } : r));
    mcp.is.records = { ...mcp.is.records, orders: now };
    const second = await sync(d, id);
    assert.deepEqual([second.state, second.proof.changed, second.proof.removed, second.proof.source_live], ["succeeded", 1, 2, 23], JSON.stringify(second));
    assert.deepEqual(await stored(`sales ${server}`), sums(now));
    const third = await sync(d, id);
    assert.deepEqual([third.state, third.proof.changed, third.proof.added, third.proof.removed], ["succeeded", 0, 0, 0]);
  });

for (const [server, more, state, why] of [
  ["short", { total: "total" }, "partial", /24 came of 25/],
  ["moody", {}, "failed", /something else each time/],
  ["endless", {}, "failed", /comes to no end/],
  ["untold", { id: "nothing" }, "failed", /has no nothing/],
  ["untold", { items: "result" }, "failed", /answers no list/],
  ["untold", { tool: "nobody" }, "failed", /nobody/],
])
  test(`${server} with ${JSON.stringify(more)}: the run ends ${state}`, async () => {
    const run = await sync(d, await connector(server, query(`bad ${why}`, more)));
    assert.equal(run.state, state, JSON.stringify(run));
    assert.match(JSON.stringify(run.result), why);
  });

test("fewer came than the tool tells of: what is stored stays, and the run says so", async () => {
  const { mcp } = servers.told;
  const id = await connector("told", query("kept", { total: "total" }));
  assert.equal((await sync(d, id)).state, "succeeded");
  const all = sums(mcp.is.records.orders);
  mcp.is.lie = "short";
  const short = await sync(d, id);
  delete mcp.is.lie;
  assert.deepEqual([short.state, short.proof.removed], ["partial", 0], JSON.stringify(short));
  assert.deepEqual(await stored("kept"), all);
  assert.equal((await sync(d, id)).state, "succeeded");
});

test("one kind of two that cannot be had: the other is there, and the run says what is missing", async () => {
  const visits = query("visits", { object: "visits", arguments: { kind: "visits" } });
  const run = await sync(d, await connector("untold", query("nothing", { arguments: { kind: "unheard of" } }), visits));
  assert.equal(run.state, "partial", JSON.stringify(run));
  assert.deepEqual(run.result.objects.map((o) => [o.object, o.state]), [["orders", "failed"], ["visits", "succeeded"]]);
  assert.deepEqual(await stored("visits"), sums(orders(4)));
});

test("settings that cannot be right", async () => {
  for (const [queries, path] of [
    [[query("m", { id: undefined })], "/config/queries/0/id"],
    [[query("m", { arguments: [1] })], "/config/queries/0/arguments"],
    [[query("m", { next: undefined })], "/config/queries/0/next"],
    [[query("m"), query("m")], "/config/queries/1/object"],
    [[query("m", { metrics: [{ metric: "m", date: "day", aggregate: "sum" }] })], "/config/queries/0/metrics/0/value"],
  ]) {
    const r = await post("told", queries);
    assert.deepEqual([r.status, r.json.path], [400, path], r.text);
  }
  const r = await d.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server: "told", uri_prefix: "x", queries: [query("m")] } });
  assert.deepEqual([r.status, r.json.path], [400, "/config/queries"], r.text);
});
