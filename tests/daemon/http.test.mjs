// Requests as bytes: what two readers could take differently is refused, each refusal is a problem like any other, and nothing that is hidden
// in one request is taken for a second.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { contract, numbers } from "./lib/contract.mjs";
import { command, dailyCsv, patience, startDaemon, until } from "./lib/daemon.mjs";

const origins = "https://one.test.evil https://one.test https://two.test:8443";
let d;
before(async () => {
  d = await startDaemon({ flags: { request_mb: 1, upload_mb: 1, origins } });
  assert.equal((await d.upload(dailyCsv(30), "?name=a.csv")).status, 200);
});
after(async () => {
  assert.equal((await d.get("/api/v1/metrics/sales")).json.series[0].values.length, 30);
  const end = await d.stop();
  assert.equal(end.status, 0, `${end.signal} ${end.log.slice(-2000)}`);
});

const auth = () => `Host: x\r\nAuthorization: Bearer ${d.token}\r\n`;

/** Every reply in the bytes of a connection: { status, headers, body }. A reply to HEAD would have no body: none is asked for here. */
function replies(bytes) {
  const list = [];
  for (let rest = bytes; rest.length > 0; ) {
    const [, head, after] = /^([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(rest) ?? [null, rest, ""];
    const [line, ...fields] = head.split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3}) /.exec(line)?.[1]);
    assert.ok(status, `no reply: ${JSON.stringify(rest.slice(0, 200))}`);
    const headers = Object.fromEntries(fields.map((f) => [f.slice(0, f.indexOf(":")).toLowerCase(), f.slice(f.indexOf(":") + 1).trim()]));
    const n = Number(headers["content-length"] ?? 0);
    if (status !== 100) list.push({ status, headers, body: after.slice(0, n) });
    rest = after.slice(status === 100 ? 0 : n);
  }
  return list;
}

/** The only reply, which must be a problem with this status. */
function problem(bytes, status, what, id) {
  const [r, ...more] = replies(bytes);
  assert.ok(r, `${what}: no reply`);
  assert.equal(r.status, status, `${what}: ${bytes.slice(0, 300)}`);
  assert.deepEqual(more, [], what);
  assert.equal(r.headers["content-type"], "application/problem+json", what);
  assert.equal(r.headers["x-content-type-options"], "nosniff", what);
  const p = JSON.parse(r.body);
  assert.deepEqual([p.status, p.path, p.message === p.detail && p.message.length > 10], [status, "", true], `${what}: ${r.body}`);
  assert.match(p.code, /^(invalid_input|too_large|unsupported|rate_limited)$/, what);
  if (id) assert.equal(r.headers["x-request-id"], id, what);
  else assert.match(r.headers["x-request-id"], /^[0-9a-f-]{36}$/, what);
  return { ...r, problem: p };
}

