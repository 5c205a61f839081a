// SPDX-License-Identifier: GPL-3.0-or-later
// From "where the module is" to operations. The entry files differ only in the Place they give.
import { client, type Dyo, type Transport } from "./client.js";
import { DyoError, words } from "./error.js";
import { any, optionsOf, type Known } from "./options.js";
import { build, version } from "./version.js";
import { wasmTransport } from "./wasm.js";

/** A WebAssembly.Module, by a name that needs no browser's types. */
export type CompiledModule = object;

/** Where a module can be had from: an address, its bytes, an answer that holds them, or the module already compiled. */
export type Source = string | URL | Response | ArrayBuffer | ArrayBufferView | CompiledModule;

export interface LoadOptions {
  /** Where dyocense.wasm is; by default the one of this package. */
  wasm?: Source | PromiseLike<Source> | undefined;
  /** How many workers compute; 0, the default: this thread does. "auto" is one for each processor but one. They start when there is work. */
  workers?: number | "auto" | undefined;
  /** Where the workers' program is, the package's `dyocense/worker`; by default the one beside this code. */
  worker?: string | URL | undefined;
}

/** What an entry file knows about where it runs. */
export interface Place {
  /** The package's own module. */
  own(): Source | Promise<Source>;
  /** The address that a text means here. */
  locate(text: string): URL;
  /** Bytes of a file: address, where that is possible. */
  read?(file: URL): Promise<Uint8Array>;
  /** Workers; absent where there are none. */
  workers?: Workers;
}

/** The workers' program: where it is, or its text. */
export type Program = URL | string;

/** What an entry file knows about workers. */
export interface Workers {
  program(): Program | Promise<Program>;
  /** How many are of use. */
  processors(): number;
  pool(module: CompiledModule, most: number, program: () => Program | Promise<Program>): Transport;
}

/** An address as pages and workers understand it. */
export const locate: Place["locate"] = (text) =>
  new URL(text, globalThis.document?.baseURI ?? globalThis.location?.href);

const compiledAt = new Map<string, Promise<WebAssembly.Module>>();
const compiledFrom = new WeakMap<object, Promise<WebAssembly.Module>>();

export function loader(place: Place): (options?: LoadOptions) => Promise<Dyo> {
  return async (options) => client(await open(place, options));
}

const LOAD: Known<LoadOptions> = { wasm: any, workers: any, worker: any };

/** The transport under a client. */
export async function open(place: Place, options?: LoadOptions | null): Promise<Transport> {
  const { wasm, workers = 0, worker } = optionsOf<LoadOptions>("load()", options, LOAD);
  const most = workers === "auto" ? (place.workers?.processors() ?? 1) : workers;
  if (!Number.isInteger(most) || most < 0 || most > 64) throw notWorkers(workers);
  const transport = await compiled(place, wasm)
    .then((module) => ofThisBuild(most ? pool(place, module, most, worker) : wasmTransport(module), module))
    .catch((cause: unknown) => {
      if (cause instanceof DyoError) throw cause;
      throw new DyoError("unsupported", "", `dyocense.wasm: could not be loaded (${words(cause)}). ${ADVICE}`, {
        cause,
      });
    });
  if (transport.version === version) return transport;
  throw strangers(transport.version, version);
}

/** JavaScript of one build with a module of another would fail in strange ways; caches and copied files bring that about. */
async function ofThisBuild(made: Transport | Promise<Transport>, module: WebAssembly.Module): Promise<Transport> {
  const transport = await made;
  const [section] = WebAssembly.Module.customSections(module, "build_id"); // absent: as the compiler made it, known by its release
  const found = section && new TextDecoder().decode(section);
  if (found === undefined || found === build) return transport;
  throw strangers(`${transport.version} (build ${found})`, `${version} (build ${build})`);
}

const strangers = (module: string, code: string) =>
  new DyoError("conflict", "", `dyocense.wasm is ${module}, its JavaScript ${code}: both must come from one release.`);

function pool(place: Place, module: WebAssembly.Module, most: number, worker: string | URL | undefined): Transport {
  const { workers } = place;
  if (!workers)
    throw new DyoError("unsupported", "", "there are no workers here; load() without them computes on this thread");
  const given = worker === undefined ? undefined : address(place, worker, "worker");
  return workers.pool(module, most, given ? () => given : workers.program);
}

/** The module of a source. The same source is compiled once, whoever asks. */
async function compiled(place: Place, wasm?: LoadOptions["wasm"]): Promise<WebAssembly.Module> {
  if (wasm === undefined) return once(compiledFrom, place, async () => compile(place, await place.own()));
  const source = await wasm;
  if (typeof source === "string" || tag(source) === "URL") {
    const url = address(place, source as string | URL, "wasm");
    return once(compiledAt, url.href, () => compile(place, url));
  }
  if (typeof source !== "object" || source === null) throw notASource(source);
  return once(compiledFrom, source, () => compile(place, source));
}

