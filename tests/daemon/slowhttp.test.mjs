// Slow clients of every kind, as slowhttptest makes them: many connections that send header fields or a body a little at a time, ask for
// ranges, or read slowly. Others are answered meanwhile, and the daemon lets the slow ones go by itself.
// DYO_FULL=1: a thousand connections of each kind.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { startDaemon, until } from "./lib/daemon.mjs";

const most = process.env.DYO_FULL ? 900 : 100;
const skip = spawnSync("slowhttptest", ["-h"]).error ? "SKIPPED LOUDLY: slowhttptest is not installed (Debian: apt install slowhttptest)" : false;

const kinds = {
  "header fields": { mode: "-H", path: "/healthz", cut: true },
  "a body": { mode: "-B", path: "/api/v1/inventory/eoq", cut: true },
  "a range": { mode: "-R", path: "/openapi.json", cut: false }, // answered, and none is kept waiting
  "reading": { mode: "-X", path: "/openapi.json", cut: false, more: ["-k", "3", "-w", "10", "-y", "20", "-n", "1", "-z", "5"] },
};

describe("slow clients", { concurrency: 2, skip }, () => {
  for (const [what, { mode, path, cut, more = [] }] of Object.entries(kinds))
    test(`${what}, ${most} at a time`, async () => {
      const d = await startDaemon({ flags: { header_s: 1, idle_s: 2, connections: 2 * most } });
      const once = { headers: { connection: "close" } }; // one that is kept open would be closed after idle_s
      const open = () => readdirSync(`/proc/${d.pid}/fd`).length;
      assert.equal((await d.get("/healthz", once)).status, 200);
      const before = open();
      const args = [mode, "-c", most, "-r", most, "-i", 1, "-l", cut ? 120 : 5, "-p", 5, "-u", `http://127.0.0.1:${d.port}${path}`, ...more];
      const tool = spawn("slowhttptest", args.map(String), { stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      tool.stdout.on("data", (part) => (said += part));
      tool.stderr.on("data", (part) => (said += part));
      const ended = new Promise((done) => tool.on("close", done));
      let over = false;
      ended.then(() => (over = true));
      let answered = 0;
      while (!over) {
        const began = performance.now();
        const r = await d.get("/openapi.json", { token: null, ...once }).catch((e) => {
          assert.ok(performance.now() - began >= 1000, e.message); // a machine so busy that this one was late itself is no fault
        });
        if (!r) continue;
        assert.equal(r.status, 200);
        answered++;
      }
      assert.ok(answered > 0);
      if (cut) assert.match(said, /No open connections left/, "the daemon let them go, not the tool its patience");
      await until(() => open() <= before + 2, "the descriptors to be as before", 60_000);
      assert.equal((await d.stop()).status, 0);
    });
});
