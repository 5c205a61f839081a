// Who may ask what: every route, two tenants, every scope; and nothing tells a foreign id from one that never was.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { root } from "../lib/project.mjs";
import { command, dailyCsv, onServer, scratch, startDaemon, until } from "./lib/daemon.mjs";
import { legacyVersions, message } from "./lib/mcp.mjs";

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };

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
const source = readFileSync(join(root, "daemon/api/routes.c"), "utf8");
const table = tableOf(source);
const walked = new Set(); // "GET /healthz" and the like, once for each tenant and scope
const named = (r) => `${r.method} ${r.pattern}`;

/** Routes of a table that these do not hold; what stands for many routes is held by any of them. */
const missing = (rows, held) => rows.filter((r) => !/\{(op-path|file)\}/.test(r.pattern) && !held.has(named(r))).map(named);

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
  assert.equal(table.length, source.match(/^ {2}\{"[A-Z]+", /gm).length);
  for (const part of ["connectors/", "runs/", "schedules/", "alerts/", "alerts/events/", "metrics/", "forecaster/", "optimizer/runs/"])
    assert.ok(table.some((r) => r.pattern === `/api/v1/${part}`), part);
  assert.deepEqual(table.filter((r) => r.pattern === "/mcp").map((r) => r.method), ["POST", "DELETE", "GET"]);
});

