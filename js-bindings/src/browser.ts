// SPDX-License-Identifier: GPL-3.0-or-later
// Pages and workers, with or without a bundler: the module is a file beside this one. Bundlers see it by this very expression.
import { loader, locate } from "./load.js";

export { DyoError } from "./error.js";
export type * from "./types.js";

/** The operations, in a WebAssembly module on this thread. */
export const load = loader({ own: () => new URL("./dyocense.wasm", import.meta.url), locate });
