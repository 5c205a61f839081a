// An MCP server of ours, in both eras, with resources that are tables, and with faults: what it does to one message is the same
// over standard input and over HTTP.
//
//   behaviour: era ("both", "modern", "legacy"), files { uri: text or { blob } }, page (resources a page), refuse (a method that is
//   answered with an error), hang (a method that is not answered), lie ("short", "drop", "other"), loop (lists never end),
//   records { kind: [...] } (of the tool query), total, structured, input (tools want something first: "person", "later", "model", or true: always), chatter (says things nobody asked for),
//   soql: a function of a query and the other arguments that answers as an org does (of the tool run_soql_query; soql.mjs)
const modern = "2026-07-28";
const info = { name: "fake", version: "1" };
const key = "io.modelcontextprotocol/protocolVersion";

const error = (id, code, message, data) => ({ jsonrpc: "2.0", id: id ?? null, error: { code, message, ...(data ? { data } : {}) } });

export class McpFake {
  seen = [];
  cancelled = [];
  greeted = false;

  constructor(behaviour = {}) {
    this.is = { era: "both", files: {}, page: 1000, ...behaviour };
  }

  #entries() {
    const list = Object.entries(this.is.files).map(([uri, content]) => ({ uri, name: uri.split("/").at(-1), mimeType: "text/csv", size: bytesOf(content).length }));
    return this.is.lie === "drop" && this.seen.filter((m) => m === "resources/list").length % 2 === 1 ? list.slice(1) : list;
  }

  #page(params, list, member) {
    const at = Number(params.cursor ?? 0);
    const next = this.is.loop ? String(at) : at + this.is.page < list.length ? String(at + this.is.page) : undefined;
    return { [member]: list.slice(at, at + this.is.page), ...(next === undefined ? {} : { nextCursor: next }) };
  }

  #read({ uri }) {
    let content = this.is.files[uri];
    if (content === undefined) return null;
    if (this.is.lie === "short") content = bytesOf(content).subarray(0, -1).toString();
    if (this.is.lie === "other") content = `${bytesOf(content)}`.replace(/\d/g, (d) => (d + 1) % 10);
    return { contents: [{ uri, mimeType: "text/csv", ...(content.blob ? { blob: content.blob } : { text: String(content) }) }] };
  }

  #call({ name, arguments: args = {}, ...rest }) {
    const first = this.is.input && this.#wants(rest);
    if (first) return first;
    if (name === "query") return this.#query(args);
    if (name === "run_soql_query" && this.is.soql) return this.#soql(args);
    if (name === "list") return { content: [{ type: "text", text: "see the structure" }], structuredContent: { files: Object.keys(this.is.files).map((path) => ({ path })) } };
    if (name === "fetch" && this.is.files[args.path] !== undefined) return { content: [{ type: "text", text: String(this.is.files[args.path]) }] };
    return { content: [{ type: "text", text: `no such file: ${args.path}` }], isError: true };
  }

  /** What a tool wants before it answers; null: it has that, questions declined and its note as it was. */
  #wants({ inputResponses, requestState }) {
    const confirm = { method: "elicitation/create", params: { message: "Sure?", requestedSchema: { type: "object", properties: {} } } };
    const [inputRequests, note] = { person: [{ confirm }], later: [undefined, 'a "note"'], model: [{ confirm, x: { method: "sampling/createMessage" } }, "n"] }[this.is.input] ?? [{}, "x"];
    const had = JSON.stringify(inputResponses) === (inputRequests && JSON.stringify({ confirm: { action: "decline" } })) && requestState === note;
    return had ? null : { resultType: "input_required", ...(inputRequests && { inputRequests }), ...(note && { requestState: note }) };
  }

  /** Records of one kind, a page each; `total`: it says how many there are. Faults: lie "short" loses the last, "moody" another each time. */
  #query({ kind, cursor }) {
    const all = this.is.records[kind];
    if (!all) return { content: [{ type: "text", text: `no such kind: ${kind}` }], isError: true };
    const lost = this.is.lie === "short" ? all.length - 1 : this.is.lie === "moody" ? this.seen.length % all.length : -1;
    const { page, nextCursor } = this.#page({ cursor }, all.filter((_, i) => i !== lost), "page");
    const body = { ...(this.is.total ? { total: all.length } : {}), result: { records: page, next: nextCursor ?? null } };
    return this.is.structured === false ? { content: [{ type: "text", text: JSON.stringify(body) }] } : { content: [], structuredContent: body };
  }

  /** As the vendor's own server does it: text, with a line before the JSON; `structured`: as structured content. */
  #soql({ query, ...rest }) {
    try {
      const body = this.is.soql(query, rest);
      return this.is.structured ? { content: [], structuredContent: body } : { content: [{ type: "text", text: `SOQL query results:\n\n${JSON.stringify(body, null, 2)}` }] };
    } catch (e) {
      return { content: [{ type: "text", text: `Failed to query org: ${e.message}` }], isError: true };
    }
  }

  #result(method, params) {
    switch (method) {
      case "server/discover":
        return { supportedVersions: [modern], capabilities: { resources: {}, tools: {} }, ttlMs: 0, cacheScope: "private" };
      case "initialize":
        return { protocolVersion: "2025-11-25", capabilities: { resources: {}, tools: {} }, serverInfo: info };
      case "tools/list":
        return this.#page(params, ["list", "fetch"].map((name) => ({ name, inputSchema: { type: "object" } })), "tools");
      case "resources/list":
        return this.#page(params, this.#entries(), "resources");
      case "resources/read":
        return this.#read(params);
      case "tools/call":
        return this.#call(params);
      default:
        return undefined;
    }
  }

  /** The answer to a message, or null where there is none; `{ hang: true }`: it never comes. */
  answer(message) {
    const { id, method, params = {} } = message;
    this.seen.push(method);
    if (method === "notifications/cancelled") this.cancelled.push(params.requestId);
    if (id === undefined || method === undefined) return null; // also an answer to a request of ours
    if (this.is.hang === method) return { hang: true };
    if (this.is.refuse === method) return error(id, -32000, "not today");
    const version = params._meta?.[key];
    if (version && this.is.era === "legacy") return error(null, -32000, "Server not initialized");
    if (version && version !== modern) return error(id, -32022, "Unsupported protocol version", { supported: [modern] });
    if (!version && this.is.era === "modern") return error(id, -32602, "missing _meta");
    if (method === "initialize") this.greeted = true;
    else if (!version && !this.greeted) return error(id, -32000, "Server not initialized");
    const result = this.#result(method, params);
    if (result === undefined) return error(id, -32601, "Method not found");
    if (result === null) return error(id, version ? -32602 : -32002, "Resource not found");
    return { jsonrpc: "2.0", id, result: version ? { resultType: "complete", ttlMs: 0, cacheScope: "private", ...result } : result };
  }
}

export const bytesOf = (content) => (content.blob ? Buffer.from(content.blob, "base64") : Buffer.from(content));
