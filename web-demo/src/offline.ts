// SPDX-License-Identifier: GPL-3.0-or-later
// The page's side of its service worker: registers it, says when a new version waits, and takes it when the person wants it.
class Offline extends EventTarget {
  /** A new version waits, or has taken over under this page's feet. */
  fresh = false;
  /** The page opens without a network. */
  kept = false;
  #registration: ServiceWorkerRegistration | undefined;

  /** Once the page is usable, so that keeping it takes nothing from its start. */
  async start(): Promise<void> {
    const workers = navigator.serviceWorker;
    if (!import.meta.env.PROD || !workers) return;
    const before = workers.controller;
    workers.addEventListener("controllerchange", () => void this.#taken());
    try {
      this.#registration = await workers.register(new URL("sw.js", document.baseURI), { updateViaCache: "none" });
    } catch {
      return; // a browser that keeps nothing; the page works all the same
    }
    this.#registration.addEventListener("updatefound", () => this.#follow(this.#registration!.installing));
    if (this.#registration.waiting && before) this.#tell(true);
    this.#follow(this.#registration.installing);
    this.kept = Boolean(before);
    this.#tell(this.fresh);
  }

  #follow(worker: ServiceWorker | null): void {
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) this.#tell(true);
    });
  }

  /** Is what took over the version that this page is of? */
  async #taken(): Promise<void> {
    this.kept = true;
    const channel = new MessageChannel();
    const same = new Promise<boolean>((done) => (channel.port1.onmessage = (e) => done(e.data as boolean)));
    navigator.serviceWorker.controller?.postMessage(import.meta.url.replace(/[?#].*$/, ""), [channel.port2]);
    this.#tell(!(await same));
  }

  /** Asks the server; true: a new version is on its way or waits. */
  async look(): Promise<boolean> {
    const r = await this.#registration?.update().catch(() => undefined);
    return Boolean(r && (r.installing || r.waiting)) || this.fresh;
  }

  /** The person wants the new version. */
  reload(): void {
    const waiting = this.#registration?.waiting;
    if (!waiting) return location.reload();
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage("take over");
  }

  #tell(fresh: boolean): void {
    this.fresh = fresh;
    this.dispatchEvent(new Event("change"));
  }
}

export const offline = new Offline();
