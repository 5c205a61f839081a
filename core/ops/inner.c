/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/inner.h"

static bool relay_progress(void *user, double fraction, const char *stage)
{
  inner_relay *r = user;
  (void)fraction;
  if (r->stage) stage = r->stage;
  if (r->outer->host.progress && r->outer->host.progress(r->outer->host.user, r->done, stage)) return true;
  r->late = dyo_time_left(r->outer) <= 0;
  return r->late;
}

static double relay_now(void *user)
{
  return dyo_now(((const inner_relay *)user)->outer);
}

void inner_init(dyo_ctx *inner, inner_relay *relay, dyo_ctx *outer, double done)
{
  const dyo_host host = {.now = relay_now, .progress = relay_progress, .user = relay};
  *relay              = (inner_relay){.outer = outer, .done = done};
  dyo_ctx_init(inner, &host);
  inner->cancel     = outer->cancel;
  inner->max_memory = outer->max_memory;
}

void inner_end(dyo_ctx *inner, const inner_relay *relay)
{
  if (inner->ran_out) relay->outer->ran_out = true;
  dyo_ctx_clear(inner);
}
