// SPDX-License-Identifier: GPL-3.0-or-later
// A page for each operation, as Markdown, from what `dyocensed describe` prints of the table and from the golden cases.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const cell = (text) => String(text).replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text) => `\`${text}\``;
const method = (op) => op.replace(/_([a-z])/g, (_, c) => c.toUpperCase());

/** What stands behind a schema: without null, without the wrappers that hold descriptions. */
function bare(schema) {
  const inner = schema.allOf ? { ...schema, ...schema.allOf[0] } : schema;
  if (!inner.anyOf) return inner;
  const kinds = inner.anyOf.filter((k) => k.type !== "null");
  return kinds.length === 1 ? { ...inner, ...kinds[0] } : inner;
}

/** A number as one reads it: 1e12 rather than twelve noughts. */
const short = (n) => (Math.abs(n) >= 1e6 && Number(n.toExponential(3)) === n ? n.toExponential().replace("+", "") : String(n));

const limits = (s) =>
  [
    s.exclusiveMinimum !== undefined && `> ${short(s.exclusiveMinimum)}`,
    s.minimum !== undefined && `≥ ${short(s.minimum)}`,
    s.exclusiveMaximum !== undefined && `< ${short(s.exclusiveMaximum)}`,
    s.maximum !== undefined && `≤ ${short(s.maximum)}`,
    s.maxItems !== undefined && `at most ${s.maxItems}`,
  ]
    .filter(Boolean)
    .join(", ");

function kind(schema) {
  const s = bare(schema);
  if (s.enum) return s.enum.filter((w) => w !== null).map((w) => code(w)).join(", ");
  if (s.anyOf) return s.anyOf.filter((k) => k.type !== "null").map(kind).join(" or ");
  const types = [s.type].flat().filter((t) => t && t !== "null");
  if (types[0] === "array") return `list of ${kind(s.items ?? {}).replace(/^(\w+)$/, "$1s")}`;
  return types.map((t) => (t === "object" && typeof s.additionalProperties === "object" ? "object by name" : t)).join(" or ");
}

/** A row for each field and what is in it, by its path: lists have [], maps {}. */
function* rows(schema, path = "") {
  const s = bare(schema);
  for (const [name, field] of Object.entries(s.properties ?? {})) {
    const at = path ? `${path}.${name}` : name;
    yield { at, field, required: s.required?.includes(name) ?? false };
    yield* within(field, at);
  }
}
function* within(schema, at) {
  const s = bare(schema);
  const ways = s.anyOf ?? [s];
  const seen = new Set();
  for (const way of ways)
    for (const row of way.items ? within(way.items, `${at}[]`) : typeof way.additionalProperties === "object" ? within(way.additionalProperties, `${at}{}`) : rows(way, at)) {
      if (!seen.has(row.at)) yield row;
      seen.add(row.at);
    }
}

function table(schema, input) {
  const lines = input ? ["| field | what | kind | range | default |", "|---|---|---|---|---|"] : ["| field | what | kind |", "|---|---|---|"];
  for (const { at, field, required } of rows(schema)) {
    const s = bare(field);
    const unit = s["x-unit"] ?? field["x-unit"];
    const what = [field.description, unit && `Unit: ${code(unit)}.`].filter(Boolean).join(" ");
    const given = s.default !== undefined ? code(JSON.stringify(s.default)) : required ? "**required**" : "";
    const range = limits(s) || (s.items ? limits(bare(s.items)) : "");
    lines.push(`| ${[code(at), what, kind(field), ...(input ? [range, given] : [])].map(cell).join(" | ")} |`);
  }
  return lines.length > 2 ? lines : ["It has no fields."];
}

/** The golden cases of an operation, each with what its file says for all of them. */
export function casesOf(root, op) {
  const folder = join(root, "tests/golden", op);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .flatMap((name) => {
      const { cases, ...common } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      return (cases ?? [{}]).map((c) => ({ ...common, ...c }));
    });
}

