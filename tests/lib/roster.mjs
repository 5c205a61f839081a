// An independent check of what staffing.schedule answers: every rule of the request, every sum, and the proof, from API.md and the
// sentences of the fields alone.

const near = (a, b, tol = 1e-6) => Math.abs(a - b) <= tol + 1e-9 * Math.abs(b);
const same = (a, b) => near(a, b, 1e-7);
const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Shifts with their times as minutes since day 0 and their paid hours. */
export function timesOf(shifts) {
  return new Map(
    shifts.map((s) => {
      const start = minutes(s.start_time);
      const clock = minutes(s.end_time);
      const end = clock <= start ? clock + 1440 : clock;
      const night = start < 360 || end > 1320;
      return [
        s.id,
        {
          ...s,
          start: s.day * 1440 + start,
          end: s.day * 1440 + end,
          hours: s.duration_hours ?? (end - start) / 60,
          bad: s.unpopular ?? (s.day % 7 >= 5 || night),
        },
      ];
    }),
  );
}

/** Why this person may not work this shift at all, or null. */
export function barred(request, person, shift) {
  const lacks = (shift.required_skills ?? []).filter((k) => !(person.skills ?? []).includes(k));
  if (lacks.length > 0) return `lacks ${lacks}`;
  if (person.availability && !(person.availability[shift.day % 7] ?? []).includes(shift.id)) return "is not available";
  if (person.unavailable_dates?.length) {
    const date = new Date(Date.parse(`${request.horizon_start}T00:00:00Z`) + shift.day * 86400e3).toISOString().slice(0, 10);
    if (person.unavailable_dates.includes(date)) return `is unavailable on ${date}`;
  }
  if (request.forbidden?.some((f) => f.employee_id === person.id && f.shift_id === shift.id)) return "is forbidden";
  return null;
}

const sum = (list) => list.reduce((a, b) => a + b, 0);
const limit = (x) => x ?? Infinity;

/** The rules of one person's roster. `least` is false where the answer says that least hours or runs could not be kept. */
export function rosterProblems(request, person, works, days, least) {
  const out = [];
  const say = (text) => out.push(`${person.id}: ${text}`);
  const sorted = [...works].sort((a, b) => a.start - b.start || a.end - b.end);
  for (let i = 0; i < sorted.length; i++)
    for (let k = i + 1; k < sorted.length; k++) {
      const [a, b] = [sorted[i], sorted[k]];
      if (b.start < a.end) say(`${a.id} and ${b.id} overlap`);
      else if (b.start - a.end < (request.min_rest_hours ?? 0) * 60 - 1e-6) say(`too little rest between ${a.id} and ${b.id}`);
    }
  for (const { from, to } of request.forbidden_successions ?? [])
    for (const a of works)
      for (const b of works)
        if (a.type === from && b.type === to && b.day === a.day + 1) say(`${b.id} (${to}) on the day after ${a.id} (${from})`);
  const hours = sum(works.map((s) => s.hours));
  if (hours > limit(person.max_hours) + 1e-5) say(`${hours} hours, at most ${person.max_hours}`);
  if (least && hours < (person.min_hours ?? 0) - 1e-5) say(`${hours} hours, at least ${person.min_hours}`);
  for (let day = 0; day < days; day += 7) {
    const week = sum(works.filter((s) => s.day >= day && s.day < day + 7).map((s) => s.hours));
    if (week > limit(person.max_hours_per_week) + 1e-5) say(`${week} hours in the week from day ${day}`);
    if (least && day + 7 <= days && week < (person.min_hours_per_week ?? 0) - 1e-5) say(`only ${week} hours in the week from day ${day}`);
  }
  const on = Array.from({ length: days }, (_, d) => works.filter((s) => s.day === d).length);
  if (Math.max(0, ...on) > limit(person.max_shifts_per_day)) say(`${Math.max(...on)} shifts a day`);
  out.push(...runProblems(person, on, least));
  for (const [type, most] of Object.entries(person.max_shifts_per_type ?? {}))
    if (works.filter((s) => s.type === type).length > most) say(`more than ${most} shifts of type ${type}`);
  return out;
}

