// SPDX-License-Identifier: GPL-3.0-or-later
// #/stock : what do I order, and when?
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { advise, eoqInput, orderDay, productField, sentences, type Advice } from "../advice.js";
import { saveCsv } from "../download.js";
import { Failure } from "../engine.js";
import { isoDay, money, num, percent, qty, shortDay } from "../format.js";
import { NEAR, nearRange, type EoqInput } from "../elements/eoq-curve.js";
import "../elements/stock-card.js";
import { store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import type { Num, NumberField, Product, State } from "../types.js";
import { Ranges, Screen, answer, empty, errorPanel, figures, slider, working, type Slider } from "../ui.js";

interface Row {
  product: Product;
  advice?: Advice;
  fault?: string;
}

/** Rows shown; the CSV has them all. */
const ROWS = 200;
/** Products asked about at once: enough to keep the worker busy, few enough to hear Cancel. */
const TOGETHER = 100;
const ORDER = { ORDER_NOW: 0, MAINTAIN: 1, REDUCE_STOCK: 2 } as const;

class Stock extends Screen {
  #one = new Task<Advice>(this, () => advise(store.selected!, store.project!.service_level));
  #all = new Task<Row[]>(this, ({ signal, progress }) => this.#advise(signal, progress));
  #ranges = new Ranges();

  protected override get state(): State {
    return store.project ? this.#one.state : "empty";
  }

  protected override compute(): void {
    if (!store.project) return;
    this.#one.run();
    this.#all.run();
  }

  async #advise(signal: AbortSignal, progress: (p: { fraction: number; stage: string }) => void): Promise<Row[]> {
    const { products, service_level } = store.project!;
    const rows: Row[] = [];
    for (let i = 0; i < products.length; i += TOGETHER) {
      if (signal.aborted) throw new Failure({ code: "cancelled", path: "", message: T.states.cancelled });
      rows.push(...(await Promise.all(products.slice(i, i + TOGETHER).map((p) => row(p, service_level)))));
      progress({ fraction: rows.length / products.length, stage: T.states.working });
    }
    return rows.sort(byUrgency);
  }

  #set(field: NumberField, v: Num): void {
    store.change(() => {
      store.selected![field] = v;
    });
  }

  protected override render(): TemplateResult {
    if (!store.project) return html`<h1>${T.stock.title}</h1>${empty(T.stock.empty)}`;
    const e = this.#one.error;
    const a = this.#one.value;
    return html`<div class="head"><h1>${T.stock.title}</h1>${this.#product()}</div>
      <div class="work">
        <div class="result" ?data-dim=${this.#one.stale}>
          ${errorPanel(e, () => this.compute(), this.#where(e))}
          ${working(this.#one)}
          ${a ? this.#result(a) : nothing}
        </div>
        <form class="settings" @submit=${(ev: Event) => ev.preventDefault()}>${this.#sliders()}</form>
        ${a ? this.#pictures(a) : nothing}
      </div>
      ${this.#overview()}`;
  }

  #where(e: Failure | undefined): string {
    const field = productField(e);
    if (field === "service_level") return T.serviceLevel[0];
    const known = T.fields[field as NumberField];
    return known ? T.states.fieldOf(known[0], store.selected!.id) : (e?.path ?? "");
  }

  #product(): TemplateResult {
    const chosen = store.selected!;
    return html`<div class="pick"><label for="product">${T.product}</label>
      <select id="product" @change=${(e: Event) => store.change((p) => void (p.selected = (e.target as HTMLSelectElement).value))}>
        ${store.project!.products.map((p) => html`<option value=${p.id} .selected=${p.id === chosen.id}>${p.id} · ${p.name}</option>`)}
      </select></div>`;
  }

  #sliders(): TemplateResult {
    const { currency } = store.project!;
    const cash = (v: number) => money(v, currency);
    const units = (v: number) => qty(v);
    return html`<h2>${T.stock.groupSize}</h2>
      ${this.#slider("annual_demand", { text: units, least: 10 })}
      ${this.#slider("order_cost", { text: cash, unit: `${currency} ${T.fields.order_cost[1]}`, least: 5 })}
      ${this.#slider("holding_cost_rate", { text: (v) => percent(v), times: 100, least: 1 })}
      <h2>${T.stock.groupWhen}</h2>
      ${this.#level()}
      ${this.#slider("lead_time_days", { text: units, least: 10 })}
      ${this.#slider("demand_std_dev", { text: units, least: 1 })}
      ${this.#slider("on_hand", { text: units, least: 10 })}`;
  }

  #slider(field: NumberField, more: Partial<Slider> & { text: Slider["text"]; least: number }): TemplateResult {
    const p = store.selected!;
    const [label, unit] = T.fields[field];
    const times = more.times ?? 1;
    const max = this.#ranges.max(`${p.id} ${field}`, typeof p[field] === "number" ? p[field] * times : p[field], 2.5, more.least);
    const from = field === "annual_demand" || field === "holding_cost_rate" ? max / 200 : 0;
    return slider({
      id: field,
      label,
      unit,
      value: p[field],
      min: from,
      max,
      step: max / 200,
      set: (v) => this.#set(field, v),
      fault: productField(this.#one.error) === field ? this.#one.error!.message : undefined,
      ...more,
    });
  }

  #level(): TemplateResult {
    const [label, unit] = T.serviceLevel;
    return slider({
      id: "service_level",
      label,
      unit,
      value: store.project!.service_level,
      min: 50,
      max: 99.9,
      step: 0.1,
      times: 100,
      text: (v) => percent(v, 2),
      set: (v) => store.change((p) => void (p.service_level = v)),
      fault: productField(this.#one.error) === "service_level" ? this.#one.error!.message : undefined,
    });
  }

  #result(a: Advice): TemplateResult {
    const { currency } = store.project!;
    const r = a.recommendation;
    const input = eoqInput(a.product) as EoqInput;
    const [low, high] = nearRange(input, a.eoq);
    const [what, why] = sentences(r);
    return html`<p class="badge" data-action=${r.action}>${T.stock.actions[r.action]}</p>
      ${answer(
        [what, why],
        [
          T.stock.sureSize(qty(low), qty(high), money(a.eoq.total_annual_cost, currency), percent(NEAR)),
          T.stock.sureWhen(
            percent(r.service_level, 2),
            a.point.fill_rate === null ? "–" : percent(a.point.fill_rate, 2),
            qty(a.point.expected_shortage_per_cycle ?? 0),
          ),
        ],
      )}`;
  }

  #pictures(a: Advice): TemplateResult {
    const { currency } = store.project!;
    const input = eoqInput(a.product) as EoqInput;
    return html`<div class="seen"><div class="pictures">
        <dyo-stock-card ?dim=${this.#one.stale} .heading=${T.stock.stockTitle} .recommendation=${a.recommendation}
          .sentence=${sentences(a.recommendation)[0]} .currency=${currency} .height=${270}></dyo-stock-card>
        <dyo-eoq-curve ?dim=${this.#one.stale} .heading=${T.stock.curveTitle} .input=${input} .result=${a.eoq}
          .currency=${currency} .height=${270}></dyo-eoq-curve>
      </div>
      ${this.#steps(a, currency)}</div>`;
  }

  #steps(a: Advice, currency: string): TemplateResult {
    const cash = (v: number) => money(v, currency);
    const [q, n, t, k, h, total, r, s, mu, sd, z] = T.stock.steps;
    return figures([
      [q, qty(a.eoq.eoq)],
      [n, num(a.eoq.num_orders_per_year, 2)],
      [t, num(a.eoq.days_between_orders, 1)],
      [k, cash(a.eoq.ordering_cost)],
      [h, cash(a.eoq.holding_cost)],
      [total, cash(a.eoq.total_annual_cost)],
      [r, qty(a.point.reorder_point)],
      [s, qty(a.point.safety_stock)],
      [mu, qty(a.point.lead_time_demand_mean)],
      [sd, qty(a.point.lead_time_demand_std_dev)],
      [z, a.point.z_score === null ? "–" : num(a.point.z_score, 3)],
    ]);
  }

  #overview(): TemplateResult {
    const rows = this.#all.value ?? [];
    const count = (action: string) => num(rows.filter((r) => r.advice?.recommendation.action === action).length);
    const c = T.stock.columns;
    const heads = [c.orderQuantity, c.orderBy, c.reorderPoint, c.safetyStock, c.position, c.cover, c.cost];
    return html`<section aria-labelledby="all"><h2 id="all">${T.stock.allTitle}</h2>
      ${working(this.#all)}
      ${rows.length ? html`<p>${T.stock.allSentence(count("ORDER_NOW"), count("REDUCE_STOCK"), count("MAINTAIN"))}</p>` : nothing}
      <div class="scroll" tabindex="0" role="region" aria-labelledby="all"><table class="list">
        <thead><tr><th scope="col">${c.action}</th><th scope="col">${T.product}</th>
          ${heads.map((h) => html`<th scope="col" class="n">${h}</th>`)}</tr></thead>
        <tbody>${guard([rows, store.selected!.id], () => rows.slice(0, ROWS).map((r) => this.#row(r)))}</tbody>
      </table></div>
      <p class="tools"><button @click=${() => this.#csv(rows)}>${T.chart.csv}</button><button @click=${() => print()}>${T.chart.print}</button></p>
    </section>`;
  }

  #row({ product, advice, fault }: Row): TemplateResult {
    const name = html`<th scope="row"><button class="link" aria-label=${T.stock.show(product.id)}
      aria-current=${product.id === store.selected!.id ? "true" : nothing}
      @click=${() => this.#select(product.id)}>${product.id}</button> <span class="quiet">${product.name}</span></th>`;
    if (!advice) return html`<tr><td></td>${name}<td colspan="7" class="fault">${fault}</td></tr>`;
    const r = advice.recommendation;
    const position = r.on_hand + r.on_order;
    const order = r.action === "REDUCE_STOCK" ? T.stock.notNow : num(r.order_quantity);
    const when = r.action === "ORDER_NOW" ? T.stock.today : r.action === "REDUCE_STOCK" ? T.stock.notNow : shortDay(orderDay(r));
    return html`<tr><td><span class="badge" data-action=${r.action}>${T.stock.actions[r.action]}</span></td>${name}
      ${[
        order,
        when,
        qty(r.reorder_point),
        qty(r.safety_stock),
        qty(position),
        num(position / r.avg_daily_demand),
        money(advice.eoq.total_annual_cost, store.project!.currency),
      ].map((v) => html`<td class="n">${v}</td>`)}</tr>`;
  }

  #select(id: string): void {
    store.change((p) => void (p.selected = id));
    this.querySelector("h1")?.scrollIntoView({ block: "start" });
  }

  #csv(rows: readonly Row[]): void {
    const head = [
      "id",
      "name",
      "action",
      "order_quantity",
      "order_by",
      "reorder_point",
      "safety_stock",
      "on_hand",
      "on_order",
      "annual_cost",
    ];
    saveCsv(
      "stock",
      head,
      rows.map(({ product: p, advice: a }) => {
        const r = a?.recommendation;
        if (!a || !r) return [p.id, p.name, null, null, null, null, null, p.on_hand, p.on_order, null];
        const order = r.action !== "REDUCE_STOCK";
        return [
          p.id,
          p.name,
          r.action,
          order ? r.order_quantity : 0,
          order ? isoDay(orderDay(r)) : null,
          r.reorder_point,
          r.safety_stock,
          r.on_hand,
          r.on_order,
          a.eoq.total_annual_cost,
        ];
      }),
    );
  }
}

async function row(product: Product, service_level: Num): Promise<Row> {
  try {
    return { product, advice: await advise(product, service_level) };
  } catch (e) {
    return { product, fault: (e as Error).message };
  }
}

function byUrgency(a: Row, b: Row): number {
  const [x, y] = [a.advice?.recommendation, b.advice?.recommendation];
  if (!x || !y) return (x ? 1 : 0) - (y ? 1 : 0);
  const short = (r: typeof x) => (r.on_hand + r.on_order - r.reorder_point) / r.avg_daily_demand;
  return ORDER[x.action] - ORDER[y.action] || short(x) - short(y);
}

customElements.define("screen-stock", Stock);
