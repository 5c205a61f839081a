// Forecasts that are made again: after new data, and by the clock, over changes of the clock, downtime and a killed daemon.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { ahead, movedClock, noClock } from "./lib/clock.mjs";
import { dailyCsv, scratch, startDaemon, until } from "./lib/daemon.mjs";

const flags = { jitter_s: 0 };
const wish = { metric_name: "sales", model_type: "naive", forecast_horizon: 3 };

const create = (d, more) => d.post("/api/v1/forecaster/create", { ...wish, ...more });
const forecasts = async (d) => (await d.get("/api/v1/forecaster/?metric_name=sales&limit=1000")).json.items;
const schedules = async (d) => (await d.get("/api/v1/schedules/")).json.items;
const runs = async (d, kind) => (await d.get("/api/v1/runs/?limit=1000")).json.items.filter((r) => r.kind === kind);
const over = (r) => !["queued", "running"].includes(r.state);

async function upload(d, text) {
  const r = await d.upload(text, "?name=sales.csv");
  assert.equal(r.status, 200, r.text);
}

/** The dates of the newest forecast. */
async function newestDates(d) {
  const [newest] = await forecasts(d);
  return (await d.get(`/api/v1/forecaster/${newest.forecast_id}`)).json.result.dates;
}

/** All work is done. */
const quiet = (d) => until(async () => (await d.get("/api/v1/runs/?limit=1000")).json.items.every(over), "no run under way");

describe("after new data", () => {
  let d;
  after(() => d?.stop());

  test("a forecast is made again with it, and listed first", async () => {
    d = await startDaemon({ flags });
    await upload(d, dailyCsv(30, { start: "2026-01-01" }));
    await quiet(d);
    const made = await create(d, { refresh: true });
    assert.equal(made.status, 200, made.text);
    assert.equal(made.json.dates[0], "2026-01-31");
    const [s] = await schedules(d);
    assert.equal(s.schedule_id, made.json.schedule_id);
    assert.equal(s.after_new_data, true);
    assert.equal(s.next_at, null);

    await upload(d, dailyCsv(10, { start: "2026-01-31" }));
    await until(async () => (await forecasts(d)).length === 2, "the second forecast");
    assert.deepEqual(await newestDates(d), ["2026-02-10", "2026-02-11", "2026-02-12"]);
    const [run] = await runs(d, "forecast_refresh");
    assert.equal((await d.finished(run.run_id)).state, "succeeded");
    assert.equal(run.subject, made.json.schedule_id);
  });

  test("other metrics do not matter", async () => {
    await quiet(d);
    const before = (await forecasts(d)).length;
    await upload(d, dailyCsv(10, { name: "visits", start: "2026-01-01" }));
    const [arrived] = await until(async () => (await runs(d, "data_arrived")).filter((r) => r.subject === "visits"), "the look at it");
    assert.equal((await d.finished(arrived.run_id)).result.forecasts_queued, 0);
    await quiet(d);
    assert.equal((await forecasts(d)).length, before);
  });

  test("the same request again is the same wish; another schedule replaces it, false ends it", async () => {
    const again = await create(d, { refresh: true });
    assert.equal((await schedules(d)).length, 1);
    const timed = await create(d, { refresh: "0 6 * * MON", timezone: "Europe/Berlin" });
    assert.equal(timed.json.schedule_id, again.json.schedule_id);
    const [s] = await schedules(d);
    assert.deepEqual([s.schedule, s.timezone, s.after_new_data], ["0 6 * * MON", "Europe/Berlin", false]);
    assert.match(s.next_at, /T0[45]:00:00\.000Z$/);
    const other = await create(d, { refresh: true, forecast_horizon: 4 });
    assert.equal((await schedules(d)).length, 2);
    await create(d, { refresh: false });
    assert.deepEqual((await schedules(d)).map((x) => x.schedule_id), [other.json.schedule_id]);
    assert.equal((await d.request("DELETE", `/api/v1/schedules/${other.json.schedule_id}`)).status, 204);
    assert.deepEqual(await schedules(d), []);
    assert.equal((await d.request("DELETE", `/api/v1/schedules/${other.json.schedule_id}`)).status, 404);
  });

  test("another tenant sees none of it", async () => {
    const { json } = await create(d, { refresh: true });
    const token = d.tokenOf("other", "admin");
    assert.deepEqual((await d.get("/api/v1/schedules/", { token })).json.items, []);
    const foreign = await d.request("DELETE", `/api/v1/schedules/${json.schedule_id}`, { token });
    const unknown = await d.request("DELETE", "/api/v1/schedules/01900000-0000-7000-8000-000000000000", { token });
    assert.equal(foreign.status, 404);
    assert.equal(foreign.text, unknown.text);
    assert.equal((await schedules(d)).length, 1);
  });

  const refused = [
    [{ refresh: "0 6 * *" }, "/refresh", /4 fields/],
    [{ refresh: "61 * * * *" }, "/refresh", /minute: found "61"/],
    [{ refresh: 5 }, "/refresh", /found 5; true/],
    [{ refresh: "0 6 * * *", timezone: "Europe/Belrin" }, "/timezone", /"Europe\/Berlin"/],
    [{ refresh: true, timezone: "Europe/Berlin" }, "/timezone", /belongs to a schedule/],
    [{ timezone: "Europe/Berlin" }, "/timezone", /belongs to a schedule/],
    [{ metric_name: undefined, series: { values: [1, 2, 3, 4] }, refresh: true }, "/refresh", /metric_name/],
  ];
  for (const [more, path, message] of refused)
    test(`refused: ${JSON.stringify(more)}`, async () => {
      const r = await create(d, more);
      assert.equal(r.status, 400, r.text);
      assert.equal(r.json.path, path);
      assert.match(r.json.message, message);
    });
});

