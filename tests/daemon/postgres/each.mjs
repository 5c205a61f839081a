// each.mjs FILE... - runs files of tests, or programs, one after the other, with a line for each: how many of its tests passed, failed and were
// skipped, and which failed and why; and a last line of them all. Its status is 1 where any did (tests/daemon/postgres.test.mjs runs this on a server).
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Told } from "../../lib/told.mjs";

const reporter = fileURLToPath(new URL("../../lib/told.mjs", import.meta.url));

function played(file) {
  const [program, ...args] = file.endsWith(".mjs") ? [process.execPath, "--test", "--test-concurrency=1", `--test-reporter=${reporter}`, file] : [file];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const told = new Told();
  const other = [];
  for (const from of [child.stdout, child.stderr])
    createInterface({ input: from }).on("line", (line) => (line.startsWith('{"type"') ? told.event(JSON.parse(line)) : other.push(line)));
  return new Promise((done) => child.on("close", (status, signal) => done({ told, other, ended: signal ?? status })));
}

const results = ["passed", "FAILED", "skipped"];
const began = performance.now();
const since = (t) => `${((performance.now() - t) / 1000).toFixed(0)} s`;
const all = { files: 0, bad: 0, passed: 0, FAILED: 0, skipped: 0 };

for (const file of process.argv.slice(2)) {
  const start = performance.now();
  const { told, other, ended } = await played(file);
  const tests = file.endsWith(".mjs");
  const ran = told.of("passed").length > 0 || !tests;
  const good = ended === 0 && (ran || told.of("skipped").length > 0);
  const counts = results.map((r) => `${told.of(r).length} ${r}`).join(", ");
  console.log(`${basename(file)}: ${tests ? counts : good ? "passed" : "FAILED"}, ${since(start)}${good ? "" : ` (it ended with ${ended})`}`);
  for (const t of told.of("FAILED")) console.log(`  FAILED ${t.path}: ${t.error}`);
  if (!ran) for (const t of told.of("skipped")) console.log(`  skipped ${t.path}: ${t.error}`);
  all.files++;
  for (const r of results) all[r] += told.of(r).length;
  if (good) continue;
  all.bad++;
  for (const line of other.slice(-40)) console.log(`  ${line}`);
}
console.log(`${all.files} files and programs, ${all.bad} of them FAILED: ${results.map((r) => `${all[r]} ${r}`).join(", ")}, ${since(began)}`);
process.exitCode = all.bad ? 1 : 0;
