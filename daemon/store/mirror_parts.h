/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: values whose parts changed, and their being made anew. */
#ifndef DAEMON_STORE_MIRROR_PARTS_H
#define DAEMON_STORE_MIRROR_PARTS_H

#include "store/mirror.h"
#include "store/parts.h"

typedef struct {
  int64_t series, time;
} touch_spot;

typedef struct {
  const char *tenant;
  int64_t     source_no, now;
  touch_spot *v;
  size_t      n, cap;
  int64_t     made;                             /* series that were made for them */
  void (*told)(void *user, const char *metric); /* of each series whose values changed; may be NULL */
  void        *user;
  quota_guard *guard; /* more than what they and the tenant's own limits allow is too_large */
} touched;

bool       touch(touched *t, int64_t series, int64_t time); /* false: memory ran out */
dyo_status settle(db *d, touched *t, dyo_err *err);

dyo_status secrets_put(db *d, const store_secret *list, size_t n, int64_t now, dyo_err *err);

dyo_status source_number(db *d, const char *tenant, const char *source_id, int64_t *number, dyo_err *err);

#endif
