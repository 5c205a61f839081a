// SPDX-License-Identifier: GPL-3.0-or-later
// #/forecast : what comes next? A quick model draws the first picture; the model asked for replaces it.
import { html, nothing, svg, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { data, type Shown } from "../data.js";
import { engine, type Failure, type Out } from "../engine.js";
import { dataPeriod, num, percent, qty, steps, unitOf } from "../format.js";
import "../elements/forecast-chart.js";
import { store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import type { Analysis, State } from "../types.js";
import { TUNE } from "../texts-tune.js";
import { DAYS } from "../texts-days.js";
import { daysOf, eventAt, eventFields, holidaysOf } from "./forecast-days.js";
import { Tuning, modelName, settingsText, type Params, type Subject } from "./forecast-tune.js";
import { Screen, answer, empty, errorPanel, fieldOf, figures, sentenceOf, slider, working } from "../ui.js";

type Forecast = Out<"forecast.create">;
type Analyzed = Out<"forecast.analyze">;
type Turns = Out<"forecast.changepoints">;
type Parts = Out<"forecast.decompose">;

/** An answer and the question it answers. */
interface Of<V> {
  key: string;
  value: V;
}

/** The inner band for each outer one. */
const INNER: Record<number, number> = { 0.8: 0.5, 0.9: 0.5, 0.95: 0.8, 0.99: 0.8 };
/** The core's remark about a model without parts, which the screen shows by their absence. */
const NO_PARTS = /has no components\.$/;
/** Drawn at once, while the models are compared. */
const QUICK = "theta";
/** Without a choice, so much history is shown: this many horizons, but no fewer values than these. */
const RECENT = 4;
const LEAST = 90;
const YEAR: Record<string, number> = { H: 8760, D: 365, W: 52, M: 12, Q: 4, Y: 1 };

class ForecastScreen extends Screen {
  #shown = new Task<Of<Shown>>(this, async () => ({ key: this.#seriesKey, value: await data.points(this.#history!.series) }));
  #quick = new Task<Of<Forecast>>(this, ({ signal }) => this.#forecast(QUICK, signal, () => {}));
  #best = new Task<Of<Forecast>>(this, ({ signal, progress }) => this.#forecast(this.#history!.model, signal, progress));
  #rival = new Task<Of<Forecast>>(this, async ({ signal, progress }) => {
    const key = this.#rivalKey;
    return { ...(await this.#forecast(this.#history!.rival!, signal, progress)), key };
  });
  #like = new Task<Of<Analyzed>>(this, async ({ signal }) => {
    const key = this.#seriesKey;
    return { key, value: await engine.call("forecast.analyze", { series: this.#reference }, { signal }) };
  });
  #turns = new Task<Of<Turns>>(this, async ({ signal }) => {
    const key = this.#turnsKey;
    const holidays = holidaysOf(this.#history);
    return { key, value: await engine.call("forecast.changepoints", { series: this.#reference, ...(holidays ? { holidays } : {}) }, { signal }) };
  });
  #parts = new Task<Of<Parts>>(this, async ({ signal }) => {
    const key = this.#seriesKey;
    return { key, value: await engine.call("forecast.decompose", { series: this.#reference, robust: true }, { signal }) };
  });
  #tuning = new Tuning(this, () => this.#tunable);
  #words = new Task<string[]>(this, () => engine.ask("core.words", { op: "forecast.create", field: "model_type" }));
  #asked = "";
  #askedSeries = "";
  #rivalAsked = "";
  #range = "recent";
  #open = false;
  #daysOpen = false;
  #daysText = "[]";
  #daysList: readonly { date: string; word: string }[] = [];

  get #history(): Analysis | undefined {
    return store.project?.history;
  }
  get #reference(): never {
    return data.reference(this.#history!.series);
  }
  get #seriesKey(): string {
    const h = this.#history;
    return JSON.stringify([data.reading?.of, h?.series, h?.frequency, h?.aggregate]);
  }
  get #key(): string {
    const h = this.#history;
    return JSON.stringify([this.#seriesKey, h?.horizon, h?.model, h?.confidence, this.#params, holidaysOf(h)]);
  }
  get #rivalKey(): string {
    const h = this.#history;
    return JSON.stringify([this.#seriesKey, h?.horizon, h?.rival, h?.confidence, holidaysOf(h)]);
  }
  get #turnsKey(): string {
    return JSON.stringify([this.#seriesKey, holidaysOf(this.#history)]);
  }
  /** Tuned settings, while their model and series are chosen. */
  get #params(): Params | undefined {
    const h = this.#history;
    return h?.tuned?.model === h?.model && h?.tuned?.series === h?.series ? h?.tuned?.params : undefined;
  }
  /** What would be tuned: the model chosen, or the one that the comparison chose. */
  get #tunable(): Subject | undefined {
    const h = this.#history;
    const model = h?.model === "auto" ? this.#now?.value.model_type : h?.model;
    if (!h || !model) return undefined;
    const holidays = holidaysOf(h);
    const input = { series: this.#reference, model_type: model as never, forecast_horizon: h.horizon, ...(holidays ? { holidays } : {}) };
    return { key: JSON.stringify([this.#seriesKey, h.horizon, model, holidays]), model, frequency: this.#frequency, input };
  }
  get #ready(): boolean {
    return !!this.#history && !!data.reading?.names.includes(this.#history.series);
  }

  protected override get state(): State {
    if (!this.#history) return "empty";
    if (!this.#ready) return data.state === "ready" ? "empty" : data.state;
    if (this.#best.error) return "error";
    return this.#best.value ? this.#best.state : "working";
  }

  protected override compute(): void {
    if (!this.#ready) return;
    if (this.#words.state === "empty") this.#words.run();
    const [key, series] = [this.#key, this.#seriesKey];
    if (this.#history!.rival && this.#rivalAsked !== this.#rivalKey) {
      this.#rivalAsked = this.#rivalKey;
      void this.#rival.restart();
    }
    if (key === this.#asked) return;
    this.#tuning.stop();
    if (series !== this.#askedSeries) {
      void this.#shown.restart();
      if (this.#history!.model === "auto") void this.#quick.restart();
      void this.#best.restart();
      void this.#like.restart();
      void this.#turns.restart();
      if (this.#open) void this.#parts.restart();
    } else {
      if (this.#turns.value?.key !== this.#turnsKey) void this.#turns.restart();
      if (this.#history!.model === "auto") void this.#quick.restart();
      void this.#best.restart();
    }
    [this.#asked, this.#askedSeries] = [key, series];
  }

  async #forecast(model_type: string, signal: AbortSignal, progress: (p: { fraction: number; stage: string }) => void): Promise<Of<Forecast>> {
    const h = this.#history!;
    const key = this.#key;
    const series = this.#reference;
    const { values } = await data.points(h.series);
    const confidence_level = [INNER[h.confidence] ?? 0.8, h.confidence];
    const input = { series, model_type, forecast_horizon: h.horizon, confidence_level, non_negative: values.every((v) => !(v < 0)) };
    const holidays = holidaysOf(h);
    const whole = { include_components: true, ...(this.#params && model_type === h.model ? { params: this.#params } : {}), ...(holidays ? { holidays } : {}) };
    const more = model_type === QUICK && h.model !== QUICK ? { folds: 0 } : whole;
    return { key, value: await engine.call("forecast.create", { ...input, ...more } as never, { signal, progress }) };
  }

  /** The newest answer: the model asked for, or for the time being the quick one. */
  get #now(): Of<Forecast> | undefined {
    const [best, quick] = [this.#best.value, this.#quick.value];
    if (best?.key === this.#key) return best;
    if (quick?.key === this.#key) return quick;
    const other = (o: Of<Forecast> | undefined) => o && JSON.parse(o.key)[0] === this.#seriesKey;
    return other(best) ? best : other(quick) ? quick : undefined;
  }

  protected override render(): TemplateResult {
    const h = this.#history;
    const t = T.forecast;
    if (!h) return html`<h1>${t.title}</h1>${empty(store.project ? T.data.emptyList(num(store.project.products.length)) : t.empty)}`;
    if (!this.#ready)
      return html`<h1>${t.title}</h1>${errorPanel(data.task.error, () => void data.restore())}${working(data.task)}
        ${data.state === "ready" ? html`<p>${t.noSeries} <a class="button" href="#/data">${t.toData}</a></p>` : nothing}`;
    const e = this.#best.error;
    const now = this.#now;
    return html`<div class="head"><h1>${t.title}</h1>${this.#series(h)}</div>
      <div class="work">
        <div class="result" ?data-dim=${now?.key !== this.#key}>
          ${errorPanel(e, () => void this.#best.restart(), e && this.#where(e))}
          ${this.#working()}
          ${now ? this.#sentences(now.value) : nothing}
        </div>
        <div class="seen">${this.#picture(now)}</div>
        <form class="settings" @submit=${(ev: Event) => ev.preventDefault()}>${this.#settings(h)}</form>
      </div>
      ${now && h.rival ? this.#besides(now.value, h) : nothing}
      ${now ? this.#more(now.value) : nothing}`;
  }

  #working(): TemplateResult | typeof nothing {
    const first = this.#quick.value?.key === this.#key;
    if (this.#best.state === "working" && !this.#best.at.stage && first) {
      const at = { ...this.#best.at, stage: T.forecast.quick(modelName(QUICK)) };
      return working({ state: "working", at, cancel: () => this.#best.cancel() });
    }
    return working(this.#best);
  }

  #where(e: Failure): string {
    const event = eventAt(this.#history!, e);
    if (event) return event.name;
    return { forecast_horizon: T.forecast.horizon, model_type: T.forecast.model }[fieldOf(e.path)] ?? this.#history!.series;
  }

  #change(how: (h: Analysis) => void): void {
    store.change((p) => p.history && how(p.history));
  }

  #series(h: Analysis): TemplateResult {
    const names = data.reading!.names;
    const change = (e: Event) => {
      const name = (e.target as HTMLSelectElement).value;
      store.change((p) => {
        p.history!.series = name;
        if (p.products.some((x) => x.id === name)) p.selected = name;
      });
    };
    return html`<div class="pick"><label for="series">${T.forecast.series}</label><select id="series" @change=${change}>
      ${guard([data.reading!.of, h.series], () => names.map((n) => html`<option value=${n} .selected=${n === h.series}>${n}</option>`))}
    </select></div>`;
  }

  #settings(h: Analysis): TemplateResult {
    const t = T.forecast;
    const frequency = this.#frequency;
    const words = this.#words.value ?? [h.model];
    const at = this.#best.error ? fieldOf(this.#best.error.path) : "";
    return html`<h2>${t.settings}</h2>
      ${slider({
        id: "horizon",
        label: t.horizon,
        unit: unitOf(frequency)[1],
        value: h.horizon,
        min: 1,
        max: 365,
        step: 1,
        text: (v) => steps(v, frequency),
        set: (v) => this.#change((x) => void (x.horizon = v)),
        fault: at === "forecast_horizon" ? this.#best.error!.message : undefined,
      })}
      <div class="pick"><label for="model">${t.model}</label>
        <select id="model" @change=${(e: Event) => this.#change((x) => void (x.model = (e.target as HTMLSelectElement).value))}>
          ${words.map((w) => html`<option value=${w} .selected=${w === h.model}>${modelName(w)}</option>`)}
        </select></div>
      ${this.#tuning.ask()}
      <div class="pick"><label for="rival">${t.rival}</label>
        <select id="rival" @change=${(e: Event) => this.#change((x) => void (x.rival = (e.target as HTMLSelectElement).value))}>
          <option value="" .selected=${!h.rival}>${t.noRival}</option>
          ${words.filter((w) => w !== "auto" && w !== h.model).map((w) => html`<option value=${w} .selected=${w === h.rival}>${modelName(w)}</option>`)}
        </select></div>
      <div class="pick"><label for="confidence">${t.confidence}</label>
        <select id="confidence" @change=${(e: Event) => this.#change((x) => void (x.confidence = Number((e.target as HTMLSelectElement).value)))}>
          ${Object.entries(INNER).map(([outer, inner]) => html`<option value=${outer} .selected=${Number(outer) === h.confidence}>${t.confidenceOf(percent(inner), percent(Number(outer)))}</option>`)}
        </select></div>
      ${eventFields(h, this.#best.error, this.#daysOpen, (open) => void (this.#daysOpen = open), (how) => this.#change(how))}`;
  }

  get #frequency(): string {
    return this.#now?.value.frequency ?? this.#shown.value?.value.frequency ?? "";
  }

  #sentences(f: Forecast): TemplateResult {
    const t = T.forecast;
    const unit = unitOf(f.frequency)[0];
    const last = f.predictions.length - 1;
    const band = widest(f);
    const said = [
      t.point(
        dataPeriod(f.dates[last]!, f.frequency ?? ""),
        qty(f.predictions[last]!),
        qty(band.lower[last]!),
        qty(band.upper[last]!),
        band.confidence_level,
      ),
    ];
    const total = f.predictions.reduce((a, b) => a + b, 0);
    if (last > 0 && f.predictions.every((v) => v >= 0))
      said.unshift(t.total(steps(last + 1, f.frequency), qty(total), qty(total / (last + 1)), unit));
    return answer(said, this.#sure(f, unit, band.confidence_level));
  }

  #sure(f: Forecast, unit: string, level: string): string[] {
    const t = T.forecast;
    const name = modelName(f.model_type);
    const form = f.diagnostics?.form ? `${name} (${named(f.diagnostics.form)})` : name;
    const how = f.selection?.reason ? sentenceOf(named(f.selection.reason)) : this.#params && f.model_type === this.#history!.model ? TUNE.with(settingsText(this.#params)) : "";
    const sure = [t.by(form, how)];
    const a = f.accuracy_metrics;
    if (!a || a.mae === null) return this.#best.value?.value === f ? [...sure, t.noBacktest] : sure;
    const mean = this.#mean;
    sure.push(
      [
        t.backtest(qty(a.mae), mean > 0 ? t.share(percent(a.mae / mean, 0)) : "", unit),
        a.mase === null ? "" : t.mase(num(a.mase, 2, true), a.mase < 1),
        a.coverage === null ? "" : t.held(percent(a.coverage, 0), level),
      ]
        .filter(Boolean)
        .join(" "),
    );
    return sure;
  }

  /** Of the history as it is shown. */
  get #mean(): number {
    const values = this.#shown.value?.value.values ?? new Float64Array();
    let [n, sum] = [0, 0];
    for (const v of values) if (!Number.isNaN(v)) [n, sum] = [n + 1, sum + v];
    return n ? sum / n : 0;
  }

  #picture(now: Of<Forecast> | undefined): TemplateResult | typeof nothing {
    const shown = this.#shown.value;
    if (!shown || shown.key !== this.#seriesKey) return nothing;
    const series = shown.value;
    const marks = this.#like.value?.key === this.#seriesKey ? this.#like.value.value.outliers : [];
    const h = this.#history!;
    const ahead = now?.value.predictions.length ?? (Number(h.horizon) || 1);
    const recent = Math.max(LEAST, RECENT * ahead);
    const year = YEAR[series.frequency] ?? 0;
    const ranges = Object.keys(T.forecast.ranges).filter((r) => r !== "year" || (year > 1 && year < series.values.length));
    const seen = this.#range === "all" ? 0 : this.#range === "year" ? year : recent;
    return html`${recent < series.values.length ? this.#ranges(ranges) : nothing}
      <dyo-forecast-chart ?dim=${now !== undefined && now.key !== this.#key} .heading=${T.forecast.heading(series.name, steps(ahead, this.#frequency))}
        .series=${series} .forecast=${now?.value} .seen=${seen} .height=${360} .sentence=${now ? this.#said(now.value) : series.name}
        .days=${this.#days(h)} .bends=${this.#bends()} .marks=${guardMarks(this.#like.value?.value.outliers, marks)}></dyo-forecast-chart>`;
  }

  /** Two models side by side: their pictures, and how far off each was in the past. */
  #besides(now: Forecast, h: Analysis): TemplateResult {
    const t = T.forecast;
    const rival = this.#rival.value?.key === this.#rivalKey ? this.#rival.value.value : undefined;
    const unit = unitOf(this.#frequency)[0];
    const series = this.#shown.value?.value;
    const seen = Math.max(LEAST, RECENT * now.predictions.length);
    const off = (f: Forecast) => (typeof f.accuracy_metrics?.mae === "number" ? t.backtest(qty(f.accuracy_metrics.mae), "", unit) : t.noBacktest);
    const one = (f: Forecast, dim: boolean) => html`<div data-model=${f.model_type}>
      <dyo-forecast-chart ?dim=${dim} .heading=${modelName(f.model_type)} .height=${240} .sentence=${`${modelName(f.model_type)}. ${this.#said(f)}`} .series=${series} .forecast=${f} .seen=${seen}></dyo-forecast-chart>
      <p class="sure">${this.#said(f)} ${off(f)}</p></div>`;
    return html`<section aria-labelledby="besides"><h2 id="besides">${t.besides}</h2>
      ${errorPanel(this.#rival.error, () => void this.#rival.restart(), modelName(h.rival!))}${working(this.#rival)}
      ${rival ? html`<div class="pictures">${one(now, false)}${one(rival, this.#rival.stale)}</div>` : nothing}</section>`;
  }

  #said(f: Forecast): string {
    const last = f.predictions.length - 1;
    const band = widest(f);
    return T.forecast.point(
      dataPeriod(f.dates[last]!, f.frequency ?? ""),
      qty(f.predictions[last]!),
      qty(band.lower[last]!),
      qty(band.upper[last]!),
      band.confidence_level,
    );
  }

  #ranges(list: readonly string[]): TemplateResult {
    const choose = (r: string) => {
      this.#range = r;
      this.requestUpdate();
    };
    return html`<fieldset class="levels ranges"><legend>${T.forecast.seen}</legend>${list.map(
      (r) => html`<label><input type="radio" name="range" value=${r} .checked=${r === this.#range} @change=${() => choose(r)}><span>${T.forecast.ranges[r]}</span></label>`,
    )}</fieldset>`;
  }

  #more(f: Forecast): TemplateResult {
    const warnings = f.warnings.filter((w) => !NO_PARTS.test(w));
    return html`<div class="pictures">${this.#candidates(f)}${this.#tuning.result(this.#params, (p) => this.#use(p))}${this.#about()}</div>
      ${this.#consists(f)}${this.#diagnostics(f)}${this.#components()}
      ${warnings.length ? html`<section aria-labelledby="remarks"><h2 id="remarks">${T.forecast.warnings}</h2><ul class="remarks">${warnings.map((w) => html`<li>${sentenceOf(w)}</li>`)}</ul></section>` : nothing}
      <p class="tools"><a class="button" href="#/stock">${T.forecast.toStock}</a></p>`;
  }

  #use(params: Params | undefined): void {
    const model = this.#tunable?.model;
    this.#change((h) => {
      delete h.tuned;
      if (!params || !model) return;
      h.tuned = { series: h.series, model, params };
      h.model = model;
    });
  }

  /** The models compared, best first: bars from zero, with a mark at 1. */
  #candidates(f: Forecast): TemplateResult | typeof nothing {
    const t = T.forecast;
    const list = [...(f.selection?.candidates ?? [])].sort((a, b) => (a.score ?? Infinity) - (b.score ?? Infinity));
    if (list.length < 2) return nothing;
    const most = Math.max(1, ...list.map((c) => c.score ?? 0));
    const x = (v: number) => Math.round((v / most) * 1580) / 10;
    return html`<section aria-labelledby="candidates"><h2 id="candidates">${t.candidatesTitle}</h2><p class="quiet">${t.candidatesSay}</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="candidates"><table class="list bars">
        <thead><tr><th scope="col">${t.candidatesHead[0]}</th><th scope="col" class="n">${t.candidatesHead[1]}</th><td></td></tr></thead>
        <tbody>${list.map(
          (c) => html`<tr data-model=${c.model_type}><th scope="row">${modelName(c.model_type)}${c.weight > 0 ? html` <span class="badge" data-action="MAINTAIN">${c.weight < 1 ? percent(c.weight, 0) : t.chosen}</span>` : nothing}</th>
          <td class="n">${c.score === null ? t.notMeasured : num(c.score, 3, true)}</td>
          <td><svg width="160" height="16" viewBox="0 0 160 16" preserveAspectRatio="none" aria-hidden="true">${
            c.score === null ? "" : svg`<rect class=${c.weight > 0 ? "bar on" : "bar"} x="0" y="2" width=${x(c.score)} height="12" />`
          }<line class="one" x1=${x(1)} x2=${x(1)} y1="0" y2="16" /></svg></td></tr>`,
        )}</tbody></table></div></section>`;
  }

  #about(): TemplateResult | typeof nothing {
    const like = this.#like.value;
    if (like?.key !== this.#seriesKey) return nothing;
    const t = T.forecast;
    const a = like.value;
    const lines = [
      t.trend(a.has_trend, num(a.trend_strength ?? 0, 2)),
      a.has_seasonality ? t.season(a.seasonal_periods.map((p) => steps(p, a.frequency)).join(t.and), num(a.seasonal_strength ?? 0, 2)) : t.noSeason,
      ...(a.outliers.length ? [t.outliers(num(a.outliers.length))] : []),
      ...(a.intermittent ? [t.intermittent(a.demand_class)] : []),
      ...(this.#turns.value?.key === this.#turnsKey && this.#bends().length ? [DAYS.bends(num(this.#bends().length), this.#bends().length === 1)] : []),
      sentenceOf(a.reason),
    ];
    return html`<section aria-labelledby="like"><h2 id="like">${t.aboutTitle}</h2>${lines.map((l) => html`<p>${l}</p>`)}</section>`;
  }

  #diagnostics(f: Forecast): TemplateResult {
    const t = T.forecast.diagnostics;
    const d = f.diagnostics;
    const a = f.accuracy_metrics;
    const list: [string, string][] = [];
    const put = (key: string, v: string | number | null | undefined, write = (x: number) => num(x, 3)) => {
      if (v === null || v === undefined || v === "") return;
      list.push([t[key] ?? key, typeof v === "number" ? write(v) : v]);
    };
    put("form", d?.form && named(d.form));
    if (d?.order) put("order", `(${d.order.join(",")})${d.seasonal_order?.some((o, i) => i < 3 && o > 0) ? `(${d.seasonal_order.slice(0, 3).join(",")})${d.seasonal_order[3]}` : ""}`);
    put("seasonal_periods", f.seasonal_periods.map((p) => steps(p, f.frequency)).join(", "));
    put("log_likelihood", d?.log_likelihood);
    put("aicc", d?.aicc);
    put("bic", d?.bic);
    put("sigma", d?.sigma2 === null || d?.sigma2 === undefined ? null : Math.sqrt(d.sigma2));
    put("ljung_box_p", d?.ljung_box_p);
    for (const key of ["mae", "rmse"] as const) put(key, a?.[key], qty);
    for (const key of ["mape", "smape"] as const) put(key, a?.[key], (v) => percent(v / 100));
    for (const key of ["mase", "rmsse", "pinball"] as const) put(key, a?.[key]);
    put("coverage", a?.coverage, (v) => percent(v));
    return html`<section aria-labelledby="diagnostics"><h2 id="diagnostics">${T.forecast.diagnosticsTitle}</h2>${figures(list)}</section>`;
  }

  #components(): TemplateResult {
    const t = T.forecast;
    const toggle = (e: Event) => {
      this.#open = (e.target as HTMLDetailsElement).open;
      if (this.#open && this.#parts.value?.key !== this.#seriesKey) void this.#parts.restart();
    };
    const parts = this.#parts.value?.key === this.#seriesKey ? this.#parts.value.value : undefined;
    return html`<details class="parts" ?open=${this.#open} @toggle=${toggle}><summary>${t.partsTitle}</summary>
      ${this.#open ? html`${errorPanel(this.#parts.error, () => void this.#parts.restart())}${working(this.#parts)}${parts ? this.#lines(parts) : nothing}` : nothing}
    </details>`;
  }

  /** The parts of the forecast, of models that have them. */
  #consists(f: Forecast): TemplateResult | typeof nothing {
    const events = holidaysOf(this.#history)?.length ?? 0;
    const parts = Object.entries(f.components ?? {}).filter(([name]) => !DAYS.sums.includes(name) && !(name === "holidays" && events === 1));
    if (!parts.length) return nothing;
    return html`<section aria-labelledby="consists"><h2 id="consists">${DAYS.partsTitle}</h2><div class="pictures">${parts.map(([name, values]) => {
      const said = DAYS.parts[name] ?? name;
      return html`<dyo-forecast-chart data-part=${name} .heading=${said} .height=${170} .sentence=${said} .series=${{ name: said, values: [], dates: [], frequency: f.frequency ?? "" }} .forecast=${{ predictions: values, dates: f.dates }}></dyo-forecast-chart>`;
    })}</div></section>`;
  }

  /** Where the trend goes elsewhere, as Prophet sees it. */
  #bends(): readonly { date: string; word: string }[] {
    const turns = this.#turns.value;
    if (turns?.key !== this.#turnsKey) return NONE;
    return guardBends(turns.value);
  }

  /** One list for one text of events, so that the picture is not made again. */
  #days(h: Analysis): readonly { date: string; word: string }[] {
    const of = JSON.stringify(h.events ?? []);
    if (of !== this.#daysText) [this.#daysText, this.#daysList] = [of, daysOf(h)];
    return this.#daysList;
  }

  #lines(p: Parts): TemplateResult {
    const t = T.forecast.parts;
    const frequency = this.#frequency;
    const all: [string, readonly (number | null)[]][] = [
      [t.trend, p.trend],
      ...Object.entries(p.seasonal).map(([m, v]): [string, readonly (number | null)[]] => [t.seasonal(steps(Number(m), frequency)), v as number[]]),
      [t.remainder, p.remainder],
    ];
    return html`<div class="pictures">${all.map(
      ([name, values]) => html`<dyo-forecast-chart .heading=${name} .height=${180} .sentence=${name} .series=${{ name, values, dates: p.dates, frequency }}></dyo-forecast-chart>`,
    )}</div>`;
  }
}

/** The outer band of a forecast. */
function widest(f: Forecast) {
  const list = Array.isArray(f.confidence_intervals) ? f.confidence_intervals : [f.confidence_intervals];
  return list.reduce((a, b) => (parseFloat(b.confidence_level) > parseFloat(a.confidence_level) ? b : a));
}

const marked = new WeakMap<object, readonly { date: string; word: string }[]>();
/** The same list for the same answer, so that the picture is not made again. */
function guardMarks(of: object | undefined, list: readonly { date: string }[]): readonly { date: string; word: string }[] {
  if (!of || !list.length) return NONE;
  let made = marked.get(of);
  if (!made) marked.set(of, (made = list.map((o) => ({ date: o.date, word: T.forecast.outlierWord }))));
  return made;
}
const bent = new WeakMap<Turns, readonly { date: string; word: string }[]>();
function guardBends(of: Turns): readonly { date: string; word: string }[] {
  let made = bent.get(of);
  if (!made) bent.set(of, (made = of.changepoints.map((c) => ({ date: c.date, word: DAYS.bend(c.direction === "up") }))));
  return made;
}

/** The core's sentence with the models' names as they are on this screen. */
const named = (reason: string): string => reason.replace(/\b[a-z]+(?:_[a-z]+)?\b/g, (word) => (word in T.forecast.models && word !== "auto" && word !== "drift" ? modelName(word) : word));

const NONE: readonly { date: string; word: string }[] = [];

customElements.define("screen-forecast", ForecastScreen);
