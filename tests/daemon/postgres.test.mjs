// The daemon's own tests once more, with their data in PostgreSQL: a few programs and files, and with DYO_FULL=1 every file.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { built } from "../lib/project.mjs";
import { command, program } from "./lib/daemon.mjs";

const here = new URL("./", import.meta.url);
const quick = ["answers", "alerts", "quota"];
const programs = ["test_replicas", "test_mirror", "test_store", "test_quotas"];
const not = ["postgres", "faults", "install", "package"]; // about files and what stands in them

const all = readdirSync(here).flatMap((file) => (file.endsWith(".test.mjs") ? [file.slice(0, -".test.mjs".length)] : []));
const chosen = process.env.DYO_FULL ? all.filter((name) => !not.includes(name)) : quick;

const without = /knows no PostgreSQL/.test(command(["doctor", "--db", "postgresql://nobody@127.0.0.1:1/none"]).stdout);
const skip = process.env.DYO_TEST_PG ? "this is it" : without ? "the program was made without libpq, or with DYO_POSTGRES=OFF" : false;

test(`${programs.join(", ")}, ${chosen.join(", ")}: on PostgreSQL`, { skip }, (t) => {
  const path = (name) => fileURLToPath(new URL(name, here));
  const units = programs.map((name) => join(dirname(built(program)), "tests", name)).filter(existsSync); // without cmocka there are none
  const files = chosen.map((name) => path(`${name}.test.mjs`)).concat(path("postgres/replicas.mjs"));
  const both = 'n=$1; shift; while [ "$n" -gt 0 ]; do "$1" || exit 1; shift; n=$((n - 1)); done; exec "$@"';
  const node = [process.execPath, "--test", "--test-reporter=tap", "--test-concurrency=1", ...files];
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT; // else it would report to this process in another language
  const r = spawnSync("sh", [path("../with_postgres.sh"), "sh", "-c", both, "units", String(units.length), ...units, ...node], { env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (/^PostgreSQL is not installed/m.test(r.stderr)) {
    console.error(`SKIPPED LOUDLY: ${r.stderr}`);
    return t.skip(r.stderr.trim());
  }
  const passed = Number(/^# pass (\d+)$/m.exec(r.stdout)?.[1] ?? 0);
  assert.equal(r.status, 0, `${r.stderr}${r.stdout.split("\n").filter((line) => /^ *not ok|^ *error:|FAILED|ERROR/.test(line)).join("\n")}`);
  assert.ok(passed >= files.length, r.stdout);
});
