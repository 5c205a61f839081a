// SPDX-License-Identifier: GPL-3.0-or-later
// #/about : can I trust it?
import { html, nothing, type TemplateResult } from "lit";
import { data } from "../data.js";
import { engine } from "../engine.js";
import { num } from "../format.js";
import { offline } from "../offline.js";
import { saveProject } from "../project-file.js";
import { recent } from "../recent.js";
import { rosters } from "../roster.js";
import { store } from "../store.js";
import { Task } from "../task.js";
import { taskStore } from "../tasks.js";
import { T } from "../texts.js";
import type { State } from "../types.js";
import { Screen, errorPanel } from "../ui.js";

class About extends Screen {
  /** One small call: it proves that the core answers, and its version is known afterwards. */
  #core = new Task<string>(this, async () => {
    await engine.call("inventory.eoq", { annual_demand: 1200, order_cost: 50, holding_cost_per_unit: 6 });
    return engine.version;
  });
  #asked = false;
  #deleted = false;
  #looked = "";

  protected override get sources(): EventTarget[] {
    return [...super.sources, rosters, taskStore, recent, offline];
  }
  protected override get state(): State {
    const s = this.#core.state;
    return s === "empty" ? "working" : s;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#core.run();
  }

  protected override render(): TemplateResult {
    const a = T.about;
    const facts: [string, TemplateResult | string][] = [
      [a.version, this.#version()],
      [a.licence, a.licenceText],
      [a.network, a.networkText],
      [a.browser, `${navigator.onLine ? a.online : T.offline} ${offline.kept ? a.opens : a.opensNot}`],
      [a.stored, this.#stored()],
    ];
    return html`<h1>${a.title}</h1><p class="lead">${a.lead}</p>
      ${errorPanel(this.#core.error, () => this.#core.run())}
      <dl class="facts">${facts.map(([name, what]) => html`<div><dt>${name}</dt><dd>${what}</dd></div>`)}</dl>
      <section aria-labelledby="methods"><h2 id="methods">${a.methods}</h2>
        <dl class="facts">${a.methodRows.map(([q, method, source]) => html`<div><dt>${q}</dt><dd>${method}</dd><dd class="quiet">${source}</dd></div>`)}</dl>
      </section>`;
  }

  #version(): TemplateResult {
    const a = T.about;
    const look = async () => {
      this.#looked = a.looking;
      this.requestUpdate();
      this.#looked = (await offline.look()) ? T.fresh : a.newest;
      this.requestUpdate();
    };
    return html`${a.page} ${__VERSION__} · ${a.core} ${this.#core.value ?? "…"}
      <span class="actions"><button @click=${look}>${a.look}</button> <span role="status">${this.#looked}</span></span>`;
  }

  #stored(): TemplateResult {
    const a = T.about;
    if (!store.project && !rosters.value && !taskStore.value && !recent.list.length) return html`<span role="status">${this.#deleted ? a.deleted : a.storedNothing}</span>`;
    return html`${a.storedText(`${num((store.size + (data.file?.size ?? 0) + rosters.size + taskStore.size + recent.size) / 1024, 1)} KB`)}
      <span class="actions">
        <button @click=${() => void saveProject()}>${a.saveProject}</button>
        ${this.#asked ? nothing : html`<button @click=${() => this.#ask(true)}>${a.delete}</button>`}
      </span>
      ${
        this.#asked
          ? html`<span class="ask" role="alert">${a.deleteSure} <button class="danger"
            @click=${() => this.#delete()}>${a.deleteYes}</button>
        <button @click=${() => this.#ask(false)}>${a.deleteNo}</button></span>`
          : nothing
      }`;
  }

  #ask(yes: boolean): void {
    this.#asked = yes;
    this.requestUpdate();
  }

  #delete(): void {
    this.#asked = false;
    this.#deleted = true;
    store.forget();
    rosters.forget();
    taskStore.forget();
    void data.forget();
    void recent.clear();
  }
}

customElements.define("screen-about", About);
