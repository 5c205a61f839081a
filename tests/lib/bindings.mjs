// The npm package, loaded the way Node.js resolves it for someone who installed it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bindingsDir } from "./project.mjs";

const conditions = ["node", "import", "module-sync", "default"];

/** The file behind an entry of package.json "exports" under Node's conditions, tried in the order the package wrote them. */
export function exported(target) {
  if (typeof target === "string") return target;
  for (const [condition, next] of Object.entries(target ?? {})) {
    const found = conditions.includes(condition) ? exported(next) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** The address of the package's file for an entry ("." or "./something"). Fails with a sentence when it has not been
 *  built. */
export function packageFile(entry = ".") {
  const manifest = JSON.parse(readFileSync(join(bindingsDir, "package.json"), "utf8"));
  const target = exported(manifest.exports?.[entry]);
  if (!target) throw new Error(`js-bindings/package.json exports no "${entry}" that Node.js can import`);
  const file = join(bindingsDir, target);
  if (!existsSync(file)) throw new Error(`${file} does not exist: build the package first (./dev build)`);
  return pathToFileURL(file).href;
}

export const importPackage = (entry = ".") => import(packageFile(entry));

/** staffing.assign_tasks -> ["staffing", "assignTasks"] */
export function methodOf(op) {
  const [group, name] = op.split(".");
  return [group, name.replace(/_([a-z])/g, (_, c) => c.toUpperCase())];
}

/** Call an operation by its JavaScript name. Answers the output object, or { error: { code, path, message } } for a
 *  DyoError. */
export async function callByName(dyo, op, input, DyoError) {
  const [group, name] = methodOf(op);
  if (typeof dyo[group]?.[name] !== "function") throw new Error(`dyo.${group}.${name} is not a function`);
  try {
    return await dyo[group][name](input);
  } catch (e) {
    if (!(e instanceof DyoError)) throw e;
    return { error: { code: e.code, path: e.path, message: e.message } };
  }
}
