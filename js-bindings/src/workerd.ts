// SPDX-License-Identifier: GPL-3.0-or-later
// Cloudflare Workers and their like compile nothing at run time: the module comes compiled, by a static import.
import module from "./dyocense.wasm";
import { loader, locate } from "./load.js";

export { DyoError } from "./error.js";
export { connect } from "./rest.js";
export type * from "./types.js";

/** The operations, in a WebAssembly module on this thread. */
export const load = loader({ own: () => module, locate });