/** Days on and off in a row, and weekends. on: shifts of each day. */
function runProblems(person, on, least) {
  const out = [];
  const runs = [];
  on.forEach((n, day) => {
    const last = runs.at(-1);
    if (last && last.works === n > 0) last.length++;
    else runs.push({ works: n > 0, from: day, length: 1 });
  });
  for (const run of runs) {
    const inside = run.from > 0 && run.from + run.length < on.length;
    if (run.works && run.length > limit(person.max_consecutive_days)) out.push(`${person.id}: ${run.length} days in a row`);
    if (!least || !inside) continue;
    if (run.works && run.length < (person.min_consecutive_days ?? 0)) out.push(`${person.id}: only ${run.length} days in a row`);
    if (!run.works && run.length < (person.min_consecutive_days_off ?? 0))
      out.push(`${person.id}: only ${run.length} days off from day ${run.from}`);
  }
  let weekends = 0;
  for (let day = 5; day < on.length; day += 7) weekends += on[day] > 0 || (day + 1 < on.length && on[day + 1] > 0) ? 1 : 0;
  if (weekends > limit(person.max_weekends)) out.push(`${person.id}: ${weekends} weekends`);
  return out;
}

/** Heads needed and there: [{ shift_id, skill, required, assigned, penalty }], penalty undefined where coverage is hard. */
function demandsOf(request, times, byShift) {
  const people = new Map(request.employees.map((e) => [e.id, e]));
  return request.shifts.flatMap((s) => {
    const there = byShift.get(s.id) ?? [];
    const penalty = s.understaffing_penalty ?? request.understaffing_penalty ?? undefined;
    const most = request.max_coverage?.[s.id] ?? Infinity;
    const heads = { shift_id: s.id, required: request.min_coverage?.[s.id] ?? Math.min(1, most), assigned: there.length, penalty };
    const skills = Object.entries(request.skill_coverage?.[s.id] ?? {}).map(([skill, n]) => ({
      shift_id: s.id,
      skill,
      required: n,
      assigned: there.filter((id) => (people.get(id).skills ?? []).includes(skill)).length,
      penalty,
    }));
    return [heads, ...skills];
  });
}

function coverageProblems(request, answer, demands) {
  const out = [];
  const heads = demands.filter((d) => d.skill === undefined);
  for (const [i, d] of heads.entries()) {
    const c = answer.coverage[i];
    if (c.shift_id !== d.shift_id || c.required !== d.required || c.assigned !== d.assigned)
      out.push(`coverage/${i} is ${JSON.stringify(c)}, counted ${JSON.stringify(d)}`);
    if (d.assigned > (request.max_coverage?.[d.shift_id] ?? Infinity)) out.push(`${d.shift_id} has ${d.assigned} people, above max_coverage`);
  }
  const key = (d) => JSON.stringify([d.shift_id, d.skill ?? null, d.required, d.assigned]);
  const open = demands.filter((d) => d.assigned < d.required);
  const told = new Set(answer.uncovered.map(key));
  for (const d of open) if (!told.has(key(d))) out.push(`uncovered does not tell ${key(d)}`);
  if (answer.uncovered.length !== open.length) out.push(`uncovered has ${answer.uncovered.length} entries, counted ${open.length}`);
  if (answer.uncovered.some((u) => u.reason.length < 20)) out.push("an uncovered shift has no reason in words");
  if (answer.coverage_met !== (open.length === 0)) out.push(`coverage_met is ${answer.coverage_met}`);
  const short = sum(open.filter((d) => d.penalty === undefined).map((d) => d.required - d.assigned));
  if (answer.heads_short !== short) out.push(`heads_short is ${answer.heads_short}, counted ${short}`);
  return out;
}

const gcd = (a, b) => (b === 0 ? a : gcd(b, a % b));

/** The greatest common part of all hours, where they are whole minutes; else 0, and shares are only bounded. */
export function unitOf(request, times) {
  const all = [...times.values()].map((s) => s.hours * 60);
  if (request.overtime_multiplier !== undefined) all.push((request.overtime_threshold ?? 40) * 60);
  if (all.some((m) => !near(m, Math.round(m), 1e-7))) return 0;
  return all.map(Math.round).reduce(gcd, 0) / 60;
}

