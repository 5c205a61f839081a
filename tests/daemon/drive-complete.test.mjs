// Completeness of the Google Drive connector: whatever is done to a folder, also while it is read, the mirror ends equal to it;
// and whatever a listing or a file leaves out, no run that says "succeeded" has less. DYO_FULL=1: a thousand seeds;
// DYO_SEEDS: so many, DYO_SEED: from there on.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Edits } from "../fakes/google/edits.mjs";
import { startGoogle } from "../fakes/google/server.mjs";
import { choices, meanwhile, trouble } from "../fakes/lib/random.mjs";
import { connector, series, settings, sync } from "./lib/drive.mjs";
import { several, startDaemon } from "./lib/daemon.mjs";

const full = process.env.DYO_FULL === "1";
const first = Number(process.env.DYO_SEED || 1);
const seeds = (few) => Array.from({ length: Number(process.env.DYO_SEEDS ?? (full ? 1000 : few)) }, (_, i) => first + i);

let d;
before(async () => {
  d = await startDaemon({ flags: { ...settings, connect_silent_s: 1, connect_request_s: 5, log_level: "warn" } });
});
after(async () => {
  const end = await d.stop();
  assert.equal(end.status, 0, end.log.slice(-2000));
});

/** Three days of a metric of the seed's own. */
const contentOf = (metric) => (rng) => `date,${metric}\n${[1, 2, 3].map((k) => `2026-0${k}-0${1 + rng.below(9)},${rng.below(1000)}`).join("\n")}\n`;

/** The mirror and the folder: { name: { date: value } } each. */
async function compared(edits, metric) {
  const found = {};
  for (const s of await series(d, metric)) if (Object.keys(s.values).length > 0) found[s.dimensions.file] = Object.fromEntries(Object.entries(s.values).filter(([, v]) => v !== null));
  const wanted = {};
  for (const { name, content } of edits.truth().values())
    wanted[name.replace(/\.csv$/, "")] = Object.fromEntries(content.toString().trim().split("\n").slice(1).map((l) => [l.split(",")[0], Number(l.split(",")[1])]));
  return [found, wanted];
}

async function scene(tag, seed, config) {
  const fake = await startGoogle();
  const rng = choices(seed);
  const metric = `${tag}_${seed}`;
  const top = fake.drive.folder("watched").id;
  const edits = new Edits(fake.drive, rng, top, fake.drive.folder("elsewhere").id, contentOf(metric));
  fake.api.pageRows = 2 + rng.below(5);
  edits.make(12);
  return { fake, rng, edits, metric, id: await connector(d, fake, top, { file_dimension: "file", parse: { layout: "long" }, ...config }) };
}

describe("the mirror ends equal to the folder", () => {
  test("under edits, also late ones and while pages are read, and under faults that pass", async () => {
    await several(seeds(18), 3, async (seed) => {
      const s = await scene("edits", seed, { compare_hours: seed % 3 ? 24 : 0 });
      for (let round = 0; round < 3; round++) {
        s.edits.make(5, { late: 0.3 });
        trouble(s.fake, s.rng, { path: "/drive/", n: 2, span: 12 });
        meanwhile(s.fake, s.rng, () => s.edits.make(1, { late: 0.3 }), { path: "/drive/", share: 0.3, times: 10 });
        const run = await sync(d, s.id);
        assert.ok(run.state === "succeeded" || run.error.message, `seed ${seed}`);
        if (run.state === "succeeded") assert.equal(run.proof.digest_received, run.proof.digest_stored);
        s.fake.faults.clear();
        s.edits.settle();
      }
      const run = await sync(d, s.id);
      assert.equal(run.state, "succeeded", `seed ${seed}: ${JSON.stringify(run.error)}`);
      const [found, wanted] = await compared(s.edits, s.metric);
      assert.deepEqual(found, wanted, `seed ${seed}`);
      await s.fake.close();
    });
  });
});

// Each is met a few times at some moment. What leaves entries out is met once: what both listings and the mirror do not know cannot be
// told from what is not there. Of the feed, only what shows: an entry that it never tells is found by the next walk.
const losses = [
  { path: /v3\/files\?/, lie: "drop_one", once: true },
  { path: /v3\/files\?/, lie: "early_end", once: true },
  { path: /v3\/files\?/, lie: "loop_next" },
  { path: /v3\/files\?/, lie: "empty_next" },
  { path: /v3\/files\?/, lie: "incomplete" },
  { path: /v3\/files\?/, error: "page_token" },
  { path: /alt=media/, lie: "corrupt" },
  { path: /alt=media/, lie: "short" },
  { path: /alt=media/, lie: "long" },
  { path: /alt=media/, error: "permission" },
  { path: /alt=media/, error: "abusive" },
  { path: /alt=media/, error: "download_quota" },
  { path: /changes\?/, lie: "no_token" },
  { path: /changes\?/, lie: "loop_next" },
  { path: /changes\?/, error: "page_token" },
];

describe("a loss is told", () => {
  test("a run that succeeded has all of the folder", async () => {
    const ends = {};
    await several(seeds(2 * losses.length), 3, async (seed) => {
      const s = await scene("losses", seed, { compare_hours: seed % 2 ? 24 : 0 });
      const loss = losses[seed % losses.length];
      for (let round = 0; round < 2; round++) {
        const rule = s.fake.faults.add({ ...loss, skip: s.rng.below(3), times: loss.once ? 1 : s.rng.pick([1, 2, 3, Infinity]) });
        const run = await sync(d, s.id);
        const [found, wanted] = await compared(s.edits, s.metric);
        if (run.state === "succeeded") assert.deepEqual(found, wanted, `seed ${seed}: ${JSON.stringify(loss)}`);
        else assert.ok(run.error.message && ["partial", "failed"].includes(run.state), `seed ${seed}`);
        if (rule.hits) ends[run.state] = (ends[run.state] ?? 0) + 1;
        s.fake.faults.clear();
        s.edits.make(4);
      }
      const run = await sync(d, s.id);
      const [found, wanted] = await compared(s.edits, s.metric);
      if (run.state === "succeeded") assert.deepEqual(found, wanted, `seed ${seed}`);
      await s.fake.close();
    });
    console.log(`runs that met a loss ended ${JSON.stringify(ends)}`);
    assert.ok(ends.succeeded > 0 && ends.partial + ends.failed > 0);
  });
});
