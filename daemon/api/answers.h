/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: rendered answers, kept while they are true. An entry is true for one version of its metric.
 * While nothing is written the version is not asked for again, but at most for a moment: a command beside the daemon may write too. */
#ifndef DAEMON_API_ANSWERS_H
#define DAEMON_API_ANSWERS_H

#include "http/http.h"

enum { ETAG_CHARS = 48 };

struct answer_cache *answer_cache_new(void);
void                 answer_cache_free(struct answer_cache *c);

/* The body kept under this key if it was true a moment ago, when the store's changes stood where they stand; one more holder of
 * it, or NULL. */
http_body *answer_still(struct answer_cache *c, const char *key, uint64_t changes, char etag[ETAG_CHARS]);
/* The body kept under this key for this version, which was read when the changes stood so; one more holder of it, or NULL. */
http_body *answer_find(struct answer_cache *c, const char *key, int64_t version, uint64_t changes,
                       char etag[ETAG_CHARS]);
/* Keeps a body (its own holder), others go where there is no room. Large ones are not kept. */
void answer_keep(struct answer_cache *c, const char *key, int64_t version, http_body *b, const char *etag);
/* Those that nobody asked for since that moment (of clock_monotonic) go, as those of a tenant that was erased. */
void answer_cache_drop(struct answer_cache *c, double before);

#endif
