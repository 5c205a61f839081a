/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/session.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "connect/guard.h"
#include "connect/oauth.h"

enum { SLICE_MS = 20, ANSWER_MOST = 64 << 20 };

/* --- clock and chance -------------------------------------------------------------------------------------------------------- */

static double real_now(void *user)
{
  (void)user;
  return clock_monotonic();
}

static double real_chance(void *user)
{
  uint8_t d[DIGEST_SIZE];
  char    id[ID_CHARS];
  (void)user;
  id_new(id); /* 74 random bits */
  digest_of(id, ID_CHARS, NULL, d);
  return (double)((uint32_t)d[0] << 16 | (uint32_t)d[1] << 8 | d[2]) / 16777216.0;
}

static bool real_wait(void *user, double seconds, const atomic_int *cancel)
{
  const double until = clock_monotonic() + seconds;
  (void)user;
  for (;;) {
    const double left = until - clock_monotonic();
    if (cancel && atomic_load(cancel)) return false;
    if (left <= 0) return true;
    const long            ns    = left * 1000 < SLICE_MS ? (long)(left * 1e9) : SLICE_MS * 1000000L;
    const struct timespec slice = {0, ns};
    nanosleep(&slice, NULL);
  }
}

const connect_time connect_real_time = {real_now, real_chance, real_wait, NULL};

bool session_cancelled(const session *s)
{
  return s->cancel && atomic_load(s->cancel) != 0;
}

bool session_wait(session *s, double seconds)
{
  return s->c->o.time.wait(s->c->o.time.user, seconds, s->cancel);
}

static double now_of(const session *s)
{
  return s->c->o.time.now(s->c->o.time.user);
}

/* --- secrets ------------------------------------------------------------------------------------------------------------------- */

const char *session_secret(const session *s, const char *field)
{
  for (int i = 0; i < SECRETS_MOST; i++)
    if (s->secrets[i].value && strcmp(s->secrets[i].field, field) == 0) return s->secrets[i].value;
  return NULL;
}

static void forget_secrets(session *s)
{
  for (int i = 0; i < SECRETS_MOST; i++) {
    wipe_text(s->secrets[i].value);
    s->secrets[i].value = NULL;
  }
}

static bool take_secret(void *user, const store_secret *one)
{
  session *s = user;
  for (int i = 0; i < SECRETS_MOST && s->kind->secrets[i]; i++)
    if (strcmp(s->kind->secrets[i], one->field) == 0) {
      s->secrets[i].field = s->kind->secrets[i];
      s->secrets[i].value = keys_open(s->c, one);
    }
  return true;
}

dyo_status session_reload_secrets(session *s, dyo_err *err)
{
  forget_secrets(s);
  return store_secrets_each(s->c->o.store, s->tenant, s->source_id, take_secret, s, err);
}

/* --- opening --------------------------------------------------------------------------------------------------------------------- */

static dyo_status read_source(session *s, dyo_err *err)
{
  store_source src;
  dyo_status   st = store_source_get(s->c->o.store, s->tenant, s->source_id, &src, err);
  if (st != DYO_OK) return st;
  s->kind = connector_of(src.type);
  if (!s->kind) st = dyo_fail(err, DYO_INVALID_INPUT, "", "a connector of type %.40s fetches nothing", src.type);
  if (st == DYO_OK) {
    s->config_text = strdup(src.config);
    s->config      = dyo_alloc(&s->ctx, 1, s->kind->size);
    if (!s->config || !s->config_text) st = dyo_oom(err);
  }
  store_source_free(&src, 1);
  if (st == DYO_OK)
    st = dyo_json_decode_in(&s->ctx, "config", s->config_text, strlen(s->config_text), s->kind->rows, s->config, err);
  return st;
}

dyo_status session_open(connect_hub *c, const char *tenant, const char *source_id, const atomic_int *cancel,
                        session **out, dyo_err *err)
{
  session *s = calloc(1, sizeof *s);
  *out       = NULL;
  if (!s) return dyo_oom(err);
  s->c      = c;
  s->retry  = c->o.retry;
  s->cancel = cancel;
  snprintf(s->tenant, sizeof s->tenant, "%s", tenant);
  snprintf(s->source_id, sizeof s->source_id, "%s", source_id);
  dyo_ctx_init(&s->ctx, NULL);
  dyo_status st = read_source(s, err);
  if (st == DYO_OK) st = session_reload_secrets(s, err);
  if (st == DYO_OK) st = web_new(&c->o.web, &s->web, err);
  if (st == DYO_OK) st = s->kind->open(s, err);
  if (st == DYO_OK) *out = s;
  else session_close(s);
  return st;
}

