// MCP by standard input: `dyocensed mcp`, beside a daemon on the same database or without one.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { operations } from "../lib/project.mjs";
import { command, dailyCsv, startDaemon } from "./lib/daemon.mjs";
import { dataOf, endless, eoq, failureOf, message, meta, modernMessage, modernVersion, q, talk } from "./lib/mcp.mjs";

let d;
before(async () => {
  d = await startDaemon();
  assert.equal((await d.upload(dailyCsv(60), "?name=sales.csv")).status, 200);
});
after(async () => {
  const e = await d.stop();
  assert.equal(e.status, 0, e.log);
});

describe("by standard input", () => {
  const spoken = (version) => message("initialize", { protocolVersion: version, capabilities: {}, clientInfo: { name: "test", version: "1" } });

  test("both eras on the same stream, from the stored data of a tenant", async () => {
    const t = talk(["--db", d.db]);
    assert.equal((await t.send(modernMessage("server/discover"))).result.supportedVersions[0], modernVersion);
    const { result } = await t.send(spoken("2025-06-18"));
    assert.equal(result.protocolVersion, "2025-06-18");
    t.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    assert.deepEqual((await t.send(message("ping"))).result, {});
    const values = (r) => dataOf(r.result).series[0].values;
    const ask = { name: "metrics_get", arguments: { metric_name: "sales", from: "2024-02-01", to: "2024-02-03" } };
    const [a, b] = await Promise.all([t.send(message("tools/call", ask)), t.send(modernMessage("tools/call", ask))]);
    assert.deepEqual(values(a), values(b));
    assert.equal(values(a).length, 3);
    assert.equal((await t.send(message("resources/read", { uri: "dyocense://metrics/none" }))).error.code, -32002);
    assert.equal((await t.send(modernMessage("resources/read", { uri: "dyocense://metrics/none" }))).error.code, -32602);
    const made = dataOf((await t.send(message("tools/call", { name: "forecast_create", arguments: { metric_name: "sales", model_type: "naive" } }))).result);
    assert.equal((await d.get(`/api/v1/forecaster/${made.forecast_id}`)).json.metric_name, "sales");
    const { status, stderr } = await t.end();
    assert.deepEqual([status, stderr], [0, ""]);
  });

  test("--tenant says whose data it is; without a database there are operations alone", async () => {
    const other = talk(["--db", d.db, "--tenant", "nobody"]);
    assert.deepEqual(dataOf((await other.send(modernMessage("tools/call", { name: "metrics_list" }))).result).items, []);
    const offered = (await other.send(modernMessage("tools/list"))).result.tools.map((t) => t.name).filter((name) => name.startsWith("batches_"));
    assert.deepEqual(offered, ["batches_get"], "nobody is there who would do a batch");
    await other.end();
    const pure = talk(["--no-db"]);
    const { tools } = (await pure.send(modernMessage("tools/list"))).result;
    assert.equal(tools.length, operations().length);
    assert.ok(tools.every((t) => t.annotations.readOnlyHint && !t.inputSchema.properties.metric_name));
    assert.deepEqual((await pure.send(modernMessage("server/discover"))).result.capabilities, { tools: {} });
    assert.equal((await pure.send(modernMessage("resources/list"))).error.code, -32601);
    assert.equal(dataOf((await pure.send(modernMessage("tools/call", { name: "inventory_eoq", arguments: eoq }))).result).run_id, undefined);
    const refused = failureOf((await pure.send(modernMessage("tools/call", { name: "forecast_analyze", arguments: { metric_name: "sales" } }))).result);
    assert.deepEqual([refused.code, refused.path], ["invalid_input", "/metric_name"]);
    assert.equal((await pure.end()).status, 0);
  });

  test("requests before any opening are refused, ping is not; versions and envelopes are checked", async () => {
    const t = talk(["--no-db"]);
    assert.equal((await t.send(message("tools/list"))).error.code, -32602);
    assert.equal((await t.send(message("server/discover"))).error.code, -32602);
    assert.deepEqual((await t.send(message("ping"))).result, {});
    const as = (v) => message("tools/list", { _meta: meta({ "io.modelcontextprotocol/protocolVersion": v }) });
    assert.deepEqual((await t.send(as("2099-01-01"))).error.data, { supported: [modernVersion], requested: "2099-01-01" });
    assert.equal((await t.send(as("2025-11-25"))).error.code, -32022);
    assert.equal((await t.send(as(5))).error.code, -32602);
    assert.equal((await t.send(modernMessage("ping"))).error.code, -32601);
    await t.end();
  });

  test("broken lines, batches, empty lines and a line over 16 MiB are answered or skipped, and the next one is heard", async () => {
    const t = talk(["--no-db"]);
    t.write("{\n");
    assert.equal((await t.wait((m) => m.error?.code === -32700)).id, null);
    t.write("\n \r\n[]\n");
    assert.equal((await t.wait((m) => m.error?.code === -32600)).id, null);
    t.write(`${"x".repeat((16 << 20) + 1)}\n`);
    await t.wait((m) => /16 MiB/.test(m.error?.message));
    assert.deepEqual((await t.send(message("ping"))).result, {});
    assert.equal(t.seen.length, 4);
    await t.end();
  });

  test("progress comes while it computes, a cancelled request gets no answer, others go on", async () => {
    const t = talk(["--no-db"]);
    await t.send(spoken("2025-11-25"));
    const m = message("tools/call", { name: "forecast_backtest", arguments: endless, _meta: { progressToken: "t" } }, "long");
    t.write(`${JSON.stringify(m)}\n`);
    const { params } = await t.wait((s) => s.method === "notifications/progress");
    assert.equal(params.progressToken, "t");
    assert.equal(dataOf((await t.send(message("tools/call", { name: "inventory_eoq", arguments: eoq }))).result).eoq, q);
    t.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "long" } });
    const { status, seen } = await t.end(); // ends once nothing is under way any more
    assert.equal(status, 0);
    assert.equal(seen.some((s) => s.id === "long"), false);
  });

  test("what was asked before the input ended is answered, also on a last line without its end", async () => {
    const ask = (i) => JSON.stringify(modernMessage("tools/call", { name: "inventory_eoq", arguments: eoq }, i));
    const r = command(["mcp", "--no-db"], { input: [1, 2, 3].map(ask).join("\n") });
    assert.equal(r.status, 0, r.stderr);
    assert.deepEqual(r.stdout.trim().split("\n").map((l) => JSON.parse(l).id).sort(), [1, 2, 3]);
  });

  test("SIGTERM ends it while it computes, and so does a client that no longer reads", async () => {
    for (const leave of [(c) => c.kill("SIGTERM"), (c) => c.stdout.destroy()]) {
      const t = talk(["--no-db"]);
      t.write(`${JSON.stringify(modernMessage("tools/call", { name: "forecast_backtest", arguments: endless, _meta: meta({ progressToken: 1 }) }))}\n`);
      await t.wait((s) => s.method === "notifications/progress");
      leave(t.child);
      assert.equal((await t.ended).status, 0);
    }
  });

  test("a wrong option and a missing database are said on standard error", () => {
    for (const args of [["--nonsense"], ["--db"], ["--db", "/nonexistent/a.db"]]) {
      const r = command(["mcp", ...args]);
      assert.notEqual(r.status, 0);
      assert.equal(r.stdout, "");
      assert.ok(JSON.parse(r.stderr).error.message);
    }
  });
});
