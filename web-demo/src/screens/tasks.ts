// SPDX-License-Identifier: GPL-3.0-or-later
// #/tasks : who does what?
import { html, nothing, type TemplateResult } from "lit";
import { saveCsv, savePng, saveSvg } from "../download.js";
import { tasksPicture } from "../elements/tasks-picture.js";
import { engine, Failure, type In, type Loose, type Out } from "../engine.js";
import { money, num, percent, qty, tinyPercent, typed, untyped } from "../format.js";
import { able, requestOf, sampleTasks, taskStore, type Job, type Tasks, type Worker } from "../tasks.js";
import { Task, type Run } from "../task.js";
import { TASKS as S } from "../texts-tasks.js";
import { T } from "../texts.js";
import type { Num, State } from "../types.js";
import { Screen, answer, errorPanel, sentenceOf, settle, unlessTyping, working } from "../ui.js";

type Plan = Out<"staffing.assign_tasks">;
interface Planned {
  of: string;
  plan: Plan;
}

/** A gap that is none: what rounding leaves. */
const EXACT = 1e-9;

/** The plan outlives the screen. */
let last: Planned | undefined;

const valueOf = (e: Event): string => (e.target as HTMLInputElement | HTMLSelectElement).value;
const orEmpty = (text: string): Num => (text.trim() === "" ? "" : untyped(text));

class TasksScreen extends Screen {
  #plan = new Task<Planned>(this, (run) => this.#solve(run));

  protected override get sources(): EventTarget[] {
    return [taskStore];
  }
  protected override get state(): State {
    return taskStore.value ? this.#plan.state : "empty";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (last) this.#plan.value = last;
    else if (taskStore.value) this.#plan.run();
  }

  async #solve({ signal, progress }: Run): Promise<Planned> {
    const request = requestOf(taskStore.value!);
    const of = JSON.stringify(request);
    try {
      const plan = await engine.call("staffing.assign_tasks", request as Loose<In<"staffing.assign_tasks">>, { signal, progress, gently: true });
      return (last = { of, plan });
    } catch (e) {
      if (e instanceof Failure && e.code === "cancelled" && e.partial) return (last = { of, plan: e.partial as Plan });
      throw e;
    }
  }

  protected override render(): TemplateResult {
    const t = taskStore.value;
    if (!t) return html`<h1>${S.title}</h1>${this.#empty()}`;
    const e = this.#plan.error;
    const now = this.#plan.value;
    const old = now !== undefined && now.of !== JSON.stringify(requestOf(t));
    return html`<h1>${S.title}</h1>
      <div class="result" ?data-dim=${this.#plan.stale}>${errorPanel(e, () => void this.#plan.restart(), where(t, e))}${working(this.#plan)}${now ? said(now.plan, t) : nothing}</div>
      <p class="actions solve"><button class="first" @click=${() => void this.#plan.restart()} ?disabled=${this.#plan.state === "working"}>${S.solve}</button>
        ${old ? html`<span class="quiet" role="status">${S.changed}</span>` : nothing}</p>
      ${matrix(t, now?.plan)}${now ? left(now.plan, t) : nothing}
      ${now ? html`<p class="tools"><button @click=${() => csv(t, now.plan)}>${T.chart.csv}</button>
        <button @click=${() => void savePng("tasks", this.#picture(t, now.plan))}>${T.chart.png}</button><button @click=${() => saveSvg("tasks", this.#picture(t, now.plan))}>${T.chart.svg}</button><button @click=${() => print()}>${T.chart.print}</button></p>` : nothing}
      ${jobs(t, e)}${people(t, e)}${rules(t, e)}
      <p class="tools"><button class="danger" @click=${this.#clear}>${S.clear}</button></p>`;
  }

  #picture(t: Tasks, plan: Plan): string {
    const chosen = new Map(plan.assignments.map((a) => [a.task_id, a.employee_id]));
    const rows = t.jobs.map((j) => ({
      name: j.name,
      pairs: t.workers.map((w) => ({ worth: able(w, j) ? typed(t.values[w.id]?.[j.id] ?? j.value) : "", chosen: chosen.get(j.id) === w.id })),
    }));
    const load = loads(t, plan);
    const foot = [[S.load, load.map(([hours, share]) => `${hours}${share ? ` (${share})` : ""}`)], [S.cost, load.map(([, , cost]) => cost)]] as const;
    return tasksPicture({ title: S.matrix, people: t.workers.map((w) => w.name), rows, foot }, this);
  }

  #empty(): TemplateResult {
    const take = () => {
      taskStore.open(sampleTasks());
      this.#plan.run();
    };
    return html`<div class="empty"><p>${S.empty}</p><p class="actions"><button class="first" @click=${take}>${S.sample}</button></p></div>`;
  }

  #clear = (): void => {
    this.#plan.clear();
    last = undefined;
    taskStore.forget();
  };
}

