// The vendor's own clients, @googleapis/drive and @googleapis/sheets, against the fake: what they understand here they
// understand there.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { drive as driveClient, auth as driveAuth } from "@googleapis/drive";
import { sheets as sheetsClient } from "@googleapis/sheets";
import { startGoogle } from "./google/server.mjs";
import { types } from "./google/types.mjs";
import { workbook } from "../lib/zip.mjs";

let fake, drive, sheets, oauthClient;
before(async () => {
  fake = await startGoogle();
  const client = fake.oauth.addClient();
  oauthClient = new driveAuth.OAuth2({ ...client, forceRefreshOnFailure: true, endpoints: { oauth2TokenUrl: `${fake.url}/token` } });
  oauthClient.setCredentials({ refresh_token: fake.oauth.consent(client) });
  const options = { auth: oauthClient, rootUrl: `${fake.url}/`, retry: false };
  drive = driveClient({ version: "v3", ...options });
  sheets = sheetsClient({ version: "v4", ...options });
});
after(() => fake.close());
beforeEach(() => fake.faults.clear());

const errorOf = (p) => p.then(() => assert.fail("it was answered"), (e) => e.response.data.error);
const all = { supportsAllDrives: true, includeItemsFromAllDrives: true };
const bytes = async (request) => Buffer.from((await request).data);

describe("tokens", () => {
  test("a refresh token, refreshed by the client when the session has ended", async () => {
    await drive.files.list();
    fake.oauth.expireSessions();
    await drive.files.list();
    assert.deepEqual(fake.oauth.granted.map((g) => g.flow), ["refresh_token", "refresh_token"]);
  });

  const account = (key, scopes, subject) => {
    const jwt = new driveAuth.JWT({ email: key.client_email, key: key.private_key, scopes, subject });
    jwt.transporter.interceptors.request.add({ resolved: async (c) => ((c.url = new URL(String(c.url).replace("https://oauth2.googleapis.com", fake.url))), c) });
    return driveClient({ version: "v3", auth: jwt, rootUrl: `${fake.url}/`, retry: false });
  };
  const scope = (s) => `https://www.googleapis.com/auth/${s}`;

  test("a service account, its scopes, and whom it may stand for", async () => {
    const key = fake.oauth.addAccount();
    assert.equal((await account(key, [scope("drive.readonly")]).files.list()).status, 200);
    assert.equal(fake.oauth.granted.at(-1).flow, "service_account");
    assert.equal((await errorOf(account(key, [scope("spreadsheets.readonly")]).files.list())).errors[0].reason, "insufficientPermissions");
    const refusal = (p) => p.then(() => assert.fail("it was answered"), (e) => e.response.data.error);
    assert.equal(await refusal(account(key, [scope("drive.readonly")], "boss@acme.example").files.list()), "unauthorized_client");
    assert.equal(await refusal(account(key, [scope("nonsense")]).files.list()), "invalid_scope");
    const stranger = { ...key, client_email: "nobody@fake.iam.gserviceaccount.com" };
    assert.equal(await refusal(account(stranger, [scope("drive.readonly")]).files.list()), "invalid_grant");
    fake.clock.advance(-3_600_000);
    assert.equal(await refusal(account(key, [scope("drive.readonly")]).files.list()), "invalid_grant");
    fake.clock.advance(3_600_000);
  });

  test("a refresh token that is dead", async () => {
    const form = (fields) => fetch(`${fake.url}/token`, { method: "POST", body: new URLSearchParams({ grant_type: "refresh_token", ...fields }) }).then((r) => r.json());
    const client = fake.oauth.addClient({ clientId: "b" });
    const token = fake.oauth.consent(client);
    const fields = { client_id: "b", client_secret: client.clientSecret, refresh_token: token };
    assert.equal((await form(fields)).expires_in, 3599);
    fake.oauth.refreshTokens.get(token).dead = true;
    assert.deepEqual(await form(fields), { error: "invalid_grant", error_description: "Token has been expired or revoked." });
    assert.equal((await form({ ...fields, client_secret: "no" })).error, "invalid_client");
  });
});

