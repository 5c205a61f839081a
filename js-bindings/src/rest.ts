// SPDX-License-Identifier: GPL-3.0-or-later
// The operations of a daemon over REST. A call that somebody watches, or that takes long, is a run of the daemon: its progress is told
// by events, and it can be stopped.
import { client, type Dyo, type Summary, type Transport, type Watch } from "./client.js";
import type { Reply, Request } from "./encode.js";
import { DyoError, words, type ErrorCode } from "./error.js";
import { any, optionsOf, type Known } from "./options.js";

export interface ConnectOptions {
  /** Where the daemon is, such as http://127.0.0.1:8787. */
  url: string | URL;
  /** A token of `dyocensed token create`, with the scope `run`. */
  token?: string | undefined;
}

interface Fault {
  code: ErrorCode;
  path: string;
  message: string;
}

interface Run {
  state: "queued" | "running" | "succeeded" | "partial" | "failed" | "cancelled";
  fraction: number;
  stage: string | null;
  result: unknown;
  error: Fault | null;
}

const PATIENCE = 3000; // milliseconds from asking a run to end to leaving it alone
const PAUSE = 250; // milliseconds before a run is asked after again
const LONG = 64; // length from which arrays of a typed result are floats, as in the core

const CONNECT: Known<ConnectOptions> = {
  url: any,
  token: ["the token's text", (v) => typeof v === "string" && /^[\x21-\x7e]*$/.test(v)],
};

/** The same operations as load() gives, computed by a daemon. */
export async function connect(options: ConnectOptions): Promise<Dyo> {
  const { url, token } = optionsOf<ConnectOptions>("connect()", options, CONNECT);
  let root: URL;
  try {
    root = new URL(url!);
    if (!/^https?:$/.test(root.protocol)) throw new TypeError(`${root.protocol} is not http: or https:`);
  } catch (cause) {
    const found = url === undefined ? "none" : `"${words(url)}"`;
    throw new DyoError("invalid_input", "", `connect({ url }): found ${found}; an address such as http://127.0.0.1:8787 is expected`, { cause });
  }
  if (!root.pathname.endsWith("/")) root.pathname += "/";
  const rest = new Rest(root, token);
  const [{ operations }, { version }] = await Promise.all([
    rest.get<{ operations: Summary[] }>("api/v1/operations"),
    rest.get<{ version: string }>("healthz"),
  ]);
  return client(new Remote(rest, operations, version));
}

/** Requests to one daemon. */
class Rest {
  readonly #root: URL;
  readonly #headers: Record<string, string>;

  constructor(root: URL, token: string | undefined) {
    this.#root = root;
    this.#headers = token ? { Authorization: `Bearer ${token}` } : {};
  }

  get<T>(path: string): Promise<T> {
    return this.json<T>(path, {});
  }

  async json<T>(path: string, init: RequestInit): Promise<T> {
    const answer = await this.ask(path, init);
    const body: unknown = await answer.json().catch((cause: unknown) => {
      throw this.#strange(answer, cause);
    });
    return body as T;
  }

