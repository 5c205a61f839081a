// The daemon's own tests once more, with their data in PostgreSQL: a few files, and every one of them with DYO_FULL=1.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { command } from "./lib/daemon.mjs";

const here = new URL("./", import.meta.url);
const quick = ["answers", "alerts", "walk"];
/* faults, install: about files and what stands in them. cron, mcp-conformance, requests, salesforce-complete, drive-complete: not about
   what is kept, or the same again at length. */
const not = ["postgres", "faults", "install", "cron", "mcp-conformance", "requests", "salesforce-complete", "drive-complete"];

const all = readdirSync(here).flatMap((file) => (file.endsWith(".test.mjs") ? [file.slice(0, -".test.mjs".length)] : []));
const chosen = process.env.DYO_FULL ? all.filter((name) => !not.includes(name)) : quick;

const without = /knows no PostgreSQL/.test(command(["doctor", "--db", "postgresql://nobody@127.0.0.1:1/none"]).stdout);
const skip = process.env.DYO_TEST_PG ? "this is it" : without ? "the program was made without DYO_POSTGRES=ON" : false;

test(`${chosen.join(", ")}: on PostgreSQL`, { skip }, () => {
  const path = (name) => fileURLToPath(new URL(name, here));
  const files = chosen.map((name) => path(`${name}.test.mjs`)).concat(path("postgres/replicas.mjs"));
  const args = [path("../with_postgres.sh"), process.execPath, "--test", "--test-reporter=tap", "--test-concurrency=1", ...files];
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT; // else it would report to this process in another language
  const r = spawnSync("sh", args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
  const passed = Number(/^# pass (\d+)$/m.exec(r.stdout)?.[1] ?? 0);
  assert.equal(r.status, 0, `${r.stderr}${r.stdout.split("\n").filter((line) => /^ *not ok|^ *error:/.test(line)).join("\n")}`);
  assert.ok(passed >= files.length, r.stdout);
});
