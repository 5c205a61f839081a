// SPDX-License-Identifier: GPL-3.0-or-later
// What a person may change of a roster: its people, its shifts and need, its rules.
import { html, nothing, type TemplateResult } from "lit";
import type { Failure } from "../engine.js";
import { num, typed, untyped, weekdays } from "../format.js";
import { called, rosters, shiftsOf, type Kind, type Person, type Roster } from "../roster.js";
import { STAFF } from "../texts-staff.js";
import type { Num } from "../types.js";
import { settle, unlessTyping } from "../ui.js";

const S = STAFF.staff;
const RULES = ["min_rest_hours", "max_consecutive_days", "overtime_multiplier", "fairness_weight", "understaffing_penalty", "time_limit_s"] as const;
const WEEKS = [1, 2, 3, 4, 6, 8];
type PersonField = "hourly_rate" | "max_hours_per_week";

const valueOf = (e: Event): string => (e.target as HTMLInputElement | HTMLSelectElement).value;
/** An empty field means that there is no such limit. */
const orEmpty = (text: string): Num => (text.trim() === "" ? "" : untyped(text));
const lists = (text: string): string[] => text.split(/[,;\s]+/).filter(Boolean);

interface Field {
  label: string;
  value: Num;
  set: (text: string) => void;
  kind?: "name" | "time" | "number";
  wrong?: boolean;
}

function field({ label, value, set, kind = "name", wrong = false }: Field): TemplateResult {
  const shown = typed(value);
  return html`<input type="text" class=${kind} inputmode=${kind === "number" ? "decimal" : kind === "time" ? "numeric" : nothing} autocomplete="off"
    aria-label=${label} aria-invalid=${wrong ? "true" : "false"} .value=${unlessTyping(shown)}
    @input=${(e: Event) => set(valueOf(e))} @blur=${kind === "number" ? settle(shown) : nothing}>`;
}

/** The column heads: a name and, below it, its unit. */
const heads = (list: readonly (readonly string[])[]): TemplateResult[] =>
  list.map(([name, unit, kind]) => html`<th scope="col" class=${kind ?? ""}>${name}${unit ? html`<span class="unit">${unit}</span>` : nothing}</th>`);

export function people(r: Roster, e: Failure | undefined): TemplateResult {
  return html`<section aria-labelledby="people"><h2 id="people">${S.peopleTitle}</h2>
    <div class="scroll tall" tabindex="0" role="region" aria-labelledby="people"><table class="list edit">
      <thead><tr>${heads(S.peopleHead)}<td></td></tr></thead>
      <tbody>${r.people.map((p, i) => person(p, i, r, e?.path))}</tbody></table></div>
    <p class="tools"><button @click=${addPerson}>${S.addPerson}</button></p></section>`;
}

function person(p: Person, i: number, r: Roster, at: string | undefined): TemplateResult {
  const change = (how: (x: Person) => void) => rosters.change((x) => how(x.people[i]!));
  const label = (n: number) => S.of(S.peopleHead[n]![0], p.name);
  const wrong = (name: string) => at?.startsWith(`/employees/${i}/${name}`) ?? false;
  const number = (name: PersonField, n: number) =>
    field({ label: label(n), value: p[name], kind: "number", wrong: wrong(name), set: (t) => change((x) => void (x[name] = name === "hourly_rate" ? untyped(t) : orEmpty(t))) });
  return html`<tr>
    <td>${field({ label: label(0), value: p.name, wrong: wrong("name"), set: (t) => change((x) => void (x.name = t)) })}</td>
    <td class="n">${number("hourly_rate", 1)}</td><td class="n">${number("max_hours_per_week", 2)}</td>
    <td>${field({ label: label(3), value: p.skills, wrong: wrong("skills"), set: (t) => change((x) => void (x.skills = t)) })}</td>
    <td>${field({ label: label(4), value: p.away.join(", "), wrong: wrong("unavailable_dates"), set: (t) => change((x) => void (x.away = lists(t))) })}</td>
    <td><button class="remove" aria-label=${S.remove(p.name)} title=${S.remove(p.name)} ?disabled=${r.people.length < 2}
      @click=${() => rosters.change((x) => void x.people.splice(i, 1))}>×</button></td></tr>`;
}

export function shifts(r: Roster, e: Failure | undefined): TemplateResult {
  const days = weekdays();
  const index = /^\/shifts\/(\d+)/.exec(e?.path ?? "")?.[1];
  const wrong = index === undefined ? undefined : shiftsOf(r)[Number(index)]?.type;
  return html`<section aria-labelledby="shifts"><h2 id="shifts">${S.shiftsTitle}</h2><p class="quiet">${S.shiftsNote}</p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="shifts"><table class="list edit">
      <thead><tr>${heads(S.shiftsHead)}${days.map((d) => html`<th scope="col" class="n">${d}</th>`)}<td></td></tr></thead>
      <tbody>${r.kinds.map((k, i) => kind(k, i, r, days, called(k) === wrong))}</tbody></table></div>
    <p class="tools"><button @click=${addKind}>${S.addShift}</button></p></section>`;
}

