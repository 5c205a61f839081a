// SPDX-License-Identifier: GPL-3.0-or-later
// For pages with workers of their own, such as ours: computes where it is loaded, and brings neither workers nor a daemon's client along.
import { loader, locate } from "./load.js";

/** The operations, in a WebAssembly module on this thread. */
export const load = loader({ own: () => new URL("./dyocense.wasm", import.meta.url), locate });
