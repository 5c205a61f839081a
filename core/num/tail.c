/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/dyo_tail.h"

#include <gsl/gsl_cdf.h>

double dyo_chisq_survival(double x, double df)
{
  return x <= 0 ? 1 : gsl_cdf_chisq_Q(x, df);
}

double dyo_f_survival(double x, double df1, double df2)
{
  return x <= 0 ? 1 : gsl_cdf_fdist_Q(x, df1, df2);
}
