// Schedules against every plan there is, against public instances, and natively against wasm: beside the golden cases.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { callByName, importPackage } from "./lib/bindings.mjs";
import { bestPlan, hullOf } from "./lib/brute-roster.mjs";
import { nativePath, root, run, runLines, utf8Of } from "./lib/project.mjs";
import { checkSchedule, checkStaffingPareto } from "./lib/roster.mjs";
import { fromCurtois, fromPtask, largestClique } from "./lib/rosters-from.mjs";
import { randomRoster } from "./lib/random-roster.mjs";

const shared = join(root, "../shared");

async function answers(op, requests) {
  const r = await runLines(nativePath, op, requests.map((x) => JSON.stringify(x)), { stall: 60_000 });
  assert.equal(r.status, 0, r.stderr);
  return r.lines.map((line) => JSON.parse(utf8Of(line)));
}

const told = (problems) => assert.equal(problems.length, 0, problems.slice(0, 15).join("\n"));
const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));

/** The request with only some shifts asking for people. */
const askingOnly = (request, ids) => ({
  ...request,
  min_coverage: Object.fromEntries(request.shifts.map((s) => [s.id, ids.includes(s.id) ? (request.min_coverage?.[s.id] ?? 1) : 0])),
  skill_coverage: Object.fromEntries(Object.entries(request.skill_coverage ?? {}).filter(([id]) => ids.includes(id))),
});
const covers = (request) => bestPlan(request)?.short === 0;

const ofPeople = ["max_hours", "min_hours", "max_hours_per_week", "min_hours_per_week", "max_shifts_per_day", "max_consecutive_days"];
ofPeople.push("min_consecutive_days", "min_consecutive_days_off", "max_weekends", "max_shifts_per_type");
const ofRequest = ["max_coverage", "min_rest_hours", "forbidden_successions", "fixed"];

/** The request with only these of the rules that a conflict may ease. */
function withRules(request, rules) {
  const without = (o, names) => Object.fromEntries(Object.entries(o).filter(([k]) => !names.includes(k) || rules.includes(k)));
  return { ...without(request, ofRequest), employees: request.employees.map((e) => without(e, ofPeople)) };
}

/** A conflict must be one: its shifts and rules alone leave no plan; and where rules were tried one by one, each is needed for it. */
function conflictProblems(request, reply) {
  const c = reply.conflict;
  if (!c || c.shifts.length === 0) return [];
  const alone = withRules(askingOnly(request, c.shifts), c.rules);
  const out = covers(alone) ? [`${c.shifts} can be covered under ${c.rules}: ${c.message}`] : [];
  if (c.cause === "count" && c.shifts.length !== 1) out.push("a count names more than one shift");
  if (c.cause !== "rules") return out;
  for (const id of c.shifts) if (!covers(askingOnly(alone, c.shifts.filter((x) => x !== id)))) out.push(`${id} is not needed for the conflict ${c.shifts}`);
  for (const rule of c.rules.filter((r) => ofPeople.includes(r) || ofRequest.includes(r)))
    if (!covers(withRules(alone, c.rules.filter((r) => r !== rule)))) out.push(`${rule} is not needed for the conflict of ${c.shifts}`);
  return out;
}

/** What is wrong with an answer to a request whose best plan is known. */
function againstBest(request, reply) {
  if (reply.error) return [`refused: ${JSON.stringify(reply.error)}`];
  const best = bestPlan(request);
  const out = checkSchedule(request, reply);
  if (!best) return reply.status === "optimal" || reply.status === "feasible" ? [...out, "no plan keeps the rules, yet one was given"] : out;
  if (reply.heads_short !== best.short) out.push(`${reply.heads_short} heads short, the best plan lacks ${best.short}`);
  else if (reply.least_heads_short > best.short) out.push(`least_heads_short ${reply.least_heads_short}, there is a plan with ${best.short}`);
  else if (reply.lower_bound !== null && reply.lower_bound > best.objective + 1e-6 * Math.max(1, Math.abs(best.objective)))
    out.push(`lower_bound ${reply.lower_bound} is above the best plan, ${best.objective}`);
  else if (!near(reply.objective, best.objective)) out.push(`objective ${reply.objective}, the best plan has ${best.objective} (${reply.status})`);
  const status = best.short > 0 ? "infeasible" : "optimal";
  if (reply.status !== status) out.push(`status ${reply.status}, expected ${status}`);
  return [...out, ...conflictProblems(request, reply)];
}

/** The frontier is the hull as far as its weights reach: never a point beside it, never a corner left out between two. */
function againstHull(what, roster, request, reply) {
  if (reply.error) return [JSON.stringify(reply.error)];
  const hull = hullOf(roster, what);
  const sign = what === "preference" ? -1 : 1;
  const at = reply.frontier.map((p) => hull.findIndex(([cost, other]) => near(cost, p.cost) && near(other, sign * p.other)));
  const out = checkStaffingPareto(request, reply);
  if (hull.length > 0 && at.some((k, i) => k < 0 || (i > 0 && k !== at[i - 1] + 1)))
    out.push(`frontier ${JSON.stringify(reply.frontier.map((p) => [p.cost, p.other]))}, hull ${JSON.stringify(hull)}`);
  return out;
}