void session_close(session *s)
{
  if (!s) return;
  forget_secrets(s);
  web_free(s->web);
  free(s->config_text);
  dyo_ctx_clear(&s->ctx);
  free(s);
}

dyo_status session_fail(session *s, fault f, const char *code, dyo_err *err, const char *fmt, ...)
{
  char    text[sizeof err->message];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  s->last = f;
  snprintf(s->last_code, sizeof s->last_code, "%s", code);
  return dyo_fail(err, f == FAULT_CANCELLED ? DYO_CANCELLED : DYO_UPSTREAM_ERROR, "", "%s", text);
}

/* --- one request ------------------------------------------------------------------------------------------------------------------- */

/* What one try came to. */
typedef struct {
  fault    f;
  char     code[64], message[200], retry_after[64];
  uint64_t token; /* number of the one that was sent */
} trial;

/* Waits until breaker and quota let the request go. */
static dyo_status may_go(session *s, const char *host, dyo_err *err)
{
  for (;;) {
    double wait = pace_host(s->c->pace, host, now_of(s));
    if (wait <= 0) wait = pace_tenant(s->c->pace, s->tenant, now_of(s));
    if (wait <= 0) return DYO_OK;
    s->waited += wait;
    if (s->waited > s->retry.run_s)
      return session_fail(s, FAULT_TRANSIENT, "", err, "%.60s is left alone after too many failures; try again later",
                          host);
    if (!session_wait(s, wait)) return session_fail(s, FAULT_CANCELLED, "", err, "cancelled");
  }
}

/* Headers of the request with the token before them; the list is freed by the caller, its first value wiped. */
static dyo_status with_token(session *s, const ask *a, web_header **list, uint64_t *number, dyo_err *err)
{
  size_t n     = 0;
  char  *token = NULL;
  while (a->headers && a->headers[n].name) n++;
  *list         = calloc(n + 2, sizeof **list);
  dyo_status st = *list ? oauth_token(s, &token, number, NULL, err) : dyo_oom(err);
  if (st != DYO_OK) return st;
  const size_t room  = strlen(token) + 8;
  char        *value = malloc(room);
  if (value) {
    snprintf(value, room, "Bearer %s", token);
    (*list)[0] = (web_header){"Authorization", value};
    if (n) memcpy(*list + 1, a->headers, n * sizeof **list);
  }
  wipe_text(token);
  return value ? DYO_OK : dyo_oom(err);
}

static void free_with_token(web_header *list)
{
  union {
    const char *in;
    char       *out;
  } value = {list ? list[0].value : NULL};
  wipe_text(value.out);
  free(list);
}

static fault fault_of_outcome(web_outcome o)
{
  switch (o) {
  case WEB_OK: return FAULT_NONE;
  case WEB_NO_ANSWER:
  case WEB_TIMEOUT: return FAULT_TRANSIENT;
  case WEB_CANCELLED: return FAULT_CANCELLED;
  default: return FAULT_TERMINAL;
  }
}

static bool is_json(const web_reply *r)
{
  char    type[96];
  dyo_err ignored;
  return web_header_of(r, "content-type", type, sizeof type) && strstr(type, "json") &&
         dyo_json_check(r->body, r->n, &ignored) == DYO_OK;
}

static void judge(const ask *a, const web_reply *r, trial *t)
{
  t->f = fault_of_outcome(r->outcome);
  if (r->outcome != WEB_OK) {
    snprintf(t->message, sizeof t->message, "%s", r->why);
    return;
  }
  web_header_of(r, "retry-after", t->retry_after, sizeof t->retry_after);
  t->f = a->judge ? a->judge(r, t->code, sizeof t->code, t->message, sizeof t->message) : fault_of_status(r->status);
  if (t->f == FAULT_NONE && (r->status < 200 || r->status > 299)) t->f = fault_of_status(r->status);
  if (t->f == FAULT_NONE && a->json && !is_json(r)) {
    t->f = FAULT_TRANSIENT;
    snprintf(t->message, sizeof t->message, "the answer is cut or no JSON");
  }
  if (t->f != FAULT_NONE && !t->message[0])
    snprintf(t->message, sizeof t->message, "it answered with status %d", r->status);
}

