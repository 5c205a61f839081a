// MCP at /mcp: each row of the protocol's tables as a raw exchange, in both eras; what tools, resources and
// prompts answer from stored data; progress, cancelling, sessions, tenants and scopes.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { operations } from "../lib/project.mjs";
import { validator } from "../lib/schema.mjs";
import { command, dailyCsv, startDaemon, until } from "./lib/daemon.mjs";
import {
  both,
  dataOf,
  endless,
  eoq,
  eventsOf,
  failureOf,
  legacy,
  legacyVersions,
  message,
  meta,
  modern,
  modernHeaders,
  modernMessage,
  modernVersion,
  post,
  q,
} from "./lib/mcp.mjs";

const dataTools = ["metrics_list", "metrics_get", "forecasts_list", "forecasts_get", "runs_get", "batches_get", "batches_create", "batches_cancel"];
const wide = 130; // metrics of a second file: more than a page of resources

let d;
before(async () => {
  d = await startDaemon({ flags: { threads: 1, origins: "https://shop.example" } });
  assert.equal((await d.upload(dailyCsv(200), "?name=sales.csv")).status, 200);
  const names = Array.from({ length: wide }, (_, i) => `m${String(i).padStart(3, "0")}`);
  const csv = [`date,${names.join(",")}`, ...[1, 2, 3].map((t) => `2024-03-0${t},${names.map((_, i) => i + t).join(",")}`)].join("\n");
  const r = await d.upload(`${csv}\n`, "?name=wide.csv");
  assert.equal(r.status, 200, r.text);
});
after(async () => {
  const e = await d.stop();
  assert.equal(e.status, 0, e.log);
});

const errorOf = (r, status, code) => {
  assert.equal(r.status, status, r.text);
  assert.equal(r.json.jsonrpc, "2.0");
  assert.equal(r.json.error.code, code, r.text);
  assert.equal(typeof r.json.error.message, "string");
  return r.json.error;
};
const resultOf = (r) => {
  assert.equal(r.status, 200, r.text);
  assert.match(r.headers["content-type"], /^application\/json/);
  assert.equal(r.json.error, undefined, r.text);
  return r.json.result;
};
const call = async (name, args, options) => resultOf(await modern(d, "tools/call", { name, arguments: args }, options));

async function initialize(version = "2025-11-25", options) {
  const r = await post(d, message("initialize", { protocolVersion: version, capabilities: {}, clientInfo: { name: "test", version: "1" } }), {}, options);
  return { result: resultOf(r), session: r.headers["mcp-session-id"] };
}

