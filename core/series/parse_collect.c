/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second reading: each row's date, group and values. What cannot be read is set aside with its row, column and reason. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "series/parse.h"

enum { SHOWN_BYTES = 80, SERIES_MOST = 200000 };

dyo_status parse_reject(parse *p, size_t row, const char *column, const char *value, size_t n, const char *fmt, ...)
{
  dyo_parse_out *o = p->out;
  char           reason[200];
  va_list        args;
  if (o->rejected_count++ >= DYO_REJECTED_MOST) return DYO_OK;
  if (o->n_rejected == p->cap_rejected) {
    const size_t  cap  = p->cap_rejected ? 4 * p->cap_rejected : 16;
    dyo_rejected *more = DYO_NEW(p->ctx, cap, dyo_rejected);
    if (!more) return dyo_oom(p->err);
    if (o->n_rejected) memcpy(more, o->rejected, o->n_rejected * sizeof *more);
    o->rejected     = more;
    p->cap_rejected = cap;
  }
  va_start(args, fmt);
  vsnprintf(reason, sizeof reason, fmt, args);
  va_end(args);
  dyo_rejected *r = &o->rejected[o->n_rejected++];
  *r              = (dyo_rejected){.row = (int)row, .column = column, .reason = dyo_text(p->ctx, "%s", reason)};
  if (value)
    r->value =
      dyo_text(p->ctx, "%.*s%s", (int)(n < SHOWN_BYTES ? n : SHOWN_BYTES), value, n > SHOWN_BYTES ? "..." : "");
  return r->reason && (!value || r->value) ? DYO_OK : dyo_oom(p->err);
}

/* --- dates ---------------------------------------------------------------------------------------------------------- */

static uint64_t time_hash(dyo_time t)
{
  const uint64_t h = (uint64_t)t * 0x9e3779b97f4a7c15u;
  return h ^ h >> 32;
}

static bool grow_dates(parse *p)
{
  date_table  *d   = &p->dates;
  const size_t cap = d->cap ? 2 * d->cap : 1024, slots = 2 * cap;
  dyo_time    *times = DYO_NEW(p->ctx, cap, dyo_time);
  uint32_t    *slot  = DYO_NEW(p->ctx, slots, uint32_t);
  if (!times || !slot) return false;
  if (d->n) memcpy(times, d->time, d->n * sizeof *times);
  for (size_t i = 0; i < d->n; i++) {
    size_t k = time_hash(times[i]) & (slots - 1);
    while (slot[k]) k = (k + 1) & (slots - 1);
    slot[k] = (uint32_t)i + 1;
  }
  d->time    = times;
  d->cap     = cap;
  d->slot    = slot;
  d->n_slots = slots;
  return true;
}

uint32_t parse_date_id(parse *p, dyo_time t)
{
  date_table *d = &p->dates;
  if (d->n == d->cap && !grow_dates(p)) return NO_ID;
  size_t k = time_hash(t) & (d->n_slots - 1);
  while (d->slot[k] && d->time[d->slot[k] - 1] != t) k = (k + 1) & (d->n_slots - 1);
  if (d->slot[k]) return d->slot[k] - 1;
  d->time[d->n] = t;
  d->slot[k]    = (uint32_t)++d->n;
  p->clocked    = p->clocked || t % DYO_DAY != 0;
  return (uint32_t)d->n - 1;
}

/* Why a text of the form of a date is none. */
static const char *no_such_day(const parse_col *c, const date_text *d)
{
  dyo_time t = 0;
  if (d->open && c->order == DATE_DMY && read_date_in(d, DATE_MDY, &t))
    return "read day first, as the other dates, this is no date";
  if (d->open && c->order == DATE_MDY && read_date_in(d, DATE_DMY, &t))
    return "read month first, as the other dates, this is no date";
  return "there is no such day";
}

static dyo_status text_date(parse *p, size_t row, const parse_col *c, const char *s, size_t n, uint32_t *id)
{
  date_memo *m = parse_date_memo(p, s, n);
  dyo_time   t = 0;
  *id          = NO_ID;
  if (!m->is) return parse_reject(p, row, c->name, s, n, "a date is expected");
  if (!m->settled) {
    m->settled = true;
    m->id      = NO_ID;
    if (read_date_in(&m->date, c->order, &t)) {
      m->id = parse_date_id(p, t);
      if (m->id == NO_ID) return dyo_oom(p->err);
    }
  }
  *id = m->id;
  return *id == NO_ID ? parse_reject(p, row, c->name, s, n, "%s", no_such_day(c, &m->date)) : DYO_OK;
}

/* A number under a column of dates: 2024, 20240331, or days since 1900 as spreadsheets count them. */
static bool number_date(const cell *v, dyo_time *t)
{
  enum { EPOCH = 25569, LAST = 2958466 }; /* 1970-01-01, and the day after 9999-12-31 */
  char      text[32];
  date_text d;
  const int n = snprintf(text, sizeof text, "%.0f", v->number);
  if (v->number == floor(v->number) && n > 0 && read_date(text, (size_t)n, &d)) return read_date_in(&d, DATE_DMY, t);
  if (!(v->number >= 61 && v->number < LAST)) return false;
  *t = (dyo_time)floor((v->number - EPOCH) * DYO_DAY + 0.5);
  return true;
}

