// SPDX-License-Identifier: GPL-3.0-or-later
// A request that goes on until its time is up or it is stopped: two weeks of a dozen people, fair, to be proven best.
import assert from "node:assert/strict";

const hours = { early: ["06:00", "14:00"], late: ["14:00", "22:00"], night: ["22:00", "06:00"] };
const shifts = Array.from({ length: 14 }, (_, day) =>
  Object.entries(hours).map(([name, [start_time, end_time]]) => ({ id: `${day}-${name}`, day, start_time, end_time })),
).flat();
const min_coverage = Object.fromEntries(shifts.map(({ id, day }) => [id, 1 + ((7 * day + id.length) % 3)]));
const employees = Array.from({ length: 12 }, (_, i) => ({
  id: `p${i}`,
  hourly_rate: 15 + ((37 * i) % 23) * 0.7,
  max_hours_per_week: 40,
  max_consecutive_days: 5,
  preferences: { [shifts[(11 * i) % shifts.length].id]: (i % 21) - 10 },
}));

export const slow = {
  op: "staffing.schedule",
  input: { employees, shifts, min_coverage, min_rest_hours: 11, fairness_weight: 3, gap_tolerance: 0, time_limit_s: 20 },
  /** A plan in which every shift has its people or is said to lack them, and nobody has two shifts a day. */
  check({ assignments, uncovered }) {
    for (const { id } of shifts) {
      const there = assignments.filter((a) => a.shift_id === id).length;
      assert.ok(there >= min_coverage[id] || uncovered.some((u) => u.shift_id === id && u.assigned === there), `${id}: ${there} of ${min_coverage[id]}`);
    }
    const days = assignments.map((a) => `${a.employee_id} ${a.shift_id.split("-")[0]}`);
    assert.equal(new Set(days).size, days.length);
  },
};