static void write_log(const session *s, const ask *a, const guard_url *where, const web_reply *r, const trial *t)
{
  log_line l;
  char     path[128];
  snprintf(path, sizeof path, "%.*s", (int)strcspn(where->path, "?") < 120 ? (int)strcspn(where->path, "?") : 120,
           where->path);
  log_begin(&l, t->f == FAULT_NONE ? LOG_DEBUG : LOG_INFO, "asked");
  log_text(&l, "tenant", s->tenant);
  log_text(&l, "source_id", s->source_id);
  log_text(&l, "method", a->method);
  log_text(&l, "host", where->host);
  log_text(&l, "path", path); /* without its query: nothing of what was asked for */
  log_whole(&l, "status", r->status);
  log_text(&l, "fault", t->f == FAULT_NONE ? NULL : fault_words[t->f]);
  log_text(&l, "code", t->code[0] ? t->code : NULL);
  log_number(&l, "ms", 1000 * r->seconds);
  log_end(&l);
}

static dyo_status try_once(session *s, const ask *a, const guard_url *where, web_reply *r, trial *t, dyo_err *err)
{
  web_header *list = NULL;
  char        date[40];
  dyo_status  st = a->bearer ? with_token(s, a, &list, &t->token, err) : DYO_OK;
  if (st == DYO_OK) {
    const web_request w = {.method  = a->method,
                           .url     = a->url,
                           .headers = list ? list : a->headers,
                           .body    = a->body,
                           .n_body  = a->n_body,
                           .most    = a->most ? a->most : ANSWER_MOST,
                           .seconds = a->seconds > 0 ? a->seconds : s->c->o.request_s,
                           .take    = a->take,
                           .user    = a->user,
                           .cancel  = s->cancel};
    s->requests++;
    st = web_exchange(s->web, &w, r, err);
  }
  free_with_token(list);
  if (st != DYO_OK) return st;
  judge(a, r, t);
  if (r->outcome == WEB_OK && web_header_of(r, "date", date, sizeof date) && fault_http_date(date) != INT64_MIN)
    s->server_time = fault_http_date(date);
  if (t->f != FAULT_CANCELLED && r->outcome != WEB_REFUSED)
    pace_told(s->c->pace, where->host, t->f != FAULT_TRANSIENT, now_of(s));
  write_log(s, a, where, r, t);
  return DYO_OK;
}

/* Seconds before the next try, or a negative number: there is none. */
static double next_try(session *s, const ask *a, const web_reply *r, const trial *t, int attempt)
{
  if (a->take && !a->again && r->outcome != WEB_OK) return -1;
  const int64_t server = s->server_time ? s->server_time : clock_now_ms() / 1000;
  return fault_delay(&s->retry, t->f, attempt, fault_retry_after(t->retry_after, server),
                     s->c->o.time.chance(s->c->o.time.user), s->waited);
}

dyo_status session_ask(session *s, const ask *a, web_reply *out, dyo_err *err)
{
  guard_url where;
  bool      renewed = false;
  *out              = (web_reply){0};
  if (guard_read(a->url, s->c->o.web.loopback, &where, err) != DYO_OK) {
    dyo_err why = *err;
    return session_fail(s, FAULT_TERMINAL, "", err, "%s", why.message);
  }
  for (int attempt = 1;; attempt++) {
    trial      t  = {0};
    dyo_status st = may_go(s, where.host, err);
    if (st == DYO_OK) st = try_once(s, a, &where, out, &t, err);
    if (st != DYO_OK || t.f == FAULT_NONE) return st;
    double delay = -1;
    if (a->despite && a->despite(a->user, out)) return DYO_OK;
    if (t.f == FAULT_AUTH && a->bearer && !renewed && !s->oauth->fixed_token) {
      oauth_refused(s, t.token);
      renewed = true;
      delay   = 0;
      attempt--;
    } else {
      delay = next_try(s, a, out, &t, attempt + 1);
    }
    web_reply_free(out);
    if (delay < 0)
      return session_fail(s, t.f, t.code, err, "%.60s: %s%s%s", where.host, t.code, t.code[0] ? ": " : "", t.message);
    if (a->again) a->again(a->user);
    s->retries++;
    s->waited += delay;
    if (!session_wait(s, delay)) return session_fail(s, FAULT_CANCELLED, "", err, "cancelled");
  }
}
