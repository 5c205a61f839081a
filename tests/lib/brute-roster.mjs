// The best plan of a small staffing.schedule request by looking at every one there is. Rules and sums are those of roster.mjs.
import { barred, personSums, rosterProblems, sharesOf, timesOf, unitOf } from "./roster.mjs";

/** All rosters of one person that keep their rules: { ids, cost } where cost is what they cost alone. */
function rostersOf(request, person, share, unit, times, days, what) {
  const may = [...times.values()].filter((s) => barred(request, person, s) === null);
  const must = (request.fixed ?? []).filter((f) => f.employee_id === person.id).map((f) => f.shift_id);
  const out = [];
  for (let bits = 0; bits < 2 ** may.length; bits++) {
    const works = may.filter((_, i) => (bits >> i) & 1);
    if (must.some((id) => !works.some((s) => s.id === id))) continue;
    if (rosterProblems(request, person, works, days, true).length > 0) continue;
    const hours = works.reduce((a, s) => a + s.hours, 0);
    const other = {
      fairness: Math.abs(hours - roundedUp(share.hours, unit)),
      preference: -works.reduce((a, s) => a + (person.preferences?.[s.id] ?? 0), 0),
    };
    out.push({ ids: works.map((s) => s.id), cost: costOf(request, person, works, share, unit, days), other: other[what] ?? 0 });
  }
  return out;
}

const roundedUp = (x, unit) => Math.ceil(x / unit - 1e-9) * unit;

function costOf(request, person, works, share, unit, days) {
  const s = personSums(request, person, works, days);
  let cost = s.wages + s.extra + s.called;
  cost += (request.fairness_weight ?? 0) * Math.abs(s.hours - roundedUp(share.hours, unit));
  cost += (request.unpopular_weight ?? 0) * Math.abs(s.unpopular - Math.ceil(share.unpopular - 1e-9));
  for (const w of works) cost -= (request.preference_weight ?? 0) * (person.preferences?.[w.id] ?? 0);
  for (const r of request.shift_requests ?? [])
    if (r.employee_id === person.id && works.some((w) => w.id === r.shift_id) !== (r.wish === "on")) cost += r.weight ?? 1;
  return cost;
}

/** Demands of one shift: its heads, then its skills. */
function demandsOf(request, s) {
  const most = request.max_coverage?.[s.id] ?? Infinity;
  const under = s.understaffing_penalty ?? request.understaffing_penalty;
  const over = s.overstaffing_penalty ?? request.overstaffing_penalty ?? 0;
  const heads = { need: request.min_coverage?.[s.id] ?? Math.min(1, most), most, under, over, who: () => true };
  const skills = Object.entries(request.skill_coverage?.[s.id] ?? {}).map(([skill, need]) => ({
    need,
    most: Infinity,
    under,
    over: 0,
    who: (e) => (e.skills ?? []).includes(skill),
  }));
  return [heads, ...skills];
}

/** Looks at every plan: see(short, cost, other), where other counts for `what` (fairness, preference, coverage), less being better. */
function everyPlan(request, what, see) {
  const times = timesOf(request.shifts);
  const days = Math.max(...request.shifts.map((s) => s.day)) + 1;
  const shares = sharesOf(request, times, days);
  const unit = unitOf(request, times) || 1;
  const rosters = request.employees.map((e, i) => rostersOf(request, e, shares[i], unit, times, days, what));
  const demands = request.shifts.flatMap((s) => demandsOf(request, s).map((d) => ({ ...d, id: s.id })));
  const have = demands.map(() => 0);
  const judge = (cost, other) => {
    let short = 0;
    for (const [k, d] of demands.entries()) {
      if (have[k] > d.most) return;
      if (have[k] < d.need && d.under === undefined) short += d.need - have[k];
      else if (have[k] < d.need) cost += d.under * (d.need - have[k]);
      else cost += d.over * (have[k] - d.need);
    }
    see(short, cost, what === "coverage" ? short : other);
  };
  const go = (p, cost, other) => {
    if (p === request.employees.length) return judge(cost, other);
    const touched = demands.map((d, k) => [d, k]).filter(([d]) => d.who(request.employees[p]));
    for (const r of rosters[p]) {
      for (const [d, k] of touched) have[k] += r.ids.includes(d.id) ? 1 : 0;
      go(p + 1, cost + r.cost, other + r.other);
      for (const [d, k] of touched) have[k] -= r.ids.includes(d.id) ? 1 : 0;
    }
  };
  go(0, 0, 0);
}

/** Corners of the lower hull of cost against other, by rising cost: [cost, other], of the plans that lack fewest heads (coverage: of all). */
export function hullOf(request, what) {
  const bare = { ...request, fairness_weight: what === "fairness" ? 0 : request.fairness_weight };
  if (what === "preference" || bare.preference_weight === undefined) bare.preference_weight = 0;
  if (what === "coverage") {
    bare.shifts = bare.shifts.map(({ understaffing_penalty, ...s }) => s);
    delete bare.understaffing_penalty;
  }
  let least = Infinity;
  let cheapest = new Map();
  everyPlan(bare, what, (short, cost, other) => {
    if (what !== "coverage" && short > least) return;
    if (what !== "coverage" && short < least) [least, cheapest] = [short, new Map()];
    const key = Math.round(other * 1e6) / 1e6;
    if (!(cost >= cheapest.get(key))) cheapest.set(key, cost);
  });
  const points = [...cheapest].map(([other, cost]) => [cost, other]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const hull = [];
  for (const p of points) {
    if (hull.length > 0 && p[1] >= hull.at(-1)[1] - 1e-9) continue;
    while (hull.length > 1) {
      const [a, b] = hull.slice(-2);
      if ((b[0] - a[0]) * (a[1] - p[1]) < (p[0] - a[0]) * (a[1] - b[1]) - 1e-6) break;
      hull.pop();
    }
    hull.push(p);
  }
  return hull;
}

/** { short, objective, plans }: least heads that hard coverage lacks, then least objective, and how many plans were looked at;
 *  null where no plan keeps the rules of everybody and max_coverage. */
export function bestPlan(request) {
  let best = null;
  let plans = 0;
  everyPlan(request, "", (short, cost) => {
    plans++;
    if (!best || short < best.short || (short === best.short && cost < best.objective - 1e-9)) best = { short, objective: cost };
  });
  return best && { ...best, plans };
}
