// Small random requests of staffing.schedule, in which every rule meets every other sooner or later.

/** mulberry32 */
function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A request of 2 to 4 people and 4 to 8 shifts, small enough to look at every plan (brute-roster.mjs). */
export function randomRoster(seed) {
  const next = generator(seed * 7919);
  const chance = (p) => next() < p;
  const of = (list) => list[Math.floor(next() * list.length)];
  const int = (lo, hi) => lo + Math.floor(next() * (hi - lo + 1));
  const rich = chance(0.5);
  const days = of([1, 3, 7, 9, 14]);
  const types = ["early", "late", "night"];
  const shifts = Array.from({ length: int(4, 7) }, (_, i) => {
    const type = of(types);
    const start = { early: "06:00", late: "14:00", night: "22:00" }[type];
    const hours = of([4, 6, 8, 8]);
    const end = (Number(start.slice(0, 2)) + hours) % 24;
    const s = { id: `s${i}`, day: int(0, days - 1), type, start_time: start, end_time: `${String(end).padStart(2, "0")}:00` };
    if (chance(0.2)) s.duration_hours = hours - 0.5;
    if (chance(0.5)) s.required_skills = [of(["cook", "server"])];
    if (chance(0.1)) s.unpopular = chance(0.5);
    return s;
  });
  const request = { employees: [], shifts, gap_tolerance: 0, time_limit_s: 60, preference_weight: of([0, 0.5, 3]) };
  const people = int(2, shifts.length > 6 ? 3 : 4);
  for (let p = 0; p < people; p++) {
    const e = { id: `p${p}`, hourly_rate: of([10, 12.5, 15, 20, 11.25]), skills: ["cook", "server", "lead"].filter(() => chance(0.7)) };
    if (chance(0.6)) e.max_hours = of([8, 16, 20, 24]);
    if (chance(0.2)) e.max_hours_per_week = of([8, 12, 16]);
    if (rich && chance(0.15)) e.min_hours = of([4, 8]);
    if (chance(0.3)) {
      e.availability = {};
      for (const s of shifts) if (chance(0.75)) (e.availability[s.day % 7] ??= []).push(s.id);
    }
    if (chance(0.4)) e.preferences = Object.fromEntries(shifts.filter(() => chance(0.4)).map((s) => [s.id, int(-10, 10)]));
    if (rich && chance(0.4)) e.max_consecutive_days = int(1, 3);
    if (rich && chance(0.2)) e.min_consecutive_days = Math.min(2, e.max_consecutive_days ?? 2);
    if (rich && chance(0.3)) e.min_consecutive_days_off = 2;
    if (rich && chance(0.4)) e.max_shifts_per_day = 1;
    if (rich && chance(0.3)) e.max_weekends = int(0, 1);
    if (rich && chance(0.3)) e.max_shifts_per_type = Object.fromEntries([...new Set(shifts.map((s) => s.type))].map((t) => [t, int(0, 2)]));
    if (chance(0.15)) e.call_in_cost = of([5, 30]);
    request.employees.push(e);
  }
  const some = (p, value) => Object.fromEntries(shifts.filter(() => chance(p)).map((s) => [s.id, value()]));
  request.min_coverage = some(0.6, () => of([0, 1, 1, 2, 2, 3]));
  if (chance(0.3)) request.max_coverage = some(0.4, () => int(2, 3));
  for (const id of Object.keys(request.max_coverage ?? {})) request.max_coverage[id] = Math.max(request.max_coverage[id], request.min_coverage[id] ?? 1);
  if (chance(0.3)) request.skill_coverage = some(0.4, () => ({ [of(["cook", "lead"])]: 1 }));
  if (chance(0.4)) request.min_rest_hours = of([8, 10, 11]);
  if (rich && chance(0.4)) {
    const has = [...new Set(shifts.map((s) => s.type))];
    request.forbidden_successions = [{ from: of(has), to: of(has) }];
  }
  if (chance(0.3)) request.forbidden = [{ employee_id: "p0", shift_id: of(shifts).id }];
  if (chance(0.3)) request.overtime_multiplier = of([1.5, 2]);
  if (request.overtime_multiplier) request.overtime_threshold = of([8, 12]);
  if (chance(0.25)) request.fairness_weight = of([0.5, 5]);
  if (rich && chance(0.25)) request.unpopular_weight = of([2, 10]);
  if (chance(0.3)) request.understaffing_penalty = of([50, 120, 400]);
  if (chance(0.2)) request.overstaffing_penalty = of([1, 20]);
  if (chance(0.3))
    request.shift_requests = Array.from({ length: 2 }, () => ({
      employee_id: of(request.employees).id,
      shift_id: of(shifts).id,
      wish: of(["on", "off"]),
      weight: int(1, 60),
    }));
  return request;
}
