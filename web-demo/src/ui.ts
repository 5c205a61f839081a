// SPDX-License-Identifier: GPL-3.0-or-later
// Parts that screens share: fields, the answer, the states.
import { LitElement, html, noChange, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Directive, PartType, directive, type DirectiveResult, type ElementPart, type PartInfo, type PropertyPart } from "lit/directive.js";
import { data } from "./data.js";
import { engine, type Failure } from "./engine.js";
import { sentenceOf, typed, untyped } from "./format.js";
import { intake } from "./intake.js";
import { store } from "./store.js";
import type { Task } from "./task.js";
import { T } from "./texts.js";
import { STAGES } from "./texts-stages.js";
import type { Num, State } from "./types.js";

/** A screen: it draws into the page itself, follows the project, and tells <main> its state. */
export abstract class Screen extends LitElement {
  protected abstract get state(): State;
  /** Starts what must be computed again after a change of the project. */
  protected compute(): void {}

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
  /** What tells of changes that the screen follows. */
  protected get sources(): EventTarget[] {
    return [store, data];
  }
  override connectedCallback(): void {
    super.connectedCallback();
    for (const s of this.sources) s.addEventListener("change", this.#changed);
    this.compute();
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const s of this.sources) s.removeEventListener("change", this.#changed);
  }
  #changed = (): void => {
    this.compute();
    this.requestUpdate();
  };
  protected override updated(_changed: PropertyValues): void {
    const main = this.closest("main");
    if (main) main.dataset["state"] = this.state;
  }
}

/** Sets the text of a field, except while a person is typing in it. */
class UnlessTyping extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.PROPERTY) throw new Error("unlessTyping is for .value");
  }
  render(_text: string): unknown {
    return noChange;
  }
  override update(part: PropertyPart | ElementPart, [text]: [string]): unknown {
    const field = part.element as HTMLInputElement;
    if (field !== document.activeElement && field.value !== text) field.value = text;
    return noChange;
  }
}
export const unlessTyping = directive(UnlessTyping) as (text: string) => DirectiveResult<typeof UnlessTyping>;

export interface Slider {
  id: string;
  label: string;
  unit: string;
  value: Num;
  min: number;
  max: number;
  step: number;
  /** How the value is read out. */
  text: (v: number) => string;
  set: (v: Num) => void;
  /** 100 for a share that is shown in percent. */
  times?: number;
  fault?: string | undefined;
  note?: string | undefined;
  disabled?: boolean;
}

/** A setting with its slider and its exact value. What is no number goes on as it was typed: the core says what it expects. */
export function slider(s: Slider): TemplateResult {
  const times = s.times ?? 1;
  const shown = typeof s.value === "number" ? tidy(s.value * times) : s.value;
  const from = (v: Num): Num => (typeof v === "number" ? tidy(v / times) : v);
  const error = `${s.id}-error`;
  return html`<fieldset class="slider" ?disabled=${s.disabled ?? false}>
    <legend>${s.label} <span class="unit">${s.unit}</span></legend>
    <div class="row">
      <input type="range" id=${s.id} aria-label=${s.label} min=${s.min} max=${s.max} step=${s.step}
        .value=${String(typeof shown === "number" ? shown : s.min)} aria-valuetext=${typeof s.value === "number" ? s.text(s.value) : s.value}
        @input=${(e: Event) => s.set(from(Number((e.target as HTMLInputElement).value)))}>
      <input type="text" inputmode="decimal" autocomplete="off" class="exact" aria-label=${T.exact} .value=${unlessTyping(typed(shown))}
        aria-invalid=${s.fault ? "true" : "false"} aria-describedby=${s.fault ? error : nothing}
        @input=${(e: Event) => s.set(from(untyped((e.target as HTMLInputElement).value)))} @blur=${settle(typed(shown))}>
    </div>
    ${s.note && !s.fault ? html`<p class="unit">${s.note}</p>` : nothing}
    ${s.fault ? html`<p class="fault" id=${error}>${s.fault}</p>` : nothing}
  </fieldset>`;
}