describe("files", () => {
  let folder;
  before(() => {
    folder = fake.drive.folder("sales");
    for (let i = 0; i < 250; i++) fake.drive.put(`${i}.csv`, `date,value\n2026-01-01,${i}\n`, { parent: folder.id });
  });
  const inFolder = (id) => `'${id}' in parents and trashed = false`;

  test("a listing page by page", async () => {
    const fields = "nextPageToken,incompleteSearch,files(id,name,md5Checksum,sha256Checksum,size,version,modifiedTime,parents,capabilities/canDownload)";
    const files = [];
    let pageToken;
    do {
      const { data } = await drive.files.list({ q: inFolder(folder.id), pageSize: 100, fields, pageToken, ...all });
      assert.deepEqual(Object.keys(data).sort(), data.nextPageToken ? ["files", "incompleteSearch", "nextPageToken"] : ["files", "incompleteSearch"]);
      files.push(...data.files);
      pageToken = data.nextPageToken;
    } while (pageToken);
    assert.equal(new Set(files.map((f) => f.id)).size, 250);
    const one = files.find((f) => f.name === "7.csv");
    const body = await bytes(drive.files.get({ fileId: one.id, alt: "media" }, { responseType: "arraybuffer" }));
    assert.equal(body.toString(), "date,value\n2026-01-01,7\n");
    assert.deepEqual([one.md5Checksum, one.size, one.capabilities], [createHash("md5").update(body).digest("hex"), String(body.length), { canDownload: true }]);
    const range = await bytes(drive.files.get({ fileId: one.id, alt: "media" }, { responseType: "arraybuffer", headers: { Range: "bytes=5-9" } }));
    assert.equal(range.toString(), "value");
  });

  test("what q, fields and orderBy say", async () => {
    const names = async (q, more = {}) => (await drive.files.list({ q, fields: "files(name)", pageSize: 1000, ...more })).data.files.map((f) => f.name);
    assert.deepEqual(await names(`${inFolder(folder.id)} and (name = '3.csv' or name contains '24')`, { orderBy: "name" }), ["24.csv", "240.csv", "241.csv", "242.csv", "243.csv", "244.csv", "245.csv", "246.csv", "247.csv", "248.csv", "249.csv", "3.csv"]);
    assert.deepEqual(await names(`mimeType = '${types.folder}' and not name = 'x' and modifiedTime > '2020-01-01T00:00:00'`), ["sales"]);
    const tricky = fake.drive.put("O'Neil \\ Sons.csv", "a\n");
    assert.deepEqual(await names("name = 'O\\'Neil \\\\ Sons.csv'"), [tricky.name]);
    for (const q of ["name = 3", "nonsense = 'a'", "name = 'a' and", "trashed = maybe"]) assert.equal((await errorOf(drive.files.list({ q }))).errors[0].reason, "invalid", q);
    assert.match((await errorOf(drive.files.list({ fields: "files(id,nope)" }))).message, /^Invalid field selection nope/);
    assert.equal((await errorOf(drive.files.list({ pageToken: "stale" }))).code, 400);
    assert.equal((await errorOf(drive.files.list({ pageSize: 2000 }))).errors[0].reason, "invalidParameter");
    const plain = (await drive.files.list({ q: "name = '3.csv'" })).data.files[0];
    assert.deepEqual(Object.keys(plain).sort(), ["id", "kind", "mimeType", "name"]);
  });

  test("shared drives are seen only when asked for", async () => {
    const shared = fake.drive.addDrive("Team");
    const file = fake.drive.put("team.csv", "a,b\n", { parent: shared.id });
    const q = "name = 'team.csv'";
    assert.equal((await drive.files.list({ q })).data.files.length, 0);
    assert.equal((await drive.files.list({ q, ...all })).data.files[0].id, file.id);
    assert.equal((await drive.files.list({ q, ...all, corpora: "drive", driveId: shared.id })).data.files[0].id, file.id);
    assert.equal((await errorOf(drive.files.get({ fileId: file.id }))).errors[0].reason, "notFound");
    assert.equal((await drive.files.get({ fileId: file.id, supportsAllDrives: true, fields: "driveId" })).data.driveId, shared.id);
    assert.deepEqual((await drive.drives.list()).data.drives.map((d) => d.name), ["Team"]);
  });

  test("shortcuts, native files, what cannot be had", async () => {
    const target = fake.drive.put("target.csv", "a\n");
    const link = fake.drive.shortcut("link", target.id, { parent: folder.id });
    const { data } = await drive.files.get({ fileId: link.id, fields: "shortcutDetails(targetId,targetMimeType),size" });
    assert.deepEqual(data, { shortcutDetails: { targetId: target.id, targetMimeType: types.csv } });
    const locked = fake.drive.put("locked.csv", "a\n", { downloadable: false });
    const reason = async (p) => (await errorOf(p)).errors[0].reason;
    assert.equal(await reason(drive.files.get({ fileId: locked.id, alt: "media" })), "cannotDownloadFile");
    const sheet = fake.drive.sheet("plan", { One: [["a", "b"], [1, { date: 45000 }]] });
    assert.equal(await reason(drive.files.get({ fileId: sheet.id, alt: "media" })), "fileNotDownloadable");
    assert.equal(await reason(drive.files.export({ fileId: locked.id, mimeType: types.csv })), "fileNotExportable");
    fake.api.exportLimit = 5;
    assert.equal(await reason(drive.files.export({ fileId: sheet.id, mimeType: types.csv })), "exportSizeLimitExceeded");
    fake.api.exportLimit = 10 * 1024 * 1024;
    assert.equal((await drive.files.export({ fileId: sheet.id, mimeType: types.csv })).data, "a,b\r\n1,3/15/2023");
    const book = await bytes(drive.files.export({ fileId: sheet.id, mimeType: types.xlsx }, { responseType: "arraybuffer" }));
    assert.ok(book.equals(workbook({ One: [["a", "b"], [1, { date: 45000 }]] })));
  });
});

