// From a file, of whatever kind it says it is, to a forecast and its evaluation, the ways an operator's data goes; and work that takes longer than a request.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { workbook, workbookParts, zip } from "../lib/zip.mjs";
import { cpuOf } from "./lib/cpu.mjs";
import { command, dailyCsv, multipart, patience, startDaemon, until } from "./lib/daemon.mjs";
import { endless } from "./lib/mcp.mjs";

let d;
before(async () => {
  d = await startDaemon({ flags: { inline_s: 0.3, upload_mb: 64 } });
});
after(async () => {
  const end = await d.stop();
  assert.equal(end.status, 0, `${end.signal} ${end.log.slice(-2000)}`);
});

/** What the store has kept of files: [{ name, type, bytes }]. */
const kept = (tenant) =>
  command(["tenant", "export", tenant, "--db", d.db])
    .stdout.trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((x) => x.table === "raw_files")
    .map((x) => x.row);
const as = (tenant) => ({ token: d.tokenOf(tenant, "write") });

const series = async (name, query = "") => (await d.get(`/api/v1/metrics/${name}${query}`)).json.series;

describe("an upload", () => {
  test("raw and as a form gives the same series, with options from the query and from parts", async () => {
    const csv = "day;shop;sold\n01.02.2024;A;1,5\n02.02.2024;A;2,5\n01.02.2024;B;10\n02.02.2024;B;20\n";
    const options = [["delimiter", ";"], ["decimal", ","], ["date_order", "dmy"], ["date_column", "day"], ["value_columns", "sold"], ["group_by", "shop"]];
    const raw = await d.upload(csv, `?name=r.csv&${options.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join("&")}`);
    const { body, headers } = multipart([...options, ["file", csv, "r.csv", "text/csv"]]);
    const form = await d.upload(body, "", { headers });
    for (const r of [raw, form]) {
      assert.equal(r.status, 200, r.text);
      assert.deepEqual([r.json.rows_read, r.json.rows_stored, r.json.series_count], [4, 4, 2]);
    }
    assert.deepEqual(form.json.series, raw.json.series);
    const all = await series("sold");
    assert.deepEqual(all.map((s) => [s.dimensions, s.dates, s.values]), [
      [{ shop: "A" }, ["2024-02-01", "2024-02-02"], [1.5, 2.5]],
      [{ shop: "B" }, ["2024-02-01", "2024-02-02"], [10, 20]],
    ]);
  });

  test("of the same content again stores nothing twice, and of changed content replaces what it has anew", async () => {
    const csv = dailyCsv(50, { name: "twice" });
    const one = (await d.upload(csv)).json;
    const before = (await series("twice"))[0];
    const two = (await d.upload(csv)).json;
    assert.notEqual(two.run_id, one.run_id);
    const mine = as("digests");
    const { body, headers } = multipart([["file", csv, "other name.csv", "text/csv"]]);
    for (const r of [await d.upload(csv, "?name=a.csv", mine), await d.upload(csv, "?name=b.csv", mine), await d.upload(body, "", { headers, ...mine })]) assert.equal(r.status, 200, r.text);
    assert.deepEqual(kept("digests").map((f) => [f.name, f.bytes]), [["a.csv", csv.length]], "the bytes are kept once, whatever they came as");
    assert.deepEqual((await series("twice"))[0], before);
    const values = async () => (await d.get("/api/v1/metrics/?limit=1000")).json.items.find((m) => m.metric_name === "twice").values;
    assert.equal(await values(), 50);
    await d.upload(dailyCsv(60, { name: "twice", value: () => 7 }));
    assert.equal(await values(), 60);
    assert.deepEqual(new Set((await series("twice"))[0].values), new Set([7]));
  });

  test("says which rows it left out and why, and which run it was", async () => {
    const r = await d.upload(`${dailyCsv(30, { name: "part" })}2024-02-01,x\n2024-13-45,3\n`);
    assert.equal(r.status, 200, r.text);
    assert.deepEqual([r.json.rows_read, r.json.rows_stored, r.json.rejected_count], [32, 30, 2]);
    for (const rej of r.json.rejected) assert.ok(rej.row > 1 && rej.reason.length > 5, JSON.stringify(rej));
    const run = (await d.get(`/api/v1/runs/${r.json.run_id}`)).json;
    assert.deepEqual([run.state, run.method, run.rows_read, run.rows_stored, run.rows_rejected], ["succeeded", "upload", 32, 30, 2]);
    assert.deepEqual(run.result.series, r.json.series);
  });

  test("whose dates read two ways is asked about, and taken on the second try", async () => {
    const csv = "date,ambiguous\n03/04/2025,1\n04/04/2025,2\n05/04/2025,3\n";
    const asked = await d.upload(csv, "?name=amb.csv");
    assert.equal(asked.status, 400, asked.text);
    assert.equal(asked.json.path, "/date_order");
    assert.equal((await d.get("/api/v1/metrics/ambiguous")).status, 404, "nothing was stored");
    const answered = await d.upload(csv, "?name=amb.csv&date_order=dmy");
    assert.equal(answered.status, 200, answered.text);
    assert.deepEqual((await series("ambiguous"))[0].dates, ["2025-04-03", "2025-04-04", "2025-04-05"]);
  });

  test("of a workbook is read like a CSV", async () => {
    const rows = [["date", "from_xlsx"], ...Array.from({ length: 20 }, (_, i) => [{ date: 45292 + i }, 3 * i])];
    const r = await d.upload(workbook({ Sheet1: rows }), "?name=book.xlsx");
    assert.equal(r.status, 200, r.text);
    const [s] = await series("from_xlsx");
    assert.deepEqual([s.dates[0], s.values.length, s.values[19]], ["2024-01-01", 20, 57]);
  });

  test("that breaks off in the middle stores nothing", async () => {
    const own = await startDaemon({ flags: { header_s: 1, idle_s: 2 } }); // an end that comes with the last bytes is noticed by these
    const csv = dailyCsv(20_000, { name: "cut_off" });
    for (const part of [0.1, 0.5, 0.99]) {
      await new Promise((done) => {
        const s = net.connect(own.port, "127.0.0.1", () => {
          s.write(`POST /api/v1/connectors/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${own.token}\r\nContent-Length: ${csv.length}\r\n\r\n`);
          s.write(csv.slice(0, Math.floor(part * csv.length)), () => s.destroy());
        });
        s.on("close", done);
      });
    }
    const gone = () => (own.log().match(/"route":"\/api\/v1\/connectors\/upload"[^\n]*"status":0/g) ?? []).length;
    await until(() => gone() >= 3, "the end of three broken uploads");
    assert.equal((await own.get("/api/v1/metrics/cut_off")).status, 404);
    assert.deepEqual((await own.get("/api/v1/runs/")).json.items, []);
    await own.stop();
  });

  test("that is long can be cancelled, and then no more of it comes", async () => {
    const days = 800;
    const csv = dailyCsv(days, { name: "long_one", dimension: "sku", keys: Array.from({ length: 200 }, (_, i) => `S${i}`) });
    const sent = d.upload(csv, "?name=long.csv");
    const run = await until(async () => (await d.get("/api/v1/runs/?limit=5")).json.items.find((r) => r.kind === "upload" && r.state === "running"), "the running upload");
    const asked = await d.post(`/api/v1/runs/${run.run_id}/cancel`);
    const [answer, end] = [await sent, await d.finished(run.run_id)];
    assert.ok(asked.status === 200 || asked.status === 409, asked.text);
    if (end.state === "succeeded") assert.equal(answer.json.values_stored, 200 * days); // it was quicker
    else {
      assert.equal(end.state, "cancelled");
      assert.equal(answer.status, 409);
      assert.equal(answer.json.code, "cancelled");
    }
    assert.equal((await d.post(`/api/v1/runs/${run.run_id}/cancel`)).status, 409);
    assert.equal((await d.upload(csv, "?name=long.csv")).json.values_stored, 200 * days, "the same file is taken anew");
  });
});

