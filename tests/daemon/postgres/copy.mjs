// A store moves from a file to a server (DYO_TEST_PG) and back, and each time the digests of all its tables are the same.
// DYO_FULL=1: a million values; tests/daemon/postgres.test.mjs runs this.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cpuOfEnded } from "../lib/cpu.mjs";
import { command, dailyCsv, databaseIn, scratch, startDaemon } from "../lib/daemon.mjs";

const files = process.env.DYO_FULL ? 10 : 1;
const keys = Array.from({ length: process.env.DYO_FULL ? 100 : 10 }, (_, k) => `S${k}`);
const count = files * keys.length * 1000;

/** Seconds of processor of what this process and the server started and that has ended. */
function used() {
  const folder = / -D (\S+)/.exec(process.env.DYO_TEST_PG_CTL)[1];
  const server = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")[0];
  return [process.pid, server].map((pid) => cpuOfEnded({ pid }));
}

function copy(from, to) {
  const r = command(["db", "copy", "--from", from, "--to", to]);
  assert.equal(r.status, 0, r.stderr);
  return r.stdout;
}

test(`${count} values go from a file to a server and back with the same digests`, async () => {
  const dir = scratch();
  const [first, last] = ["first.db", "last.db"].map((name) => join(dir, name));
  const d = await startDaemon({ dir, db: first });
  for (let i = 0; i < files; i++) {
    const value = (t, k) => ((t * 7919 + k * 104_729 + i) % 1_000_003) / 7;
    assert.equal((await d.upload(dailyCsv(1000, { name: `m${i}`, dimension: "shop", keys, value }), `?name=f${i}.csv`, { timeout: 300_000 })).status, 200);
  }
  assert.equal((await d.stop()).status, 0);
  const server = databaseIn(dir, "server");
  const before = used();
  const there = copy(first, server);
  assert.match(there, new RegExp(`^business_metrics +${count} rows {2}[0-9a-f]{64}$`, "m"));
  assert.equal(copy(server, last), there);
  const [own, servers] = used().map((x, i) => (x - before[i]).toFixed(1));
  console.log(`${count} values, there and back: ${own} s of processor, and ${servers} s the server's; load ${loadavg()[0].toFixed(1)}`);
  assert.match(command(["doctor", "--db", last]).stdout, new RegExp(`^ok +database .* ${count} values$`, "m"));
});
