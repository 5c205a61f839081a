// SPDX-License-Identifier: GPL-3.0-or-later
// schedule FILE: a request of staffing.schedule, or a project of the page with a roster, as a plan on the screen: people by days.
import { DyoError } from "./error.js";
import type { CoreOps } from "./ops.gen.js";
import { objectIn, projectIn } from "./project.js";
import { tableCommand, type Table } from "./report.js";
import { isRoster, scheduleOf } from "./roster.js";

type In = CoreOps["staffing.schedule"]["in"];
type Out = CoreOps["staffing.schedule"]["out"];

const DAY = 86_400_000;
const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/** A few letters for each kind of shift, no two alike. */
function letters(kinds: readonly string[]): Map<string, string> {
  const taken = new Map<string, string>();
  for (const kind of kinds) {
    const word = kind.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase() || "S";
    let short = word.slice(0, 1);
    for (let n = 2; [...taken.values()].includes(short); n++) short = n <= word.length ? word.slice(0, n) : `${word}${n}`;
    taken.set(kind, short);
  }
  return taken;
}

const kindOf = (s: In["shifts"][number]) => s.type ?? s.name ?? s.id.replace(/[-_. ]*\d+$|^\d+[-_. ]*/, "");
const money = (x: number) => x.toLocaleString("en-US", { maximumFractionDigits: 2, minimumFractionDigits: 2 });
const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
const line = (label: string, text: string) => `${label.padEnd(9)} ${text}\n`;
const clean = (text: string) => text.replace(/\p{Cc}/gu, " "); // a name commands no terminal

function heading(day: number, start: string | null | undefined): string {
  if (!start) return WEEKDAYS[day % 7]!;
  const date = new Date(Date.parse(start) + day * DAY);
  return `${WEEKDAYS[(date.getUTCDay() + 6) % 7]}${String(date.getUTCDate()).padStart(2, "0")}`;
}

/** People by days, week by week. */
function grid(input: In, out: Out): string {
  const short = letters([...new Set(input.shifts.map(kindOf))]);
  const shifts = new Map(input.shifts.map((s) => [s.id, s]));
  const cells = new Map<string, string[]>();
  for (const { employee_id, shift_id } of out.assignments) {
    const s = shifts.get(shift_id)!;
    const row = cells.get(employee_id) ?? [];
    row[s.day] = (row[s.day] ?? "") + short.get(kindOf(s))!;
    cells.set(employee_id, row);
  }
  const wide = Math.max(4, ...[...cells.values()].flat().map((c) => c.length)) + 1;
  const names = input.employees.map((e) => clean(e.name ?? e.id).slice(0, 18));
  const label = Math.max(9, ...names.map((n) => n.length)) + 1;
  const last = Math.max(...input.shifts.map((s) => s.day));
  let text = "";
  for (let from = 0; from <= last; from += 7) {
    const days = Array.from({ length: Math.min(7, last + 1 - from) }, (_, i) => from + i);
    text += `\n${" ".repeat(label)}${days.map((d) => heading(d, input.horizon_start).padEnd(wide)).join("")}`.trimEnd() + "\n";
    for (const [i, { id }] of input.employees.entries())
      text += `${names[i]!.padEnd(label)}${days.map((d) => (cells.get(id)?.[d] ?? ".").padEnd(wide)).join("")}`.trimEnd() + "\n";
  }
  return `${text}\n${line("Shifts", [...short].map(([kind, s]) => `${s} ${clean(kind)}`).join(", "))}`;
}

function verdict({ status, gap, total_cost, coverage_met }: Out): string {
  const proof = gap === null ? "" : gap < 5e-5 ? ", proven best" : `, the best possible is at most ${percent(gap)} cheaper`;
  const cover = coverage_met ? "every shift has its people" : "some places stay open";
  return `${status}: ${cover}; cost ${money(total_cost)}${status === "infeasible" ? "" : proof}.`;
}

function text(input: In, out: Out, name: string): string {
  const days = Math.max(...input.shifts.map((s) => s.day)) + 1;
  const read = `${name}: ${input.employees.length} people, ${input.shifts.length} shifts, ${days} day${days > 1 ? "s" : ""}.`;
  const hours = out.employees.map((e) => `${e.id} ${e.hours}`).join(", ");
  const open = out.uncovered.map((u) => line("Open", clean(`${u.shift_id}: ${u.assigned} of ${u.required}. ${u.reason}`))).join("");
  const why = out.conflict ? line("Conflict", clean(out.conflict.message)) : "";
  return line("Read", clean(read)) + line("Plan", verdict(out)) + grid(input, out) + line("Hours", clean(hours)) + open + why;
}

const table = (out: Out): Table => ({
  head: ["employee_id", "shift_id", "hours", "cost"],
  rows: out.assignments.map((a) => [a.employee_id, a.shift_id, a.hours, a.cost]),
});

function request(bytes: Uint8Array, name: string): In {
  const project = projectIn(bytes);
  if (isRoster(project?.roster)) return scheduleOf(project.roster) as In; // what is not right in it is the operation's to refuse
  const found = objectIn(bytes);
  if (found && !project) return found as unknown as In;
  const expected = "a JSON request of staffing.schedule, or a project of the page with a roster, is expected";
  throw new DyoError("invalid_input", "", `${name}: ${project ? `a project ${project.roster ? "whose roster is damaged" : "without a roster"}` : "no JSON object"} found; ${expected}`);
}

export const schedule = tableCommand({
  command: "schedule",
  op: "staffing.schedule",
  files: "a JSON request of staffing.schedule, or a project that the page has saved",
  request,
  text,
  table,
});
