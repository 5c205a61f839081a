// SPDX-License-Identifier: GPL-3.0-or-later
// The history read from the person's file: read in a worker by the core, read again when a choice about it changes.
import type { ReactiveControllerHost } from "lit";
import { unknownProduct } from "./catalogue.js";
import type { Aggregate, Choices, Line, Reading } from "./data-types.js";
import type { Thin, View } from "./elements/scale.js";
import { Failure, byReference, reader } from "./engine.js";
import { forget, keep, kept } from "./files.js";
import { project, store } from "./store.js";
import { Task } from "./task.js";
import { T } from "./texts.js";
import type { Analysis, Project, State } from "./types.js";

/** A series on its way to a chart. */
export interface Shown {
  name: string;
  frequency: string;
  /** Milliseconds since 1970; undefined where the rows have no dates. */
  times?: Float64Array;
  values: Float64Array;
  thin: (view: View) => Promise<Thin>;
}

/** The file of the history is kept under this name, beside the project that says what it is called. */
const FILE = "history";

const FIRST: Omit<Analysis, "file"> = { choices: {}, before: [], frequency: "", aggregate: "sum", series: "", horizon: 30, model: "auto", confidence: 0.95, compare: false };

class Data extends EventTarget {
  file: File | undefined;
  #choices: Choices = {};
  #of = 0;
  readonly task: Task<Reading>;
  #points = new Map<string, Promise<Shown>>();

  constructor() {
    super();
    const host: ReactiveControllerHost = {
      addController: () => {},
      removeController: () => {},
      requestUpdate: () => this.dispatchEvent(new Event("change")),
      updateComplete: Promise.resolve(true),
    };
    this.task = new Task<Reading>(host, ({ signal, progress }) => {
      const { file } = this;
      if (!file) throw new Failure({ code: "not_found", path: "", message: T.data.gone(store.project?.history?.file ?? "") });
      return reader.ask("data.read", { file, name: file.name, choices: this.#choices, of: ++this.#of }, { signal, progress });
    });
  }

  get reading(): Reading | undefined {
    return this.task.value;
  }
  get state(): State {
    return this.task.state;
  }

  /** Reads a file. The project is replaced only when it could be read. */
  async open(file: File): Promise<Reading> {
    const [before, choices] = [this.file, this.#choices];
    this.file = file;
    this.#choices = {};
    const reading = await this.#read();
    if (reading) return reading;
    const why = this.task.error!;
    this.file = before;
    this.#choices = choices;
    this.task.clear();
    if (before && store.project?.history) await this.#read();
    throw why;
  }

  /** Makes what was read the project. */
  async adopt(reading: Reading, more: Partial<Project> = {}): Promise<void> {
    const file = this.file!;
    const name = file.name.replace(/\.\w+$/, "");
    store.open(project({ name, products: [], history: { ...FIRST, file: file.name, series: reading.names[0] ?? "" }, ...more }));
    this.#follow(reading);
    store.keeps(await keep(FILE, file));
  }

  /** After a reload: the file that was kept, read as it was. */
  async restore(): Promise<void> {
    const history = store.project?.history;
    if (!history) return;
    this.task.expect();
    const bytes = await kept(FILE);
    this.file = bytes && new File([bytes], history.file);
    this.#choices = history.choices;
    await this.#read();
  }

  /** The file that was open before another was looked at. */
  async back(file: File): Promise<void> {
    this.file = file;
    this.#choices = store.project?.history?.choices ?? {};
    await this.#read();
  }

  /** The file of a saved project, which is open already. */
  async reopen(file: File): Promise<void> {
    this.file = file;
    this.#choices = store.project?.history?.choices ?? {};
    const reading = await this.#read();
    if (reading) this.#follow(reading);
    store.keeps(await keep(FILE, file));
  }

  /** Reads the file another way; `undo` takes it back. */
  choose(change: Choices): Promise<void> {
    return this.#rechoose((h) => {
      h.before = [...h.before, h.choices];
      h.choices = cleaned(change.sheet ? change : { ...h.choices, ...change }); // another sheet has other columns
    });
  }
  undo(): Promise<void> {
    return this.#rechoose((h) => {
      h.choices = h.before.at(-1) ?? {};
      h.before = h.before.slice(0, -1);
    });
  }
  async #rechoose(how: (h: Analysis) => void): Promise<void> {
    store.change((p) => p.history && how(p.history));
    this.#choices = store.project?.history?.choices ?? {};
    const reading = await this.#read();
    if (reading) this.#follow(reading);
  }

  async forget(): Promise<void> {
    this.file = undefined;
    this.task.clear();
    await forget(FILE);
  }

  async #read(): Promise<Reading | undefined> {
    this.#points.clear();
    await this.task.restart();
    return this.task.error ? undefined : this.task.value;
  }

  /** The products of the project are the series: what was known of one stays known. */
  #follow(reading: Reading): void {
    store.change((p) => {
      const known = new Map(p.products.map((x) => [x.id, x]));
      p.products = project({ products: reading.names.map((id) => known.get(id) ?? unknownProduct(id)) }).products;
      if (!reading.names.includes(p.selected)) p.selected = reading.names[0] ?? "";
      if (p.history && !reading.names.includes(p.history.series)) p.history.series = reading.names[0] ?? "";
    });
  }

  /** The series by its name, as a request refers to it. */
  reference(name: string): never {
    const { index, frequency, aggregate } = this.#at(name);
    return byReference(index, this.reading?.of ?? 0, frequency, aggregate);
  }
  #at(name: string): { index: number; frequency: string; aggregate: Aggregate } {
    const { frequency = "", aggregate = "sum" } = store.project?.history ?? {};
    return { index: this.reading?.names.indexOf(name) ?? -1, frequency, aggregate };
  }

  lines(from: number, count: number, columns: number): Promise<Line[]> {
    return reader.ask("data.lines", { from, count, columns });
  }

  /** The points of a series, asked for once. */
  points(name: string): Promise<Shown> {
    const at = this.#at(name);
    const key = JSON.stringify(at);
    let answer = this.#points.get(key);
    if (!answer) {
      answer = reader.ask("data.points", at).then((s) => ({ ...s, thin: (view) => reader.ask("data.thin", { ...at, view }) }));
      if (this.#points.size > 20) this.#points.clear();
      this.#points.set(key, answer);
    }
    return answer;
  }
}

/** Choices without those that were taken back. */
function cleaned(c: Choices): Choices {
  return Object.fromEntries(Object.entries(c).filter(([, v]) => v !== undefined)) as Choices;
}

export const data: Data = new Data();
