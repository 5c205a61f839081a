// What can be wrong with a request, made from one that is right: every field at every depth, and the text as a whole.
import { get, pointer, put, sitesOf } from "./sites.mjs";

const marker = "@@raw@@";

/** The text of doc with raw bytes or text in place of the value at `steps`. */
function withRaw(doc, steps, raw) {
  const [before, after] = JSON.stringify(put(doc, steps, marker)).split(`"${marker}"`);
  return Buffer.concat([Buffer.from(before), Buffer.from(raw), Buffer.from(after)]);
}

const nested = (depth, open = "[", close = "]") => open.repeat(depth) + close.repeat(depth);
const quoted = (bytes) => Buffer.concat([Buffer.from('"a'), Buffer.from(bytes), Buffer.from('b"')]);

// Texts that are no JSON wherever they stand.
const notJson = [
  ["NaN", "NaN"],
  ["-NaN", "-NaN"],
  ["Infinity", "Infinity"],
  ["-Infinity", "-Infinity"],
  ["nan", "nan"],
  ["a leading zero", "01"],
  ["a leading plus", "+1"],
  ["a bare fraction", ".5"],
  ["an open fraction", "1."],
  ["an open exponent", "1e"],
  ["hexadecimal", "0x10"],
  ["single quotes", "'a'"],
  ["a cut word", "tru"],
  ["undefined", "undefined"],
  ["nothing", ""],
  ["a number of 400 digits", "9".repeat(400)],
  ["a lone high surrogate", '"\\ud800"'],
  ["a lone low surrogate", '"\\udc00x"'],
  ["reversed surrogates", '"\\udc00\\ud800"'],
  ["a NUL escape", '"a\\u0000b"'],
  ["an unknown escape", '"\\x41"'],
  ["a cut escape", '"\\u12"'],
  ["a control character", '"a\tb"'],
  ["a raw NUL", quoted([0])],
  ["byte ff", quoted([0xff])],
  ["an overlong slash", quoted([0xc0, 0xaf])],
  ["an overlong NUL", quoted([0xc0, 0x80])],
  ["a surrogate in UTF-8", quoted([0xed, 0xa0, 0x80])],
  ["a code point over 10ffff", quoted([0xf4, 0x90, 0x80, 0x80])],
  ["a cut sequence", quoted([0xe2, 0x82])],
  ["nesting of 70 arrays", nested(70)],
  ["nesting of 70 objects", '{"a":'.repeat(70) + "1" + "}".repeat(70)],
  ["100,000 open brackets", "[".repeat(100_000)],
  ["a trailing comma", "[1,]"],
  ["a comment", "1/*one*/"],
];

// JSON values of every type and many sizes; the schema says which of them a place accepts.
const anything = [
  null,
  true,
  false,
  0,
  1,
  -1,
  0.5,
  1.5,
  1e308,
  -1e308,
  1e-308,
  5e-324,
  1e15,
  2147483647,
  2147483648,
  -2147483649,
  4294967296,
  9007199254740993,
  1e6,
  1e12,
  -1e12,
  "",
  "x",
  "NaN",
  "Infinity",
  "-Infinity",
  "12",
  "1,5",
  "\u{1F600} é ß",
  "x".repeat(5000),
  "é".repeat(3000),
  [],
  {},
  [[]],
  [null],
  [{}],
  ["x"],
  [1e308],
  [0, 0],
  { a: 1 },
  { $float64: 0 },
  { $float64: -1 },
  { $float64: 1e9 },
  { $float64: "0" },
];

// Numbers that no double holds: JSON all the same, so the field is at fault.
const tooLarge = ["1e999", "-1e999", "1e400"];

const up = (x) => (x === 0 ? Number.MIN_VALUE : x + Math.abs(x) * 2 ** -52);
const down = (x) => (x === 0 ? -Number.MIN_VALUE : x - Math.abs(x) * 2 ** -52);

/** Values at and around the limits that one alternative of the schema sets. */
function edges(s) {
  const list = [];
  if (s.minimum !== undefined) list.push(s.minimum, down(s.minimum), s.minimum - 1);
  if (s.exclusiveMinimum !== undefined) list.push(s.exclusiveMinimum, down(s.exclusiveMinimum), up(s.exclusiveMinimum));
  if (s.maximum !== undefined) list.push(s.maximum, up(s.maximum), s.maximum + 1);
  if (s.exclusiveMaximum !== undefined) list.push(s.exclusiveMaximum, up(s.exclusiveMaximum), down(s.exclusiveMaximum));
  if (s.maxLength < 20_000) list.push("x".repeat(s.maxLength), "x".repeat(s.maxLength + 1), "é".repeat(s.maxLength));
  if (s.enum) list.push(...s.enum, `${s.enum[0]}x`, String(s.enum[0]).toUpperCase(), ` ${s.enum[0]}`);
  return list.filter((v) => typeof v !== "number" || Number.isFinite(v));
}

