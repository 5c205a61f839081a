// A Salesforce to sync from, and what a sync has to end with.
import { performance } from "node:perf_hooks";
import { startSalesforce } from "../../fakes/salesforce/server.mjs";

/** Settings of a daemon that may go to the loopback and does not wait long for anything. */
export const loopback = { connect_loopback: 1, connect_backoff_s: 0.002, connect_silent_s: 2, connect_rate: 0, jitter_s: 0 };

/** Every record of Account as a series of its own, so that the metric shows the mirror. */
export const mirrored = (metric) => ({
  object: "Account",
  metrics: [{ metric, date: "CreatedDate", value: "AnnualRevenue", dimensions: ["Id", "Name"], aggregate: "last" }],
});

/** What the metric has to be: a line for each live record with a value. */
export function truth(org) {
  return org
    .rows("Account")
    .filter((r) => r.AnnualRevenue !== null && r.AnnualRevenue !== undefined)
    .map((r) => `${r.Id} ${r.Name} ${new Date(r.CreatedDate).toISOString().slice(0, 10)} ${r.AnnualRevenue}`)
    .sort();
}

/** What the metric is. */
export async function held(d, metric, o) {
  const series = [];
  for (let next = ""; next !== null; ) {
    const r = await d.get(`/api/v1/metrics/${metric}${next && `?cursor=${next}`}`, o);
    if (r.status === 404) return [];
    if (r.status !== 200) throw new Error(r.text);
    series.push(...r.json.series);
    next = r.json.next_cursor;
  }
  return series.flatMap((s) => s.values.map((v, i) => `${s.dimensions.Id} ${s.dimensions.Name} ${s.dates[i].slice(0, 10)} ${v}`)).sort();
}

/** An org with an app, and a connector on it: { fake, app, refresh, id, sync() }. `config` is added to the usual one. */
export async function orgAndConnector(d, { config = {}, app = {}, o, options } = {}) {
  const fake = await startSalesforce(options);
  const made = fake.oauth.addApp(app);
  const refresh = fake.oauth.consent(made);
  const all = { login_url: fake.url, client_id: made.clientId, client_secret: made.clientSecret, refresh_token: refresh, ...config };
  const r = await d.post("/api/v1/connectors/", { name: "org", connector_type: "salesforce", config: all }, o);
  if (r.status !== 201) throw new Error(r.text);
  const id = r.json.source_id;
  return { fake, app: made, refresh, id, sync: () => sync(d, id, o), source: async () => (await d.get(`/api/v1/connectors/${id}`, o)).json };
}

/** A sync to its end: the run, with the milliseconds it took. */
export async function sync(d, id, o) {
  const began = performance.now();
  const r = await d.post(`/api/v1/connectors/${id}/sync`, "", o);
  if (r.status !== 202) throw new Error(r.text);
  const run = await d.finished(r.json.run_id, o);
  return { ...run, ms: performance.now() - began };
}

export const day = (i) => new Date(Date.UTC(2026, 0, 1 + (i % 300))).toISOString().slice(0, 10);

/** Opportunities, `n` of them. */
export function deals(org, n, from = 0) {
  for (let i = from; i < from + n; i++)
    org.insert("Opportunity", { Name: `Deal ${i}`, StageName: i % 3 ? "Closed Won" : "Prospecting", Amount: 100 + (i % 700), CloseDate: day(i) });
}

/** The seconds of processor that a daemon has used. */
export { cpuOf } from "./cpu.mjs";
