// A daemon with a connector to a folder of a fake Drive (tests/fakes).
import assert from "node:assert/strict";
import { startGoogle } from "../../fakes/google/server.mjs";
import { startDaemon, until } from "./daemon.mjs";

export const settings = { connect_loopback: 1, connect_rate: 0, connect_backoff_s: 0.01 };

/** { d, fake, folder, close() }: a daemon, a fake Drive, and a folder in it to sync. */
export async function driveDaemon({ flags = {}, ...options } = {}) {
  const fake = await startGoogle(options);
  const d = await startDaemon({ flags: { ...settings, ...flags } });
  const close = async () => {
    const end = await d.stop();
    await fake.close();
    assert.deepEqual([end.status, end.signal], [0, null], end.log.slice(-2000));
  };
  return { d, fake, folder: fake.drive.folder("watched").id, close };
}

/** Credentials of a refresh token, as config has them. */
export function credentials(fake) {
  const client = [...fake.oauth.clients.values()][0] ?? fake.oauth.addClient();
  return { client_id: client.clientId, client_secret: client.clientSecret, refresh_token: fake.oauth.consent(client) };
}

/** A connector: its source_id. */
export async function connector(d, fake, folder, config = {}, options = {}) {
  const all = { folder_id: folder, api_url: fake.url, ...(config.service_account ? {} : credentials(fake)), ...config };
  const r = await d.post("/api/v1/connectors/", { name: "drive", connector_type: "google_drive", config: all, ...options });
  assert.equal(r.status, 201, r.text);
  return r.json.source_id;
}

/** A sync to its end: the run, with its one object as `proof`. */
export async function sync(d, id) {
  const r = await d.post(`/api/v1/connectors/${id}/sync`);
  assert.equal(r.status, 202, r.text);
  const run = await until(async () => {
    const { json } = await d.get(`/api/v1/runs/${r.json.run_id}`);
    return !["queued", "running"].includes(json.state) && json;
  }, `the end of run ${r.json.run_id}`, 120_000); // servers of MCP take long to start on a busy machine
  return { ...run, proof: run.result?.objects?.[0] };
}

/** The values of a metric: [{ dimensions, values: { date: value } }], by dimensions. */
export async function series(d, metric) {
  const r = await d.get(`/api/v1/metrics/${encodeURIComponent(metric)}`);
  if (r.status === 404) return [];
  assert.equal(r.status, 200, r.text);
  return r.json.series.map((s) => ({ dimensions: s.dimensions, values: Object.fromEntries(s.dates.map((date, i) => [date, s.values[i]])) }));
}
