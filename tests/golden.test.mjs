// Plays every case of tests/golden through the native program, the one built with sanitizers, and the npm package over wasm.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { callByName, importPackage, packageFile } from "./lib/bindings.mjs";
import { differences, notFinite, tolerance } from "./lib/compare.mjs";
import { goldenCases, goldenFolders, kinds } from "./lib/golden.mjs";
import { asanPath, built, describeOp, nativePath, operations, run, runLines, utf8Of, wasmPath } from "./lib/project.mjs";
import { ruleProblems } from "./lib/roster.mjs";
import { validator } from "./lib/schema.mjs";

const ops = operations();
const cases = new Map(ops.map((op) => [op, goldenCases(op)]));
const varying = ["solve_time_s"]; // the one field that may differ between two runs

const refuses = (c) => c.error !== undefined;
const listed = (problems) =>
  problems.slice(0, 20).join("\n") + (problems.length > 20 ? `\n... ${problems.length - 20} more` : "");
const nothing = (problems, what) => assert.equal(problems.length, 0, `${problems.length} ${what}:\n${listed(problems)}`);

/** What is wrong with one reply to one case, as sentences. */
function judge(c, reply) {
  if (refuses(c)) {
    if (!reply.error)
      return [`answered ${JSON.stringify(reply).slice(0, 120)}, expected ${c.error.code} at "${c.error.path}"`];
    const { code, path, message } = reply.error;
    const problems = [];
    if (code !== c.error.code || path !== c.error.path)
      problems.push(`refused with ${code} at "${path}" (${message}), expected ${c.error.code} at "${c.error.path}"`);
    if (typeof message !== "string" || message.length < 8)
      problems.push(`the message says too little: ${JSON.stringify(message)}`);
    const extra = Object.keys(reply.error).filter((name) => !["code", "path", "message", "partial"].includes(name));
    if (extra.length > 0) problems.push(`the error has unknown members ${extra}`);
    return problems;
  }
  if (reply.error) return [`refused with ${reply.error.code} at "${reply.error.path}" (${reply.error.message})`];
  const infinite = notFinite(reply);
  if (infinite) return [`${infinite} is not a finite number`];
  const present = (c.absent ?? []).filter((name) => Object.hasOwn(reply, name));
  return [
    ...present.map((name) => `/${name} is there, expected nothing`),
    ...differences(reply, c.out, tolerance(c)),
    ...ruleProblems(c.file.split("/")[0], c.in, reply),
  ];
}

const named = (c, problems) => problems.map((p) => `${c.file}: ${p}`);

/** Replies of a native program to all cases of an operation, in one process. */
async function nativeReplies(binary, op) {
  const asked = cases.get(op);
  const r = await runLines(
    binary,
    op,
    asked.map((c) => JSON.stringify(c.in)),
    { stall: 60_000 },
  );
  assert.equal(r.stalled, false, `no reply to ${asked[r.lines.length]?.file} within a minute`);
  assert.equal(r.signal, null, `ended by ${r.signal} at ${asked[r.lines.length]?.file}: ${r.stderr}`);
  assert.equal(r.status, 0, `status ${r.status}: ${r.stderr}`);
  assert.equal(r.lines.length, asked.length, "one reply a request");
  assert.equal(r.stderr, "", "nothing on standard error");
  return r.lines.map((line) => JSON.parse(utf8Of(line)));
}

const played = new Map();
const nativeOnce = (op) => {
  if (!played.has(op)) played.set(op, nativeReplies(nativePath, op));
  return played.get(op);
};

/** Of fitted models the contract promises more than of their side figures: log-likelihood to 1e-7, forecasts to 1e-6. */
function fittedApart(wasm, native) {
  const part = (r) => ({ log_likelihood: r.diagnostics?.log_likelihood ?? null });
  return [
    ...differences({ predictions: wasm.predictions }, { predictions: native.predictions }, tolerance({ rtol: 1e-6 })),
    ...differences(part(wasm), part(native), tolerance({ rtol: 1e-7 })),
  ];
}

