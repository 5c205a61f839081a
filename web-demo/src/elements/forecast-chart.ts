// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-forecast-chart>: a series, its forecast and nested bands. Properties `series` (as the operations take it), `forecast` (what
// forecast.create answered), `height`, `seen` (how many of the last values are shown; 0 = all), `marks` (dates to point out, each
// with its word), `days` (holidays, past and coming, likewise), `bends` (dates from which the trend goes elsewhere), `came` (values of the forecast's days that have come since). Fires dyo-point with { index, date, value, forecast, bands } when a point is read, and with null when none is.
import { css, html, nothing, svg, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { dataPeriod, dayTick, hourTick, monthTick, num, percent, qty, yearTick } from "../format.js";
import { T } from "../texts.js";
import { Chart, type AxisSpec, type Frame, type Table } from "./chart.js";
import { drawn, extent, lowerBound, type ChartForecast, type ChartSeries, type Drawn } from "./forecast-model.js";
import { DAY, instant } from "../instant.js";
import { linear, niceCeil, path, reduce, round, runsOf, ticks, timeTicks, type Scale, type Thin } from "./scale.js";

/** Points up to which each is marked with a dot, given room. */
const DOTS = 80;
/** Points in sight from which their line is made elsewhere, if the series offers it. */
const MANY = 5000;
/** The fewest points that are looked at. */
const CLOSEST = 14;
/** Rows of history that the table on the page shows; files have all. */
const ROWS = 120;
const WRITE = { year: yearTick, month: monthTick, day: dayTick, hour: hourTick };

export class ForecastChart extends Chart {
  static override properties = {
    ...Chart.properties,
    series: { attribute: false },
    forecast: { attribute: false },
    marks: { attribute: false },
    days: { attribute: false },
    bends: { attribute: false },
    came: { attribute: false },
    seen: { type: Number },
    sentence: { type: String },
    zoom: { state: true },
  };
  declare series: ChartSeries | undefined;
  declare forecast: ChartForecast | undefined;
  declare marks: readonly { date: string; word: string }[];
  declare days: readonly { date: string; word: string }[];
  declare bends: readonly { date: string; word: string }[];
  declare came: ChartSeries | undefined;
  declare seen: number;
  /** What the picture shows, in words, for those who do not see it. */
  declare sentence: string;
  /** First point shown and the one behind the last, where a person has looked closer. */
  declare protected zoom: readonly [from: number, to: number] | undefined;
  #drawn: Drawn = drawn(undefined, undefined);
  #extent: [number, number] = [0, 1];
  #line = "";
  #lineOf = "";
  #told = -1;
  /** The line of a long series as it came last, and the view that was asked for. */
  #thin: Thin | undefined;
  #asked = "";

  constructor() {
    super();
    this.height = 340;
    this.seen = 0;
    this.sentence = "";
    this.marks = [];
    this.days = [];
    this.bends = [];
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("series") || changed.has("seen")) this.zoom = undefined;
    if (changed.has("series") || changed.has("forecast")) {
      this.#drawn = drawn(this.series, this.forecast);
      this.#lineOf = "";
    }
    if (changed.has("series")) {
      this.#thin = undefined;
      this.#asked = "";
    }
    if (this.zoom && this.zoom[1] > this.#drawn.x.length) this.zoom = undefined;
    if (["series", "forecast", "seen", "came", "zoom"].some((k) => changed.has(k))) this.#measure();
    if (this.#long && this.width) void this.#ask();
    super.willUpdate(changed);
  }

  /** Index behind the last value of the history that is shown. */
  get #last(): number {
    return Math.min(this.#drawn.history, this.#end);
  }
  get #long(): boolean {
    return this.series?.thin !== undefined && this.#last - this.#first > MANY;
  }

  #measure(): void {
    const thin = this.#long ? this.#thin : undefined;
    this.#extent = extent(this.#drawn, this.#long ? Math.max(this.#first, this.#drawn.history) : this.#first, this.#end, [...Array.from(this.came?.values ?? []), ...(thin ? [thin.low, thin.high] : [])]);
  }

  /** Asks for the line of what is in sight; until it comes the one before stays. */
  async #ask(): Promise<void> {
    const f = this.#frame;
    const { min, max } = this.#x;
    const view = { from: this.#first, to: this.#last, min, max, left: f.left, right: f.width - f.right };
    const key = JSON.stringify(view);
    if (key === this.#asked) return;
    this.#asked = key;
    const thin = await this.series!.thin!(view).catch(() => undefined);
    if (!thin || key !== this.#asked) return;
    this.#thin = thin;
    this.#lineOf = "";
    this.#measure();
    this.requestUpdate();
  }

  protected override updated(): void {
    if (this.cursor === this.#told) return;
    this.#told = this.cursor;
    this.dispatchEvent(new CustomEvent("dyo-point", { detail: this.cursor < 0 ? null : this.#point(this.cursor), bubbles: true, composed: true }));
  }

  /** Index of the first point shown. */
  get #first(): number {
    if (this.zoom) return this.zoom[0];
    const { history } = this.#drawn;
    return this.seen > 0 ? Math.max(0, history - this.seen) : 0;
  }
  /** Index behind the last point shown. */
  get #end(): number {
    return this.zoom?.[1] ?? this.#drawn.x.length;
  }
  get #frequency(): string {
    return this.series?.frequency ?? "";
  }

  protected override get count(): number {
    return this.#long && !this.#thin ? 0 : this.#end - this.#first;
  }
  protected override get file(): string {
    return `forecast-${(this.series?.name ?? "").replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}`;
  }
  get #frame(): Frame {
    return { width: this.width, height: this.height, left: 52, right: 16, top: 26, bottom: 26 };
  }
  get #x(): Scale {
    const f = this.#frame;
    const { x } = this.#drawn;
    return linear(x[this.#first] ?? 0, x[this.#end - 1] ?? 1, f.left, f.width - f.right);
  }
  get #y(): Scale {
    const f = this.#frame;
    const [low, high] = this.#extent;
    const fromZero = low >= 0 && low < 0.6 * high;
    const step = niceCeil((high - (fromZero ? 0 : low) || Math.abs(high) || 1) / 5);
    const bottom = fromZero ? 0 : Math.floor(low / step) * step;
    return linear(bottom, Math.max(bottom + step, Math.ceil(high / step) * step), f.height - f.bottom, f.top);
  }
  protected override xOf(i: number): number {
    return this.#x(this.#drawn.x[this.#first + i]!);
  }
  protected override start(): number {
    return Math.max(0, Math.min(this.count - 1, this.#drawn.history - this.#first));
  }
  protected override nearest(px: number): number {
    const { x } = this.#drawn;
    const at = this.#x.invert(px);
    const right = Math.min(this.#end - 1, Math.max(this.#first, lowerBound(x, at)));
    const left = Math.max(this.#first, right - 1);
    return (at - x[left]! < x[right]! - at ? left : right) - this.#first;
  }

  #point(i: number) {
    const d = this.#drawn;
    const at = this.#first + i;
    const ahead = at - d.history;
    const value = Number.isNaN(d.y[at]) ? null : d.y[at]!;
    const bands = ahead < 0 ? [] : d.bands.map((b) => ({ level: b.level, lower: b.lower[ahead] ?? null, upper: b.upper[ahead] ?? null }));
    return { index: at, date: d.date(at), value, forecast: ahead >= 0, bands };
  }

  protected override get label(): string {
    return T.forecast.chart.label(this.sentence || this.heading);
  }
  protected override get resting(): string {
    return this.#drawn.bands.length ? T.forecast.chart.resting : "";
  }
  protected override reading(i: number): string {
    const p = this.#point(i);
    const t = T.forecast.chart;
    const words = [...this.days, ...this.bends].filter((d) => sameDay(d.date, p.date)).map((d) => d.word);
    const day = (this.#drawn.dated ? dataPeriod(p.date, this.#frequency) : t.number(p.date)) + (words.length ? ` (${words.join(", ")})` : "");
    if (p.value === null) return t.missing(day);
    if (!p.forecast) {
      const mark = this.marks.find((m) => m.date === p.date);
      return t.was(day, qty(p.value), mark?.word ?? "");
    }
    const band = p.bands[0];
    if (!band || band.lower === null || band.upper === null) return t.willBe(day, qty(p.value));
    return t.between(day, qty(p.value), qty(band.lower), qty(band.upper), percent(band.level));
  }

  protected override get table(): Table {
    const d = this.#drawn;
    const levels = d.bands.map((b) => num(b.level * 100, 2)).reverse();
    const list = [...d.bands].reverse();
    const row = (_: unknown, i: number): (string | number | null)[] => {
      const ahead = i - d.history;
      const v = Number.isNaN(d.y[i]) ? null : d.y[i]!;
      const ends = list.flatMap((b) => (ahead < 0 ? [null, null] : [b.lower[ahead] ?? null, b.upper[ahead] ?? null]));
      return [d.date(i), ahead < 0 ? v : null, ahead < 0 ? null : v, ...ends];
    };
    const t = T.forecast.chart;
    const from = Math.max(0, d.history - ROWS);
    const shown = Array.from({ length: d.x.length - from }, (_, i) => row(_, from + i)).reverse();
    return {
      head: [t.date, t.value, t.forecast, ...levels.flatMap((l) => [t.lower(l), t.upper(l)])],
      names: ["date", "value", "forecast", ...levels.flatMap((l) => [`lower_${l}`, `upper_${l}`])],
      rows: {
        *[Symbol.iterator]() {
          for (let i = 0; i < d.x.length; i++) yield row(0, i);
        },
      },
      ...(d.history > ROWS ? { some: { rows: shown, note: t.some(num(ROWS)) } } : {}),
      show: (v, i) => (typeof v === "number" ? qty(v) : i === 0 && this.#drawn.dated ? dataPeriod(String(v), this.#frequency) : String(v ?? "")),
    };
  }

  protected override above(): TemplateResult | typeof nothing {
    const t = T.forecast.chart;
    const bands = this.#drawn.bands;
    const sw = (what: TemplateResult) => html`<svg class="key" width="26" height="12" viewBox="0 0 26 12" aria-hidden="true">${what}</svg>`;
    return html`<p class="legend">
      ${this.#drawn.history ? html`<span>${sw(svg`<path class="was" d="M1 9L8 4L15 8L25 3" />`)}${t.history}</span>` : nothing}
      ${this.forecast ? html`<span>${sw(svg`<path class="main" d="M1 6H25" />`)}${t.forecast}</span>` : nothing}
      ${this.came?.values.length ? html`<span>${sw(svg`<path class="came" d="M1 9L8 4L15 8L25 3" />`)}${T.connections.came}</span>` : nothing}
      ${bands.map((b, i) => html`<span>${sw(svg`<rect class="band" data-nest=${bands.length - i} width="26" height="12" />`)}${t.band(percent(b.level))}</span>`).reverse()}
      ${this.marks.length ? html`<span>${sw(svg`<circle class="mark" cx="13" cy="6" r="4" />`)}${t.outlier}</span>` : nothing}
      ${this.days.length ? html`<span>${sw(svg`<path class="day" d="M8 11h10l-5 -9z" />`)}${t.day}</span>` : nothing}
      ${this.bends.length ? html`<span>${sw(svg`<path class="bend" d="M13 0V12" />`)}${t.bend}</span>` : nothing}
    </p>`;
  }

  /** Looks closer by a factor, or less close, around a point shown. */
  #zoom(by: number, around: number): void {
    const all = this.#drawn.x.length;
    const size = Math.round(Math.max(Math.min(CLOSEST, all), this.count * by));
    if (size >= all) {
      this.zoom = [0, all];
      return;
    }
    const share = this.count > 1 ? around / (this.count - 1) : 1;
    const from = Math.max(0, Math.min(all - size, Math.round(this.#first + around - share * (size - 1))));
    this.zoom = [from, from + size];
  }
  #closer = (by: number): void => {
    this.#zoom(by, this.cursor < 0 ? this.count - 1 : this.cursor);
    this.cursor = -1;
  };

  protected override key(e: KeyboardEvent): boolean {
    if (e.key === "+" || e.key === "=") this.#closer(0.5);
    else if (e.key === "-") this.#closer(2);
    else if (e.key === "0") this.zoom = undefined;
    else return false;
    return true;
  }

  /** A wheel with Ctrl, and two fingers on a touchpad, zoom around what is pointed at; a plain wheel scrolls the page. */
  protected override wheel(e: WheelEvent): boolean {
    if (!e.ctrlKey) return false;
    this.#zoom(e.deltaY > 0 ? 1.25 : 0.8, Math.max(0, this.nearest(e.offsetX)));
    return true;
  }

  protected override more(): TemplateResult | typeof nothing {
    if (this.#drawn.x.length < 2 * CLOSEST) return nothing;
    const t = T.forecast.chart;
    return html`<button @click=${() => this.#closer(0.5)} ?disabled=${this.count <= CLOSEST}>${t.closer}</button>
      <button @click=${() => this.#closer(2)} ?disabled=${this.count >= this.#drawn.x.length}>${t.wider}</button>
      ${this.zoom ? html`<button @click=${() => (this.zoom = undefined)}>${t.usual}</button>` : nothing}`;
  }

  protected override draw(): TemplateResult {
    const f = this.#frame;
    const [x, y] = [this.#x, this.#y];
    const t = T.forecast.chart;
    return svg`${this.#bands(x, y)}
      ${this.axes(f, this.#xAxis(x, f), { scale: y, ticks: ticks(y.min, y.max, 5), text: (v) => num(v, 4), title: t.y })}
      ${this.#split(f, x)}${this.#bends(f, x)}${this.#days(f, x)}
      <path class="was" data-line="history" d=${this.#history(x, y)} />
      ${this.#dots(x, y)}
      <path class="main" data-line="forecast" d=${this.#ahead(x, y)} />
      <path class="came" data-line="came" d=${this.#came(x, y)} />
      ${this.#marks(x, y)}
      ${this.cursor >= 0 ? this.#cursor(f, x, y) : ""}`;
  }

  #xAxis(x: Scale, f: Frame): AxisSpec {
    const count = Math.max(2, Math.floor((f.width - f.left - f.right) / 95));
    if (!this.#drawn.dated) return { scale: x, ticks: ticks(x.min, x.max, count), text: (v) => num(v), title: "" };
    const list = timeTicks(x.min, x.max, count);
    const unit = list[0]?.unit ?? "day";
    return { scale: x, ticks: list.map((l) => l.at), text: WRITE[unit], title: "" };
  }

  /** The line of the history is made once for a size and a range: reading points does not make it again. */
  #history(x: Scale, y: Scale): string {
    const of = `${this.width} ${this.height} ${this.#first} ${y.min} ${y.max} ${x.max}`;
    if (of === this.#lineOf) return this.#line;
    const d = this.#drawn;
    const runs = this.#long ? runsOf(this.#thin!, x) : reduce(d.x, d.y, this.#first, this.#last, x);
    this.#lineOf = of;
    return (this.#line = runs.map((run) => path(run.length > 1 ? run.map(([a, b]) => [x(a), y(b)]) : dash(x(run[0]![0]), y(run[0]![1])))).join(""));
  }

  #ahead(x: Scale, y: Scale): string {
    const d = this.#drawn;
    let from = Math.max(d.history, this.#first);
    if (from > this.#first && !Number.isNaN(d.y[from - 1]) && from < d.y.length) from--; // the line goes on from the last value
    return reduce(d.x, d.y, from, this.#end, x)
      .map((run) => path(run.map(([a, b]) => [x(a), y(b)])))
      .join("");
  }

  #came(x: Scale, y: Scale): string {
    const d = this.#drawn;
    const at = new Map(Array.from({ length: d.x.length - d.history }, (_, i) => [d.date(d.history + i), d.x[d.history + i]!]));
    const points = Array.from(this.came?.dates ?? [], (date, i): [number, number] => [x(at.get(date) ?? NaN), y(this.came!.values[i] ?? NaN)]);
    return path(points.filter(([a, b]) => a >= x(x.min) && a <= x(x.max) && !Number.isNaN(b)));
  }

  #bands(x: Scale, y: Scale): TemplateResult[] {
    const d = this.#drawn;
    const last = d.history - 1;
    const [from, to] = [Math.max(0, this.#first - d.history), this.#end - d.history];
    if (to <= 0) return [];
    const start: [number, number][] = last >= this.#first && !Number.isNaN(d.y[last]) ? [[x(d.x[last]!), y(d.y[last]!)]] : [];
    const edge = (ends: ArrayLike<number | null>) =>
      Array.from({ length: Math.min(ends.length, to) - from }, (_, i): [number, number] => [x(d.x[d.history + from + i]!), y(ends[from + i] ?? NaN)]).filter(([, v]) => !Number.isNaN(v));
    return d.bands.map((b, i) => {
      const outline = [...start, ...edge(b.upper), ...edge(b.lower).reverse()];
      return svg`<path class="band" data-band=${b.level} data-nest=${d.bands.length - i} d=${`${path(outline)}Z`} />`;
    });
  }

  #split(f: Frame, x: Scale): TemplateResult | string {
    const d = this.#drawn;
    if (d.history === 0 || d.history >= d.x.length || d.history <= this.#first || d.history >= this.#end) return "";
    const at = round((x(d.x[d.history - 1]!) + x(d.x[d.history]!)) / 2);
    return svg`<line class="rule" x1=${at} x2=${at} y1=${f.top - 8} y2=${f.height - f.bottom} />`;
  }

  #dots(x: Scale, y: Scale): TemplateResult[] {
    const d = this.#drawn;
    const seen = this.#last - this.#first;
    if (seen <= 0 || seen > DOTS || (this.width - 70) / this.count < 7) return [];
    return Array.from({ length: seen }, (_, i) => this.#first + i)
      .filter((i) => !Number.isNaN(d.y[i]))
      .map((i) => svg`<circle class="point" cx=${round(x(d.x[i]!))} cy=${round(y(d.y[i]!))} r="2" />`);
  }

  #marks(x: Scale, y: Scale): TemplateResult[] {
    const d = this.#drawn;
    if (!this.marks.length || !d.dated) return [];
    const found = this.marks.map((m) => lowerBound(d.x, instant(m.date))).filter((i, at) => i >= this.#first && i < this.#last && d.x[i] === instant(this.marks[at]!.date) && !Number.isNaN(d.y[i]));
    return found.map((i) => svg`<circle class="mark" data-mark=${d.date(i)} cx=${round(x(d.x[i]!))} cy=${round(y(d.y[i]!))} r="5" />`);
  }

  /** Small triangles on the axis, of history and forecast. */
  #days(f: Frame, x: Scale): TemplateResult[] {
    const y = f.height - f.bottom;
    return this.#at(this.days, this.#end).map(([i, d]) => {
      const at = round(x(this.#drawn.x[i]!));
      return svg`<path class="day" data-day=${d} d=${`M${at - 5} ${y}h10l-5 -9z`} />`;
    });
  }

  #bends(f: Frame, x: Scale): TemplateResult[] {
    return this.#at(this.bends, Math.min(this.#drawn.history, this.#end)).map(([i, d]) => {
      const at = round(x(this.#drawn.x[i]!));
      return svg`<path class="bend" data-bend=${d} d=${`M${at} ${f.top - 4}V${f.height - f.bottom}`} />`;
    });
  }

  /** The points shown that lie on one of the days: place and date. */
  #at(list: readonly { date: string }[], end: number): [number, string][] {
    if (!list.length || !this.#drawn.dated) return [];
    const { x, date } = this.#drawn;
    const days = new Set(list.map((d) => Math.floor(instant(d.date) / DAY)));
    return [...days].flatMap((day): [number, string][] => {
      const i = Math.max(this.#first, lowerBound(x, day * DAY));
      return i < end && Math.floor(x[i]! / DAY) === day ? [[i, date(i).slice(0, 10)]] : [];
    });
  }

  #cursor(f: Frame, x: Scale, y: Scale): TemplateResult {
    const p = this.#point(this.cursor);
    const px = round(x(this.#drawn.x[p.index]!));
    const ends = p.bands.flatMap((b) => [b.lower, b.upper]).filter((v) => v !== null);
    return svg`<line class="read" x1=${px} x2=${px} y1=${f.top} y2=${f.height - f.bottom} />
      ${ends.map((v) => svg`<line class="end" x1=${px - 4} x2=${px + 4} y1=${round(y(v))} y2=${round(y(v))} />`)}
      ${p.value === null ? "" : svg`<circle class="ring" cx=${px} cy=${round(y(p.value))} r="4.5" />`}`;
  }

  static override styles: CSSResultGroup = [
    Chart.styles,
    css`
    .was { fill: none; stroke: var(--dyo-ink, CanvasText); stroke-width: 1.4; stroke-linejoin: round; }
    .came { fill: none; stroke: var(--dyo-second, #a35200); stroke-width: 1.6; stroke-linejoin: round; }
    .point { fill: var(--dyo-ink, CanvasText); }
    .band { fill: var(--dyo-accent, #0b6e8a); fill-opacity: 0.16; stroke: none; }
    .band[data-nest="1"] { fill-opacity: 0.26; }
    .mark { fill: none; stroke: var(--dyo-second, #a35200); stroke-width: 1.75; }
    .day { fill: var(--dyo-second, #a35200); stroke: var(--dyo-paper, Canvas); stroke-width: 1; }
    .bend { stroke: var(--dyo-accent, #0b6e8a); stroke-width: 1.5; stroke-dasharray: 6 4; fill: none; }
    .end { stroke: var(--dyo-ink, CanvasText); stroke-width: 1.5; }
    .legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; margin: 0 0 0.4rem; font-size: 0.8125rem; color: var(--dyo-quiet, GrayText); }
    .legend span { display: inline-flex; align-items: center; gap: 0.4rem; }
    .some { font-size: 0.875rem; color: var(--dyo-quiet, GrayText); margin: 0.5rem 0 0; }
    .reading { min-height: 1.5em; }
    @media (forced-colors: active) { .was { stroke: CanvasText; } .band { fill: Highlight; } .mark { stroke: Mark; } }
  `,
  ];
}

const sameDay = (a: string, b: string): boolean => a.slice(0, 10) === b.slice(0, 10);

/** A value alone between two missing ones: a short stroke, so that it is seen. */
const dash = (x: number, y: number): [number, number][] => [
  [x - 1, y],
  [x + 1, y],
];

customElements.define("dyo-forecast-chart", ForecastChart);
