/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan on a page: what it rests on, what to do in a sentence, a line an item with the most urgent first, and one item with its curve. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ops/report_plan.h"
#include "ops/words.h"
#include "stats/dyo_intermittent.h"

enum {
  FIGURE      = 9,
  DATE        = 12,
  ACTION      = 10,
  CLASS       = 6,
  NAME_LEAST  = 10,
  NAME_MOST   = 32,
  SENTENCES   = 3,
  CURVE_LEAST = 30,
  CURVE_DAYS  = 180
};

/* "(--lead-time-days)" is how to change what was assumed. */
static bool assumed(dyo_ctx *ctx, page *p, const dyo_report_plan_in *in, const plan_items *items)
{
  const bool  lead  = !items->stock_name || items->columns.column[9] == SIZE_MAX;
  const bool  price = !items->stock_name || items->columns.column[5] == SIZE_MAX;
  const char *stock = items->stock_name ? "" : dyo_text(ctx, "%g on hand of every item (--on-hand), ", in->on_hand);
  const char *cost  = !price                 ? ""
                      : isnan(in->unit_cost) ? "no prices (--unit-cost), "
                                             : dyo_text(ctx, "%g a unit (--unit-cost), ", in->unit_cost);
  const char *days  = lead ? dyo_text(ctx, "%g days of lead time (--lead-time-days), ", in->lead_time_days) : "";
  if (!stock || !cost || !days) return false;
  const char *text =
    dyo_text(ctx,
             "%s%s%s%g an order (--order-cost), %g%% a year for holding stock (--holding-cost-rate), %g%% service "
             "(--service-level)%s.",
             stock, days, cost, in->order_cost, 100 * in->holding_cost_rate, 100 * in->service_level,
             in->gaps_are_zero ? ", no sales on dates without a row (--gaps-are-zero=false)" : "");
  if (text) page_item(p, "Assumed", text);
  return text != NULL;
}

static bool stock_line(dyo_ctx *ctx, page *p, const plan_items *items)
{
  if (!items->stock_name) return true;
  const char *fields = stock_fields(ctx, &items->columns);
  const char *text   = fields ? dyo_text(ctx, "%s: %zu item%s with %s.", items->stock_name, items->stocked,
                                       items->stocked == 1 ? "" : "s", fields)
                              : NULL;
  if (!text) return false;
  page_item(p, "Stock", text);
  for (size_t i = 0; i < items->notes.n && i < SENTENCES; i++) page_item(p, "", items->notes.v[i]);
  if (items->notes.n > SENTENCES) page_item(p, "", dyo_text(ctx, "and %zu more notes", items->notes.n - SENTENCES));
  return true;
}

static bool summary(dyo_ctx *ctx, page *p, const dyo_plan_out *plan)
{
  const dyo_plan_counts *n    = plan->counts;
  dyo_time               t    = 0;
  const char            *date = "";
  if (plan->as_of && dyo_time_parse(plan->as_of, &t))
    date = words_day(ctx, t, t - 400 * (dyo_time)DYO_DAY); /* with its year */
  const char *worth = words_figure(ctx, plan->total_order_value),
             *saved = words_figure(ctx, plan->total_potential_saving);
  if (!date || !worth || !saved) return false;
  const char *order = plan->total_order_value > 0 ? dyo_text(ctx, " for %s", worth) : "";
  const char *save  = plan->total_potential_saving > 0 ? dyo_text(ctx, ", which costs %s a year", saved) : "";
  if (!order || !save) return false;
  const char *text =
    dyo_text(ctx, "%s%sorder %d of %zu items now%s. %d %s too much stock%s. %d %s nothing.", date, *date ? ": " : "",
             n->order_now, plan->n_recommendations, order, n->reduce_stock, n->reduce_stock == 1 ? "has" : "have", save,
             n->maintain, n->maintain == 1 ? "needs" : "need");
  if (text) page_item(p, "Plan", text);
  return text != NULL;
}

/* Orders by how soon stock ends, then what costs most to hold, then the others by when they are due. */
static int worst_first(const void *a, const void *b)
{
  const dyo_recommendation *p = *(dyo_recommendation *const *)a, *q = *(dyo_recommendation *const *)b;
  double                    x = 0, y = 0;
  if (p->action != q->action) return p->action - q->action;
  if (p->action == DYO_ORDER_NOW) x = p->days_of_cover, y = q->days_of_cover;
  if (p->action == DYO_REDUCE_STOCK)
    x = isnan(q->potential_saving) ? 0 : q->potential_saving, y = isnan(p->potential_saving) ? 0 : p->potential_saving;
  if (p->action == DYO_MAINTAIN && p->order_by && q->order_by) {
    const int c = strcmp(p->order_by, q->order_by);
    if (c) return c;
  }
  if (p->action == DYO_MAINTAIN && !p->order_by != !q->order_by) return p->order_by ? -1 : 1;
  if (x != y && !isnan(x) && !isnan(y)) return x < y ? -1 : 1;
  return p < q ? -1 : 1; /* as they came */
}

