// SPDX-License-Identifier: GPL-3.0-or-later
// Earlier projects: one that another took the place of is kept beside it, with its file, until newer ones push it out.
import { forget, keep, kept } from "./files.js";
import { Kept } from "./kept.js";
import { asProject } from "./store.js";
import type { Project } from "./types.js";

/** So many are kept. */
const MOST = 5;

export interface Earlier {
  id: string;
  name: string;
  products: number;
  /** The day it was left, YYYY-MM-DD. */
  left: string;
  bytes: number;
}

const asList = (v: unknown): Earlier[] | undefined => (Array.isArray(v) && v.every((e) => typeof e?.id === "string" && typeof e.name === "string") ? (v as Earlier[]) : undefined);
const files = (id: string): [string, string] => [`earlier-${id}.json`, `earlier-${id}`];

class Recent extends Kept<Earlier[]> {
  constructor() {
    super("earlier", asList);
  }

  get list(): readonly Earlier[] {
    return this.value ?? [];
  }
  override get size(): number {
    return this.list.reduce((t, e) => t + e.bytes, 0);
  }

  /** Puts a project aside, in place of an older one of that name. One that does not fit is not kept. */
  async shelve(project: Project, file: File | undefined): Promise<void> {
    if (project.history && !file) return;
    const id = String(1 + this.list.reduce((most, e) => Math.max(most, Number(e.id) || 0), 0));
    const [about, bytes] = files(id);
    const text = new Blob([JSON.stringify(project)]);
    const name = project.history?.file ?? project.name;
    if (!(await keep(about, text)) || (file && !(await keep(bytes, file)))) return this.#drop(id);
    const others = this.list.filter((e) => e.name !== name);
    const now = [{ id, name, products: project.products.length, left: new Date().toISOString().slice(0, 10), bytes: text.size + (file?.size ?? 0) }, ...others].slice(0, MOST);
    const gone = this.list.filter((e) => !now.includes(e));
    this.open(now);
    for (const e of gone) await this.#drop(e.id);
  }

  /** Takes it off the shelf. */
  async take(id: string): Promise<{ project: Project; file: File | undefined } | undefined> {
    const [about, bytes] = files(id);
    const project = asProject(JSON.parse((await (await kept(about))?.text()) ?? "null"));
    const history = project?.history && (await (await kept(bytes))?.arrayBuffer());
    await this.remove(id);
    return project && (!project.history || history) ? { project, file: history && new File([history], project.history!.file) } : undefined;
  }

  async remove(id: string): Promise<void> {
    this.open(this.list.filter((e) => e.id !== id));
    await this.#drop(id);
  }

  async clear(): Promise<void> {
    const all = this.list;
    super.forget();
    for (const e of all) await this.#drop(e.id);
  }

  async #drop(id: string): Promise<void> {
    for (const name of files(id)) await forget(name);
  }
}

export const recent = new Recent();
