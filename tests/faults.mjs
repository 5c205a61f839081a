// ./dev faults [FILE...]: the fault tests, whole, file by file, and a table of what came of each fault in tests/README.md. A fault whose test
// is not there, failed or was skipped is a failure. FILE: only what these show, such as http or test_fail.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { faultRows, isMeant } from "./lib/faults.mjs";
import { built, nativePath, root } from "./lib/project.mjs";
import { Told } from "./lib/told.mjs";

const env = { ...process.env, DYO_FULL: "1", CMOCKA_MESSAGE_OUTPUT: "TAP" };
delete env.NODE_TEST_CONTEXT;
const shortName = (file) => basename(file).replace(/(\.test)?\.mjs$/, "");

/** How a file is run: a program of the units, or a file of tests in daemon/; on a server of its own where it wants one. */
function commandOf({ file, server }) {
  const at = join(root, "tests/daemon", file);
  const own = file.endsWith(".mjs")
    ? [process.execPath, "--test", "--test-concurrency=1", `--test-reporter=${join(root, "tests/lib/told.mjs")}`, existsSync(at) ? at : built(at)]
    : [built(join(dirname(nativePath), "tests", file))];
  return server ? ["sh", join(root, "tests/with_postgres.sh"), ...own] : own;
}

/** Takes the lines that a run prints: of the Node.js test runner, or of a program of the units. */
class Listener extends Told {
  last = performance.now();

  line(text) {
    const tap = /^\s*(not ok|ok) \d+ -? ?(\w+)?(.*)/.exec(text);
    if (tap) this.unit(tap);
    else if (text.startsWith("{")) this.event(JSON.parse(text));
  }

  unit([, result, name = "", rest]) {
    const now = performance.now();
    const plain = name.replaceAll("_", " ");
    this.tests.push({ name: plain, path: plain, result: /# SKIP/i.test(rest) ? "skipped" : result === "ok" ? "passed" : "FAILED", ms: now - this.last });
    this.last = now;
  }
}

function play(one) {
  return new Promise((done) => {
    const heard = new Listener();
    const [program, ...args] = commandOf(one);
    const child = spawn(program, args, { env, cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    createInterface({ input: child.stdout }).on("line", (l) => heard.line(l));
    createInterface({ input: child.stderr }).on("line", (l) => l.startsWith("{") || console.error(l)); // the log of the program itself is not
    child.on("close", (status, signal) => done({ tests: heard.tests, ended: status === 0 ? null : (signal ?? `status ${status}`) }));
  });
}

/** What came of a procedure, by the tests that it means. */
function verdict({ pattern }, { tests, ended }) {
  const meant = tests.filter((t) => isMeant(pattern, t));
  const ms = meant.reduce((sum, t) => sum + t.ms, 0);
  const of = (r) => meant.filter((t) => t.result === r).length;
  if (meant.length === 0) return { result: ended ? `NO TEST (the file ended with ${ended})` : "NO TEST", ms, good: false };
  if (of("FAILED") > 0) return { result: `FAILED ${of("FAILED")} of ${meant.length}`, ms, good: false };
  if (of("passed") === 0) return { result: "SKIPPED", ms, good: false };
  return { result: `passed ${of("passed")}${of("skipped") ? `, skipped ${of("skipped")}` : ""}`, ms, good: true };
}

const wanted = process.argv.slice(2);
const rows = faultRows().map((r) => ({ ...r, procedures: r.procedures.filter((p) => wanted.length === 0 || wanted.includes(shortName(p.file))) }));
const files = new Map(rows.flatMap((r) => r.procedures).map((p) => [p.file, p]));
const unknown = wanted.filter((w) => ![...files.keys()].some((f) => shortName(f) === w));
if (unknown.length > 0) {
  console.error(`no fault is shown by ${unknown.join(", ")}`);
  process.exit(2);
}

const results = new Map();
let bad = 0;
for (const [file, one] of files) {
  const began = performance.now();
  const heard = await play(one);
  const failed = heard.tests.filter((t) => t.result === "FAILED");
  if (heard.ended) bad++;
  results.set(file, heard);
  console.error(`${file}: ${heard.tests.length} tests, ${failed.length} failed, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  for (const t of failed) console.error(`  FAILED ${t.path}${t.error ? `: ${t.error}` : ""}`);
}

const lines = [["fault", "procedure", "result", "s"]];
for (const { fault, procedures } of rows)
  for (const p of procedures) {
    const { result, ms, good } = verdict(p, results.get(p.file));
    if (!good) bad++;
    lines.push([fault, `${shortName(p.file)}: ${p.pattern}`, result, (ms / 1000).toFixed(1)]);
  }
const width = lines[0].map((_, i) => Math.max(...lines.map((l) => l[i].length)));
lines.splice(1, 0, width.map((w) => "-".repeat(w)));
for (const l of lines) console.log(`| ${l.map((c, i) => c.padEnd(width[i])).join(" | ")} |`);
console.log(bad === 0 ? "all passed" : `${bad} failed`);
process.exitCode = bad === 0 ? 0 : 1;
