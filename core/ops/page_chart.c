/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chart of characters. The line is drawn in quarters of a cell (halves of nothing in ASCII), the interval as shaded cells. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/page.h"
#include "ops/words.h"

enum { ROWS = 12, TICKS = 4, LABEL_MOST = 12 };

typedef struct {
  const page_chart_of *c;
  size_t               cols, fine; /* cells across; points across and down a cell: 2, or 1 in ASCII */
  double               lo, hi;     /* values at the bottom and top edge */
  unsigned char       *line;       /* quarters set, ROWS x cols */
  bool                *band;       /* shaded, ROWS x cols */
  size_t               now;        /* first cell of the forecast */
} canvas;

static double value_at(const page_chart_of *c, const double *h, size_t i)
{
  return i < c->n ? c->y[i] : h[i - c->n];
}

/* The nearest multiple of 1, 2 or 5 times a power of ten that is not below x. */
static double nice(double x)
{
  const double power = pow(10, floor(log10(x)));
  const double f     = x / power;
  return (f <= 1 ? 1 : f <= 2 ? 2 : f <= 5 ? 5 : 10) * power;
}

/* Range of what is drawn. An interval far wider than everything else is cut off rather than flattening the line. */
static double find_range(canvas *k)
{
  const page_chart_of *c  = k->c;
  double               lo = INFINITY, hi = -INFINITY;
  for (size_t i = 0; i < c->n + c->h; i++) {
    const double v = value_at(c, c->mean, i);
    lo = fmin(lo, v), hi = fmax(hi, v);
  }
  const double room = c->n == 0 ? INFINITY : fmax(hi - lo, 1e-9 * fmax(fabs(hi), fabs(lo)));
  double       low = lo, high = hi;
  for (size_t i = 0; c->lower && i < c->h; i++) {
    low  = fmin(low, fmax(c->lower[i], lo - room));
    high = fmax(high, fmin(c->upper[i], hi + room));
  }
  if (low > 0 && low < high / 4) low = 0;
  if (!(high > low)) { /* a constant series */
    const double half = low == 0 ? 1 : fabs(low) / 2;
    low -= half, high += half;
  }
  const double step = nice((high - low) / TICKS);
  k->lo             = floor(low / step + 1e-9) * step;
  k->hi             = ceil(high / step - 1e-9) * step;
  return step;
}

/* Fine row of a value from the top, within the chart. */
static size_t row_of(const canvas *k, double v)
{
  const double n = (double)(ROWS * k->fine);
  const double r = floor((k->hi - v) / (k->hi - k->lo) * n);
  return (size_t)fmin(fmax(r, 0), n - 1);
}

static void set(canvas *k, size_t x, size_t y)
{
  const size_t cell = y / k->fine * k->cols + x / k->fine;
  k->line[cell] |= (unsigned char)(1u << (y % k->fine * 2 + x % k->fine));
}

/* Least and greatest value in the fine column x: between two points on the line that joins them. False where nothing is known. */
static bool extent(const canvas *k, const double *of, size_t x, double *lo, double *hi)
{
  const page_chart_of *c = k->c;
  const size_t         n = c->n + c->h, across = k->cols * k->fine;
  *lo = INFINITY, *hi = -INFINITY;
  if (n <= across) {
    const double at = across > 1 ? (double)x * (double)(n - 1) / (double)(across - 1) : 0;
    const size_t i  = (size_t)at;
    const double a = value_at(c, of, i), b = value_at(c, of, i + 1 < n ? i + 1 : i);
    *lo = *hi = isnan(b) ? a : a + (at - (double)i) * (b - a);
    return !isnan(*lo);
  }
  for (size_t i = x * n / across; i < (x + 1) * n / across; i++) {
    const double v = value_at(c, of, i);
    *lo = fmin(*lo, v), *hi = fmax(*hi, v);
  }
  return *lo <= *hi;
}

static void draw_line(canvas *k)
{
  bool   joined = false;
  size_t end    = 0;
  for (size_t x = 0; x < k->cols * k->fine; x++) {
    double lo = 0, hi = 0;
    if (!extent(k, k->c->mean, x, &lo, &hi)) {
      joined = false;
      continue;
    }
    size_t       top = row_of(k, hi), bottom = row_of(k, lo);
    const size_t last = bottom;
    if (joined && end + 1 < top) top = end + 1; /* no gap to the column before */
    if (joined && end > bottom + 1) bottom = end - 1;
    for (size_t y = top; y <= bottom; y++) set(k, x, y);
    end    = last;
    joined = true;
  }
}