for (const tenant of tenants)
  for (const scope of scopes)
    test(`every route for ${scope} of tenant ${tenant}`, async () => {
      for (const r of routes) {
        const label = `${r.method} ${r.pattern}`;
        const { status, text } = await probe(r, tokenOf(tenant, scope));
        walked.add(`${tenant} ${scope} ${label}`);
        const open = r.least === "none";
        if (!open && scope === "none") assert.equal(status, 401, label);
        else if (!open && scopes.indexOf(scope) < scopes.indexOf(r.least)) assert.equal(status, 403, label);
        else if (everywhere.includes(r.pattern)) assert.equal(status, 200, label);
        else if (/\{/.test(r.pattern) && !/PATCH/.test(r.method)) assert.equal(status, 404, `${label}: ${text}`);
        else if (r.method === "GET" && !open) assert.equal(status, 200, `${label}: ${text}`);
        else assert.ok(status >= 200 && status < 500 && status !== 401 && status !== 403, `${label}: ${status} ${text}`);
      }
    });

test("that was every route, and one more would have been missed", () => {
  const more = tableOf(`${source}\n  {"GET", V1 "/secrets/{secret_id}", SCOPE_READ, POOLED, api_secret,\n`);
  assert.equal(more.length, table.length + 1);
  for (const tenant of tenants)
    for (const scope of scopes) {
      const mine = new Set([...walked].filter((w) => w.startsWith(`${tenant} ${scope} `)).map((w) => w.slice(tenant.length + scope.length + 2)));
      assert.deepEqual(missing(table, mine), [], `${tenant} ${scope}`);
      assert.deepEqual(missing(more, mine), ["GET /api/v1/secrets/{secret_id}"]);
      assert.ok(mine.has("POST /api/v1/optimizer/inventory/eoq") && mine.size === routes.length, "operations too");
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
    const hook = { webhook_url: "https://ash.invalid/hook", webhook_secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` };
    const rule = { kind: "threshold", metric_name: "ashes", above: 1, schedule: "0 0 1 1 *", ...hook };
    own.rule = (await d.post("/api/v1/alerts/", rule, o())).json.rule_id;
    own.schedule = (await d.get("/api/v1/schedules/", o())).json.items[0].schedule_id;
    await until(async () => (await d.get("/api/v1/alerts/events/", o())).json.items.length, "the rule's event");
    own.batch = (await d.post("/api/v1/batches", { metric_name: "ashes", model_type: "naive" }, o())).json.batch_id;
  });

  /** Status, headers and body without what differs from one request to the next. */
  const bare = ({ status, headers, text }) => {
    const { date, "x-request-id": id, ...rest } = headers;
    assert.ok(date && id);
    return JSON.stringify({ status, rest, text });
  };

  const asks = {
    source: [["GET", "/api/v1/connectors/{}"], ["PATCH", "/api/v1/connectors/{}", { name: "mine" }], ["DELETE", "/api/v1/connectors/{}"], ["POST", "/api/v1/connectors/{}/sync", ""], ["POST", "/api/v1/connectors/{}/test", ""], ["POST", "/api/v1/connectors/upload?source_id={}", "date,x\n2024-01-01,1\n"]],
    run: [["GET", "/api/v1/runs/{}"], ["GET", "/api/v1/runs/{}/events"], ["POST", "/api/v1/runs/{}/cancel", ""]],
    forecast: [["GET", "/api/v1/forecaster/{}"], ["POST", "/api/v1/forecaster/{}/evaluate", ""]],
    batch: [["GET", "/api/v1/batches/{}"], ["GET", "/api/v1/batches/{}/events"], ["POST", "/api/v1/batches/{}/cancel", ""], ["GET", "/api/v1/forecaster/?batch_id={}"]],
    optimization: [["GET", "/api/v1/optimizer/runs/{}"]],
    rule: [["GET", "/api/v1/alerts/{}"], ["DELETE", "/api/v1/alerts/{}"], ["GET", "/api/v1/alerts/events/?rule_id={}"], ["POST", "/api/v1/alerts/{}/test", ""], ["GET", "/api/v1/alerts/deliveries/?rule_id={}"]],
    schedule: [["DELETE", "/api/v1/schedules/{}"]],
  };
  for (const [kind, list] of Object.entries(asks))
    for (const [method, path, body] of list)
      test(`${method} ${path} of a ${kind}`, async () => {
        for (const scope of scopes.slice(1)) {
          const ask = (id) => d.request(method, path.replace("{}", id), { token: d.tokenOf("cedar", scope), body });
          const [foreign, unknown] = [await ask(own[kind]), await ask(nobody)];
          assert.equal(bare(foreign), bare(unknown), scope);
          if (!/(rule|batch)_id=/.test(path)) assert.ok(foreign.status === 404 || foreign.status === 403, `${scope}: ${foreign.text}`);
          if (!/(rule|batch)_id=/.test(path) && scope === "admin") assert.equal(foreign.status, 404, foreign.text);
        }
      });

  test("every route that takes an id was asked for a foreign one", () => {
    const asked = new Set(Object.values(asks).flatMap((list) => list.map(([method, path]) => `${method} ${path.replace(/\?.*/, "")}`)));
    asked.add("GET /api/v1/metrics/{}"); // below, in its three forms
    const takers = (rows) => rows.filter((r) => /\{(?!op-path|file)/.test(r.pattern)).map((r) => ({ ...r, pattern: r.pattern.replace(/\{\w+\}/, "{}") }));
    assert.deepEqual(missing(takers(table), asked), []);
    const one = [{ method: "GET", pattern: "/api/v1/secrets/{secret_id}" }];
    assert.deepEqual(missing(takers([...table, ...one]), asked), ["GET /api/v1/secrets/{}"], "one more would be missed");
  });

  test("by way of MCP", async () => {
    const ask = async (method, params) => {
      const { headers } = await d.post("/mcp", message("initialize", { protocolVersion: legacyVersions.at(-1), capabilities: {}, clientInfo: { name: "t", version: "1" } }), { ...other(), headers: json });
      const r = await d.post("/mcp", message(method, params, 7), { ...other(), headers: { ...json, "mcp-session-id": headers["mcp-session-id"] } });
      return r.text;
    };
    const { resources } = JSON.parse(await ask("resources/list", {})).result;
    assert.deepEqual(resources.filter((r) => r.uri.includes("ashes")), []);
    const mine = await d.post("/mcp", message("resources/list", {}, 7), { ...o(), headers: json });
    const uris = mine.json.result.resources.map((r) => r.uri);
    assert.ok(uris.some((u) => u.includes("ashes")) && uris.some((u) => u.includes(own.forecast)), uris.join());
    for (const uri of uris.filter((u) => u.includes("ashes") || u.includes(own.forecast))) {
      const never = uri.replace("ashes", "ashez").replace(own.forecast, nobody);
      const [foreign, unknown] = [await ask("resources/read", { uri }), await ask("resources/read", { uri: never })];
      assert.match(foreign, /"error"/, uri);
      assert.equal(foreign.replaceAll(uri, never).replaceAll("ashes", "ashez").replaceAll(own.forecast, nobody), unknown, uri);
    }
    for (const [name, given] of [["forecast_create", { metric_name: "ashes", forecast_horizon: 3 }], ["metrics_get", { metric_name: "ashes" }], ["forecasts_get", { forecast_id: own.forecast }], ["batches_create", { metric_name: "ashes" }], ["batches_get", { batch_id: own.batch }], ["batches_cancel", { batch_id: own.batch }], ["runs_get", { run_id: own.run }]]) {
      const hide = (text) => [own.forecast, own.batch, own.run].reduce((t, id) => t.replaceAll(id, nobody), text.replaceAll("ashes", "ashez"));
      const never = JSON.parse(hide(JSON.stringify(given)));
      const [foreign, unknown] = [await ask("tools/call", { name, arguments: given }), await ask("tools/call", { name, arguments: never })];
      assert.match(foreign, /"isError":true|"error"/, name);
      assert.doesNotMatch(foreign, /there is no tool/, name);
      assert.equal(hide(foreign), unknown, name);
    }
  });

  test("of a session of MCP is none", async () => {
    const opened = await d.post("/mcp", message("initialize", { protocolVersion: legacyVersions.at(-1), capabilities: {}, clientInfo: { name: "t", version: "1" } }), { ...o(), headers: json });
    const id = opened.headers["mcp-session-id"];
    const ask = (method, session) => d.request(method, "/mcp", { ...other(), body: method === "POST" ? JSON.stringify(message("ping", {}, 7)) : undefined, headers: { ...json, "mcp-session-id": session } });
    for (const method of ["POST", "DELETE"]) assert.equal(bare(await ask(method, id)), bare(await ask(method, "0".repeat(id.length))), method);
    const still = await d.post("/mcp", message("ping", {}, 7), { ...o(), headers: { ...json, "mcp-session-id": id } });
    assert.equal(still.status, 200, still.text);
  });

  test("leads no list astray: a cursor of another's page, and a search for another's rule", async () => {
    const admin = { token: d.tokenOf("ash", "admin") };
    for (let i = 0; i < 3; i++) assert.equal((await d.post("/api/v1/connectors/", { name: `ash ${i}`, connector_type: "file_upload" }, admin)).status, 201);
    const page = (await d.get("/api/v1/connectors/?limit=1", admin)).json;
    const r = await d.get(`/api/v1/connectors/?limit=100&cursor=${page.next_cursor}`, other());
    assert.deepEqual([r.status, r.json.items], [200, []]);
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

test("nothing of its memory is left on disk by a daemon that falls over", async () => {
  const dir = scratch();
  const own = await startDaemon({ dir, wrap: ["sh", "-c", 'ulimit -c unlimited; cd "$0" && exec "$@"', dir] });
  assert.match(readFileSync(`/proc/${own.pid}/limits`, "utf8"), /^Max core file size +0 +0 /m);
  const token = own.tokenOf("ash", "read");
  assert.equal((await own.get("/api/v1/runs/", { token })).status, 200);
  assert.equal((await own.stop("SIGQUIT")).signal, "SIGQUIT");
  const files = readdirSync(dir, { withFileTypes: true }).filter((f) => f.isFile()).map((f) => f.name);
  for (const file of files) assert.ok(!readFileSync(join(dir, file), "latin1").includes(token), file);
  assert.deepEqual(files.filter((f) => f.startsWith("core")), []);
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
  const texts = { log: d.log(), backup: readFileSync(backup, "latin1") };
  if (!onServer) Object.assign(texts, { database: readFileSync(d.db, "latin1"), journal: readFileSync(`${d.db}-wal`, "latin1") });
  assert.ok(texts.log.length > 1000 && texts.backup.includes("ashes"));
  for (const [where, text] of Object.entries(texts))
    for (const token of tokens) assert.ok(!text.includes(token) && !text.includes(token.slice(4)), where);
});
