// Each field of each operation made wrong, through the native program built with sanitizers. The reply must be a valid
// answer where the schema allows the mutation, else an error with the right code and path: never a crash, a hang, an
// internal error or nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { asanPath, describeOp, operations, runBytes } from "./lib/project.mjs";
import { basesOf, properties } from "./lib/property.mjs";
import { rulesOf } from "./lib/sites.mjs";

describe("golden cases to start from", () => {
  for (const op of operations()) {
    test(`${op} has a short answered case for every field of its input`, () => {
      const { input } = describeOp(op);
      const { covered } = basesOf(op, input);
      const uncovered = [...rulesOf(input)].filter((rule) => !rule.endsWith("/*") && !covered.has(rule));
      assert.deepEqual(uncovered, [], "fields that no short good or edge case uses");
    });
  }
});

properties("under the sanitizers", (op, requests) => runBytes(asanPath, op, requests), 25, 0);
