// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-staff-curve>: cost of a roster against fair hours, open places or wishes, with the knee. Fires dyo-select with { index, point }.
import { css, svg, type CSSResultGroup, type TemplateResult } from "lit";
import { money, moneyTick, num, percent, tinyPercent } from "../format.js";
import { STAFF } from "../texts-staff.js";
import { T } from "../texts.js";
import { Chart, type AxisSpec, type Frame, type Table } from "./chart.js";
import { linear, niceCeil, path, round, ticks, type Scale } from "./scale.js";

export interface StaffPoint {
  cost: number;
  other: number;
  lower_bound?: number | null;
  gap?: number | null;
}

export class StaffCurve extends Chart {
  static override properties = { ...Chart.properties, frontier: { attribute: false }, knee: { type: Number }, chosen: { type: Number }, against: { type: String } };
  declare frontier: readonly StaffPoint[];
  /** Index of the knee, -1 when there is none. */
  declare knee: number;
  /** Index of the point whose roster is shown. */
  declare chosen: number;
  declare against: string;

  constructor() {
    super();
    this.frontier = [];
    this.knee = this.chosen = -1;
    this.against = "fairness";
  }

  protected override get count(): number {
    return this.frontier.length;
  }
  protected override get file(): string {
    return `cost-${this.against}`;
  }
  protected override start(): number {
    return Math.max(0, this.chosen >= 0 ? this.chosen : this.knee);
  }
  get #frame(): Frame {
    return { width: this.width, height: this.height, left: 68, right: 24, top: 28, bottom: 44 };
  }
  #range(at: readonly number[], parts: number): [number, number] {
    const [low, high] = [Math.min(...at), Math.max(...at)];
    const step = niceCeil((high - low) / parts || Math.abs(high) / parts || 1);
    return [Math.floor(low / step - 0.2) * step, Math.ceil(high / step + 0.2) * step];
  }
  get #sx(): Scale {
    const [low, high] = this.#range(this.frontier.map((p) => p.other), 6);
    return linear(this.against === "preference" ? low : Math.max(0, low), high, this.#frame.left, this.#frame.width - this.#frame.right);
  }
  get #sy(): Scale {
    const [low, high] = this.#range(this.frontier.map((p) => p.cost), 5);
    return linear(Math.max(0, low), high, this.#frame.height - this.#frame.bottom, this.#frame.top);
  }
  protected override xOf(i: number): number {
    return this.#sx(this.frontier[i]!.other);
  }
  #other = (p: StaffPoint): string => STAFF.staff.curveOther[this.against]!(num(p.other, 1));

  protected override get label(): string {
    return STAFF.staff.curveLabel(STAFF.staff.againstNames[this.against]!, num(this.count));
  }
  protected override get resting(): string {
    return STAFF.staff.curveHint;
  }
  protected override reading(i: number): string {
    const p = this.frontier[i]!;
    return STAFF.staff.curveReading(money(p.cost, this.currency), this.#other(p), typeof p.gap === "number" ? tinyPercent(p.gap) : "–");
  }
  protected override choose(index: number): void {
    this.dispatchEvent(new CustomEvent("dyo-select", { detail: { index, point: this.frontier[index] }, bubbles: true, composed: true }));
  }

  protected override get table(): Table {
    return {
      head: STAFF.staff.curveTable,
      names: ["cost", this.against, "lower_bound", "gap"],
      rows: this.frontier.map((p) => [p.cost, p.other, p.lower_bound ?? null, p.gap ?? null]),
      show: (v, i) => (typeof v !== "number" ? "–" : i === 1 ? num(v, 2) : i === 3 ? percent(v, 2) : money(v, this.currency)),
    };
  }

  protected override draw(): TemplateResult {
    const f = this.#frame;
    const [x, y] = [this.#sx, this.#sy];
    const xs: AxisSpec = { scale: x, ticks: ticks(x.min, x.max, f.width < 420 ? 4 : 8), text: (v) => num(v, 1), title: STAFF.staff.curveX[this.against]! };
    const ys: AxisSpec = { scale: y, ticks: ticks(y.min, y.max, 5), text: (v) => moneyTick(v, this.currency), title: STAFF.staff.curveY(this.currency, moneyTick(y.min, this.currency)) };
    const at = this.frontier.map((p): [number, number] => [x(p.other), y(p.cost)]);
    const [k, c, r] = [at[this.knee], at[this.chosen], at[this.cursor]];
    return svg`${this.axes(f, xs, ys)}
      <path class="main" data-line="frontier" d=${path(at)} />
      ${at.map(([px, py]) => svg`<circle class="dot" cx=${round(px)} cy=${round(py)} r="4.5" />`)}
      ${k ? svg`<path class="knee" data-knee=${this.knee} d="M${k[0]} ${k[1] - 8}L${k[0] + 8} ${k[1]}L${k[0]} ${k[1] + 8}L${k[0] - 8} ${k[1]}Z" />
        <text class="halo name-second strong" x=${round(k[0] + 12)} y=${round(k[1] - 8)}>${T.tradeoffs.kneeMark}</text>` : ""}
      ${c ? svg`<circle class="ring" data-now cx=${round(c[0])} cy=${round(c[1])} r="7" />` : ""}
      ${r ? svg`<path class="read" d="M${f.left} ${round(r[1])}H${round(r[0])}V${f.height - f.bottom}" fill="none" stroke-dasharray="2 3" /><circle class="ring" cx=${round(r[0])} cy=${round(r[1])} r="6" />` : ""}`;
  }

  static override styles: CSSResultGroup = [Chart.styles, css`
    svg { cursor: pointer; }
    .knee { fill: var(--dyo-second, #a35200); stroke: var(--dyo-paper, Canvas); stroke-width: 2; }
  `];
}

customElements.define("dyo-staff-curve", StaffCurve);
