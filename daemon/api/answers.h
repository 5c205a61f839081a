/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: rendered answers, kept while they are true. An entry is true for one version of its metric. */
#ifndef DAEMON_API_ANSWERS_H
#define DAEMON_API_ANSWERS_H

#include "http/http.h"

enum { ETAG_CHARS = 48 };

struct answer_cache *answer_cache_new(void);
void                 answer_cache_free(struct answer_cache *c);

/* The body kept under this key for this version, one more holder of it; NULL where there is none. */
http_body *answer_find(struct answer_cache *c, const char *key, int64_t version, char etag[ETAG_CHARS]);
/* Keeps a body (its own holder). Large ones are not kept. */
void answer_keep(struct answer_cache *c, const char *key, int64_t version, http_body *b, const char *etag);

#endif
