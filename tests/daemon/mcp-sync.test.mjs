// Connectors over MCP: the client in both eras and over both transports, the official servers, and MCP first with Drive itself as
// what is fallen back on.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import { startGoogle } from "../fakes/google/server.mjs";
import { startMcp } from "../fakes/mcp/http.mjs";
import { scratch, startDaemon, until } from "./lib/daemon.mjs";
import { sameAs, tableOf } from "./lib/drive-files.mjs";
import { connector as driveConnector, series, settings, sync } from "./lib/drive.mjs";
import { everything, everythingPath, filesystem, own, serversFile } from "./lib/mcp-servers.mjs";

const csv = (k) => tableOf(k, 5).map((r) => r.join(",")).join("\n");
const files = (n) => Object.fromEntries(Array.from({ length: n }, (_, k) => [`fake:///tables/f${k}.csv`, csv(k)]));
const impatient = { connect_silent_s: 1, connect_request_s: 3 }; // for servers that never answer; others may take long to start
const remote = { modern: await startMcp({ era: "modern", files: files(5), page: 2 }), legacy: await startMcp({ era: "legacy", files: files(5), page: 2 }, { sse: true }), both: await startMcp({ files: files(5) }, { sse: true, token: "sesame" }) };
const google = await startGoogle();
const dir = scratch();
const tokenFile = `${scratch()}/token`;
writeFileSync(tokenFile, "sesame\n");

const behaviours = {
  modern: { era: "modern", files: files(5), page: 2 },
  legacy: { era: "legacy", files: files(5), page: 2, chatter: true, noise: true },
  short: { files: files(5), lie: "short" },
  moody: { files: files(5), lie: "drop" },
  looping: { files: files(5), loop: true },
  silent: { files: files(5), hang: "resources/read" },
  mute: { hang: "initialize", era: "legacy" },
  refusing: { files: files(5), refuse: "resources/list" },
  dying: { files: files(5), die: "resources/read" },
  asking: { files: files(5), input: true },
  blobs: { files: { "fake:///tables/f1.csv": { blob: Buffer.from(csv(1)).toString("base64") } } },
};

let d, hasty;
const servers = [
  filesystem("files", dir),
  everything("everything"),
  ...Object.entries(behaviours).map(([name, b]) => own(name, b)),
  { name: "remote-modern", url: remote.modern.url },
  { name: "remote-legacy", url: remote.legacy.url },
  { name: "remote-both", url: remote.both.url, token_file: tokenFile },
  { name: "locked", url: remote.both.url },
  { ...own("theirs", { files: files(1) }), tenants: ["another"] },
  { name: "absent", command: "/nowhere/to/be/found" },
];
before(async () => {
  d = await startDaemon({ flags: { ...settings, mcp_servers: serversFile(servers) } });
  hasty = await startDaemon({ flags: { ...settings, ...impatient, mcp_servers: serversFile(servers) } });
});
after(async () => {
  for (const one of [d, hasty]) {
    const end = await one.stop();
    assert.equal(end.status, 0, end.log.slice(-2000));
  }
  await Promise.all([...Object.values(remote), google].map((f) => f.close()));
});

const children = () => readdirSync("/proc").filter((p) => /^\d+$/.test(p) && [d.pid, hasty.pid].includes(Number(statOf(p)?.[3])));
const statOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/\(.*\)/, "x").split(" ");
  } catch {
    return null;
  }
};

async function connector(config, dd = d) {
  const r = await dd.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { file_dimension: `by ${config.server}`, ...config } });
  assert.equal(r.status, 201, r.text);
  return r.json.source_id;
}
const mine = async (server) => (await series(d, "sales")).filter((s) => s.dimensions[`by ${server}`] !== undefined && Object.keys(s.values).length > 0);

describe("servers and eras", () => {
  for (const [server, version] of [["modern", "2026-07-28"], ["legacy", "2025-11-25"], ["remote-modern", "2026-07-28"], ["remote-legacy", "2025-11-25"], ["remote-both", "2026-07-28"]])
    test(`${server}: found out, listed page by page, read, proven`, async () => {
      const id = await connector({ server });
      const check = await d.post(`/api/v1/connectors/${id}/test`);
      assert.deepEqual(check.json.details, { version, documents: 5, tools: 2 }, check.text);
      const run = await sync(d, id);
      assert.deepEqual([run.state, run.method, run.proof.source_live, run.proof.added], ["succeeded", "mcp", 5, 5], JSON.stringify(run));
      assert.equal(run.proof.digest_received, run.proof.digest_stored);
      const found = await mine(server);
      assert.equal(found.length, 5);
      for (const s of found) sameAs(s, tableOf(Number(Object.values(s.dimensions)[0].slice(1)), 5));
      assert.deepEqual(children(), [], "no process is left");
    });

  test("a tool that lists in its structured answer, and one that reads; contents in base64", async () => {
    const run = await sync(d, await connector({ server: "modern", list_tool: "list", read_tool: "fetch", read_argument: "path", file_dimension: "tool" }));
    assert.deepEqual([run.state, run.proof.added], ["succeeded", 5], JSON.stringify(run.error));
    assert.equal((await sync(d, await connector({ server: "blobs" }))).state, "succeeded");
    sameAs((await mine("blobs"))[0], tableOf(1, 5));
  });
});

