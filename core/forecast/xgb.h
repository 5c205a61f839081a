/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: boosted trees on what a simple forecast leaves over. A value y_t, its seasonal pattern taken out where
 * that helps, becomes
 *   z_t = (v_t - centre) / spread,  v = y or log y,
 * and the trees answer z_{o+j} - b_{o+j|o} from what is known at the origin o, where b is a level with a drift, followed from value
 * to value; so the trees never see a trend, and a forecast can leave the range of the past. Smoothing before learning: Smyl (2020),
 * Int. J. Forecasting 36; lags, windows and dates as features: Januschowski et al. (2022), same 38.
 * Objectives on counts (Poisson, Tweedie) have the logarithm for a link and take nothing below zero: centre is 0, v = y, nothing is
 * taken out before, and the trees answer z / b in place of the difference, b > 0. */
#ifndef DYO_XGB_PRIVATE_H
#define DYO_XGB_PRIVATE_H

#include "base/dyo_ctx.h"
#include "forecast/dyo_model.h"
#include "forecast/seasons.h"
#include "trees/dyo_trees_settings.h"

enum { XGB_RECURSIVE, XGB_DIRECT };             /* strategy */
enum { XGB_AS_IS, XGB_LOG };                    /* transform */
enum { XGB_LEVEL, XGB_DIFFERENCE, XGB_SMOOTH }; /* detrend */
enum { XGB_NORMAL, XGB_CONFORMAL };             /* intervals */
enum { XGB_SEASON_LEARNED, XGB_SEASON_TAKEN };  /* season */
enum { XGB_HOUR, XGB_WEEKDAY, XGB_MONTHDAY, XGB_MONTH, XGB_WEEK, XGB_QUARTER, XGB_CALENDAR };

enum {
  XGB_LAGS_MOST    = 1000,
  XGB_REACH_MOST   = 100000,
  XGB_TREES_MOST   = 10000,
  XGB_BLOCK_MOST   = 48,
  XGB_PAST_LEVELS  = 5, /* 0.5, 0.8, 0.9, 0.95, 0.99 */
  XGB_OF_WINDOW    = 4, /* mean, deviation, least, largest */
  XGB_OF_REGRESSOR = 2  /* its value, and that above its own smoothed level */
};

extern const char *const xgb_transform_words[];
extern const char *const xgb_detrend_words[];
extern const char *const xgb_season_words[];
extern const char *const xgb_calendar_words[];

typedef struct {
  dyo_trees_settings trees; /* first, as the rows say */
  int                n_estimators;
  int               *lags, *windows;
  size_t             n_lags, n_windows;
  int                strategy, transform, detrend, season; /* -1: chosen */
  int                intervals;
} xgb_params;

/* A holiday as the state keeps it. */
typedef struct {
  const char *name;
  double     *days;
  size_t      n_days;
  int         lower, upper;
} xgb_holiday;

/* The fitted model. Its trees stand node after node, each tree from its root in order of breadth; a node with children has them at
 * the next places that are free. */
typedef struct {
  int                 strategy, transform, detrend, season;
  double              centre, spread;
  double              alpha, drift, at; /* the level: weight of a new value, steps up a period, where it stands */
  double              n;                /* values so far */
  int                 block;            /* steps the trees look ahead at once */
  int                *lags, *windows, *calendar;
  size_t              n_lags, n_windows, n_calendar;
  double             *periods; /* whose places are features */
  size_t              n_periods;
  int                 unit, step; /* the frequency */
  xgb_holiday        *holidays;
  size_t              n_holidays;
  const char        **x_names;
  size_t              n_x_names;
  double             *x_at; /* levels of the regressors */
  size_t              n_x_at;
  double             *beta; /* what one unit of each adds to z, before the level and the trees */
  size_t              n_beta;
  double             *tail; /* the latest z */
  size_t              n_tail;
  double             *pattern; /* see seasons.h */
  size_t              n_pattern;
  int                *pattern_periods;
  size_t              n_pattern_periods;
  dyo_trees_settings *settings;
  double              base_score;
  int                *sizes;   /* nodes of each tree */
  int                *feature; /* of each node: -1 leaf, else 2 * feature + (missing goes left) */
  double             *value;   /* where it splits, or the leaf's answer */
  size_t              n_sizes, n_feature, n_value;
  double             *gain, *cover, *weight; /* by feature: sums over its splits, and their number */
  size_t              n_gain, n_cover, n_weight;
  double              sd, growth; /* of the error at step j: sd j^growth, in units of z */
  double *past; /* by step, XGB_PAST_LEVELS each: half widths that held past errors, as sd; none: normal ones */
  size_t  n_past;
  double *residuals; /* in-sample, of the request's own run alone */
  size_t  n_residuals;
  bool    bare; /* trees that grow do not see the regressors; not kept, see xgb_bare */
} xgb_state;

/* z and what goes with it, as far back as it is at hand. */
typedef struct {
  const double *z;
  double        first;  /* number of z[0] since the begin of the series that is forecast */
  size_t        behind; /* x and t begin at z[behind] */
  const double *x;      /* columns `stride` apart; NULL without regressors */
  size_t        stride;
  const double *t;    /* NULL without dates */
  const double *x_at; /* the regressors' levels at the origin */
} xgb_view;

