// What goes wrong around a daemon: it is killed, its disk fills, its log is not read, its clock jumps, its clients are slow or gone,
// its file is damaged. The invariant after each: the database is sound, every run is in a final state or has been resumed to one, and
// no row that was acknowledged is lost. DYO_FULL=1 kills it 50 times where it is a few times otherwise. On a server (DYO_TEST_PG) all is
// the same but what is about the file.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chownSync, closeSync, copyFileSync, existsSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ahead, movedClock, noClock } from "./lib/clock.mjs";
import { numbers } from "./lib/contract.mjs";
import { command, dailyCsv, databaseIn, onServer, patience, scratch, startDaemon, until } from "./lib/daemon.mjs";
import { ballastIn, digestsOf, head, loudly, nothingOf, ready, refused, said, smallDisk, sound, started, stopped, trickle, upload, valuesOf } from "./lib/faults.mjs";
import { endless } from "./lib/mcp.mjs";

const full = process.env.DYO_FULL === "1";
const kills = (few) => (full ? 50 : few);
const keys = Array.from({ length: 200 }, (_, k) => `S${k}`);
const days = full && !onServer ? 500 : 260; // more than one batch of values
const rows = days * keys.length;
const big = dailyCsv(days, { name: "big", dimension: "shop", keys });
const atOnce = (n) => (onServer ? 1 : n); // the server is one for all of them: who fills its disk or takes its time is in the others' way
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

// --- killed -----------------------------------------------------------------------------------------------------------

describe("kill -9", () => {
  const dir = scratch();
  const next = numbers(20240607);
  let whole = 300; // how long an upload takes here, in ms; measured first

  test("how long an upload takes when nobody kills it", async (t) => {
    const d = await started(t);
    const began = performance.now();
    await upload(d, big, "?name=big.csv");
    whole = performance.now() - began;
    assert.equal(await valuesOf(d, "big"), rows);
    await stopped(d);
  });

  for (let i = 0; i < kills(4); i++)
    test(`at moment ${i + 1} of an upload and a run`, async (t) => {
      const d = await started(t, { dir });
      const o = { token: d.tokenOf(`t${i}`, "write") };
      await upload(d, dailyCsv(50, { name: "small" }), "?name=small.csv", o);
      const series = { values: Array.from({ length: 300 }, (_, t) => 50 + 10 * Math.sin(t / 3) + (t % 7)), frequency: "D" };
      const asked = await d.post("/api/v1/forecaster/create", { series, model_type: "auto", forecast_horizon: 10 }, { ...o, headers: { prefer: "respond-async" } });
      assert.equal(asked.status, 202, asked.text);
      const sent = d.upload(big, "?name=big.csv", o).catch(() => null);
      const killed = pause(1.1 * next() * whole).then(() => d.stop("SIGKILL"));
      const [answer] = await Promise.all([sent, killed]);

      const again = await started(t, { dir });
      again.token = o.token;
      await sound(again);
      const run = (await again.get(`/api/v1/runs/${asked.json.run_id}`)).json;
      assert.equal(run.state, "succeeded", JSON.stringify(run));
      assert.deepEqual((await again.get("/api/v1/forecaster/")).json.items.map((f) => f.forecast_id), [run.result.forecast_id], "one run, one forecast");
      assert.equal(await valuesOf(again, "small"), 50);
      if (answer?.status === 200) assert.equal(await valuesOf(again, "big"), rows);
      await upload(again, big, "?name=big.csv");
      assert.equal(await valuesOf(again, "big"), rows, "the same file again leaves each value once");
      await stopped(again);
    });

  test("of an operation that is a run: each is done in the end, with the same answer", async (t) => {
    const random = numbers(4711);
    const values = Array.from({ length: 600 }, (_, i) => 100 + 20 * Math.sin(i / 4) + ((i * 7919) % 13));
    const work = { series: { values }, seasonal_periods: [24], model_types: ["arima", "ets"], forecast_horizon: 5, folds: 2 };
    let d = await started(t);
    const { token } = d;
    const promised = [];
    for (let i = 0; i < kills(4); i++) {
      const r = await d.post("/api/v1/forecaster/backtest", work, { headers: { prefer: "respond-async" } });
      assert.equal(r.status, 202, r.text);
      promised.push(r.json.run_id);
      await pause(random() * 300);
      await d.stop("SIGKILL");
      d = await started(t, { dir: d.dir });
      d.token = token;
      if (i % 10 === 9) await sound(d); // a run that was killed 20 times is given up
    }
    const runs = new Map((await sound(d)).map((r) => [r.run_id, r]));
    for (const id of promised) assert.equal(runs.get(id)?.state, "succeeded", JSON.stringify(runs.get(id)));
    assert.equal(new Set(promised.map((id) => JSON.stringify(runs.get(id).result))).size, 1);
    await stopped(d);
  });

  // Each start finds itself a year later, so that the yearly refresh is due at once: it is made once, whenever the kill comes.
  test("of a scheduled refresh: one forecast a year, no more and no less", { skip: noClock }, async (t) => {
    const random = numbers(31);
    const flags = { jitter_s: 0 };
    const year = (i) => ahead(366 * 86_400 * i);
    let d = await started(t, { flags, wrap: year(0) });
    const { token } = d;
    await upload(d, dailyCsv(250), "?name=sales.csv");
    await sound(d);
    const wish = { metric_name: "sales", model_type: "auto", forecast_horizon: 10, refresh: "0 0 1 1 *" };
    const began = performance.now();
    assert.equal((await d.post("/api/v1/forecaster/create", wish)).status, 200);
    const usual = performance.now() - began;
    await stopped(d);
    for (let i = 1; i <= kills(6); i++) {
      d = await started(t, { flags, dir: d.dir, wrap: year(i) });
      await pause(random() * (usual + 40));
      await d.stop("SIGKILL");
      d = await started(t, { flags, dir: d.dir, wrap: year(i) });
      d.token = token;
      const made = async () => (await sound(d)).filter((r) => r.kind === "forecast_refresh");
      const refreshes = await until(async () => ((await made()).length >= i ? made() : null), `refresh ${i}`);
      assert.deepEqual(refreshes.map((r) => r.state), Array(i).fill("succeeded"));
      const forecasts = (await d.get("/api/v1/forecaster/?metric_name=sales&limit=1000")).json.items.map((f) => f.forecast_id);
      assert.equal(forecasts.length, i + 1);
      for (const r of refreshes) assert.ok(forecasts.includes(r.result.forecast_id));
      await d.stop("SIGKILL");
    }
    d = await started(t, { flags, dir: d.dir, wrap: year(kills(6)) });
    d.token = token;
    assert.equal((await sound(d)).filter((r) => r.kind === "forecast_refresh").length, kills(6));
    await stopped(d, { ahead: true });
  });
});

