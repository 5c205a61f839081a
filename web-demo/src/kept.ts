// SPDX-License-Identifier: GPL-3.0-or-later
// One value that the page works on and this browser keeps: changed in place, written a moment after, told to everyone.
const WAIT = 300;

export class Kept<T> extends EventTarget {
  value: T | undefined;
  #key: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `as` takes what was kept, or undefined where it is no such value. */
  constructor(key: string, as: (kept: unknown) => T | undefined) {
    super();
    this.#key = key;
    try {
      this.value = as(JSON.parse(localStorage.getItem(key) ?? "null"));
    } catch {
      // a browser that keeps nothing, or something else under this name
    }
    addEventListener("pagehide", () => this.#write());
  }

  open(value: T): void {
    this.value = value;
    this.#changed();
  }

  /** Changes the value in place and tells everyone. */
  change(how: (value: T) => void): void {
    if (this.value === undefined) return;
    how(this.value);
    this.#changed();
  }

  forget(): void {
    this.value = undefined;
    this.#changed();
    this.#write();
  }

  /** Bytes kept in this browser. */
  get size(): number {
    return this.value === undefined ? 0 : new Blob([JSON.stringify(this.value)]).size;
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
    this.#timer ??= setTimeout(() => this.#write(), WAIT);
  }

  #write(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      if (this.value === undefined) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(this.value));
    } catch {
      // a browser that keeps nothing: the value lives as long as the tab
    }
  }
}
