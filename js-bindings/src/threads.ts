// SPDX-License-Identifier: GPL-3.0-or-later
// A browser's Worker and Node's worker_threads in one shape. Nothing is imported, so that no tool looks for Node in a page's code.
import { DyoError, words } from "./error.js";
import type { Program } from "./load.js";
import type { Fault, Told } from "./messages.js";

/** A started worker. */
export interface Thread {
  post(message: unknown, transfer: Transferable[]): void;
  /** Whether a program that has nothing else to do waits for it. */
  hold(on: boolean): void;
  end(): void;
}

/** What is heard from it: messages, or once that it will send no more. */
export interface Ears {
  message(data: unknown): void;
  lost(why: unknown): void;
}

interface NodeThreads {
  Worker: new (program: URL | string, options: { eval: boolean; name: string; execArgv: string[] }) => NodeWorker;
}

interface NodeWorker {
  on(event: string, hear: (value: unknown) => void): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<number>;
}

const builtin = <T>(name: string): T | undefined =>
  (globalThis.process as { getBuiltinModule?(name: string): T } | undefined)?.getBuiltinModule?.(name);

export function start(program: Program, ears: Ears): Thread {
  if (typeof Worker === "function") return web(program, ears);
  const threads = builtin<NodeThreads>("node:worker_threads");
  if (threads) return node(threads, program, ears);
  throw new DyoError("unsupported", "", "there are no workers here; load() without them computes on this thread");
}

/** How many workers are of use: the processors, but for the one that this thread is on. */
export function processors(): number {
  const seen = globalThis.navigator?.hardwareConcurrency;
  const count = seen ?? builtin<{ availableParallelism(): number }>("node:os")?.availableParallelism() ?? 2;
  return Math.min(Math.max(count - 1, 1), 8);
}

/** Whether memory can be shared with a worker: in pages only where they are isolated from other origins. */
export const shares = (): boolean =>
  typeof SharedArrayBuffer === "function" && globalThis.crossOriginIsolated !== false;

function node({ Worker: Kind }: NodeThreads, program: Program, ears: Ears): Thread {
  const worker = new Kind(program, { eval: typeof program === "string", name: "dyocense", execArgv: [] });
  worker.on("message", (data) => ears.message(data));
  worker.on("messageerror", (why) => ears.lost(why));
  worker.on("error", (why) => ears.lost(why));
  worker.on("exit", (code) => ears.lost(new Error(`it ended with status ${String(code)}`)));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: (on) => (on ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
}

function web(program: Program, ears: Ears): Thread {
  const [worker, said] = opened(program);
  worker.onmessage = ({ data }) => ears.message(data);
  worker.onmessageerror = () => ears.lost(new Error("a message could not be read"));
  worker.onerror = (e) => {
    e.preventDefault();
    ears.lost(new Error(e.message || said));
  };
  const { ref, unref } = worker as { ref?(): void; unref?(): void }; // servers that have pages' workers
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: (on) => (on ? ref : unref)?.call(worker),
    end: () => worker.terminate(),
  };
}

/** The worker, and what is to be said where it fails without a word. Browsers start none from another origin, but a blob may import it. */
function opened(program: Program): [Worker, string] {
  const text = typeof program === "string";
  const ours = !text && program.origin === globalThis.location?.origin;
  const [how, policy] = ours ? ["", "'self'"] : text ? ["", "blob:"] : [" with Access-Control-Allow-Origin", `blob: and script-src ${program.origin}`];
  const from = text ? "the worker's program" : program.href;
  const said = `${from} was not loaded: it must be served as JavaScript${how}, and a Content-Security-Policy must allow worker-src ${policy}`;
  try {
    if (ours) return [new Worker(program, { type: "module", name: "dyocense" }), said];
    const blob = URL.createObjectURL(new Blob([text ? program : importing(program, said)], { type: "text/javascript" }));
    return [new Worker(blob, { type: "module", name: "dyocense" }), said];
  } catch (cause) {
    throw new DyoError("unsupported", "", `a worker could not be started (${words(cause)}): ${said}`, { cause });
  }
}

/** A program that becomes another. It imports it late, since early imports of a worker would fall under worker-src; what is said meanwhile waits. */
function importing({ href }: URL, said: string): string {
  const fault: Fault = { code: "unsupported", path: "", message: `a worker could not be started: ${said}` };
  const failed: Told = { kind: "failed", fault };
  return `const early = [], keep = (e) => early.push(e.data);
addEventListener("message", keep);
import(${JSON.stringify(href)}).then(() => {
  removeEventListener("message", keep);
  for (const data of early) dispatchEvent(new MessageEvent("message", { data }));
}, () => postMessage(${JSON.stringify(failed)}));`;
}
