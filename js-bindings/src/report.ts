// SPDX-License-Identifier: GPL-3.0-or-later
// forecast FILE and plan FILE: the reports for people. Their flags are the fields of report.forecast and report.plan, as their schemas
// have them: --forecast-horizon 12, --date-order dmy. The native dyocensed offers the same.
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Transport } from "./client.js";
import { encode } from "./encode.js";
import { DyoError, words } from "./error.js";
import { open } from "./load.js";
import { nearest } from "./nearest.js";
import { node } from "./node-place.js";
import type { CoreOps } from "./ops.gen.js";
import { askedOf, itemsOf, projectIn, salesOf, stockOf } from "./project.js";
import { answer, collect, print, showProgress, statusOf, unreadable } from "./terminal.js";

/** As much of JSON Schema as the printed ones use. */
interface Shape {
  type?: string | string[];
  enum?: (string | null)[];
  items?: Shape;
  anyOf?: Shape[];
  allOf?: Shape[];
  properties?: Record<string, Shape>;
  description?: string;
}

type Kind = "number" | "flag" | "text" | "numbers" | "bare or numbers" | "texts" | "json";

interface Flag {
  field: string;
  kind: Kind;
  about: string;
  ofFile: boolean;
}

const aliases: Record<string, string> = {
  horizon: "forecast_horizon",
  model: "model_type",
  level: "confidence_level",
};
const theFile = ["content", "content_base64", "path", "name", "format"]; // of `file`: not how to read it
const kebab = (field: string) => field.replaceAll("_", "-");

/** What a flag's value is; undefined for what no flag can carry. */
function kindOf(shape: Shape): Kind | undefined {
  const some = [shape, ...(shape.anyOf ?? [])];
  const types = some.flatMap((s) => s.type ?? []);
  const items = some.find((s) => s.items)?.items;
  if (shape.enum) return "text";
  if (items) {
    if (items.type === "string") return "texts";
    if (items.type !== "number" && items.type !== "integer") return undefined;
    return types.includes("number") ? "bare or numbers" : "numbers";
  }
  if (shape.allOf || some.some((s) => s.properties)) return undefined;
  if (types.includes("boolean")) return "flag";
  if (types.includes("number") || types.includes("integer")) return "number";
  return types.includes("object") ? "json" : "text";
}

function aboutOf(shape: Shape): string {
  const choices = shape.enum?.filter((word) => word !== null);
  return (shape.description ?? "") + (choices ? ` (${choices.join("|")})` : "");
}

function flagsOf(input: Shape): Map<string, Flag> {
  const flags = new Map<string, Flag>();
  const add = (shape: Shape | undefined, ofFile: boolean) => {
    for (const [field, s] of Object.entries(shape?.properties ?? {})) {
      const kind = kindOf(s);
      if (!kind || (ofFile && theFile.includes(field)) || flags.has(kebab(field))) continue;
      flags.set(kebab(field), { field, kind, about: aboutOf(s), ofFile });
    }
  };
  const file = input.properties?.file;
  add(input, false);
  add(file?.allOf?.[0] ?? file, true);
  for (const [word, field] of Object.entries(aliases)) {
    const flag = flags.get(kebab(field));
    if (flag) flags.set(word, flag);
  }
  return flags;
}

const numberOr = (text: string): unknown => (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text);

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A flag's text as the field's value: what is no number stays text, which the operation then judges. */
function valueOf(kind: Kind, text: string): unknown {
  const list = text === "" ? [] : text.split(",");
  switch (kind) {
    case "number":
      return numberOr(text);
    case "flag":
      return text !== "false";
    case "numbers":
      return list.map(numberOr);
    case "bare or numbers":
      return list.length === 1 ? numberOr(text) : list.map(numberOr);
    case "texts":
      return list;
    case "json":
      return jsonOr(text);
    case "text":
      return text;
  }
}

interface Asked {
  file: string;
  stock?: string;
  out?: string;
  fields: Record<string, unknown>;
  ofFile: Record<string, unknown>;
}

const invalid = (message: string) => new DyoError("invalid_input", "", message);

