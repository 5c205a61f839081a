// A real daemon for a test: its own folder, its own database, any free port; and a plain HTTP client that hides nothing.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { built, nativePath } from "../../lib/project.mjs";

/** The program under test: DYO_DAEMON names another one, such as a build with sanitizers. */
export const program = process.env.DYO_DAEMON || nativePath;
/** How much longer everything may take, for builds that are slow. */
export const patience = Number(process.env.DYO_PATIENCE || 1);

const env = {
  ...process.env,
  ASAN_OPTIONS: "exitcode=99:detect_leaks=1:abort_on_error=0",
  UBSAN_OPTIONS: "halt_on_error=1:exitcode=99:print_stacktrace=1",
  TSAN_OPTIONS: `exitcode=99:halt_on_error=0:${process.env.TSAN_OPTIONS ?? ""}`,
};

/** Asks again and again until the answer is true-ish, and answers it; throws after `ms`. */
export async function until(condition, what, ms = 20_000) {
  const end = performance.now() + ms * patience;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (performance.now() > end) throw new Error(`waited ${ms * patience} ms in vain for ${what}`);
    await new Promise((go) => setTimeout(go, 5));
  }
}

/** Does the work for each of a list, `width` of them at a time. */
export async function several(list, width, work) {
  const left = [...list];
  const on = async () => {
    while (left.length > 0) await work(left.shift());
  };
  await Promise.all(Array.from({ length: width }, on));
}

/** A port of this machine that nobody listens at. */
export async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((go) => server.once("listening", go));
  const { port } = server.address();
  await new Promise((go) => server.close(go));
  return port;
}

/** A folder that is gone when the process ends. */
export function scratch(prefix = "dyocense-") {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  folders.add(dir);
  return dir;
}

/** Whether daemons keep their data in PostgreSQL: in the server that DYO_TEST_PG names (tests/with_postgres.sh). */
export const onServer = Boolean(process.env.DYO_TEST_PG);

const address = (database) => process.env.DYO_TEST_PG.replace("%s", encodeURIComponent(database));
/** A database of the server as its superuser. */
export const asRoot = (database) => address(database).replace("//dyo@", "//postgres@");

/** A database for the daemon of a folder: a file there, or one on the server, which is made where it is missing. */
export function databaseIn(dir, name = "a.db") {
  if (!onServer) return join(dir, name);
  const wanted = `${basename(dir)}-${name}`;
  spawnSync("psql", ["-q", address("postgres"), "-c", `CREATE DATABASE "${wanted}"`], { stdio: "ignore" });
  return address(wanted);
}

const folders = new Set();
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** A command of the program, to its end: { status, stdout, stderr }. `local`: where a daemon on a server has its key. */
export function command(args, { input = "", local } = {}) {
  const r = spawnSync(built(program), args, { input, env: { ...env, ...(local && { DYOCENSE_LOCAL: local }) }, encoding: "utf8", timeout: 120_000 * patience, maxBuffer: 1 << 30 });
  return { status: r.status, stdout: r.stdout, stderr: r.stderr };
}

/** A daemon that a failed test has left behind does not keep this process waiting; one that is being stopped does. */
function hold(child, on) {
  for (const x of [child, child.stdout, child.stderr]) x?.[on ? "ref" : "unref"]?.();
}

/** An answer: { status, headers, body (bytes), text, json }. */
function answer(res, body) {
  return {
    status: res.statusCode,
    headers: res.headers,
    body,
    get text() {
      return body.toString("utf8");
    },
    get json() {
      return JSON.parse(body.toString("utf8"));
    },
  };
}

/** Starts `dyocensed serve` and answers once it is ready. `flags` are settings by name; `wrap` is put before the program
 *  (["faketime", ...]); `dir` is an earlier daemon's folder, to start anew on its database; `cwd` is where it runs. */
export async function startDaemon({ flags = {}, dir = scratch(), db = databaseIn(dir), wrap = [], stderr = "pipe", cwd } = {}) {
  const settings = { port: 0, db, ...(onServer && { local: join(dir, "a.db") }), rate: 0, ...flags };
  const args = Object.entries(settings).flatMap(([k, v]) => [`--${k.replaceAll("_", "-")}`, String(v)]);
  const [file, ...rest] = [...wrap, built(program), "serve", ...args];
  const child = spawn(file, rest, { env, cwd, stdio: ["ignore", "pipe", stderr] });
  running.add(child);
  hold(child, false);
  let out = "";
  let log = "";
  child.stdout.on("data", (d) => (out += d));
  child.stderr?.on("data", (d) => (log += d));
  const ended = new Promise((done) => {
    child.on("close", (status, signal) => {
      running.delete(child);
      done({ status, signal, out, log });
    });
  });
  let over = null;
  ended.then((e) => (over = e));
  const ready = await until(() => /on (https?):\/\/(\S+):(\d+), database/.exec(out) || over, "the daemon's ready line");
  if (ready === over) {
    const e = new Error(`the daemon ended with ${over.signal ?? over.status}: ${over.log}`);
    throw Object.assign(e, over);
  }
  return handle({ child, ended, dir, db, local: settings.local ?? db, port: Number(ready[3]), out: () => out, log: () => log });
}

