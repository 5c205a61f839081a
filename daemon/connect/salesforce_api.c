/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/guard.h"
#include "connect/salesforce.h"

sf_org *sf_org_of(session *s)
{
  return s->own;
}

bool sf_said(const session *s, const char *code)
{
  return strcmp(s->last_code, code) == 0;
}

/* --- faults -------------------------------------------------------------------------------------------------------------------- */

static bool first_item(void *user, dyo_piece p)
{
  *(dyo_piece *)user = p;
  return false;
}

static fault of_code(const char *code, const char *message, int status)
{
  static const char *const passing[] = {"SERVER_UNAVAILABLE", "UNKNOWN_EXCEPTION", "UNABLE_TO_LOCK_ROW", NULL};
  if (status == 401 || strcmp(code, "INVALID_SESSION_ID") == 0) return FAULT_AUTH;
  if (strcmp(code, "REQUEST_LIMIT_EXCEEDED") == 0)
    return strncmp(message, "Concurrent", 10) == 0 ? FAULT_THROTTLE : FAULT_QUOTA;
  if (strcmp(code, "QUERY_TIMEOUT") == 0 || strcmp(code, "OPERATION_TOO_LARGE") == 0)
    return FAULT_TERMINAL; /* less is asked for */
  for (size_t i = 0; passing[i]; i++)
    if (strcmp(code, passing[i]) == 0) return FAULT_TRANSIENT;
  return fault_of_status(status);
}

/* Errors are an array of objects; what is no JSON comes from the edge before the org. */
static fault judge(const web_reply *r, char *code, size_t code_room, char *message, size_t room)
{
  dyo_err   ignored;
  dyo_piece first = {NULL, 0};
  if (r->status >= 200 && r->status < 300) return FAULT_NONE;
  if (dyo_json_check(r->body, r->n, &ignored) == DYO_OK) piece_items(piece_of(r->body, r->n), first_item, &first);
  piece_copy(piece_member(first, "errorCode"), code, code_room);
  char *text = piece_string(piece_member(first, "message"));
  snprintf(message, room, "%.*s", (int)room - 1, text ? text + strspn(text, "\n") : "");
  free(text);
  if (!code[0]) snprintf(code, code_room, "%s", r->status == 414 || r->status == 431 ? "URI_TOO_LONG" : "");
  return of_code(code, message, r->status);
}

/* --- where -------------------------------------------------------------------------------------------------------------------------- */

static dyo_status check_instance(session *s, const char *url, dyo_err *err)
{
  guard_url  u;
  const bool loopback = s->c->o.web.loopback;
  dyo_err    ignored;
  if (guard_read(url, loopback, &u, &ignored) == DYO_OK && (u.path[0] == '\0' || strcmp(u.path, "/") == 0)) {
    if (loopback && (strcmp(u.host, "127.0.0.1") == 0 || strcmp(u.host, "localhost") == 0)) return DYO_OK;
    if (u.https && u.port == 443 &&
        (guard_below(u.host, "salesforce.com") || guard_below(u.host, "salesforce.mil") ||
         guard_below(u.host, "force.com")))
      return DYO_OK;
  }
  return session_fail(s, FAULT_TERMINAL, "", err,
                      "the token endpoint names an org at \"%.80s\", which is no host of Salesforce", url);
}

/* The host of the org as the newest token has it, else as the settings do. */
static dyo_status find_instance(session *s, dyo_err *err)
{
  sf_org          *o      = sf_org_of(s);
  const sf_config *c      = s->config;
  char            *token  = NULL, told[OAUTH_INSTANCE];
  uint64_t         number = 0;
  dyo_status       st     = oauth_token(s, &token, &number, told, err);
  wipe_text(token);
  if (st != DYO_OK) return st;
  const char *url = told[0] ? told : c->instance_url;
  if (!url)
    return session_fail(s, FAULT_TERMINAL, "", err, "the token endpoint names no instance_url, and none is set");
  st             = check_instance(s, url, err);
  const size_t n = strlen(url);
  snprintf(o->instance, sizeof o->instance, "%.*s", (int)(url[n - 1] == '/' ? n - 1 : n), url);
  return st;
}

static void read_limits(session *s, const web_reply *r)
{
  char    text[200];
  sf_org *o = sf_org_of(s);
  if (!web_header_of(r, "sforce-limit-info", text, sizeof text)) return;
  const char *at = strstr(text, "api-usage=");
  if (!at) return;
  char     *end  = NULL;
  long long used = strtoll(at + 10, &end, 10);
  if (*end != '/') return;
  o->used  = used;
  o->limit = strtoll(end + 1, NULL, 10);
}

