// SPDX-License-Identifier: GPL-3.0-or-later
import { loader } from "./load.js";
import { node } from "./node-place.js";

export { DyoError } from "./error.js";
export { connect } from "./rest.js";
export type * from "./types.js";

/** The operations, in a WebAssembly module on this thread or in workers. */
export const load = loader(node);
