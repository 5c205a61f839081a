/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points to series: sorted by series, then by date; several values of one date become one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "series/dyo_regular.h"
#include "series/parse.h"

enum { OWN_DATES = 8 /* fewer tell nothing about a series' own frequency */ };

typedef struct {
  dyo_time time;
  double   value;
  uint32_t date;
  size_t   order; /* as it stood in the file */
} dated;

typedef struct {
  parse       *p;
  size_t       n;     /* series */
  size_t      *start; /* series i is at [start[i], start[i + 1]) of: */
  double      *value;
  const char **text; /* takes the place of ids once they are sorted */
  uint32_t    *id;
  const char **names; /* of the dates, by id; made when first needed */
  dated       *room;  /* to sort in */
  size_t       cap_room, unsorted, merged, in_series, empty;
  dyo_freq     freq; /* of all dates of the file */
  dyo_time    *times;
} job;

/* Points into one place for each series, in the order of the file. Frees them as it goes. */
static dyo_status scatter(job *j)
{
  parse  *p  = j->p;
  size_t *at = DYO_NEW(p->ctx, j->n + 1, size_t);
  j->start   = DYO_NEW(p->ctx, j->n + 1, size_t);
  if (!at || !j->start) return dyo_oom(p->err);
  for (const point_chunk *c = p->first; c; c = c->next)
    for (size_t i = 0; i < c->n; i++) j->start[c->v[i].series + 1]++;
  for (size_t i = 0; i < j->n; i++) j->start[i + 1] += j->start[i];
  memcpy(at, j->start, j->n * sizeof *at);
  j->value = DYO_NEW(p->ctx, p->n_points, double);
  j->id    = DYO_NEW(p->ctx, p->n_points, uint32_t);
  j->text  = p->numbered ? NULL : DYO_NEW(p->ctx, p->n_points, const char *);
  if (!j->value || !j->id || (!p->numbered && !j->text)) return dyo_oom(p->err);
  while (p->first) {
    point_chunk *next = p->first->next;
    for (size_t i = 0; i < p->first->n; i++) {
      const parse_point *q    = &p->first->v[i];
      j->value[at[q->series]] = q->value;
      j->id[at[q->series]++]  = q->date;
    }
    free(p->first);
    p->first = next;
  }
  p->last = NULL;
  return DYO_OK;
}

