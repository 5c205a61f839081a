// The property test over one door: every field of every operation, at every depth, made wrong in every way that
// mutations.mjs knows.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { goldenCases } from "./golden.mjs";
import { mutationsOf } from "./mutations.mjs";
import { describeOp, operations } from "./project.mjs";
import { ruleProblems } from "./roster.mjs";
import { validator } from "./schema.mjs";
import { covering } from "./sites.mjs";
import { judgeFor } from "./verdict.mjs";
import { notAsked } from "./wasm.mjs";

const LONGEST_REQUEST = 6000; // characters of a golden input that is worth mutating: long lists add no new rule

/** { chosen, covered }: a few short answered golden requests, and the rules of the schema that they use between them. */
export function basesOf(op, schema) {
  const asked = goldenCases(op)
    .filter((c) => c.error === undefined)
    .map((c) => c.in);
  return covering(
    schema,
    asked.filter((doc) => JSON.stringify(doc).length <= LONGEST_REQUEST),
  );
}

/** Of the many mutations a door plays one in so many, from its own turn on; DYO_FULL=1 plays them all. */
const every = (oneIn) => (process.env.DYO_FULL ? 1 : oneIn);

const bytesOf = (m) => Buffer.from(m.text ?? JSON.stringify(m.doc));
const tell = (problems) =>
  `${problems.length} replies are wrong:\n${problems
    .slice(0, 25)
    .map((p) => `${p.label}: ${p.why}\n    ${p.request}`)
    .join("\n")}`;

/** One test an operation. play(op, requests) answers the replies as bytes, or { crash } for a request that got none. */
export function properties(door, play, oneIn, turn) {
  const step = every(oneIn);
  const totals = { requests: 0, refused: 0, answered: 0 };

  async function problemsOf(op) {
    const schemas = describeOp(op);
    const judge = judgeFor(schemas, validator(schemas.input), validator(schemas.output), (doc, reply) => ruleProblems(op, doc, reply));
    const mutations = basesOf(op, schemas.input)
      .chosen.flatMap((doc) => [...mutationsOf(schemas.input, doc)])
      .filter((_, i) => i % step === turn % step);
    assert.ok(mutations.length > 0, "no answered golden case to start from");
    const replies = await play(op, mutations.map(bytesOf));
    const problems = [];
    mutations.forEach((m, i) => {
      const reply = replies[i];
      if (reply === undefined || reply === notAsked) return; // what came before is in the list
      const why = reply.crash ?? judge(m, reply);
      totals.requests++;
      if (!why) totals[reply.subarray(0, 9).toString() === '{"error":' ? "refused" : "answered"]++;
      if (why) problems.push({ label: m.label, why, request: bytesOf(m).toString("latin1").slice(0, 300) });
    });
    if (problems.length === 0) assert.equal(replies.length, mutations.length, "one reply a request");
    return problems;
  }

  describe(`mutated requests ${door}`, () => {
    for (const op of operations()) {
      test(`${op} answers or refuses rightly`, async () => {
        const problems = await problemsOf(op);
        assert.equal(problems.length, 0, tell(problems));
      });
    }
    after(() =>
      console.log(`# mutated requests ${door}: ${totals.requests} (${totals.answered} answered, ${totals.refused} refused)`),
    );
  });
}
