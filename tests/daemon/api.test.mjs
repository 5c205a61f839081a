// Every route of the document: what it answers, what it refuses, and that both look as the document says.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { differences, tolerance } from "../lib/compare.mjs";
import { goldenCases } from "../lib/golden.mjs";
import { operations, root } from "../lib/project.mjs";
import { contract, invalid, numbers, valid } from "./lib/contract.mjs";
import { command, dailyCsv, freePort, multipart, onServer, scratch, startDaemon, until } from "./lib/daemon.mjs";

const dir = scratch();
const pages = join(dir, "pages");
mkdirSync(join(pages, "assets"), { recursive: true });
writeFileSync(join(pages, "index.html"), "<!doctype html><title>the page</title>");
writeFileSync(join(pages, "assets/app-1.js"), "export default 1;\n");
writeFileSync(join(pages, "notes.secret"), "no known ending");
writeFileSync(join(dir, "outside.txt"), "outside");
symlinkSync(join(dir, "outside.txt"), join(pages, "link.txt"));

const committed = JSON.parse(readFileSync(join(root, "daemon/api/openapi.json"), "utf8"));
const { routes, wrong, deref } = contract(committed);
const byId = new Map(routes.map((r) => [r.id, r]));
const unknown = "01890000-0000-7000-8000-000000000000";
const none = (problems) => assert.deepEqual(problems, []);

let d;
let known; // ids of things that are there
before(async () => {
  d = await startDaemon({ dir, flags: { pages, origins: "https://one.test https://two.test" } });
  const up = (await d.upload(dailyCsv(60), "?name=sales.csv")).json;
  const forecast = await d.post("/api/v1/forecaster/create", { metric_name: "sales", to: "2024-02-20", model_type: "naive", forecast_horizon: 5 });
  const eoq = await d.post("/api/v1/optimizer/inventory/eoq", { annual_demand: 100, order_cost: 5, holding_cost_per_unit: 1 });
  const rule = await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: "sales", above: 1e9 });
  const batch = await d.post("/api/v1/batches", { metric_name: "sales", model_type: "naive" });
  await until(async () => (await d.get(`/api/v1/batches/${batch.json.batch_id}`)).json.state === "succeeded", "the batch");
  known = { batch_id: batch.json.batch_id, rule_id: rule.json.rule_id, source_id: up.source_id, run_id: up.run_id, metric_name: "sales", forecast_id: forecast.json.forecast_id, optimization: eoq.json.run_id };
});
after(() => d.stop());

/** The path with ids put in: those that are there, or one that is not. */
function place(route, there = true) {
  return route.path.replace(/\{(\w+)\}/g, (_, name) => {
    if (!there) return unknown;
    return route.path.startsWith("/api/v1/optimizer/runs/") ? known.optimization : known[name];
  });
}

describe("the document", () => {
  test("is the one that is committed", async () => {
    const r = await d.get("/openapi.json", { token: null });
    assert.deepEqual(r.json, committed);
    assert.equal(command(["describe", "--openapi"]).stdout, `${r.text}\n`);
  });

  test("has every address of the contract", () => {
    const names = `GET /connectors/|POST /connectors/|GET /connectors/{source_id}|PATCH /connectors/{source_id}
      |DELETE /connectors/{source_id}|POST /connectors/upload|GET /runs/|GET /runs/{run_id}|GET /runs/{run_id}/events
      |POST /runs/{run_id}/cancel|GET /metrics/|GET /metrics/{metric_name}|GET /forecaster/|GET /forecaster/{forecast_id}
      |POST /forecaster/{forecast_id}/evaluate|GET /optimizer/runs/|GET /optimizer/runs/{run_id}|GET /operations`;
    const there = new Set(routes.map((r) => `${r.method} ${r.path.replace("/api/v1", "")}`));
    none(names.split("|").map((n) => n.trim()).filter((n) => !there.has(n)));
    assert.equal(operations().filter((name) => !byId.has(name)).length, 0);
  });
});

