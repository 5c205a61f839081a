/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/dyo_ctx.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyo_utf8.h"

enum { BLOCK_BYTES = 16 * 1024, ALIGN = 16, POLLS_PER_LOOK = 64 };

static const double usual_pause = 0.05; /* seconds */

struct dyo_block {
  dyo_block *next;
  size_t     used, size;
  size_t     pad; /* keeps what follows aligned to 16 on 32-bit targets as well */
};

void dyo_ctx_init(dyo_ctx *ctx, const dyo_host *host)
{
  memset(ctx, 0, sizeof *ctx);
  if (host) ctx->host = *host;
  ctx->seed       = 1;
  ctx->max_memory = (size_t)1 << 30;
  ctx->max_json   = (size_t)256 << 20;
  ctx->deadline   = INFINITY;
  ctx->shown      = -1;
}

void dyo_arrays_free(dyo_array *a, size_t n)
{
  for (size_t i = 0; i < n; i++) free(a[i].v);
  free(a);
}

void dyo_wipe(void *bytes, size_t n)
{
  for (volatile char *p = bytes; n > 0; n--) *p++ = 0;
}

void dyo_ctx_clear(dyo_ctx *ctx)
{
  dyo_block *b = ctx->blocks;
  dyo_arrays_free(ctx->out, ctx->n_out);
  while (b) {
    dyo_block *next = b->next;
    if (ctx->secret) dyo_wipe(b + 1, b->used);
    free(b);
    b = next;
  }
  ctx->blocks   = NULL;
  ctx->used     = 0;
  ctx->deadline = INFINITY;
  ctx->shown    = -1;
  ctx->polls    = 0;
  ctx->ran_out  = false;
  ctx->stop     = DYO_RUN_ON;
  ctx->partial  = false;
  ctx->out      = NULL;
  ctx->n_out = ctx->cap_out = 0;
  ctx->seed                 = 1;
}

static dyo_block *block_new(dyo_ctx *ctx, size_t bytes)
{
  const size_t want  = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
  const size_t whole = want + sizeof(dyo_block);
  dyo_block   *b     = NULL;
  if (whole < want || whole > ctx->max_memory - ctx->used) return NULL;
  b = malloc(whole);
  if (!b) return NULL;
  b->used = 0;
  b->size = want;
  ctx->used += whole;
  /* A block made for one large array goes behind the current one, whose free rest stays in use. */
  if (ctx->blocks && bytes > BLOCK_BYTES) {
    b->next           = ctx->blocks->next;
    ctx->blocks->next = b;
  } else {
    b->next     = ctx->blocks;
    ctx->blocks = b;
  }
  return b;
}

void *dyo_alloc(dyo_ctx *ctx, size_t n, size_t size)
{
  const size_t bytes = n * size, need = (bytes + ALIGN - 1) / ALIGN * ALIGN;
  dyo_block   *b     = ctx->blocks;
  char        *p     = NULL;
  const bool   whole = (size == 0 || bytes / size == n) && need >= bytes;
  if (whole && (!b || b->size - b->used < need)) b = block_new(ctx, need);
  if (!whole || !b) {
    ctx->ran_out = true;
    return NULL;
  }
  p = (char *)(b + 1) + b->used;
  b->used += need;
  return bytes ? memset(p, 0, bytes) : p;
}

static char *vtext(dyo_ctx *ctx, const char *fmt, va_list args)
{
  va_list again;
  char   *s = NULL;
  int     n = 0;
  va_copy(again, args);
  n = vsnprintf(NULL, 0, fmt, args);
  if (n >= 0) s = dyo_alloc(ctx, (size_t)n + 1, 1);
  if (s) {
    vsnprintf(s, (size_t)n + 1, fmt, again);
    dyo_utf8_scrub(s); /* a name cut by %.40s */
  }
  va_end(again);
  return s;
}

char *dyo_text(dyo_ctx *ctx, const char *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  char *s = vtext(ctx, fmt, args);
  va_end(args);
  return s;
}

bool dyo_note(dyo_ctx *ctx, dyo_notes *notes, const char *fmt, ...)
{
  va_list args;
  if (notes->n == notes->cap) {
    const size_t cap  = notes->cap ? 2 * notes->cap : 8;
    const char **more = DYO_NEW(ctx, cap, const char *);
    if (!more) return false;
    if (notes->n) memcpy(more, notes->v, notes->n * sizeof *more);
    notes->v   = more;
    notes->cap = cap;
  }
  va_start(args, fmt);
  notes->v[notes->n] = vtext(ctx, fmt, args);
  va_end(args);
  return notes->v[notes->n] && ++notes->n;
}

double dyo_now(const dyo_ctx *ctx)
{
  return ctx->host.now ? ctx->host.now(ctx->host.user) : 0.0;
}

const char **dyo_notes_list(dyo_ctx *ctx, const dyo_notes *notes)
{
  return notes->v ? notes->v : DYO_NEW(ctx, 1, const char *);
}

void dyo_time_limit(dyo_ctx *ctx, double seconds)
{
  ctx->deadline = ctx->host.now && isfinite(seconds) ? dyo_now(ctx) + seconds : INFINITY;
}

double dyo_time_left(const dyo_ctx *ctx)
{
  return isfinite(ctx->deadline) ? ctx->deadline - dyo_now(ctx) : INFINITY;
}

double dyo_time_part(dyo_ctx *ctx, double seconds)
{
  const double before = ctx->deadline;
  if (seconds < dyo_time_left(ctx)) dyo_time_limit(ctx, seconds);
  return before;
}

void dyo_time_back(dyo_ctx *ctx, double before)
{
  ctx->deadline = before;
  if (ctx->stop == DYO_STOP_TIME && dyo_time_left(ctx) > 0) ctx->stop = DYO_RUN_ON;
}

/* Tells the host at most every percent and whenever asked again after the pause it wants, by its clock. */
static void show(dyo_ctx *ctx, double fraction, const char *stage)
{
  const double now = dyo_now(ctx);
  if (fabs(fraction - ctx->shown) < 0.01 && now < ctx->next_look) return;
  ctx->shown     = fraction;
  ctx->next_look = now + (ctx->host.pause > 0 ? ctx->host.pause : usual_pause);
  if (ctx->host.progress(ctx->host.user, fraction, stage)) ctx->stop = DYO_STOP_CANCELLED;
}

dyo_stop dyo_poll(dyo_ctx *ctx, double fraction, const char *stage)
{
  if (ctx->stop != DYO_RUN_ON) return ctx->stop;
  if (ctx->cancel && __atomic_load_n(ctx->cancel, __ATOMIC_RELAXED)) return ctx->stop = DYO_STOP_CANCELLED;
  if (ctx->polls++ % POLLS_PER_LOOK != 0) return DYO_RUN_ON;
  if (ctx->host.progress) show(ctx, fraction, stage);
  if (ctx->stop == DYO_RUN_ON && isfinite(ctx->deadline) && dyo_now(ctx) >= ctx->deadline) ctx->stop = DYO_STOP_TIME;
  return ctx->stop;
}

dyo_stop dyo_look(dyo_ctx *ctx, double fraction, const char *stage)
{
  ctx->polls = 0;
  return dyo_poll(ctx, fraction, stage);
}

dyo_status dyo_cancelled(dyo_ctx *ctx, bool partial, dyo_err *err)
{
  ctx->partial = partial;
  return dyo_fail(err, DYO_CANCELLED, "", "the call was cancelled%s",
                  partial ? "; partial holds the best answer so far" : "");
}
