// The random edits against mirrors that follow the vendors' published recipes: were the fakes unable to lose a row, or the
// recipes unable to keep one, property tests on them would show nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Edits as FileEdits } from "./google/edits.mjs";
import { startGoogle } from "./google/server.mjs";
import { types } from "./google/types.mjs";
import { choices, meanwhile } from "./lib/random.mjs";
import { Edits } from "./salesforce/edits.mjs";
import { startSalesforce } from "./salesforce/server.mjs";

const json = async (fake, path, token) => {
  const r = await fetch(fake.url + path, { headers: { authorization: `Bearer ${token}` } });
  const body = await r.json();
  assert.equal(r.status, 200, JSON.stringify(body));
  return { body, date: Date.parse(r.headers.get("date")) };
};

/** Windows [from - lookback, until) by (stamp, id), with the deleted; and, where `full`, which ids there are at all. */
async function salesforceSync(fake, token, mirror, state, { strict = false, full = true } = {}) {
  const { date } = await json(fake, "/services/data/v67.0/limits", token);
  const until = date - 1000;
  const from = strict ? state.cursor : Math.max(0, state.cursor - 600_000);
  const at = (ms) => new Date(ms).toISOString();
  const q = `SELECT Id, Name, IsDeleted FROM Account WHERE SystemModstamp ${strict ? ">" : ">="} ${at(from)} AND SystemModstamp < ${at(until)} ORDER BY SystemModstamp, Id`;
  const read = async (first, row) => {
    for (let path = first; path; ) {
      const { body } = await json(fake, path, token);
      for (const r of body.records) row(r);
      path = body.done ? null : body.nextRecordsUrl;
    }
  };
  await read(`/services/data/v67.0/queryAll?q=${encodeURIComponent(q)}`, (r) => (r.IsDeleted ? mirror.delete(r.Id) : mirror.set(r.Id, r.Name)));
  const ids = new Set();
  if (full) {
    await read(`/services/data/v67.0/query?q=${encodeURIComponent("SELECT Id FROM Account")}`, (r) => ids.add(r.Id));
    for (const id of mirror.keys()) if (!ids.has(id)) mirror.delete(id);
  }
  state.cursor = strict ? Math.max(state.cursor, until - 1000) : until;
}

async function salesforceRun(seed, options) {
  const fake = await startSalesforce();
  fake.clock.hold(Date.UTC(2026, 0, 1));
  fake.queries.pageRows = 5;
  const rng = choices(seed);
  const edits = new Edits(fake.org, rng);
  const token = fake.oauth.session();
  const mirror = new Map();
  const state = { cursor: 0 };
  edits.make(30);
  const rule = meanwhile(fake, rng, () => edits.make(1, { late: 0.3 }), { path: "/query" });
  let wrong = 0;
  for (let round = 0; round < 3; round++) {
    edits.make(10, { late: 0.3 });
    await salesforceSync(fake, token, mirror, state, options);
    edits.settle();
  }
  rule.remove();
  fake.clock.advance(5000);
  await salesforceSync(fake, token, mirror, state, options);
  const truth = new Map(fake.org.rows("Account").map((r) => [r.Id, r.Name]));
  for (const [id, name] of truth) if (mirror.get(id) !== name) wrong++;
  for (const id of mirror.keys()) if (!truth.has(id)) wrong++;
  await fake.close();
  return wrong;
}

describe("an org under edits", () => {
  test("the published recipe ends with what the org has", async () => {
    for (let seed = 1; seed <= 25; seed++) assert.equal(await salesforceRun(seed), 0, `seed ${seed}`);
  });

  test("a strict cursor, or no compare of ids, loses", async () => {
    let strict = 0;
    let blind = 0;
    for (let seed = 1; seed <= 8; seed++) {
      strict += await salesforceRun(seed, { strict: true });
      blind += await salesforceRun(seed, { full: false });
    }
    assert.ok(strict > 0 && blind > 0, `${strict} ${blind}`);
  });
});

