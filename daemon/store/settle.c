/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A value of business_metrics that comes from records is made anew from all of its parts whenever one of them changes, so that it is the
 * same however often and in whatever order records came. Each step is asked for all values of a piece at once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/mirror_parts.h"
#include "store/names.h"

enum { PIECE = 512 };

/* --- touched values ---------------------------------------------------------------------------------------------------------- */

bool touch(touched *t, int64_t series, int64_t time)
{
  if (t->n == t->cap) {
    const size_t cap  = t->cap ? 2 * t->cap : 256;
    touch_spot  *more = realloc(t->v, cap * sizeof *more);
    if (!more) return false;
    t->v   = more;
    t->cap = cap;
  }
  t->v[t->n++] = (touch_spot){series, time};
  return true;
}

static int by_spot(const void *a, const void *b)
{
  const touch_spot *x = a, *y = b;
  if (x->series != y->series) return x->series < y->series ? -1 : 1;
  return (x->time > y->time) - (x->time < y->time);
}

/* --- one value ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
  int64_t id, version, added, left; /* added: by how many values it grows */
  char   *metric;
  bool    failed; /* memory ran out */
} series_work;

typedef struct {
  touch_spot   at;
  series_work *of;
  int64_t      n, how, changed; /* n: its parts */
  double       sum, least, most, value;
} value_work;

static bool take_parts(void *user, const row *r)
{
  value_work *w = user;
  w->n          = row_whole(r, 0);
  w->how        = row_whole(r, 1);
  w->sum        = row_real(r, 2);
  w->least      = row_real(r, 3);
  w->most       = row_real(r, 4);
  return false;
}

static bool take_value(void *user, const row *r)
{
  ((value_work *)user)->value = row_real(r, 0);
  return false;
}

static void parts_key(const touched *t, const value_work *w, db_value key[4])
{
  const db_value of[] = {db_text(t->tenant), db_whole(t->source_no), db_whole(w->at.series), db_whole(w->at.time)};
  memcpy(key, of, sizeof of);
}

/* Added up in the order of the key, which SQLite reads them in: the same to the last bit whenever they came. */
static dyo_status ask_parts(db *d, const touched *t, value_work *w, dyo_err *err)
{
  db_value key[4];
  parts_key(t, w, key);
  return db_later(
    d,
    "SELECT count(*), max(aggregate), sum(value /*pg ORDER BY object, record_id, cell*/), min(value), max(value)"
    " FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND series_id = $3 AND time = $4",
    key, 4, take_parts, w, NULL, err);
}

/* Of the parts of most kinds the value is known already. */
static dyo_status ask_value(db *d, const touched *t, value_work *w, dyo_err *err)
{
  db_value key[4];
  parts_key(t, w, key);
  if (w->n == 0) return DYO_OK;
  switch ((aggregate)w->how) {
  case AGGREGATE_MEAN:
    return db_later(d,
                    "SELECT avg(value /*pg ORDER BY object, record_id, cell*/) FROM source_cells WHERE tenant_id = $1"
                    " AND source_no = $2 AND series_id = $3 AND time = $4",
                    key, 4, take_value, w, NULL, err);
  case AGGREGATE_LAST:
    return db_later(d,
                    "SELECT value FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND series_id = $3"
                    " AND time = $4 ORDER BY stamp DESC, object DESC, record_id DESC, cell DESC LIMIT 1",
                    key, 4, take_value, w, NULL, err);
  case AGGREGATE_MIN: w->value = w->least; break;
  case AGGREGATE_MAX: w->value = w->most; break;
  case AGGREGATE_COUNT: w->value = (double)w->n; break;
  default: w->value = w->sum; break;
  }
  return DYO_OK;
}

static void value_row(const touched *t, const value_work *w, db_value v[6])
{
  const db_value of[] = {db_text(t->tenant),     db_whole(w->at.series), db_whole(w->at.time),
                         db_whole(t->source_no), db_real(w->value),      db_whole(w->of->version)};
  memcpy(v, of, sizeof of);
}

