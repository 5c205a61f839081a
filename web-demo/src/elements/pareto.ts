// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-pareto>: cost against service (or any two fields of a frontier), with the knee and the present choice.
// Fires dyo-select with { index, point } when a point is chosen.
import { css, svg, type CSSResultGroup, type TemplateResult } from "lit";
import { money, moneyTick, num, percent, qty } from "../format.js";
import { T } from "../texts.js";
import { Chart, type AxisSpec, type Frame, type Table } from "./chart.js";
import { linear, niceCeil, path, round, ticks, type Scale } from "./scale.js";

export interface ParetoPoint {
  service_level: number;
  total_cost: number;
  holding_cost: number;
  safety_stock_investment: number | null;
  expected_backorders: number;
}
type Field = keyof ParetoPoint;
/** What an axis can show: a field that is always known. */
type Axis = Exclude<Field, "safety_stock_investment">;

export class Pareto extends Chart {
  static override properties = {
    ...Chart.properties,
    frontier: { attribute: false },
    knee: { type: Number },
    chosen: { type: Number },
    x: { type: String },
    y: { type: String },
  };
  declare frontier: readonly ParetoPoint[];
  /** Index of the knee in the frontier, -1 when there is none. */
  declare knee: number;
  /** The service level in use now. */
  declare chosen: number;
  declare x: Axis;
  declare y: Axis;

  constructor() {
    super();
    this.frontier = [];
    this.knee = -1;
    this.chosen = NaN;
    this.x = "service_level";
    this.y = "total_cost";
  }

  protected override get count(): number {
    return this.frontier.length;
  }
  protected override get file(): string {
    return "service-cost";
  }
  protected override start(): number {
    const i = this.#now;
    return i >= 0 ? i : Math.max(0, this.knee);
  }