/** Fair shares as the fields say them: { hours, unpopular } of each person. */
export function sharesOf(request, times, days) {
  const standing = request.employees.map((e) => e.max_hours ?? (e.max_hours_per_week === undefined ? NaN : e.max_hours_per_week * Math.ceil(days / 7)));
  const known = standing.filter((x) => !Number.isNaN(x));
  const largest = Math.max(0, ...known) || 1;
  const weight = standing.map((x) => (Number.isNaN(x) ? largest : x));
  const all = sum(weight);
  const need = (s) => request.min_coverage?.[s.id] ?? Math.min(1, request.max_coverage?.[s.id] ?? 1);
  const hours = sum([...times.values()].map((s) => s.hours * need(s)));
  const bad = sum([...times.values()].map((s) => (s.bad ? need(s) : 0)));
  return weight.map((w) => (all > 0 ? { hours: (hours * w) / all, unpopular: (bad * w) / all } : { hours: 0, unpopular: 0 }));
}

export function personSums(request, person, works, days) {
  const rate = person.hourly_rate ?? 0;
  const threshold = request.overtime_threshold ?? 40;
  let overtime = 0;
  for (let day = 0; day < days && request.overtime_multiplier !== undefined; day += 7)
    overtime += Math.max(0, sum(works.filter((s) => s.day >= day && s.day < day + 7).map((s) => s.hours)) - threshold);
  const hours = sum(works.map((s) => s.hours));
  const called = works.length > 0 ? (person.call_in_cost ?? 0) : 0;
  const extra = overtime * rate * ((request.overtime_multiplier ?? 1) - 1);
  return { hours, overtime, wages: rate * hours, extra, called, unpopular: works.filter((s) => s.bad).length };
}

function peopleProblems(request, answer, worksOf, times, days, parts) {
  const out = [];
  const unit = unitOf(request, times);
  const shares = sharesOf(request, times, days);
  const used = [];
  request.employees.forEach((e, i) => {
    const told = answer.employees[i];
    const works = worksOf.get(e.id);
    const s = personSums(request, e, works, days);
    const check = (name, is, should) => {
      if (is !== should && !(Number.isFinite(should) && near(is, should, 1e-5))) out.push(`${e.id}: ${name} is ${is}, counted ${should}`);
    };
    if (told.id !== e.id) out.push(`employees/${i} is ${told.id}, expected ${e.id}`);
    check("shifts", told.shifts, works.length);
    check("hours", told.hours, s.hours);
    check("overtime_hours", told.overtime_hours, s.overtime);
    check("cost", told.cost, s.wages + s.extra + s.called);
    check("unpopular_shifts", told.unpopular_shifts, s.unpopular);
    const most = e.max_hours ?? (e.max_hours_per_week === undefined ? undefined : e.max_hours_per_week * Math.ceil(days / 7));
    check("utilization", told.utilization, most > 0 ? s.hours / most : null);
    if (told.utilization !== null) used.push(told.utilization);
    parts.wages += s.wages;
    parts.overtime += s.extra;
    parts.calls += s.called;
    if (request.fairness_weight > 0) {
      const over = told.fair_hours - shares[i].hours;
      if (over < -1e-5 || (unit > 0 && over >= unit + 1e-5)) out.push(`${e.id}: fair_hours is ${told.fair_hours}, the share ${shares[i].hours}`);
      parts.fairness += request.fairness_weight * Math.abs(s.hours - told.fair_hours);
    }
    if (request.unpopular_weight > 0) {
      check("fair_unpopular_shifts", told.fair_unpopular_shifts, Math.ceil(shares[i].unpopular - 1e-9));
      parts.fairness += request.unpopular_weight * Math.abs(s.unpopular - told.fair_unpopular_shifts);
    }
  });
  const mean = used.length > 0 ? sum(used) / used.length : null;
  if (mean === null ? answer.avg_utilization !== null : !near(answer.avg_utilization, mean)) out.push(`avg_utilization is ${answer.avg_utilization}, counted ${mean}`);
  return out;
}

