// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-budget-curve>: the cheapest plan's cost for every budget, the present budget on it, and as a tangent what one more unit
// of money saves. Fires dyo-select with { index, point } when a budget is chosen.
import { css, svg, type CSSResultGroup, type TemplateResult } from "lit";
import { money, moneyTick } from "../format.js";
import { T } from "../texts.js";
import { Chart, type AxisSpec, type Frame, type Table } from "./chart.js";
import { linear, niceMax, path, round, ticks, type Scale } from "./scale.js";

export interface BudgetPoint {
  budget: number;
  total_annual_cost: number;
}
export interface BudgetNow extends BudgetPoint {
  /** Cost saved by one more unit of money. */
  price: number;
}

export class BudgetCurve extends Chart {
  static override properties = { ...Chart.properties, points: { attribute: false }, now: { attribute: false } };
  declare points: readonly BudgetPoint[];
  declare now: BudgetNow | undefined;

  constructor() {
    super();
    this.points = [];
  }

  /** Very tight budgets cost so much that the rest would look flat: they are drawn only when the present one is tight. */
  get #seen(): readonly BudgetPoint[] {
    const from = Math.min(0.22 * (this.points.at(-1)?.budget ?? 0), 0.6 * (this.now?.budget ?? Infinity));
    return this.points.filter((p) => p.budget >= from);
  }
  protected override get count(): number {
    return this.#seen.length;
  }
  protected override get file(): string {
    return "budget-cost";
  }
  get #frame(): Frame {
    return { width: this.width, height: this.height, left: 58, right: 18, top: 28, bottom: 40 };
  }
  get #x(): Scale {
    const f = this.#frame;
    return linear(0, niceMax(Math.max(...this.#seen.map((p) => p.budget))), f.left, f.width - f.right);
  }
  get #y(): Scale {
    const f = this.#frame;
    const costs = this.#seen.map((p) => p.total_annual_cost);
    return linear(0, niceMax(Math.max(...costs) * 1.02), f.height - f.bottom, f.top);
  }
  protected override xOf(i: number): number {
    return this.#x(this.#seen[i]!.budget);
  }
  protected override start(): number {
    const i = this.#seen.findIndex((p) => p.budget >= (this.now?.budget ?? 0));
    return Math.max(0, i);
  }
  protected override get resting(): string {
    return T.plan.curveResting;
  }
  protected override get label(): string {
    return T.plan.curveLabel(
      this.now ? T.plan.curveReading(money(this.now.budget, this.currency), money(this.now.total_annual_cost, this.currency)) : "",
    );
  }
  protected override reading(i: number): string {
    const p = this.#seen[i]!;
    return T.plan.curveReading(money(p.budget, this.currency), money(p.total_annual_cost, this.currency));
  }
  protected override choose(index: number): void {
    this.dispatchEvent(new CustomEvent("dyo-select", { detail: { index, point: this.#seen[index] }, bubbles: true, composed: true }));
  }
  protected override get table(): Table {
    return {
      head: T.plan.curveTable,
      names: ["budget", "total_annual_cost"],
      rows: this.points.map((p) => [p.budget, p.total_annual_cost]),
      show: (v) => money(Number(v), this.currency),
    };
  }

  protected override draw(): TemplateResult {
    const f = this.#frame;
    const [x, y] = [this.#x, this.#y];
    const xs: AxisSpec = {
      scale: x,
      ticks: ticks(0, x.max, 4),
      text: (v) => moneyTick(v, this.currency),
      title: T.plan.curveX(this.currency),
    };
    const ys: AxisSpec = {
      scale: y,
      ticks: ticks(0, y.max, 5),
      text: (v) => moneyTick(v, this.currency),
      title: T.plan.curveY(this.currency),
    };
    return svg`${this.axes(f, xs, ys)}
      <path class="main" data-line="budget" d=${path(this.#seen.map((p) => [x(p.budget), y(p.total_annual_cost)]))} />
      ${this.#here(f, x, y)}
      ${this.cursor >= 0 ? this.#cursor(f, x, y) : ""}`;
  }

  #here(f: Frame, x: Scale, y: Scale): TemplateResult | string {
    const now = this.now;
    if (!now) return "";
    const [px, py] = [round(x(now.budget)), round(y(now.total_annual_cost))];
    const reach = (x.max - x.min) * 0.16;
    const at = (d: number): [number, number] => [x(now.budget + d), y(now.total_annual_cost - now.price * d)];
    return svg`${now.price > 0 ? svg`<path class="second" data-slope=${now.price} d=${path([at(-reach), at(reach)])} />` : ""}
      <line class="rule" x1=${px} x2=${px} y1=${py} y2=${f.height - f.bottom} /><circle class="dot" data-now cx=${px} cy=${py} r="5.5" />
      <text class="halo strong" x=${px + 8} y=${py - 10}>${money(now.total_annual_cost, this.currency)}</text>`;
  }

  #cursor(f: Frame, x: Scale, y: Scale): TemplateResult {
    const p = this.#seen[this.cursor]!;
    const [px, py] = [round(x(p.budget)), round(y(p.total_annual_cost))];
    return svg`<line class="read" x1=${px} x2=${px} y1=${f.top} y2=${f.height - f.bottom} /><circle class="ring" cx=${px} cy=${py}
      r="4.5" />`;
  }

  static override styles: CSSResultGroup = [Chart.styles, css`svg { cursor: pointer; }`];
}

customElements.define("dyo-budget-curve", BudgetCurve);
