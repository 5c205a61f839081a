// The alert rules and the dashboard for what the daemon prints at its metrics port. That what they ask for is printed there is shown in
// daemon/api.test.mjs; here, that Prometheus takes it, and that each rule fires on what it is for and on nothing else.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "./lib/project.mjs";

const rules = join(root, "docs/monitoring/alerts.yml");
const scenarios = join(root, "tests/monitoring/alerts.yml");
const { panels } = JSON.parse(readFileSync(join(root, "docs/monitoring/dashboard.json"), "utf8"));
const promtool = (...args) => spawnSync("promtool", args, { encoding: "utf8" });
const skip = promtool("--version").error ? "NOT RUN: there is no promtool here (apt-get install prometheus)" : false;
const dir = mkdtempSync(join(tmpdir(), "dyocense-"));
after(() => rmSync(dir, { recursive: true }));

/** What promtool says of scenarios held against these rules. */
function tried(rulesText) {
  const changed = join(dir, "rules.yml");
  writeFileSync(changed, rulesText);
  const file = join(dir, "scenarios.yml");
  writeFileSync(file, readFileSync(scenarios, "utf8").replace(/^rule_files: .*$/m, `rule_files: [${changed}]`));
  return promtool("test", "rules", file);
}

test("each rule fires on what it is for, and none on a daemon that is well", { skip }, () => {
  const r = promtool("test", "rules", scenarios);
  assert.equal(r.status, 0, r.stdout + r.stderr);
});

test("a rule that is missing, or always true, is noticed", { skip }, () => {
  const text = readFileSync(rules, "utf8");
  const one = text.slice(text.indexOf("      - alert: DyocensedRunsLost"), text.indexOf("      - alert: DyocensedVersionsDiffer"));
  assert.match(one, /expr: .* > 3$/m);
  assert.notEqual(tried(text.replace(one, "")).status, 0);
  assert.notEqual(tried(text.replace(one, one.replace("> 3", ">= 0"))).status, 0);
});

test("every rule is in the scenarios, and in words an operator can follow", () => {
  const text = readFileSync(rules, "utf8");
  const named = readFileSync(scenarios, "utf8");
  const alerts = [...text.matchAll(/- alert: (\w+)\n(?: {8}.*\n)*? {8}annotations: \{summary: "(.*)"\}/g)];
  assert.equal(alerts.length, text.split("- alert:").length - 1, "each has a summary");
  for (const [, name, summary] of alerts) {
    assert.ok(named.includes(name), `no scenario names ${name}`);
    assert.match(summary, /\.$/, name);
  }
});

test("Prometheus takes each query of the dashboard", { skip }, () => {
  const all = panels.flatMap((p) => p.targets.map((t) => t.expr.replaceAll("$instance", ".*")));
  const file = join(dir, "queries.yml");
  writeFileSync(file, JSON.stringify({ groups: [{ name: "g", rules: all.map((expr, i) => ({ record: `q${i}`, expr })) }] }));
  const r = promtool("check", "rules", file);
  assert.equal(r.status, 0, r.stdout + r.stderr);
  assert.match(r.stdout, new RegExp(`\\b${all.length} rules found`));
});

test("panels have ids and titles of their own, and places that no other has", () => {
  for (const of of ["id", "title"]) assert.equal(new Set(panels.map((p) => p[of])).size, panels.length, of);
  const taken = new Set();
  for (const { title, gridPos: g } of panels)
    for (let x = g.x; x < g.x + g.w; x++)
      for (let y = g.y; y < g.y + g.h; y++) {
        assert.ok(x < 24 && !taken.has(`${x},${y}`), `${title} lies on another panel`);
        taken.add(`${x},${y}`);
      }
});

test("each event that the daemon logs is in the operating guide, with its fields", () => {
  const daemon = join(root, "daemon");
  const sources = readdirSync(daemon, { recursive: true }).filter((f) => f.endsWith(".c") && f !== "base/log.c").map((f) => readFileSync(join(daemon, f), "utf8"));
  const guide = readFileSync(join(root, "docs/operating.md"), "utf8").split("| `event` |")[1];
  let events = 0;
  for (const [, begin, fields] of sources.flatMap((c) => [...c.matchAll(/log_begin\(&\w+,([^;]*)\);([^}]*?)log_end/g)])) {
    const names = [...begin.matchAll(/"([^"]+)"/g)].map((m) => m[1]);
    for (const name of names.length ? names : ["schedule"]) {
      const row = guide.split("\n").find((line) => line.startsWith("|") && line.split("|")[1].includes(`\`${name}\``));
      assert.ok(row, `${name} has no row`);
      for (const [, field] of fields.matchAll(/log_(?:text|whole|number)\(&\w+, "(\w+)"/g)) assert.ok(row.includes(`\`${field}\``), `${name} has ${field}`);
      events++;
    }
  }
  assert.ok(events >= 15, `${events} events`);
});
