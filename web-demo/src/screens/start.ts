// SPDX-License-Identifier: GPL-3.0-or-later
// #/ : what is this? A file or the sample in, and one answer computed at once so that nobody has to believe a word.
import { html, nothing, type TemplateResult } from "lit";
import { listCsv } from "../catalogue.js";
import { data } from "../data.js";
import { save } from "../download.js";
import { engine, type Out } from "../engine.js";
import { dataDay, money, num, qty } from "../format.js";
import { intake } from "../intake.js";
import { recent } from "../recent.js";
import { store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import { NUMBER_FIELDS, type State } from "../types.js";
import { Screen, errorPanel, openSample, working } from "../ui.js";
import "../elements/eoq-curve.js";

/** Harris's problem in round numbers. */
const EXAMPLE = { annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 };

class Start extends Screen {
  #example = new Task<Out<"inventory.eoq">>(this, () => engine.call("inventory.eoq", EXAMPLE));

  protected override get state(): State {
    if (intake.reading) return "working";
    if (intake.problem) return "error";
    if (this.#example.state !== "ready") return this.#example.state === "empty" ? "working" : this.#example.state;
    return store.project ? "ready" : "empty";
  }

  protected override get sources(): EventTarget[] {
    return [...super.sources, intake, recent];
  }
  override connectedCallback(): void {
    super.connectedCallback();
    this.#example.run();
  }

  #pick = (e: Event): void => {
    const field = e.target as HTMLInputElement;
    const file = field.files?.[0];
    if (file) void intake.take(file).then(() => (field.value = ""));
  };

  async #template(): Promise<void> {
    const { sampleList } = await import("../sample.js");
    save("products.csv", "text/csv;charset=utf-8", listCsv(sampleList()));
  }

  protected override render(): TemplateResult {
    return html`<div class="hero">
        <div class="intro">
          <h1>${T.start.title}</h1>
          <p class="lead">${T.start.lead}</p>
          ${this.#open()}
        </div>
        <div class="example">${this.#show()}</div>
      </div>
      <section aria-labelledby="questions"><h2 id="questions">${T.start.next}</h2>
        <ul class="cards">${T.start.cards.map(([w, q, text]) => html`<li><a href="#/${w}"><strong>${q}</strong><span>${text}</span></a></li>`)}</ul>
      </section>
      <section aria-labelledby="columns"><h2 id="columns">${T.start.columnsTitle}</h2>
        <p>${T.start.columns} ${["id", "name", ...NUMBER_FIELDS].map((c, i) => html`${i ? ", " : ""}<code>${c}</code>`)}.</p>
        <p><button @click=${() => this.#template()}>${T.start.template}</button></p>
      </section>`;
  }

  #open(): TemplateResult {
    const p = store.project;
    return html`<div class=${intake.over ? "drop over" : "drop"}>
      <p class="actions">
        <button class="first" @click=${openSample}>${T.start.sample}</button>
        <button @click=${() => this.querySelector<HTMLInputElement>("input[type=file]")?.click()}>${T.start.open}</button>
        <input type="file" hidden accept=".csv,.tsv,.txt,.xlsx,.json,text/csv,text/plain,application/json,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" aria-label=${T.start.open} @change=${this.#pick}>
      </p>
      <p class="quiet">${intake.over ? T.start.dropNow : T.start.drop}</p>
      ${intake.reading ? html`<p class="quiet">${T.start.reading(intake.reading)}</p>${working(data.task)}` : nothing}
      ${intake.problem ? html`<p class="fault" role="alert">${intake.problem}</p>` : nothing}
      ${intake.notes.map((n) => html`<p class="note" role="status">${n}</p>`)}
      ${
        p
          ? html`<p class="resume"><a class="button" href=${p.history ? "#/data" : "#/stock"}>${T.start.resume(p.name)}</a>
            <span class="quiet">${T.start.resumeNote(num(p.products.length))}</span></p>`
          : nothing
      }
      ${recent.list.length ? this.#earlier() : nothing}
    </div>`;
  }

  #earlier(): TemplateResult {
    const t = T.start;
    return html`<h2 id="earlier" class="resume">${t.earlier}</h2><ul class="earlier" aria-labelledby="earlier">${recent.list.map(
      ({ id, name, products, left }) => html`<li><button class="link" @click=${() => void intake.resume(id, name)}>${name}</button>
        <span class="quiet">${t.earlierNote(num(products), dataDay(left))}</span>
        <button class="remove" aria-label=${t.forget(name)} title=${t.forget(name)} @click=${() => void recent.remove(id)}>×</button></li>`,
    )}</ul>`;
  }

  #show(): TemplateResult {
    const r = this.#example.value;
    return html`<h2>${T.start.exampleTitle}</h2>
      ${errorPanel(this.#example.error, () => this.#example.run())}
      ${r ? html`<p>${said(r)}</p>` : nothing}
      <dyo-eoq-curve .heading=${T.stock.curveTitle} .height=${230} .currency=${"EUR"} .input=${EXAMPLE} .result=${r}></dyo-eoq-curve>`;
  }
}

function said(r: Out<"inventory.eoq">): string {
  const cash = (v: number) => money(v, "EUR");
  const { order_cost, holding_cost_per_unit } = EXAMPLE;
  const answer = [qty(r.eoq), num(r.num_orders_per_year, 1), cash(r.total_annual_cost)] as const;
  return T.start.exampleSentence(cash(order_cost), cash(holding_cost_per_unit), ...answer);
}

customElements.define("screen-start", Start);
