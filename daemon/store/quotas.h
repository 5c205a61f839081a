/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quotas.h - what a tenant may have and what it has. A limit of 0 is none. Those of the daemon's settings hold for every tenant that has
 * none of its own.
 *
 * The store itself sees to values, series, connectors, uploaded bytes and runs that wait, in the transaction that would add to them, so
 * that no two writers pass a limit together. What only replaces or takes away always may. Over a limit: too_large, and rate_limited for
 * runs that wait; the message names the quota, its limit, the use and what helps. Rate and burst are kept here for the API. */
#ifndef DAEMON_QUOTAS_H
#define DAEMON_QUOTAS_H

#include "store/store.h"

/* word, what it counts */
#define QUOTA_MAP(X)                                          \
  X(VALUES, "values", "values of series")                     \
  X(SERIES, "series", "series")                               \
  X(SOURCES, "sources", "connectors")                         \
  X(UPLOAD_MB, "upload_mb", "MiB of uploaded files kept")     \
  X(QUEUED, "queued", "runs that wait")                       \
  X(RATE, "rate", "requests a second of all tokens together") \
  X(BURST, "burst", "requests at once of all tokens together")

typedef enum {
#define QUOTA_ENUM(name, word, doc) QUOTA_##name,
  QUOTA_MAP(QUOTA_ENUM)
#undef QUOTA_ENUM
    QUOTAS
} quota;
extern const char *const quota_words[], *const quota_docs[]; /* NULL at the end */

typedef struct {
  double most[QUOTAS];
} store_quotas;

/* The settings' limits, before the store is used. They are noted beside the data, so that commands on the same database know them. */
dyo_status store_quotas_usual(store *s, const store_quotas *q, dyo_err *err);
/* Limits that hold for a tenant. */
dyo_status store_quotas_get(store *s, const char *tenant, store_quotas *out, dyo_err *err);

typedef struct {
  double most, used; /* used NaN: of rate and burst */
  bool   own;        /* the limit is the tenant's own, not the settings' */
} store_quota;
dyo_status store_quotas_look(store *s, const char *tenant, store_quota out[QUOTAS], dyo_err *err);

/* Limits of a tenant's own from here on, an event of its audit. NaN: as it was; below 0: as the settings say. */
dyo_status store_quotas_set(store *s, const char *tenant, const store_quotas *to, dyo_err *err);

/* How often this process has refused something for the quota since it started. */
uint64_t store_quota_refusals(store *s, quota q);

/* Promises a run of an upload room for so many new series and values, until the run ends or stores them. Asked again it promises anew. */
dyo_status store_room_promise(store *s, const char *tenant, const char *run_id, int64_t series, int64_t values,
                              dyo_err *err);
/* How many of n times a source has no value of in this series yet, and whether the series is new. `time` is put in order. */
dyo_status store_room_needed(store *s, const char *tenant, const char *source_id, const store_value *of, int64_t *time,
                             size_t n, int64_t *values, bool *series, dyo_err *err);

/* How many tenants have another number of series or values than was counted: 0, unless something is wrong. */
dyo_status store_usage_check(store *s, int64_t *tenants, int64_t *wrong, dyo_err *err);

#endif