static dyo_status may_ask(session *s, dyo_err *err)
{
  const sf_org    *o = sf_org_of(s);
  const sf_config *c = s->config;
  if (o->limit <= 0 || (double)o->used < c->quota_share * (double)o->limit) return DYO_OK;
  return session_fail(
    s, FAULT_QUOTA, "REQUEST_LIMIT_EXCEEDED", err,
    "%lld of the org's %lld requests a day are used; the rest is left to others. The next sync goes on from here",
    o->used, o->limit);
}

static dyo_status send_at(session *s, const ask *how, const char *path, bool versioned, web_reply *out, dyo_err *err)
{
  const sf_config *c   = s->config;
  dyo_buf          url = {0};
  ask              a   = *how;
  *out                 = (web_reply){0};
  dyo_status st        = may_ask(s, err);
  if (st == DYO_OK) st = find_instance(s, err);
  if (st != DYO_OK) return st;
  dyo_buf_puts(&url, sf_org_of(s)->instance);
  if (versioned) dyo_buf_printf(&url, "/services/data/v%s", c->api_version ? c->api_version : "62.0");
  dyo_buf_puts(&url, path);
  a.url    = url.s;
  a.bearer = true;
  a.judge  = judge;
  st       = url.failed ? dyo_oom(err) : session_ask(s, &a, out, err);
  if (st == DYO_OK) read_limits(s, out);
  dyo_buf_free(&url);
  return st;
}

static const web_header json_headers[] = {{"Accept", "application/json"},
                                          {"Content-Type", "application/json"},
                                          {"Sforce-Query-Options", "batchSize=2000"},
                                          {NULL, NULL}};
static const web_header csv_headers[]  = {{"Accept", "text/csv"}, {NULL, NULL}};

dyo_status sf_get(session *s, const char *path, web_reply *out, dyo_err *err)
{
  return send_at(s, &(ask){.method = "GET", .headers = json_headers, .json = true}, path, true, out, err);
}

dyo_status sf_get_whole(session *s, const char *path, web_reply *out, dyo_err *err)
{
  return send_at(s, &(ask){.method = "GET", .headers = json_headers, .json = true}, path, false, out, err);
}

dyo_status sf_get_csv(session *s, const char *path, web_reply *out, dyo_err *err)
{
  return send_at(s, &(ask){.method = "GET", .headers = csv_headers, .most = (size_t)256 << 20}, path, true, out, err);
}

dyo_status sf_send(session *s, const char *method, const char *path, const char *body, web_reply *out, dyo_err *err)
{
  const bool answered = strcmp(method, "DELETE") != 0;
  const ask  a        = {
            .method = method, .headers = json_headers, .body = body, .n_body = body ? strlen(body) : 0, .json = answered};
  return send_at(s, &a, path, true, out, err);
}

dyo_status sf_query(session *s, const char *soql, bool all, web_reply *out, dyo_err *err)
{
  dyo_buf path = {0};
  dyo_buf_puts(&path, all ? "/queryAll?q=" : "/query?q=");
  web_put_encoded(&path, soql);
  const dyo_status st = path.failed ? dyo_oom(err) : sf_get(s, path.s, out, err);
  dyo_buf_free(&path);
  return st;
}

dyo_status sf_count(session *s, const char *soql, bool all, int64_t *n, dyo_err *err)
{
  web_reply  r  = {0};
  dyo_status st = sf_query(s, soql, all, &r, err);
  if (st == DYO_OK) *n = piece_whole(piece_member(piece_of(r.body, r.n), "totalSize"), -1);
  web_reply_free(&r);
  if (st == DYO_OK && *n < 0) st = session_fail(s, FAULT_TERMINAL, "", err, "a count has no totalSize");
  return st;
}

/* --- describe ------------------------------------------------------------------------------------------------------------------------- */

static sf_type type_of(const char *word)
{
  static const struct {
    const char *word;
    sf_type     type;
  } known[] = {{"double", SF_NUMBER}, {"currency", SF_NUMBER}, {"percent", SF_NUMBER},    {"int", SF_NUMBER},
               {"long", SF_NUMBER},   {"boolean", SF_BOOL},    {"datetime", SF_TIME},     {"address", SF_SKIP},
               {"location", SF_SKIP}, {"base64", SF_SKIP},     {"complexvalue", SF_SKIP}, {"anyType", SF_TEXT}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].word, word) == 0) return known[i].type;
  return SF_TEXT;
}

