// The vendor's own client, jsforce, against the fake org: what it understands here it understands there.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import jsforce from "jsforce";
import { startSalesforce } from "./salesforce/server.mjs";
import { id18 } from "./salesforce/source.mjs";

let fake, app;
before(async () => {
  fake = await startSalesforce();
  for (let i = 0; i < 10_000; i++) fake.org.insert("Account", { Name: `Account ${i}`, Industry: i % 2 ? "Retail" : "O'Neil \"quoted\",\nlines" });
});
after(() => fake.close());
beforeEach(() => {
  fake.faults.clear();
  fake.oauth.apps.clear();
  app = fake.oauth.addApp();
});

const version = "67.0";
const direct = () => new jsforce.Connection({ instanceUrl: fake.url, accessToken: fake.oauth.session(), version });
const errorOf = (p) => p.then(() => assert.fail("it was answered"), (e) => e);
const form = async (fields) => {
  const r = await fetch(`${fake.url}/services/oauth2/token`, { method: "POST", body: new URLSearchParams(fields) });
  return { status: r.status, ...(await r.json()) };
};

describe("tokens", () => {
  const oauth2 = () => new jsforce.OAuth2({ loginUrl: fake.url, clientId: app.clientId, clientSecret: app.clientSecret });

  test("jsforce refreshes, and again by itself when the session has ended", async () => {
    const conn = new jsforce.Connection({ oauth2: oauth2(), instanceUrl: fake.url, refreshToken: fake.oauth.consent(app), accessToken: "expired", version });
    const before_ = fake.oauth.granted.length;
    assert.equal((await conn.query("SELECT COUNT() FROM Account")).totalSize, 10_000);
    fake.oauth.expireSessions();
    assert.equal((await conn.query("SELECT COUNT() FROM Account")).totalSize, 10_000);
    assert.deepEqual(fake.oauth.granted.slice(before_).map((g) => g.flow), ["refresh_token", "refresh_token"]);
  });

  test("rotation ends the old token and gives a new one", async () => {
    app.rotate = true;
    const first = fake.oauth.consent(app);
    const answer = await oauth2().refreshToken(first);
    assert.ok(answer.access_token.includes("!") && answer.refresh_token !== first && answer.expires_in === undefined);
    assert.match((await errorOf(oauth2().refreshToken(first))).message, /expired access\/refresh token/);
    assert.ok((await oauth2().refreshToken(answer.refresh_token)).access_token);
  });

  test("two refreshes of one token at once: one is told of an expired code", async () => {
    app.rotate = true;
    const token = fake.oauth.consent(app);
    const request = { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, form: new URLSearchParams({ grant_type: "refresh_token", client_id: app.clientId, client_secret: app.clientSecret, refresh_token: token }) };
    assert.ok(fake.oauth.token(request).body.access_token);
    assert.equal(fake.oauth.token(request).body.error_description, "expired authorization code");
  });

  test("JWT bearer through jsforce; each claim is checked", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    app.certificate = publicKey;
    const now = Math.floor(fake.clock.now() / 1000);
    const token = (claims, alg = "RS256", key = privateKey) => {
      const parts = [{ alg }, { iss: app.clientId, sub: app.users[0], aud: "https://login.salesforce.com", exp: now + 180, ...claims }];
      const text = parts.map((p) => Buffer.from(JSON.stringify(p)).toString("base64url")).join(".");
      return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
    };
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const conn = new jsforce.Connection({ loginUrl: fake.url, version });
    await conn.authorize({ grant_type, assertion: token({}) });
    assert.equal((await conn.query("SELECT COUNT() FROM Account")).totalSize, 10_000);
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const wrong = [
      [token({ aud: "https://evil.example" }), "audience is invalid"],
      [token({ sub: "other@acme.example" }), "user hasn't approved this consumer"],
      [token({ exp: now + 3600 }), "invalid assertion"],
      [token({ exp: now - 3600 }), "expired authorization code"],
      [token({ iss: "nobody" }), "client identifier invalid"],
      [token({}, "none"), "invalid assertion"],
      [token({}, "RS256", stranger), "invalid assertion"],
      ["a.b", "invalid assertion"],
    ];
    for (const [assertion, why] of wrong) assert.equal((await form({ grant_type, assertion })).error_description, why);
  });

  test("client credentials through jsforce", async () => {
    const conn = new jsforce.Connection({ oauth2: { clientId: app.clientId, clientSecret: app.clientSecret, loginUrl: fake.url }, version });
    await conn.authorize({ grant_type: "client_credentials" });
    assert.equal(conn.instanceUrl, fake.url);
    assert.equal((await conn.identity()).username, app.runAs);
    app.clientSecret = "another";
    assert.equal((await form({ grant_type: "client_credentials", client_id: app.clientId, client_secret: "secret" })).error, "invalid_client");
    assert.equal((await form({ grant_type: "password" })).error, "unsupported_grant_type");
  });
});