describe("modern era over HTTP", () => {
  test("server/discover says versions, capabilities and how long that holds", async () => {
    const r = resultOf(await modern(d, "server/discover"));
    assert.equal(r.resultType, "complete");
    assert.deepEqual(r.supportedVersions, [modernVersion]);
    assert.deepEqual(r.capabilities, { tools: {}, resources: {}, prompts: {} });
    assert.ok(r.ttlMs > 0 && r.cacheScope === "public");
    assert.equal(r._meta["io.modelcontextprotocol/serverInfo"].name, "dyocensed");
  });

  test("every list and resources/read carry ttlMs and cacheScope", async () => {
    const lists = [["tools/list"], ["prompts/list"], ["resources/list"], ["resources/templates/list"], ["resources/read", { uri: "dyocense://metrics/sales" }]];
    for (const [method, params] of lists) {
      const r = resultOf(await modern(d, method, params));
      assert.equal(r.resultType, "complete", method);
      assert.ok(Number.isInteger(r.ttlMs) && r.ttlMs >= 0, method);
      assert.equal(r.cacheScope, method.startsWith("resources/") && method !== "resources/templates/list" ? "private" : "public", method);
    }
  });

  test("a request echoes its id, whether text or number, and needs no session", async () => {
    for (const id of [0, -3, 9007199254740991, "a", "ü\n", ""]) {
      const m = modernMessage("tools/call", { name: "inventory_eoq", arguments: eoq }, id);
      const r = await post(d, m, { ...modernHeaders(m), "mcp-session-id": "nonsense" });
      assert.equal(resultOf(r).structuredContent.eoq, q);
      assert.equal(r.json.id, id);
      assert.equal(r.headers["mcp-session-id"], undefined);
    }
  });

  const m = modernMessage("tools/call", { name: "inventory_eoq", arguments: eoq });
  const good = modernHeaders(m);
  const without = (key) => ({ ...m, params: { ...m.params, _meta: Object.fromEntries(Object.entries(meta()).filter(([k]) => !k.endsWith(key))) } });
  const rows = [
    ["no MCP-Protocol-Version", m, { ...good, "mcp-protocol-version": null }, 400, -32020],
    ["another MCP-Protocol-Version", m, { ...good, "mcp-protocol-version": "2025-11-25" }, 400, -32020],
    ["no Mcp-Method", m, { ...good, "mcp-method": null }, 400, -32020],
    ["another Mcp-Method", m, { ...good, "mcp-method": "tools/list" }, 400, -32020],
    ["Mcp-Method in another case", m, { ...good, "mcp-method": "Tools/Call" }, 400, -32020],
    ["no Mcp-Name", m, { ...good, "mcp-name": null }, 400, -32020],
    ["another Mcp-Name", m, { ...good, "mcp-name": "inventory_policy" }, 400, -32020],
    ["a broken base64 Mcp-Name", m, { ...good, "mcp-name": "=?base64?!!!?=" }, 400, -32020],
    ["a version nobody knows", { ...m, params: { ...m.params, _meta: meta({ "io.modelcontextprotocol/protocolVersion": "2099-01-01" }) } }, { ...good, "mcp-protocol-version": "2099-01-01" }, 400, -32022],
    ["a legacy version in _meta", { ...m, params: { ...m.params, _meta: meta({ "io.modelcontextprotocol/protocolVersion": "2025-11-25" }) } }, { ...good, "mcp-protocol-version": "2025-11-25" }, 400, -32022],
    ["no _meta at all", { ...m, params: { name: m.params.name, arguments: eoq } }, good, 400, -32602],
    ["no protocolVersion in _meta", without("protocolVersion"), good, 400, -32602],
    ["no clientCapabilities in _meta", without("clientCapabilities"), good, 400, -32602],
    ["clientCapabilities that are no object", { ...m, params: { ...m.params, _meta: meta({ "io.modelcontextprotocol/clientCapabilities": true }) } }, good, 400, -32602],
    ["server/discover without _meta", message("server/discover"), { "mcp-protocol-version": null }, 400, -32602],
  ];
  for (const [what, body, headers, status, code] of rows)
    test(`${what}: ${status} and ${code}`, async () => {
      const error = errorOf(await post(d, body, headers), status, code);
      if (code === -32022) assert.deepEqual(error.data, { supported: [modernVersion], requested: body.params._meta["io.modelcontextprotocol/protocolVersion"] });
    });

  test("methods of the other era, and unknown ones, are 404 and -32601", async () => {
    for (const method of ["initialize", "ping", "logging/setLevel", "resources/subscribe", "completion/complete", "subscriptions/listen", "no/such", "__proto__"])
      errorOf(await modern(d, method), 404, -32601);
  });

  test("an unknown tool, a bad cursor and arguments that are no object are -32602", async () => {
    errorOf(await modern(d, "tools/call", { name: "no_such" }), 200, -32602);
    errorOf(await modern(d, "tools/call", { name: "inventory_eoq", arguments: [1] }), 200, -32602);
    const unnamed = modernMessage("tools/call", { arguments: {} });
    errorOf(await post(d, unnamed, { ...modernHeaders(unnamed), "mcp-name": null }), 200, -32602);
    for (const method of ["tools/list", "resources/list", "prompts/list"])
      for (const cursor of ["nonsense", "9999", "-1", 7, null]) errorOf(await modern(d, method, { cursor }), 200, -32602);
  });

  test("a name in base64 is decoded before it is compared", async () => {
    const name = `=?base64?${Buffer.from("inventory_eoq").toString("base64")}?=`;
    assert.equal(resultOf(await post(d, m, { ...good, "mcp-name": name })).structuredContent.eoq, q);
    const uri = "dyocense://metrics/sales";
    const read = modernMessage("resources/read", { uri });
    resultOf(await post(d, read, { ...modernHeaders(read), "mcp-name": `=?base64?${Buffer.from(uri).toString("base64")}?=` }));
  });

  test("a notification is 202 and empty", async () => {
    const r = await post(d, { jsonrpc: "2.0", method: "notifications/whatever", params: { _meta: meta() } }, { "mcp-protocol-version": modernVersion, "mcp-method": "notifications/whatever" });
    assert.equal(r.status, 202);
    assert.equal(r.text, "");
  });

  test("GET is 405, and so is DELETE without a session", async () => {
    for (const method of ["GET", "DELETE"]) {
      const r = await d.request(method, "/mcp", { headers: { accept: "text/event-stream", "mcp-protocol-version": modernVersion } });
      assert.equal(r.status, 405);
      assert.match(r.headers.allow, /POST/);
    }
  });
});

