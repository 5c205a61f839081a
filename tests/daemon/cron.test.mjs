// Schedules against a second implementation (croner), over clock changes in zones that make them differently; and what is refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Cron } from "croner";
import { nativePath, run } from "../lib/project.mjs";

/** The next times as dyocensed sees them: ISO texts in UTC. */
function ours(expression, zone, from, count) {
  const r = run(nativePath, ["cron", expression, "--zone", zone, "--from", from, "--count", String(count)]);
  assert.equal(r.status, 0, r.stderr);
  return r.stdout.trimEnd().split("\n").map((line) => line.split(" ")[0]);
}

function theirs(expression, zone, from, count) {
  const out = [];
  const cron = new Cron(expression, { timezone: zone });
  for (let at = new Date(from); out.length < count; ) {
    at = cron.nextRun(at);
    if (at === null) return [...out, "never"];
    out.push(at.toISOString().replace(".000", ""));
  }
  return out;
}

// [expression, zone, after, how many]
const plain = [
  ["* * * * *", "UTC", "2026-01-01T00:00:00Z", 5],
  ["*/15 * * * *", "UTC", "2026-01-01T00:07:00Z", 6],
  ["0 0 * * *", "Asia/Tokyo", "2026-01-01T00:00:00Z", 5],
  ["30 6 * * MON-FRI", "Europe/Berlin", "2026-01-01T00:00:00Z", 8],
  ["30 6 * * 1-5", "America/New_York", "2026-07-03T00:00:00Z", 8],
  ["0 9 * * 7", "UTC", "2026-01-01T00:00:00Z", 4],
  ["0 9 * * 0", "UTC", "2026-01-01T00:00:00Z", 4],
  ["0 9 * * SUN", "Asia/Kolkata", "2026-01-01T00:00:00Z", 4],
  ["0 9 * * 5-7", "UTC", "2026-01-01T00:00:00Z", 7],
  ["0 0 1 JAN *", "UTC", "2026-01-01T00:00:00Z", 3],
  ["0 0 1 jan,jul *", "UTC", "2026-01-01T00:00:00Z", 4],
  ["0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 3],
  ["0 0 29 FEB *", "Asia/Kathmandu", "2096-03-01T00:00:00Z", 2],
  ["0 0 31 * *", "UTC", "2026-01-01T00:00:00Z", 7],
  ["0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", 1],
  ["0 0 13 * FRI", "UTC", "2026-01-01T00:00:00Z", 8],
  ["0 0 1,15 * 3", "UTC", "2026-01-01T00:00:00Z", 8],
  ["0 0 */10 * *", "UTC", "2026-01-01T00:00:00Z", 8],
  ["0 0 */2 * MON", "UTC", "2026-01-01T00:00:00Z", 8],
  ["5-59/20 * * * *", "UTC", "2026-01-01T00:00:00Z", 7],
  ["0,5,10-20/5,59 1-3 * * *", "UTC", "2026-01-01T00:00:00Z", 20],
  ["0 8-18/2 * * *", "Australia/Adelaide", "2026-01-01T00:00:00Z", 8],
  ["59 23 31 12 *", "Pacific/Kiritimati", "2026-01-01T00:00:00Z", 2],
  ["0 12 * */3 *", "UTC", "2026-01-30T00:00:00Z", 4],
  ["0 22 * * 1-5/2", "America/Sao_Paulo", "2026-02-27T00:00:00Z", 6],
  ["15 4 8-14 * *", "Africa/Cairo", "2026-01-01T00:00:00Z", 8],
];
// The clock is put forward: named hours at the first moment after the gap, "every hour" without making up.
const gaps = [
  ["30 2 * * *", "America/New_York", "2025-03-08T12:00:00Z", 3],
  ["0 2 * * *", "America/New_York", "2025-03-08T12:00:00Z", 3],
  ["59 2 * * *", "America/Los_Angeles", "2026-03-07T12:00:00Z", 3],
  ["0 3 * * *", "America/New_York", "2025-03-08T12:00:00Z", 3],
  ["59 1 * * *", "America/New_York", "2025-03-08T12:00:00Z", 3],
  ["30 * * * *", "America/New_York", "2025-03-09T05:00:00Z", 4],
  ["*/20 * * * *", "America/Chicago", "2025-03-09T07:00:00Z", 9],
  ["30 2 * * *", "Europe/Berlin", "2025-03-29T12:00:00Z", 3],
  ["15 2 30 3 *", "Europe/Berlin", "2025-01-01T00:00:00Z", 3],
  ["30 1 * * *", "Europe/London", "2026-03-28T12:00:00Z", 3],
  ["0 */2 * * *", "Europe/Berlin", "2025-03-29T22:30:00Z", 4],
  ["0 * * * *", "Europe/Lisbon", "2025-03-29T22:30:00Z", 5],
  ["30 2 * * SUN", "Europe/Warsaw", "2025-03-25T00:00:00Z", 3],
  ["15 2 * * *", "Australia/Lord_Howe", "2025-10-04T00:00:00Z", 3],
  ["30 2 * * *", "Australia/Lord_Howe", "2025-10-04T00:00:00Z", 3],
  ["30 2 * * *", "Australia/Sydney", "2025-10-04T00:00:00Z", 3],
  ["0 0 * * *", "America/Santiago", "2025-09-06T12:00:00Z", 3],
  ["30 0 * * *", "America/Santiago", "2025-09-06T12:00:00Z", 3],
  ["0 0 * * *", "Asia/Beirut", "2025-03-29T12:00:00Z", 3],
  ["30 0 * * *", "Africa/Cairo", "2025-04-24T00:00:00Z", 3],
  ["30 2 * * *", "Pacific/Auckland", "2025-09-27T00:00:00Z", 3],
  ["30 2 8 3 *", "America/New_York", "2037-01-01T00:00:00Z", 3],
  ["30 2 * * *", "America/New_York", "2041-03-09T12:00:00Z", 3],
  ["30 2 * * *", "Europe/Paris", "2099-03-28T12:00:00Z", 3],
];
// The clock is put back: named hours once, at the first pass; "every hour" in both.
const overlaps = [
  ["30 1 * * *", "America/New_York", "2025-11-01T12:00:00Z", 3],
  ["0 1 * * *", "America/New_York", "2025-11-01T12:00:00Z", 3],
  ["30 1 * * *", "America/New_York", "2025-11-02T05:30:00Z", 2],
  ["30 1 * * *", "America/New_York", "2025-11-02T06:10:00Z", 2],
  ["30 * * * *", "America/New_York", "2025-11-02T04:00:00Z", 5],
  ["*/20 * * * *", "America/Denver", "2025-11-02T06:30:00Z", 9],
  ["0 2 * * *", "America/New_York", "2025-11-01T12:00:00Z", 3],
  ["30 2 * * *", "Europe/Berlin", "2025-10-25T12:00:00Z", 3],
  ["45 2 * * *", "Europe/Berlin", "2025-10-25T12:00:00Z", 4],
  ["0 */2 * * *", "Europe/Berlin", "2025-10-25T22:30:00Z", 4],
  ["30 1 26 10 *", "Europe/London", "2025-01-01T00:00:00Z", 2],
  ["45 1 * * *", "Australia/Lord_Howe", "2025-04-05T00:00:00Z", 3],
  ["*/15 * * * *", "Australia/Lord_Howe", "2025-04-05T14:20:00Z", 6],
  ["30 2 * * *", "Australia/Sydney", "2025-04-05T00:00:00Z", 3],
  ["30 23 * * *", "America/Santiago", "2025-04-04T12:00:00Z", 3],
  ["30 23 * * *", "Asia/Beirut", "2025-10-24T12:00:00Z", 3],
  ["0 0 * * *", "America/Havana", "2025-11-01T12:00:00Z", 3],
  ["30 2 * * *", "Pacific/Auckland", "2026-04-04T00:00:00Z", 3],
  ["30 1 * * *", "Europe/Dublin", "2025-10-25T12:00:00Z", 3],
  ["30 1 * * *", "America/New_York", "2042-11-01T12:00:00Z", 3],
];

// Where croner is different on purpose or in error. Ours: as the clock on the wall says, worked out by hand.
const differing = [
  {
    why: "a step in the minutes of a named hour: croner counts it as elapsed time, so that the doubled hour counts twice",
    it: ["*/30 1 * * *", "America/New_York", "2025-11-02T04:00:00Z", 3],
    is: ["2025-11-02T05:00:00Z", "2025-11-02T05:30:00Z", "2025-11-03T06:00:00Z"],
  },
  {
    why: "a list in the minutes of a named hour: the same, although no field is a step or *",
    it: ["15,45 2 * * *", "Europe/Berlin", "2025-10-25T12:00:00Z", 4],
    is: ["2025-10-26T00:15:00Z", "2025-10-26T00:45:00Z", "2025-10-27T01:15:00Z", "2025-10-27T01:45:00Z"],
  },
  {
    why: "a step in a skipped hour: croner leaves the day out, although the schedule names that hour each day",
    it: ["*/15 2 * * *", "Europe/Berlin", "2025-03-29T12:00:00Z", 2],
    is: ["2025-03-30T01:00:00Z", "2025-03-31T00:00:00Z"],
  },
  {
    why: "30 December 2011 did not exist in Apia; croner answers noon of the 29th, which is before that day",
    it: ["0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", 2],
    is: ["2011-12-30T10:00:00Z", "2012-12-29T22:00:00Z"],
  },
];

for (const [name, list] of Object.entries({ plain, gaps, overlaps }))
  describe(`cron, ${name}`, () => {
    for (const c of list)
      test(`${c[0]} in ${c[1]} after ${c[2]}`, () => assert.deepEqual(ours(...c), theirs(...c)));
  });

test("at least 60 cases are compared, 40 of them at a change of the clock", () => {
  assert.ok(plain.length + gaps.length + overlaps.length >= 60);
  assert.ok(gaps.length + overlaps.length >= 40);
});

describe("cron, where the other one is different", () => {
  for (const c of differing)
    test(c.why, () => {
      assert.deepEqual(ours(...c.it), c.is);
      assert.notDeepEqual(theirs(...c.it), c.is, "croner agrees now: move it to the others");
    });
});

describe("cron refuses", () => {
  const refused = [
    ["60 * * * *", /minute: found "60".*0 to 59/],
    ["* 24 * * *", /hour: found "24".*0 to 23/],
    ["* * 0 * *", /day of month: found "0".*1 to 31/],
    ["* * * 13 *", /month: found "13".*1 to 12 or JAN to DEC/],
    ["* * * FEBRUARY *", /month: found "FEBRUARY"/],
    ["* * * * 8", /day of week: found "8".*SUN to SAT/],
    ["5/15 * * * *", /minute: found "5\/15"; a step follows \* or a range/],
    ["*/0 * * * *", /minute: found "\*\/0"; a step is/],
    ["30-10 * * * *", /minute: found "30-10"; a range ends after it begins/],
    ["1,,2 * * * *", /minute: found ""/],
    ["* * * *", /4 fields; five are expected/],
    ["0 * * * * *", /6 fields/],
    ["@daily", /1 field; five/],
    [`${"1,".repeat(200)}1 * * * *`, /at most 200/],
  ];
  for (const [text, message] of refused)
    test(text.slice(0, 40), () => {
      const r = run(nativePath, ["cron", text]);
      assert.equal(r.status, 2);
      const { error } = JSON.parse(r.stderr);
      assert.equal(error.code, "invalid_input");
      assert.match(error.message, message);
    });
  const zones = [
    ["Europe/Belrin", "Europe/Berlin"],
    ["europe/berlin", "Europe/Berlin"],
    ["Berlin", "Europe/Berlin"],
    ["New York", "America/New_York"],
    ["Asia/Calcuta", "Asia/Calcutta"],
  ];
  for (const [wrong, right] of zones)
    test(`the zone ${wrong}, naming ${right}`, () => {
      const r = run(nativePath, ["cron", "0 0 * * *", "--zone", wrong]);
      assert.equal(r.status, 2);
      assert.match(JSON.parse(r.stderr).error.message, new RegExp(`"${wrong}"; did you mean "${right}"`));
    });
  for (const wrong of ["../../../etc/passwd", "Europe/../UTC", "/etc/localtime", "", "tzdata.zi", "Europe"])
    test(`the zone "${wrong}"`, () => assert.equal(run(nativePath, ["cron", "0 0 * * *", "--zone", wrong]).status, 2));
  test("a time with another offset than UTC's", () =>
    assert.equal(run(nativePath, ["cron", "0 0 * * *", "--from", "2026-01-01T00:00:00+02:00"]).status, 2));
});
