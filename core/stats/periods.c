/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seasonal periods. Candidates: peaks of the tapered periodogram of the differences against the level around them (Percival &
 * Walden 1993, Spectral Analysis, 6.4), their multiples, and the calendar. Each is put to an F test: do the phases of the period add
 * to a regression on the last two values and a line? What a cycle of varying length or a random walk shows in the periodogram, those
 * two values explain; a season they do not. The best candidate's season is taken off and the search goes on. */
#include "stats/dyo_periods.h"

#include <math.h>
#include <string.h>

#include "num/dyo_fft.h"
#include "num/dyo_ols.h"
#include "num/dyo_tail.h"
#include "stats/dyo_order.h"

enum {
  PEAKS       = 10, /* of the periodogram */
  CANDIDATES  = 160,
  LEAST       = 8,  /* values */
  HARMONICS   = 10, /* for periods with few cycles */
  FEW_CYCLES  = 8,
  MANY_PHASES = 36, /* fewer phases than this are always given one coefficient each */
  WINDOW      = 32  /* ordinates on either side that give the local level */
};

typedef enum { PEAK, CALENDAR, LIKELY } origin;

/* By origin: largest p-value, and least share of the variance. */
static const double p_most[3] = {1e-7, 1e-4, 2e-3}, share_least[3] = {0.1, 0.03, 0.008};

static const int calendar[] = {4, 7, 12, 24, 48, 52, 96, 144, 168, 288, 336, 365, 672, 1008, 1440, 2016, 8760, 10080};

typedef struct {
  int    period;
  origin from;
} candidate;

typedef struct {
  dyo_ctx      *ctx;
  double       *y; /* without gaps and without the seasons found so far, scaled */
  size_t        n;
  double        plain[3]; /* residual sum of squares without a season, by autoregressive order 1, 2 */
  double       *means;    /* phase means of up to 4 columns: 4 n */
  candidate     c[CANDIDATES];
  size_t        k;
  const double *likely;
  size_t        n_likely;
} search;

/* One is a half, third or quarter of the other. */
static bool related(int a, int b)
{
  return (a % b == 0 || b % a == 0) && a <= 4 * b && b <= 4 * a && a != b;
}

static void add(search *s, int period, origin from)
{
  const bool two =
    from == LIKELY || period == 168 || period == 365; /* weeks of hours and years of days are few: two will do */
  if (period < 2 || (two ? 2 : 4) * (size_t)period > s->n || s->k == CANDIDATES) return;
  for (size_t i = 0; i < s->n_likely && from != LIKELY; i++)
    if (related(period, (int)lround(s->likely[i]))) return;
  for (size_t i = 0; i < s->k; i++)
    if (s->c[i].period == period) {
      if (from > s->c[i].from) s->c[i].from = from;
      return;
    }
  s->c[s->k++] = (candidate){period, from};
}

/* Power against the median of its neighbours, which has the shape of the noise. */
static double prominence(const dyo_spectrum *f, size_t k, size_t step, double *room)
{
  const size_t reach = WINDOW * step, lo = k > reach ? k - reach : 1, last = f->size / 2,
               hi = k + reach < last ? k + reach : last;
  size_t m        = 0;
  for (size_t i = lo; i <= hi; i += step) room[m++] = f->power[i];
  const double level = dyo_median(room, m);
  return level > 0 ? f->power[k] / level : 0;
}

/* A peak at this frequency: whole periods that it cannot tell apart, and those of which it may be the second or third harmonic. */
static void add_peak(search *s, double period)
{
  const double blur = 0.5 * period * period / (double)s->n;
  for (int h = 1; h <= 3; h++) {
    const double p = h * period;
    if (p > (double)s->n / 2) return;
    add(s, (int)lround(p), PEAK);
    if (h == 1 && blur > 0.25) {
      add(s, (int)floor(p - fmin(blur, 1)), PEAK);
      add(s, (int)ceil(p + fmin(blur, 1)), PEAK);
    }
  }
}

