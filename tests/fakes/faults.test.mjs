// That each fault does what it says, seen by a plain client: tests of connectors build on it.
import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { after, before, beforeEach, describe, test } from "node:test";
import { startGoogle } from "./google/server.mjs";
import { authority } from "./lib/certificate.mjs";
import { startBadTls, startProxy, tlsKinds } from "./proxy.mjs";
import { startSalesforce } from "./salesforce/server.mjs";

/** A request on a connection of its own: { status, headers, text, whole } or { error }. */
function ask(url, { headers = {}, patience = 5000, ...options } = {}) {
  return new Promise((done) => {
    const req = (url.startsWith("https") ? https : http).get(url, { agent: false, headers, ...options }, (res) => {
      const parts = [];
      const answer = (error) => done({ status: res.statusCode, headers: res.headers, text: Buffer.concat(parts).toString("utf8"), whole: res.complete, error });
      res.on("data", (p) => parts.push(p));
      res.on("end", () => answer());
      res.on("error", (e) => answer(e.code));
    });
    req.setTimeout(patience, () => req.destroy(Object.assign(new Error("silent"), { code: "SILENT" })));
    req.on("error", (e) => done({ error: e.code }));
  });
}

let sf, google;
before(async () => {
  [sf, google] = await Promise.all([startSalesforce(), startGoogle()]);
  for (let i = 0; i < 40; i++) sf.org.insert("Account", { Name: `Account ${i}` });
  sf.queries.pageRows = 10;
});
after(() => Promise.all([sf.close(), google.close()]));
beforeEach(() => sf.faults.clear());

const path = "/services/data/v67.0/query?q=SELECT+Id,Name+FROM+Account+ORDER+BY+Id";
const query = (options, more = "") => ask(sf.url + path + more, { headers: { authorization: `Bearer ${sf.oauth.session()}` }, ...options });
const page = () => query({}, "+LIMIT+8"); // one page, the same whenever it is asked for

describe("faults of a fake", () => {
  test("the vendor's errors, so often, after so many, with Retry-After of each kind", async () => {
    const rule = sf.faults.add({ path: "/query", error: "throttle", retryAfter: 3, skip: 1, times: 2 });
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push(await query());
    assert.deepEqual(seen.map((r) => r.status), [200, 429, 429, 200]);
    assert.deepEqual([seen[1].headers["retry-after"], rule.hits], ["3", 2]);
    sf.faults.add({ error: "throttle", retryAfter: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)) });
    assert.equal((await query()).headers["retry-after"], "Fri, 02 Jan 2026 03:04:05 GMT");
    sf.faults.add({ error: "throttle", retryAfter: "soon, perhaps" });
    assert.equal((await query()).headers["retry-after"], "soon, perhaps");
    sf.faults.add({ path: /q=SELECT/, error: "quota" });
    assert.equal(JSON.parse((await query()).text)[0].errorCode, "REQUEST_LIMIT_EXCEEDED");
    sf.faults.add({ status: 503, headers: { "content-type": "text/html" }, body: "<h1>down</h1>" });
    assert.equal((await query()).text, "<h1>down</h1>");
    assert.equal((await ask(sf.url + path)).status, 401);
  });

  test("bodies cut at every sixteenth, with a length and without", async () => {
    const whole = (await page()).text;
    for (let k = 0; k < 16; k++) {
      sf.faults.add({ cut: k / 16, chunked: k % 2 === 1 });
      const r = await page();
      assert.equal(r.whole, false, `${k}`);
      assert.equal(r.text, whole.slice(0, Math.floor((whole.length * k) / 16)));
    }
  });

  test("wrong lengths, resets, noise, silence, slow bytes, delays", async () => {
    const whole = (await page()).text;
    sf.faults.add({ length: 5 });
    assert.equal((await query()).whole, false);
    sf.faults.add({ length: -5 });
    assert.equal((await page()).text, whole.slice(0, -5));
    sf.faults.add({ reset: true });
    assert.equal((await query()).error, "ECONNRESET");
    sf.faults.add({ garbage: true });
    assert.match((await query()).error, /^HPE_/);
    sf.faults.add({ hang: true });
    assert.equal((await query({ patience: 50 })).error, "SILENT");
    sf.faults.add({ pace: 20_000 });
    assert.equal((await page()).text, whole);
    sf.faults.add({ delay: 40 });
    const began = performance.now();
    await query();
    assert.ok(performance.now() - began >= 39);
  });

  test("lies: foreign and looping next links, lost rows, wrong totals, edits on the way", async () => {
    const told = async (rule) => {
      sf.faults.add(rule);
      return JSON.parse((await query()).text);
    };
    const truth = await told({});
    assert.equal((await told({ lie: "foreign_next" })).nextRecordsUrl, "https://evil.example/services/data/v67.0/query/01gEVIL-1");
    assert.equal((await told({ lie: "loop_next" })).nextRecordsUrl, path);
    assert.equal((await told({ lie: "early_end" })).done, true);
    assert.equal((await told({ lie: "drop_one" })).records.length, truth.records.length - 1);
    assert.equal((await told({ lie: "more_total" })).totalSize, truth.totalSize + 1);
    const named = await told({ before: () => sf.org.update("Account", truth.records[0].Id, { Name: "edited" }), change: (b) => ({ ...b, changed: true }) });
    assert.deepEqual([named.records[0].Name, named.changed], ["edited", true]);
    google.drive.put("a.csv", "a,b\n1,2\n");
    const files = `${google.url}/drive/v3/files`;
    const headers = { authorization: `Bearer ${google.oauth.session()}` };
    google.faults.add({ lie: "incomplete" });
    const { incompleteSearch, files: list } = JSON.parse((await ask(files, { headers })).text);
    assert.equal(incompleteSearch, true);
    google.faults.add({ lie: "corrupt" });
    const bad = await ask(`${files}/${list[0].id}?alt=media`, { headers });
    assert.equal(bad.text.length, 8);
    assert.notEqual(bad.text, "a,b\n1,2\n");
  });
});

