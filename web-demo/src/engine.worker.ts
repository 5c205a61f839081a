// SPDX-License-Identifier: GPL-3.0-or-later
// The worker: it loads the core once and answers calls in order. One worker holds the history that was read from a file; another
// computes, and fetches series from the first by a port of their own, so that no history crosses the page on its way to a model.
import type { CoreOps, Dyo } from "dyocense";
import { load } from "../../js-bindings/dist/alone.js";
import { History, type Points } from "./history.js";
import type { Aggregate, Asks } from "./data-types.js";

/** `stop`: shared memory whose first number, once it is not 0, ends the call with the best answer so far. */
export type Ask = { id: number; op: keyof CoreOps | keyof Asks; input: unknown; stop?: SharedArrayBuffer };
/** The page gives the two workers the ends of a channel: `serve` answers on it, the other asks. */
export type Link = { link: MessagePort; serve: boolean };
export type Answer =
  | { kind: "hello"; version: string }
  | { kind: "failed"; error: { code: string; path: string; message: string } }
  | { kind: "progress"; id: number; fraction: number; stage: string }
  | { kind: "result"; id: number; result: unknown }
  | { kind: "error"; id: number; error: { code: string; path: string; message: string; partial?: unknown } };

type Progress = (p: { fraction: number; stage: string }) => void;

const answer = (a: Answer, move: Transferable[] = []): void => postMessage(a, { transfer: move });
const core = load();
core.then(
  (dyo) => answer({ kind: "hello", version: dyo.version }),
  (error: unknown) => answer({ kind: "failed", error: plain(error) }),
);

const history = new History(core);

addEventListener("message", ({ data }: MessageEvent<Ask | Link>) => {
  if ("link" in data) (data.serve ? serve : ask)(data.link);
  else void reply(data);
});

async function reply({ id, op, input, stop }: Ask): Promise<void> {
  const flag = stop && new Int32Array(stop);
  try {
    const onProgress: Progress = ({ fraction, stage }) => {
      if (flag && Atomics.load(flag, 0)) throw new Error("stopped");
      answer({ kind: "progress", id, fraction, stage });
    };
    const [result, move] = await work(op, input, onProgress);
    answer({ kind: "result", id, result }, move);
  } catch (error) {
    answer({ kind: "error", id, error: plain(error) });
  }
}

async function work(op: Ask["op"], input: unknown, onProgress: Progress): Promise<[unknown, Transferable[]]> {
  if (history.knows(op)) return history.answer(op, input, onProgress);
  const dyo = await core;
  if (op === "core.words") return [await words(dyo, input as Asks["core.words"]["in"]), []];
  return [await dyo.call(op as keyof CoreOps, (await filled(input)) as never, { onProgress }), []];
}

/** The words that a field takes, from the core's own table. */
async function words(dyo: Dyo, { op, field }: Asks["core.words"]["in"]): Promise<string[]> {
  const { input } = await dyo.describe(op);
  const fields = input["properties"] as Record<string, { enum?: (string | null)[] }>;
  return (fields[field]?.enum ?? []).filter((w) => w !== null);
}

/* --- series by reference: {"$series": i, "of": reading} ------------------------------------------------------------------- */

type Wanted = { $series: number; of: number; frequency?: string; aggregate?: Aggregate };
const isWanted = (v: unknown): v is Wanted => typeof v === "object" && v !== null && "$series" in v;

let port: MessagePort | undefined;
let kept = { of: -1, series: new Map<string, Points>() };
const waiting = new Map<number, { done: (p: Points[]) => void; fail: (e: unknown) => void }>();
let turn = 0;

const keyOf = (w: Wanted): string => `${w.$series} ${w.frequency ?? ""} ${w.aggregate ?? ""}`;

/** The other worker's questions: which series it wants. */
function serve(link: MessagePort): void {
  link.onmessage = async ({ data: { turn: of, wanted } }: MessageEvent<{ turn: number; wanted: Wanted[] }>) => {
    const all = await Promise.allSettled(wanted.map((w) => history.series(w.$series, w.frequency, w.aggregate)));
    const wrong = all.find((r) => r.status === "rejected");
    link.postMessage(wrong ? { turn: of, error: plain(wrong.reason) } : { turn: of, points: all.map((r) => (r as PromiseFulfilledResult<Points>).value) });
  };
}

function ask(link: MessagePort): void {
  port = link;
  port.onmessage = ({ data }: MessageEvent<{ turn: number; points?: Points[]; error?: object }>) => {
    if (data.points) waiting.get(data.turn)?.done(data.points);
    else waiting.get(data.turn)?.fail(data.error);
    waiting.delete(data.turn);
  };
}

/** The request with every reference replaced by its series; each is fetched once for a reading. */
async function filled(input: unknown): Promise<unknown> {
  const wanted = new Map<string, Wanted>();
  replace(input, (w) => {
    if (w.of !== kept.of) kept = { of: w.of, series: new Map() };
    if (!kept.series.has(keyOf(w))) wanted.set(keyOf(w), w);
    return w;
  });
  if (wanted.size) {
    const id = turn++;
    const points = await new Promise<Points[]>((done, fail) => {
      waiting.set(id, { done, fail });
      port?.postMessage({ turn: id, wanted: [...wanted.values()] });
    });
    [...wanted.keys()].forEach((key, at) => kept.series.set(key, points[at]!));
  }
  return replace(input, (w) => kept.series.get(keyOf(w)));
}

function replace(v: unknown, how: (w: Wanted) => unknown): unknown {
  if (isWanted(v)) return how(v);
  if (Array.isArray(v)) return v.map((x) => replace(x, how));
  if (typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype)
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, replace(x, how)]));
  return v;
}

interface Plain {
  code: string;
  path: string;
  message: string;
  partial?: unknown;
}

function plain(error: unknown): Plain {
  const { code = "internal", path = "", message = String(error), partial } = error as Partial<Plain>;
  return { code, path, message, ...(partial === undefined ? {} : { partial }) };
}
