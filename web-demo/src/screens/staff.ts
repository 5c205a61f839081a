// SPDX-License-Identifier: GPL-3.0-or-later
// #/staff : who works when?
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { save, saveCsv, savePng, saveSvg } from "../download.js";
import { engine, Failure, type Loose, type In, type Out } from "../engine.js";
import type { DyoRoster, PinState } from "../elements/roster.js";
import "../elements/roster.js";
import type { RosterResult } from "../elements/roster-model.js";
import { money, num, percent, tinyPercent } from "../format.js";
import { calendar } from "../ics.js";
import { dateOf, requestOf, rosters, shiftsOf, type Against, type Pair, type Roster } from "../roster.js";
import { Task, type Run } from "../task.js";
import { STAFF } from "../texts-staff.js";
import { T } from "../texts.js";
import type { State } from "../types.js";
import { Screen, answer, errorPanel, figures, sentenceOf, working } from "../ui.js";
import { people, pins, rules, shifts, where } from "./staff-edit.js";

type Schedule = Out<"staffing.schedule">;
/** The request that the roster makes, and as text. */
interface Asked {
  request: ReturnType<typeof requestOf>;
  of: string;
  away: ReadonlyMap<string, ReadonlySet<number>>;
}
/** A plan with what it was made for, as text: it tells whether anything has changed since. */
interface Planned {
  of: string;
  plan: Schedule;
}
type Curve = Out<"staffing.pareto">;

const S = STAFF.staff;
const AGAINST: readonly Against[] = ["fairness", "coverage", "preference"];
const POINTS = 8;
/** A gap that is none: what rounding leaves. */
const EXACT = 1e-9;
/** Sentences shown at once, and at most. */
const FEW = 4;
const MANY = 100;

/** The plan outlives the screen: coming back finds it. */
let last: Planned | undefined;

class StaffScreen extends Screen {
  #plan = new Task<Planned>(this, (run) => this.#solve(run));
  #curve = new Task<Curve>(this, (run) => this.#draw(run));
  /** Of the point of the curve whose roster is shown instead of the plan; -1: none. */
  #point = -1;
  #shown: RosterResult | undefined;
  #made: Asked | undefined;

  /** Made once for each change of the roster: a long one takes time, and a search under way draws the screen again and again. */
  get #asked(): Asked {
    if (this.#made) return this.#made;
    const r = rosters.value!;
    const request = requestOf(r);
    const away = new Map(r.people.map((p) => [p.id, new Set(p.away.map((d) => Math.round((Date.parse(d) - Date.parse(r.start)) / 86_400_000)))]));
    return (this.#made = { request, of: JSON.stringify(request), away });
  }
  protected override compute(): void {
    this.#made = undefined;
  }

  protected override get sources(): EventTarget[] {
    return [rosters];
  }
  protected override get state(): State {
    return rosters.value ? this.#plan.state : "empty";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (last) this.#plan.value = last;
    else if (rosters.value) this.#plan.run();
  }

  async #solve({ signal, progress }: Run): Promise<Planned> {
    const { request, of } = this.#asked;
    this.#leave();
    const plan = await kept(() => engine.call("staffing.schedule", request as Loose<In<"staffing.schedule">>, { signal, progress, gently: true }));
    return (last = { of, plan });
  }

