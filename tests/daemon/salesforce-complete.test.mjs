// Completeness: random edits, deletes, purges, equal stamps, late commits, edits between pages and passing faults; after each sync the
// mirror is the source, by the API or by MCP, and a source that lies is never said to have been copied whole. DYO_FULL=1: 1,000 seeds;
// DYO_SEEDS: so many, DYO_SEED: from there on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choices, meanwhile, trouble } from "../fakes/lib/random.mjs";
import { startMcp } from "../fakes/mcp/http.mjs";
import { soqlOf } from "../fakes/mcp/soql.mjs";
import { Edits } from "../fakes/salesforce/edits.mjs";
import { several, startDaemon } from "./lib/daemon.mjs";
import { serversFile } from "./lib/mcp-servers.mjs";
import { held, loopback, mirrored, orgAndConnector, truth } from "./lib/salesforce.mjs";

const full = Boolean(process.env.DYO_FULL);
const seeds = Number(process.env.DYO_SEEDS ?? (full ? 1000 : 24));
const first = Number(process.env.DYO_SEED ?? 1);
const values = (r) => ({ Name: `Name ${r.below(50)}`, AnnualRevenue: r.chance(0.9) ? r.below(1000) : null });

const tools = new Map(); // seed -> what an MCP server answers for its org
const server = await startMcp({ soql: (query, { org }) => tools.get(org)(query) });
let d, byMcp = 0;
before(async () => {
  d = await startDaemon({ flags: { ...loopback, log_level: "warn", mcp_servers: serversFile([{ name: "mcp", url: server.url.replace("127.0.0.1", "localhost") }]) } });
});
after(async () => {
  assert.equal((await d.stop()).status, 0);
  await server.close();
});

/** Settings of an org that is asked by MCP first, whose tool lies at times. */
function askedByMcp(seed, rng) {
  const lies = [(l) => l.slice(1), (l) => l.slice(0, -1), (l) => l.map((r) => ({ ...r, Name: "a lie" })), () => assert.fail("not now"), (l) => [...l, ...l]];
  const lie = (records) => (records.length > 0 && rng.chance(0.1) ? lies[rng.below(lies.length)](records) : records);
  return { config: { mcp_server: "mcp", mcp_arguments: { org: seed }, mcp_rows: 1 + rng.below(9) }, listen: (org) => tools.set(seed, soqlOf(org, { lie })) };
}

/** One seed: an org, three rounds of edits and syncs under trouble, and after each a quiet sync and a look. */
async function play(seed) {
  const rng = choices(seed);
  const metric = `m${seed}`;
  const bulk = rng.chance(0.3) ? { bulk_above: 5 } : {};
  const rotate = rng.chance(0.3);
  const mcp = seed % 3 === 0 ? askedByMcp(seed, choices(seed + 1_000_000)) : null;
  const c = await orgAndConnector(d, { config: { objects: [mirrored(metric)], ...bulk, ...mcp?.config }, app: { rotate } });
  const { fake } = c;
  mcp?.listen(fake.org);
  fake.clock.hold(Date.UTC(2026, 0, 1));
  fake.queries.pageRows = 1 + rng.below(7);
  fake.bulk.pageRows = 1 + rng.below(9);
  const edits = new Edits(fake.org, rng, { values });
  edits.make(20);
  const problems = [];
  for (let round = 0; round < 3; round++) {
    edits.make(rng.below(12), { late: 0.3 });
    if (rng.chance(0.2)) fake.oauth.expireSessions();
    const rule = meanwhile(fake, rng, () => edits.make(1, { late: 0.3 }), { path: "/query", share: 0.3 });
    if (rng.chance(0.5)) trouble(fake, rng, rotate ? { path: "/services/data" } : {}); // an answer with a new refresh token that is lost is lost
    const noisy = await c.sync();
    rule.remove();
    if (!["succeeded", "partial"].includes(noisy.state)) problems.push(`round ${round}: ${noisy.state} ${JSON.stringify(noisy.error)}`);
    edits.settle();
    fake.faults.clear();
    fake.clock.advance(5000);
    const quiet = await c.sync();
    byMcp += quiet.method === "mcp";
    if (quiet.state !== "succeeded") problems.push(`round ${round}, quiet: ${quiet.state} ${JSON.stringify(quiet.error)}`);
    const [want, have] = [truth(fake.org), await held(d, metric)];
    if (JSON.stringify(want) !== JSON.stringify(have))
      problems.push(`round ${round}: lost ${want.filter((x) => !have.includes(x)).slice(0, 3)}, too many ${have.filter((x) => !want.includes(x)).slice(0, 3)}`);
    for (const object of quiet.result.objects) if (object.digest_received !== object.digest_stored) problems.push("digests differ");
  }
  await fake.close();
  await d.request("DELETE", `/api/v1/connectors/${c.id}`);
  return problems;
}

test(`the mirror is the source, over ${seeds} seeds`, { timeout: 3_600_000 }, async () => {
  const wrong = [];
  await several(Array.from({ length: seeds }, (_, i) => first + i), 3, async (seed) => {
    const problems = await play(seed);
    if (problems.length > 0) wrong.push(`seed ${seed}: ${problems.join("; ")}`);
  });
  assert.deepEqual(wrong, []);
  assert.ok(byMcp >= seeds / 24, `${byMcp} syncs by MCP`);
});

