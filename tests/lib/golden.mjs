// Reading golden cases: tests/golden/<operation>/<case>.json, one case a file or several of a kind under "cases".
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { goldenDir } from "./project.mjs";

export const kinds = ["good", "edge", "refused"];
const known = new Set(["kind", "name", "source", "rtol", "atol", "wasm_rtol", "in", "out", "absent", "error", "cases"]);

/** Folders under tests/golden that hold cases, each of which must be an operation. (Others hold data of unit tests.) */
export function goldenFolders(dir = goldenDir) {
  if (!existsSync(dir)) return [];
  const holdsCases = (name) => readdirSync(join(dir, name)).some((file) => file.endsWith(".json"));
  return readdirSync(dir)
    .filter((name) => statSync(join(dir, name)).isDirectory() && holdsCases(name))
    .sort();
}

/** All cases of one operation: { file, kind, source, rtol, atol, wasm_rtol, in, out, absent | error }. Throws on a malformed
 *  file. */
export function goldenCases(op, dir = goldenDir) {
  const folder = join(dir, op);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const file = `${op}/${name}`;
      if (!name.endsWith(".json")) throw new Error(`${file}: only .json files belong here`);
      let text;
      try {
        text = JSON.parse(readFileSync(join(folder, name), "utf8"));
      } catch (e) {
        throw new Error(`${file}: ${e.message}`);
      }
      if (!text.cases) return [checked(file, text)];
      const { cases, ...common } = text;
      if (!Array.isArray(cases) || cases.length === 0)
        throw new Error(`${file}: "cases" must be a list with something in it`);
      return cases.map((c, i) => checked(`${file}#${c.name ?? i}`, { ...common, ...c }));
    });
}

function checked(file, c) {
  const fail = (why) => {
    throw new Error(`${file}: ${why}`);
  };
  for (const name of Object.keys(c)) if (!known.has(name)) fail(`unknown member "${name}"`);
  if (!kinds.includes(c.kind)) fail(`"kind" is ${JSON.stringify(c.kind)}; ${kinds.join(", ")} are allowed`);
  if (typeof c.source !== "string" || c.source.length < 3) fail('"source" must say where the expected values come from');
  if (c.in === undefined) fail('"in" is missing');
  if (c.kind === "refused" && !(c.error?.code && typeof c.error.path === "string")) fail('"error" needs "code" and "path"');
  if (c.kind === "good" && c.out === undefined) fail('"out" is missing');
  if (c.kind === "edge" && (c.out === undefined) === (c.error === undefined)) fail('needs either "out" or "error"');
  if (c.out !== undefined && Object.keys(c.out).length === 0) fail('"out" compares nothing');
  return { file, ...c };
}
