// SPDX-License-Identifier: GPL-3.0-or-later
// What the pool and its workers say to each other. A worker has one question at a time, so that answers need no numbers.
import type { Reply, Request } from "./encode.js";
import type { ErrorCode } from "./error.js";

/** The first message to a worker. */
export interface Start {
  module: WebAssembly.Module;
  build: string;
}

/** `stop`: shared memory whose first number, once it is not 0, ends the call with the best answer so far. */
export type Ask =
  | { kind: "call"; op: string; request: Request; typed: boolean; watched: boolean; stop: SharedArrayBuffer | undefined }
  | { kind: "describe"; what: string };

export interface Fault {
  code: ErrorCode;
  path: string;
  message: string;
  cause?: unknown;
}

export type Told =
  | { kind: "ready" }
  | { kind: "progress"; fraction: number; stage: string }
  | { kind: "reply"; reply: Reply }
  | { kind: "failed"; fault: Fault };