describe("changes", () => {
  const feed = async (pageToken, more = {}) => {
    const list = [];
    let data;
    do {
      ({ data } = await drive.changes.list({ pageToken, pageSize: 3, ...all, fields: "nextPageToken,newStartPageToken,changes(fileId,removed,file(name,trashed,parents))", ...more }));
      list.push(...data.changes);
      pageToken = data.nextPageToken;
    } while (pageToken);
    return { list, token: data.newStartPageToken };
  };
  const start = async (more) => (await drive.changes.getStartPageToken({ supportsAllDrives: true, ...more })).data.startPageToken;

  test("each edit is told once, at its latest; a folder's move is not told of its files", async () => {
    const a = fake.drive.folder("a");
    const b = fake.drive.folder("b");
    const file = fake.drive.put("f.csv", "1\n", { parent: a.id });
    const gone = fake.drive.put("g.csv", "1\n", { parent: a.id });
    const token = await start();
    fake.drive.rename(file.id, "f2.csv");
    fake.drive.write(file.id, "2\n");
    fake.drive.purge(gone.id);
    fake.drive.move(a.id, b.id);
    const first = await feed(token);
    assert.deepEqual(first.list.map((c) => [c.fileId, c.removed, c.file?.name]), [[file.id, false, "f2.csv"], [gone.id, true, undefined], [a.id, false, "a"]]);
    fake.drive.trash(a.id);
    const { data } = await drive.files.get({ fileId: file.id, fields: "trashed,explicitlyTrashed" });
    assert.deepEqual(data, { trashed: true, explicitlyTrashed: false });
    const second = await feed(first.token);
    assert.deepEqual(second.list.map((c) => [c.fileId, c.file.trashed]), [[a.id, true]]);
    assert.deepEqual((await feed(second.token)).list, []);
    fake.drive.hide(b.id);
    assert.deepEqual((await feed(second.token)).list.map((c) => c.removed), [true]);
    assert.equal((await errorOf(drive.changes.list({ pageToken: "nonsense" }))).code, 400);
  });

  test("a shared drive has a feed of its own; what left it is removed there", async () => {
    const team = fake.drive.addDrive("Feed");
    const file = fake.drive.put("t.csv", "1\n", { parent: team.id });
    const token = await start({ driveId: team.id });
    fake.drive.put("elsewhere.csv", "1\n");
    fake.drive.move(file.id);
    const { list } = await feed(token, { driveId: team.id });
    assert.deepEqual(list.map((c) => [c.fileId, c.removed]), [[file.id, true]]);
  });

  test("what shows late keeps the time it was made at and is told when it shows", async () => {
    const commit = fake.drive.late(() => fake.drive.put("late.csv", "1\n"));
    const token = await start();
    fake.clock.advance(60_000);
    assert.equal((await feed(token)).list.length, 0);
    const made = commit();
    assert.ok(made.modifiedTime <= fake.clock.now() - 60_000);
    assert.equal((await feed(token)).list[0].fileId, made.id);
    fake.clock.advance(-60_000);
  });
});