describe("discovery", () => {
  test("describeGlobal, describe, limits, one record", async () => {
    const conn = direct();
    const { sobjects } = await conn.describeGlobal();
    assert.ok(sobjects.some((s) => s.name === "Account" && s.queryable) && sobjects.some((s) => !s.queryable));
    const { fields } = await conn.sobject("Opportunity").describe();
    assert.deepEqual(fields.find((f) => f.name === "AccountId").referenceTo, ["Account"]);
    assert.equal(fields.find((f) => f.name === "SystemModstamp").type, "datetime");
    const limits = await conn.limits();
    assert.equal(limits.DailyApiRequests.Max - limits.DailyApiRequests.Remaining, conn.limitInfo.apiUsage.used);
    assert.equal(conn.limitInfo.apiUsage.limit, 100_000);
    const [one] = fake.org.rows("Account");
    assert.equal((await conn.sobject("Account").retrieve(one.Id.slice(0, 15))).Name, one.Name);
  });

  test("ids have Salesforce's check letters", () => {
    assert.equal(id18("001A0000006Vm9r"), "001A0000006Vm9rIAC"); // the example of Salesforce's own help
    assert.match(fake.org.rows("Account")[0].Id, /^0010Y0[0-9A-Za-z]{9}[A-Z0-5]{3}$/);
  });
});

