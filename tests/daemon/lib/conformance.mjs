// The MCP conformance suite as a process, and what came of it. It needs Node.js 22.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { arch } from "node:process";
import { join } from "node:path";
import { root } from "../../lib/project.mjs";

const packages = join(root, "tests/node_modules");

export function node22() {
  if (Number(process.versions.node.split(".")[0]) >= 22) return process.execPath;
  const own = join(packages, `node-linux-${arch}/bin/node`);
  if (!existsSync(own)) throw new Error(`the conformance suite needs Node.js 22, and ${own} is not there: npm --prefix tests ci`);
  return own;
}

/** Runs it with these arguments, its results in `folder`; answers what it said. */
export function suite(args, folder) {
  const child = spawn(node22(), ["@modelcontextprotocol/conformance/dist/index.js", ...args, "-o", folder], { cwd: packages, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const s of [child.stdout, child.stderr]) s.on("data", (text) => (said += text));
  return new Promise((done) => child.on("close", () => done(said)));
}

/** Scenario -> { passed, failed, warned } with the checks' ids. */
export function resultsOf(folder, under = "") {
  const all = new Map();
  for (const name of readdirSync(join(folder, under))) {
    const path = join(under, name);
    const file = join(folder, path, "checks.json");
    if (existsSync(file)) {
      const checks = JSON.parse(readFileSync(file, "utf8"));
      const of = (...status) => checks.filter((c) => status.includes(c.status)).map((c) => c.id);
      all.set(/^(?:server-)?(.*)-\d{4}-\d\d-\d\dT/.exec(path)[1], { passed: of("SUCCESS"), failed: of("FAILURE"), warned: of("WARNING") });
    } else if (statSync(join(folder, path)).isDirectory()) for (const [k, v] of resultsOf(folder, path)) all.set(k, v);
  }
  return all;
}

/** What is expected to fail: scenario -> checks, of a file { expected: [{ reason, scenarios }] }. */
export function expectedIn(file) {
  const known = new Map();
  for (const { reason, scenarios } of JSON.parse(readFileSync(file, "utf8")).expected)
    for (const [name, checks] of Object.entries(scenarios)) {
      if (!reason) throw new Error(`${name} is expected to fail without a reason`);
      known.set(name, [...(known.get(name) ?? []), ...checks]);
    }
  return known;
}

/** Scenarios with what failed in them, and with what is expected to fail of those that ran, to be compared. */
export function compared(results, known) {
  const failed = [...results].map(([name, r]) => [name, [...new Set(r.failed)].sort()]).filter(([, f]) => f.length);
  const wanted = [...results.keys()].filter((name) => known.has(name)).map((name) => [name, [...known.get(name)].sort()]);
  return [Object.fromEntries(failed), Object.fromEntries(wanted)];
}
