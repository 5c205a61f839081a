/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/names.h"

enum { PIECE = 1024 };

/* --- writing ------------------------------------------------------------------------------------------------------- */

/* What a batch gives to a series of it. */
typedef struct {
  int64_t version, first, last, added;
} target;

typedef struct {
  const char           *tenant, *source_id;
  const store_value    *v;
  size_t                n;
  const store_progress *run;
  int64_t               now, source_no;
  names                 series, metrics; /* a metric's number: its new version */
  target               *targets;         /* of the series, in their order */
  size_t                n_targets, cap;
} put_job;

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
}

/* The new versions of the metrics that have none yet, one a batch. */
static dyo_status new_versions(db *d, put_job *j, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = j->metrics.n; st == DYO_OK && i-- > 0 && j->metrics.v[i].no == 0;) {
    const db_value v[] = {db_text(j->tenant), db_text(j->metrics.v[i].a), db_whole(j->now)};
    st                 = db_later(
                      d,
                      "INSERT INTO metrics (tenant_id, metric, version, changed) VALUES ($1, $2, 1000 * $3, $3)"
                                      " ON CONFLICT (tenant_id, metric) DO UPDATE SET version = metrics.version + 1, changed = excluded.changed"
                                      " RETURNING version",
                      v, 3, take_whole, &j->metrics.v[i].no, NULL, err);
  }
  return st == DYO_OK ? db_flush(d, err) : st;
}

/* A target for each series that has none yet. */
static dyo_status new_targets(db *d, put_job *j, dyo_err *err)
{
  const size_t old = j->n_targets;
  size_t       of  = 0;
  dyo_status   st  = names_series(d, j->tenant, j->now, &j->series, err);
  if (st == DYO_OK && j->series.n > j->cap) {
    target *more = realloc(j->targets, j->series.cap * sizeof *more);
    if (!more) return dyo_oom(err);
    j->targets = more;
    j->cap     = j->series.cap;
  }
  for (size_t i = old; st == DYO_OK && i < j->series.n; i++)
    if (!names_place(&j->metrics, j->series.v[i].a, "", &of)) st = dyo_oom(err);
  if (st == DYO_OK) st = new_versions(d, j, err);
  for (; st == DYO_OK && j->n_targets < j->series.n; j->n_targets++) {
    if (!names_place(&j->metrics, j->series.v[j->n_targets].a, "", &of)) return dyo_oom(err);
    j->targets[j->n_targets] = (target){j->metrics.v[of].no, INT64_MAX, INT64_MIN, 0};
  }
  return st;
}

static void value_row(const put_job *j, const store_value *v, size_t of, db_value out[6])
{
  const db_value values[] = {db_text(j->tenant), db_whole(j->series.v[of].no),
                             db_whole(v->time),  db_whole(j->source_no),
                             db_real(v->value),  db_whole(j->targets[of].version)};
  memcpy(out, values, sizeof values);
}

/* PIECE values at most: first those that are new, then what was there. Of two for the same time the later one counts. */
static dyo_status put_values(db *d, put_job *j, const store_value *v, size_t n, dyo_err *err)
{
  size_t     of[PIECE]       = {0};
  int64_t    inserted[PIECE] = {0};
  db_value   values[6];
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < n; i++)
    if (!names_place(&j->series, v[i].metric, v[i].dimensions, &of[i])) st = dyo_oom(err);
  if (st == DYO_OK) st = new_targets(d, j, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    value_row(j, &v[i], of[i], values);
    st = db_later(d,
                  "INSERT INTO business_metrics (tenant_id, series_id, time, source_no, value, written)"
                  " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                  values, 6, NULL, NULL, &inserted[i], err);
  }
  if (st == DYO_OK) st = db_flush(d, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    target *t = &j->targets[of[i]];
    value_row(j, &v[i], of[i], values);
    if (!inserted[i])
      st = db_later(d,
                    "UPDATE business_metrics SET value = $5, written = $6"
                    " WHERE tenant_id = $1 AND series_id = $2 AND time = $3 AND source_no = $4",
                    values, 6, NULL, NULL, NULL, err);
    t->added += inserted[i];
    if (v[i].time < t->first) t->first = v[i].time;
    if (v[i].time > t->last) t->last = v[i].time;
  }
  return st == DYO_OK ? db_flush(d, err) : st;
}

