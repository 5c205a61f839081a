// What ./dev faults goes by: every fault in the tables of README.md names files of tests that are there.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { faultRows, isMeant } from "./lib/faults.mjs";
import { root } from "./lib/project.mjs";

const rows = faultRows();

test("each fault names tests in files that are there, and an end", () => {
  assert.ok(rows.length > 40, `${rows.length}`);
  const units = readdirSync(join(root, "tests/daemon/store")).map((f) => f.replace(/\.c$/, ""));
  for (const { fault, procedures, end } of rows) {
    assert.ok(procedures.length > 0 && end.length > 3, fault);
    for (const { file } of procedures) assert.ok(units.includes(file) || existsSync(join(root, "tests/daemon", file)), `${fault}: ${file}`);
  }
  assert.deepEqual(rows.flatMap((r) => r.procedures).filter((p) => p.server).map((p) => p.file).filter((f) => !/queue|replicas|cutoff/.test(f)), []);
});

test("a row that names no test, or a letter that nothing explains, is refused", () => {
  const table = (cell) => `## Faults of a test\n\nF is \`a.test.mjs\`.\n\n| fault | test | end |\n|---|---|---|\n| one | ${cell} | good |\n| two | the same | good |\n`;
  assert.deepEqual(faultRows(table("F: *a …*, *b*")).map((r) => r.procedures.map((p) => p.pattern)), [["a …", "b"], ["a …", "b"]]);
  assert.throws(() => faultRows(table("F: by hand")), /names no test/);
  assert.throws(() => faultRows(table("X: *a*")), /nobody says what X is/);
});

test("a name is meant by its beginning, or with its suites before it", () => {
  const one = { name: "in the middle (of it): all is there", path: "around it a full disk in the middle (of it): all is there" };
  for (const p of ["in the middle …", "… a full disk …", "in the middle (of it)", "around it … all"]) assert.ok(isMeant(p, one), p);
  for (const p of ["the middle", "a full disk", "in the middle .of it."]) assert.ok(!isMeant(p, one), p);
});