dyo_status parse_row_date(parse *p, size_t row, size_t col, const cell *v, uint32_t *id)
{
  const parse_col *c = &p->columns[col];
  const char      *s = NULL;
  size_t           n = 0;
  dyo_time         t = v->time;
  *id                = NO_ID;
  if (!cell_text(v, &s, &n)) return parse_reject(p, row, c->name, n ? s : NULL, n, "the date is missing");
  if (v->kind == CELL_TEXT) return text_date(p, row, c, s, n, id);
  if (v->kind == CELL_DATE || (v->kind == CELL_NUMBER && number_date(v, &t))) {
    *id = parse_date_id(p, t);
    return *id == NO_ID ? dyo_oom(p->err) : DYO_OK;
  }
  return parse_reject(p, row, c->name, s, n, "a date is expected");
}

/* --- groups --------------------------------------------------------------------------------------------------------- */

static bool room_in_key(parse *p, size_t n)
{
  group_table *g = &p->groups;
  if (n <= g->cap_key) return true;
  const size_t cap  = 2 * n + 256;
  char        *more = DYO_NEW(p->ctx, cap, char);
  if (!more) return false;
  if (g->cap_key) memcpy(more, g->key, g->cap_key);
  g->key     = more;
  g->cap_key = cap;
  return true;
}

static bool grow_groups(parse *p)
{
  group_table *g   = &p->groups;
  const size_t cap = g->cap ? 2 * g->cap : 256, slots = 2 * cap;
  parse_group *v    = DYO_NEW(p->ctx, cap, parse_group);
  uint32_t    *slot = DYO_NEW(p->ctx, slots, uint32_t);
  if (!v || !slot) return false;
  if (g->n) memcpy(v, g->v, g->n * sizeof *v);
  for (size_t i = 0; i < g->n; i++) {
    size_t k = v[i].hash & (slots - 1);
    while (slot[k]) k = (k + 1) & (slots - 1);
    slot[k] = (uint32_t)i + 1;
  }
  g->v       = v;
  g->cap     = cap;
  g->slot    = slot;
  g->n_slots = slots;
  return true;
}

/* The id of the group whose key is key[0..n). */
static dyo_status group_of(parse *p, size_t row, size_t n, uint32_t *id)
{
  group_table   *g = &p->groups;
  const uint64_t h = text_hash(g->key, n);
  if (g->n == g->cap && !grow_groups(p)) return dyo_oom(p->err);
  size_t k = h & (g->n_slots - 1);
  while (g->slot[k]) {
    const parse_group *have = &g->v[g->slot[k] - 1];
    if (have->hash == h && have->n == n && memcmp(have->key, g->key, n) == 0) break;
    k = (k + 1) & (g->n_slots - 1);
  }
  if (g->slot[k]) {
    *id = g->slot[k] - 1;
    return DYO_OK;
  }
  if ((g->n + 1) * p->n_value_cols > SERIES_MOST && p->layout != LAYOUT_TRANSPOSED)
    return dyo_fail(p->err, DYO_TOO_LARGE, p->where,
                    "more than %d series at row %zu; \"group_by\" chooses the columns that tell series apart",
                    SERIES_MOST, row);
  const char *kept = text_keep(p->ctx, g->key, n);
  if (!kept) return dyo_oom(p->err);
  g->v[g->n] = (parse_group){h, kept, n};
  *id        = (uint32_t)g->n++;
  g->slot[k] = *id + 1;
  return DYO_OK;
}

static dyo_status row_group(parse *p, size_t row, const cell *cells, size_t n, uint32_t *id)
{
  size_t used = 0;
  bool   hole = false;
  if (p->n_group_cols == 0) { /* transposed, and nothing names the rows */
    if (!room_in_key(p, 32)) return dyo_oom(p->err);
    return group_of(p, row, (size_t)snprintf(p->groups.key, 32, "row %zu", row) + 1, id);
  }
  for (size_t i = 0; i < p->n_group_cols; i++) {
    const size_t col = p->group_cols[i];
    const char  *s   = col < n && cells[col].kind != CELL_EMPTY ? cells[col].text : NULL;
    size_t       k   = s ? cells[col].n : 0;
    if (k) read_trim(&s, &k);
    hole = hole || k == 0;
    if (!room_in_key(p, used + k + 1)) return dyo_oom(p->err);
    if (k) memcpy(p->groups.key + used, s, k);
    p->groups.key[used + k] = '\0';
    used += k + 1;
  }
  p->blank_groups += hole;
  return group_of(p, row, used, id);
}

/* --- values --------------------------------------------------------------------------------------------------------- */

void parse_free_points(parse *p)
{
  while (p->first) {
    point_chunk *next = p->first->next;
    free(p->first);
    p->first = next;
  }
  p->last = NULL;
}

