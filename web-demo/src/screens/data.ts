// SPDX-License-Identifier: GPL-3.0-or-later
// #/data : was it read right? What the core took the file for, and the choices that change it.
import { html, nothing, svg, type TemplateResult } from "lit";
import { data } from "../data.js";
import type { Aggregate, Choices, Line, Reading } from "../data-types.js";
import { saveCsv } from "../download.js";
import { dataDay, num, unitOf } from "../format.js";
import { round } from "../elements/scale.js";
import { store } from "../store.js";
import { Task } from "../task.js";
import { T } from "../texts.js";
import type { Analysis, State } from "../types.js";
import { Screen, empty, errorPanel, sentenceOf, working } from "../ui.js";

/** Series listed at once, and the columns of their small pictures. */
const PAGE = 40;
const WIDE = 240;
const TALL = 34;
/** Rows set aside that a sentence names, and that the page lists. */
const NAMED = 3;
const LISTED = 200;
const FREQUENCIES = ["H", "D", "W", "M", "Q", "Y"];
const ALL = "\u0000all";

class DataScreen extends Screen {
  #lines = new Task<{ of: number; list: Line[] }>(this, async () => {
    const of = data.reading?.of ?? 0;
    return { of, list: await data.lines(0, this.#count, WIDE) };
  });
  #count = PAGE;
  #of = -1;
  #aside = false;

  protected override get state(): State {
    if (!store.project?.history) return "empty";
    return data.state;
  }

  protected override compute(): void {
    const of = data.reading?.of ?? -1;
    if (of === this.#of || !data.reading) return;
    this.#of = of;
    this.#count = PAGE;
    this.#lines.run();
  }

  protected override render(): TemplateResult {
    const h = store.project?.history;
    const t = T.data;
    if (!h) return html`<h1>${t.title}</h1>${empty(store.project ? t.emptyList(num(store.project.products.length)) : t.empty)}`;
    const r = data.reading;
    return html`<h1>${t.title}</h1>
      ${errorPanel(data.task.error, () => void data.restore(), h.file)}
      ${working(data.task)}
      ${r ? html`<div class="work"><div class="result" ?data-dim=${data.task.stale}>${this.#said(r, h)}${this.#questions(r)}</div>
        <form class="settings" @submit=${(e: Event) => e.preventDefault()}>${this.#choices(r, h)}</form>
        <div class="seen">${this.#series(r)}</div></div>
        ${this.#columns(r)}${this.#remarks(r)}` : nothing}`;
  }

  /** What was read, in one sentence; how sure; what was set aside. */
  #said(r: Reading, h: Analysis): TemplateResult {
    const t = T.data;
    const often = unitOf(r.frequencies[0]?.[0])[2];
    const counts = t.counts(t.repairs(r.warnings.length, num(r.warnings.length)), t.aside(r.rejected_count, num(r.rejected_count)));
    const one = r.names.length === 1;
    const first = r.names.length
      ? t.sentence(num(r.rows_read), t.products(num(r.names.length), one), often, dataDay(r.first), dataDay(r.last))
      : t.sentencePlain(num(r.rows_read));
    return html`<div class="answer" aria-live="polite" aria-atomic="true"><p class="quiet file">${h.file}</p>
      <p class="sentence">${first} <span>${counts}</span></p><p class="sure">${this.#format(r)}</p>
      ${r.rejected_count ? this.#rejected(r) : nothing}</div>`;
  }

  #format(r: Reading): string {
    const t = T.data;
    const f = r.format;
    const parts = [
      f.kind === "csv" ? (t.delimiters[f.delimiter ?? ""] ? t.between(t.delimiters[f.delimiter ?? ""]!) : "") : f.sheet ? t.sheet(f.sheet) : "",
      f.kind === "csv" ? t.decimal(f.decimal ?? ".") : "",
      f.date_order ? (t.orders[f.date_order] ?? "") : "",
      f.kind === "csv" ? (f.encoding ?? "").toUpperCase() : "",
    ].filter(Boolean);
    return t.format(t.kinds[f.kind] ?? f.kind, parts.length ? `: ${parts.join(", ")}` : "");
  }

  #rejected(r: Reading): TemplateResult {
    const t = T.data;
    const name = (x: Reading["rejected"][number]) => t.rejectedOne(num(x.row), x.column ?? "", x.value ?? "", x.reason);
    const toggle = () => {
      this.#aside = !this.#aside;
      this.requestUpdate();
    };
    return html`<p class="aside">${t.rejected(num(r.rejected_count), num(r.rows_read), r.rejected.slice(0, NAMED).map(name).join("; "))}</p>
      <p class="actions"><button @click=${toggle} aria-expanded=${this.#aside ? "true" : "false"}>${this.#aside ? t.hide : t.show}</button>
        <button @click=${() => saveCsv("rows-set-aside", ["row", "column", "value", "reason"], r.rejected.map((x) => [x.row, x.column ?? "", x.value ?? "", x.reason]))}>${t.rows}</button></p>
      ${this.#aside ? this.#asideTable(r) : nothing}`;
  }

  #asideTable(r: Reading): TemplateResult {
    const t = T.data;
    const shown = r.rejected.slice(0, LISTED);
    return html`${shown.length < r.rejected_count ? html`<p class="quiet">${t.rejectedSome(num(shown.length))}</p>` : nothing}
      <div class="scroll low" tabindex="0" role="region" aria-label=${t.rejectedTitle}><table class="list">
        <thead><tr>${t.rejectedHead.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
        <tbody>${shown.map((x) => html`<tr><th scope="row">${num(x.row)}</th><td>${x.column}</td><td>${x.value}</td><td>${x.reason}</td></tr>`)}</tbody>
      </table></div>`;
  }

  /** What the file does not decide is asked, with every reading shown. */
  #questions(r: Reading): TemplateResult | typeof nothing {
    const t = T.data;
    if (!r.questions.length) return nothing;
    return html`<section class="question" aria-labelledby="question"><h2 id="question">${r.names.length ? t.questionOpen : t.question}</h2>${r.questions.map((q) => {
      const names = t.choices[q.field] ?? {};
      return html`<p>${q.message}</p><p class="actions">${q.choices.map(
        (c) => html`<button class=${r.names.length ? "" : "first"} @click=${() => void data.choose({ [q.field]: c.value } as Choices)}>${names[c.value] ? t.choice(names[c.value]!, c.reading) : c.reading}</button>`,
      )}</p>`;
    })}</section>`;
  }