// --- everything else, side by side since much of it is waiting ------------------------------------------------------------------

describe("around it", { concurrency: atOnce(8) }, () => {
  describe("told to stop", { concurrency: 1 }, () => {
    test("in the middle of an upload: within the grace, and the upload is done or goes on later", async (t) => {
      const d = await started(t, { flags: { grace_s: 1 } });
      const sent = d.upload(big, "?name=big.csv").catch(() => null);
      await until(async () => (await d.get("/api/v1/runs/")).json.items.length > 0, "the upload's run");
      const began = performance.now();
      d.child.kill("SIGTERM");
      const answer = await sent;
      const end = await d.end();
      assert.deepEqual([end.status, end.signal], [0, null], end.log.slice(-4000));
      assert.ok(performance.now() - began < 20_000 * patience, "it took too long");
      const again = await started(t, { dir: d.dir });
      again.token = d.token;
      const runs = await sound(again);
      assert.deepEqual(runs.filter((r) => r.kind === "upload").map((r) => r.state), ["succeeded"], answer?.text);
      assert.equal(await valuesOf(again, "big"), rows);
      await stopped(again);
    });

    test("in the middle of a long operation that has become a run: it does not wait for it, and the next start resumes it", async (t) => {
      const d = await started(t, { flags: { grace_s: 1, inline_s: 0.1 } });
      const asked = await d.post("/api/v1/forecaster/backtest", endless);
      assert.equal(asked.status, 202, asked.text);
      const began = performance.now();
      const end = await d.stop();
      assert.deepEqual([end.status, end.signal], [0, null], end.log.slice(-4000));
      assert.ok(performance.now() - began < 20_000 * patience, "it took too long");
      const again = await started(t, { dir: d.dir });
      again.token = d.token;
      const at = `/api/v1/runs/${asked.json.run_id}`;
      await until(async () => (await again.get(at)).json.state === "running", "the run to go on");
      assert.equal((await again.post(`${at}/cancel`)).status, 200);
      assert.equal((await again.finished(asked.json.run_id)).state, "cancelled");
      await stopped(again);
    });

    test("again and again, while clients come and go", async (t) => {
      const dir = scratch();
      let token;
      for (let i = 0; i < kills(8); i++) {
        const d = await started(t, { dir });
        token ??= d.first;
        d.token = token;
        const name = `stop_${i}`;
        const sent = [d.upload(dailyCsv(100, { name }), `?name=${name}.csv`), ...Array.from({ length: 12 }, () => d.get("/api/v1/metrics/"))].map((p) => p.catch(() => null));
        const hasty = Array.from({ length: 12 }, () => net.connect(d.port, "127.0.0.1").on("error", () => {}));
        const answer = await sent[0];
        for (const s of hasty) s.destroy();
        const end = await d.stop();
        assert.deepEqual([end.status, end.signal], [0, null], end.log.slice(-4000));
        assert.equal(answer?.status, 200);
        await Promise.all(sent);
      }
      const d = await started(t, { dir });
      d.token = token;
      await sound(d);
      for (let i = 0; i < kills(8); i++) assert.equal(await valuesOf(d, `stop_${i}`), 100);
      await stopped(d);
    });
  });

  test("20 uploads at once, beside a backup and new tokens: nobody is told that the database is busy", async (t) => {
    const d = await started(t);
    const csv = (i) => dailyCsv(100, { name: `many_${i % 17}`, dimension: "k", keys: keys.slice(0, 20) }); // three come twice
    const sent = Array.from({ length: 20 }, (_, i) => d.upload(csv(i), `?name=m${i}.csv`));
    const others = [["backup", join(d.dir, "copy.db")], ["token", "create", "--tenant", "other", "--scope", "read"]].map((args) => said([...args, "--db", d.db]));
    const answers = await Promise.all(sent);
    assert.deepEqual(answers.map((r) => r.status), Array(20).fill(200), answers.map((r) => r.text.slice(0, 200)).join("\n"));
    assert.deepEqual((await Promise.all(others)).map((r) => [r.status, r.stderr]), [[0, ""], [0, ""]]);
    for (const r of answers) assert.equal(r.json.values_stored, 2000);
    const runs = await sound(d);
    assert.equal(runs.filter((r) => r.kind === "upload" && r.state === "succeeded").length, 20);
    assert.equal((await d.get("/api/v1/connectors/")).json.items.length, 1, "the tenant's own connector is made once");
    for (let i = 0; i < 17; i++) assert.equal(await valuesOf(d, `many_${i}`), 2000);
    await stopped(d);
  });

  describe("clients", { concurrency: atOnce(4) }, () => {
    test("that send a byte a second are cut off at the limit, and nothing of theirs is stored", async (t) => {
      const d = await started(t, { flags: { header_s: 1 } });
      const slow = [trickle(d, "GET /healthz HTTP/1.1\r\nX-Slow: "), trickle(d, `${head(d, 100_000)}date,slow\n`)];
      for (let i = 0; i < 20; i++) assert.equal((await d.get("/healthz")).status, 200);
      for (const ms of await Promise.all(slow)) assert.ok(ms > 900 && ms < 25_000 * patience, `${ms} ms`);
      await nothingOf(d);
      await stopped(d);
    });

    test("that vanish in the middle of an upload leave nothing half stored", async (t) => {
      const d = await started(t, { flags: { grace_s: 60 } });
      const random = numbers(99);
      for (let i = 0; i < 20; i++)
        await new Promise((done) => {
          const part = big.slice(0, Math.floor(random() * 300_000));
          const socket = net.connect(d.port, "127.0.0.1", () => socket.write(head(d, big.length) + part, () => (i % 2 ? socket.resetAndDestroy() : socket.destroy())));
          socket.on("error", () => {});
          socket.on("close", done);
        });
      await nothingOf(d);
      const began = performance.now();
      await stopped(d); // none of them is waited for
      assert.ok(performance.now() - began < 40_000 * patience, "it took too long");
    });

    test("that never read a big answer or a stream of events do not block the others", async (t) => {
      const d = await started(t, { flags: { idle_s: 60 } }); // for so long the deaf ones stay
      await upload(d, big, "?name=big.csv");
      const [run] = await sound(d);
      const deaf = (path) => {
        const socket = net.connect({ port: d.port, host: "127.0.0.1", readableHighWaterMark: 1024 }, () =>
          socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${d.token}\r\n\r\n`));
        socket.pause();
        socket.on("error", () => {});
        return socket;
      };
      const work = { series: { values: Array.from({ length: 300 }, (_, i) => (i * 7919) % 101) }, model_types: ["ets"], forecast_horizon: 5, folds: 2 };
      const asked = await d.post("/api/v1/forecaster/backtest", work, { headers: { prefer: "respond-async" } });
      const sockets = Array.from({ length: 30 }, (_, i) => deaf(i % 3 ? "/api/v1/metrics/big" : `/api/v1/runs/${i % 2 ? run.run_id : asked.json.run_id}/events`));
      for (let i = 0; i < 20; i++) {
        const began = performance.now();
        assert.equal((await d.get("/api/v1/metrics/")).status, 200);
        assert.ok(performance.now() - began < (onServer ? 60_000 : 15_000) * patience, "the others had to wait"); // for the answers' work, not their readers
      }
      await upload(d, dailyCsv(50, { name: "beside" }), "?name=beside.csv");
      assert.equal((await d.finished(asked.json.run_id)).state, "succeeded");
      for (const s of sockets) s.destroy();
      await stopped(d);
    });
  });

  describe("a full disk", { concurrency: atOnce(4) }, () => {
    const stored = /^partial: the disk is full; (\d+) of (\d+) values are stored\. Run (\S+) stores the rest by itself/;
    const long = onServer ? 300 : 1000; // days; a value takes more room there, and more time
    const large = dailyCsv(long, { name: "big", dimension: "shop", keys });
    const N = long * keys.length;
    const [before, middle] = onServer ? [1, 6] : [2, 10]; // MiB

    /** A daemon on a disk with so many MiB of room, and the answer to the large upload. */
    async function filled(t, left) {
      const disk = scratch();
      const why = smallDisk(t, disk, 64);
      if (why) return loudly(t, why);
      const d = await started(t, { dir: disk });
      await upload(d, dailyCsv(50, { name: "small" }), "?name=s.csv");
      const ballast = ballastIn(disk, left);
      const r = await d.upload(large, "?name=big.csv");
      assert.equal(r.status, 507, r.text);
      assert.equal(r.headers["content-type"], "application/problem+json");
      assert.match(r.json.message, /the disk is full/);
      assert.equal((await d.get("/healthz")).status, 200);
      assert.equal(await valuesOf(d, "small"), 50);
      return { d, ballast, message: r.json.message };
    }

    test("before the file is in: nothing of it is stored", async (t) => {
      const f = await filled(t, before);
      if (!f) return;
      assert.match(f.message, /nothing (of this )?was stored/);
      assert.equal(await valuesOf(f.d, "big"), 0);
      assert.deepEqual((await f.d.get("/api/v1/runs/")).json.items.filter((r) => r.kind === "upload" && r.state !== "succeeded"), []);
      rmSync(f.ballast);
      await upload(f.d, large, "?name=big.csv");
      assert.equal(await valuesOf(f.d, "big"), N);
      await sound(f.d);
      await stopped(f.d);
    });

    test("in the middle: it says how much is stored, and the run stores the rest once there is room", async (t) => {
      const f = await filled(t, middle);
      if (!f) return;
      const [, some, all, id] = stored.exec(f.message) ?? assert.fail(f.message);
      assert.equal(Number(all), N);
      assert.ok(Number(some) > 0 && Number(some) < N, f.message);
      assert.equal(await valuesOf(f.d, "big"), Number(some));
      const run = (await f.d.get(`/api/v1/runs/${id}`)).json;
      if (run.state === "queued") assert.match(run.error.message, stored);
      else assert.equal(run.state, "running"); // it is just trying
      assert.equal(run.finished_at, null);
      rmSync(f.ballast);
      assert.equal((await f.d.finished(id)).state, "succeeded");
      assert.equal((await f.d.get(`/api/v1/runs/${id}`)).json.error, null);
      assert.equal(await valuesOf(f.d, "big"), N);
      await sound(f.d);
      await stopped(f.d);
    });

    test("in the middle, and killed: the next start resumes it; a resend completes it too", async (t) => {
      const f = await filled(t, middle);
      if (!f) return;
      const [, , , id] = stored.exec(f.message) ?? assert.fail(f.message);
      await f.d.stop("SIGKILL");
      rmSync(f.ballast);
      const again = await started(t, { dir: f.d.dir });
      again.token = f.d.token;
      await upload(again, large, "?name=big.csv");
      assert.equal(await valuesOf(again, "big"), N);
      await sound(again);
      assert.equal((await again.get(`/api/v1/runs/${id}`)).json.state, "succeeded");
      assert.equal(await valuesOf(again, "big"), N);
      assert.equal(await valuesOf(again, "small"), 50);
      await stopped(again);
    });

    test("little by little: what was acknowledged stays", async (t) => {
      const disk = scratch();
      const why = smallDisk(t, disk, 32);
      if (why) return loudly(t, why);
      const d = await started(t, { dir: disk });
      ballastIn(disk, 6);
      const kept = [];
      let refused = null;
      for (let i = 0; i < 40 && !refused; i++) {
        const r = await d.upload(dailyCsv(4000, { name: `fill_${i}`, value: (t) => ((t * 7919 + i) % 10_007) / 7 }), `?name=f${i}.csv`);
        if (r.status === 200) kept.push(`fill_${i}`);
        else refused = r;
      }
      assert.ok(refused, "the disk became full");
      assert.equal(refused.status, 507, refused.text);
      assert.match(refused.json.message, /the disk (of the database server )?is full/);
      for (const name of kept) assert.equal(await valuesOf(d, name), 4000, name);
      assert.equal(spawnSync("mount", ["-o", "remount,size=64m", disk]).status, 0);
      await until(async () => (await d.upload(dailyCsv(100, { name: "after" }))).status === 200, "an upload into the new room");
      await sound(d);
      for (const name of kept) assert.equal(await valuesOf(d, name), 4000, name);
      await stopped(d);
    });
  });

  describe("the log", { concurrency: atOnce(4) }, () => {
    test("whose pipe is closed stops nothing", async (t) => {
      const d = await started(t);
      d.child.stderr.destroy();
      for (let i = 0; i < 50; i++) assert.equal((await d.get("/api/v1/metrics/")).status, 200);
      await upload(d, dailyCsv(30));
      await stopped(d);
    });

    test("whose reader has gone stops nothing", async (t) => {
      const fifo = join(scratch(), "log");
      assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
      const reader = spawn("head", ["-n", "1", fifo], { stdio: "ignore" });
      const fd = openSync(fifo, "w");
      const d = await started(t, { stderr: fd });
      closeSync(fd);
      await new Promise((done) => (reader.exitCode === null ? reader.on("close", done) : done()));
      for (let i = 0; i < 20; i++) assert.equal((await d.get("/healthz")).status, 200);
      await upload(d, dailyCsv(30));
      await stopped(d);
    });

    test("that nobody reads fills its pipe and stops nothing", async (t) => {
      const fifo = join(scratch(), "log");
      assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
      const fd = openSync(fifo, "r+"); // a reader, so that it can be opened, that never reads
      const d = await started(t, { stderr: fd });
      for (let i = 0; i < 400; i++) assert.equal((await d.get("/healthz")).status, 200); // some 250 bytes of log each: over 64 KiB
      await upload(d, dailyCsv(30));
      await stopped(d);
      closeSync(fd);
    });
  });

  describe("the clock", { skip: noClock, concurrency: 1 }, () => {
    test("may be years off from start to start", async (t) => {
      const dir = scratch();
      let token;
      for (const years of [5, -2, 6]) {
        const d = await started(t, { dir, wrap: ahead(years * 366 * 86_400) });
        token ??= d.first;
        d.token = token;
        await upload(d, dailyCsv(40, { name: `m${years + 2}` }), `?name=m${years}.csv`);
        await sound(d);
        await stopped(d, { ahead: true });
      }
    });

    test("may jump while runs are under way: each ends once", async (t) => {
      const dir = scratch();
      const clock = movedClock(dir);
      clock.set("2026-03-01T00:00:00Z");
      const d = await started(t, { dir, wrap: clock.wrap, flags: { jitter_s: 0 } });
      const values = Array.from({ length: 400 }, (_, i) => 100 + 20 * Math.sin(i / 4) + ((i * 7919) % 13));
      const ids = [];
      for (const time of ["2027-03-01T00:00:00Z", "2025-01-01T00:00:00Z", "2031-06-01T12:00:00Z", "2026-03-01T00:00:00Z"]) {
        const asked = await d.post("/api/v1/forecaster/create", { series: { values }, model_type: "auto", forecast_horizon: 5 }, { headers: { prefer: "respond-async" } });
        assert.equal(asked.status, 202, asked.text);
        ids.push(asked.json.run_id);
        const sent = d.upload(dailyCsv(100, { name: `jump_${ids.length}`, dimension: "k", keys }), `?name=j${ids.length}.csv`);
        clock.set(time);
        assert.equal((await sent).status, 200, (await sent).text);
        assert.equal(await valuesOf(d, `jump_${ids.length}`), 100 * keys.length);
      }
      for (const id of ids) assert.equal((await d.finished(id)).state, "succeeded");
      await sound(d);
      assert.equal((await d.get("/api/v1/forecaster/?limit=100")).json.items.length, ids.length, "one run, one forecast");
      const began = performance.now();
      clock.set("2020-01-01T00:00:00Z"); // the grace does not go by this clock
      await stopped(d, { ahead: true });
      assert.ok(performance.now() - began < 40_000 * patience, "it took too long");
    });
  });

  const ofFile = (instead) => onServer && `SKIPPED LOUDLY: about the file; ${instead}`;
  describe("the database", { concurrency: 1 }, () => {
    const dir = scratch();
    const db = join(dir, "a.db");
    const copy = (name) => {
      const to = join(scratch(), name);
      copyFileSync(db, to);
      return to;
    };
    const overwrite = (file, at, bytes) => {
      const fd = openSync(file, "r+");
      writeSync(fd, bytes, 0, bytes.length, at);
      closeSync(fd);
    };
    let token;

    test("of another daemon is refused, by its name and process", { skip: ofFile("daemons share a server: postgres/replicas.mjs") }, async (t) => {
      const d = await started(t, { dir });
      ({ token } = d);
      await upload(d, dailyCsv(2000), "?name=a.csv");
      const e = await startDaemon({ dir }).then(() => null, (x) => x);
      assert.ok(e.log.includes(`${db} is in use by another dyocensed (process ${d.pid})`), e.log);
      assert.equal((await ready(d)).status, 200);
      await stopped(d);
    });

    test("with a header that was overwritten", { skip: ofFile("a server looks after its own files") }, async () => {
      const file = copy("header.db");
      overwrite(file, 0, Buffer.alloc(64, 0xa5));
      assert.match(await refused(scratch(), file), /not a database, or it is damaged.*restore/s);
    });

    test("that is somebody's text", { skip: ofFile("a server looks after its own files") }, async () => {
      const file = join(scratch(), "a.db");
      writeFileSync(file, "this is no database, but it is somebody's file\n".repeat(500));
      assert.match(await refused(scratch(), file), /not a database/);
    });

    test("of a newer schema", async (t) => {
      const says = /was written by version .*Nothing was changed/s;
      if (onServer) {
        const d = await started(t, { dir });
        await d.stop();
        assert.equal(spawnSync("psql", ["-q", d.db, "-c", "UPDATE meta SET value = '9999' WHERE name = 'schema'"]).status, 0);
        return assert.rejects(startDaemon({ dir }), (e) => e.status > 0 && e.status < 90 && says.test(e.log));
      }
      const file = copy("newer.db");
      overwrite(file, 60, Buffer.from([0, 0, 0x27, 0x0f])); // user_version, 9999
      assert.match(await refused(scratch(), file), says);
    });

    test("that is damaged in the middle: said with advice, nothing is written, a backup takes its place", { skip: ofFile("a server looks after its own files") }, async (t) => {
      const place = scratch();
      const file = join(place, "a.db");
      copyFileSync(db, file);
      const backup = join(place, "backup.db");
      assert.equal(command(["backup", backup, "--db", file]).status, 0);
      const size = statSync(file).size;
      for (let at = 4096 * 4; at + 4096 <= size; at += 4096) overwrite(file, at, Buffer.alloc(2048, 0x5a));
      const says = async () => {
        const d = await started(t, { dir: place }).catch((e) => e);
        if (!d.request) return d.log;
        const r = await until(async () => {
          const r = await ready(d);
          return !/checking/.test(r.text) && r;
        }, "the check's end");
        await d.stop("SIGKILL"); // the file is looked at as a whole only after a kill
        return r.status === 503 ? r.text : says();
      };
      const said = await says();
      assert.match(said, /damaged/);
      assert.match(said, /restore/);
      assert.equal(command(["doctor", "--db", file]).status, 1);
      for (const junk of [join(place, "none.db"), join(place, "../nothing"), new URL(import.meta.url).pathname])
        assert.notEqual(command(["restore", junk, "--db", file]).status, 0, junk);
      const restored = command(["restore", backup, "--db", file]);
      assert.equal(restored.status, 0, restored.stderr);
      const d = await started(t, { dir: place });
      d.token = token;
      await sound(d);
      assert.equal(await valuesOf(d, "sales"), 2000);
      await stopped(d);
    });

    test("of a backup made while an upload writes is sound and can be restored", async (t) => {
      const d = await started(t, { dir: scratch() });
      await upload(d, dailyCsv(50, { name: "small" }), "?name=s.csv");
      const sent = d.upload(big, "?name=big.csv");
      await until(async () => (await valuesOf(d, "big")) > 0, "the first values");
      const backup = join(d.dir, "copy.db");
      const made = await said(["backup", backup, "--db", d.db]);
      assert.equal(made.status, 0, made.stderr);
      assert.equal((await sent).status, 200);
      assert.equal((await d.stop("SIGKILL")).signal, "SIGKILL");
      const place = onServer ? databaseIn(d.dir, "restored") : d.db; // a server's is put into an empty one
      const r = await said(["restore", backup, "--db", place]);
      assert.equal(r.status, 0, r.stderr);
      const kept = await digestsOf(backup);
      assert.ok(kept.some((line) => /^business_metrics +[1-9]/.test(line)), kept.join("\n"));
      assert.deepEqual(await digestsOf(place), kept, "the restore is the backup, row for row");
      const again = await started(t, { dir: d.dir, db: place });
      again.token = d.token;
      await sound(again);
      assert.equal(await valuesOf(again, "small"), 50);
      await upload(again, big, "?name=big.csv");
      assert.equal(await valuesOf(again, "big"), rows);
      await stopped(again);
    });
  });
});

// --- what a crash leaves behind -------------------------------------------------------------------------------------------------

describe("a crash leaves no core file, and so no secret", () => {
  const unlimited = ["sh", "-c", 'ulimit -c unlimited && exec "$@"', "sh"];
  const cores = (cwd) => readdirSync(cwd).filter((f) => f.startsWith("core"));

  test("where another program leaves one", async (t) => {
    const cwd = scratch();
    spawnSync(unlimited[0], [...unlimited.slice(1), "sh", "-c", "kill -ABRT $$"], { cwd });
    if (cores(cwd).length === 0) return loudly(t, "no program leaves a core file in its folder here (ulimit -c, kernel.core_pattern)");
    rmSync(join(cwd, cores(cwd)[0]));
    const d = await started(t, { cwd, dir: scratch(), wrap: unlimited });
    assert.equal((await d.get("/api/v1/metrics/")).status, 200); // the token is in its memory
    const end = await d.stop("SIGABRT");
    assert.equal(end.signal, "SIGABRT");
    assert.deepEqual(cores(cwd), []);
    assert.ok(existsSync(`${d.local}.uploads`));
  });

  test("and its memory is closed to other processes of its user", async (t) => {
    const root = process.getuid() === 0;
    const [uid, gid] = root ? [65_534, 65_534] : [process.getuid(), process.getgid()];
    const reads = (pid) => spawnSync("cat", [`/proc/${pid}/environ`], root ? { uid, gid } : {}).status === 0;
    const wrap = root ? ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"] : [];
    const dir = scratch();
    if (root) chownSync(dir, uid, gid);
    const other = spawn("sleep", ["60"], root ? { uid, gid } : {});
    t.after(() => other.kill());
    const open = await until(() => reads(other.pid), "a process of that user", 2000).catch(() => false);
    const d = open ? await started(t, { dir, wrap }).catch((e) => e) : null;
    if (!d?.request) return loudly(t, `no daemon of another user can be watched here: ${d?.message ?? "its memory is closed anyway"}`);
    assert.equal(reads(d.pid), false);
    assert.equal((await d.stop()).status, 0);
  });
});
