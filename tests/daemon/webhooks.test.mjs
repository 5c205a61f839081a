// Webhooks of alert rules: signed as Standard Webhooks says (checked by Node's own crypto), tried again until they are taken or their time
// is over, also by the next daemon after a kill; never to an inside address; and their secrets nowhere to be found.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startBadTls, tlsKinds } from "../fakes/proxy.mjs";
import { command, dailyCsv, patience, scratch, startDaemon, until } from "./lib/daemon.mjs";
import { memoryOf } from "./lib/memory.mjs";
import { newSecret, receiver, signed } from "./lib/receiver.mjs";

const flags = { connect_loopback: 1, connect_backoff_s: 0.002, connect_rate: 0, jitter_s: 0, metrics_port: 0, log_level: "debug" };
let d;
before(async () => {
  d = await startDaemon({ flags });
});
after(async () => assert.equal((await d.stop()).status, 0));

let made = 0;
/** A rule with a webhook that finds one event at once (`value` over `above`): { rule_id, metric, secret }. */
async function hooked(to, { e = d, value = 10, above = 5, ...body } = {}) {
  const metric = `m${++made}`;
  const up = await e.upload(dailyCsv(1, { name: metric, start: "2026-01-01", value: () => value }), `?name=${metric}.csv`);
  assert.equal(up.status, 200, up.text);
  const secret = newSecret();
  const r = await e.post("/api/v1/alerts/", { kind: "threshold", metric_name: metric, above, webhook_url: to.url, webhook_secret: secret, ...body });
  assert.equal(r.status, 201, r.text);
  assert.equal(r.json.webhook_secret, undefined);
  return { rule_id: r.json.rule_id, metric, secret };
}

/** Another event of the same rule, later by `days`. */
const again = (h, days, { e = d, value = 10 } = {}) =>
  e.upload(dailyCsv(1, { name: h.metric, start: `2026-02-0${days}`, value: () => value }), `?name=${h.metric}-${days}.csv`);
const deliveries = async ({ rule_id }, e = d) => (await e.get(`/api/v1/alerts/deliveries/?rule_id=${rule_id}`)).json.items;
const ended = (h, e = d, n = 1) =>
  until(async () => {
    const list = await deliveries(h, e);
    return list.length === n && list.every((x) => x.state !== "waiting") && list;
  }, "the end of the delivery");
const state = async ({ rule_id }, e = d) => {
  const { webhook_state, webhook_message } = (await e.get(`/api/v1/alerts/${rule_id}`)).json;
  return [webhook_state, webhook_message];
};

test("an event is posted, signed, and its delivery is seen to", async () => {
  const to = await receiver();
  const h = await hooked(to);
  const [one] = await ended(h);
  assert.deepEqual([one.state, one.attempts, one.status, one.message, one.due_at], ["delivered", 1, 200, null, null]);
  assert.deepEqual(await state(h), ["active", null]);
  const [r, ...more] = to.got;
  assert.deepEqual([more.length, r.method, r.path, r.headers["content-type"]], [0, "POST", "/hook?for=us", "application/json"]);
  assert.ok(signed(h.secret, r));
  assert.ok(!signed(h.secret, { ...r, body: `${r.body} ` }) && !signed(newSecret(), r));
  assert.ok(!signed(h.secret, { ...r, headers: { ...r.headers, "webhook-timestamp": String(Number(r.headers["webhook-timestamp"]) + 1) } }));
  assert.ok(Math.abs(Number(r.headers["webhook-timestamp"]) - Date.now() / 1000) < 60 * patience);
  const [event] = (await d.get(`/api/v1/alerts/events/?rule_id=${h.rule_id}`)).json.items;
  assert.deepEqual(JSON.parse(r.body), { type: "alert.event", timestamp: event.created_at, data: event });
  assert.deepEqual([one.delivery_id, one.event_id, r.headers["webhook-id"]], [event.event_id, event.event_id, event.event_id]);
  await to.close();
});