describe("golden cases", () => {
  test("every operation has good, edge and refused cases", () => {
    const missing = [];
    for (const op of ops)
      for (const kind of kinds)
        if (!cases.get(op).some((c) => c.kind === kind)) missing.push(`tests/golden/${op} has no ${kind} case`);
    nothing(missing, "kinds of cases are missing");
  });

  test("every golden folder is the name of an operation", () => {
    nothing(
      goldenFolders()
        .filter((name) => !ops.includes(name))
        .map((name) => `tests/golden/${name}`),
      "folders are of no operation",
    );
  });

  test("the package carries the wasm module that was built", () => {
    const carried = readFileSync(fileURLToPath(packageFile("./dyocense.wasm")));
    assert.ok(
      carried.indexOf(readFileSync(built(wasmPath))) === 0, // what follows is the build's id
      `js-bindings carries another module than ${wasmPath}: build the package again`,
    );
  });

  test("no two cases of an operation ask and expect the same", () => {
    const twice = [];
    for (const op of ops) {
      const seen = new Map();
      for (const c of cases.get(op)) {
        const text = JSON.stringify([c.in, Object.keys(c.out ?? c.error)]);
        if (seen.has(text)) twice.push(`${c.file} repeats ${seen.get(text)}`);
        seen.set(text, c.file);
      }
    }
    nothing(twice, "cases are repeated");
  });
});

for (const op of ops) {
  describe(op, () => {
    test("inputs of its answered cases are valid by its input schema", () => {
      const valid = validator(describeOp(op).input);
      nothing(
        cases
          .get(op)
          .filter((c) => !refuses(c))
          .flatMap((c) => named(c, valid(c.in))),
        "inputs do not validate",
      );
    });

    test("answers as its cases expect, natively", async () => {
      const replies = await nativeOnce(op);
      nothing(
        cases.get(op).flatMap((c, i) => named(c, judge(c, replies[i]))),
        "differences",
      );
    });

    test("answers are valid by its output schema", async () => {
      const valid = validator(describeOp(op).output);
      const replies = await nativeOnce(op);
      nothing(
        cases.get(op).flatMap((c, i) => (replies[i].error ? [] : named(c, valid(replies[i])))),
        "answers do not validate",
      );
    });

    test("answers the same under the sanitizers, which find nothing", async () => {
      const replies = await nativeReplies(asanPath, op);
      nothing(
        cases.get(op).flatMap((c, i) => named(c, judge(c, replies[i]))),
        "differences",
      );
    });

    test("answers as its cases expect from JavaScript, and the same as natively in every field", async () => {
      const { load, DyoError } = await importPackage();
      const dyo = await load();
      const replies = await nativeOnce(op);
      const problems = [];
      for (const [i, c] of cases.get(op).entries()) {
        const reply = await callByName(dyo, op, c.in, DyoError);
        problems.push(...named(c, judge(c, reply)));
        const tol = tolerance({ rtol: c.wasm_rtol ?? 1e-9 });
        const apart = differences(reply, replies[i], tol, { whole: true, ignore: varying });
        if (c.wasm_rtol) apart.push(...fittedApart(reply, replies[i]));
        problems.push(...apart.map((p) => `${c.file}: wasm and native differ: ${p}`));
      }
      nothing(problems, "differences");
    });

    test("refuses on standard error with exit status 2 and an empty standard output", () => {
      const few = cases.get(op).filter(refuses).slice(0, 3);
      for (const c of few) {
        const r = run(nativePath, ["call", op, "-"], { input: JSON.stringify(c.in) });
        assert.equal(r.status, 2, `${c.file}: exit status`);
        assert.equal(r.stdout, "", `${c.file}: standard output`);
        assert.match(r.stderr, /^[^\n]+\n$/, `${c.file}: one line on standard error`);
        nothing(named(c, judge(c, JSON.parse(r.stderr))), "differences");
      }
    });

    test("answers on standard output alone with exit status 0", () => {
      const c = cases.get(op).find((x) => !refuses(x));
      const r = run(nativePath, ["call", op], { input: JSON.stringify(c.in) });
      assert.equal(r.status, 0, r.stderr);
      assert.equal(r.stderr, "");
      assert.match(r.stdout, /^[^\n]+\n$/, "one line");
      nothing(named(c, judge(c, JSON.parse(r.stdout))), "differences");
    });
  });
}
