/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of a source and what they give. A value of business_metrics that comes from records is made anew from all of its parts
 * whenever one of them changes, so that it is the same however often and in whatever order records came. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/mirror_parts.h"

const char *const aggregate_words[] = {"sum", "mean", "min", "max", "count", "last", NULL};

/* --- digests ------------------------------------------------------------------------------------------------------------ */

void mirror_sum_add(mirror_sum *to, const mirror_sum *what)
{
  for (int i = 0; i < 4; i++) to->w[i] += what->w[i];
}

void mirror_sum_take(mirror_sum *from, const mirror_sum *what)
{
  for (int i = 0; i < 4; i++) from->w[i] -= what->w[i];
}

void mirror_sum_of(const char *id, const char *stamp, bool deleted, const char *content, mirror_sum *out)
{
  uint8_t      digest[DIGEST_SIZE];
  digest_state d;
  digest_begin(&d);
  digest_add(&d, id, strlen(id) + 1); /* with their ends: no two records make the same bytes */
  digest_add(&d, stamp, strlen(stamp) + 1);
  digest_add(&d, deleted ? "d" : "l", 2);
  if (content) digest_add(&d, content, strlen(content));
  digest_end(&d, digest);
  memcpy(out->w, digest, sizeof out->w);
}

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

typedef struct {
  int64_t n, how;
  double  sum, least, most, last;
} parts_sum;

static bool take_parts(void *user, const row *r)
{
  parts_sum *p = user;
  p->n         = row_whole(r, 0);
  p->how       = row_whole(r, 1);
  p->sum       = row_real(r, 2);
  p->least     = row_real(r, 3);
  p->most      = row_real(r, 4);
  return false;
}

static bool take_real(void *user, const row *r)
{
  *(double *)user = row_real(r, 0);
  return false;
}

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
}

/* Added up in the order of the key, which SQLite reads them in: the same to the last bit whenever they came. */
static dyo_status value_of(db *d, const touched *t, const touch_spot *at, parts_sum *p, double *value, dyo_err *err)
{
  const db_value key[] = {db_text(t->tenant), db_whole(t->source_no), db_whole(at->series), db_whole(at->time)};
  double         mean  = NAN;
  *p                   = (parts_sum){0};
  dyo_status st =
    db_run(d,
           "SELECT count(*), max(aggregate), sum(value /*pg ORDER BY object, record_id, cell*/), min(value),"
           " max(value) FROM source_cells"
           " WHERE tenant_id = $1 AND source_no = $2 AND series_id = $3 AND time = $4",
           key, 4, take_parts, p, NULL, err);
  if (st == DYO_OK && p->n && p->how == AGGREGATE_MEAN)
    st = db_run(
      d,
      "SELECT avg(value /*pg ORDER BY object, record_id, cell*/) FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND series_id = $3"
      " AND time = $4",
      key, 4, take_real, &mean, NULL, err);
  if (st == DYO_OK && p->n && p->how == AGGREGATE_LAST)
    st = db_run(d,
                "SELECT value FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND series_id = $3"
                " AND time = $4 ORDER BY stamp DESC, object DESC, record_id DESC, cell DESC LIMIT 1",
                key, 4, take_real, &p->last, NULL, err);
  switch ((aggregate)p->how) {
  case AGGREGATE_MEAN: *value = mean; break;
  case AGGREGATE_MIN: *value = p->least; break;
  case AGGREGATE_MAX: *value = p->most; break;
  case AGGREGATE_COUNT: *value = (double)p->n; break;
  case AGGREGATE_LAST: *value = p->last; break;
  default: *value = p->sum; break;
  }
  return st;
}

