// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks: the matrix is the package's plan; values are changed in it; what is left out says why.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { download, keptIn, openTasks, parseCsv, reached } from "./browser.mjs";
import { dyo, onPage } from "./fixture.mjs";

const kept = (page) => keptIn(page, "tasks");
const words = (text) => text.split(",").map((s) => s.trim()).filter(Boolean);
const asked = (t) => ({
  employees: t.workers.map((w) => ({ ...w, skills: words(w.skills) })),
  tasks: t.jobs.map((j) => ({ ...j, required_skills: words(j.required_skills) })),
  values: t.values,
  objective: t.objective,
  require_all: t.require_all,
});
const chosen = (page) => page.locator("td.chosen").evaluateAll((all) => all.map((td) => td.dataset.pair).sort());
const pairs = (plan) => plan.assignments.map((a) => `${a.employee_id} ${a.task_id}`).sort();

describe("tasks", () => {
  onPage("the ticked cells are the package's plan, and what is left out says why", async ({ page }) => {
    await openTasks(page);
    const plan = await dyo.staffing.assignTasks(asked(await kept(page)));
    assert.deepEqual(await chosen(page), pairs(plan));
    const why = await page.locator(".why li").allInnerTexts();
    assert.equal(why.length, plan.unassigned.length);
    for (const u of plan.unassigned) assert.ok(why.some((w) => w.includes(u.reason.slice(3, 40))), why.join("|"));
    const [head, ...rows] = parseCsv((await download(page, () => page.getByRole("button", { name: "Download CSV" }).click())).text);
    assert.deepEqual(head, ["task_id", "task", "employee_id", "employee", "value", "hours", "cost", "left_out_because"]);
    assert.equal(rows.length, plan.assignments.length + plan.unassigned.length);
    const svg = (await download(page, () => page.getByRole("button", { name: "Download SVG" }).click())).text;
    const drawn = await page.evaluate((text) => {
      const doc = new DOMParser().parseFromString(text, "image/svg+xml");
      return { broken: doc.querySelector("parsererror") !== null, texts: [...doc.querySelectorAll("text")].map((t) => t.textContent), fills: [...doc.querySelectorAll("rect")].map((r) => r.getAttribute("fill")) };
    }, svg);
    assert.ok(!drawn.broken && drawn.texts.includes("Kitchen sockets") && drawn.texts.includes("Alma"));
    assert.deepEqual(drawn.texts.filter((t) => t.startsWith("✓")).sort(), plan.assignments.map((a) => `✓ ${a.value}`).sort(), "the chosen pairs and what they are worth");
    assert.ok(drawn.fills.every((f) => /^rgb/.test(f)), drawn.fills.join(" "));
    const png = await download(page, () => page.getByRole("button", { name: "Download PNG" }).click());
    assert.match(png.name, /^tasks-\d{4}-\d\d-\d\d\.png$/);
    assert.match(png.text, /PNG/);
  });

  onPage("a pair's value changed in the matrix changes the plan; what is no number is named", async ({ page }) => {
    await openTasks(page);
    await page.getByLabel("Fence by Carla").fill("5000");
    await page.getByRole("button", { name: "Solve" }).click();
    await page.locator('td.chosen[data-pair="w3 t10"]').waitFor();
    assert.deepEqual(await chosen(page), pairs(await dyo.staffing.assignTasks(asked(await kept(page)))));
    await page.getByLabel("Hours of Ceiling").fill("long");
    await page.getByRole("button", { name: "Solve" }).click();
    await reached(page, "tasks", "error");
    assert.match(await page.locator(".error").innerText(), /Ceiling: found "long"/);
    assert.equal(await page.getByLabel("Hours of Ceiling").getAttribute("aria-invalid"), "true");
  });
});
