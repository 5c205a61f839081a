// SPDX-License-Identifier: GPL-3.0-or-later
// <dyo-connections>: the connectors of a daemon, to make, test, sync, watch, change, pause and delete. Properties `url` (the daemon's
// address; empty: where the page is from) and `token`. Fires dyo-sync with the run when one has ended, or with what a file brought.
import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { isOver, type Connector, type ConnectorType, type SyncRun, type Tested, type Uploaded } from "../connectors.js";
import { askDaemon, eventsOf, type Door } from "../daemon.js";
import { Failure } from "../failure.js";
import { moment, num, sentenceOf } from "../format.js";
import { C } from "../texts-connect.js";
import { T } from "../texts.js";
import { style } from "./connections-style.js";
import "./connector-form.js";
import type { Saved } from "./connector-form.js";

/** Milliseconds between looks at what runs by schedule. */
const LOOK = 10_000;
/** Runs that a card lists. */
const LISTED = 10;

export class DyoConnections extends LitElement {
  static override styles = style;
  static override properties = { url: { type: String }, token: { type: String } };
  declare url: string;
  declare token: string;
  #types: ConnectorType[] = [];
  #list: Connector[] | undefined;
  #runs = new Map<string, SyncRun>();
  #watched = new Map<string, AbortController>();
  #tested = new Map<string, Tested | "asking">();
  #failed = new Map<string, Failure>();
  #problem: Failure | undefined;
  #form: { connector: Connector | undefined; fault: Failure | undefined; busy: boolean } | undefined;
  #asked = "";
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.url = this.token = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.#list && !this.#problem && !document.hidden && void this.#load(), LOOK);
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    for (const w of this.#watched.values()) w.abort();
    this.#watched.clear();
  }
  protected override willUpdate(changed: PropertyValues): void {
    if ((changed.has("url") || changed.has("token")) && this.token) void this.#load();
  }

