// SPDX-License-Identifier: GPL-3.0-or-later
// What a person gives the page: a file chosen or dropped anywhere, or a range pasted. A file with dates is a history, a file of products
// without dates is a list, a saved project is a project.
import { Unreadable, readProject, readText } from "./catalogue.js";
import { data } from "./data.js";
import { Failure } from "./engine.js";
import { num } from "./format.js";
import { store } from "./store.js";
import { T } from "./texts.js";

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

  async take(file: File, more: Parameters<typeof data.adopt>[1] = {}): Promise<void> {
    [this.problem, this.notes, this.reading] = ["", [], file.name];
    this.#tell();
    try {
      await this.#read(file, more);
    } catch (e) {
      this.problem = e instanceof Unreadable || e instanceof Failure ? e.message : String(e);
      if (e instanceof Failure && e.code === "cancelled") this.problem = "";
      else if (!this.problem.includes(file.name)) this.problem = T.files.of(file.name, this.problem);
      location.hash = "#/";
    }
    this.reading = "";
    this.#tell();
  }

  async #read(file: File, more: Parameters<typeof data.adopt>[1]): Promise<void> {
    const start = await file.slice(0, 64).text();
    if (/^\uFEFF?\s*\{/.test(start)) return this.#project(await file.text(), file.name);
    const reading = await data.open(file).catch((e: unknown) => e);
    if (reading instanceof Error) {
      if (!(reading instanceof Failure) || reading.code === "cancelled") throw reading;
      return this.#list(file, reading);
    }
    await data.adopt(reading as Awaited<ReturnType<typeof data.open>>, more);
    location.hash = "#/data";
  }

  async #project(text: string, name: string): Promise<void> {
    const { project, file } = readProject(text, name);
    await data.forget();
    store.open(project);
    if (file) await data.reopen(file);
    location.hash = project.history ? "#/data" : "#/stock";
  }

  /** No dates: perhaps it is a list of products. */
  async #list(file: File, why: Failure): Promise<void> {
    const { project, aside } = await readText(file, why);
    await data.forget();
    store.open(project);
    this.notes = [T.start.read(num(project.products.length), file.name)];
    if (aside.length) this.notes = [...this.notes, T.files.setAside(num(aside.length), aside.slice(0, 5).join("; "))];
    else location.hash = "#/stock";
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
