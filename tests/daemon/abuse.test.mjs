// Texts and clients that mean no good: each gets a plain refusal, and the daemon goes on as if nothing had been.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import { zip, workbookParts } from "../lib/zip.mjs";
import { dailyCsv, multipart, patience, startDaemon } from "./lib/daemon.mjs";

let d;
before(async () => {
  d = await startDaemon({ flags: { request_mb: 8 } });
  assert.equal((await d.upload(dailyCsv(60), "?name=a.csv")).status, 200);
});
after(async () => {
  assert.equal((await d.get("/healthz")).status, 200);
  assert.equal((await d.get("/api/v1/metrics/sales")).json.series[0].values.length, 60);
  assert.ok(d.memory() < (process.env.DYO_DAEMON ? 2048 : 512) * 2 ** 20, `${d.memory()} bytes`);
  assert.equal((await d.stop()).status, 0);
});
const refused = (r) => assert.ok(r.status >= 400 && r.status < 500, `${r.status} ${r.text}`);

const words = ["' OR '1'='1", "x'; DROP TABLE runs; --", '"; SELECT * FROM tokens; --', "\\'", "%' UNION SELECT 1 --", "$1"];
for (const word of words)
  test(`SQL in texts: ${word}`, async () => {
    const text = encodeURIComponent(word);
    for (const path of [`metrics/${text}`, `runs/${text}`, `forecaster/${text}`, `alerts/${text}`, `optimizer/runs/${text}`, `metrics/sales?dimensions=${text}`])
      refused(await d.get(`/api/v1/${path}`));
    for (const path of ["metrics/", "runs/", "connectors/", "forecaster/", "optimizer/runs/", "alerts/events/"]) {
      const r = await d.get(`/api/v1/${path}?cursor=${text}`);
      assert.ok(r.status < 500, `${path} ${r.status}`);
    }
  });

test("paths that climb", async () => {
  for (const path of ["/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/api/v1/../../etc/passwd", "/x%00y"]) {
    const text = await d.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 40[04]/, path);
    assert.ok(!text.includes("root:"), path);
  }
});

test("forms that are none", async () => {
  const good = multipart([["file", dailyCsv(5, { name: "form" }), "a.csv", "text/csv"]]);
  const send = (body, headers) => d.request("POST", "/api/v1/connectors/upload", { body, headers });
  refused(await send(good.body, { "content-type": "multipart/form-data" }));
  refused(await send(good.body.subarray(0, -20), good.headers));
  const many = multipart(Array.from({ length: 5000 }, (_, i) => [`p${i}`, "x"]));
  refused(await send(many.body, many.headers));
  const wide = multipart([["file", "x", "n".repeat(1 << 20), "text/csv"]]);
  refused(await send(wide.body, wide.headers));
});

test("JSON that is deep, long or none", async () => {
  const to = "/api/v1/optimizer/inventory/eoq";
  const headers = { "content-type": "application/json" };
  const big = 1 << 20;
  for (const body of [
    "[".repeat(big), '{"a":'.repeat(100_000), "{", "\0", `{"annual_demand":${"9".repeat(big)}}`, `{"annual_demand":-${"0".repeat(big)}1}`, `{"annual_demand":1e${"9".repeat(big)}}`,
    `{"${"k".repeat(big)}":1}`, `{"x":[${"1,".repeat(900_000)}1]}`, `{${'"annual_demand":1,'.repeat(100_000)}"x":1}`, '{"annual_demand":1e999}', "\ufeff{}", '{"a":"\\ud800"}', `"${"\\u0041".repeat(900_000)}"`, " ".repeat(8 << 20), "[]".repeat(big),
  ]) {
    const r = await d.request("POST", to, { body, headers });
    refused(r);
    assert.match(r.headers["content-type"], /problem\+json/);
    assert.ok(r.text.length < 4000, "a refusal does not repeat what it refuses");
  }
  for (const dimensions of ["[".repeat(3000), '{"a":'.repeat(600), `{${Array.from({ length: 200 }, (_, i) => `"${i}":1`).join()}}`]) refused(await d.get(`/api/v1/metrics/sales?dimensions=${encodeURIComponent(dimensions)}`));
});

test("a workbook that unpacks to far more than it is", async () => {
  const parts = workbookParts({ Sheet1: [["date", "x"], ["2024-01-01", 1]] });
  parts["xl/worksheets/sheet1.xml"] = Buffer.alloc(64 << 20, " ");
  refused(await d.upload(zip(parts, { level: 1 }), "?name=bomb.xlsx"));
});

test("a byte now and then is no request", async () => {
  const strict = await startDaemon({ flags: { header_s: 1 } });
  const began = performance.now();
  const text = "GET /healthz HTTP/1.1\r\nX-Slow: " + "a".repeat(10_000);
  await new Promise((done) => {
    const socket = net.connect(strict.port, "127.0.0.1");
    let at = 0;
    const drip = setInterval(() => socket.write(text[at++]), 20);
    socket.on("error", () => {});
    socket.on("close", () => (clearInterval(drip), done()));
  });
  assert.ok(performance.now() - began < 60_000 * patience, "it was let go on");
  assert.equal((await strict.stop()).status, 0);
});

test("twenty uploads at once are all stored", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => d.upload(dailyCsv(200, { name: `m${i}` }), `?name=m${i}.csv`)));
  assert.deepEqual(all.map((r) => r.status), Array(20).fill(200));
  const { items } = (await d.get("/api/v1/metrics/?limit=1000")).json;
  for (let i = 0; i < 20; i++) assert.equal(items.find((m) => m.metric_name === `m${i}`)?.values, 200);
});

test("clients that vanish", async () => {
  for (let i = 0; i < 200; i++) {
    const socket = net.connect(d.port, "127.0.0.1", () => {
      socket.write(`POST /api/v1/connectors/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${d.token}\r\nContent-Length: 1000000\r\n\r\ndate,x`);
      socket.resetAndDestroy();
    });
    socket.on("error", () => {});
    await new Promise((go) => socket.on("close", go));
  }
  assert.equal((await d.get("/healthz")).status, 200);
});

test("ten thousand requests over connections that stay", async () => {
  const before = d.memory("VmRSS");
  for (let i = 0; i < 10_000; i += 50) {
    const all = await Promise.all(Array.from({ length: 50 }, () => d.get("/api/v1/metrics/sales")));
    assert.ok(all.every((r) => r.status === 200));
  }
  assert.ok(d.memory("VmRSS") - before < (process.env.DYO_DAEMON ? 512 : 32) * 2 ** 20, "memory grew");
});
