// Alert rules: what they find in new data and in what was there, each thing once; what is refused; who sees what.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { movedClock, noClock } from "./lib/clock.mjs";
import { dailyCsv, scratch, startDaemon, until } from "./lib/daemon.mjs";

const flags = { jitter_s: 0 };
let d;
before(async () => {
  d = await startDaemon({ flags });
});
after(async () => assert.equal((await d.stop()).status, 0));

const over = (r) => !["queued", "running"].includes(r.state);
const quiet = (o) => until(async () => (await d.get("/api/v1/runs/?limit=1000", o)).json.items.every(over), "no run under way");

async function upload(name, text, o) {
  const r = await d.upload(text, `?name=${name}.csv`, o);
  assert.equal(r.status, 200, r.text);
  await quiet(o);
}

/** Makes a rule and waits for its first look. */
async function rule(body, o) {
  const r = await d.post("/api/v1/alerts/", body, o);
  assert.equal(r.status, 201, r.text);
  await quiet(o);
  return r.json;
}

/** A rule's events by date and series: those of one millisecond come in any order. */
async function events({ rule_id }, o) {
  const r = await d.get(`/api/v1/alerts/events/?limit=1000&rule_id=${rule_id}`, o);
  assert.equal(r.status, 200, r.text);
  const key = (e) => `${e.date} ${JSON.stringify(e.dimensions)}`;
  return r.json.items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const csv = (name, values, start = "2026-01-01") => dailyCsv(values.length, { name, start, value: (t) => values[t] });

describe("threshold", () => {
  test("the newest value is told, once, and the next one again", async () => {
    await upload("temp", csv("temp", [50, 20, 30]));
    const r = await rule({ name: "Too hot", kind: "threshold", metric_name: "temp", above: 25, below: 5 });
    const [first, ...none] = await events(r);
    assert.deepEqual(none, []);
    assert.deepEqual(
      [first.what, first.date, first.value, first.limit, first.metric_name, first.dimensions],
      ["above", "2026-01-03", 30, 25, "temp", {}],
    );
    assert.equal(first.message, "temp was 30 on 2026-01-03, above 25");
    await upload("temp", csv("temp", [50, 20, 30])); // nothing new
    assert.equal((await events(r)).length, 1);
    await upload("temp2", csv("temp", [25, 5, 4], "2026-01-04")); // the limits themselves are ordinary
    const [, second, ...more] = await events(r);
    assert.deepEqual([second.what, second.date, second.value, more.length], ["below", "2026-01-06", 4, 0]);
    assert.match((await d.get(`/api/v1/alerts/${r.rule_id}`)).json.checked_at, /Z$/);
  });

  test("each series by itself, and only those with the rule's dimensions", async () => {
    const text = dailyCsv(3, { name: "visits", dimension: "shop", keys: ["A", "B", "C"], start: "2026-01-01", value: (t, k) => 10 * (k + 1) + t });
    await upload("visits", text);
    const all = await rule({ kind: "threshold", metric_name: "visits", above: 15 });
    assert.deepEqual((await events(all)).map((e) => [e.dimensions.shop, e.value]), [["B", 22], ["C", 32]]);
    const one = await rule({ kind: "threshold", metric_name: "visits", above: 15, latest: 2, dimensions: { shop: "B" } });
    assert.deepEqual((await events(one)).map((e) => [e.date, e.value]), [["2026-01-02", 21], ["2026-01-03", 22]]);
  });

  test("a rule that is switched off is not looked at", async () => {
    const r = await rule({ kind: "threshold", metric_name: "temp", above: 0, enabled: false });
    await upload("temp3", csv("temp", [7], "2026-01-07"));
    assert.deepEqual(await events(r), []);
    assert.equal((await d.get(`/api/v1/alerts/${r.rule_id}`)).json.checked_at, null);
  });
});

describe("anomaly", () => {
  test("an outlier among the newest values is told with what was expected; one long ago is not", async () => {
    const wave = Array.from({ length: 90 }, (_, t) => 100 + 20 * Math.sin((2 * Math.PI * t) / 7) + (t % 5));
    wave[20] = 400;
    await upload("orders", csv("orders", wave));
    const r = await rule({ kind: "anomaly", metric_name: "orders", confidence_level: 0.999 });
    assert.deepEqual(await events(r), []);
    await upload("orders2", csv("orders", [100, 300], "2026-04-01"));
    const [e, ...more] = await events(r);
    assert.deepEqual([e.what, e.date, e.value, more.length], ["above", "2026-04-02", 300, 0]);
    assert.ok(e.lower < e.expected && e.expected < e.upper && e.upper < 300 && e.score > 3, JSON.stringify(e));
    const longer = await rule({ kind: "anomaly", metric_name: "orders", confidence_level: 0.999, latest: 1000 });
    assert.ok((await events(longer)).some((x) => x.date === "2026-01-21"));
  });

  test("a series too short to be judged is no failure", async () => {
    await upload("few", csv("few", [1, 2]));
    const r = await rule({ kind: "anomaly", metric_name: "few" });
    assert.deepEqual(await events(r), []);
    const look = (await d.get("/api/v1/runs/?limit=1000")).json.items.find((x) => x.subject === r.rule_id);
    assert.equal(look.state, "succeeded");
  });
});

describe("stock", () => {
  before(async () => {
    await upload("demand", csv("demand", [8, 12, 8, 12, 8, 12, 8, 12])); // mean 10, variance 4 * 8 / 7
    await upload("level", csv("level", [80, 45]));
  });
  const stock = (more) => rule({ kind: "stock", metric_name: "level", ...more });

  test("at or below a given reorder point", async () => {
    assert.equal((await events(await stock({ reorder_point: 45 }))).length, 1);
    assert.equal((await events(await stock({ reorder_point: 44.9 }))).length, 0);
  });

  test("fewer days of cover than wanted: 45 at 10 a day are 4.5", async () => {
    const [e] = await events(await stock({ days_of_cover: 5, demand_metric: "demand" }));
    assert.deepEqual([e.what, e.value, e.daily_demand, e.days_of_cover, e.wanted], ["cover", 45, 10, 4.5, 5]);
    assert.equal((await events(await stock({ days_of_cover: 4.5, demand_metric: "demand" }))).length, 0);
  });

  test("a reorder point computed from demand: 10 * 4 + z(0.95) * sqrt(4 * 32/7) = 47.03", async () => {
    const [e] = await events(await stock({ lead_time_days: 4, service_level: 0.95, demand_metric: "demand" }));
    assert.equal(e.what, "reorder");
    assert.ok(Math.abs(e.reorder_point - (40 + 1.6448536269514722 * Math.sqrt((4 * 32) / 7))) < 1e-9, e.reorder_point);
    assert.equal((await events(await stock({ lead_time_days: 3, demand_metric: "demand" }))).length, 0);
  });

  test("weekly demand counts by the day", async () => {
    const weeks = Array.from({ length: 10 }, (_, i) => new Date(Date.parse("2026-01-05") + i * 7 * 86_400_000).toISOString().slice(0, 10));
    await upload("weekly", `date,weekly\n${weeks.map((w) => `${w},70`).join("\n")}\n`);
    const [e] = await events(await stock({ days_of_cover: 5, demand_metric: "weekly" }));
    assert.deepEqual([e.daily_demand, e.days_of_cover], [10, 4.5]);
  });

  test("new demand alone can make it too little", async () => {
    await upload("pull", csv("pull", [10, 10, 10]));
    const r = await stock({ days_of_cover: 4, demand_metric: "pull" });
    assert.equal((await events(r)).length, 0);
    await upload("pull2", csv("pull", [40, 40, 40], "2026-01-04"));
    assert.deepEqual((await events(r)).map((e) => e.daily_demand), [25]);
  });
});

describe("refused", () => {
  const t = { kind: "threshold", metric_name: "temp", above: 1 };
  const s = { kind: "stock", metric_name: "level" };
  const cases = [
    [{ ...t, kind: "thresh" }, 400, "/kind", /threshold/],
    [{ ...t, metric_name: undefined }, 400, "/metric_name", /./],
    [{ ...t, metric_name: "tmp" }, 404, "/metric_name", /"tmp"/],
    [{ kind: "threshold", metric_name: "temp" }, 400, "/above", /above, below or both/],
    [{ ...t, below: 2 }, 400, "/above", /every value/],
    [{ ...t, reorder_point: 1 }, 400, "/reorder_point", /rules of kind stock/],
    [{ ...t, model_type: "ets" }, 400, "/model_type", /rules of kind anomaly/],
    [{ ...t, latest: 0 }, 400, "/latest", /./],
    [{ ...t, schedule: "0 0 * *" }, 400, "/schedule", /4 fields/],
    [{ ...t, schedule: "0 0 * * *", timezone: "Berlin" }, 400, "/timezone", /"Europe\/Berlin"/],
    [{ ...t, timezone: "UTC" }, 400, "/timezone", /belongs to a schedule/],
    [{ ...t, dimensions: [] }, 400, "/dimensions", /./],
    [{ ...t, abov: 1 }, 400, "/abov", /"above"/],
    [s, 400, "/reorder_point", /exactly one/],
    [{ ...s, reorder_point: 1, days_of_cover: 2 }, 400, "/reorder_point", /found 2 of/],
    [{ ...s, days_of_cover: 2 }, 400, "/demand_metric", /required with days_of_cover/],
    [{ ...s, days_of_cover: 2, demand_metric: "nothing" }, 404, "/demand_metric", /"nothing"/],
    [{ ...s, reorder_point: 1, demand_metric: "temp" }, 400, "/demand_metric", /needs no demand/],
    [{ ...s, reorder_point: 1, service_level: 0.9 }, 400, "/service_level", /lead_time_days/],
    [{ kind: "anomaly", metric_name: "temp", confidence_level: 1 }, 400, "/confidence_level", /./],
  ];
  for (const [body, status, path, message] of cases)
    test(JSON.stringify(body), async () => {
      const before = (await d.get("/api/v1/alerts/")).json.items.length;
      const r = await d.post("/api/v1/alerts/", body);
      assert.equal(r.status, status, r.text);
      assert.equal(r.json.path, path, r.text);
      assert.match(r.json.message, message);
      assert.equal((await d.get("/api/v1/alerts/")).json.items.length, before);
    });
});

test("events are paged, newest first, of one rule or of all", async () => {
  const first = (await d.get("/api/v1/alerts/events/?limit=2")).json;
  assert.equal(first.items.length, 2);
  const second = (await d.get(`/api/v1/alerts/events/?limit=2&cursor=${first.next_cursor}`)).json;
  const ids = [...first.items, ...second.items].map((e) => e.event_id);
  assert.deepEqual(ids, ids.toSorted().toReversed());
  assert.equal(new Set(ids).size, 4);
  assert.equal((await d.get("/api/v1/alerts/events/?limit=0")).status, 400);
});

test("another tenant sees no rule and no event, and a foreign id is an unknown one", async () => {
  const mine = await rule({ kind: "threshold", metric_name: "temp", above: 1 });
  const token = d.tokenOf("other", "admin");
  assert.deepEqual((await d.get("/api/v1/alerts/", { token })).json.items, []);
  assert.deepEqual((await d.get("/api/v1/alerts/events/", { token })).json.items, []);
  assert.deepEqual(await events(mine, { token }), []);
  for (const method of ["GET", "DELETE"]) {
    const foreign = await d.request(method, `/api/v1/alerts/${mine.rule_id}`, { token });
    const unknown = await d.request(method, "/api/v1/alerts/01900000-0000-7000-8000-000000000000", { token });
    assert.equal(foreign.status, 404);
    assert.equal(foreign.text, unknown.text);
  }
  const r = await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: "temp", above: 1 }, { token });
  assert.equal(r.status, 404, "their metric is not ours");
  assert.equal((await d.get(`/api/v1/alerts/${mine.rule_id}`)).status, 200);
});

