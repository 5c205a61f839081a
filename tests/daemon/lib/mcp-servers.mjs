// MCP servers for connectors: those of the protocol's authors, which tests/fakes installs, and our own (tests/fakes/mcp).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/project.mjs";
import { scratch } from "./daemon.mjs";

const installed = (name) => join(root, "tests/fakes/node_modules/@modelcontextprotocol", name, "dist/index.js");

/** server-filesystem on a folder. */
export const filesystem = (name, folder) => ({ name, command: process.execPath, args: [installed("server-filesystem"), folder] });
export const everything = (name) => ({ name, command: process.execPath, args: [installed("server-everything"), "stdio"] });
export const everythingPath = installed("server-everything");
/** Our own, told by `behaviour` how to be (tests/fakes/mcp/server.mjs). */
export const own = (name, behaviour = {}) => ({ name, command: process.execPath, args: [join(root, "tests/fakes/mcp/stdio.mjs")], env: [`BEHAVIOUR=${JSON.stringify(behaviour)}`] });

/** The file of the setting mcp_servers. */
export function serversFile(servers) {
  const file = join(scratch(), "servers.json");
  writeFileSync(file, JSON.stringify({ servers }));
  return file;
}
