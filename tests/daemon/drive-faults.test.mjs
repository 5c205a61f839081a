// What goes wrong between the Google Drive connector and Drive, and how each run ends.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { authority } from "../fakes/lib/certificate.mjs";
import { choices } from "../fakes/lib/random.mjs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sameAs, tableOf } from "./lib/drive-files.mjs";
import { connector, driveDaemon, series, settings, sync } from "./lib/drive.mjs";
import { scratch, startDaemon, until } from "./lib/daemon.mjs";
import { loudly, smallDisk, started, stopped, syncOnFullDisk } from "./lib/faults.mjs";

const csv = (k) => tableOf(k, 5).map((r) => r.join(",")).join("\n");
const full = Boolean(process.env.DYO_FULL);
const impatient = { connect_silent_s: 1, connect_request_s: 3 };

let c, folder, id, made = 0;
before(async () => {
  c = await driveDaemon({ flags: impatient });
});
after(() => c.close());

/** A new folder with `n` files, and a connector to it; the metric is `sales`, the dimension the file. */
async function fresh(n = 4, config = {}) {
  c.fake.faults.clear();
  folder = c.fake.drive.folder(`f${++made}`).id;
  for (let k = 0; k < n; k++) c.fake.drive.put(`f${made}-${k}.csv`, csv(k), { parent: folder });
  id = await connector(c.d, c.fake, folder, { file_dimension: "file", ...config });
}

/** The mirror has exactly the folder's files with their values. */
async function whole(n = 4, mine = made) {
  const found = (await series(c.d, "sales")).filter((s) => s.dimensions.file.startsWith(`f${mine}-`) && Object.keys(s.values).length > 0);
  assert.equal(found.length, n);
  for (const s of found) sameAs(s, tableOf(Number(s.dimensions.file.split("-")[1]), 5));
}

const media = /files\/[^?]*\?alt=media/;
const listing = /v3\/files\?/;
const feed = /changes\?/;

describe("faults that pass", () => {
  const passing = [
    ["429 with seconds", { path: media, error: "throttle", retryAfter: 1 }, 1000],
    ["429 with a date", { path: media, error: "throttle", retryAfter: new Date(Date.now() + 500) }],
    ["429 with garbage", { path: media, error: "throttle", retryAfter: "some time", times: 3 }],
    ["403 for the rate of a user", { path: "/drive/", error: "user_rate", times: 3 }],
    ["403 for the rate of all", { path: "/drive/", error: "rate", times: 3 }],
    ["500", { path: "/drive/", error: "backend", times: 2 }],
    ["503", { path: "/drive/", error: "unavailable", times: 2 }],
    ["a page of HTML in place of an answer", { path: "/drive/", error: "html_200", times: 2 }],
    ["a page of HTML in place of a file", { path: media, error: "html_200", times: 2 }],
    ["502 with HTML", { path: "/drive/", error: "html", times: 2 }],
    ["a session that ended", { path: "/drive/", error: "auth" }],
    ["a token endpoint that is down", { path: "/token", error: "token_failure", times: 2 }],
    ["a connection reset", { path: "/drive/", reset: true, times: 2 }],
    ["noise in place of HTTP", { path: "/drive/", garbage: true, times: 2 }],
    ["silence", { path: "/drive/", hang: true }, 900],
    ["a byte a second", { path: media, pace: 1 }, 900],
    ["a length that is too long", { path: media, length: 5 }],
    ["a length that is too short", { path: media, length: -5 }],
    ["a file damaged on the way", { path: media, lie: "corrupt" }],
    ["a file cut with the right length", { path: media, lie: "short" }],
  ];
  for (const [name, rule, least = 0] of passing)
    test(name, async () => {
      await fresh();
      const set = c.fake.faults.add(rule);
      const began = performance.now();
      const run = await sync(c.d, id);
      assert.ok(set.hits > 0, "the fault was met");
      assert.equal(run.state, "succeeded", JSON.stringify(run.error));
      assert.ok(performance.now() - began >= least);
      await whole();
    });

  test("bodies cut at every sixteenth, of listings and of files", async () => {
    await fresh(16);
    for (let k = 0; k < 16; k++) {
      c.fake.faults.add({ path: k % 2 ? media : listing, cut: k / 16, chunked: k % 4 > 1, skip: k });
    }
    const run = await sync(c.d, id);
    assert.equal(run.state, "succeeded", JSON.stringify(run.error));
    await whole(16);
  });

  test("a file that is written, moved out or purged while the run is on its way to it", async () => {
    await fresh(6);
    const files = c.fake.drive.children(folder);
    c.fake.faults.add({
      path: media,
      before() {
        c.fake.drive.write(files[3].id, csv(3) + "\n2027-01-01,5");
        c.fake.drive.move(files[4].id);
        c.fake.drive.purge(files[5].id);
      },
    });
    assert.equal((await sync(c.d, id)).state, "succeeded");
    const run = await sync(c.d, id);
    assert.equal(run.state, "succeeded");
    const found = (await series(c.d, "sales")).filter((s) => s.dimensions.file.startsWith(`f${made}-`) && Object.keys(s.values).length > 0);
    assert.deepEqual(found.map((s) => s.dimensions.file.split("-")[1]).sort(), ["0", "1", "2", "3"]);
    assert.equal(found.find((s) => s.dimensions.file.endsWith("-3")).values["2027-01-01"], 5);
  });
});

