// A daemon whose way to the database breaks while it holds a run: it runs in a network namespace of its own, at the other end of a cable (veth)
// that is pulled and put back, and the PostgreSQL of DYO_TEST_PG listens at this end. tests/daemon/postgres.test.mjs runs this.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { databaseIn, patience, scratch, startDaemon, until } from "../lib/daemon.mjs";

const name = `dyo${process.pid}`; // of the namespace, and with a letter of either end: at most 15 characters
const [here, there] = [1, 2].map((i) => `198.18.${process.pid % 256}.${4 * ((process.pid >> 8) % 64) + i}`);
const leaseS = 20;

const ip = (...args) => spawnSync("ip", args, { encoding: "utf8" });
const inside = ["ip", "netns", "exec", name];

/** Why there can be no namespace here, or false; where there can, it is there from here on. */
function withoutNamespaces() {
  if (!process.env.DYO_TEST_PG_CTL) return "SKIPPED LOUDLY: the server of DYO_TEST_PG is not this test's to start anew";
  const tried = [["netns", "add", name], ["link", "add", `${name}h`, "type", "veth", "peer", "name", `${name}n`, "netns", name], ["netns", "exec", name, "curl", "--version"]];
  for (const args of tried) {
    const r = ip(...args);
    if (r.status !== 0) return `SKIPPED LOUDLY: network namespaces need root, ip and curl: ip ${args.join(" ")}: ${(r.stderr || r.error?.message || "").trim()}`;
  }
  return false;
}

let a, b;
const skip = process.env.DYO_FULL ? withoutNamespaces() : `a lease lasts ${leaseS} seconds`;
if (skip) console.error(skip);
after(async () => {
  await a?.stop("SIGKILL");
  await b?.stop("SIGKILL");
  ip("netns", "del", name); // and with it both ends of the cable
  ip("link", "del", `${name}h`);
});

function cable(state) {
  const r = ip("link", "set", `${name}h`, state);
  assert.equal(r.status, 0, r.stderr);
}

function lay() {
  for (const args of [
    ["addr", "add", `${here}/30`, "dev", `${name}h`],
    ["link", "set", `${name}h`, "up"],
    ["-n", name, "addr", "add", `${there}/30`, "dev", `${name}n`],
    ["-n", name, "link", "set", `${name}n`, "up"],
    ["-n", name, "link", "set", "lo", "up"],
  ]) {
    const r = ip(...args);
    assert.equal(r.status, 0, `ip ${args.join(" ")}: ${r.stderr}`);
  }
  const home = /host=([^&]+)/.exec(process.env.DYO_TEST_PG)[1];
  appendFileSync(`${home}/data/pg_hba.conf`, `host all all ${there}/32 trust\n`);
  const [pg, ...control] = process.env.DYO_TEST_PG_CTL.split(" ");
  assert.equal(spawnSync(pg, [...control, "-w", "-m", "fast", "-o", `-c listen_addresses=${here}`, "restart"], { stdio: "ignore" }).status, 0);
}

/** A request to the daemon in the namespace, which only who is in there reaches: { status, json }. */
async function ask(method, path, body) {
  const fields = [`authorization: Bearer ${b.token}`, "content-type: application/json", "prefer: respond-async"].flatMap((f) => ["-H", f]);
  const args = [...inside.slice(1), "curl", "-sS", "-m", "60", "-X", method, ...fields, "-w", "\n%{http_code}", `http://127.0.0.1:${b.port}${path}`];
  const asked = promisify(execFile)(inside[0], body ? [...args, "--data-binary", "@-"] : args, { timeout: 90_000 * patience });
  asked.child.stdin.end(body && JSON.stringify(body));
  const { stdout } = await asked;
  const at = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(at + 1)), json: JSON.parse(stdout.slice(0, at)) };
}

/** A row of whole numbers that the database itself answers. */
function numbers(db, sql) {
  const r = spawnSync("psql", ["-qtAF", " ", db.replace("//dyo@", "//postgres@"), "-c", sql], { encoding: "utf8" });
  assert.equal(r.status, 0, r.stderr);
  return r.stdout.trim().split(" ").map(Number);
}

function row(db, id) {
  const [epoch, state, forecasts] = numbers(db, `SELECT epoch, state, (SELECT count(*) FROM forecasts) FROM runs WHERE run_id = '${id}'`);
  return { epoch, state, forecasts };
}

/** For what takes a process to ask: five times a second. */
const seldom = (condition) => async () => pause(200).then(condition);

const events = (d, event, id) => d.log().split("\n").filter((l) => l.includes(`"event":"${event}"`) && (!id || l.includes(id)));

const forecast = (n) => ({
  series: { values: Array.from({ length: n }, (_, t) => 100 + 20 * Math.sin((2 * Math.PI * t) / 7) + ((t * 7919) % 13)), frequency: "D" },
  model_type: n > 1000 ? "auto" : "ets",
  forecast_horizon: 5,
});

test("one is cut off with a run: the other does it, and its late write is refused", { skip }, async (t) => {
  lay();
  const dir = scratch();
  const db = databaseIn(dir, "cut");
  b = await startDaemon({ dir, db: db.replace(/@\/(.*)\?.*/, `@${here}/$1`), wrap: inside });

  const made = await ask("POST", "/api/v1/forecaster/create", forecast(3000));
  assert.equal(made.status, 202, JSON.stringify(made.json));
  const id = made.json.run_id;
  await until(() => row(db, id).state === 1, "the run to begin");
  cable("down");
  const held = row(db, id);
  const cut = performance.now();
  const since = (what) => t.diagnostic(`${what}: ${((performance.now() - cut) / 1000).toFixed(1)} s after the cut`);
  assert.deepEqual(held, { epoch: 1, state: 1, forecasts: 0 }, "it was held at the cut");

  a = await startDaemon({ dir, db });
  a.token = b.token;
  await until(seldom(async () => (await ask("GET", "/readyz")).status === 503), "the one that is cut off to say so", 60_000);
  since("it says that the database is silent");
  await until(seldom(() => row(db, id).epoch === 2), "the other to take the run", 10_000 * leaseS);
  since("the other takes the run");
  assert.deepEqual(events(b, "run_lost"), []);
  const sessions = `SELECT count(*) FROM pg_stat_activity WHERE client_addr = '${there}'`;
  await until(seldom(() => numbers(db, sessions)[0] === 0), "the server to let go of the sessions of the one that is gone", 300_000);
  since("the server has let its sessions go");
  cable("up");

  await until(() => events(b, "run_lost", id).length > 0, "its late write", 300_000);
  since("the late write is refused");
  await until(seldom(async () => (await ask("GET", "/readyz")).status === 200), "it to be ready again", 60_000);
  since("it is ready again");
  assert.equal((await a.finished(id)).state, "succeeded");
  since("the other has done the run");
  assert.deepEqual(row(db, id), { epoch: 2, state: 2, forecasts: 1 });
  await until(() => events(a, "run", id).length > 0, "the log of the one that did it");
  assert.deepEqual([a, b].map((d) => events(d, "run", id).length), [1, 0], "whose end was stored");
  assert.match(events(b, "run_lost", id)[0], /belongs to another worker/);

  await a.stop();
  const next = await ask("POST", "/api/v1/forecaster/create", forecast(100));
  assert.equal(next.status, 202, JSON.stringify(next.json));
  await until(seldom(() => row(db, next.json.run_id).state === 2), "new work of the one that was cut off");
});