/* The PEAKS most prominent local maxima of the differences' periodogram. */
static bool add_peaks(search *s)
{
  const double pi = 3.14159265358979323846;
  const size_t n  = s->n - 1;
  double      *d = DYO_NEW(s->ctx, n, double), room[2 * WINDOW + 2], best[PEAKS] = {0};
  size_t       at[PEAKS] = {0};
  dyo_spectrum f;
  if (!d || n == 0) return false;
  for (size_t i = 0; i < n; i++) d[i] = (s->y[i + 1] - s->y[i]) * sin(pi * ((double)i + 0.5) / (double)n);
  if (!dyo_periodogram(s->ctx, d, n, &f)) return false;
  const size_t step = f.size / n > 1 ? f.size / n : 1;
  for (size_t k = step + 1; k < f.size / 2; k++) {
    if (!(f.power[k] > f.power[k - 1] && f.power[k] >= f.power[k + 1])) continue;
    const double v = prominence(&f, k, step, room);
    size_t       i = PEAKS;
    if (v < 4) continue;
    for (; i > 0 && v > best[i - 1]; i--)
      if (i < PEAKS) best[i] = best[i - 1], at[i] = at[i - 1];
    if (i < PEAKS) best[i] = v, at[i] = k;
  }
  for (size_t i = 0; i < PEAKS && at[i]; i++) add_peak(s, (double)f.size / (double)at[i]);
  return true;
}

/* Column c of row t: the value itself, the line, and the values before it. */
static double column(const search *s, size_t c, size_t t)
{
  return c == 0 ? s->y[t] : c == 1 ? (double)t / (double)s->n : s->y[t + 1 - c];
}

static size_t order_for(int period)
{
  return period <= 4 ? 1 : 2;
}

/* Residual sum of squares with one coefficient for each of m phases: every column loses its phase means. m = 1: no season. */
static double with_phases(search *s, size_t m, size_t ar, double *rows)
{
  const size_t cols = ar + 2;
  double       row[4];
  dyo_qr      *q = dyo_qr_new(s->ctx, cols - 1);
  if (!q) return NAN;
  for (size_t c = 0; c < cols; c++) {
    double *mean = s->means + c * s->n;
    for (size_t phase = 0; phase < m; phase++) {
      double k    = 0;
      mean[phase] = 0;
      for (size_t t = ar + phase; t < s->n; t += m) mean[phase] += (column(s, c, t) - mean[phase]) / ++k;
    }
  }
  for (size_t t = ar; t < s->n; t++) {
    for (size_t c = 0; c < cols; c++) row[c] = column(s, c, t) - s->means[c * s->n + (t - ar) % m];
    dyo_qr_row(q, row + 1, row[0]);
  }
  dyo_qr_done(q);
  *rows = (double)dyo_qr_rows(q);
  return dyo_qr_rss(q, cols - 1);
}

/* The same with k pairs of sine and cosine of the period. */
static double with_waves(search *s, size_t m, size_t k, size_t ar, double *rows)
{
  const double two_pi = 6.28318530717958647693;
  double       row[4 + 2 * HARMONICS];
  dyo_qr      *q = dyo_qr_new(s->ctx, ar + 2 + 2 * k);
  if (!q) return NAN;
  for (size_t t = ar; t < s->n; t++) {
    const double a = two_pi * (double)(t % m) / (double)m;
    row[0]         = 1;
    for (size_t c = 1; c < ar + 2; c++) row[c] = column(s, c, t);
    for (size_t h = 0; h < k; h++) {
      row[ar + 2 + 2 * h] = cos((double)(h + 1) * a);
      row[ar + 3 + 2 * h] = sin((double)(h + 1) * a);
    }
    dyo_qr_row(q, row, s->y[t]);
  }
  dyo_qr_done(q);
  *rows = (double)dyo_qr_rows(q);
  return dyo_qr_rss(q, ar + 2 + 2 * k);
}

