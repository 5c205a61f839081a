// SPDX-License-Identifier: GPL-3.0-or-later
// The page's side of the workers: calls by name, cancelled by replacing the worker, since one that computes hears no messages.
// Two workers: `reader` holds what was read from a file, `engine` computes and fetches series from it by reference.
import type { CoreOps } from "dyocense";
import type { Aggregate, Asks } from "./data-types.js";
import type { Answer, Ask, Link } from "./engine.worker.js";
import { Failure } from "./failure.js";
import { T } from "./texts.js";

export type OpName = keyof CoreOps;
export type In<K extends OpName> = CoreOps[K]["in"];
export type Out<K extends OpName> = CoreOps[K]["out"];

/** A series of a reading, by its number, perhaps at another frequency: the workers pass it between themselves. */
export const byReference = (index: number, of: number, frequency: string, aggregate: Aggregate): never =>
  ({ $series: index, of, ...(frequency ? { frequency, aggregate } : {}) }) as never;

/** What a call may be given, typed values or what a person typed: the core checks every field. */
export type Loose<X> = X extends readonly (infer E)[]
  ? readonly Loose<E>[]
  : X extends object
    ? { [F in keyof X]: Loose<X[F]> }
    : X | string | number;

export interface Progress {
  fraction: number;
  stage: string;
}

export { Failure };

interface Watch {
  signal?: AbortSignal;
  /** Asks a search to stop with what it has, where the page shares memory with its workers; else, and when it does not listen, its worker ends. */
  gently?: boolean;
  progress?: (p: Progress) => void;
}

interface Waiting {
  ask: Ask;
  done: (result: unknown) => void;
  fail: (error: Failure) => void;
  progress: ((p: Progress) => void) | undefined;
}

/** Milliseconds that a search is given to hand over what it has. */
const PATIENCE = 3000;

class Engine {
  /** Version of the core, once it is loaded. */
  version = "";
  #known!: () => void;
  /** The core has been loaded once. */
  readonly ready = new Promise<void>((done) => (this.#known = done));
  #worker: Worker | undefined;
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #name: string;
  /** What else must happen when a worker starts. */
  #started: () => void;

  constructor(name: string, started: () => void) {
    this.#name = name;
    this.#started = started;
  }

  call<K extends OpName>(op: K, input: Loose<In<K>>, more: Watch = {}): Promise<Out<K>> {
    return this.#ask(op, input, more) as Promise<Out<K>>;
  }

  /** A question about what was read. */
  ask<K extends keyof Asks>(op: K, input: Asks[K]["in"], more: Watch = {}): Promise<Asks[K]["out"]> {
    return this.#ask(op, input, more) as Promise<Asks[K]["out"]>;
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Hands the worker one end of a channel to the other worker. */
  link(port: MessagePort, serve: boolean): void {
    this.#worker?.postMessage({ link: port, serve } satisfies Link, [port]);
  }

  #ask(op: Ask["op"], input: unknown, more: Watch): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (more.signal?.aborted) return reject(cancelled());
      const stop = more.gently && globalThis.crossOriginIsolated ? new SharedArrayBuffer(4) : undefined;
      const ask: Ask = { id: this.#next++, op, input, ...(stop ? { stop } : {}) };
      this.#waiting.set(ask.id, { ask, done: resolve, fail: reject, progress: more.progress });
      more.signal?.addEventListener("abort", () => (stop ? this.#stop(ask.id, stop) : this.#cancel(ask.id)), { once: true });
      this.#start().postMessage(ask);
    });
  }

  /** Loads the core now, so that the first call need not wait for it. */
  warm(): void {
    this.#start();
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./engine.worker.ts", import.meta.url), { type: "module", name: `dyocense ${this.#name}` });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(data);
    worker.onerror = (e) => {
      e.preventDefault();
      this.#lost(new Failure({ code: "internal", path: "", message: T.states.engineGone }));
    };
    this.#worker = worker;
    this.#started();
    return worker;
  }

  #hear(a: Answer): void {
    if (a.kind === "hello") {
      this.version = a.version;
      this.#known();
    } else if (a.kind === "failed") this.#lost(new Failure(a.error));
    else if (a.kind === "progress") this.#waiting.get(a.id)?.progress?.(a);
    else this.#settle(a.id, (w) => (a.kind === "result" ? w.done(a.result) : w.fail(new Failure(a.error))));
  }

  #settle(id: number, how: (w: Waiting) => void): void {
    const w = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (w) how(w);
  }

  #stop(id: number, flag: SharedArrayBuffer): void {
    Atomics.store(new Int32Array(flag), 0, 1);
    setTimeout(() => this.#cancel(id), PATIENCE);
  }

  /** The worker is replaced; the other calls under way are asked again. */
  #cancel(id: number): void {
    if (!this.#waiting.has(id)) return;
    this.#settle(id, (w) => w.fail(cancelled()));
    this.#worker?.terminate();
    this.#worker = undefined;
    const worker = this.#start();
    for (const w of this.#waiting.values()) worker.postMessage(w.ask);
  }

  #lost(why: Failure): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, (w) => w.fail(why));
  }
}

const cancelled = (): Failure => new Failure({ code: "cancelled", path: "", message: T.states.cancelled });

/** Whenever one of the two starts, they get a channel between them. */
function join(): void {
  if (!engine.running || !reader.running) return;
  const { port1, port2 } = new MessageChannel();
  reader.link(port1, true);
  engine.link(port2, false);
}

export const engine: Engine = new Engine("engine", join);
export const reader: Engine = new Engine("reader", join);