function said(plan: Plan, t: Tasks): TemplateResult {
  const cash = (v: number) => money(v, t.currency);
  const busy = plan.employees.filter((e) => e.tasks > 0).length;
  const open = plan.status === "infeasible" ? [S.infeasible(num(plan.unassigned.length))] : [];
  const proof = plan.gap === null ? "" : plan.gap < EXACT ? S.exact : (plan.status === "optimal" ? S.optimal : S.feasible)(tinyPercent(plan.gap));
  const sure = [proof, S.stopped[plan.stopped_by] ?? ""].filter(Boolean).join(" ");
  return answer([S.value(num(plan.assignments.length), num(t.jobs.length), num(busy), qty(plan.total_value), cash(plan.total_cost)), ...open], sure ? [sure] : []);
}

/** Of each person: hours taken, their share of those there are, cost. */
function loads(t: Tasks, plan: Plan | undefined): [string, string, string][] {
  const load = new Map(plan?.employees.map((e) => [e.id, e]));
  return t.workers.map((w) => {
    const l = load.get(w.id);
    if (!l) return ["–", "", "–"];
    const hours = w.capacity_hours === "" ? qty(l.hours) : S.loadOf(qty(l.hours), String(w.capacity_hours));
    return [hours, w.capacity_hours !== "" && typeof l.utilization === "number" ? percent(l.utilization, 0) : "", money(l.cost, t.currency)];
  });
}

/** A row for each task, a column for each person: what the pair is worth, and who does it. */
function matrix(t: Tasks, plan: Plan | undefined): TemplateResult {
  const chosen = new Map(plan?.assignments.map((a) => [a.task_id, a.employee_id]));
  const load = loads(t, plan);
  return html`<section aria-labelledby="matrix"><h2 id="matrix">${S.matrix}</h2><p class="quiet">${S.matrixNote}</p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="matrix"><table class="list edit matrix">
      <thead><tr><td></td>${t.workers.map((w) => html`<th scope="col" class="n">${w.name}</th>`)}</tr></thead>
      <tbody>${t.jobs.map((j) => html`<tr><th scope="row">${j.name}</th>${t.workers.map((w) => pair(t, w, j, chosen.get(j.id) === w.id))}</tr>`)}</tbody>
      <tfoot><tr><th scope="row">${S.load}</th>${load.map(([hours, share]) => html`<td class="n">${hours}${share ? html` <span class="unit">(${share})</span>` : nothing}</td>`)}</tr>
        <tr><th scope="row">${S.cost}</th>${load.map(([, , cost]) => html`<td class="n">${cost}</td>`)}</tr></tfoot>
    </table></div></section>`;
}

function pair(t: Tasks, w: Worker, j: Job, chosen: boolean): TemplateResult {
  if (!able(w, j)) return html`<td class="n quiet" title=${S.unable(j.name, w.name)}>–</td>`;
  const shown = typed(t.values[w.id]?.[j.id] ?? j.value);
  const set = (text: string) =>
    taskStore.change((x) => {
      const of = (x.values[w.id] ??= {});
      if (text.trim() === "") delete of[j.id];
      else of[j.id] = untyped(text);
    });
  return html`<td class=${chosen ? "n chosen" : "n"} data-pair="${w.id} ${j.id}">${chosen ? html`<span aria-hidden="true">${S.chosen}</span> ` : nothing}<input type="text" class="number"
    inputmode="decimal" autocomplete="off" aria-label=${S.cell(j.name, w.name, chosen)} .value=${unlessTyping(shown)} @blur=${settle(shown)} @input=${(e: Event) => set(valueOf(e))}></td>`;
}