describe("what is no message", () => {
  const rows = [
    ["text that is no JSON", "{", 400, -32700],
    ["nothing", "", 400, -32700],
    ["two objects", `${JSON.stringify(message("ping"))}{}`, 400, -32700],
    ["bytes that are no UTF-8", "\"\ud800\"", 400, -32600],
    ["nesting deeper than 64", `${"[".repeat(65)}${"]".repeat(65)}`, 400, -32700],
    ["a batch", JSON.stringify([message("ping")]), 400, -32600],
    ["an empty batch", "[]", 400, -32600],
    ["a number", "1", 400, -32600],
    ["no jsonrpc", JSON.stringify({ id: 1, method: "ping" }), 400, -32600],
    ["jsonrpc 1.0", JSON.stringify({ jsonrpc: "1.0", id: 1, method: "ping" }), 400, -32600],
    ["an id of null", JSON.stringify({ jsonrpc: "2.0", id: null, method: "ping" }), 400, -32600],
    ["an id with a fraction", JSON.stringify({ jsonrpc: "2.0", id: 1.5, method: "ping" }), 400, -32600],
    ["an id that is an object", JSON.stringify({ jsonrpc: "2.0", id: {}, method: "ping" }), 400, -32600],
    ["no method", JSON.stringify({ jsonrpc: "2.0", id: 1 }), 400, -32600],
    ["a method that is no text", JSON.stringify({ jsonrpc: "2.0", id: 1, method: 1 }), 400, -32600],
    ["params that are a list", JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: [] }), 400, -32600],
  ];
  for (const [what, body, status, code] of rows)
    test(`${what}: ${code}`, async () => {
      errorOf(await post(d, body), status, code);
    });

  test("a client's response is taken and ignored", async () => {
    assert.equal((await post(d, { jsonrpc: "2.0", id: 1, result: {} })).status, 202);
  });

  test("another media type is 415, an Accept that takes neither form 406, 17 MiB 413", async () => {
    const body = modernMessage("tools/list");
    for (const type of ["text/plain", "application/jsonp", null])
      assert.equal((await post(d, body, { ...modernHeaders(body), "content-type": type })).status, 415);
    assert.equal((await post(d, body, { ...modernHeaders(body), "content-type": "application/json; charset=utf-8" })).status, 200);
    assert.equal((await post(d, body, { ...modernHeaders(body), accept: "text/html" })).status, 406);
    const big = await post(d, JSON.stringify(message("ping", { x: "y".repeat(17 << 20) }))).catch((e) => e); // may close on us while we send
    assert.ok(big.status === 413 || ["ECONNRESET", "EPIPE"].includes(big.code), String(big));
  });
});