/* One value made anew; *added is by how many the series grew. */
static dyo_status settle_value(db *d, const touched *t, const touch_spot *at, int64_t version, int64_t *added,
                               dyo_err *err)
{
  parts_sum  p;
  double     value   = NAN;
  int64_t    changed = 0;
  dyo_status st      = value_of(d, t, at, &p, &value, err);
  if (st != DYO_OK) return st;
  const db_value v[] = {db_text(t->tenant),     db_whole(at->series), db_whole(at->time),
                        db_whole(t->source_no), db_real(value),       db_whole(version)};
  if (p.n == 0) {
    st =
      db_run(d, "DELETE FROM business_metrics WHERE tenant_id = $1 AND series_id = $2 AND time = $3 AND source_no = $4",
             v, 4, NULL, NULL, &changed, err);
    *added -= changed;
    return st;
  }
  st = db_run(d,
              "INSERT INTO business_metrics (tenant_id, series_id, time, source_no, value, written)"
              " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
              v, 6, NULL, NULL, &changed, err);
  *added += changed;
  if (st == DYO_OK && !changed)
    st = db_run(d,
                "UPDATE business_metrics SET value = $5, written = $6 WHERE tenant_id = $1 AND series_id = $2"
                " AND time = $3 AND source_no = $4",
                v, 6, NULL, NULL, NULL, err);
  return st;
}

/* What is known of the series once its values stand; *empty: it has none any more, and has gone. */
static dyo_status settle_series(db *d, const touched *t, int64_t series, int64_t added, bool *empty, dyo_err *err)
{
  const db_value v[]  = {db_text(t->tenant), db_whole(series), db_whole(added)};
  int64_t        left = 0;
  dyo_status st = db_run(d, "UPDATE series SET n = n + $3 WHERE tenant_id = $1 AND series_id = $2 RETURNING n", v, 3,
                         take_whole, &left, NULL, err);
  *empty        = *empty || left == 0;
  if (st != DYO_OK) return st;
  if (left == 0)
    return db_run(d, "DELETE FROM series WHERE tenant_id = $1 AND series_id = $2", v, 2, NULL, NULL, NULL, err);
  return db_run(d,
                "UPDATE series SET first = (SELECT min(time) FROM business_metrics b WHERE b.tenant_id = $1 AND"
                " b.series_id = $2), last = (SELECT max(time) FROM business_metrics b WHERE b.tenant_id = $1 AND"
                " b.series_id = $2) WHERE tenant_id = $1 AND series_id = $2",
                v, 2, NULL, NULL, NULL, err);
}

/* Only once every series of the batch is settled: a metric may lose its last series and get a new one in the same batch. */
static dyo_status drop_empty_metrics(db *d, const touched *t, dyo_err *err)
{
  return db_do(d, NULL, err,
               "DELETE FROM metrics WHERE tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM series s WHERE s.tenant_id = $1"
               " AND s.metric = metrics.metric)",
               db_text(t->tenant));
}

typedef struct {
  const touched *t;
  int64_t        version;
} versioning;

static bool take_version(void *user, const row *r)
{
  versioning *v = user;
  v->version    = row_whole(r, 0);
  if (v->t->told) v->t->told(v->t->user, row_text(r, 1));
  return false;
}

static dyo_status next_version(db *d, const touched *t, int64_t series, int64_t *version, dyo_err *err)
{
  versioning       v = {t, 0};
  const dyo_status st =
    db_ask(d, take_version, &v, err,
           "UPDATE metrics SET version = version + 1, changed = $3 WHERE tenant_id = $1 AND metric ="
           " (SELECT metric FROM series WHERE tenant_id = $1 AND series_id = $2) RETURNING version, metric",
           db_text(t->tenant), db_whole(series), db_whole(t->now));
  *version = v.version;
  return st;
}

