/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tenant may have and what it has. */
#include <math.h>

#include "api/exchange.h"
#include "store/quotas.h"

typedef struct {
  const char *quota, *counts;
  double      limit, used;
  bool        own;
} quota_line;

static const dyo_field line_rows[] = {
  DYO_STR(quota_line, quota, DYO_REQ, 0, "Its name."),
  DYO_STR(quota_line, counts, DYO_REQ, 0, "What it counts, in words."),
  DYO_OUT(quota_line, limit, DYO_NULL, NULL, "The most there may be; null: no limit."),
  DYO_OUT(quota_line, used, DYO_NULL, NULL, "What there is; null: of rates."),
  DYO_BOOL(quota_line, own, DYO_REQ, "Whether the limit is the tenant's own, and not every tenant's."),
  DYO_END(quota_line)};

typedef struct {
  quota_line *quotas;
  size_t      n_quotas;
} quota_out;

const dyo_field quota_rows[] = {DYO_LIST(quota_out, quotas, DYO_REQ, 0, quota_line, line_rows, "Each of them."),
                                DYO_END(quota_out)};

void api_quota(exchange *x)
{
  store_quota is[QUOTAS];
  quota_line  lines[QUOTAS];
  dyo_err     err;
  if (store_quotas_look(x->a->store, x->tenant, is, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  for (int i = 0; i < QUOTAS; i++)
    lines[i] = (quota_line){quota_words[i], quota_docs[i], is[i].most > 0 ? is[i].most : NAN, is[i].used, is[i].own};
  api_row(x, 200, quota_rows, &(quota_out){lines, QUOTAS});
}
