/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many series in a table, a line each. */
#include <math.h>
#include <string.h>

#include "ops/report_forecast.h"
#include "ops/words.h"

enum { SPARK = 16, SPARK_POINTS = 64, FIGURE = 10, MODEL = 15, ERROR = 8, NAME_LEAST = 10, NAME_MOST = 40 };

/* What the columns leave of the width, no more than the longest name. */
static size_t name_width(const page *p)
{
  const size_t rest = SPARK + 2 * FIGURE + MODEL + ERROR + 3;
  const size_t n    = p->width > rest + NAME_LEAST ? p->width - rest : NAME_LEAST;
  return n < NAME_MOST ? n : NAME_MOST;
}

dyo_status report_many_head(dyo_ctx *ctx, page *p, const dyo_report_forecast_in *in, const dyo_parse_out *read,
                            dyo_err *err)
{
  const size_t name  = name_width(p);
  const int    h     = report_horizon(in, read->series[0].frequency);
  const char  *total = dyo_text(ctx, "Sum of %d", h);
  if (!total || !report_head(ctx, p, in->file, read)) return dyo_oom(err);
  page_cell(p, "Series", name, PAGE_LEFT);
  page_put(p, " ");
  page_cell(p, "History", SPARK, PAGE_LEFT);
  page_cell(p, "Next", FIGURE, PAGE_RIGHT);
  page_cell(p, total, FIGURE, PAGE_RIGHT);
  page_put(p, "  ");
  page_cell(p, "Model", MODEL, PAGE_LEFT);
  page_cell(p, "Error", ERROR, PAGE_RIGHT);
  page_end(p);
  page_rule(p, name + 3 + SPARK + 2 * FIGURE + MODEL + ERROR);
  return DYO_OK;
}

/* Its last values, or all where there are few. */
static void spark(page *p, const dyo_parse_series *s)
{
  const size_t n = s->n_values < SPARK_POINTS ? s->n_values : SPARK_POINTS;
  page_spark(p, s->values + (s->n_values - n), n, SPARK);
}

dyo_status report_line(dyo_ctx *ctx, page *p, const dyo_parse_series *s, const dyo_forecast_out *f, dyo_err *failed)
{
  double sum = 0;
  page_cell(p, s->name, name_width(p), PAGE_LEFT);
  page_put(p, " ");
  spark(p, s);
  if (!f) {
    page_put(p, "  ");
    page_cell(p,
              strncmp(failed->message, s->name, strlen(s->name)) == 0 ? failed->message + strlen(s->name) + 2
                                                                      : failed->message,
              2 * FIGURE + MODEL + ERROR, PAGE_LEFT);
    page_end(p);
    return DYO_OK;
  }
  for (size_t i = 0; i < f->n_predictions; i++) sum += f->predictions[i];
  const dyo_accuracy *a     = f->accuracy_metrics;
  const char         *next  = words_within(ctx, words_figure(ctx, f->predictions[0]), f->predictions[0], FIGURE);
  const char         *total = words_within(ctx, words_figure(ctx, sum), sum, FIGURE);
  const char         *model = report_model(ctx, f), *mase = a && isfinite(a->mase) ? words_figure(ctx, a->mase) : "-";
  if (!next || !total || !model || !mase) return dyo_oom(failed);
  page_cell(p, next, FIGURE, PAGE_RIGHT);
  page_cell(p, total, FIGURE, PAGE_RIGHT);
  page_put(p, "  ");
  page_cell(p, model, MODEL, PAGE_LEFT);
  page_cell(p, mase, ERROR, PAGE_RIGHT);
  page_end(p);
  return DYO_OK;
}

void report_many_foot(page *p, const dyo_report_forecast_in *in, const dyo_parse_out *read)
{
  dyo_buf     quoted = {0};
  const char *name   = read->series[0].name;
  (void)in;
  page_end(p);
  page_item(p, "Error", "of a rolling backtest, beside what a naive forecast missed by: below 1 is better than it.");
  dyo_buf_printf(
    &quoted, "--series \"%s\" shows one series with its chart; --csv, --json or --out FILE gives every step.", name);
  page_item(p, "More", quoted.s ? quoted.s : "");
  dyo_buf_free(&quoted);
}