describe("a file", () => {
  const table = dailyCsv(3, { name: "kinds" });

  test("is known by what it holds, not by what its type or name says", async () => {
    for (const type of ["text/csv", "application/octet-stream", "application/vnd.ms-excel", "x", undefined]) {
      const r = await d.upload(table, "?name=table.xlsx", { headers: type ? { "content-type": type } : {} });
      assert.equal(r.status, 200, `${type}: ${r.text}`);
    }
    assert.equal((await d.upload(workbook({ S: [["date", "kinds"], ["2024-01-01", 5]] }), "?name=book.csv", { headers: { "content-type": "text/csv" } })).status, 200);
    for (const [what, bytes, code] of [
      ["a picture", "\x89PNG\r\n\x1a\n\0\0", "invalid_input"],
      ["a PDF", "%PDF-1.4\n", "unsupported"],
      ["a web page", "<html><body>x</body></html>", "unsupported"],
      ["an old workbook", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]), "unsupported"],
      ["JSON", "{}", "insufficient_data"],
      ["NULs", "\0\0\0\0", "insufficient_data"],
      ["a zip that is no workbook", zip({ "a.txt": "x" }), undefined],
      ["blanks", " \n \n", "insufficient_data"],
    ]) {
      const r = await d.upload(bytes, "?name=x.csv");
      assert.ok([400, 422].includes(r.status), `${what}: ${r.status} ${r.text}`);
      assert.match(r.headers["content-type"], /problem\+json/);
      if (code) assert.equal(r.json.code, code, `${what}: ${r.text}`);
      assert.ok(r.json.path.length > 1 && r.json.message.length > 20, r.text);
    }
  });

  test("with nothing in it, or that never came, is refused", async () => {
    const empty = multipart([["file", "", "a.csv", "text/csv"]]);
    const none = multipart([["delimiter", ";"]]);
    for (const [body, headers] of [["", {}], [empty.body, empty.headers], [none.body, none.headers]]) {
      const r = await d.upload(body, "?name=a.csv", { headers });
      assert.deepEqual([r.status, r.json.code, r.json.path], [400, "invalid_input", "/file"], r.text);
    }
  });

  test("has a plain name, whatever the form says", async () => {
    const before = readdirSync(d.dir);
    const names = [["../../evil.csv", "evil.csv"], ["/tmp/evil.csv", "evil.csv"], ["C:\\\\temp\\\\evil.csv", "evil.csv"], ["..", ".."], ["a/", ""], ["%2e%2e%2fevil.csv", "%2e%2e%2fevil.csv"], ['Größe \\"€\\" ; x=\u{1f4e6}.csv', 'Größe "€" ; x=\u{1f4e6}.csv'], ["x".repeat(255), "x".repeat(255)]];
    for (const [i, [name, plain]] of names.entries()) {
      const { body, headers } = multipart([["file", dailyCsv(3, { name: `named_${i}` }), name]]);
      const r = await d.upload(body, "", { headers, ...as("names") });
      assert.equal(r.status, 200, `${name}: ${r.text}`);
      assert.ok(kept("names").some((f) => f.name === plain), `${name}: ${JSON.stringify(kept("names").map((f) => f.name))}`);
    }
    assert.deepEqual(readdirSync(d.dir), before, "nothing new beside the database");
    assert.ok(!existsSync("/tmp/evil.csv") && !existsSync(join(d.dir, "../evil.csv")));
    for (const name of ["n".repeat(256), "a\0b", "a\nb", "\xff\xfe"]) {
      const { body, headers } = multipart([["file", table, "@@"]]);
      const raw = Buffer.from(body.toString("latin1").replace("@@", name), "latin1");
      const r = await d.upload(raw, "", { headers });
      assert.deepEqual([r.status, r.json.code], [400, "invalid_input"], `${JSON.stringify(name.slice(0, 9))}: ${r.text}`);
    }
  });

  test("in a form that is none, or of odd parts, is refused with a reason", async () => {
    const part = (head, body = table) => `--b\r\n${head}\r\n\r\n${body}\r\n`;
    const named = 'Content-Disposition: form-data; name="file"; filename="a.csv"';
    const two = part(named) + part(named);
    for (const [what, text, status] of [
      ["two files", `${two}--b--\r\n`, 400],
      ["no end", part(named), 400],
      ["a cut end", `${part(named)}--b-`, 400],
      ["no blank line", `--b\r\n${named}`, 400],
      ["no name", `${part("Content-Disposition: form-data")}--b--`, 400],
      ["another disposition", `${part('Content-Disposition: attachment; name="file"')}--b--`, 400],
      ["no disposition", `${part("Content-Type: text/csv")}--b--`, 400],
      ["a line without a colon", `${part(`${named}\r\nnonsense`)}--b--`, 400],
      ["a long header line", `${part(`${named}\r\nX: ${"y".repeat(9000)}`)}--b--`, 413],
      ["many header lines", `${part(`${named}\r\n${"X: y\r\n".repeat(3000)}X: z`)}--b--`, 413],
      ["a long part name", `${part(`Content-Disposition: form-data; name="${"n".repeat(300)}"`)}--b--`, 400],
      ["a NUL in a header line", `${part(`${named}\r\nX: a\0b`)}--b--`, 400],
      ["base64", `${part(`${named}\r\nContent-Transfer-Encoding: base64`, "ZGF0ZSx4")}--b--`, 422],
      ["a long option", `${part('Content-Disposition: form-data; name="delimiter"', "x".repeat(5000))}--b--`, 413],
      ["a hundred options", `${Array.from({ length: 100 }, (_, i) => part(`Content-Disposition: form-data; name="p${i}"`, "x")).join("")}--b--`, 400],
      ["text behind a boundary", `--b x\r\n${named}\r\n\r\n${table}\r\n--b--`, 400],
      ["another boundary", part(named).replaceAll("--b", "--c"), 400],
    ]) {
      const r = await d.upload(text, "", { headers: { "content-type": "multipart/form-data; boundary=b" } });
      assert.equal(r.status, status, `${what}: ${r.text}`);
      assert.match(r.headers["content-type"], /problem\+json/);
      assert.ok(r.json.message.length > 15, r.text);
    }
    for (const type of ["multipart/form-data", "multipart/form-data; boundary=", `multipart/form-data; boundary=${"b".repeat(71)}`, 'multipart/form-data; boundary="b', 'multipart/form-data; boundary="b "', "multipart/mixed; boundary=b"])
      assert.equal((await d.upload(`${part(named)}--b--`, "", { headers: { "content-type": type } })).status, 400, type);
    const split = multipart([["file", table.replaceAll("\n", "\r\n"), "a.csv"]], "----x");
    assert.equal((await d.upload(split.body, "", { headers: split.headers })).json.rows_stored, 3);
  });
});