describe("the official servers", () => {
  test("server-filesystem: a folder of files, edited", async () => {
    for (let k = 0; k < 6; k++) writeFileSync(`${dir}/f${k}.csv`, csv(k));
    writeFileSync(`${dir}/notes.txt`, "nothing");
    const id = await connector({ server: "files", list_tool: "search_files", list_arguments: { path: dir, pattern: "**/*.csv" }, read_tool: "read_text_file", read_argument: "path" });
    const run = await sync(d, id);
    assert.deepEqual([run.state, run.method, run.proof.source_live], ["succeeded", "mcp", 6], JSON.stringify(run));
    for (const s of await mine("files")) sameAs(s, tableOf(Number(s.dimensions["by files"].slice(1)), 5));
    writeFileSync(`${dir}/f0.csv`, csv(9));
    const { unlinkSync } = await import("node:fs");
    unlinkSync(`${dir}/f1.csv`);
    const again = await sync(d, id);
    assert.deepEqual([again.state, again.proof.source_live, again.proof.removed], ["succeeded", 5, 1]);
    const found = await mine("files");
    assert.equal(found.length, 5);
    sameAs(found.find((s) => s.dimensions["by files"] === "f0"), tableOf(9, 5));
  });

  test("server-everything by standard input and over Streamable HTTP", async (t) => {
    const check = async (dd, server) => {
      const r = await dd.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server } });
      return (await dd.post(`/api/v1/connectors/${r.json.source_id}/test`)).json;
    };
    const local = await check(d, "everything");
    assert.deepEqual([local.ok, local.details.version, local.details.tools > 5], [true, "2025-11-25", true], JSON.stringify(local));
    const probe = net.createServer().listen(0, "127.0.0.1");
    await new Promise((go) => probe.on("listening", go));
    const { port } = probe.address();
    await new Promise((go) => probe.close(go));
    const child = spawn(process.execPath, [everythingPath, "streamableHttp"], { env: { ...process.env, PORT: String(port) }, stdio: "ignore" });
    t.after(() => child.kill("SIGKILL"));
    await until(() => fetch(`http://127.0.0.1:${port}/mcp`).then(() => true, () => false), "the server", 200_000);
    const other = await startDaemon({ flags: { ...settings, mcp_servers: serversFile([{ name: "remote", url: `http://127.0.0.1:${port}/mcp` }]) } });
    const far = await check(other, "remote");
    assert.deepEqual([far.ok, far.details.version, far.details.tools > 5], [true, "2025-11-25", true], JSON.stringify(far));
    await other.stop();
  });
});

