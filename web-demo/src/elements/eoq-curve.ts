// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-eoq-curve>: what a year costs as a function of the order size, with the minimum that inventory.eoq found.
// Takes the operation's own input and result; fires dyo-change with { order_quantity, cost } when a size is chosen.
import { css, svg, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { money, moneyTick, num, percent, qty } from "../format.js";
import { T } from "../texts.js";
import { Chart, type Frame, type Table } from "./chart.js";
import { linear, path, round, steadyMax, ticks, type Scale } from "./scale.js";

export interface EoqInput {
  annual_demand: number;
  order_cost: number;
  holding_cost_per_unit?: number;
  holding_cost_rate?: number;
  unit_cost?: number;
  production_rate?: number;
  backorder_cost_per_unit?: number;
  price_breaks?: readonly { min_quantity: number; unit_cost: number }[];
  discount_type?: "all_units" | "incremental";
}
export interface EoqResult {
  eoq: number;
  total_annual_cost: number;
  num_orders_per_year: number;
}
interface Cost {
  ordering: number;
  holding: number;
  total: number;
}

const POINTS = 160;
/** "Near the minimum" is within this share of it. */
export const NEAR = 0.05;

/** Ordering K D / Q, holding h Q / 2, and with price breaks the purchases; Harris (1913), Hadley & Whitin (1963). */
export function costOf(input: EoqInput, q: number): Cost {
  const { annual_demand: d, order_cost: k, production_rate: p, backorder_cost_per_unit: b } = input;
  const price = priceOf(input, q);
  const h = input.holding_cost_per_unit ?? (input.holding_cost_rate ?? 0) * price;
  const level = h * (p ? 1 - d / p : 1) * (b ? b / (b + h) : 1);
  const ordering = (k * d) / q;
  const holding = (level * q) / 2;
  return { ordering, holding, total: ordering + holding + (input.price_breaks?.length ? d * price : 0) };
}

/** What a unit costs in an order of q: one price for all, or each step of the ladder at its own. */
function priceOf(input: EoqInput, q: number): number {
  const steps = input.price_breaks ?? [];
  if (!steps.length) return input.unit_cost ?? 0;
  if (input.discount_type !== "incremental") return (steps.findLast((s) => q >= s.min_quantity) ?? steps[0]!).unit_cost;
  const paid = steps.reduce((t, s, i) => {
    const from = i ? s.min_quantity : 0;
    const to = Math.min(q, steps[i + 1]?.min_quantity ?? Infinity);
    return t + Math.max(0, to - from) * s.unit_cost;
  }, 0);
  return paid / q;
}

/** The order sizes around the optimum that cost at most 5 % more. */
export function nearRange(input: EoqInput, result: EoqResult): [number, number] {
  const limit = result.total_annual_cost * (1 + NEAR);
  const edge = (far: number): number => {
    let near = result.eoq;
    for (let i = 0; i < 60; i++) {
      const mid = (near + far) / 2;
      if (costOf(input, mid).total <= limit) near = mid;
      else far = mid;
    }
    return near;
  };
  return [edge(result.eoq * 1e-3), edge(result.eoq * 20)];
}

export class EoqCurve extends Chart {
  static override properties = { ...Chart.properties, input: { attribute: false }, result: { attribute: false }, held: { type: Number } };
  declare input: EoqInput | undefined;
  declare result: EoqResult | undefined;
  /** The order size that a limit leaves, pointed out where it is below the cheapest. */
  declare held: number | undefined;
  #xMax = 0;
  #yMax = 0;

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!this.result || !this.input) return;
    this.#xMax = steadyMax(this.#xMax, this.result.eoq, 2.4);
    this.#yMax = steadyMax(this.#yMax, this.result.total_annual_cost, 1.9);
  }

  protected override get count(): number {
    return this.result && this.input ? POINTS : 0;
  }
  protected override get file(): string {
    return "eoq-curve";
  }
  protected override start(): number {
    return Math.round(((this.result?.eoq ?? 0) / this.#xMax) * POINTS) - 1;
  }

  get #frame(): Frame {
    return { width: this.width, height: this.height, left: 58, right: 62, top: 28, bottom: 40 };
  }
  get #x(): Scale {
    const f = this.#frame;
    return linear(0, this.#xMax, f.left, f.width - f.right);
  }
  get #y(): Scale {
    const f = this.#frame;
    return linear(0, this.#yMax, f.height - f.bottom, f.top);
  }

  #size(i: number): number {
    return (this.#xMax * (i + 1)) / POINTS;
  }
  protected override xOf(i: number): number {
    return this.#x(this.#size(i));
  }

  protected override get resting(): string {
    const r = this.result;
    return r ? T.curve.best(qty(r.eoq), money(r.total_annual_cost, this.currency)) : "";
  }
  protected override get label(): string {
    return T.curve.label(this.resting);
  }
  protected override reading(i: number): string {
    const q = this.#size(i);
    const c = costOf(this.input!, q).total;
    const r = this.result!;
    return T.curve.reading(qty(q), money(c, this.currency), percent(c / r.total_annual_cost - 1), num(this.input!.annual_demand / q, 1));
  }
  protected override choose(i: number): void {
    const order_quantity = this.#size(i);
    const detail = { order_quantity, cost: costOf(this.input!, order_quantity).total };
    this.dispatchEvent(new CustomEvent("dyo-change", { detail, bubbles: true, composed: true }));
  }

  protected override get table(): Table {
    const head = T.curve.table;
    if (!this.input || !this.result) return { head, rows: [] };
    const sizes = [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2].map((m) => m * this.result!.eoq);
    return {
      head,
      names: ["order_quantity", "ordering_cost", "holding_cost", "total_annual_cost"],
      rows: sizes.map((q) => {
        const c = costOf(this.input!, q);
        return [q, c.ordering, c.holding, c.total];
      }),
      show: (v, i) => (i ? money(Number(v), this.currency) : qty(Number(v))),
    };
  }

  protected override draw(): TemplateResult {
    const f = this.#frame;
    const [x, y] = [this.#x, this.#y];
    const names = { title: T.curve.x, scale: x, ticks: ticks(0, this.#xMax, f.width < 420 ? 4 : 6), text: (v: number) => num(v, 1) };
    const costs = {
      title: T.curve.y(this.currency),
      scale: y,
      ticks: ticks(0, this.#yMax, 5),
      text: (v: number) => moneyTick(v, this.currency),
    };
    const [low, high] = nearRange(this.input!, this.result!);
    const [left, right] = [x(low), Math.min(x(high), f.width - f.right)];
    return svg`<rect class="band" x=${round(left)} y=${f.top}
      width=${round(Math.max(0, right - left))} height=${f.height - f.bottom - f.top} />
      <text class="tick" x=${round((left + right) / 2)} y=${f.top + 12} text-anchor="middle">${T.curve.flat(percent(NEAR))}</text>
      ${this.axes(f, names, costs)}
      ${this.#lines(f)}
      ${this.#minimum(f)}${this.#limit(f)}
      ${this.cursor >= 0 ? this.#cursor(f) : ""}`;
  }

  #lines(f: Frame): TemplateResult {
    const end = costOf(this.input!, this.#xMax);
    const gap = Math.max(0, 15 - (this.#y(end.holding) - this.#y(end.total)));
    const line = (part: keyof Cost) => path(this.#clipped(part));
    const at = f.width - f.right + 6;
    return svg`<path class="second" d=${line("ordering")} /><path class="third" d=${line("holding")} /><path class="main"
      data-line="total" d=${line("total")} />
      ${this.#end("name-main", at, this.#y(end.total) - gap / 2, T.curve.total)}
      ${this.#end("name-third", at, this.#y(end.holding) + gap / 2, T.curve.holding)}
      ${this.#end("name-second", at, this.#y(end.ordering), T.curve.ordering)}`;
  }

  #end(name: string, x: number, y: number, text: string): TemplateResult {
    return svg`<text class=${name} x=${x} y=${round(Math.max(16, y + 4))}>${text}</text>`;
  }

  /** The points of a line inside the picture; where it leaves through the top, it is cut there. */
  #clipped(part: keyof Cost): [number, number][] {
    const out: [number, number][] = [];
    let before: [number, number] | undefined;
    for (let i = 0; i < POINTS; i++) {
      const here: [number, number] = [this.#size(i), costOf(this.input!, this.#size(i))[part]];
      if (before && here[1] > this.#yMax !== before[1] > this.#yMax) {
        const t = (this.#yMax - before[1]) / (here[1] - before[1]);
        out.push([before[0] + t * (here[0] - before[0]), this.#yMax]);
      }
      if (here[1] <= this.#yMax) out.push(here);
      before = here;
    }
    return out.map(([q, c]) => [this.#x(q), this.#y(c)]);
  }

  #minimum(f: Frame): TemplateResult {
    const r = this.result!;
    const [px, py] = [this.#x(r.eoq), this.#y(r.total_annual_cost)];
    return svg`<line class="rule" x1=${round(px)} x2=${round(px)} y1=${round(py)} y2=${f.height - f.bottom} />
      <circle class="dot" data-minimum cx=${round(px)} cy=${round(py)} r="5.5" />
      <text class="halo strong" x=${round(px)} y=${round(py - 14)} text-anchor="middle">${qty(r.eoq)}</text>`;
  }

  #limit(f: Frame): TemplateResult | string {
    const { held, result: r } = this;
    if (!held || held > r!.eoq * 0.995) return "";
    const px = round(this.#x(held));
    const py = round(Math.max(f.top, this.#y(costOf(this.input!, held).total)));
    const right = px < f.left + 110;
    return svg`<line class="second" x1=${px} x2=${px} y1=${py} y2=${f.height - f.bottom} /><circle class="ring limit" data-held cx=${px} cy=${py} r="4.5" />
      <text class="halo name-second" x=${px + (right ? 6 : -6)} y=${f.height - f.bottom - 8} text-anchor=${right ? "start" : "end"}>${T.curve.held(qty(held))}</text>`;
  }

  #cursor(f: Frame): TemplateResult {
    const q = this.#size(this.cursor);
    const px = round(this.#x(q));
    const py = round(Math.max(f.top, this.#y(costOf(this.input!, q).total)));
    return svg`<line class="read" x1=${px} x2=${px} y1=${f.top} y2=${f.height - f.bottom} /><circle class="ring" cx=${px} cy=${py}
      r="4.5" />`;
  }

  static override styles: CSSResultGroup = [Chart.styles, css`.band { fill: var(--dyo-accent, #0b6e8a); fill-opacity: 0.08; } .ring.limit { stroke: var(--dyo-second, #a35200); }`];
}

customElements.define("dyo-eoq-curve", EoqCurve);
