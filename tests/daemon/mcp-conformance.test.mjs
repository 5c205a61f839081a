// The MCP conformance suite's server scenarios for both eras. What is expected to fail, and why, stands in mcp-conformance.json; anything
// else that fails, and anything there that has come to pass, fails the test.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { root } from "../lib/project.mjs";
import { compared, expectedIn, resultsOf, suite } from "./lib/conformance.mjs";
import { dailyCsv, scratch, startDaemon } from "./lib/daemon.mjs";

const known = expectedIn(join(root, "tests/daemon/mcp-conformance.json"));

let d;
let door;
/** The suite has no token to send: this door adds one and changes nothing else. */
before(async () => {
  d = await startDaemon();
  assert.equal((await d.upload(dailyCsv(60), "?name=sales.csv")).status, 200);
  door = http.createServer((q, r) => {
    const headers = { ...q.headers, authorization: `Bearer ${d.token}` };
    const up = http.request({ host: "127.0.0.1", port: d.port, method: q.method, path: q.url, headers }, (a) => {
      r.writeHead(a.statusCode, a.headers);
      a.pipe(r);
    });
    up.on("error", () => r.destroy());
    r.on("close", () => up.destroy());
    q.pipe(up);
  });
  await new Promise((done) => door.listen(0, "127.0.0.1", done));
});
after(async () => {
  door.closeAllConnections();
  door.close();
  const e = await d.stop();
  assert.equal(e.status, 0, e.log);
});

for (const [version, least] of [["2025-11-25", 30], ["2026-07-28", 38]])
  test(`version ${version}`, { timeout: 300_000 }, async () => {
    const folder = scratch("dyocense-conformance-");
    const url = `http://localhost:${door.address().port}/mcp`;
    const said = await suite(["server", "--url", url, "--spec-version", version, "--suite", "all"], folder);
    const results = resultsOf(folder);
    assert.ok(results.size >= least, `${results.size} scenarios ran:\n${said.slice(-2000)}`);
    assert.deepEqual(...compared(results, known));
    assert.ok([...results.values()].reduce((n, r) => n + r.passed.length, 0) >= 40);
  });
