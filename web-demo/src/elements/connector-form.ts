// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-connector-form>: a connector made or changed. Its fields are the rows of the type as the daemon prints them; those of the chosen
// way to sign in come first. Fires "dyo-save" with { name, connector_type, config, sync_schedule, timezone }, and "dyo-leave".
import { LitElement, html, nothing, type TemplateResult } from "lit";
import { groups, kindOf, textOf, valueOf, wayOf, waysOf, type Connector, type ConnectorType, type Property } from "../connectors.js";
import { C, fieldName } from "../texts-connect.js";
import type { Fault } from "../types.js";
import { style } from "./connections-style.js";

const F = C.form;
/** Texts of several lines: a key as its file has it. */
const LONG = ["jwt_private_key", "service_account"];
const RULES: readonly string[] = F.whens.map(([rule]) => rule);

export interface Saved {
  name: string;
  connector_type: string;
  config: Record<string, unknown>;
  sync_schedule: string;
  timezone?: string;
}

export class ConnectorForm extends LitElement {
  static override styles = style;
  static override properties = { types: { attribute: false }, connector: { attribute: false }, fault: { attribute: false }, busy: { type: Boolean }, type: { state: true }, way: { state: true }, rule: { state: true } };
  declare types: readonly ConnectorType[];
  /** The one that is changed; undefined: a new one. */
  declare connector: Connector | undefined;
  declare fault: Fault | undefined;
  declare busy: boolean;
  declare protected type: string;
  declare protected way: string;
  declare protected rule: string;

  constructor() {
    super();
    this.types = [];
    this.type = this.way = this.rule = "";
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const c = this.connector;
    this.type = c?.connector_type ?? "salesforce";
    this.way = c ? wayOf(c) : (waysOf(this.type)[0]?.id ?? "");
    const given = c?.sync_schedule ?? "";
    this.rule = RULES.includes(given) ? given : "*";
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>(this.connector ? "#name" : "input")?.focus();
  }

