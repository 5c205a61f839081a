/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first reading: what each column holds. */
#include <math.h>
#include <string.h>

#include "series/parse.h"

enum {
  FEW_BYTES = 1 << 16,
  ENOUGH    = 1000 /* cells of one kind after which a column of texts is not tried as anything else */
};

bool text_set_add(dyo_ctx *ctx, text_set *set, uint64_t hash)
{
  if (set->many) return false;
  if (set->n * 2 >= set->cap) {
    const size_t cap  = set->cap ? 4 * set->cap : 16;
    uint64_t    *more = DYO_NEW(ctx, cap, uint64_t);
    if (!more) return false;
    for (size_t i = 0; i < set->cap; i++) {
      if (!set->slot[i]) continue;
      size_t j = set->slot[i] & (cap - 1);
      while (more[j]) j = (j + 1) & (cap - 1);
      more[j] = set->slot[i];
    }
    set->slot = more;
    set->cap  = cap;
  }
  if (!hash) hash = 1;
  size_t j = hash & (set->cap - 1);
  while (set->slot[j] && set->slot[j] != hash) j = (j + 1) & (set->cap - 1);
  if (set->slot[j]) return false;
  if (set->n == DISTINCT_MOST) {
    set->many = true;
    return false;
  }
  set->slot[j] = hash;
  set->n++;
  return true;
}

date_memo *parse_date_memo(parse *p, const char *s, size_t n)
{
  const uint64_t h = text_hash(s, n);
  date_memo     *m = &p->spare;
  if (!p->memos) {
    p->n_memos = p->src.size < FEW_BYTES ? DATE_MEMOS / 32 : DATE_MEMOS;
    p->memos   = DYO_NEW(p->ctx, p->n_memos, date_memo);
  }
  if (p->memos && n <= sizeof m->text) {
    m = &p->memos[h & (p->n_memos - 1)];
    if (m->n == n && m->hash == h && memcmp(m->text, s, n) == 0) return m;
    m->hash = h;
    m->n    = n;
    memcpy(m->text, s, n);
  }
  m->is      = read_date(s, n, &m->date);
  m->settled = false;
  return m;
}

static void see_example(parse *p, parse_col *c, const char *s, size_t n)
{
  enum { LONGEST = 60 };
  if (n > LONGEST) n = LONGEST;
  for (size_t i = 0; i < c->n_examples; i++)
    if (strlen(c->example[i]) == n && memcmp(c->example[i], s, n) == 0) return;
  c->example[c->n_examples] = dyo_text(p->ctx, "%.*s", (int)n, s);
  if (c->example[c->n_examples]) c->n_examples++;
}

/* Different open dates, while there are few and the order is not told. */
static void keep_open(parse *p, parse_col *c, const date_text *d)
{
  int(*v)[4] = c->open_dates;
  if (c->fits[DATE_DMY] != c->fits[DATE_MDY] || c->n_open_dates == OPEN_DATES_MOST) return;
  if (c->n_open_dates && memcmp(v[c->n_open_dates - 1], d->part, sizeof d->part) == 0) return;
  if (c->n_open_dates == c->cap_open_dates) {
    const size_t cap = c->cap_open_dates ? 4 * c->cap_open_dates : 16;
    int(*more)[4]    = dyo_alloc(p->ctx, cap, sizeof *more);
    if (!more) return;
    if (c->n_open_dates) memcpy(more, v, c->n_open_dates * sizeof *more);
    c->open_dates = v = more;
    c->cap_open_dates = cap;
  }
  memcpy(v[c->n_open_dates], d->part, sizeof d->part);
  v[c->n_open_dates++][3] = d->two_year;
}

static void see_date(parse *p, parse_col *c, const date_text *d, const char *s, size_t n)
{
  dyo_time t = 0;
  c->dates++;
  c->clocks += d->clock;
  if (!d->open) return;
  if (!c->open++) c->odd_date = text_keep(p->ctx, s, n);
  c->dots += d->dots;
  const bool day = read_date_in(d, DATE_DMY, &t), month = read_date_in(d, DATE_MDY, &t);
  c->fits[DATE_DMY] += day;
  c->fits[DATE_MDY] += month;
  c->fits[DATE_YMD] += read_date_in(d, DATE_YMD, &t);
  c->either_way += day && month;
  keep_open(p, c, d);
}

/* A number, and what its marks say about decimal point or comma. */
static bool see_number(parse *p, parse_col *c, const char *s, size_t n)
{
  double x = NAN, y = NAN;
  bool   marks = false;
  for (size_t i = 0; i < n && !marks; i++) marks = s[i] == '.' || s[i] == ',';
  const bool as_point = read_number(s, n, '.', &x), as_comma = marks ? read_number(s, n, ',', &y) : as_point;
  if (!as_point && !as_comma) return false;
  if (marks && as_point != as_comma) (as_point ? c->point++ : c->comma++);
  if (marks && as_point && as_comma && x != y && !c->either++) c->odd_number = text_keep(p->ctx, s, n);
  if (!as_point) x = y;
  c->percents += s[n - 1] == '%';
  c->codes += read_code(s, n);
  c->whole = c->whole && floor(x) == x;
  c->steps = c->steps && (c->numbers == 0 || x == c->last + 1);
  c->last  = x;
  c->numbers++;
  return true;
}