  #choices(r: Reading, h: Analysis): TemplateResult {
    const t = T.data;
    const f = r.format;
    const columns = r.columns.map((c) => c.name);
    const numbers = r.columns.filter((c) => c.type === "number" || f.value_columns.includes(c.name)).map((c) => c.name);
    const several = f.value_columns.length > 1;
    const wide = f.layout === "wide";
    const often = unitOf(r.frequencies[0]?.[0])[2];
    return html`
      ${pick("date_column", t.dateColumn, columns.map((c) => [c, c]), f.date_column ?? "", (v) => void data.choose({ date_column: v }), f.date_column ? "" : t.noDate)}
      ${pick(
        "value_columns",
        t.valueColumn,
        [...(several ? [[ALL, t.all(f.value_columns.join(", "))] as [string, string]] : []), ...numbers.map((c): [string, string] => [c, c])],
        several ? ALL : (f.value_columns[0] ?? ""),
        (v) => v !== ALL && void data.choose({ value_columns: [v] }),
        f.value_columns.length ? "" : t.unknown,
      )}
      ${pick(
        "group_by",
        t.productColumn,
        [["", wide ? t.wide : t.none], ...(f.group_by.length > 1 ? [[ALL, t.all(f.group_by.join(", "))] as [string, string]] : []), ...columns.filter((c) => c !== f.date_column).map((c): [string, string] => [c, c])],
        f.group_by.length > 1 ? ALL : (f.group_by[0] ?? ""),
        (v) => v !== ALL && void data.choose({ group_by: v ? [v] : [] }),
      )}
      ${f.sheets && f.sheets.length > 1 ? pick("sheet", t.sheetName, f.sheets.map((s) => [s, s]), f.sheet ?? "", (v) => void data.choose({ sheet: v })) : nothing}
      ${pick("frequency", t.frequency, [["", t.found(often)], ...FREQUENCIES.map((q): [string, string] => [q, unitOf(q)[2]])], h.frequency, (v) =>
        store.change((p) => p.history && void (p.history.frequency = v)))}
      ${
        h.frequency
          ? pick("aggregate", t.aggregate, Object.entries(t.aggregates), h.aggregate, (v) => store.change((p) => p.history && void (p.history.aggregate = v as Aggregate)))
          : nothing
      }
      <p class="actions"><button ?disabled=${!h.before.length} @click=${() => void data.undo()}>${t.undo}</button></p>`;
  }

  #series(r: Reading): TemplateResult | typeof nothing {
    const t = T.data;
    const lines = this.#lines.value;
    if (!r.names.length || !lines || lines.of !== r.of) return nothing;
    const left = r.names.length - lines.list.length;
    const more = () => {
      this.#count += 2 * PAGE;
      this.#lines.run();
    };
    return html`<section aria-labelledby="series"><h2 id="series">${t.seriesTitle}</h2>
      ${lines.list.some((l) => l.missing) ? html`<p class="quiet">${t.seriesNote}</p>` : nothing}
      <ul class="lines">${lines.list.map((l) => this.#line(l))}</ul>
      ${left > 0 ? html`<p><button @click=${more}>${t.more(num(Math.min(left, 2 * PAGE)))}</button></p>` : nothing}</section>`;
  }

  #line(l: Line): TemplateResult {
    const t = T.data;
    const go = () => {
      store.change((p) => {
        if (p.history) p.history.series = l.name;
        if (p.products.some((x) => x.id === l.name)) p.selected = l.name;
      });
      location.hash = "#/forecast";
    };
    return html`<li><button class="line" aria-label=${t.linesOf(l.name)} @click=${go}><strong>${l.name}</strong>${picture(l)}</button>
      <span class="quiet">${t.from(dataDay(l.first), dataDay(l.last), num(l.n))} · ${l.missing ? html`<span class="gap">${t.missing(num(l.missing))}</span>` : t.complete}</span></li>`;
  }

  #columns(r: Reading): TemplateResult {
    const t = T.data;
    return html`<section aria-labelledby="columns"><h2 id="columns">${t.columnsTitle}</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="columns"><table class="list">
        <thead><tr>${t.columnsHead.map((h, i) => html`<th scope="col" class=${i === 3 ? "n" : ""}>${h}</th>`)}</tr></thead>
        <tbody>${r.columns.map(
          (c) => html`<tr><th scope="row">${c.name}</th><td>${t.types[c.type] ?? c.type}</td><td class=${c.role === "ignored" ? "quiet" : ""}>${t.roles[c.role] ?? c.role}</td>
          <td class="n">${num(c.missing)}</td><td class="quiet">${c.examples.join(" · ")}</td></tr>`,
        )}</tbody></table></div></section>`;
  }

  #remarks(r: Reading): TemplateResult | typeof nothing {
    if (!r.warnings.length) return nothing;
    return html`<section aria-labelledby="repairs"><h2 id="repairs">${T.data.repairsTitle}</h2>
      <ul class="remarks">${r.warnings.map((w) => html`<li>${sentenceOf(w)}</li>`)}</ul></section>`;
  }
}

