// each.mjs FILE... - runs files of tests, or programs, one after the other, with a line for each: how many of its tests passed, failed and were
// skipped, and which failed and why. Its status is 1 where any did (tests/daemon/postgres.test.mjs runs this on a server).
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

for (const file of process.argv.slice(2)) {
  const began = performance.now();
  const { told, other, ended } = await played(file);
  const counts = ["passed", "FAILED", "skipped"].map((r) => `${told.of(r).length} ${r}`).join(", ");
  const good = ended === 0 && (told.of("passed").length > 0 || !file.endsWith(".mjs"));
  console.log(`${basename(file)}: ${file.endsWith(".mjs") ? counts : good ? "passed" : "FAILED"}, ${((performance.now() - began) / 1000).toFixed(0)} s${good ? "" : ` (it ended with ${ended})`}`);
  for (const t of told.of("FAILED")) console.log(`  FAILED ${t.path}: ${t.error}`);
  if (good) continue;
  process.exitCode = 1;
  for (const line of other.slice(-40)) console.log(`  ${line}`);
}
