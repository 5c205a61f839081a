// One request that forecasts many stored series: which ones, with what, and what is said of those that cannot be.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { command, dailyCsv, startDaemon, until } from "./lib/daemon.mjs";

let d;
before(async () => {
  d = await startDaemon({ flags: { threads: 2 } });
  const store = async (csv, name) => assert.equal((await d.upload(csv, `?name=${name}.csv`)).status, 200);
  await store(dailyCsv(30, { name: "units", dimension: "sku", keys: ["A", "B", "C"] }), "units");
  await store(dailyCsv(30, { name: "units" }), "whole"); // a series of the same metric without dimensions
  await store(dailyCsv(30, { name: "visits", dimension: "sku", keys: ["A", "D"] }), "visits");
  await store("date,sku,few\n2024-01-01,A,1\n2024-01-02,A,2\n", "few");
});
after(async () => assert.equal((await d.stop()).status, 0));

const naive = { model_type: "naive", forecast_horizon: 3, folds: 0 };

async function done(input) {
  const r = await d.post("/api/v1/batches", input);
  assert.equal(r.status, 202, r.text);
  return until(async () => {
    const b = (await d.get(`/api/v1/batches/${r.json.batch_id}`)).json;
    return b.finished_at && b;
  }, "its end");
}

const made = async (b) => (await d.get(`/api/v1/forecaster/?batch_id=${b.batch_id}`)).json.items.map((f) => `${f.metric_name} ${JSON.stringify(f.dimensions)}`).toSorted();

test("every stored series, those of a filter, or those of a list", async () => {
  const units = ['units {"sku":"A"}', 'units {"sku":"B"}', 'units {"sku":"C"}', "units {}"];
  const visits = ['visits {"sku":"A"}', 'visits {"sku":"D"}'];
  const few = 'few {"sku":"A"}';
  const b = await done(naive);
  assert.deepEqual([b.state, b.series, b.succeeded, b.errors, b.request], ["succeeded", 7, 7, [], naive]);
  assert.deepEqual(await made(b), [few, ...units, ...visits]);
  assert.deepEqual(await made(await done({ ...naive, metric_name: "units" })), units);
  assert.deepEqual(await made(await done({ ...naive, dimensions: { sku: "A" } })), [few, units[0], visits[0]]);
  assert.deepEqual(await made(await done({ ...naive, metric_name: "units", dimensions: { sku: "A" } })), [units[0]]);
  const series = [{ metric_name: "visits", dimensions: { sku: "D" } }, { metric_name: "units" }, { metric_name: "units", dimensions: { sku: "B" } }, { metric_name: "units" }];
  assert.deepEqual(await made(await done({ ...naive, series })), [units[1], units[3], visits[1]]);
});

test("a series of a batch is forecast as it would be alone", async () => {
  const ask = { model_type: "ets", forecast_horizon: 5, confidence_level: [0.5, 0.9], from: "2024-01-08" };
  const b = await done({ ...ask, metric_name: "visits" });
  const { forecast_id: id } = (await d.get(`/api/v1/forecaster/?batch_id=${b.batch_id}`)).json.items.find((f) => f.dimensions.sku === "D");
  const own = (await d.get(`/api/v1/forecaster/${id}`)).json;
  const alone = (await d.post("/api/v1/forecaster/create", { ...ask, metric_name: "visits", dimensions: { sku: "D" } })).json;
  assert.deepEqual(own.result.predictions, alone.predictions);
  assert.deepEqual(own.result.confidence_intervals, alone.confidence_intervals);
  const run = (await d.get(`/api/v1/runs/${id}`)).json;
  assert.deepEqual([run.state, run.batch_id, run.result], ["succeeded", b.batch_id, { forecast_id: id }]);
});

test("one that cannot be forecast is named, and the others are made", async () => {
  const b = await done({ dimensions: { sku: "A" }, model_type: "arima", forecast_horizon: 3 });
  assert.deepEqual([b.state, b.series, b.succeeded, b.failed], ["partial", 3, 2, 1]);
  const [e] = b.errors;
  assert.deepEqual([b.errors.length, e.metric_name, e.dimensions, e.code], [1, "few", { sku: "A" }, "insufficient_data"]);
  const listed = (await d.get("/api/v1/batches/")).json.items;
  assert.deepEqual([listed[0].batch_id, listed[0].failed], [b.batch_id, 1]);
  const next = (await d.get("/api/v1/batches?limit=1")).json;
  assert.deepEqual([next.items.length, (await d.get(`/api/v1/batches?limit=1&cursor=${next.next_cursor}`)).json.items[0].batch_id], [1, listed[1].batch_id]);
});

test("what no series could take is refused before any is tried", async () => {
  const refused = async (input, status, path) => {
    const r = await d.post("/api/v1/batches", input);
    assert.deepEqual([r.status, r.json.path], [status, path], r.text);
  };
  await refused({ metric_name: "unit" }, 404, "/metric_name");
  await refused({ metric_name: "units", dimensions: { sku: "Z" } }, 404, "/dimensions");
  await refused({ dimensions: { shop: "1" } }, 422, "/dimensions");
  await refused({ series: [{ metric_name: "units" }, { metric_name: "visits" }] }, 404, "/series/1");
  await refused({ series: [] }, 400, "/series");
  await refused({ series: [{ metric_name: "units" }], metric_name: "units" }, 400, "/series");
  await refused({ forecast_horizon: 0 }, 400, "/forecast_horizon");
  await refused({ model_type: "ets", params: { nonsense: 1 } }, 400, "/params/nonsense");
  await refused({ params: {} }, 400, "/params");
  await refused({ regressors: { price: [1] } }, 400, "/regressors");
  await refused({ from: "soon" }, 400, "/from");
  await refused({ frequency: "often" }, 400, "/frequency");
  await refused({ aggregate: "most" }, 400, "/aggregate");
  await refused({ refresh: true }, 400, "/refresh");
  await refused([], 400, "");
});

test("it goes by as events, and it is in audit and export", async () => {
  const b = await done(naive);
  const events = await d.get(`/api/v1/batches/${b.batch_id}/events`);
  assert.match(events.text, /^event: end\ndata: \{"batch_id"/);
  assert.match(command(["audit", "--db", d.db]).stdout, new RegExp(`batch\\.create.*${b.batch_id}`));
  const lines = command(["tenant", "export", "default", "--db", d.db]).stdout;
  assert.match(lines, new RegExp(`"table":"batches","row":\\{.*"batch_id":"${b.batch_id}"`));
});