static void draw_band(canvas *k)
{
  for (size_t col = k->now; k->c->lower && col < k->cols; col++) {
    double lo = 0, hi = 0, top = 0;
    if (!extent(k, k->c->lower, col * k->fine, &lo, &hi) || !extent(k, k->c->upper, col * k->fine, &hi, &top)) continue;
    for (size_t y = row_of(k, top) / k->fine; y <= row_of(k, lo) / k->fine; y++) k->band[y * k->cols + col] = true;
  }
}

static const char *glyph(const canvas *k, size_t row, size_t col)
{
  static const char *const quarters[] = {" ", "▘", "▝", "▀", "▖", "▌", "▞", "▛",
                                         "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█"};
  const unsigned           bits       = k->line[row * k->cols + col];
  const bool               ascii      = k->fine == 1;
  if (bits) return ascii ? (col < k->now ? "*" : "o") : quarters[bits];
  if (k->band[row * k->cols + col]) return ascii ? "." : "░";
  if (col == k->now && k->c->n) return ascii ? ":" : "┊";
  return " ";
}

/* Labels of the rows that a tick falls on; *width the widest. */
static bool label_rows(dyo_ctx *ctx, const canvas *k, double step, const char *labels[ROWS], size_t *width)
{
  *width = 1;
  for (int i = 0; k->lo + i * step <= k->hi + step / 2; i++) {
    const double v   = k->lo + i * step;
    const size_t row = row_of(k, v) / k->fine;
    if (labels[row]) continue;
    labels[row] = words_figure(ctx, fabs(v) < step / 1000 ? 0 : v);
    if (!labels[row]) return false;
    if (page_columns(labels[row]) > *width) *width = page_columns(labels[row]);
  }
  if (*width > LABEL_MOST) *width = LABEL_MOST;
  return true;
}

/* The dates below: the first at the left, the last of the history before the forecast's beginning, the last step at the right. */
static void put_dates(page *p, const canvas *k, size_t label)
{
  const page_chart_of *c    = k->c;
  const size_t         left = page_columns(c->first), mid = page_columns(c->last), right = page_columns(c->end);
  const size_t         mid_at = k->now > mid ? k->now - mid : 0, right_at = k->cols > right ? k->cols - right : 0;
  const bool           with_mid = c->n > 1 && mid_at >= left + 2 && mid_at + mid + 2 <= right_at;
  size_t               at       = left;
  page_cell(p, "", label + 2, PAGE_LEFT);
  page_put(p, c->first);
  if (with_mid) {
    page_cell(p, "", mid_at - at, PAGE_LEFT);
    page_put(p, c->last);
    at = mid_at + mid;
  }
  if (right_at >= at + 2) {
    page_cell(p, "", right_at - at, PAGE_LEFT);
    page_put(p, c->end);
  }
  page_end(p);
}

static void put_rows(page *p, const canvas *k, const char *const labels[ROWS], size_t label)
{
  for (size_t row = 0; row < ROWS; row++) {
    page_cell(p, labels[row] ? labels[row] : "", label, PAGE_RIGHT);
    page_put(p, p->ascii ? (labels[row] ? " +" : " |") : (labels[row] ? " ┤" : " │"));
    for (size_t col = 0; col < k->cols; col++) page_put(p, glyph(k, row, col));
    page_end(p);
  }
  page_cell(p, "", label + 1, PAGE_LEFT);
  page_put(p, p->ascii ? "+" : "└");
  for (size_t col = 0; col < k->cols; col++)
    page_put(p, p->ascii ? (col == k->now ? "+" : "-") : (col == k->now && k->c->n ? "┴" : "─"));
  page_end(p);
}

bool page_chart(dyo_ctx *ctx, page *p, const page_chart_of *c)
{
  const char *labels[ROWS] = {0};
  canvas      k            = {.c = c, .fine = p->ascii ? 1 : 2};
  size_t      label        = 0;
  if (c->n + c->h == 0) return true; /* nothing to draw */
  const double step = find_range(&k);
  if (!label_rows(ctx, &k, step, labels, &label)) return false;
  k.cols = p->width > label + 12 ? p->width - label - 2 : 10;
  k.now  = c->n * k.cols / (c->n + c->h);
  k.line = DYO_NEW(ctx, ROWS * k.cols, unsigned char);
  k.band = DYO_NEW(ctx, ROWS * k.cols, bool);
  if (!k.line || !k.band) return false;
  draw_band(&k);
  draw_line(&k);
  put_rows(p, &k, labels, label);
  put_dates(p, &k, label);
  return true;
}
