// Who may ask what: every route, two tenants, every scope; and nothing tells a foreign id from one that never was.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { root } from "../lib/project.mjs";
import { command, dailyCsv, scratch, startDaemon, until } from "./lib/daemon.mjs";

const scopes = ["none", "read", "run", "write", "admin"]; // each may what those before it may
const tenants = ["ash", "birch"];
const nobody = "019a0000-0000-7000-8000-00000000abcd";
const everywhere = ["/healthz", "/readyz", "/openapi.json", "/docs"];

/** The daemon's own table, so that no route is forgotten here: { method, pattern, least }. */
function tableOf(text) {
  const rows = [...text.matchAll(/^ {2}\{"([A-Z]+)", (V1 )?"([^"]+)", ([A-Z_| ]+), [A-Z_]+, \w+/gm)];
  return rows.map(([, method, v1, path, scope]) => ({
    method,
    pattern: `${v1 ? "/api/v1" : ""}${path}`,
    least: scope.split(" | ")[0].replace("SCOPE_", "").toLowerCase(),
  }));
}
const table = tableOf(readFileSync(join(root, "daemon/api/routes.c"), "utf8"));

let d;
let routes;
before(async () => {
  d = await startDaemon();
  const operations = (await d.get("/openapi.json")).json.paths;
  const fixed = table.filter((r) => !/\{(op-path|file)\}/.test(r.pattern));
  const listed = new Set(fixed.map((r) => `${r.method} ${r.pattern}`));
  const more = Object.entries(operations).flatMap(([pattern, verbs]) =>
    Object.keys(verbs)
      .map((verb) => verb.toUpperCase())
      .filter((m) => ["GET", "POST", "PUT", "PATCH", "DELETE"].includes(m) && !listed.has(`${m} ${pattern}`))
      .map((method) => ({ method, pattern, least: "run" })),
  );
  routes = [...fixed, ...more];
});
after(async () => assert.equal((await d.stop()).status, 0));

const tokenOf = (tenant, scope) => (scope === "none" ? null : d.tokenOf(tenant, scope));

/** A request that changes nothing: ids that nobody has, bodies that are refused. */
function probe({ method, pattern }, token) {
  const path = pattern.replace(/\{[^}]+\}/g, nobody);
  return d.request(method, path, { token, body: method === "GET" || method === "DELETE" ? undefined : {} });
}

