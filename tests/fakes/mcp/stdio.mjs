// server.mjs as a process: one message a line. BEHAVIOUR in the environment says how it is.
import { createInterface } from "node:readline";
import { McpFake } from "./server.mjs";

const fake = new McpFake(JSON.parse(process.env.BEHAVIOUR ?? "{}"));
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
if (fake.is.noise) process.stderr.write("a line of the log\n".repeat(20_000));
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.method === undefined) continue; // an answer to our ping
  if (fake.is.chatter) {
    say({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    process.stdout.write("this line is no JSON\n");
    say({ jsonrpc: "2.0", id: "p1", method: "ping" });
    say({ jsonrpc: "2.0", id: 999_999, result: {} });
  }
  if (fake.is.die === message.method) process.exit(3);
  const made = fake.answer(message);
  if (made && !made.hang) say(made);
}
