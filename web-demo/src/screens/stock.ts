// SPDX-License-Identifier: GPL-3.0-or-later
// #/stock : what do I order, and when?
import { html, nothing, svg, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { QUICK, advise, eoqInput, orderDay, productField, sentences, type Advice, type Row } from "../advice.js";
import { data } from "../data.js";
import { save, saveCsv } from "../download.js";
import { engine, type Failure } from "../engine.js";
import { dayAfter, isoDay, longDay, money, num, percent, qty, shortDay } from "../format.js";
import { NEAR, nearRange, type EoqInput } from "../elements/eoq-curve.js";
import { path, round } from "../elements/scale.js";
import "../elements/stock-card.js";
import { ahead, span, type Recommendation } from "../elements/stock-model.js";
import { calendar } from "../ics.js";
import { budgetField, isPlan, togetherInput, type Together } from "../limits.js";
import { planner } from "../planner.js";
import { store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import { NUMBER_FIELDS, type NumberField, type State } from "../types.js";
import { Ranges, Screen, answer, empty, errorPanel, figures, sentenceOf, slider, working, type Slider } from "../ui.js";

/** Cards shown at once; the CSV has all. */
const CARDS = 60;
/** Longer lists, and whole lots, take a search too long to follow a slider. */
const TOGETHER = 500;
/** Products that a class names. */
const NAMED = 6;
/** Size of a card's small picture. */
const WIDE = 260;
const TALL = 74;

class Stock extends Screen {
  #one = new Task<Advice>(this, ({ signal }) => advise(store.selected!, store.project!.service_level, planner.task.value?.asOf || undefined, { signal }));
  /** All products within the budget. */
  #together = new Task<Together>(this, ({ signal }) => engine.call("inventory.multi_product", togetherInput(false), { signal }));
  #ranges = new Ranges();
  #cards = CARDS;
  #asked = "";
  #askedTogether = "";

  protected override get sources(): EventTarget[] {
    return [...super.sources, planner];
  }

  protected override get state(): State {
    if (!store.project || !store.selected) return store.project?.history && data.state !== "ready" ? data.state : "empty";
    if (!this.#known) return planner.task.error ? "error" : data.state === "error" ? "error" : "working";
    return this.#one.state;
  }

  /** With a history the first answer is the plan of all: it chooses each model. */
  get #known(): boolean {
    return planner.settled;
  }

  protected override compute(): void {
    if (!store.selected) return;
    planner.update();
    if (!this.#known) return;
    this.#advise();
    this.#budget(); // after the product on the screen, which must not wait for all
  }

  #advise(): void {
    const key = JSON.stringify([store.selected, store.project!.service_level, store.project!.whole_lots, planner.task.value?.asOf, store.project!.history?.frequency, planner.models]);
    if (key === this.#asked) return;
    this.#asked = key;
    this.#one.run();
  }

  #budget(): void {
    const p = store.project!;
    if (!p.limit_budget || p.whole_lots || p.products.length > TOGETHER) return this.#together.clear();
    const key = JSON.stringify(togetherInput(false));
    if (key === this.#askedTogether && this.#together.value) return;
    this.#askedTogether = key;
    this.#together.run();
  }
  /** The order size of the product on the screen within the budget of all. */
  get #held(): number | undefined {
    const r = this.#together.value;
    return isPlan(r) ? (r.products.find((x) => x.id === store.selected!.id)?.order_quantity ?? undefined) : undefined;
  }

  #again(): void {
    this.#asked = "";
    planner.again();
    this.compute();
  }

  #set(field: NumberField, v: number | string): void {
    store.change(() => {
      const p = store.selected!;
      p[field] = v;
      if (p.assumed) p.assumed = p.assumed.filter((f) => f !== field);
    });
  }

  protected override render(): TemplateResult {
    const t = T.stock;
    if (!store.project) return html`<h1>${t.title}</h1>${empty(t.empty)}`;
    if (!store.selected || !this.#known)
      return html`<h1>${t.title}</h1>${errorPanel(data.task.error ?? planner.task.error, () => this.#again())}
        ${working(data.task)}${working(planner.task)}
        ${!store.selected && data.state === "ready" ? html`<p>${T.forecast.noSeries} <a class="button" href="#/data">${T.forecast.toData}</a></p>` : nothing}`;
    const e = this.#one.error;
    const a = this.#one.value;
    return html`<div class="head"><h1>${t.title}</h1>${this.#product()}</div>
      <div class="work">
        <div class="result" ?data-dim=${this.#one.stale}>
          ${errorPanel(e, () => this.#again(), this.#where(e))}
          ${working(this.#one)}
          ${a ? this.#result(a) : nothing}
        </div>
        ${a ? this.#pictures(a) : nothing}
        <form class="settings" @submit=${(ev: Event) => ev.preventDefault()}>${this.#sliders()}</form>
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
      <select id="product" @change=${(e: Event) => this.#select((e.target as HTMLSelectElement).value, false)}>
        ${store.project!.products.map((p) => html`<option value=${p.id} .selected=${p.id === chosen.id}>${p.id === p.name ? p.id : `${p.id} · ${p.name}`}</option>`)}
      </select></div>`;
  }

  #sliders(): TemplateResult {
    const { currency, history } = store.project!;
    const cash = (v: number) => money(v, currency);
    const units = (v: number) => qty(v);
    const t = T.stock;
    return html`<h2>${t.groupWhen}</h2>
      ${this.#slider("on_hand", { text: units, least: 10 })}
      ${this.#slider("lead_time_days", { text: units, least: 10 })}
      ${this.#level()}
      ${history ? nothing : this.#slider("demand_std_dev", { text: units, least: 1 })}
      <h2>${t.groupSize}</h2>
      ${history ? html`<p class="quiet">${t.fromForecast}</p><p><a class="button" href="#/forecast">${T.screens["forecast"]}</a></p>` : this.#slider("annual_demand", { text: units, least: 10 })}
      ${this.#slider("order_cost", { text: cash, unit: `${currency} ${T.fields.order_cost[1]}`, least: 5 })}
      ${history ? this.#slider("unit_cost", { text: cash, unit: `${currency} ${T.fields.unit_cost[1]}`, least: 5 }) : nothing}
      ${this.#slider("holding_cost_rate", { text: (v) => percent(v), times: 100, least: 1 })}
      <h2>${t.groupTogether}</h2>${budgetField(this.#ranges, this.#together.value, this.#together.error)}`;
  }

  #slider(field: NumberField, more: Partial<Slider> & { text: Slider["text"]; least: number }): TemplateResult {
    const p = store.selected!;
    const [label, unit] = T.fields[field];
    const times = more.times ?? 1;
    const max = this.#ranges.max(`${p.id} ${field}`, typeof p[field] === "number" ? p[field] * times : p[field], 2.5, more.least);
    const from = ["annual_demand", "holding_cost_rate", "unit_cost"].includes(field) ? max / 200 : 0;
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
      note: p.assumed?.includes(field) ? T.stock.assumed : undefined,
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
    const { rec } = a;
    const t = T.stock;
    const [what, why] = sentences(rec, a.asOf);
    const sure: string[] = [];
    if (a.eoq) {
      const [low, high] = nearRange(eoqInput(a.product) as EoqInput, a.eoq);
      sure.push(t.sureSize(qty(low), qty(high), money(a.eoq.total_annual_cost, currency), percent(NEAR)), ...this.#within(a.eoq.eoq));
    }
    sure.push(t.sureWhen(percent(rec.cycle_service_level, 2), rec.fill_rate === null ? "–" : percent(rec.fill_rate, 2), t.families[rec.demand_distribution] ?? ""));
    if (store.project!.history) sure.push(t.demandBy(T.forecast.models[rec.model_type] ?? t.noModel[rec.model_type] ?? rec.model_type));
    return html`<p class="badge" data-action=${rec.action}>${t.actions[rec.action]}</p>${answer([what, why], sure)}
      ${rec.warnings.map((w) => html`<p class="sure">${sentenceOf(w)}</p>`)}`;
  }

  /** What the budget makes of the order size. */
  #within(eoq: number): string[] {
    const { budget, currency, limit_budget } = store.project!;
    const [r, held] = [this.#together.value, this.#held];
    if (!limit_budget || !r || typeof budget !== "number") return [];
    const cash = money(budget, currency);
    if (held === undefined) return r.conflict ? [sentenceOf(r.conflict.message)] : [];
    return [held < eoq * 0.995 ? T.stock.within(cash, qty(held), qty(eoq)) : T.stock.withinFree(cash)];
  }

  #pictures(a: Advice): TemplateResult {
    const { currency } = store.project!;
    return html`<div class="seen"><div class="pictures">
        <dyo-stock-card ?dim=${this.#one.stale} .heading=${T.stock.stockTitle} .recommendation=${a.recommendation}
          .sentence=${sentences(a.rec, a.asOf)[0]} .currency=${currency} .height=${270}></dyo-stock-card>
        ${
          a.eoq
            ? html`<dyo-eoq-curve ?dim=${this.#one.stale} .heading=${T.stock.curveTitle} .input=${eoqInput(a.product) as EoqInput} .result=${a.eoq} .held=${store.project!.limit_budget ? this.#held : undefined}
          .currency=${currency} .height=${270}></dyo-eoq-curve>`
            : nothing
        }
      </div>
      ${this.#steps(a, currency)}</div>`;
  }

  #steps(a: Advice, currency: string): TemplateResult {
    const cash = (v: number) => money(v, currency);
    const s = T.stock.steps;
    const r = a.rec;
    const list: [string, string][] = a.eoq
      ? [
          [s.size, qty(a.eoq.eoq)],
          [s.orders, num(a.eoq.num_orders_per_year, 2)],
          [s.between, num(a.eoq.days_between_orders, 1)],
          [s.ordering, cash(a.eoq.ordering_cost)],
          [s.holding, cash(a.eoq.holding_cost)],
          [s.total, cash(a.eoq.total_annual_cost)],
        ]
      : [];
    list.push(
      [s.demand, qty(r.annual_demand)],
      [s.point, qty(r.reorder_point)],
      [s.safety, qty(r.safety_stock)],
      [s.leadMean, qty(r.lead_time_demand_mean)],
      [s.leadSd, qty(r.lead_time_demand_std_dev)],
      [s.cover, r.days_of_cover === null ? "–" : num(r.days_of_cover, 1)],
      [s.stockout, r.stockout_date ? shortDay(dayAfter(r.stockout_date, 0)) : "–"],
    );
    const all = planner.task.value?.rows.find((x) => x.rec?.sku === r.sku)?.rec; // a class by value takes all products
    if (all?.abc_class) list.push([s.classes, `${all.abc_class}${all.xyz_class ?? ""}`]);
    return figures(list);
  }

  /* --- all products ------------------------------------------------------------------------------------------------------- */

  #overview(): TemplateResult {
    const t = T.stock;
    const { value: all, error } = planner.task;
    const { currency } = store.project!;
    if (!all) return html`${errorPanel(error, () => this.#again())}${working(planner.task)}`;
    const { counts, total_order_value, total_potential_saving } = all.plan;
    const said = [
      t.allSentence(num(counts.order_now), num(counts.reduce_stock), num(counts.maintain)),
      ...(total_order_value > 0 ? [t.orderValue(money(total_order_value, currency))] : []),
      ...(total_potential_saving > 0 ? [t.saving(money(total_potential_saving, currency))] : []),
    ];
    const left = all.rows.length - this.#cards;
    const more = () => {
      this.#cards += 2 * CARDS;
      this.requestUpdate();
    };
    return html`<section aria-labelledby="all"><h2 id="all">${t.allTitle}</h2>
      ${working(planner.task)}
      <p>${said.join(" ")} ${all.asOf && store.project!.history ? html`<span class="quiet">${t.asOf(longDay(dayAfter(all.asOf, 0)))}</span>` : nothing}</p>
      <ul class="stock-cards" ?data-dim=${planner.task.stale}>${guard([all, store.selected!.id, this.#cards, currency], () => all.rows.slice(0, this.#cards).map((r) => this.#card(r, all.asOf)))}</ul>
      ${left > 0 ? html`<p><button @click=${more}>${T.data.more(num(Math.min(left, 2 * CARDS)))}</button></p>` : nothing}
      ${this.#classes(all.rows)}
      ${this.#compare()}
      <p class="tools"><button @click=${() => this.#csv(all.rows, all.asOf)}>${T.chart.csv}</button><button @click=${() => ics(all.rows, all.asOf)}>${T.stock.ics}</button><button @click=${() => print()}>${T.chart.print}</button></p>
      ${this.#table(all.rows, all.asOf)}
    </section>`;
  }

  /** How many products are of each class by value and by steadiness, and which. */
  #classes(rows: readonly Row[]): TemplateResult | typeof nothing {
    const t = T.stock.classes;
    const of = (abc: string, xyz: string) => rows.filter(({ rec }) => rec?.abc_class === abc && rec.xyz_class === xyz);
    if (!rows.some(({ rec }) => rec?.abc_class && rec.xyz_class)) return nothing;
    const cell = (list: readonly Row[]) => html`<td><strong>${num(list.length)}</strong> ${list.slice(0, NAMED).map(
      ({ product }) => html`<button class="link" aria-label=${T.stock.show(product.id)} @click=${() => this.#select(product.id, true)}>${product.id}</button> `,
    )}${list.length > NAMED ? html`<span class="quiet">${t.more(num(list.length - NAMED))}</span>` : nothing}</td>`;
    return html`<details class="parts"><summary>${t.title}</summary><p class="quiet">${t.say}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t.title}><table class="list classes">
        <thead><tr><td></td>${t.xyz.map(([x, words]) => html`<th scope="col">${x} <span class="unit">${words}</span></th>`)}</tr></thead>
        <tbody>${t.abc.map(([a, words]) => html`<tr><th scope="row">${a} <span class="unit">${words}</span></th>${t.xyz.map(([x]) => cell(of(a, x)))}</tr>`)}</tbody>
      </table></div></details>`;
  }

  /** A quick model at first; the best of all for each product when the person wants to wait for it. */
  #compare(): TemplateResult | typeof nothing {
    const h = store.project!.history;
    if (!h) return nothing;
    const set = (compare: boolean) => store.change((p) => p.history && void (p.history.compare = compare));
    return html`<p class="actions"><button @click=${() => set(!h.compare)}>${h.compare ? T.stock.useQuick(T.forecast.models[QUICK] ?? QUICK) : T.stock.useBest}</button>
      <span class="quiet">${h.compare ? T.stock.usesBest : T.stock.usesQuick(T.forecast.models[QUICK] ?? QUICK)}</span></p>`;
  }

  #card({ product, rec, recommendation, fault }: Row, asOf: string): TemplateResult {
    const t = T.stock;
    const now = product.id === store.selected!.id;
    const name = html`<h3><button class="link" aria-label=${t.show(product.id)} aria-current=${now ? "true" : nothing}
        @click=${() => this.#select(product.id, true)}>${product.id}</button>${product.name === product.id ? nothing : html` <span class="quiet">${product.name}</span>`}</h3>`;
    if (!rec || !recommendation) return html`<li data-sku=${product.id}>${name}<p class="fault">${fault}</p></li>`;
    const assumed = NUMBER_FIELDS.filter((f) => product.assumed?.includes(f) && ["on_hand", "lead_time_days", "unit_cost"].includes(f));
    return html`<li data-sku=${product.id} data-action=${rec.action} class=${now ? "on" : ""}>
      <p class="top-line"><span class="badge" data-action=${rec.action}>${t.actions[rec.action]}</span>
        ${rec.abc_class ? html`<span class="quiet" title=${t.classTitle}>${rec.abc_class}${rec.xyz_class ?? ""}</span>` : nothing}</p>
      ${name}<p class="do">${sentences(rec, asOf)[0]}</p>
      ${small(recommendation)}
      <p class="quiet">${t.cardLine(qty(rec.position), qty(rec.reorder_point), rec.days_of_cover === null ? "–" : num(rec.days_of_cover))}</p>
      ${assumed.length ? html`<p class="quiet">${t.assumedLine(assumed.map((f) => `${T.fields[f][0].toLowerCase()} ${num(Number(product[f]), 2)}`).join(", "))}</p>` : nothing}
    </li>`;
  }

  #table(rows: readonly Row[], asOf: string): TemplateResult {
    const c = T.stock.columns;
    const heads = [c.orderQuantity, c.orderBy, c.reorderPoint, c.safetyStock, c.position, c.cover, c.stockout];
    return html`<details class="parts"><summary>${T.chart.asTable}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${T.stock.allTitle}><table class="list">
        <thead><tr><th scope="col">${c.action}</th><th scope="col">${T.product}</th>${heads.map((h) => html`<th scope="col" class="n">${h}</th>`)}</tr></thead>
        <tbody>${guard([rows, this.#cards], () =>
          rows.slice(0, this.#cards).map(({ product, rec, fault }) => {
            const name = html`<th scope="row">${product.id}</th>`;
            if (!rec) return html`<tr><td></td>${name}<td colspan="7" class="fault">${fault}</td></tr>`;
            const day = orderDay(rec, asOf);
            const cells = [
              num(rec.action === "ORDER_NOW" ? rec.order_quantity : rec.next_order_quantity, 2),
              rec.action === "ORDER_NOW" ? T.stock.now : day ? shortDay(day) : T.stock.notNow,
              qty(rec.reorder_point),
              qty(rec.safety_stock),
              qty(rec.position),
              rec.days_of_cover === null ? "–" : num(rec.days_of_cover),
              rec.stockout_date ? shortDay(dayAfter(rec.stockout_date, 0)) : "–",
            ];
            return html`<tr><td><span class="badge" data-action=${rec.action}>${T.stock.actions[rec.action]}</span></td>${name}${cells.map((v) => html`<td class="n">${v}</td>`)}</tr>`;
          }),
        )}</tbody></table></div></details>`;
  }

  #select(id: string, scroll: boolean): void {
    store.change((p) => {
      p.selected = id;
      if (p.history && data.reading?.names.includes(id)) p.history.series = id;
    });
    if (scroll) this.querySelector("h1")?.scrollIntoView({ block: "start" });
  }

  #csv(rows: readonly Row[], asOf: string): void {
    const head = ["id", "name", "action", "order_quantity", "order_by", "reorder_point", "safety_stock", "eoq", "on_hand", "on_order", "days_of_cover", "stockout_date", "abc_class", "xyz_class", "reason"];
    saveCsv(
      "stock",
      head,
      rows.map(({ product: p, rec: r, fault }) => {
        if (!r) return [p.id, p.name, ...Array.from({ length: 6 }, () => null), p.on_hand, p.on_order, null, null, null, null, fault ?? ""];
        const day = orderDay(r, asOf);
        return [p.id, p.name, r.action, r.order_quantity, day ? isoDay(day) : null, r.reorder_point, r.safety_stock, r.eoq, p.on_hand, p.on_order, r.days_of_cover, r.stockout_date, r.abc_class, r.xyz_class, r.reason];
      }),
    );
  }
}

