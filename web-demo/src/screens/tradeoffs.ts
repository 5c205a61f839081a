// SPDX-License-Identifier: GPL-3.0-or-later
// #/tradeoffs : what does better service cost?
import { html, nothing, type TemplateResult } from "lit";
import { saveCsv } from "../download.js";
import { engine, type Failure, type Out } from "../engine.js";
import type { ParetoPoint } from "../elements/pareto.js";
import "../elements/pareto.js";
import { money, percent, qty } from "../format.js";
import { planner } from "../planner.js";
import { store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import type { NumberField, State } from "../types.js";
import { waiting } from "../waiting.js";
import { Screen, answer, empty, errorPanel, fieldOf, working } from "../ui.js";

/** Levels people speak of; the present one is added. */
const LEVELS = [0.5, 0.6, 0.7, 0.75, 0.8, 0.84, 0.87, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.993, 0.996, 0.998, 0.999];

/** Columns of the file of safety stocks. */
const NAMES = ["id", "name", "reorder_point", "safety_stock", "safety_stock_investment"];

class Tradeoffs extends Screen {
  #curve = new Task<Out<"inventory.pareto">>(this, ({ signal, progress }) =>
    engine.call("inventory.pareto", this.#input(), { signal, progress }),
  );

  protected override get sources(): EventTarget[] {
    return [...super.sources, planner];
  }

  protected override get state(): State {
    return store.project ? waiting(this.#curve) : "empty";
  }

  protected override compute(): void {
    if (!store.project) return;
    planner.update();
    if (planner.settled) this.#curve.run();
  }

  #input() {
    const { products, service_level } = store.project!;
    const levels = typeof service_level === "number" ? [...new Set([...LEVELS, service_level])].sort((a, b) => a - b) : [service_level];
    return {
      products: products.map((p) => ({
        id: p.id,
        annual_demand: p.annual_demand,
        order_cost: p.order_cost,
        unit_cost: p.unit_cost,
        holding_cost_rate: p.holding_cost_rate,
        demand_std_dev: p.demand_std_dev,
        lead_time_days: p.lead_time_days,
      })),
      service_levels: levels,
    };
  }

  protected override render(): TemplateResult {
    if (!store.project) return html`<h1>${T.tradeoffs.title}</h1>${empty(T.tradeoffs.empty)}`;
    const e = this.#curve.error;
    const r = this.#curve.value;
    return html`<h1>${T.tradeoffs.title}</h1>
      <div class="result" ?data-dim=${this.#curve.stale}>
        ${errorPanel(e, () => this.compute(), where(e))}
        ${working(planner.settled ? this.#curve : planner.task)}
        ${r ? this.#result(r) : nothing}
      </div>`;
  }

  #result(r: Out<"inventory.pareto">): TemplateResult {
    const { currency, service_level } = store.project!;
    const now = r.frontier.findIndex((p) => p.service_level === service_level);
    const knee = r.knee?.index ?? -1;
    return html`${answer(this.#sentences(r, now, knee), [T.tradeoffs.sure])}
      <dyo-pareto ?dim=${this.#curve.stale} .heading=${T.tradeoffs.chartTitle} .frontier=${r.frontier} .knee=${knee}
        .chosen=${Number(service_level)} .currency=${currency} .height=${380}
        @dyo-select=${(e: CustomEvent<{ point: ParetoPoint }>) => this.#choose(e.detail.point.service_level)}></dyo-pareto>
      ${this.#levels(r.frontier, knee)}
      ${this.#detail()}`;
  }

  #sentences(r: Out<"inventory.pareto">, now: number, knee: number): string[] {
    const { currency } = store.project!;
    const cash = (v: number) => money(v, currency);
    const level = (p: ParetoPoint) => percent(p.service_level, 2);
    const [p, next, k] = [r.frontier[now], r.frontier[now + 1], r.frontier[knee]];
    const out: string[] = [];
    if (p) out.push(T.tradeoffs.sentence(level(p), cash(p.total_cost)));
    if (p && next) out.push(T.tradeoffs.step(level(p), level(next), cash(next.total_cost - p.total_cost)));
    if (k) out.push(T.tradeoffs.knee(level(k), cash(k.total_cost)));
    return out;
  }

  #levels(frontier: readonly ParetoPoint[], knee: number): TemplateResult {
    const now = store.project!.service_level;
    return html`<fieldset class="levels"><legend>${T.tradeoffs.choose}</legend>${frontier.map(
      (p, i) => html`<label>
      <input type="radio" name="level" .checked=${p.service_level === now} @change=${() => this.#choose(p.service_level)}>
      <span>${percent(p.service_level, 2)}${i === knee ? html` <em>${T.tradeoffs.kneeMark}</em>` : nothing}</span></label>`,
    )}</fieldset>`;
  }

  #choose(level: number): void {
    store.change((p) => void (p.service_level = level));
  }

  #detail(): TemplateResult | typeof nothing {
    const list = planner.task.value?.rows;
    if (!list) return nothing;
    const of = new Map(list.map((r) => [r.product.id, r]));
    const { currency, service_level } = store.project!;
    const d = T.tradeoffs.detail;
    const title = T.tradeoffs.detailTitle(percent(Number(service_level), 2));
    const rows = store.project!.products.flatMap((p) => {
      const rec = of.get(p.id)?.rec;
      return rec ? [[p.id, p.name, rec.reorder_point, rec.safety_stock, rec.safety_stock * Number(p.unit_cost)] as const] : [];
    });
    return html`<section aria-labelledby="detail"><h2 id="detail">${title}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="detail"><table class="list">
        <thead><tr>${d.map((h, i) => html`<th scope="col" class=${i > 1 ? "n" : ""}>${h}</th>`)}</tr></thead>
        <tbody>${rows.slice(0, 200).map(
          ([id, name, r, s, v]) => html`<tr><th scope="row">${id}</th>
          <td class="quiet">${name}</td><td class="n">${qty(r)}</td><td class="n">${qty(s)}</td><td class="n">${money(v, currency)}</td></tr>`,
        )}</tbody>
      </table></div>
      <p class="tools"><button @click=${() => saveCsv("safety-stock", NAMES, rows)}>${T.chart.csv}</button>
        <button @click=${() => print()}>${T.chart.print}</button></p>
    </section>`;
  }
}

function where(e: Failure | undefined): string {
  if (!e) return "";
  const field = fieldOf(e.path);
  if (e.path.startsWith("/service_levels")) return T.serviceLevel[0];
  const index = /^\/products\/(\d+)/.exec(e.path)?.[1];
  const id = index === undefined ? undefined : store.project?.products[Number(index)]?.id;
  const known = T.fields[field as NumberField];
  return known && id ? T.states.fieldOf(known[0], id) : e.path;
}

customElements.define("screen-tradeoffs", Tradeoffs);
