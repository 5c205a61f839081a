/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series and values are counted in the transaction that adds them or takes them away; the other quotas are about what is quickly counted
 * whenever it is asked for. */
#include "store/quotas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/dyo_json.h"
#include "store/parts.h"

enum { MIB = 1 << 20 };

#define QUOTA_WORD(name, word, doc) word,
#define QUOTA_DOC(name, word, doc)  doc,
const char *const quota_words[] = {QUOTA_MAP(QUOTA_WORD) NULL};
const char *const quota_docs[]  = {QUOTA_MAP(QUOTA_DOC) NULL};

/* --- limits ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  store_quotas *out;
  bool         *own; /* of QUOTAS, or NULL */
} limits_job;

static int quota_of(const char *word)
{
  for (int i = 0; i < QUOTAS; i++)
    if (word && strcmp(word, quota_words[i]) == 0) return i;
  return QUOTAS;
}

static bool take_limit(void *user, const row *r)
{
  limits_job *j = user;
  const int   q = quota_of(row_text(r, 0));
  if (q == QUOTAS) return true; /* of a later program */
  j->out->most[q] = row_real(r, 1);
  if (j->own) j->own[q] = true;
  return true;
}

static dyo_status limits_of(db *d, const char *tenant, const store_quotas *usual, store_quotas *out, bool *own,
                            dyo_err *err)
{
  limits_job j = {out, own};
  *out         = *usual;
  return db_ask(d, take_limit, &j, err, "SELECT quota, most FROM tenant_quotas WHERE tenant_id = $1", db_text(tenant));
}

static bool take_usual(void *user, const row *r)
{
  const int q = quota_of(row_text(r, 0) + strlen("quota_"));
  if (q < QUOTAS) ((store_quotas *)user)->most[q] = strtod(row_text(r, 1), NULL);
  return true;
}

dyo_status quotas_read_usual(db *d, store_quotas *out, dyo_err *err)
{
  *out = (store_quotas){0};
  return db_run(d, "SELECT name, value FROM meta WHERE name LIKE 'quota\\_%' ESCAPE '\\'", NULL, 0, take_usual, out,
                NULL, err);
}

static dyo_status note_usual(db *d, void *user, dyo_err *err)
{
  const store_quotas *q  = user;
  dyo_status          st = DYO_OK;
  for (int i = 0; st == DYO_OK && i < QUOTAS; i++) {
    char name[32], value[32];
    snprintf(name, sizeof name, "quota_%s", quota_words[i]);
    snprintf(value, sizeof value, "%.17g", q->most[i]);
    st = meta_put(d, name, value, err);
  }
  return st;
}

dyo_status store_quotas_usual(store *s, const store_quotas *q, dyo_err *err)
{
  store_quotas *usual = &store_guard(s)->usual;
  store_quotas  copy  = *q;
  bool          same  = true;
  for (int i = 0; i < QUOTAS; i++) same = same && usual->most[i] == q->most[i];
  *usual = *q;
  return same ? DYO_OK : store_write(s, ALL_TENANTS, note_usual, &copy, err);
}

dyo_status store_quotas_get(store *s, const char *tenant, store_quotas *out, dyo_err *err)
{
  db              *d  = store_reader(s, tenant);
  const dyo_status st = limits_of(d, tenant, &store_guard(s)->usual, out, NULL, err);
  store_reader_back(s, d);
  return st;
}

uint64_t store_quota_refusals(store *s, quota q)
{
  return atomic_load(&store_guard(s)->refused[q]);
}

/* --- use --------------------------------------------------------------------------------------------------------------- */

static bool take_two(void *user, const row *r)
{
  int64_t *two = user;
  two[0]       = row_whole(r, 0);
  two[1]       = row_columns(r) > 1 ? row_whole(r, 1) : 0;
  return false;
}

/* What a tenant has of one that is counted when it is asked for; of runs that wait at most `most`, and none of a batch, which makes few at
 * a time. */
static dyo_status count(db *d, const char *tenant, quota q, int64_t most, double *used, dyo_err *err)
{
  int64_t    n[2] = {0};
  dyo_status st   = DYO_OK;
  if (q == QUOTA_SOURCES)
    st = db_ask(d, take_two, n, err, "SELECT count(*) FROM data_sources WHERE tenant_id = $1", db_text(tenant));
  if (q == QUOTA_UPLOAD_MB)
    st = db_ask(d, take_two, n, err,
                "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM raw_files WHERE tenant_id = $1", db_text(tenant));
  if (q == QUOTA_QUEUED)
    st = db_ask(d, take_two, n, err,
                "SELECT count(*) FROM (SELECT 1 FROM runs WHERE tenant_id = $1 AND state = 0 AND batch_id IS NULL"
                " LIMIT $2) waiting",
                db_text(tenant), db_whole(most));
  *used = q == QUOTA_UPLOAD_MB ? (double)n[0] / MIB : (double)n[0];
  return st;
}