describe("a workbook that means harm", () => {
  const sound = () => workbookParts({ S: [["date", "x"], ["2024-01-01", 1]] });
  const lol = (inner) => `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "${"lol".repeat(30)}">${"bcdefghij".replace(/./g, (c) => `<!ENTITY ${c} "${`&${String.fromCharCode(c.charCodeAt(0) - 1)};`.repeat(10)}">`)}]>${inner}`;
  const sheet = "xl/worksheets/sheet1.xml";
  const cases = {
    "unpacks to a hundred times its size": () => zip({ ...sound(), [sheet]: Buffer.alloc(24 << 20, " ") }, { level: 1 }),
    "unpacks so in a part that is read first": () => zip({ ...sound(), "xl/workbook.xml": Buffer.alloc(24 << 20, " ") }, { level: 1 }),
    "has a part of shared strings that grows so": () => zip({ ...sound(), "xl/sharedStrings.xml": Buffer.from(`<sst>${"<si><t>x</t></si>".repeat(1 << 20)}</sst>`) }, { level: 1 }),
    "holds entities that hold entities": () => zip({ ...sound(), [sheet]: lol("<worksheet>&j;</worksheet>") }),
    "names a file as an entity": () => zip({ ...sound(), [sheet]: '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet>&f;</worksheet>' }),
    "nests elements without end": () => zip({ ...sound(), [sheet]: `<worksheet>${"<a>".repeat(500_000)}` }),
    "has an attribute of megabytes": () => zip({ ...sound(), [sheet]: `<worksheet a="${"y".repeat(8 << 20)}"/>` }),
    "has thousands of parts": () => zip({ ...sound(), ...Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`xl/x${i}`, ""])) }),
    "is cut": () => zip(sound()).subarray(0, -40),
    "has parts that climb": () => zip({ "../../evil.xml": "x", "/etc/evil": "x" }),
  };
  let own;
  before(async () => {
    own = await startDaemon({ flags: { upload_mb: 8 } });
  });
  after(async () => {
    assert.equal((await own.upload(dailyCsv(3))).status, 200);
    assert.equal((await own.stop()).status, 0);
  });
  for (const [what, make] of Object.entries(cases))
    test(what, async () => {
      const bytes = make();
      const before = own.memory();
      const began = cpuOf(own);
      const r = await own.upload(bytes, "?name=x.xlsx");
      const grown = (own.memory() - before) >> 20;
      if (what !== "has thousands of parts") assert.ok([400, 413, 422].includes(r.status), `${r.status} ${r.text}`);
      assert.ok(r.status < 500 && !r.text.includes("root:"), r.text);
      assert.ok(cpuOf(own) - began < 10 * patience, "it took long");
      assert.ok(grown < (process.env.DYO_DAEMON ? 512 : 16), `${grown} MiB`);
    });
});

