// The client that the MCP conformance suite runs, `node mcp-client.mjs [--without-auth] URL`: the connectors that a scenario needs are added to an empty
// database by `dyocensed connector add`, so that it is the daemon's own client, and nothing else, that speaks with the suite's server.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nativePath } from "../../lib/project.mjs";

const program = process.env.DYO_DAEMON || nativePath;
const scenario = process.env.MCP_CONFORMANCE_SCENARIO;
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
const url = process.argv.at(-1);
const folder = mkdtempSync(join(tmpdir(), "dyocense-mcp-client-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "servers.json"), JSON.stringify({ servers: [{ name: "suite", url }] }));
const env = { ...process.env, DYOCENSE_MCP_SERVERS: join(folder, "servers.json"), DYOCENSE_CONNECT_LOOPBACK: "1", DYOCENSE_CONNECT_BACKOFF_S: "0.01" };

/** Whoever sits at the browser: goes where the command says, and is sent back at once. */
const visit = (line) => /^http/.test(line) && fetch(line).catch(() => {});

/** A connector with these settings: the server's documents or, with a tool, what that answers. Secrets by name; options as they are. */
async function connect(settings = {}, secrets = {}, options = []) {
  const sets = Object.entries({ server: "suite", ...settings }).flatMap(([k, v]) => ["--set", `${k}=${typeof v === "string" ? v : JSON.stringify(v)}`]);
  const files = Object.entries(secrets).flatMap(([k, v]) => {
    writeFileSync(join(folder, k), v);
    return ["--secret", `${k}=${join(folder, k)}`];
  });
  const child = spawn(program, ["connector", "add", "mcp", "--db", join(folder, "a.db"), ...sets, ...files, ...options], { env, stdio: ["ignore", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", (line) => {
    console.log(line);
    visit(line);
  });
  return new Promise((done) => child.on("close", done));
}
const tool = (name, args = {}) => ({ list_tool: name, list_arguments: args, read_tool: name, read_argument: "id" });
const call = (name, args) => connect(tool(name, args));
/** With a sign-in where the server wants one; a client that was registered beforehand has an id, and maybe a secret. */
const signIn = (settings = {}, secrets = {}) => connect({ ...tool("test-tool"), ...settings }, secrets, ["--signin"]);

const invalid = ["empty_header", "object_header", "array_header", "null_header", "number_header", "duplicate_same_case", "duplicate_diff_case", "space_in_name", "colon_in_name", "non_ascii_name", "control_char_name"];
const scenarios = {
  tools_call: () => call("add_numbers", { a: 5, b: 3 }),
  "sse-retry": () => call("test_reconnection"),
  "sep-2322-client-request-state": async () => {
    for (const name of ["echo_state", "unrelated", "no_state", "no_result_type"]) if (await call(`test_mrtr_${name}`)) return 1;
    return 0;
  },
  "json-schema-ref-no-deref": () => call("lookup_user", { id: "a" }),
  "http-standard-headers": async () => (await connect()) || call("test_headers"),
  "http-custom-headers": async () => {
    for (const c of context.toolCalls) if (await call(c.name, c.arguments)) return 1;
    return 0;
  },
  "http-invalid-tool-headers": async () => {
    let refused = 0;
    for (const name of invalid) refused += (await call(`invalid_${name}`, {})) !== 0;
    return refused === invalid.length ? call("valid_tool", { region: "north" }) : 1;
  },
  "auth/basic-cimd": () => signIn({ client_id: "https://conformance-test.local/client-metadata.json" }),
  "auth/pre-registration": () => signIn({ client_id: context.client_id, issuer: context.issuer }, { client_secret: context.client_secret }),
  "auth/client-credentials-basic": () => connect({ ...tool("test-tool"), client_id: context.client_id }, { client_secret: context.client_secret }),
  "auth/client-credentials-jwt": () => connect({ ...tool("test-tool"), client_id: context.client_id }, { private_key: context.private_key_pem }),
};
if (process.argv.includes("--without-auth") && /^auth\//.test(scenario)) process.exit(0);
const plain = () => (/^auth\//.test(scenario) ? signIn() : connect());
process.exitCode = await (scenarios[scenario] ?? plain)();
