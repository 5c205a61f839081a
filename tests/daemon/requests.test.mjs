// Every route of the document, asked with requests made from its schemas by a seeded generator: those that the document allows, and those
// that it does not. Whatever comes back must be documented and as documented, and never the server's own fault.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { goldenCases } from "../lib/golden.mjs";
import { operations, root } from "../lib/project.mjs";
import { contract, numbers } from "./lib/contract.mjs";
import { dailyCsv, multipart, startDaemon } from "./lib/daemon.mjs";
import { generator } from "./lib/generate.mjs";
import { startSalesforce } from "../fakes/salesforce/server.mjs";
import { loopback } from "./lib/salesforce.mjs";
import { endless, legacyVersions, message } from "./lib/mcp.mjs";

const full = Boolean(process.env.DYO_FULL);
const rounds = full ? 200 : 12;
const document = JSON.parse(readFileSync(join(root, "daemon/api/openapi.json"), "utf8"));
const { routes, wrong, deref, allowsBody, allowsValue } = contract(document);
const unknown = "01890000-0000-7000-8000-000000000000";

let d;
let known; // what is there, for paths
let fake; // that connectors fetch from
before(async () => {
  d = await startDaemon({ flags: { ...loopback, inline_s: 1, upload_mb: 4 } });
  const up = (await d.upload(dailyCsv(60), "?name=sales.csv")).json;
  const forecast = (await d.post("/api/v1/forecaster/create", { metric_name: "sales", to: "2024-02-20", model_type: "naive", forecast_horizon: 5 })).json;
  const eoq = (await d.post("/api/v1/optimizer/inventory/eoq", { annual_demand: 100, order_cost: 5, holding_cost_per_unit: 1 })).json;
  known = { batch_id: await fresh.batch_id(), source_id: up.source_id, run_id: up.run_id, metric_name: "sales", forecast_id: forecast.forecast_id, optimization: eoq.run_id, rule_id: await fresh.rule_id(), hooked: await hooked(), fetching: await fetching() };
});
after(async () => {
  assert.equal((await d.stop()).status, 0);
  await fake.close();
});

