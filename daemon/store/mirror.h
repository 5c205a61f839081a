/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mirror.h - what connectors keep in the store: sealed secrets, the records of a source as they came (the mirror), what each record
 * gives to which value of which series, and how far each object of the source is. Errors and texts are as in store.h. */
#ifndef DAEMON_MIRROR_H
#define DAEMON_MIRROR_H

#include "store/store.h"

/* --- secrets, sealed by the caller -------------------------------------------------------------------------------------- */

typedef struct {
  const char *tenant, *source_id, *field;
  const void *sealed; /* NULL: it is taken away */
  size_t      n;
  const void *was; /* only where this is what is there; else nothing happens. NULL: whatever is there */
  size_t      n_was;
  const char *by; /* who gave it or takes it away, for the audit (audit.h); NULL: nobody, a token was only renewed */
} store_secret;

/* All of them or none. not_found: one of the connectors (or alert rules, whose webhooks have secrets too) is not there. */
dyo_status store_secrets_put(store *s, const store_secret *list, size_t n, dyo_err *err);
/* Those of a connector, of a tenant (source_id NULL), or all (tenant NULL); what the callback gets is valid inside it. */
typedef bool (*store_secret_each)(void *user, const store_secret *one);
dyo_status store_secrets_each(store *s, const char *tenant, const char *source_id, store_secret_each each, void *user,
                              dyo_err *err);

/* --- access tokens that daemons on one database share ------------------------------------------------------------------- */

/* Of one credential, sealed by the caller. */
typedef struct {
  const char *tenant;
  const char *names[2];  /* of the credential; the second: since its refresh token was replaced, or NULL */
  const void *sealed[2]; /* under either name, n bytes; the first NULL: none was got, the claim ends */
  size_t      n;
  const char *instance;
  int64_t     good_until; /* milliseconds since 1970; 0: not told */
  int64_t     claim;
} store_grant;

/* What a daemon that needs one finds: a token other than number `bad`; or nothing, and *claim: it is to fetch one until then, while the
 * others wait; or neither: another daemon fetches. */
typedef struct {
  int64_t number, good_until, claim;
  char    instance[256];
  void   *sealed; /* malloc'ed; NULL: none */
  size_t  n;
} store_granted;
dyo_status store_grant_claim(store *s, const char *tenant, const char *name, int64_t bad, int64_t now, int64_t until,
                             store_granted *out, dyo_err *err);
/* Keeps it, and the secrets that came along, in one transaction. Where the claim ended and another daemon has it, the grant is not
 * written; the secrets are, where they are what they were (store_secret.was). */
dyo_status store_grant_put(store *s, const store_grant *g, const store_secret *list, size_t n, dyo_err *err);

/* --- records ---------------------------------------------------------------------------------------------------------------- */

/* How the parts of one value become it. COUNT counts parts, also missing ones; LAST is the part whose record has the latest stamp. */
typedef enum { AGGREGATE_SUM, AGGREGATE_MEAN, AGGREGATE_MIN, AGGREGATE_MAX, AGGREGATE_COUNT, AGGREGATE_LAST } aggregate;
extern const char *const aggregate_words[]; /* "sum" …, NULL at the end */

/* What a record gives: a part of the value of a series at a time. */
typedef struct {
  const char *metric, *dimensions; /* dimensions: canonical JSON object text */
  int64_t     time;
  double      value; /* NaN: missing */
  aggregate   how;
} mirror_cell;

typedef struct {
  const char        *id, *stamp; /* stamp: text that sorts by time, "" where the source has none */
  const char        *content;    /* JSON text; NULL for a deleted one */
  bool               deleted;
  const mirror_cell *cells;
  size_t             n_cells;
} mirror_record;

/* A sum of digests that does not depend on the order. */
typedef struct {
  uint64_t w[4];
} mirror_sum;
void mirror_sum_add(mirror_sum *to, const mirror_sum *what);
void mirror_sum_take(mirror_sum *from, const mirror_sum *what);
void mirror_sum_of(const char *id, const char *stamp, bool deleted, const char *content, mirror_sum *out);

typedef struct {
  int64_t    added, changed, same, removed;
  int64_t    again;     /* records that this sync had written before, */
  mirror_sum again_sum; /* and the sum of what they were then */
} mirror_effect;

typedef struct {
  const char          *source_id, *object;
  int64_t              run;   /* a number of this sync, above those of earlier ones */
  bool                 remap; /* cells are written anew even where the content is the same */
  const mirror_record *records;
  size_t               n;
  const char          *state;    /* of the object from here on, JSON; NULL: as it was */
  store_progress      *progress; /* of the run, under its lease; NULL: none */
  /* Called inside the transaction, once all is written: answers the checkpoint and may fill the counts of the progress. NULL: memory
   * ran out. */
  const char *(*told)(void *user, const mirror_effect *e, store_progress *progress);
  /* Called before that for each series whose values changed; may be NULL. */
  void (*touched)(void *user, const char *metric);
  void *user;
} mirror_batch;

/* Records, what they give, state and checkpoint in one transaction: all of it or nothing. A record that is there is replaced. */
dyo_status store_mirror_put(store *s, const char *tenant, const mirror_batch *b, mirror_effect *out, dyo_err *err);

/* What the mirror holds of an object: live records; and those that sync `run` wrote, whose contents are read and summed anew. */
typedef struct {
  int64_t    live, written;
  mirror_sum sum;
} mirror_figures;
dyo_status store_mirror_figures(store *s, const char *tenant, const char *source_id, const char *object, int64_t run,
                                mirror_figures *out, dyo_err *err);

/* Ids and stamps of the live records of an object, in order of id. */
typedef bool (*mirror_each)(void *user, const char *id, const char *stamp);
dyo_status store_mirror_each(store *s, const char *tenant, const char *source_id, const char *object, mirror_each each,
                             void *user, dyo_err *err);
/* One live record's content, malloc'ed; not_found. */
dyo_status store_mirror_get(store *s, const char *tenant, const char *source_id, const char *object, const char *id,
                            char **content, dyo_err *err);

/* The object's state, malloc'ed, "{}" where there is none. */
dyo_status store_mirror_state(store *s, const char *tenant, const char *source_id, const char *object, char **state,
                              dyo_err *err);
/* Takes away the objects that are not in the list (ends with NULL), with all that they gave. */
dyo_status store_mirror_keep(store *s, const char *tenant, const char *source_id, const char *const *objects,
                             void (*touched)(void *user, const char *metric), void *user, dyo_err *err);

/* --- the connector's own row ---------------------------------------------------------------------------------------------- */

/* State and message of a connector, and when it last had data (0: as it was), without a look at its version. */
dyo_status store_source_note(store *s, const char *tenant, const char *source_id, const char *state,
                             const char *message, int64_t last_sync, dyo_err *err);
/* As store_run_add, unless one of this kind and subject waits or works: then *made is false and id is that one's. */
dyo_status store_run_add_alone(store *s, const store_run *in, char id[ID_CHARS], bool *made, dyo_err *err);

#endif
