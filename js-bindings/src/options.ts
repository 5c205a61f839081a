// SPDX-License-Identifier: GPL-3.0-or-later
import { DyoError, words } from "./error.js";

/** The options there are, each with what is expected of it and whether a value is that; undefined always means "not given". */
export type Known<T> = { readonly [K in keyof T]-?: readonly [expected: string, is: (v: unknown) => boolean] };

const kind = (v: unknown) => (typeof v === "string" ? "text" : typeof v === "object" && v ? "an object" : words(v)); // text may be a secret

/** What was given as options of a function, each read once. What is unknown or of another kind is refused. */
export function optionsOf<T extends object>(of: string, given: T | null | undefined, known: Known<T>): Partial<T> {
  const refuse = (message: string, cause?: unknown): never => {
    throw new DyoError("invalid_input", "", `${of}: ${message}`, cause === undefined ? {} : { cause });
  };
  const names = Object.keys(known) as (keyof T & string)[];
  const such = `{ ${names.join(", ")} }`;
  if (given === undefined || given === null) return {};
  if (typeof given !== "object") return refuse(`found ${kind(given)}; ${such} is expected`);
  const read: Partial<T> = {};
  try {
    for (const name of Object.keys(given)) if (!Object.hasOwn(known, name)) refuse(`unknown option "${name}"; ${such} is expected`);
    for (const name of names) {
      const value = given[name];
      const [expected, is] = known[name];
      if (value !== undefined && !is(value)) refuse(`found ${kind(value)} as ${name}; ${expected} is expected`);
      read[name] = value;
    }
  } catch (cause) {
    if (cause instanceof DyoError) throw cause;
    refuse(`could not be read: ${words(cause)}`, cause);
  }
  return read;
}

/** Any value: whoever uses it judges it. */
export const any = ["a value", () => true] as const;