describe("small schedules", () => {
  test("are the best of all plans, proven, whatever rules meet", async () => {
    const requests = Array.from({ length: 60 }, (_, i) => randomRoster(i + 1));
    const replies = await answers("staffing.schedule", requests);
    told(requests.flatMap((r, i) => againstBest(r, replies[i]).map((p) => `seed ${i + 1}: ${p}`)));
  });

  test("are the same in wasm, byte for byte apart from the time taken", async () => {
    const { load, DyoError } = await importPackage();
    const dyo = await load();
    const requests = Array.from({ length: 40 }, (_, i) => randomRoster(i + 1));
    const replies = await answers("staffing.schedule", requests);
    const bytes = (r) => JSON.stringify({ ...r, solve_time_s: 0 });
    const apart = [];
    for (const [i, request] of requests.entries()) {
      const reply = await callByName(dyo, "staffing.schedule", request, DyoError);
      if (bytes(reply) !== bytes(replies[i])) apart.push(`seed ${i + 1}: ${bytes(reply)}\n   natively ${bytes(replies[i])}`);
    }
    told(apart);
  });

  test("a million people are refused at once, with the limit", () => {
    const people = Array.from({ length: 1_000_000 }, (_, i) => `{"id":"e${i}"}`).join(",");
    const shift = { id: "s", day: 0, start_time: "08:00", end_time: "16:00" };
    const r = run(nativePath, ["call", "staffing.schedule"], { input: `{"employees":[${people}],"shifts":[${JSON.stringify(shift)}]}` });
    assert.equal(r.status, 2);
    const { code, path, message } = JSON.parse(r.stderr).error;
    assert.deepEqual([code, path], ["too_large", "/employees"]);
    assert.match(message, /1000000.*20000/);
  });

  test("trade-offs are corners of the hull of all plans, one after the other", async () => {
    const asked = ["fairness", "coverage", "preference"].flatMap((what) => Array.from({ length: 12 }, (_, i) => ({ what, roster: randomRoster(i + 1) })));
    const requests = asked.map(({ what, roster }) => ({ ...roster, objectives: ["cost", what], points: 20 }));
    const replies = await answers("staffing.pareto", requests);
    told(asked.flatMap(({ what, roster }, i) => againstHull(what, roster, requests[i], replies[i]).map((p) => `${what}, seed ${(i % 12) + 1}: ${p}`)));
  });
});

/** Runs on files beside the project, or says loudly that they are not there. */
function onShared(name, folder, run) {
  const at = join(shared, folder);
  if (existsSync(at)) test(name, () => run(at));
  else test(name, { skip: `${folder} is not beside the project: these instances were not run` }, () => {});
}

const json = (file) => JSON.parse(readFileSync(file, "utf8"));

describe("instances of others", () => {
  onShared("references: the proven optimum, or the least shortage", "reference/opt", async (at) => {
    const files = readdirSync(at).filter((f) => /^staffing-\d/.test(f));
    assert.ok(files.length >= 30, `only ${files.length} references`);
    const cases = files.map((f) => ({ f, ...json(join(at, f)) }));
    const requests = cases.map((c) => ({ ...c.request, gap_tolerance: 0, time_limit_s: 30 }));
    const replies = await answers("staffing.schedule", requests);
    const problems = cases.flatMap(({ f, expected }, i) => {
      const r = replies[i];
      const out = r.error ? [JSON.stringify(r.error)] : checkSchedule(requests[i], r);
      if (r.status !== expected.status) out.push(`status ${r.status}, expected ${expected.status}`);
      if (expected.total_cost !== undefined && !near(r.total_cost, expected.total_cost)) out.push(`cost ${r.total_cost}, proven ${expected.total_cost}`);
      const short = expected.min_total_uncovered_headcount ?? 0;
      if (r.heads_short !== short || r.least_heads_short !== short) out.push(`${r.heads_short} heads short, at least ${r.least_heads_short}; proven ${short}`);
      return out.map((p) => `${f}: ${p}`);
    });
    told(problems);
  });

  onShared("Curtois & Qu 1 to 3: the known optimum", "data/opt/curtois", async (at) => {
    const known = { Instance1: 607, Instance2: 828, Instance3: 1001 };
    const requests = Object.keys(known).map((name) => ({ ...fromCurtois(readFileSync(join(at, `${name}.txt`), "utf8")), time_limit_s: 30 }));
    const replies = await answers("staffing.schedule", requests);
    told(
      Object.entries(known).flatMap(([name, best], i) => [
        ...checkSchedule(requests[i], replies[i]).map((p) => `${name}: ${p}`),
        ...(near(replies[i].objective, best) && replies[i].status === "optimal" ? [] : [`${name}: ${replies[i].status} ${replies[i].objective}, known ${best}`]),
      ]),
    );
  });

  onShared("shift minimisation: as many people as the largest clique", "data/opt/ptask", async (at) => {
    const files = readdirSync(at);
    const requests = files.map((f) => ({ ...fromPtask(readFileSync(join(at, f), "utf8")), time_limit_s: 30 }));
    const replies = await answers("staffing.schedule", requests);
    told(
      files.flatMap((f, i) => [
        ...checkSchedule(requests[i], replies[i]).map((p) => `${f}: ${p}`),
        ...(replies[i].objective === largestClique(requests[i]) ? [] : [`${f}: ${replies[i].objective} people, clique ${largestClique(requests[i])}`]),
      ]),
    );
  });
});