test("a killed daemon forgets nothing: the forecast is made after the next start", async () => {
  const first = await startDaemon({ flags });
  await upload(first, dailyCsv(30, { start: "2026-01-01" }));
  await quiet(first);
  await create(first, { refresh: true });
  await upload(first, dailyCsv(10, { start: "2026-01-31" }));
  await first.stop("SIGKILL");
  // A run that was under way is leased for seconds still; a later clock ends that without waiting.
  const second = await startDaemon({ flags, dir: first.dir, wrap: ahead(60) });
  second.token = first.token;
  await until(async () => (await forecasts(second))[0] && (await newestDates(second))[0] === "2026-02-10", "the forecast", 60_000);
  await quiet(second);
  assert.equal((await second.stop()).status, 0);
});

describe("by the clock", { skip: noClock }, () => {
  const dir = scratch();
  const clock = movedClock(dir);
  let d;
  let token;
  const begin = async () => {
    d = await startDaemon({ flags, dir, wrap: clock.wrap });
    d.token ??= token;
    token = d.token;
  };
  const due = (time) => until(async () => (await schedules(d))[0].next_at === `${time}.000Z`, `next_at ${time}`);
  const refreshes = async () => (await runs(d, "forecast_refresh")).length;
  after(() => d?.stop());

  test("a time inside the hour that Berlin skips comes at its end", async () => {
    clock.set("2026-03-28T12:00:00Z");
    await begin();
    await upload(d, dailyCsv(30, { start: "2026-01-01" }));
    await create(d, { refresh: "30 2 * * *", timezone: "Europe/Berlin" });
    await due("2026-03-29T01:00:00");
    clock.set("2026-03-29T01:00:00Z");
    await due("2026-03-30T00:30:00");
    await quiet(d);
    assert.equal(await refreshes(), 1);
    assert.equal((await forecasts(d)).length, 2);
    assert.match((await schedules(d))[0].last_at, /^2026-03-29T01:00:/);
  });

  test("a clock put ten days forward: what was missed is made up for once", async () => {
    clock.set("2026-04-08T12:00:00Z");
    await due("2026-04-09T00:30:00");
    await quiet(d);
    assert.equal(await refreshes(), 2);
  });

  test("a clock put back: the next time is the next one of that clock", async () => {
    clock.set("2026-02-10T12:00:00Z");
    await due("2026-02-11T01:30:00");
    await quiet(d);
    assert.equal(await refreshes(), 2);
    clock.set("2026-02-11T01:30:00Z");
    await due("2026-02-12T01:30:00");
    await quiet(d);
    assert.equal(await refreshes(), 3);
  });

  test("after three days of downtime there is one run, not three", async () => {
    assert.equal((await d.stop()).status, 0);
    clock.set("2026-02-14T12:00:00Z");
    await begin();
    await due("2026-02-15T01:30:00");
    await quiet(d);
    assert.equal(await refreshes(), 4);
  });
});
