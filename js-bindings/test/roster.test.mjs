// SPDX-License-Identifier: GPL-3.0-or-later
// A roster as the page and `npx dyocense schedule` ask for it: what is empty, what is left out, and what is refused where.
import assert from "node:assert/strict";
import test from "node:test";
import { load } from "../dist/node.js";
import { refusal, source } from "./helpers.mjs";

const { isRoster, scheduleOf, shiftsOf } = await source("roster");
const dyo = await load();

const person = (id, more) => ({ id, name: id.toUpperCase(), hourly_rate: 20, max_hours_per_week: 40, skills: "", away: [], ...more });
const kind = (id, more) => ({ id, name: id.toUpperCase(), start_time: "08:00", end_time: "16:00", duration_hours: "", need: [1, 0, 0, 0, 0, 0, 0], among: "", ...more });
const roster = (more) => ({
  start: "2026-01-05",
  weeks: 1,
  people: [person("a"), person("b")],
  kinds: [kind("d")],
  fixed: [],
  forbidden: [],
  min_rest_hours: 11,
  max_consecutive_days: "",
  overtime_multiplier: "",
  fairness_weight: 0,
  understaffing_penalty: "",
  time_limit_s: 2,
  ...more,
});

test("every field of a roster is asked for", async () => {
  const request = scheduleOf(
    roster({
      weeks: 2,
      people: [person("a", { skills: "lead, cook ,", away: ["2026-01-12"], likes: { d: 3, gone: 5 } }), person("b", { max_hours_per_week: "" })],
      kinds: [kind("d", { duration_hours: 7.5, among: "lead 1, first aid" }), kind("n", { start_time: "22:00", end_time: "06:00", need: [0, 2, 0, 0, 0, 0, 0] })],
      fixed: [{ employee_id: "a", shift_id: "d-1" }, { employee_id: "gone", shift_id: "d-1" }],
      forbidden: [{ employee_id: "b", shift_id: "n-2" }, { employee_id: "b", shift_id: "n-1" }],
      max_consecutive_days: 5,
      overtime_multiplier: 1.5,
      fairness_weight: 2,
      understaffing_penalty: 100,
    }),
    ({ name }, day) => `${name} of day ${day}`,
  );
  const times = { d: { type: "D", start_time: "08:00", end_time: "16:00", duration_hours: 7.5 }, n: { type: "N", start_time: "22:00", end_time: "06:00" } };
  assert.deepEqual(request, {
    employees: [
      { id: "a", name: "A", hourly_rate: 20, max_hours_per_week: 40, max_consecutive_days: 5, skills: ["lead", "cook"], unavailable_dates: ["2026-01-12"], preferences: { "d-1": 3, "d-8": 3 } },
      { id: "b", name: "B", hourly_rate: 20, max_consecutive_days: 5, skills: [] },
    ],
    shifts: [
      { id: "d-1", name: "D of day 0", day: 0, ...times.d },
      { id: "n-2", name: "N of day 1", day: 1, ...times.n },
      { id: "d-8", name: "D of day 7", day: 7, ...times.d },
      { id: "n-9", name: "N of day 8", day: 8, ...times.n },
    ],
    min_coverage: { "d-1": 1, "n-2": 2, "d-8": 1, "n-9": 2 },
    skill_coverage: { "d-1": { lead: 1, "first aid": 1 }, "d-8": { lead: 1, "first aid": 1 } },
    fixed: [{ employee_id: "a", shift_id: "d-1" }],
    forbidden: [{ employee_id: "b", shift_id: "n-2" }],
    horizon_start: "2026-01-05",
    min_rest_hours: 11,
    fairness_weight: 2,
    overtime_multiplier: 1.5,
    understaffing_penalty: 100,
    time_limit_s: 2,
  });
  assert.equal((await dyo.staffing.schedule(request)).stopped_by !== undefined, true);
});

test("an empty field means no limit where the form says so; any other is refused at its place, at every door alike", async () => {
  const empty = scheduleOf(roster({ people: [person("a", { max_hours_per_week: "" })] }));
  assert.deepEqual(empty.employees, [{ id: "a", name: "A", hourly_rate: 20, skills: [] }]);
  for (const name of ["overtime_multiplier", "understaffing_penalty", "skill_coverage", "max_consecutive_days"]) assert.ok(!(name in empty), name);
  assert.equal((await dyo.staffing.schedule(empty)).status, "optimal");
  const wrong = {
    "/min_rest_hours": { min_rest_hours: "" },
    "/fairness_weight": { fairness_weight: "" },
    "/time_limit_s": { time_limit_s: "" },
    "/employees/0/hourly_rate": { people: [person("a", { hourly_rate: "" })] },
    "/shifts/0/start_time": { kinds: [kind("d", { start_time: "" })] },
    "/min_coverage/d-1": { kinds: [kind("d", { need: ["", 0, 0, 0, 0, 0, 0] })] },
    "/overtime_multiplier": { overtime_multiplier: "dear" },
  };
  for (const [path, more] of Object.entries(wrong)) await refusal(dyo.staffing.schedule(scheduleOf(roster(more))), "invalid_input", path);
});

test("who has no name is called by the id; kinds of one name keep their own need and skills", () => {
  const { employees, shifts, min_coverage, skill_coverage } = scheduleOf(
    roster({
      people: [person("a", { name: " " })],
      kinds: [kind("d", { name: "Day" }), kind("e", { name: "Day", need: [3], among: "2 cook 2" }), kind("f", { name: "", need: [1], among: "7" })],
    }),
  );
  assert.deepEqual(employees.map((e) => e.name), ["a"]);
  assert.deepEqual(shifts.map((s) => [s.id, s.name, s.type]), [["d-1", undefined, "Day"], ["e-1", undefined, "Day"], ["f-1", undefined, "f"]]);
  assert.deepEqual(min_coverage, { "d-1": 1, "e-1": 3, "f-1": 1 });
  assert.deepEqual(skill_coverage, { "e-1": { "2 cook": 2 }, "f-1": { 7: 7 } });
  assert.deepEqual(shiftsOf(roster(), (k, day) => `${k.id}${day}`).map((s) => s.name), ["d0"]);
});

test("what is no roster is not taken for one", () => {
  assert.ok(isRoster(JSON.parse(JSON.stringify(roster()))));
  const damaged = [
    null, "x", [], {}, { ...roster(), start: "soon" }, { ...roster(), start: undefined },
    ...[0, 1.5, 1e9, "2", null].map((weeks) => ({ ...roster(), weeks })),
    ...[{}, [null], [{}], [person("a", { name: null })], [person("a", { away: "x" })]].map((people) => ({ ...roster(), people })),
    ...[undefined, ["x"], [kind("d", { need: 1 })], [kind("d", { among: 7 })]].map((kinds) => ({ ...roster(), kinds })),
    { ...roster(), fixed: null }, { ...roster(), forbidden: [{ employee_id: "a" }] },
  ];
  for (const one of damaged) assert.equal(isRoster(one), false, JSON.stringify(one));
});