/** Orders that are due, each on its day. */
function ics(rows: readonly Row[], asOf: string): void {
  const events = rows.flatMap(({ rec }) => {
    const day = rec && orderDay(rec, asOf);
    if (!rec || !day || rec.action === "REDUCE_STOCK") return [];
    const quantity = rec.action === "ORDER_NOW" ? rec.order_quantity : rec.next_order_quantity;
    return quantity > 0 ? [{ uid: `order.${rec.sku}.${isoDay(day)}`, date: isoDay(day), title: T.stock.order(num(quantity, 2), rec.sku) }] : [];
  });
  save("orders.ics", "text/calendar;charset=utf-8", calendar(events, new Date()));
}

/** The small picture of a card: the stock ahead as it runs into its reorder point. The numbers stand beside it. */
function small(r: Recommendation): TemplateResult | typeof nothing {
  if (!(r.avg_daily_demand > 0 && r.order_quantity > 0)) return nothing;
  const days = span(r);
  const corners = ahead(r, days).corners;
  const top = Math.max(...corners.map(([, s]) => s), r.reorder_point, 1);
  const x = (d: number) => (d / days) * WIDE;
  const y = (s: number) => 3 + (1 - Math.max(0, s) / top) * (TALL - 6);
  const low = round(y(r.reorder_point));
  return html`<svg width=${WIDE} height=${TALL} viewBox="0 0 ${WIDE} ${TALL}" aria-hidden="true" preserveAspectRatio="none">${svg`
    <rect class="safety" x="0" y=${round(y(r.safety_stock))} width=${WIDE} height=${round(Math.max(0, y(0) - y(r.safety_stock)))} />
    <line class="base" x1="0" x2=${WIDE} y1=${round(y(0))} y2=${round(y(0))} />
    <path class="spark" d=${path(corners.map(([d, s]) => [x(d), y(s)]))} />
    <line class="point" x1="0" x2=${WIDE} y1=${low} y2=${low} />`}</svg>`;
}

customElements.define("screen-stock", Stock);
