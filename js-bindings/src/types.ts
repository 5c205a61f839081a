// SPDX-License-Identifier: GPL-3.0-or-later
// The types that every entry file gives beside its load() and DyoError.
export type {
  CallOptions,
  Description,
  Dyo,
  Given,
  OpName,
  Operation,
  Operations,
  Progress,
  Schema,
  Summary,
  Typed,
} from "./client.js";
export type { ErrorCode } from "./error.js";
export type { CompiledModule, LoadOptions, Source } from "./load.js";
export type * from "./ops.gen.js";
export type { ConnectOptions } from "./rest.js";
