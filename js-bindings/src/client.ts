// SPDX-License-Identifier: GPL-3.0-or-later
import { decode, encode, type Reply, type Request } from "./encode.js";
import { DyoError, words, type ErrorCode } from "./error.js";
import { opNames, type CoreOps } from "./ops.gen.js";
import { any, optionsOf, type Known } from "./options.js";

/** How far a call is: `fraction` from 0 to 1, `stage` in words. */
export interface Progress {
  fraction: number;
  stage: string;
}

/** Settings of one call; every operation takes the same. */
export interface CallOptions<T extends boolean = boolean> {
  /**
   * Aborting rejects with `DyoError` `cancelled`, whose `partial` is the best answer so far where there is one. Without workers an abort is
   * heard before the call and from `onProgress` alone.
   */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Moves the float arrays and the bytes of the input instead of copying them; they are empty afterwards. */
  transfer?: boolean | undefined;
  /** Long number arrays of the result come as `Float64Array`, with NaN for a missing value. */
  typed?: T | undefined;
}

/** What carries requests to the operations. One for each place they can run. */
export interface Transport {
  readonly version: string;
  /** Requests travel as text alone, without arrays and files beside it. */
  readonly plain?: boolean;
  send(op: string, request: Request, watch: Watch): Promise<Reply>;
  /** JSON text: of "ops", of an operation by its name, or of all schemas by "". */
  describe(what: string): Promise<string>;
  close(): Promise<void>;
}

/** The part of the options that concerns a transport. */
export interface Watch {
  readonly typed: boolean;
  /** To be told of progress; true asks the call to stop. Absent where nobody listens. */
  readonly look?: (fraction: number, stage: string) => boolean;
  /** Asks the call to stop at any time, where a transport can hear it while the call runs. */
  readonly signal?: AbortSignal;
}

/** An operation's input as it may be given: arrays may be read-only, and number arrays may be floats with NaN for a missing value. */
export type Given<T> = T extends Float64Array
  ? Float64Array | Float32Array
  : T extends Uint8Array | ArrayBuffer
    ? T
  : T extends readonly (infer E)[]
    ? readonly Given<E>[]
    : T extends object
      ? { [K in keyof T]: Given<T[K]> }
      : T;

/** A result under `typed: true`. */
export type Typed<T> = T extends readonly (infer E)[]
  ? [E] extends [number | null]
    ? T | Float64Array
    : Typed<E>[]
  : T extends object
    ? { [K in keyof T]: Typed<T[K]> }
    : T;

export type OpName = keyof CoreOps;

type Result<Out, T> = T extends true ? Typed<Out> : Out;

/** One operation as a function. */
export type Operation<In, Out> = Out extends { confidence_intervals: unknown }
  ? <T extends boolean = false, L extends Level | readonly Level[] | Float64Array | Float32Array | null = Level>(
      input: Given<In> & { confidence_level?: L },
      options?: CallOptions<T>,
    ) => Promise<Result<Banded<Out, L>, T>>
  : <T extends boolean = false>(input: Given<In>, options?: CallOptions<T>) => Promise<Result<Out, T>>;

type Level = number;

/** One band for one level; a list of them where levels came as a list. */
type Banded<Out, L> = {
  [K in keyof Out]: K extends "confidence_intervals"
    ? L extends readonly unknown[] | Float64Array | Float32Array
      ? Extract<Out[K], readonly unknown[]>
      : Exclude<Out[K], readonly unknown[]>
    : Out[K];
};

type Group<K> = K extends `${infer G}.${string}` ? G : never;
type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type Method<K, G extends string> = K extends `${G}.${infer M}` ? Camel<M> : never;

/** `inventory.eoq` as `dyo.inventory.eoq`, `inventory.safety_stock` as `dyo.inventory.safetyStock`. */
export type Operations = {
  readonly [G in Group<OpName>]: {
    readonly [K in keyof CoreOps as Method<K, G>]: Operation<CoreOps[K]["in"], CoreOps[K]["out"]>;
  };
};

/** A JSON Schema. */
export type Schema = Record<string, unknown>;

/** An operation in words. */
export interface Summary {
  name: OpName;
  /** Where it is under a daemon's address. */
  path: string;
  summary: string;
  /** The paper or book it follows. */
  method: string;
}