static bool has_phases(const search *s, size_t m)
{
  return m <= MANY_PHASES || s->n / m >= FEW_CYCLES;
}

typedef struct {
  double share, p, gain; /* gain: drop of the corrected AIC, and one more for each coefficient */
} verdict;

static verdict judge(search *s, int period)
{
  const size_t m = (size_t)period, ar = order_for(period);
  const bool   phases = has_phases(s, m);
  const size_t waves  = m / 2 < HARMONICS ? m / 2 : HARMONICS;
  double       rows   = 0;
  if (s->plain[ar] < 0) s->plain[ar] = with_phases(s, 1, ar, &rows);
  const double plain = s->plain[ar], rss = phases ? with_phases(s, m, ar, &rows) : with_waves(s, m, waves, ar, &rows);
  const double df = phases ? (double)m - 1 : 2 * (double)waves, k0 = (double)ar + 2, k = k0 + df, left = rows - k;
  if (!(left >= 3) || !(plain > 0)) return (verdict){0, 1, -INFINITY};
  const double floor_rss = fmax(rss, 1e-24 * rows); /* an exact season */
  const double f         = (plain - floor_rss) / df / (floor_rss / left);
  const double aicc0     = rows * log(plain) + 2 * k0 * rows / (rows - k0 - 1),
               aicc      = rows * log(floor_rss) + 2 * k * rows / fmax(rows - k - 1, 1);
  return (verdict){1 - floor_rss / left / (plain / (rows - k0)), dyo_f_survival(f, df, left), aicc0 - aicc - df};
}

/* Means over few cycles hold much noise: even them out over a twentieth of the period, around the circle. */
static void smooth_circle(const double *mean, size_t m, double *out)
{
  const size_t half = m / 40, len = 2 * half + 1;
  double       sum = 0;
  for (size_t i = 0; i < len; i++) sum += mean[(i + m - half) % m];
  for (size_t i = 0; i < m; i++) {
    out[i] = sum / (double)len;
    sum += mean[(i + half + 1) % m] - mean[(i + m - half) % m];
  }
}

/* Take the season off: phase means of what a centred moving average leaves. */
static bool remove_season(search *s, size_t m)
{
  const size_t n = s->n, half = m / 2;
  double      *sum = DYO_NEW(s->ctx, n + 1, double), *mean = s->means, *count = s->means + n;
  double       all = 0;
  if (!sum) return false;
  for (size_t i = 0; i < n; i++) sum[i + 1] = sum[i] + s->y[i];
  for (size_t i = 0; i < m; i++) mean[i] = count[i] = 0;
  for (size_t t = half; t + half < n; t++) {
    const double ends  = m % 2 ? 0 : 0.5 * (s->y[t - half] + s->y[t + half]);
    const double level = m % 2 ? sum[t + half + 1] - sum[t - half] : sum[t + half] - sum[t - half + 1] + ends;
    mean[t % m] += (s->y[t] - level / (double)m - mean[t % m]) / ++count[t % m];
  }
  if (!has_phases(s, m)) {
    smooth_circle(mean, m, s->means + 2 * n);
    mean = s->means + 2 * n;
  }
  for (size_t i = 0; i < m; i++) all += mean[i] / (double)m;
  for (size_t t = 0; t < n; t++) s->y[t] -= mean[t % m] - all;
  return true;
}

/* The best candidate that passes, or NULL. */
static const candidate *best_of(search *s, verdict *best)
{
  const candidate *found = NULL;
  s->plain[1] = s->plain[2] = -1;
  *best                     = (verdict){0, 1, -INFINITY};
  for (size_t i = 0; i < s->k; i++) {
    if (dyo_look(s->ctx, 0, "looking for seasons") == DYO_STOP_CANCELLED) return NULL;
    const verdict v = judge(s, s->c[i].period);
    if (v.p > p_most[s->c[i].from] || v.share < share_least[s->c[i].from] || !(v.gain > best->gain)) continue;
    *best = v;
    found = &s->c[i];
  }
  return found;
}