static int by_date(const void *a, const void *b)
{
  const dated *x = a, *y = b;
  if (x->time != y->time) return x->time < y->time ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static dyo_status sort_points(job *j, size_t from, size_t n)
{
  const dyo_time *time = j->p->dates.time;
  if (n > j->cap_room) {
    j->cap_room = 2 * n;
    j->room     = DYO_NEW(j->p->ctx, j->cap_room, dated);
    if (!j->room) return dyo_oom(j->p->err);
  }
  for (size_t i = 0; i < n; i++) j->room[i] = (dated){time[j->id[from + i]], j->value[from + i], j->id[from + i], i};
  qsort(j->room, n, sizeof *j->room, by_date);
  for (size_t i = 0; i < n; i++) {
    j->value[from + i] = j->room[i].value;
    j->id[from + i]    = j->room[i].date;
  }
  j->unsorted++;
  return DYO_OK;
}

/* One value for each date, in place; how many are left. */
static size_t merge(job *j, size_t from, size_t n)
{
  const dyo_aggregate how = (dyo_aggregate)j->p->in->aggregate;
  size_t              k   = 0;
  for (size_t i = 0; i < n;) {
    size_t e = i + 1;
    while (e < n && j->id[from + e] == j->id[from + i]) e++;
    const double v =
      e == i + 1 && how != DYO_AGG_COUNT ? j->value[from + i] : dyo_aggregate_of(how, j->value + from + i, e - i);
    j->id[from + k]    = j->id[from + i];
    j->value[from + k] = v;
    k++;
    i = e;
  }
  j->merged += n - k;
  j->in_series += n > k;
  return k;
}

static const char *date_name(job *j, uint32_t id)
{
  if (!j->names[id]) {
    char text[DYO_TIME_CHARS];
    dyo_time_print(j->p->dates.time[id], j->p->clocked, text);
    j->names[id] = text_keep(j->p->ctx, text, strlen(text));
  }
  return j->names[id];
}

/* Are nine in ten of n ascending times one step of f after the one before, and all on its grid? */
static bool mostly_steps(const dyo_time *t, size_t n, dyo_freq f)
{
  size_t  one  = 0;
  int64_t last = 0;
  for (size_t i = 1; i < n; i++) {
    const int64_t k = dyo_time_index(t[0], f, t[i]);
    if (dyo_time_step(t[0], f, k) != t[i]) return false;
    one += k == last + 1;
    last = k;
  }
  return one * 10 >= (n - 1) * 9;
}

/* A series with few or scattered dates takes the frequency of the file: a slow mover sold on three Mondays is no weekly series. */
static const char *frequency(job *j, size_t from, size_t n)
{
  char     text[DYO_TIME_CHARS] = "";
  dyo_freq f                    = j->freq;
  for (size_t i = 0; i < n; i++) j->times[i] = j->p->dates.time[j->id[from + i]];
  if (n >= OWN_DATES && !(f.unit != DYO_FREQ_NONE && mostly_steps(j->times, n, f))) {
    const dyo_freq own = dyo_freq_infer(j->times, n);
    if (own.unit != DYO_FREQ_NONE && (f.unit == DYO_FREQ_NONE || mostly_steps(j->times, n, own))) f = own;
  }
  dyo_freq_print(f, text);
  return text[0] ? text_keep(j->p->ctx, text, strlen(text)) : NULL;
}

static int by_seconds(const void *a, const void *b)
{
  const dyo_time x = *(const dyo_time *)a, y = *(const dyo_time *)b;
  return x < y ? -1 : x > y;
}

static dyo_status file_frequency(job *j)
{
  const date_table *d       = &j->p->dates;
  size_t            longest = d->n;
  for (size_t i = 0; i < j->n; i++)
    if (j->start[i + 1] - j->start[i] > longest) longest = j->start[i + 1] - j->start[i];
  j->names = DYO_NEW(j->p->ctx, d->n, const char *);
  j->times = DYO_NEW(j->p->ctx, longest, dyo_time);
  if (!j->names || !j->times) return dyo_oom(j->p->err);
  if (d->n) memcpy(j->times, d->time, d->n * sizeof *d->time);
  qsort(j->times, d->n, sizeof *j->times, by_seconds);
  if (d->n >= 2) j->freq = dyo_freq_infer(j->times, d->n);
  return DYO_OK;
}

/* --- names ---------------------------------------------------------------------------------------------------------- */

static bool all_digits(const char *s)
{
  return *s && s[strspn(s, "0123456789")] == '\0';
}

/* "BOLT-M8", "BOLT-M8 / store=3", "sales / BOLT-M8 / store=3": a bare number says of what. */
static bool name_series(parse *p, dyo_parse_series *s, size_t series)
{
  const bool   across = p->layout == LAYOUT_TRANSPOSED;
  const size_t values = across ? 1 : p->n_value_cols;
  const char  *value  = across ? NULL : p->columns[p->value_cols[series % values]].name;
  const char  *key    = p->groups.n ? p->groups.v[series / values].key : NULL;
  const char  *name   = value && (values > 1 || p->n_group_cols == 0) ? value : "";
  s->n_dimensions     = p->n_group_cols;
  s->dimensions       = DYO_NEW(p->ctx, p->n_group_cols, dyo_dimension);
  for (size_t i = 0; s->dimensions && name && i < p->n_group_cols; i++, key += strlen(key) + 1) {
    const char *column = p->columns[p->group_cols[i]].name, *slash = *name ? " / " : "";
    s->dimensions[i] = (dyo_dimension){column, key};
    if (!*key) name = dyo_text(p->ctx, "%s%s%s=(blank)", name, slash, column);
    else if (all_digits(key)) name = dyo_text(p->ctx, "%s%s%s=%s", name, slash, column, key);
    else name = dyo_text(p->ctx, "%s%s%s", name, slash, key);
  }
  if (name && !*name && key) name = key; /* a transposed row without a name */
  s->name   = name;
  s->column = value;
  return s->name && s->dimensions;
}

static dyo_status make_series(job *j, size_t i, dyo_parse_series *s)
{
  parse       *p    = j->p;
  const size_t from = j->start[i];
  size_t       n = j->start[i + 1] - from, known = 0;
  if (!name_series(p, s, i)) return dyo_oom(p->err);
  if (!p->numbered) {
    bool ascends = true;
    for (size_t k = 1; k < n && ascends; k++)
      ascends = p->dates.time[j->id[from + k - 1]] <= p->dates.time[j->id[from + k]];
    if (!ascends && sort_points(j, from, n) != DYO_OK) return p->err->code;
    n            = merge(j, from, n);
    s->frequency = n >= 2 ? frequency(j, from, n) : NULL;
    s->dates     = j->text + from;
    s->n_dates   = n;
    for (size_t k = 0; k < n; k++) {
      s->dates[k] = date_name(j, j->id[from + k]);
      if (!s->dates[k]) return dyo_oom(p->err);
    }
  }
  s->values   = j->value + from;
  s->n_values = n;
  for (size_t k = 0; k < n; k++) known += !isnan(s->values[k]);
  j->empty += known == 0;
  return DYO_OK;
}

/* --- the end -------------------------------------------------------------------------------------------------------- */

static dyo_status nothing_read(parse *p)
{
  const dyo_rejected *r = p->out->n_rejected ? p->out->rejected : NULL;
  if (!r) {
    const parse_col *c = &p->columns[p->n_value_cols ? p->value_cols[0] : 0];
    return dyo_fail(p->err, DYO_INSUFFICIENT_DATA, p->where,
                    "column \"%.60s\" holds no numbers: all of its cells in %zu rows are missing", c->name, p->rows);
  }
  return dyo_fail(p->err, DYO_INSUFFICIENT_DATA, p->where,
                  "no value could be read; %d cells or rows were set aside, row %d first: %s%.40s%s%s",
                  p->out->rejected_count, r->row, r->value ? "\"" : "", r->value ? r->value : "", r->value ? "\" " : "",
                  r->reason);
}

static bool tell_repairs(job *j)
{
  static const char *const ways[] = {"adding them up", "their mean", "the least",   "the greatest",
                                     "the first",      "the last",   "their number"};
  parse                   *p      = j->p;
  bool                     ok     = true;
  if (j->unsorted) ok = parse_warn(p, "The dates of %zu series were out of order; they were sorted.", j->unsorted);
  if (j->merged)
    ok = ok &&
         parse_warn(
           p, "%zu %s at a date that their series had already, in %zu series; they were merged by %s (\"aggregate\").",
           j->merged, j->merged == 1 ? "value stood" : "values stood", j->in_series, ways[p->in->aggregate]);
  if (p->blank_groups)
    ok = ok && parse_warn(p, "%zu rows have an empty group cell; they form series of their own, named (blank).",
                          p->blank_groups);
  if (j->empty) ok = ok && parse_warn(p, "%zu series have no known value.", j->empty);
  if (p->rows == 1) ok = ok && parse_warn(p, "The file has one row of data.");
  return ok;
}

dyo_status parse_series(parse *p)
{
  const size_t values = p->layout == LAYOUT_TRANSPOSED ? 1 : p->n_value_cols;
  job          j      = {.p = p, .n = (p->groups.n ? p->groups.n : 1) * values, .freq = {DYO_FREQ_NONE, 1}};
  if (p->used == 0) return nothing_read(p);
  dyo_status st = scatter(&j);
  if (st == DYO_OK && !p->numbered) st = file_frequency(&j);
  p->out->series = DYO_NEW(p->ctx, j.n, dyo_parse_series);
  if (st == DYO_OK && !p->out->series) st = dyo_oom(p->err);
  for (size_t i = 0; i < j.n && st == DYO_OK; i++) {
    st = make_series(&j, i, &p->out->series[i]);
    if (st == DYO_OK && dyo_poll(p->ctx, 1, "making series") == DYO_STOP_CANCELLED)
      st = dyo_cancelled(p->ctx, false, p->err);
  }
  p->out->n_series = j.n;
  return st == DYO_OK && !tell_repairs(&j) ? dyo_oom(p->err) : st;
}