describe("what goes wrong", () => {
  const ends = [
    ["short", "partial", /bytes came of/],
    ["moody", "failed", /another one each time/],
    ["looping", "failed", /comes to no end/],
    ["silent", "failed", /no answer in time/],
    ["mute", "failed", /no answer in time/],
    ["refusing", "failed", /not today/],
    ["dying", "failed", /ended/],
    ["locked", "failed", /401/],
    ["absent", "failed", /does not start/],
    ["theirs", "failed", /no MCP server "theirs" is configured/],
    ["nobody", "failed", /no MCP server "nobody" is configured/],
  ];
  for (const [server, state, why] of ends)
    test(`${server}: the run ends ${state}`, async () => {
      const dd = /in time/.test(why.source) ? hasty : d;
      const run = await sync(dd, await connector({ server }, dd));
      assert.equal(run.state, state, JSON.stringify(run));
      assert.match(run.error.message, why);
      assert.deepEqual(children(), []);
    });

  test("a tool that wants a person", async () => {
    const run = await sync(d, await connector({ server: "asking", list_tool: "list", read_tool: "fetch", read_argument: "path" }));
    assert.deepEqual([run.state, /input from a person/.test(run.error.message)], ["failed", true]);
  });

  test("a question to a person is declined, work that is put off is asked for again, a question to a model is not answered", async (t) => {
    t.after(() => delete remote.modern.mcp.is.input);
    for (const [input, state] of [["person", "succeeded"], ["later", "succeeded"], ["model", "failed"]]) {
      remote.modern.mcp.is.input = input;
      const run = await sync(d, await connector({ server: "remote-modern", list_tool: "list", read_tool: "fetch", read_argument: "path", file_dimension: input }));
      assert.equal(run.state, state, JSON.stringify(run));
    }
  });

  test("a run that is cancelled ends the process and says so to the server", async () => {
    const slow = await startMcp({ era: "legacy", files: files(3), hang: "resources/read" });
    const other = await startDaemon({ flags: { ...settings, connect_request_s: 60, connect_silent_s: 60, mcp_servers: serversFile([{ name: "slow", url: slow.url }, own("stuck", { files: files(3), hang: "resources/read" })]) } });
    for (const server of ["slow", "stuck"]) {
      const r = await other.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server } });
      const started = await other.post(`/api/v1/connectors/${r.json.source_id}/sync`);
      if (server === "slow") await until(() => slow.mcp.seen.includes("resources/read"), "the request");
      else await until(async () => (await other.get(`/api/v1/runs/${started.json.run_id}`)).json.stage === "documents", "the stage");
      await other.post(`/api/v1/runs/${started.json.run_id}/cancel`);
      assert.equal((await other.finished(started.json.run_id)).state, "cancelled");
    }
    await until(() => slow.mcp.cancelled.length === 1, "the word to the server");
    await other.stop();
    await slow.close();
  });

  test("settings that cannot be right; a list of servers that is none", async () => {
    for (const [change, path] of [
      [{ server: undefined }, "/config/server"],
      [{ list_tool: "a" }, "/config/read_tool"],
      [{ list_tool: "a", read_tool: "b" }, "/config/read_argument"],
      [{ read_tool: "b" }, "/config/list_tool"],
      [{ list_tool: "a", read_tool: "b", read_argument: "c", uri_prefix: "x" }, "/config/uri_prefix"],
      [{ parse: { name: "x" } }, "/config/parse/name"],
      [{ command: "sh" }, "/config/command"],
    ]) {
      const r = await d.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server: "modern", ...change } });
      assert.deepEqual([r.status, r.json.path], [400, path], r.text);
    }
    for (const bad of [[{ name: "a" }], [{ name: "a", command: "x", url: "https://y" }], [{ name: "a", url: "https://y" }, { name: "a", url: "https://z" }]])
      await assert.rejects(startDaemon({ flags: { mcp_servers: serversFile(bad) } }), /mcp_servers/);
    assert.ok(!existsSync("/nowhere"));
  });
});

describe("MCP first, Drive itself where it fails", () => {
  let n = 0;
  /** A folder of the fake Drive, and a daemon whose MCP server `drive` gives its files, or what it makes of them. */
  async function scene(t, behaviour, options) {
    const folder = google.drive.folder(`mcp ${++n}`).id;
    const made = Array.from({ length: 4 }, (_, k) => google.drive.put(`m${n}-${k}.csv`, csv(k), { parent: folder }));
    const given = Object.fromEntries(made.map((f, k) => [`gdrive:///${f.id}`, csv(k)]));
    const server = own("drive", { files: given, ...behaviour });
    const dd = await startDaemon({ flags: { ...settings, ...(behaviour.hang ? impatient : {}), mcp_servers: serversFile(options?.absent ? [] : [server]) } });
    t.after(() => dd.stop());
    return { dd, folder, id: await driveConnector(dd, google, folder, { file_dimension: "file", mcp_server: "drive" }) };
  }
  const whole = async (dd) => {
    const found = await series(dd, "sales");
    assert.equal(found.length, 4);
    for (const s of found) sameAs(s, tableOf(Number(s.dimensions.file.split("-")[1]), 5));
  };
  const media = () => google.requests.filter((r) => /alt=media/.test(r.url)).length;

  test("all by MCP, proven by what Drive says of the files", async (t) => {
    const { dd, id } = await scene(t, {});
    const before_ = media();
    const run = await sync(dd, id);
    assert.deepEqual([run.state, run.method, run.result.method, run.result.fallback], ["succeeded", "mcp", "mcp", null], JSON.stringify(run));
    assert.equal(media(), before_);
    await whole(dd);
  });

  for (const [name, behaviour, why, options] of [
    ["refuses", { refuse: "resources/read" }, /not today/],
    ["lies", { lie: "other" }, /gave something else for m\d+-\d.csv than Drive says it is/],
    ["cuts", { lie: "short" }, /gave something else/],
    ["hangs", { hang: "resources/read" }, /no answer in time/],
    ["dies", { die: "resources/read" }, /ended/],
    ["is not there", {}, /no MCP server/, { absent: true }],
  ])
    test(`a server that ${name}: the run goes on with Drive, is whole, and says why`, async (t) => {
      const { dd, id } = await scene(t, behaviour, options);
      const run = await sync(dd, id);
      assert.deepEqual([run.state, run.method, run.proof.source_live], ["succeeded", "api", 4], JSON.stringify(run));
      assert.match(run.result.fallback, why);
      await whole(dd);
    });
});