/** On leaving a field its text becomes the number as it is written here. */
export const settle =
  (text: string) =>
  (e: Event): void => {
    (e.target as HTMLInputElement).value = text;
  };

const tidy = (v: number): number => Number(v.toPrecision(12));

/** The sentence and how sure it is. */
export function answer(sentences: readonly string[], sure: readonly string[]): TemplateResult {
  const [first, ...rest] = sentences;
  return html`<div class="answer" aria-live="polite" aria-atomic="true">
    <p class="sentence">${first}${rest.map((s) => html` <span>${s}</span>`)}</p>
    ${sure.map((s) => html`<p class="sure">${s}</p>`)}
  </div>`;
}

/** What belongs here, the next step, and the sample. */
export function empty(text: string): TemplateResult {
  return html`<div class="empty">
    <p>${text}</p>
    <p class="actions"><button class="first" @click=${openSample}>${T.start.sample}</button> <a class="button" href="#/">${T.start.open}</a></p>
  </div>`;
}

/** The sample, loaded only when it is asked for. */
export async function openSample(): Promise<void> {
  const { sampleFile, sampleFacts } = await import("./sample.js");
  const onStart = /^#?\/?$/.test(location.hash);
  await intake.take(sampleFile(), sampleFacts(), !onStart);
}

/** Progress and a way out, once a computation lasts. */
export function working(task: Pick<Task<unknown>, "state" | "at" | "cancel">): TemplateResult | typeof nothing {
  if (task.state !== "working") return nothing;
  const { fraction, stage } = task.at;
  return html`<div class="working" role="status">
    <span>${stage ? (STAGES[stage] ?? sentenceOf(stage, "")) : (engine.version ? T.states.working : T.states.loading)}</span>
    <progress max="1" .value=${fraction} aria-label=${T.states.working}></progress>
    <button @click=${() => task.cancel()}>${T.states.cancel}</button>
  </div>`;
}

/** What, where, what to do. Details to copy hold no data. */
export function errorPanel(e: Failure | undefined, again: () => void, where = ""): TemplateResult | typeof nothing {
  if (!e) return nothing;
  const details = `${e.code} ${e.path} · page ${__VERSION__}`;
  const mayRepeat = e.code !== "invalid_input" && e.code !== "insufficient_data";
  return html`<div class="error" role="alert">
    <p>${e.code === "cancelled" ? nothing : html`<strong>${T.states.error}.</strong> `}${where ? `${where}: ` : ""}${e.message}</p>
    <p class="actions">
      ${mayRepeat ? html`<button @click=${again}>${T.states.again}</button>` : nothing}
      <button @click=${(ev: Event) => copy(ev.target as HTMLButtonElement, details)}>${T.states.copy}</button>
    </p>
  </div>`;
}

async function copy(button: HTMLButtonElement, text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  button.textContent = T.states.copied;
}

export { sentenceOf };

/** The last part of a pointer: the field it speaks of. */
export const fieldOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A figure with its name. */
export function figures(list: readonly (readonly [string, string])[]): TemplateResult {
  return html`<dl class="figures">${list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Round bounds for a slider around a value: they stay as they are until the value leaves them. */
export class Ranges {
  #held = new Map<string, number>();

  max(key: string, value: Num, times = 3, least = 1): number {
    const v = typeof value === "number" ? value : 0;
    const held = this.#held.get(key);
    if (held !== undefined && v <= held) return held;
    const power = 10 ** Math.floor(Math.log10(Math.max(v * times, least)));
    const max = [1, 2, 3, 5, 10].map((m) => m * power).find((m) => m >= Math.max(v * times, least) * (1 - 1e-9)) ?? 10 * power;
    this.#held.set(key, max);
    return max;
  }
}
