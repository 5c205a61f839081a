/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation report.plan: sales and stock from a file to inventory.plan and its answer. The page is in report_plan_page.c, tables of
 * stock in report_stock.c. */
#include <math.h>
#include <string.h>

#include "inventory/dyo_safety_stock.h"
#include "json/dyo_json.h"
#include "ops/forecast.h"
#include "ops/report_plan.h"

static const char *const service_words[] = {"cycle", "fill_rate", NULL};

const dyo_field dyo_report_plan_in_rows[] = {
  DYO_OBJ(dyo_report_plan_in, file, DYO_REQ, dyo_parse_in, dyo_parse_in_rows,
          "The file of sales: date, item, quantity. In a workbook a sheet of stock is found by its columns."),
  DYO_OBJ(
    dyo_report_plan_in, stock, DYO_OPT, dyo_parse_in, dyo_parse_in_rows,
    "A file of what is in stock: a row an item, with columns such as sku, on_hand, on_order, unit_cost, lead_time_days."),
  DYO_STR(dyo_report_plan_in, sku, DYO_OPT, 256, "The one item wanted, with its stock curve; absent: all."),
  DYO_NUM(dyo_report_plan_in, on_hand, 0, -1e12, 1e12, "units",
          "Stock on hand of items whose stock is not in the file."),
  DYO_NUM(dyo_report_plan_in, on_order, 0, 0, 1e12, "units", "Stock on order of items for which the file has none."),
  DYO_NUM(dyo_report_plan_in, unit_cost, DYO_OPT, 0, 1e12, "money/unit",
          "Price of a unit of items for which the file has none."),
  DYO_NUM(dyo_report_plan_in, lead_time_days, 7, 0, DYO_PLAN_DAYS, "days", "Mean time from an order to its arrival."),
  DYO_NUM(dyo_report_plan_in, lead_time_std_dev, 0, 0, DYO_PLAN_DAYS, "days", "Standard deviation of the lead time."),
  DYO_NUM(dyo_report_plan_in, review_period_days, 0, 0, DYO_PLAN_DAYS, "days",
          "Days between looks at the stock; 0: always."),
  DYO_NUM(dyo_report_plan_in, order_cost, 50, 0, 1e12, "money/order", "Fixed cost of placing one order."),
  DYO_NUM(dyo_report_plan_in, holding_cost_rate, 0.25, DYO_POS, 1e6, "1/year",
          "Cost of keeping stock for a year as a share of unit_cost."),
  DYO_NUM(dyo_report_plan_in, service_level, 0.95, DYO_POS, 1, "0..1", "Service to keep, below 1."),
  DYO_ENUM(dyo_report_plan_in, service_type, DYO_SERVICE_CYCLE, service_words,
           "What service_level means: the share of cycles without a stock-out, or the share of demand met from stock."),
  DYO_ENUM(dyo_report_plan_in, model_type, 0, dyo_model_words, "Forecasting model."),
  DYO_INT(dyo_report_plan_in, horizon_days, 365, 1, DYO_PLAN_DAYS, "days", "Days looked ahead."),
  DYO_STR(dyo_report_plan_in, as_of, DYO_OPT, 32, "The plan's date; absent: the day after the sales end."),
  DYO_NUM(dyo_report_plan_in, days_per_year, 365, 1, 1e4, "days", "Days that a year's demand is spread over."),
  DYO_NUM(dyo_report_plan_in, excess_days, 30, 0, 1e5, "days",
          "Days of demand above reorder point plus order size from which stock counts as too much."),
  DYO_BOOL(dyo_report_plan_in, gaps_are_zero, 1,
           "Whether dates without a row are days without sales rather than not known."),
  DYO_INT(dyo_report_plan_in, seed, 1, 0, INT_MAX, NULL, "Seed of simulated intervals."),
  REPORT_ROWS(dyo_report_plan_in),
  DYO_END(dyo_report_plan_in)};

