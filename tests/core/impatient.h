/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impatient.h - a host whose clock goes on by a tenth of a second whenever it is read, and that asks to stop when it is told of the work
 * for the `most`th time. */
#ifndef TESTS_CORE_IMPATIENT_H
#define TESTS_CORE_IMPATIENT_H

#include "base/dyo_ctx.h"

typedef struct {
  double seconds;
  int    told, most;
} impatient;

static double impatient_now(void *user)
{
  impatient *i = user;
  return i->seconds += 0.1;
}

static bool impatient_progress(void *user, double fraction, const char *stage)
{
  impatient *i = user;
  (void)fraction, (void)stage;
  return ++i->told >= i->most;
}

static dyo_host impatient_host(impatient *i)
{
  return (dyo_host){.now = impatient_now, .progress = impatient_progress, .user = i};
}

#endif
