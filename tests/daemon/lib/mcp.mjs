// MCP spoken by hand: raw messages over HTTP and standard input, so that a test sees every byte and header field.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { built } from "../../lib/project.mjs";
import { patience, program } from "./daemon.mjs";

export const modernVersion = "2026-07-28";
export const legacyVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
export const both = "application/json, text/event-stream";

export const meta = (more = {}) => ({
  "io.modelcontextprotocol/protocolVersion": modernVersion,
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  ...more,
});

let last = 0;
export const message = (method, params, id = ++last) => ({ jsonrpc: "2.0", id, method, ...(params ? { params } : {}) });
export const modernMessage = (method, params = {}, id = undefined) => message(method, { _meta: meta(), ...params }, id);

/** The header fields that a modern message must come with. */
export function modernHeaders({ method, params }) {
  const name = method === "resources/read" ? params.uri : ["tools/call", "prompts/get"].includes(method) ? params.name : undefined;
  return { accept: both, "mcp-protocol-version": modernVersion, "mcp-method": method, ...(name === undefined ? {} : { "mcp-name": name }) };
}

/** POST /mcp; header fields given as null are left out. */
export function post(d, body, headers = {}, options = {}) {
  const all = { "content-type": "application/json", accept: both, ...headers };
  const kept = Object.fromEntries(Object.entries(all).filter(([, v]) => v !== null));
  return d.request("POST", "/mcp", { body: typeof body === "string" ? body : JSON.stringify(body), headers: kept, ...options });
}

export const modern = (d, method, params, options) => {
  const m = modernMessage(method, params);
  return post(d, m, modernHeaders(m), options);
};

export const legacy = (d, version, method, params, options) =>
  post(d, message(method, params), { "mcp-protocol-version": version }, options);

/** Events of a stream's text: the JSON of each data line. */
export const eventsOf = (text) =>
  text
    .split("\n\n")
    .filter((e) => e.startsWith("event: message\n"))
    .map((e) => JSON.parse(e.slice(e.indexOf("data: ") + 6)));

/** `dyocensed mcp` as a process: send lines, await the answer to an id, see everything that came. */
export function talk(args) {
  const child = spawn(built(program), ["mcp", ...args], { stdio: ["pipe", "pipe", "pipe"] });
  const seen = [];
  const waiting = new Set();
  let stderr = "";
  let over = false;
  const look = () => {
    for (const w of waiting) {
      const found = seen.find(w.fits);
      if (found) w.done(found);
      else if (over) w.fail(new Error(`it ended without that answer: ${stderr}`));
      else continue;
      clearTimeout(w.clock);
      waiting.delete(w);
    }
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    seen.push(JSON.parse(line));
    look();
  });
  child.stderr.on("data", (text) => (stderr += text));
  child.stdin.on("error", () => {}); // it ended before it read everything: its status tells
  const ended = new Promise((done) =>
    child.on("close", (status, signal) => {
      over = true;
      look();
      done({ status, signal, stderr, seen });
    }),
  );
  const wait = (fits) =>
    new Promise((done, fail) => {
      const clock = setTimeout(() => fail(new Error(`no such message among ${JSON.stringify(seen).slice(0, 400)}`)), 60_000 * patience);
      waiting.add({ fits, done, fail, clock });
      look();
    });
  return {
    child,
    seen,
    ended,
    wait,
    write: (text) => child.stdin.write(text),
    send(m) {
      child.stdin.write(`${JSON.stringify(m)}\n`);
      return m.id === undefined ? undefined : wait((s) => s.id === m.id);
    },
    end() {
      child.stdin.end();
      return ended;
    },
  };
}

export const eoq = { annual_demand: 1200, order_cost: 50, holding_cost_per_unit: 6 }; // Harris: sqrt(2 * 50 * 1200 / 6)
export const q = 141.4213562373095;

/** A backtest that takes long unless it is cancelled. */
export const endless = {
  series: { values: Array.from({ length: 3000 }, (_, t) => 100 + 20 * Math.sin((2 * Math.PI * t) / 7) + ((t * 7919) % 13)), frequency: "D" },
  folds: 50,
};

/** The data of a tool's result, which must be a good one; and the error of one that is not. */
export const dataOf = (result) => {
  assert.equal(result.isError, false, JSON.stringify(result.content));
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  return result.structuredContent;
};
export const failureOf = (result) => {
  assert.equal(result.isError, true);
  assert.equal(result.structuredContent, undefined);
  const { error } = JSON.parse(result.content[1].text);
  assert.ok(result.content[0].text.endsWith(error.message));
  return error;
};
