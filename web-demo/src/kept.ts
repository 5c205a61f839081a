// SPDX-License-Identifier: GPL-3.0-or-later
// One value that the page works on and this browser keeps: changed in place, written a moment after, told to everyone.
import { forget, keep, kept } from "./files.js";

const WAIT = 300;

export class Kept<T> extends EventTarget {
  value: T | undefined;
  /** False when the browser refused to keep it. */
  fits = true;
  #name: string;
  #as: (kept: unknown) => T | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** Changes so far, and how many of them are in the file. */
  #changes = 0;
  #written = 0;

  /** `as` takes what was kept, or undefined where it is no such value. */
  constructor(name: string, as: (kept: unknown) => T | undefined) {
    super();
    this.#name = name;
    this.#as = as;
    addEventListener("pagehide", () => this.#note());
  }

  /** What was kept at the last visit: what a page that was closed noted in its last moment, else the file. */
  async load(): Promise<void> {
    const noted = this.#noted();
    try {
      this.value = this.#as(JSON.parse(noted ?? (await (await kept(`${this.#name}.json`))?.text()) ?? "null"));
    } catch {
      // something else under this name
    }
    if (noted !== null) this.#later();
  }

  open(value: T): void {
    this.value = value;
    this.changed();
  }

  /** Changes the value in place and tells everyone. */
  change(how: (value: T) => void): void {
    if (this.value === undefined) return;
    how(this.value);
    this.changed();
  }

  forget(): void {
    this.value = undefined;
    this.changed();
    void this.#write();
  }

  /** Bytes kept in this browser. */
  get size(): number {
    return this.value === undefined ? 0 : this.#blob.size;
  }
  get #blob(): Blob {
    return new Blob([JSON.stringify(this.value)]);
  }

  protected changed(): void {
    this.dispatchEvent(new Event("change"));
    this.#later();
  }
  #later(): void {
    this.#changes++;
    this.#timer ??= setTimeout(() => void this.#write(), WAIT);
  }

  /** One write after the other; the newest value is the one that stays. */
  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#writing = this.#writing.then(async () => {
      const file = `${this.#name}.json`;
      const changes = this.#changes;
      const fits = this.value === undefined ? (await forget(file), true) : await keep(file, this.#blob);
      if (fits) this.#written = changes;
      if (fits && changes === this.#changes) this.#unnote();
      if (fits === this.fits) return;
      this.fits = fits;
      this.dispatchEvent(new Event("change"));
    }));
  }

  /* A page that is being closed has no time to write a file. What had not been written is noted at once, and read at the next visit. */
  get #key(): string {
    return `dyocense.${this.#name}`;
  }
  #note(): void {
    if (this.#written === this.#changes) return; // also what is being written may not come to its end
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.value ?? null));
    } catch {
      // too much for a note: the last moment's changes are lost
    }
    void this.#write();
  }
  #noted(): string | null {
    try {
      return localStorage.getItem(this.#key);
    } catch {
      return null;
    }
  }
  #unnote(): void {
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // nothing was noted
    }
  }
}
