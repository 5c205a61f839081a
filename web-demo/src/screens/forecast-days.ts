// SPDX-License-Identifier: GPL-3.0-or-later
// Holidays and events that a forecast takes into account: a person's list, and what the operations and the picture take of it.
import { html, nothing, type TemplateResult } from "lit";
import type { Failure } from "../engine.js";
import { num, typed, untyped } from "../format.js";
import { DAYS } from "../texts-days.js";
import type { Analysis, Occasion } from "../types.js";
import { unlessTyping } from "../ui.js";

type Change = (how: (h: Analysis) => void) => void;

const split = (dates: string): string[] => dates.split(/[\s,;]+/).filter(Boolean);

/** As the operations take them; undefined: there are none. */
export function holidaysOf(h: Analysis | undefined) {
  const list = (h?.events ?? []).filter((e) => split(e.dates).length > 0);
  if (!list.length) return undefined;
  const less = (v: Occasion["before"]) => (typeof v === "number" ? (v === 0 ? 0 : -v) : v);
  return list.map((e) => ({ name: e.name, dates: split(e.dates), lower_window: less(e.before), upper_window: e.after }));
}

/** Their days with their names, for the picture. */
export function daysOf(h: Analysis | undefined): { date: string; word: string }[] {
  return (h?.events ?? []).flatMap((e) => split(e.dates).map((date) => ({ date, word: e.name })));
}

/** Which of the list an error speaks of. */
export function eventAt(h: Analysis, e: Failure | undefined): Occasion | undefined {
  const index = /^\/holidays\/(\d+)/.exec(e?.path ?? "")?.[1];
  return index === undefined ? undefined : (h.events ?? []).filter((x) => split(x.dates).length > 0)[Number(index)];
}

export function eventFields(h: Analysis, e: Failure | undefined, open: boolean, toggled: (open: boolean) => void, change: Change): TemplateResult {
  const list = h.events ?? [];
  const wrong = eventAt(h, e);
  const add = () =>
    change((x) => {
      x.events = [...(x.events ?? []), { name: DAYS.fresh((x.events?.length ?? 0) + 1), dates: "", before: 0, after: 0 }];
    });
  return html`<details class="days" ?open=${open} @toggle=${(ev: Event) => toggled((ev.target as HTMLDetailsElement).open)}>
    <summary>${DAYS.title(list.length, num(list.length))}</summary>
    <p class="unit">${DAYS.note}</p>
    ${list.map((d, i) => one(d, i, d === wrong ? e : undefined, change))}
    <p class="tools"><button type="button" @click=${add}>${DAYS.add}</button></p></details>`;
}

/** Taken over when the field is left, so that half a date asks for nothing. */
function one(d: Occasion, i: number, wrong: Failure | undefined, change: Change): TemplateResult {
  const set = (how: (x: Occasion, text: string) => void) => (ev: Event) => change((h) => how(h.events![i]!, (ev.target as HTMLInputElement).value.trim()));
  const field = (label: string, value: string, how: (x: Occasion, text: string) => void, number = false) =>
    html`<label class="pick">${label}<input type="text" class=${number ? "exact" : nothing} inputmode=${number ? "numeric" : nothing} autocomplete="off"
      aria-label=${DAYS.of(label, d.name)} aria-invalid=${wrong ? "true" : "false"} .value=${unlessTyping(value)} @change=${set(how)}></label>`;
  return html`<fieldset class="event" aria-label=${d.name}>
    ${field(DAYS.name, d.name, (x, t) => void (x.name = t || x.name))}
    ${field(DAYS.dates, d.dates, (x, t) => void (x.dates = t))}
    <div class="row">${field(DAYS.before, typed(d.before), (x, t) => void (x.before = untyped(t || "0")), true)}
      ${field(DAYS.after, typed(d.after), (x, t) => void (x.after = untyped(t || "0")), true)}
      <button type="button" class="remove" aria-label=${DAYS.remove(d.name)} title=${DAYS.remove(d.name)} @click=${() => change((h) => void h.events!.splice(i, 1))}>×</button></div>
    ${wrong ? html`<p class="fault">${wrong.message}</p>` : nothing}</fieldset>`;
}
