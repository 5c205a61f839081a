// Is a reply to a mutated request right? One judgement for every door.
import { notFinite } from "./compare.mjs";
import { alternatives } from "./schema.mjs";
import { get } from "./sites.mjs";

const codes = new Set(["invalid_json", "invalid_input", "insufficient_data", "unsupported", "too_large"]);
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Restricted Damerau-Levenshtein distance. */
export function distance(a, b) {
  const d = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) d[0][j] = j;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.length][b.length];
}

const stepsOf = (path) =>
  path
    .split("/")
    .slice(1)
    .map((s) => s.replaceAll("~1", "/").replaceAll("~0", "~"));

/** Does a pointer lead somewhere in doc, or to a field that the schema knows and that is missing there? */
function leads(path, doc, schema) {
  if (path === "") return true;
  if (!path.startsWith("/")) return false;
  const steps = stepsOf(path);
  if (get(doc, steps) !== undefined) return true;
  let some = [schema];
  for (const step of steps) {
    some = some
      .flatMap((s) => alternatives(s, schema))
      .flatMap((s) => {
        const next = s.properties?.[step] ?? (/^\d+$/.test(step) ? s.items : undefined) ?? s.additionalProperties;
        return next && next !== true ? [next] : [];
      });
  }
  return some.length > 0 && get(doc, steps.slice(0, -1)) !== undefined;
}

/** Cross-field rules may blame a relative of the mutated field: never another element of the same list, except for what
 *  must be unique. */
function related(path, steps) {
  const found = stepsOf(path);
  const apart = steps.findIndex((s, i) => found[i] !== undefined && String(s) !== found[i]);
  if (apart < 0) return true;
  const otherElement = typeof steps[apart] === "number" && /^\d+$/.test(found[apart]);
  return !otherElement || found.at(-1) === String(steps.at(-1)) || steps.length === apart + 1;
}

function numbersIn(text) {
  return [...text.matchAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi)].map((m) => Number(m[0]));
}

const close = (a, b) => a === b || Math.abs(a - b) <= 1e-3 * Math.abs(b);

/** A verdict maker for one operation: inputs and outputs are judged by its schemas, and answers by its own rules where it has some. */
export function judgeFor(schemas, validIn, validOut, rules = () => []) {
  return (m, bytes) => {
    let reply;
    try {
      reply = JSON.parse(utf8.decode(bytes));
    } catch (e) {
      return `the reply is not JSON (${e.message}): ${Buffer.from(bytes).toString("latin1").slice(0, 160)}`;
    }
    if (reply === null || typeof reply !== "object" || Array.isArray(reply))
      return `the reply is no object: ${JSON.stringify(reply)}`;
    return reply.error === undefined ? success(m, reply) : refusal(m, reply.error);
  };

  function success(m, reply) {
    if (m.expect) return `was accepted: ${JSON.stringify(reply).slice(0, 120)}`;
    const wrong = validIn(m.doc);
    if (wrong.length > 0) return `was accepted though the input schema says ${wrong[0]}`;
    const infinite = notFinite(reply);
    if (infinite) return `answered with a number that is not finite at ${infinite}`;
    const broken = validOut(reply);
    if (broken.length > 0) return `answered against the output schema: ${broken[0]}`;
    return rules(m.doc, reply)[0] ?? null;
  }

  function refusal(m, error) {
    const { code, path, message } = error;
    const said = `${code} at "${path}": ${message}`;
    const extra = Object.keys(error).filter((k) => !["code", "path", "message"].includes(k));
    if (extra.length > 0) return `the error has members ${extra}`;
    if (!codes.has(code)) return `ended with ${said}`;
    if (typeof path !== "string" || typeof message !== "string" || message.length < 8) return `says too little: ${said}`;
    if (m.same) return `was refused with ${said}`;
    if (m.expect === "json") {
      if (code !== "invalid_json") return `expected invalid_json, got ${said}`;
      return path === (m.pathToo ? m.at : "") ? null : `expected invalid_json at "${m.pathToo ? m.at : ""}", got ${said}`;
    }
    if (code === "invalid_json") return `is JSON, but was refused with ${said}`;
    return m.expect === "field" || validIn(m.doc).length > 0 ? decoderRefusal(m, error, said) : crossRefusal(m, error, said);
  }

  /** The schema itself forbids it: exactly that field is to blame, and the message says what was found. */
  function decoderRefusal(m, { code, path, message }, said) {
    if (code !== "invalid_input" && code !== "too_large") return `expected invalid_input, got ${said}`;
    if (m.at !== null && path !== m.at && !path.startsWith(`${m.at}/`)) return `expected an error at "${m.at}", got ${said}`;
    if (m.unknown) {
      const least = Math.min(...m.siblings.map((s) => distance(m.unknown, s)));
      const nearest = m.siblings.filter((s) => distance(m.unknown, s) === least);
      if (!nearest.some((s) => message.includes(s))) return `does not name the nearest known field (${nearest}): ${said}`;
    } else if (typeof m.value === "number" && path === m.at && !numbersIn(message).some((x) => close(x, m.value))) {
      return `does not name the value ${m.value} it found: ${said}`;
    }
    return null;
  }

  /** The schema allows it, a rule between fields or of the model does not. */
  function crossRefusal(m, { path }, said) {
    if (!leads(path, m.doc, schemas.input)) return `points at nothing: ${said}`;
    if (m.steps && !related(path, m.steps)) return `points away from ${m.at}: ${said}`;
    return null;
  }
}
