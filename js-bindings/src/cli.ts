#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// The operations on the command line, as the native dyocensed offers them: same words, same output, same exit status.
import { createReadStream } from "node:fs";
import type { Transport, Watch } from "./client.js";
import { DyoError, words } from "./error.js";
import { open } from "./load.js";
import { nearest } from "./nearest.js";
import { node } from "./node-place.js";
import { opNames } from "./ops.gen.js";
import { report } from "./report.js";
import { schedule } from "./schedule.js";
import { answer, collect, print, showProgress, unreadable, usage, type Input } from "./terminal.js";
import { version } from "./version.js";

interface Command {
  args: string;
  summary: string;
  run(args: string[]): Promise<number>;
}

const commands: Record<string, Command> = {
  forecast: { args: "FILE [--horizon N]", summary: "forecast a CSV or XLSX file", run: report("forecast") },
  plan: { args: "FILE [--stock FILE]", summary: "what to order and when", run: report("plan") },
  schedule: { args: "FILE [--time-limit-s N]", summary: "who works when", run: (args) => schedule(args) },
  call: { args: "OP [FILE|-] [--ndjson]", summary: "run an operation on a JSON request", run: call },
  ops: { args: "[--json]", summary: "list every operation", run: ops },
  describe: { args: "[OP]", summary: "print the JSON Schema of an operation, or of all", run: describe },
};

const help = () => `dyocense ${version}: how much to order, whom to schedule and what comes next.

usage: npx dyocense COMMAND [ARGUMENTS]

${Object.entries(commands)
  .map(([name, c]) => `  ${name.padEnd(9)} ${c.args.padEnd(24)} ${c.summary}`)
  .join("\n")}

  --version  --help

Requests and replies are JSON; without a file, or with -, the request is read from standard input.
With --ndjson there is one request a line in and one reply a line out, in order.
Exit status: 0 a result, 2 bad input or usage, 1 anything else; errors are one JSON line on standard error.

  echo '{"annual_demand":10000,"order_cost":50,"holding_cost_per_unit":2}' | npx dyocense call inventory.eoq
`;

async function main([name = "", ...rest]: string[]): Promise<number> {
  if (name === "--help" || name === "-h" || name === "help") return print(help());
  if (name === "--version") return print(`dyocense ${version}\n`);
  if (Object.hasOwn(commands, name)) return commands[name]!.run(rest);
  if (!name) return usage("a command is expected");
  const near = nearest(name, Object.keys(commands));
  return usage(`unknown command "${name}"${near ? `; did you mean "${near}"?` : ""}`);
}

async function call(args: string[]): Promise<number> {
  const plain = args.filter((a) => a === "-" || !a.startsWith("-"));
  const option = args.find((a) => a !== "-" && a.startsWith("-") && a !== "--ndjson");
  const [op, file = "-", more] = plain;
  if (option !== undefined) return usage(`call: unknown option "${option}"; known is --ndjson`);
  if (op === undefined) return usage("call: an operation is expected, such as inventory.eoq");
  if (more !== undefined) return usage(`call: one file is expected, found "${more}" as well`);
  const dyo = await open(node);
  if (!(opNames as readonly string[]).includes(op)) return answer(await dyo.describe(op)); // says which name is near
  const input = file === "-" ? process.stdin : createReadStream(file);
  return args.includes("--ndjson") ? eachLine(dyo, op, input, file) : whole(dyo, op, input, file);
}

async function ops(args: string[]): Promise<number> {
  if (args.length > 1 || (args.length === 1 && args[0] !== "--json"))
    return usage(`ops: takes no argument but --json, found "${args.at(-1)}"`);
  const text = await (await open(node)).describe("ops");
  if (args.length) return print(text + "\n");
  const { operations } = JSON.parse(text) as { operations: { name: string; summary: string }[] };
  return print(operations.map((o) => `${o.name.padEnd(26)} ${o.summary}\n`).join(""));
}

async function describe(args: string[]): Promise<number> {
  if (args.length > 1) return usage(`describe: one operation is expected, found "${args[1]}" as well`);
  if (args[0]?.startsWith("-")) return usage(`describe: unknown option "${args[0]}"`);
  return answer(await (await open(node)).describe(args[0] ?? ""));
}

async function whole(dyo: Transport, op: string, input: Input, file: string): Promise<number> {
  const request = await collect("call", input, file);
  if (typeof request === "number") return request;
  return answer(await reply(dyo, op, request, { typed: false, ...(process.stderr.isTTY && { look: showProgress }) }));
}

/** One request a line in, one reply a line out; a bad line yields its error and the run goes on. */
async function eachLine(dyo: Transport, op: string, input: Input, file: string): Promise<number> {
  let rest: Buffer[] = [];
  const write = async (line: Buffer) => print((await reply(dyo, op, line, { typed: false })) + "\n");
  try {
    for await (const chunk of input) {
      let from = 0;
      for (let end; (end = chunk.indexOf("\n", from)) >= 0; from = end + 1) {
        await write(Buffer.concat([...rest, chunk.subarray(from, end)]));
        rest = [];
      }
      if (from < chunk.length) rest.push(chunk.subarray(from));
    }
  } catch (cause) {
    return unreadable("call", file, cause);
  }
  return rest.length ? write(Buffer.concat(rest)) : 0;
}

/** The text of the answer; a failure of the module itself in the shape of any other. */
async function reply(dyo: Transport, op: string, text: Buffer, watch: Watch): Promise<string> {
  try {
    return (await dyo.send(op, { text, arrays: [], files: [] }, watch)).text;
  } catch (e) {
    if (e instanceof DyoError) return JSON.stringify({ error: e });
    throw e;
  }
}

process.stdout.on("error", () => process.exit(1)); // whoever read our output is gone
process.exitCode = await main(process.argv.slice(2)).catch((e: unknown) =>
  answer(JSON.stringify({ error: e instanceof DyoError ? e : new DyoError("internal", "", words(e)) })),
);
