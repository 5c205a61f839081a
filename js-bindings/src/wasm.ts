// SPDX-License-Identifier: GPL-3.0-or-later
// The operations inside a standalone WebAssembly module: an instance of it, and the transport that calls it on this thread.
import type { Transport, Watch } from "./client.js";
import type { Reply, Request } from "./encode.js";
import { DyoError, words } from "./error.js";

interface Exports {
  memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(at: number): void;
  dyo_wasm_call(
    op: number,
    json: number,
    len: number,
    arrays: number,
    nArrays: number,
    flags: number,
    sizes: number,
    nFiles: number,
  ): number;
  dyo_wasm_result_free(result: number): void;
  dyo_wasm_describe(what: number): number;
  dyo_wasm_version(): number;
  _initialize?(): void;
}

type Look = NonNullable<Watch["look"]>;
type Read = (file: number, offset: number, at: number, n: number) => number;

const TYPED = 1; // flag of dyo_wasm_call: long number arrays leave as arrays
const LARGEST = 2 ** 31; // what a size_t of the module is asked for at most
const KEEP_MEMORY = 64 << 20; // an instance whose memory has grown past this is let go after the call

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const stranger = (why: string) =>
  new DyoError("unsupported", "", `dyocense.wasm: ${why}; it is not the module of this package.`);
const outOfMemory = () =>
  new DyoError("out_of_memory", "", "the request does not fit into the memory that WebAssembly may use");

/** One instance. It serves one call at a time and must not be used again once it has thrown anything but a DyoError. */
export class Instance {
  readonly version: string;
  readonly #exports: Exports;
  #look: Look | undefined;
  #files: readonly Uint8Array[] = [];

  private constructor(exports: Exports) {
    this.#exports = exports;
    this.version = this.#text(exports.dyo_wasm_version());
  }

  static async start(module: WebAssembly.Module): Promise<Instance> {
    try {
      return await Instance.#make(module);
    } catch (cause) {
      if (cause instanceof DyoError) throw cause;
      const code = cause instanceof RangeError ? "out_of_memory" : "unsupported";
      throw new DyoError(code, "", `the WebAssembly module could not be started (${words(cause)})`, { cause });
    }
  }

  static async #make(module: WebAssembly.Module): Promise<Instance> {
    const memory = () => exports.memory.buffer;
    const look: Look = (fraction, stage) => (instance.#look ? instance.#look(fraction, stage) : false);
    const read: Read = (file, offset, at, n) => {
      const bytes = instance.#files[file]?.subarray(offset, offset + n) ?? new Uint8Array(0);
      new Uint8Array(memory(), at >>> 0, bytes.length).set(bytes);
      return bytes.length;
    };
    const exports = (await WebAssembly.instantiate(module, imports(module, memory, look, read)))
      .exports as unknown as Exports;
    if (typeof exports.dyo_wasm_call !== "function") throw stranger("lacks dyo_wasm_call");
    exports._initialize?.();
    const instance = new Instance(exports);
    return instance;
  }