describe("access", () => {
  test("no token and a wrong one are 401 with WWW-Authenticate", async () => {
    for (const token of [null, `dyo_${"A".repeat(43)}`]) {
      const r = await modern(d, "tools/list", {}, { token });
      assert.equal(r.status, 401);
      assert.match(r.headers["www-authenticate"], /^Bearer/);
    }
  });

  test("a reading token lists, and reads stored data; an operation, and what begins or ends work, is 403 insufficient_scope", async () => {
    const token = d.tokenOf("default", "read");
    assert.equal((await modern(d, "tools/list", {}, { token })).status, 200);
    dataOf(await call("metrics_list", {}, { token }));
    const r = await modern(d, "tools/call", { name: "inventory_eoq", arguments: eoq }, { token });
    assert.equal(r.status, 403);
    assert.equal(r.headers["www-authenticate"], 'Bearer error="insufficient_scope", scope="run"');
    for (const [name, args] of [["batches_create", { model_type: "naive" }], ["batches_cancel", { batch_id: "none" }]])
      assert.equal((await modern(d, "tools/call", { name, arguments: args }, { token })).status, 403, name);
    assert.equal((await modern(d, "tools/call", { name: "batches_get", arguments: { batch_id: "none" } }, { token })).status, 200);
    dataOf(await call("inventory_eoq", eoq, { token: d.tokenOf("default", "run") }));
  });

  test("pages of other origins are 403; this computer's and configured ones are not", async () => {
    const m = modernMessage("tools/list");
    for (const origin of ["https://evil.example", "http://localhost.evil.example", "http://localhost:80@evil.example", "null", "https://shop.example.evil", "file://localhost"])
      assert.equal((await post(d, m, { ...modernHeaders(m), origin })).status, 403, origin);
    for (const origin of ["http://localhost", "http://localhost:6274", "https://127.0.0.1:1", "http://[::1]:5", "https://shop.example"])
      assert.equal((await post(d, m, { ...modernHeaders(m), origin })).status, 200, origin);
    const r = await post(d, m, { ...modernHeaders(m), origin: "https://shop.example" });
    assert.equal(r.headers["access-control-allow-origin"], "https://shop.example");
  });

  test("another tenant sees none of this, and its ids answer as unknown ones do", async () => {
    const token = d.tokenOf("other", "run");
    assert.deepEqual(dataOf(await call("metrics_list", {}, { token })).items, []);
    assert.deepEqual(resultOf(await modern(d, "resources/list", {}, { token })).resources, []);
    const { forecast_id: id } = dataOf(await call("forecast_create", { metric_name: "sales", model_type: "naive", forecast_horizon: 3 }));
    const { run_id: run } = dataOf(await call("inventory_eoq", eoq));
    const unknown = "01900000-0000-7000-8000-000000000000";
    const same = async (method, params, mine) => {
      const ask = async (own) => (await modern(d, method, JSON.parse(JSON.stringify(params).replaceAll("ID", own)), { token })).json;
      const foreign = JSON.stringify({ ...(await ask(mine)), id: 0 }).replaceAll(mine, "ID");
      assert.equal(foreign, JSON.stringify({ ...(await ask(unknown)), id: 0 }).replaceAll(unknown, "ID"));
    };
    await same("tools/call", { name: "forecasts_get", arguments: { forecast_id: "ID" } }, id);
    await same("tools/call", { name: "runs_get", arguments: { run_id: "ID" } }, run);
    await same("resources/read", { uri: "dyocense://forecasts/ID" }, id);
    await same("resources/read", { uri: "dyocense://metrics/ID" }, "sales");
    await same("tools/call", { name: "metrics_get", arguments: { metric_name: "ID" } }, "sales");
    await same("tools/call", { name: "forecast_analyze", arguments: { metric_name: "ID" } }, "sales");
  });
});

describe("legacy era over HTTP", () => {
  for (const version of legacyVersions)
    test(`${version} is agreed on, and answers have what it knows and no more`, async () => {
      const { result, session } = await initialize(version);
      assert.equal(result.protocolVersion, version);
      assert.equal(result.resultType, undefined);
      assert.match(session, /^[\x21-\x7e]+$/);
      const options = { "mcp-session-id": session, "mcp-protocol-version": version };
      assert.equal((await post(d, { jsonrpc: "2.0", method: "notifications/initialized" }, options)).status, 202);
      assert.deepEqual(resultOf(await post(d, message("ping"), options)), {});
      const [tool] = resultOf(await post(d, message("tools/list"), options)).tools;
      const has = (key) => Object.hasOwn(tool, key);
      assert.deepEqual([has("annotations"), has("title"), has("outputSchema")], [version >= "2025-03-26", version >= "2025-06-18", version >= "2025-06-18"]);
      const r = resultOf(await post(d, message("tools/call", { name: "inventory_eoq", arguments: eoq }), options));
      assert.equal(JSON.parse(r.content[0].text).eoq, q);
      assert.equal(r.structuredContent?.eoq, version >= "2025-06-18" ? q : undefined);
      const bad = (await post(d, message("tools/call", { name: "inventory_eoq", arguments: { annual_demand: -1 } }), options)).json;
      if (version >= "2025-11-25") assert.equal(failureOf(bad.result).code, "invalid_input");
      else assert.deepEqual([bad.error.code, bad.error.data.code, bad.error.data.path], [-32602, "invalid_input", "/annual_demand"]);
      assert.equal((await post(d, message("resources/read", { uri: "dyocense://metrics/none" }), options)).json.error.code, -32002);
      assert.equal((await post(d, message("no/such"), options)).json.error.code, -32601);
      assert.equal((await post(d, message("server/discover"), options)).json.error.code, -32602);
    });

  test("an unknown version is answered with our latest, and the modern one too", async () => {
    for (const version of ["1999-01-01", modernVersion]) assert.equal((await initialize(version)).result.protocolVersion, "2025-11-25");
  });

  test("an unknown MCP-Protocol-Version is 400; none at all is 2025-03-26", async () => {
    errorOf(await legacy(d, "1999-01-01", "ping"), 400, -32022);
    const [tool] = resultOf(await post(d, message("tools/list"))).tools;
    assert.deepEqual([Object.hasOwn(tool, "annotations"), Object.hasOwn(tool, "title")], [true, false]);
  });

  test("a session ends by DELETE, and is nobody else's", async () => {
    const { session } = await initialize();
    const headers = { "mcp-session-id": session };
    const token = d.tokenOf("other", "run");
    assert.equal((await post(d, message("ping"), headers, { token })).status, 404);
    assert.equal((await d.request("DELETE", "/mcp", { headers, token })).status, 404);
    assert.equal((await post(d, message("ping"), headers)).status, 200);
    assert.equal((await d.request("DELETE", "/mcp", { headers })).status, 204);
    errorOf(await post(d, message("ping"), headers), 404, -32600);
    assert.equal((await d.request("DELETE", "/mcp", { headers })).status, 404);
    assert.equal((await post(d, message("ping"), { "mcp-session-id": "x".repeat(500) })).status, 404);
  });

  test("a tenant's sessions are bounded: the one idle longest makes room, and others' stay", async () => {
    const token = d.tokenOf("other", "run");
    const theirs = await initialize("2025-11-25", { token });
    const first = await initialize();
    for (let i = 0; i < 64; i++) await initialize();
    assert.equal((await post(d, message("ping"), { "mcp-session-id": first.session })).status, 404);
    assert.equal((await post(d, message("ping"), { "mcp-session-id": theirs.session }, { token })).status, 200);
  });
});