dyo_status settle(db *d, touched *t, dyo_err *err)
{
  dyo_status st    = DYO_OK;
  bool       empty = false;
  if (t->n) qsort(t->v, t->n, sizeof *t->v, by_spot);
  for (size_t i = 0; st == DYO_OK && i < t->n;) {
    const int64_t series  = t->v[i].series;
    int64_t       version = 0, added = 0;
    st = next_version(d, t, series, &version, err);
    for (; st == DYO_OK && i < t->n && t->v[i].series == series; i++)
      if (i == 0 || t->v[i - 1].series != series || t->v[i - 1].time != t->v[i].time)
        st = settle_value(d, t, &t->v[i], version, &added, err);
    if (st == DYO_OK) st = settle_series(d, t, series, added, &empty, err);
  }
  return st == DYO_OK && empty ? drop_empty_metrics(d, t, err) : st;
}

/* --- series by name ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *metric, *dimensions;
  int64_t     id;
} known_series;

typedef struct {
  const char         *tenant;
  const mirror_batch *b;
  mirror_effect      *out;
  touched             t;
  known_series       *known; /* hash table of n_known slots, `used` of them taken */
  size_t              n_known, used;
} put_job;

static size_t hash_of(const char *a, const char *b)
{
  size_t h = 1469598103934665603u; /* FNV-1a */
  for (; *a; a++) h = (h ^ (unsigned char)*a) * 1099511628211u;
  h = (h ^ 0xff) * 1099511628211u;
  for (; *b; b++) h = (h ^ (unsigned char)*b) * 1099511628211u;
  return h;
}

static known_series *slot_of(known_series *table, size_t n, const char *metric, const char *dimensions)
{
  size_t at = hash_of(metric, dimensions) & (n - 1);
  while (table[at].metric && (strcmp(table[at].metric, metric) != 0 || strcmp(table[at].dimensions, dimensions) != 0))
    at = (at + 1) & (n - 1);
  return &table[at];
}

static bool grow_known(put_job *j)
{
  const size_t  n     = j->n_known ? 2 * j->n_known : 64;
  known_series *table = calloc(n, sizeof *table);
  if (!table) return false;
  for (size_t i = 0; i < j->n_known; i++)
    if (j->known[i].metric) *slot_of(table, n, j->known[i].metric, j->known[i].dimensions) = j->known[i];
  free(j->known);
  j->known   = table;
  j->n_known = n;
  return true;
}

static dyo_status find_or_make(db *d, put_job *j, const mirror_cell *c, int64_t *id, dyo_err *err)
{
  const db_value key[] = {db_text(j->tenant), db_text(c->metric), db_text(c->dimensions), db_whole(j->t.now)};
  dyo_status     st = db_run(d, "SELECT series_id FROM series WHERE tenant_id = $1 AND metric = $2 AND dimensions = $3",
                             key, 3, take_whole, id, NULL, err);
  if (st != DYO_OK || *id) return st;
  st = db_do(
    d, NULL, err,
    "INSERT INTO metrics (tenant_id, metric, version, changed) VALUES ($1, $2, 1000 * $3, $3) ON CONFLICT DO NOTHING",
    key[0], key[1], key[3]);
  if (st != DYO_OK) return st;
  return db_run(d,
                "INSERT INTO series (tenant_id, series_id, metric, dimensions, n, first, last) VALUES ($1,"
                " (SELECT coalesce(max(series_id), 0) + 1 FROM series WHERE tenant_id = $1), $2, $3, 0, 0, 0)"
                " RETURNING series_id",
                key, 3, take_whole, id, NULL, err);
}

static dyo_status series_of(db *d, put_job *j, const mirror_cell *c, int64_t *id, dyo_err *err)
{
  if (2 * (j->used + 1) > j->n_known && !grow_known(j)) return dyo_oom(err);
  known_series *at = slot_of(j->known, j->n_known, c->metric, c->dimensions);
  dyo_status    st = DYO_OK;
  if (!at->metric) {
    *at = (known_series){c->metric, c->dimensions, 0};
    j->used++;
    st = find_or_make(d, j, c, &at->id, err);
  }
  *id = at->id;
  return st;
}