dyo_status store_quotas_look(store *s, const char *tenant, store_quota out[QUOTAS], dyo_err *err)
{
  store_quotas limits;
  bool         own[QUOTAS] = {0};
  int64_t      counted[2]  = {0};
  db          *d           = store_reader(s, tenant);
  dyo_status   st          = limits_of(d, tenant, &store_guard(s)->usual, &limits, own, err);
  if (st == DYO_OK)
    st = db_ask(d, take_two, counted, err, "SELECT series, n FROM tenant_usage WHERE tenant_id = $1 AND run_id = ''",
                db_text(tenant));
  for (int i = 0; st == DYO_OK && i < QUOTAS; i++) {
    out[i] = (store_quota){limits.most[i], NAN, own[i]};
    if (i == QUOTA_SERIES || i == QUOTA_VALUES) out[i].used = (double)counted[i == QUOTA_VALUES];
    else if (i < QUOTA_RATE) st = count(d, tenant, (quota)i, INT64_MAX, &out[i].used, err);
  }
  store_reader_back(s, d);
  return st;
}

/* Whole numbers as they are, others with a digit or two. */
static const char *shown(double v, char out[32])
{
  snprintf(out, 32, v == floor(v) ? "%.0f" : v < 10 ? "%.2f" : "%.1f", v);
  return out;
}

static dyo_status over(quota_guard *g, quota q, double most, double used, double more, dyo_err *err)
{
  static const char *const helps[] = {"Delete a connector with its data", "Delete a connector with its data",
                                      "Delete one that is not needed", "Delete a connector with its files",
                                      "Try again once some have begun, or cancel some"};
  char                     texts[3][32];
  atomic_fetch_add(&g->refused[q], 1);
  return dyo_fail(
    err, q == QUOTA_QUEUED ? DYO_RATE_LIMITED : DYO_TOO_LARGE, "",
    "the tenant's quota \"%s\" is used up: %s %s at most, %s are taken and this takes %s more. %s, or ask "
    "the operator for more (dyocensed tenant quota).",
    quota_words[q], shown(most, texts[0]), quota_docs[q], shown(used, texts[1]), shown(more, texts[2]), helps[q]);
}

dyo_status quota_more(db *d, const char *tenant, quota_guard *g, quota q, double more, dyo_err *err)
{
  store_quotas limits;
  double       used = 0;
  dyo_status   st   = limits_of(d, tenant, &g->usual, &limits, NULL, err);
  if (st != DYO_OK || limits.most[q] <= 0) return st;
  st = count(d, tenant, q, (int64_t)fmin(limits.most[q], 9e15), &used, err);
  if (st != DYO_OK || used + more <= limits.most[q]) return st;
  return over(g, q, limits.most[q], used, more, err);
}

/* --- series and values --------------------------------------------------------------------------------------------------- */

typedef struct {
  const char  *tenant, *run_id;
  quota_guard *guard;
  int64_t      series, values;
} room_job;

/* What is there and what runs under way were promised, but for run_id. */
#define TAKEN                                                                                                    \
  "SELECT CAST(coalesce(sum(u.series), 0) AS BIGINT), CAST(coalesce(sum(u.n), 0) AS BIGINT) FROM tenant_usage u" \
  " WHERE u.tenant_id = $1 AND u.run_id <> $2 AND (u.run_id = '' OR EXISTS (SELECT 1 FROM runs r"                \
  " WHERE r.tenant_id = $1 AND r.run_id = u.run_id AND r.state < 2))"

/* The limits hold for what is there (with what is new already, where `counted`) and so much more. */
static dyo_status room_for(db *d, const room_job *j, const store_quotas *limits, bool counted, dyo_err *err)
{
  const double more[] = {(double)j->series, (double)j->values};
  const quota  of[]   = {QUOTA_SERIES, QUOTA_VALUES};
  int64_t      is[2]  = {0};
  dyo_status   st     = db_ask(d, take_two, is, err, TAKEN, db_text(j->tenant), db_text(j->run_id));
  for (int i = 0; st == DYO_OK && i < 2; i++) {
    const double before = (double)is[i] - (counted ? more[i] : 0), most = limits->most[of[i]];
    if (more[i] > 0 && most > 0 && before + more[i] > most) st = over(j->guard, of[i], most, before, more[i], err);
  }
  return st;
}