describe("tools", () => {
  test("each operation of the table is one, with valid schemas, hints and a name that every client takes", async () => {
    const { tools, nextCursor } = resultOf(await modern(d, "tools/list"));
    assert.equal(nextCursor, undefined);
    assert.deepEqual(tools.map((t) => t.name), [...dataTools, ...operations().map((op) => op.replaceAll(".", "_"))]);
    for (const t of tools) {
      assert.match(t.name, /^[A-Za-z0-9_.-]{1,64}$/);
      assert.ok(t.title && t.description);
      assert.equal(t.inputSchema.type, "object");
      validator(t.inputSchema);
      if (t.outputSchema) validator(t.outputSchema);
      assert.equal(typeof t.annotations.readOnlyHint, "boolean");
      assert.equal(t.annotations.idempotentHint, t.annotations.readOnlyHint || t.name === "batches_cancel");
      assert.equal(t.annotations.destructiveHint, t.annotations.readOnlyHint ? undefined : false);
      assert.equal(t.inputSchema.anyOf ?? t.inputSchema.oneOf ?? t.inputSchema.allOf, undefined, "language models' interfaces refuse these");
      if (t.inputSchema.properties.series) {
        assert.ok(t.inputSchema.properties.metric_name);
        assert.ok(!t.inputSchema.required.includes("series"));
        assert.match(t.description, /metric_name/);
      }
    }
  });

  test("what they answer is what their output schemas say", async () => {
    const { tools } = resultOf(await modern(d, "tools/list"));
    const { forecast_id } = dataOf(await call("forecast_create", { metric_name: "sales", model_type: "ets", forecast_horizon: 7 }));
    const calls = [
      ["inventory_eoq", eoq],
      ["forecast_create", { metric_name: "sales", model_type: "naive", from: "2024-03-01", forecast_horizon: 7 }],
      ["forecast_analyze", { metric_name: "sales" }],
      ["series_prepare", { metric_name: "sales" }],
      ["metrics_list", { limit: 2 }],
      ["metrics_get", { metric_name: "sales", frequency: "W", aggregate: "mean" }],
      ["metrics_get", { metric_name: "sales", from: "2030-01-01" }],
      ["forecasts_list", { metric_name: "sales" }],
      ["forecasts_get", { forecast_id }],
    ];
    for (const [name, args] of calls) {
      const result = await call(name, args);
      assert.deepEqual(validator(tools.find((t) => t.name === name).outputSchema)(dataOf(result)), [], name);
    }
  });

  test("they answer what REST answers", async () => {
    const rest = async (path) => (await d.get(`/api/v1/${path}`)).json;
    assert.deepEqual(dataOf(await call("metrics_list", { limit: 3 })), await rest("metrics/?limit=3"));
    assert.deepEqual(dataOf(await call("metrics_get", { metric_name: "sales", from: "2024-02-01", to: "2024-04-30", frequency: "M", aggregate: "max" })), await rest("metrics/sales?from=2024-02-01&to=2024-04-30&frequency=M&aggregate=max"));
    const made = dataOf(await call("forecast_create", { metric_name: "sales", model_type: "theta", forecast_horizon: 5 }));
    assert.deepEqual(dataOf(await call("forecasts_get", { forecast_id: made.forecast_id })), await rest(`forecaster/${made.forecast_id}`));
    assert.deepEqual(dataOf(await call("forecasts_list", {})), await rest("forecaster/"));
    const plan = dataOf(await call("inventory_eoq", eoq));
    assert.deepEqual(dataOf(await call("runs_get", { run_id: plan.run_id })), await rest(`optimizer/runs/${plan.run_id}`));
    const { run_id } = (await d.get("/api/v1/runs/")).json.items[0];
    assert.deepEqual(dataOf(await call("runs_get", { run_id })), await rest(`runs/${run_id}`));
  });

  test("a batch is begun as by REST, looked at, and ended", async () => {
    const { tools } = resultOf(await modern(d, "tools/list"));
    const [begins, ends] = ["batches_create", "batches_cancel"].map((name) => tools.find((t) => t.name === name));
    const { BatchInput } = (await d.get("/openapi.json")).json.components.schemas;
    assert.deepEqual([Object.keys(begins.inputSchema.properties), begins.inputSchema.properties.regressors], [Object.keys(BatchInput.properties), undefined]);
    assert.deepEqual([begins, ends].map((t) => t.annotations.readOnlyHint), [false, false]);
    const args = { metric_name: "sales", model_type: "naive", forecast_horizon: 3, folds: 0 };
    const begun = dataOf(await call("batches_create", args));
    assert.deepEqual(validator(begins.outputSchema)(begun), []);
    const { batch_id } = begun;
    const over = await until(async () => [dataOf(await call("batches_get", { batch_id }))].find((b) => b.finished_at), "the batch's end");
    assert.deepEqual([over.state, over.series, over.succeeded], ["succeeded", 1, 1]);
    assert.deepEqual(over, (await d.get(`/api/v1/batches/${batch_id}`)).json);
    assert.equal(dataOf(await call("forecasts_list", { batch_id })).items[0].metric_name, "sales");
    assert.equal(failureOf(await call("batches_cancel", { batch_id })).code, "conflict", "it has ended");
    const long = dataOf(await call("batches_create", { model_type: "xgboost", params: { n_estimators: 5000 }, folds: 50 }));
    const asked = dataOf(await call("batches_cancel", { batch_id: long.batch_id }));
    assert.deepEqual([validator(ends.outputSchema)(asked), asked.cancel_asked, asked.waiting, asked.queued], [[], true, 0, 0]);
    await until(async () => dataOf(await call("batches_get", { batch_id: long.batch_id })).state === "cancelled", "the end that was asked for");
    const by = command(["audit", "--tenant", "default", "--db", d.db]).stdout.split("\n").filter((line) => /batch\./.test(line));
    assert.ok(by.length >= 3 && by.every((line) => /token /.test(line)), by.join("\n"));
  });

  test("pages of a list follow one another without gap", async () => {
    const names = [];
    let cursor;
    do {
      const page = dataOf(await call("metrics_list", { limit: 50, ...(cursor ? { cursor } : {}) }));
      names.push(...page.items.map((i) => i.metric_name));
      cursor = page.next_cursor;
    } while (cursor);
    assert.equal(names.length, wide + 1);
    assert.deepEqual(names, [...names].sort());
  });

  test("what goes wrong is a result with isError, its sentence and the error object", async () => {
    const cases = [
      ["inventory_eoq", { annual_demad: 1 }, "invalid_input", "/annual_demad"],
      ["inventory_eoq", {}, "invalid_input", "/annual_demand"],
      ["metrics_get", { metric_name: "none" }, "not_found", "/metric_name"],
      ["metrics_get", { metric_name: "sales", from: "yesterday" }, "invalid_input", "/from"],
      ["metrics_get", { metric: "sales" }, "invalid_input", "/metric"],
      ["forecast_create", { metric_name: "none" }, "not_found", "/metric_name"],
      ["forecast_create", { metric_name: "sales", from: "2030-01-01" }, "insufficient_data", "/metric_name"],
      ["forecasts_get", { forecast_id: "none" }, "not_found", "/forecast_id"],
      ["runs_get", { run_id: "none" }, "not_found", "/run_id"],
      ["batches_get", { batch_id: "none" }, "not_found", "/batch_id"],
      ["batches_cancel", { batch_id: "none" }, "not_found", "/batch_id"],
      ["batches_create", { metric_name: "none" }, "not_found", "/metric_name"],
      ["batches_create", { forecast_horizon: 0 }, "invalid_input", "/forecast_horizon"],
      ["batches_create", { regressors: { price: [1] } }, "invalid_input", "/regressors"],
      ["series_parse", { path: "/etc/passwd" }, "unsupported", "/path"],
    ];
    for (const [name, args, code, path] of cases) {
      const error = failureOf(await call(name, args));
      assert.deepEqual([error.code, error.path], [code, path], `${name} ${error.message}`);
    }
  });
});

