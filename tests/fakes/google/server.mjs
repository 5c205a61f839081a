// Google Drive and Sheets as a client meets them; the hosts oauth2, www, sheets (.googleapis.com) and docs.google.com in one.
import { startServer } from "../lib/server.mjs";
import { Clock } from "../lib/clock.mjs";
import { DriveApi } from "./drive.mjs";
import { errors, failed, lies } from "./errors.mjs";
import { OAuth } from "./oauth.mjs";
import { SheetsApi } from "./sheets.mjs";
import { Drive } from "./source.mjs";

/** Starts one. The answer has `drive` (source.mjs), `oauth`, `api`, and what every fake has (lib/server.mjs). */
export async function startGoogle({ tls = false, clock = new Clock() } = {}) {
  const parts = {};
  const fake = await startServer({ route: (r) => route(parts.fake, r), errors, lies, tls, clock });
  const drive = new Drive(clock);
  Object.assign(fake, { drive, oauth: new OAuth(fake), api: new DriveApi(fake, drive), sheets: new SheetsApi(drive) });
  parts.fake = fake;
  return fake;
}

const unknown = (path) => ({ status: 404, headers: { "content-type": "text/html" }, body: `<title>Error 404 (Not Found)!!1</title><p>The requested URL ${path} was not found on this server.` });
const may = (session, kinds) => session.scope.split(" ").some((s) => kinds.test(s));

function route(fake, request) {
  const { path, method } = request;
  if (path === "/token") return method === "POST" ? fake.oauth.token(request) : unknown(path);
  const session = fake.oauth.check(request);
  if (!session) return path === "/spreadsheets/export" ? { status: 401, body: "" } : errors.auth(request);
  if (method !== "GET") return unknown(path);
  if (path.startsWith("/drive/v3/") || path === "/spreadsheets/export") return may(session, /\/drive/) ? drive(fake, request, session) : insufficient();
  if (path.startsWith("/v4/spreadsheets/")) return may(session, /\/(drive|spreadsheets)(\.readonly|\.file)?$/) ? sheets(fake, request) : errors.permission(request);
  return unknown(path);
}

const insufficient = () => failed(403, "insufficientPermissions", "Request had insufficient authentication scopes.");

function drive(fake, request, session) {
  const { api } = fake;
  if (request.path === "/spreadsheets/export") return api.exportLink(request);
  const [kind, id, what] = request.path.slice("/drive/v3/".length).split("/");
  const content = request.query.get("alt") === "media" || what === "export";
  if (content && !may(session, /\/drive(\.readonly|\.file)?$/)) return insufficient();
  if (kind === "files" && !id) return api.list(request);
  if (kind === "files" && !what) return api.get(request, id);
  if (kind === "files" && what === "export") return api.export(request, id);
  if (kind === "changes" && id === "startPageToken") return api.startPageToken(request);
  if (kind === "changes" && !id) return api.changes(request);
  if (kind === "drives" && !what) return api.drives(request, id);
  return unknown(request.path);
}

function sheets(fake, request) {
  const [, id, what] = /^\/v4\/spreadsheets\/([^/:]+)(?:\/(values(?::batchGet|\/.+)))?$/s.exec(request.path) ?? [];
  if (!id) return unknown(request.path);
  if (!what) return fake.sheets.get(request, id);
  return what === "values:batchGet" ? fake.sheets.batch(request, id) : fake.sheets.values(request, id, what.slice("values/".length));
}
