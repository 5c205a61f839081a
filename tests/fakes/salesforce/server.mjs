// A Salesforce org as a client meets it: OAuth, discovery, SOQL over REST, Bulk API 2.0 queries, limits.
import { startServer } from "../lib/server.mjs";
import { Clock } from "../lib/clock.mjs";
import { BulkJobs } from "./bulk.mjs";
import { errors, failed, lies } from "./errors.mjs";
import { OAuth } from "./oauth.mjs";
import { Queries } from "./query.mjs";
import { describe, describeGlobal } from "./schema.mjs";
import { asJson, moment } from "./soql.mjs";
import { Org } from "./source.mjs";

const versions = ["62.0", "63.0", "64.0", "65.0", "66.0", "67.0"];
const missing = () => failed(404, "NOT_FOUND", "The requested resource does not exist");
const noMethod = () => failed(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed. Allowed are GET,HEAD");

/** Starts one. The answer has `org` (source.mjs), `oauth`, `queries`, `bulk`, `limits`, and what every fake has (lib/server.mjs). */
export async function startSalesforce({ tls = false, clock = new Clock() } = {}) {
  const parts = {};
  const fake = await startServer({ route: (r) => route(parts.fake, r), errors, lies, tls, clock, headers: (r) => headersFor(parts.fake, r) });
  const org = new Org(clock);
  Object.assign(fake, { org, oauth: new OAuth(fake), queries: new Queries(fake, org), bulk: new BulkJobs(fake, org), limits: { max: 100_000, used: 0 }, instance: null, schemaChanged: clock.now() });
  parts.fake = fake;
  return fake;
}

const headersFor = (fake, request) => (request.path.startsWith("/services/data/v") ? { "sforce-limit-info": `api-usage=${fake.limits.used}/${fake.limits.max}` } : {});

function route(fake, request) {
  const { path } = request;
  if (path === "/services/oauth2/token") return fake.oauth.token(request);
  if (path === "/services/oauth2/revoke") return fake.oauth.revoke(request);
  if (path === "/services/data" || path === "/services/data/")
    return { body: versions.map((version) => ({ label: `Release ${version}`, url: `/services/data/v${version}`, version })) };
  const session = fake.oauth.check(request);
  if (path === "/services/oauth2/userinfo" || path.startsWith("/id/"))
    return session ? { body: { user_id: "0055g00000ABCDEAA4", organization_id: "00D5g00000ABCDEEA2", preferred_username: session.user, username: session.user } } : { status: 403, body: "Bad_OAuth_Token" };
  const [, version, rest] = /^\/services\/data\/v(\d+\.\d)\/?(.*)$/.exec(path) ?? [];
  if (!versions.includes(version)) return missing();
  if (!session) return errors.session();
  if (fake.limits.used >= fake.limits.max) return errors.quota();
  fake.limits.used++;
  return data(fake, request, `/services/data/v${version}`, rest);
}

function data(fake, request, base, rest) {
  const [word, ...more] = rest.split("/");
  if (word === "jobs") return jobs(fake, request, base, more);
  if (word === "composite") return batch(fake, request, more);
  if (request.method !== "GET" && request.method !== "HEAD") return noMethod();
  switch (word) {
    case "":
      return { body: Object.fromEntries(["sobjects", "query", "queryAll", "limits", "jobs", "composite"].map((w) => [w, `${base}/${w}`])) };
    case "sobjects":
      return sobjects(fake, request, base, more);
    case "query":
    case "queryAll":
      return more[0] ? fake.queries.next(more[0]) : tooLong(request) ?? fake.queries.first(request, base, word === "queryAll");
    case "limits":
      return { body: { DailyApiRequests: { Max: fake.limits.max, Remaining: fake.limits.max - fake.limits.used }, DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 - fake.bulk.jobs.size }, DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 } } };
    default:
      return missing();
  }
}

const tooLong = (request) => (request.url.length > 16_384 ? { status: 414, headers: { "content-type": "text/html" }, body: "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>" } : null);

function jobs(fake, request, base, [kind, id, rest, extra]) {
  if (kind !== "query" || extra) return missing();
  if (id) return fake.bulk.one(request, base, id, rest);
  if (request.method === "POST") return fake.bulk.create(request, base);
  return { body: { done: true, nextRecordsUrl: null, records: [...fake.bulk.jobs.values()].map((j) => ({ id: j.id, operation: j.operation, object: j.object, state: j.state })) } };
}

function sobjects(fake, request, base, [name, what, ...rest]) {
  const { org } = fake;
  if (!name) return { body: describeGlobal([...org.objects.values()], base) };
  const object = org.object(name);
  if (!object) return missing();
  if (!what) return { body: { objectDescribe: describeGlobal([object], base).sobjects[0], recentItems: [] } };
  if (what === "describe") {
    const since = Date.parse(request.headers["if-modified-since"] ?? "");
    if (since >= Math.floor(fake.schemaChanged / 1000) * 1000) return { status: 304, body: "" };
    return { headers: { "last-modified": new Date(fake.schemaChanged).toUTCString() }, body: describe(object, base) };
  }
  if (what === "deleted" || what === "updated") return since(fake, request, object, what);
  if (rest.length > 0) return missing();
  const record = org.byAnyId(object.name, what);
  if (!record) return missing();
  if (record.IsDeleted) return failed(404, "ENTITY_IS_DELETED", "entity is deleted");
  const columns = object.fields.map((field) => ({ field, path: [] }));
  return { body: asJson(org, base, object, columns, record) };
}

function since(fake, request, object, what) {
  const [from, to] = ["start", "end"].map((n) => Date.parse((request.query.get(n) ?? "").replace(/(\d) (\d{2}:\d{2})$/, "$1+$2")));
  if (!(from < to)) return failed(400, "INVALID_REPLICATION_DATE", "startDate must chronologically precede endDate");
  if (from < fake.clock.now() - 30 * 86_400_000) return failed(400, "INVALID_REPLICATION_DATE", "startDate cannot be more than 30 days ago");
  const covered = { latestDateCovered: moment(Math.min(to, fake.clock.now())) };
  if (what === "updated") return { body: { ids: fake.org.rows(object.name).filter((r) => r.SystemModstamp >= from && r.SystemModstamp < to).map((r) => r.Id), ...covered } };
  const found = fake.org.deleted(object.name, from, to);
  return { body: { deletedRecords: found.map((d) => ({ id: d.id, deletedDate: moment(d.at) })), earliestDateAvailable: moment(fake.clock.now() - 15 * 86_400_000), ...covered } };
}

/** Up to 25 requests in one, as composite/batch takes them. */
function batch(fake, request, [kind]) {
  if (kind !== "batch" || request.method !== "POST") return missing();
  const { batchRequests } = request.json;
  if (!Array.isArray(batchRequests) || batchRequests.length < 1 || batchRequests.length > 25) return failed(400, "INVALID_BATCH", "batchRequests must have 1 to 25 entries");
  const results = batchRequests.map(({ method, url }) => {
    const at = new URL(url.startsWith("/") ? url : `/services/data/${url}`, "http://fake");
    const reply = route(fake, { ...request, method: method.toUpperCase(), url: at.pathname + at.search, path: decodeURIComponent(at.pathname), query: at.searchParams });
    return { statusCode: reply.status ?? 200, result: reply.body };
  });
  return { body: { hasErrors: results.some((r) => r.statusCode >= 400), results } };
}
