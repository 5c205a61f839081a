// SPDX-License-Identifier: GPL-3.0-or-later
// Alert rules of the daemon on #/connections: what they watch, what they found, and where they tell of it.
import { html, nothing, type TemplateResult } from "lit";
import { dataPeriod, moment, qty, untyped } from "../format.js";
import { remote } from "../remote.js";
import { Task } from "../task.js";
import { A } from "../texts-connect.js";
import { T } from "../texts.js";
import type { State } from "../types.js";
import { Screen, errorPanel } from "../ui.js";

interface Rule {
  rule_id: string;
  name?: string | null;
  kind: string;
  metric_name: string;
  above?: number | null;
  below?: number | null;
  reorder_point?: number | null;
  webhook_url?: string | null;
  webhook_state: string | null;
  webhook_message: string | null;
}
interface Found {
  created_at: string;
  what: string;
  metric_name: string;
  dimensions: Record<string, string>;
  date: string;
  value: number | null;
  limit?: number;
  expected?: number;
}

/** Milliseconds after which the daemon has looked at what is stored by a new rule. */
const SOON = 1500;
/** Events that are listed. */
const LISTED = 20;
const FIELDS: Record<string, readonly ("above" | "below" | "confidence_level" | "reorder_point")[]> = { threshold: ["above", "below"], anomaly: ["confidence_level"], stock: ["reorder_point"] };

class Alerts extends Screen {
  static override properties = { metrics: { attribute: false } };
  declare metrics: readonly string[];
  #all = new Task<{ rules: Rule[]; found: Found[] }>(this, async ({ signal }) => {
    const [rules, found] = await Promise.all([remote.all<Rule>("alerts/", {}, signal), remote.ask<{ items: Found[] }>("GET", `alerts/events/?limit=${LISTED}`, undefined, signal)]);
    return { rules, found: found.items };
  });
  #work = new Task<unknown>(this, () => this.#job());
  #job: () => Promise<unknown> = async () => null;
  #kind = "threshold";
  #open = false;
  #asked = "";

  protected override get state(): State {
    return "ready";
  }
  protected override updated(): void {} // the screen around it tells its state
  override connectedCallback(): void {
    super.connectedCallback();
    this.#all.run();
  }

  #do(job: () => Promise<unknown>): void {
    this.#job = async () => {
      await job();
      this.#asked = "";
      await this.#all.restart();
    };
    void this.#work.restart();
  }

  #add = (e: Event): void => {
    e.preventDefault();
    const form = new FormData(e.target as HTMLFormElement);
    const rule: Record<string, unknown> = { kind: this.#kind };
    for (const [name, text] of form) if (String(text).trim()) rule[name] = (FIELDS[this.#kind] as string[]).includes(name) ? untyped(String(text)) : String(text).trim();
    this.#do(async () => {
      await remote.ask("POST", "alerts/", JSON.stringify(rule));
      this.#open = false;
      setTimeout(() => this.isConnected && this.#all.run(), SOON);
    });
  };

  protected override render(): TemplateResult {
    const all = this.#all.value;
    const toggle = (open: boolean) => {
      this.#open = open;
      this.requestUpdate();
    };
    return html`<section aria-labelledby="alerts"><h2 id="alerts">${A.title}</h2>
      ${errorPanel(this.#work.error ?? this.#all.error, () => void (this.#work.error ? this.#work.restart() : this.#all.restart()))}
      ${all ? this.#rules(all.rules) : nothing}
      ${this.#open ? this.#form(toggle) : html`<p class="actions"><button ?disabled=${!this.metrics?.length} @click=${() => toggle(true)}>${A.add}</button></p>`}
      ${all?.found.length ? this.#found(all.found) : nothing}</section>`;
  }

  #rules(rules: readonly Rule[]): TemplateResult {
    if (!rules.length) return html`<p>${A.none}</p>`;
    const ask = (id: string) => {
      this.#asked = id;
      this.requestUpdate();
    };
    const limit = (r: Rule) => A.watches(r.metric_name, r.kind, ...([r.above, r.below, r.reorder_point].map((v) => (typeof v === "number" ? qty(v) : "")) as [string, string, string]));
    return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="alerts"><table class="list">
      <thead><tr>${A.head.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
      <tbody>${rules.map((r) => {
        const name = r.name || r.metric_name;
        const told = r.webhook_url ? `${r.webhook_url} (${A.states[r.webhook_state ?? ""] ?? r.webhook_state}${r.webhook_message ? `: ${r.webhook_message}` : ""})` : A.here;
        return html`<tr><th scope="row">${name}</th><td>${limit(r)}</td><td>${told}</td><td class="actions">
          ${r.webhook_url ? html`<button aria-label=${`${A.test} ${name}`} @click=${() => this.#do(() => remote.ask("POST", `alerts/${r.rule_id}/test`))}>${A.test}</button>` : nothing}
          ${this.#asked === r.rule_id
            ? html`<button class="danger" @click=${() => this.#do(() => remote.ask("DELETE", `alerts/${r.rule_id}`))}>${A.yes}</button><button @click=${() => ask("")}>${A.no}</button>`
            : html`<button aria-label=${`${A.delete} ${name}`} @click=${() => ask(r.rule_id)}>${A.delete}</button>`}</td></tr>`;
      })}</tbody></table></div>`;
  }

  #form(toggle: (open: boolean) => void): TemplateResult {
    const field = (name: string, label: string, type = "text", required = false) =>
      html`<label class="rule" for="alert-${name}"><span>${label}</span><input id="alert-${name}" name=${name} type=${type} autocomplete="off" ?required=${required}></label>`;
    const kind = (e: Event) => {
      this.#kind = (e.target as HTMLSelectElement).value;
      this.requestUpdate();
    };
    return html`<form @submit=${this.#add}><div class="rules">
        <label class="rule" for="alert-kind"><span>${A.kind}</span><select id="alert-kind" @change=${kind}>${Object.keys(FIELDS).map((k) => html`<option value=${k} .selected=${k === this.#kind}>${A.kinds[k]}</option>`)}</select></label>
        <label class="rule" for="alert-metric"><span>${T.connections.metric}</span><select id="alert-metric" name="metric_name">${this.metrics.map((m) => html`<option>${m}</option>`)}</select></label>
        ${FIELDS[this.#kind]!.map((f) => field(f, A.fields[f]))}
        ${field("name", A.name)}${field("webhook_url", A.url)}${field("webhook_secret", A.secret, "password")}
      </div><p class="actions note"><button class="first">${A.save}</button><button type="button" @click=${() => toggle(false)}>${T.states.cancel}</button></p></form>`;
  }

  #found(found: readonly Found[]): TemplateResult {
    return html`<h3 id="found">${A.found}</h3><div class="scroll low" tabindex="0" role="region" aria-labelledby="found"><table class="list">
      <thead><tr>${A.foundHead.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
      <tbody>${found.map(
        (f) => html`<tr><th scope="row">${moment(f.created_at)}</th><td>${[f.metric_name, ...Object.values(f.dimensions)].join(" · ")}</td>
          <td>${A.was(dataPeriod(f.date, "D"), f.value === null ? "–" : qty(f.value), f.what, typeof (f.limit ?? f.expected) === "number" ? qty((f.limit ?? f.expected)!) : "")}</td></tr>`,
      )}</tbody></table></div>`;
  }
}

customElements.define("screen-alerts", Alerts);
