/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "base/clock.h"

http_reply *api_reply(int status)
{
  http_reply *p = http_reply_new(status);
  http_reply_header(p, "X-Content-Type-Options", "nosniff");
  http_reply_header(p, "Referrer-Policy", "no-referrer");
  return p;
}

/* Pages run our own scripts alone, talk to this server alone and may use shared memory. */
void api_page_headers(http_reply *p)
{
  http_reply_header(
    p, "Content-Security-Policy",
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  http_reply_header(p, "Cross-Origin-Opener-Policy", "same-origin");
  http_reply_header(p, "Cross-Origin-Embedder-Policy", "require-corp");
  http_reply_header(p, "Cross-Origin-Resource-Policy", "same-origin");
}

/* The origin of the caller's page, if it may read the answer. */
const char *api_allowed_origin(const exchange *x)
{
  const char  *origin = http_header(x->r, "Origin"), *list = x->a->o.origins;
  const size_t n = origin ? strlen(origin) : 0;
  for (const char *at = list; n && at && *at; at += strspn(at, " ")) {
    const size_t k = strcspn(at, " ");
    if (k == n && memcmp(at, origin, n) == 0) return origin;
    at += k;
  }
  return NULL;
}

void api_finish(exchange *x, http_reply *p)
{
  const char *origin = api_allowed_origin(x);
  if (origin) {
    http_reply_header(p, "Access-Control-Allow-Origin", origin);
    http_reply_header(p, "Access-Control-Expose-Headers",
                      "ETag, Location, Mcp-Session-Id, Retry-After, WWW-Authenticate, X-Request-Id");
  }
  if (x->a->o.origins) http_reply_header(p, "Vary", "Origin");
  http_send(x->r, p);
}

void api_send(exchange *x, http_reply *p, const char *type, char *text, size_t n)
{
  http_reply_body(p, type, http_body_new(text, n));
  api_finish(x, p);
}

void api_json(exchange *x, int status, dyo_buf *b)
{
  http_reply *p = b->failed ? NULL : api_reply(status);
  http_reply_header(p, "Cache-Control", "no-store");
  if (!p) dyo_buf_free(b), http_send(x->r, NULL);
  else api_send(x, p, "application/json", b->s, b->n);
  *b = (dyo_buf){0};
}

/* RFC 9457, with the three members every door's error has. */
static void problem_text(dyo_buf *b, int status, const dyo_err *err)
{
  dyo_buf_printf(b, "{\"type\":\"about:blank\",\"title\":");
  dyo_buf_string(b, dyo_status_text(err->code));
  dyo_buf_printf(b, ",\"status\":%d,\"detail\":", status);
  dyo_buf_string(b, err->message);
  dyo_buf_puts(b, ",\"code\":");
  dyo_buf_string(b, dyo_status_text(err->code));
  dyo_buf_puts(b, ",\"path\":");
  dyo_buf_string(b, err->path);
  dyo_buf_puts(b, ",\"message\":");
  dyo_buf_string(b, err->message);
  dyo_buf_puts(b, "}");
}

static http_reply *problem_headers(int status)
{
  http_reply *p = api_reply(status);
  http_reply_header(p, "Cache-Control", "no-store");
  if (status == 401) http_reply_header(p, "WWW-Authenticate", "Bearer realm=\"dyocense\"");
  if (status == 429) http_reply_header(p, "Retry-After", "1");
  return p;
}

http_reply *problem_reply(int status, const dyo_err *err)
{
  dyo_buf     b = {0};
  http_reply *p = problem_headers(status);
  problem_text(&b, status, err);
  if (b.failed) dyo_buf_free(&b);
  http_reply_body(p, "application/problem+json", http_body_new(b.s, b.n));
  return p;
}

void api_problem_status(exchange *x, int status, const dyo_err *err)
{
  dyo_buf b = {0};
  problem_text(&b, status, err);
  if (b.failed) {
    dyo_buf_free(&b);
    http_send(x->r, NULL);
    return;
  }
  api_send(x, problem_headers(status), "application/problem+json", b.s, b.n);
}

void api_problem(exchange *x, const dyo_err *err)
{
  const int status = err->code == STORE_FULL ? 507 : err->code == STORE_AWAY ? 503 : dyo_status_http(err->code);
  api_problem_status(x, status, err);
}

void api_not_found(exchange *x)
{
  dyo_err err;
  dyo_fail(&err, DYO_NOT_FOUND, "", "there is nothing of that name or id");
  api_problem(x, &err);
}

dyo_status at_path(dyo_err *err, const char *path)
{
  snprintf(err->path, sizeof err->path, "%s", path);
  return err->code;
}

void refuse_busy(exchange *x, const char *why)
{
  dyo_err err;
  dyo_fail(&err, DYO_RATE_LIMITED, "", "%s", why);
  http_reply *p = problem_reply(503, &err);
  http_reply_header(p, "Retry-After", "2");
  api_finish(x, p);
}

/* --- answers by rows ------------------------------------------------------------------------------------------------- */

void put_row(dyo_buf *b, const dyo_field *rows, const void *in)
{
  dyo_ctx ctx;
  dyo_err err;
  dyo_ctx_init(&ctx, NULL);
  if (dyo_json_encode(&ctx, rows, in, b, &err) != DYO_OK) b->failed = true;
  dyo_ctx_clear(&ctx);
}

void api_row(exchange *x, int status, const dyo_field *rows, const void *in)
{
  dyo_buf b = {0};
  put_row(&b, rows, in);
  api_json(x, status, &b);
}

void items_begin(dyo_buf *b)
{
  dyo_buf_puts(b, "{\"items\":[");
}

void items_add(dyo_buf *b, const dyo_field *rows, const void *in)
{
  if (dyo_buf_last(b) != '\0' && dyo_buf_last(b) != '[') dyo_buf_puts(b, ",");
  put_row(b, rows, in);
}

void items_end(dyo_buf *b, const char *next)
{
  dyo_buf_puts(b, "]");
  put_text(b, "next_cursor", next[0] ? next : NULL);
  dyo_buf_puts(b, "}");
}

/* --- answers by hand ---------------------------------------------------------------------------------------------------- */

static void put_name(dyo_buf *b, const char *name)
{
  const char last = dyo_buf_last(b);
  dyo_buf_printf(b, "%s\"%s\":", last == '\0' || last == '{' || last == '[' ? "" : ",", name);
}

void put_text(dyo_buf *b, const char *name, const char *value)
{
  put_name(b, name);
  if (value) dyo_buf_string(b, value);
  else dyo_buf_puts(b, "null");
}

void put_json(dyo_buf *b, const char *name, const char *value)
{
  put_name(b, name);
  dyo_buf_puts(b, value ? value : "null");
}

const char *when_text(int64_t ms, char out[CLOCK_TEXT])
{
  if (ms <= 0) return NULL;
  clock_text(ms, out);
  return out;
}

void put_whole(dyo_buf *b, const char *name, int64_t value)
{
  put_name(b, name);
  dyo_buf_printf(b, "%lld", (long long)value);
}
