/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_ctx.h - what one call brings along: memory, clock, progress, cancel, seed, arrays and files by handle.
 * A context serves one call at a time on one thread. core never reads a clock or the environment: the host gives them here. */
#ifndef DYO_CTX_H
#define DYO_CTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_source.h"
#include "base/dyo_status.h"

typedef struct {
  double (*now)(void *user); /* monotonic seconds; NULL: time limits are not kept */
  bool (*progress)(void *user, double fraction,
                   const char *stage); /* fraction 0..1; true asks the call to stop; may be NULL */
  double pause; /* seconds between two calls of progress while the fraction hardly moves; 0: 0.05 */
  void  *user;
  /* Opens a file by name; NULL where a request may name none, which is everywhere but on the native command line.
   * On DYO_OK the core calls out->close. Errors are invalid_input at "/path". */
  dyo_status (*open)(void *user, const char *path, dyo_source *out, dyo_err *err);
} dyo_host;

typedef struct {
  double *v;
  size_t  n;
} dyo_array;

typedef enum { DYO_RUN_ON = 0, DYO_STOP_TIME, DYO_STOP_CANCELLED } dyo_stop;

typedef struct dyo_block dyo_block;

typedef struct dyo_ctx {
  dyo_host            host;
  const volatile int *cancel;     /* set non-zero by another thread to stop the call; may be NULL */
  uint64_t            seed;       /* 1 unless the request says otherwise */
  size_t              max_memory; /* bytes this call's arena may hold */
  size_t              max_json;   /* bytes of request text that are accepted */
  const dyo_array    *in;         /* arrays the caller passes by handle: {"$float64": 0} in the request is in[0] */
  size_t              n_in;
  const dyo_source   *files; /* likewise: {"$bytes": 0} in the request is files[0] */
  size_t              n_files;
  bool                arrays_out; /* long number arrays leave by handle too, see dyo_reply */
  bool                secret;     /* what is read holds secrets: it is overwritten before its memory goes back */

  /* Private to ctx.c and the JSON layer. */
  dyo_block *blocks;
  size_t     used;
  double     deadline, shown, next_look;
  unsigned   polls;
  dyo_stop   stop;
  bool       ran_out; /* memory did, once: what was left out then is not known, so that dyo_call gives no answer */
  bool       partial; /* on DYO_CANCELLED the output struct holds the best answer so far */
  dyo_array *out;
  size_t     n_out, cap_out;
} dyo_ctx;

void dyo_ctx_init(dyo_ctx *ctx, const dyo_host *host); /* host may be NULL: no clock, no progress */
void dyo_ctx_clear(dyo_ctx *ctx);                      /* frees all of the arena; the context can be used again */

void dyo_arrays_free(dyo_array *a, size_t n); /* n malloc'ed arrays in a malloc'ed list */

/* Zeroed memory that lives until dyo_ctx_clear. NULL when memory or ctx->max_memory ran out, or n * size overflows. */
void *dyo_alloc(dyo_ctx *ctx, size_t n, size_t size);
#define DYO_NEW(ctx, n, T) ((T *)dyo_alloc((ctx), (n), sizeof(T)))

/* Overwrites n bytes, also where nobody reads them again. */
void dyo_wipe(void *bytes, size_t n);

/* Text in the arena; NULL when memory ran out. */
char *dyo_text(dyo_ctx *ctx, const char *fmt, ...) DYO_PRINTF(2, 3);

/* Sentences for the user, such as repairs made: a list in the arena that grows. */
typedef struct {
  const char **v;
  size_t       n, cap;
} dyo_notes;
bool dyo_note(dyo_ctx *ctx, dyo_notes *notes, const char *fmt, ...) DYO_PRINTF(3, 4); /* false when memory ran out */
/* The sentences as an output takes them: an array that is never NULL unless memory ran out. */
const char **dyo_notes_list(dyo_ctx *ctx, const dyo_notes *notes);

/* Seconds from now until dyo_poll says DYO_STOP_TIME; infinite by default and where the host has no clock. */
void   dyo_time_limit(dyo_ctx *ctx, double seconds);
double dyo_time_left(const dyo_ctx *ctx);
/* Work that may take only part of the time left: part answers what back needs to let the rest go on afterwards. */
double dyo_time_part(dyo_ctx *ctx, double seconds);
void   dyo_time_back(dyo_ctx *ctx, double before);
double dyo_now(const dyo_ctx *ctx); /* seconds of the host's clock, 0 without one */

/* Ask inside loops, as often as every microsecond or so: the clock and the host are asked only now and then.
 * Once it has answered DYO_STOP_* it goes on doing so. fraction and stage (a string constant) are shown to the user. */
dyo_stop dyo_poll(dyo_ctx *ctx, double fraction, const char *stage);

/* The same where a question comes only every few milliseconds, as between two fits: the clock and the host are asked each time. */
dyo_stop dyo_look(dyo_ctx *ctx, double fraction, const char *stage);

/* For searches with an answer in hand when the user cancels: marks *out as worth handing over, fills *err, returns DYO_CANCELLED. */
dyo_status dyo_cancelled(dyo_ctx *ctx, bool partial, dyo_err *err);

#endif
