// A reporter of the Node.js test runner for programs: a line of JSON for each test that begins or ends.
export default async function* told(events) {
  for await (const { type, data } of events)
    if (/^test:(start|pass|fail)$/.test(type)) {
      const { name, nesting, details, skip } = data;
      const why = details?.error?.cause ?? details?.error;
      yield `${JSON.stringify({ type, name, nesting, skip, suite: details?.type === "suite", ms: details?.duration_ms, error: why && String(why.message ?? why).slice(0, 2000) })}\n`;
    }
}

/** The tests of such a run, as they end: { name, path, result, ms, error }; a suite is in the paths of its tests. */
export class Told {
  tests = [];
  names = [];

  event({ type, name, nesting, skip, suite, ms, error }) {
    if (type === "test:start") this.names.splice(nesting, Infinity, name);
    else if (!suite) {
      const path = [...this.names.slice(0, nesting), name].join(" ");
      this.tests.push({ name, path, result: skip !== undefined ? "skipped" : type === "test:pass" ? "passed" : "FAILED", ms, error: error ?? skip });
    }
  }

  of(result) {
    return this.tests.filter((t) => t.result === result);
  }
}
