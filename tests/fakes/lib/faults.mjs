// Faults on command. A rule says which requests it meets and what becomes of them; the newest rule that matches wins.
//
//   which: method, path (a text the path contains, or a RegExp over path?query), skip (leave the first n alone), times (1)
//   what:  delay (ms before anything), before (async (request) => ..., such as an edit of the source),
//          error (a name in the vendor's table of errors), retryAfter (a header for it: seconds, a Date, any text),
//          status + headers + body (an answer as it stands), lie (a name in the vendor's table of lies),
//          change (json => json), hang, reset, garbage, cut (share of the body in 0..1), chunked (cut without a length),
//          length (added to the true Content-Length), pace (bytes a second)
export class Faults {
  #rules = [];

  /** Answers the rule, whose `hits` count and which `remove()` takes away. */
  add(rule) {
    const made = { times: 1, skip: 0, hits: 0, ...rule };
    made.remove = () => (this.#rules = this.#rules.filter((r) => r !== made));
    this.#rules.unshift(made);
    return made;
  }

  clear() {
    this.#rules = [];
  }

  /** The rule for a request, counted. */
  take(request) {
    for (const rule of this.#rules) {
      if (!matches(rule, request)) continue;
      if (rule.skip > 0) {
        rule.skip--;
        continue;
      }
      if (rule.hits >= rule.times) continue;
      rule.hits++;
      return rule;
    }
    return null;
  }
}

function matches(rule, request) {
  if (rule.method && rule.method !== request.method) return false;
  if (rule.path instanceof RegExp) return rule.path.test(request.url);
  return rule.path === undefined || request.path.includes(rule.path);
}

/** A Retry-After as it goes over the wire. */
export const retryAfter = (value) => (value instanceof Date ? value.toUTCString() : String(value));
