// SPDX-License-Identifier: GPL-3.0-or-later
// The frame: name, screens, state of the connection; and which screen the address asks for.
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { data } from "./data.js";
import { engine } from "./engine.js";
import { longDay, num } from "./format.js";
import { intake } from "./intake.js";
import { offline } from "./offline.js";
import { recent } from "./recent.js";
import { projectSize, saveProject } from "./project-file.js";
import { rosters } from "./roster.js";
import { store } from "./store.js";
import { taskStore } from "./tasks.js";
import { T } from "./texts.js";
import "./screens/start.js";

/** Screens by the word after #/. All but the first are loaded when they are asked for. */
const SCREENS: Record<string, { tag: string; load: () => Promise<unknown> }> = {
  "": { tag: "screen-start", load: async () => {} },
  data: { tag: "screen-data", load: () => import("./screens/data.js") },
  forecast: { tag: "screen-forecast", load: () => import("./screens/forecast.js") },
  stock: { tag: "screen-stock", load: () => import("./screens/stock.js") },
  plan: { tag: "screen-plan", load: () => import("./screens/plan.js") },
  tradeoffs: { tag: "screen-tradeoffs", load: () => import("./screens/tradeoffs.js") },
  staff: { tag: "screen-staff", load: () => import("./screens/staff.js") },
  tasks: { tag: "screen-tasks", load: () => import("./screens/tasks.js") },
  connections: { tag: "screen-connections", load: () => import("./screens/connections.js") },
  about: { tag: "screen-about", load: () => import("./screens/about.js") },
};

const word = (): string => decodeURIComponent(location.hash.replace(/^#\/?/, "").split("?")[0] ?? "");

class App extends LitElement {
  #word = "";
  #begun = false;
  #shown: HTMLElement | undefined;
  #main = document.createElement("main");

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#main.id = "main";
    this.#main.tabIndex = -1;
    addEventListener("hashchange", () => this.#begun && void this.#go(true));
    for (const change of ["online", "offline"]) addEventListener(change, () => this.requestUpdate());
    store.addEventListener("change", () => this.requestUpdate());
    intake.addEventListener("change", () => this.requestUpdate());
    offline.addEventListener("change", () => this.requestUpdate());
    intake.listen();
    engine.warm();
    void this.#begin();
    void engine.ready.then(() => offline.start());
  }

  /** What was kept comes first: screens find it there. */
  async #begin(): Promise<void> {
    await Promise.all([store, rosters, taskStore, recent].map((s) => s.load()));
    void data.restore();
    this.#begun = true;
    await this.#go(false);
  }

  async #go(focus: boolean): Promise<void> {
    const asked = (this.#word = word());
    const screen = Object.hasOwn(SCREENS, asked) ? SCREENS[asked] : undefined;
    const missing = await screen?.load().then(
      () => "",
      (e: unknown) => T.screenMissing(String(e)),
    );
    if (asked !== this.#word) return;
    const found = screen && !missing;
    this.#shown?.remove();
    this.#main.dataset["screen"] = asked;
    this.#main.dataset["state"] = found ? "working" : "error";
    this.#shown = document.createElement(found ? screen.tag : "p");
    if (!found) this.#shown.textContent = missing || `${T.unknownScreen(asked)} ${T.unknownScreenNext}`;
    this.#main.append(this.#shown);
    document.title = screen && asked ? `${T.screens[asked]} · ${T.brand}` : T.brand;
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector("nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
    if (focus) {
      this.#main.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }

  protected override render(): TemplateResult {
    return html`<a class="skip" href="#main" @click=${(e: Event) => this.#skip(e)}>${T.skip}</a>
      <header class="top">
        <a class="brand" href="#/">${mark()}${T.brand}</a>
        <nav aria-label=${T.nav}><ul>${Object.keys(SCREENS).map(
          (w) => html`<li>
          <a href="#/${w}" aria-current=${w === this.#word ? "page" : nothing}>${T.screens[w]}</a></li>`,
        )}</ul></nav>
        <p class="where" role="status">${navigator.onLine ? T.online : T.offline}</p>
      </header>
      ${offline.fresh ? html`<p class="notice fresh" role="status">${T.fresh} <button @click=${() => offline.reload()}>${T.reload}</button></p>` : nothing}
      ${store.kept ? nothing : this.#noRoom()}
      ${intake.over && this.#word ? html`<p class="notice">${T.start.dropNow}</p>` : nothing}
      ${intake.reading && this.#word ? html`<p class="notice" role="status">${T.start.reading(intake.reading)}</p>` : nothing}
      ${this.#main}
      <p class="made">${T.chart.made(longDay(new Date()))}</p>`;
  }

  #noRoom(): TemplateResult {
    const needs = num(Math.max(0.1, projectSize() / 2 ** 20), 1);
    return html`<p class="notice" role="alert">${T.states.noRoom(`${needs} MB`)} <button @click=${() => void saveProject()}>${T.states.copyOf}</button></p>`;
  }

  #skip(e: Event): void {
    e.preventDefault();
    this.#main.focus();
  }
}

/** The mark: a saw-tooth, the oldest picture of a stock. */
function mark(): TemplateResult {
  return html`<svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true"><path d="M2 4L11 16V4L20 16V4L26 12" fill="none"
    stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"></path></svg>`;
}

customElements.define("dyo-app", App);