test("it is tried again after what may pass, with the same id and body, and no sooner than it is asked to", async () => {
  const to = await receiver({ answers: [500, { status: 429, headers: { "retry-after": "1" } }, 503, 404, 401, { status: 302, headers: { location: "/elsewhere" } }, { status: 204 }] });
  const h = await hooked(to);
  const [one] = await ended(h);
  assert.deepEqual([one.state, one.attempts, one.status], ["delivered", 7, 204]);
  assert.equal(new Set(to.got.map((r) => r.headers["webhook-id"])).size, 1);
  assert.equal(new Set(to.got.map((r) => r.body)).size, 1);
  assert.ok(to.got.every((r) => signed(h.secret, r) && r.path === "/hook?for=us"));
  assert.ok(to.got[2].at - to.got[1].at >= 950, `${to.got[2].at - to.got[1].at} ms`);
  assert.ok(new Set(to.got.map((r) => r.headers["webhook-timestamp"])).size > 1);
  assert.deepEqual(await state(h), ["active", null]);
  await to.close();
});

test("what is never taken is given up after the time the settings name, and says so everywhere", async () => {
  const e = await startDaemon({ flags: { ...flags, webhook_hours: 0.0005 } });
  const to = await receiver({ answers: [{ status: 500, body: "x".repeat(100_000) }] });
  const h = await hooked(to, { e });
  const [one] = await ended(h, e);
  assert.deepEqual([one.state, one.status, one.message], ["given_up", 500, "it answered with status 500"]);
  assert.ok(one.attempts >= 3 && one.attempts === to.got.length, `${one.attempts}`);
  assert.deepEqual(await state(h, e), ["failing", "it answered with status 500"]);
  const doctor = command(["doctor", "--db", e.db]);
  assert.match(doctor.stdout, /^PROBLEM +webhooks +0 waiting, 1 given up today, 0 disabled\. /m);
  to.answers = [200];
  await again(h, 1, { e });
  await ended(h, e, 2);
  assert.deepEqual(await state(h, e), ["active", null]);
  assert.equal((await e.stop()).status, 0);
  await to.close();
});

test("410 Gone disables the webhook until it takes a test", async () => {
  const to = await receiver({ answers: [410] });
  const h = await hooked(to);
  const [one] = await ended(h);
  assert.deepEqual([one.state, one.attempts, one.status], ["given_up", 1, 410]);
  assert.deepEqual(await state(h), ["disabled", "it answered with status 410"]);
  await again(h, 1);
  await until(async () => (await d.get(`/api/v1/alerts/events/?rule_id=${h.rule_id}`)).json.items.length === 2, "the second event");
  assert.equal((await deliveries(h)).length, 1, "nothing is sent there any more");
  to.answers = [200];
  const sent = await d.post(`/api/v1/alerts/${h.rule_id}/test`, "");
  assert.deepEqual([sent.status, sent.json.event_id, sent.json.rule_id, sent.json.state], [201, null, h.rule_id, "waiting"], sent.text);
  await ended(h, d, 2);
  assert.deepEqual(await state(h), ["active", null]);
  const r = to.got.at(-1);
  assert.ok(signed(h.secret, r));
  assert.deepEqual([r.headers["webhook-id"], JSON.parse(r.body).type, JSON.parse(r.body).data.rule_id], [sent.json.delivery_id, "alert.test", h.rule_id]);
  await again(h, 2);
  await ended(h, d, 3);
  await to.close();
});

test("a receiver that hangs holds up nobody else", async () => {
  const slow = await receiver({ answers: [{ hang: true }] });
  const stuck = [];
  for (let i = 0; i < 3; i++) stuck.push(await hooked(slow));
  await until(() => slow.got.length === 3, "three attempts that hang");
  const to = await receiver();
  const h = await hooked(to);
  await ended(h);
  for (const s of stuck) assert.equal((await d.request("DELETE", `/api/v1/alerts/${s.rule_id}`)).status, 204);
  assert.deepEqual(await deliveries(stuck[0]), []);
  await slow.close();
  await to.close();
});