dyo_status usage_add(db *d, const char *tenant, const char *run_id, int64_t series, int64_t values, dyo_err *err)
{
  if (series == 0 && values == 0) return DYO_OK;
  const dyo_status st =
    db_do(d, NULL, err,
          "INSERT INTO tenant_usage (tenant_id, run_id, series, n) VALUES ($1, '', $2, $3)"
          " ON CONFLICT (tenant_id, run_id) DO UPDATE SET series = tenant_usage.series + excluded.series,"
          " n = tenant_usage.n + excluded.n",
          db_text(tenant), db_whole(series), db_whole(values));
  if (st != DYO_OK || !run_id) return st;
  return db_do(d, NULL, err,
               "UPDATE tenant_usage SET series = CASE WHEN series > $3 THEN series - $3 ELSE 0 END,"
               " n = CASE WHEN n > $4 THEN n - $4 ELSE 0 END WHERE tenant_id = $1 AND run_id = $2",
               db_text(tenant), db_text(run_id), db_whole(series), db_whole(values));
}

dyo_status usage_add_within(db *d, const char *tenant, quota_guard *g, int64_t series, int64_t values, dyo_err *err)
{
  const room_job j = {.tenant = tenant, .run_id = "-", .guard = g, .series = series, .values = values};
  store_quotas   limits;
  dyo_status     st = usage_add(d, tenant, NULL, series, values, err);
  if (st != DYO_OK || (series <= 0 && values <= 0)) return st;
  st = limits_of(d, tenant, &g->usual, &limits, NULL, err);
  if (st != DYO_OK || (limits.most[QUOTA_SERIES] <= 0 && limits.most[QUOTA_VALUES] <= 0)) return st;
  return room_for(d, &j, &limits, true, err);
}

dyo_status usage_count_anew(db *d, const char *tenant, dyo_err *err)
{
  return db_do(d, NULL, err,
               "UPDATE tenant_usage SET series = (SELECT count(*) FROM series s WHERE s.tenant_id = $1),"
               " n = (SELECT CAST(coalesce(sum(s.n), 0) AS BIGINT) FROM series s WHERE s.tenant_id = $1)"
               " WHERE tenant_id = $1 AND run_id = ''",
               db_text(tenant));
}

/* Promises to runs that have ended go. */
static dyo_status promise(db *d, void *user, dyo_err *err)
{
  const room_job *j = user;
  store_quotas    limits;
  dyo_status      st = limits_of(d, j->tenant, &j->guard->usual, &limits, NULL, err);
  if (st == DYO_OK) st = room_for(d, j, &limits, false, err);
  if (st == DYO_OK)
    st = db_do(d, NULL, err,
               "DELETE FROM tenant_usage WHERE tenant_id = $1 AND run_id <> '' AND NOT EXISTS (SELECT 1 FROM runs r"
               " WHERE r.tenant_id = $1 AND r.run_id = tenant_usage.run_id AND r.state < 2)",
               db_text(j->tenant));
  if (st != DYO_OK) return st;
  return db_do(d, NULL, err,
               "INSERT INTO tenant_usage (tenant_id, run_id, series, n) VALUES ($1, $2, $3, $4)"
               " ON CONFLICT (tenant_id, run_id) DO UPDATE SET series = excluded.series, n = excluded.n",
               db_text(j->tenant), db_text(j->run_id), db_whole(j->series), db_whole(j->values));
}

dyo_status store_room_promise(store *s, const char *tenant, const char *run_id, int64_t series, int64_t values,
                              dyo_err *err)
{
  room_job j = {tenant, run_id, store_guard(s), series, values};
  return store_write(s, tenant, promise, &j, err);
}

typedef struct {
  const int64_t *time;
  size_t         n;
  int64_t        known;
  bool           there; /* the series */
} need_job;

static bool take_known(void *user, const row *r)
{
  need_job     *j    = user;
  const int64_t time = row_whole(r, 0);
  j->there           = true;
  if (row_kind(r, 0) == DB_WHOLE && bsearch(&time, j->time, j->n, sizeof time, whole_order)) j->known++;
  return true;
}

