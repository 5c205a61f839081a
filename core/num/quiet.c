/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>

#include "num/dyo_num.h"

void dyo_num_quiet(void)
{
  (void)gsl_set_error_handler_off();
}
