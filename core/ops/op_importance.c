/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/dyo_op_importance.h"

#include <stdlib.h>
#include <string.h>

#include "ops/forecast.h"

enum { FEATURES_MOST = 100000 };

const dyo_field dyo_importance_in_rows[] = {
  DYO_STR(dyo_importance_in, model, DYO_REQ, DBL_MAX, "A model string of an xgboost forecast."),
  DYO_END(dyo_importance_in)};

static const dyo_field feature_rows[] = {
  DYO_STR(
    dyo_feature, name, DYO_REQ, 128,
    "lag_7, mean_7, std_7, min_7, max_7, place_in_7, day_of_week, holiday_NAME, or a regressor and NAME_change: its "
    "value above its own level."),
  DYO_OUT(dyo_feature, gain, DYO_REQ, NULL, "Mean gain of its splits."),
  DYO_OUT(dyo_feature, cover, DYO_REQ, NULL, "Mean sum of second derivatives at its splits."),
  DYO_OUT(dyo_feature, weight, DYO_REQ, "splits", "Number of its splits."), DYO_END(dyo_feature)};

const dyo_field dyo_importance_out_rows[] = {DYO_LIST(dyo_importance_out, features, DYO_REQ, FEATURES_MOST, dyo_feature,
                                                      feature_rows,
                                                      "Every feature, the one whose splits gain most in sum first."),
                                             DYO_END(dyo_importance_out)};

/* Names decide where gains are equal, so that the order is one. */
static int by_total_gain(const void *a, const void *b)
{
  const dyo_feature *x = a, *y = b;
  const double       p = x->gain * x->weight, q = y->gain * y->weight;
  return p != q ? (p < q) - (p > q) : strcmp(x->name, y->name);
}

dyo_status dyo_importance(dyo_ctx *ctx, const dyo_importance_in *in, dyo_importance_out *out, dyo_err *err)
{
  fitted     f  = {0};
  dyo_status st = forecast_load(ctx, in->model, &f, err);
  if (st != DYO_OK) return st;
  if (f.model != dyo_model_find("xgboost"))
    return dyo_fail(err, DYO_UNSUPPORTED, "/model",
                    "the model string is of type \"%.40s\"; one of type \"xgboost\" is expected", f.model->name);
  st = dyo_importance_of(ctx, f.state, &out->features, &out->n_features, err);
  if (st == DYO_OK) qsort(out->features, out->n_features, sizeof *out->features, by_total_gain);
  return st;
}
