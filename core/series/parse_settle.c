/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimal marks and the order of day and month. Both are decided from all cells of a column; where these leave it open, it is asked. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "series/parse.h"

enum { CONCLUSIVE = 6 /* fewer evenly spaced dates may be so by chance */ };

static const char *const order_words[] = {"dmy", "mdy", "ymd"}, *const order_names[] = {"day first", "month first",
                                                                                        "year first"};

/* --- dates ---------------------------------------------------------------------------------------------------------- */

/* What the dates of a column, or of all columns of a transposed header, leave open. */
typedef struct {
  const char *column; /* NULL: the header */
  size_t      open, dots, fits[DATE_ORDERS], either_way;
  int (*dates)[4];
  size_t n, cap;
} open_order;

static bool gather(parse *p, const parse_col *c, open_order *o)
{
  o->open += c->open;
  o->dots += c->dots;
  o->either_way += c->either_way;
  for (int k = 0; k < DATE_ORDERS; k++) o->fits[k] += c->fits[k];
  if (o->n + c->n_open_dates > o->cap) {
    const size_t cap = 2 * (o->n + c->n_open_dates);
    int(*more)[4]    = dyo_alloc(p->ctx, cap, sizeof *more);
    if (!more) return false;
    if (o->n) memcpy(more, o->dates, o->n * sizeof *more);
    o->dates = more;
    o->cap   = cap;
  }
  if (c->n_open_dates) memcpy(o->dates + o->n, c->open_dates, c->n_open_dates * sizeof *o->dates);
  o->n += c->n_open_dates;
  return true;
}

static int by_time(const void *a, const void *b)
{
  const dyo_time x = *(const dyo_time *)a, y = *(const dyo_time *)b;
  return x < y ? -1 : x > y;
}

/* The different times under an order, ascending; how many. */
static size_t times_under(const open_order *o, date_order order, dyo_time *t)
{
  size_t n = 0, k = 0;
  for (size_t i = 0; i < o->n; i++) {
    const date_text d = {
      .open = true, .part = {o->dates[i][0], o->dates[i][1], o->dates[i][2]}, .two_year = o->dates[i][3] != 0};
    n += read_date_in(&d, order, &t[n]);
  }
  qsort(t, n, sizeof *t, by_time);
  for (size_t i = 0; i < n; i++)
    if (k == 0 || t[k - 1] != t[i]) t[k++] = t[i];
  return k;
}

/* Is each time one period, or one same number of days, after the one before? */
static bool even(const dyo_time *t, size_t n)
{
  static const dyo_freq_unit units[] = {DYO_FREQ_MONTH, DYO_FREQ_QUARTER, DYO_FREQ_YEAR};
  size_t                     i       = 2;
  while (i < n && t[i] - t[i - 1] == t[1] - t[0]) i++;
  if (i >= n) return true;
  for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
    const dyo_freq f = {units[u], 1};
    for (i = 1; i < n && dyo_time_step(t[0], f, (int64_t)i) == t[i];) i++;
    if (i == n) return true;
  }
  return false;
}

/* The one order under which the dates are evenly spaced, DATE_ORDERS where that does not tell. */
static date_order even_order(parse *p, const open_order *o)
{
  dyo_time  *t     = DYO_NEW(p->ctx, o->n, dyo_time);
  date_order found = DATE_ORDERS;
  if (!t || o->n >= OPEN_DATES_MOST) return DATE_ORDERS;
  for (int k = DATE_DMY; k < DATE_ORDERS; k++) {
    if (o->fits[k] < o->fits[DATE_DMY]) continue;
    const size_t n = times_under(o, (date_order)k, t);
    if (!even(t, n)) continue;
    if (n < CONCLUSIVE || found != DATE_ORDERS) return DATE_ORDERS;
    found = (date_order)k;
  }
  return found;
}

/* "3 April 2025" */
static const char *long_date(dyo_ctx *ctx, const int part[4], date_order order)
{
  static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December"};
  const date_text          d       = {.open = true, .part = {part[0], part[1], part[2]}, .two_year = part[3] != 0};
  dyo_time                 t       = 0;
  if (!read_date_in(&d, order, &t)) return "no date";
  const dyo_date day = dyo_date_of(t);
  return dyo_text(ctx, "%d %s %d", day.day, names[day.month - 1], day.year);
}

