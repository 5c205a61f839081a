/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/inner.h"

static bool relay_progress(void *user, double fraction, const char *stage)
{
  const inner_relay *r = user;
  (void)fraction;
  return r->outer->host.progress && r->outer->host.progress(r->outer->host.user, r->done, stage);
}

static double relay_now(void *user)
{
  return dyo_now(((const inner_relay *)user)->outer);
}

void inner_init(dyo_ctx *inner, inner_relay *relay, dyo_ctx *outer, double done)
{
  const dyo_host host = {.now = relay_now, .progress = relay_progress, .user = relay};
  *relay              = (inner_relay){outer, done};
  dyo_ctx_init(inner, &host);
  inner->cancel     = outer->cancel;
  inner->max_memory = outer->max_memory;
}
