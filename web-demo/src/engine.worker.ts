// SPDX-License-Identifier: GPL-3.0-or-later
// The worker: it loads the core once and answers calls in order.
import { load, type CoreOps } from "dyocense";

export type Ask = { id: number; op: keyof CoreOps; input: unknown };
export type Answer =
  | { kind: "hello"; version: string }
  | { kind: "failed"; error: { code: string; path: string; message: string } }
  | { kind: "progress"; id: number; fraction: number; stage: string }
  | { kind: "result"; id: number; result: unknown }
  | { kind: "error"; id: number; error: { code: string; path: string; message: string } };

const answer = (a: Answer): void => postMessage(a);
const core = load();
core.then(
  (dyo) => answer({ kind: "hello", version: dyo.version }),
  (error: unknown) => answer({ kind: "failed", error: plain(error) }),
);

addEventListener("message", async ({ data }: MessageEvent<Ask>) => {
  const { id, op, input } = data;
  try {
    const dyo = await core;
    const onProgress = ({ fraction, stage }: { fraction: number; stage: string }) => answer({ kind: "progress", id, fraction, stage });
    answer({ kind: "result", id, result: await dyo.call(op, input as never, { onProgress }) });
  } catch (error) {
    answer({ kind: "error", id, error: plain(error) });
  }
});

function plain(error: unknown): { code: string; path: string; message: string } {
  const { code = "internal", path = "", message = String(error) } = error as Partial<{ code: string; path: string; message: string }>;
  return { code, path, message };
}
