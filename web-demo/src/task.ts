// SPDX-License-Identifier: GPL-3.0-or-later
// A computation that follows its inputs: never two at once, the newest inputs always win, the last good answer stays.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { Failure, type Progress } from "./engine.js";
import type { State } from "./types.js";

/** Under this many milliseconds nothing on the screen changes, so that quick answers do not flicker. */
const QUIET = 200;

export interface Run {
  signal: AbortSignal;
  progress: (p: Progress) => void;
}

export class Task<V> implements ReactiveController {
  value: V | undefined;
  error: Failure | undefined;
  /** The computation has lasted long enough to be shown. */
  slow = false;
  at: Progress = { fraction: 0, stage: "" };
  #host: ReactiveControllerHost;
  #compute: (run: Run) => Promise<V>;
  #running: AbortController | undefined;
  #again = false;

  constructor(host: ReactiveControllerHost, compute: (run: Run) => Promise<V>) {
    this.#host = host;
    this.#compute = compute;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#again = false;
  }

  get state(): State {
    if (this.#running && (this.slow || (this.value === undefined && !this.error))) return "working";
    if (this.error) return "error";
    return this.value === undefined ? "empty" : "ready";
  }

  /** The answer shown is older than the settings. */
  get stale(): boolean {
    return this.state === "working" || this.error !== undefined;
  }

  /** Computes with the inputs as they are now, or right after the computation under way. */
  run(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    void this.#loop();
  }

  cancel(): void {
    this.#again = false;
    this.#running?.abort();
  }

  /** Forgets the answer: what it was about is gone. */
  clear(): void {
    this.cancel();
    this.value = this.error = undefined;
  }

  async #loop(): Promise<void> {
    do {
      this.#again = false;
      await this.#once();
      this.#host.requestUpdate();
    } while (this.#again);
  }

  async #once(): Promise<void> {
    const control = (this.#running = new AbortController());
    this.at = { fraction: 0, stage: "" };
    const timer = setTimeout(() => {
      this.slow = true;
      this.#host.requestUpdate();
    }, QUIET);
    const progress = (p: Progress) => {
      this.at = p;
      if (this.slow) this.#host.requestUpdate();
    };
    try {
      this.value = await this.#compute({ signal: control.signal, progress });
      this.error = undefined;
    } catch (e) {
      this.error = e instanceof Failure ? e : new Failure({ code: "internal", path: "", message: String(e) });
    } finally {
      clearTimeout(timer);
      this.slow = false;
      this.#running = undefined;
    }
  }
}