  get #door(): Door {
    return { root: new URL("api/v1/", this.url ? new URL(this.url, document.baseURI) : document.baseURI), token: this.token };
  }
  #ask<V>(method: string, path: string, body?: unknown): Promise<V> {
    return askDaemon<V>(this.#door, method, path, body === undefined ? undefined : JSON.stringify(body));
  }

  async #load(): Promise<void> {
    try {
      if (!this.#types.length) this.#types = (await this.#ask<{ types: ConnectorType[] }>("GET", "connectors/types")).types;
      const [list, runs] = await Promise.all([this.#ask<{ items: Connector[] }>("GET", "connectors/?limit=1000"), this.#ask<{ items: SyncRun[] }>("GET", "runs/?limit=200")]);
      this.#list = list.items;
      for (const r of runs.items) if (r.kind === "sync" || r.kind === "upload") this.#runs.set(r.run_id, r);
      for (const r of this.#runs.values()) if (!isOver(r)) void this.#watch(r.run_id);
      this.#problem = undefined;
    } catch (e) {
      this.#problem = e as Failure;
    }
    this.requestUpdate();
  }

  /** Follows a run to its end. */
  async #watch(id: string): Promise<void> {
    if (this.#watched.has(id)) return;
    const stop = new AbortController();
    this.#watched.set(id, stop);
    try {
      for await (const r of eventsOf<SyncRun>(this.#door, `runs/${id}/events`, stop.signal)) {
        this.#runs.set(id, r);
        this.requestUpdate();
      }
    } catch (e) {
      if (!stop.signal.aborted) this.#problem = e as Failure;
    }
    this.#watched.delete(id);
    if (!this.isConnected) return;
    await this.#load();
    const r = this.#runs.get(id);
    if (r && isOver(r)) this.dispatchEvent(new CustomEvent("dyo-sync", { detail: r, bubbles: true, composed: true }));
  }

  /** Something about one connector; what goes wrong is said on its card. */
  async #do(c: Connector, what: () => Promise<unknown>): Promise<void> {
    this.#failed.delete(c.source_id);
    try {
      await what();
    } catch (e) {
      this.#failed.set(c.source_id, e as Failure);
    }
    await this.#load();
  }

  #test = (c: Connector): Promise<void> => {
    this.#tested.set(c.source_id, "asking");
    this.requestUpdate();
    return this.#do(c, async () => {
      try {
        this.#tested.set(c.source_id, await this.#ask<Tested>("POST", `connectors/${c.source_id}/test`));
      } catch (e) {
        this.#tested.delete(c.source_id);
        throw e;
      }
    });
  };
  #sync = (c: Connector): Promise<void> =>
    this.#do(c, async () => {
      this.#tested.delete(c.source_id);
      const { run_id } = await this.#ask<{ run_id: string }>("POST", `connectors/${c.source_id}/sync`);
      void this.#watch(run_id);
    });
  #pause = (c: Connector, paused: boolean): Promise<void> => this.#do(c, () => this.#ask("PATCH", `connectors/${c.source_id}`, { paused }));
  #delete = (c: Connector): Promise<void> =>
    this.#do(c, async () => {
      await this.#ask("DELETE", `connectors/${c.source_id}`);
      this.#asked = "";
    });
  /** A file into a connector that takes files. */
  #send(c: Connector): void {
    const field = Object.assign(document.createElement("input"), { type: "file", accept: ".csv,.tsv,.txt,.xlsx" });
    field.addEventListener("change", () => {
      const file = field.files![0]!;
      this.#tested.set(c.source_id, "asking");
      void this.#do(c, async () => {
        try {
          const words = new URLSearchParams({ name: file.name, source_id: c.source_id }).toString();
          const u = await askDaemon<Uploaded>(this.#door, "POST", `connectors/upload?${words}`, file);
          this.#tested.set(c.source_id, { ok: true, message: C.sent(num(u.rows_stored), num(u.series_count), num(u.rejected_count)) });
          this.dispatchEvent(new CustomEvent("dyo-sync", { detail: u, bubbles: true, composed: true }));
        } catch (e) {
          this.#tested.delete(c.source_id);
          throw e;
        }
      });
    });
    field.click();
  }
  #cancel = (c: Connector, r: SyncRun): Promise<void> => this.#do(c, () => this.#ask("POST", `runs/${r.run_id}/cancel`));

  #open(connector: Connector | undefined): void {
    this.#form = { connector, fault: undefined, busy: false };
    this.requestUpdate();
  }
  #close(): void {
    this.#form = undefined;
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("#add")?.focus());
  }

  async #save({ name, connector_type, config, sync_schedule, timezone }: Saved): Promise<void> {
    const form = this.#form!;
    form.busy = true;
    form.fault = undefined;
    this.requestUpdate();
    const fetches = this.#types.find((t) => t.connector_type === connector_type)?.fetches ?? false;
    const when = fetches ? { ...(form.connector || sync_schedule ? { sync_schedule } : {}), ...(timezone ? { timezone } : {}) } : {};
    const body = { name, ...(fetches ? { config } : {}), ...when };
    try {
      const kept = form.connector
        ? await this.#ask<Connector>("PATCH", `connectors/${form.connector.source_id}`, body)
        : await this.#ask<Connector>("POST", "connectors/", { connector_type, ...body });
      this.#close();
      await this.#load();
      if (fetches) await this.#test(kept);
    } catch (e) {
      form.busy = false;
      form.fault = e as Failure;
      this.requestUpdate();
    }
  }

  /* --- what is seen ---------------------------------------------------------------------------------------------------------- */

  protected override render(): TemplateResult {
    const f = this.#form;
    return html`<div class="bar"><h2>${C.title}</h2>${f ? nothing : html`<button id="add" class="first" ?disabled=${!this.#types.length} @click=${() => this.#open(undefined)}>${C.add}</button>`}</div>
      ${this.#problem ? html`<div class="error" role="alert"><p>${this.#problem.message}</p><p class="actions"><button @click=${() => void this.#load()}>${T.states.again}</button></p></div>` : nothing}
      ${f ? html`<dyo-connector-form .types=${this.#types} .connector=${f.connector} .fault=${f.fault} .busy=${f.busy}
          @dyo-save=${(e: CustomEvent<Saved>) => void this.#save(e.detail)} @dyo-leave=${() => this.#close()}></dyo-connector-form>` : nothing}
      ${!this.#list ? (this.#problem ? nothing : html`<p class="quiet">${C.loading}</p>`) : this.#list.length ? html`<ul>${this.#list.map((c) => this.#card(c))}</ul>` : html`<div class="empty"><p>${C.none}</p></div>`}`;
  }

  /** Runs of a connector, newest first. */
  #of(c: Connector): SyncRun[] {
    return [...this.#runs.values()].filter((r) => r.subject === c.source_id).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  }

  #card(c: Connector): TemplateResult {
    const runs = this.#of(c);
    const now = runs.find((r) => !isOver(r));
    const last = runs.find(isOver);
    const fetches = this.#types.find((t) => t.connector_type === c.connector_type)?.fetches ?? false;
    return html`<li data-state=${c.state} data-id=${c.source_id}>
      <div class="top"><span class="quiet">${C.types[c.connector_type] ?? c.connector_type}</span><span class="badge" data-state=${c.state}>${C.states[c.state] ?? c.state}</span></div>
      <h3>${c.name}</h3>
      <dl>${this.#facts(c, last, fetches).map(([name, what]) => html`<dt>${name}</dt><dd>${what}</dd>`)}</dl>
      ${c.message ? html`<p class="said bad">${this.#wrong(c)}</p>` : nothing}
      ${now ? this.#progress(c, now) : nothing}
      ${this.#report(c)}
      ${fetches ? this.#buttons(c, now) : html`<div class="actions">${this.#button(C.sendFile, c, () => this.#send(c), "first")}${this.#button(C.edit, c, () => this.#open(c))}${this.#button(C.delete, c, () => this.#question(c.source_id))}</div>`}
      ${this.#asked === c.source_id ? this.#sure(c) : nothing}
      ${runs.length ? this.#table(c, runs) : nothing}</li>`;
  }

  #facts(c: Connector, last: SyncRun | undefined, fetches: boolean): [string, TemplateResult | string][] {
    const f = C.facts;
    const rows = last ? C.rows(num(last.rows_read), num(last.rows_stored)) + (last.rows_rejected ? C.rejected(num(last.rows_rejected)) : "") : "–";
    const next = c.state === "paused" ? C.pausedNext : c.next_sync_at ? moment(c.next_sync_at) : C.byHand;
    return [
      ...(fetches ? [[f.last, c.last_sync_at ? moment(c.last_sync_at) : C.never] as [string, string]] : []), // files come by runs alone
      [f.run, last ? html`${C.runStates[last.state]}, ${moment(last.finished_at ?? last.created_at)}${last.method ? ` ${C.via[last.method] ?? ""}` : ""}` : C.never],
      [f.rows, rows],
      ...(fetches ? [[f.next, next] as [string, string]] : []),
    ];
  }

  #wrong(c: Connector): string {
    const said = sentenceOf(c.message!);
    const what = c.state === "needs_reauth" ? C.refused(C.types[c.connector_type] ?? c.name, c.message!) : said;
    return c.last_sync_at ? `${what} ${C.kept(moment(c.last_sync_at))}` : what;
  }

  #progress(c: Connector, r: SyncRun): TemplateResult {
    const stage = r.cancel_asked ? C.cancelling : r.state === "queued" ? C.waiting : (r.stage ?? C.runStates["running"]!);
    return html`<div class="run"><span role="status">${stage}${r.rows_read ? ` · ${C.read(num(r.rows_read))}` : ""}</span>
      <button ?disabled=${r.cancel_asked} aria-label=${C.of(C.cancel, c.name)} @click=${() => void this.#cancel(c, r)}>${C.cancel}</button>
      <progress max="1" .value=${r.fraction} aria-label=${C.progress(c.name)}></progress></div>`;
  }

  /** What a test found, or what could not be done. */
  #report(c: Connector): TemplateResult | typeof nothing {
    const [failed, tested] = [this.#failed.get(c.source_id), this.#tested.get(c.source_id)];
    if (failed) return html`<p class="said bad" role="alert">${failed.message}</p>`;
    if (tested === "asking") return html`<p class="said quiet" role="status">${C.testing}</p>`;
    if (!tested || (!tested.ok && tested.message === c.message)) return nothing;
    return html`<p class="said ${tested.ok ? "good" : "bad"}" role="status">${tested.message}</p>`;
  }

  #button(text: string, c: Connector, does: () => unknown, kind = ""): TemplateResult {
    return html`<button class=${kind} aria-label=${C.of(text, c.name)} @click=${does}>${text}</button>`;
  }

  #buttons(c: Connector, now: SyncRun | undefined): TemplateResult {
    const paused = c.state === "paused";
    const out = c.state === "needs_reauth";
    return html`<div class="actions">
      ${paused || now ? nothing : this.#button(C.sync, c, () => void this.#sync(c), out ? "" : "first")}
      ${paused ? this.#button(C.goOn, c, () => void this.#pause(c, false), "first") : nothing}
      ${this.#button(C.test, c, () => void this.#test(c))}
      ${this.#button(C.edit, c, () => this.#open(c), out ? "first" : "")}
      ${paused ? nothing : this.#button(C.pause, c, () => void this.#pause(c, true))}
      ${this.#button(C.delete, c, () => this.#question(c.source_id))}</div>`;
  }

  #question(id: string): void {
    this.#asked = id;
    this.requestUpdate();
    if (id) void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".ask button:last-child")?.focus());
  }
  #sure(c: Connector): TemplateResult {
    return html`<div class="ask" role="alert"><p>${C.sure(c.name)}</p><div class="actions">
      <button class="danger" @click=${() => void this.#delete(c)}>${C.yes}</button><button @click=${() => this.#question("")}>${C.no}</button></div></div>`;
  }

  #table(c: Connector, runs: readonly SyncRun[]): TemplateResult {
    const why = (r: SyncRun) => r.error?.message ?? r.result?.objects?.find((o) => o.reason)?.reason ?? (r.result?.fallback ? C.fellBack(r.result.fallback) : "");
    return html`<details><summary aria-label=${C.of(C.runs, c.name)}>${C.runs}</summary><div class="scroll" tabindex="0" role="region" aria-label=${C.of(C.runs, c.name)}><table>
      <thead><tr>${C.runsHead.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
      <tbody>${runs.slice(0, LISTED).map(
        (r) => html`<tr><th scope="row">${moment(r.created_at)}</th><td><span class="badge" data-state=${r.state}>${C.runStates[r.state]}</span></td>
          <td>${C.rows(num(r.rows_read), num(r.rows_stored))}</td><td>${why(r)}</td></tr>`,
      )}</tbody></table></div></details>`;
  }
}

customElements.define("dyo-connections", DyoConnections);
