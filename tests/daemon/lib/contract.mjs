// openapi.json as a judge: every route, requests made from its schemas, and what is wrong with an answer.
import Ajv2020 from "ajv/dist/2020.js";

/** Numbers in [0, 1) from a seed. */
export function numbers(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function contract(document) {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  ajv.addSchema(document, "api");
  const checks = new Map();
  const pointer = (steps) => steps.map((s) => s.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  const deref = (x) => (x?.$ref ? x.$ref.slice(2).split("/").reduce((o, k) => o[k], document) : x);

  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, op]) => ({
      method: method.toUpperCase(),
      path,
      op,
      id: op.operationId,
      scope: op["x-scope"] ?? null,
      query: (op.parameters ?? []).map(deref).filter((p) => p.in === "query"),
      headers: (op.parameters ?? []).map(deref).filter((p) => p.in === "header"),
      body: op.requestBody?.content["application/json"]?.schema ?? null,
    })),
  );

  function check(steps) {
    const at = `api#/${pointer(steps).split("/").map(encodeURIComponent).join("/")}`;
    if (!checks.has(at)) checks.set(at, ajv.compile({ $ref: at }));
    return checks.get(at);
  }

  /** Sentences on what an answer has that the document does not say. */
  function wrong(route, answer) {
    const { responses } = route.op;
    const status = String(answer.status);
    const key = responses[status] ? status : responses[`${status[0]}XX`] ? `${status[0]}XX` : null;
    if (!key) return [`${route.id}: status ${status} is not documented: ${answer.text.slice(0, 200)}`];
    const ref = responses[key].$ref;
    const steps = ref ? ref.slice(2).split("/") : ["paths", route.path, route.method.toLowerCase(), "responses", key];
    const { content } = deref(responses[key]);
    const type = (answer.headers["content-type"] ?? "").split(";")[0];
    if (!content) return answer.body.length === 0 ? [] : [`${route.id}: ${status} has a body`];
    if (!content[type]) return [`${route.id}: ${status} of type "${type}" is not documented: ${answer.text.slice(0, 200)}`];
    if (!/json/.test(type)) return [];
    const validate = check([...steps, "content", type, "schema"]);
    if (validate(answer.json)) return [];
    const e = validate.errors[0];
    return [`${route.id}: ${status} ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}: ${answer.text.slice(0, 200)}`];
  }

  /** Does the document allow this body, already taken from JSON, or this value of a parameter? */
  const allowsBody = (route, body) =>
    check(["paths", route.path, route.method.toLowerCase(), "requestBody", "content", "application/json", "schema"])(body);
  const values = new Map();
  function allowsValue(parameter, text) {
    if (parameter.schema.type === "array") return true; // of texts, separated by commas: any text is one
    if (!values.has(parameter)) values.set(parameter, ajv.compile(parameter.schema));
    const whole = parameter.schema.type === "integer";
    return values.get(parameter)(whole && /^\d+$/.test(text) ? Number(text) : text);
  }

  return { routes, wrong, deref, allowsBody, allowsValue };
}

const word = (random) => ["a", "A-1", "Größe", "2024-02-29", "x".repeat(40), ""][Math.floor(random() * 6)];

/** A value that the schema allows, small. */
export function valid(schema, deref, random, depth = 0) {
  const s = deref(schema);
  const some = s.anyOf ?? s.oneOf ?? s.allOf;
  if (some) return valid(some[Math.floor(random() * some.length)], deref, random, depth);
  if (s.enum) return s.enum[Math.floor(random() * s.enum.length)];
  const types = [s.type].flat();
  const type = types[Math.floor(random() * types.length)];
  if (type === "null") return null;
  if (type === "boolean") return random() < 0.5;
  if (type === "string") return word(random).slice(0, s.maxLength ?? 100);
  if (type === "number" || type === "integer") {
    const least = Math.max(s.minimum ?? s.exclusiveMinimum ?? -50, -1e6);
    const most = Math.min(s.maximum ?? least + 100, least + 100);
    const x = least + (most - least) * (0.01 + 0.98 * random());
    return type === "integer" ? Math.min(Math.ceil(x), Math.floor(most)) : x;
  }
  if (type === "array") return Array.from({ length: 1 + Math.floor(random() * 3) }, () => valid(s.items, deref, random, depth + 1));
  const out = {};
  for (const [name, sub] of Object.entries(s.properties ?? {}))
    if (s.required?.includes(name) || (depth < 3 && random() < 0.3)) out[name] = valid(sub, deref, random, depth + 1);
  if (typeof s.additionalProperties === "object") out[word(random)] = valid(s.additionalProperties, deref, random, depth + 1);
  return out;
}

/** Bodies that no schema allows, each with what is wrong: made from one that is right. */
export function* invalid(doc) {
  yield ["no JSON", "{"];
  yield ["nothing", ""];
  yield ["a list", "[]"];
  yield ["a text", '"x"'];
  yield ["an unknown member", JSON.stringify({ ...doc, no_such_member_here: 1 })];
  yield ["trailing bytes", `${JSON.stringify(doc)}x`];
  for (const name of Object.keys(doc)) {
    yield [`${name} as an object in an object in a list`, JSON.stringify({ ...doc, [name]: [[{ x: [{}] }]] })];
    yield [`${name} twice`, `${JSON.stringify(doc).slice(0, -1)},${JSON.stringify(name)}:1}`];
  }
}