export interface Description extends Summary {
  input: Schema;
  output: Schema;
}

/** What `load()` gives: every operation by its name, and what is known about them. */
export interface Dyo extends Operations {
  /** An operation by the name it has at the other doors. */
  call<K extends OpName, T extends boolean = false>(
    op: K,
    input: Given<CoreOps[K]["in"]>,
    options?: CallOptions<T>,
  ): Promise<Result<CoreOps[K]["out"], T>>;
  /** An operation and the JSON Schema (2020-12) of its input and output; without a name, the schemas of all of them. */
  describe(op: OpName): Promise<Description>;
  describe(): Promise<Schema>;
  /** Every operation with its sentence. */
  ops(): Promise<Summary[]>;
  readonly version: string;
  /** Ends what runs in the background and lets the memory go. A finished script exits without it. */
  close(): Promise<void>;
}

type Run = (op: string, input: unknown, options?: CallOptions) => Promise<unknown>;

const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** Every operation as a function, over any transport. */
export function client(transport: Transport): Dyo {
  const run: Run = (op, input, options) => send(transport, op, input, options);
  const tree: Record<string, Record<string, unknown>> = {};
  for (const name of opNames) {
    const [group, method] = name.split(".") as [string, string];
    (tree[group] ??= {})[camel(method)] = (input: unknown, options?: CallOptions) => run(name, input, options);
  }
  for (const group of Object.values(tree)) Object.freeze(group);
  return Object.freeze({
    ...tree,
    call: run,
    describe: async (op = "") => parse(await transport.describe(named(op))),
    ops: async () => parse<{ operations: Summary[] }>(await transport.describe("ops")).operations,
    version: transport.version,
    close: () => transport.close(),
  }) as unknown as Dyo;
}

/** A name that can be looked up: text, and without the NUL that would end it early. */
function named(op: unknown): string {
  if (typeof op === "string" && !op.includes("\0")) return op;
  throw new DyoError("unknown_operation", "", 'the name of an operation is expected, such as "inventory.eoq"');
}

const isSignal = (v: unknown) => typeof (v as AbortSignal | null)?.aborted === "boolean" && "addEventListener" in (v as object);
const CALL: Known<CallOptions> = {
  signal: ["an AbortSignal, such as the signal of an AbortController,", isSignal],
  onProgress: ["a function", (v) => typeof v === "function"],
  transfer: any,
  typed: any,
};

async function send(transport: Transport, op: string, input: unknown, options?: CallOptions | null): Promise<unknown> {
  const { signal, onProgress, transfer = false, typed = false } = optionsOf<CallOptions>("options of a call", options, CALL);
  if (signal?.aborted) throw cancelled(signal);
  named(op);

  let thrown: { cause: unknown } | undefined;
  const look = (fraction: number, stage: string) => {
    try {
      if (!thrown) onProgress?.({ fraction, stage });
    } catch (cause) {
      thrown = { cause };
    }
    return thrown !== undefined || signal?.aborted === true;
  };
  const watch: Watch = { typed, ...((signal || onProgress) && { look }), ...(signal && { signal }) };
  const answer = decode(await transport.send(op, encode(input, transfer, transport.plain), watch)) as Answer;

  const failure = answer.error;
  const partial = failure ? failure.partial : answer;
  if (thrown)
    throw new DyoError("cancelled", "", `onProgress threw: ${words(thrown.cause)}`, { cause: thrown.cause, partial });
  if (signal?.aborted) throw cancelled(signal, failure?.message, partial);
  if (failure) throw new DyoError(failure.code, failure.path, failure.message, { partial });
  return answer;
}

type Answer = { error?: { code: ErrorCode; path: string; message: string; partial?: unknown } };

function cancelled(signal: AbortSignal, message = "cancelled by its signal", partial?: unknown): DyoError {
  return new DyoError("cancelled", "", message, { cause: signal.reason, partial });
}

/** What describe answered; an unknown name is answered with an error. */
function parse<T>(text: string): T {
  const value = JSON.parse(text) as Answer;
  if (value.error) throw new DyoError(value.error.code, value.error.path, value.error.message);
  return value as T;
}
