// SPDX-License-Identifier: GPL-3.0-or-later
// The roster on the screen: who there is, which shifts a week has, what was pinned; and the request that it makes. Kept in this browser.
import { Kept } from "./kept.js";
import { rosterDay } from "./format.js";
import type { Num } from "./types.js";

export interface Person {
  id: string;
  name: string;
  hourly_rate: Num;
  max_hours_per_week: Num;
  /** Separated by commas. */
  skills: string;
  /** Dates on which the person is away. */
  away: string[];
  /** Shift id to points, -10 to 10. */
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

/** What a plan trades against cost. */
export type Against = "fairness" | "coverage" | "preference";

export interface Roster {
  name: string;
  currency: string;
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
  against: Against;
}

export interface Shift {
  id: string;
  name: string;
  type: string;
  day: number;
  start_time: string;
  end_time: string;
  duration_hours?: Num;
}

const DAY = 86_400_000;

/** The date of a day of the roster. */
export const dateOf = (start: string, day: number): string => new Date(Date.parse(start) + day * DAY).toISOString().slice(0, 10);

/** Monday of the next week. */
export function nextMonday(now = new Date()): string {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return new Date(today + (8 - (new Date(today).getUTCDay() || 7)) * DAY).toISOString().slice(0, 10);
}

export const shiftId = (kind: Kind, day: number): string => `${kind.id}-${day + 1}`;

/** Every shift of the horizon, day by day; its name, which sentences use, says the day. */
export function shiftsOf(r: Roster): Shift[] {
  const out: Shift[] = [];
  for (let day = 0; day < 7 * r.weeks; day++)
    for (const k of r.kinds) {
      if (k.need[day % 7] === 0) continue;
      const { start_time, end_time, duration_hours } = k;
      out.push({ id: shiftId(k, day), name: `${k.name} ${rosterDay(r.start, day).join(" ")}`, type: k.name, day, start_time, end_time, ...(duration_hours === "" ? {} : { duration_hours }) });
    }
  return out;
}

const words = (text: string): string[] =>
  text
    .split(",")
    .map((s) => s.trim())
    .filter(Boolean);

/** "lead 1, cook 2" as the operation takes it; a skill without a number needs one. */
function among(text: string): Record<string, Num> {
  return Object.fromEntries(
    words(text).map((part) => {
      const [, skill, n] = /^(.*?)\s*(\d+)?$/.exec(part) ?? [];
      return [skill || part, n ? Number(n) : 1];
    }),
  );
}

const given = <V>(name: string, v: V | ""): Record<string, V> => (v === "" ? {} : { [name]: v });

/** The request of staffing.schedule. What was pinned of shifts and people that are gone is left out. */
export function requestOf(r: Roster) {
  const shifts = shiftsOf(r);
  const needs = new Map(r.kinds.map((k) => [k.name, k]));
  const there = { people: new Set(r.people.map((p) => p.id)), shifts: new Set(shifts.map((s) => s.id)) };
  const known = (p: Pair) => there.people.has(p.employee_id) && there.shifts.has(p.shift_id);
  const skilled = shifts.filter((s) => needs.get(s.type)!.among.trim());
  return {
    employees: r.people.map((p) => ({
      id: p.id,
      name: p.name,
      hourly_rate: p.hourly_rate,
      ...given("max_hours_per_week", p.max_hours_per_week),
      ...given("max_consecutive_days", r.max_consecutive_days),
      skills: words(p.skills),
      ...(p.away.length ? { unavailable_dates: p.away } : {}),
      ...(p.likes ? { preferences: likes(r, p) } : {}),
    })),
    shifts,
    min_coverage: Object.fromEntries(shifts.map((s) => [s.id, needs.get(s.type)!.need[s.day % 7]!])),
    ...(skilled.length ? { skill_coverage: Object.fromEntries(skilled.map((s) => [s.id, among(needs.get(s.type)!.among)])) } : {}),
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

/** Likes of a kind hold for all its shifts. */
function likes(r: Roster, p: Person): Record<string, number> {
  const out: Record<string, number> = {};
  for (const k of r.kinds)
    for (let day = 0; day < 7 * r.weeks; day++) {
      const points = p.likes![k.id];
      if (points && k.need[day % 7] !== 0) out[shiftId(k, day)] = points;
    }
  return out;
}

/** A value read from a file or from the browser, as a roster; undefined when it is none. */
export function asRoster(v: unknown): Roster | undefined {
  const r = v as Roster | null | undefined;
  const sound = Array.isArray(r?.people) && Array.isArray(r.kinds) && r.kinds.every((k) => Array.isArray(k?.need)) && Number.isFinite(Date.parse(r.start));
  return sound ? r! : undefined;
}

export const rosters = new Kept<Roster>("roster", asRoster);
