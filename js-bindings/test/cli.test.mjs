// SPDX-License-Identifier: GPL-3.0-or-later
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { opNames } from "../dist/ops.gen.js";
import { dist, harris, harrisEoq, root } from "./helpers.mjs";

const cli = join(dist, "cli.js");
const folder = mkdtempSync(join(tmpdir(), "dyocense-"));
after(() => rmSync(folder, { recursive: true }));

const dyocense = (args, input = "") => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    input,
    encoding: "utf8",
    cwd: folder,
  });
  return { status, stdout, stderr };
};
const request = JSON.stringify(harris);

/** A failure: nothing on stdout, one line with an error object on stderr, that exit status. */
function failed(run, status, code, message = /./) {
  assert.equal(run.status, status, run.stderr);
  assert.equal(run.stdout, "");
  assert.match(run.stderr, /^[^\n]+\n$/);
  const { error } = JSON.parse(run.stderr);
  assert.deepEqual(Object.keys(error), ["code", "path", "message"]);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return error;
}

test("call answers from a file, from -, and from standard input", () => {
  writeFileSync(join(folder, "request.json"), request);
  for (const [args, input] of [[["request.json"]], [["-"], request], [[], request]]) {
    const run = dyocense(["call", "inventory.eoq", ...args], input);
    assert.deepEqual([run.status, run.stderr], [0, ""]);
    assert.ok(Math.abs(JSON.parse(run.stdout).eoq / harrisEoq - 1) < 1e-12);
    assert.match(run.stdout, /^[^\n]+\n$/);
  }
});

test("bad requests end with 2 and say where", () => {
  assert.equal(
    failed(dyocense(["call", "inventory.eoq"], '{"anual_demand":1}'), 2, "invalid_input").path,
    "/anual_demand",
  );
  for (const text of ["", "{", "[", '{"a":1} x', "NaN"])
    failed(dyocense(["call", "inventory.eoq"], text), 2, "invalid_json");
  failed(dyocense(["call", "inventory.eoq"], Buffer.from('{"\xff":1}', "latin1")), 2, "invalid_json", /UTF-8/);
  failed(dyocense(["call", "inventory.eqo"], request), 2, "unknown_operation", /inventory\.eoq/);
});

test("usage errors end with 2 and name what was meant", () => {
  failed(dyocense([]), 2, "invalid_input", /command/);
  failed(dyocense(["cal"]), 2, "invalid_input", /"cal"; did you mean "call"/);
  failed(dyocense(["describ"]), 2, "invalid_input", /did you mean "describe"/);
  failed(dyocense(["xyzzy"]), 2, "invalid_input", /unknown command "xyzzy"; see/);
  for (const name of ["constructor", "__proto__", "toString"])
    failed(dyocense([name]), 2, "invalid_input", /unknown command/);
  failed(dyocense(["call"]), 2, "invalid_input", /operation/);
  failed(dyocense(["call", "inventory.eoq", "a.json", "b.json"]), 2, "invalid_input", /b\.json/);
  failed(dyocense(["call", "inventory.eoq", "--pretty"]), 2, "invalid_input", /--pretty/);
  failed(dyocense(["ops", "--x"]), 2, "invalid_input", /--x/);
  failed(dyocense(["describe", "a.b", "c.d"]), 2, "invalid_input", /c\.d/);
  failed(dyocense(["describe", "--x"]), 2, "invalid_input", /--x/);
  failed(dyocense(["describe", "inventory.eo"]), 2, "unknown_operation", /inventory\.eoq/);
});

test("a file that cannot be read ends with 2 and its name", () => {
  for (const more of [[], ["--ndjson"]]) {
    failed(
      dyocense(["call", "inventory.eoq", "missing.json", ...more]),
      2,
      "invalid_input",
      /missing\.json: no such file/,
    );
    failed(dyocense(["call", "inventory.eoq", ".", ...more]), 2, "invalid_input", /\.: /);
  }
});

