// Errors of Drive and Sheets as they come, by name for faults; and the lies that a source may tell.

/** Drive's shape: a list with a domain and a reason. */
export const failed = (code, reason, message, domain = "global") => ({ status: code, body: { error: { code, message, errors: [{ message, domain, reason }] } } });

/** The shape of newer surfaces, Sheets among them: a status in capitals. */
export const refused = (code, status, message, details) => ({ status: code, body: { error: { code, message, status, ...(details ? { details } : {}) } } });

const sheets = (request) => request.path.startsWith("/v4/");
const either = (request, drive, sheet) => (sheets(request) ? refused(...sheet) : failed(...drive));
const html = { headers: { "content-type": "text/html; charset=UTF-8" }, body: "<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title><p>That’s an error." };

export const errors = {
  auth: (r) => either(r, [401, "authError", "Invalid Credentials"], [401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."]),
  user_rate: (r) => either(r, [403, "userRateLimitExceeded", "User Rate Limit Exceeded", "usageLimits"], [429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service 'sheets.googleapis.com'."]),
  rate: (r) => either(r, [403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"], [429, "RESOURCE_EXHAUSTED", "Quota exceeded"]),
  throttle: (r) => either(r, [429, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"], [429, "RESOURCE_EXHAUSTED", "Quota exceeded"]),
  daily: () => failed(403, "dailyLimitExceeded", "Daily Limit Exceeded", "usageLimits"),
  download_quota: () => failed(403, "downloadQuotaExceeded", "The download quota for this file has been exceeded.", "usageLimits"),
  permission: (r) => either(r, [403, "insufficientFilePermissions", "The user does not have sufficient permissions for this file."], [403, "PERMISSION_DENIED", "The caller does not have permission"]),
  not_configured: () => failed(403, "accessNotConfigured", "Google Drive API has not been used in project 123 before or it is disabled.", "usageLimits"),
  abusive: () => failed(403, "cannotDownloadAbusiveFile", "This file has been identified as malware or spam and cannot be downloaded."),
  export_size: () => failed(403, "exportSizeLimitExceeded", "This file is too large to be exported."),
  not_found: (r) => either(r, [404, "notFound", "File not found: ."], [404, "NOT_FOUND", "Requested entity was not found."]),
  page_token: () => failed(400, "invalid", "Invalid Value"),
  backend: (r) => either(r, [500, "backendError", "Backend Error"], [500, "INTERNAL", "Internal error encountered."]),
  unavailable: (r) => either(r, [503, "backendError", "Backend Error"], [503, "UNAVAILABLE", "The service is currently unavailable."]),
  html: () => ({ status: 502, ...html }),
  html_200: () => ({ status: 200, ...html }),
  grant: () => ({ status: 400, body: { error: "invalid_grant", error_description: "Token has been expired or revoked." } }),
  token_failure: () => ({ status: 500, body: { error: "internal_failure" } }),
};

const listOf = (body) => ["files", "changes"].find((k) => Array.isArray(body?.[k]));
const withList = (edit) => (body, reply, request) => {
  const key = listOf(body);
  return key ? { ...body, ...edit(body, key, request) } : body;
};
const withBytes = (edit) => (body) => (body instanceof Uint8Array && body.length > 0 ? edit(Buffer.from(body)) : body);

/** Answers that look right and are not; each takes the true body. */
export const lies = {
  loop_next: withList((b, key, request) => ({ nextPageToken: request.query.get("pageToken") ?? "loop", newStartPageToken: undefined })),
  empty_next: withList((b, key) => ({ [key]: [], nextPageToken: `again-${Math.random()}`, newStartPageToken: undefined })),
  early_end: withList(() => ({ nextPageToken: undefined })),
  no_token: withList(() => ({ nextPageToken: undefined, newStartPageToken: undefined })),
  drop_one: withList((b, key) => ({ [key]: b[key].slice(0, -1) })),
  incomplete: withList(() => ({ incompleteSearch: true })),
  corrupt: withBytes((b) => {
    b[b.length >> 1] ^= 1;
    return b;
  }),
  short: withBytes((b) => b.subarray(0, b.length - 1)),
  long: withBytes((b) => Buffer.concat([b, b.subarray(0, 1)])),
  fewer_rows: (body) => (Array.isArray(body?.values) ? { ...body, values: body.values.slice(0, -1) } : body),
};
