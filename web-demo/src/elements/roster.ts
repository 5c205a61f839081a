// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-roster>: who works when. A table of people and days: `employees` and `shifts` as staffing.schedule takes them, `result` as it
// answers. Fires dyo-select with { employee_id, day, shift_id } for the cell that is entered, and dyo-pin with { employee_id, shift_id,
// state } where state is "fixed", "forbidden" or "" (free again). Rows in sight are made at once, others in the frames after.
import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { moneyTick, qty, rosterDay, rosterDayLong } from "../format.js";
import { STAFF } from "../texts-staff.js";
import { rosterPicture } from "./roster-picture.js";
import { gridOf, type Cell, type Cover, type Drawn, type Grid, type Row, type RosterEmployee, type RosterPair, type RosterResult, type RosterShift } from "./roster-model.js";

export type PinState = "fixed" | "forbidden" | "";

const BAR = 22;
const PAD = 8;
/** Up to so many rows all are made, a few in each frame, so that scrolling makes none; of more, those in sight and some around them. */
const ALL = 200;
const EACH = 6;
/** Rows made above and below those in sight. */
const SPARE = 8;
/** Rows by which the window moves. */
const STEP = 4;
const COLOURS = 6;
/** Up to so many kinds the coverage stays in sight below the rows; of more it would hide them, and stands at their end. */
const STAYS = 6;
const R = STAFF.roster;

export class DyoRoster extends LitElement {
  static override properties = {
    employees: { attribute: false },
    shifts: { attribute: false },
    result: { attribute: false },
    fixed: { attribute: false },
    forbidden: { attribute: false },
    away: { attribute: false },
    start: { type: String },
    currency: { type: String },
    heading: { type: String },
    at: { state: true },
    open: { state: true },
    top: { state: true },
    seen: { state: true },
    whole: { state: true },
  };
  declare employees: readonly RosterEmployee[];
  declare shifts: readonly RosterShift[];
  declare result: RosterResult | undefined;
  declare fixed: readonly RosterPair[];
  declare forbidden: readonly RosterPair[];
  /** Days on which a person is away, by id. */
  declare away: ReadonlyMap<string, ReadonlySet<number>>;
  /** The date of day 0; empty: days are numbered. */
  declare start: string;
  declare currency: string;
  declare heading: string;
  /** Row and day of the cell that the keyboard is on. */
  declare protected at: [row: number, day: number];
  /** That cell was entered: what can be done with it is shown. */
  declare protected open: boolean;
  declare protected top: number;
  declare protected seen: number;
  /** Every row is made: for paper. */
  declare protected whole: boolean;
  #grid: Grid = { rows: [], covers: [], days: 0, byDay: [], lanes: 1 };
  #watch: ResizeObserver | undefined;
  #focus = false;
  /** The rows as they are drawn: those that are not there yet, or drawn as they were before, follow. */
  #drawn: Row[] = [];
  #later = 0;
  /** The row that Tab comes to: that of the keyboard, or the nearest one made. */
  #stop = 0;

