// SPDX-License-Identifier: GPL-3.0-or-later
// The roster: what is drawn is the package's plan; it is edited, pinned, solved again, saved; impossible ones say why; long ones scroll.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { download, keptIn, openRoster, parseCsv, property, reached } from "./browser.mjs";
import { source } from "../../js-bindings/test/helpers.mjs";
import { dyo, onPage } from "./fixture.mjs";

const { scheduleOf } = await source("roster");

/** The grid as a person sees it: a row for each person with the labels of each day, and the coverage below. */
const grid = (page) =>
  page.locator("dyo-roster").evaluate((el) => {
    const text = (list) => [...list].map((x) => x.textContent.trim());
    const rows = [...el.renderRoot.querySelectorAll("tbody tr:not(.gap)")].map((tr) => ({
      name: tr.querySelector("th").textContent.trim(),
      days: [...tr.querySelectorAll("td.day")].map((td) => text(td.querySelectorAll(".bar:not(.tail)"))),
      tails: [...tr.querySelectorAll("td.day")].map((td) => td.querySelectorAll(".tail").length),
      hours: tr.querySelector("td.n").textContent,
    }));
    const cover = [...el.renderRoot.querySelectorAll("tfoot tr")].map((tr) => [tr.querySelector("th").textContent.trim(), text(tr.querySelectorAll("td.day"))]);
    return { rows, cover };
  });

const cell = (page, person, day) => page.locator(`dyo-roster td[data-person="${person}"][data-day="${day}"]`);

/** Solves again and waits until the plan belongs to what is on the screen. */
async function solve(page) {
  await page.getByRole("button", { name: "Solve", exact: true }).click();
  await page.getByText("Something has changed since this plan was made.").waitFor({ state: "detached" });
  await reached(page, "staff", "ready");
}