/* Without parts it goes; else it comes, unless it is there. */
static dyo_status add_or_drop(db *d, const touched *t, value_work *w, dyo_err *err)
{
  db_value v[6];
  value_row(t, w, v);
  if (w->n == 0)
    return db_later(
      d, "DELETE FROM business_metrics WHERE tenant_id = $1 AND series_id = $2 AND time = $3 AND source_no = $4", v, 4,
      NULL, NULL, &w->changed, err);
  return db_later(d,
                  "INSERT INTO business_metrics (tenant_id, series_id, time, source_no, value, written)"
                  " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                  v, 6, NULL, NULL, &w->changed, err);
}

static dyo_status change(db *d, const touched *t, value_work *w, dyo_err *err)
{
  db_value v[6];
  value_row(t, w, v);
  w->of->added += w->n ? w->changed : -w->changed;
  if (w->n == 0 || w->changed) return DYO_OK;
  return db_later(d,
                  "UPDATE business_metrics SET value = $5, written = $6 WHERE tenant_id = $1 AND series_id = $2"
                  " AND time = $3 AND source_no = $4",
                  v, 6, NULL, NULL, NULL, err);
}

static dyo_status settle_values(db *d, const touched *t, value_work *w, size_t n, dyo_err *err)
{
  static dyo_status (*const steps[])(db *, const touched *, value_work *, dyo_err *) = {ask_parts, ask_value,
                                                                                        add_or_drop, change};
  dyo_status st                                                                      = DYO_OK;
  for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
    for (size_t i = 0; st == DYO_OK && i < n; i++) st = steps[s](d, t, &w[i], err);
    if (st == DYO_OK) st = db_flush(d, err);
  }
  return st;
}

/* --- series ------------------------------------------------------------------------------------------------------------------- */

static bool take_metric(void *user, const row *r)
{
  series_work *s = user;
  s->failed      = !text_copy(r, 0, &s->metric);
  return false;
}

static bool take_version(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
}

/* The metrics of the series, and one new version for each. */
static dyo_status new_versions(db *d, const touched *t, series_work *s, size_t n, names *metrics, dyo_err *err)
{
  dyo_status st = DYO_OK;
  size_t     at = 0;
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    const db_value key[] = {db_text(t->tenant), db_whole(s[i].id)};
    st = db_later(d, "SELECT metric FROM series WHERE tenant_id = $1 AND series_id = $2", key, 2, take_metric, &s[i],
                  NULL, err);
  }
  if (st == DYO_OK) st = db_flush(d, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++)
    if (s[i].failed || (s[i].metric && !names_place(metrics, s[i].metric, "", &at))) st = dyo_oom(err);
  for (size_t i = 0; st == DYO_OK && i < metrics->n; i++) {
    const db_value v[] = {db_text(t->tenant), db_text(metrics->v[i].a), db_whole(t->now)};
    st                 = db_later(
                      d,
                      "UPDATE metrics SET version = version + 1, changed = $3 WHERE tenant_id = $1 AND metric = $2 RETURNING version",
                      v, 3, take_version, &metrics->v[i].no, NULL, err);
  }
  if (st == DYO_OK) st = db_flush(d, err);
  for (size_t i = 0; st == DYO_OK && i < metrics->n; i++)
    if (t->told) t->told(t->user, metrics->v[i].a);
  for (size_t i = 0; st == DYO_OK && i < n; i++)
    if (s[i].metric && names_place(metrics, s[i].metric, "", &at)) s[i].version = metrics->v[at].no;
  return st;
}

static bool take_left(void *user, const row *r)
{
  ((series_work *)user)->left = row_whole(r, 0);
  return false;
}

