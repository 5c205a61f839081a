/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: the parts of report.plan. */
#ifndef DYO_OPS_REPORT_PLAN_H
#define DYO_OPS_REPORT_PLAN_H

#include "ops/dyo_op_plan.h"
#include "ops/report.h"
#include "series/dyo_table.h"

enum { STOCK_SKU, STOCK_NAME, STOCK_ON_HAND, STOCK_FIELDS = 15 };

/* What a table of stock holds, as far as its header tells. */
typedef struct {
  size_t header;               /* row of the table that names the columns */
  size_t column[STOCK_FIELDS]; /* SIZE_MAX where there is none */
} stock_columns;

/* Does the table list stock: a column of items and one of what is on hand, and none of dates? */
bool stock_find(const dyo_table *t, stock_columns *c);

/* "on_hand, unit_cost": the columns found, but the item's own. */
const char *stock_fields(dyo_ctx *ctx, const stock_columns *c);

/* Which columns of a table of sales name the item and the quantity. NULL where the header does not tell. */
void sales_find(const dyo_table *t, const char **sku, const char **quantity);

/* The items of the sales and of the stock together. */
typedef struct {
  dyo_plan_item *items;
  size_t         n, stocked, unsold; /* items; those in the table of stock; those of them without sales */
  stock_columns  columns;
  const char    *stock_name; /* the sheet or file the stock was read from; NULL: none */
  dyo_notes      notes;
} plan_items;

dyo_status plan_items_read(dyo_ctx *ctx, const dyo_report_plan_in *in, dyo_parse_out *sales, plan_items *out,
                           dyo_err *err);

/* The page. */
bool report_plan_page(dyo_ctx *ctx, page *p, const dyo_report_plan_in *in, const dyo_parse_out *sales,
                      const plan_items *items, const dyo_plan_out *plan);

/* One item with its stock curve. */
bool report_plan_item(dyo_ctx *ctx, page *p, const dyo_recommendation *r);

void report_plan_csv(dyo_buf *b, const dyo_plan_out *plan);

#endif
