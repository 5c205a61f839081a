// Requests made from a schema: values that it allows, and changes of such a value that it does not.

const words = ["a", "A-1", "Größe", "2024-02-29", "x".repeat(40), "", "'; --", "%s", "\u{1f4e6}"];

/** How an alternative is chosen and values are made; `deref` follows a $ref. */
export function generator(deref, random) {
  const below = (n) => Math.floor(random() * n);
  const one = (list) => list[below(list.length)];

  /** The alternatives of a schema as one flat list of schemas. */
  function flat(schema) {
    const s = deref(schema);
    const some = s.properties ? undefined : (s.anyOf ?? s.oneOf ?? s.allOf);
    return some ? some.flatMap(flat) : [s];
  }

  function number(s) {
    const least = s.minimum ?? s.exclusiveMinimum ?? -50;
    const most = s.maximum ?? least + 100;
    const near = Math.min(most, least + 100); // far from it is a matter of time, not of form
    if (s.type === "integer" || (Array.isArray(s.type) && s.type.includes("integer")))
      return random() < 0.1 ? Math.ceil(least) : Math.ceil(least) + below(Math.floor(near) - Math.ceil(least) + 1);
    return random() < 0.1 && s.minimum !== undefined ? s.minimum : least + (near - least) * (0.01 + 0.98 * random());
  }

  function object(s, depth) {
    const out = {};
    const need = new Set([...(s.required ?? []), ...(s.anyOf ? one(s.anyOf).required : [])]);
    for (const [name, sub] of Object.entries(s.properties ?? {}))
      if (need.has(name) || (depth < 3 && random() < 0.25)) out[name] = valid(sub, depth + 1);
    const more = s.additionalProperties;
    if (typeof more === "object" || (!s.properties && more !== false)) out[one(words)] = valid(typeof more === "object" ? more : { type: "string" }, depth + 1);
    return out;
  }

  /** A value that the schema allows, small. */
  function valid(schema, depth = 0) {
    const s = one(flat(schema));
    if (s.const !== undefined) return s.const;
    if (s.enum) return one(s.enum);
    const type = one([s.type ?? ["string", "number", "boolean", "null"]].flat());
    if (type === "null") return null;
    if (type === "boolean") return random() < 0.5;
    if (type === "string") return one(words).slice(0, s.maxLength ?? 100);
    if (type === "number" || type === "integer") return number({ ...s, type });
    if (type === "array") return Array.from({ length: Math.min(s.maxItems ?? 4, (s.minItems ?? 1) + below(4)) }, () => valid(s.items ?? {}, depth + 1));
    return object(s, depth);
  }

  /** Every place of a value with the schemas that may stand there: [{ steps, value, schemas, within }]. */
  function places(schema, value, steps = [], out = []) {
    const schemas = flat(schema);
    out.push({ steps, value, schemas });
    const plain = typeof value === "object" && value !== null;
    for (const s of plain ? schemas : [])
      if (Array.isArray(value)) {
        if (s.items) for (let i = 0; i < Math.min(value.length, 3); i++) places(s.items, value[i], [...steps, i], out);
      } else for (const [name, sub] of Object.entries(s.properties ?? {})) if (name in value) places(sub, value[name], [...steps, name], out);
    return out;
  }

  /** What could stand at a place and should not, each with a word for it. */
  function wrongs({ value, schemas }) {
    const list = [["a number", 7.5], ["a text", "no such word"], ["a list", [[1]]], ["an object", { no_such_member: 1 }], ["true", true], ["null", null]];
    for (const s of schemas) {
      if (s.minimum !== undefined) list.push(["below its minimum", s.minimum - 1]);
      if (s.exclusiveMinimum !== undefined) list.push(["at what it must exceed", s.exclusiveMinimum]);
      if (s.maximum !== undefined) list.push(["above its maximum", s.maximum * 2 + 1]);
      if (s.maxLength < 5000) list.push(["a longer text", "x".repeat(s.maxLength + 1)]);
      if (s.maxItems < 2000 && Array.isArray(value) && value.length > 0) list.push(["more items", Array(s.maxItems + 1).fill(value[0])]);
      if (s.properties && value && typeof value === "object") {
        list.push(["an unknown member", { ...value, no_such_member_here: 1 }]);
        for (const name of s.required ?? []) {
          const { [name]: gone, ...rest } = value;
          list.push([`no ${name}`, rest]);
        }
      }
    }
    return list;
  }

  function put(doc, steps, value) {
    if (steps.length === 0) return value;
    const copy = structuredClone(doc);
    const last = steps.slice(0, -1).reduce((at, s) => at[s], copy);
    last[steps.at(-1)] = value;
    return copy;
  }

  /** A change of doc that may be against the schema, and what it is. */
  function changed(schema, doc) {
    const place = one(places(schema, doc));
    const [what, value] = one(wrongs(place));
    return { what: `/${place.steps.join("/")}: ${what}`, steps: place.steps, doc: put(doc, place.steps, value) };
  }

  /** doc with one of its members, or one that it has not, as the schema allows. */
  function varied(schema, doc) {
    const s = one(flat(schema).filter((x) => x.properties));
    const name = one(Object.keys(s.properties));
    return { ...doc, [name]: valid(s.properties[name], 1) };
  }

  return { valid, varied, changed, below, one };
}
