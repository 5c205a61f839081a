// Calls the bare module on its own thread, so that a hang can be ended. See playWasm in wasm.mjs.
import { parentPort, workerData } from "node:worker_threads";
import { openWasm } from "./wasm.mjs";

const { op, requests, counter } = workerData;
const wasm = await openWasm();
for (const [i, request] of requests.entries()) {
  Atomics.store(counter, 0, i);
  parentPort.postMessage(wasm.call(op, Buffer.from(request)));
}
