// SPDX-License-Identifier: GPL-3.0-or-later
import type { Status } from "./ops.gen.js";

export type ErrorCode = Status;

/** Every failure of this package. */
export class DyoError extends Error {
  /** One word to act upon, such as `invalid_input` or `cancelled`. */
  readonly code: ErrorCode;
  /** JSON pointer into the input, such as `/products/3/unit_cost`; empty where the whole of it is meant. */
  readonly path: string;
  /** With `cancelled`: the best answer so far, where there is one. */
  declare readonly partial?: unknown;

  constructor(code: ErrorCode, path: string, message: string, more: { cause?: unknown; partial?: unknown } = {}) {
    super(message, "cause" in more ? { cause: more.cause } : undefined);
    this.code = code;
    this.path = path;
    if (more.partial !== undefined) this.partial = more.partial;
  }

  /** The error object as the other doors write it. */
  toJSON(): { code: ErrorCode; path: string; message: string; partial?: unknown } {
    const plain = { code: this.code, path: this.path, message: this.message };
    return this.partial === undefined ? plain : { ...plain, partial: this.partial };
  }
}
Object.defineProperty(DyoError.prototype, "name", { value: "DyoError" });

/** What was thrown, in words; whatever it is. */
export function words(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return "an unprintable value";
  }
}