describe("kills", () => {
  test("in the middle of an attempt and between two: the next daemon sends it again, under the same id", async () => {
    const dir = scratch();
    let e = await startDaemon({ flags, dir });
    const token = e.token;
    const to = await receiver();
    const kill = () => e.child.kill("SIGKILL");
    to.answers = [{ before: kill, hang: true }, { status: 200, before: kill }, { status: 500 }, 200];
    const h = await hooked(to, { e });
    for (const n of [1, 2]) {
      await until(() => to.got.length === n, `attempt ${n}`);
      await e.end();
      e = await startDaemon({ flags, dir });
      e.token = token;
    }
    await until(() => to.got.length >= 3, "the attempt that is refused");
    kill();
    await e.end();
    e = await startDaemon({ flags, dir });
    e.token = token;
    const [one] = await ended(h, e);
    assert.equal(one.state, "delivered");
    assert.ok(to.got.length >= 4 && to.got.length <= 5, `${to.got.length}`); // the third may have been noted or not
    assert.equal(new Set(to.got.map((r) => r.headers["webhook-id"] + r.body)).size, 1);
    assert.ok(to.got.every((r) => signed(h.secret, r)));
    assert.equal((await e.stop()).status, 0);
    await to.close();
  });

  test("a stop in good order while a receiver hangs does not wait for it", async () => {
    const dir = scratch();
    const e = await startDaemon({ flags, dir });
    const to = await receiver({ answers: [{ hang: true }] });
    const h = await hooked(to, { e });
    await until(() => to.got.length === 1, "the attempt");
    const began = performance.now();
    assert.equal((await e.stop()).status, 0);
    assert.ok(performance.now() - began < 5000 * patience);
    to.answers = [200];
    const f = await startDaemon({ flags, dir });
    f.token = e.token;
    const [one] = await ended(h, f);
    assert.deepEqual([one.state, one.attempts], ["delivered", 1], "what was cut off here does not count");
    assert.equal((await f.stop()).status, 0);
    await to.close();
  });
});

describe("where it may go", () => {
  let strict;
  before(async () => {
    strict = await startDaemon({ flags: { ...flags, connect_loopback: 0, webhook_hours: 0.01 } });
    await strict.upload(dailyCsv(1, { name: "m", start: "2026-01-01" }), "?name=m.csv");
  });
  after(async () => assert.equal((await strict.stop()).status, 0));
  const rule = (webhook_url, webhook_secret = newSecret()) =>
    strict.post("/api/v1/alerts/", { kind: "threshold", metric_name: "m", above: 1, webhook_url, webhook_secret });

  const inside = ["https://127.0.0.1/", "https://10.0.0.1/x", "https://192.168.1.1:8443", "https://169.254.169.254/latest", "https://[::1]/", "https://[::ffff:10.1.2.3]/", "https://[fd00::1]", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://localhost/", "https://LOCALHOST:8080/"];
  const odd = ["http://example.com/", "ftp://example.com/", "https://u:p@example.com/", "https://example.com/#x", "example.com", "https://", "", "https://exa mple.com/"];
  test("inside addresses, in every form, and what is no https are refused when the rule is made", async () => {
    for (const url of [...inside, ...odd]) {
      const r = await rule(url);
      assert.deepEqual([r.status, r.json.path], [400, "/webhook_url"], `${url}: ${r.text}`);
    }
  });

  test("a name that leads inside is refused when the connection is made, and nothing is sent", async (t) => {
    const names = readFileSync("/etc/hosts", "utf8").split("\n").map((l) => l.trim().split(/\s+/)).filter(([a]) => a === "127.0.0.1" || a === "::1").flatMap(([, ...n]) => n);
    const name = names.find((n) => n !== "localhost");
    if (!name) return t.skip("SKIPPED LOUDLY: /etc/hosts has no other name of the loopback");
    const made = await rule(`https://${name}:8443/`);
    assert.equal(made.status, 201, made.text);
    const [one] = await ended(made.json, strict);
    assert.deepEqual([one.state, one.attempts, one.status], ["given_up", 1, null]);
    assert.match(one.message, /loopback range/);
  });

  test("a certificate that is not good is not accepted", async () => {
    const to = await receiver();
    const front = await startBadTls(tlsKinds[0], Number(new URL(to.url).port));
    const h = await hooked({ url: `https://127.0.0.1:${front.port}/` });
    await until(async () => (await deliveries(h))[0]?.attempts > 1, "two attempts");
    assert.deepEqual([(await state(h))[0], front.requests, to.got.length], ["failing", 0, 0]);
    await d.request("DELETE", `/api/v1/alerts/${h.rule_id}`);
    await front.close();
    await to.close();
  });

  test("secrets that are none, or belong to nothing", async () => {
    const good = "https://example.com/";
    for (const secret of ["whsec_", "no base64!", newSecret(23), newSecret(65), `${newSecret()}=`, "whsec_====", ""])
      assert.deepEqual([(await rule(good, secret)).json.path], ["/webhook_secret"], secret);
    assert.equal((await rule(good, null)).status, 400);
    const alone = await strict.post("/api/v1/alerts/", { kind: "threshold", metric_name: "m", above: 1, webhook_secret: newSecret() });
    assert.deepEqual([alone.status, alone.json.path], [400, "/webhook_secret"]);
    const bare = await strict.post("/api/v1/alerts/", { kind: "threshold", metric_name: "m", above: 1, webhook_url: good });
    assert.deepEqual([bare.status, bare.json.path], [400, "/webhook_secret"]);
  });

  test("a rule without a webhook has nothing to test, nor has one of another tenant", async () => {
    const plain = (await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: (await hooked(await receiver())).metric, above: 1 })).json;
    assert.equal(plain.webhook_state, null);
    assert.equal((await d.post(`/api/v1/alerts/${plain.rule_id}/test`, "")).status, 409);
    const token = d.tokenOf("other", "admin");
    assert.equal((await d.post(`/api/v1/alerts/${plain.rule_id}/test`, "", { token })).status, 404);
    assert.deepEqual((await d.get("/api/v1/alerts/deliveries/", { token })).json.items, []);
  });
});