function handle(d) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const first = /dyo_[A-Za-z0-9_-]+/.exec(d.out())?.[0] ?? null;
  const made = new Map();

  /** One request. Options: token (null: none), headers, body (text, bytes, or a value that is sent as JSON). */
  function request(method, path, { token = d.token, headers = {}, body, timeout = 60_000 } = {}) {
    const plain = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    const bytes = plain ? body : JSON.stringify(body);
    const all = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(plain ? {} : { "content-type": "application/json" }) };
    if (bytes !== undefined) all["content-length"] = Buffer.byteLength(bytes);
    return new Promise((done, fail) => {
      const req = http.request({ port: d.port, host: "127.0.0.1", method, path, agent, headers: { ...all, ...headers } }, (res) => {
        const parts = [];
        res.on("data", (p) => parts.push(p));
        res.on("end", () => done(answer(res, Buffer.concat(parts))));
        res.on("error", fail);
      });
      req.setTimeout(timeout * patience, () => req.destroy(new Error(`no answer to ${method} ${path}`)));
      req.on("error", fail);
      req.end(bytes);
    });
  }

  Object.assign(d, {
    first,
    token: first,
    pid: d.child.pid,
    request,
    get: (path, o) => request("GET", path, o),
    post: (path, body, o) => request("POST", path, { body, ...o }),
    upload: (text, query = "", o) => request("POST", `/api/v1/connectors/upload${query}`, { body: text, ...o }),

    /** A token of a tenant, made by the command once for each pair. */
    tokenOf(tenant, scope) {
      const key = `${tenant} ${scope}`;
      if (!made.has(key)) {
        const r = command(["token", "create", "--tenant", tenant, "--scope", scope, "--db", d.db]);
        if (r.status !== 0) throw new Error(`token create: ${r.stderr}`);
        made.set(key, r.stdout.trim());
      }
      return made.get(key);
    },

    /** Bytes as they are over a connection of its own; answers what came back when the server closed it, or once `enough`. */
    raw(bytes, { enough = () => false, end = false } = {}) {
      return new Promise((done, fail) => {
        const parts = [];
        const text = () => Buffer.concat(parts).toString("latin1");
        const socket = net.connect(d.port, "127.0.0.1", () => (end ? socket.end(bytes) : socket.write(bytes)));
        socket.setTimeout(30_000 * patience, () => socket.destroy(new Error("the connection stayed silent")));
        socket.on("data", (p) => {
          parts.push(p);
          if (enough(text())) socket.destroy();
        });
        socket.on("error", (e) => (e.code === "ECONNRESET" || e.code === "EPIPE" ? done(text()) : fail(e)));
        socket.on("close", () => done(text()));
      });
    },

    /** A run in its final state. One that met a full disk may have to wait for the end of its lease, 20 s, and be looked for. */
    async finished(id, o) {
      return until(async () => {
        const r = await request("GET", `/api/v1/runs/${id}`, o);
        if (r.status !== 200) throw new Error(`run ${id}: ${r.status} ${r.text}`);
        return !["queued", "running"].includes(r.json.state) && r.json;
      }, `the end of run ${id}`, 60_000);
    },

    /** Closes this client's connections; the next request makes one anew. */
    hangUp: () => agent.destroy(),

    /** Its end, by whatever it comes: { status, signal, out, log }. */
    async end() {
      agent.destroy();
      hold(d.child, true);
      return d.ended;
    },

    /** Ends it by a signal and answers { status, signal, out, log }. */
    async stop(signal = "SIGTERM") {
      agent.destroy();
      hold(d.child, true);
      d.child.kill(signal);
      return d.ended;
    },

    /** The largest memory so far, in bytes, where the system tells. */
    memory(name = "VmHWM") {
      const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${d.child.pid}/status`, "utf8"));
      return Number(line[1]) * 1024;
    },
  });
  return d;
}

/** A body of multipart/form-data: parts are [name, text or bytes, file name?, type?]. */
export function multipart(parts, boundary = "----dyocense7f3a") {
  const pieces = [];
  for (const [name, value, filename, type] of parts) {
    const file = filename === undefined ? "" : `; filename="${filename}"`;
    const kind = type === undefined ? "" : `\r\nContent-Type: ${type}`;
    pieces.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${kind}\r\n\r\n`));
    pieces.push(Buffer.from(value), Buffer.from("\r\n"));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(pieces), headers: { "content-type": `multipart/form-data; boundary=${boundary}` } };
}

const day = 86_400_000;

/** A CSV of daily values: columns date, `name`, and one column for each dimension, whose lines are `keys` for each day. */
export function dailyCsv(days, { name = "sales", start = "2024-01-01", dimension, keys = [null], value } = {}) {
  const of = value ?? ((t, k) => 100 + 20 * Math.sin((2 * Math.PI * t) / 7) + (t % 5) + k);
  const lines = [["date", ...(dimension ? [dimension] : []), name].join(",")];
  for (let t = 0; t < days; t++) {
    const date = new Date(Date.parse(start) + t * day).toISOString().slice(0, 10);
    keys.forEach((key, k) => lines.push([date, ...(dimension ? [key] : []), of(t, k).toFixed(2)].join(",")));
  }
  return `${lines.join("\n")}\n`;
}
