// SPDX-License-Identifier: GPL-3.0-or-later
// What the roster grid draws, from the objects of staffing.schedule.

export interface RosterEmployee {
  id: string;
  name?: string | null | undefined;
}
export interface RosterShift {
  id: string;
  name?: string | null | undefined;
  type?: string | null | undefined;
  day: number;
  start_time: string;
  end_time: string;
}
export interface RosterResult {
  status: string;
  assignments: readonly { employee_id: string; shift_id: string; hours: number; cost: number }[];
  employees?: readonly { id: string; hours: number; cost: number }[];
  coverage?: readonly { shift_id: string; required: number; assigned: number }[];
  uncovered?: readonly { shift_id: string; skill?: string | null; required: number; assigned: number; reason: string }[];
  conflict?: { message: string; shifts?: readonly string[]; employees?: readonly string[] } | null;
}
export interface RosterPair {
  employee_id: string;
  shift_id: string;
}

/** A shift as it is drawn: its kind gives colour and text. */
export interface Drawn {
  shift: RosterShift;
  kind: number;
  label: string;
  clock: string;
  /** It ends on the next day: the bar runs into the next column. */
  over: boolean;
}

export interface Cell {
  works: Drawn[];
  /** A shift of the day before reaches into this day. */
  from: Drawn | undefined;
  pinned: Set<string>;
  barred: Set<string>;
  away: boolean;
}

export interface Row {
  id: string;
  name: string;
  hours: number;
  cost: number;
  cells: Cell[];
}

export interface Cover {
  kind: number;
  label: string;
  /** One for each day: what is there of what is needed; undefined where the kind has no shift that day. */
  days: ({ assigned: number; required: number; open: number; ids: string[]; conflict: boolean; why: string[] } | undefined)[];
}

export interface Grid {
  rows: Row[];
  covers: Cover[];
  days: number;
  byDay: Drawn[][];
  /** Bars in the fullest cell. */
  lanes: number;
}

const minutes = (t: string): number => Number(t.slice(0, -3)) * 60 + Number(t.slice(-2));
const kindName = (s: RosterShift): string => s.type || s.name || `${s.start_time}–${s.end_time}`;

export function gridOf(
  employees: readonly RosterEmployee[],
  shifts: readonly RosterShift[],
  result: RosterResult | undefined,
  given: { fixed: readonly RosterPair[]; forbidden: readonly RosterPair[]; away: ReadonlyMap<string, ReadonlySet<number>> },
): Grid {
  const days = shifts.reduce((n, s) => Math.max(n, s.day + 1), 0);
  const kinds = kindsOf(shifts);
  const drawn = new Map(shifts.map((s): [string, Drawn] => [s.id, draw(s, kinds)]));
  const byDay: Drawn[][] = Array.from({ length: days }, () => []);
  for (const d of drawn.values()) byDay[d.shift.day]!.push(d);
  for (const list of byDay) list.sort((a, b) => minutes(a.shift.start_time) - minutes(b.shift.start_time));
  const pay = new Map(result?.employees?.map((e) => [e.id, e]));
  const rows = employees.map(
    (e): Row => ({
      id: e.id,
      name: e.name || e.id,
      hours: pay.get(e.id)?.hours ?? 0,
      cost: pay.get(e.id)?.cost ?? 0,
      cells: byDay.map((_, day) => ({ works: [], from: undefined, pinned: new Set(), barred: new Set(), away: given.away.get(e.id)?.has(day) ?? false })),
    }),
  );
  const at = new Map(rows.map((r) => [r.id, r]));
  let lanes = 1;
  for (const a of result?.assignments ?? []) {
    const [row, d] = [at.get(a.employee_id), drawn.get(a.shift_id)];
    if (!row || !d) continue;
    const cell = row.cells[d.shift.day]!;
    cell.works.push(d);
    cell.works.sort((x, y) => minutes(x.shift.start_time) - minutes(y.shift.start_time));
    lanes = Math.max(lanes, cell.works.length);
    const next = row.cells[d.shift.day + 1];
    if (d.over && next) next.from = d;
  }
  for (const [pairs, which] of [[given.fixed, "pinned"], [given.forbidden, "barred"]] as const)
    for (const p of pairs) {
      const day = drawn.get(p.shift_id)?.shift.day;
      if (day !== undefined) at.get(p.employee_id)?.cells[day]?.[which].add(p.shift_id);
    }
  return { rows, covers: coversOf(kinds, days, drawn, result), days, byDay, lanes };
}

/** Kinds in the order of their first shift of a day. */
function kindsOf(shifts: readonly RosterShift[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const s of shifts) first.set(kindName(s), Math.min(first.get(kindName(s)) ?? Infinity, minutes(s.start_time)));
  const names = [...first].sort((a, b) => a[1] - b[1]).map(([name]) => name);
  return new Map(names.map((name, i) => [name, i]));
}

function draw(s: RosterShift, kinds: ReadonlyMap<string, number>): Drawn {
  const label = kindName(s);
  return { shift: s, kind: kinds.get(label)!, label, clock: `${s.start_time}–${s.end_time}`, over: minutes(s.end_time) <= minutes(s.start_time) && minutes(s.end_time) > 0 };
}

function coversOf(kinds: ReadonlyMap<string, number>, days: number, drawn: ReadonlyMap<string, Drawn>, result: RosterResult | undefined): Cover[] {
  const covers = [...kinds].map(([label, kind]): Cover => ({ kind, label, days: Array.from({ length: days }, () => undefined) }));
  const inConflict = new Set(result?.conflict?.shifts);
  const why = new Map<string, string[]>();
  const short = new Map((result?.coverage ?? []).map((c) => [c.shift_id, Math.max(0, c.required - c.assigned)]));
  for (const u of result?.uncovered ?? []) {
    why.set(u.shift_id, [...(why.get(u.shift_id) ?? []), u.reason]);
    if (u.skill) short.set(u.shift_id, (short.get(u.shift_id) ?? 0) + u.required - u.assigned);
  }
  for (const c of result?.coverage ?? []) {
    const d = drawn.get(c.shift_id);
    if (!d) continue;
    const of = covers[d.kind]!.days;
    const now = (of[d.shift.day] ??= { assigned: 0, required: 0, open: 0, ids: [], conflict: false, why: [] });
    now.assigned += c.assigned;
    now.required += c.required;
    now.ids.push(c.shift_id);
    now.open += short.get(c.shift_id) ?? 0;
    now.conflict ||= inConflict.has(c.shift_id);
    now.why.push(...(why.get(c.shift_id) ?? []));
  }
  return covers;
}