describe("the proxy", () => {
  let proxy;
  before(async () => {
    proxy = await startProxy(sf.port);
  });
  after(() => proxy.close());
  const through = (fault, patience = 5000) => {
    proxy.fault = fault;
    return ask(`http://127.0.0.1:${proxy.port}/services/data/`, { patience });
  };

  test("hands on what it is given, late, cut, reset, spoilt or not at all", async () => {
    const plain = await through({});
    assert.equal(JSON.parse(plain.text).length, 6);
    const head = 60;
    assert.ok((await through({ cut: head })).error || !(await through({ cut: 400 })).whole);
    assert.equal((await through({ reset: 0 })).error, "ECONNRESET");
    assert.ok((await through({ garbage: 0 })).error);
    assert.equal((await through({ silent: true }, 50)).error, "SILENT");
    assert.equal((await through({ refuse: true })).error, "ECONNRESET");
    assert.equal((await through({ delay: 20 })).text, plain.text);
    assert.equal((await through({ pace: 20_000 })).text, plain.text);
  });
});

describe("TLS", () => {
  test("a good certificate is accepted by who trusts the authority, by address and by each vendor's name", async () => {
    const secure = await startSalesforce({ tls: true });
    const trust = { ca: authority().cert };
    assert.equal((await ask(`${secure.url}/services/data/`, trust)).status, 200);
    for (const servername of ["login.salesforce.com", "acme.my.salesforce.com", "acme--dev.sandbox.my.salesforce.com", "www.googleapis.com", "oauth2.googleapis.com", "docs.google.com"])
      assert.equal((await ask(`${secure.url}/services/data/`, { ...trust, servername })).status, 200, servername);
    assert.ok((await ask(`${secure.url}/services/data/`)).error, "without the authority it is refused");
    await secure.close();
  });

  test("each bad kind is refused, and nothing reaches what is behind it", async () => {
    assert.deepEqual(tlsKinds, ["expired", "not_yet_valid", "wrong_name", "self_signed", "unknown_issuer", "old_version", "plain"]);
    const errors = {};
    for (const kind of tlsKinds) {
      const front = await startBadTls(kind, sf.port);
      errors[kind] = (await ask(`https://127.0.0.1:${front.port}/services/data/`, { ca: authority().cert })).error;
      assert.equal(front.requests, 0, kind);
      if (kind === "old_version") {
        const lenient = { ca: authority().cert, minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" };
        assert.equal((await ask(`https://127.0.0.1:${front.port}/services/data/`, lenient)).status, 200, "nothing else is wrong with it");
      }
      await front.close();
    }
    assert.deepEqual(
      Object.fromEntries(Object.entries(errors).filter(([k]) => !["old_version", "plain"].includes(k))),
      { expired: "CERT_HAS_EXPIRED", not_yet_valid: "CERT_NOT_YET_VALID", wrong_name: "ERR_TLS_CERT_ALTNAME_INVALID", self_signed: "DEPTH_ZERO_SELF_SIGNED_CERT", unknown_issuer: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    );
    assert.match(errors.old_version, /VERSION|PROTO/);
    assert.match(errors.plain, /SSL|EPROTO/);
  });
});