describe("queries", () => {
  test("10,000 records in pages of 2,000", async () => {
    const conn = direct();
    const page = await conn.query("SELECT Id, Name FROM Account ORDER BY SystemModstamp, Id");
    assert.deepEqual([page.totalSize, page.done, page.records.length], [10_000, false, 2000]);
    assert.match(new URL(page.nextRecordsUrl).pathname, /^\/services\/data\/v67\.0\/query\/01g\w+-2000$/);
    const ids = new Set();
    await new Promise((done, fail) => {
      const q = conn.query("SELECT Id FROM Account").on("record", (r) => ids.add(r.Id));
      q.on("end", done).on("error", fail).run({ autoFetch: true, maxFetch: 20_000 });
    });
    assert.equal(ids.size, 10_000);
  });

  test("conditions that jsforce writes", async () => {
    const conn = direct();
    const rows = fake.org.rows("Account");
    const found = await conn.sobject("Account").find({ Name: { $like: "Account 99%" }, Industry: "Retail", SystemModstamp: { $gte: jsforce.SfDate.toDateTimeLiteral(new Date(rows[0].SystemModstamp)) } }, ["Id", "Name"]).sort({ Name: -1 }).limit(5);
    const expected = rows.map((r) => r.Name).filter((n) => n.startsWith("Account 99") && Number(n.slice(8)) % 2 === 1).sort().reverse().slice(0, 5);
    assert.deepEqual(found.map((r) => r.Name), expected);
    const quoted = await conn.sobject("Account").find({ Industry: 'O\'Neil "quoted",\nlines' }, ["Id"]).execute({ autoFetch: true, maxFetch: 20_000 });
    assert.equal(quoted.length, 5000);
    assert.equal(await conn.sobject("Account").count({ Name: { $in: ["account 1", "Account 2"] } }), 2);
  });

  test("relations, moments, deleted rows, edits while pages are read", async () => {
    const conn = direct();
    const account = fake.org.insert("Account", { Name: "Acme" });
    const deal = fake.org.insert("Opportunity", { Name: "Deal", Amount: 12.5, CloseDate: "2026-11-01", AccountId: account.Id });
    fake.org.insert("Opportunity", { Name: "Lost" });
    const { records } = await conn.query("SELECT Id, Amount, CloseDate, SystemModstamp, Account.Name FROM Opportunity ORDER BY Name");
    assert.deepEqual([records[0].Account.Name, records[0].Amount, records[0].CloseDate, records[1].Account], ["Acme", 12.5, "2026-11-01", null]);
    assert.match(records[0].SystemModstamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
    fake.org.remove("Opportunity", deal.Id);
    assert.equal((await conn.query("SELECT Id FROM Opportunity")).totalSize, 1);
    const all = await conn.query("SELECT Id FROM Opportunity WHERE IsDeleted = true", { scanAll: true });
    assert.equal(all.records[0].Id, deal.Id);
    fake.org.purge("Opportunity", deal.Id);
    assert.equal((await conn.query("SELECT Id FROM Opportunity", { scanAll: true })).totalSize, 1);
    const gone = await conn.sobject("Opportunity").deleted(new Date(Date.now() - 60_000), new Date(Date.now() + 60_000));
    assert.equal(gone.deletedRecords[0].id, deal.Id);

    const first = await conn.query("SELECT Id, Name FROM Account WHERE Name LIKE 'Account %' ORDER BY Id");
    const later = fake.org.rows("Account")[5000];
    fake.org.update("Account", later.Id, { Name: "Account renamed" });
    const pages = [first];
    while (!pages.at(-1).done) pages.push(await conn.queryMore(pages.at(-1).nextRecordsUrl));
    assert.equal(pages.flatMap((p) => p.records).find((r) => r.Id === later.Id).Name, "Account renamed");
  });

  test("a transaction that commits late has the stamp it began with", () => {
    const commit = fake.org.late(() => fake.org.insert("Product2", { Name: "late" }));
    const began = fake.clock.now();
    fake.clock.advance(60_000);
    assert.equal(fake.org.rows("Product2").length, 0);
    assert.ok(commit().SystemModstamp <= began);
    fake.clock.advance(-60_000);
  });

  test("errors have the service's codes", async () => {
    const conn = direct();
    const codes = {
      "SELECT Nope FROM Account": "INVALID_FIELD",
      "SELECT Id FROM Nope": "INVALID_TYPE",
      "SELECT Id FROM ContentFolderItem": "INVALID_TYPE",
      "SELECT Id FROM Account WHERE": "MALFORMED_QUERY",
      "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'": "MALFORMED_QUERY",
      "SELECT Id FROM Account WHERE Name = 5": "INVALID_FIELD",
      "SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'": "INVALID_FIELD",
      "SELECT Id FROM Account WHERE Id = 'short'": "INVALID_QUERY_FILTER_OPERATOR",
      "DELETE FROM Account": "MALFORMED_QUERY",
    };
    for (const [q, code] of Object.entries(codes)) assert.equal((await errorOf(conn.query(q))).errorCode, code, q);
    const page = await conn.query("SELECT Id FROM Account");
    fake.queries.expire();
    assert.equal((await errorOf(conn.queryMore(page.nextRecordsUrl))).errorCode, "INVALID_QUERY_LOCATOR");
    fake.limits.max = fake.limits.used;
    assert.equal((await errorOf(conn.query("SELECT Id FROM Account"))).errorCode, "REQUEST_LIMIT_EXCEEDED");
    fake.limits.max = 100_000;
  });
});

describe("bulk queries", () => {
  test("one page through jsforce", async () => {
    fake.bulk.polls = 3;
    const conn = direct();
    conn.bulk2.pollInterval = 5;
    const records = await (await conn.bulk2.query("SELECT Id, Name, Industry FROM Account WHERE Industry != 'Retail'")).toArray();
    assert.equal(records.length, 5001);
    assert.ok(records.some((r) => r.Industry === 'O\'Neil "quoted",\nlines'), "quotes and line ends come through");
    assert.ok(records.some((r) => r.Name === "Acme" && r.Industry === ""), "nothing is an empty field");
    fake.bulk.polls = 1;
  });

  const base = () => `${fake.url}/services/data/v67.0/jobs/query`;
  const ask = async (method, path, body, of = base()) => {
    const r = await fetch(of + path, { method, headers: { authorization: `Bearer ${fake.oauth.session()}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
    const text = await r.text();
    return { status: r.status, headers: r.headers, text, json: /json/.test(r.headers.get("content-type")) && text ? JSON.parse(text) : null };
  };
  const start = (query, operation = "query") => ask("POST", "", { operation, query, contentType: "CSV", columnDelimiter: "COMMA", lineEnding: "LF" });

  test("several pages behind locators, the same when read again", async () => {
    const { json: job } = await start("SELECT Id FROM Account");
    assert.equal(job.state, "UploadComplete");
    assert.equal((await ask("GET", `/${job.id}/results`)).json[0].errorCode, "INVALIDJOBSTATE");
    assert.equal((await ask("GET", `/${job.id}`)).json.state, "JobComplete");
    const ids = new Set();
    let locator = null;
    let pages = 0;
    do {
      const path = `/${job.id}/results?maxRecords=3000${locator ? `&locator=${encodeURIComponent(locator)}` : ""}`;
      const r = await ask("GET", path);
      assert.equal((await ask("GET", path)).text, r.text);
      const [head, ...lines] = r.text.trimEnd().split("\n");
      assert.equal(head, '"Id"');
      assert.equal(r.headers.get("sforce-numberofrecords"), String(lines.length));
      for (const line of lines) ids.add(line);
      locator = r.headers.get("sforce-locator");
      pages++;
    } while (locator !== "null");
    assert.deepEqual([ids.size, pages], [10_001, 4]);
    assert.equal((await ask("GET", `/${job.id}/results`, undefined, base().replace("67", "66"))).status, 409);
    assert.equal((await ask("DELETE", `/${job.id}`)).status, 204);
    assert.equal((await ask("GET", `/${job.id}`)).status, 404);
  });

  test("stuck, failed and aborted jobs; what Bulk does not take", async () => {
    fake.bulk.stuck = true;
    const { json: job } = await start("SELECT Id FROM Account", "queryAll");
    for (let i = 0; i < 3; i++) assert.equal((await ask("GET", `/${job.id}`)).json.state, "InProgress");
    assert.equal((await ask("PATCH", `/${job.id}`, { state: "Aborted" })).json.state, "Aborted");
    Object.assign(fake.bulk, { stuck: false, fails: "InternalServerError : Retry failed" });
    const { json: bad } = await start("SELECT Id FROM Account");
    assert.equal((await ask("GET", `/${bad.id}`)).json.errorMessage, "InternalServerError : Retry failed");
    fake.bulk.fails = null;
    for (const q of ["SELECT COUNT() FROM Account", "SELECT BillingAddress FROM Account", "SELECT Id FROM OrderStatus", "SELECT Id FROM Account LIMIT 5 OFFSET 5"]) assert.equal((await start(q)).status, 400, q);
  });
});