describe("sheets", () => {
  let id;
  before(() => {
    const rows = [["date", "sales", "open"], [{ date: 45000 }, 12.5, true], [{ date: 45001.5 }, "n/a", null], [null, null, null]];
    id = fake.drive.sheet("Plan", { "It's": rows, Two: [], Big: Array.from({ length: 2500 }, (_, i) => [i]) }).id;
  });

  test("shape and values", async () => {
    const { data } = await sheets.spreadsheets.get({ spreadsheetId: id, fields: "properties(title,timeZone),sheets(properties(title,index,gridProperties))" });
    assert.deepEqual(data.sheets.map((s) => [s.properties.title, s.properties.gridProperties.rowCount]), [["It's", 1000], ["Two", 1000], ["Big", 2500]]);
    assert.deepEqual(data.properties, { title: "Plan", timeZone: "Europe/Berlin" });
    const values = (range, more) => sheets.spreadsheets.values.get({ spreadsheetId: id, range, ...more }).then((r) => r.data);
    const raw = { valueRenderOption: "UNFORMATTED_VALUE", dateTimeRenderOption: "SERIAL_NUMBER" };
    assert.deepEqual(await values("'It''s'!A1:Z", raw), { range: "'It''s'!A1:Z1000", majorDimension: "ROWS", values: [["date", "sales", "open"], [45000, 12.5, true], [45001.5, "n/a"]] });
    assert.deepEqual((await values("It's")).values[1], ["3/15/2023", "12.5", "TRUE"]);
    assert.equal((await values("Two")).values, undefined);
    assert.deepEqual((await values("Big!A2499:A2500", raw)).values, [[2498], [2499]]);
    const batch = await sheets.spreadsheets.values.batchGet({ spreadsheetId: id, ranges: ["Big!A1", "'It''s'!B1:B2"], ...raw });
    assert.deepEqual(batch.data.valueRanges.map((v) => v.values), [[[0]], [["sales"], [12.5]]]);
    const grid = await sheets.spreadsheets.get({ spreadsheetId: id, ranges: ["'It''s'!A2:C2"], includeGridData: true });
    const cells = grid.data.sheets[0].data[0].rowData[0].values;
    assert.deepEqual(cells.map((c) => c.effectiveFormat.numberFormat?.type), ["DATE", undefined, undefined]);
  });

  test("errors", async () => {
    const get = (spreadsheetId, range) => errorOf(sheets.spreadsheets.values.get({ spreadsheetId, range }));
    assert.equal((await get(id, "Nope!A1")).message, "Unable to parse range: Nope!A1");
    assert.match((await get(id, "Big!A2501:A3000")).message, /exceeds grid limits. Max rows: 2500/);
    assert.equal((await get("nope", "A1")).status, "NOT_FOUND");
    assert.equal((await get(fake.drive.put("x.csv", "a\n").id, "A1")).status, "FAILED_PRECONDITION");
    fake.faults.add({ error: "user_rate", retryAfter: 7 });
    assert.equal((await get(id, "Big!A1")).status, "RESOURCE_EXHAUSTED");
  });
});
