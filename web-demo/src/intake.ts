// SPDX-License-Identifier: GPL-3.0-or-later
// What a person gives the page: a file chosen or dropped anywhere, or a range pasted. A file with dates is a history, a file of products
// without dates is a list, a saved project is a project.
import { Unreadable, readList, readProject } from "./catalogue.js";
import { data } from "./data.js";
import type { Reading } from "./data-types.js";
import { Failure } from "./engine.js";
import { num } from "./format.js";
import { recent } from "./recent.js";
import { rosters } from "./roster.js";
import { store } from "./store.js";
import { taskStore } from "./tasks.js";
import { T } from "./texts.js";
import type { Project } from "./types.js";

/** The project on the screen, with the file of its history. */
interface Before {
  project: Project;
  file: File | undefined;
}

const present = (): Before | undefined => store.project && { project: store.project, file: store.project.history && data.file };

class Intake extends EventTarget {
  /** Name of the file that is being read. */
  reading = "";
  /** A file is held over the page. */
  over = false;
  problem = "";
  notes: readonly string[] = [];

  /** Everywhere on the page. */
  listen(): void {
    addEventListener("dragover", (e) => {
      e.preventDefault();
      this.#hover(true);
    });
    addEventListener("dragleave", (e) => e.relatedTarget || this.#hover(false));
    addEventListener("drop", (e) => {
      e.preventDefault();
      this.#hover(false);
      const file = e.dataTransfer?.files[0];
      if (file) void this.take(file);
    });
    addEventListener("paste", (e) => {
      const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLTextAreaElement;
      const text = e.clipboardData?.getData("text/plain") ?? "";
      const file = e.clipboardData?.files[0];
      if (typing || (!file && !/[\t;,\n]/.test(text))) return;
      e.preventDefault();
      void this.take(file ?? new File([text], T.files.pasted));
    });
  }

  /** Reads it, and shows what was read; with `stay`, on the screen that is there. */
  take(file: File, more: Partial<Project> = {}, stay = false): Promise<void> {
    return this.#try(file.name, () => this.#read(file, more, stay));
  }

  /** An earlier project in place of the present one, which becomes an earlier one. */
  resume(id: string, name: string): Promise<void> {
    return this.#try(name, async () => {
      const { project, file } = (await recent.take(id)) ?? {};
      if (!project) throw new Unreadable(T.data.gone(name));
      await this.#show(project, file);
    });
  }

  async #try(name: string, how: () => Promise<void>): Promise<void> {
    [this.problem, this.notes, this.reading] = ["", [], name];
    this.#tell();
    try {
      await how();
    } catch (e) {
      this.problem = e instanceof Unreadable || e instanceof Failure ? e.message : String(e);
      if (e instanceof Failure && e.code === "cancelled") this.problem = "";
      else if (!this.problem.includes(name)) this.problem = T.files.of(name, this.problem);
      location.hash = "#/";
    }
    this.reading = "";
    this.#tell();
  }

  async #read(file: File, more: Partial<Project>, stay: boolean): Promise<void> {
    const start = await file.slice(0, 64).text();
    if (/^\uFEFF?\s*\{/.test(start)) return this.#project(await file.text(), file.name);
    const before = present();
    const reading = await data.open(file);
    const noDates = !reading.names.length && reading.questions.some((q) => q.field === "date_column");
    const list = noDates ? await this.#list(file, reading, before) : undefined;
    if (!list) {
      await this.#shelve(before);
      await data.adopt(reading, more);
      if (!stay || !reading.names.length) location.hash = "#/data";
    }
  }

  async #project(text: string, name: string): Promise<void> {
    const { project, file, roster, tasks } = readProject(text, name);
    if (roster) rosters.open(roster);
    if (tasks) taskStore.open(tasks);
    if (!project) {
      location.hash = roster ? "#/staff" : "#/tasks";
      return;
    }
    await this.#show(project, file);
  }

  async #show(project: Project, file: File | undefined): Promise<void> {
    await this.#shelve();
    await data.forget();
    store.open(project);
    if (file) await data.reopen(file);
    location.hash = project.history ? "#/data" : "#/stock";
  }

  /** The project that is about to be replaced stays at hand. */
  async #shelve(before = present()): Promise<void> {
    if (before) await recent.shelve(before.project, before.file);
  }

  /** No dates: perhaps it is a list of products. One that names products of the open history completes them. */
  async #list(file: File, reading: Reading, before: Before | undefined): Promise<boolean> {
    const more = before?.file && (await readList(file, reading, before.project));
    if (before?.file && more?.matched) {
      store.open(more.project);
      await data.back(before.file);
      this.#done([T.start.completed(num(more.matched), file.name)], more.aside);
      return true;
    }
    const list = await readList(file, reading);
    if (!list) return false;
    await this.#shelve(before);
    await data.forget();
    store.open(list.project);
    this.#done([T.start.read(num(list.project.products.length), file.name)], list.aside);
    return true;
  }

  #done(notes: string[], aside: readonly string[]): void {
    this.notes = aside.length ? [...notes, T.files.setAside(num(aside.length), aside.slice(0, 5).join("; "))] : notes;
    if (!aside.length) location.hash = "#/stock";
  }

  #hover(over: boolean): void {
    if (over === this.over) return;
    this.over = over;
    this.#tell();
  }
  #tell(): void {
    this.dispatchEvent(new Event("change"));
  }
}

export const intake = new Intake();