describe("resources and prompts", () => {
  test("metrics and forecasts are listed page by page, each with its address", async () => {
    const all = [];
    let cursor;
    let pages = 0;
    do {
      const r = resultOf(await modern(d, "resources/list", cursor ? { cursor } : {}));
      all.push(...r.resources);
      assert.ok(r.resources.length <= 100);
      cursor = r.nextCursor;
      pages++;
    } while (cursor !== undefined);
    assert.ok(pages >= 2);
    assert.equal(new Set(all.map((r) => r.uri)).size, all.length);
    const kinds = (kind) => all.filter((r) => r.uri.startsWith(`dyocense://${kind}/`)).length;
    assert.equal(kinds("metrics"), wide + 1);
    let stored = 0;
    for (let next = null; next !== undefined; ) {
      const page = (await d.get(`/api/v1/forecaster/?limit=1000${next ? `&cursor=${next}` : ""}`)).json;
      stored += page.items.length;
      next = page.next_cursor ?? undefined;
    }
    assert.equal(kinds("forecasts"), stored);
    for (const uri of [all[0].uri, all.at(-1).uri]) {
      const { contents } = resultOf(await modern(d, "resources/read", { uri }));
      assert.deepEqual([contents[0].uri, contents[0].mimeType], [uri, "application/json"]);
      JSON.parse(contents[0].text);
    }
  });

  test("a template's words choose range and frequency, and names may hold anything", async () => {
    const { resourceTemplates } = resultOf(await modern(d, "resources/templates/list"));
    assert.deepEqual(resourceTemplates.map((t) => t.uriTemplate), ["dyocense://metrics/{name}{?from,to,frequency,aggregate}", "dyocense://forecasts/{id}"]);
    const { contents } = resultOf(await modern(d, "resources/read", { uri: "dyocense://metrics/sales?from=2024-02-01&to=2024-03-31&frequency=M&aggregate=count" }));
    assert.deepEqual(JSON.parse(contents[0].text).series[0].values, [29, 31]);
    const odd = "50 % off? a/b & ü";
    assert.equal((await d.upload(`date,"${odd}"\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n`, "?name=odd.csv", { token: d.tokenOf("odd", "write") })).status, 200);
    const token = d.tokenOf("odd", "read");
    const [{ uri, name }] = resultOf(await modern(d, "resources/list", {}, { token })).resources;
    assert.equal(name, odd);
    assert.equal(uri, `dyocense://metrics/${encodeURIComponent(odd)}`);
    assert.deepEqual(JSON.parse(resultOf(await modern(d, "resources/read", { uri }, { token })).contents[0].text).series[0].values, [1, 2, 3]);
  });

  test("addresses of nothing are -32602 and say which", async () => {
    for (const uri of ["dyocense://metrics/none", "dyocense://metrics/", "dyocense://metrics/sales/x", "dyocense://metrics/%", "dyocense://metrics/%00", "dyocense://metrics/sales?colour=red", "dyocense://forecasts/x", "file:///etc/passwd", ""]) {
      const error = errorOf(await modern(d, "resources/read", { uri }), 200, -32602);
      assert.deepEqual(error.data, { uri });
    }
    const nameless = modernMessage("resources/read");
    errorOf(await post(d, nameless, { ...modernHeaders(nameless), "mcp-name": null }), 200, -32602);
    errorOf(await modern(d, "resources/read", { uri: "dyocense://metrics/sales?from=never" }), 200, -32602);
  });

  test("prompts take their arguments, and refuse what is missing or unknown", async () => {
    const { prompts } = resultOf(await modern(d, "prompts/list"));
    assert.deepEqual(prompts.map((p) => p.name), ["weekly_order_plan", "explain_forecast"]);
    const text = async (name, args) => resultOf(await modern(d, "prompts/get", { name, arguments: args })).messages[0].content.text;
    const bare = await text("weekly_order_plan");
    assert.doesNotMatch(bare, /[[\]{}]|service_level/);
    assert.match(await text("weekly_order_plan", { metric_name: "sales", service_level: "0.98" }), /metric sales\b[^]*service_level 0\.98/);
    assert.match(await text("explain_forecast", { forecast_id: "{forecast_id}" }), /forecast \{forecast_id\} with/);
    errorOf(await modern(d, "prompts/get", { name: "explain_forecast" }), 200, -32602);
    errorOf(await modern(d, "prompts/get", { name: "explain_forecast", arguments: { id: "x" } }), 200, -32602);
    errorOf(await modern(d, "prompts/get", { name: "explain_forecast", arguments: { forecast_id: 1 } }), 200, -32602);
    errorOf(await modern(d, "prompts/get", { name: "none" }), 200, -32602);
    errorOf(await modern(d, "prompts/get", { name: "explain_forecast", arguments: [] }), 200, -32602);
  });
});

