/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_wasm.c - the operations as exports of a WebAssembly module, for the loader in js-bindings/src/wasm.ts.
 * An instance serves one call at a time; a host that wants more makes more instances. */
#include <stdlib.h>

#include "base/dyo_ctx.h"
#include "dyo_version.h"
#include "ops/dyo_call.h"

#define EXPORT(name) __attribute__((export_name(name), used))
#define IMPORT(name) __attribute__((import_module("dyo"), import_name(name)))

/* What the host gives: monotonic seconds, a look at the progress, which answers non-zero to stop the call, and up to n bytes of a file
 * of the request. */
IMPORT("now") double dyo_host_now(void);
IMPORT("progress") int dyo_host_progress(double fraction, const char *stage);
IMPORT("read") size_t dyo_host_read(uint32_t file, double offset, void *buf, size_t n);

/* An answer: len bytes of JSON, where {"$float64": k} stands for arrays[k]. All of it lives until dyo_wasm_result_free. */
typedef struct {
  const char      *json;
  uint32_t         len;
  const dyo_array *arrays;
  uint32_t         n_arrays;
} dyo_wasm_result;

/* The answer and what it points into: arrays are in the call's arena. */
typedef struct {
  dyo_wasm_result shown; /* first, so that its address is that of the whole */
  dyo_reply       reply;
  dyo_ctx         ctx;
} call_state;

enum { ARRAYS_OUT = 1 }; /* flag: long number arrays of the answer leave as arrays */

static double host_now(void *user)
{
  (void)user;
  return dyo_host_now();
}

static bool host_progress(void *user, double fraction, const char *stage)
{
  (void)user;
  return dyo_host_progress(fraction, stage) != 0;
}

static size_t host_read(void *user, uint64_t offset, void *buf, size_t n)
{
  return dyo_host_read((uint32_t)(uintptr_t)user, (double)offset, buf, n);
}

/* A cancel reaches the module by its looks at the progress alone, so these come often; the loader shows fewer of them. */
static const dyo_host host = {.now = host_now, .progress = host_progress, .pause = 0.01};

EXPORT("dyo_wasm_result_free") void dyo_wasm_result_free(dyo_wasm_result *r)
{
  call_state *c = (call_state *)(void *)r;
  if (!c) return;
  dyo_reply_free(&c->reply);
  dyo_ctx_clear(&c->ctx);
  free(c);
}

static bool take_files(dyo_ctx *ctx, const double *sizes, size_t n)
{
  dyo_source *files = n ? DYO_NEW(ctx, n, dyo_source) : NULL;
  if (n && !files) return false;
  for (size_t i = 0; i < n; i++)
    files[i] = (dyo_source){.size = (uint64_t)sizes[i], .read = host_read, .user = (void *)(uintptr_t)i};
  ctx->files   = files;
  ctx->n_files = n;
  return true;
}

/* Run an operation on json[0..len), where {"$float64": i} stands for in[i], which stays the caller's, and {"$bytes": i} for a file of
 * sizes[i] bytes, which the host's `read` gives in pieces. flags: ARRAYS_OUT.
 * The answer is the output object or {"error": ...}; NULL when memory ran out before there was either. */
EXPORT("dyo_wasm_call")
dyo_wasm_result *dyo_wasm_call(const char *op, const char *json, size_t len, const dyo_array *in, size_t n_in,
                               uint32_t flags, const double *sizes, size_t n_files)
{
  call_state *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  dyo_ctx_init(&c->ctx, &host);
  c->ctx.in         = in;
  c->ctx.n_in       = n_in;
  c->ctx.arrays_out = (flags & ARRAYS_OUT) != 0;
  if (take_files(&c->ctx, sizes, n_files))
    (void)dyo_call(&c->ctx, op, json, len, &c->reply); /* a failure is in the text */
  c->shown = (dyo_wasm_result){c->reply.text, (uint32_t)c->reply.len, c->reply.arrays, (uint32_t)c->reply.n_arrays};
  if (c->reply.text) return &c->shown;
  dyo_wasm_result_free(&c->shown);
  return NULL;
}

/* As dyo_describe; "" is "schema". NUL-terminated, the caller's to free(); an unknown name is answered as dyo_wasm_call does. */
EXPORT("dyo_wasm_describe") char *dyo_wasm_describe(const char *what)
{
  char      *text  = NULL;
  dyo_reply  reply = {0};
  dyo_err    err;
  dyo_ctx    ctx;
  dyo_status st = dyo_describe(*what ? what : "schema", &text, &err);
  if (st != DYO_UNKNOWN_OPERATION) return text;
  dyo_ctx_init(&ctx, NULL);
  (void)dyo_call(&ctx, what, "", 0, &reply);
  dyo_ctx_clear(&ctx);
  return reply.text;
}

/* The release this module belongs to; the loader compares it with its own. */
EXPORT("dyo_wasm_version") const char *dyo_wasm_version(void)
{
  return DYO_VERSION;
}
