// Where the project's parts are, and plain ways to run them. Every test file starts from here.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const goldenDir = process.env.DYO_GOLDEN ? resolve(process.env.DYO_GOLDEN) : join(root, "tests/golden");

const place = (name, fallback) => {
  const at = process.env[name] || fallback;
  return isAbsolute(at) ? at : join(root, at);
};
export const nativePath = place("DYO_NATIVE", "build/release/dyocensed");
export const asanPath = place("DYO_ASAN", "build/asan/dyocensed");
export const wasmPath = place("DYO_WASM", "build/wasm/dyocense.wasm");
export const bindingsDir = place("DYO_BINDINGS", "js-bindings");

/** The path, or an error that says how to make it: a missing build is a failure, never a skip. */
export function built(path) {
  if (!existsSync(path)) throw new Error(`${path} does not exist: build it first (./dev build; sanitizers: ./dev test)`);
  return path;
}

// A sanitizer finding must end the process with a status that no answer has.
const env = {
  ...process.env,
  ASAN_OPTIONS: "exitcode=99:detect_leaks=1:abort_on_error=0",
  UBSAN_OPTIONS: "halt_on_error=1:exitcode=99:print_stacktrace=1",
};

/** Run once to the end. Answers { status, signal, stdout, stderr } with text outputs. */
export function run(binary, args, { input = "", timeout = 60_000, cwd } = {}) {
  const r = spawnSync(built(binary), args, { input, timeout, cwd, env, maxBuffer: 1 << 30 });
  const unread = r.error?.code === "EPIPE"; // it ended without reading all of its input, as it may
  if (r.error && !unread) throw new Error(`${binary} ${args.join(" ")}: ${r.error.message}`);
  return { status: r.status, signal: r.signal, stdout: r.stdout.toString("utf8"), stderr: r.stderr.toString("utf8") };
}

const newline = Buffer.from("\n");

/** Feed lines (text or bytes) to `call OP --ndjson`. Stops the process when no reply has come for `stall` milliseconds.
 *  `lines` of the answer hold one byte a character (see utf8Of). Answers { lines, status, signal, stderr, stalled,
 *  slowest } where slowest is the longest wait for a reply, in ms. */
export function runLines(binary, op, lines, { args = [], stall = 20_000 } = {}) {
  built(binary);
  return new Promise((done) => {
    const child = spawn(binary, ["call", op, "--ndjson", ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
    const out = [];
    const err = [];
    let stalled = false;
    let slowest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - last > stall) {
        stalled = true;
        child.kill("SIGKILL");
      }
    }, 250);
    child.stdout.on("data", (chunk) => {
      const now = performance.now();
      slowest = Math.max(slowest, now - last);
      last = now;
      out.push(chunk);
    });
    child.stderr.on("data", (chunk) => err.push(chunk));
    child.stdin.on("error", () => {}); // the process ended before it read everything: its status tells
    child.on("close", (status, signal) => {
      clearInterval(watch);
      const text = Buffer.concat(out).toString("latin1"); // bytes as they came: whether they are UTF-8 is for the caller to see
      const replies = text.split("\n");
      if (replies.at(-1) === "") replies.pop();
      done({ lines: replies, status, signal, stderr: Buffer.concat(err).toString("utf8"), stalled, slowest });
    });
    const all = [];
    for (const line of lines) all.push(Buffer.from(line), newline);
    child.stdin.end(Buffer.concat(all));
  });
}

/** The text of a reply line; throws where it is not UTF-8. */
export const utf8Of = (line) => new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line, "latin1"));

const CULPRITS = 3; // crashes or hangs looked for in one run; the rest is not asked then
const UNSEEN = 200; // replies that a process may have had in its buffer when it ended

/** The replies of `call OP --ndjson` to each request, as bytes; { crash } for a request that ended or hung the process. */
export async function runBytes(binary, op, requests) {
  const replies = [];
  for (let culprits = 0; replies.length < requests.length; culprits++) {
    if (culprits === CULPRITS) return replies; // enough to look into
    const r = await runLines(binary, op, requests.slice(replies.length));
    if (r.status === 0 && replies.length + r.lines.length > requests.length)
      throw new Error(`${binary}: more replies than requests`);
    replies.push(...r.lines.map((line) => Buffer.from(line, "latin1")));
    if (r.status === 0 && replies.length === requests.length) break;
    await untilCrash(binary, op, requests, replies, r);
  }
  return replies;
}

/** Asks one by one, from where the replies end, until the request is found that ended the process. */
async function untilCrash(binary, op, requests, replies, seen) {
  const last = Math.min(requests.length, replies.length + UNSEEN);
  while (replies.length < last) {
    const r = await runLines(binary, op, [requests[replies.length]]);
    const good = r.status === 0 && r.lines.length === 1;
    replies.push(good ? Buffer.from(r.lines[0], "latin1") : { crash: whyEnded(r) });
    if (!good) return;
  }
  if (replies.length === requests.length) replies.pop();
  replies.push({ crash: `${whyEnded(seen)}, but no single request does that` });
}

function whyEnded(r) {
  const how = r.stalled ? "hung" : `ended with ${r.signal ?? `status ${r.status}`}`;
  const lines = r.stderr.split("\n").filter((l) => /ERROR|runtime error|#[0-4] /.test(l));
  return `${how} ${(lines.length > 0 ? lines : r.stderr.split("\n")).slice(0, 6).join(" | ")}`;
}

/** The operations of a native binary, in table order. */
export function operations(binary = nativePath) {
  const r = run(binary, ["ops"]);
  if (r.status !== 0) throw new Error(`dyocensed ops ended with status ${r.status}: ${r.stderr}`);
  return parseOps(r.stdout);
}

/** `ops` prints a line an operation: its name, then its sentence. */
export function parseOps(text) {
  if (text.startsWith("{")) return JSON.parse(text).operations.map((op) => op.name);
  const names = [];
  for (const line of text.split("\n")) {
    const m = /^([a-z_]+\.[a-z_]+)\s+(\S.*)$/.exec(line);
    if (m) names.push(m[1]);
  }
  if (names.length === 0) throw new Error(`no operation in the output of ops: ${text.slice(0, 200)}`);
  return names;
}

const described = new Map();
/** The JSON Schemas of one operation as `describe OP` prints them: { input, output }. */
export function describeOp(op, binary = nativePath) {
  if (!described.has(op)) {
    const r = run(binary, ["describe", op]);
    if (r.status !== 0) throw new Error(`dyocensed describe ${op} ended with status ${r.status}: ${r.stderr}`);
    const d = JSON.parse(r.stdout);
    if (!d.input || !d.output) throw new Error(`describe ${op} has no input or no output schema`);
    described.set(op, d);
  }
  return described.get(op);
}