describe("what the server itself refuses", () => {
  const get = (target, fields = "") => `GET ${target} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;
  const post = (fields, body = "{}") => `POST /api/v1/optimizer/inventory/eoq HTTP/1.1\r\n${auth()}${fields}\r\n${body}`;
  const cases = () => [
    ["a target in absolute form", get("http://x/healthz"), 400],
    ["a target of another kind", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["an authority", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["a fragment", get("/healthz#x"), 400],
    ["a climbing path", get("/../etc/passwd"), 400],
    ["an escaped climbing path", get("/a/%2e%2e/b"), 400],
    ["a climbing path behind an escaped slash", get("/a%2f..%2fb"), 400],
    ["a NUL", get("/a%00b"), 400],
    ["no UTF-8", get("/%ff"), 400],
    ["an overlong slash", get("/%c0%af"), 400],
    ["a surrogate", get("/%ed%a0%80"), 400],
    ["half an escape", get("/%4"), 400],
    ["a NUL in the query", get("/healthz?a=%00"), 400],
    ["a query of hundreds of parts", get(`/healthz?${"a&".repeat(300)}`), 400],
    ["a blank in the target", get("/health z"), 400],
    ["a control character in the target", get("/health\u0001z"), 400],
    ["a long target", get(`/${"a".repeat(9000)}`), 414],
    ["a very long target", get(`/${"a".repeat(40_000)}`), 414],
    ["long header fields", get("/healthz", `X: ${"y".repeat(40_000)}\r\n`), 431],
    ["many header fields", get("/healthz", `X: ${"y".repeat(100)}\r\n`.repeat(330)), 431],
    ["no Host", "GET /healthz HTTP/1.1\r\nX: y\r\n\r\n", 400],
    ["two Hosts", get("/healthz", "Host: y\r\n"), 400],
    ["a blank before the colon", get("/healthz", "X : y\r\n"), 400],
    ["a name of no token", get("/healthz", "X(y): z\r\n"), 400],
    ["a control character in a name", get("/healthz", "X\u0001: z\r\n"), 400],
    ["a control character in a value", get("/healthz", "X: a\u0001b\r\n"), 400],
    ["a DEL in a value", get("/healthz", "X: a\u007fb\r\n"), 400],
    ["a bare CR in a value", get("/healthz", "X: a\rY: b\r\n"), 400],
    ["a first field that is folded", "GET /healthz HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n", 400],
    ["two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n"), 400],
    ["the same length twice", post("Content-Length: 2\r\nContent-Length: 2\r\n"), 400],
    ["length and coding", post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400],
    ["two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400],
    ["a coding in HTTP/1.0", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"), 400],
    ["another coding", post("Transfer-Encoding: gzip\r\n"), 501],
    ["a coding upon chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501],
    ["nearly chunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501],
    ["a long body whose sender waits", post("Expect: 100-continue\r\nContent-Length: 2000000\r\n"), 413],
    ["a body too long to be heard out", post("Content-Length: 2000000000\r\n"), 413],
    ["a body where none is taken", get("/api/v1/runs/", `Authorization: Bearer ${d.token}\r\nConnection: close\r\nContent-Length: 2\r\n`) + "{}", 413],
  ];

  test("is a problem with code, path, message and request id, and ends the connection", async () => {
    for (const [what, bytes, status] of cases()) {
      const r = problem(await d.raw(bytes), status, what);
      assert.equal(r.headers.connection, "close", what);
      const named = bytes.replace("Host: x\r\n", "Host: x\r\nX-Request-Id: mine-7\r\n");
      if (named !== bytes) problem(await d.raw(named), status, what, "mine-7");
    }
    await until(() => d.log().includes('"event":"refused"') || d.log().includes("refused"), "the log of it");
    assert.match(d.log(), /"refused".*"id":"mine-7".*"status":414/);
  });

  test("is a long body, which is heard out so that its sender gets to read the reply", async () => {
    const text = await d.raw(`${post("Content-Length: 2000000\r\n", "x".repeat(2_000_000))}${get("/healthz", "Connection: close\r\n")}`);
    assert.deepEqual(replies(text).map((r) => r.status), [413, 200]);
  });

  test("is a body in pieces that grows too long", async () => {
    const piece = `${(10_000).toString(16)}\r\n${"x".repeat(10_000)}\r\n`;
    const text = await d.raw(post("Transfer-Encoding: chunked\r\nConnection: close\r\n", `${piece.repeat(120)}0\r\n\r\n`));
    problem(text, 413, "a long body in pieces");
  });

  test("or cannot be taken for a request at all, is answered once and ends", async () => {
    const second = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    const random = numbers(7);
    const noise = Array.from({ length: 30 }, () => Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256))).toString("latin1"));
    const odd = ["GET", "GET /", "GET / HTTP/9.9", "GET / nonsense", "PRI * HTTP/2.0", "\x16\x03\x01\x02", "GET / HTTP/1.1\r\nHost: x\r\nno colon"].map((t) => `${t}\r\n\r\n`);
    const lengths = ["-1", "0x2", "2, 2", "2 2", "+2", "two", "9".repeat(30)].map((n) => post(`Content-Length: ${n}\r\n`));
    const chunks = ["zz\r\n{}\r\n", "-1\r\n", `${"f".repeat(20)}\r\n`, "2;a=b\r\n{}x\r\n", "\r\n"].map((t) => post("Transfer-Encoding: chunked\r\n", `${t}0\r\n\r\n`));
    /* What is no whole request may be waited for: a second of silence ends it. */
    const settled = (bytes) =>
      new Promise((done) => {
        let got = "";
        const socket = net.connect(d.port, "127.0.0.1", () => socket.end(Buffer.from(bytes, "latin1")));
        socket.setTimeout(1000 * patience, () => socket.destroy());
        socket.on("data", (p) => (got += p.toString("latin1")));
        socket.on("error", () => {});
        socket.on("close", () => done(got));
      });
    const all = [...odd, ...lengths, ...chunks, ...noise];
    const texts = await Promise.all(all.map((bytes) => settled(bytes + second)));
    for (const [i, text] of texts.entries()) {
      const bytes = all[i];
      assert.ok(!text.includes('"status":"ok"'), `${JSON.stringify(bytes.slice(0, 80))} let a second request through: ${text.slice(0, 200)}`);
      assert.ok(text === "" || /^HTTP\/1\.[01] [45]\d\d /.test(text), `${JSON.stringify(bytes.slice(0, 80))}: ${text.slice(0, 200)}`);
    }
  });
});

describe("a request hidden in another", () => {
  const marked = (name) => JSON.stringify({ name, connector_type: "file_upload" });
  const inner = (name) => `POST /api/v1/connectors/ HTTP/1.1\r\n${auth()}Content-Length: ${marked(name).length}\r\n\r\n${marked(name)}`;

  const last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  test("is never found, whatever hides it", async () => {
    const hidden = inner("smuggled");
    const n = hidden.length;
    const piece = `${n.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
    const to = "POST /api/v1/optimizer/inventory/eoq HTTP/1.1\r\n";
    for (const [what, bytes] of [
      ["length before coding", `${to}${auth()}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
      ["coding before length", `${to}${auth()}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`],
      ["a coding with a blank before its colon", `${to}${auth()}Content-Length: 5\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`],
      ["a coding with a tab", `${to}${auth()}Content-Length: 5\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n${hidden}`],
      ["a coding in a folded line", `${to}${auth()}Content-Length: 5\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
      ["a coding behind a bare CR", `${to}${auth()}Content-Length: 5\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
      ["a coding behind a bare LF", `${to}${auth()}Content-Length: 5\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
      ["a coding that is quoted", `${to}${auth()}Content-Length: 5\r\nTransfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n${hidden}`],
      ["two lengths, first short", `${to}${auth()}Content-Length: 0\r\nContent-Length: ${n}\r\n\r\n${hidden}`],
      ["two lengths, last short", `${to}${auth()}Content-Length: ${n}\r\nContent-Length: 0\r\n\r\n${hidden}`],
      ["a list of lengths", `${to}${auth()}Content-Length: 0, ${n}\r\n\r\n${hidden}`],
      ["a length behind a bare LF", `${to}${auth()}Content-Length: ${n}\r\nX: y\nContent-Length: 0\r\n\r\n${hidden}`],
      ["a body", `${to}${auth()}Content-Length: ${n}\r\n\r\n${hidden}`],
      ["a piece of a body", `${to}${auth()}Transfer-Encoding: chunked\r\n\r\n${piece}`],
      ["a chunk's extension", `${to}${auth()}Transfer-Encoding: chunked\r\n\r\n${n.toString(16)};a="\r\n${hidden}\r\n0\r\n\r\n`],
      ["the body of a GET", `GET /api/v1/runs/ HTTP/1.1\r\n${auth()}Content-Length: ${n}\r\n\r\n${hidden}`],
      ["the body of a GET in pieces", `GET /healthz HTTP/1.1\r\n${auth()}Transfer-Encoding: chunked\r\n\r\n${piece}`],
      ["the body of a HEAD", `HEAD /healthz HTTP/1.1\r\n${auth()}Content-Length: ${n}\r\n\r\n${hidden}`],
      ["the body of an OPTIONS", `OPTIONS /healthz HTTP/1.1\r\n${auth()}Content-Length: ${n}\r\n\r\n${hidden}`],
      ["the body of what is not there", `POST /nothing HTTP/1.1\r\n${auth()}Content-Length: ${n}\r\n\r\n${hidden}`],
      ["the body of one without a token", `${to}Host: x\r\nContent-Length: ${n}\r\n\r\n${hidden}`],
      ["a header field", `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${hidden.replaceAll("\r\n", " ")}\r\nConnection: close\r\n\r\n`],
      ["trailer fields", `${to}${auth()}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: ${n}\r\nAuthorization: none\r\n\r\n`],
      ["an upgrade", `GET /healthz HTTP/1.1\r\n${auth()}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n\r\n`],
    ]) {
      const text = await d.raw(bytes + last);
      assert.doesNotMatch(text, /HTTP\/1\.1 (201|101)/, what);
      assert.ok((text.match(/"status":"ok"/g) ?? []).length <= (bytes.includes("GET /healthz") ? 2 : 1), `${what}: ${text}`);
    }
    const { items } = (await d.get("/api/v1/connectors/?limit=1000")).json;
    assert.ok(!items.some((s) => s.name === "smuggled"), "one was found");
  });

  test("is found where it is none: requests that follow each other are answered in turn", async () => {
    const two = replies(await d.raw(inner("first") + inner("second") + last));
    assert.deepEqual(two.map((r) => [r.status, JSON.parse(r.body).name]), [[201, "first"], [201, "second"], [200, undefined]]);
    const pieces = `POST /api/v1/connectors/ HTTP/1.1\r\n${auth()}Transfer-Encoding: chunked\r\n\r\n${[...marked("pieces")].map((c) => `1;x=y\r\n${c}\r\n`).join("")}0\r\nX: trailer\r\n\r\n`;
    assert.deepEqual(replies(await d.raw(pieces + last)).map((r) => r.status), [201, 200]);
  });
});

describe("late is", () => {
  test("a request whose fields or body do not come: 408, and nothing of it stays", { timeout: 60_000 * patience }, async () => {
    const own = await startDaemon({ flags: { header_s: 1, idle_s: 30 } });
    const head = `POST /api/v1/connectors/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${own.token}\r\n`;
    const slow = (text) =>
      new Promise((done) => {
        let got = "";
        const socket = net.connect(own.port, "127.0.0.1", () => socket.write(text));
        const drip = setInterval(() => socket.write("a"), 100);
        socket.on("data", (p) => (got += p));
        socket.on("error", () => {});
        socket.on("close", () => (clearInterval(drip), done(got)));
      });
    const [fields, body, pieces, line, silent] = await Promise.all([slow(`${head}X-Slow: `), slow(`${head}Content-Length: 100000\r\n\r\ndate,late\n2024-01-01,1`), slow(`${head}Transfer-Encoding: chunked\r\n\r\nffff\r\ndate,late\n`), slow("GET /heal"), slow("")]);
    for (const [what, text] of Object.entries({ fields, body, pieces })) problem(text, 408, what);
    assert.deepEqual([line, silent], ["", ""], "what has not begun is just closed");
    await until(() => (own.log().match(/"status":408/g) ?? []).length >= 3, "three lines about it");
    assert.equal((await own.get("/api/v1/metrics/late")).status, 404);
    assert.deepEqual((await own.get("/api/v1/runs/")).json.items, []);
    assert.equal((await own.stop()).status, 0);
  });
});

describe("a request id", () => {
  test("that is a token, or begins like one, is replaced and stands nowhere", async () => {
    const hidden = d.tokenOf("hidden", "read");
    for (const id of [hidden, `x-${hidden}`, hidden.slice(0, 30), "dyo_", `${hidden}.1`, hidden.slice(0, 64)]) {
      const r = await d.get("/api/v1/runs/", { token: hidden, headers: { "x-request-id": id } });
      assert.match(r.headers["x-request-id"], /^[0-9a-f-]{36}$/, id);
      const refused = problem(await d.raw(`GET /../x HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\n\r\n`), 400, id);
      assert.ok(!JSON.stringify(refused).includes(id));
    }
    assert.ok(!d.log().includes(hidden.slice(4, 24)), "in the log");
    for (const id of ["a b", "a\tb", "x".repeat(65), "é", '"', "a,b", "a;b"]) assert.match((await d.get("/healthz", { headers: { "x-request-id": Buffer.from(id).toString("latin1") } })).headers["x-request-id"], /^[0-9a-f-]{36}$/, id);
  });
});

describe("methods", () => {
  test("HEAD is GET without its body, OPTIONS says what there is, others are refused", async () => {
    const { routes } = contract((await d.get("/openapi.json")).json);
    for (const path of new Set(routes.map((r) => r.path))) {
      const mine = routes.filter((r) => r.path === path).map((r) => r.method);
      const at = path.replace("{metric_name}", "sales").replace(/\{\w+\}/g, "01890000-0000-7000-8000-000000000000");
      const options = await d.request("OPTIONS", at, { token: null });
      assert.deepEqual([options.status, options.body.length], [204, 0], path);
      for (const m of mine) assert.ok(options.headers.allow.split(", ").includes(m), `${path}: ${options.headers.allow}`);
      if (mine.includes("GET") && !path.endsWith("/events")) {
        const [get, head] = [await d.get(at), await d.request("HEAD", at)];
        assert.deepEqual([head.status, head.body.length, head.headers["content-type"]], [get.status, 0, get.headers["content-type"]], path);
        if (path !== "/api/v1/runs/") assert.equal(head.headers["content-length"], get.headers["content-length"], path);
      }
      for (const method of ["PUT", "TRACE", "PROPFIND", "get", "X".repeat(40)]) {
        const r = replies(await d.raw(`${method} ${at} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`))[0];
        assert.equal(r.status, 405, `${method} ${path}`);
        assert.equal(r.headers["content-type"], "application/problem+json");
        for (const m of mine) assert.ok(r.headers.allow.split(", ").includes(m));
      }
    }
  });
});

describe("pages of other origins", () => {
  const answers = async (origin) => {
    const o = { headers: { origin } };
    const json = { "content-type": "application/json" };
    const etag = (await d.get("/api/v1/metrics/sales")).headers.etag;
    const eoq = { annual_demand: 100, order_cost: 5, holding_cost_per_unit: 1 };
    const made = (await d.post("/api/v1/connectors/", { name: "brief", connector_type: "file_upload" })).json.source_id;
    return {
      200: await d.get("/api/v1/runs/", o),
      "200 of a series": await d.get("/api/v1/metrics/sales", o),
      "200 in CSV": await d.get("/api/v1/metrics/sales", { headers: { origin, accept: "text/csv" } }),
      "200 of an operation": await d.post("/api/v1/optimizer/inventory/eoq", eoq, o),
      202: await d.post("/api/v1/optimizer/inventory/eoq", eoq, { headers: { ...json, origin, prefer: "respond-async" } }),
      204: await d.request("DELETE", `/api/v1/connectors/${made}`, o),
      "204 of OPTIONS": await d.request("OPTIONS", "/api/v1/runs/", o),
      304: await d.get("/api/v1/metrics/sales", { headers: { origin, "if-none-match": etag } }),
      400: await d.get("/api/v1/runs/?limit=0", o),
      401: await d.get("/api/v1/runs/", { ...o, token: null }),
      403: await d.post("/api/v1/connectors/", {}, { ...o, token: d.tokenOf("cors", "read") }),
      404: await d.get("/api/v1/nothing", o),
      405: await d.request("PUT", "/api/v1/runs/", o),
    };
  };

  test("read every kind of answer where they are named, and none elsewhere", async () => {
    for (const origin of ["https://one.test", "https://two.test:8443", "https://one.test.evil"])
      for (const [what, r] of Object.entries(await answers(origin))) {
        assert.equal(r.status, Number(what.slice(0, 3)), `${what}: ${r.text}`);
        assert.equal(r.headers["access-control-allow-origin"], origin, what);
        assert.match(r.headers.vary, /Origin/, what);
      }
    for (const origin of ["https://one.tes", "https://one.test.", "https://one.test:443", "http://one.test", "https://two.test", "HTTPS://ONE.TEST", "one.test", "null", "*", origins, "https://one.test.evil https://one.test"])
      for (const [what, r] of Object.entries(await answers(origin))) {
        assert.equal(r.headers["access-control-allow-origin"], undefined, `${what} for ${origin}`);
        assert.match(r.headers.vary, /Origin/, `${what}: a cache must know`);
      }
  });
});

test("texts that are SQL find nothing, change nothing and come back as they were", async () => {
  const own = await startDaemon();
  const texts = ["'", "''; DROP TABLE runs; --", "1 OR 1=1", '" OR ""="', "%", "_", "*", "x' UNION SELECT * FROM tokens --", "\\", "a\u202eb", "'||(SELECT 1)||'", "$1", "?1", ":x", "@x"];
  await own.upload(dailyCsv(3), "?name=a.csv");
  for (const text of texts) {
    const t = encodeURIComponent(text);
    for (const path of [`runs/${t}`, `connectors/${t}`, `metrics/${t}`, `forecaster/${t}`, `optimizer/runs/${t}`, `alerts/${t}`]) assert.equal((await own.get(`/api/v1/${path}`)).status, 404, path);
    for (const q of [`forecaster/?metric_name=${t}`, `optimizer/runs/?optimization_type=${t}`, `alerts/events/?rule_id=${t}`]) assert.deepEqual((await own.get(`/api/v1/${q}`)).json.items, [], q);
    assert.deepEqual((await own.get(`/api/v1/metrics/sales?dimensions=${encodeURIComponent(JSON.stringify({ [text]: text }))}`)).json.series, [], text);
    assert.equal((await own.post("/api/v1/connectors/", { name: text, connector_type: "file_upload" })).json.name, text);
    assert.equal((await own.post("/api/v1/forecaster/create", { metric_name: text, forecast_horizon: 1 })).status, 404, text);
    if (/["\u202e]/.test(text)) continue; // what a CSV's own quotes and a name's rules make of it is tested elsewhere
    const up = await own.upload(`date,place,"${text}"\n2024-01-01,"${text}",1\n2024-01-02,"${text}",2\n2024-01-03,"${text}",4\n`, "?name=x.csv&group_by=place");
    assert.equal(up.status, 200, `${text}: ${up.text}`);
    const r = await own.get(`/api/v1/metrics/${encodeURIComponent(up.json.series[0].metric_name)}`);
    assert.deepEqual([r.json.series[0].values, r.json.series[0].dimensions], [[1, 2, 4], { place: text }], text);
  }
  await own.upload('date,place,"=cmd()"\n2024-01-01,@a,1\n2024-01-02,@a,2\n', "?group_by=place");
  const csv = await own.get(`/api/v1/metrics/${encodeURIComponent("=cmd()")}`, { headers: { accept: "text/csv" } });
  for (const line of csv.text.trim().split("\r\n").slice(1)) assert.match(line, /^"'=cmd\(\)"/, "a spreadsheet would run it");
  assert.equal((await own.get("/api/v1/metrics/sales")).json.series[0].values.length, 3);
  assert.equal((await own.stop()).status, 0);
  assert.match(command(["db", "check", "--db", own.db]).stdout + command(["doctor", "--db", own.db]).stdout, /sound|ok/i);
});
