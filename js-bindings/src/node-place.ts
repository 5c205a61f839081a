// SPDX-License-Identifier: GPL-3.0-or-later
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { Place } from "./load.js";
import { workers } from "./pool.js";

/** Node, Bun, Deno, and servers bundled by frameworks: the bytes, and the workers' program, are inside the package, in files read when they are needed. */
export const node: Place = {
  own: async () => Buffer.from((await import("./bytes.js")).base64, "base64"),
  workers: workers(async () => (await import("./program.js")).program),
  locate: (text) => (/^[a-z][a-z0-9+.-]+:/i.test(text) ? new URL(text) : pathToFileURL(text)),
  read: async (file) => new Uint8Array(await readFile(file)),
};
