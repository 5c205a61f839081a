// The command line: what goes in and comes out, exit statuses, files and streams that misbehave, and what describe prints.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { goldenCases } from "./lib/golden.mjs";
import { mutationsOf } from "./lib/mutations.mjs";
import { built, describeOp, nativePath, operations, run, runLines, utf8Of } from "./lib/project.mjs";
import { validator } from "./lib/schema.mjs";

const ops = operations();
const op = ops[0];
const cases = goldenCases(op);
const good = JSON.stringify(cases.find((c) => c.error === undefined).in);
const bad = JSON.stringify(cases.find((c) => c.error !== undefined).in);
const expected = run(nativePath, ["call", op], { input: good }).stdout;
const MIXED = process.env.DYO_FULL ? 400 : 40; // requests of each operation, to one job and to four
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "dyo-cli-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** The error of a run that must have failed: exactly one JSON line on standard error, nothing on standard output. */
function errorOf(r, status) {
  assert.equal(r.stdout, "", "standard output");
  assert.match(r.stderr, /^[^\n]+\n$/, `one line on standard error, not ${JSON.stringify(r.stderr)}`);
  assert.equal(r.status, status, `exit status (${r.stderr})`);
  const { error, ...rest } = JSON.parse(r.stderr);
  assert.deepEqual(Object.keys(rest), []);
  assert.deepEqual(Object.keys(error), ["code", "path", "message"]);
  return error;
}

const fails = (args, options) => errorOf(run(nativePath, args, options), 2);