/* A period within a longer one is part of it when it is a quarter of it or more (6 in 12), and a season of its own when it is
 * shorter (24 hours in 168). */
static size_t keep(dyo_period *out, size_t k, dyo_period p)
{
  size_t left = 0, i = 0;
  for (size_t j = 0; j < k; j++)
    if (out[j].period == p.period || (related(out[j].period, p.period) && out[j].period > p.period)) return k;
  for (size_t j = 0; j < k; j++)
    if (!related(out[j].period, p.period)) out[left++] = out[j];
  while (i < left && out[i].period < p.period) i++;
  memmove(out + i + 1, out + i, (left - i) * sizeof *out);
  out[i] = p;
  return left + 1;
}

/* A long period's phases hold the shorter seasons within it too: these are tried again on the whole series. */
static size_t within(search *s, const double *whole, dyo_period *out, size_t k)
{
  const int longest = k > 0 ? out[k - 1].period : 0;
  memcpy(s->y, whole, s->n * sizeof *whole);
  s->plain[1] = s->plain[2] = -1;
  for (size_t i = s->k; i-- > 0 && k < DYO_PERIODS_MOST;) { /* the calendar from long to short */
    const int p    = s->c[i].period;
    bool      part = s->c[i].from == PEAK || longest % p != 0 || longest / p <= 4;
    for (size_t j = 0; j + 1 < k; j++) part = part || out[j].period % p == 0;
    if (part) continue;
    const verdict v = judge(s, p);
    if (v.p <= p_most[CALENDAR] && v.share >= share_least[CALENDAR]) k = keep(out, k, (dyo_period){p, v.share, v.p});
  }
  return k;
}

static bool prepare(search *s, const dyo_series *y)
{
  double mean = 0, top = 0;
  s->y     = DYO_NEW(s->ctx, y->n, double);
  s->means = DYO_NEW(s->ctx, 4 * y->n, double);
  if (!s->y || !s->means) return false;
  dyo_series_fill(y, s->y);
  for (size_t i = 0; i < s->n; i++) mean += (s->y[i] - mean) / ((double)i + 1);
  for (size_t i = 0; i < s->n; i++) top = fmax(top, fabs(s->y[i] -= mean));
  for (size_t i = 0; i < s->n; i++) s->y[i] /= top;
  for (size_t i = 0; i < s->n_likely; i++) add(s, (int)lround(s->likely[i]), LIKELY);
  for (size_t i = 0; i < sizeof calendar / sizeof *calendar; i++) add(s, calendar[i], s->n_likely ? PEAK : CALENDAR);
  return add_peaks(s);
}

size_t dyo_find_periods(dyo_ctx *ctx, const dyo_series *y, const double *likely, size_t n_likely,
                        dyo_period out[DYO_PERIODS_MOST])
{
  search s = {.ctx = ctx, .n = y->n, .likely = likely, .n_likely = n_likely};
  size_t k = 0;
  if (dyo_series_known(y) < LEAST || dyo_series_constant(y) || !prepare(&s, y)) return 0;
  double *whole = DYO_NEW(ctx, s.n, double);
  if (!whole) return 0;
  memcpy(whole, s.y, s.n * sizeof *whole);
  for (int round = 0; round < DYO_PERIODS_MOST && k < DYO_PERIODS_MOST; round++) {
    verdict          v = {0};
    const candidate *c = best_of(&s, &v);
    if (!c) break;
    k = keep(out, k, (dyo_period){c->period, v.share, v.p});
    if (!remove_season(&s, (size_t)c->period)) break;
  }
  return k > 0 ? within(&s, whole, out, k) : 0;
}
