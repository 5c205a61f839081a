// SPDX-License-Identifier: GPL-3.0-or-later
// The page on this computer: a small static server that only answers on the loopback address.
// Files are listed once at the start and looked up by name, so that no address can lead out of the folder.
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { parseArgs } from "node:util";

const HOST = "127.0.0.1";
const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  wasm: "application/wasm",
  txt: "text/plain; charset=utf-8",
};
/** frame-ancestors cannot stand in the page itself; the rest is there too, for servers that send nothing. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HEADERS = {
  "Content-Security-Policy": POLICY,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** Every file under a folder, by the path a browser asks for. */
export function listing(folder) {
  const files = new Map();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    files.set(file.slice(folder.length).replaceAll("\\", "/"), file);
  }
  if (files.has("/index.html")) files.set("/", files.get("/index.html"));
  return files;
}

export function server(folder) {
  const files = listing(folder);
  return createServer((request, response) => {
    const refuse = (status, text, more = {}) =>
      response.writeHead(status, { ...HEADERS, "Content-Type": TYPES.txt, ...more }).end(`${text}\n`);
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(405, "Only GET and HEAD are answered.", { Allow: "GET, HEAD" });
    const path = (request.url ?? "/").split(/[?#]/)[0];
    const file = files.get(path);
    if (!file) return refuse(404, "There is no such file here.");
    let body;
    try {
      body = readFileSync(file);
    } catch {
      return refuse(404, "This file is gone: the page was built again. Start the server again.");
    }
    const type = TYPES[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    const caching = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    response.writeHead(200, { ...HEADERS, "Content-Type": type, "Content-Length": body.length, "Cache-Control": caching });
    response.end(request.method === "HEAD" ? undefined : body);
  });
}

function main() {
  const own = fileURLToPath(new URL(".", import.meta.url));
  const { version } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  const port = wantedPort();
  let web;
  try {
    web = server(join(own, "dist"));
  } catch {
    return fail("There is no built page yet: npm run build makes it.");
  }
  web.on("error", (e) =>
    fail(
      e.code === "EADDRINUSE"
        ? `${HOST}:${port} is in use. Stop the program that uses it, or start with --port ${port + 1}.`
        : `${HOST}:${port}: ${e.message}`,
    ),
  );
  web.listen(port, HOST, () => console.log(`Dyocense ${version}  http://${HOST}:${web.address().port}/`));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => web.close().closeAllConnections());
}

function wantedPort() {
  let given;
  try {
    given = parseArgs({ options: { port: { type: "string", default: "8787" } } }).values.port;
  } catch (e) {
    fail(e.message);
  }
  if (!/^\d{1,5}$/.test(given) || Number(given) > 65535) fail(`--port: found "${given}"; a number from 0 to 65535 is expected.`);
  return Number(given);
}

function fail(text) {
  console.error(text);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
