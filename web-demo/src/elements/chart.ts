// SPDX-License-Identifier: GPL-3.0-or-later
// The base of every chart: it follows its width, keeps a cursor that mouse, touch and arrow keys move, announces the
// reading, and offers the same numbers as a table, as CSV and as SVG.
import { LitElement, css, html, nothing, svg, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { T } from "../texts.js";
import { saveCsv, savePng, saveSvg, standalone } from "../download.js";
import { round, type Scale } from "./scale.js";

export interface Table {
  head: readonly string[];
  /** Names for the CSV file, when they differ from the head. */
  names?: readonly string[];
  rows: Iterable<readonly (string | number | null)[]>;
  /** Of these the ones shown on the page, where there are too many to show, and what is said of it. */
  some?: { rows: readonly (readonly (string | number | null)[])[]; note: string };
  /** How a cell is written on the page; files get full precision. */
  show?: (value: string | number | null, column: number) => string;
}

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export abstract class Chart extends LitElement {
  static override properties = {
    heading: { type: String },
    height: { type: Number },
    currency: { type: String },
    width: { state: true },
    cursor: { state: true },
    shown: { state: true },
  };
  declare heading: string;
  declare height: number;
  declare currency: string;
  declare protected width: number;
  /** Index of the point being read, -1 when none is. */
  declare protected cursor: number;
  /** The table is open: its rows are made only then. */
  declare protected shown: boolean;
  #watch: ResizeObserver | undefined;

  constructor() {
    super();
    this.heading = "";
    this.height = 300;
    this.currency = "EUR";
    this.width = 0;
    this.cursor = -1;
    this.shown = false;
  }

  /** Number of points a cursor can stand on. */
  protected abstract get count(): number;
  /** Where point i stands across the picture. */
  protected abstract xOf(i: number): number;
  protected abstract reading(i: number): string;
  /** What the picture says when no point is being read. */
  protected abstract get resting(): string;
  protected abstract get label(): string;
  protected abstract draw(): TemplateResult;
  protected abstract get table(): Table;
  /** File name without its ending. */
  protected abstract get file(): string;
  /** What Enter or a click on point i does. */
  protected choose(_i: number): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    this.#watch = new ResizeObserver(([entry]) => {
      if (entry) this.width = Math.max(200, Math.floor(entry.contentRect.width));
    });
    this.#watch.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.disconnect();
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (this.cursor >= this.count) this.cursor = -1;
  }

  protected override render(): TemplateResult {
    return html`<figure>
      ${this.heading ? html`<figcaption>${this.heading}</figcaption>` : nothing}
      ${this.above()}
      ${this.width && this.count ? this.#picture() : html`<div class="blank"></div>`}
      <p class="reading" aria-live="polite">${this.cursor >= 0 ? this.reading(this.cursor) : this.resting}</p>
      ${this.tools()}
    </figure>`;
  }

  /** What stands between the heading and the picture. */
  protected above(): TemplateResult | typeof nothing {
    return nothing;
  }

  #picture(): TemplateResult {
    return html`<svg role="img" tabindex="0" aria-label=${this.label} width=${this.width} height=${this.height}
      viewBox="0 0 ${this.width} ${this.height}" @keydown=${this.#key} @pointermove=${this.#move} @pointerdown=${this.#move}
      @wheel=${this.#wheel} @pointerleave=${() => (this.cursor = -1)} @blur=${() => (this.cursor = -1)} @click=${this.#click}>${this.draw()}</svg>`;
  }

  protected tools(): TemplateResult {
    return html`<div class="tools">
      <details @toggle=${(e: Event) => (this.shown = (e.target as HTMLDetailsElement).open)}>
        <summary>${T.chart.asTable}</summary>
        ${this.shown ? this.#rows() : nothing}
      </details>
      ${this.more()}
      <span class="files"><span class="say" aria-hidden="true">${T.chart.download}</span>
      <button @click=${this.#csv} aria-label=${T.chart.of(T.chart.csv, this.heading)}>CSV</button>
      <button @click=${this.#png} aria-label=${T.chart.of(T.chart.png, this.heading)}>PNG</button>
      <button @click=${this.#svg} aria-label=${T.chart.of(T.chart.svg, this.heading)}>SVG</button></span>
    </div>`;
  }

  #rows(): TemplateResult {
    const { head, rows: all, some, show } = this.table;
    const rows = some?.rows ?? [...all];
    const write = show ?? ((v) => String(v ?? ""));
    return html`${some ? html`<p class="some">${some.note}</p>` : nothing}
      <div class="scroll" tabindex="0" role="region" aria-label=${this.heading}><table>
      <thead><tr>${head.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
      <tbody>${rows.map((r) => html`<tr>${r.map((v, i) => html`<td class=${typeof v === "number" ? "n" : ""}>${write(v, i)}</td>`)}</tr>`)}</tbody>
    </table></div>`;
  }

  #csv = (): void => {
    const { names, head, rows } = this.table;
    void saveCsv(this.file, names ?? head, rows);
  };
  #svg = (): void => this.#whole(saveSvg);
  #png = (): void => this.#whole(savePng);
  #whole(how: (name: string, text: string) => unknown): void {
    const picture = this.renderRoot.querySelector<SVGSVGElement>("svg[role=img]");
    if (picture) void how(this.file, standalone(this.heading, picture));
  }

  /** Keys, the wheel and tools of a chart's own. */
  protected key(_e: KeyboardEvent): boolean {
    return false;
  }
  protected wheel(_e: WheelEvent): boolean {
    return false;
  }
  protected more(): TemplateResult | typeof nothing {
    return nothing;
  }
  #wheel = { handleEvent: (e: WheelEvent): void => void (this.wheel(e) && e.preventDefault()), passive: false };

  #key = (e: KeyboardEvent): void => {
    if (!e.ctrlKey && !e.metaKey && !e.altKey && this.key(e)) return e.preventDefault();
    const last = this.count - 1;
    const from = this.cursor < 0 ? this.start() : this.cursor;
    const step = e.shiftKey ? 10 : 1;
    const moves: Record<string, number> = {
      ArrowRight: from + (this.cursor < 0 ? 0 : step),
      ArrowLeft: from - (this.cursor < 0 ? 0 : step),
      ArrowDown: from + (this.cursor < 0 ? 0 : step),
      ArrowUp: from - (this.cursor < 0 ? 0 : step),
      Home: 0,
      End: last,
    };
    const to = moves[e.key];
    if (to !== undefined) this.cursor = Math.min(last, Math.max(0, to));
    else if (e.key === "Escape") this.cursor = -1;
    else if ((e.key === "Enter" || e.key === " ") && this.cursor >= 0) this.choose(this.cursor);
    else return;
    e.preventDefault();
  };

  /** The point a cursor first stands on when it comes by keyboard. */
  protected start(): number {
    return 0;
  }

  #move = (e: PointerEvent): void => {
    this.cursor = this.nearest(e.offsetX, e.offsetY);
  };

  #click = (e: MouseEvent): void => {
    const i = this.nearest(e.offsetX, e.offsetY);
    if (i >= 0) this.choose(i);
  };

  protected nearest(x: number, _y: number): number {
    let best = -1;
    let away = Infinity;
    for (let i = 0; i < this.count; i++) {
      const d = Math.abs(this.xOf(i) - x);
      if (d < away) [best, away] = [i, d];
    }
    return best;
  }

  /** Grid, tick labels and the two axis titles. */
  protected axes(f: Frame, x: AxisSpec, y: AxisSpec): TemplateResult {
    return svg`<g class="axes">
      ${y.ticks.map(
        (v) => svg`<line class="grid" x1=${f.left} x2=${f.width - f.right} y1=${round(y.scale(v))} y2=${round(y.scale(v))} />
        <text class="tick" data-y=${v} x=${f.left - 8} y=${round(y.scale(v)) + 4} text-anchor="end">${y.text(v)}</text>`,
      )}
      <line class="base" x1=${f.left} x2=${f.width - f.right} y1=${f.height - f.bottom} y2=${f.height - f.bottom} />
      ${x.ticks.map(
        (v) => svg`<line class="base" x1=${round(x.scale(v))} x2=${round(x.scale(v))}
          y1=${f.height - f.bottom} y2=${f.height - f.bottom + 4} />
        <text class="tick" data-x=${v} x=${round(x.scale(v))} y=${f.height - f.bottom + 17} text-anchor="middle">${x.text(v)}</text>`,
      )}
      <text class="title" x="0" y="11">${y.title}</text>
      <text class="title" x=${f.width - f.right} y=${f.height - 4} text-anchor="end">${x.title}</text>
    </g>`;
  }

  static override styles: CSSResultGroup = css`
    :host { display: block; color: var(--dyo-ink, CanvasText); font: inherit; container-type: inline-size; }
    :host([hidden]) { display: none; }
    figure { margin: 0; }
    figcaption { font-weight: 600; margin-bottom: 0.5rem; }
    /* dim: an older answer than the settings beside it */
    svg { display: block; max-width: 100%; overflow: visible; touch-action: pan-y; font-size: 12px; font-variant-numeric: tabular-nums; border-radius: 2px; }
    svg:focus-visible { outline: 2px solid var(--dyo-accent, Highlight); outline-offset: 6px; }
    :host([dim]) svg { opacity: 0.45; }
    .blank { min-height: 8rem; }
    text { fill: var(--dyo-ink, CanvasText); }
    .tick, .title { fill: var(--dyo-quiet, GrayText); }
    .grid { stroke: var(--dyo-line, #ddd); stroke-width: 1; }
    .base { stroke: var(--dyo-axis, #888); stroke-width: 1; }
    .main { fill: none; stroke: var(--dyo-accent, #0b6e8a); stroke-width: 2.5; stroke-linejoin: round; }
    .second { fill: none; stroke: var(--dyo-second, #a35200); stroke-width: 1.5; stroke-dasharray: 7 4; }
    .third { fill: none; stroke: var(--dyo-third, #6a4fb0); stroke-width: 1.5; stroke-dasharray: 2 3; }
    .name-main { fill: var(--dyo-accent, #0b6e8a); font-weight: 600; }
    .name-second { fill: var(--dyo-second, #a35200); }
    .name-third { fill: var(--dyo-third, #6a4fb0); }
    .dot { fill: var(--dyo-accent, #0b6e8a); stroke: var(--dyo-paper, Canvas); stroke-width: 2; }
    .ring { fill: var(--dyo-paper, Canvas); stroke: var(--dyo-accent, #0b6e8a); stroke-width: 2.5; }
    .rule { stroke: var(--dyo-ink, CanvasText); stroke-width: 1; stroke-dasharray: 3 3; }
    .read { stroke: var(--dyo-ink, CanvasText); stroke-width: 1; }
    .halo { paint-order: stroke; stroke: var(--dyo-paper, Canvas); stroke-width: 4px; stroke-linejoin: round; }
    .strong { font-weight: 600; }
    .reading { margin: 0.5rem 0 0; min-height: 2.9em; font-size: 0.9375rem; line-height: 1.45; color: var(--dyo-quiet, GrayText); }
    .tools { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; align-items: start; margin-top: 0.25rem; }
    details { flex: 0 0 auto; max-width: 100%; }
    details[open] { flex: 1 0 100%; order: 3; }
    summary, button {
      font: inherit; font-size: 0.875rem; color: var(--dyo-accent, LinkText); background: none; border: 0; padding: 0.25rem 0.4rem; min-height: 1.75rem;
      margin-inline-start: -0.4rem; margin-inline-end: 0.5rem; cursor: pointer; border-radius: 4px; box-sizing: border-box;
    }
    summary:hover, button:hover { text-decoration: underline; text-underline-offset: 3px; }
    summary:focus-visible, button:focus-visible, .scroll:focus-visible { outline: 2px solid var(--dyo-accent, Highlight); outline-offset: 1px; }
    .tools { align-items: center; }
    button:disabled { opacity: 0.45; cursor: default; text-decoration: none; }
    .files { white-space: nowrap; }
    .files button { margin-inline: 0; }
    .say { font-size: 0.875rem; color: var(--dyo-quiet, GrayText); }
    .scroll { overflow: auto; max-height: 22rem; margin-top: 0.5rem; }
    table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; min-width: 60%; }
    th, td { text-align: start; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--dyo-line, #ddd); white-space: nowrap; }
    th { font-weight: 600; position: sticky; top: 0; background: var(--dyo-paper, Canvas); }
    td.n { text-align: end; }
    @media (forced-colors: active) {
      .main, .dot, .ring { stroke: Highlight; }
      .second, .third { stroke: CanvasText; }
      text { fill: CanvasText; }
      .halo { stroke: Canvas; }
    }
    @media print { .tools { display: none; } }
  `;
}

export interface AxisSpec {
  scale: Scale;
  ticks: readonly number[];
  text: (value: number) => string;
  title: string;
}
