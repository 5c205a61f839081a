// What every fake stands on: requests read whole, answers with true lengths, compression, a Date from the fake's clock, a log
// of what was asked, and faults (faults.mjs).
import http from "node:http";
import https from "node:https";
import { gzipSync } from "node:zlib";
import { goodTls } from "./certificate.mjs";
import { Clock } from "./clock.mjs";
import { Faults, retryAfter } from "./faults.mjs";

const packable = /^(application\/json|text\/)/;

/** A request as fakes see it: { method, url, path, query, headers, body, form }. */
function readRequest(req) {
  return new Promise((done, fail) => {
    const parts = [];
    req.on("data", (p) => parts.push(p));
    req.on("error", fail);
    req.on("end", () => {
      const { pathname, searchParams } = new URL(req.url, "http://fake");
      const body = Buffer.concat(parts);
      done({
        method: req.method,
        url: req.url,
        path: decodeURIComponent(pathname),
        query: searchParams,
        headers: req.headers,
        body,
        get form() {
          return new URLSearchParams(body.toString("utf8"));
        },
        get json() {
          return JSON.parse(body.toString("utf8"));
        },
      });
    });
  });
}

/** Bytes of a body that is text, bytes or a JSON value. */
function bytesOf(reply) {
  if (reply.body === undefined || reply.body === null) return Buffer.alloc(0);
  if (typeof reply.body === "string" || reply.body instanceof Uint8Array) return Buffer.from(reply.body);
  reply.headers["content-type"] ??= "application/json;charset=UTF-8";
  return Buffer.from(JSON.stringify(reply.body));
}

function pack(request, reply, bytes) {
  const wanted = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "") && reply.status !== 206;
  if (!wanted || bytes.length < 1024 || !packable.test(reply.headers["content-type"] ?? "")) return bytes;
  reply.headers["content-encoding"] = "gzip";
  return gzipSync(bytes, { level: 1 });
}

/** Sends `bytes`, or as much of them and as slowly as the rule says. */
function send(res, reply, bytes, rule) {
  const short = rule.cut === undefined ? bytes : bytes.subarray(0, Math.floor(bytes.length * rule.cut));
  if (!rule.chunked) res.setHeader("content-length", Math.max(0, bytes.length + (rule.length ?? 0)));
  res.strictContentLength = false;
  res.writeHead(reply.status, reply.headers);
  if (rule.pace) {
    drip(res, short, rule.pace);
  } else if (rule.cut !== undefined || rule.length > 0) {
    res.flushHeaders();
    if (short.length > 0) res.write(short);
    setImmediate(() => setTimeout(() => res.socket?.end(), 5)); // what was written first leaves whole
  } else {
    res.end(short.subarray(0, Math.max(0, bytes.length + Math.min(0, rule.length ?? 0))));
  }
}

function drip(res, bytes, pace) {
  let at = 0;
  const beat = setInterval(() => {
    if (at < bytes.length) res.write(bytes.subarray(at, ++at));
    else res.end();
    if (at >= bytes.length || res.destroyed) clearInterval(beat);
  }, 1000 / pace);
  res.on("close", () => clearInterval(beat));
}

/** Starts a server on the loopback. `route(request)` answers { status, headers, body }; `errors` and `lies` are the vendor's
 *  tables for rules of faults. `tls`: true for a certificate of the test authority. */
export async function startServer({ route, errors = {}, lies = {}, tls = false, clock = new Clock(), headers = () => ({}) }) {
  const faults = new Faults();
  const log = [];
  const fake = { clock, faults, requests: log, delay: 0 };

  async function planned(request, rule) {
    if (rule.error) {
      const reply = errors[rule.error](request);
      if (rule.retryAfter !== undefined) reply.headers = { ...reply.headers, "retry-after": retryAfter(rule.retryAfter) };
      return reply;
    }
    if (rule.status) return { status: rule.status, headers: { ...rule.headers }, body: rule.body ?? "" };
    return route(request);
  }

  async function answer(req, res) {
    const request = await readRequest(req);
    const rule = faults.take(request) ?? {};
    const entry = { method: request.method, url: request.url, path: request.path, at: clock.now(), status: 0 };
    log.push(entry);
    const wait = rule.delay ?? fake.delay;
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    await rule.before?.(request);
    if (rule.hang) return;
    if (rule.reset) return void res.socket.resetAndDestroy();
    if (rule.garbage) return void res.socket.end(Buffer.from("\u0016\u0003\u0001 this is no HTTP\r\n\r\n\u0000\u00ff"));
    const made = await planned(request, rule);
    const reply = { status: made.status ?? 200, headers: { ...headers(request), ...made.headers }, body: made.body };
    const change = rule.change ?? lies[rule.lie];
    if (rule.lie && !change) throw new Error(`no lie is called ${rule.lie}`);
    if (change) reply.body = change(reply.body, reply, request);
    entry.status = reply.status;
    reply.headers.date ??= new Date(clock.now()).toUTCString();
    send(res, reply, pack(request, reply, bytesOf(reply)), rule);
  }

  const handler = (req, res) => {
    answer(req, res).catch((e) => {
      fake.broken = e; // a mistake in the fake itself: tests look at it
      console.error(e);
      res.destroy();
    });
  };
  const server = tls ? https.createServer(tls === true ? goodTls() : tls, handler) : http.createServer(handler);
  server.keepAliveTimeout = 60_000;
  await new Promise((go) => server.listen(0, "127.0.0.1", go));
  const { port } = server.address();
  server.unref();
  return Object.assign(fake, {
    port,
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    count: (path) => log.filter((r) => (path instanceof RegExp ? path.test(r.url) : r.path.includes(path))).length,
    async close() {
      server.closeAllConnections();
      await new Promise((go) => server.close(go));
      if (fake.broken) throw fake.broken;
    },
  });
}
