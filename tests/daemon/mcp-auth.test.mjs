// Tokens for MCP servers: client credentials, refresh tokens that change with each use, a person who signs in at the command line; whom
// credentials are shown to, and where a server may send us.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startGoogle } from "../fakes/google/server.mjs";
import { startMcp } from "../fakes/mcp/http.mjs";
import { McpOAuth } from "../fakes/mcp/oauth.mjs";
import { built } from "../lib/project.mjs";
import { onServer, program, startDaemon } from "./lib/daemon.mjs";
import { tableOf } from "./lib/drive-files.mjs";
import { connector as driveConnector, settings, sync } from "./lib/drive.mjs";
import { serversFile } from "./lib/mcp-servers.mjs";

const files = { "fake:///tables/f1.csv": tableOf(1, 5).map((r) => r.join(",")).join("\n") };
const oauth = new McpOAuth();
const server = await startMcp({ files }, { oauth });
const issuer = `${server.url.slice(0, -4)}/issuer`;
const google = await startGoogle();
const flags = { ...settings, mcp_servers: serversFile([{ name: "locked", url: server.url }]) };
let d;
before(async () => {
  d = await startDaemon({ flags });
});
after(async () => {
  const end = await d.stop();
  assert.equal(end.status, 0, end.log.slice(-2000));
  await Promise.all([server.close(), google.close()]);
});

async function connector(config) {
  const r = await d.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server: "locked", file_dimension: `f${Math.random()}`, ...config } });
  assert.equal(r.status, 201, r.text);
  return r.json.source_id;
}
const grantsSince = (n) => oauth.grants.slice(n).map((g) => g.grant_type);
const read = async (id) => (await d.get(`/api/v1/connectors/${id}`)).json;

/** `dyocensed connector VERB ...` with somebody at the browser: { status, out }. */
async function atTerminal(args, { visit = (url) => fetch(url) } = {}) {
  const env = { ...process.env, DYOCENSE_MCP_SERVERS: flags.mcp_servers, DYOCENSE_CONNECT_LOOPBACK: "1", DYOCENSE_CONNECT_BACKOFF_S: "0.01", DYOCENSE_LOCAL: join(d.dir, "a.db") };
  const child = spawn(built(program), ["connector", ...args, "--db", d.db], { env, stdio: ["ignore", "pipe", "pipe"] });
  const out = [];
  let visited = null;
  createInterface({ input: child.stdout }).on("line", (line) => {
    out.push(line);
    if (line.startsWith("http")) visited = visit(line);
  });
  child.stderr.resume();
  const status = await new Promise((done) => child.on("close", done));
  return { status, out, page: visited && (await (await visited).text()) };
}

test("client credentials: one token for several syncs, for this server alone, anew where it has ended", async () => {
  const id = await connector({ client_id: "machine", client_secret: "machine secret" });
  const n = oauth.grants.length;
  for (let i = 0; i < 2; i++) assert.equal((await sync(d, id)).state, "succeeded");
  assert.deepEqual(oauth.grants.slice(n), [{ grant_type: "client_credentials", scope: "read", resource: server.url, client_id: "machine" }]);
  oauth.endAll();
  assert.equal((await sync(d, id)).state, "succeeded");
  assert.deepEqual(grantsSince(n), ["client_credentials", "client_credentials"]);
});

test("client credentials: a scope that one call needs besides is asked for once, beside what there was", async (t) => {
  t.after(() => (oauth.needs = {}));
  oauth.needs = { "resources/read": "files" };
  oauth.endAll();
  const id = await connector({ client_id: "machine", client_secret: "machine secret" });
  const n = oauth.grants.length;
  assert.equal((await sync(d, id)).state, "succeeded");
  const scopes = oauth.grants.slice(n).map((g) => g.scope);
  assert.deepEqual([scopes.at(-1), new Set(scopes)], ["read files", new Set(["read", "read files"])]);
  oauth.needs = { "resources/read": "x".repeat(600) }; // one that no request could ask for
  assert.equal((await sync(d, id)).state, "failed");
});

test("what is said to a server while its answer comes has the token too", async () => {
  const own = new McpOAuth();
  const chatty = await startMcp({ era: "legacy", files, chatter: true }, { oauth: own, sse: true });
  const dd = await startDaemon({ flags: { ...settings, mcp_servers: serversFile([{ name: "chatty", url: chatty.url }]) } });
  const r = await dd.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server: "chatty", client_id: "machine", client_secret: "machine secret" } });
  assert.equal((await sync(dd, r.json.source_id)).state, "succeeded");
  assert.ok(chatty.replies.length > 0 && chatty.replies.every((a) => own.tokens.has(a?.slice(7))), JSON.stringify(chatty.replies));
  await dd.stop();
  await chatty.close();
});

test("a wrong secret: the connector says so, and the secret stays unsaid", async () => {
  const id = await connector({ client_id: "machine", client_secret: "planted-wrong-secret" });
  oauth.endAll();
  const check = (await d.post(`/api/v1/connectors/${id}/test`)).json;
  assert.deepEqual([check.ok, /invalid_client/.test(check.message)], [false, true], JSON.stringify(check));
  const now = await read(id);
  assert.deepEqual([now.state, now.secrets], ["needs_reauth", ["client_secret"]]);
  assert.ok(!JSON.stringify(now).includes("planted-wrong-secret") && !d.log().includes("planted-wrong-secret"));
});

