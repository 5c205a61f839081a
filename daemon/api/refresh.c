/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/refresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "jobs/cron.h"

#define KIND "forecast_refresh"

typedef struct {
  dyo_piece refresh, timezone, metric;
  bool      more; /* rest has a member */
  dyo_buf   rest; /* members other than refresh and timezone */
} wish;

/* What was wished, in words. */
typedef struct {
  bool        on, by_data;
  const char *cron, *zone; /* in the arena of whoever asked */
} meaning;

typedef struct {
  const char *refresh, *timezone, *metric_name;
} wish_texts;

static const dyo_field text_rows[] = {DYO_STR(wish_texts, refresh, DYO_OPT, 200, "Schedule."),
                                      DYO_STR(wish_texts, timezone, DYO_OPT, 64, "Zone."),
                                      DYO_STR(wish_texts, metric_name, DYO_OPT, 500, "Metric."), DYO_END(wish_texts)};

bool refresh_possible(const dyo_op *op)
{
  return strcmp(op->name, "forecast.create") == 0;
}

static bool is(dyo_piece p, const char *word)
{
  return p.s && p.n == strlen(word) && memcmp(p.s, word, p.n) == 0;
}

bool refresh_member(dyo_piece name)
{
  return is(name, "refresh") || is(name, "timezone");
}

static bool take(void *user, dyo_piece name, dyo_piece value)
{
  wish *w = user;
  if (is(name, "refresh")) w->refresh = value;
  else if (is(name, "timezone")) w->timezone = value;
  if (is(name, "metric_name")) w->metric = value;
  if (refresh_member(name)) return true;
  dyo_buf_printf(&w->rest, "%s\"", w->more ? "," : "");
  dyo_buf_add(&w->rest, name.s, name.n);
  dyo_buf_puts(&w->rest, "\":");
  dyo_buf_add(&w->rest, value.s, value.n);
  w->more = true;
  return true;
}

static void put_piece(dyo_buf *b, const char *name, dyo_piece p)
{
  if (!p.s) return;
  put_json(b, name, "");
  dyo_buf_add(b, p.s, p.n);
}

static dyo_status decode_texts(dyo_ctx *ctx, dyo_piece refresh, dyo_piece place, dyo_piece metric, wish_texts *out,
                               dyo_err *err)
{
  dyo_buf b = {0};
  dyo_buf_puts(&b, "{");
  put_piece(&b, "refresh", refresh);
  put_piece(&b, "timezone", place);
  put_piece(&b, "metric_name", metric);
  dyo_buf_puts(&b, "}");
  const dyo_status st = b.failed ? dyo_oom(err) : dyo_json_decode(ctx, b.s, b.n, text_rows, out, err);
  dyo_buf_free(&b);
  return st;
}

static dyo_status understand(dyo_ctx *ctx, const wish *w, meaning *m, dyo_err *err)
{
  wish_texts t = {0};
  cron_rule  rule;
  zone      *z    = NULL;
  dyo_status st   = DYO_OK;
  const bool none = !w->refresh.s || is(w->refresh, "false") || is(w->refresh, "null");
  *m              = (meaning){.on = !none, .by_data = is(w->refresh, "true"), .cron = "", .zone = "UTC"};
  if (w->timezone.s && (none || m->by_data))
    return dyo_fail(err, DYO_INVALID_INPUT, "/timezone", "it belongs to a schedule in \"refresh\", and there is none");
  if (w->refresh.s && !w->metric.s)
    return dyo_fail(err, DYO_INVALID_INPUT, "/refresh",
                    "only a forecast of stored data can be made again: name it by metric_name in place of series");
  if (none || m->by_data) return DYO_OK;
  if (w->refresh.s[0] != '"')
    return dyo_fail(err, DYO_INVALID_INPUT, "/refresh",
                    "found %.*s; true (after new data), false, or a schedule such as \"0 6 * * MON\" is expected",
                    w->refresh.n > 40 ? 40 : (int)w->refresh.n, w->refresh.s);
  st = decode_texts(ctx, w->refresh, w->timezone, (dyo_piece){0}, &t, err);
  if (st == DYO_OK && cron_parse(t.refresh, &rule, err) != DYO_OK) st = at_path(err, "/refresh");
  if (st == DYO_OK && t.timezone && zone_load(t.timezone, &z, err) != DYO_OK) st = at_path(err, "/timezone");
  zone_free(z);
  m->cron = t.refresh;
  if (t.timezone) m->zone = t.timezone;
  return st;
}

dyo_status refresh_check(const dyo_op *op, const char *text, size_t n, dyo_err *err)
{
  wish    w = {0};
  meaning m;
  dyo_ctx ctx;
  dyo_err ignored;
  if (!refresh_possible(op)) return DYO_OK;
  dyo_status st = dyo_json_members(text, n, take, &w, &ignored);
  if (st != DYO_OK) {
    dyo_buf_free(&w.rest);
    return st == DYO_OUT_OF_MEMORY ? dyo_oom(err) : DYO_OK; /* the operation itself says what is wrong, if anything */
  }
  dyo_ctx_init(&ctx, NULL);
  st = understand(&ctx, &w, &m, err);
  dyo_ctx_clear(&ctx);
  dyo_buf_free(&w.rest);
  return st;
}

