// Comparing an answer with what a golden case expects, and one door's answer with another's.

const kindOf = (x) => (x === null ? "null" : Array.isArray(x) ? "array" : typeof x);
const show = (x) => {
  const s = JSON.stringify(x);
  return s === undefined ? "nothing" : s.length > 80 ? `${s.slice(0, 77)}...` : s;
};

function numbersDiffer(actual, expected, tol) {
  if (!Number.isFinite(actual)) return true;
  return Math.abs(actual - expected) > tol.atol + tol.rtol * Math.abs(expected);
}

/** rtol defaults to 1e-9, atol to a thousandth of it. */
export function tolerance({ rtol = 1e-9, atol = rtol * 1e-3 } = {}) {
  return { rtol, atol };
}

/** Differences of `actual` from `expected`, as sentences. Objects are compared on the fields that `expected` lists (on
 *  all fields of both where `whole` is set), arrays whole, numbers within the tolerance, everything else exactly. */
export function differences(actual, expected, tol, { whole = false, ignore = [], path = "" } = {}) {
  const at = path || "the answer";
  const kind = kindOf(expected);
  if (kind !== kindOf(actual)) return [`${at} is ${show(actual)}, expected ${show(expected)}`];
  if (kind === "number") {
    if (!numbersDiffer(actual, expected, tol)) return [];
    const off = Math.abs(actual - expected) / Math.abs(expected || 1);
    return [`${at} is ${actual}, expected ${expected} (off by ${off.toExponential(2)}, rtol ${tol.rtol})`];
  }
  if (kind === "array") {
    if (actual.length !== expected.length) return [`${at} has ${actual.length} elements, expected ${expected.length}`];
    return expected.flatMap((e, i) => differences(actual[i], e, tol, { whole, ignore, path: `${path}/${i}` }));
  }
  if (kind === "object") {
    const names = whole ? new Set([...Object.keys(expected), ...Object.keys(actual)]) : Object.keys(expected);
    return [...names].flatMap((name) => {
      if (ignore.includes(name)) return [];
      if (!Object.hasOwn(actual, name)) return [`${path}/${name} is missing, expected ${show(expected[name])}`];
      if (!Object.hasOwn(expected, name)) return [`${path}/${name} is ${show(actual[name])}, expected nothing there`];
      return differences(actual[name], expected[name], tol, { whole, ignore, path: `${path}/${name}` });
    });
  }
  return actual === expected ? [] : [`${at} is ${show(actual)}, expected ${show(expected)}`];
}

/** The first number in a parsed JSON value that is not finite (1e999 parses to Infinity), as a JSON pointer; or null. */
export function notFinite(value, path = "") {
  if (typeof value === "number") return Number.isFinite(value) ? null : path || "/";
  if (value === null || typeof value !== "object") return null;
  for (const [name, v] of Object.entries(value)) {
    const found = notFinite(v, `${path}/${name}`);
    if (found) return found;
  }
  return null;
}
