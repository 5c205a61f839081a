// The official SDK's clients against MCP by HTTP and by standard input: version 1 (legacy era) and version 2 (modern, found by itself).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as Stdio1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { operations } from "../lib/project.mjs";
import { dailyCsv, program, startDaemon } from "./lib/daemon.mjs";

let d;
before(async () => {
  d = await startDaemon();
  assert.equal((await d.upload(dailyCsv(120), "?name=sales.csv")).status, 200);
});
after(async () => {
  const e = await d.stop();
  assert.equal(e.status, 0, e.log);
});

const me = { name: "test", version: "1" };
const url = () => new URL(`http://127.0.0.1:${d.port}/mcp`);
const signed = () => ({ requestInit: { headers: { authorization: `Bearer ${d.token}` } } });
const process_ = () => ({ command: program, args: ["mcp", "--db", d.db], stderr: "inherit" });
const auto = { versionNegotiation: { mode: "auto" } };

const clients = [
  ["version 1 over HTTP", () => [new Client1(me), new Http1(url(), signed())], "2025-11-25"],
  ["version 1 by standard input", () => [new Client1(me), new Stdio1(process_())], "2025-11-25"],
  ["version 2 over HTTP", () => [new Client2(me, auto), new Http2(url(), signed())], "2026-07-28"],
  ["version 2 by standard input", () => [new Client2(me, auto), new Stdio2(process_())], "2026-07-28"],
  ["version 2 in the legacy era", () => [new Client2(me), new Http2(url(), signed())], "2025-11-25"],
];

for (const [name, make, version] of clients)
  describe(`client ${name}`, () => {
    let client;
    before(async () => {
      const [c, transport] = make();
      client = c;
      await client.connect(transport);
      if (client.getNegotiatedProtocolVersion) assert.equal(client.getNegotiatedProtocolVersion(), version);
    });
    after(() => client.close());

    test("lists tools, resources, templates and prompts", async () => {
      const { tools } = await client.listTools();
      assert.ok(tools.length > operations().length);
      assert.equal((await client.listResources()).resources[0].uri, "dyocense://metrics/sales");
      assert.equal((await client.listResourceTemplates()).resourceTemplates.length, 2);
      assert.equal((await client.listPrompts()).prompts.length, 2);
    });

    test("what should I order this week? from the stored data", async () => {
      const call = async (tool, args) => {
        const r = await client.callTool({ name: tool, arguments: args }); // checks the answer by the tool's output schema
        assert.notEqual(r.isError, true, JSON.stringify(r.content));
        return r.structuredContent;
      };
      const [{ metric_name }] = (await call("metrics_list", {})).items;
      const forecast = await call("forecast_create", { metric_name, forecast_horizon: 7, model_type: "ets" });
      const mean = forecast.predictions.reduce((a, b) => a + b, 0) / 7;
      const half = forecast.confidence_intervals.upper[0] - forecast.predictions[0];
      const order = await call("inventory_reorder_point", { avg_daily_demand: mean, demand_std_dev: half / 1.96, lead_time_days: 7, on_hand: 10, on_order: 0 });
      assert.equal(order.order_now, true);
      assert.equal((await call("forecasts_get", { forecast_id: forecast.forecast_id })).metric_name, metric_name);
      assert.equal((await call("runs_get", { run_id: order.run_id })).optimization_type, "inventory.reorder_point");
    });

    test("reads a resource and a prompt, and sees a failure as one", async () => {
      const { contents } = await client.readResource({ uri: "dyocense://metrics/sales" });
      assert.equal(JSON.parse(contents[0].text).series[0].values.length, 120);
      assert.match((await client.getPrompt({ name: "weekly_order_plan", arguments: {} })).messages[0].content.text, /order this week/);
      assert.equal((await client.callTool({ name: "inventory_eoq", arguments: { annual_demand: -1 } })).isError, true);
      await assert.rejects(client.callTool({ name: "no_such", arguments: {} }), /-32602|no tool/);
    });

    test("sees progress, and cancels", async () => {
      const values = Array.from({ length: 3000 }, (_, t) => 100 + (t % 7) + ((t * 7919) % 13));
      const stop = new AbortController();
      const seen = [];
      const call = { name: "forecast_backtest", arguments: { series: { values, frequency: "D" }, folds: 50 } };
      const options = {
        signal: stop.signal,
        onprogress: (p) => {
          seen.push(p.progress);
          stop.abort();
        },
      };
      await assert.rejects(client instanceof Client1 ? client.callTool(call, undefined, options) : client.callTool(call, options));
      assert.ok(seen.length >= 1);
      assert.ok((await client.listTools()).tools.length > 0);
    });
  });
