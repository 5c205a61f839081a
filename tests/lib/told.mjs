// A reporter of the Node.js test runner for programs: a line of JSON for each test that begins or ends.
export default async function* told(events) {
  for await (const { type, data } of events)
    if (/^test:(start|pass|fail)$/.test(type)) {
      const { name, nesting, details, skip } = data;
      yield `${JSON.stringify({ type, name, nesting, skip, suite: details?.type === "suite", ms: details?.duration_ms })}\n`;
    }
}
