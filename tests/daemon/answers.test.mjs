// SPDX-License-Identifier: GPL-3.0-or-later
// Kept answers: what was acknowledged is in the next answer, and what a command beside the daemon did is there a moment later.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { command, startDaemon, until } from "./lib/daemon.mjs";

let d;
before(async () => {
  d = await startDaemon();
});
after(() => d?.stop());

const path = "/api/v1/metrics/sales";
const values = async (o) => (await d.get(path, o)).json.series[0].values;

test("each write is in the next answer", async () => {
  const etags = new Set();
  for (let i = 1; i <= 40; i++) {
    const r = await d.upload(`date,sales\n2024-01-01,${i}\n2024-01-02,${2 * i}\n`, `?name=${i}.csv`);
    assert.equal(r.status, 200, r.text);
    for (let again = 0; again < 3; again++) assert.deepEqual(await values(), [i, 2 * i]);
    const { etag } = (await d.get(path)).headers;
    assert.equal((await d.get(path, { headers: { "if-none-match": etag } })).status, 304);
    etags.add(etag);
  }
  assert.equal(etags.size, 40);
});

test("a key asked for in two ways has two answers, and another tenant has none", async () => {
  assert.deepEqual(await values(), [40, 80]);
  assert.match((await d.get(path, { headers: { accept: "text/csv" } })).text, /2024-01-02,80\r\n$/);
  assert.deepEqual((await d.get(`${path}?from=2024-01-02`)).json.series[0].values, [80]);
  assert.equal((await d.get(path, { token: d.tokenOf("other", "read") })).status, 404);
});

test("what a command removes is gone a moment later", async () => {
  const token = d.tokenOf("leaving", "admin");
  await d.upload("date,sales\n2024-01-01,7\n2024-01-02,8\n", "", { token });
  assert.deepEqual(await values({ token }), [7, 8]);
  assert.equal(command(["tenant", "erase", "leaving", "--db", d.db]).status, 0);
  await until(async () => [401, 404].includes((await d.get(path, { token })).status), "the end of the erased series", 5000);
});
