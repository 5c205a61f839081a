// MCP first, Salesforce's own API where it fails: records by a tool that takes SOQL, proven by what the org lists, with one daemon and a
// server for each way to fail.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startMcp } from "../fakes/mcp/http.mjs";
import { soqlOf } from "../fakes/mcp/soql.mjs";
import { startDaemon } from "./lib/daemon.mjs";
import { own, serversFile } from "./lib/mcp-servers.mjs";
import { held, loopback, mirrored, orgAndConnector, truth } from "./lib/salesforce.mjs";

const ways = ["good", "structured", "cutting", "altering", "restamping", "inventing", "burying", "doubling", "refusing", "failing", "halfway", "busy", "hanging"];
const servers = Object.fromEntries(await Promise.all(ways.map(async (name) => [name, await startMcp({}, {})])));
const full = process.env.DYO_FULL === "1";
let d, hasty; // the second for what never answers
before(async () => {
  const remote = Object.entries(servers).map(([name, s]) => ({ name, url: s.url.replace("127.0.0.1", "localhost") })); // another host than the org's
  const list = [...remote, own("silent", { hang: "tools/call" }), own("mute", { hang: "initialize", era: "legacy" }), { name: "absent", command: "/nowhere/to/be/found" }];
  const flags = { ...loopback, connect_silent_s: 30, mcp_servers: serversFile(list) };
  [d, hasty] = await Promise.all([startDaemon({ flags }), startDaemon({ flags: { ...flags, connect_silent_s: 1, connect_request_s: 1 } })]);
});
after(async () => {
  for (const one of [d, hasty]) assert.equal((await one.stop()).status, 0);
  await Promise.all(Object.values(servers).map((s) => s.close()));
});

/** An org of `n` accounts and a connector that asks `server` first, which is so. */
async function scene(server, { n = 60, behaviour = {}, config = {}, dd = d, ...how } = {}) {
  const metric = `by_${server}_${n}`;
  const c = await orgAndConnector(dd, { config: { objects: [mirrored(metric)], mcp_server: server, mcp_rows: 25, compare_hours: 8760, ...config } });
  for (let i = 0; i < n; i++) {
    c.fake.org.insert("Account", { Name: `N${i} "é" \n`, AnnualRevenue: i });
    if (i % 20 === 19) c.fake.clock.advance(1000);
  }
  c.fake.clock.advance(5000);
  const asked = [];
  if (servers[server]) servers[server].mcp.is = { ...servers[server].mcp.is, soql: soqlOf(c.fake.org, { asked, ...how }), ...behaviour };
  const whole = async (run) => {
    assert.equal(run.state, "succeeded", JSON.stringify(run));
    const [proof] = run.result.objects;
    assert.deepEqual([proof.source_live, proof.stored_live, proof.digest_received], [proof.stored_live, c.fake.org.rows("Account").length, proof.digest_stored], JSON.stringify(proof));
    assert.deepEqual(await held(dd, metric), truth(c.fake.org));
  };
  return { ...c, asked, whole };
}

for (const server of ["good", "structured"])
  test(`${server}: all by MCP, what changed and what was deleted too`, async () => {
    const c = await scene(server, { behaviour: { structured: server === "structured" } });
    const first = await c.sync();
    await c.whole(first);
    assert.deepEqual([first.method, first.result.method, first.result.fallback, first.rows_stored], ["mcp", "mcp", null, 60], JSON.stringify(first));
    assert.equal(c.asked.length, 3);
    assert.ok(!c.fake.requests.some((r) => /AnnualRevenue.* ORDER BY/.test(decodeURIComponent(r.url))), "the org is not asked for the records themselves");
    const rows = c.fake.org.rows("Account");
    c.fake.clock.advance(3_600_000);
    c.fake.org.update("Account", rows[3].Id, { AnnualRevenue: 999 });
    c.fake.org.remove("Account", rows[4].Id);
    c.fake.org.insert("Account", { Name: "new", AnnualRevenue: 5 });
    c.fake.clock.advance(5000);
    const second = await c.sync();
    await c.whole(second);
    assert.deepEqual([second.method, second.rows_stored], ["mcp", 3], JSON.stringify(second));
    await c.fake.close();
  });

const lies = {
  cutting: [(records) => records.slice(1), /of 25 Account that the org lists \d+ came as listed/],
  altering: [(records) => records.map((r) => ({ ...r, AnnualRevenue: r.AnnualRevenue + 1 })), /other values for Account 001\w+ than the org/],
  restamping: [(records) => records.map((r, i) => (i === 7 ? { ...r, SystemModstamp: "2020-01-01T00:00:00.000+0000" } : r)), /7 came as listed/],
  inventing: [(records) => [...records, records[0]], /came as listed/],
  burying: [(records) => records.map((r) => ({ ...r, IsDeleted: true })), / 0 came as listed/],
  doubling: [(records) => records.map((r, i) => (i === 1 ? records[0] : r)), / 1 came as listed/],
};
for (const [server, [lie, why]] of Object.entries(lies))
  test(`a server that lies (${server}): the run goes on by the API, is whole, and says why`, async () => {
    const c = await scene(server, { lie });
    const run = await c.sync();
    await c.whole(run);
    assert.equal(run.method, "api");
    assert.match(run.result.fallback, why);
    assert.equal(c.asked.length, 2, "asked once more, in case something had changed meanwhile");
    await c.fake.close();
  });