interface Cache<K> {
  get(key: K): Promise<WebAssembly.Module> | undefined;
  set(key: K, value: Promise<WebAssembly.Module>): unknown;
  delete(key: K): unknown;
}

function once<K>(cache: Cache<K>, key: K, make: () => Promise<WebAssembly.Module>): Promise<WebAssembly.Module> {
  let module = cache.get(key);
  if (!module) {
    module = make();
    cache.set(key, module);
    module.catch(() => cache.delete(key)); // so that a later try is a new one
  }
  return module;
}

async function compile(place: Place, source: Source): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === "undefined")
    throw new DyoError("unsupported", "", "WebAssembly is switched off here (a lockdown mode?).");
  if (typeof source === "string") return compile(place, address(place, source, "wasm"));
  if (ArrayBuffer.isView(source))
    return compileBytes(
      new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength),
      "the bytes given",
    );
  switch (tag(source)) {
    case "WebAssembly.Module":
      return source as WebAssembly.Module;
    case "ArrayBuffer":
      return compileBytes(source as ArrayBuffer, "the bytes given");
    case "URL":
      return fetched(place, source as URL);
    case "Response":
      return answered(source as Response, (source as Response).url || "the Response given");
    default:
      throw notASource(source);
  }
}

async function fetched(place: Place, url: URL): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    if (url.protocol === "file:" && place.read)
      return await compileBytes((await place.read(url)) as Uint8Array<ArrayBuffer>, url.href);
    response = await fetch(url);
  } catch (cause) {
    if (cause instanceof DyoError) throw cause;
    throw new DyoError(
      "upstream_error",
      "",
      `dyocense.wasm: ${url.href} could not be read (${words(cause)})${silent(url)}. ${ADVICE}`,
      { cause },
    );
  }
  return answered(response, url.href);
}

/** Pages are not told why a fetch failed: what it may have been. */
function silent({ origin }: URL): string {
  const here = globalThis.location?.origin;
  if (!here) return "";
  const shared = origin === here ? "" : `, and ${origin} must answer with Access-Control-Allow-Origin`;
  return `: a Content-Security-Policy must allow it in connect-src${shared}`;
}

async function answered(response: Response, from: string): Promise<WebAssembly.Module> {
  const type = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
  const refuse = (cause?: unknown): never => {
    const message = `dyocense.wasm: ${from} answered ${response.status} ${type || "without a type"}. ${ADVICE}`;
    throw new DyoError("upstream_error", "", message, { cause });
  };
  if (!response.ok || type === "text/html") refuse();
  if (type === "application/wasm")
    return WebAssembly.compileStreaming(response).catch((cause) => notCompiled(cause, from));
  const bytes = await response.arrayBuffer().catch(refuse);
  const start = new Uint8Array(bytes, 0, Math.min(4, bytes.byteLength));
  if (start.join() !== "0,97,115,109") refuse();
  return compileBytes(bytes, from);
}

function compileBytes(bytes: BufferSource, from: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytes).catch((cause) => notCompiled(cause, from));
}

const ADVICE = 'Pass load({ wasm: url }) or import "dyocense/inline".';

function notCompiled(cause: unknown, from: string): never {
  const said = words(cause);
  const blocked = /content security policy|unsafe-eval|blocked by csp/i.test(said);
  const message = blocked
    ? "WebAssembly is blocked by this page's Content-Security-Policy: add 'wasm-unsafe-eval' to script-src."
    : `dyocense.wasm: ${from} cannot be compiled here (${said}). ${ADVICE}`;
  throw new DyoError("unsupported", "", message, { cause });
}

function address(place: Place, given: string | URL, option: "wasm" | "worker"): URL {
  try {
    return typeof given === "string" ? place.locate(given) : new URL(given);
  } catch (cause) {
    throw new DyoError("invalid_input", "", `load({ ${option} }): found "${words(given)}"; an address is expected`, { cause });
  }
}

function notWorkers(found: unknown): DyoError {
  const expected = 'a whole number from 0 to 64 or "auto" is expected';
  return new DyoError("invalid_input", "", `load({ workers }): found ${typeof found === "string" ? `"${found}"` : words(found)}; ${expected}`);
}

function notASource(found: unknown): DyoError {
  const expected = "an address, bytes, a Response or a WebAssembly.Module is expected";
  return new DyoError(
    "invalid_input",
    "",
    `load({ wasm }): found ${typeof found === "object" ? "something else" : String(found)}; ${expected}`,
  );
}

const tag = (v: unknown) => Object.prototype.toString.call(v).slice(8, -1);
