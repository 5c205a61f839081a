// The MCP conformance suite's client scenarios: the suite starts a server for each and runs lib/mcp-client.mjs, which adds connectors with
// the program itself. What is expected to fail, and why, stands in mcp-client-conformance.json; anything else that fails, warnings among
// it, and anything there that has come to pass, fails the test. Authorization is the same in both eras: of the older one its scenarios,
// and the extensions, run with DYO_FULL=1 only.
import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { root } from "../lib/project.mjs";
import { compared, expectedIn, node22, resultsOf, suite } from "./lib/conformance.mjs";
import { scratch } from "./lib/daemon.mjs";

const known = expectedIn(join(root, "tests/daemon/mcp-client-conformance.json"));
const command = `${node22()} ${join(root, "tests/daemon/lib/mcp-client.mjs")}`;
const full = process.env.DYO_FULL === "1";

for (const [name, scenarios, checks, args] of [
  ["version 2025-11-25", full ? 19 : 5, full ? 150 : 8, ["--suite", "all", "--spec-version", "2025-11-25"]],
  ["version 2026-07-28", 33, 400, ["--suite", "all", "--spec-version", "2026-07-28"]],
  ["extensions", 6, 25, ["--suite", "extensions"]],
])
  test(name, { timeout: 300_000, skip: !full && name === "extensions" && "SKIPPED: with DYO_FULL=1" }, async () => {
    const folder = scratch("dyocense-conformance-");
    const part = !full && name === "version 2025-11-25";
    const said = await suite(["client", "--command", part ? `${command} --without-auth` : command, "--timeout", "120000", ...args], folder);
    const results = new Map([...resultsOf(folder)].filter(([k]) => !part || !k.startsWith("auth/")));
    assert.ok(results.size >= scenarios, `${results.size} scenarios ran:\n${said.slice(-2000)}`);
    assert.deepEqual(...compared(results, known));
    assert.deepEqual([...results].filter(([, r]) => r.warned.length), []);
    const passed = [...results.values()].reduce((n, r) => n + r.passed.length, 0);
    assert.ok(passed >= checks, `${passed} checks passed`);
  });