static void see_text(parse *p, parse_col *c, const char *s, size_t n)
{
  if (c->texts > ENOUGH && c->texts > 9 * (c->numbers + c->dates)) {
    c->texts++;
    return;
  }
  const bool dates_first = c->dates > c->numbers;
  if (!dates_first && see_number(p, c, s, n)) {
    date_text d;
    if (c->weak + 1 == c->numbers && read_date(s, n, &d)) c->weak++;
    return;
  }
  const date_memo *m = parse_date_memo(p, s, n);
  if (m->is && !m->date.weak) see_date(p, c, &m->date, s, n);
  else if (!dates_first || !see_number(p, c, s, n)) c->texts++;
  else c->weak += m->is;
}

static void see_cell(parse *p, parse_col *c, const cell *v)
{
  const char *s = NULL;
  size_t      n = 0;
  if (!cell_text(v, &s, &n)) {
    c->missing++;
    return;
  }
  if (n && c->n_examples < EXAMPLES) see_example(p, c, s, n);
  if (n && !c->distinct.many) text_set_add(p->ctx, &c->distinct, text_hash(s, n));
  if (v->kind == CELL_DATE) {
    c->dates++;
    c->clocks += v->clock;
  } else if (v->kind == CELL_NUMBER) {
    const double x = v->number;
    c->weak += c->weak == c->numbers && floor(x) == x && ((x >= 1900 && x <= 2100) || (x >= 19000101 && x <= 21001231));
    c->whole = c->whole && floor(x) == x;
    c->steps = c->steps && (c->numbers == 0 || x == c->last + 1);
    c->last  = x;
    c->numbers++;
  } else if (v->kind == CELL_TEXT && n) {
    see_text(p, c, s, n);
  } else {
    c->texts++;
  }
}

static dyo_status survey(parse *p, size_t row, const cell *cells, size_t n)
{
  static const cell none = {.kind = CELL_EMPTY};
  if (row < p->data_from) return DYO_OK;
  if ((double)++p->rows > p->limits.rows)
    return dyo_fail(p->err, DYO_TOO_LARGE, p->where,
                    "the file has more than %.0f rows of data (row %zu); at most %.0f are accepted", p->limits.rows,
                    row, p->limits.rows);
  p->blank += p->blank_run;
  p->blank_run = 0;
  if (p->kind == KIND_CSV && n < p->n_columns && p->shorter++ == 0) p->short_row = row;
  if (n > p->n_columns && row_extent(cells + p->n_columns, n - p->n_columns)) return DYO_OK; /* set aside later */
  for (size_t j = 0; j < p->n_columns; j++) see_cell(p, &p->columns[j], j < n ? &cells[j] : &none);
  return DYO_OK;
}

/* A copy of the row in the arena. */
static bool keep_row(parse *p, size_t row, const cell *cells, size_t n)
{
  if (!p->kept) p->kept = DYO_NEW(p->ctx, HEAD_ROWS, kept_row);
  cell *copy = p->kept ? DYO_NEW(p->ctx, n, cell) : NULL;
  if (!copy) return false;
  for (size_t i = 0; i < n; i++) {
    copy[i] = cells[i];
    if (!cells[i].text || !cells[i].n) continue;
    copy[i].text = text_keep(p->ctx, cells[i].text, cells[i].n);
    if (!copy[i].text) return false;
    p->kept_bytes += cells[i].n;
  }
  p->kept_bytes += n * sizeof *copy;
  p->kept[p->n_kept++] = (kept_row){row, n, copy};
  return true;
}

static dyo_status survey_kept(parse *p)
{
  dyo_status st = parse_head(p);
  for (size_t i = 0; st == DYO_OK && i < p->n_kept; i++) st = survey(p, p->kept[i].row, p->kept[i].cells, p->kept[i].n);
  return st;
}

dyo_status parse_survey_row(void *user, size_t row, const cell *cells, size_t n)
{
  parse *p = user;
  if (row_extent(cells, n) == 0) {
    p->blank_run += p->rows > 0;
    return DYO_OK;
  }
  if (p->headed) return survey(p, row, cells, n);
  if (p->in->header_row > 0 && row < (size_t)p->in->header_row) return DYO_OK;
  if (!keep_row(p, row, cells, n)) return dyo_oom(p->err);
  return p->n_kept == HEAD_ROWS || p->kept_bytes > HEAD_BYTES ? survey_kept(p) : DYO_OK;
}

/* The dates across a transposed header. */
static void survey_header(parse *p)
{
  for (size_t i = 0; i < p->n_kept; i++) {
    if (p->kept[i].row != p->header_row) continue;
    for (size_t j = 0; j < p->n_columns && j < p->kept[i].n; j++) {
      const cell *v = &p->kept[i].cells[j];
      const char *s = NULL;
      size_t      n = 0;
      if (p->columns[j].role != ROLE_DATE || v->kind == CELL_DATE || !cell_text(v, &s, &n)) continue;
      const date_memo *m = parse_date_memo(p, s, n);
      if (m->is) see_date(p, &p->columns[j], &m->date, s, n);
    }
  }
}

dyo_status parse_survey_end(parse *p)
{
  dyo_status st = p->headed ? DYO_OK : survey_kept(p);
  if (st != DYO_OK) return st;
  if (p->n_kept == 0 && p->in->header_row > 0)
    return dyo_fail(p->err, DYO_INVALID_INPUT, "/header_row", "found %d; the file has no such row", p->in->header_row);
  if (p->n_kept == 0) return dyo_fail(p->err, DYO_INSUFFICIENT_DATA, "", "the file holds nothing but blank rows");
  if (p->rows == 0)
    return dyo_fail(p->err, DYO_INSUFFICIENT_DATA, "",
                    "the file has a header (row %zu, \"%.60s\" ...) and no rows below it", p->header_row,
                    p->n_columns ? p->columns[0].name : "");
  parse_types(p);
  if (p->layout == LAYOUT_TRANSPOSED) survey_header(p);
  return DYO_OK;
}