test("the secret is nowhere to be found, opens after a rotation, and goes with its rule", async () => {
  const e = await startDaemon({ flags: { ...flags, webhook_hours: 0.0005 } });
  const to = await receiver();
  const secrets = [];
  const answers = [];
  for (let i = 0; i < 4; i++) {
    const h = await hooked(to, { e });
    secrets.push(h.secret.slice(6));
    answers.push((await e.get(`/api/v1/alerts/${h.rule_id}`)).text);
    await ended(h, e);
  }
  const bad = randomBytes(20).toString("base64");
  secrets.push(bad);
  answers.push((await e.post("/api/v1/alerts/", { kind: "threshold", metric_name: "m1", above: 1, webhook_url: to.url, webhook_secret: bad })).text);
  for (const path of ["/api/v1/alerts/", "/api/v1/alerts/deliveries/", "/api/v1/runs/"]) answers.push((await e.get(path)).text);
  assert.equal(command(["secrets", "rotate", "--db", e.db], { local: join(e.dir, "a.db") }).stdout, "4 secrets are sealed under the first key now\n");
  const [{ rule_id }] = (await e.get("/api/v1/alerts/")).json.items;
  await e.post(`/api/v1/alerts/${rule_id}/test`, "");
  await ended({ rule_id }, e, 2);
  assert.ok(signed(`whsec_${secrets[0]}`, to.got.at(-1)), "it opens still");
  assert.equal(command(["backup", join(e.dir, "backup.db"), "--db", e.db]).status, 0);
  answers.push(command(["tenant", "export", "default", "--db", e.db]).stdout);
  assert.match(answers.at(-1), /"table":"webhook_deliveries"/);
  const files = () => readdirSync(e.dir).filter((f) => statSync(join(e.dir, f)).isFile()).map((f) => [f, readFileSync(join(e.dir, f))]);
  const places = [...files(), ...answers.map((a, i) => [`answer ${i}`, Buffer.from(a)])];
  assert.equal((await e.request("DELETE", `/api/v1/alerts/${rule_id}`)).status, 204);
  assert.equal(command(["secrets", "rotate", "--db", e.db], { local: join(e.dir, "a.db") }).stdout, "3 secrets are sealed under the first key now\n");
  const memory = memoryOf(e.pid);
  if (memory) assert.ok(memory.some(([, bytes]) => bytes.includes(e.db)), "the look finds what is there");
  if (memory) places.push(...memory);
  else console.error("SKIPPED LOUDLY: only root may look into the daemon's memory");
  const end = await e.stop();
  places.push(["log", Buffer.from(end.log)], ...files());
  const forms = (s, name) => (name.startsWith("memory") ? [s] : [s, encodeURIComponent(s), Buffer.from(s, "base64"), Buffer.from(s, "base64").toString("hex")]);
  const hits = secrets.flatMap((s, i) => places.filter(([name, bytes]) => forms(s, name).some((f) => bytes.includes(f))).map(([name]) => `secret ${i} in ${name}`));
  assert.deepEqual(hits, []);
  assert.match(end.log, /"event":"webhook"/);
  assert.ok(!end.log.includes("for=us"), "the log has no more of an address than its host");
  await to.close();
});
