// server.mjs over Streamable HTTP, with the header rules of each era. `sse`: answers come as a stream of events; `token`: the
// one that is wanted; `oauth`: an McpOAuth (oauth.mjs) that gives them.
import { startServer } from "../lib/server.mjs";
import { McpFake } from "./server.mjs";

const problem = (status, id, code, message) => ({ status, body: { jsonrpc: "2.0", id, error: { code, message } } });

export async function startMcp(behaviour = {}, { sse = false, token = null, oauth = null } = {}) {
  const mcp = new McpFake(behaviour);
  const sessions = new Set();
  const replies = []; // Authorization of what was answered to requests of ours
  const fake = await startServer({ route });
  return Object.assign(fake, { mcp, sessions, replies, url: `${fake.url}/mcp` });

  function route(request) {
    const { origin } = new URL(fake.url);
    const other = oauth?.answer(request, origin);
    if (other) return other;
    if (request.method !== "POST") return { status: 405, body: "" };
    if (token && request.headers.authorization !== `Bearer ${token}`) return { status: 401, headers: { "www-authenticate": "Bearer" }, body: "" };
    const refusal = oauth?.refusal(request, origin);
    if (refusal) return refusal;
    const message = request.json;
    if (message.method === undefined) replies.push(request.headers.authorization);
    const version = message.params?._meta?.["io.modelcontextprotocol/protocolVersion"];
    if (version && mcp.is.era !== "legacy") {
      const name = message.params.name ?? message.params.uri;
      const wrong = request.headers["mcp-protocol-version"] !== version || request.headers["mcp-method"] !== message.method || (name !== undefined && request.headers["mcp-name"] !== name);
      if (wrong) return problem(400, message.id, -32020, "header mismatch");
    }
    if (!version && message.method !== "initialize" && !sessions.has(request.headers["mcp-session-id"])) return problem(400, null, -32000, "Server not initialized");
    const made = mcp.answer(message);
    if (!made) return { status: 202, body: "" };
    if (made.hang) return new Promise(() => {});
    if (made.error && made.id === null) return { status: 400, body: made };
    const headers = {};
    if (message.method === "initialize") {
      headers["mcp-session-id"] = `s${sessions.size + 1}`;
      sessions.add(headers["mcp-session-id"]);
    }
    if (!sse) return { headers, body: made };
    const ping = { jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "working" } };
    const asked = mcp.is.chatter ? `data: ${JSON.stringify({ jsonrpc: "2.0", id: "p1", method: "ping" })}\n\n` : "";
    const events = `\u{feff}: comment\r\nid: 1\r\ndata:\r\n\r\nevent: message\r\ndata: ${JSON.stringify(ping)}\r\n\r\n${asked}data: ${JSON.stringify(made).replace(",", ",\r\ndata: ")}\r\n\r\n`;
    return { headers: { ...headers, "content-type": "text/event-stream" }, body: events };
  }
}
