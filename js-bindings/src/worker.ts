// SPDX-License-Identifier: GPL-3.0-or-later
// The program of a worker, in pages and in Node: one instance of the module, asked by pool.ts one question after the other.
import type { Transport, Watch } from "./client.js";
import { DyoError, words } from "./error.js";
import type { Ask, Fault, Start, Told } from "./messages.js";
import { build } from "./version.js";
import { wasmTransport } from "./wasm.js";

interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  hear(what: (data: unknown) => void): void;
}

interface Parent {
  on(event: "message", hear: (data: unknown) => void): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

function port(): Port {
  const page = globalThis as unknown as {
    postMessage?(message: unknown, transfer: Transferable[]): void;
    addEventListener(event: "message", hear: (m: { data: unknown }) => void): void;
  };
  const post = page.postMessage;
  if (post)
    return {
      postMessage: (message, transfer) => post.call(page, message, transfer),
      hear: (what) => page.addEventListener("message", ({ data }) => what(data)),
    };
  const threads = globalThis.process.getBuiltinModule("node:worker_threads");
  const parent = threads.parentPort as Parent;
  return {
    postMessage: (message, transfer) => parent.postMessage(message, transfer),
    hear: (what) => parent.on("message", what),
  };
}

/** Milliseconds between two words about work that hardly moves on: the flag is looked at more often than that. */
const PAUSE = 50;

const { postMessage: post, hear } = port();
const tell = (told: Told, transfer: Transferable[] = []) => post(told, transfer);
let transport: Promise<Transport> | undefined;

hear((data) => {
  if (!transport) void (transport = begin(data as Start)).then(() => tell({ kind: "ready" }), failed);
  else void transport.then((t) => answer(t, data as Ask)).catch(failed);
});

async function begin(start: Start): Promise<Transport> {
  if (start.build === build) return wasmTransport(start.module);
  throw new DyoError("conflict", "", `the worker's program is of build ${build}, what started it of ${start.build}: both must come from one release.`);
}

async function answer(to: Transport, ask: Ask): Promise<void> {
  if (ask.kind === "describe") return tell({ kind: "reply", reply: { text: await to.describe(ask.what), arrays: [] } });
  const reply = await to.send(ask.op, ask.request, watch(ask));
  tell({ kind: "reply", reply }, reply.arrays.map((a) => a.buffer as ArrayBuffer));
}

function watch({ typed, watched, stop }: Ask & { kind: "call" }): Watch {
  if (!watched) return { typed };
  const flag = stop && new Int32Array(stop);
  let [shown, next] = [-1, 0];
  const look = (fraction: number, stage: string) => {
    if (flag && Atomics.load(flag, 0)) return true;
    const now = performance.now();
    if (Math.abs(fraction - shown) < 0.01 && now < next) return false;
    [shown, next] = [fraction, now + PAUSE];
    tell({ kind: "progress", fraction, stage });
    return false;
  };
  return { typed, look };
}

function failed(thrown: unknown): void {
  const { code, path, message, cause } =
    thrown instanceof DyoError ? thrown : new DyoError("internal", "", words(thrown), { cause: thrown });
  const fault: Fault = { code, path, message, ...(cause !== undefined && { cause: new Error(words(cause)) }) };
  tell({ kind: "failed", fault });
}