function left(plan: Plan, t: Tasks): TemplateResult {
  const name = new Map(t.jobs.map((j) => [j.id, j.name]));
  return html`<section class="why"><h2>${S.leftTitle}</h2>${
    plan.unassigned.length
      ? html`<ul class="remarks">${plan.unassigned.map((u) => html`<li><strong>${name.get(u.task_id) ?? u.task_id}</strong>: ${sentenceOf(u.reason)}</li>`)}</ul>`
      : html`<p>${S.nothingLeft}</p>`
  }</section>`;
}

interface Cell {
  label: string;
  value: Num;
  number?: boolean;
  wrong: boolean;
  set: (text: string) => void;
}
function cell({ label, value, number = false, wrong, set }: Cell): TemplateResult {
  const shown = typed(value);
  return html`<td class=${number ? "n" : ""}><input type="text" class=${number ? "number" : "name"} inputmode=${number ? "decimal" : nothing} autocomplete="off" aria-label=${label}
    aria-invalid=${wrong ? "true" : "false"} .value=${unlessTyping(shown)} @blur=${number ? settle(shown) : nothing} @input=${(e: Event) => set(valueOf(e))}></td>`;
}

interface List<X> {
  id: string;
  title: string;
  head: readonly (readonly string[])[];
  add: string;
  added: () => void;
  rows: readonly X[];
  row: (x: X, i: number) => TemplateResult[];
  name: (x: X) => string;
  gone: (i: number) => void;
}
function list<X>(l: List<X>): TemplateResult {
  return html`<section aria-labelledby=${l.id}><h2 id=${l.id}>${l.title}</h2><div class="scroll tall" tabindex="0" role="region" aria-labelledby=${l.id}><table class="list edit">
    <thead><tr>${l.head.map(([n, unit, kind]) => html`<th scope="col" class=${kind ?? ""}>${n}${unit ? html`<span class="unit">${unit}</span>` : nothing}</th>`)}<td></td></tr></thead>
    <tbody>${l.rows.map((x, i) => html`<tr>${l.row(x, i)}<td><button class="remove" aria-label=${S.remove(l.name(x))} title=${S.remove(l.name(x))} ?disabled=${l.rows.length < 2}
      @click=${() => l.gone(i)}>×</button></td></tr>`)}</tbody></table></div>
    <p class="tools"><button @click=${l.added}>${l.add}</button></p></section>`;
}

function people(t: Tasks, e: Failure | undefined): TemplateResult {
  return list<Worker>({
    id: "people",
    title: S.peopleTitle,
    head: S.peopleHead,
    add: S.addPerson,
    rows: t.workers,
    name: (w) => w.name,
    gone: (i) => taskStore.change((x) => void x.workers.splice(i, 1)),
    added: () => taskStore.change((x) => void x.workers.push({ id: fresh("w", x.workers), name: S.newPerson(x.workers.length + 1), hourly_rate: 25, capacity_hours: 16, skills: "" })),
    row: (w, i) => {
      const change = (how: (x: Worker) => void) => taskStore.change((x) => how(x.workers[i]!));
      const of = (n: number) => S.of(S.peopleHead[n]![0], w.name);
      const wrong = (field: string) => e?.path.startsWith(`/employees/${i}/${field}`) ?? false;
      return [
        cell({ label: of(0), value: w.name, wrong: wrong("name"), set: (v) => change((x) => void (x.name = v)) }),
        cell({ label: of(1), value: w.hourly_rate, number: true, wrong: wrong("hourly_rate"), set: (v) => change((x) => void (x.hourly_rate = untyped(v))) }),
        cell({ label: of(2), value: w.capacity_hours, number: true, wrong: wrong("capacity_hours"), set: (v) => change((x) => void (x.capacity_hours = orEmpty(v))) }),
        cell({ label: of(3), value: w.skills, wrong: wrong("skills"), set: (v) => change((x) => void (x.skills = v)) }),
      ];
    },
  });
}

