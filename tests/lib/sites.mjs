// Every place of a request that its schema describes: what is allowed there, what stands there, who its parent is.
import { alternatives } from "./schema.mjs";

const escaped = (step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1");
/** ["products", 0, "id"] -> "/products/0/id" */
export const pointer = (steps) => steps.map((s) => `/${escaped(s)}`).join("");

export const get = (doc, steps) => steps.reduce((v, s) => v?.[s], doc);

/** A copy of doc with `value` at `steps` (undefined removes the member or element). */
export function put(doc, steps, value) {
  if (steps.length === 0) return value;
  const copy = structuredClone(doc);
  const parent = get(copy, steps.slice(0, -1));
  const last = steps.at(-1);
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(last, 1);
  else delete parent[last];
  return copy;
}

const isObject = (v) => v !== null && typeof v === "object" && !Array.isArray(v);

/** Sites of a request: { steps, rule, schemas, present, value, required, siblings }. `rule` names the place in the
 *  schema, with "*" for any element, so that two requests can be seen to cover the same rules. Of a list the first and
 *  the last element are visited. */
export function sitesOf(schema, doc) {
  const sites = [];
  visit(schema, schema, doc, [], "", sites);
  return sites;
}

function visit(schema, whole, value, steps, rule, sites) {
  const all = alternatives(schema, whole);
  for (const s of all) {
    if (s.properties && isObject(value)) visitMembers(s, whole, value, steps, rule, sites);
    if (isObject(s.additionalProperties) && isObject(value)) visitEntries(s, whole, value, steps, rule, sites);
    if (s.items && Array.isArray(value)) visitElements(s, whole, value, steps, rule, sites);
  }
}

function visitMembers(s, whole, value, steps, rule, sites) {
  const siblings = Object.keys(s.properties);
  for (const [name, sub] of Object.entries(s.properties)) {
    const at = [...steps, name];
    const required = (s.required ?? []).includes(name);
    const present = Object.hasOwn(value, name);
    sites.push({
      steps: at,
      rule: `${rule}/${name}`,
      schemas: alternatives(sub, whole),
      present,
      value: value[name],
      required,
      siblings,
    });
    if (present) visit(sub, whole, value[name], at, `${rule}/${name}`, sites);
  }
}

function visitEntries(s, whole, value, steps, rule, sites) {
  const name = Object.keys(value).find((n) => !s.properties || !Object.hasOwn(s.properties, n));
  if (name === undefined) return;
  const at = [...steps, name];
  sites.push({
    steps: at,
    rule: `${rule}/*`,
    schemas: alternatives(s.additionalProperties, whole),
    present: true,
    value: value[name],
    required: false,
    siblings: [],
  });
  visit(s.additionalProperties, whole, value[name], at, `${rule}/*`, sites);
}

function visitElements(s, whole, value, steps, rule, sites) {
  const ends = value.length === 0 ? [] : value.length === 1 ? [0] : [0, value.length - 1];
  for (const i of ends) {
    const at = [...steps, i];
    sites.push({
      steps: at,
      rule: `${rule}/*`,
      schemas: alternatives(s.items, whole),
      present: true,
      value: value[i],
      required: false,
      siblings: [],
      element: true,
    });
    visit(s.items, whole, value[i], at, `${rule}/*`, sites);
  }
}

/** All rules of a schema, so that uncovered ones can be named. */
export function rulesOf(schema) {
  const rules = new Set();
  const go = (s, rule) => {
    for (const alt of alternatives(s, schema)) {
      for (const [name, sub] of Object.entries(alt.properties ?? {})) {
        if (name.startsWith("$")) continue; // {"$float64": n}: an array that the caller passes by handle
        rules.add(`${rule}/${name}`);
        go(sub, `${rule}/${name}`);
      }
      if (isObject(alt.additionalProperties)) go(alt.additionalProperties, `${rule}/*`);
      if (alt.items) go(alt.items, `${rule}/*`);
    }
  };
  go(schema, "");
  return rules;
}

/** The fewest requests (greedily) that between them use every rule that any of them uses. */
export function covering(schema, requests) {
  const used = requests.map(
    (doc) =>
      new Set(
        sitesOf(schema, doc)
          .filter((s) => s.present && !s.element)
          .map((s) => s.rule),
      ),
  );
  const covered = new Set();
  const chosen = [];
  for (;;) {
    let best = -1;
    let most = 0;
    used.forEach((rules, i) => {
      const fresh = [...rules].filter((r) => !covered.has(r)).length;
      if (fresh > most) [best, most] = [i, fresh];
    });
    if (best < 0) return { chosen, covered };
    chosen.push(requests[best]);
    for (const r of used[best]) covered.add(r);
  }
}