/* ---- xgb_model.c ---- */
extern const dyo_field xgboost_state_rows[];

/* ---- xgb_shape.c ---- */
bool    xgb_on_counts(const dyo_trees_settings *s);
bool    xgb_on_quantile(const dyo_trees_settings *s); /* one that is not the median: quantiles of steps do not add up */
double  xgb_loss(const dyo_trees_settings *s, double y,
                 double f); /* of the forecast f: what the objective stands for, >= 0 */
seasons xgb_seasons(const xgb_state *s);
double  xgb_z(const xgb_state *s, double v); /* on the grid that native and wasm share */
double  xgb_v(const xgb_state *s, double z);
double  xgb_on_grid(double z);
/* Fills the shape of *s for the forms it has; z: n values, without gaps. */
dyo_status xgb_shape(dyo_ctx *ctx, const dyo_history *h, xgb_state *s, double **z, dyo_err *err);
/* Weight and drift of the level; b[t], the level's forecast of z[t] at t - 1; the state's level stands at the end. */
void   xgb_fit_level(xgb_state *s, const double *z, size_t n, double *b);
double xgb_damping(const xgb_state *s);
double xgb_ahead(const xgb_state *s, double level,
                 size_t j);                                  /* where that level stands in j steps that bring no news */
double xgb_part(const xgb_state *s, double z, double b);     /* what trees see and answer of z beside the level b */
double xgb_whole(const xgb_state *s, double part, double b); /* and back */
/* Deviations grow with the mean where counts are forecast: that of z over the dispersion, and the dispersion of y over that of z. */
double xgb_wide(const xgb_state *s, double z);
double xgb_unit(const xgb_state *s);
void   xgb_follow(xgb_state *s, double z, const double *x, size_t stride); /* the levels take a period in */

/* ---- xgb_regress.c ---- */
/* The regressors' effects into *s, and out of z. Constraints on their signs leave them to the trees: callers then pass it by. */
dyo_status xgb_regress(dyo_ctx *ctx, const dyo_history *h, xgb_state *s, double *z, dyo_err *err);
double     xgb_effect(const xgb_state *s, const double *x, size_t stride);

/* ---- xgb_features.c ---- */
dyo_status xgb_choose_features(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, dyo_err *err);
size_t     xgb_n_features(const xgb_state *s);
bool       xgb_bare(const xgb_state *s); /* there are regressors, and no tree looks at them */
void       xgb_hide(const xgb_state *s, float *row);
size_t     xgb_reach(const xgb_state *s); /* how far back a row looks from its origin, that value included */
/* Features for the value j steps after z[o], given the level b there. */
void        xgb_row(const xgb_state *s, const xgb_view *v, size_t o, size_t j, double b, float *out);
const char *xgb_feature_name(dyo_ctx *ctx, const xgb_state *s, size_t i);

/* ---- xgb_calendar.c ---- */
dyo_status xgb_choose_calendar(dyo_ctx *ctx, const dyo_history *h, xgb_state *s, dyo_err *err);
double     xgb_calendar(int what, double t);
double     xgb_holiday_at(const xgb_state *s, const xgb_holiday *h, double t); /* NaN: none */

/* ---- xgb_learn.c ---- */
/* Everything but the choice of forms: *s has them. rounds trees are grown. */
dyo_status xgb_learn(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, size_t rounds, xgb_state *s, dyo_trees *m,
                     dyo_err *err);
/* z of the next h steps. */
dyo_status xgb_run(dyo_ctx *ctx, const xgb_state *s, const dyo_trees *m, const double *x, const double *t, size_t h,
                   double *z, dyo_err *err);
/* Lets news pass. learn: adds trees that are grown on them to *m. */
dyo_status xgb_absorb(dyo_ctx *ctx, xgb_state *s, const dyo_news *news, bool learn, dyo_trees *m, dyo_err *err);
/* z on the scale of y, i steps on. */
double xgb_y(const xgb_state *s, double z, size_t i);

/* ---- xgb_conform.c ---- */
/* s->past from forecasts of the last third of h, in the forms of *s and with as many rounds, in units of xgb_unit; none where h is
 * short. */
dyo_status xgb_conform(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, size_t rounds, xgb_state *s,
                       dyo_err *err);
void       xgb_conformed(const xgb_state *s, const dyo_ask *ask, dyo_band *out); /* around out->mean, in z */

/* ---- xgb_choose.c ---- */
/* The part of h from `from` on, cut at `to`. */
dyo_status xgb_cut(dyo_ctx *ctx, const dyo_history *h, size_t from, size_t to, dyo_history *out, dyo_err *err);
/* Forms that p leaves open, the number of trees, and whether the regressors are of use, by forecasts of held-back values; the error's
 * growth is measured there. */
dyo_status xgb_choose(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, size_t *rounds,
                      dyo_err *err);

/* ---- xgb_pack.c ---- */
dyo_status xgb_pack(dyo_ctx *ctx, const dyo_trees *m, size_t from, xgb_state *s,
                    dyo_err *err); /* trees from..: counted in gain.. */
dyo_status xgb_unpack(dyo_ctx *ctx, const xgb_state *s, dyo_trees *m, dyo_err *err); /* refuses what no fit has made */
#endif
