// SPDX-License-Identifier: GPL-3.0-or-later
// Calls in workers: started when there is work for them, each with one call at a time, the rest in a queue.
import type { Transport, Watch } from "./client.js";
import type { Reply, Request } from "./encode.js";
import { DyoError, words } from "./error.js";
import type { Ask, Start, Told } from "./messages.js";
import type { Workers } from "./load.js";
import { processors, shares, start, type Ears, type Thread } from "./threads.js";
import { build, version } from "./version.js";

/** Milliseconds that a call is given to hand over what it has, once it is asked to stop. */
const PATIENCE = 3000;

export interface PoolOptions {
  module: WebAssembly.Module;
  /** How many workers there may be. */
  most: number;
  start(ears: Ears): Promise<Thread>;
  patience?: number;
}

interface Job {
  ask: Ask;
  transfer: Transferable[];
  look: Watch["look"];
  done(reply: Reply): void;
  fail(error: DyoError): void;
}

const CANCELLED: Reply = {
  text: JSON.stringify({ error: { code: "cancelled", path: "", message: "cancelled by its signal" } }),
  arrays: [],
};
const closedError = () => new DyoError("conflict", "", "this was closed; load() gives a new one");

/** For an entry file that says where the program is. */
export const workers = (program: Workers["program"]): Workers => ({
  program,
  processors,
  pool: (module, most, from) => new Pool({ module: module as WebAssembly.Module, most, start: async (ears) => start(await from(), ears) }),
});

/** A worker and the call it has. */
class Hand {
  job: Job | undefined;
  readonly #pool: Pool;
  readonly #thread: Promise<Thread | undefined>;
  #ready = false;
  #gone = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #patience: number;

  constructor(pool: Pool, { start, module, patience = PATIENCE }: PoolOptions) {
    this.#pool = pool;
    this.#patience = patience;
    const ears: Ears = { message: (data) => this.#hear(data as Told), lost: (why) => this.#lost(why) };
    this.#thread = start(ears).then(
      (thread) => {
        if (this.#gone) thread.end();
        else thread.post({ module, build } satisfies Start, []);
        return thread;
      },
      (why: unknown) => void this.#lost(why),
    );
  }

  async take(job: Job): Promise<void> {
    this.job = job;
    const thread = await this.#thread;
    if (!thread || this.#gone || this.job !== job) return;
    thread.hold(true);
    try {
      thread.post(job.ask, job.transfer);
    } catch (cause) {
      this.#settle((j) => j.fail(new DyoError("internal", "", `the request could not be sent (${words(cause)})`, { cause })));
    }
  }

  /** Ends the call: gently where memory is shared, so that it hands over what it has; else its worker goes. */
  stop(): void {
    const ask = this.job?.ask;
    if (ask?.kind !== "call" || !ask.stop || !this.#ready) return this.#replace();
    Atomics.store(new Int32Array(ask.stop), 0, 1);
    this.#timer ??= setTimeout(() => this.#replace(), this.#patience);
  }

  async end(): Promise<void> {
    this.#gone = true;
    clearTimeout(this.#timer);
    (await this.#thread)?.end();
  }

  #replace(): void {
    const { job } = this;
    this.job = undefined;
    void this.end();
    this.#pool.without(this);
    job?.done(CANCELLED);
  }

  #hear(told: Told): void {
    if (this.#gone) return;
    if (told.kind === "ready") this.#ready = true;
    else if (told.kind === "progress") {
      if (this.job?.look?.(told.fraction, told.stage)) this.stop();
    } else if (told.kind === "reply") this.#settle((job) => job.done(told.reply));
    else {
      const { code, path, message, ...more } = told.fault;
      const error = new DyoError(code, path, message, more);
      if (this.#ready) this.#settle((job) => job.fail(error));
      else this.#lost(error);
    }
  }

  #settle(how: (job: Job) => void): void {
    const { job } = this;
    this.job = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#thread.then((thread) => this.job || thread?.hold(false));
    if (job) how(job);
    this.#pool.free();
  }

  /** The worker is no more: its call fails, and the next gets a new one. */
  #lost(why: unknown): void {
    if (this.#gone) return;
    const { job } = this;
    this.job = undefined;
    void this.end();
    this.#pool.without(this);
    job?.fail(why instanceof DyoError ? why : this.#ended(why));
  }

  #ended(cause: unknown): DyoError {
    if (!this.#ready) return new DyoError("unsupported", "", `a worker could not be started: ${words(cause)}`, { cause });
    return new DyoError("internal", "", `the worker stopped (${words(cause)}); the next call starts another`, { cause });
  }
}

export class Pool implements Transport {
  readonly version = version;
  readonly #options: PoolOptions;
  readonly #hands = new Set<Hand>();
  #queue: Job[] = [];
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  send(op: string, request: Request, { typed, look, signal }: Watch): Promise<Reply> {
    const stop = look && shares() ? new SharedArrayBuffer(4) : undefined;
    const own = packed(request);
    const ask: Ask = { kind: "call", op, request: own.request, typed, watched: look !== undefined, stop };
    return this.#ask(ask, own.transfer, look, signal);
  }

  async describe(what: string): Promise<string> {
    return (await this.#ask({ kind: "describe", what }, [])).text;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const hands = [...this.#hands];
    const jobs = [...hands.flatMap(({ job }) => job ?? []), ...this.#queue];
    this.#hands.clear();
    this.#queue = [];
    for (const job of jobs) job.fail(closedError());
    await Promise.all(hands.map((hand) => hand.end()));
  }

  /** A worker has finished its call. */
  free(): void {
    this.#next();
  }

  /** A worker is gone. */
  without(hand: Hand): void {
    this.#hands.delete(hand);
    this.#next();
  }

  async #ask(ask: Ask, transfer: Transferable[], look?: Watch["look"], signal?: AbortSignal): Promise<Reply> {
    if (this.#closed) throw closedError();
    let abort: (() => void) | undefined;
    try {
      return await new Promise<Reply>((done, fail) => {
        const job: Job = { ask, transfer, look, done, fail };
        abort = () => this.#abort(job);
        signal?.addEventListener("abort", abort);
        this.#queue.push(job);
        this.#next();
      });
    } finally {
      if (abort) signal?.removeEventListener("abort", abort);
    }
  }

  #abort(job: Job): void {
    const waits = this.#queue.includes(job);
    if (!waits) return [...this.#hands].find((hand) => hand.job === job)?.stop();
    this.#queue = this.#queue.filter((other) => other !== job);
    job.done(CANCELLED);
  }

  #next(): void {
    while (this.#queue.length) {
      const hand = [...this.#hands].find(({ job }) => !job) ?? this.#more();
      if (!hand) return;
      void hand.take(this.#queue.shift()!);
    }
  }

  #more(): Hand | undefined {
    if (this.#hands.size >= this.#options.most) return undefined;
    const hand = new Hand(this, this.#options);
    this.#hands.add(hand);
    return hand;
  }
}

/** A request that can leave this thread: what was not given away by its owner is copied, and the copies move. */
function packed({ text, arrays, files, moved = false }: Request): { request: Request; transfer: Transferable[] } {
  const given = (a: ArrayBufferView) => moved && a.buffer instanceof ArrayBuffer;
  const request = {
    text,
    arrays: arrays.map((a) => (given(a) ? a : new Float64Array(a))),
    files: files.map((f) => (given(f) ? f : new Uint8Array(f))),
  };
  const all: ArrayBufferView[] = [...request.arrays, ...request.files, ...(typeof text === "string" ? [] : [text])];
  return { request, transfer: [...new Set(all.map((a) => a.buffer as ArrayBuffer))] };
}