/* What is known of the series once their values stand; *empty: how many have none any more, and have gone. */
static dyo_status sum_up(db *d, const touched *t, series_work *s, size_t n, int64_t *empty, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    const db_value v[] = {db_text(t->tenant), db_whole(s[i].id), db_whole(s[i].added)};
    st = db_later(d, "UPDATE series SET n = n + $3 WHERE tenant_id = $1 AND series_id = $2 RETURNING n", v, 3,
                  take_left, &s[i], NULL, err);
  }
  if (st == DYO_OK) st = db_flush(d, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    const db_value v[] = {db_text(t->tenant), db_whole(s[i].id)};
    *empty += s[i].left == 0;
    st = s[i].left == 0
           ? db_later(d, "DELETE FROM series WHERE tenant_id = $1 AND series_id = $2", v, 2, NULL, NULL, NULL, err)
           : db_later(d,
                      "UPDATE series SET first = (SELECT min(time) FROM business_metrics b WHERE b.tenant_id = $1"
                      " AND b.series_id = $2), last = (SELECT max(time) FROM business_metrics b WHERE b.tenant_id"
                      " = $1 AND b.series_id = $2) WHERE tenant_id = $1 AND series_id = $2",
                      v, 2, NULL, NULL, NULL, err);
  }
  return st;
}

/* Only once every series of the batch is settled: a metric may lose its last series and get a new one in the same batch. */
static dyo_status drop_empty_metrics(db *d, const touched *t, dyo_err *err)
{
  return db_do(d, NULL, err,
               "DELETE FROM metrics WHERE tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM series s WHERE s.tenant_id = $1"
               " AND s.metric = metrics.metric)",
               db_text(t->tenant));
}

/* --- all of them --------------------------------------------------------------------------------------------------------------- */

/* Sorted, each once; answers of how many series they are. */
static size_t put_in_order(touched *t)
{
  size_t n = 0, series = 0;
  qsort(t->v, t->n, sizeof *t->v, by_spot);
  for (size_t i = 0; i < t->n; i++) {
    if (n && by_spot(&t->v[n - 1], &t->v[i]) == 0) continue;
    if (n == 0 || t->v[n - 1].series != t->v[i].series) series++;
    t->v[n++] = t->v[i];
  }
  t->n = n;
  return series;
}

static dyo_status settle_pieces(db *d, const touched *t, series_work *s, dyo_err *err)
{
  value_work *w  = calloc(PIECE, sizeof *w);
  dyo_status  st = w ? DYO_OK : dyo_oom(err);
  for (size_t i = 0, n = 0; st == DYO_OK && i < t->n; i += n) {
    for (n = 0; n < PIECE && i + n < t->n; n++) {
      if (s->id != t->v[i + n].series) s++;
      w[n] = (value_work){.at = t->v[i + n], .of = s, .value = NAN};
    }
    st = settle_values(d, t, w, n, err);
  }
  free(w);
  return st;
}

dyo_status settle(db *d, touched *t, dyo_err *err)
{
  if (t->n == 0) return DYO_OK;
  names        metrics = {0};
  int64_t      empty = 0, added = 0;
  const size_t n  = put_in_order(t);
  series_work *s  = calloc(n, sizeof *s);
  dyo_status   st = s ? DYO_OK : dyo_oom(err);
  for (size_t i = 0, k = 0; st == DYO_OK && i < t->n; i++)
    if (i == 0 || t->v[i].series != t->v[i - 1].series) s[k++].id = t->v[i].series;
  if (st == DYO_OK) st = new_versions(d, t, s, n, &metrics, err);
  if (st == DYO_OK) st = settle_pieces(d, t, s, err);
  if (st == DYO_OK) st = sum_up(d, t, s, n, &empty, err);
  if (st == DYO_OK && empty) st = drop_empty_metrics(d, t, err);
  for (size_t i = 0; s && i < n; i++) added += s[i].added;
  if (st == DYO_OK) st = usage_add_within(d, t->tenant, t->guard, t->made - empty, added, err);
  names_free(&metrics);
  for (size_t i = 0; s && i < n; i++) free(s[i].metric);
  free(s);
  return st;
}