  constructor() {
    super();
    this.employees = [];
    this.shifts = [];
    this.result = undefined;
    this.fixed = [];
    this.forbidden = [];
    this.away = new Map();
    this.start = "";
    this.currency = "EUR";
    this.heading = "";
    this.at = [0, 0];
    this.open = false;
    this.top = 0;
    this.seen = 20;
    this.whole = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeprint", this.#paper);
    addEventListener("afterprint", this.#paper);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeprint", this.#paper);
    removeEventListener("afterprint", this.#paper);
    this.#watch?.disconnect();
    this.#watch = undefined;
    cancelAnimationFrame(this.#later);
    this.#later = 0;
  }
  #paper = (e: Event): void => {
    this.whole = e.type === "beforeprint";
    if (this.isUpdatePending) this.performUpdate();
  };

  protected override willUpdate(changed: PropertyValues): void {
    if (["employees", "shifts", "result", "fixed", "forbidden", "away"].some((k) => changed.has(k)))
      this.#renew();
    this.style.setProperty("--row", `${this.#height}px`);
    const [row, day] = this.at;
    const [rows, days] = [this.#grid.rows.length, this.#grid.days];
    if (row >= rows || day >= days) this.at = [Math.max(0, Math.min(row, rows - 1)), Math.max(0, Math.min(day, days - 1))];
  }

  #renew(): void {
    const before = this.#grid;
    this.#grid = gridOf(this.employees, this.shifts, this.result, { fixed: this.fixed, forbidden: this.forbidden, away: this.away });
    const same = before.days === this.#grid.days && before.rows.length === this.#grid.rows.length && before.rows.every((r, i) => r.id === this.#grid.rows[i]!.id);
    if (!same) this.#drawn = [];
  }

  /** Draws the rows in sight, and notes whether others are to follow. */
  #draw(from: number, to: number): void {
    const { rows } = this.#grid;
    for (let i = from; i < to; i++) this.#drawn[i] = rows[i]!;
    if (rows.length > ALL || this.#later || !rows.some((r, i) => this.#drawn[i] !== r)) return;
    this.#later = requestAnimationFrame(() => {
      this.#later = 0;
      let left = EACH;
      for (let i = 0; i < rows.length && left; i++) if (this.#drawn[i] !== this.#grid.rows[i]) [this.#drawn[i], left] = [this.#grid.rows[i]!, left - 1];
      this.requestUpdate();
    });
  }

  protected override updated(): void {
    const box = this.#box;
    if (box && !this.#watch) {
      this.#watch = new ResizeObserver(() => this.#scrolled());
      this.#watch.observe(box);
    }
    if (!this.#focus) return;
    this.#focus = false;
    this.renderRoot.querySelector<HTMLElement>('td[tabindex="0"]')?.focus({ preventScroll: true });
    this.#reveal();
  }

  get #box(): HTMLElement | null {
    return this.renderRoot.querySelector(".box");
  }
  get #stays(): boolean {
    return this.#grid.covers.length <= STAYS;
  }
  get #height(): number {
    return this.#grid.lanes * BAR + (this.#grid.lanes - 1) * 2 + PAD;
  }
  get #conflict(): ReadonlySet<string> {
    return new Set(this.result?.conflict?.employees);
  }

  #scrolled = (): void => {
    const box = this.#box;
    if (!box) return;
    if (this.#grid.rows.length <= ALL && this.#grid.rows.every((r, i) => this.#drawn[i] === r)) return; // all are made
    const top = Math.floor(box.scrollTop / this.#height / STEP) * STEP;
    const seen = Math.ceil(box.clientHeight / this.#height) + 1 + STEP;
    if (top !== this.top || seen !== this.seen) [this.top, this.seen] = [top, seen];
  };

  /** Scrolls the box so that the cell of the keyboard is not under the fixed head, foot or names. */
  #reveal(): void {
    const [box, cell] = [this.#box, this.renderRoot.querySelector('td[tabindex="0"]')];
    if (!box || !cell) return;
    const [b, c] = [box.getBoundingClientRect(), cell.getBoundingClientRect()];
    const side = box.querySelector("tbody th")?.getBoundingClientRect().width ?? 0;
    const head = box.querySelector("thead")?.getBoundingClientRect().height ?? 0;
    const foot = this.#stays ? (box.querySelector("tfoot")?.getBoundingClientRect().height ?? 0) : 0;
    box.scrollLeft += Math.min(0, c.left - b.left - side) + Math.max(0, c.right - b.left - box.clientWidth);
    box.scrollTop += Math.min(0, c.top - b.top - head) + Math.max(0, c.bottom - b.top - box.clientHeight + foot);
  }

  protected override render(): TemplateResult {
    const g = this.#grid;
    if (!g.rows.length || !g.days) return html`<p class="none">${R.none}</p>`;
    const [from, to] = this.#window();
    this.#draw(from, to);
    const parts = this.#parts(from, to);
    this.#stop = this.#drawn[this.at[0]] && g.rows.length <= ALL ? this.at[0] : Math.max(from, Math.min(to - 1, this.at[0]));
    const gap = (n: number) => (n ? html`<tr class="gap" aria-hidden="true"><td height=${n * this.#height} colspan=${g.days + 3}></td></tr>` : nothing);
    return html`<figure>
      ${this.heading ? html`<figcaption id="heading">${this.heading}</figcaption>` : nothing}
      <div class="box" @scroll=${this.#scrolled}>
        <table role="grid" aria-label=${R.label(this.heading)} aria-rowcount=${g.rows.length + 1 + g.covers.length} aria-colcount=${g.days + 3} @keydown=${this.#key}>
          <thead><tr aria-rowindex="1"><th scope="col" class="who">${R.person}</th>
            ${g.byDay.map((_, d) => html`<th scope="col" class=${this.#week(d)}>${this.#head(d)}</th>`)}
            <th scope="col" class="n hours">${R.hours}</th><th scope="col" class="n">${R.cost}</th></tr></thead>
          <tbody>${repeat(parts, ([i, n]) => (n ? `gap ${i}` : g.rows[i]!.id), ([i, n]) => (n ? gap(n) : this.#kept(this.#drawn[i]!, i)))}</tbody>
          <tfoot class=${this.#stays ? "stays" : ""}>${g.covers.map((c, i) => this.#cover(c, g.rows.length + 2 + i))}</tfoot>
        </table>
      </div>
      ${this.#legend()}
      ${this.#entered()}
    </figure>`;
  }

  /** The rows to make: those in sight and some more, and the one that the keyboard moves to. */
  #window(): [from: number, to: number] {
    const all = this.#grid.rows.length;
    if (this.whole) return [0, all];
    const from = Math.max(0, Math.min(this.top - SPARE, all - this.seen));
    const to = Math.min(all, this.top + this.seen + SPARE);
    return this.#focus ? [Math.min(from, this.at[0]), Math.max(to, this.at[0] + 1)] : [from, to];
  }

  /** What the body is made of, from top to bottom: rows by their index, and gaps of so many rows. */
  #parts(from: number, to: number): [index: number, gap: number][] {
    const all = this.#grid.rows.length;
    const parts: [number, number][] = [];
    for (let i = 0; i < all; i++) {
      if (all <= ALL ? this.#drawn[i] : i >= from && i < to) parts.push([i, 0]);
      else if (parts.at(-1)?.[1]) parts.at(-1)![1]++;
      else parts.push([i, 1]);
    }
    return parts;
  }

  #week = (day: number): string => (day % 7 === 0 && day ? "day week" : "day");

  #head(day: number): TemplateResult {
    if (!this.start) return html`${R.dayNo(day + 1)}`;
    const [weekday, date] = rosterDay(this.start, day);
    return html`<span>${weekday}</span> <span class="date">${date}</span>`;
  }
  #dayName = (day: number): string => (this.start ? rosterDayLong(this.start, day) : R.dayNo(day + 1));

  /** A row is made anew only when something of it has changed: scrolling makes the new ones alone. */
  #kept(r: Row, index: number): unknown {
    const stop = this.#stop === index ? this.at[1] : -1;
    return guard([r, index, stop, this.open && this.at[0] === index, this.currency, this.start], () => this.#row(r, index));
  }

  #row(r: Row, index: number): TemplateResult {
    const hit = this.#conflict.has(r.id);
    return html`<tr aria-rowindex=${index + 2} class=${hit ? "conflict" : ""}>
      <th scope="row" class="who" title=${r.name}>${r.name}${hit ? html`<span class="sr"> ${R.inConflict}</span>` : nothing}</th>
      ${r.cells.map((c, d) => this.#cell(r, c, index, d))}
      <td class="n">${r.hours ? qty(r.hours) : "–"}</td><td class="n">${r.cost ? moneyTick(Math.round(r.cost), this.currency) : "–"}</td></tr>`;
  }

  #cell(r: Row, c: Cell, row: number, day: number): TemplateResult {
    const here = this.at[0] === row && this.at[1] === day;
    const classes = [this.#week(day), c.away ? "away" : "", here && this.open ? "on" : ""].join(" ").trim();
    return html`<td class=${classes} tabindex=${row === this.#stop && day === this.at[1] ? 0 : -1} aria-label=${this.#say(r, c, day)} aria-selected=${here && this.open ? "true" : "false"}
      data-person=${r.id} data-day=${day} @click=${() => this.#enter(row, day)}>
      ${c.from ? this.#bar(c.from, "tail", false) : nothing}
      ${c.works.map((d) => this.#bar(d, [d.over ? "over" : "", c.from ? "after" : ""].join(" "), c.pinned.has(d.shift.id)))}
      ${this.#mark(c, day)}</td>`;
  }

  #bar(d: Drawn, more: string, pinned: boolean): TemplateResult {
    return html`<span class="bar k${d.kind % COLOURS} ${more}" title="${d.label} ${d.clock}">${pinned ? pin() : nothing}${more === "tail" ? "" : d.label}</span>`;
  }

  /** Away, or what the person may not work: in words where there is room, else as a corner. */
  #mark(c: Cell, day: number): TemplateResult | typeof nothing {
    if (c.works.length) return c.barred.size ? html`<i class="corner"></i>` : nothing;
    const place = c.from ? "mark after" : "mark";
    if (c.away) return html`<span class=${place}>${R.away}</span>`;
    const ids = [...c.barred];
    return ids.length ? html`<span class=${place}>${ids.length > 1 ? R.notThese(ids.length) : R.notThis(this.#label(ids[0]!, day))}</span>` : nothing;
  }
  #label = (id: string, day: number): string => this.#grid.byDay[day]!.find((d) => d.shift.id === id)?.label ?? id;

  /** What a cell says to those who hear it. */
  #say(r: Row, c: Cell, day: number): string {
    const parts = c.works.map((d) => `${d.label} ${d.clock}${c.pinned.has(d.shift.id) ? `, ${R.pinned}` : ""}`);
    if (!parts.length) parts.push(c.away ? R.away : R.off);
    if (c.from) parts.push(R.until(c.from.label, c.from.shift.end_time));
    if (c.barred.size > 1) parts.push(R.notThese(c.barred.size));
    for (const id of c.barred) parts.push(R.notThis(this.#label(id, day)));
    return `${r.name}, ${this.#dayName(day)}: ${parts.join("; ")}`;
  }

  /** Everything as an SVG picture, for a file. */
  picture(): string {
    const keys = [...this.renderRoot.querySelectorAll(".legend i.key")].map((k) => getComputedStyle(k).backgroundColor);
    const words = { title: this.heading || R.label(""), day: (d: number) => (this.start ? rosterDay(this.start, d) : [R.dayNo(d + 1)]), away: R.away, clock: (label: string) => this.#clocks(label) };
    return rosterPicture(this.#grid, words, this, keys, this.#box ? getComputedStyle(this.#box).borderTopColor : "gray");
  }

  #cover(c: Cover, index: number): TemplateResult {
    return html`<tr aria-rowindex=${index}><th scope="row" class="who"><span class="key k${c.kind % COLOURS}"></span>${c.label}</th>
      ${c.days.map((d, day) =>
        d
          ? html`<td class="${this.#week(day)} need ${d.open ? "short" : ""} ${d.conflict ? "conflict" : ""}" data-shifts=${d.ids.join(" ")}
            title=${d.why.join(" ")} aria-label=${R.cover(c.label, this.#dayName(day), d.assigned, d.required, d.open)}>${d.assigned}/${d.required}${d.open ? html` <b>${R.open(d.open)}</b>` : nothing}</td>`
          : html`<td class=${this.#week(day)}></td>`,
      )}<td></td><td></td></tr>`;
  }

  #legend(): TemplateResult {
    return html`<p class="legend">${this.#grid.covers.map((c) => html`<span><i class="key k${c.kind % COLOURS}"></i>${c.label} <small>${this.#clocks(c.label)}</small></span>`)}
      <span>${pin()} ${R.pinned}</span><span class="keys">${R.keys}</span></p>`;
  }
  #clocks(label: string): string {
    const all = new Set(this.#grid.byDay.flat().filter((d) => d.label === label).map((d) => d.clock));
    return all.size === 1 ? [...all][0]! : R.clocks(all.size);
  }

  /** What can be done with the cell that was entered. */
  #entered(): TemplateResult {
    const [row, day] = this.at;
    const r = this.#grid.rows[row];
    const c = r?.cells[day];
    if (!this.open || !r || !c) return html`<div class="entered" aria-live="polite"><p class="hint">${R.hint}</p></div>`;
    return html`<div class="entered" aria-live="polite"><p><strong>${this.#say(r, c, day)}</strong></p>
      <p class="acts">${this.#grid.byDay[day]!.map((d) => this.#acts(r, c, d))}
      <button @click=${() => this.#leave()}>${R.close}</button></p></div>`;
  }

  #acts(r: Row, c: Cell, d: Drawn): TemplateResult {
    const id = d.shift.id;
    const set = (state: PinState) => () => this.#pin(r.id, id, state);
    if (c.pinned.has(id)) return html`<button @click=${set("")}>${R.unpin(d.label)}</button>`;
    if (c.barred.has(id)) return html`<button @click=${set("")}>${R.allow(d.label)}</button>`;
    return html`<button @click=${set("fixed")}>${R.pin(d.label)}</button> <button @click=${set("forbidden")}>${R.forbid(d.label)}</button>`;
  }

  #pin(employee_id: string, shift_id: string, state: PinState): void {
    this.dispatchEvent(new CustomEvent("dyo-pin", { detail: { employee_id, shift_id, state }, bubbles: true, composed: true }));
  }

  #enter(row: number, day: number): void {
    this.at = [row, day];
    this.open = true;
    this.#focus = true;
    const r = this.#grid.rows[row]!;
    const shift_id = r.cells[day]!.works[0]?.shift.id ?? "";
    this.dispatchEvent(new CustomEvent("dyo-select", { detail: { employee_id: r.id, day, shift_id }, bubbles: true, composed: true }));
  }
  #leave(): void {
    this.open = false;
    this.#focus = true;
  }

  #key = (e: KeyboardEvent): void => {
    const [row, day] = this.at;
    const { rows, days } = this.#grid;
    const page = Math.max(1, this.seen - 3);
    const moves: Record<string, [number, number]> = {
      ArrowRight: [row, day + 1],
      ArrowLeft: [row, day - 1],
      ArrowDown: [row + 1, day],
      ArrowUp: [row - 1, day],
      PageDown: [row + page, day],
      PageUp: [row - page, day],
      Home: [e.ctrlKey ? 0 : row, 0],
      End: [e.ctrlKey ? rows.length - 1 : row, days - 1],
    };
    const to = moves[e.key];
    if (to) {
      this.at = [Math.max(0, Math.min(rows.length - 1, to[0])), Math.max(0, Math.min(days - 1, to[1]))];
      this.#focus = true;
    } else if (e.key === "Enter" || e.key === " ") this.#enter(row, day);
    else if (e.key === "Escape" && this.open) this.#leave();
    else if (/^[pf]$/i.test(e.key) && !e.ctrlKey && !e.metaKey && !e.altKey) this.#quick(e.key.toLowerCase());
    else return;
    e.preventDefault();
  };

  /** P pins the shift that is worked, or lets it go; F forbids it, and then allows it again. */
  #quick(key: string): void {
    const r = this.#grid.rows[this.at[0]];
    const c = r?.cells[this.at[1]];
    if (!r || !c) return;
    const worked = c.works[0]?.shift.id;
    if (key === "p" && worked) this.#pin(r.id, worked, c.pinned.has(worked) ? "" : "fixed");
    else if (key === "f" && (worked ?? [...c.barred][0])) this.#pin(r.id, worked ?? [...c.barred][0]!, worked ? "forbidden" : "");
  }

  static override styles = css`
    :host { display: block; color: var(--dyo-ink, CanvasText); font: inherit; font-variant-numeric: tabular-nums;
      --k0: var(--dyo-k0, light-dark(#0a6478, #58bcd4)); --k1: var(--dyo-k1, light-dark(#a04c00, #efa35a)); --k2: var(--dyo-k2, light-dark(#5a3fa8, #b79df0));
      --k3: var(--dyo-k3, light-dark(#2c6e31, #85c98a)); --k4: var(--dyo-k4, light-dark(#9c2760, #f19ac0)); --k5: var(--dyo-k5, light-dark(#4b5563, #b8c0c8)); }
    :host([hidden]) { display: none; }
    figure { margin: 0; }
    figcaption { font-weight: 600; margin-bottom: 0.5rem; }
    .box { overflow: auto; max-height: min(70vh, 44rem); border: 1px solid var(--dyo-line, #ddd); border-radius: 8px; overscroll-behavior-x: contain; position: relative; contain: content; background: var(--dyo-paper, Canvas); will-change: scroll-position; }
    :host([dim]) tbody { opacity: 0.45; }
    table { border-collapse: separate; border-spacing: 0; font-size: 0.8125rem; min-width: 100%; table-layout: fixed; width: 0; }
    th, td { padding: 0 6px; text-align: start; border-bottom: 1px solid var(--dyo-line, #ddd); white-space: nowrap; box-sizing: border-box; }
    tbody tr:not(.gap), tbody tr:not(.gap) > * { height: var(--row); }
    .gap td { padding: 0; border: 0; }
    th.who { position: sticky; inset-inline-start: 0; z-index: 3; background: var(--dyo-paper, Canvas); width: 8.25rem; overflow: hidden; text-overflow: ellipsis; font-weight: 600; border-inline-end: 1px solid var(--dyo-line, #ddd); }
    /* one part that stays, not one for each day: each costs the browser time in every frame */
    thead { position: sticky; top: 0; z-index: 4; }
    thead th { background: var(--dyo-raised, Canvas); height: 2.5rem; font-weight: 600; line-height: 1.2; }
    thead th.who { z-index: 5; background: var(--dyo-raised, Canvas); }
    thead .date { display: block; font-weight: 400; color: var(--dyo-quiet, GrayText); }
    .day { width: 4rem; border-inline-start: 1px solid var(--dyo-line, #ddd); }
    .day.week { border-inline-start: 2px solid var(--dyo-axis, #888); }
    td.n, th.n { text-align: end; padding-inline: 8px; width: 4.5rem; }
    th.hours { width: 3.5rem; }
    td.day { position: relative; padding: 0; cursor: pointer; overflow: visible; }
    td.day:focus-visible { outline: 2px solid var(--dyo-accent, Highlight); outline-offset: -2px; z-index: 2; }
    td.on { background: color-mix(in srgb, var(--dyo-accent, Highlight) 14%, transparent); }
    td.away { background: repeating-linear-gradient(135deg, transparent 0 5px, color-mix(in srgb, var(--dyo-axis, #888) 22%, transparent) 5px 7px); }
    .mark { display: block; font-size: 0.75rem; color: var(--dyo-quiet, GrayText); padding-inline: 6px 2px; overflow: hidden; text-overflow: ellipsis; }
    .mark.after { margin-inline-start: 26%; padding-inline-start: 2px; }
    .corner { position: absolute; inset-block-start: 0; inset-inline-end: 0; border: 4px solid var(--dyo-axis, #888); border-inline-start-color: transparent; border-block-end-color: transparent; }
    .bar { display: block; height: ${BAR}px; line-height: ${BAR}px; margin: 2px 3px 0; padding: 0 5px; border-radius: 4px; overflow: hidden; text-overflow: ellipsis; font-weight: 600; font-size: 0.75rem; box-sizing: border-box;
      background: color-mix(in srgb, var(--k) 20%, var(--dyo-paper, Canvas)); border-inline-start: 4px solid var(--k); position: relative; }
    .bar:first-child, .tail + .bar { margin-top: 0; }
    /* a shift over midnight begins late in its day and ends early in the next, over the line between them */
    .bar.over { margin-inline: 22% 0; padding-inline: 4px 0; border-start-end-radius: 0; border-end-end-radius: 0; }
    .bar.tail { position: absolute; inset-inline-start: -1px; top: calc((var(--row) - ${BAR}px) / 2); width: 24%; margin: 0; padding: 0; border-inline-start: 0; border-start-start-radius: 0; border-end-start-radius: 0; border-inline-end: 4px solid var(--k); z-index: 1; }
    .bar.after { margin-inline-start: 30%; padding-inline: 3px 0; }
    .bar.over.after { margin-inline-start: 26%; padding-inline-start: 2px; }
    .k0 { --k: var(--k0); } .k1 { --k: var(--k1); } .k2 { --k: var(--k2); } .k3 { --k: var(--k3); } .k4 { --k: var(--k4); } .k5 { --k: var(--k5); }
    .key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; background: var(--k); margin-inline-end: 6px; vertical-align: -1px; }
    .pin { width: 10px; height: 10px; margin-inline-end: 3px; vertical-align: -1px; }
    tfoot.stays { position: sticky; bottom: 0; z-index: 4; }
    tfoot th, tfoot td { background: var(--dyo-raised, Canvas); height: 1.75rem; }
    tfoot th.who { z-index: 5; background: var(--dyo-raised, Canvas); }
    .need { text-align: center; cursor: default; }
    tfoot td.need { padding: 0 4px; }
    .need.short, .need.conflict { outline: 2px solid var(--dyo-bad, #ad2a1c); outline-offset: -2px; }
    .need b { color: var(--dyo-bad, #ad2a1c); display: block; line-height: 1; padding-bottom: 4px; }
    tr.conflict th { box-shadow: inset 4px 0 0 var(--dyo-bad, #ad2a1c); }
    .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0.5rem 0 0; font-size: 0.8125rem; }
    .legend small, .keys, .hint { color: var(--dyo-quiet, GrayText); font-size: inherit; }
    .entered { min-height: 4.5rem; padding-top: 0.5rem; font-size: 0.9375rem; }
    .entered p { margin: 0 0 0.4rem; }
    .acts { display: flex; flex-wrap: wrap; gap: 0.4rem; }
    button { font: inherit; font-size: 0.875rem; color: inherit; background: var(--dyo-raised, ButtonFace); border: 1px solid var(--dyo-line, #ccc); border-radius: 5px; padding: 0.2rem 0.6rem; min-height: 1.75rem; cursor: pointer; }
    button:hover { border-color: var(--dyo-axis, #888); }
    button:focus-visible { outline: 2px solid var(--dyo-accent, Highlight); outline-offset: 1px; }
    .none { color: var(--dyo-quiet, GrayText); }
    @media (max-width: 34rem) { th.who { width: 6.5rem; font-size: 0.75rem; line-height: 1.15; white-space: normal; } }
    @media (forced-colors: active) { .bar { border: 1px solid CanvasText; } .key { forced-color-adjust: none; } }
    @media print { .box { overflow: visible; max-height: none; border: 0; } thead, tfoot.stays, th.who { position: static; } thead { display: table-header-group; } tr { break-inside: avoid; } .entered, .keys { display: none; } table { width: 100%; } .day { width: auto; } .bar { print-color-adjust: exact; } }
  `;
}

function pin(): TemplateResult {
  return html`<svg class="pin" viewBox="0 0 10 10" aria-hidden="true"><path d="M3 0h4v4l2 2H6v4L5 9 4 10V6H1l2-2z" fill="currentColor"></path></svg>`;
}

customElements.define("dyo-roster", DyoRoster);
