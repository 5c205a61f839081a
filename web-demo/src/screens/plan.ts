// SPDX-License-Identifier: GPL-3.0-or-later
// #/plan : how do I spend a limited budget?
import { html, nothing, type TemplateResult } from "lit";
import { saveCsv } from "../download.js";
import { engine, type Failure } from "../engine.js";
import type { PlanBar } from "../elements/plan-bars.js";
import "../elements/plan-bars.js";
import type { BudgetPoint } from "../elements/budget-curve.js";
import "../elements/budget-curve.js";
import { currencyName, money, num, percent, qty, tinyPercent, typed, untyped } from "../format.js";
import { alone, budgetField, check, fieldIn, isPlan, numberOr0, setBudget, togetherInput, type Together as Plan } from "../limits.js";
import { planner } from "../planner.js";
import { product, store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import type { Basis, Num, NumberField, Product, State } from "../types.js";
import { waiting } from "../waiting.js";
import { Ranges, Screen, answer, empty, errorPanel, settle, slider, unlessTyping, working } from "../ui.js";

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
  #plan = new Task<Plan>(this, ({ signal, progress }) => engine.call("inventory.multi_product", togetherInput(), { signal, progress }));
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
    const { budget: _, ...rest } = togetherInput();
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
    const { budget: _, ...rest } = togetherInput();
    const free = await engine.call("inventory.multi_product", rest, { signal });
    const enough = alone(free).money;
    const points: BudgetPoint[] = [];
    for (let i = 0; i < CURVE_POINTS; i++) {
      const budget = Number((enough * TIGHTEST * (WIDEST / TIGHTEST) ** (i / (CURVE_POINTS - 1))).toPrecision(3));
      const r = await engine.call("inventory.multi_product", { ...rest, budget }, { signal });
      if (isNumber(r.total_annual_cost)) points.push({ budget, total_annual_cost: r.total_annual_cost });
    }
    return points;
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
        ${r && isPlan(r) ? this.#pictures(r) : nothing}
      </div>
      ${this.#table(r)}`;
  }

  #settings(): TemplateResult {
    const p = store.project!;
    const free = alone(this.#plan.value);
    const unit = (n: string) => `${n} ${T.plural(p.storage_unit)}`;
    const room = this.#ranges.max(`room ${p.name}`, Math.max(free.room, numberOr0(p.storage_capacity)), 1, 10);
    const at = fieldIn(this.#plan.error);
    return html`${budgetField(this.#ranges, this.#plan.value, this.#plan.error)}
      ${check(T.plan.limitStorage, "limit_storage")}
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
      ${check(T.plan.whole, "whole_lots")}`;
  }

  #result(r: Plan): TemplateResult {
    const p = store.project!;
    if (!isPlan(r)) return this.#noPlan(r);
    const room = (v: number) => `${num(v)} ${T.plural(p.storage_unit)}`;
    const [said, sure] = this.#sentences(r);
    return html`${answer(said, sure)}
      <div class="meters">
        ${p.limit_budget ? meter(T.plan.meterBudget, r.budget_used ?? 0, numberOr0(p.budget), (v) => money(v, p.currency)) : nothing}
        ${p.limit_storage ? meter(T.plan.meterStorage, r.storage_used ?? 0, numberOr0(p.storage_capacity), room) : nothing}
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
      const left = numberOr0(of) - (taken ?? 0);
      if (limit && !(price > 0) && left > numberOr0(of) * 1e-6) said.push(text(show(left)));
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
          p.limit_budget && isNumber(r.least_budget) && r.least_budget > numberOr0(p.budget)
            ? set("budget", r.least_budget, T.plan.leastBudget, (v) => money(v, p.currency))
            : nothing
        }
        ${
          p.limit_storage && isNumber(r.least_storage) && r.least_storage > numberOr0(p.storage_capacity)
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
      const unit = numberOr0(products[i]?.unit_cost ?? 0);
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
        const digits = f === "annual_demand" && store.project!.history ? 6 : 12; // what a forecast found has more than a person reads
        const shown = typed(typeof x[f] === "number" ? Number((x[f] * times).toPrecision(digits)) : x[f]);
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

const setBasis = (v: Basis): void => store.change((p) => void (p.basis = v));
const valueOf = (e: Event): string => (e.target as HTMLInputElement | HTMLSelectElement).value;
const isNumber = (v: unknown): v is number => typeof v === "number";

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