static dyo_status add_point(parse *p, size_t series, uint32_t date, double value)
{
  if (!p->last || p->last->n == CHUNK_POINTS) {
    point_chunk *c = malloc(sizeof *c); /* not of the arena: given back while the series are made */
    if (!c) return dyo_oom(p->err);
    c->next = NULL;
    c->n    = 0;
    if (p->last) p->last->next = c;
    else p->first = c;
    p->last = c;
  }
  p->last->v[p->last->n++] = (parse_point){(uint32_t)series, date, value};
  p->n_points++;
  return DYO_OK;
}

/* NaN where it is missing, or was set aside. */
static dyo_status row_value(parse *p, size_t row, const parse_col *c, const cell *v, double *x)
{
  const char *s = NULL;
  size_t      n = 0;
  *x            = NAN;
  if (v->kind == CELL_NUMBER) *x = v->number;
  else if (!cell_text(v, &s, &n)) return DYO_OK;
  else if (v->kind == CELL_TEXT && !read_number(s, n, c->decimal, x))
    return parse_reject(p, row, c->name, s, n, "a number with decimal %s is expected",
                        c->decimal == ',' ? "comma" : "point");
  else if (v->kind == CELL_ERROR) return parse_reject(p, row, c->name, s, n, "an error value of the spreadsheet");
  else if (v->kind == CELL_DATE || v->kind == CELL_BOOL)
    return parse_reject(p, row, c->name, s, n, "a number is expected");
  if (fabs(*x) <= 1e100) return DYO_OK;
  *x = NAN;
  return parse_reject(p, row, c->name, s, n, "the number is too large");
}

static dyo_status row_values(parse *p, size_t row, const cell *cells, size_t n, uint32_t group, uint32_t date)
{
  static const cell none   = {.kind = CELL_EMPTY};
  const bool        across = p->layout == LAYOUT_TRANSPOSED;
  bool              some   = false;
  for (size_t i = 0; i < p->n_value_cols; i++) {
    const size_t     col = p->value_cols[i];
    const parse_col *c   = &p->columns[col];
    double           x   = NAN;
    dyo_status       st  = row_value(p, row, c, col < n ? &cells[col] : &none, &x);
    if (st == DYO_OK && across) st = add_point(p, group, c->date_id, x);
    else if (st == DYO_OK) st = add_point(p, group * p->n_value_cols + i, date, x);
    if (st != DYO_OK) return st;
    some = some || !isnan(x);
  }
  p->used += some;
  return DYO_OK;
}

/* A date in pieces as one text, in `text`: 2024-3-1, or 1 Mar 2024. */
static cell join_parts(const parse *p, const cell *cells, size_t n, char text[64])
{
  const size_t cols[3] = {p->date_col, p->month_col, p->day_col};
  const char  *s[3]    = {"", "", "1"};
  size_t       len[3]  = {0, 0, 1};
  for (size_t i = 0; i < 3; i++)
    if (cols[i] != SIZE_MAX && (cols[i] >= n || !cell_text(&cells[cols[i]], &s[i], &len[i]) || len[i] > 16))
      return (cell){.kind = CELL_EMPTY};
  const bool digits = len[1] && s[1][0] >= '0' && s[1][0] <= '9';
  const int  w = digits ? snprintf(text, 64, "%.*s-%.*s-%.*s", (int)len[0], s[0], (int)len[1], s[1], (int)len[2], s[2])
                        : snprintf(text, 64, "%.*s %.*s %.*s", (int)len[2], s[2], (int)len[1], s[1], (int)len[0], s[0]);
  return (cell){.kind = CELL_TEXT, .text = text, .n = w > 0 ? (size_t)w : 0};
}

dyo_status parse_collect_row(void *user, size_t row, const cell *cells, size_t n)
{
  static const cell none = {.kind = CELL_EMPTY};
  parse            *p    = user;
  uint32_t          date = 0, series = 0;
  dyo_status        st = DYO_OK;
  if (row < p->data_from || row_extent(cells, n) == 0) return DYO_OK;
  const size_t extra = n > p->n_columns ? row_extent(cells + p->n_columns, n - p->n_columns) : 0;
  if (extra)
    return parse_reject(p, row, NULL, NULL, 0,
                        "has %zu cells where the file has %zu columns: a delimiter too many, or a text without quotes",
                        p->n_columns + extra, p->n_columns);
  if (p->date_col != SIZE_MAX) {
    char       text[64];
    const cell joined = p->month_col != SIZE_MAX ? join_parts(p, cells, n, text) : none;
    st                = parse_row_date(p, row, p->date_col,
                        p->month_col != SIZE_MAX ? &joined
                                       : p->date_col < n        ? &cells[p->date_col]
                                                                : &none,
                                       &date);
    if (st != DYO_OK || date == NO_ID) return st;
  }
  if (p->n_group_cols || p->layout == LAYOUT_TRANSPOSED) st = row_group(p, row, cells, n, &series);
  return st == DYO_OK ? row_values(p, row, cells, n, series, date) : st;
}
