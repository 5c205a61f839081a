// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of a model: searched by the core, shown with what each is worth, and used for the forecast when the person says so.
import { html, nothing, svg, type ReactiveControllerHost, type TemplateResult } from "lit";
import { engine, Failure, type In, type Loose, type Out } from "../engine.js";
import { num, steps } from "../format.js";
import { Task, type Run } from "../task.js";
import { TUNE } from "../texts-tune.js";
import { T } from "../texts.js";
import { errorPanel, working } from "../ui.js";

type Tuned = Out<"forecast.tune">;
export type Params = Record<string, unknown>;

/** What is tuned: a series by its key, and what its forecast is asked. */
export interface Subject {
  key: string;
  model: string;
  frequency: string;
  input: Loose<In<"forecast.tune">>;
}

const TRIALS = 40;
const figure = (v: number): string => num(v, 3, true);
/** Settings listed, the best first. */
const FEW = 8;

export class Tuning {
  #subject: () => Subject | undefined;
  #task: Task<{ key: string; tuned: Tuned }>;

  constructor(host: ReactiveControllerHost, subject: () => Subject | undefined) {
    this.#subject = subject;
    this.#task = new Task(host, (run) => this.#search(run));
  }

  /** What was asked is about something else now. */
  stop(): void {
    if (this.#task.state === "working") this.#task.cancel();
  }

  async #search({ signal, progress }: Run): Promise<{ key: string; tuned: Tuned }> {
    const { key, input } = this.#subject()!;
    const request = { ...(input as object), trials: TRIALS } as Loose<In<"forecast.tune">>;
    try {
      return { key, tuned: await engine.call("forecast.tune", request, { signal, progress, gently: true }) };
    } catch (e) {
      if (e instanceof Failure && e.code === "cancelled" && e.partial) return { key, tuned: e.partial as Tuned };
      throw e;
    }
  }

  /** The button, its progress, and what went wrong. */
  ask(): TemplateResult | typeof nothing {
    const s = this.#subject();
    if (!s) return nothing;
    const e = this.#task.error;
    const name = modelName(s.model);
    return html`<div class="tune">
      <button type="button" @click=${() => void this.#task.restart()} ?disabled=${this.#task.state === "working"}>${TUNE.tune(name)}</button>
      ${this.#task.state === "working" ? working(this.#task) : nothing}
      ${e?.code === "unsupported" ? html`<p class="unit" role="status">${TUNE.none(name)}</p>` : e ? errorPanel(e, () => void this.#task.restart()) : html`<p class="unit">${TUNE.note(num(TRIALS))}</p>`}
    </div>`;
  }

  /** What was tried; `used` tells the settings that the forecast has, `use` takes others or, without, none. */
  result(used: Params | undefined, use: (params: Params | undefined) => void): TemplateResult | typeof nothing {
    const s = this.#subject();
    const found = this.#task.value;
    if (!s || found?.key !== s.key) return nothing;
    const t = found.tuned;
    const inUse = used !== undefined && JSON.stringify(used) === JSON.stringify(t.params);
    return html`<section aria-labelledby="tuned"><h2 id="tuned">${TUNE.title(modelName(t.model_type))}</h2>
      <p>${t.score === null ? TUNE.noneFound : TUNE.found(num(t.trials.length), figure(t.score), t.default_score === null ? "" : figure(t.default_score))} ${TUNE.stopped[t.stopped_by] ?? ""}</p>
      <p class="quiet">${TUNE.say(num(t.folds), steps(t.forecast_horizon, s.frequency))}</p>
      ${table(t)}
      ${t.params === undefined ? nothing : html`<p class="actions">${
        inUse
          ? html`<span role="status">${TUNE.inUse}</span> <button type="button" @click=${() => use(undefined)}>${TUNE.free}</button>`
          : html`<button type="button" class="first" @click=${() => use(t.params as Params)}>${TUNE.use}</button>`
      }</p>`}</section>`;
  }
}

/** The best settings as bars, with a line where the model left to itself is. */
function table(t: Tuned): TemplateResult {
  const shown = apart(t).slice(0, FEW);
  const most = Math.max(t.default_score ?? 0, ...shown.map((x) => x.score ?? 0)) || 1;
  const x = (v: number) => Math.round((v / most) * 1580) / 10;
  const best = JSON.stringify(t.params);
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="tuned"><table class="list bars wrap">
      <thead><tr><th scope="col">${TUNE.head[0]}</th><th scope="col" class="n">${TUNE.head[1]}</th><td></td></tr></thead>
      <tbody>${shown.map(
        (r) => html`<tr><th scope="row">${settingsText(r.params as Params)}</th>
        <td class="n" title=${r.error ?? nothing}>${r.score === null ? TUNE.failed : figure(r.score)}</td>
        <td><svg width="160" height="16" viewBox="0 0 160 16" aria-hidden="true">${
          r.score === null ? "" : svg`<rect class=${JSON.stringify(r.params) === best ? "bar on" : "bar"} x="0" y="2" width=${x(r.score)} height="12" />`
        }${t.default_score === null ? "" : svg`<line class="one" x1=${x(t.default_score)} x2=${x(t.default_score)} y1="0" y2="16" />`}</svg></td></tr>`,
      )}</tbody></table></div>
      ${t.trials.length > shown.length ? html`<p class="quiet">${TUNE.more(num(t.trials.length - shown.length))}</p>` : nothing}`;
}

/** The tries, best first; of those that come to the same forecast only the one found best or, elsewhere, the one with the least to say. */
function apart(t: Tuned): Tuned["trials"] {
  const best = JSON.stringify(t.params);
  const words = (x: Tuned["trials"][number]) => (JSON.stringify(x.params) === best ? -1 : Object.keys(x.params).length);
  const list = [...t.trials].sort((a, b) => (a.score ?? Infinity) - (b.score ?? Infinity) || words(a) - words(b));
  const same = (a: number | null, b: number | null) => a !== null && b !== null && figure(a) === figure(b);
  return list.filter((x, i) => i === 0 || (x.score !== null && !same(x.score, list[i - 1]!.score)));
}

/** {"error":"A","damped":true} -> "error A, damped true". */
export function settingsText(params: Params): string {
  const said = Object.entries(params).map(([name, v]) => `${name} ${Array.isArray(v) ? `(${v.join(", ")})` : String(v)}`);
  return said.join(", ") || TUNE.left;
}

export const modelName = (word: string): string => T.forecast.models[word] ?? word;