describe("a prepared series", () => {
  before(async () => {
    const shops = dailyCsv(90, { name: "visits", dimension: "shop", keys: ["A", "B"], value: (t, k) => t + 1000 * k });
    assert.equal((await d.upload(shops, "?name=visits.csv")).status, 200);
  });

  test("comes as JSON, CSV and float64 with the same values", async () => {
    const json = await series("visits");
    const csv = await d.get("/api/v1/metrics/visits", { headers: { accept: "text/csv" } });
    const binary = await d.get("/api/v1/metrics/visits", { headers: { accept: "application/octet-stream" } });
    const values = json.flatMap((s) => s.values);
    assert.deepEqual([json.length, values.length], [2, 180]);
    assert.match(csv.headers["content-type"], /text\/csv/);
    assert.deepEqual(csv.text.trim().split("\r\n").slice(1).map((l) => Number(l.split(",").at(-1))), values);
    assert.deepEqual([...new Float64Array(binary.body.buffer.slice(binary.body.byteOffset, binary.body.byteOffset + binary.body.length))], values);
  });

  test("is not sent again while it has not changed", async () => {
    const one = await d.get("/api/v1/metrics/visits");
    const { etag } = one.headers;
    const same = await d.get("/api/v1/metrics/visits", { headers: { "if-none-match": etag } });
    assert.deepEqual([same.status, same.body.length, same.headers.etag], [304, 0, etag]);
    assert.equal((await d.get("/api/v1/metrics/visits", { headers: { "if-none-match": `W/"x", ${etag}` } })).status, 304);
    assert.equal((await d.get("/api/v1/metrics/visits", { headers: { "if-none-match": '"other"' } })).status, 200);
    assert.notEqual((await d.get("/api/v1/metrics/visits", { headers: { accept: "text/csv" } })).headers.etag, etag);
    await d.upload("date,shop,visits\n2024-01-01,A,5\n", "?name=more.csv&group_by=shop");
    const changed = await d.get("/api/v1/metrics/visits", { headers: { "if-none-match": etag } });
    assert.equal(changed.status, 200);
    assert.equal(changed.json.series[0].values[0], 5);
  });

  test("is cut, grouped in time and chosen by its dimensions", async () => {
    const b = encodeURIComponent('{"shop":"B"}');
    const cut = await series("visits", `?dimensions=${b}&from=2024-01-10&to=2024-01-12`);
    assert.deepEqual(cut.map((s) => [s.dimensions, s.dates, s.values]), [[{ shop: "B" }, ["2024-01-10", "2024-01-11", "2024-01-12"], [1009, 1010, 1011]]]);
    const days = (from, n) => Array.from({ length: n }, (_, i) => 1000 + from + i);
    const sum = (list) => list.reduce((x, y) => x + y, 0);
    const month = (how) => series("visits", `?dimensions=${b}&frequency=M${how && `&aggregate=${how}`}`);
    const parts = [days(0, 31), days(31, 29), days(60, 30)];
    for (const [how, of] of [["", sum], ["sum", sum], ["mean", (l) => sum(l) / l.length], ["min", (l) => l[0]], ["max", (l) => l.at(-1)], ["first", (l) => l[0]], ["last", (l) => l.at(-1)], ["count", (l) => l.length]]) {
      const [s] = await month(how);
      assert.equal(s.frequency, "M");
      s.values.forEach((v, i) => assert.ok(Math.abs(v - of(parts[i])) < 1e-9 * Math.abs(v), `${how} ${i}: ${v}`));
    }
    assert.deepEqual(await series("visits", "?from=2030-01-01"), []);
  });

  test("is paged by series", async () => {
    const first = (await d.get("/api/v1/metrics/visits?limit=1")).json;
    assert.deepEqual([first.series.length, first.series[0].dimensions.shop], [1, "A"]);
    const second = (await d.get(`/api/v1/metrics/visits?limit=1&cursor=${first.next_cursor}`)).json;
    assert.deepEqual([second.series[0].dimensions.shop, second.next_cursor], ["B", null]);
    for (const cursor of ["1x", "-1", "B", "' OR 1", "1.5"]) {
      const r = await d.get(`/api/v1/metrics/visits?cursor=${encodeURIComponent(cursor)}`);
      assert.deepEqual([r.status, r.json.path], [400, "/cursor"], r.text);
      assert.ok(r.json.message.includes(cursor), r.text);
    }
  });

  test("is kept for a request and no other", async () => {
    const ask = async (query) => (await d.get(`/api/v1/metrics/visits?${query}`)).text;
    const one = await ask("from=2024-01-05&to=2024-01-06"); // fills the cache
    assert.equal(await ask("from=2024-01-05&to=2024-01-06"), one);
    const others = ["from=2024-01-05%0A2024-01-06", "from=2024-01-05&to=%0A", "to=2024-01-05&from=2024-01-06", "from=&to=2024-01-06", "to=2024-01-06", "from=2024-01-05&to=2024-01-06&frequency=W", "from=2024-01-05&to=2024-01-06&limit=1"];
    for (const query of others) assert.notEqual(await ask(query), one, query);
    for (const [query, path] of [["dimensions=%7B%22shop%22:%22A%22,%22shop%22:%22B%22%7D", "/dimensions"], ["limit=", "/limit"], ["limit=1&limit=2", "/limit"]]) {
      const r = await d.get(`/api/v1/metrics/visits?${query}`);
      assert.deepEqual([r.status, r.json.path], [400, path], r.text);
      assert.match(r.json.message, /^found /);
    }
  });
});

