// SPDX-License-Identifier: GPL-3.0-or-later
// What the commands share: reading input, writing answers and failures, exit statuses.
import { DyoError, words, type ErrorCode } from "./error.js";

export type Input = AsyncIterable<Buffer>;

export async function collect(command: string, input: Input, file: string): Promise<Buffer | number> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of input) chunks.push(chunk);
  } catch (cause) {
    return unreadable(command, file, cause);
  }
  return Buffer.concat(chunks);
}

export function showProgress(fraction: number, stage: string): boolean {
  process.stderr.write(`\r${String(Math.round(100 * fraction)).padStart(3)} % ${stage.slice(0, 40).padEnd(40)}\r`);
  return false;
}

/** Writes a reply where it belongs; its status is the exit status. */
export async function answer(text: string): Promise<number> {
  if (!text.startsWith('{"error":')) return print(text + "\n");
  process.stderr.write(text + "\n");
  return statusOf((JSON.parse(text) as { error: { code: ErrorCode } }).error.code);
}

export function statusOf(code: ErrorCode): number {
  const theirs: ErrorCode[] = [
    "invalid_json",
    "invalid_input",
    "unknown_operation",
    "insufficient_data",
    "unsupported",
    "too_large",
  ];
  return theirs.includes(code) ? 2 : 1;
}

export const usage = (message: string) =>
  answer(JSON.stringify({ error: new DyoError("invalid_input", "", `${message}; see npx dyocense --help`) }));

export function unreadable(command: string, file: string, cause: unknown): Promise<number> {
  const why = words(cause).replace(/^E[A-Z]+: |, \w+( '.*')?$/g, "");
  return usage(`${command}: ${file === "-" ? "standard input" : file}: ${why}`);
}

/** 0 once what reads our output has taken it. */
export async function print(text: string): Promise<number> {
  if (!process.stdout.write(text)) await new Promise((done) => process.stdout.once("drain", done));
  return 0;
}

