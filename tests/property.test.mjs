// Every field of every operation, at every depth, made wrong in every way that lib/mutations.mjs knows. The reply must be a valid answer
// where the schema allows the mutation, else an error with the right code and path: never a crash, a hang, an internal error or nothing.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { goldenCases } from "./lib/golden.mjs";
import { mutationsOf } from "./lib/mutations.mjs";
import { asanPath, describeOp, operations, runBytes } from "./lib/project.mjs";
import { validator } from "./lib/schema.mjs";
import { covering, rulesOf } from "./lib/sites.mjs";
import { judgeFor } from "./lib/verdict.mjs";
import { notAsked, playWasm } from "./lib/wasm.mjs";

const LONGEST_REQUEST = 6000; // characters of a golden input that is worth mutating: long lists add no new rule
const ops = operations();
const totals = { requests: 0, refused: 0, answered: 0 };

function basesOf(op, schema) {
  const asked = goldenCases(op).filter((c) => c.error === undefined).map((c) => c.in);
  const short = asked.filter((doc) => JSON.stringify(doc).length <= LONGEST_REQUEST);
  const { chosen, covered } = covering(schema, short);
  return { chosen, uncovered: [...rulesOf(schema)].filter((rule) => !rule.endsWith("/*") && !covered.has(rule)) };
}

const bytesOf = (m) => Buffer.from(m.text ?? JSON.stringify(m.doc));
const tell = (problems) =>
  `${problems.length} replies are wrong:\n${problems.slice(0, 25).map((p) => `${p.label}: ${p.why}\n    ${p.request}`).join("\n")}`;

/** Play mutations through a door, `play(requests) -> replies` where a reply is bytes or { crash }, and judge each. */
async function judged(mutations, judge, play) {
  const problems = [];
  const replies = await play(mutations.map(bytesOf));
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

for (const op of ops) {
  describe(`${op}, mutated`, () => {
    const schemas = describeOp(op);
    const judge = judgeFor(schemas, validator(schemas.input), validator(schemas.output));
    const { chosen, uncovered } = basesOf(op, schemas.input);
    const mutations = chosen.flatMap((doc) => [...mutationsOf(schemas.input, doc)]);

    test("has a short answered golden case for every field of its input", () => {
      assert.deepEqual(uncovered, [], "fields that no good or edge case uses");
    });

    test("answers or refuses rightly under the sanitizers", async () => {
      assert.ok(mutations.length > 0, "no answered golden case to start from");
      const problems = await judged(mutations, judge, (requests) => runBytes(asanPath, op, requests));
      assert.equal(problems.length, 0, tell(problems));
    });

    test("answers or refuses rightly in wasm", async () => {
      assert.ok(mutations.length > 0, "no answered golden case to start from");
      const problems = await judged(mutations, judge, (requests) => playWasm(op, requests));
      assert.equal(problems.length, 0, tell(problems));
    });
  });
}

after(() => {
  console.log(`# mutated requests: ${totals.requests} (${totals.answered} answered, ${totals.refused} refused)`);
});
