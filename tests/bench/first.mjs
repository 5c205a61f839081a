// In a fresh process: the time of each of several equal calls. node first.mjs ADDRESS OP TIMES < request
import { readFileSync } from "node:fs";
import { methodOf } from "../lib/bindings.mjs";

const [, , address, op, times] = process.argv;
const request = JSON.parse(readFileSync(0, "utf8"));
const { load } = await import(address);
const dyo = await load();
const [group, name] = methodOf(op);
const all = [];
for (let i = 0; i < Number(times); i++) {
  const began = performance.now();
  await dyo[group][name](request);
  all.push(performance.now() - began);
}
console.log(JSON.stringify(all));
