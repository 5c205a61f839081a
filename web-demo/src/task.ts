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
  #expected = false;
  #done: Promise<void> = Promise.resolve();

  constructor(host: ReactiveControllerHost, compute: (run: Run) => Promise<V>) {
    this.#host = host;
    this.#compute = compute;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#again = false;
  }

  get state(): State {
    if ((this.#running || this.#expected) && (this.slow || (this.value === undefined && !this.error))) return "working";
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
    this.#done = this.#loop();
  }

  /** Computes with the inputs as they are now; a computation under way is given up, for it may last. */
  restart(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      this.#running.abort();
    } else this.#done = this.#loop();
    return this.#done;
  }

  /** The inputs themselves are still on their way. */
  expect(): void {
    this.#expected = true;
    this.#host.requestUpdate();
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
    this.#expected = false;
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
      if (control.signal.aborted && this.#again) return;
      this.error = e instanceof Failure ? e : new Failure({ code: "internal", path: "", message: String(e) });
    } finally {
      clearTimeout(timer);
      this.slow = false;
      this.#running = undefined;
    }
  }
}
