/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Box, Jenkins & Reinsel (2008), Time Series Analysis, 2.1.4 and 3.2.5; Ljung & Box (1978), Biometrika 65. */
#include "stats/dyo_acf.h"

#include <math.h>

#include "num/dyo_fft.h"
#include "num/dyo_tail.h"
#include "stats/guard.h"

enum { LEAST = 3, MOST_LAGS = 10000 };

const dyo_field dyo_acf_in_rows[] = {
  DYO_NUMS(dyo_acf_in, values, 0, DYO_REQ, -1e300, 1e300, NULL, "The series, oldest first, without missing values."),
  DYO_INT(dyo_acf_in, nlags, DYO_OPT, 1, MOST_LAGS, NULL,
          "Lags wanted, fewer than there are values; 10 log10(n) unless said."),
  DYO_END(dyo_acf_in)};

static const dyo_field ljung_rows[] = {
  DYO_INT(dyo_ljung, lag, DYO_REQ, 1, MOST_LAGS, NULL, "Autocorrelations up to this lag are tested together."),
  DYO_OUT(dyo_ljung, statistic, DYO_REQ, NULL, "Ljung-Box Q."),
  DYO_OUT(dyo_ljung, p_value, DYO_REQ, "0..1", "Chance of a larger Q were the series white noise."),
  DYO_END(dyo_ljung)};

const dyo_field dyo_acf_out_rows[] = {
  DYO_OUT_NUMS(dyo_acf_out, acf, 0, DYO_REQ, "-1..1", "Autocorrelations, lag 1 first."),
  DYO_OUT_NUMS(dyo_acf_out, pacf, 0, DYO_REQ, "-1..1", "Partial autocorrelations, lag 1 first."),
  DYO_LIST(dyo_acf_out, ljung_box, DYO_REQ, MOST_LAGS, dyo_ljung, ljung_rows, "The portmanteau test at each lag."),
  DYO_END(dyo_acf_out)};

bool dyo_autocorrelation(dyo_ctx *ctx, const double *x, size_t n, size_t lags, double *r)
{
  double *c = DYO_NEW(ctx, lags + 1, double), *d = DYO_NEW(ctx, n, double), mean = 0, top = 0;
  if (!c || !d) return false;
  for (size_t i = 0; i < n; i++) mean += (x[i] - mean) / ((double)i + 1);
  for (size_t i = 0; i < n; i++) top = fmax(top, fabs(d[i] = x[i] - mean));
  for (size_t i = 0; i < n; i++) d[i] /= top; /* squares of any size stay in range */
  if (!dyo_autocov(ctx, d, n, lags, c)) return false;
  for (size_t k = 1; k <= lags; k++) r[k - 1] = c[k] / c[0];
  return true;
}

/* phi_kk = (r_k - sum_j phi_{k-1,j} r_{k-j}) / (1 - sum_j phi_{k-1,j} r_j),  phi_kj = phi_{k-1,j} - phi_kk phi_{k-1,k-j} */
bool dyo_partial(dyo_ctx *ctx, const double *r, size_t lags, double *out)
{
  double *phi = DYO_NEW(ctx, lags + 1, double), *old = DYO_NEW(ctx, lags + 1, double), v = 1;
  if (!phi || !old) return false;
  for (size_t k = 1; k <= lags; k++) {
    double s = r[k - 1];
    for (size_t j = 1; j < k; j++) s -= old[j] * r[k - j - 1];
    const double a = v > 0 ? s / v : 0;
    for (size_t j = 1; j < k; j++) phi[j] = old[j] - a * old[k - j];
    phi[k] = out[k - 1] = a;
    v *= 1 - a * a; /* the innovation variance left */
    for (size_t j = 1; j <= k; j++) old[j] = phi[j];
  }
  return true;
}

/* Q = n (n + 2) sum_k r_k^2 / (n - k) */
double dyo_ljung_box(const double *r, size_t lags, size_t n)
{
  const double m = (double)n;
  double       s = 0;
  for (size_t k = 1; k <= lags; k++) s += r[k - 1] * r[k - 1] / (m - (double)k);
  return m * (m + 2) * s;
}

static dyo_status tests(dyo_ctx *ctx, size_t n, size_t lags, dyo_acf_out *out, dyo_err *err)
{
  const double m   = (double)n;
  double       s   = 0;
  out->ljung_box   = DYO_NEW(ctx, lags, dyo_ljung);
  out->n_ljung_box = lags;
  if (!out->ljung_box) return dyo_oom(err);
  for (size_t k = 1; k <= lags; k++) {
    s += out->acf[k - 1] * out->acf[k - 1] / (m - (double)k);
    const double q        = m * (m + 2) * s;
    out->ljung_box[k - 1] = (dyo_ljung){(int)k, q, dyo_chisq_survival(q, (double)k)};
  }
  return DYO_OK;
}

dyo_status dyo_acf(dyo_ctx *ctx, const dyo_acf_in *in, dyo_acf_out *out, dyo_err *err)
{
  const size_t     n  = in->n_values;
  const dyo_status st = dyo_need_values(in->values, n, LEAST, "autocorrelation", err);
  if (st != DYO_OK) return st;
  if (in->nlags != DYO_NO_INT && (size_t)in->nlags >= n)
    return dyo_fail(err, DYO_INVALID_INPUT, "/nlags", "found %d; %zu values have lags up to %zu", in->nlags, n, n - 1);
  const size_t usual = (size_t)(10 * log10((double)n)), lags = in->nlags != DYO_NO_INT ? (size_t)in->nlags
                                                               : usual < n             ? usual
                                                                                       : n - 1;
  out->acf   = DYO_NEW(ctx, lags, double);
  out->pacf  = DYO_NEW(ctx, lags, double);
  out->n_acf = out->n_pacf = lags;
  if (!out->acf || !out->pacf) return dyo_oom(err);
  if (!dyo_autocorrelation(ctx, in->values, n, lags, out->acf)) return dyo_oom(err);
  if (!dyo_partial(ctx, out->acf, lags, out->pacf)) return dyo_oom(err);
  return tests(ctx, n, lags, out, err);
}
