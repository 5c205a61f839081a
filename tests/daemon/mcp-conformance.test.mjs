// The MCP conformance suite's server scenarios for both eras. What is expected to fail, and why, stands in mcp-conformance.json; anything
// else that fails, and anything there that has come to pass, fails the test.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import http from "node:http";
import { arch } from "node:process";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { root } from "../lib/project.mjs";
import { dailyCsv, scratch, startDaemon } from "./lib/daemon.mjs";

const packages = join(root, "tests/node_modules");
const { expected } = JSON.parse(readFileSync(join(root, "tests/daemon/mcp-conformance.json"), "utf8"));
const known = new Map();
for (const { scenarios } of expected)
  for (const [name, checks] of Object.entries(scenarios)) known.set(name, [...(known.get(name) ?? []), ...checks]);

/** The suite needs Node.js 22. */
function node22() {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const own = join(packages, `node-linux-${arch}/bin/node`);
  if (!existsSync(own)) throw new Error(`the conformance suite needs Node.js 22, and ${own} is not there: npm --prefix tests ci`);
  return own;
}

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

function suite(version, folder) {
  const url = `http://localhost:${door.address().port}/mcp`;
  const args = ["@modelcontextprotocol/conformance/dist/index.js", "server", "--url", url, "--spec-version", version, "--suite", "all", "-o", folder];
  const child = spawn(node22(), args, { cwd: packages, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const s of [child.stdout, child.stderr]) s.on("data", (text) => (said += text));
  return new Promise((done) => child.on("close", () => done(said)));
}

/** Scenario -> { passed, failed } with the checks' ids. */
function resultsOf(folder) {
  const all = new Map();
  for (const name of readdirSync(folder)) {
    const checks = JSON.parse(readFileSync(join(folder, name, "checks.json"), "utf8"));
    const of = (status) => checks.filter((c) => c.status === status).map((c) => c.id);
    all.set(/^server-(.*)-\d{4}-\d\d-\d\dT/.exec(name)[1], { passed: of("SUCCESS"), failed: of("FAILURE") });
  }
  return all;
}

for (const [version, least] of [["2025-11-25", 30], ["2026-07-28", 38]])
  test(`version ${version}`, { timeout: 300_000 }, async () => {
    const folder = scratch("dyocense-conformance-");
    const said = await suite(version, folder);
    const results = resultsOf(folder);
    assert.ok(results.size >= least, `${results.size} scenarios ran:\n${said.slice(-2000)}`);
    const failed = [...results].map(([name, r]) => [name, [...new Set(r.failed)].sort()]).filter(([, f]) => f.length);
    const wanted = [...results.keys()].filter((name) => known.has(name)).map((name) => [name, [...known.get(name)].sort()]);
    assert.deepEqual(Object.fromEntries(failed), Object.fromEntries(wanted));
    assert.ok([...results.values()].reduce((n, r) => n + r.passed.length, 0) >= 40);
  });
