// Bulk API 2.0 query jobs. A job's rows are those of the moment it is done; its results are pages of CSV behind locators.
import { failed } from "./errors.mjs";
import { asCsv, runSoql } from "./soql.mjs";
import { SoqlError } from "./soql-parse.mjs";

const ended = new Set(["JobComplete", "Failed", "Aborted"]);
const unsupported = (what) => failed(400, "INVALIDENTITY", what);

export class BulkJobs {
  jobs = new Map();
  /** How often a job is asked for before it is done. */
  polls = 1;
  /** Jobs stay in progress for ever. */
  stuck = false;
  /** The message with which jobs fail, or null. */
  fails = null;
  /** Rows of a page where the caller names no number, and at most. */
  pageRows = 50_000;
  #next = 0;

  constructor(fake, org) {
    this.fake = fake;
    this.org = org;
  }

  #shown(job, base) {
    const version = Number(/v(\d+\.\d)/.exec(base)[1]);
    const more = ended.has(job.state) ? { numberRecordsProcessed: job.lines?.length ?? 0, retries: 0, totalProcessingTime: 10, isPkChunkingSupported: true } : {};
    const stamp = new Date(job.created).toISOString().replace("Z", "+0000");
    return { id: job.id, operation: job.operation, object: job.object, createdById: "0055g00000ABCDEAA4", createdDate: stamp, systemModstamp: stamp, state: job.state, concurrencyMode: "Parallel", contentType: "CSV", apiVersion: version, lineEnding: "LF", columnDelimiter: "COMMA", jobType: "V2Query", ...(job.error ? { errorMessage: job.error } : {}), ...more };
  }

  create(request, base) {
    const { operation, query, contentType = "CSV", columnDelimiter = "COMMA", lineEnding = "LF" } = request.json;
    if (operation !== "query" && operation !== "queryAll") return failed(400, "INVALIDJOB", "Invalid operation");
    if (contentType !== "CSV" || columnDelimiter !== "COMMA" || lineEnding !== "LF") return failed(400, "INVALIDJOB", "this fake writes CSV with commas and LF");
    try {
      const found = runSoql(this.org, query, operation === "queryAll");
      if (!found.columns) return failed(400, "API_ERROR", "Aggregate queries are not supported by the Bulk API");
      if (found.query.offset > 0) return failed(400, "API_ERROR", "OFFSET is not supported by the Bulk API");
      if (!found.object.bulk) return unsupported(`Entity '${found.object.name}' is not supported by the Bulk API.`);
      if (found.columns.some((c) => c.field.type === "address")) return failed(400, "FUNCTIONALITY_NOT_ENABLED", "Selecting compound data not supported in Bulk Query");
      const id = `750${String(++this.#next).padStart(12, "0")}AAA`;
      const job = { id, operation, query, object: found.object.name, base, state: "UploadComplete", asked: 0, created: this.fake.clock.now() };
      this.jobs.set(id, job);
      return { body: this.#shown(job, base) };
    } catch (e) {
      if (e instanceof SoqlError) return failed(400, e.code, e.message);
      throw e;
    }
  }

  #proceed(job) {
    if (ended.has(job.state)) return;
    job.state = "InProgress";
    if (this.stuck || ++job.asked < this.polls) return;
    if (this.fails) {
      job.state = "Failed";
      job.error = this.fails;
      return;
    }
    const found = runSoql(this.org, job.query, job.operation === "queryAll");
    job.head = found.columns.map((c) => `"${[...c.path.map((p) => p.relationshipName), c.field.name].join(".")}"`).join(",");
    job.lines = found.ids.map((id) => asCsv(this.org, found.columns, this.org.record(found.object.name, id)));
    job.state = "JobComplete";
  }

  #results(job, request) {
    if (job.state !== "JobComplete") return failed(400, "INVALIDJOBSTATE", `Job ${job.id} is not complete`);
    const locator = request.query.get("locator");
    const at = locator === null ? 0 : Number(Buffer.from(locator, "base64").toString());
    if (!(at >= 0 && (at === 0 || at < job.lines.length))) return failed(400, "INVALID_LOCATOR", `Invalid locator: ${locator}`);
    const rows = Math.max(1, Math.min(this.pageRows, Number(request.query.get("maxRecords") ?? this.pageRows)));
    const lines = job.lines.slice(at, at + rows);
    const next = at + rows < job.lines.length ? Buffer.from(String(at + rows)).toString("base64") : "null";
    return {
      headers: { "content-type": "text/csv", "sforce-locator": next, "sforce-numberofrecords": String(lines.length) },
      body: [job.head, ...lines].join("\n") + "\n",
    };
  }

  #pages(job, base) {
    const resultPages = [];
    for (let at = 0; at < Math.max(1, job.lines.length); at += this.pageRows) {
      const locator = Buffer.from(String(at)).toString("base64");
      resultPages.push({ resultUrl: `${base}/jobs/query/${job.id}/results?locator=${encodeURIComponent(locator)}` });
    }
    return { body: { resultPages, nextRecordsUrl: null, done: true } };
  }

  /** A request for one job: `rest` is what follows its id. */
  one(request, base, id, rest) {
    const job = this.jobs.get(id);
    if (!job) return failed(404, "NOT_FOUND", "The requested resource does not exist");
    if (rest && job.base !== base) return failed(409, "API_ERROR", "Results must be asked for in the version the job was made in");
    if (rest === "results") return this.#results(job, request);
    if (rest === "resultPages") return job.lines ? this.#pages(job, base) : failed(400, "INVALIDJOBSTATE", "not complete");
    if (request.method === "DELETE") {
      if (!ended.has(job.state)) return failed(400, "API_ERROR", "Job must be complete, aborted or failed to be deleted");
      this.jobs.delete(id);
      return { status: 204, body: "" };
    }
    if (request.method === "PATCH") {
      if (request.json.state !== "Aborted") return failed(400, "INVALIDJOBSTATE", "Only Aborted can be set");
      if (!ended.has(job.state)) job.state = "Aborted";
      return { body: this.#shown(job, base) };
    }
    this.#proceed(job);
    return { body: this.#shown(job, base) };
  }
}