static dyo_status sum_up(db *d, const put_job *j, size_t of, dyo_err *err)
{
  const target  *t   = &j->targets[of];
  const db_value v[] = {db_text(j->tenant), db_whole(j->series.v[of].no), db_whole(t->first), db_whole(t->last),
                        db_whole(t->added)};
  return db_later(d,
                  "UPDATE series SET first = CASE WHEN n = 0 OR first > $3 THEN $3 ELSE first END,"
                  " last = CASE WHEN n = 0 OR last < $4 THEN $4 ELSE last END, n = n + $5"
                  " WHERE tenant_id = $1 AND series_id = $2",
                  v, 5, NULL, NULL, NULL, err);
}

static dyo_status put_all(db *d, void *user, dyo_err *err)
{
  put_job *j     = user;
  int64_t  added = 0;
  j->n_targets   = 0;
  j->source_no   = 0;
  names_clear(&j->series);
  names_clear(&j->metrics);
  dyo_status st = db_ask(d, take_whole, &j->source_no, err,
                         "SELECT source_no FROM data_sources WHERE tenant_id = $1 AND source_id = $2",
                         db_text(j->tenant), db_text(j->source_id));
  if (st == DYO_OK && j->source_no == 0) st = nothing_there(err);
  for (size_t i = 0; st == DYO_OK && i < j->n; i += PIECE)
    st = put_values(d, j, j->v + i, j->n - i < PIECE ? j->n - i : PIECE, err);
  for (size_t i = 0; st == DYO_OK && i < j->n_targets; i++) {
    added += j->targets[i].added;
    st = sum_up(d, j, i, err);
  }
  if (st == DYO_OK) st = usage_add(d, j->tenant, j->run ? j->run->id : NULL, (int64_t)j->series.made, added, err);
  return st == DYO_OK && j->run ? run_progress(d, j->run, err) : st;
}

dyo_status store_values_put(store *s, const char *tenant, const char *source_id, const store_value *v, size_t n,
                            const store_progress *run, dyo_err *err)
{
  put_job          j  = {.tenant = tenant, .source_id = source_id, .v = v, .n = n, .run = run, .now = clock_now_ms()};
  const dyo_status st = store_write(s, tenant, put_all, &j, err);
  free(j.targets);
  names_free(&j.series);
  names_free(&j.metrics);
  return st;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

void store_metric_free(store_metric *m, size_t n)
{
  for (size_t i = 0; i < n; i++) free(m[i].name);
}

static void free_metrics(void *m, size_t n)
{
  store_metric_free(m, n);
}

static bool fill_metric(void *item, const row *r)
{
  store_metric *m = item;
  m->series       = row_whole(r, 1);
  m->values       = row_whole(r, 2);
  m->first        = row_whole(r, 3);
  m->last         = row_whole(r, 4);
  m->changed      = row_whole(r, 5);
  return text_copy(r, 0, &m->name);
}

/* The cursor is the hash of nothing: names may be longer than a cursor, so it counts the metrics before it. */
dyo_status store_metric_list(store *s, const char *tenant, const store_page *page, store_metric **out, size_t *n,
                             char next[STORE_CURSOR], dyo_err *err)
{
  rows_list l    = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill_metric};
  size_t    from = 0;
  if (!store_cursor_counts(page, &from, err)) return err->code;
  dyo_status st =
    store_ask(s, tenant, rows_add, &l, err,
              "SELECT m.metric, count(*), CAST(sum(s.n) AS BIGINT), min(s.first), max(s.last), m.changed FROM metrics m"
              " JOIN series s ON s.tenant_id = m.tenant_id AND s.metric = m.metric"
              " WHERE m.tenant_id = $1 GROUP BY m.metric, m.changed ORDER BY m.metric LIMIT $3 OFFSET $2",
              db_text(tenant), db_whole((int64_t)from), page_rows(page));
  st      = rows_done(&l, st, free_metrics, out, n, err);
  next[0] = '\0';
  if (st == DYO_OK && l.more) snprintf(next, STORE_CURSOR, "%zu", from + *n);
  return st;
}

dyo_status store_metric_version(store *s, const char *tenant, const char *metric, int64_t *version, dyo_err *err)
{
  *version = 0;
  const dyo_status st =
    store_ask(s, tenant, take_whole, version, err, "SELECT version FROM metrics WHERE tenant_id = $1 AND metric = $2",
              db_text(tenant), db_text(metric));
  return st == DYO_OK && *version == 0 ? nothing_there(err) : st;
}

typedef struct {
  int64_t id;
  char   *dimensions;
} series_row;