  async #draw({ signal, progress }: Run): Promise<Curve> {
    const r = rosters.value!;
    const request = { ...requestOf(r), objectives: ["cost", r.against], points: POINTS };
    return kept(() => engine.call("staffing.pareto", request as Loose<In<"staffing.pareto">>, { signal, progress, gently: true }));
  }

  protected override render(): TemplateResult {
    const r = rosters.value;
    if (!r) return html`<h1>${S.title}</h1>${this.#empty()}`;
    const e = this.#plan.error;
    const now = this.#plan.value;
    const asked = this.#asked;
    const old = now !== undefined && now.of !== asked.of;
    return html`<h1>${S.title}</h1>
      <div class="result" ?data-dim=${this.#plan.stale}>
        ${errorPanel(e, () => void this.#plan.restart(), where(r, e))}
        ${working(this.#plan)}
        ${now ? this.#said(now.plan, r) : nothing}
      </div>
      <p class="actions solve"><button class="first" @click=${() => void this.#plan.restart()} ?disabled=${this.#plan.state === "working"}>${S.solve}</button>
        ${old ? html`<span class="quiet" role="status">${S.changed}</span>` : nothing}
        ${r.fixed.length + r.forbidden.length ? html`<button class="link" @click=${letGo}>${S.free(pins(r))}</button>` : nothing}</p>
      ${this.#shown ? html`<p class="notice actions" role="status">${S.point(num(this.#point + 1))} <button @click=${this.#leave}>${S.backToPlan}</button></p>` : nothing}
      ${this.#grid(r, asked, now?.plan)}
      ${now ? this.#why(now.plan) : nothing}
      ${now ? this.#tools(r, now.plan) : nothing}
      ${now ? this.#figures(now.plan, r) : nothing}
      ${this.#tradeoff(r)}
      ${guard([asked, e], () => html`${shifts(r, e)}${people(r, e)}${rules(r, e)}`)}
      <p class="tools"><button class="danger" @click=${this.#clear}>${S.clear}</button></p>`;
  }

  #empty(): TemplateResult {
    const take = async (which: "sampleRoster" | "newRoster") => {
      const sample = await import("../roster-sample.js");
      rosters.open(sample[which]());
      if (which === "sampleRoster") this.#plan.run();
    };
    return html`<div class="empty"><p>${S.empty}</p><p class="actions">
      <button class="first" @click=${() => take("sampleRoster")}>${S.sample}</button>
      <button @click=${() => take("newRoster")}>${S.own}</button></p></div>`;
  }

  #clear = (): void => {
    this.#plan.clear();
    this.#curve.clear();
    last = undefined;
    rosters.forget();
  };

  #grid(r: Roster, { request, away }: Asked, plan: Schedule | undefined): TemplateResult {
    return html`<dyo-roster ?dim=${this.#plan.stale} .heading=${S.heading(r.name)} .employees=${request.employees} .shifts=${request.shifts} .result=${this.#shown ?? plan}
      .fixed=${request.fixed} .forbidden=${request.forbidden} .away=${away} .start=${r.start} .currency=${r.currency}
      @dyo-pin=${(e: CustomEvent<Pair & { state: PinState }>) => pin(e.detail)}></dyo-roster>`;
  }

  /** The sentence, and how sure it is. */
  #said(plan: Schedule, r: Roster): TemplateResult {
    const cash = (v: number) => money(v, r.currency);
    const missing = open(plan);
    const places = S.places(missing, num(missing));
    const at = [num(plan.assignments.length), num(plan.coverage.length), num(working_(plan)), cash(plan.total_cost)] as const;
    const said =
      plan.status === "infeasible"
        ? [S.noPlan(plan.conflict?.message ?? ""), S.closest(places)]
        : plan.status === "unknown"
          ? [S.unknown(places)]
          : [missing ? S.soft(...at, places) : S.sentence(...at)];
    const sure = [proof(plan, cash), S.stopped[plan.stopped_by] ?? ""].filter(Boolean).join(" ");
    return answer(said, [sure].filter(Boolean));
  }

  /** What is open and why, what would help. */
  #why(plan: Schedule): TemplateResult | typeof nothing {
    const c = plan.conflict;
    if (!c && !plan.uncovered.length && !plan.warnings.length) return nothing;
    const bullets = (items: readonly string[]) => html`<ul class="remarks">${items.map((m) => html`<li>${sentenceOf(m)}</li>`)}</ul>`;
    const list = (title: string, items: readonly string[]) =>
      items.length
        ? html`<h2>${title}</h2>${bullets(items.slice(0, FEW))}
          ${items.length > FEW ? html`<details><summary>${S.more(num(items.length - FEW))}</summary>${bullets(items.slice(FEW, MANY))}</details>` : nothing}`
        : nothing;
    return html`<section class="why">${c ? html`<h2>${S.conflictTitle}</h2><p class="error">${sentenceOf(c.message)}</p>` : nothing}
      ${list(S.openTitle, plan.uncovered.map((u) => u.reason))}
      ${list(S.changesTitle, c?.changes.map((x) => x.message) ?? [])}
      ${list(S.warnings, plan.warnings)}</section>`;
  }

  #figures(plan: Schedule, r: Roster): TemplateResult {
    const f = S.figures;
    const hours = plan.employees.reduce((t, e) => t + e.hours, 0);
    const extra = plan.employees.reduce((t, e) => t + e.overtime_hours, 0);
    return figures([
      [f.cost, money(plan.total_cost, r.currency)],
      [f.hours, num(hours, 1)],
      [f.people, num(working_(plan))],
      [f.open, num(open(plan))],
      [f.overtime, num(extra, 1)],
      [f.use, plan.avg_utilization === null ? "–" : percent(plan.avg_utilization)],
      [S.gap, plan.gap === null ? "–" : tinyPercent(plan.gap)],
      ...(Math.abs(plan.objective - plan.total_cost) > 0.005 ? [[f.counted, money(plan.objective, r.currency)] as const] : []),
      [S.bound, plan.lower_bound === null ? "–" : money(plan.lower_bound, r.currency)],
      [f.time, `${num(plan.solve_time_s, 2)} s`],
    ]);
  }

  #tools(r: Roster, plan: Schedule): TemplateResult {
    return html`<p class="tools"><button @click=${() => csv(r, plan)}>${S.csv}</button>
      <button @click=${() => ics(r, plan)}>${S.ics}</button>
      <button @click=${() => void savePng("roster", this.#whole())}>${T.chart.png}</button>
      <button @click=${() => saveSvg("roster", this.#whole())}>${T.chart.svg}</button>
      <button @click=${() => print()}>${T.chart.print}</button></p>`;
  }

  #whole = (): string => this.querySelector<DyoRoster>("dyo-roster")!.picture();

  #tradeoff(r: Roster): TemplateResult {
    const c = this.#curve.value;
    return html`<section aria-labelledby="curve"><h2 id="curve">${S.curveTitle}</h2>
      <p class="actions"><label class="against">${S.against} <select aria-label=${S.against} @change=${(e: Event) => this.#choose((e.target as HTMLSelectElement).value as Against)}>
        ${AGAINST.map((a) => html`<option value=${a} .selected=${a === r.against}>${S.againstNames[a]}</option>`)}</select></label>
        <button @click=${() => this.#start()} ?disabled=${this.#curve.state === "working"}>${S.draw}</button></p>
      ${errorPanel(this.#curve.error, () => this.#start(), where(r, this.#curve.error))}${working(this.#curve)}
      ${c ? this.#picture(r, c) : html`<p class="quiet">${S.curveNote}</p>`}</section>`;
  }

  #picture(r: Roster, c: Curve): TemplateResult {
    return html`<dyo-staff-curve ?dim=${this.#curve.stale} .heading=${S.curveHeading(S.againstNames[r.against]!)} .frontier=${c.frontier} .knee=${c.knee?.index ?? -1}
      .chosen=${this.#point} .against=${r.against} .currency=${r.currency} .height=${320}
      @dyo-select=${(e: CustomEvent<{ index: number }>) => void this.#show(e.detail.index)}></dyo-staff-curve>`;
  }

  #start(): void {
    void import("../elements/staff-curve.js").then(() => this.#curve.restart());
  }
  #choose(a: Against): void {
    this.#curve.clear();
    this.#leave();
    rosters.change((r) => void (r.against = a));
  }
  /** A point's own roster in place of the plan: what each person's hours cost is asked of the core. */
  async #show(index: number): Promise<void> {
    const r = rosters.value!;
    const p = this.#curve.value?.frontier[index];
    if (!p) return;
    const { employees, shifts: all, min_coverage } = requestOf(r);
    const input = { employees, shifts: all, assignments: p.assignments, overtime_multiplier: r.overtime_multiplier === "" ? 1 : r.overtime_multiplier };
    const pay = await engine.call("staffing.labor_cost", input as Loose<In<"staffing.labor_cost">>);
    const there = new Map<string, number>();
    for (const a of p.assignments) there.set(a.shift_id, (there.get(a.shift_id) ?? 0) + 1);
    this.#point = index;
    this.#shown = {
      status: p.status,
      assignments: p.assignments,
      employees: pay.employees.map((e) => ({ id: e.id, hours: e.hours, cost: e.total_cost })),
      coverage: all.map((s) => ({ shift_id: s.id, required: Number(min_coverage[s.id]), assigned: there.get(s.id) ?? 0 })),
    };
    this.requestUpdate();
  }
  #leave = (): void => {
    this.#point = -1;
    this.#shown = undefined;
    this.requestUpdate();
  };
}