static const char *item_at(const void *list, size_t i)
{
  const plan_items *p = list;
  return i < p->n ? p->items[i].sku : NULL;
}

/* Only the item asked for, if one is. */
static dyo_status pick(const dyo_report_plan_in *in, plan_items *items, dyo_err *err)
{
  if (items->n == 0)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/file", "the file holds no item that could be planned");
  if (!in->sku) return DYO_OK;
  for (size_t i = 0; i < items->n; i++) {
    if (strcmp(items->items[i].sku, in->sku) != 0) continue;
    items->items += i;
    items->n = 1;
    return DYO_OK;
  }
  const char *near = dyo_nearest(in->sku, item_at, items);
  return dyo_fail(err, DYO_INVALID_INPUT, "/sku", "found \"%.60s\", which is no item of the file; %s \"%.60s\"?",
                  in->sku, near ? "did you mean" : "one of them is", near ? near : items->items[0].sku);
}

/* Errors of an item are told of the file it came from. */
static dyo_status of_file(dyo_status st, dyo_err *err)
{
  const dyo_err inner = *err;
  if (st == DYO_OK || strncmp(inner.path, "/items", 6) != 0) return st;
  return dyo_fail(err, inner.code, "/file", "%.300s", inner.message);
}

static dyo_status plan(dyo_ctx *ctx, const dyo_report_plan_in *in, const plan_items *items, dyo_plan_out *out,
                       dyo_err *err)
{
  const dyo_plan_in request = {.items              = items->items,
                               .n_items            = items->n,
                               .order_cost         = in->order_cost,
                               .holding_cost_rate  = in->holding_cost_rate,
                               .service_level      = in->service_level,
                               .service_type       = in->service_type,
                               .lead_time_days     = in->lead_time_days,
                               .lead_time_std_dev  = in->lead_time_std_dev,
                               .review_period_days = in->review_period_days,
                               .model_type         = in->model_type,
                               .horizon_days       = in->horizon_days,
                               .as_of              = in->as_of,
                               .days_per_year      = in->days_per_year,
                               .excess_days        = in->excess_days,
                               .gaps               = in->gaps_are_zero ? DYO_GAPS_ZERO : DYO_GAPS_MISSING,
                               .include_projection = in->format == DYO_REPORT_TEXT && items->n == 1,
                               .seed               = in->seed};
  return of_file(dyo_plan(ctx, &request, out, err), err);
}

static dyo_status print(dyo_ctx *ctx, const dyo_report_plan_in *in, const dyo_parse_out *read, const plan_items *items,
                        const dyo_plan_out *answer, page *p, dyo_err *err)
{
  dyo_status st = DYO_OK;
  if (in->format == DYO_REPORT_CSV) report_plan_csv(&p->b, answer);
  if (in->format == DYO_REPORT_TEXT) return report_plan_page(ctx, p, in, read, items, answer) ? DYO_OK : dyo_oom(err);
  if (in->format == DYO_REPORT_JSON) {
    st = report_json(ctx, dyo_plan_out_rows, answer, &p->b, err);
    dyo_buf_puts(&p->b, "\n");
  }
  return st;
}

dyo_status dyo_report_plan(dyo_ctx *ctx, const dyo_report_plan_in *in, dyo_report_out *out, dyo_err *err)
{
  dyo_parse_out read   = {0};
  plan_items    items  = {0};
  dyo_plan_out  answer = {0};
  page          p      = {.width = (size_t)in->width, .ascii = in->ascii};
  dyo_status    st     = plan_items_read(ctx, in, &read, &items, err);
  if (st == DYO_OK) st = pick(in, &items, err);
  if (st == DYO_OK) st = plan(ctx, in, &items, &answer, err);
  if (st == DYO_OK) st = print(ctx, in, &read, &items, &answer, &p, err);
  if (st == DYO_OK) return report_finish(ctx, &p.b, in->format, &read, out, err);
  dyo_buf_free(&p.b);
  return st;
}