static const dyo_recommendation **sorted(dyo_ctx *ctx, const dyo_plan_out *plan)
{
  const dyo_recommendation **v = DYO_NEW(ctx, plan->n_recommendations, const dyo_recommendation *);
  for (size_t i = 0; v && i < plan->n_recommendations; i++) v[i] = &plan->recommendations[i];
  if (v) qsort(v, plan->n_recommendations, sizeof *v, worst_first);
  return v;
}

static size_t name_width(const page *p, const dyo_plan_out *plan)
{
  const size_t rest = ACTION + 3 * FIGURE + 2 * DATE + CLASS;
  const size_t room = p->width > rest + NAME_LEAST ? p->width - rest : NAME_LEAST;
  size_t       n    = NAME_LEAST;
  for (size_t i = 0; i < plan->n_recommendations; i++) {
    const size_t own = page_columns(plan->recommendations[i].sku) + 1;
    if (own > n) n = own;
  }
  return n < room ? n : room < NAME_MOST ? room : NAME_MOST;
}

static bool figure(dyo_ctx *ctx, page *p, double x)
{
  const char *text = isnan(x) ? "-" : words_within(ctx, words_figure(ctx, x), x, FIGURE);
  if (text) page_cell(p, text, FIGURE, PAGE_RIGHT);
  return text != NULL;
}

/* To a tenth of a day where there are few. */
static bool days(dyo_ctx *ctx, page *p, double x)
{
  return figure(ctx, p, x < 100 ? round(10 * x) / 10 : x);
}

static void date_cell(page *p, const char *date)
{
  page_cell(p, date ? date : "-", DATE, PAGE_RIGHT);
}

static bool line(dyo_ctx *ctx, page *p, const dyo_recommendation *r, size_t name)
{
  static const char *const words[] = {"ORDER NOW", "REDUCE", "fine"};
  const char *class   = dyo_text(ctx, "%s%s", r->abc_class ? r->abc_class : "-", r->xyz_class ? r->xyz_class : "-");
  const double amount = r->action == DYO_ORDER_NOW      ? r->order_quantity
                        : r->action == DYO_REDUCE_STOCK ? -r->excess_stock
                                                        : 0;
  if (!class) return false;
  page_cell(p, r->sku, name, PAGE_LEFT);
  page_cell(p, strcmp(r->model_type, "none") == 0 ? "no sales" : words[r->action], ACTION, PAGE_LEFT);
  if (!figure(ctx, p, r->action == DYO_MAINTAIN ? NAN : amount) || !figure(ctx, p, r->position) ||
      !days(ctx, p, r->days_of_cover))
    return false;
  date_cell(p, r->order_by);
  date_cell(p, r->stockout_date);
  page_cell(p, class, CLASS, PAGE_RIGHT);
  page_end(p);
  return true;
}

static bool table(dyo_ctx *ctx, page *p, const dyo_plan_out *plan, const dyo_recommendation **by)
{
  const size_t name = name_width(p, plan);
  page_cell(p, "Item", name, PAGE_LEFT);
  page_cell(p, "", ACTION, PAGE_LEFT);
  page_cell(p, "Amount", FIGURE, PAGE_RIGHT);
  page_cell(p, "Stock", FIGURE, PAGE_RIGHT);
  page_cell(p, "Days", FIGURE, PAGE_RIGHT);
  date_cell(p, "Order by");
  date_cell(p, "Runs out");
  page_cell(p, "Class", CLASS, PAGE_RIGHT);
  page_end(p);
  page_rule(p, name + ACTION + 3 * FIGURE + 2 * DATE + CLASS);
  for (size_t i = 0; i < plan->n_recommendations; i++)
    if (!line(ctx, p, by[i], name)) return false;
  return true;
}

/* The first orders, each in its sentence. */
static void sentences(page *p, const dyo_plan_out *plan, const dyo_recommendation **by)
{
  for (size_t i = 0; i < plan->n_recommendations && i < SENTENCES && by[i]->action != DYO_MAINTAIN; i++)
    page_item(p, i ? "" : "First", by[i]->reason);
}

/* Up to half as long again as the stock lasts. */
static size_t curve_days(const dyo_recommendation *r)
{
  const dyo_plan_curve *c = r->projected_stock;
  const double          want =
    isnan(r->days_of_cover) ? CURVE_DAYS : fmin(fmax(ceil(1.5 * r->days_of_cover), CURVE_LEAST), CURVE_DAYS);
  return !c ? 0 : (double)c->n_values < want ? c->n_values : (size_t)want;
}