dyo_status store_room_needed(store *s, const char *tenant, const char *source_id, const store_value *of, int64_t *time,
                             size_t n, int64_t *values, bool *series, dyo_err *err)
{
  need_job j = {time, n, 0, false};
  if (n == 0) return *values = 0, *series = false, DYO_OK;
  qsort(time, n, sizeof *time, whole_order);
  const dyo_status st = store_ask(
    s, tenant, take_known, &j, err,
    "SELECT b.time FROM series s LEFT JOIN business_metrics b ON b.tenant_id = $1 AND b.series_id = s.series_id"
    " AND b.time >= $5 AND b.time <= $6 AND b.source_no = (SELECT source_no FROM data_sources WHERE tenant_id = $1"
    " AND source_id = $2) WHERE s.tenant_id = $1 AND s.metric = $3 AND s.dimensions = $4",
    db_text(tenant), db_text(source_id), db_text(of->metric), db_text(of->dimensions), db_whole(time[0]),
    db_whole(time[n - 1]));
  *values = (int64_t)n - j.known;
  *series = !j.there;
  return st;
}

dyo_status store_usage_check(store *s, int64_t *tenants, int64_t *wrong, dyo_err *err)
{
  int64_t          n[2] = {0};
  const dyo_status st   = store_ask_with(
      s, ALL_TENANTS,
      "SELECT (SELECT count(*) FROM tenant_usage WHERE run_id = ''), (SELECT count(*) FROM (SELECT tenant_id,"
        " count(*) AS series, sum(n) AS n FROM series GROUP BY tenant_id) is_there WHERE NOT EXISTS (SELECT 1 FROM"
        " tenant_usage u WHERE u.tenant_id = is_there.tenant_id AND u.run_id = '' AND u.series = is_there.series AND u.n ="
        " is_there.n)) + (SELECT count(*) FROM tenant_usage u WHERE u.run_id = '' AND u.series <> 0 AND NOT EXISTS (SELECT"
        " 1 FROM series s WHERE s.tenant_id = u.tenant_id))",
      NULL, 0, take_two, n, err);
  *tenants = n[0];
  *wrong   = n[1];
  return st;
}

/* --- limits of a tenant's own ---------------------------------------------------------------------------------------------- */

typedef struct {
  const char         *tenant;
  const store_quotas *usual, *to;
} set_job;

static dyo_status set_one(db *d, const set_job *j, int q, dyo_err *err)
{
  if (j->to->most[q] < 0)
    return db_do(d, NULL, err, "DELETE FROM tenant_quotas WHERE tenant_id = $1 AND quota = $2", db_text(j->tenant),
                 db_text(quota_words[q]));
  return db_do(d, NULL, err,
               "INSERT INTO tenant_quotas (tenant_id, quota, most, changed) VALUES ($1, $2, $3, $4)"
               " ON CONFLICT (tenant_id, quota) DO UPDATE SET most = excluded.most, changed = excluded.changed",
               db_text(j->tenant), db_text(quota_words[q]), db_real(j->to->most[q]), db_whole(clock_now_ms()));
}

static void put_limit(dyo_buf *b, const store_quotas *limits, const bool *own, int q)
{
  if (own[q]) dyo_buf_number(b, limits->most[q]);
  else dyo_buf_puts(b, "null");
}

/* {"values":[before, after]}; null: as the settings say. */
static dyo_status set_all(db *d, void *user, dyo_err *err)
{
  const set_job *j = user;
  store_quotas   was, is;
  bool           own_was[QUOTAS] = {0}, own[QUOTAS] = {0};
  dyo_buf        b  = {0};
  dyo_status     st = limits_of(d, j->tenant, j->usual, &was, own_was, err);
  for (int i = 0; st == DYO_OK && i < QUOTAS; i++)
    if (!isnan(j->to->most[i])) st = set_one(d, j, i, err);
  if (st == DYO_OK) st = limits_of(d, j->tenant, j->usual, &is, own, err);
  dyo_buf_puts(&b, "{");
  for (int i = 0; st == DYO_OK && i < QUOTAS; i++) {
    if (own[i] == own_was[i] && is.most[i] == was.most[i]) continue;
    dyo_buf_printf(&b, "%s\"%s\":[", b.n > 1 ? "," : "", quota_words[i]);
    put_limit(&b, &was, own_was, i);
    dyo_buf_puts(&b, ",");
    put_limit(&b, &is, own, i);
    dyo_buf_puts(&b, "]");
  }
  dyo_buf_puts(&b, "}");
  const audit_event e = {.action = "quota.change", .subject = j->tenant, .detail = b.s};
  if (st == DYO_OK && b.failed) st = dyo_oom(err);
  if (st == DYO_OK && b.n > 2) st = audit_note(d, j->tenant, &e, err);
  dyo_buf_free(&b);
  return st;
}

dyo_status store_quotas_set(store *s, const char *tenant, const store_quotas *to, dyo_err *err)
{
  set_job j = {tenant, &store_guard(s)->usual, to};
  return store_write(s, tenant, set_all, &j, err);
}