describe("every route", () => {
  test("answers as documented where nothing is wrong", async () => {
    const problems = [];
    for (const route of routes.filter((r) => r.method === "GET" && !/^(runs|batches)\.events$/.test(r.id))) {
      const r = await d.get(place(route));
      problems.push(...wrong(route, r));
      if (r.status !== 200) problems.push(`${route.id}: ${r.status} ${r.text}`);
      if (!r.headers["x-request-id"] || r.headers["x-content-type-options"] !== "nosniff") problems.push(`${route.id}: header fields`);
      const h = await d.request("HEAD", place(route));
      if (h.status !== 200 || h.body.length > 0) problems.push(`HEAD of ${route.id}: ${h.status}, ${h.body.length} bytes`);
    }
    none(problems);
  });

  test("without a token, or with one that is none, is 401 unless it is open to all", async () => {
    const problems = [];
    for (const route of routes)
      for (const token of [null, "dyo_nope", "dyo_" + "A".repeat(43), "x".repeat(2000)]) {
        const r = await d.request(route.method, place(route, false), { token, body: route.method === "GET" ? undefined : "{}" });
        const open = route.op.security.length === 0;
        if (open ? r.status !== 200 : r.status !== 401) problems.push(`${route.id}: ${r.status} with ${token}`);
        if (!open && !/^Bearer/.test(r.headers["www-authenticate"] ?? "")) problems.push(`${route.id}: no WWW-Authenticate`);
        problems.push(...wrong(route, r));
      }
    none(problems);
  });

  test("needs its scope, and no more than that", async () => {
    const order = ["read", "run", "write", "admin"];
    const problems = [];
    for (const route of routes.filter((r) => r.scope))
      for (const scope of order) {
        const body = route.method === "GET" || route.method === "DELETE" ? undefined : "{";
        const r = await d.request(route.method, place(route, false), { token: d.tokenOf("scopes", scope), body });
        const enough = order.indexOf(scope) >= order.indexOf(route.scope);
        if (enough ? r.status === 403 : r.status !== 403) problems.push(`${route.id}: ${r.status} with scope ${scope}`);
        problems.push(...wrong(route, r));
      }
    none(problems);
  });

  test("with an id that is not there is 404", async () => {
    const problems = [];
    for (const route of routes.filter((r) => r.path.includes("{"))) {
      const body = route.method === "GET" || route.method === "DELETE" ? undefined : "{}";
      const r = await d.request(route.method, place(route, false), { body });
      if (r.status !== 404 || r.json.code !== "not_found") problems.push(`${route.id}: ${r.status} ${r.text}`);
      problems.push(...wrong(route, r));
    }
    none(problems);
  });

  test("by a method that it does not take is 405 and says which it takes", async () => {
    for (const path of new Set(routes.map((r) => r.path))) {
      const mine = routes.filter((r) => r.path === path);
      const r = await d.request("PUT", place(mine[0], false), { body: "{}" });
      assert.equal(r.status, 405, path);
      for (const m of mine) assert.ok(r.headers.allow.split(", ").includes(m.method), `${path}: ${r.headers.allow}`);
    }
  });

  test("with a query that its schema does not allow is refused, naming the parameter", async () => {
    const bad = { limit: ["", "0", "1001", "-1", "+5", " 5", "x", "1.5", "9".repeat(40)], from: ["yesterday", "2024-13-01"], to: ["0"], aggregate: ["median"], frequency: ["F", "0min"], dimensions: ["{", "[]", "1", '{"a":"1","a":"2"}', '{"a\\":b":1,"a\\":b":1}'], cursor: ["x".repeat(300), "x", "1x", "-1", "' OR 1=1", unknown.toUpperCase() + "x", "9".repeat(30)] };
    const problems = [];
    for (const route of routes.filter((r) => r.method === "GET"))
      for (const q of route.query)
        for (const value of bad[q.name] ?? []) {
          const r = await d.get(`${place(route)}?${q.name}=${encodeURIComponent(value)}`);
          const named = r.status === 400 && r.json.path === `/${q.name}` && r.json.message.startsWith("found ");
          if (!named) problems.push(`${route.id}?${q.name}=${value.slice(0, 20)}: ${r.status} ${r.text.slice(0, 150)}`);
        }
    none(problems);
  });
});