bool report_plan_item(dyo_ctx *ctx, page *p, const dyo_recommendation *r)
{
  const dyo_plan_curve *c    = r->projected_stock;
  const size_t          days = curve_days(r);
  double               *low = DYO_NEW(ctx, 2 * days, double), *high = low + days;
  if (!low) return false;
  for (size_t i = 0; i < days; i++) {
    low[i]  = fmax(r->safety_stock, 0);
    high[i] = fmax(r->reorder_point, 0);
  }
  page_put(p, r->name ? r->name : r->sku);
  page_put(p, ": expected stock; shaded from safety stock to reorder point");
  page_end(p);
  if (days > 0) {
    const page_chart_of of = {.mean  = c->values,
                              .lower = low,
                              .upper = high,
                              .h     = days,
                              .first = c->dates[0],
                              .last  = "",
                              .end   = c->dates[days - 1]};
    if (!page_chart(ctx, p, &of)) return false;
  }
  page_end(p);
  const char *reorder = words_figure(ctx, r->reorder_point), *safety = words_figure(ctx, r->safety_stock),
             *next  = words_figure(ctx, r->next_order_quantity);
  const char *daily = words_figure(ctx, r->forecast->mean), *sd = words_figure(ctx, r->forecast->std_dev);
  if (!reorder || !safety || !next || !daily || !sd) return false;
  page_item(p, "Do", r->reason);
  page_item(p, "Demand",
            dyo_text(ctx, "%s a day, give or take %s (%s, %s demand).", daily, sd, r->model_type,
                     dyo_demand_words[r->demand_class]));
  page_item(p, "Stock",
            r->safety_stock > 0
              ? dyo_text(ctx, "order at %s, of which %s are safety stock; an order is about %s.", reorder, safety, next)
              : dyo_text(ctx, "order at %s; an order is about %s.", reorder, next));
  for (size_t i = 0; i < r->n_warnings; i++) page_item(p, i ? "" : "Note", r->warnings[i]);
  return true;
}

bool report_plan_page(dyo_ctx *ctx, page *p, const dyo_report_plan_in *in, const dyo_parse_out *sales,
                      const plan_items *items, const dyo_plan_out *plan)
{
  const dyo_recommendation **by = sorted(ctx, plan);
  if (!by || !report_head(ctx, p, in->file, sales) || !stock_line(ctx, p, items) || !assumed(ctx, p, in, items))
    return false;
  page_end(p);
  if (plan->n_recommendations == 1) return report_plan_item(ctx, p, &plan->recommendations[0]);
  if (!summary(ctx, p, plan)) return false;
  sentences(p, plan, by);
  page_end(p);
  if (!table(ctx, p, plan, by)) return false;
  page_end(p);
  for (size_t i = 0; i < plan->n_warnings; i++) page_item(p, i ? "" : "Note", plan->warnings[i]);
  const char *more =
    dyo_text(ctx, "--sku \"%s\" shows one item with its stock curve; --csv, --json or --out FILE gives every figure.",
             by[0]->sku);
  if (more) page_item(p, "More", more);
  return more != NULL;
}

/* Scalars of a recommendation, in the order of its rows. */
void report_plan_csv(dyo_buf *b, const dyo_plan_out *plan)
{
  const char *comma = "";
  for (const dyo_field *f = dyo_recommendation_rows; f->name; f++) {
    if (f->type != DYO_T_NUM && f->type != DYO_T_STR && f->type != DYO_T_ENUM) continue;
    dyo_buf_printf(b, "%s%s", comma, f->name);
    comma = ",";
  }
  dyo_buf_puts(b, "\r\n");
  for (size_t i = 0; i < plan->n_recommendations; i++) {
    const char *base = (const char *)&plan->recommendations[i];
    comma            = "";
    for (const dyo_field *f = dyo_recommendation_rows; f->name; f++) {
      const char *text = NULL;
      double      x    = NAN;
      int         word = 0;
      if (f->type != DYO_T_NUM && f->type != DYO_T_STR && f->type != DYO_T_ENUM) continue;
      dyo_buf_puts(b, comma);
      comma = ",";
      if (f->type == DYO_T_NUM) memcpy(&x, base + f->off, sizeof x);
      if (f->type == DYO_T_STR) memcpy(&text, base + f->off, sizeof text);
      if (f->type == DYO_T_ENUM) memcpy(&word, base + f->off, sizeof word), text = f->names[word];
      if (text) report_csv_text(b, text);
      else report_csv_number(b, x);
    }
    dyo_buf_puts(b, "\r\n");
  }
}