static dyo_status ask_order(parse *p, const open_order *o, bool contrary)
{
  const bool    years      = o->fits[DATE_YMD] > 0 && o->fits[DATE_YMD] >= o->fits[DATE_DMY];
  const size_t  n          = years ? 3 : 2;
  dyo_question *q          = parse_ask(p, "date_order", o->column, n);
  const int    *shown      = NULL;
  char          where[100] = "across the header";
  if (!q) return dyo_oom(p->err);
  for (size_t i = 0; i < o->n && (!shown || shown[0] == shown[1]); i++) shown = o->dates[i];
  if (o->column) snprintf(where, sizeof where, "in \"%.80s\"", o->column);
  dyo_utf8_scrub(where);
  for (size_t k = 0; k < n; k++) {
    const char *reading = shown ? long_date(p->ctx, shown, (date_order)k) : order_names[k];
    if (!reading) return dyo_oom(p->err);
    q->choices[k] = (dyo_choice){order_words[k], reading};
  }
  if (contrary)
    q->message =
      dyo_text(p->ctx, "Of the %zu dates %s, %zu can only have the day first and %zu only the month: which is meant?",
               o->open, where, o->fits[DATE_DMY] - o->either_way, o->fits[DATE_MDY] - o->either_way);
  else if (shown)
    q->message = dyo_text(p->ctx, "Dates %s such as %02d/%02d/%d can be read in two ways: day first or month first?",
                          where, shown[0], shown[1], shown[2]);
  else q->message = dyo_text(p->ctx, "Dates %s can be read in two ways: day first or month first?", where);
  p->blocked = true;
  return q->message ? DYO_OK : dyo_oom(p->err);
}

/* The order, DATE_ORDERS where a question was put. */
static dyo_status settle_order(parse *p, const open_order *o, date_order *order)
{
  const size_t d = o->fits[DATE_DMY], m = o->fits[DATE_MDY], y = o->fits[DATE_YMD], best = d > m ? d : m;
  *order = p->in->date_order >= 0 ? (date_order)p->in->date_order : d >= m ? DATE_DMY : DATE_MDY;
  if (p->in->date_order >= 0 || o->open == 0) return DYO_OK;
  if (y > best) {
    *order = DATE_YMD;
    return DYO_OK;
  }
  const size_t day = d - o->either_way, month = m - o->either_way,
               few = day < month ? day : month; /* that can only be read so */
  if (day != month) return few * 10 < day + month ? DYO_OK : ask_order(p, o, true);
  if (o->dots == o->open && d >= m) return DYO_OK; /* 03.04.2025: nobody who writes dots puts the month first */
  *order = even_order(p, o);
  if (*order == DATE_ORDERS) return ask_order(p, o, false);
  const bool told =
    parse_warn(p, "Dates such as %02d/%02d/%d could be read in two ways; %s, as only then are they evenly spaced.",
               o->dates[0][0], o->dates[0][1], o->dates[0][2],
               *order == DATE_DMY   ? "day first"
               : *order == DATE_MDY ? "month first"
                                    : "year first");
  return told ? DYO_OK : dyo_oom(p->err);
}

static dyo_status settle_dates(parse *p)
{
  const bool across = p->layout == LAYOUT_TRANSPOSED;
  open_order o      = {.column = across || p->date_col == SIZE_MAX ? NULL : p->columns[p->date_col].name};
  date_order order  = DATE_DMY;
  if (!across && p->date_col == SIZE_MAX) return DYO_OK;
  for (size_t j = 0; j < p->n_columns; j++)
    if ((across ? p->columns[j].role == ROLE_VALUE : j == p->date_col) && !gather(p, &p->columns[j], &o))
      return dyo_oom(p->err);
  const dyo_status st = settle_order(p, &o, &order);
  for (size_t j = 0; st == DYO_OK && j < p->n_columns; j++) p->columns[j].order = order;
  return st;
}

