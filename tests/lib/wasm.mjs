// The bare module, called with bytes: what the npm package's typed methods cannot send (broken UTF-8, doubled keys) can be
// sent here.
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { built, wasmPath } from "./project.mjs";

let compiled;

function importsOf(module) {
  const own = { now: () => performance.now() / 1000, progress: () => 0, read: () => 0 };
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (from !== "dyo" || kind !== "function" || !own[name])
      throw new Error(`the module imports ${from}.${name}, which no host gives`);
    (imports[from] ??= {})[name] = own[name];
  }
  return imports;
}

/** A fresh instance: call(op, bytes) -> bytes of the reply; a trap becomes { crash } and the next call gets a new
 *  instance. */
export async function openWasm(path = wasmPath) {
  compiled ??= await WebAssembly.compile(readFileSync(built(path)));
  let x = null;
  const start = () => {
    x = new WebAssembly.Instance(compiled, importsOf(compiled)).exports;
    x._initialize?.();
  };
  const copyIn = (bytes) => {
    const p = x.malloc(bytes.length + 1);
    const memory = new Uint8Array(x.memory.buffer, p, bytes.length + 1);
    memory.set(bytes);
    memory[bytes.length] = 0;
    return p;
  };
  const once = (op, bytes) => {
    const name = copyIn(Buffer.from(op));
    const text = copyIn(bytes);
    const result = x.dyo_wasm_call(name, text, bytes.length, 0, 0, 0, 0, 0);
    x.free(text);
    x.free(name);
    if (result === 0) return { crash: "no result" };
    const [json, length] = new Uint32Array(x.memory.buffer, result, 2);
    const reply = Buffer.from(new Uint8Array(x.memory.buffer, json, length));
    x.dyo_wasm_result_free(result);
    return reply;
  };
  start();
  return {
    get exports() {
      return x;
    },
    call(op, bytes) {
      try {
        return once(op, bytes);
      } catch (e) {
        start();
        return { crash: `trapped: ${e.message}` };
      }
    },
  };
}

/** Stands for the replies to all that was not asked because something before it hung. */
export const notAsked = { crash: "not asked" };

/** The replies of the module to each request, as bytes; { crash } for one that trapped or gave no answer within `stall`
 *  milliseconds. */
export function playWasm(op, requests, stall = 20_000) {
  return new Promise((done, failed) => {
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL("./wasm-worker.mjs", import.meta.url), { workerData: { op, requests, counter } });
    const replies = [];
    let last = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - last < stall) return;
      replies[counter[0]] = { crash: "hung" };
      for (let i = 0; i < requests.length; i++) replies[i] ??= notAsked;
      worker.terminate();
    }, 500);
    worker.on("message", (reply) => {
      last = performance.now();
      replies.push(reply.crash ? reply : Buffer.from(reply));
    });
    worker.on("error", (e) => {
      clearInterval(watch);
      failed(e);
    });
    worker.on("exit", () => {
      clearInterval(watch);
      done(replies);
    });
  });
}
