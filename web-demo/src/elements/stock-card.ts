// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-stock-card>: the stock of one product in the weeks ahead, running into its reorder point; the fan in the lead time is
// what demand may do, and its lower edge is where the chosen service level puts it.
import { css, svg, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { dayAfter, isoDay, num, percent, qty, shortDay } from "../format.js";
import { T } from "../texts.js";
import { Chart, type AxisSpec, type Frame, type Table } from "./chart.js";
import { linear, niceMax, path, round, steadyMax, ticks, type Scale } from "./scale.js";
import { ahead, cardOf, span, stockOn, type Ahead, type Planned, type Recommendation } from "./stock-model.js";

const FAN = 24;

export class StockCard extends Chart {
  static override properties = { ...Chart.properties, recommendation: { attribute: false }, sentence: { type: String } };
  declare recommendation: Recommendation | Planned | undefined;
  declare sentence: string;
  #card: Recommendation | undefined;
  #ahead: Ahead | undefined;
  #xMax = 0;
  #yMax = 0;

  constructor() {
    super();
    this.sentence = "";
  }

  protected override willUpdate(changed: PropertyValues): void {
    const r = (this.#card = cardOf(this.recommendation));
    this.#ahead = undefined;
    if (r && r.avg_daily_demand > 0 && r.order_quantity > 0 && Number.isFinite(span(r))) {
      const another = changed.has("recommendation") && (changed.get("recommendation") as Recommendation | Planned | undefined)?.sku !== r.sku;
      this.#xMax = another ? span(r) : held(this.#xMax, span(r));
      this.#ahead = ahead(r, this.#xMax);
      const top = Math.max(...this.#ahead.corners.map(([, s]) => s), r.reorder_point);
      this.#yMax = another ? niceMax(top * 1.12) : steadyMax(this.#yMax, top, 1.3);
    }
    super.willUpdate(changed);
  }

  protected override get count(): number {
    return this.#ahead ? Math.floor(this.#xMax) + 1 : 0;
  }
  protected override get file(): string {
    return `stock-${this.#card?.sku ?? ""}`;
  }

  /** So many days after the plan's date. */
  #day(days: number): Date {
    return dayAfter(this.#card?.as_of, days);
  }

  get #frame(): Frame {
    return { width: this.width, height: this.height, left: 44, right: 14, top: 28, bottom: 40 };
  }
  get #x(): Scale {
    const f = this.#frame;
    return linear(0, this.#xMax, f.left, f.width - f.right);
  }
  get #y(): Scale {
    const f = this.#frame;
    return linear(0, this.#yMax, f.height - f.bottom, f.top);
  }
  protected override xOf(i: number): number {
    return this.#x(i);
  }

  protected override get resting(): string {
    return this.#card ? T.card.shaded(percent(this.#card.service_level, 2)) : "";
  }
  protected override get label(): string {
    const r = this.#card!;
    return T.card.label(this.sentence, qty(r.reorder_point), qty(r.safety_stock));
  }
  protected override reading(i: number): string {
    const stock = stockOn(this.#card!, this.#ahead!, i);
    const day = i ? shortDay(this.#day(i)) : T.card.today;
    return stock < 0 ? T.card.readingOut(day, qty(-stock)) : T.card.reading(day, qty(stock));
  }

  protected override get table(): Table {
    const r = this.#card;
    const a = this.#ahead;
    if (!r || !a) return { head: T.card.table, rows: [] };
    const rows = Array.from({ length: Math.min(a.days, 400) + 1 }, (_, day): [string, number, string] => {
      const now = a.events.filter((e) => Math.floor(e.day) === day);
      const said = now.map((e) => (e.kind === "order" ? T.card.ordered(qty(e.quantity)) : T.card.arrived(qty(e.quantity))));
      return [isoDay(this.#day(day)), stockOn(r, a, day), said.join(", ")];
    });
    return { head: T.card.table, names: ["date", "stock", "event"], rows, show: (v) => (typeof v === "number" ? qty(v) : String(v ?? "")) };
  }

  protected override draw(): TemplateResult {
    const f = this.#frame;
    const r = this.#card!;
    const every = Math.max(1, Math.ceil(this.#xMax / (f.width < 420 ? 4 : 7)));
    const xs: AxisSpec = {
      scale: this.#x,
      title: "",
      text: (d) => (d ? shortDay(this.#day(d)) : T.card.today),
      ticks: Array.from({ length: Math.floor(this.#xMax / every) + 1 }, (_, i) => i * every),
    };
    const ys: AxisSpec = { scale: this.#y, title: T.card.y, ticks: ticks(0, this.#yMax, 5), text: (v) => num(v, 1) };
    return svg`${this.#safety(f, r)}
      ${this.axes(f, xs, ys)}
      ${this.#fans()}
      <path class="main" data-line="stock" d=${this.#curve()} />
      ${this.#reorder(f, r)}
      ${this.#order(f)}
      ${this.cursor >= 0 ? this.#cursor(f) : ""}`;
  }

  /** The curve as drawn: an empty shelf stays at zero while demand waits. */
  #curve(): string {
    const out: [number, number][] = [];
    let before: [number, number] | undefined;
    for (const here of this.#ahead!.corners) {
      if (before && before[1] < 0 !== here[1] < 0 && here[0] > before[0]) {
        const t = before[1] / (before[1] - here[1]);
        out.push([before[0] + t * (here[0] - before[0]), 0]);
      }
      out.push([here[0], Math.max(0, here[1])]);
      before = here;
    }
    return path(out.map(([d, s]) => [this.#x(d), this.#y(s)]));
  }

  #safety(f: Frame, r: Recommendation): TemplateResult {
    const top = this.#y(Math.max(0, r.safety_stock));
    return svg`<rect class="safety" x=${f.left} y=${round(top)}
      width=${f.width - f.left - f.right} height=${round(Math.max(0, this.#y(0) - top))} />`;
  }

  #reorder(f: Frame, r: Recommendation): TemplateResult {
    const y = this.#y(r.reorder_point);
    const end = f.width - f.right;
    const low = this.#y(Math.max(0, r.safety_stock));
    const apart = low - y > 18;
    return svg`<line class="second" data-line="reorder" x1=${f.left} x2=${end} y1=${round(y)} y2=${round(y)} />
      <text class="halo name-second" x=${end} y=${round(y - 5)} text-anchor="end">${T.card.reorder(qty(r.reorder_point))}</text>
      <text class="halo tick" x=${end} y=${round(apart ? low - 4 : this.#y(0) - 4)} text-anchor="end">${T.card.safety(qty(r.safety_stock))}</text>`;
  }

  /** Between an order and its arrival: stock if demand is as high as the service level provides for, and as low. */
  #fans(): TemplateResult[] {
    const r = this.#card!;
    const a = this.#ahead!;
    const z = r.lead_time_demand_std_dev > 0 ? r.safety_stock / r.lead_time_demand_std_dev : 0;
    return a.events
      .filter((e) => e.kind === "order" && e.day + r.lead_time_days <= this.#xMax && r.lead_time_days > 0)
      .slice(0, 3)
      .map((e) => {
        const edge = (sign: number): [number, number][] =>
          Array.from({ length: FAN + 1 }, (_, i) => {
            const t = (r.lead_time_days * i) / FAN;
            const spread = Math.abs(z) * r.lead_time_demand_std_dev * Math.sqrt(t / r.lead_time_days);
            const arrivedMeanwhile = a.events.reduce(
              (s, o) => (o.kind === "arrive" && o.day > e.day && o.day <= e.day + t - 1e-9 ? s + o.quantity : s),
              0,
            );
            const stock = stockOn(r, a, e.day) + arrivedMeanwhile - r.avg_daily_demand * t + sign * spread;
            return [this.#x(e.day + t), this.#y(Math.min(this.#yMax, Math.max(0, stock)))];
          });
        return svg`<path class="fan" d=${path([...edge(1), ...edge(-1).reverse()]) + "Z"} />`;
      });
  }

  #order(f: Frame): TemplateResult | string {
    const r = this.#card!;
    const first = this.#ahead!.events.find((e) => e.kind === "order");
    if (!first) return "";
    const x = this.#x(first.day);
    const back = this.#x(first.day + r.lead_time_days);
    const near = x > f.width * 0.62;
    const day = first.day ? shortDay(this.#day(first.day)) : T.card.today;
    const base = this.#y(0) + 0.5;
    return svg`<line class="rule" x1=${round(x)} x2=${round(x)} y1=${f.top} y2=${f.height - f.bottom} />
      <text class="halo strong" x=${round(x + (near ? -6 : 6))} y=${f.top + 10} 
        text-anchor=${near ? "end" : "start"}>${T.card.order(qty(first.quantity), day)}</text>
      ${
        back - x > 3 && back <= f.width - f.right
          ? svg`<path class="lead" d="M${round(x)} ${base}H${round(back)}" />
        <text class="halo tick" x=${round((x + back) / 2)} y=${f.height - 4} text-anchor="middle">${T.card.lead(num(r.lead_time_days, 1))}</text>`
          : ""
      }`;
  }

  #cursor(f: Frame): TemplateResult {
    const x = round(this.#x(this.cursor));
    const y = round(this.#y(Math.min(this.#yMax, Math.max(0, stockOn(this.#card!, this.#ahead!, this.cursor)))));
    return svg`<line class="read" x1=${x} x2=${x} y1=${f.top} y2=${f.height - f.bottom} /><circle class="ring" cx=${x} cy=${y}
      r="4.5" />`;
  }

  static override styles: CSSResultGroup = [
    Chart.styles,
    css`
    .safety { fill: var(--dyo-second, #a35200); fill-opacity: 0.09; }
    .fan { fill: var(--dyo-accent, #0b6e8a); fill-opacity: 0.16; stroke: none; }
    .lead { fill: none; stroke: var(--dyo-ink, CanvasText); stroke-width: 3; }
  `,
  ];
}

const held = (before: number, days: number): number =>
  before > 0 && days <= before && days > before * 0.6 ? before : Math.ceil(days * 1.1);

customElements.define("dyo-stock-card", StockCard);