/* --- one record ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const mirror_record *r;
  const mirror_batch  *b;
  bool                 there, same, deleted, failed;
  int64_t              run;
  mirror_sum           sum;   /* of what it was, where this sync wrote it */
  touch_spot          *cells; /* it has now */
  size_t               n_cells;
} old_record;

static bool same_text(const char *a, const char *b)
{
  return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool take_old(void *user, const row *r)
{
  old_record *o     = user;
  const char *stamp = row_text(r, 0), *content = row_text(r, 3);
  size_t      n     = 0;
  const void *cells = row_bytes(r, 4, &n);
  o->there          = true;
  o->deleted        = row_whole(r, 1) != 0;
  o->run            = row_whole(r, 2);
  o->same           = o->deleted == o->r->deleted && same_text(stamp, o->r->stamp) && same_text(content, o->r->content);
  if (o->run == o->b->run) mirror_sum_of(o->r->id, stamp, o->deleted, content, &o->sum);
  if (o->same && !o->b->remap) return false;
  o->n_cells = n / sizeof(touch_spot);
  o->cells   = n ? malloc(n) : NULL;
  if (o->cells) memcpy(o->cells, cells, n);
  o->failed = n && !o->cells;
  return false;
}

static dyo_status drop_cells(db *d, put_job *j, const old_record *o, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < o->n_cells; i++) {
    if (!touch(&j->t, o->cells[i].series, o->cells[i].time)) return dyo_oom(err);
    const db_value v[] = {db_text(j->tenant),         db_whole(j->t.source_no), db_whole(o->cells[i].series),
                          db_whole(o->cells[i].time), db_text(j->b->object),    db_text(o->r->id)};
    st                 = db_later(d,
                                  "DELETE FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND series_id = $3 AND time = $4"
                                                  " AND object = $5 AND record_id = $6",
                                  v, 6, NULL, err);
  }
  return st;
}

static dyo_status add_cells(db *d, put_job *j, const mirror_record *r, touch_spot *spots, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < r->n_cells; i++) {
    const mirror_cell *c = &r->cells[i];
    spots[i].time        = c->time;
    st                   = series_of(d, j, c, &spots[i].series, err);
    if (st == DYO_OK && !touch(&j->t, spots[i].series, c->time)) st = dyo_oom(err);
    const db_value v[] = {db_text(j->tenant),    db_whole(j->t.source_no), db_whole(spots[i].series), db_whole(c->time),
                          db_text(j->b->object), db_text(r->id),           db_whole((int64_t)i),      db_text(r->stamp),
                          db_whole(c->how),      db_real(c->value)};
    if (st == DYO_OK)
      st = db_later(d,
                    "INSERT INTO source_cells (tenant_id, source_no, series_id, time, object, record_id, cell, stamp,"
                    " aggregate, value) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    v, 10, NULL, err);
  }
  return st;
}

static dyo_status write_record(db *d, put_job *j, const mirror_record *r, const old_record *o, dyo_err *err)
{
  touch_spot *spots = r->n_cells ? calloc(r->n_cells, sizeof *spots) : NULL;
  dyo_status  st    = r->n_cells && !spots ? dyo_oom(err) : drop_cells(d, j, o, err);
  if (st == DYO_OK) st = add_cells(d, j, r, spots, err);
  const db_value v[] = {db_text(j->tenant),  db_whole(j->t.source_no), db_text(j->b->object),
                        db_text(r->id),      db_text(r->stamp),        db_whole(r->deleted),
                        db_whole(j->b->run), db_text(r->content),      db_bytes(spots, r->n_cells * sizeof *spots)};
  if (st == DYO_OK)
    st = db_later(
      d,
      "INSERT INTO source_records (tenant_id, source_no, object, record_id, stamp, deleted, run, content, cells)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant_id, source_no, object, record_id)"
      " DO UPDATE SET stamp = excluded.stamp, deleted = excluded.deleted, run = excluded.run,"
      " content = excluded.content, cells = excluded.cells",
      v, 9, NULL, err);
  free(spots);
  return st;
}