/** What the command line asks for; throws where it is wrong. */
function read(command: string, args: string[], flags: Map<string, Flag>): Asked {
  const asked: Asked = { file: "", fields: {}, ofFile: {} };
  const own = ["out", "json", "csv", ...(command === "plan" ? ["stock"] : [])];
  const given = new Set<string>();
  const rest = [...args];
  for (let arg; (arg = rest.shift()) !== undefined; ) {
    if (arg === "-" || !arg.startsWith("-")) {
      if (asked.file) throw invalid(`one file is expected, found "${arg}" as well`);
      asked.file = arg;
      continue;
    }
    const [, name = "", equals] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const flag = flags.get(name);
    if ((!flag && !own.includes(name)) || !arg.startsWith("--")) {
      const near = nearest(name, [...flags.keys(), ...own]);
      throw invalid(`unknown option "--${name}"${near ? `; did you mean "--${near}"?` : ""}`);
    }
    const bare = name === "json" || name === "csv" || flag?.kind === "flag";
    const value = equals ?? (bare ? "true" : rest.shift());
    if (value === undefined) throw invalid(`--${name} takes a value`);
    const key = name === "json" || name === "csv" ? "format" : (flag?.field ?? name);
    if (given.has(key)) throw invalid(key === "format" ? "one of --json, --csv and --format is expected" : `--${name} is given twice`);
    given.add(key);
    if (key === "format") asked.fields.format = bare ? name : value;
    else if (name === "out") asked.out = value;
    else if (name === "stock") asked.stock = value;
    else if (flag) (flag.ofFile ? asked.ofFile : asked.fields)[flag.field] = valueOf(flag.kind, value);
  }
  return asked;
}

function helpOf(command: string, files: string, summary: string, flags: Map<string, Flag>): string {
  const line = (name: string, about: string) => `  --${name.padEnd(22)} ${about}\n`;
  const short = Object.entries(aliases).filter(([word]) => flags.has(word));
  return (
    `usage: npx dyocense ${command} FILE [OPTIONS]\n\n${summary}\nFILE: ${files}; - is standard input.\n\n` +
    line("json, --csv", "Print the result as JSON, or rows for a spreadsheet.") +
    line("out FILE", "Write it to a file: CSV, JSON or text, by its ending.") +
    (command === "plan" ? line("stock FILE", "File of what is in stock, where it is no sheet of FILE.") : "") +
    short.map(([word, field]) => line(word, `short for --${kebab(field)}`)).join("") +
    [...flags]
      .filter(([name]) => !(name in aliases) && name !== "format")
      .map(([name, flag]) => line(name, flag.about))
      .join("")
  );
}

/** What the screen is like, where nothing else is asked for. */
function screen(asked: Asked): void {
  if (!process.stdout.isTTY || asked.out) return;
  asked.fields.width ??= Math.min(Math.max(process.stdout.columns - 1, 40), 160);
  if (process.env.TERM === "dumb" || process.env.TERM === "linux") asked.fields.ascii ??= true; // their fonts lack the blocks
}

const source = (name: string) => (name === "-" ? process.stdin : createReadStream(name));

/** On a screen a failure is a sentence; elsewhere the line of JSON that programs read. */
async function complain(command: string, error: DyoError, flags: Map<string, Flag>): Promise<number> {
  if (!process.stderr.isTTY) return answer(JSON.stringify({ error }));
  const field = kebab(error.path.split("/").at(-1) ?? "");
  process.stderr.write(`dyocense ${command}: ${flags.has(field) ? `--${field}: ` : ""}${error.message}\n`);
  return statusOf(error.code);
}

interface Begun {
  dyo: Transport;
  flags: Map<string, Flag>;
  asked: Asked;
  file: Buffer;
  name: string;
  fail(error: DyoError): Promise<number>;
}

const named = (name: string) => (name === "-" ? "standard input" : basename(name));
const bytesOf = (b: Buffer) => new Uint8Array(b.buffer, b.byteOffset, b.byteLength);

/** What is asked for, and its file; or the exit status where that is all. */
async function begin(command: string, op: string, files: string, args: string[], given?: Buffer): Promise<Begun | number> {
  const dyo = await open(node);
  const about = JSON.parse(await dyo.describe(op)) as { summary: string; input: Shape };
  const flags = flagsOf(about.input);
  if (args.includes("--help") || args.includes("-h")) return print(helpOf(command, files, about.summary, flags));
  const fail = (error: DyoError) => complain(command, error, flags);
  try {
    const asked = read(command, args, flags);
    if (!asked.file && process.stdin.isTTY) throw invalid(`a file is expected: ${files}`);
    asked.file ||= "-";
    const file = given ?? (await collect(command, source(asked.file), asked.file));
    if (typeof file === "number") return file;
    const ending = /\.(csv|json)$/.exec(asked.out ?? "")?.[1];
    if (ending) asked.fields.format ??= ending;
    return { dyo, flags, asked, file, name: named(asked.file), fail };
  } catch (e) {
    if (!(e instanceof DyoError)) throw e;
    return fail(new DyoError(e.code, e.path, `${e.message}; see npx dyocense ${command} --help`));
  }
}

/** Runs the operation and gives its answer's text, as `shown` makes it, to the screen or a file. */
async function finish(b: Begun, command: string, op: string, input: unknown, shown: (text: string) => string): Promise<number> {
  const { out } = b.asked;
  try {
    const watch = { typed: false, ...(process.stderr.isTTY && { look: showProgress }) };
    const { text } = await b.dyo.send(op, encode(input), watch);
    if (process.stderr.isTTY) process.stderr.write(`\r${" ".repeat(60)}\r`); // progress
    if (text.startsWith('{"error":')) return b.fail((JSON.parse(text) as { error: DyoError }).error);
    if (out === undefined) return print(shown(text));
    await writeFile(out, shown(text));
    return print(`Wrote ${out}.\n`);
  } catch (e) {
    if (e instanceof DyoError) return b.fail(e);
    if (out !== undefined) return unreadable(command, out, e);
    throw new Error(words(e), { cause: e });
  }
}