  /** A good answer; any other is thrown as what it says. */
  async ask(path: string, { headers, ...init }: RequestInit): Promise<Response> {
    const url = new URL(path.replace(/^\//, ""), this.#root);
    let answer: Response;
    try {
      answer = await fetch(url, { ...init, headers: { ...this.#headers, ...headers } });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      const why = (cause as { cause?: unknown } | null)?.cause ?? cause; // fetch itself only says that it failed
      throw new DyoError("upstream_error", "", `${url.origin} could not be reached (${words(why)}): is dyocensed running there?`, {
        cause,
      });
    }
    if (answer.ok) return answer;
    const fault = (await answer.json().catch(() => undefined)) as Partial<Fault> | undefined;
    if (typeof fault?.code !== "string") throw this.#strange(answer);
    throw new DyoError(fault.code, fault.path ?? "", fault.message ?? "");
  }

  #strange(answer: Response, cause?: unknown): DyoError {
    const type = answer.headers.get("content-type")?.split(";")[0] || "without a type";
    const message = `${answer.url} answered ${answer.status} ${type}: is it the address of dyocensed?`;
    return new DyoError("upstream_error", "", message, cause === undefined ? {} : { cause });
  }
}

class Remote implements Transport {
  readonly plain = true;
  readonly version: string;
  readonly #rest: Rest;
  readonly #ops: Summary[];
  readonly #closed = new AbortController();

  constructor(rest: Rest, ops: Summary[], version: string) {
    this.#rest = rest;
    this.#ops = ops;
    this.version = version;
  }

  async send(op: string, { text }: Request, watch: Watch): Promise<Reply> {
    this.#open();
    const path = this.#path(op);
    const headers = { "Content-Type": "application/json", ...(watch.look && { Prefer: "respond-async" }) };
    const init = { method: "POST", headers, body: text as BodyInit, signal: this.#closed.signal };
    const answer = await this.#rest.json<unknown>(path, init).catch((e: unknown) => {
      this.#open();
      throw e;
    });
    const run = (answer as { run_id?: unknown; location?: unknown } | null)?.location;
    const value = typeof run === "string" ? await this.#follow(run, watch) : answer;
    return { text: "", arrays: [], value: watch.typed ? floats(value) : value };
  }

  async describe(what: string): Promise<string> {
    this.#open();
    if (what === "ops") return JSON.stringify({ operations: this.#ops });
    const { components } = await this.#rest.get<{ components: { schemas: Record<string, object> } }>("openapi.json");
    const $schema = "https://json-schema.org/draft/2020-12/schema";
    const schema = (op: string, end: string) => components.schemas[pascal(op) + end];
    if (what) {
      this.#path(what);
      const of = (end: string) => ({ $schema, title: pascal(what) + end, ...schema(what, end) });
      return JSON.stringify({ ...this.#ops.find((o) => o.name === what), input: of("Input"), output: of("Output") });
    }
    const all = this.#ops.flatMap(({ name }) => ["Input", "Output"].map((end) => [pascal(name) + end, schema(name, end)]));
    return JSON.stringify({ $schema, $defs: Object.fromEntries(all) });
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }

  #open(): void {
    if (this.#closed.signal.aborted) throw new DyoError("conflict", "", "this was closed; connect() gives a new one");
  }

  #path(op: string): string {
    const known = this.#ops.find(({ name }) => name === op);
    if (known) return known.path;
    throw new DyoError("unknown_operation", "", `unknown operation "${op}"; ops() lists those that this daemon has`);
  }

  /** A run to its end, told as it goes. */
  async #follow(run: string, watch: Watch): Promise<unknown> {
    const leave = new AbortController();
    let patience: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      if (patience) return;
      patience = setTimeout(() => leave.abort(), PATIENCE);
      this.#rest.json(`${run}/cancel`, { method: "POST" }).catch(() => leave.abort());
    };
    const seen = ({ fraction, stage, state }: Run) => watch.look?.(fraction, stage ?? state) && stop();
    watch.signal?.addEventListener("abort", stop);
    if (watch.signal?.aborted) stop();
    const signal = AbortSignal.any([leave.signal, this.#closed.signal]);
    try {
      for (;;) {
        await this.#events(run, signal, seen).catch((e: unknown) => signal.aborted && Promise.reject(e as Error));
        const now = await this.#rest.json<Run>(run, { signal }); // an end too long for an event is only here
        if (now.state !== "queued" && now.state !== "running") return ended(now);
        seen(now);
        await new Promise((go) => setTimeout(go, PAUSE));
      }
    } catch (e) {
      this.#open();
      if (leave.signal.aborted) return { error: { code: "cancelled", path: "", message: "cancelled by its signal" } };
      throw e;
    } finally {
      clearTimeout(patience);
      watch.signal?.removeEventListener("abort", stop);
    }
  }

  /** Hears what happens to a run until the daemon has no more to say. */
  async #events(run: string, signal: AbortSignal, seen: (run: Run) => void): Promise<void> {
    const { body } = await this.#rest.ask(`${run}/events`, { headers: { Accept: "text/event-stream" }, signal });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let part; !(part = await reader.read()).done; ) {
      const events = (text + part.value).split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        const [, kind, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
        if (kind === "progress") seen(JSON.parse(data!) as Run);
      }
    }
  }
}

function ended({ state, error, result }: Run): unknown {
  if (state === "succeeded" || state === "partial") return result;
  const fault = error ?? { code: "internal", path: "", message: `the run ended as ${state}` };
  return { error: result === null ? fault : { ...fault, partial: result } };
}

const pascal = (op: string) => op.replace(/(?:^|[._])(.)/g, (_, letter: string) => letter.toUpperCase());

/** Long number arrays as floats, with NaN for a missing value. */
function floats(v: unknown): unknown {
  if (typeof v !== "object" || v === null) return v;
  if (Array.isArray(v) && v.length >= LONG && v.every((x) => x === null || typeof x === "number"))
    return Float64Array.from(v as (number | null)[], (x) => x ?? NaN);
  const node = v as Record<string, unknown>;
  for (const key of Object.keys(node)) node[key] = floats(node[key]);
  return v;
}

