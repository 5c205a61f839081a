/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: text for people on a screen of a given width: wrapped lines, columns, a chart, sparklines. */
#ifndef DYO_OPS_PAGE_H
#define DYO_OPS_PAGE_H

#include "base/dyo_ctx.h"
#include "json/dyo_json.h"

typedef struct {
  dyo_buf b;     /* the owner frees it */
  size_t  width; /* columns of the screen */
  bool    ascii; /* nothing but ASCII, save what names bring along */
} page;

typedef enum { PAGE_LEFT, PAGE_RIGHT } page_side;

/* Columns that text takes: wide characters take two, combining marks none. */
size_t page_columns(const char *text);

/* text in `columns` columns: padded, or cut with an ellipsis. */
void page_cell(page *p, const char *text, size_t columns, page_side side);

/* "Label     text", wrapped at blanks; the lines behind the first are indented as far. */
void page_item(page *p, const char *label, const char *text);

void        page_put(page *p, const char *text);
void        page_end(page *p);            /* ends a line, without blanks at its end */
void        page_rule(page *p, size_t n); /* a line of n columns */
const char *page_dash(const page *p);     /* between two ends of a range: an en dash, or "to" in ASCII */

/* n values (NaN: a blank) in `cells` cells, each the mean of its share, as bars of eight heights. */
void page_spark(page *p, const double *y, size_t n, size_t cells);

/* A history and what is forecast of it. */
typedef struct {
  const double *y; /* n values, NaN where missing */
  size_t        n;
  const double *mean, *lower, *upper; /* h of each; lower and upper may be NULL */
  size_t        h;
  const char   *first, *last, *end; /* dates of the first and last value and of the last step */
} page_chart_of;

/* Draws it, values at the left, dates below. False when memory ran out. */
bool page_chart(dyo_ctx *ctx, page *p, const page_chart_of *c);

#endif