const SPREADSHEET = "CSV, XLSX, or a project that the page has saved";

/** The command of that name: prints what the operation report.NAME makes of a file. */
export function report(command: "forecast" | "plan"): (args: string[]) => Promise<number> {
  const op = `report.${command}`;
  return async (args) => {
    const b = await begin(command, op, SPREADSHEET, args);
    if (typeof b === "number") return b;
    const { asked, file, name } = b;
    const project = projectIn(file);
    const sales = project ? salesOf(project) : { content: bytesOf(file), name };
    if (!sales && command === "plan" && project?.products?.length) return planOfItems(args, file);
    if (!sales) return b.fail(invalid(`${name}: the project holds no sales; a file of sales is expected`));
    const stock = asked.stock === undefined ? undefined : await collect(command, source(asked.stock), asked.stock);
    if (typeof stock === "number") return stock;
    screen(asked);
    const kept = project && (command === "forecast" ? askedOf(project) : { stock: stockOf(project) });
    const own = stock && { stock: { content: bytesOf(stock), name: named(asked.stock!) } };
    const request = { file: { ...sales, ...asked.ofFile }, ...kept, ...own, ...asked.fields };
    return finish(b, command, op, request, (text) => (JSON.parse(text) as { output: string }).output);
  };
}

export interface Table {
  head: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

/** A cell that a spreadsheet could take for a formula gets an apostrophe in front; quotes where RFC 4180 wants them. */
function cell(v: string | number | null): string {
  if (typeof v !== "string") return v === null ? "" : String(v);
  const safe = /^[=+\-@\t\r]/.test(v) && !Number.isFinite(Number(v)) ? `'${v}` : v;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const csv = ({ head, rows }: Table) => [head, ...rows].map((row) => row.map(cell).join(",") + "\n").join("");

interface TableCommand<In, Out> {
  command: string;
  op: string;
  /** Which files it takes. */
  files: string;
  request(file: Uint8Array, name: string): In;
  text(input: In, out: Out, name: string): string;
  table(out: Out): Table;
}

/** A command that runs an operation on a request in a file and shows its answer as text, as JSON or as rows. */
export function tableCommand<In extends object, Out>(c: TableCommand<In, Out>): (args: string[], file?: Buffer) => Promise<number> {
  return async (args, file) => {
    const b = await begin(c.command, c.op, c.files, args, file);
    if (typeof b === "number") return b;
    const { format, ...fields } = b.asked.fields;
    try {
      const input = { ...c.request(b.file, b.name), ...fields };
      const shown = (text: string) => {
        if (format === "json") return text + "\n";
        const out = JSON.parse(text) as Out;
        return format === "csv" ? csv(c.table(out)) : c.text(input, out, b.name);
      };
      return await finish(b, c.command, c.op, input, shown);
    } catch (e) {
      if (e instanceof DyoError) return b.fail(e);
      throw e;
    }
  };
}

type Plan = CoreOps["inventory.plan"]["out"];

const ACTIONS = { ORDER_NOW: "order now", REDUCE_STOCK: "reduce", MAINTAIN: "fine" };

/** plan of a project without sales: what its products say of themselves. */
const planOfItems = tableCommand<CoreOps["inventory.plan"]["in"], Plan>({
  command: "plan",
  op: "inventory.plan",
  files: SPREADSHEET,
  request: (file) => itemsOf(projectIn(file)!),
  text(_, { recommendations }, name) {
    const wide = Math.max(4, ...recommendations.map((r) => r.sku.length));
    const row = (sku: string, ...rest: string[]) => `${sku.padEnd(wide)}  ${rest.map((c) => c.padStart(12)).join("")}\n`;
    const lines = recommendations.map((r) =>
      row(r.sku, ACTIONS[r.action], String(Math.ceil(r.action === "ORDER_NOW" ? r.order_quantity : r.next_order_quantity)), r.reorder_point.toFixed(0), r.safety_stock.toFixed(0)),
    );
    const read = `Read      ${name}: ${recommendations.length} products of a project, without sales.\n\n`;
    return read + row("item", "what to do", "order", "reorder at", "safety") + lines.join("");
  },
  table: ({ recommendations }) => ({
    head: ["sku", "action", "order_quantity", "next_order_quantity", "reorder_point", "safety_stock"],
    rows: recommendations.map((r) => [r.sku, r.action, r.order_quantity, r.next_order_quantity, r.reorder_point, r.safety_stock]),
  }),
});