  get #type(): ConnectorType | undefined {
    return this.types.find((t) => t.connector_type === this.type);
  }

  protected override render(): TemplateResult {
    const t = this.#type;
    const { first, sign, more } = t ? groups(t, this.way) : { first: [], sign: [], more: [] };
    const at = /^\/config\/([^/]+)/.exec(this.fault?.path ?? "")?.[1] ?? /^\/(name|sync_schedule|timezone)/.exec(this.fault?.path ?? "")?.[1] ?? "";
    const shown = [...first, ...sign, ...more, "name", "sync_schedule", "timezone"].includes(at);
    return html`<form @submit=${this.#save} novalidate>
      <h2>${this.connector ? F.edit(this.connector.name) : F.new(C.types[this.type] ?? this.type)}</h2>
      ${this.fault && !shown ? html`<div class="error" role="alert"><p>${this.fault.message}</p></div>` : nothing}
      ${this.connector ? nothing : this.#kinds()}
      <div class="fields">
        ${this.#row("name", F.name, this.connector?.name ?? C.types[this.type] ?? "", at === "name")}
        ${first.map((n) => this.#field(n, at))}
      </div>
      ${sign.length ? html`<div class="fields">${this.#ways()}${sign.map((n) => this.#field(n, at))}</div>` : nothing}
      ${t?.fetches ? this.#when(at) : nothing}
      ${more.length ? html`<details ?open=${more.includes(at)}><summary>${F.more}</summary><div class="fields">${more.map((n) => this.#field(n, at))}</div></details>` : nothing}
      <div class="actions"><button class="first" ?disabled=${this.busy}>${this.busy ? F.saving : t?.fetches ? F.save : F.saveFiles}</button>
        <button type="button" @click=${() => this.dispatchEvent(new Event("dyo-leave"))}>${F.leave}</button></div>
    </form>`;
  }

  #kinds(): TemplateResult {
    const pick = (type: string) => {
      this.type = type;
      this.way = waysOf(type)[0]?.id ?? "";
      this.fault = undefined;
    };
    const order = [...this.types.filter((t) => t.fetches), ...this.types.filter((t) => !t.fetches)];
    return html`<fieldset><legend>${F.type}</legend><div class="kinds">${order.map(
      ({ connector_type: id }) => html`<label><input type="radio" name="kind" value=${id} .checked=${id === this.type} @change=${() => pick(id)}>
        <strong>${C.types[id] ?? id}</strong><span class="quiet">${C.about[id] ?? ""}</span></label>`,
    )}</div></fieldset>`;
  }

  #ways(): TemplateResult {
    return html`<div class="field wide"><label for="way">${F.way}</label><select id="way" @change=${(e: Event) => (this.way = (e.target as HTMLSelectElement).value)}>
      ${waysOf(this.type).map((w) => html`<option value=${w.id} .selected=${w.id === this.way}>${F.ways[w.id]}</option>`)}</select></div>`;
  }

  #when(at: string): TemplateResult {
    const c = this.connector;
    const zone = c?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    return html`<div class="fields">
      <div class="field"><label for="when">${F.when}</label><select id="when" @change=${(e: Event) => (this.rule = (e.target as HTMLSelectElement).value)}>
        ${F.whens.map(([rule, text]) => html`<option value=${rule} .selected=${rule === this.rule}>${text}</option>`)}</select></div>
      ${this.rule === "*" ? this.#row("sync_schedule", F.cron, c?.sync_schedule ?? "30 6 * * 1-5", at === "sync_schedule") : nothing}
      ${this.rule ? this.#row("timezone", F.zone, zone, at === "timezone") : nothing}</div>`;
  }

  /** A plain field of the connector itself. */
  #row(id: string, label: string, value: string, wrong: boolean): TemplateResult {
    return html`<div class="field"><label for=${id}>${label}</label><input id=${id} name=${id} autocomplete="off" .value=${value}
      aria-invalid=${wrong ? "true" : "false"} aria-describedby=${wrong ? `${id}-fault` : nothing}>
      ${wrong ? html`<p class="bad" id="${id}-fault" role="alert">${this.fault!.message}</p>` : nothing}</div>`;
  }

  /** A setting of the type, as its row says. */
  #field(name: string, at: string): TemplateResult {
    const p = this.#type!.config.properties![name]!;
    const wrong = at === name;
    const usual = p.default === undefined || p.default === null ? "" : ` (${F.useDefault(String(p.default))})`;
    const about = this.#secret(name) ? (this.connector?.secrets.includes(name) ? F.secretKept : F.secret) : "";
    const servers = /server$/.test(name);
    return html`<div class="field ${LONG.includes(name) || kindOf(p) === "json" ? "wide" : ""}"><label for="f-${name}">${fieldName(name)}</label>
      ${this.#input(name, p, wrong)}
      <p class="quiet" id="f-${name}-about">${p.description ?? ""}${usual} ${about}${servers && !this.#type!.servers.length ? ` ${F.noServers}` : ""}</p>
      ${wrong ? html`<p class="bad" id="f-${name}-fault" role="alert">${this.fault!.message}</p>` : nothing}</div>`;
  }

  #secret = (name: string): boolean => this.#type!.secrets.includes(name);

  #input(name: string, p: Property, wrong: boolean): TemplateResult {
    const [id, field, described] = [`f-${name}`, `config.${name}`, `f-${name}-about${wrong ? ` f-${name}-fault` : ""}`];
    const value = this.#secret(name) ? "" : textOf(this.connector?.config[name]);
    const kind = kindOf(p);
    const servers = this.#type!.servers;
    const choices = kind === "choice" ? p.enum!.filter((v) => v !== null) : /server$/.test(name) ? servers : [];
    const invalid = wrong ? "true" : "false";
    if (choices.length)
      return html`<select id=${id} name=${field} aria-invalid=${invalid} aria-describedby=${described}><option value=""></option>
        ${choices.map((v) => html`<option value=${v} .selected=${v === value}>${v}</option>`)}</select>`;
    if (kind === "check")
      return html`<select id=${id} name=${field} aria-invalid=${invalid} aria-describedby=${described}>${["", "true", "false"].map((v) => html`<option .selected=${v === value}>${v}</option>`)}</select>`;
    if (LONG.includes(name) || kind === "json")
      return html`<textarea id=${id} name=${field} autocomplete="off" spellcheck="false" aria-invalid=${invalid} aria-describedby=${described} .value=${value}></textarea>`;
    return html`<input id=${id} name=${field} type=${this.#secret(name) ? "password" : "text"} autocomplete=${this.#secret(name) ? "new-password" : "off"} spellcheck="false"
      inputmode=${kind === "number" ? "decimal" : "text"} aria-invalid=${invalid} aria-describedby=${described} .value=${value}>`;
  }

  #save = (e: Event): void => {
    e.preventDefault();
    const form = new FormData(e.target as HTMLFormElement);
    const said = (name: string): string => String(form.get(name) ?? "").trim();
    const properties = this.#type?.config.properties ?? {};
    // What has no field on the screen stays as it is.
    const config: Record<string, unknown> = { ...this.connector?.config };
    for (const [name, p] of Object.entries(properties)) {
      if (!form.has(`config.${name}`)) continue;
      const value = valueOf(LONG.includes(name) ? "text" : kindOf(p), String(form.get(`config.${name}`)));
      if (value === undefined) delete config[name];
      else config[name] = value;
    }
    const rule = this.rule === "*" ? said("sync_schedule") : this.rule;
    const detail: Saved = { name: said("name"), connector_type: this.type, config, sync_schedule: rule, ...(rule ? { timezone: said("timezone") } : {}) };
    this.dispatchEvent(new CustomEvent<Saved>("dyo-save", { detail }));
  };
}

customElements.define("dyo-connector-form", ConnectorForm);