/** Start token, then a walk; later the changes, and a walk again where a folder changed. */
async function driveSync(fake, token, top, mirror, state, { byTime = false } = {}) {
  const all = "supportsAllDrives=true&includeItemsFromAllDrives=true";
  const get = async (path) => (await json(fake, `/drive/v3/${path}`, token)).body;
  const fields = "id,name,md5Checksum,mimeType,parents,trashed,modifiedTime";
  const walk = async () => {
    const found = new Map();
    const queue = [top];
    for (const id of queue) {
      let page = "";
      do {
        const body = await get(`files?q=${encodeURIComponent(`'${id}' in parents and trashed = false`)}&pageSize=3&fields=nextPageToken,files(${fields})&${all}${page}`);
        for (const f of body.files) {
          if (f.mimeType === types.folder) queue.push(f.id);
          else found.set(f.id, f);
        }
        page = body.nextPageToken ? `&pageToken=${encodeURIComponent(body.nextPageToken)}` : "";
      } while (page);
    }
    state.folders = new Set(queue);
    return found;
  };
  const whole = async () => {
    state.token = (await get(`changes/startPageToken?${all}`)).startPageToken;
    const found = await walk();
    mirror.clear();
    for (const [id, f] of found) mirror.set(id, f.md5Checksum);
  };
  if (!state.token) return whole();
  if (byTime) {
    for (const [id, f] of await walk()) if (Date.parse(f.modifiedTime) >= state.time) mirror.set(id, f.md5Checksum);
    state.time = fake.clock.now();
    return;
  }
  const touched = [];
  for (let page = state.token; page; ) {
    const body = await get(`changes?pageToken=${page}&pageSize=3&includeRemoved=true&${all}&fields=nextPageToken,newStartPageToken,changes(fileId,removed,file(${fields}))`);
    touched.push(...body.changes);
    page = body.nextPageToken;
    state.token = body.newStartPageToken ?? state.token;
  }
  if (touched.some((c) => state.folders.has(c.fileId) || c.file?.mimeType === types.folder)) return whole();
  for (const { fileId, removed, file } of touched) {
    if (removed || file.trashed || !file.parents?.some((p) => state.folders.has(p))) mirror.delete(fileId);
    else mirror.set(fileId, file.md5Checksum);
  }
}

async function driveRun(seed, options) {
  const fake = await startGoogle();
  fake.clock.hold(Date.UTC(2026, 0, 1));
  const rng = choices(seed);
  const top = fake.drive.folder("watched").id;
  const edits = new FileEdits(fake.drive, rng, top, fake.drive.folder("elsewhere").id);
  const token = fake.oauth.session();
  const mirror = new Map();
  const state = { time: 0 };
  edits.make(20);
  const rule = meanwhile(fake, rng, () => edits.make(1, { late: 0.3 }), { path: "/drive/v3/", share: 0.3 });
  for (let round = 0; round < 3; round++) {
    edits.make(6, { late: 0.3 });
    await driveSync(fake, token, top, mirror, state, options);
    edits.settle();
  }
  rule.remove();
  await driveSync(fake, token, top, mirror, state, options);
  const truth = edits.truth();
  const md5 = (id) => fake.drive.resource(fake.drive.file(id), "").md5Checksum;
  const wrong = [...truth.keys()].filter((id) => mirror.get(id) !== md5(id)).length + [...mirror.keys()].filter((id) => !truth.has(id)).length;
  await fake.close();
  return wrong;
}

describe("a folder under edits", () => {
  test("start token, walk and changes end with what the folder has", async () => {
    for (let seed = 1; seed <= 25; seed++) assert.equal(await driveRun(seed), 0, `seed ${seed}`);
  });

  test("a cursor of modifiedTime loses", async () => {
    let wrong = 0;
    for (let seed = 1; seed <= 5; seed++) wrong += await driveRun(seed, { byTime: true });
    assert.ok(wrong > 0);
  });
});
