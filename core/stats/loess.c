/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loess on equally spaced points, as STL needs it. Cleveland et al. (1990), section 2.2 and 4.2 (robustness weights). */
#include "stats/loess.h"

#include <math.h>

#include "stats/dyo_order.h"

static double tricube(double u)
{
  const double v = 1 - u * u * u;
  return v * v * v;
}

void dyo_loess_table(dyo_loess_job *j)
{
  const double half = (double)((j->o.window - 1) / 2); /* the reach of a window in the middle of the series */
  j->half           = half;
  for (size_t d = 0; d <= (size_t)half; d++) {
    const double r = (double)d;
    j->table[d]    = r > 0.999 * half ? 0 : r <= 0.001 * half ? 1 : tricube(r / half);
  }
}

/* w_j = tricube(|j - x| / h) times the robustness weights, for j = left..right; returns their sum. */
static double weigh(const dyo_loess_job *j, double x, double h, size_t left, size_t right)
{
  const bool tabled = h == j->half && x == floor(x);
  double     sum    = 0;
  for (size_t i = left; i <= right; i++) {
    const double r = fabs((double)i - x);
    double       w = 0;
    if (tabled) w = j->table[(size_t)r];
    else if (r <= 0.999 * h) w = r <= 0.001 * h ? 1 : tricube(r / h);
    if (j->weight) w *= j->weight[i - 1];
    j->w[i] = w;
    sum += w;
  }
  return sum;
}

/* Turn a weighted mean into a weighted line, unless the points are too close together to give a slope. */
static void tilt(const dyo_loess_job *j, double x, size_t left, size_t right)
{
  double mean = 0, spread = 0;
  for (size_t i = left; i <= right; i++) mean += j->w[i] * (double)i;
  for (size_t i = left; i <= right; i++) spread += j->w[i] * ((double)i - mean) * ((double)i - mean);
  if (!(sqrt(spread) > 0.001 * ((double)j->n - 1))) return;
  const double b = (x - mean) / spread;
  for (size_t i = left; i <= right; i++) j->w[i] *= b * ((double)i - mean) + 1;
}

bool dyo_loess_at(const dyo_loess_job *j, double x, size_t left, size_t right, double *out)
{
  double h = fmax(x - (double)left, (double)right - x), s = 0;
  if (j->o.window > j->n) h += (double)((j->o.window - j->n) / 2);
  const double sum = weigh(j, x, h, left, right);
  if (!(sum > 0)) return false;
  for (size_t i = left; i <= right; i++) j->w[i] /= sum;
  if (h > 0 && j->o.degree > 0) tilt(j, x, left, right);
  for (size_t i = left; i <= right; i++) s += j->w[i] * j->y[i - 1];
  *out = s;
  return true;
}

/* The q nearest points of x, x = 1..n: 1-based bounds. */
static void neighbours(size_t n, size_t q, size_t x, size_t *left, size_t *right)
{
  const size_t half = (q + 1) / 2;
  *left             = q >= n || x < half ? 1 : x + half > n ? n - q + 1 : x - half + 1;
  *right            = q >= n ? n : *left + q - 1;
}

static void line(double *v, size_t a, size_t b)
{
  const double step = (v[b] - v[a]) / (double)(b - a);
  for (size_t i = a + 1; i < b; i++) v[i] = v[a] + step * (double)(i - a);
}

/* A short series is smoothed within microseconds, a thousand windows of a long one are worth a look of their own. */
static dyo_stop look(dyo_ctx *ctx, size_t done)
{
  return done ? dyo_look(ctx, 0, "decomposing") : dyo_poll(ctx, 0, "decomposing");
}

bool dyo_loess_run(const dyo_loess_job *j, double *out)
{
  const size_t n = j->n, jump = j->o.jump < n - 1 ? j->o.jump : n > 1 ? n - 1 : 1;
  size_t       left = 1, right = n, last = 0;
  for (size_t i = 0; i < n; i += jump) {
    neighbours(n, j->o.window, i + 1, &left, &right);
    if (!dyo_loess_at(j, (double)(i + 1), left, right, &out[i])) out[i] = j->y[i];
    if (i > 0) line(out, last, i);
    last = i;
    if (i % 1024 < jump && look(j->ctx, i) == DYO_STOP_CANCELLED) return false;
  }
  if (last == n - 1) return true;
  if (!dyo_loess_at(j, (double)n, left, right, &out[n - 1]))
    out[n - 1] = j->y[n - 1]; /* over the last window, as in the paper's code */
  line(out, last, n - 1);
  return true;
}

bool dyo_loess_smooth(dyo_ctx *ctx, const double *y, const double *weight, size_t n, const dyo_loess *o, double *out)
{
  double       *w = DYO_NEW(ctx, n + 1, double), *table = DYO_NEW(ctx, o->window / 2 + 1, double);
  dyo_loess_job j = {ctx, *o, y, weight, n, w, table, 0};
  if (!w || !table) return false;
  dyo_loess_table(&j);
  return dyo_loess_run(&j, out);
}

/* w = (1 - (|r|/h)^2)^2, h = 6 median |r|; 1 below h/1000 and 0 above 0.999 h. */
void dyo_bisquare(const double *r, size_t n, double *weight, double *room)
{
  for (size_t i = 0; i < n; i++) room[i] = fabs(r[i]);
  const double h = 6 * dyo_median(room, n);
  for (size_t i = 0; i < n; i++) {
    const double a = fabs(r[i]), u = a / h;
    weight[i] = a <= 0.001 * h ? 1 : a <= 0.999 * h ? (1 - u * u) * (1 - u * u) : 0;
  }
}
