// SPDX-License-Identifier: GPL-3.0-or-later
// #/connections : where does data come from? With a daemon: files into its store, stored series, forecasts kept there and what
// became of them. Without one: what it adds, and the command that starts it.
import { html, nothing, type TemplateResult } from "lit";
import { dataPeriod, num, percent, qty } from "../format.js";
import "../elements/connections.js";
import "../elements/forecast-chart.js";
import "./alerts.js";
import type { ChartForecast } from "../elements/forecast-model.js";
import { remote, type Metric, type StoredForecast, type StoredSeries } from "../remote.js";
import type { Uploaded } from "../connectors.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import type { Num, State } from "../types.js";
import { Screen, errorPanel, slider, working } from "../ui.js";

/** So much history is drawn before a forecast. */
const SEEN = 120;
const t = T.connections;
const nameOf = (d: Record<string, string> | null): string => Object.values(d ?? {}).join(" · ") || t.whole;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(Object.entries(a ?? {}).sort()) === JSON.stringify(Object.entries(b ?? {}).sort());
const query = (words: Record<string, string>): string => new URLSearchParams(words).toString();

class Connections extends Screen {
  #metrics = new Task<Metric[]>(this, ({ signal }) => remote.all<Metric>("metrics/", {}, signal));
  #series = new Task<StoredSeries[]>(this, async ({ signal }) => {
    const answer = await remote.ask<{ series: StoredSeries[] }>("GET", `metrics/${encodeURIComponent(this.#metric)}`, undefined, signal);
    return answer.series;
  });
  #forecasts = new Task<StoredForecast[]>(this, ({ signal }) => remote.all<StoredForecast>("forecaster/", { metric_name: this.#metric }, signal));
  #shown = new Task<{ id: string; forecast: ChartForecast }>(this, async ({ signal }) => {
    const id = this.#id;
    const { result } = await remote.ask<{ result: ChartForecast }>("GET", `forecaster/${id}`, undefined, signal);
    return { id, forecast: result };
  });
  #work = new Task<unknown>(this, ({ signal }) => this.#job(signal));
  #job: (signal: AbortSignal) => Promise<unknown> = async () => null;
  #uploaded: Uploaded | undefined;
  #metric = "";
  #at = 0;
  #id = "";
  #horizon: Num = 30;
  #back = false;

  protected override get state(): State {
    if (!remote.token) return "ready"; // what can be done without a daemon is said
    for (const task of [this.#metrics, this.#series, this.#forecasts, this.#work]) {
      if (task.error) return "error";
      if (task.state === "working") return "working";
    }
    return this.#metrics.value ? "ready" : "working";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const given = /[?&]token=(dyo_[\w-]+)/.exec(location.hash)?.[1];
    if (given) {
      remote.keep(given, false);
      history.replaceState(null, "", "#/connections");
    }
    if (remote.token) void this.#open();
  }

  async #open(): Promise<void> {
    await this.#metrics.restart();
    const names = this.#metrics.value?.map((m) => m.metric_name) ?? [];
    if (!names.includes(this.#metric)) this.#metric = names[0] ?? "";
    if (this.#metric) await this.#look();
    this.requestUpdate();
  }

  async #look(): Promise<void> {
    await Promise.all([this.#series.restart(), this.#forecasts.restart()]);
    this.#at = Math.min(this.#at, Math.max(0, (this.#series.value?.length ?? 1) - 1));
    await this.#choose(this.#own[0]?.forecast_id ?? "");
  }

  async #choose(id: string): Promise<void> {
    this.#id = id;
    if (id) await this.#shown.restart();
    else this.#shown.clear();
    this.requestUpdate();
  }

  get #one(): StoredSeries | undefined {
    return this.#series.value?.[this.#at];
  }
  /** The stored forecasts of the series that is shown, newest first. */
  get #own(): StoredForecast[] {
    return (this.#forecasts.value ?? []).filter((f) => same(f.dimensions, this.#one?.dimensions));
  }

  async #run(job: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    this.#job = job;
    await this.#work.restart();
    this.requestUpdate();
  }

  #send(e: Event): void {
    const field = e.target as HTMLInputElement;
    const file = field.files?.[0];
    if (!file) return;
    void this.#run(async (signal) => {
      this.#uploaded = await remote.ask<Uploaded>("POST", `connectors/upload?${query({ name: file.name })}`, file, signal);
      field.value = "";
      this.#metric = this.#uploaded.series[0]?.metric_name ?? this.#metric;
      await this.#open();
    });
  }

  #forecast(): void {
    const s = this.#one;
    if (!s) return;
    void this.#run(async (signal) => {
      const to = this.#back && typeof this.#horizon === "number" ? s.dates.at(-1 - this.#horizon) : undefined;
      const request = { metric_name: this.#metric, dimensions: s.dimensions, forecast_horizon: this.#horizon, non_negative: s.values.every((v) => !(v! < 0)), ...(to ? { to } : {}) };
      const made = await remote.ask<{ forecast_id: string }>("POST", "forecaster/create", JSON.stringify(request), signal);
      await this.#forecasts.restart();
      await this.#choose(made.forecast_id);
    });
  }

  #evaluate(id: string): void {
    void this.#run(async (signal) => {
      await remote.ask("POST", `forecaster/${id}/evaluate`, undefined, signal);
      await this.#forecasts.restart();
      await this.#choose(id);
    });
  }

  protected override render(): TemplateResult {
    return html`<h1>${t.title}</h1>${remote.token && this.#metrics.error?.code !== "unauthorized" ? this.#connected() : this.#connect()}`;
  }

  #connect(): TemplateResult {
    const submit = (e: Event) => {
      e.preventDefault();
      const form = new FormData(e.target as HTMLFormElement);
      remote.keep(String(form.get("token")), form.has("remember"));
      void this.#open();
      this.requestUpdate();
    };
    return html`<div class="empty"><p class="lead">${t.lead}</p>
      <pre><code>dyocensed serve --pages web-demo/dist</code></pre>
      ${errorPanel(this.#metrics.error, () => void this.#open())}
      <form @submit=${submit}>
        <label class="pick" for="token">${t.token}<input id="token" name="token" type="password" autocomplete="off" required pattern="\\s*dyo_.+"
          title=${t.tokenLooks}></label>
        <label class="check"><input type="checkbox" name="remember">${t.remember}</label>
        <p class="actions"><button class="first">${t.connect}</button></p>
      </form></div>`;
  }

  #connected(): TemplateResult {
    const e = this.#work.error ?? this.#metrics.error ?? this.#series.error ?? this.#forecasts.error;
    const leave = () => {
      remote.forget();
      this.requestUpdate();
    };
    return html`<p class="lead">${t.what}</p>
      <p class="actions">
        <button class="first" @click=${() => this.querySelector<HTMLInputElement>("input[type=file]")?.click()}>${t.upload}</button>
        <input type="file" hidden accept=".csv,.tsv,.txt,.xlsx" aria-label=${t.upload} @change=${(ev: Event) => this.#send(ev)}>
        <button @click=${leave}>${t.leave}</button>
      </p>
      ${errorPanel(e, () => void (this.#work.error ? this.#work.restart() : this.#open()))}${working(this.#work)}
      ${this.#report()}
      <dyo-connections .token=${remote.token} @dyo-sync=${() => void this.#open()}></dyo-connections>
      <h2>${t.storedTitle}</h2>
      ${this.#metrics.value?.length === 0 ? html`<p>${t.nothing}</p>` : nothing}
      ${this.#one ? this.#stored(this.#one) : nothing}
      <screen-alerts .metrics=${(this.#metrics.value ?? []).map((m) => m.metric_name)}></screen-alerts>`;
  }

  #report(): TemplateResult | typeof nothing {
    const u = this.#uploaded;
    if (!u) return nothing;
    return html`<div class="answer" aria-live="polite"><p class="sentence">${t.taken(num(u.rows_stored), num(u.series_count), num(u.rejected_count))}</p>
      ${u.warnings.map((w) => html`<p class="sure">${w}</p>`)}
      ${u.rejected.slice(0, 10).map((r) => html`<p class="sure">${t.aside(num(r.row), r.reason)}</p>`)}</div>`;
  }

  #stored(s: StoredSeries): TemplateResult {
    const metrics = this.#metrics.value ?? [];
    const pickMetric = (e: Event) => {
      this.#metric = (e.target as HTMLSelectElement).value;
      this.#at = 0;
      void this.#look();
    };
    const pickSeries = (e: Event) => {
      this.#at = Number((e.target as HTMLSelectElement).value);
      void this.#choose(this.#own[0]?.forecast_id ?? "");
    };
    return html`<div class="work">
      <form class="settings" @submit=${(e: Event) => e.preventDefault()}><h2>${t.settings}</h2>
        <label class="pick" for="metric">${t.metric}<select id="metric" @change=${pickMetric}>
          ${metrics.map((m) => html`<option value=${m.metric_name} .selected=${m.metric_name === this.#metric}>${m.metric_name}</option>`)}</select></label>
        <label class="pick" for="stored-series">${T.forecast.series}<select id="stored-series" @change=${pickSeries}>
          ${(this.#series.value ?? []).map((x, i) => html`<option value=${i} .selected=${i === this.#at}>${nameOf(x.dimensions)}</option>`)}</select></label>
        ${slider({
          id: "stored-horizon",
          label: T.forecast.horizon,
          unit: "",
          value: this.#horizon,
          min: 1,
          max: 365,
          step: 1,
          text: (v) => num(v),
          set: (v) => {
            this.#horizon = v;
            this.requestUpdate();
          },
        })}
        <label class="check"><input type="checkbox" id="back" .checked=${this.#back}
          @change=${(e: Event) => (this.#back = (e.target as HTMLInputElement).checked)}>${t.back}</label>
        <p class="actions"><button class="first" @click=${() => this.#forecast()}>${t.forecast}</button></p>
      </form>
      <div class="seen">${this.#picture(s)}</div>
    </div>${this.#list()}`;
  }

  /** The series up to where the forecast begins, the forecast, and what has come since. */
  #picture(s: StoredSeries): TemplateResult {
    const shown = this.#shown.value?.id === this.#id ? this.#shown.value.forecast : undefined;
    const first = shown?.dates[0];
    const from = first ? s.dates.findIndex((d) => d >= first) : -1;
    const cut = from < 0 ? s.dates.length : from;
    const name = `${this.#metric} ${nameOf(s.dimensions)}`;
    const history = { name, frequency: s.frequency, dates: s.dates.slice(0, cut), values: s.values.slice(0, cut) };
    const came = { dates: s.dates.slice(cut), values: s.values.slice(cut) };
    return html`<dyo-forecast-chart heading=${name} .series=${history} .forecast=${shown} .came=${shown ? came : undefined} .seen=${shown ? SEEN : 0}></dyo-forecast-chart>`;
  }

  #list(): TemplateResult {
    const own = this.#own;
    if (!own.length) return html`<h2>${t.kept}</h2><p>${t.keptNone}</p>`;
    const since = (f: StoredForecast) => {
      const v = f.evaluation;
      if (!v) return t.notYet;
      return t.since(num(v.n), num(v.steps), v.mae === null ? "–" : qty(v.mae), v.coverage === null ? "–" : percent(v.coverage));
    };
    return html`<section aria-labelledby="kept"><h2 id="kept">${t.kept}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="kept"><table class="list">
        <thead><tr>${t.head.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
        <tbody>${own.map(
          (f) => html`<tr aria-current=${f.forecast_id === this.#id ? "true" : nothing}><th scope="row">${dataPeriod(f.created_at.slice(0, 10), "D")} ${f.created_at.slice(11, 16)}</th>
          <td>${f.model_type}</td><td>${typeof f.accuracy_metrics?.mae === "number" ? qty(f.accuracy_metrics.mae) : "–"}</td><td>${since(f)}</td>
          <td class="actions"><button @click=${() => void this.#choose(f.forecast_id)}>${t.show}</button>
            <button @click=${() => this.#evaluate(f.forecast_id)}>${t.evaluate}</button></td></tr>`,
        )}</tbody></table></div></section>`;
  }
}

customElements.define("screen-connections", Connections);