describe("requests made from the schemas", () => {
  const bodies = routes.filter((r) => r.body && r.id !== "connectors.change");

  test("every one that the schema allows is answered or refused with a reason, never anything else", { timeout: 120_000 }, async () => {
    const random = numbers(1);
    const problems = [];
    const seen = { good: 0, refused: 0 };
    for (const route of bodies)
      for (let i = 0; i < 12; i++) {
        const body = valid(route.body, deref, random);
        const r = await d.request(route.method, place(route), { body });
        problems.push(...wrong(route, r));
        if (r.status >= 500) problems.push(`${route.id}: ${r.status} to ${JSON.stringify(body)}`);
        seen[r.status < 300 ? "good" : "refused"]++;
      }
    none(problems);
    assert.ok(seen.good > 20 && seen.refused > 20, JSON.stringify(seen));
  });

  test("every one that it does not allow is refused with a reason", { timeout: 120_000 }, async () => {
    const random = numbers(2);
    const problems = [];
    for (const route of bodies.filter((r) => r.id !== "mcp.message")) {
      const doc = goldenCases(route.id)[0]?.in ?? valid(route.body, deref, random);
      if (JSON.stringify(doc).length > 20_000) continue;
      for (const [what, body] of invalid(doc)) {
        const r = await d.request(route.method, place(route), { body });
        const code = r.status === 400 || r.status === 422 || r.status === 413;
        if (!code) problems.push(`${route.id}, ${what}: ${r.status} ${r.text.slice(0, 120)}`);
        problems.push(...wrong(route, r));
      }
    }
    none(problems);
  });

  test("golden cases have the same answers over REST", { timeout: 120_000 }, async () => {
    const problems = [];
    let played = 0;
    for (const route of routes.filter((r) => operations().includes(r.id))) {
      const cases = goldenCases(route.id).filter((c) => JSON.stringify(c.in).length < 20_000);
      const some = ["good", "edge", "refused"].flatMap((kind) => cases.filter((c) => c.kind === kind).slice(0, 3));
      for (const c of some) {
        const r = await d.request("POST", route.path, { body: c.in });
        const refused = c.error !== undefined;
        problems.push(...wrong(route, r));
        if (refused && (r.json.code !== c.error.code || r.json.path !== c.error.path)) problems.push(`${c.file}: ${r.text}`);
        if (!refused && r.status !== 200) problems.push(`${c.file}: ${r.status} ${r.text}`);
        if (!refused && r.status === 200) problems.push(...differences(r.json, c.out, tolerance(c)).map((p) => `${c.file}: ${p}`));
        played++;
      }
    }
    none(problems);
    assert.ok(played > 100, `only ${played} cases`);
  });
});