/** Values near the one that stands there. */
function near(value) {
  if (typeof value === "number") return [-value, value * 1e6, value * 1e-6, value + 0.25];
  if (Array.isArray(value) && value.length > 0)
    return [
      value.slice(0, 1),
      [...value, ...value],
      [...value, "x"],
      [...value, null],
      [...value, [1]],
      [null, ...value.slice(1)],
      [value.at(-1), ...value.slice(0, -1)],
      Array(200).fill(value[0]),
    ];
  if (typeof value === "string" && value.length > 0) return [`${value} `, value.slice(1)];
  return [];
}

const swapped = (name) => (name.length < 2 ? name : name.slice(0, -2) + name.at(-1) + name.at(-2));
/** Ways to mistype a name that no sibling bears. */
export const misspellings = (name, siblings) =>
  [`${name}x`, swapped(name), name.slice(0, -1), name.replace("_", "")].filter(
    (m, i, all) => m.length > 1 && !siblings.includes(m) && all.indexOf(m) === i,
  );

/** All that goes wrong at one site. Each is { label, at, doc } or { label, at, text, expect }:
 *  expect "json" = invalid_json whatever the schema; "field" = the value at `at` is refused; absent = the schema decides. */
function* atSite(doc, site) {
  const at = pointer(site.steps);
  const seen = new Set();
  for (const v of [...anything, ...site.schemas.flatMap(edges), ...near(site.value)]) {
    const key = JSON.stringify(v);
    if (seen.has(key)) continue;
    seen.add(key);
    yield {
      label: `${at} = ${key.length > 60 ? `${key.slice(0, 57)}...` : key}`,
      at,
      steps: site.steps,
      value: v,
      doc: put(doc, site.steps, v),
    };
  }
  if (site.present && !site.element)
    yield { label: `${at} left out`, at, steps: site.steps, doc: put(doc, site.steps, undefined), gone: true };
  for (const raw of tooLarge)
    yield { label: `${at} = ${raw}`, at, steps: site.steps, text: withRaw(doc, site.steps, raw), expect: "field" };
  const alone = site.element && get(doc, site.steps.slice(0, -1)).length === 1; // without its only element a list is empty
  for (const [label, raw] of notJson)
    if (raw !== "" || !alone) yield { label: `${at} = ${label}`, at, text: withRaw(doc, site.steps, raw), expect: "json" };
  if (site.element) return;
  if (site.present) yield { label: `${at} twice`, at, text: twice(doc, site), expect: "json", pathToo: true };
  for (const name of misspellings(site.steps.at(-1), site.siblings)) {
    const wrong = [...site.steps.slice(0, -1), name];
    yield {
      label: `${pointer(wrong)} added`,
      at: pointer(wrong),
      steps: wrong,
      doc: put(doc, wrong, site.value ?? 1),
      unknown: name,
      siblings: site.siblings,
    };
  }
}

function twice(doc, site) {
  const parent = site.steps.slice(0, -1);
  const members = JSON.stringify(get(doc, parent)).slice(1, -1);
  const again = `${JSON.stringify(site.steps.at(-1))}:${JSON.stringify(site.value)}`;
  return withRaw(doc, parent, `{${members},${again}}`);
}

/** All that goes wrong with the text as a whole. */
function* whole(doc) {
  const text = JSON.stringify(doc);
  for (let n = 0; n < text.length; n += 16)
    if (n > 0) yield { label: `cut after ${n} characters`, at: "", text: text.slice(0, n), expect: "json" };
  yield { label: "cut before the last byte", at: "", text: text.slice(0, -1), expect: "json" };
  for (const more of ["}", "]", ",", "x", "{}", "null", " 1", "\u00a0", "\0"])
    yield { label: `with ${JSON.stringify(more)} behind it`, at: "", text: text + more, expect: "json" };
  yield { label: "with a byte order mark", at: "", text: `\ufeff${text}`, expect: "json" };
  yield { label: "in UTF-16", at: "", text: Buffer.from(text, "utf16le"), expect: "json" };
  yield { label: "a space before and behind", at: "", doc, text: ` \t${text}\r `, same: true };
  for (const v of [[], [doc], "text", 1, true, null])
    yield { label: `whole = ${JSON.stringify(v).slice(0, 40)}`, at: "", text: JSON.stringify(v), expect: "field" };
  yield {
    label: "an unknown name of 300 letters",
    at: null,
    text: JSON.stringify({ ...doc, ["é".repeat(300)]: 1 }),
    expect: "field",
  };
  yield {
    label: "an unknown name with / and ~",
    at: "/a~1b~0c",
    text: JSON.stringify({ ...doc, "a/b~c": 1 }),
    expect: "field",
  };
  yield { label: "an empty name", at: "/", text: JSON.stringify({ ...doc, "": 1 }), expect: "field" };
}

/** Every mutation of one request. */
export function* mutationsOf(schema, doc) {
  for (const site of sitesOf(schema, doc)) yield* atSite(doc, site);
  yield* whole(doc);
}