static bool fill_series(void *item, const row *r)
{
  series_row *s = item;
  s->id         = row_whole(r, 0);
  return text_copy(r, 1, &s->dimensions);
}

static void free_series(void *list, size_t n)
{
  series_row *s = list;
  for (size_t i = 0; i < n; i++) free(s[i].dimensions);
}

/* Length of the member "key":value that begins at s, in canonical JSON (no blanks; values are texts, numbers or words). */
static size_t member_length(const char *s)
{
  bool   inside = false;
  size_t n      = 0;
  for (; s[n]; n++) {
    if (inside && s[n] == '\\' && s[n + 1]) n++;
    else if (s[n] == '"') inside = !inside;
    else if (!inside && (s[n] == ',' || s[n] == '}')) break;
  }
  return n;
}

/* Every member of `wanted` is one of `have`. Both are canonical; a quote inside a text is escaped, so that a member's text found
 * behind '{' or ',' is that member. */
bool has_members(const char *have, const char *wanted)
{
  if (!wanted || *wanted != '{') return true;
  for (const char *w = wanted + 1; *w && *w != '}';) {
    const size_t n     = member_length(w);
    bool         found = false;
    for (const char *h = have; *h == '{' || *h == ','; h += 1 + member_length(h + 1))
      found = found || (member_length(h + 1) == n && memcmp(h + 1, w, n) == 0);
    if (!found) return false;
    w += n + (w[n] == ',');
  }
  return true;
}

typedef struct {
  store_piece piece;
  void       *user;
  const char *dimensions;
  int64_t     time[PIECE], written; /* of the last value */
  double      value[PIECE];
  size_t      n;
  bool        stop;
} gather;

static bool give(gather *g)
{
  if (g->n && !g->stop) g->stop = !g->piece(g->user, g->dimensions, g->time, g->value, g->n);
  g->n = 0;
  return !g->stop;
}

/* Values come by time; of one time the one written last counts. */
static bool take_value(void *user, const row *r)
{
  gather       *g    = user;
  const int64_t time = row_whole(r, 0), written = row_whole(r, 2);
  if (g->n && g->time[g->n - 1] == time) {
    if (written >= g->written) g->value[g->n - 1] = row_real(r, 1), g->written = written;
    return true;
  }
  if (g->n == PIECE && !give(g)) return false;
  g->time[g->n]  = time;
  g->value[g->n] = row_real(r, 1);
  g->written     = written;
  g->n++;
  return true;
}

/* The last value of a full piece may have a twin of another source, so the piece is given only when the next time has come. */
static dyo_status read_series(db *d, const char *tenant, const store_range *range, const series_row *s, gather *g,
                              dyo_err *err)
{
  g->dimensions = s->dimensions;
  const dyo_status st =
    db_ask(d, take_value, g, err,
           "SELECT time, value, written FROM business_metrics WHERE tenant_id = $1 AND series_id = $2"
           " AND time >= $3 AND time <= $4 ORDER BY time",
           db_text(tenant), db_whole(s->id), db_whole(range->from), db_whole(range->to));
  if (st == DYO_OK) give(g);
  return st;
}

dyo_status store_values_read(store *s, const char *tenant, const store_range *range, store_piece piece, void *user,
                             dyo_err *err)
{
  rows_list   l    = {.size = sizeof(series_row), .fill = fill_series};
  series_row *list = NULL;
  size_t      n    = 0;
  db         *d    = store_reader(s, tenant);
  dyo_status  st =
    range->one
       ? db_ask(d, rows_add, &l, err,
                "SELECT series_id, dimensions FROM series WHERE tenant_id = $1 AND metric = $2 AND dimensions = $3",
                db_text(tenant), db_text(range->metric), db_text(range->dimensions))
       : db_ask(d, rows_add, &l, err,
                "SELECT series_id, dimensions FROM series WHERE tenant_id = $1 AND metric = $2 ORDER BY dimensions",
                db_text(tenant), db_text(range->metric));
  st = rows_done(&l, st, free_series, &list, &n, err);
  if (st == DYO_OK && n == 0) st = nothing_there(err);
  gather *g = malloc(sizeof *g);
  if (!g && st == DYO_OK) st = dyo_oom(err);
  if (g) *g = (gather){.piece = piece, .user = user};
  for (size_t i = 0; st == DYO_OK && i < n && !g->stop; i++)
    if (has_members(list[i].dimensions, range->dimensions)) st = read_series(d, tenant, range, &list[i], g, err);
  free(g);
  store_reader_back(s, d);
  free_series(list, n);
  free(list);
  return st;
}