function kind(k: Kind, i: number, r: Roster, days: readonly string[], wrong: boolean): TemplateResult {
  const change = (how: (x: Kind) => void) => rosters.change((x) => how(x.kinds[i]!));
  const label = (n: number) => S.of(S.shiftsHead[n]![0], k.name);
  return html`<tr>
    <td>${field({ label: label(0), value: k.name, wrong, set: (t) => change((x) => void (x.name = t)) })}</td>
    <td>${field({ label: label(1), value: k.start_time, kind: "time", wrong, set: (t) => change((x) => void (x.start_time = t)) })}</td>
    <td>${field({ label: label(2), value: k.end_time, kind: "time", wrong, set: (t) => change((x) => void (x.end_time = t)) })}</td>
    <td class="n">${field({ label: label(3), value: k.duration_hours, kind: "number", wrong, set: (t) => change((x) => void (x.duration_hours = orEmpty(t))) })}</td>
    <td>${field({ label: label(4), value: k.among, set: (t) => change((x) => void (x.among = t)) })}</td>
    ${days.map((d, day) => html`<td class="n">${field({ label: S.of(d, k.name), value: k.need[day] ?? 0, kind: "number", set: (t) => change((x) => void (x.need[day] = untyped(t))) })}</td>`)}
    <td><button class="remove" aria-label=${S.remove(k.name)} title=${S.remove(k.name)} ?disabled=${r.kinds.length < 2}
      @click=${() => rosters.change((x) => void x.kinds.splice(i, 1))}>×</button></td></tr>`;
}

export function rules(r: Roster, e: Failure | undefined): TemplateResult {
  return html`<section aria-labelledby="rules"><h2 id="rules">${S.rulesTitle}</h2><div class="rules">
    <label class="rule"><span>${S.start}</span><input type="date" .value=${unlessTyping(r.start)} @change=${(ev: Event) => start(valueOf(ev))}></label>
    <label class="rule"><span>${S.weeks}</span><select @change=${(ev: Event) => rosters.change((x) => void (x.weeks = Number(valueOf(ev))))}>
      ${WEEKS.map((n) => html`<option value=${n} .selected=${n === r.weeks}>${S.weeksOf(n)}</option>`)}</select></label>
    ${RULES.map((name) => {
      const wrong = e?.path === `/${name}` || (name === "max_consecutive_days" && (e?.path.endsWith(name) ?? false));
      const [label, unit] = S.rules[name]!;
      return html`<label class="rule"><span>${label}<span class="unit">${unit}</span></span>${field({ label, value: r[name], kind: "number", wrong, set: (t) => rosters.change((x) => void (x[name] = orEmpty(t))) })}
        ${wrong ? html`<span class="fault">${e!.message}</span>` : nothing}</label>`;
    })}</div></section>`;
}

/** Weeks begin on Mondays: another day means the Monday before it. */
function start(date: string): void {
  const ms = Date.parse(date);
  if (!Number.isFinite(ms)) return;
  const monday = new Date(ms - ((new Date(ms).getUTCDay() + 6) % 7) * 86_400_000);
  rosters.change((r) => void (r.start = monday.toISOString().slice(0, 10)));
}

/** The first number that makes a new id. */
function fresh(letter: string, ids: readonly string[]): [string, number] {
  let n = ids.length + 1;
  while (ids.includes(`${letter}${n}`)) n++;
  return [`${letter}${n}`, n];
}

function addPerson(): void {
  rosters.change((r) => {
    const [id, n] = fresh("p", r.people.map((p) => p.id));
    r.people.push({ id, name: S.newPerson(n), hourly_rate: 15, max_hours_per_week: 40, skills: "", away: [] });
  });
}

function addKind(): void {
  rosters.change((r) => {
    const [id, n] = fresh("s", r.kinds.map((k) => k.id));
    r.kinds.push({ id, name: S.newShift(n), start_time: "09:00", end_time: "17:00", duration_hours: "", need: [1, 1, 1, 1, 1, 0, 0], among: "" });
  });
}

/** Which field of which person or shift an error speaks of, in the words of the screen. */
export function where(r: Roster, e: Failure | undefined): string {
  const [, list, index] = /^\/(employees|shifts)\/(\d+)/.exec(e?.path ?? "") ?? [];
  if (list === "employees") return r.people[Number(index)]?.name ?? "";
  if (list === "shifts") return shiftsOf(r)[Number(index)]?.type ?? "";
  return S.rules[e?.path.slice(1) ?? ""]?.[0] ?? "";
}

export const pins = (r: Roster): string => num(r.fixed.length + r.forbidden.length);