test("the table is read whole", () => {
  assert.ok(table.length >= 33 && routes.length >= table.length + 20, `${table.length} ${routes.length}`);
  assert.equal(table.length, readFileSync(join(root, "daemon/api/routes.c"), "utf8").match(/^ {2}\{"[A-Z]+", /gm).length);
});

for (const tenant of tenants)
  for (const scope of scopes)
    test(`every route for ${scope} of tenant ${tenant}`, async () => {
      for (const r of routes) {
        const label = `${r.method} ${r.pattern}`;
        const { status, text } = await probe(r, tokenOf(tenant, scope));
        const open = r.least === "none";
        if (!open && scope === "none") assert.equal(status, 401, label);
        else if (!open && scopes.indexOf(scope) < scopes.indexOf(r.least)) assert.equal(status, 403, label);
        else if (everywhere.includes(r.pattern)) assert.equal(status, 200, label);
        else if (/\{/.test(r.pattern) && !/PATCH/.test(r.method)) assert.equal(status, 404, `${label}: ${text}`);
        else if (r.method === "GET" && !open) assert.equal(status, 200, `${label}: ${text}`);
        else assert.ok(status >= 200 && status < 500 && status !== 401 && status !== 403, `${label}: ${status} ${text}`);
      }
    });

test("made-up, cut and foreign kinds of tokens are refused alike", async () => {
  const whole = d.tokenOf("ash", "read");
  const wrong = [whole.slice(0, -1), `${whole}x`, whole.toUpperCase(), "dyo_", "x", `dyo_${"A".repeat(43)}`];
  const texts = new Set();
  for (const token of wrong) {
    const r = await d.get("/api/v1/metrics/", { token });
    assert.equal(r.status, 401, token);
    assert.match(r.headers["www-authenticate"], /^Bearer/);
    texts.add(r.json.code);
  }
  assert.deepEqual([...texts], ["unauthorized"]);
  const basic = await d.get("/api/v1/metrics/", { token: null, headers: { authorization: `Basic ${whole}` } });
  assert.equal(basic.status, 401);
});

describe("a foreign id", () => {
  const own = {};
  const o = () => ({ token: d.tokenOf("ash", "write") });
  const other = () => ({ token: d.tokenOf("cedar", "admin") }); // who has nothing

  before(async () => {
    const up = await d.upload(dailyCsv(60, { name: "ashes" }), "?name=a.csv", o());
    assert.equal(up.status, 200, up.text);
    own.source = up.json.source_id;
    own.run = up.json.run_id;
    const made = { metric_name: "ashes", model_type: "naive", forecast_horizon: 3 };
    assert.equal((await d.post("/api/v1/forecaster/create", made, o())).status, 200);
    own.forecast = (await d.get("/api/v1/forecaster/", o())).json.items[0].forecast_id;
    const eoq = { annual_demand: 1000, order_cost: 50, holding_cost_per_unit: 2 };
    assert.equal((await d.post("/api/v1/optimizer/inventory/eoq", eoq, o())).status, 200);
    own.optimization = (await d.get("/api/v1/optimizer/runs/", o())).json.items[0].id;
    const rule = { kind: "threshold", metric_name: "ashes", above: 1, schedule: "0 0 1 1 *" };
    own.rule = (await d.post("/api/v1/alerts/", rule, o())).json.rule_id;
    own.schedule = (await d.get("/api/v1/schedules/", o())).json.items[0].schedule_id;
    await until(async () => (await d.get("/api/v1/alerts/events/", o())).json.items.length, "the rule's event");
  });

  /** Status, headers and body without what differs from one request to the next. */
  const bare = ({ status, headers, text }) => {
    const { date, "x-request-id": id, ...rest } = headers;
    assert.ok(date && id);
    return JSON.stringify({ status, rest, text });
  };

  const asks = {
    source: [["GET", "/api/v1/connectors/{}"], ["PATCH", "/api/v1/connectors/{}", { name: "mine" }], ["DELETE", "/api/v1/connectors/{}"], ["POST", "/api/v1/connectors/upload?source_id={}", "date,x\n2024-01-01,1\n"]],
    run: [["GET", "/api/v1/runs/{}"], ["GET", "/api/v1/runs/{}/events"], ["POST", "/api/v1/runs/{}/cancel", ""]],
    forecast: [["GET", "/api/v1/forecaster/{}"], ["POST", "/api/v1/forecaster/{}/evaluate", ""]],
    optimization: [["GET", "/api/v1/optimizer/runs/{}"]],
    rule: [["GET", "/api/v1/alerts/{}"], ["DELETE", "/api/v1/alerts/{}"], ["GET", "/api/v1/alerts/events/?rule_id={}"]],
    schedule: [["DELETE", "/api/v1/schedules/{}"]],
  };
  for (const [kind, list] of Object.entries(asks))
    for (const [method, path, body] of list)
      test(`${method} ${path} of a ${kind}`, async () => {
        const foreign = await d.request(method, path.replace("{}", own[kind]), { ...other(), body });
        const unknown = await d.request(method, path.replace("{}", nobody), { ...other(), body });
        assert.equal(bare(foreign), bare(unknown));
        if (!path.includes("rule_id")) assert.equal(foreign.status, 404, foreign.text);
      });

  test("a metric", async () => {
    for (const accept of ["application/json", "text/csv", "application/octet-stream"]) {
      const foreign = await d.get("/api/v1/metrics/ashes", { ...other(), headers: { accept } });
      const unknown = await d.get("/api/v1/metrics/ashez", { ...other(), headers: { accept } });
      assert.equal(foreign.status, 404);
      assert.equal(bare(foreign), bare(unknown));
    }
    const make = (metric_name) => d.post("/api/v1/forecaster/create", { metric_name, model_type: "naive", forecast_horizon: 3 }, other());
    const [foreign, unknown] = [await make("ashes"), await make("ashez")];
    assert.equal(foreign.status, 404, foreign.text);
    assert.equal(bare(foreign).replaceAll("ashes", "ashez"), bare(unknown));
  });

  test("lists hold what is one's own, and the owner still has all of it", async () => {
    const lists = table.filter((r) => r.method === "GET" && r.pattern.endsWith("/"));
    assert.ok(lists.length >= 8);
    for (const { pattern } of lists) {
      assert.deepEqual((await d.get(pattern, other())).json.items, [], pattern);
      assert.ok((await d.get(pattern, o())).json.items.length > 0, pattern);
    }
  });
});

test("no token stands in the log, an answer, the database or a backup", async () => {
  const tokens = [d.first, ...tenants.flatMap((t) => scopes.slice(1).map((s) => d.tokenOf(t, s)))];
  const hidden = d.tokenOf("ash", "read");
  for (const path of [`/api/v1/metrics/${hidden}`, `/${hidden}`, `/api/v1/runs/?cursor=${hidden}`]) {
    const r = await d.get(path, { token: hidden, headers: { "x-request-id": hidden.slice(0, 60) } });
    assert.ok(!r.text.includes(hidden), path);
  }
  const backup = join(scratch(), "copy.db");
  assert.equal(command(["backup", backup, "--db", d.db]).status, 0);
  const texts = { log: d.log(), backup: readFileSync(backup, "latin1"), database: readFileSync(d.db, "latin1"), journal: readFileSync(`${d.db}-wal`, "latin1") };
  assert.ok(texts.log.length > 1000 && texts.backup.includes("ashes"));
  for (const [where, text] of Object.entries(texts))
    for (const token of tokens) assert.ok(!text.includes(token) && !text.includes(token.slice(4)), where);
});