test("large files are stored as they come, and not all in one write at the end", async () => {
  await fresh(0);
  const rows = 6000; // of two files: more than go into one write
  for (let k = 0; k < 4; k++) c.fake.drive.put(`f${made}-${k}.csv`, tableOf(k, rows).map((r) => r.join(",")).join("\n"), { parent: folder });
  const stored = async () => (await series(c.d, "sales")).filter((s) => s.dimensions.file.startsWith(`f${made}-`)).map((s) => Object.keys(s.values).length);
  let there;
  c.fake.faults.add({ path: media, skip: 2, before: async () => (there = await stored()) });
  assert.equal((await sync(c.d, id)).state, "succeeded");
  assert.deepEqual(there, [rows, rows], "before the third was there");
  assert.deepEqual(await stored(), [rows, rows, rows, rows]);
});

describe("faults that end a run", () => {
  const lasting = [
    ["the day's quota", { path: media, error: "daily", skip: 2, times: Infinity }, "partial", /Daily Limit/],
    ["the quota of a file", { path: media, error: "download_quota", skip: 2, times: Infinity }, "partial", /quota for this file/],
    ["an API that is not switched on", { path: "/drive/", error: "not_configured", times: Infinity }, "failed", /has not been used/],
    ["a host that stays down", { path: "/drive/", error: "backend", times: Infinity }, "failed", /Backend Error/],
    ["a file that is damaged each time", { path: media, lie: "corrupt", skip: 1, times: 3 }, "partial", /f\d+-\d.csv: what came is not what Drive says the file is, 3 times/],
    ["a listing that is said to be incomplete", { path: listing, lie: "incomplete" }, "failed", /not complete/],
    ["a listing whose next page is itself", { path: listing, lie: "loop_next", times: Infinity }, "failed", /page|Invalid Value/],
    ["a listing of empty pages for ever", { path: listing, lie: "empty_next", times: Infinity }, "failed", /Invalid Value|comes to no end/],
  ];
  for (const [name, rule, state, why] of lasting)
    test(name, async () => {
      await fresh();
      c.fake.faults.add(rule);
      const run = await sync(c.d, id);
      assert.equal(run.state, state, JSON.stringify(run));
      assert.match(run.error.message, why);
      assert.equal((await c.d.get(`/api/v1/connectors/${id}`)).json.state, "failing");
      c.fake.faults.clear();
      await until(async () => (await sync(c.d, id)).state === "succeeded", "a good sync", 60_000); // a breaker rests first
      await whole();
    });

  test("malware is named and the rest comes", async () => {
    await fresh();
    c.fake.faults.add({ path: media, error: "abusive" });
    const run = await sync(c.d, id);
    assert.equal(run.state, "partial");
    assert.match(run.error.message, /1 files were not read; .*malware/);
    assert.equal(run.proof.received, 4);
  });

  test("an unsettled place in the feed: no next place, one not known any more", async () => {
    await fresh();
    assert.equal((await sync(c.d, id)).state, "succeeded");
    c.fake.drive.put(`f${made}-4.csv`, csv(4), { parent: folder });
    c.fake.faults.add({ path: feed, lie: "no_token" });
    const run = await sync(c.d, id);
    assert.deepEqual([run.state, /without naming the next place/.test(run.error.message)], ["failed", true], JSON.stringify(run.error));
    c.fake.faults.add({ path: feed, error: "page_token" });
    const again = await sync(c.d, id);
    assert.deepEqual([again.state, again.proof.full_compare, again.proof.added], ["succeeded", true, 1]);
    await whole(5);
  });

  test("entries that a listing leaves out are found by the other", async () => {
    await fresh(8, { compare_hours: 0 });
    c.fake.faults.add({ path: listing, lie: "drop_one", times: Infinity });
    const run = await sync(c.d, id);
    assert.deepEqual([run.state, run.proof.source_live], ["succeeded", 8]);
    await whole(8);
    c.fake.api.pageRows = 3;
    c.fake.faults.clear();
    c.fake.faults.add({ path: listing, lie: "early_end", times: 1 });
    assert.equal((await sync(c.d, id)).proof.removed, 0);
    c.fake.api.pageRows = null;
    await whole(8);
    c.fake.faults.add({ path: listing, change: (b) => ({ ...b, files: [] }), times: 2 }); // both: but the mirror knows them
    const third = await sync(c.d, id);
    assert.deepEqual([third.state, third.proof.removed, third.proof.source_live], ["succeeded", 0, 8]);
    await whole(8);
  });
});