/** JSON on one line, with blanks where one reads. */
function line(value) {
  if (Array.isArray(value)) return `[${value.map(line).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${line(v)}`).join(", ")}}`;
}

/** JSON in which what fits on a line of a page stands on one. */
function pretty(value, indent = "") {
  const whole = line(value);
  if (typeof value !== "object" || value === null || indent.length + whole.length <= 78) return whole;
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.every((v) => typeof v === "number")) return `[${filled(value, inner)}]`;
  if (Array.isArray(value)) return `[\n${value.map((v) => inner + pretty(v, inner)).join(",\n")}\n${indent}]`;
  const members = Object.entries(value).map(([k, v]) => `${inner}${JSON.stringify(k)}: ${pretty(v, inner)}`);
  return `{\n${members.join(",\n")}\n${indent}}`;
}

/** Numbers in lines of a page's width. */
function filled(numbers, indent) {
  const lines = [""];
  numbers.forEach((n, i) => {
    const word = `${n}${i < numbers.length - 1 ? ", " : ""}`;
    if (indent.length + lines.at(-1).length + word.length > 80) lines.push("");
    lines[lines.length - 1] += word;
  });
  return lines.map((l) => l.trimEnd()).join(`\n${indent}`);
}

const brief = 900; // characters of a request and what is expected of its answer, so that both are read at a glance

/** The most telling of the short cases: of those that fit, the one with the longest request. */
function example(cases) {
  const size = (c) => JSON.stringify([c.in, c.out]).length;
  const fit = cases.filter((c) => c.kind === "good" && size(c) <= brief);
  const [best] = fit.sort((a, b) => size(b) - size(a));
  if (!best) return [];
  return [
    "## An example",
    "",
    `From the tests, where native program and WebAssembly module both have to give it. Source: ${best.source}`,
    "",
    "```json",
    pretty(best.in),
    "```",
    "",
    "The answer has, among the rest:",
    "",
    "```json",
    pretty(best.out),
    "```",
    "",
  ];
}

function sources(cases) {
  const times = new Map();
  for (const c of cases) if (c.kind !== "refused") times.set(c.source, (times.get(c.source) ?? 0) + 1);
  const refused = cases.filter((c) => c.kind === "refused").length;
  return [
    "## Where its expected numbers come from",
    "",
    `Each of its ${cases.length} golden cases names a source other than this program; ${refused} of them are requests that have to be refused, with code and place.`,
    "",
    ...[...times].map(([source, n]) => `- ${source.replaceAll(/[*_<]/g, "\\$&")}${n > 1 ? ` (${n} cases)` : ""}`),
    "",
  ];
}

/** { name, file, text } of one operation, from its description. */
export function operationPage(root, op) {
  const cases = casesOf(root, op.name);
  const [group, name] = op.name.split(".");
  const lines = [
    `# ${op.name}`,
    "",
    op.summary,
    "",
    ...(op.formula ? ["```formula", op.formula, "```", ""] : []),
    `**After** ${op.method}`,
    "",
    "| where | how |",
    "|---|---|",
    `| command line | ${code(`dyocensed call ${op.name} request.json`)} |`,
    `| JavaScript | ${code(`await dyo.${group}.${method(name)}(request)`)} |`,
    `| REST | ${code(`POST ${op.path}`)} |`,
    `| MCP tool | ${code(op.name.replace(".", "_"))} |`,
    "",
    ...example(cases),
    "## Request",
    "",
    ...table(op.input, true),
    "",
    "## Answer",
    "",
    ...table(op.output, false),
    "",
    ...sources(cases),
  ];
  return { name: op.name, summary: op.summary, file: `docs/operations/${op.name}.md`, text: lines.join("\n") };
}

/** The list of all of them, by what they are about. */
export function operationsPage(pages) {
  const lines = ["# Operations", "", "Everything that the program can do, one page each, printed from the table that the program itself is made from.", ""];
  let last;
  for (const p of pages) {
    const [group] = p.name.split(".");
    if (group !== last) lines.push("", `## ${group}`, "");
    last = group;
    lines.push(`- [${p.name}](${p.name}.md): ${p.summary}`);
  }
  return { name: "Operations", file: "docs/operations/index.md", text: `${lines.join("\n")}\n` };
}