/* --- decimal marks -------------------------------------------------------------------------------------------------- */

static dyo_status ask_decimal(parse *p, const parse_col *c)
{
  dyo_question *q = parse_ask(p, "decimal", c->name, 2);
  const char   *s = c->odd_number ? c->odd_number : "1,234";
  double        x = 0, y = 0;
  char          a[32], b[32];
  if (!q) return dyo_oom(p->err);
  read_number(s, strlen(s), '.', &x);
  read_number(s, strlen(s), ',', &y);
  snprintf(a, sizeof a, "%.10g", x);
  snprintf(b, sizeof b, "%.10g", y);
  q->choices[0] = (dyo_choice){".", dyo_text(p->ctx, "\"%.40s\" is %s: the decimal mark is a point", s, a)};
  q->choices[1] = (dyo_choice){",", dyo_text(p->ctx, "\"%.40s\" is %s: the decimal mark is a comma", s, b)};
  q->message    = dyo_text(
       p->ctx,
       "Numbers in \"%.80s\" such as \"%.40s\" can be read in two ways: is the mark for thousands or for decimals?",
       c->name, s);
  p->blocked = true;
  return q->message && q->choices[0].reading && q->choices[1].reading ? DYO_OK : dyo_oom(p->err);
}

/* A column's own evidence; 0 where it has none. */
static char own_mark(const parse_col *c)
{
  return c->point > c->comma ? '.' : c->comma > c->point ? ',' : 0;
}

static dyo_status settle_column(parse *p, parse_col *c, char file)
{
  if (p->in->decimal >= 0) c->decimal = p->in->decimal == 1 ? ',' : '.';
  else if (own_mark(c)) c->decimal = own_mark(c);
  else if (file) c->decimal = file;
  else c->decimal = '.';
  if (c->percents && !parse_warn(p, "Percents in \"%.60s\" were read as fractions: 12.5 %% is 0.125.", c->name))
    return dyo_oom(p->err);
  if (p->in->decimal >= 0 || own_mark(c) || file || (!c->either && c->point == 0)) return DYO_OK;
  /* "1.234" among commas is what programs write for one and a bit; among semicolons it may be German for a thousand */
  const bool dot = c->odd_number && strchr(c->odd_number, '.') && p->csv_info.delimiter == ',';
  return c->point || !dot ? ask_decimal(p, c) : DYO_OK;
}

static dyo_status settle_decimals(parse *p)
{
  size_t     point = 0, comma = 0;
  dyo_status st = DYO_OK;
  for (size_t j = 0; j < p->n_columns; j++) {
    if (p->columns[j].type != TYPE_NUMBER) continue;
    point += p->columns[j].point;
    comma += p->columns[j].comma;
  }
  const char file = point > comma ? '.' : comma > point ? ',' : 0;
  for (size_t i = 0; i < p->n_value_cols && st == DYO_OK && !(p->blocked && p->layout == LAYOUT_TRANSPOSED); i++)
    st = settle_column(p, &p->columns[p->value_cols[i]], file);
  return st;
}

/* The dates across a transposed header; a column whose date there is no day for is set aside. */
static dyo_status settle_header(parse *p)
{
  const kept_row *h = p->kept;
  size_t          k = 0;
  while (h->row != p->header_row) h++;
  for (size_t i = 0; i < p->n_value_cols; i++) {
    const size_t     col = p->value_cols[i];
    uint32_t         id  = NO_ID;
    const dyo_status st  = parse_row_date(p, h->row, col, &h->cells[col], &id);
    if (st != DYO_OK) return st;
    p->columns[col].date_id = id;
    if (id == NO_ID) p->columns[col].role = ROLE_IGNORED;
    else p->value_cols[k++] = col;
  }
  p->n_value_cols = k;
  return DYO_OK;
}

dyo_status parse_settle(parse *p)
{
  if (p->blocked) return DYO_OK;
  dyo_status st = settle_dates(p);
  if (st == DYO_OK) st = settle_decimals(p);
  return st == DYO_OK && !p->blocked && p->layout == LAYOUT_TRANSPOSED ? settle_header(p) : st;
}