test("--ndjson answers each line in order; a bad line yields its error and the run goes on", () => {
  const lines = [request, '{"anual_demand":1}', "nonsense", "", JSON.stringify({ ...harris, annual_demand: 40000 })];
  for (const end of ["\n", ""]) {
    const run = dyocense(["call", "inventory.eoq", "--ndjson"], lines.join("\n") + end);
    assert.deepEqual([run.status, run.stderr], [0, ""]);
    const replies = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      replies.map((r) => r.error?.code),
      [undefined, "invalid_input", "invalid_json", "invalid_json", undefined],
    );
    assert.ok(Math.abs(replies[4].eoq / (2 * harrisEoq) - 1) < 1e-12);
  }
  assert.deepEqual(dyocense(["call", "inventory.eoq", "--ndjson"], ""), { status: 0, stdout: "", stderr: "" });
  failed(dyocense(["call", "inventory.eqo", "--ndjson"], request), 2, "unknown_operation");
});

test("--ndjson answers a line before the next one has come", async () => {
  const child = spawn(process.execPath, [cli, "call", "inventory.eoq", "--ndjson"]);
  const answers = child.stdout[Symbol.asyncIterator]();
  for (let i = 1; i <= 3; i++) {
    child.stdin.write(`${request.slice(0, 20)}`);
    child.stdin.write(`${request.slice(20)}\n`);
    assert.ok(Math.abs(JSON.parse((await answers.next()).value).eoq / harrisEoq - 1) < 1e-12);
  }
  child.stdin.end();
  assert.equal(await new Promise((done) => child.on("exit", done)), 0);
});

test("many lines come back whole, through a slow reader too", async () => {
  const n = 20_000;
  const child = spawn(process.execPath, [cli, "call", "inventory.eoq", "--ndjson"]);
  child.stdin.end(`${request}\n`.repeat(n));
  await once(child.stdout, "readable"); // answers wait in a full pipe
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  assert.equal(text.split("\n").length, n + 1);
  assert.equal(new Set(text.trimEnd().split("\n")).size, 1);
});

test("a reader that leaves ends it quietly with 1", async () => {
  const child = spawn(process.execPath, [cli, "call", "inventory.eoq", "--ndjson"]);
  child.stdin.on("error", () => {});
  child.stdin.write(`${request}\n`.repeat(5000));
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  child.stdout.once("data", () => child.stdout.destroy());
  assert.equal(await new Promise((done) => child.on("exit", done)), 1);
  assert.equal(said, "");
});

test("ops lists the table, a line each", () => {
  const run = dyocense(["ops"]);
  assert.equal(run.status, 0);
  assert.deepEqual(
    run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ +/)[0]),
    [...opNames],
  );
  assert.ok(run.stdout.split("\n").every((line) => line === "" || /^\S+ +\S.{10,}\.$/.test(line)));
  assert.deepEqual(
    JSON.parse(dyocense(["ops", "--json"]).stdout).operations.map((op) => op.name),
    [...opNames],
  );
});

test("describe prints the schemas of one operation, or of all", () => {
  const one = JSON.parse(dyocense(["describe", "inventory.eoq"]).stdout);
  assert.equal(one.input.$schema, "https://json-schema.org/draft/2020-12/schema");
  assert.ok(one.output.properties.eoq);
  assert.deepEqual(
    JSON.parse(dyocense(["describe"]).stdout),
    JSON.parse(readFileSync(join(dist, "schema.json"), "utf8")),
  );
});

test("help fits one screen and names every command; the version is the package's", () => {
  for (const flag of ["--help", "-h", "help"]) {
    const run = dyocense([flag]);
    assert.equal(run.status, 0);
    const lines = run.stdout.split("\n");
    assert.ok(lines.length <= 24, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 110, line);
    for (const name of ["call", "ops", "describe"]) assert.match(run.stdout, new RegExp(`^  ${name} `, "m"));
  }
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.deepEqual(dyocense(["--version"]), { status: 0, stdout: `dyocense ${version}\n`, stderr: "" });
});
