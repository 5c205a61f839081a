// SPDX-License-Identifier: GPL-3.0-or-later
import type { Fault } from "./types.js";

/** A failed call: what every door says of it. */
export class Failure extends Error implements Fault {
  readonly code: string;
  readonly path: string;
  /** Of a search that was stopped: the best answer so far. */
  readonly partial: unknown;
  constructor(fault: Fault & { partial?: unknown }) {
    super(fault.message);
    this.code = fault.code;
    this.path = fault.path;
    this.partial = fault.partial;
  }
}