const hook = { webhook_url: "http://127.0.0.1:9/hook", webhook_secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` };

/** A rule that has a webhook; nobody is there to take what it sends. */
const hooked = async () => (await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: "sales", above: 1e9, ...hook })).json.rule_id;

/** A connector that has something to fetch. */
async function fetching() {
  fake = await startSalesforce();
  const app = fake.oauth.addApp();
  const config = { login_url: fake.url, client_id: app.clientId, client_secret: app.clientSecret, refresh_token: fake.oauth.consent(app) };
  return (await d.post("/api/v1/connectors/", { name: "org", connector_type: "salesforce", config })).json.source_id;
}


/** Things made to be removed or ended. */
const fresh = {
  source_id: async () => (await d.post("/api/v1/connectors/", { name: "brief", connector_type: "file_upload" })).json.source_id,
  rule_id: async () => (await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: "sales", above: 1e9 })).json.rule_id,
  run_id: async () => (await d.post("/api/v1/forecaster/backtest", endless, { headers: { prefer: "respond-async" } })).json.run_id,
  batch_id: async () => (await d.post("/api/v1/batches", { metric_name: "sales", model_type: "xgboost", params: { n_estimators: 5000 }, folds: 50 })).json.batch_id,
  async schedule_id() {
    await d.post("/api/v1/forecaster/create", { metric_name: "sales", model_type: "naive", forecast_horizon: 2, refresh: true });
    return (await d.get("/api/v1/schedules/")).json.items.find((s) => s.kind === "forecast_refresh").schedule_id;
  },
};
const ends = (route) => route.method === "DELETE" || /^(runs|batches)\.cancel$/.test(route.id);

async function place(route) {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  let path = route.path;
  for (const name of names) {
    const id = /^connectors\.(sync|test)$/.test(route.id) ? known.fetching : route.id === "alerts.test" ? known.hooked : ends(route) ? await fresh[name]() : route.id.startsWith("optimizations.") ? known.optimization : known[name];
    path = path.replace(`{${name}}`, id);
  }
  return path;
}

/** Requests that are right, to begin with. */
const bases = {
  "connectors.create": [{ name: "shop", connector_type: "file_upload" }, { name: "org", connector_type: "salesforce", config: { client_id: "c", refresh_token: "t" }, sync_schedule: "0 2 * * *" }],
  "connectors.change": [{ name: "other" }],
  "batches.create": [{ metric_name: "sales", model_type: "naive", forecast_horizon: 3 }, { series: [{ metric_name: "sales" }], model_type: "theta" }],
  "alerts.create": [{ kind: "threshold", metric_name: "sales", above: 5 }, { kind: "anomaly", metric_name: "sales" }, { kind: "threshold", metric_name: "sales", below: -1, ...hook }],
  "mcp.message": [
    message("initialize", { protocolVersion: legacyVersions.at(-1), capabilities: {}, clientInfo: { name: "test", version: "1" } }),
    message("tools/list", {}),
    { jsonrpc: "2.0", method: "notifications/initialized" },
    message("tools/call", { name: "inventory_eoq", arguments: { annual_demand: 1 } }),
  ],
};
for (const op of operations())
  bases[op] = goldenCases(op)
    .filter((c) => c.kind === "good" && JSON.stringify(c.in).length < 4000)
    .slice(0, 4)
    .map((c) => c.in);

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const asked = (q) => (q.length > 0 ? `?${q.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join("&")}` : "");

/** The body, header fields and query of a request that the document allows, by the i-th choice of many. */
async function allowed(route, g, i) {
  const query = route.query.filter(() => i > 0 && g.below(4) === 0).map((q) => [q.name, String(g.valid(q.schema))]);
  const headers = {};
  if (route.headers.some((h) => h.name === "Prefer") && g.below(6) === 0) headers.prefer = "respond-async";
  if (route.id === "metrics.read") headers.accept = g.one(["application/json", "text/csv", "application/octet-stream"]);
  if (route.id === "mcp.end") {
    const opened = await d.post("/mcp", bases["mcp.message"][0], { headers: json });
    headers["mcp-session-id"] = opened.headers["mcp-session-id"];
  }
  if (route.id === "connectors.upload") {
    const csv = i === 0 ? dailyCsv(5, { name: "made" }) : `${g.valid({ type: "string" })},${g.valid({ type: "string" })}\n2024-01-0${1 + g.below(9)},${g.below(100)}\n`;
    const form = multipart([["file", csv, "made.csv", "text/csv"]]);
    return i % 2 ? { query, body: form.body, headers: form.headers } : { query, body: csv, headers: { "content-type": "text/csv" } };
  }
  if (!route.body) return { query, headers, body: route.method === "POST" ? "" : undefined };
  const list = bases[route.id];
  let body = i < list.length ? list[i] : undefined;
  while (body === undefined || !allowsBody(route, body)) body = i % 2 ? g.valid(route.body) : g.varied(route.body, g.one(list)); // what is right alone may not be together
  return { query, headers: { ...json, ...headers }, body };
}

async function ask(route, r) {
  const body = r.body === undefined || typeof r.body === "string" || r.body instanceof Uint8Array ? r.body : JSON.stringify(r.body);
  return d.request(route.method, (r.path ?? (await place(route))) + asked(r.query ?? []), { body, headers: r.headers });
}

const told = (r, answer) => `${answer.status} ${answer.text.slice(0, 200)} to ${JSON.stringify(r).slice(0, 300)}`;

test("requests that the document allows", { timeout: 300_000 }, async () => {
  const problems = [];
  const good = new Map(routes.map((r) => [r.id, 0]));
  for (const [k, route] of routes.entries()) {
    const g = generator(deref, numbers(100 + k));
    const many = route.body || route.query.length > 0 ? rounds : 2;
    for (let i = 0; i < many; i++) {
      const r = await allowed(route, g, i);
      const answer = await ask(route, r);
      problems.push(...wrong(route, answer));
      if (answer.status >= 500) problems.push(`${route.id}: ${told(r, answer)}`);
      if (answer.status < 300) good.set(route.id, good.get(route.id) + 1);
    }
  }
  assert.deepEqual(problems, []);
  assert.deepEqual([...good].filter(([, n]) => n === 0), [], "routes that never had a good answer");
});

test("bodies that the document does not allow", { timeout: 300_000 }, async () => {
  const problems = [];
  let sent = 0;
  for (const [k, route] of routes.filter((r) => r.body).entries()) {
    const g = generator(deref, numbers(200 + k));
    const path = await place(route);
    for (let i = 0, tries = 0; i < 3 * rounds && tries < 20 * rounds; tries++) {
      const { what, doc } = g.changed(route.body, g.one(bases[route.id]));
      if (allowsBody(route, doc)) continue;
      i++;
      const answer = await ask(route, { path, headers: json, body: JSON.stringify(doc) });
      const refused = [400, 413, 422].includes(answer.status) || (route.id === "mcp.message" && answer.json.error !== undefined);
      if (!refused) problems.push(`${route.id}, ${what}: ${told(doc, answer)}`);
      problems.push(...wrong(route, answer));
      sent++;
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(sent > 20 * rounds, `only ${sent}`);
});

test("parameters that the document does not allow", { timeout: 300_000 }, async () => {
  const problems = [];
  let sent = 0;
  for (const route of routes) {
    const csv = route.id === "connectors.upload" ? "date,x\n2024-01-01,1\n" : route.method === "POST" ? "" : undefined;
    for (const q of route.query)
      for (const value of ["no such word", "-7", "1e9", "", "x".repeat(5000), "\u{1f4e6}".repeat(500)].filter((v) => !allowsValue(q, v))) {
        const answer = await ask(route, { query: [[q.name, value]], body: csv });
        if (answer.status !== 400 || answer.json.path !== `/${q.name}`) problems.push(`${route.id}: ${told([q.name, value.slice(0, 20)], answer)}`);
        problems.push(...wrong(route, answer));
        sent++;
      }
    for (const q of route.query.filter((p) => p.name === "limit" || p.name === "cursor" || p.name === "name")) {
      const twice = await ask(route, { query: [[q.name, q.name === "limit" ? "5" : unknown], [q.name, q.name === "limit" ? "6" : unknown]], body: csv });
      if (twice.status !== 400 || twice.json.path !== `/${q.name}`) problems.push(`${route.id}: ${told([q.name, "twice"], twice)}`);
    }
    if (!route.path.includes("{")) continue;
    for (const id of ["x".repeat(128), "x".repeat(4000), "%F0%9F%93%A6", "a%20b", "%27%3B--", unknown.slice(1), `${unknown}0`]) {
      const answer = await ask(route, { path: route.path.replace(/\{\w+\}/, id), body: route.body ? "{}" : csv });
      if (![400, 404, 405].includes(answer.status)) problems.push(`${route.id}: ${told(id.slice(0, 20), answer)}`);
      problems.push(...wrong(route, answer));
      sent++;
    }
  }
  assert.deepEqual(problems, []);
  assert.ok(sent > 80, `only ${sent}`);
});

test("bodies where none is expected, and none or another kind where one is", async () => {
  const problems = [];
  for (const route of routes) {
    const path = ends(route) ? route.path.replace(/\{\w+\}/, unknown) : await place(route);
    const none = !route.body && route.id !== "connectors.upload";
    for (const body of none ? ["{}"] : ["", "\0", "<x/>", Buffer.from([0xff, 0xfe, 0xfd])]) {
      const answer = await ask(route, { path, body, headers: json });
      const wanted = none && route.method === "POST" ? answer.status < 500 : answer.status >= 400 && answer.status < 500;
      if (!wanted) problems.push(`${route.id}: ${told(String(body), answer)}`);
      problems.push(...wrong(route, answer));
    }
  }
  assert.deepEqual(problems, []);
});