describe("kills", () => {
  const kills = full ? 50 : 4;

  test(`kill -9 at ${kills} moments, with tokens that rotate`, { timeout: 3_600_000 }, async () => {
    const rng = choices(11);
    const own = await driveDaemon({ flags: impatient });
    const { fake } = own;
    let { d } = own;
    const again = async () => {
      d = await startDaemon({ dir: d.dir, db: d.db, flags: { ...settings, ...impatient } });
      d.token = own.d.token;
    };
    const client = fake.oauth.addClient({ rotate: true });
    const source = await connector(d, fake, own.folder, { file_dimension: "file" });
    const wanted = new Map(); // name of a file -> which table it has
    const files = new Map();
    const write = (name, k) => {
      if (files.has(name)) fake.drive.write(files.get(name), csv(k));
      else files.set(name, fake.drive.put(`${name}.csv`, csv(k), { parent: own.folder }).id);
      wanted.set(name, k);
    };
    for (let n = 0; n < kills; n++) {
      for (let i = 0; i < 5; i++) write(`k-${n}-${i}`, 7 * n + i);
      for (const name of [...files.keys()].slice(0, 2)) write(name, 1000 + n);
      const gone = [...files.keys()].at(-7);
      if (gone) fake.drive.trash(files.get(gone)), files.delete(gone), wanted.delete(gone);
      fake.oauth.expireSessions();
      const at = rng.below(10); // the request during which, or shortly after which, it dies
      let hit = false;
      const rule = fake.faults.add({ skip: at, before: async () => {
        hit = true;
        if (rng.chance(0.5)) d.child.kill("SIGKILL");
        else setTimeout(() => d.child.kill("SIGKILL"), rng.below(12));
      } });
      const { run_id } = (await d.post(`/api/v1/connectors/${source}/sync`)).json;
      await until(async () => hit || (await d.get(`/api/v1/runs/${run_id}`).catch(() => null))?.json.state === "succeeded", "the moment");
      rule.remove();
      d.child.kill("SIGKILL");
      await d.end();
      const last = fake.requests.at(-1).path;
      await again();
      let run = await d.finished(run_id);
      if (run.state === "failed" && last.includes("/token")) {
        // The refresh token had been replaced and the answer found nobody: only its owner can give another.
        const { state, config } = (await d.get(`/api/v1/connectors/${source}`)).json;
        assert.equal(state, "needs_reauth");
        const anew = await d.request("PATCH", `/api/v1/connectors/${source}`, { body: { config: { ...config, refresh_token: fake.oauth.consent(client) } } });
        assert.equal(anew.status, 200, anew.text);
        run = await sync(d, source);
      }
      assert.equal(run.state, "succeeded", `kill ${n} at ${at}: ${JSON.stringify(run.error)}`);
      const [proof] = run.result.objects;
      assert.equal(proof.digest_received, proof.digest_stored);
      const found = (await series(d, "sales")).filter((s) => Object.keys(s.values).length > 0);
      assert.deepEqual(found.map((s) => s.dimensions.file).sort(), [...wanted.keys()].sort(), `kill ${n} at ${at}`);
      for (const s of found) sameAs(s, tableOf(wanted.get(s.dimensions.file), 5));
    }
    assert.equal((await d.stop()).status, 0);
    await fake.close();
  });
});

describe("over TLS", () => {
  test("a certificate of the authority that the settings name is trusted, and no other", async () => {
    const pem = join(scratch(), "authority.pem");
    writeFileSync(pem, authority().cert);
    for (const flags of [{ connect_authorities: pem }, {}]) {
      const own = await driveDaemon({ tls: true, flags });
      own.fake.drive.put("a.csv", csv(1), { parent: own.folder });
      const run = await sync(own.d, await connector(own.d, own.fake, own.folder));
      assert.equal(run.state, flags.connect_authorities ? "succeeded" : "failed", JSON.stringify(run.error));
      await own.close();
    }
  });
});

test("a full disk: the run waits, and goes on where it was once there is room", { skip: !full && "SKIPPED: half a minute of waiting, with DYO_FULL=1" }, async (t) => {
  const disk = join(scratch(), "disk");
  const why = smallDisk(t, disk, 64);
  if (why) return loudly(t, why);
  const e = await started(t, { dir: disk, flags: settings });
  const own = c.fake.drive.folder("room").id;
  for (let k = 0; k < 40; k++) c.fake.drive.put(`room-${k}.csv`, tableOf(k, 2000).map((r) => r.join(",")).join("\n"), { parent: own });
  const run = await syncOnFullDisk(e, disk, 60, await connector(e, c.fake, own, { file_dimension: "file" }));
  assert.equal(run.state, "succeeded", JSON.stringify(run.error));
  const [proof] = run.result.objects;
  assert.deepEqual([proof.source_live, proof.stored_live, proof.digest_received], [40, 40, proof.digest_stored]);
  const found = await series(e, "sales");
  assert.equal(found.length, 40);
  for (const s of found) sameAs(s, tableOf(Number(s.dimensions.file.split("-")[1]), 2000));
  await stopped(e);
});