// Each lie stays: what is said once is asked for again, and then it is true.
const lies = ["drop_one", "drop_page", "early_end", "no_next", "foreign_next", "double_slash_next", "loop_next", "more_total"];

for (const lie of lies)
  test(`a source that lies is found out: ${lie}`, async () => {
    const c = await orgAndConnector(d, { config: { objects: [mirrored(`lie_${lie}`)] } });
    c.fake.queries.pageRows = 4;
    for (let i = 0; i < 10; i++) c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
    c.fake.clock.advance(5000);
    const once = c.fake.faults.add({ path: "/query", lie, times: 1 });
    const mended = await c.sync();
    assert.equal(once.hits, 1);
    assert.equal(mended.state, "succeeded", JSON.stringify(mended.error));
    assert.deepEqual(await held(d, `lie_${lie}`), truth(c.fake.org));
    c.fake.org.insert("Account", { Name: "last", AnnualRevenue: 5 });
    c.fake.clock.advance(700_000);
    const always = c.fake.faults.add({ path: "/query", lie, times: Infinity });
    const run = await c.sync();
    assert.ok(["partial", "failed"].includes(run.state), `${run.state}: ${JSON.stringify(run.result)}`);
    assert.ok(run.error.message.length > 10);
    assert.ok(!c.fake.requests.some((r) => r.url.includes("EVIL")));
    always.remove();
    assert.equal((await c.sync()).state, "succeeded");
    assert.deepEqual(await held(d, `lie_${lie}`), truth(c.fake.org));
    await c.fake.close();
  });

test("rows that are missing together with their count are found by another count", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("both")] } });
  for (let i = 0; i < 10; i++) c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
  c.fake.clock.advance(5000);
  c.fake.faults.add({ path: "/queryAll", times: 1, change: (b) => ({ ...b, totalSize: b.totalSize - 1, records: b.records.slice(1) }) });
  const run = await c.sync();
  assert.equal(run.state, "succeeded", JSON.stringify(run.error));
  assert.equal(run.result.objects[0].full_compare, true);
  assert.deepEqual(await held(d, "both"), truth(c.fake.org));
  await c.fake.close();
});

test("no record is taken away on the word of one list", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("word")], compare_hours: 0 } });
  for (let i = 0; i < 10; i++) c.fake.org.insert("Account", { Name: `N${i}`, AnnualRevenue: i });
  c.fake.clock.advance(5000);
  assert.equal((await c.sync()).state, "succeeded");
  c.fake.clock.advance(700_000);
  const lying = (b, reply, request) => (/SELECT Id,SystemModstamp FROM/.test(request.query.get("q") ?? "") ? { ...b, totalSize: b.totalSize - 1, records: b.records.slice(1) } : b);
  c.fake.faults.add({ path: "/query", times: Infinity, change: lying });
  const run = await c.sync();
  assert.equal(run.state, "partial", JSON.stringify(run));
  assert.deepEqual(await held(d, "word"), truth(c.fake.org));
  await c.fake.close();
});

test("a server that does not tell the time is not taken to be empty", async () => {
  const c = await orgAndConnector(d, { config: { objects: [mirrored("timeless")] } });
  c.fake.org.insert("Account", { Name: "N", AnnualRevenue: 1 });
  c.fake.clock.advance(5000);
  c.fake.faults.add({ times: Infinity, change: (body, reply) => ((reply.headers.date = "some day"), body) });
  const run = await c.sync();
  assert.equal(run.state, "failed", JSON.stringify(run));
  assert.match(run.error.message, /no Date/);
  c.fake.faults.clear();
  assert.equal((await c.sync()).state, "succeeded");
  assert.deepEqual(await held(d, "timeless"), truth(c.fake.org));
  await c.fake.close();
});

for (const lie of ["csv_drop_line", "csv_early_end", "csv_loop"])
  test(`a Bulk result that lies is found out: ${lie}`, async () => {
    const c = await orgAndConnector(d, { config: { objects: [mirrored(`bulk_${lie}`)], bulk_above: 5 } });
    c.fake.bulk.pageRows = 4;
    for (let i = 0; i < 10; i++) c.fake.org.insert("Account", { Name: `N"${i},\n`, AnnualRevenue: i });
    c.fake.clock.advance(5000);
    c.fake.faults.add({ path: "/results", lie, times: 1 });
    assert.equal((await c.sync()).state, "succeeded");
    assert.deepEqual(await held(d, `bulk_${lie}`), truth(c.fake.org));
    for (const r of c.fake.org.rows("Account")) c.fake.org.update("Account", r.Id, { AnnualRevenue: 7 });
    c.fake.clock.advance(5000);
    c.fake.faults.add({ path: "/results", lie, times: Infinity });
    const run = await c.sync();
    assert.ok(["partial", "failed"].includes(run.state), run.state);
    assert.equal(c.fake.bulk.jobs.size, 0, "jobs are put away");
    await c.fake.close();
  });