typedef struct {
  sf_field all[SF_FIELDS];
  size_t   n;
  dyo_ctx *ctx;
  bool     failed;
} described;

static bool take_field(void *user, dyo_piece p)
{
  described *d = user;
  char       name[SYNC_NAME], type[40];
  if (d->n == SF_FIELDS || !piece_copy(piece_member(p, "name"), name, sizeof name)) return true;
  piece_copy(piece_member(p, "type"), type, sizeof type);
  const char *kept = dyo_text(d->ctx, "%s", name);
  if (!kept) return d->failed = true, false;
  d->all[d->n++] = (sf_field){kept, type_of(type)};
  return true;
}

static const sf_field *find_field(const described *d, const char *name)
{
  for (size_t i = 0; i < d->n; i++)
    if (strcmp(d->all[i].name, name) == 0) return &d->all[i];
  return NULL;
}

/* A field of the query, once. A path's type is not described here: it is what comes. */
static dyo_status want(sf_pull *p, const described *d, const char *name, dyo_err *err)
{
  for (size_t i = 0; i < p->n_fields; i++)
    if (strcmp(p->fields[i].name, name) == 0) return DYO_OK;
  const sf_field *f = find_field(d, name);
  if ((!f && !strchr(name, '.')) || (f && f->type == SF_SKIP) || p->n_fields == SF_FIELDS)
    return session_fail(p->s, FAULT_TERMINAL, "INVALID_FIELD", err, "%.60s has no field \"%.60s\" that can be fetched",
                        p->map->object, name);
  p->fields[p->n_fields++] = f ? *f : (sf_field){name, SF_TEXT};
  return DYO_OK;
}

static dyo_status want_metrics(sf_pull *p, const described *d, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; i < p->map->n_metrics && st == DYO_OK; i++) {
    const mapping_metric *m = &p->map->metrics[i];
    st                      = want(p, d, m->date, err);
    if (st == DYO_OK && m->value) st = want(p, d, m->value, err);
    for (size_t k = 0; k < m->n_dimensions && st == DYO_OK; k++) st = want(p, d, m->dimensions[k], err);
  }
  return st;
}

static dyo_status choose(sf_pull *p, const described *d, dyo_err *err)
{
  static const char *const cursors[] = {"SystemModstamp", "LastModifiedDate", "CreatedDate", "LoginTime", NULL};
  for (size_t i = 0; cursors[i] && !p->cursor; i++)
    if (find_field(d, cursors[i])) p->cursor = cursors[i];
  p->can_delete  = find_field(d, "IsDeleted") != NULL;
  p->has_created = find_field(d, "CreatedDate") != NULL;
  dyo_status st  = want(p, d, "Id", err);
  if (st == DYO_OK && p->cursor) st = want(p, d, p->cursor, err);
  if (st == DYO_OK && p->can_delete) st = want(p, d, "IsDeleted", err);
  if (st == DYO_OK) st = want_metrics(p, d, err);
  for (size_t i = 0; i < p->map->n_fields && st == DYO_OK; i++) st = want(p, d, p->map->fields[i], err);
  if (p->map->n_fields || p->map->n_metrics) return st;
  for (size_t i = 0; i < d->n && st == DYO_OK; i++)
    if (d->all[i].type != SF_SKIP) st = want(p, d, d->all[i].name, err);
  return st;
}

dyo_status sf_describe(sf_pull *p, dyo_err *err)
{
  char       path[160];
  web_reply  r = {0};
  described *d = calloc(1, sizeof *d);
  p->fields    = DYO_NEW(&p->s->ctx, SF_FIELDS, sf_field);
  if (!d || !p->fields) {
    free(d);
    return dyo_oom(err);
  }
  d->ctx = &p->s->ctx;
  snprintf(path, sizeof path, "/sobjects/%.100s/describe", p->map->object);
  dyo_status st = sf_get(p->s, path, &r, err);
  if (st == DYO_OK) piece_items(piece_member(piece_of(r.body, r.n), "fields"), take_field, d);
  web_reply_free(&r);
  if (st == DYO_OK && d->failed) st = dyo_oom(err);
  if (st == DYO_OK) st = choose(p, d, err);
  free(d);
  dyo_buf list = {0};
  for (size_t i = 0; i < p->n_fields; i++) dyo_buf_printf(&list, "%s%s", i ? "," : "", p->fields[i].name);
  if (st == DYO_OK) p->list = list.failed ? NULL : dyo_text(&p->s->ctx, "%s", list.s);
  if (st == DYO_OK && !p->list) st = dyo_oom(err);
  dyo_buf_free(&list);
  return st;
}
