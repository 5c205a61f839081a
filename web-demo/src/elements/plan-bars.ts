// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-plan-bars>: money in stock for each product of a plan, and, as an open mark, what it would be without limits.
import { css, svg, type CSSResultGroup, type TemplateResult } from "lit";
import { money, moneyTick, num, percent, qty } from "../format.js";
import { T } from "../texts.js";
import { Chart, type Table } from "./chart.js";
import { linear, niceMax, round, ticks, type Scale } from "./scale.js";

export interface PlanBar {
  id: string;
  name: string;
  order_quantity: number;
  eoq: number;
  orders_per_year: number;
  annual_cost: number;
  investment: number;
  /** Money in stock if this product were alone. */
  free: number;
}

const ROW = 22;
const TOP = 72;

export class PlanBars extends Chart {
  static override properties = { ...Chart.properties, bars: { attribute: false }, basis: { type: String } };
  declare bars: readonly PlanBar[];
  declare basis: "peak" | "average";
  #max = 0;

  constructor() {
    super();
    this.bars = [];
    this.basis = "peak";
  }

  protected override willUpdate(...args: Parameters<Chart["willUpdate"]>): void {
    super.willUpdate(...args);
    this.height = TOP + this.bars.length * ROW + 8;
    const most = Math.max(0, ...this.bars.map((b) => Math.max(b.investment, b.free)));
    if (most > this.#max || most < this.#max * 0.6) this.#max = niceMax(most);
  }

  protected override get count(): number {
    return this.bars.length;
  }
  protected override get file(): string {
    return "plan";
  }
  protected override xOf(): number {
    return 0;
  }
  protected override nearest(_x: number, y: number): number {
    const i = Math.floor((y - TOP) / ROW);
    return i >= 0 && i < this.count ? i : -1;
  }
  protected override get resting(): string {
    return "";
  }
  protected override get label(): string {
    const total = this.bars.reduce((t, b) => t + b.investment, 0);
    const top = this.bars.reduce((a, b) => (b.investment > a.investment ? b : a));
    return T.plan.barsLabel(top.name, percent(top.investment / total));
  }
  protected override reading(i: number): string {
    const b = this.bars[i]!;
    return T.plan.barsReading(b.name, qty(b.order_quantity), money(b.investment, this.currency), num(b.orders_per_year, 1), qty(b.eoq));
  }

  protected override get table(): Table {
    const c = T.plan.columns;
    return {
      head: [T.id, T.product, c.order_quantity, c.eoq, c.orders_per_year, c.annual_cost, c.investment],
      names: ["id", "name", "order_quantity", "eoq", "orders_per_year", "annual_cost", "investment"],
      rows: this.bars.map((b) => [b.id, b.name, b.order_quantity, b.eoq, b.orders_per_year, b.annual_cost, b.investment]),
      show: (v, i) => (typeof v !== "number" ? String(v ?? "") : i > 4 ? money(v, this.currency) : qty(v)),
    };
  }

  protected override draw(): TemplateResult {
    const narrow = this.width < 380;
    const left = narrow ? 96 : Math.min(220, this.width * 0.42);
    const x = linear(0, this.#max, left, this.width - 64);
    const title = this.basis === "average" ? T.plan.bars.xAverage : T.plan.bars.x;
    return svg`${this.#head(x, left, title(this.currency))}
      ${this.bars.map((b, i) => this.#row(b, i, x, left, narrow))}`;
  }

  #head(x: Scale, left: number, title: string): TemplateResult {
    const bottom = this.height - 8;
    return svg`<g class="axes"><text class="title" x="0" y="11">${title}</text>
      <rect class="bar" x="0" y="22" width="18" height="10" /><text class="tick" x="24" y="31">${T.plan.bars.planned}</text>
      <line class="free" x1="102" x2="102" y1="20" y2="34" /><text class="tick" x="109" y="31">${T.plan.bars.free}</text>
      ${ticks(0, this.#max, Math.max(2, Math.min(5, Math.floor((this.width - left - 64) / 70)))).map(
        (v) => svg`<line class="grid" x1=${round(x(v))} x2=${round(x(v))} y1=${TOP - 6} y2=${bottom} />
        <text class="tick" data-x=${v} x=${round(x(v))} y=${TOP - 12} text-anchor="middle">${moneyTick(v, this.currency)}</text>`,
      )}
      <line class="base" x1=${left} x2=${left} y1=${TOP - 6} y2=${bottom} /></g>`;
  }

  #row(b: PlanBar, i: number, x: Scale, left: number, narrow: boolean): TemplateResult {
    const y = TOP + i * ROW;
    const letters = Math.floor(left / 7);
    const name = narrow ? b.id : b.name;
    const shown = name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
    const end = round(x(b.investment));
    const free = round(x(b.free));
    return svg`<g class=${i === this.cursor ? "row on" : "row"}>
      <rect class="hit" x="0" y=${y} width=${this.width} height=${ROW} />
      <text class="name" x=${left - 8} y=${y + 15} text-anchor="end">${shown}</text>
      <rect class="bar" data-bar=${b.id} x=${left} y=${y + 4} width=${round(Math.max(0, end - left))} height=${ROW - 8} />
      <line class="free" x1=${free} x2=${free} y1=${y + 2} y2=${y + ROW - 2} />
      <text class="tick" x=${this.width} y=${y + 15} text-anchor="end">${moneyTick(Math.round(b.investment), this.currency)}</text>
    </g>`;
  }

  static override styles: CSSResultGroup = [
    Chart.styles,
    css`
    .bar { fill: var(--dyo-accent, #0b6e8a); }
    .free { stroke: var(--dyo-second, #a35200); stroke-width: 2; }
    .hit { fill: transparent; }
    .row.on .hit { fill: var(--dyo-accent, #0b6e8a); fill-opacity: 0.1; }
    .row.on .name { font-weight: 600; }
    .reading { min-height: 1.5em; }
    @media (forced-colors: active) { .bar { fill: Highlight; } }
  `,
  ];
}

customElements.define("dyo-plan-bars", PlanBars);