describe("call", () => {
  test("reads standard input where no file or - is given, and a file otherwise, with the same answer", () => {
    const file = join(folder, "request.json");
    writeFileSync(file, good);
    assert.match(expected, /^\{.*\}\n$/);
    assert.equal(run(nativePath, ["call", op, "-"], { input: good }).stdout, expected);
    assert.equal(run(nativePath, ["call", op, file], { input: bad }).stdout, expected);
    assert.equal(run(nativePath, ["call", op, "request.json"], { cwd: folder }).stdout, expected);
  });

  test("gives the same bytes each time", () => {
    for (let i = 0; i < 3; i++) assert.equal(run(nativePath, ["call", op], { input: good }).stdout, expected);
  });

  test("takes white space around the request and at the end of the file", () => {
    const r = run(nativePath, ["call", op], { input: ` \r\n\t${good}\n\n` });
    assert.equal(r.stdout, expected);
    assert.equal(r.status, 0);
  });

  test("refuses an empty request, a cut one and one of bad bytes as invalid_json", () => {
    for (const input of ["", " ", "\n", good.slice(0, -3), Buffer.from([0xff, 0xfe]), `${good}${good}`, "\0"]) {
      assert.equal(fails(["call", op], { input }).code, "invalid_json", JSON.stringify(String(input)).slice(0, 60));
    }
  });

  test("refuses more text than it accepts as too_large", () => {
    const input = Buffer.alloc(257 * 2 ** 20, " ");
    input.write(good);
    assert.equal(fails(["call", op], { input }).code, "too_large");
  });

  test("says which file it cannot read", () => {
    const missing = fails(["call", op, join(folder, "missing.json")]);
    assert.match(missing.message, /missing\.json/);
    assert.match(fails(["call", op, folder]).message, /directory/i);
    assert.match(fails(["call", op, folder, "--ndjson"]).message, /directory/i);
    assert.match(fails(["call", op, join(folder, "missing.json"), "--ndjson"]).message, /missing\.json/);
  });

  test("opens a file that a request names, and says why it cannot", () => {
    const content = "date,units\n2024-01-01,5\n2024-01-02,6\n";
    const path = join(folder, "sales.csv");
    writeFileSync(path, content);
    const parse = (request) => run(nativePath, ["call", "series.parse"], { input: JSON.stringify(request) });
    assert.equal(parse({ path }).stdout, parse({ content }).stdout);
    assert.equal(JSON.parse(parse({ path }).stdout).rows_used, 2);
    for (const [name, why] of [
      [join(folder, "nowhere.csv"), /nowhere\.csv": No such file/],
      [folder, /no ordinary file/],
      ["", /No such file/],
    ]) {
      const { code, path: at, message } = errorOf(parse({ path: name }), 2);
      assert.deepEqual([code, at], ["invalid_input", "/path"]);
      assert.match(message, why);
    }
    const many = runLines(nativePath, "series.parse", Array(3000).fill(JSON.stringify({ path })));
    return many.then(({ lines, status }) => assert.deepEqual([lines.length, status, JSON.parse(lines.at(-1)).rows_used], [3000, 0, 2]));
  });

  test("names the nearest operation, command and option for a mistyped one", () => {
    const unknown = fails(["call", `${op}x`], { input: good });
    assert.equal(unknown.code, "unknown_operation");
    assert.ok(unknown.message.includes(`"${op}"`), unknown.message);
    assert.match(fails(["cal", op]).message, /"call"/);
    assert.match(fails(["describ"]).message, /"describe"/);
    assert.match(fails(["call", op, "--njson"]).message, /--ndjson/);
    assert.equal(fails(["describe", op.replace("y", "i")]).code, "unknown_operation");
    assert.ok(fails(["describe", op.replace("y", "i")]).message.includes(op));
  });

  test("refuses what is missing or too much on the command line", () => {
    for (const args of [
      [],
      ["call"],
      ["call", op, "a", "b"],
      ["call", op, "--ndjson", "--jobs"],
      ["call", op, "--ndjson", "--jobs", "0"],
      ["call", op, "--ndjson", "--jobs", "two"],
      ["call", op, "--ndjson", "--jobs", "100000"],
      ["describe", op, op],
      ["ops", op],
      [""],
    ])
      assert.equal(fails(args).code, "invalid_input", args.join(" "));
  });

  test("prints its help and version on standard output", () => {
    const help = run(nativePath, ["--help"]);
    assert.equal(help.status, 0);
    for (const word of ["call", "ops", "describe", "--ndjson"]) assert.ok(help.stdout.includes(word), word);
    assert.match(run(nativePath, ["--version"]).stdout, /^dyocensed \d+\.\d+\.\d+\n$/);
  });

  test("ends with status 1 when its output cannot be written", (t) => {
    let full;
    try {
      full = openSync("/dev/full", "w");
    } catch {
      return t.skip("this system has no /dev/full");
    }
    return Promise.all(
      [["call", op], ["call", op, "--ndjson"], ["ops"], ["describe", op]].map(
        (args) =>
          new Promise((done, failed) => {
            const child = spawn(built(nativePath), args, { stdio: ["pipe", full, "ignore"] });
            child.stdin.on("error", () => {});
            child.stdin.end(`${good}\n`);
            child.on("close", (status, signal) => {
              try {
                assert.deepEqual([status, signal], [1, null], args.join(" "));
                done();
              } catch (e) {
                failed(e);
              }
            });
          }),
      ),
    ).finally(() => closeSync(full));
  });

  test("ends by itself, and not by a signal, when the reader of its output goes away", { timeout: 60_000 }, async () => {
    const child = spawn(built(nativePath), ["call", op, "--ndjson", "--jobs", "2"], { stdio: ["pipe", "pipe", "ignore"] });
    let open = true;
    child.stdin.on("error", () => {
      open = false;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const closed = new Promise((done) => child.on("exit", (status, signal) => done([status, signal])));
    const block = `${good}\n`.repeat(1000);
    const more = () => {
      while (open && child.stdin.writable && child.stdin.write(block));
    };
    child.stdin.on("drain", more);
    more();
    assert.deepEqual(await closed, [1, null]);
  });
});

describe("call --ndjson", () => {
  test("answers every line in order, with an error object for a bad one, and ends with status 0", async () => {
    const lines = [good, bad, "{", good, "", " ", "[]", "nul", Buffer.from([0x7b, 0xff, 0x7d]), Buffer.from([0]), good];
    const r = await runLines(nativePath, op, lines);
    assert.equal(r.status, 0);
    assert.equal(r.stderr, "");
    assert.equal(r.lines.length, lines.length);
    const replies = r.lines.map((line) => JSON.parse(utf8Of(line)));
    const codes = replies.map((reply) => reply.error?.code ?? "ok");
    const code = cases.find((c) => c.error !== undefined).error.code;
    assert.deepEqual(codes, [
      "ok",
      code,
      "invalid_json",
      "ok",
      "invalid_json",
      "invalid_json",
      "invalid_input",
      "invalid_json",
      "invalid_json",
      "invalid_json",
      "ok",
    ]);
    for (const i of [0, 3, 10]) assert.equal(`${utf8Of(r.lines[i])}\n`, expected);
  });

  test("answers a last line that has no line end, and lines that end as on Windows", () => {
    const open = run(nativePath, ["call", op, "--ndjson"], { input: `${good}\n${good}` });
    assert.equal(open.stdout, expected + expected);
    const windows = run(nativePath, ["call", op, "--ndjson"], { input: `${good}\r\n${good}\r\n` });
    assert.equal(windows.stdout, expected + expected);
  });

  test("answers nothing to nothing", () => {
    const r = run(nativePath, ["call", op, "--ndjson"], { input: "" });
    assert.deepEqual([r.status, r.stdout, r.stderr], [0, "", ""]);
  });

  test("answers a line as soon as it stands, while more may come", async () => {
    const child = spawn(built(nativePath), ["call", op, "--ndjson"], { stdio: ["pipe", "pipe", "inherit"] });
    const next = () => new Promise((done) => child.stdout.once("data", done));
    for (let i = 0; i < 3; i++) {
      const reply = next();
      child.stdin.write(`${good}\n`);
      assert.equal((await reply).toString(), expected);
    }
    child.stdin.end();
    assert.equal(await new Promise((done) => child.on("close", done)), 0);
  });

  test("takes a line of megabytes", () => {
    const long = `${good.slice(0, -1)}${" ".repeat(5_000_000)}}`;
    const r = run(nativePath, ["call", op, "--ndjson"], { input: `${good}\n${long}\n${good}\n` });
    assert.equal(r.stdout, expected.repeat(3));
  });

  for (const name of ops) {
    test(`${name}: gives the same bytes with --jobs 4 as with one, over many mixed requests`, async () => {
      const asked = goldenCases(name)
        .filter((c) => JSON.stringify(c.in).length < 20_000)
        .map((c) => JSON.stringify(c.in));
      const first = goldenCases(name).find((c) => c.error === undefined).in;
      const mutated = [...mutationsOf(describeOp(name).input, first)].map((m) =>
        Buffer.from(m.text ?? JSON.stringify(m.doc)),
      );
      const some = mutated.filter((m, i) => i % Math.ceil(mutated.length / 200) === 0 && m.length < 20_000);
      const lines = [];
      const many = name.startsWith("staffing.") && !process.env.DYO_FULL ? MIXED / 4 : MIXED; // solves, not formulas
      for (let i = 0; lines.length < many; i++) lines.push(asked[i % asked.length], some[(7 * i) % some.length]);
      const one = await runLines(nativePath, name, lines);
      const four = await runLines(nativePath, name, lines, { args: ["--jobs", "4"] });
      const steady = (r) => r.lines.map((line) => line.replace(/"solve_time_s":[^,}]+/g, ""));
      assert.deepEqual([one.status, four.status, one.stderr, four.stderr], [0, 0, "", ""]);
      assert.equal(one.lines.length, lines.length);
      assert.deepEqual(steady(four), steady(one));
      assert.ok(
        one.lines.some((l) => l.startsWith('{"error"')) && one.lines.some((l) => !l.startsWith('{"error"')),
        "mixed",
      );
    });
  }
});

describe("ops and describe", () => {
  const json = (...args) => {
    const r = run(nativePath, args);
    assert.equal(r.status, 0, r.stderr);
    assert.equal(r.stderr, "");
    return JSON.parse(r.stdout);
  };
  const listed = json("ops", "--json").operations;

  test("ops lists each operation with a sentence, as text and as JSON", () => {
    const lines = run(nativePath, ["ops"]).stdout.trimEnd().split("\n");
    assert.deepEqual(
      lines.map((l) => l.split(/\s+/)[0]),
      listed.map((o) => o.name),
    );
    for (const o of listed) {
      assert.match(o.summary, /^[A-Z].{15,}\.$/s, o.name);
      assert.match(o.path, /^\/api\/v1\/[a-z0-9/-]+$/, o.name);
    }
    assert.equal(new Set(listed.map((o) => o.path)).size, listed.length, "paths differ");
  });

  for (const name of ops) {
    test(`describe ${name} prints two schemas of dialect 2020-12 that compile, with a sentence for each field`, () => {
      const d = json("describe", name);
      assert.equal(d.name, name);
      for (const side of ["input", "output"]) {
        assert.equal(d[side].$schema, "https://json-schema.org/draft/2020-12/schema");
        validator(d[side]);
        everySchema(d[side], (s, at) => {
          for (const [field, sub] of Object.entries(s.properties ?? {}))
            assert.match(
              sub.description ?? "",
              /^\S.{8,}[.?)]$/s,
              `${name} ${side}${at}/${field} needs a sentence, has ${JSON.stringify(sub.description)}`,
            );
          if (s.properties) assert.equal(s.additionalProperties, false, `${name} ${side}${at} is closed`);
        });
      }
    });

    test(`every default that ${name} documents is allowed by its own schema`, () => {
      everySchema(describeOp(name).input, (s, at) => {
        for (const [field, sub] of Object.entries(s.properties ?? {}))
          if (sub.default !== undefined) assert.deepEqual(validator(sub)(sub.default), [], `${name}${at}/${field}`);
      });
    });
  }

  test("describe without a name, and with --schema, prints one document of all of them", () => {
    const all = json("describe", "--schema");
    assert.deepEqual(json("describe"), all);
    const names = Object.keys(all.$defs);
    assert.equal(names.length, 2 * ops.length);
    validator({ ...all, anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) }); // compiles each of them
  });

  test("describe --openapi has a path for each operation, and every reference leads somewhere", () => {
    const api = json("describe", "--openapi");
    assert.match(api.openapi, /^3\.1\./);
    assert.deepEqual(
      listed.map((o) => api.paths[o.path]?.post?.operationId),
      ops,
    );
    const text = JSON.stringify(api);
    for (const [, ref] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      assert.ok(api.components.schemas[ref], ref);
    assert.ok(api.components.schemas.Problem.properties.code.enum.includes("invalid_input"));
  });

  test("describe --mcp has a tool for each operation, named with _ for the dot, with the same schemas", () => {
    const { tools } = json("describe", "--mcp");
    assert.deepEqual(
      tools.map((t) => t.name),
      ops.map((name) => name.replaceAll(".", "_")),
    );
    tools.forEach((t, i) => {
      const { $schema, title, ...input } = describeOp(ops[i]).input;
      assert.deepEqual(t.inputSchema, input);
      assert.ok(t.description.startsWith(listed[i].summary), t.name);
    });
  });

  test("describe --types declares every operation's input and output", () => {
    const types = run(nativePath, ["describe", "--types"]).stdout;
    for (const name of ops) {
      assert.ok(types.includes(`"${name}"`), name);
      const { input, output } = describeOp(name);
      for (const s of [input, output]) assert.match(types, new RegExp(`\\b(interface|type) ${s.title}\\b`));
    }
  });
});

/** Calls see(schema, where) for a schema and every schema inside it. */
function everySchema(s, see, at = "") {
  if (s === null || typeof s !== "object") return;
  see(s, at);
  for (const [name, sub] of Object.entries(s.properties ?? {})) everySchema(sub, see, `${at}/${name}`);
  for (const sub of [...(s.anyOf ?? []), ...(s.oneOf ?? []), ...(s.allOf ?? [])]) everySchema(sub, see, at);
  for (const sub of [s.items, s.additionalProperties]) everySchema(sub, see, `${at}/*`);
}
