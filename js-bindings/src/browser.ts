// SPDX-License-Identifier: GPL-3.0-or-later
// Pages and workers, with or without a bundler: the module and the workers' program are files beside this one. Bundlers see them by
// these very expressions.
import { loader, locate } from "./load.js";
import { workers } from "./pool.js";

export { DyoError } from "./error.js";
export { connect } from "./rest.js";
export type * from "./types.js";

/** The operations, in a WebAssembly module on this thread or in workers. */
export const load = loader({
  own: () => new URL("./dyocense.wasm", import.meta.url),
  workers: workers(() => new URL("./worker.js", import.meta.url)),
  locate,
});