function jobs(t: Tasks, e: Failure | undefined): TemplateResult {
  return list<Job>({
    id: "jobs",
    title: S.jobsTitle,
    head: S.jobsHead,
    add: S.addJob,
    rows: t.jobs,
    name: (j) => j.name,
    gone: (i) => taskStore.change((x) => void x.jobs.splice(i, 1)),
    added: () => taskStore.change((x) => void x.jobs.push({ id: fresh("t", x.jobs), name: S.newJob(x.jobs.length + 1), hours: 4, value: 100, required_skills: "" })),
    row: (j, i) => {
      const change = (how: (x: Job) => void) => taskStore.change((x) => how(x.jobs[i]!));
      const of = (n: number) => S.of(S.jobsHead[n]![0], j.name);
      const wrong = (field: string) => e?.path.startsWith(`/tasks/${i}/${field}`) ?? false;
      return [
        cell({ label: of(0), value: j.name, wrong: wrong("name"), set: (v) => change((x) => void (x.name = v)) }),
        cell({ label: of(1), value: j.hours, number: true, wrong: wrong("hours"), set: (v) => change((x) => void (x.hours = untyped(v))) }),
        cell({ label: of(2), value: j.value, number: true, wrong: wrong("value"), set: (v) => change((x) => void (x.value = untyped(v))) }),
        cell({ label: of(3), value: j.required_skills, wrong: wrong("required_skills"), set: (v) => change((x) => void (x.required_skills = v)) }),
      ];
    },
  });
}

function rules(t: Tasks, e: Failure | undefined): TemplateResult {
  const wrong = e?.path === "/max_tasks_per_employee";
  const shown = typed(t.max_tasks_per_employee);
  return html`<section aria-labelledby="rules"><h2 id="rules">${S.rulesTitle}</h2><div class="rules">
    <label class="rule"><span>${S.objective}</span><select aria-label=${S.objective} @change=${(ev: Event) => taskStore.change((x) => void (x.objective = valueOf(ev) as Tasks["objective"]))}>
      ${Object.entries(S.objectives).map(([word, text]) => html`<option value=${word} .selected=${word === t.objective}>${text}</option>`)}</select></label>
    <label class="rule"><span>${S.most[0]}<span class="unit">${S.most[1]}</span></span><input type="text" inputmode="numeric" aria-label=${S.most[0]} aria-invalid=${wrong ? "true" : "false"}
      .value=${unlessTyping(shown)} @blur=${settle(shown)} @input=${(ev: Event) => taskStore.change((x) => void (x.max_tasks_per_employee = orEmpty(valueOf(ev))))}></label>
    <label class="check"><input type="checkbox" .checked=${t.require_all} @change=${(ev: Event) => taskStore.change((x) => void (x.require_all = (ev.target as HTMLInputElement).checked))}> ${S.requireAll}</label>
  </div></section>`;
}

function fresh(letter: string, list: readonly { id: string }[]): string {
  let n = list.length + 1;
  while (list.some((x) => x.id === `${letter}${n}`)) n++;
  return `${letter}${n}`;
}

/** Of which person, task or pair an error speaks. */
function where(t: Tasks, e: Failure | undefined): string {
  const [, list, key, other] = /^\/(employees|tasks|values)\/([^/]+)(?:\/([^/]+))?/.exec(e?.path ?? "") ?? [];
  if (list === "employees") return t.workers[Number(key)]?.name ?? "";
  if (list === "tasks") return t.jobs[Number(key)]?.name ?? "";
  if (list !== "values") return e?.path === "/max_tasks_per_employee" ? S.most[0] : "";
  const [w, j] = [t.workers.find((x) => x.id === key), t.jobs.find((x) => x.id === other)];
  return w && j ? S.cell(j.name, w.name, false) : (w?.name ?? "");
}

function csv(t: Tasks, plan: Plan): void {
  const [who, what] = [new Map(t.workers.map((w) => [w.id, w.name])), new Map(t.jobs.map((j) => [j.id, j.name]))];
  const done = plan.assignments.map((a) => [a.task_id, what.get(a.task_id) ?? "", a.employee_id, who.get(a.employee_id) ?? "", a.value, a.hours, a.cost, ""]);
  const open = plan.unassigned.map((u) => [u.task_id, what.get(u.task_id) ?? "", "", "", null, null, null, u.reason]);
  saveCsv("tasks", ["task_id", "task", "employee_id", "employee", "value", "hours", "cost", "left_out_because"], [...done, ...open]);
}

customElements.define("screen-tasks", TasksScreen);
