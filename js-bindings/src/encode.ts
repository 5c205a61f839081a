// SPDX-License-Identifier: GPL-3.0-or-later
import { DyoError, words } from "./error.js";

/** A request as it travels: JSON text, as UTF-8 where it is long, and beside it the arrays that {"$float64": i} in the text names, and the files that {"$bytes": i} does. */
export interface Request {
  readonly text: string | Uint8Array;
  readonly arrays: readonly Float64Array[];
  readonly files: readonly Uint8Array[];
  /** Arrays and files are the request's own, to be moved on. */
  readonly moved?: boolean;
}

/** An answer, in the same form. */
export interface Reply {
  readonly text: string;
  readonly arrays: readonly Float64Array[];
  /** The value itself, in place of its text, where it came as one. */
  readonly value?: unknown;
}

type Keys = readonly (string | number)[];

const DEPTH = 64; // the core's own limit
const CHUNK = 1 << 15;
const BASE64 = 3 << 12; // bytes written at once: a multiple of 3
const encoder = new TextEncoder();
const simple = /^[ !#-[\]-~]*$/; // ASCII that JSON writes as it is
const loneSurrogate = /\p{Surrogate}/u;
const notData = /^\[object (Map|Set|WeakMap|WeakSet|WeakRef|SharedArrayBuffer|RegExp|Error)\]$/;

const escape = (key: string | number) => String(key).replaceAll("~", "~0").replaceAll("/", "~1");
const pointer = (keys: Keys) => keys.map((key) => "/" + escape(key)).join("");
const tag = (v: object) => Object.prototype.toString.call(v); // holds across realms, where instanceof does not

/** Writes a value as JSON in one pass: each property is read once, and what JSON would drop or turn into null is refused. */
class Writer {
  readonly arrays: Float64Array[] = [];
  readonly files: Uint8Array[] = [];
  readonly buffers = new Set<ArrayBuffer>();
  readonly keys: (string | number)[] = []; // where we are
  readonly #above: object[] = []; // what we are inside of
  readonly #done: Uint8Array[] = [];
  readonly #plain: boolean; // arrays and files are written out
  #text = ""; // what is not yet in #done: short, since collecting garbage of long texts costs more than all the rest

  constructor(plain: boolean) {
    this.#plain = plain;
  }

  refuse(found: string, expected: string): never {
    throw new DyoError("invalid_input", pointer(this.keys), `found ${found}; ${expected} is expected`);
  }

  get text(): string | Uint8Array {
    if (this.#done.length === 0) return this.#text;
    this.#flush();
    const all = new Uint8Array(this.#done.reduce((n, part) => n + part.length, 0));
    let at = 0;
    for (const part of this.#done) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #flush(): void {
    this.#done.push(encoder.encode(this.#text));
    this.#text = "";
  }

  value(v: unknown): void {
    switch (typeof v) {
      case "number":
        if (!Number.isFinite(v)) this.refuse(`${v}`, "a finite number");
        this.#text += v;
        return;
      case "string":
        this.#string(v);
        return;
      case "boolean":
        this.#text += v ? "true" : "false";
        return;
      case "object":
        if (v === null) this.#text += "null";
        else if (ArrayBuffer.isView(v)) this.#view(v);
        else if (tag(v) === "[object ArrayBuffer]") this.#bytes(new Uint8Array(v as ArrayBuffer));
        else this.#object(v);
        return;
      case "bigint":
        this.refuse(`${v}n (a BigInt)`, "a number");
        break;
      default:
        this.refuse(v === undefined ? "undefined" : `a ${typeof v}`, this.keys.length ? "plain data" : "an object");
    }
  }

  #string(s: string): void {
    if (simple.test(s)) {
      this.#text += '"' + s + '"';
      return;
    }
    if (s.includes("\0")) this.refuse("text with a NUL character", "text without it");
    if (loneSurrogate.test(s)) this.refuse("text with half of a surrogate pair", "well-formed text");
    this.#text += JSON.stringify(s);
  }

  #object(v: object): void {
    const again = this.#above.indexOf(v);
    if (again >= 0)
      this.refuse(
        again ? `"${pointer(this.keys.slice(0, again))}" again, inside itself` : "the input again, inside itself",
        "data without cycles",
      );
    if (this.#above.length >= DEPTH) this.refuse(`nesting deeper than ${DEPTH}`, "flatter data");
    this.#above.push(v);
    if (Array.isArray(v)) this.#list(v);
    else this.#members(v);
    this.#above.pop();
  }

  #list(v: readonly unknown[]): void {
    const depth = this.keys.push(0) - 1;
    this.#text += "[";
    for (let i = 0; i < v.length; i++) {
      this.keys[depth] = i;
      if (this.#text.length > CHUNK) this.#flush();
      if (i) this.#text += ",";
      this.value(v[i]);
    }
    this.#text += "]";
    this.keys.pop();
  }

  #members(v: object): void {
    if (Object.getPrototypeOf(v) !== Object.prototype) this.#expectData(v);
    const plain = v as Record<string, unknown>;
    if (typeof plain.toJSON === "function") return this.value(plain.toJSON());
    const names = Object.keys(plain);
    const depth = this.keys.push("") - 1;
    let between = "{";
    for (const key of names) {
      this.keys[depth] = key;
      const member = plain[key];
      if (member === undefined) continue; // as if it were not there
      if (key === "$float64" || key === "$bytes") this.refuse(`the reserved name ${key}`, "another name");
      if (this.#text.length > CHUNK) this.#flush();
      this.#text += between;
      between = ",";
      if (this.#plain && key === "content" && this.#file(member)) continue;
      this.#string(key);
      this.#text += ":";
      this.value(member);
    }
    this.#text += between === "{" ? "{}" : "}";
    this.keys.pop();
  }

  /** Objects that would be written as {} or null, losing what they hold. */
  #expectData(v: object): void {
    const kind = tag(v);
    if (kind === "[object Promise]") this.refuse("a Promise", "its value (a missing await?)");
    if (notData.test(kind)) this.refuse(`a ${kind.slice(8, -1)}`, "a plain object or an array");
    if (kind === "[object Date]" && Number.isNaN(Date.prototype.getTime.call(v)))
      this.refuse("an invalid Date", "a date");
  }

  /** Floats go by handle, NaN meaning missing; whole numbers as text; bytes by handle too: a file, not numbers. */
  #view(v: ArrayBufferView): void {
    const kind = tag(v).slice(8, -1);
    if (kind === "Float64Array" || kind === "Float32Array") this.#floats(v as Float64Array | Float32Array);
    else if (/^U?int(16|32)Array$/i.test(kind)) this.#text += `[${(v as Int32Array).join()}]`;
    else if (kind === "Uint8Array") this.#bytes(v as Uint8Array);
    else this.refuse(`a ${kind}`, "number[] or Float64Array");
  }

  /** A file as text: bytes under the name that takes them so. */
  #file(v: unknown): boolean {
    const bytes = tag(v as object) === "[object ArrayBuffer]" ? new Uint8Array(v as ArrayBuffer) : v;
    if (!ArrayBuffer.isView(bytes) || tag(bytes) !== "[object Uint8Array]") return false;
    if (tag(bytes.buffer) === "[object ArrayBuffer]") this.buffers.add(bytes.buffer as ArrayBuffer);
    this.#text += '"content_base64":"';
    for (let i = 0; i < bytes.byteLength; i += BASE64) {
      if (this.#text.length > CHUNK) this.#flush();
      this.#text += btoa(String.fromCharCode(...(bytes as Uint8Array).subarray(i, i + BASE64)));
    }
    this.#text += '"';
    return true;
  }

  #bytes(v: Uint8Array): void {
    if (this.#plain) this.refuse("bytes", "text or numbers");
    if (tag(v.buffer) === "[object ArrayBuffer]") this.buffers.add(v.buffer as ArrayBuffer);
    this.#text += `{"$bytes":${this.files.length}}`;
    this.files.push(v);
  }

  #floats(v: Float64Array | Float32Array): void {
    const bad = v.findIndex((x) => x === Infinity || x === -Infinity);
    if (bad >= 0) {
      this.keys.push(bad);
      this.refuse(`${v[bad]}`, "a finite number, or NaN for a missing one,");
    }
    if (tag(v.buffer) === "[object ArrayBuffer]") this.buffers.add(v.buffer as ArrayBuffer);
    if (this.#plain) return this.#numbers(v);
    this.#text += `{"$float64":${this.arrays.length}}`;
    this.arrays.push(v instanceof Float64Array ? v : Float64Array.from(v));
  }

  #numbers(v: Float64Array | Float32Array): void {
    this.#text += "[";
    for (let i = 0; i < v.length; i++) {
      if (this.#text.length > CHUNK) this.#flush();
      this.#text += (i ? "," : "") + (Number.isNaN(v[i]) ? "null" : v[i]);
    }
    this.#text += "]";
  }
}

/**
 * The input as a request, `plain` where nothing but text can travel. It is only read; with `transfer` the buffers of its float arrays and
 * files move, and are empty afterwards.
 */
export function encode(input: unknown, transfer = false, plain = false): Request {
  const w = new Writer(plain);
  try {
    w.value(input);
    const { arrays, files } = w;
    const moved = transfer ? structuredClone({ arrays, files }, { transfer: [...w.buffers] }) : { arrays, files };
    return { text: w.text, moved: transfer, ...moved };
  } catch (cause) {
    if (cause instanceof DyoError) throw cause;
    const message = words(cause);
    if (cause instanceof RangeError && /length|allocation/i.test(message))
      throw new DyoError("too_large", "", `the input is too large to be written down (${message})`, { cause });
    throw new DyoError("invalid_input", pointer(w.keys), `could not be read: ${message}`, { cause });
  }
}

/** The value of an answer, with its arrays put where {"$float64": k} stands. */
export function decode({ text, arrays, value: whole }: Reply): unknown {
  if (whole !== undefined) return whole;
  const value: unknown = JSON.parse(text);
  return arrays.length ? restore(value, arrays) : value;
}

function restore(v: unknown, arrays: readonly Float64Array[]): unknown {
  if (typeof v !== "object" || v === null) return v;
  const node = v as Record<string, unknown>;
  if (typeof node.$float64 === "number") return arrays[node.$float64] ?? v;
  for (const key of Object.keys(node)) {
    const child = node[key];
    if (typeof child === "object" && child !== null) node[key] = restore(child, arrays);
  }
  return v;
}