test("a rule goes with its events and its schedule, which does not go alone", async () => {
  const r = await rule({ kind: "threshold", metric_name: "temp", above: 1, schedule: "0 7 * * MON-FRI", timezone: "Europe/Paris" });
  const find = async () => (await d.get("/api/v1/schedules/")).json.items.find((s) => s.subject === r.rule_id);
  const schedule = await find();
  assert.deepEqual([schedule.kind, schedule.schedule, schedule.timezone], ["alert_check", "0 7 * * MON-FRI", "Europe/Paris"]);
  const alone = await d.request("DELETE", `/api/v1/schedules/${schedule.schedule_id}`);
  assert.equal(alone.status, 409, alone.text);
  assert.equal((await events(r)).length, 1);
  assert.equal((await d.request("DELETE", `/api/v1/alerts/${r.rule_id}`)).status, 204);
  assert.deepEqual(await events(r), []);
  assert.equal(await find(), undefined);
  assert.equal((await d.get(`/api/v1/alerts/${r.rule_id}`)).status, 404);
});

test("a token that may only read makes and deletes none", async () => {
  const token = d.tokenOf("default", "read");
  assert.equal((await d.post("/api/v1/alerts/", { kind: "threshold", metric_name: "temp", above: 1 }, { token })).status, 403);
  assert.equal((await d.request("DELETE", "/api/v1/alerts/01900000-0000-7000-8000-000000000000", { token })).status, 403);
  assert.equal((await d.get("/api/v1/alerts/", { token })).status, 200);
});

test("a rule's schedule looks at it when its time has come", { skip: noClock }, async () => {
  const dir = scratch();
  const clock = movedClock(dir);
  clock.set("2026-05-04T05:00:00Z");
  const own = await startDaemon({ flags, dir, wrap: clock.wrap });
  await own.upload(csv("temp", [10]), "?name=temp.csv");
  const r = await own.post("/api/v1/alerts/", { kind: "threshold", metric_name: "temp", above: 1, schedule: "0 7 * * *", timezone: "Europe/Paris" });
  assert.equal(r.status, 201, r.text);
  const checked = () => own.get(`/api/v1/alerts/${r.json.rule_id}`).then((x) => x.json.checked_at ?? "");
  await until(async () => (await checked()).startsWith("2026-05-04T05:00"), "the first look");
  clock.set("2026-05-05T05:00:01Z");
  await until(async () => (await checked()).startsWith("2026-05-05T05:00"), "the look at seven in Paris");
  const found = (await own.get(`/api/v1/alerts/events/?rule_id=${r.json.rule_id}`)).json.items;
  assert.equal(found.length, 1, "nothing new, nothing told again");
  assert.equal((await own.stop()).status, 0);
});
