// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the page in the browser, so that it opens without a network. Each version is kept whole under its own name and is answered from
// that alone; a new one waits until a person wants it. What is not of the page (a daemon's API) is never touched.

/** Files of this version and a name for it; the build fills both in. */
declare const __FILES__: string[];
declare const __BUILD__: string;

interface Waited {
  waitUntil(what: Promise<unknown>): void;
}
interface Scope {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", on: (e: Waited) => void): void;
  addEventListener(type: "message", on: (e: MessageEvent) => void): void;
  addEventListener(type: "fetch", on: (e: Waited & { request: Request; respondWith(r: Promise<Response>): void }) => void): void;
}
const me = globalThis as unknown as Scope;

const FILES = __FILES__;
const PREFIX = "dyocense-page-";
const NAME = PREFIX + __BUILD__;
const address = (file: string): string => new URL(file, me.registration.scope).href;
const files = new Set(FILES.map(address));

me.addEventListener("install", (e) =>
  e.waitUntil(
    caches.open(NAME).then(async (kept) => {
      // Names of assets carry their content; the rest is asked of the server, not of the browser's own store.
      await Promise.all(FILES.map((f) => kept.add(new Request(address(f), f.startsWith("assets/") ? {} : { cache: "reload" }))));
    }),
  ),
);

/** The version before stays for tabs that still show it: they load their screens from it. */
me.addEventListener("activate", (e) =>
  e.waitUntil(
    caches.keys().then(async (all) => {
      const old = all.filter((n) => n.startsWith(PREFIX) && n !== NAME).slice(0, -1);
      await Promise.all(old.map((n) => caches.delete(n)));
      await me.clients.claim();
    }),
  ),
);

me.addEventListener("message", (e) => {
  if (e.data === "take over") void me.skipWaiting();
  else if (typeof e.data === "string") e.ports[0]?.postMessage(files.has(e.data));
});

async function answer(request: Request, url: string): Promise<Response> {
  const kept = url.includes("/assets/") ? await caches.match(url) : await (await caches.open(NAME)).match(url);
  return kept ?? fetch(request);
}

me.addEventListener("fetch", (e) => {
  const url = e.request.url.replace(/[?#].*$/, "");
  const page = e.request.mode === "navigate" && (url === address("./") || url === address("index.html"));
  const asset = url.startsWith(address("assets/"));
  if (e.request.method === "GET" && (page || asset || files.has(url))) e.respondWith(answer(e.request, page ? address("./") : url));
});
