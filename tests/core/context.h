/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.h - one context for each test of a program: made before it, cleared after it. Include after cmocka.h. */
#ifndef TESTS_CORE_CONTEXT_H
#define TESTS_CORE_CONTEXT_H

#include "base/dyo_ctx.h"

static dyo_ctx ctx;

static int set_up(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  dyo_ctx_clear(&ctx);
  return 0;
}

#endif