/** Preferences and requests; adds to parts, answers the score. */
function wishes(request, worksOf, weight, parts) {
  let score = 0;
  for (const e of request.employees)
    for (const [id, value] of Object.entries(e.preferences ?? {})) if (worksOf.get(e.id).some((s) => s.id === id)) score += value;
  for (const r of request.shift_requests ?? []) {
    const works = worksOf.get(r.employee_id).some((s) => s.id === r.shift_id);
    if (works !== (r.wish === "on")) parts.requests += r.weight ?? 1;
  }
  parts.preferences = -score * weight;
  return score;
}

/** Does the answer say that least hours or runs could not be kept? Then the plan need not. */
const leastKept = (answer) => !answer.warnings.some((w) => w.startsWith("The plan leaves out") || w.startsWith("The plan breaks"));

function proofProblems(request, answer, total) {
  const out = [];
  const tol = request.gap_tolerance ?? 1e-4;
  const { objective, lower_bound: bound, gap, status } = answer;
  if (!near(objective, total, 1e-5)) out.push(`objective is ${objective}, its parts sum to ${total}`);
  if (bound !== null && bound > objective + 1e-9 * Math.abs(objective)) out.push(`lower_bound ${bound} is above objective ${objective}`);
  if (bound !== null && gap !== null) {
    const should = objective === bound ? 0 : (objective - bound) / Math.abs(objective);
    if (!same(gap, should)) out.push(`gap is ${gap}, expected ${should}`);
  }
  if (status === "optimal" && !(gap !== null && gap <= Math.max(tol, 1e-6) + 1e-12)) out.push(`optimal with a gap of ${gap}`);
  if (status === "optimal" || status === "feasible") {
    if (answer.heads_short !== 0) out.push(`${status} with ${answer.heads_short} heads short`);
    if (answer.conflict) out.push(`${status} with a conflict`);
  }
  if (answer.least_heads_short > answer.heads_short) out.push("least_heads_short is above heads_short");
  if (status === "infeasible" && !(answer.conflict?.message.length > 20)) out.push("infeasible without a conflict in words");
  if (!leastKept(answer) && (status === "optimal" || status === "feasible")) out.push(`${status} with rules left out`);
  if (status === "unknown" && answer.least_heads_short > 0) out.push("unknown though heads must be missing");
  return out;
}

/** Everything that is wrong with an answer of staffing.schedule to this request, as sentences. */
export function checkSchedule(request, answer) {
  const out = [];
  const plain = JSON.parse(JSON.stringify(request), (_, v) => (v === null ? undefined : v)); // null is "not given"
  const times = timesOf(plain.shifts);
  const days = Math.max(...plain.shifts.map((s) => s.day)) + 1;
  const people = new Map(plain.employees.map((e) => [e.id, e]));
  const worksOf = new Map(plain.employees.map((e) => [e.id, []]));
  const byShift = new Map();
  const seen = new Set();
  for (const a of answer.assignments) {
    const person = people.get(a.employee_id);
    const shift = times.get(a.shift_id);
    const pair = JSON.stringify([a.employee_id, a.shift_id]);
    if (!person || !shift) {
      out.push(`unknown pair ${pair}`);
      continue;
    }
    if (seen.has(pair)) out.push(`${pair} stands twice`);
    seen.add(pair);
    const why = barred(plain, person, shift);
    if (why) out.push(`${pair}: ${why}`);
    if (!near(a.hours, shift.hours) || !near(a.cost, (person.hourly_rate ?? 0) * shift.hours)) out.push(`${pair}: hours ${a.hours}, cost ${a.cost}`);
    worksOf.get(person.id).push(shift);
    byShift.set(shift.id, [...(byShift.get(shift.id) ?? []), person.id]);
  }
  for (const f of plain.fixed ?? []) if (!seen.has(JSON.stringify([f.employee_id, f.shift_id]))) out.push(`fixed ${f.employee_id} in ${f.shift_id} is missing`);
  for (const e of plain.employees) out.push(...rosterProblems(plain, e, worksOf.get(e.id), days, leastKept(answer)));
  const demands = demandsOf(plain, times, byShift);
  out.push(...coverageProblems(plain, answer, demands));

  const parts = { wages: 0, overtime: 0, calls: 0, understaffing: 0, overstaffing: 0, requests: 0, fairness: 0, preferences: 0 };
  out.push(...peopleProblems(plain, answer, worksOf, times, days, parts));
  for (const d of demands) {
    const over = plain.shifts.find((s) => s.id === d.shift_id).overstaffing_penalty ?? plain.overstaffing_penalty ?? 0;
    if (d.assigned < d.required) parts.understaffing += (d.penalty ?? 0) * (d.required - d.assigned);
    else if (d.skill === undefined) parts.overstaffing += over * (d.assigned - d.required);
  }
  const weight = plain.preference_weight ?? answer.preference_weight ?? 0;
  const score = wishes(plain, worksOf, weight, parts);
  if (!near(answer.preference_score, score)) out.push(`preference_score is ${answer.preference_score}, counted ${score}`);
  for (const [name, value] of Object.entries(parts))
    if (!near(answer.objective_parts[name], value, 1e-5)) out.push(`objective_parts/${name} is ${answer.objective_parts[name]}, counted ${value}`);
  const money = parts.wages + parts.overtime + parts.calls;
  if (!near(answer.total_cost, money, 1e-5)) out.push(`total_cost is ${answer.total_cost}, counted ${money}`);
  out.push(...proofProblems(plain, answer, sum(Object.values(parts))));
  return out;
}