function pick(id: string, label: string, options: readonly (readonly [string, string])[], now: string, set: (v: string) => void, none = ""): TemplateResult {
  return html`<div class="pick"><label for=${id}>${label}</label><select id=${id} @change=${(e: Event) => set((e.target as HTMLSelectElement).value)}>
    ${none ? html`<option value="" selected disabled>${none}</option>` : nothing}
    ${options.map(([v, text]) => html`<option value=${v} .selected=${v === now}>${text}</option>`)}
  </select></div>`;
}

/** The line of a series, least to greatest in each column of pixels, and below it where values are missing. */
function picture(l: Line): TemplateResult {
  const n = l.low.length;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    if (l.low[i]! < low) low = l.low[i]!;
    if (l.high[i]! > high) high = l.high[i]!;
  }
  const x = (i: number) => round(n > 1 ? (i / (n - 1)) * (WIDE - 2) + 1 : WIDE / 2);
  const y = (v: number) => round(high > low ? 2 + (1 - (v - low) / (high - low)) * (TALL - 10) : TALL / 2);
  let d = "";
  let pen = false;
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(l.low[i])) {
      pen = false;
      continue;
    }
    d += `${pen ? "L" : "M"}${x(i)} ${y(l.high[i]!)}`;
    if (l.low[i] !== l.high[i]) d += `V${y(l.low[i]!)}`;
    else if (!pen) d += "h.5";
    pen = true;
  }
  return html`<svg width=${WIDE} height=${TALL} viewBox="0 0 ${WIDE} ${TALL}" preserveAspectRatio="none" aria-hidden="true"><path class="spark" d=${d} />
    ${Array.from(l.gaps, (g) => svg`<path class="hole" d=${`M${x(g)} ${TALL - 5}v5`} />`)}</svg>`;
}

customElements.define("screen-data", DataScreen);
