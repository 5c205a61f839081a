// SPDX-License-Identifier: GPL-3.0-or-later
// A roster as a person writes it, weeks of returning shifts, as the request of staffing.schedule it stands for. The page and the command
// line both ask so.

/** A number, or text where it is none; "" where the field is empty. */
export type Num = number | string;

export interface Person {
  id: string;
  name: string;
  hourly_rate: Num;
  max_hours_per_week: Num;
  /** Separated by commas. */
  skills: string;
  /** Dates on which the person is away. */
  away: string[];
  /** Kind of shift, by its id, to points, -10 to 10. */
  likes?: Record<string, number>;
}

/** A shift that returns every week: how many people it needs on each weekday, Monday first; 0 where it is not worked. */
export interface Kind {
  id: string;
  name: string;
  start_time: string;
  end_time: string;
  /** Paid; empty: the clock times. */
  duration_hours: Num;
  need: Num[];
  /** Skills that must be among the people of the shift: "lead 1, cook 2". */
  among: string;
}

export interface Pair {
  employee_id: string;
  shift_id: string;
}

export interface Asked {
  /** A Monday, YYYY-MM-DD. */
  start: string;
  weeks: number;
  people: Person[];
  kinds: Kind[];
  fixed: Pair[];
  forbidden: Pair[];
  min_rest_hours: Num;
  max_consecutive_days: Num;
  overtime_multiplier: Num;
  fairness_weight: Num;
  /** Money for a place that stays open; empty: every place must be filled. */
  understaffing_penalty: Num;
  time_limit_s: Num;
}

export interface Shift {
  id: string;
  name?: string;
  type: string;
  day: number;
  start_time: string;
  end_time: string;
  duration_hours?: Num;
}

/** A shift's name in sentences; without one they use its id. */
export type Naming = (kind: Kind, day: number) => string;

/** What a person or a kind of shift is called: one without a name by its id. */
export const called = ({ id, name }: { id: string; name: string }): string => name.trim() || id;

const shiftId = (kind: Kind, day: number) => `${kind.id}-${day + 1}`;

/** A field that may be empty, which then says what leaving it out says. Others are sent as they stand, to be refused at their place. */
const given = <V>(name: string, v: V | ""): Record<string, V> => (v === "" ? {} : { [name]: v });

const list = (text: string): string[] =>
  text
    .split(",")
    .map((s) => s.trim())
    .filter(Boolean);

/** "lead 1, cook 2" as the operation takes it; a skill without a number needs one. */
function among(text: string): Record<string, number> {
  return Object.fromEntries(
    list(text).map((part) => {
      const [, skill, n] = /^(.*?)\s*(\d+)?$/.exec(part) ?? [];
      return [skill || part, n ? Number(n) : 1];
    }),
  );
}

/** Every place in time where a kind is worked, day by day. */
function days(r: Asked) {
  const all = Array.from({ length: 7 * r.weeks }, (_, day) => r.kinds.map((kind) => ({ kind, day, id: shiftId(kind, day), need: kind.need[day % 7] ?? 0 })));
  return all.flat().filter(({ need }) => need !== 0);
}

/** Every shift of the horizon, day by day. */
export function shiftsOf(r: Asked, naming?: Naming): Shift[] {
  return days(r).map(({ kind, day, id }) => ({
    id,
    ...(naming && { name: naming(kind, day) }),
    type: called(kind),
    day,
    start_time: kind.start_time,
    end_time: kind.end_time,
    ...given("duration_hours", kind.duration_hours),
  }));
}

/** The request of staffing.schedule. What was pinned of shifts and people that are gone is left out. */
export function scheduleOf(r: Asked, naming?: Naming) {
  const worked = days(r);
  const there = { people: new Set(r.people.map((p) => p.id)), shifts: new Set(worked.map((w) => w.id)) };
  const known = (p: Pair) => there.people.has(p.employee_id) && there.shifts.has(p.shift_id);
  const skilled = worked.filter(({ kind }) => kind.among.trim());
  /** Likes of a kind hold for all its shifts. */
  const likes = (of: Record<string, number>) => Object.fromEntries(worked.filter(({ kind }) => of[kind.id]).map(({ kind, id }) => [id, of[kind.id]!]));
  return {
    employees: r.people.map((p) => ({
      id: p.id,
      name: called(p),
      hourly_rate: p.hourly_rate,
      ...given("max_hours_per_week", p.max_hours_per_week),
      ...given("max_consecutive_days", r.max_consecutive_days),
      skills: list(p.skills),
      ...(p.away.length ? { unavailable_dates: p.away } : {}),
      ...(p.likes ? { preferences: likes(p.likes) } : {}),
    })),
    shifts: shiftsOf(r, naming),
    min_coverage: Object.fromEntries(worked.map(({ id, need }) => [id, need])),
    ...(skilled.length ? { skill_coverage: Object.fromEntries(skilled.map(({ kind, id }) => [id, among(kind.among)])) } : {}),
    fixed: r.fixed.filter(known),
    forbidden: r.forbidden.filter(known),
    horizon_start: r.start,
    min_rest_hours: r.min_rest_hours,
    fairness_weight: r.fairness_weight,
    ...given("overtime_multiplier", r.overtime_multiplier),
    ...given("understaffing_penalty", r.understaffing_penalty),
    time_limit_s: r.time_limit_s,
  };
}

const WEEKS = 143; // as many as the operation has days for
const hasText = (v: unknown, ...names: string[]) =>
  typeof v === "object" && v !== null && names.every((n) => typeof (v as Record<string, unknown>)[n] === "string");
const allOf = (v: unknown, sound: (one: Record<string, unknown>) => boolean) => Array.isArray(v) && v.every(sound);

/** Whether a value read from a file is a roster that can be asked for. Its numbers are the operation's to judge. */
export function isRoster(v: unknown): v is Asked {
  if (!hasText(v, "start")) return false;
  const r = v as Record<keyof Asked, unknown>;
  const pairs = (list: unknown) => allOf(list, (p) => hasText(p, "employee_id", "shift_id"));
  return (
    Number.isFinite(Date.parse(r.start as string)) &&
    Number.isInteger(r.weeks) &&
    Math.min(Math.max(r.weeks as number, 1), WEEKS) === r.weeks &&
    allOf(r.people, (p) => hasText(p, "id", "name", "skills") && Array.isArray(p.away)) &&
    allOf(r.kinds, (k) => hasText(k, "id", "name", "among") && Array.isArray(k.need)) &&
    pairs(r.fixed) &&
    pairs(r.forbidden)
  );
}