/* The wish's id: of its request, as a UUID of version 8 (RFC 9562, section 5.8). */
static void id_of(const char *tenant, const wish *w, char id[ID_CHARS])
{
  uint8_t d[DIGEST_SIZE], key[DIGEST_SIZE];
  char    hex[DIGEST_CHARS];
  digest_of(tenant, strlen(tenant), NULL, key);
  digest_of(w->rest.s, w->rest.n, key, d);
  digest_text(d, hex);
  snprintf(id, ID_CHARS, "%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15, hex + 18);
}

static dyo_status keep(api *a, const char *tenant, const dyo_op *op, const wish *w, const meaning *m, char id[ID_CHARS],
                       dyo_err *err)
{
  dyo_buf        request = {0};
  store_schedule t       = {.tenant  = store_lent(tenant),
                            .kind    = (char[]){KIND},
                            .subject = id,
                            .cron    = store_lent(m->cron),
                            .zone    = store_lent(m->zone),
                            .enabled = true};
  dyo_buf_puts(&request, "{");
  put_text(&request, "operation", op->name);
  put_json(&request, "input", "{");
  dyo_buf_add(&request, w->rest.s, w->rest.n);
  dyo_buf_puts(&request, "}}");
  t.request = request.s;
  snprintf(t.id, sizeof t.id, "%s", id);
  dyo_status st =
    request.failed ? dyo_oom(err) : schedule_due(m->cron, m->zone, id, a->o.jitter_s, clock_now_ms(), &t.due, err);
  if (st == DYO_OK) st = store_schedule_put(a->store, &t, id, err);
  dyo_buf_free(&request);
  return st;
}

dyo_status refresh_keep(api *a, const char *tenant, const dyo_op *op, const char *text, size_t n, char id[ID_CHARS],
                        dyo_err *err)
{
  wish    w = {0};
  meaning m = {0};
  dyo_ctx ctx;
  dyo_err ignored;
  id[0] = '\0';
  dyo_ctx_init(&ctx, NULL);
  dyo_status st = dyo_json_members(text, n, take, &w, err);
  if (st == DYO_OK && w.rest.failed) st = dyo_oom(err);
  if (st == DYO_OK && w.refresh.s) st = understand(&ctx, &w, &m, err);
  if (st == DYO_OK && w.refresh.s) id_of(tenant, &w, id);
  if (st == DYO_OK && m.on) st = keep(a, tenant, op, &w, &m, id, err);
  if (st == DYO_OK && w.refresh.s) {
    if (!m.on) store_schedule_delete(a->store, tenant, id, &ignored), id[0] = '\0';
    scheduler_changed(a->scheduler);
  }
  dyo_ctx_clear(&ctx);
  dyo_buf_free(&w.rest);
  return st;
}

/* --- new data ---------------------------------------------------------------------------------------------------------- */

static bool take_input(void *user, dyo_piece name, dyo_piece value)
{
  if (is(name, "input")) *(dyo_piece *)user = value;
  return true;
}

static bool is_about(const store_schedule *t, const char *metric)
{
  dyo_piece  input = {0};
  wish       w     = {0};
  wish_texts texts = {0};
  dyo_ctx    ctx;
  dyo_err    ignored;
  if (strcmp(t->kind, KIND) != 0 || *t->cron || !t->enabled) return false;
  dyo_ctx_init(&ctx, NULL);
  const bool is_it = dyo_json_members(t->request, strlen(t->request), take_input, &input, &ignored) == DYO_OK &&
                     input.s && dyo_json_members(input.s, input.n, take, &w, &ignored) == DYO_OK &&
                     decode_texts(&ctx, (dyo_piece){0}, (dyo_piece){0}, w.metric, &texts, &ignored) == DYO_OK &&
                     texts.metric_name && strcmp(texts.metric_name, metric) == 0;
  dyo_buf_free(&w.rest);
  dyo_ctx_clear(&ctx);
  return is_it;
}

dyo_status refresh_arrived(api *a, const char *tenant, const char *metric, int64_t *queued, dyo_err *err)
{
  store_schedule *list = NULL;
  size_t          n    = 0;
  dyo_status      st   = store_schedule_list(a->store, tenant, &list, &n, err);
  *queued              = 0;
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    char            id[ID_CHARS];
    bool            made = false;
    const store_run in   = {
        .tenant = list[i].tenant, .kind = list[i].kind, .subject = list[i].subject, .request = list[i].request};
    if (!is_about(&list[i], metric)) continue;
    st = store_run_add_once(a->store, &in, id, &made, err);
    *queued += made;
  }
  store_schedule_free(list, n);
  free(list);
  if (*queued) workers_wake(a->workers);
  return st;
}