describe("connectors", () => {
  test("are made, read, changed, listed in pages and removed", async () => {
    const made = [];
    for (let i = 0; i < 5; i++) {
      const r = await d.post("/api/v1/connectors/", { name: `store ${i}`, connector_type: "file_upload" });
      assert.equal(r.status, 201);
      none(wrong(byId.get("connectors.create"), r));
      made.push(r.json.source_id);
    }
    const changed = await d.request("PATCH", `/api/v1/connectors/${made[0]}`, { body: { name: "Ünïcode \u{1f4e6}" } });
    assert.equal(changed.json.name, "Ünïcode \u{1f4e6}");
    assert.deepEqual((await d.get(`/api/v1/connectors/${made[0]}`)).json, changed.json);
    const listed = [];
    for (let cursor = ""; cursor !== null; ) {
      const page = (await d.get(`/api/v1/connectors/?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)).json;
      assert.ok(page.items.length <= 2);
      listed.push(...page.items.map((s) => s.source_id));
      cursor = page.next_cursor;
    }
    assert.equal(new Set(listed).size, listed.length, "none twice");
    for (const id of made) assert.ok(listed.includes(id));
    assert.equal((await d.request("DELETE", `/api/v1/connectors/${made[0]}`)).status, 204);
    assert.equal((await d.get(`/api/v1/connectors/${made[0]}`)).status, 404);
    assert.equal((await d.request("DELETE", `/api/v1/connectors/${made[0]}`)).status, 404);
  });

  test("of kinds that are not there, or with a schedule for uploads, are refused", async () => {
    for (const [body, path] of [
      [{ name: "x", connector_type: "ftp" }, "/connector_type"],
      [{ connector_type: "file_upload" }, "/name"],
      [{ name: "x", connector_type: "file_upload", sync_schedule: "0 3 * * *" }, "/sync_schedule"],
      [{ name: "x", connector_type: "file_upload", config: [] }, "/config"],
      [{ name: "x".repeat(201), connector_type: "file_upload" }, "/name"],
    ]) {
      const r = await d.post("/api/v1/connectors/", body);
      assert.equal(r.status, 400);
      assert.equal(r.json.path, path);
    }
  });
});

describe("the server", () => {
  test("serves the page's folder and nothing beside it", async () => {
    const page = await d.get("/", { token: null });
    assert.match(page.text, /the page/);
    for (const name of ["content-security-policy", "cross-origin-opener-policy", "cross-origin-embedder-policy"]) assert.ok(page.headers[name], name);
    assert.match((await d.get("/assets/app-1.js", { token: null })).headers["cache-control"], /immutable/);
    for (const path of ["/notes.secret", "/link.txt", "/assets", "/nothing.html", "/assets/", "/outside.txt"])
      assert.equal((await d.get(path, { token: null })).status, 404, path);
  });

  test("lets the pages call that it was told of, and no others", async () => {
    const ask = (origin, method = "OPTIONS") => d.request(method, "/api/v1/metrics/", { headers: { origin, "access-control-request-method": "GET" } });
    for (const origin of ["https://one.test", "https://two.test"]) {
      assert.equal((await ask(origin)).headers["access-control-allow-origin"], origin);
      const r = await ask(origin, "GET");
      assert.equal(r.headers["access-control-allow-origin"], origin);
      assert.match(r.headers.vary, /Origin/);
    }
    for (const origin of ["https://three.test", "https://one.tes", "one.test", "null", "https://one.test https://two.test", " "])
      for (const method of ["OPTIONS", "GET"]) assert.equal((await ask(origin, method)).headers["access-control-allow-origin"], undefined, `${method} ${origin}`);
  });

  test("packs what is long for those who can read it", async () => {
    const plain = await d.get("/openapi.json");
    const packed = await d.get("/openapi.json", { headers: { "accept-encoding": "br, gzip" } });
    assert.equal(packed.headers["content-encoding"], "gzip");
    assert.deepEqual(gunzipSync(packed.body), plain.body);
    for (const accept of ["gzip;q=0", "identity", "gzipped"]) assert.equal((await d.get("/openapi.json", { headers: { "accept-encoding": accept } })).headers["content-encoding"], undefined, accept);
  });

  test("keeps a sane request id and replaces any other", async () => {
    assert.equal((await d.get("/healthz", { headers: { "x-request-id": "abc-1.2_3" } })).headers["x-request-id"], "abc-1.2_3");
    for (const id of ["a b", "x".repeat(65), "<script>", '"'])
      assert.match((await d.get("/healthz", { headers: { "x-request-id": id } })).headers["x-request-id"], /^[0-9a-f-]{36}$/);
  });

  test("refuses files that are too large", async () => {
    const small = await startDaemon({ flags: { request_mb: 1, upload_mb: 1 } });
    const form = multipart([["file", dailyCsv(80_000), "big.csv"]]);
    for (const [what, r] of [
      ["raw file", await small.upload(dailyCsv(80_000))],
      ["form", await small.upload(form.body, "", { headers: form.headers })],
    ]) {
      assert.equal(r.status, 413, what);
    }
    await small.stop();
  });

  test("limits how often a token may ask", async () => {
    const slow = await startDaemon({ flags: { rate: 1, burst: 5 } });
    const statuses = [];
    for (let i = 0; i < 12; i++) statuses.push((await slow.get("/api/v1/operations")).status);
    assert.deepEqual(statuses.slice(0, 5), [200, 200, 200, 200, 200]);
    const limited = await slow.get("/api/v1/operations");
    assert.equal(statuses.filter((s) => s === 429).length >= 5, true, `${statuses}`);
    assert.equal(limited.status === 429 ? limited.json.code : "rate_limited", "rate_limited");
    assert.equal((await slow.get("/healthz", { token: null })).status, 200);
    await slow.stop();
  });

  test("shows figures on a port of their own, without any tenant's data", async () => {
    const port = await freePort();
    const m = await startDaemon({ flags: { metrics_port: port, quota_sources: 1 } });
    const figures = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await m.upload(dailyCsv(10, { name: "secret_metric" }), "?name=secret.csv");
    assert.equal((await m.post("/api/v1/connectors/", { name: "secret", connector_type: "file_upload" })).status, 413);
    assert.equal((await m.post("/api/v1/batches/", { model_type: "naive" })).status, 202);
    const batch = /^dyocense_runs_ended_total\{batch="yes",state="succeeded"\} 1$/m;
    const text = await until(async () => [await figures()].find((t) => batch.test(t)), "the figure of a batch's forecast");
    assert.match(text, /^dyocense_http_requests_total\{status="2xx"\} [1-9]\d*$/m);
    assert.match(text, /^dyocense_quota_refused_total\{quota="sources"\} 1$/m);
    assert.match(text, /^dyocense_quota_refused_total\{quota="values"\} 0$/m);
    assert.match(text, /^dyocense_runs_lost_total 0$/m);
    assert.doesNotMatch(text, /secret|default|dyo_/);
    for (const file of ["alerts.yml", "dashboard.json"]) {
      const asked = readFileSync(join(root, "docs/monitoring", file), "utf8").replaceAll('\\"', '"');
      for (const [, name, labels] of asked.matchAll(/(dyocense_[a-z_]+)(?:\{([^}]*)\})?/g)) {
        assert.match(text, new RegExp(`^# TYPE ${name} `, "m"), `${file} asks for ${name}`);
        for (const [label, of] of (labels ?? "").matchAll(/(\w+)="[^"]*"/g)) /* job and instance are Prometheus' own */
          if (of !== "job") assert.match(text, new RegExp(`^${name}\\{.*${label}`, "m"), `${file} asks for ${name} with ${label}`);
      }
      for (const [, labels, name] of asked.matchAll(/by \(([a-z, ]+)\) \(\w*\(?(dyocense_[a-z_]+)/g))
        for (const label of labels.split(", ").filter((l) => !["job", "instance"].includes(l)))
          assert.match(text, new RegExp(`^${name}\\{.*\\b${label}="`, "m"), `${file} asks for ${name} by ${label}`);
    }
    assert.equal((await m.get("/metrics", { token: null })).status, 404);
    await m.stop();
  });

  test("ends with status 0 when told to, and a second one on the same file is refused", async () => {
    if (!onServer) await assert.rejects(startDaemon({ db: d.db }), (e) => e.status === 1 && /in use|already|another/i.test(e.log));
    const other = await startDaemon();
    assert.equal((await other.stop()).status, 0);
  });
});
