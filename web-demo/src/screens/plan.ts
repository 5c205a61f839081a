// SPDX-License-Identifier: GPL-3.0-or-later
// #/plan : how do I spend a limited budget?
import { html, nothing, type TemplateResult } from "lit";
import { saveCsv } from "../download.js";
import { engine, type Failure, type Out } from "../engine.js";
import type { PlanBar } from "../elements/plan-bars.js";
import "../elements/plan-bars.js";
import type { BudgetPoint } from "../elements/budget-curve.js";
import "../elements/budget-curve.js";
import { currencyName, money, num, percent, qty, tinyPercent, typed, untyped } from "../format.js";
import { planner } from "../planner.js";
import { product, store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import type { Basis, Num, NumberField, Product, State } from "../types.js";
import { waiting } from "../waiting.js";
import { Ranges, Screen, answer, empty, errorPanel, settle, slider, unlessTyping, working } from "../ui.js";

type Plan = Out<"inventory.multi_product">;

/** Rows of the table that are shown at once, and bars. */
const ROWS = 100;
const BARS = 40;
/** Points of the curve of cost against budget, and the longest list it is drawn for. */
const CURVE_POINTS = 41;
const CURVE_PRODUCTS = 500;
/** Its ends, as shares of what would be spent without limits. */
const TIGHTEST = 0.05;
const WIDEST = 1.15;
/** Columns a person may change. */
const EDIT: readonly NumberField[] = ["annual_demand", "order_cost", "unit_cost", "holding_cost_rate", "storage_per_unit", "lot_size"];

class PlanScreen extends Screen {
  #plan = new Task<Plan>(this, ({ signal, progress }) => engine.call("inventory.multi_product", this.#input(), { signal, progress }));
  #curve = new Task<BudgetPoint[]>(this, ({ signal }) => this.#budgets(signal));
  #curveOf = "";
  #ranges = new Ranges();
  #rows = ROWS;

  protected override get sources(): EventTarget[] {
    return [...super.sources, planner];
  }

  protected override get state(): State {
    return store.project ? waiting(this.#plan) : "empty";
  }

  protected override compute(): void {
    if (!store.project?.products.length) return;
    planner.update();
    if (!planner.settled) return;
    this.#plan.run();
    const { budget: _, ...rest } = this.#input();
    const of = JSON.stringify(rest);
    if (!this.#drawsCurve) return this.#curve.clear();
    if (of !== this.#curveOf) this.#curve.run();
    this.#curveOf = of;
  }

  /** Whole lots take a search for each point, and long lists take long: then there is no curve. */
  get #drawsCurve(): boolean {
    const p = store.project!;
    return p.limit_budget && !p.whole_lots && p.products.length <= CURVE_PRODUCTS;
  }

  /** The best plan's cost for budgets from tight to more than enough. */
  async #budgets(signal: AbortSignal): Promise<BudgetPoint[]> {
    const { budget: _, ...rest } = this.#input();
    const free = await engine.call("inventory.multi_product", rest, { signal });
    const enough = this.#free(free).money;
    const points: BudgetPoint[] = [];
    for (let i = 0; i < CURVE_POINTS; i++) {
      const budget = Number((enough * TIGHTEST * (WIDEST / TIGHTEST) ** (i / (CURVE_POINTS - 1))).toPrecision(3));
      const r = await engine.call("inventory.multi_product", { ...rest, budget }, { signal });
      if (isNumber(r.total_annual_cost)) points.push({ budget, total_annual_cost: r.total_annual_cost });
    }
    return points;
  }

  #input() {
    const p = store.project!;
    return {
      products: p.products.map((x) => ({
        id: x.id,
        annual_demand: x.annual_demand,
        order_cost: x.order_cost,
        unit_cost: x.unit_cost,
        holding_cost_rate: x.holding_cost_rate,
        storage_per_unit: x.storage_per_unit,
        ...(p.whole_lots ? { lot_size: x.lot_size } : {}),
      })),
      ...(p.limit_budget ? { budget: p.budget } : {}),
      ...(p.limit_storage ? { storage_capacity: p.storage_capacity } : {}),
      constraint_basis: p.basis,
    };
  }

  protected override render(): TemplateResult {
    if (!store.project) return html`<h1>${T.plan.title}</h1>${empty(T.plan.empty)}`;
    const e = this.#plan.error;
    const r = this.#plan.value;
    return html`<h1>${T.plan.title}</h1>
      <div class="work">
        <div class="result" ?data-dim=${this.#plan.stale}>
          ${errorPanel(e, () => this.compute(), where(e))}
          ${working(planner.settled ? this.#plan : planner.task)}
          ${r ? this.#result(r) : nothing}
        </div>
        <form class="settings" @submit=${(ev: Event) => ev.preventDefault()}>${this.#settings()}</form>
        ${r && planned(r) ? this.#pictures(r) : nothing}
      </div>
      ${this.#table(r)}`;
  }

  /** Stock and space if every product were alone: the ends of the sliders. */
  #free(r: Plan | undefined): { money: number; room: number } {
    const p = store.project!;
    const half = p.basis === "average" ? 0.5 : 1;
    let [cash, room] = [0, 0];
    r?.products.forEach((x, i) => {
      const q = x.eoq * half;
      cash += q * Number(p.products[i]?.unit_cost ?? 0);
      room += q * Number(p.products[i]?.storage_per_unit ?? 0);
    });
    return { money: cash, room };
  }

  #settings(): TemplateResult {
    const p = store.project!;
    const free = this.#free(this.#plan.value);
    const unit = (n: string) => `${n} ${T.plural(p.storage_unit)}`;
    const budget = this.#ranges.max(`budget ${p.name}`, Math.max(free.money, number(p.budget)), 1, 100);
    const room = this.#ranges.max(`room ${p.name}`, Math.max(free.room, number(p.storage_capacity)), 1, 10);
    const at = fieldIn(this.#plan.error);
    return html`${this.#check(T.plan.limitBudget, "limit_budget")}
      ${slider({
        id: "budget",
        label: T.plan.budget[0],
        unit: `${p.currency}, ${T.plan.budget[1]}`,
        value: p.budget,
        min: budget / 200,
        max: budget,
        step: budget / 200,
        text: (v) => money(v, p.currency),
        set: setBudget,
        disabled: !p.limit_budget,
        fault: at === "budget" ? this.#plan.error!.message : undefined,
      })}
      ${this.#check(T.plan.limitStorage, "limit_storage")}
      ${slider({
        id: "storage_capacity",
        label: T.plan.storage[0],
        unit: T.plural(p.storage_unit),
        value: p.storage_capacity,
        min: room / 200,
        max: room,
        step: room / 200,
        text: (v) => unit(num(v)),
        set: (v) => store.change((x) => void (x.storage_capacity = v)),
        disabled: !p.limit_storage,
        fault: at === "storage_capacity" ? this.#plan.error!.message : undefined,
      })}
      <div class="pick"><label for="basis">${T.plan.basis}</label><select id="basis" @change=${(e: Event) => setBasis(valueOf(e) as Basis)}>
        <option value="peak" .selected=${p.basis === "peak"}>${T.plan.peak}</option>
        <option value="average" .selected=${p.basis === "average"}>${T.plan.average}</option>
      </select></div>
      ${this.#check(T.plan.whole, "whole_lots")}`;
  }

  #check(label: string, key: "limit_budget" | "limit_storage" | "whole_lots"): TemplateResult {
    return html`<label class="check"><input type="checkbox" .checked=${store.project![key]}
      @change=${(e: Event) => store.change((p) => void (p[key] = (e.target as HTMLInputElement).checked))}> ${label}</label>`;
  }

  #result(r: Plan): TemplateResult {
    const p = store.project!;
    if (!planned(r)) return this.#noPlan(r);
    const room = (v: number) => `${num(v)} ${T.plural(p.storage_unit)}`;
    const [said, sure] = this.#sentences(r);
    return html`${answer(said, sure)}
      <div class="meters">
        ${p.limit_budget ? meter(T.plan.meterBudget, r.budget_used ?? 0, number(p.budget), (v) => money(v, p.currency)) : nothing}
        ${p.limit_storage ? meter(T.plan.meterStorage, r.storage_used ?? 0, number(p.storage_capacity), room) : nothing}
      </div>`;
  }

  #pictures(r: Plan): TemplateResult {
    const p = store.project!;
    return html`<div class="pictures">
        <dyo-plan-bars ?dim=${this.#plan.stale} .heading=${T.plan.barsTitle} .bars=${this.#bars(r)} .basis=${p.basis}
          .currency=${p.currency}></dyo-plan-bars>
        ${this.#budgetCurve(r)}
      </div>`;
  }

  #budgetCurve(r: Plan): TemplateResult | typeof nothing {
    const p = store.project!;
    const points = this.#curve.value;
    if (!points?.length || !this.#drawsCurve) return nothing;
    const now =
      typeof p.budget === "number"
        ? { budget: p.budget, total_annual_cost: r.total_annual_cost ?? 0, price: r.shadow_prices?.budget ?? 0 }
        : undefined;
    return html`<dyo-budget-curve ?dim=${this.#plan.stale} .heading=${T.plan.curveTitle} .points=${points} .now=${now}
      .currency=${p.currency} .height=${300}
      @dyo-select=${(e: CustomEvent<{ point: BudgetPoint }>) => setBudget(e.detail.point.budget)}></dyo-budget-curve>`;
  }

  #sentences(r: Plan): [string[], string[]] {
    const p = store.project!;
    const cash = (v: number) => money(v, p.currency);
    const room = (v: number) => `${num(v)} ${T.plural(p.storage_unit)}`;
    const cost = r.total_annual_cost ?? 0;
    const more = percent(cost / r.unconstrained_cost - 1);
    const prices = r.shadow_prices;
    const [b, s] = [prices?.budget ?? 0, prices?.storage ?? 0];
    const used = r.budget_used ?? this.#bars(r).reduce((t, x) => t + x.investment, 0);
    const said =
      cost <= r.unconstrained_cost * (1 + 1e-9)
        ? [T.plan.sentenceFree(cash(cost), cash(used))]
        : p.limit_budget
          ? [T.plan.sentence(cash(used), cash(cost), more)]
          : [T.plan.sentenceStorage(room(r.storage_used ?? 0), cash(cost), more)];
    if (b > 0) said.push(T.plan.priceBudget(currencyName(p.currency), cash(b)));
    if (s > 0) said.push(T.plan.priceStorage(p.storage_unit, cash(s)));
    const slack = (
      limit: boolean,
      price: number,
      of: Num,
      taken: number | null,
      text: (v: string) => string,
      show: (v: number) => string,
    ) => {
      const left = number(of) - (taken ?? 0);
      if (limit && !(price > 0) && left > number(of) * 1e-6) said.push(text(show(left)));
    };
    slack(p.limit_budget, b, p.budget, r.budget_used, T.plan.budgetSlack, cash);
    slack(p.limit_storage, s, p.storage_capacity, r.storage_used, T.plan.storageSlack, room);
    const proof = r.status === "optimal" ? T.plan.sureOptimal : T.plan.sureFeasible;
    return [said, [proof(tinyPercent(r.gap ?? 0), cash(r.lower_bound ?? 0))]];
  }

  #noPlan(r: Plan): TemplateResult {
    const p = store.project!;
    const set = (key: "budget" | "storage_capacity", v: number, text: (s: string) => string, show: (n: number) => string) => {
      const enough = Math.ceil(v * 100 - 1e-6) / 100;
      return html`<button class="first" @click=${() => store.change((x) => void (x[key] = enough))}>${text(show(enough))}</button>`;
    };
    return html`${answer([T.plan.noPlan, r.conflict?.message ?? ""], [])}
      <p class="actions">
        ${
          p.limit_budget && isNumber(r.least_budget) && r.least_budget > number(p.budget)
            ? set("budget", r.least_budget, T.plan.leastBudget, (v) => money(v, p.currency))
            : nothing
        }
        ${
          p.limit_storage && isNumber(r.least_storage) && r.least_storage > number(p.storage_capacity)
            ? set("storage_capacity", r.least_storage, T.plan.leastStorage, (v) => `${num(v, 2)} ${T.plural(p.storage_unit)}`)
            : nothing
        }
      </p>`;
  }

  /** Most money first, as it would be without limits: dragging a limit does not shuffle the rows. */
  #bars(r: Plan): PlanBar[] {
    const { products, basis } = store.project!;
    const half = basis === "average" ? 0.5 : 1;
    const bars = r.products.map((x, i): PlanBar => {
      const unit = number(products[i]?.unit_cost ?? 0);
      return {
        id: x.id,
        name: products[i]?.name ?? x.id,
        order_quantity: x.order_quantity,
        eoq: x.eoq,
        orders_per_year: x.orders_per_year,
        annual_cost: x.annual_cost,
        investment: x.order_quantity * unit * half,
        free: x.eoq * unit * half,
      };
    });
    return bars.sort((a, b) => b.free - a.free).slice(0, BARS);
  }

  #table(r: Plan | undefined): TemplateResult {
    const p = store.project!;
    const c = T.plan.columns;
    const shown = p.products.slice(0, this.#rows);
    const left = p.products.length - shown.length;
    return html`<section aria-labelledby="products"><h2 id="products">${T.plan.tableTitle}</h2><p class="quiet">${T.plan.tableNote}</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="products"><table class="list edit">
        <thead><tr><th scope="col">${T.id}</th><th scope="col">${T.name}</th>
          ${EDIT.map((f) => html`<th scope="col" class="n">${T.fields[f][0]}<span class="unit">${T.fields[f][1]}</span></th>`)}
          ${[c.order_quantity, c.eoq, c.orders_per_year, c.annual_cost].map((h) => html`<th scope="col" class="n out">${h}</th>`)}
          <td></td></tr></thead>
        <tbody>${shown.map((x, i) => this.#row(x, i, r))}</tbody>
      </table></div>
      <p class="tools">
        ${left > 0 ? html`<button @click=${() => this.#more()}>${T.plan.moreRows(num(Math.min(ROWS, left)))}</button>` : nothing}
        <button @click=${() => this.#add()}>${T.plan.add}</button>
        <button @click=${() => this.#csv(r)} ?disabled=${!r}>${T.chart.csv}</button>
        <button @click=${() => print()}>${T.chart.print}</button>
      </p></section>`;
  }

  #row(x: Product, i: number, r: Plan | undefined): TemplateResult {
    const at = this.#plan.error?.path;
    const out = r?.products[i]?.id === x.id ? r.products[i] : undefined;
    const change = (how: (x: Product) => void) => store.change((p) => how(p.products[i]!));
    return html`<tr>
      <th scope="row">${x.id}</th>
      <td><input type="text" class="name" aria-label=${T.plan.of(T.name, x.id)} .value=${unlessTyping(x.name)}
        @input=${(e: Event) => change((y) => void (y.name = valueOf(e)))}></td>
      ${EDIT.map((f) => {
        const times = f === "holding_cost_rate" ? 100 : 1;
        const shown = typed(typeof x[f] === "number" ? Number((x[f] * times).toPrecision(12)) : x[f]);
        return html`<td class="n"><input type="text" inputmode="decimal" aria-label=${T.plan.of(T.fields[f][0], x.id)}
          aria-invalid=${at === `/products/${i}/${f}` ? "true" : "false"}
          .value=${unlessTyping(shown)} @blur=${settle(shown)} @input=${(e: Event) => {
            const v = untyped(valueOf(e));
            change((y) => void (y[f] = typeof v === "number" ? Number((v / times).toPrecision(12)) : v));
          }}></td>`;
      })}
      ${
        out && isNumber(out.order_quantity)
          ? [qty(out.order_quantity), qty(out.eoq), num(out.orders_per_year, 1), money(out.annual_cost, store.project!.currency)].map(
              (v) => html`<td class="n out">${v}</td>`,
            )
          : html`<td class="n out" colspan="4">–</td>`
      }
      <td><button class="remove" aria-label=${T.plan.remove(x.id)} title=${T.plan.remove(x.id)}
        ?disabled=${store.project!.products.length < 2} @click=${() => this.#remove(i)}>×</button></td>
    </tr>`;
  }

  #more(): void {
    this.#rows += ROWS;
    this.requestUpdate();
  }

  #add(): void {
    store.change((p) => {
      let n = p.products.length + 1;
      while (p.products.some((x) => x.id === T.plan.newId(n))) n++;
      p.products.push({ ...product({ id: T.plan.newId(n) }), name: T.plan.newName });
    });
    this.#rows = Math.max(this.#rows, store.project!.products.length);
  }

  #remove(i: number): void {
    store.change((p) => void p.products.splice(i, 1));
  }

  #csv(r: Plan | undefined): void {
    const names = store.project!.products;
    saveCsv(
      "plan",
      ["id", "name", "order_quantity", "eoq", "orders_per_year", "annual_cost", "investment", "storage"],
      (r?.products ?? []).map((x, i) => [
        x.id,
        names[i]?.name ?? "",
        x.order_quantity,
        x.eoq,
        x.orders_per_year,
        x.annual_cost,
        x.investment,
        x.storage,
      ]),
    );
  }
}

const planned = (r: Plan): boolean => r.status === "optimal" || r.status === "feasible";
const setBudget = (v: Num): void => store.change((p) => void (p.budget = v));
const setBasis = (v: Basis): void => store.change((p) => void (p.basis = v));
const valueOf = (e: Event): string => (e.target as HTMLInputElement | HTMLSelectElement).value;
const isNumber = (v: unknown): v is number => typeof v === "number";
const number = (v: Num): number => (typeof v === "number" ? v : 0);
const fieldIn = (e: Failure | undefined): string => (e && !e.path.startsWith("/products") ? e.path.slice(1) : "");

function where(e: Failure | undefined): string {
  if (!e) return "";
  const [, index, field] = /^\/products\/(\d+)\/(\w+)/.exec(e.path) ?? [];
  const id = index === undefined ? undefined : store.project?.products[Number(index)]?.id;
  const known = T.fields[field as NumberField];
  if (known && id) return T.states.fieldOf(known[0], id);
  return e.path === "/budget" ? T.plan.budget[0] : e.path === "/storage_capacity" ? T.plan.storage[0] : e.path;
}

function meter(label: string, used: number, of: number, show: (v: number) => string): TemplateResult {
  return html`<div><span>${label}</span> <meter min="0" max="1" .value=${of > 0 ? Math.min(1, used / of) : 0} aria-label=${label}></meter>
    <span class="quiet">${T.plan.meter(show(used), show(of))}</span></div>`;
}

customElements.define("screen-plan", PlanScreen);
