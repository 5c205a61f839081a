/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: a call inside a call, for one of many items. It has memory of its own, which goes when the item is done, and
 * tells the outer call's host how many items are behind it. */
#ifndef DYO_OPS_INNER_H
#define DYO_OPS_INNER_H

#include "base/dyo_ctx.h"

typedef struct {
  dyo_ctx *outer;
  double   done; /* share of the items behind */

  const char *stage; /* told instead of the inner call's own; NULL: its own */
  bool        late;  /* set where the inner call was asked to stop because the outer one's time is over */
} inner_relay;

/* *relay must live as long as *inner is used. */
void inner_init(dyo_ctx *inner, inner_relay *relay, dyo_ctx *outer, double done);
void inner_end(dyo_ctx *inner, const inner_relay *relay);

#endif
