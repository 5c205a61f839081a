// Errors of the data API as they come, by name for faults; and the lies that a source may tell.
export const failed = (status, errorCode, message, more = {}) => ({ status, body: [{ message, errorCode, ...more }] });

const html = "<html><head><title>Down for Maintenance</title></head><body><h1>We are down for maintenance.</h1></body></html>";
const page = (status) => ({ status, headers: { "content-type": "text/html; charset=UTF-8" }, body: html });

export const errors = {
  session: () => failed(401, "INVALID_SESSION_ID", "Session expired or invalid"),
  quota: () => failed(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
  concurrent: () => failed(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
  disabled: () => failed(403, "API_DISABLED_FOR_ORG", "API is disabled for this User"),
  access: () => failed(403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id"),
  timeout: () => failed(400, "QUERY_TIMEOUT", "Your query request was running for too long."),
  locator: () => failed(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
  unknown: () => failed(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: 1-2 (3)"),
  unavailable: () => failed(503, "SERVER_UNAVAILABLE", "Server is unavailable"),
  throttle: () => ({ status: 429, body: "" }),
  edge: () => ({ status: 420, body: "" }),
  html: () => page(503),
  html_200: () => page(200),
  grant: () => ({ status: 400, body: { error: "invalid_grant", error_description: "expired access/refresh token" } }),
  retry: () => ({ status: 400, body: { error: "unknown_error", error_description: "retry your request" } }),
};

const withRecords = (edit) => (body) => (body && Array.isArray(body.records) ? { ...body, ...edit(body) } : body);

/** Answers that look right and are not; each takes the true body. CSV lies are told by the headers of a bulk page. */
export const lies = {
  foreign_next: withRecords(() => ({ done: false, nextRecordsUrl: "https://evil.example/services/data/v67.0/query/01gEVIL-1" })),
  double_slash_next: withRecords(() => ({ done: false, nextRecordsUrl: "//evil.example/services/data/v67.0/query/01gEVIL-1" })),
  loop_next: (body, reply, request) => (body?.records ? { ...body, done: false, nextRecordsUrl: request.url } : body),
  no_next: withRecords(() => ({ done: false, nextRecordsUrl: undefined })),
  early_end: withRecords(() => ({ done: true, nextRecordsUrl: undefined })),
  drop_one: withRecords((b) => ({ records: b.records.slice(0, -1) })),
  drop_page: withRecords(() => ({ records: [] })),
  repeat_one: withRecords((b) => ({ records: [...b.records, ...b.records.slice(0, 1)] })),
  fewer_total: withRecords((b) => ({ totalSize: Math.max(0, b.totalSize - 1) })),
  more_total: withRecords((b) => ({ totalSize: b.totalSize + 1 })),
  csv_drop_line: (body) => (typeof body === "string" ? body.replace(/[^\n]*\n$/, "") : body),
  csv_early_end: (body, reply) => {
    if (typeof body === "string") reply.headers["sforce-locator"] = "null";
    return body;
  },
  csv_loop: (body, reply, request) => {
    if (typeof body === "string") reply.headers["sforce-locator"] = request.query.get("locator") ?? "MA==";
    return body;
  },
};