test("without credentials the run fails and says that a token is wanted", async () => {
  const id = await connector({});
  const run = await sync(d, id);
  assert.deepEqual([run.state, (await read(id)).state], ["failed", "needs_reauth"], JSON.stringify(run));
});

test("a person signs in for a connector that is there; its refresh tokens are kept before use, and the daemon goes on with them", async () => {
  const id = await connector({});
  const n = oauth.grants.length;
  const first = await atTerminal(["signin", id]);
  assert.equal(first.status, 0, first.out.join("\n"));
  assert.match(first.page, /close this window/);
  const kept = await read(id);
  assert.deepEqual([kept.state, kept.secrets, kept.config.issuer, kept.config.scope, kept.config.registered], ["ready", ["refresh_token"], issuer, "read offline_access", true], JSON.stringify(kept));
  assert.deepEqual(grantsSince(n), ["authorization_code", "refresh_token"]);
  for (let i = 0; i < 3; i++) {
    oauth.endAll();
    assert.equal((await sync(d, id)).state, "succeeded");
  }
  assert.deepEqual(grantsSince(n).slice(2), ["refresh_token", "refresh_token", "refresh_token"]);
  assert.equal(new Set(oauth.grants.slice(n).map((g) => g.refresh_token)).size, 5, "each was used once");
  for (const file of onServer ? [] : [d.db, `${d.db}-wal`]) assert.ok(!readFileSync(file).includes(oauth.refresh), "sealed");

  oauth.refuse = true;
  oauth.endAll();
  assert.equal((await sync(d, id)).state, "failed");
  assert.equal((await read(id)).state, "needs_reauth");
  oauth.refuse = false;
  assert.equal((await atTerminal(["signin", id])).status, 0);
  assert.equal((await read(id)).state, "ready");
  assert.equal((await atTerminal(["signin", id], { visit: () => assert.fail("nobody needs to sign in") })).status, 0);
});

test("a redirect that others make up is not taken", async () => {
  const n = oauth.grants.length;
  const visit = async (url) => {
    const back = new URL(new URL(url).searchParams.get("redirect_uri"));
    assert.equal((await fetch(new URL("/elsewhere?code=x", back))).status, 404);
    back.search = "code=x&state=made-up";
    return fetch(back);
  };
  const r = await atTerminal(["add", "mcp", "--set", "server=locked", "--signin"], { visit });
  assert.deepEqual([r.status, grantsSince(n)], [1, []], r.out.join("\n"));
  assert.match(r.out.at(-1), /another state/);
});

test("credentials go to the issuer that they are of and to no other; documents are fetched from outside addresses only", async (t) => {
  t.after(() => Object.assign(oauth, { resource: null, issuer: null }));
  const id = await connector({ client_id: "machine", client_secret: "machine secret", issuer: "https://other.example.com" });
  const n = oauth.grants.length;
  oauth.endAll();
  const check = async () => (await d.post(`/api/v1/connectors/${id}/test`)).json.message;
  assert.match(await check(), /tokens come from .*\/issuer now, and not from https:\/\/other.example.com/);
  await d.request("PATCH", `/api/v1/connectors/${id}`, { body: { config: { server: "locked", client_id: "machine" } } });
  for (const [change, why] of [
    [{ resource: "https://evil.example.com/mcp" }, /another resource/],
    [{ resource: null, issuer: "http://169.254.169.254/latest" }, /none that may be asked/],
    [{ issuer: "https://10.0.0.1/x" }, /private/],
    [{ issuer: `${server.url.slice(0, -4)}/nobody` }, /publishes nothing/],
  ]) {
    Object.assign(oauth, change);
    assert.match(await check(), why);
  }
  assert.deepEqual(grantsSince(n), []);
});

test("what a connector has for its own source is not shown to an MCP server", async () => {
  const folder = google.drive.folder("auth").id;
  google.drive.put("a.csv", files["fake:///tables/f1.csv"], { parent: folder });
  const n = oauth.shown.length;
  const run = await sync(d, await driveConnector(d, google, folder, { mcp_server: "locked" }));
  assert.deepEqual([run.state, run.method, /401|token/.test(run.result.fallback)], ["succeeded", "api", true], JSON.stringify(run));
  const shown = oauth.shown.slice(n);
  assert.ok(shown.length > 0 && shown.every((a) => a === undefined), JSON.stringify(shown));
});

test("settings of a sign-in that cannot be right", async () => {
  for (const [config, path] of [
    [{ client_secret: "x" }, "/config/client_id"],
    [{ client_id: "a", private_key: "no key" }, "/config/private_key"],
    [{ client_id: "a", issuer: "ftp://x" }, "/config/issuer"],
    [{ client_id: "a", issuer: "http://example.com" }, "/config/issuer"],
  ]) {
    const r = await d.post("/api/v1/connectors/", { name: "m", connector_type: "mcp", config: { server: "locked", ...config } });
    assert.deepEqual([r.status, r.json.path], [400, path], r.text);
  }
});