/** The same for staffing.pareto: each point keeps the rules, and the frontier is one. */
export function checkStaffingPareto(request, answer) {
  const out = [];
  const plain = JSON.parse(JSON.stringify(request), (_, v) => (v === null ? undefined : v));
  const times = timesOf(plain.shifts);
  const days = Math.max(...plain.shifts.map((s) => s.day)) + 1;
  const most = (plain.objectives ?? []).includes("preference") ? 1 : -1;
  answer.frontier.forEach((p, i) => {
    const works = new Map(plain.employees.map((e) => [e.id, []]));
    let pay = 0;
    for (const a of p.assignments) {
      const person = plain.employees.find((e) => e.id === a.employee_id);
      const why = barred(plain, person, times.get(a.shift_id));
      if (why) out.push(`frontier/${i}: ${a.employee_id} in ${a.shift_id} ${why}`);
      works.get(a.employee_id).push(times.get(a.shift_id));
    }
    for (const e of plain.employees) {
      out.push(...rosterProblems(plain, e, works.get(e.id), days, leastKept(answer)).map((x) => `frontier/${i}: ${x}`));
      const s = personSums(plain, e, works.get(e.id), days);
      pay += s.wages + s.extra + s.called;
    }
    if (!near(p.total_cost, pay, 1e-5)) out.push(`frontier/${i}: total_cost is ${p.total_cost}, counted ${pay}`);
    if (!near(p.objective, p.cost - most * p.weight * p.other, 1e-4)) out.push(`frontier/${i}: objective is ${p.objective}`);
    if (p.lower_bound !== null && p.lower_bound > p.objective + 1e-9 * Math.abs(p.objective)) out.push(`frontier/${i}: lower_bound is above objective`);
    const before = answer.frontier[i - 1];
    if (before && !(p.cost > before.cost && most * p.other > most * before.other)) out.push(`frontier/${i} is dominated, or out of order`);
  });
  if ((answer.knee === null) !== (answer.frontier.length < 3)) out.push("knee is there with fewer than 3 points, or missing with more");
  if (answer.knee && answer.frontier[answer.knee.index]?.cost !== answer.knee.cost) out.push("knee is no point of frontier");
  return out;
}

/** What must hold of every answer of an operation, beside what a case or a schema says of it. */
const checks = { "staffing.schedule": checkSchedule, "staffing.pareto": checkStaffingPareto };
export const ruleProblems = (op, request, answer) => (checks[op] && answer.error === undefined ? checks[op](request, answer) : []);