/** The answer, or, of a search that was stopped, the best so far. */
async function kept<V>(ask: () => Promise<V>): Promise<V> {
  try {
    return await ask();
  } catch (e) {
    if (e instanceof Failure && e.code === "cancelled" && e.partial) return e.partial as V;
    throw e;
  }
}

/** Places without somebody: heads, and skills that are short beside them. */
const open = (plan: Schedule): number => plan.uncovered.reduce((t, u) => t + u.required - u.assigned, 0);
const working_ = (plan: Schedule): number => plan.employees.filter((e) => e.shifts > 0).length;

function proof(plan: Schedule, cash: (v: number) => string): string {
  if (plan.gap === null || plan.lower_bound === null) return S.unproven;
  const least = plan.status === "infeasible" ? `${S.least} ` : "";
  if (plan.gap < EXACT) return least + S.exact;
  if (Math.abs(plan.objective - plan.total_cost) > 0.005) return least + S.counted(cash(plan.objective), tinyPercent(plan.gap), cash(plan.lower_bound));
  const close = plan.stopped_by === "gap" || plan.status === "optimal";
  return least + (close ? S.optimal : S.feasible)(tinyPercent(plan.gap), cash(plan.lower_bound));
}

function pin({ employee_id, shift_id, state }: Pair & { state: PinState }): void {
  rosters.change((r) => {
    const others = (list: Pair[]) => list.filter((p) => p.employee_id !== employee_id || p.shift_id !== shift_id);
    r.fixed = others(r.fixed);
    r.forbidden = others(r.forbidden);
    if (state) r[state].push({ employee_id, shift_id });
  });
}

