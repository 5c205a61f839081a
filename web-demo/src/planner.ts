// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of all products, computed when what it rests on has changed, for every screen that needs it. With a history, the demand of
// each product comes from its forecast: the plan writes it into the project, where the other screens find it.
import type { ReactiveControllerHost } from "lit";
import { planAll, type PlanAll } from "./advice.js";
import { data } from "./data.js";
import { project, store } from "./store.js";
import { Task } from "./task.js";

/** Each fit takes its time: with a history, all are planned again only when the settings have rested so long, in milliseconds. */
const REST = 400;

class Planner extends EventTarget {
  readonly task: Task<PlanAll>;
  #asked = "";
  #answered = "";
  #selectedFor = "";
  #compared: boolean | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const host: ReactiveControllerHost = {
      addController: () => {},
      removeController: () => {},
      requestUpdate: () => this.dispatchEvent(new Event("change")),
      updateComplete: Promise.resolve(true),
    };
    this.task = new Task<PlanAll>(host, async ({ signal, progress }) => {
      const key = this.#key;
      const answer = await planAll({ signal, progress });
      this.#answered = this.#history;
      this.#write(answer);
      if (key === this.#key) this.#asked = key;
      return answer;
    });
  }

  /** Whether the demand of the products is known: typed in, or forecast from this history. */
  get settled(): boolean {
    return !store.project?.history || (this.#answered === this.#history && this.#ready);
  }

  /** Plans again if something has changed. */
  update(): void {
    if (!store.project?.products.length || !this.#ready) return;
    const key = this.#key;
    if (key === this.#asked) return;
    this.#asked = key;
    clearTimeout(this.#timer);
    const settings = store.project.history?.compare === this.#compared;
    this.#compared = store.project.history?.compare;
    if (store.project.history && settings && this.#answered === this.#history) this.#timer = setTimeout(() => this.task.run(), REST);
    else void this.task.restart();
  }

  /** Which models the answer rests on. */
  get models(): string {
    return this.task.value?.rows.map((r) => r.rec?.model_type).join() ?? "";
  }

  again(): void {
    this.#asked = "";
    this.update();
  }

  get #ready(): boolean {
    const p = store.project;
    return !p?.history || (data.reading !== undefined && p.products.every((x) => data.reading!.names.includes(x.id)));
  }
  get #history(): string {
    return JSON.stringify([data.reading?.of, store.project?.history?.file, store.project?.history?.frequency, store.project?.history?.aggregate]);
  }
  get #key(): string {
    const p = store.project!;
    const facts = p.products.map((x) => {
      const { annual_demand, demand_std_dev, name: _, assumed: __, ...rest } = x;
      return p.history ? rest : { ...rest, annual_demand, demand_std_dev };
    });
    return JSON.stringify([p.history ? this.#history : "", p.history?.compare, p.name, p.service_level, p.whole_lots, facts]);
  }

  /** The demand that the forecasts found; and the product that cannot wait is the one on the screen, once for each history. */
  #write({ rows }: PlanAll): void {
    const p = store.project;
    if (!p?.history) return;
    const found = new Map(rows.map((r) => [r.product.id, r.rec]));
    store.change((x) => {
      for (const product of x.products) {
        const rec = found.get(product.id);
        if (rec) [product.annual_demand, product.demand_std_dev] = [rec.annual_demand, rec.forecast.std_dev];
      }
      if (!(Number(x.budget) > 0) || !(Number(x.storage_capacity) > 0)) {
        const usual = project({ products: x.products }); // limits that bind, now that demand is known
        [x.budget, x.storage_capacity] = [usual.budget, usual.storage_capacity];
      }
      if (this.#selectedFor !== this.#history && rows[0]) x.selected = rows[0].product.id;
    });
    this.#selectedFor = this.#history;
  }
}

export const planner = new Planner();