static dyo_status put_record(db *d, put_job *j, const mirror_record *r, dyo_err *err)
{
  const db_value key[] = {db_text(j->tenant), db_whole(j->t.source_no), db_text(j->b->object), db_text(r->id),
                          db_whole(j->b->run)};
  old_record     o     = {.r = r, .b = j->b};
  dyo_status     st    = db_run(d,
                                "SELECT stamp, deleted, run, content, cells FROM source_records WHERE tenant_id = $1 AND"
                                       " source_no = $2 AND object = $3 AND record_id = $4",
                                key, 4, take_old, &o, NULL, err);
  if (st == DYO_OK && o.failed) st = dyo_oom(err);
  if (st != DYO_OK) return st;
  if (o.there && o.run == j->b->run) {
    j->out->again++;
    mirror_sum_add(&j->out->again_sum, &o.sum);
  }
  if (o.same && !j->b->remap) {
    j->out->same++;
    return o.run == j->b->run ? DYO_OK
                              : db_run(d,
                                       "UPDATE source_records SET run = $5 WHERE tenant_id = $1 AND source_no = $2 AND"
                                       " object = $3 AND record_id = $4",
                                       key, 5, NULL, NULL, NULL, err);
  }
  st = write_record(d, j, r, &o, err);
  free(o.cells);
  if (r->deleted) j->out->removed += o.there && !o.deleted;
  else if (!o.there || o.deleted) j->out->added++;
  else j->out->changed++;
  return st;
}

/* --- a batch ----------------------------------------------------------------------------------------------------------------------- */

dyo_status source_number(db *d, const char *tenant, const char *source_id, int64_t *number, dyo_err *err)
{
  *number = 0;
  const dyo_status st =
    db_ask(d, take_whole, number, err, "SELECT source_no FROM data_sources WHERE tenant_id = $1 AND source_id = $2",
           db_text(tenant), db_text(source_id));
  return st == DYO_OK && *number == 0 ? nothing_there(err) : st;
}

static dyo_status put_batch(db *d, void *user, dyo_err *err)
{
  put_job *j = user;
  j->t.n     = 0;
  j->used    = 0;
  *j->out    = (mirror_effect){0};
  if (j->n_known) memset(j->known, 0, j->n_known * sizeof *j->known);
  dyo_status st = source_number(d, j->tenant, j->b->source_id, &j->t.source_no, err);
  for (size_t i = 0; st == DYO_OK && i < j->b->n; i++) st = put_record(d, j, &j->b->records[i], err);
  if (st == DYO_OK) st = settle(d, &j->t, err);
  if (st == DYO_OK && j->b->state)
    st = db_do(d, NULL, err,
               "INSERT INTO source_state (tenant_id, source_no, object, state, changed) VALUES ($1, $2, $3, $4, $5)"
               " ON CONFLICT (tenant_id, source_no, object) DO UPDATE SET state = excluded.state,"
               " changed = excluded.changed",
               db_text(j->tenant), db_whole(j->t.source_no), db_text(j->b->object), db_text(j->b->state),
               db_whole(j->t.now));
  if (st != DYO_OK || !j->b->progress) return st;
  if (j->b->told) j->b->progress->checkpoint = j->b->told(j->b->user, j->out, j->b->progress);
  return j->b->progress->checkpoint ? run_progress(d, j->b->progress, err) : dyo_oom(err);
}

dyo_status store_mirror_put(store *s, const char *tenant, const mirror_batch *b, mirror_effect *out, dyo_err *err)
{
  put_job          j  = {.tenant = tenant,
                         .b      = b,
                         .out    = out,
                         .t      = {.tenant = tenant, .now = clock_now_ms(), .told = b->touched, .user = b->user}};
  const dyo_status st = store_write(s, tenant, put_batch, &j, err);
  free(j.t.v);
  free(j.known);
  return st;
}