describe("a stored metric", () => {
  test("is forecast, and the forecast evaluated against what came later", async () => {
    const all = dailyCsv(100, { name: "demand" }).trim().split("\n");
    await d.upload(`${all.slice(0, 71).join("\n")}\n`);
    const made = await d.post("/api/v1/forecaster/create", { metric_name: "demand", model_type: "seasonal_naive", forecast_horizon: 14, seasonal_periods: [7] });
    assert.equal(made.status, 200, made.text);
    const id = made.json.forecast_id;
    assert.equal(made.json.dates[0], "2024-03-11");
    const early = await d.post(`/api/v1/forecaster/${id}/evaluate`);
    assert.deepEqual([early.status, early.json.code], [422, "insufficient_data"]);
    await d.upload(`${[all[0], ...all.slice(71)].join("\n")}\n`);
    const late = await d.post(`/api/v1/forecaster/${id}/evaluate`);
    assert.equal(late.status, 200, late.text);
    const actual = all.slice(71, 85).map((l) => Number(l.split(",")[1]));
    const mae = actual.reduce((s, y, i) => s + Math.abs(y - made.json.predictions[i]), 0) / 14;
    assert.deepEqual([late.json.n, late.json.steps], [14, 14]);
    assert.ok(Math.abs(late.json.mae - mae) < 1e-9 * (1 + mae), `${late.json.mae} and ${mae}`);
    const kept = (await d.get(`/api/v1/forecaster/${id}`)).json;
    assert.deepEqual([kept.evaluation.mae, kept.metric_name, kept.request.metric_name], [late.json.mae, "demand", "demand"]);
    const { forecast_id, ...answer } = made.json;
    assert.deepEqual(kept.result, answer);
    assert.deepEqual((await d.get("/api/v1/forecaster/?metric_name=demand")).json.items.map((f) => f.forecast_id), [forecast_id]);
    const cold = await d.post("/api/v1/forecaster/create", { series: { values: [1, 2, 3, 4, 5, 6, 7, 8] }, model_type: "naive", forecast_horizon: 2 });
    assert.equal((await d.post(`/api/v1/forecaster/${cold.json.forecast_id}/evaluate`)).json.code, "unsupported");
  });

  test("with several series must be named by its dimensions", async () => {
    const ask = (more) => d.post("/api/v1/forecaster/analyze-data", { metric_name: "visits", ...more });
    const r = await ask({});
    assert.deepEqual([r.status, r.json.path], [400, "/dimensions"]);
    assert.equal((await ask({ dimensions: { shop: "A" } })).status, 200);
    assert.equal((await ask({ dimensions: { shop: "Z" } })).json.code, "insufficient_data");
    assert.equal((await ask({ dimensions: 3 })).json.path, "/dimensions");
    assert.equal((await ask({ dimensions: { shop: "A" }, from: "soon" })).json.path, "/from");
    assert.equal((await ask({ metric_name: "no_such" })).status, 404);
  });
});

