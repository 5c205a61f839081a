/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work.h - runs of the store being done: workers take queued ones by lease, a clerk renews the leases, passes on progress and notices
 * when somebody asked for the end. A worker that dies leaves a lease that ends, and another one goes on from the checkpoint. */
#ifndef DAEMON_WORK_H
#define DAEMON_WORK_H

#include <stdatomic.h>
#include <stdbool.h>

#include "store/store.h"

enum { STAGE_CHARS = 64 };

/* A run in somebody's hands. */
typedef struct work {
  store_run      run;    /* what came from the store; the end's fields are filled by whoever does it */
  atomic_int     cancel; /* set when the run was cancelled, its lease was lost or the daemon stops: give up soon */
  atomic_bool    lost;   /* the lease belongs to another one: write nothing more */
  _Atomic double fraction;
  _Atomic(const char *) stage; /* a string constant */
  struct work          *next, **link;
} work;

typedef struct workers workers;

/* Does the run: fills run.result and the counts, and run.state where it is not RUN_SUCCEEDED; an error makes it RUN_FAILED, or
 * RUN_CANCELLED for cancelled. */
typedef dyo_status (*work_fn)(void *user, work *w, dyo_err *err);

typedef struct {
  const char *kind;
  work_fn     run;
  void       *user;
} work_kind;

/* kinds end with a NULL kind and stay the caller's. */
dyo_status workers_start(store *s, const work_kind *kinds, unsigned threads, workers **out, dyo_err *err);
void       workers_wake(workers *w); /* a run was added */
/* Asks everyone to give up soon, also where work is done elsewhere (workers_adopt). NULL is allowed. */
void workers_give_up(workers *w);
/* The same, and waits; what was under way goes back to the queue. NULL is allowed. */
void workers_stop(workers *w);

/* Work that is done elsewhere but has become a run (store_run_begin): its lease is renewed until it is finished here. */
void workers_adopt(workers *w, work *one);
/* Writes the end of it: the result, or *why where st is not DYO_OK. Back to the queue instead where the daemon stops, and, for a few
 * seconds, where the disk is full (STORE_FULL) or the server silent (STORE_AWAY). */
void workers_finish(workers *w, work *one, dyo_status st, const dyo_err *why);

/* Runs that came to their end here since the start, by state, those of batches apart. lost: another worker had them meanwhile. */
typedef struct {
  uint64_t ended[2][RUN_STATES], lost; /* ended[1]: of batches */
} work_figures;
void workers_figures(const workers *w, work_figures *add); /* adds to what is there; w NULL: nothing */

/* Milliseconds a lease lasts without being renewed. */
int64_t workers_lease_ms(void);

#endif