  get #now(): number {
    return this.frontier.findIndex((p) => Math.abs(p.service_level - this.chosen) < 1e-9);
  }
  get #frame(): Frame {
    return { width: this.width, height: this.height, left: 64, right: 24, top: 28, bottom: 44 };
  }
  get #sx(): Scale {
    const f = this.#frame;
    const at = this.frontier.map((p) => p[this.x]);
    const [low, high] = [Math.min(...at), Math.max(...at)];
    const step = niceCeil((high - low) / 8);
    return linear(Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step, f.left, f.width - f.right);
  }
  get #sy(): Scale {
    const f = this.#frame;
    const at = this.frontier.map((p) => p[this.y]);
    const [low, high] = [Math.min(...at), Math.max(...at)];
    const step = niceCeil((high - low) / 5 || high / 5);
    return linear(Math.max(0, Math.floor(low / step - 0.2) * step), Math.ceil(high / step + 0.1) * step, f.height - f.bottom, f.top);
  }
  protected override xOf(i: number): number {
    return this.#sx(this.frontier[i]![this.x]);
  }

  #say(i: number): string {
    const p = this.frontier[i]!;
    return T.tradeoffs.reading(
      percent(p.service_level, 2),
      money(p.total_cost, this.currency),
      p.safety_stock_investment === null ? "–" : money(p.safety_stock_investment, this.currency),
      qty(p.expected_backorders),
    );
  }
  protected override get resting(): string {
    return T.tradeoffs.back;
  }
  protected override get label(): string {
    const k = this.frontier[this.knee];
    const knee = k ? T.tradeoffs.knee(percent(k.service_level, 2), money(k.total_cost, this.currency)) : "";
    return T.tradeoffs.label(knee, Number.isFinite(this.chosen) ? T.tradeoffs.now(percent(this.chosen, 2)) : "");
  }
  protected override reading(i: number): string {
    return this.#say(i);
  }
  protected override choose(index: number): void {
    this.dispatchEvent(new CustomEvent("dyo-select", { detail: { index, point: this.frontier[index] }, bubbles: true, composed: true }));
  }

  protected override get table(): Table {
    const names: Field[] = ["service_level", "total_cost", "holding_cost", "safety_stock_investment", "expected_backorders"];
    return {
      head: T.tradeoffs.table,
      names,
      rows: this.frontier.map((p) => names.map((n) => p[n])),
      show: (v, i) => (v === null ? "–" : i === 0 ? percent(Number(v), 2) : i === 4 ? qty(Number(v)) : money(Number(v), this.currency)),
    };
  }

  protected override draw(): TemplateResult {
    const f = this.#frame;
    const [x, y] = [this.#sx, this.#sy];
    const xs: AxisSpec = { scale: x, ticks: ticks(x.min, x.max, f.width < 420 ? 4 : 8), text: (v) => percent(v, 1), title: T.tradeoffs.x };
    const ys: AxisSpec = {
      scale: y,
      ticks: ticks(y.min, y.max, 5),
      text: (v) => moneyTick(v, this.currency),
      title: T.tradeoffs.y(this.currency, moneyTick(y.min, this.currency)),
    };
    const at = this.frontier.map((p): [number, number] => [x(p[this.x]), y(p[this.y])]);
    return svg`${this.axes(f, xs, ys)}
      <path class="main" data-line="frontier" d=${path(at)} />
      ${at.map(([px, py]) => svg`<circle class="dot" cx=${round(px)} cy=${round(py)} r="4.5" />`)}
      ${this.#kneeMark(at)}${this.#nowMark(at[this.#now])}
      ${this.cursor >= 0 ? this.#cursor(f, at[this.cursor]) : ""}`;
  }

  /** The mark, and its name where the curve leaves room: beside it where the curve is steep, else below. */
  #kneeMark(all: readonly [number, number][]): TemplateResult | string {
    const at = all[this.knee];
    if (!at) return "";
    const [x, y] = [round(at[0]), round(at[1])];
    const before = all[this.knee - 1] ?? at;
    const steep = before[1] - y > x - before[0];
    const late = x > this.width - 110;
    return svg`<path class="knee" data-knee=${this.knee} d="M${x} ${y - 8}L${x + 8} ${y}L${x} ${y + 8}L${x - 8} ${y}Z" />
      <text class="halo name-second strong" x=${x + (steep ? -12 : late ? 20 : 4)} y=${y + (steep ? 5 : 24)}
        text-anchor=${steep || late ? "end" : "start"}>${T.tradeoffs.kneeMark} ${percent(this.frontier[this.knee]!.service_level, 2)}</text>`;
  }

  #nowMark(at: [number, number] | undefined): TemplateResult | string {
    if (!at) return "";
    return svg`<circle class="ring" data-now cx=${round(at[0])} cy=${round(at[1])} r="7" /><circle class="dot"
      cx=${round(at[0])} cy=${round(at[1])} r="4" />
      <text class="halo strong" x=${round(at[0] - 12)} y=${round(at[1] - 10)} text-anchor="end">${T.tradeoffs.nowMark(percent(this.chosen, 2))}</text>`;
  }

  #cursor(f: Frame, at: [number, number] | undefined): TemplateResult | string {
    if (!at) return "";
    const [x, y] = at.map(round) as [number, number];
    return svg`<path class="read" d="M${f.left} ${y}H${x}V${f.height - f.bottom}" fill="none" stroke-dasharray="2 3" /><circle
      class="ring" cx=${x} cy=${y} r="6" />
      <text class="halo strong" x=${x} y=${f.height - f.bottom - 6} text-anchor="middle">${percent(this.frontier[this.cursor]![this.x], 2)}</text>
      <text class="halo strong" x=${f.left + 6} y=${y - 5}>${num(this.frontier[this.cursor]![this.y])}</text>`;
  }

  static override styles: CSSResultGroup = [
    Chart.styles,
    css`
    svg { cursor: pointer; }
    .knee { fill: var(--dyo-second, #a35200); stroke: var(--dyo-paper, Canvas); stroke-width: 2; }
  `,
  ];
}

customElements.define("dyo-pareto", Pareto);