const letGo = (): void => rosters.change((r) => void (r.fixed = r.forbidden = []));

function rows(r: Roster, plan: Schedule) {
  const shift = new Map(shiftsOf(r).map((s) => [s.id, s]));
  const name = new Map(r.people.map((p) => [p.id, p.name]));
  return plan.assignments.flatMap((a) => {
    const s = shift.get(a.shift_id);
    return s ? [{ a, s, name: name.get(a.employee_id) ?? "", date: dateOf(r.start, s.day) }] : [];
  });
}

function csv(r: Roster, plan: Schedule): void {
  saveCsv(
    "roster",
    ["date", "employee_id", "employee", "shift_id", "shift", "start_time", "end_time", "hours", "cost"],
    rows(r, plan).map(({ a, s, name, date }) => [date, a.employee_id, name, s.id, s.type, s.start_time, s.end_time, a.hours, a.cost]),
  );
}

function ics(r: Roster, plan: Schedule): void {
  const events = rows(r, plan).map(({ a, s, name, date }) => ({ uid: `${a.employee_id}.${s.id}.${date}`, date, from: s.start_time, to: s.end_time, title: `${s.type}: ${name}` }));
  save("roster.ics", "text/calendar;charset=utf-8", calendar(events, new Date()));
}

customElements.define("screen-staff", StaffScreen);