/** A POST whose answer is read as it comes: { response, events(): async iterator, close() }. */
function open(m, headers) {
  const req = http.request({ port: d.port, host: "127.0.0.1", method: "POST", path: "/mcp", headers: { authorization: `Bearer ${d.token}`, "content-type": "application/json", ...headers } });
  req.on("error", () => {});
  req.end(JSON.stringify(m));
  return { req, response: new Promise((done) => req.on("response", done)) };
}

/** The daemon computes on one thread, so that an answer to this means that what ran before has given up. */
const freeAgain = async () => assert.equal(dataOf(await call("inventory_eoq", eoq)).eoq, q);

describe("long requests over HTTP", () => {
  const long = (id, more = {}) => modernMessage("tools/call", { name: "forecast_backtest", arguments: endless, _meta: meta(more) }, id);

  test("a progress token gets a stream: rising progress, then the answer", async () => {
    const args = { ...endless, series: { ...endless.series, values: endless.series.values.slice(0, 400) }, folds: 3 };
    const m = modernMessage("tools/call", { name: "forecast_backtest", arguments: args, _meta: meta({ progressToken: "p7" }) });
    const r = await post(d, m, modernHeaders(m));
    assert.equal(r.status, 200);
    assert.match(r.headers["content-type"], /^text\/event-stream/);
    assert.equal(r.headers["cache-control"], "no-cache");
    assert.equal(r.headers["x-accel-buffering"], "no");
    const events = eventsOf(r.text);
    const answer = events.pop();
    assert.equal(answer.id, m.id);
    assert.ok(dataOf(answer.result).best_model);
    assert.ok(events.length >= 1);
    let before = -1;
    for (const { method, params } of events) {
      assert.equal(method, "notifications/progress");
      assert.deepEqual([params.progressToken, params.total], ["p7", 1]);
      assert.ok(params.progress > before && params.progress <= 1);
      before = params.progress;
    }
  });

  test("without text/event-stream in Accept the answer is JSON all the same", async () => {
    const m = modernMessage("tools/call", { name: "inventory_eoq", arguments: eoq, _meta: meta({ progressToken: 1 }) });
    assert.equal(resultOf(await post(d, m, { ...modernHeaders(m), accept: "application/json" })).structuredContent.eoq, q);
  });

  test("closing the stream cancels what it is for", async () => {
    const m = long("closing", { progressToken: 7 });
    const { req, response } = open(m, modernHeaders(m));
    const res = await response;
    await new Promise((done) => res.once("data", done));
    res.on("error", () => {});
    assert.equal(dataOf(await call("metrics_list", { limit: 1 })).items.length, 1); // stored data needs no thread that computes
    req.destroy();
    await freeAgain();
  });

  test("closing a connection that waits for JSON cancels too", async () => {
    const m = long("waiting");
    const { req } = open(m, modernHeaders(m));
    await new Promise((done) => req.on("finish", done));
    req.destroy();
    await freeAgain();
  });

  test("a legacy client cancels by the request's id, within its session alone", async () => {
    const one = await initialize();
    const two = await initialize();
    const m = message("tools/call", { name: "forecast_backtest", arguments: endless, _meta: { progressToken: 1 } }, "mine");
    const cancel = (session, requestId) => post(d, { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } }, { "mcp-session-id": session });
    const { response } = open(m, { accept: both, "mcp-session-id": one.session });
    const res = await response;
    let text = "";
    res.setEncoding("utf8").on("data", (t) => (text += t));
    const ended = new Promise((done) => res.on("end", done));
    for (const [session, id] of [[two.session, "mine"], [one.session, "other"], [one.session, 1]]) assert.equal((await cancel(session, id)).status, 202);
    assert.equal(eventsOf(text).some((e) => e.id), false);
    assert.equal((await cancel(one.session, "mine")).status, 202);
    await ended;
    assert.equal(failureOf(eventsOf(text).at(-1).result).code, "cancelled");
    await freeAgain();
  });
});
