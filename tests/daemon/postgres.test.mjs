// The daemon's own tests once more, with their data in PostgreSQL: a few files; DYO_PG=all: every file with as many moments, seeds and
// seconds as on SQLite by default; DYO_FULL=1: every file, whole. With every file go the store's units, which the units' tier plays too.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { built } from "../lib/project.mjs";
import { command, program } from "./lib/daemon.mjs";

const here = new URL("./", import.meta.url);
const quick = ["answers.test", "alerts.test", "quota.test", "postgres/replicas"];
// Not this file, not what cmake --install lays down, not what dpkg does in a bare root, in which there is no server.
const not = ["postgres.test", "install.test", "package.test"];

const all = readdirSync(here).flatMap((file) => (file.endsWith(".test.mjs") ? [file.slice(0, -".mjs".length)] : []));
const every = Boolean(process.env.DYO_FULL) || process.env.DYO_PG === "all";
const programs = every ? ["test_replicas", "test_mirror", "test_store", "test_quotas"] : [];
const chosen = every ? [...all.filter((name) => !not.includes(name)), "postgres/copy", "postgres/replicas", "postgres/cutoff"] : quick;

const without = /knows no PostgreSQL/.test(command(["doctor", "--db", "postgresql://nobody@127.0.0.1:1/none"]).stdout);
const skip = process.env.DYO_TEST_PG ? "this is it" : without ? "the program was made without libpq, or with DYO_POSTGRES=OFF" : false;

test(`${[...programs, ...chosen].join(", ")}: on PostgreSQL`, { skip }, (t) => {
  const path = (name) => fileURLToPath(new URL(name, here));
  const units = programs.map((name) => join(dirname(built(program)), "tests", name)).filter(existsSync); // without cmocka there are none
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT; // else the files would report to this process in another language
  const each = [process.execPath, path("postgres/each.mjs"), ...units, ...chosen.map((name) => path(`${name}.mjs`))];
  const r = spawnSync("sh", [path("../with_postgres.sh"), ...each], { env, stdio: ["ignore", every ? "inherit" : "pipe", "pipe"], encoding: "utf8", maxBuffer: 1 << 28 });
  if (/^PostgreSQL is not installed/m.test(r.stderr)) {
    console.error(`SKIPPED LOUDLY: ${r.stderr}`);
    return t.skip(r.stderr.trim());
  }
  assert.equal(r.status, 0, `${r.stderr}${r.stdout ?? "what failed is printed above"}`);
});