describe("long work", () => {
  /** Every event of a run: [{ event, data }]. */
  const events = (id, told = () => {}) =>
    new Promise((done, fail) => {
      let text = "";
      http.get({ port: d.port, host: "127.0.0.1", path: `/api/v1/runs/${id}/events`, headers: { authorization: `Bearer ${d.token}` } }, (res) => {
        assert.match(res.headers["content-type"], /text\/event-stream/);
        res.on("data", (p) => told((text += p)));
        res.on("end", () => done([...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event, data]) => ({ event, data: JSON.parse(data) }))));
      }).on("error", fail);
    });

  test("asked for as such is a run that is polled and watched", async () => {
    const body = { annual_demand: 100, order_cost: 5, holding_cost_per_unit: 1 };
    const r = await d.post("/api/v1/optimizer/inventory/eoq", body, { headers: { prefer: "respond-async" } });
    assert.equal(r.status, 202);
    assert.equal(r.headers.location, `/api/v1/runs/${r.json.run_id}`);
    const seen = events(r.json.run_id);
    const end = await d.finished(r.json.run_id);
    assert.equal(end.state, "succeeded");
    assert.ok(Math.abs(end.result.eoq - Math.sqrt(1000)) < 1e-9);
    const list = await seen;
    assert.deepEqual([list.at(-1).event, list.at(-1).data], ["end", end]);
    const wrong = await d.post("/api/v1/optimizer/inventory/eoq", { annual_demand: -1 }, { headers: { prefer: "respond-async" } });
    const failed = await d.finished(wrong.json.run_id);
    assert.deepEqual([failed.state, failed.error.code, failed.result], ["failed", "invalid_input", null]);
  });

  test("that takes too long for a request becomes a run; watched, cancelled, its connection free meanwhile", { timeout: 60_000 }, async () => {
    const r = await d.post("/api/v1/forecaster/backtest", endless);
    assert.equal(r.status, 202, `not long enough to become a run: ${r.text.slice(0, 200)}`);
    let told = "";
    const seen = events(r.json.run_id, (text) => (told = text));
    await until(() => /"stage":"\w/.test(told), "a stage of its progress");
    const cancel = await d.post(`/api/v1/runs/${r.json.run_id}/cancel`);
    assert.equal(cancel.status, 200, cancel.text);
    const end = await d.finished(r.json.run_id);
    assert.equal(end.state, "cancelled");
    const list = await seen;
    assert.ok(list.some((e) => e.event === "progress"), "progress was told");
    assert.equal(list.at(-1).event, "end");
    assert.equal(list.at(-1).data.state, "cancelled");
  });
});
