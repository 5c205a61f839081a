/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: boosted trees on what a simple forecast leaves over. A value y_t becomes
 *   z_t = (v_t - centre) / spread,  v = y or log y, with or without a seasonal pattern taken out beforehand,
 *   w_t = z_t, or z_t - z_{t-m},
 * and the trees answer w_{o+j} - b_{o+j|o} for the features known at the origin o, where b is a level with a drift that is followed
 * from value to value; so the trees never see a trend and the forecast can leave the range of the past. Smoothing before learning:
 * Smyl (2020), Int. J. Forecasting 36; features by lags and windows: Januschowski et al. (2022), same 38. */
#ifndef DYO_XGB_PRIVATE_H
#define DYO_XGB_PRIVATE_H

#include "base/dyo_ctx.h"
#include "forecast/dyo_model.h"
#include "forecast/seasons.h"
#include "trees/dyo_trees_settings.h"

enum { XGB_RECURSIVE, XGB_DIRECT };                            /* strategy */
enum { XGB_AS_IS, XGB_LOG };                                   /* transform */
enum { XGB_MEAN, XGB_LAST, XGB_SMOOTH };                       /* level */
enum { XGB_SEASON_NONE, XGB_SEASON_LAG, XGB_SEASON_PATTERN };  /* season */

enum { XGB_LAGS_MOST = 1000, XGB_WINDOWS_MOST = 50, XGB_REACH_MOST = 100000, XGB_OF_WINDOW = 4 /* mean, deviation, least, largest */ };

extern const char *const xgb_strategy_words[], *const xgb_transform_words[], *const xgb_level_words[],
  *const xgb_season_words[];

typedef struct {
  dyo_trees_settings trees; /* first, as the rows say */
  int    n_estimators;
  int   *lags, *windows;
  size_t n_lags, n_windows;
  int    strategy, transform, level, season; /* -1: chosen */
} xgb_params;

/* The fitted model. Its trees are kept node after node, each tree from its root in order of breadth; a node with children has them
 * at the next places that are free. */
typedef struct {
  int     strategy, transform, level, season;
  double  centre, spread;
  double  alpha, drift, at; /* the level: weight of a new value, steps up a period, where it stands */
  double  n;                /* values so far */
  int     lag;              /* m of w, 0 without */
  int     block;            /* steps the trees look ahead at once */
  int    *lags, *windows;
  size_t  n_lags, n_windows;
  double *periods; /* whose places are features */
  size_t  n_periods;
  const char **x_names;
  size_t       n_x_names;
  double *tail; /* the latest z */
  size_t  n_tail;
  double *pattern; /* see seasons.h */
  size_t  n_pattern;
  int    *pattern_periods;
  size_t  n_pattern_periods;
  dyo_trees_settings *settings;
  double  base_score;
  int    *sizes;   /* nodes of each tree */
  int    *feature; /* of each node: -1 leaf, else 2 * feature + (missing goes left) */
  double *value;   /* where it splits, or the leaf's answer */
  size_t  n_sizes, n_feature, n_value;
  double *gain, *cover, *weight; /* by feature: sums over its splits, and their number */
  size_t  n_gain, n_cover, n_weight;
  double  sd, growth; /* of the error at step j: sd j^growth, in units of z */
  double *residuals;  /* not stored */
  size_t  n_residuals;
  bool    relative;
} xgb_state;

/* w seen from an origin: values from `first` on. */
typedef struct {
  const double *w;
  size_t        first; /* number of w[0] since the series' begin */
} xgb_view;

size_t xgb_n_features(const xgb_state *s);
/* Features for the value j steps after w[o], given the level b; x: its regressors, `stride` apart. */
void xgb_row(const xgb_state *s, const xgb_view *v, size_t o, size_t j, double b, const double *x, size_t stride, float *out);
/* How far back a row looks from its origin, that value included. */
size_t xgb_reach(const xgb_state *s);
dyo_status xgb_choose_features(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, dyo_err *err);

dyo_status xgb_pack(dyo_ctx *ctx, const dyo_trees *m, xgb_state *s, dyo_err *err);
dyo_status xgb_unpack(dyo_ctx *ctx, const xgb_state *s, dyo_trees *m, dyo_err *err);

seasons xgb_seasons(const xgb_state *s);
double xgb_z(const xgb_state *s, double v); /* on the grid that native and wasm share */
double xgb_v(const xgb_state *s, double z);
dyo_status xgb_shape(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, double **z, dyo_err *err);
void xgb_follow(xgb_state *s, double w); /* the level takes w in */
#endif