test("one that fails halfway: what came by it stays, the rest comes by the API", async () => {
  let n = 0;
  const c = await scene("halfway", { lie: (records) => (++n > 1 ? assert.fail("the org has had enough of it") : records) });
  const run = await c.sync();
  await c.whole(run);
  assert.deepEqual([run.method, run.rows_read, run.rows_stored], ["api", 60, 60]);
  assert.match(run.result.fallback, /enough of it/);
  const large = await scene("halfway", { n: 80, config: { bulk_above: 10 }, lie: (records) => (++n > 3 ? assert.fail("enough") : records) });
  await large.whole(await large.sync());
  await Promise.all([c, large].map((x) => x.fake.close()));
});

test("records that change between the list and the answer are no lie", async () => {
  let once = true;
  const c = await scene("busy", {
    lie: (records) => {
      if (!once) return records;
      once = false;
      c.fake.org.update("Account", records[2].Id, { AnnualRevenue: 4711 });
      return records.map((r, i) => (i === 2 ? { ...r, AnnualRevenue: 4711, SystemModstamp: new Date(c.fake.clock.now()).toISOString() } : r));
    },
  });
  const run = await c.sync();
  assert.deepEqual([run.method, run.result.fallback], ["mcp", null], JSON.stringify(run));
  c.fake.clock.advance(5000);
  await c.whole(await c.sync());
  await c.fake.close();
});

test("an object without stamps comes by the API, and the run says so", async () => {
  const c = await scene("good", { n: 5 });
  c.fake.org.define({ name: "Rate__c", keyPrefix: "a01", fields: [{ name: "Day__c", type: "date" }, { name: "Value__c", type: "double" }] });
  const object = c.fake.org.object("Rate__c");
  object.fields = object.fields.filter((f) => !["SystemModstamp", "LastModifiedDate", "CreatedDate"].includes(f.name));
  c.fake.org.insert("Rate__c", { Day__c: "2026-01-01", Value__c: 3 });
  const { config } = await c.source();
  const metrics = [{ metric: "rate", date: "Day__c", value: "Value__c", aggregate: "last" }];
  await d.request("PATCH", `/api/v1/connectors/${c.id}`, { body: { config: { ...config, objects: [...config.objects, { object: "Rate__c", metrics }] } } });
  const run = await c.sync();
  assert.deepEqual([run.state, run.method], ["succeeded", "api"], JSON.stringify(run));
  assert.match(run.result.fallback, /Rate__c has no stamps/);
  assert.equal(c.asked.length, 1);
  await c.fake.close();
});

test("settings that cannot be right", async () => {
  for (const [config, path] of [
    [{ mcp_tool: "x" }, "/config/mcp_tool"],
    [{ mcp_arguments: { a: 1 } }, "/config/mcp_arguments"],
    [{ mcp_server: "good", mcp_arguments: { query: "x" } }, "/config/mcp_arguments"],
    [{ mcp_server: "good", mcp_rows: 0 }, "/config/mcp_rows"],
  ]) {
    const r = await d.post("/api/v1/connectors/", { name: "org", connector_type: "salesforce", config: { instance_url: "http://127.0.0.1:1", access_token: "x", ...config } });
    assert.deepEqual([r.status, r.json.path], [400, path], r.text);
  }
});

for (const [server, behaviour, why] of [
  ["refusing", { refuse: "tools/call" }, /not today/],
  ["failing", { soql: () => assert.fail("no session") }, /run_soql_query failed: Failed to query org: no session/],
  ["silent", {}, /no answer in time/],
  ["mute", {}, /no answer in time/],
  ["absent", {}, /does not start/],
  ["nobody", {}, /no MCP server "nobody" is configured/],
  ["hanging", { hang: "tools/call" }, /Timeout was reached/], 
].filter(([server]) => full || !["mute", "hanging"].includes(server)))
  test(`a server that is ${server}: the run goes on by the API, is whole, and says why`, async () => {
    const c = await scene(server, { behaviour, dd: /answer in time|Timeout/.test(why.source) ? hasty : d });
    const run = await c.sync();
    await c.whole(run);
    assert.equal(run.method, "api");
    assert.match(run.result.fallback, why);
    await c.fake.close();
  });
