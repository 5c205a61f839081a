/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h - names to numbers: the first text put in is 0, the next new one 1, and so on. Lookup by hash. */
#ifndef STAFFING_IDS_H
#define STAFFING_IDS_H

#include "base/dyo_ctx.h"

typedef struct {
  const char **text; /* by number; not copied */
  size_t       n;
  int         *slot; /* number + 1, 0 where free */
  size_t       mask;
} staff_ids;

bool staff_ids_make(dyo_ctx *ctx, size_t most, staff_ids *ids); /* false when memory ran out */

/* The number of the text, the next one where it is new. At most `most` different texts may be put. */
int staff_ids_put(staff_ids *ids, const char *text);

int staff_ids_find(const staff_ids *ids, const char *text); /* -1 where it was never put */

/* path: where, a slash, and the key of a map, escaped as RFC 6901 says. `where` longer than half of size is cut. */
void staff_path_key(char *path, size_t size, const char *where, const char *key);

/* invalid_input at "/list/i/field/KEY" for an entry of a map. `where` is the path before the key. */
dyo_status staff_fail_key(dyo_err *err, const char *where, const char *key, const char *fmt, ...) DYO_PRINTF(4, 5);

/* The known id that `text` is most probably a slip of, or NULL. */
const char *staff_ids_near(const staff_ids *ids, const char *text);

#endif
