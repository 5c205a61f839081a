// Public benchmark instances as requests of staffing.schedule.

const clock = (m) => `${String(Math.floor((m % 1440) / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;

/** The lines of each section of a Curtois & Qu file, without comments. */
function sections(text) {
  const out = {};
  let name;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("SECTION_")) out[(name = line.trim().slice(8))] = [];
    else if (name && line.trim() && !line.startsWith("#")) out[name].push(line.trim().split(","));
  }
  return out;
}

/** Curtois & Qu (2014), schedulingbenchmarks.org: one shift of each type on each day, at most one a day, weights for heads below and
 *  above the cover and for refused requests. Money is the weights alone. */
export function fromCurtois(text) {
  const s = sections(text);
  const start = "2024-01-01"; // instances start on a Monday
  const date = (day) => new Date(Date.parse(`${start}T00:00:00Z`) + day * 86400e3).toISOString().slice(0, 10);
  const off = new Map(s.DAYS_OFF.map(([id, ...days]) => [id, days.map(Number)]));
  const length = new Map(s.SHIFTS.map(([id, m]) => [id, Number(m)]));
  const requests = (rows, wish) =>
    (rows ?? []).map(([who, day, type, weight]) => ({ employee_id: who, shift_id: `${day}${type}`, wish, weight: Number(weight) }));
  return {
    horizon_start: start,
    employees: s.STAFF.map(([id, types, most, least, run, runLeast, offLeast, weekends]) => ({
      id,
      max_hours: Number(most) / 60,
      min_hours: Number(least) / 60,
      max_consecutive_days: Number(run),
      min_consecutive_days: Number(runLeast),
      min_consecutive_days_off: Number(offLeast),
      max_weekends: Number(weekends),
      max_shifts_per_day: 1,
      max_shifts_per_type: Object.fromEntries(types.split("|").map((t) => [t.split("=")[0], Number(t.split("=")[1])])),
      unavailable_dates: (off.get(id) ?? []).map(date),
    })),
    shifts: s.COVER.map(([day, type, , under, over]) => ({
      id: `${day}${type}`,
      type,
      day: Number(day),
      start_time: "06:00",
      end_time: clock(360 + length.get(type)),
      understaffing_penalty: Number(under),
      overstaffing_penalty: Number(over),
    })),
    min_coverage: Object.fromEntries(s.COVER.map(([day, type, need]) => [`${day}${type}`, Number(need)])),
    forbidden_successions: s.SHIFTS.flatMap(([from, , after]) =>
      (after ?? "")
        .split("|")
        .filter(Boolean)
        .map((to) => ({ from, to })),
    ),
    shift_requests: [...requests(s.SHIFT_ON_REQUESTS, "on"), ...requests(s.SHIFT_OFF_REQUESTS, "off")],
  };
}

/** Shift minimisation (Krishnamoorthy, Ernst & Baatar 2012): tasks with fixed times, each person's list of them; the fewest people. */
export function fromPtask(text) {
  const lines = text.split(/\r?\n/).map((l) => l.trim());
  const count = (name) => Number(lines.find((l) => l.startsWith(name)).split("=")[1]);
  const after = (name) => lines.findIndex((l) => l.startsWith(name)) + 1;
  const tasks = lines.slice(after("Jobs"), after("Jobs") + count("Jobs")).map((l) => l.split(/\s+/).map(Number));
  const people = lines.slice(after("Qualifications"), after("Qualifications") + count("Qualifications")).map((l) => l.split(":")[1].trim().split(/\s+/).map(Number));
  const day = (t) => Math.floor(tasks[t][0] / 1440);
  return {
    employees: people.map((list, i) => {
      const availability = {};
      for (const t of [...list].sort((a, b) => a - b)) (availability[day(t) % 7] ??= []).push(`t${t}`);
      return { id: `p${i}`, call_in_cost: 1, availability };
    }),
    shifts: tasks.map(([from, to], t) => {
      if (to - from > 1440) throw new Error(`task ${t} is longer than a day`);
      return { id: `t${t}`, day: day(t), start_time: clock(from), end_time: clock(to) };
    }),
  };
}

/** The most tasks that run at one moment: no fewer people will do. */
export function largestClique(request) {
  const at = (s, time) => s.day * 1440 + Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const spans = request.shifts.map((s) => [at(s, s.start_time), at(s, s.end_time)]).map(([a, b]) => [a, b <= a ? b + 1440 : b]);
  return Math.max(...spans.map(([from]) => spans.filter(([a, b]) => a <= from && from < b).length));
}
