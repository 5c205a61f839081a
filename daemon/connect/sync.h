/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: a sync as a connector's `pull` writes it.
 *
 *   sync_objects(y, names)                        what the source has; the mirror forgets the others
 *   for each: sync_open(y, name, mark, …, &state)  where it stood; done: an earlier attempt of this run finished it
 *     sync_part(y, expected)                       the source says so many records come now
 *     sync_add(y, &record) …                       each of them
 *     sync_commit(y, state)                        rows, state and checkpoint in one transaction; as often as wished
 *     sync_part_end(y)                             all there? else the part is asked for again, or the object is short
 *     sync_close(y, live)                          what is stored is read back and proven; live: the source's count, or -1
 *
 * A killed run begins again with `pull`; sync_open answers the state of the last commit. */
#ifndef DAEMON_CONNECT_SYNC_H
#define DAEMON_CONNECT_SYNC_H

#include "connect/connector.h"
#include "connect/mapping.h"
#include "connect/session.h"
#include "connect/window.h"

enum { SYNC_NAME = 128, SYNC_REASON = 200 };

/* One object in a run: the proof. Numbers are whole. */
typedef struct {
  const char *object, *state, *reason, *method; /* state: succeeded, partial or failed; "" while it is under way */
  double      expected, received, stored;       /* records the source announced, gave, and the mirror has of them */
  double      repeated;                         /* of received: records that came more than once */
  double      added, changed, removed, rejected;
  double      source_live,
    stored_live; /* records that are there now; source_live NaN: it was not asked, or changes meanwhile */
  const char *digest_received, *digest_stored;
  bool        full; /* everything was compared */
} sync_proof;

typedef struct {
  char       name[SYNC_NAME], reason[SYNC_REASON];
  bool       done, missing, failed, full, opened;
  int64_t    expected, received, again, added, changed, removed, rejected, stored, live, source_live;
  int64_t    part_expected, part_received;
  mirror_sum sum, stored_sum;
} sync_object;

struct sync {
  session           *s;
  const connect_job *job;
  sync_object       *objects;
  size_t             n_objects;
  sync_object       *at;     /* the one that is open */
  sync_object        before; /* what it was when the batch began */
  const char        *mark;
  bool               remap;
  const char        *method;                /* "api" or "mcp" */
  char               fallback[SYNC_REASON]; /* why not by the way that was wished for; "" */
  dyo_ctx            batch;                 /* of the records that wait for a commit */
  mirror_record     *records;
  size_t             n, cap, values; /* values: of all of them */
  char             **metrics;        /* that changed */
  size_t             n_metrics;
  dyo_buf            text;    /* of the checkpoint */
  bool               no_room; /* a quota of the tenant is used up: what is stored stays, and the run is partial */
};

dyo_status sync_objects(sync_run *y, const char *const *names, dyo_err *err); /* NULL at the end */

/* mark: a text that changes when records are to be mapped anew (mapping_mark). *state: JSON text in y's memory until sync_close, "{}"
 * at first and where the mark is another one. *done: nothing is left to do. */
dyo_status sync_open(sync_run *y, const char *object, const char *mark, const char **state, bool *done, dyo_err *err);

void sync_part(sync_run *y, int64_t expected);
void sync_part_again(sync_run *y); /* what came of this part does not count: it will all come again */
bool sync_part_end(sync_run *y);   /* true: as many came as were announced */

/* Everything is copied but the cells' metric names. */
typedef struct {
  const char        *id, *stamp;
  bool               deleted;
  const char        *content; /* JSON object, n_content bytes; NULL for a deleted one */
  size_t             n_content;
  const mirror_cell *cells; /* in &y->batch */
  size_t             n_cells;
  bool               asked; /* false: nobody announced it (the repair of a comparison) */
} sync_record;
dyo_status sync_add(sync_run *y, const sync_record *r, dyo_err *err);
bool sync_much(const sync_run *y, size_t records); /* so many wait, or STORE_VALUES_MOST values: time for a commit */
void sync_drop(sync_run *y);                       /* takes back what waits */
dyo_status sync_commit(sync_run *y, const char *state, dyo_err *err); /* state NULL: as it was */

void sync_short(sync_run *y, const char *fmt, ...)
  DYO_PRINTF(2, 3); /* records are missing for good: the object is partial */
dyo_status sync_close(sync_run *y, int64_t source_live, dyo_err *err);
/* The object cannot be read, but others may be: it is failed, or partial where something of it came. */
void sync_lost(sync_run *y, const dyo_err *why);

void sync_stage(sync_run *y, const char *stage); /* a string constant */
bool sync_cancelled(const sync_run *y);

#endif
