// SPDX-License-Identifier: GPL-3.0-or-later
// Anywhere, from one file: for tools that copy no other files, and for pages that may fetch nothing.
import { base64 } from "./bytes.js";
import { loader, locate } from "./load.js";
import { workers } from "./pool.js";
import { program } from "./program.js";

export { DyoError } from "./error.js";
export { connect } from "./rest.js";
export type * from "./types.js";

function own(): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The operations, in a WebAssembly module on this thread or in workers. */
export const load = loader({ own, workers: workers(() => program), locate });
