// Makes the fuzzers' first inputs out of the golden cases: tests/fuzz/corpus/json (requests) and corpus/ops (a byte for
// the operation, then a request), corpus/csv (three bytes of options, then a file). Run after adding an operation or cases: node tests/fuzz/seeds.mjs (needs
// build/release/dyocensed). The outcome is kept.
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goldenCases } from "../lib/golden.mjs";
import { describeOp, operations, root } from "../lib/project.mjs";
import { covering, put, sitesOf } from "../lib/sites.mjs";

const LARGEST = 1500; // bytes of one seed
const HEAVY = /"(?:upper|lower)_window":-?\d{2,}/; // hundreds of columns for each holiday: seconds of work with sanitizers
const REFUSED = 8; // refused cases of each operation

const corpus = process.env.DYO_CORPUS ?? join(root, "tests/fuzz/corpus");

function fresh(name) {
  const folder = join(corpus, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let n = 0;
  return {
    add(label, bytes) {
      const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
      writeFileSync(join(folder, `${label}-${hash}`), bytes);
      n++;
    },
    count: () => n,
  };
}

/** The request with every number at the end of what its schema allows. */
function extreme(schema, doc, end) {
  let out = doc;
  for (const site of sitesOf(schema, doc)) {
    const numeric = site.schemas.find((s) => [s.type].flat().some((t) => t === "number" || t === "integer"));
    if (!numeric || typeof site.value !== "number") continue;
    const value =
      end === "most" ? numeric.maximum : (numeric.minimum ?? (numeric.exclusiveMinimum === 0 ? 1e-300 : undefined));
    if (value !== undefined) out = put(out, site.steps, value);
  }
  return out;
}

const ops = operations();
const opSeeds = fresh("ops");
const jsonSeeds = fresh("json");
ops.forEach((op, index) => {
  const { input } = describeOp(op);
  const small = goldenCases(op).filter((c) => JSON.stringify(c.in).length < LARGEST);
  const { chosen } = covering(
    input,
    small.filter((c) => c.error === undefined).map((c) => c.in),
  );
  const refused = small
    .filter((c) => c.error !== undefined)
    .slice(0, REFUSED)
    .map((c) => c.in);
  const requests = [
    ...chosen,
    ...chosen.slice(0, 3).flatMap((d) => [extreme(input, d, "most"), extreme(input, d, "least")]),
    ...refused,
  ];
  for (const request of requests) {
    const text = JSON.stringify(request);
    if (HEAVY.test(text)) continue;
    opSeeds.add(op, Buffer.concat([Buffer.from([index]), Buffer.from(text)]));
    if (request === chosen[0]) jsonSeeds.add(op, text);
  }
});

// fuzz_json.c knows one struct with a member of every type; these use all of it.
const whole = {
  num: 1.5,
  opt: 0.5,
  count: -3,
  flag: true,
  text: "naïve \u{1F600}",
  file: "x".repeat(100),
  word: "poisson",
  values: [1, null, -0.25, 1e-300],
  either: 2,
  ints: [1, -2],
  texts: ["a", ""],
  one: { id: "x", v: 2 },
  groups: [{ items: [{ v: 3 }, { id: "q" }], row: [0.5] }, { items: [] }],
  map: { a: 1, "b/~": -2 },
};
const samples = [
  JSON.stringify(whole),
  JSON.stringify(whole, null, 1),
  "{}",
  '{"values":{"$float64":0},"either":{"$float64":1}}',
  '{"values":{"$float64":1}}',
  '{"num":-0}',
  '{"num":1E+2}',
  '{"num":123456789012345678901234567890}',
  '{"num":5e-324}',
  '{"num":1.7976931348623157e308}',
  '{"num":1e999}',
  '{"num":0.1,"opt":null}',
  '{"num":2.2250738585072011e-308}',
  '{"values":[1e22,1e21,123456789.125,0.000001,1e-7,4.35,0.3]}',
  '{"text":"\\u001f\\u0001\\b\\f\\n\\r\\t\\"\\\\\\/"}',
  '{"text":"\\ud83d\\ude00\\u00e9"}',
  '{"text":"\\ud83d"}',
  '{"text":"\\u0000"}',
  '{"num":1,"num":2}',
  '{"one":{"id":"a","id":"b"}}',
  '{"nun":1}',
  '{"either":[1,2,3]}',
  '{"map":{"a":1,"a":2}}',
  '{"a":{"a":{"a":{"a":{}}}}}',
  `${"[".repeat(70)}`,
  '{"num":01}',
  '{"num":1}x',
  "\ufeff{}",
  '{"word":"poison"}',
  '{"count":1.5}',
  '{"count":1e3}',
  '{"file":"\u007f\u0080\u2028"}',
  `{${Array.from({ length: 20 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  `{"map":{${Array.from({ length: 20 }, (_, i) => `"k${i % 19}":1`).join(",")}}}`,
];
samples.forEach((text, i) => jsonSeeds.add(`sample${String(i).padStart(2, "0")}`, text));
jsonSeeds.add("bytes", Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]));

// fuzz_csv.c: three bytes of options, which are none where zero, then a file.
const csvSeeds = fresh("csv");
for (const { in: request } of goldenCases("series.parse")) {
  const bytes = Buffer.from(request.content ?? Buffer.from(request.content_base64 ?? "", "base64"));
  if (bytes.length < LARGEST) csvSeeds.add("golden", Buffer.concat([Buffer.alloc(3), bytes]));
}

console.log(`${csvSeeds.count()} files, ${opSeeds.count()} seeds of operations, ${jsonSeeds.count()} of JSON`);