  /** Bytes of linear memory, which grows and never shrinks. */
  get size(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  call(op: string, { text: json, arrays, files }: Request, watch: Watch): Reply {
    const e = this.#exports;
    const name = encoder.encode(op + "\0");
    const text = typeof json === "string" ? encoder.encode(json) : json;
    const numbers = arrays.reduce((n, a) => n + a.length, 0);
    const table = numbers * 8; // one block: the numbers, their table {address, length}, the files' sizes, the name and the text
    const sizes = table + arrays.length * 8;
    const names = sizes + files.length * 8;
    const block = this.#alloc(names + name.length + text.length);
    const memory = new Uint8Array(e.memory.buffer);
    const view = new DataView(e.memory.buffer);
    let at = block;
    for (const [i, array] of arrays.entries()) {
      new Float64Array(e.memory.buffer, at, array.length).set(array);
      view.setUint32(block + table + 8 * i, at, true);
      view.setUint32(block + table + 8 * i + 4, array.length, true);
      at += array.length * 8;
    }
    for (const [i, file] of files.entries()) view.setFloat64(block + sizes + 8 * i, file.length, true);
    memory.set(name, block + names);
    memory.set(text, block + names + name.length);

    this.#look = watch.look;
    const flags = watch.typed ? TYPED : 0;
    this.#files = files;
    const result =
      e.dyo_wasm_call(
        block + names,
        block + names + name.length,
        text.length,
        block + table,
        arrays.length,
        flags,
        block + sizes,
        files.length,
      ) >>> 0;
    this.#look = undefined;
    this.#files = [];
    const reply = result ? this.#reply(result) : undefined;
    e.dyo_wasm_result_free(result);
    e.free(block);
    if (!reply) throw outOfMemory();
    return reply;
  }

  describe(what: string): string {
    const name = encoder.encode(what + "\0");
    const at = this.#alloc(name.length);
    new Uint8Array(this.#exports.memory.buffer).set(name, at);
    const text = this.#exports.dyo_wasm_describe(at) >>> 0;
    this.#exports.free(at);
    if (!text) throw outOfMemory();
    const answer = this.#text(text);
    this.#exports.free(text);
    return answer;
  }

  #alloc(size: number): number {
    const at = size < LARGEST ? this.#exports.malloc(size) >>> 0 : 0;
    if (!at) throw outOfMemory();
    return at;
  }

  #text(at: number): string {
    return cString(this.#exports.memory.buffer, at);
  }

  /** A dyo_wasm_result {json, len, arrays, n_arrays}, copied out. */
  #reply(at: number): Reply {
    const buffer = this.#exports.memory.buffer;
    const view = new DataView(buffer);
    const text = decoder.decode(new Uint8Array(buffer, view.getUint32(at, true), view.getUint32(at + 4, true)));
    const table = view.getUint32(at + 8, true);
    const arrays = Array.from({ length: view.getUint32(at + 12, true) }, (_, i) => {
      const start = view.getUint32(table + 8 * i, true);
      return new Float64Array(buffer, start, view.getUint32(table + 8 * i + 4, true)).slice();
    });
    return { text, arrays };
  }
}

function cString(buffer: ArrayBufferLike, at: number): string {
  const bytes = new Uint8Array(buffer, at);
  return decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** What the module may ask for, and nothing else: a name we do not know means a module that is not ours. */
function imports(
  module: WebAssembly.Module,
  memory: () => ArrayBufferLike,
  look: Look,
  read: Read,
): WebAssembly.Imports {
  const dyo: Record<string, (...args: never[]) => number> = {
    now: () => performance.now() / 1000,
    progress: (fraction: number, stage: number) => (look(fraction, cString(memory(), stage >>> 0)) ? 1 : 0),
    read,
  };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from === "dyo" && Object.hasOwn(dyo, name)) continue;
    throw stranger(`asks for an unknown import ${from}.${name}`);
  }
  return { dyo };
}

/** Calls on this thread, one after the other. An instance that broke is replaced, so that the next call works. */
export async function wasmTransport(module: WebAssembly.Module): Promise<Transport> {
  let instance: Instance | undefined = await Instance.start(module);
  let starting: Promise<void> | undefined;
  let busy = false;
  let closed = false;
  const { version } = instance;

  const restart = () =>
    (starting ??= Instance.start(module)
      .then((fresh) => void (instance = fresh))
      .finally(() => (starting = undefined)));
  const attempt = <T>(one: Instance, job: (one: Instance) => T): T => {
    busy = true;
    try {
      return job(one);
    } catch (cause) {
      if (cause instanceof DyoError) throw cause;
      instance = undefined;
      throw broken(cause);
    } finally {
      busy = false;
      if (one.size > KEEP_MEMORY) instance = undefined;
    }
  };
  const use = async <T>(job: (one: Instance) => T): Promise<T> => {
    for (;;) {
      if (closed) throw new DyoError("conflict", "", "this was closed; load() gives a new one");
      if (busy)
        await null; // asked for from inside onProgress: goes after the call that is running
      else if (instance) return attempt(instance, job);
      else await restart();
    }
  };
  return {
    version,
    send(op, { text, arrays, files }, watch) {
      const waits = busy || !instance; // what the caller does with arrays and files meanwhile does not count
      const request = {
        text,
        arrays: waits ? arrays.map((a) => new Float64Array(a)) : arrays,
        files: waits ? files.map((f) => new Uint8Array(f)) : files, // copies, where slice() of a Buffer is none
      };
      return use((one) => one.call(op, request, watch));
    },
    describe: (what) => use((one) => one.describe(what)),
    async close() {
      closed = true;
      instance = undefined;
    },
  };
}

function broken(cause: unknown): DyoError {
  const message = `the WebAssembly module stopped (${words(cause)}) and was started anew. This is a bug: please report the request.`;
  return new DyoError("internal", "", message, { cause });
}