describe("staff", () => {
  onPage("the sample is drawn as the package plans it: bars, nights over midnight, coverage, hours, money", async ({ page }) => {
    await openRoster(page, { whole: true });
    const [employees, shifts, result, start] = await Promise.all(["employees", "shifts", "result", "start"].map((n) => property(page, "dyo-roster", n)));
    const roster = await keptIn(page, "roster");
    const kind = new Map(roster.kinds.map((k) => [k.name, k]));
    const asked = scheduleOf(roster); // as `npx dyocense schedule` asks, which names no shift in sentences
    assert.deepEqual([employees, shifts.map(({ name, ...shift }) => shift)], [asked.employees, asked.shifts]);
    const plan = await dyo.staffing.schedule({
      employees,
      shifts,
      min_coverage: Object.fromEntries(shifts.map((s) => [s.id, kind.get(s.type).need[s.day % 7]])),
      skill_coverage: Object.fromEntries(shifts.filter((s) => kind.get(s.type).among).map((s) => [s.id, { lead: 1 }])),
      min_rest_hours: 11,
      fairness_weight: 1,
      horizon_start: start,
      time_limit_s: 2,
    });
    if (plan.stopped_by !== "time" && result.stopped_by !== "time") assert.deepEqual(result.assignments, plan.assignments);
    const { rows, cover } = await grid(page);
    assert.equal(rows.length, employees.length);
    const of = new Map(shifts.map((s) => [s.id, s]));
    for (const [i, e] of employees.entries()) {
      const mine = result.assignments.filter((a) => a.employee_id === e.id).map((a) => of.get(a.shift_id));
      assert.equal(rows[i].name, e.name);
      assert.deepEqual(rows[i].days.flat().length, mine.length, e.name);
      for (const s of mine) assert.ok(rows[i].days[s.day].includes(s.type), `${e.name} on ${s.day}`);
      const nights = mine.filter((s) => s.end_time < s.start_time && s.day < 13).map((s) => s.day + 1);
      assert.deepEqual(rows[i].tails.flatMap((n, d) => (n ? [d] : [])), nights.sort((a, b) => a - b), `${e.name}'s nights reach into the next day`);
      assert.equal(rows[i].hours, mine.length ? String(8 * mine.length) : "–");
    }
    assert.deepEqual(cover.map(([name]) => name), ["Early", "Late", "Night"]);
    for (const [name, days] of cover)
      for (const [day, text] of days.entries()) {
        const there = rows.filter((r) => r.days[day].includes(name)).length;
        assert.ok(text.startsWith(`${there}/${kind.get(name).need[day % 7]}`), `${name} on ${day}: ${text}`);
      }
    assert.match(await page.locator(".sure").first().innerText(), /Proven|At most|at most|not known/);
  });

  onPage("a cell is pinned and forbidden by hand and by key, and the next plan keeps to it", async ({ page }) => {
    await openRoster(page);
    const before = await property(page, "dyo-roster", "result");
    const works = (p, day) => before.assignments.some((a) => a.employee_id === p && a.shift_id.endsWith(`-${day + 1}`));
    const off = ["p5", "p6", "p7", "p8", "p9", "p10", "p11"].find((p) => !works(p, 2) && !works(p, 1) && !works(p, 3));
    await cell(page, off, 2).click();
    await page.getByRole("button", { name: "Pin Late" }).click();
    const busy = before.assignments.find((a) => a.employee_id !== off);
    const day = Number(busy.shift_id.split("-")[1]) - 1;
    await cell(page, busy.employee_id, day).click();
    await page.keyboard.press("f");
    await page.getByText("Something has changed since this plan was made.").waitFor();
    await solve(page);
    const after = await property(page, "dyo-roster", "result");
    const has = (e, s) => after.assignments.some((a) => a.employee_id === e && a.shift_id === s);
    assert.ok(has(off, "late-3"), "the pinned shift is worked");
    assert.ok(!has(busy.employee_id, busy.shift_id), "the forbidden one is not");
    assert.match(await cell(page, off, 2).getAttribute("aria-label"), /Late 14:30–22:30, pinned/);
    await page.getByRole("button", { name: "Let all 2 pins and bans go" }).click();
    assert.deepEqual(await property(page, "dyo-roster", "fixed"), []);
  });

  onPage("arrow keys walk the cells, one of them in the order of tabs", async ({ page }) => {
    await openRoster(page);
    await cell(page, "p1", 0).click();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "End", "ArrowLeft"]) await page.keyboard.press(key);
    const at = () => page.locator("dyo-roster").evaluate((el) => [el.renderRoot.activeElement?.dataset.person, el.renderRoot.activeElement?.dataset.day]);
    assert.deepEqual(await at(), ["p2", "12"]);
    assert.equal(await page.locator('dyo-roster td[tabindex="0"]').count(), 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Home");
    assert.deepEqual(await at(), ["p1", "0"]);
  });

  onPage("an impossible need says why, outlines where, and still shows the closest plan", async ({ page }) => {
    await openRoster(page);
    await page.getByLabel("Mon of Night").fill("13");
    await solve(page);
    const result = await property(page, "dyo-roster", "result");
    assert.equal(result.status, "infeasible");
    assert.ok((await page.locator(".sentence").innerText()).includes(result.conflict.message.replace(/\.$/, "")));
    const outlined = await page.locator("dyo-roster td.need.conflict").evaluateAll((all) => all.flatMap((td) => td.dataset.shifts.split(" ")));
    assert.deepEqual(outlined.sort(), [...result.conflict.shifts].sort());
    const open = await page.locator("dyo-roster td.need.short").count();
    assert.ok(open > 0, "open places are marked");
    const reasons = await page.locator(".why li").allInnerTexts();
    assert.ok(reasons.some((r) => r.startsWith(result.uncovered[0].reason.slice(0, 30))), reasons.join("|"));
    assert.ok(result.assignments.length > 0);
  });

  onPage("what is no number is refused in the field's own words, and the last plan stays", async ({ page }) => {
    await openRoster(page);
    const pay = page.getByLabel("Pay of Elif Kaya");
    await pay.fill("a lot");
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    await reached(page, "staff", "error");
    assert.equal(await pay.getAttribute("aria-invalid"), "true");
    assert.match(await page.locator(".error").first().innerText(), /Elif Kaya: found "a lot"/);
    assert.ok((await grid(page)).rows[0].days.flat().length > 0);
    await pay.fill("16");
    await solve(page);
  });

  onPage("the roster leaves as CSV and for calendars, and comes back after a reload", async ({ page }) => {
    await openRoster(page);
    await page.getByLabel("Name of Noah Berg").fill("=Noah, Berg");
    const result = await property(page, "dyo-roster", "result");
    const { name, text } = await download(page, () => page.getByRole("button", { name: "Download the roster (CSV)" }).click());
    assert.match(name, /^roster-\d{4}-\d\d-\d\d\.csv$/);
    const [head, ...rows] = parseCsv(text);
    assert.deepEqual(head, ["date", "employee_id", "employee", "shift_id", "shift", "start_time", "end_time", "hours", "cost"]);
    assert.deepEqual(rows.map((r) => [r[1], r[3], Number(r[7]), Number(r[8])]), result.assignments.map((a) => [a.employee_id, a.shift_id, a.hours, a.cost]));
    assert.ok(rows.every((r) => /^\d{4}-\d\d-\d\d$/.test(r[0]) && !/^[=+\-@]/.test(r[2])), "no cell begins a formula");
    const svg = (await download(page, () => page.getByRole("button", { name: "Download SVG" }).click())).text;
    const drawn = await page.evaluate((text) => {
      const doc = new DOMParser().parseFromString(text, "image/svg+xml");
      return { broken: doc.querySelector("parsererror") !== null, texts: [...doc.querySelectorAll("text")].map((t) => t.textContent) };
    }, svg);
    assert.ok(!drawn.broken && drawn.texts.includes("=Noah, Berg") && drawn.texts.includes("Hotel reception"));
    assert.equal(drawn.texts.filter((t) => ["Early", "Late", "Night"].includes(t)).length, result.assignments.length + 3, "each shift worked, and a line of each kind below");
    const png = await download(page, () => page.getByRole("button", { name: "Download PNG" }).click());
    assert.match(png.name, /^roster-\d{4}-\d\d-\d\d\.png$/);
    assert.match(png.text, /PNG/);
    const ics = (await download(page, () => page.getByRole("button", { name: "Download for calendars" }).click())).text;
    assert.equal(ics.match(/BEGIN:VEVENT/g).length, result.assignments.length);
    assert.ok(ics.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
    const [from, to] = [/DTSTART:(\S+)/.exec(ics)[1], /DTEND:(\S+)/.exec(ics)[1]].map((t) => Date.parse(t.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z")));
    assert.equal(to - from, 8 * 3_600_000);
    await page.reload();
    await reached(page, "staff", "ready");
    assert.equal(await page.getByLabel("Name of =Noah, Berg").inputValue(), "=Noah, Berg");
  });

  onPage("Cancel ends a long search within a moment and keeps the best plan so far", async ({ page }) => {
    await openRoster(page);
    await page.getByLabel("Time to solve").fill("60");
    await page.getByRole("textbox", { name: "Fair hours" }).fill("3.7");
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await reached(page, "staff", "ready");
    const result = await property(page, "dyo-roster", "result");
    assert.equal(result.stopped_by, "cancelled");
    assert.ok(result.assignments.length > 50);
    await page.getByText("Stopped: this is the best plan so far.").waitFor();
  });

  onPage("a hundred people and five hundred shifts are solved, cancelled with the best plan so far, and solved again around pins", async ({ page }) => {
    const kinds = Array.from({ length: 18 }, (_, i) => {
      const [name, start_time, end_time] = [["early", "06:00", "14:00"], ["late", "14:00", "22:00"], ["night", "22:00", "06:00"]][i % 3];
      const need = [3, 3, 3, 3, 3, 2, i === 17 ? 0 : 2];
      return { id: `k${i}`, name: `Ward ${Math.floor(i / 3) + 1} ${name}`, start_time, end_time, duration_hours: 8, need, among: "" };
    });
    const people = Array.from({ length: 100 }, (_, i) => ({ id: `p${i + 1}`, name: `Person ${i + 1}`, hourly_rate: 15 + (i % 7), max_hours_per_week: 40, skills: "", away: [] }));
    const rules = { fixed: [], forbidden: [], min_rest_hours: 11, max_consecutive_days: "", overtime_multiplier: "", fairness_weight: 1, understaffing_penalty: "", time_limit_s: 300, against: "fairness" };
    const roster = { name: "Hospital", currency: "EUR", start: "2026-03-02", weeks: 4, people, kinds, ...rules };
    await page.locator("input[type=file]").setInputFiles({ name: "hospital.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({ roster })) });
    await page.locator("dyo-roster").waitFor();
    const need = new Map(kinds.map((k) => [k.name, k.need]));
    const shifts = await property(page, "dyo-roster", "shifts");
    assert.equal(shifts.length, 500);
    const places = shifts.reduce((t, s) => t + need.get(s.type)[s.day % 7], 0);
    /** What the search under way has found, once it has a whole plan. */
    const best = async () => {
      await page.waitForFunction(() => document.querySelector(".working progress")?.value > 0.5);
      await page.getByRole("button", { name: "Cancel" }).click();
      await reached(page, "staff", "ready");
      const result = await property(page, "dyo-roster", "result");
      assert.equal(result.stopped_by, "cancelled");
      assert.equal(result.assignments.length, places, "each place is filled");
      assert.ok(result.gap < 0.5 && result.lower_bound > 0);
      return result;
    };
    const before = await best();
    assert.match(await page.locator(".sentence").innerText(), /^\d+ people fill all 1,360 places of 500 shifts/);
    const worked = before.assignments.find((a) => a.employee_id === "p1") ?? before.assignments[0];
    const day = shifts.find((s) => s.id === worked.shift_id).day;
    await cell(page, worked.employee_id, day).click();
    await page.keyboard.press("f");
    await cell(page, "p2", 20).click();
    const [pinned] = await page.getByRole("button", { name: /^Pin Ward/ }).all();
    const name = (await pinned.innerText()).slice(4);
    await pinned.click();
    await page.getByRole("button", { name: "Solve", exact: true }).click();
    const after = await best();
    const has = (e, s) => after.assignments.some((a) => a.employee_id === e && a.shift_id === s);
    assert.ok(!has(worked.employee_id, worked.shift_id), "what was forbidden is not worked");
    assert.ok(has("p2", shifts.find((s) => s.day === 20 && s.type === name).id), `pinned: ${name}`);
  });

  onPage("the curve has the package's points, its knee, and each point's own roster", async ({ page }) => {
    await openRoster(page);
    await page.getByRole("button", { name: "Draw the curve" }).click();
    await page.locator("dyo-staff-curve svg[role=img]").waitFor();
    const frontier = await property(page, "dyo-staff-curve", "frontier");
    assert.equal(await page.locator("dyo-staff-curve circle.dot").count(), frontier.length);
    assert.ok(frontier.length > 1 && frontier.every((p, i) => !i || (p.cost - frontier[i - 1].cost) * (p.other - frontier[i - 1].other) <= 0), "cost against the other");
    await page.locator("dyo-staff-curve svg[role=img]").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.getByText(`This is the roster of point ${frontier.length} of the curve below.`).waitFor();
    const shown = await property(page, "dyo-roster", "result");
    assert.deepEqual(shown.assignments, frontier.at(-1).assignments);
    assert.ok(Math.abs(shown.employees.reduce((t, e) => t + e.cost, 0) - frontier.at(-1).total_cost) < 1e-6, "labor_cost and the point agree");
    await page.getByRole("button", { name: "Back to the plan" }).click();
  });

  onPage("a hundred people over four weeks: the rows in sight are made at once and the others after, and the last one is reached", async ({ page }) => {
    await openRoster(page);
    const made = await page.locator("dyo-roster").evaluate(async (el) => {
      const employees = Array.from({ length: 100 }, (_, i) => ({ id: `e${i}`, name: `Person ${i}` }));
      const shifts = Array.from({ length: 84 }, (_, i) => ({ id: `s${i}`, type: ["A", "B", "N"][i % 3], day: Math.floor(i / 3), start_time: ["06:00", "14:00", "22:00"][i % 3], end_time: ["14:00", "22:00", "06:00"][i % 3] }));
      const assignments = employees.flatMap((e, i) => shifts.filter((s) => s.day % 7 < 5 && (s.day + i) % 3 === shifts.indexOf(s) % 3).map((s) => ({ employee_id: e.id, shift_id: s.id, hours: 8, cost: 100 })));
      const alone = document.createElement("dyo-roster");
      Object.assign(alone, { id: "long", start: "2025-06-02", employees, shifts, result: { status: "feasible", assignments, employees: [], coverage: [] } });
      el.after(alone);
      await alone.updateComplete;
      return alone.renderRoot.querySelectorAll("tbody tr:not(.gap)").length;
    });
    assert.ok(made < 60, `${made} rows of 100 at once`);
    await page.waitForFunction(() => document.querySelector("#long").renderRoot.querySelectorAll("tbody tr:not(.gap)").length === 100);
    await page.locator("#long .box").evaluate((box) => (box.scrollTop = box.scrollHeight));
    await page.locator("#long").getByRole("rowheader", { name: "Person 99" }).waitFor();
    const below = await page.locator("#long").evaluate((el) => el.renderRoot.querySelector("thead th.day").getBoundingClientRect().top - el.renderRoot.querySelector(".box").getBoundingClientRect().top);
    assert.ok(Math.abs(below) < 3, `the days stay at the top: ${below} px`);
    await page.locator('#long td[data-person="e99"][data-day="0"]').click();
    await page.keyboard.press("Control+Home");
    await page.locator("#long").getByRole("rowheader", { name: "Person 0", exact: true }).waitFor();
  });
});
