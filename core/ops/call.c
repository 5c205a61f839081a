/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/dyo_call.h"

#include <stdlib.h>
#include <string.h>

#include "json/dyo_json.h"
#include "num/dyo_num.h"
#include "ops/dyo_ops.h"

const dyo_op *dyo_op_find(const char *name)
{
  for (const dyo_op *op = dyo_ops; op->name; op++)
    if (strcmp(op->name, name) == 0) return op;
  return NULL;
}

static const char *op_at(const void *list, size_t i)
{
  return ((const dyo_op *)list)[i].name;
}

dyo_status dyo_op_unknown(const char *name, dyo_err *err)
{
  const char *near = dyo_nearest(name, op_at, dyo_ops);
  if (near)
    return dyo_fail(err, DYO_UNKNOWN_OPERATION, "", "there is no operation \"%.60s\"; did you mean \"%s\"?", name,
                    near);
  return dyo_fail(err, DYO_UNKNOWN_OPERATION, "", "there is no operation \"%.60s\"; \"ops\" lists them all", name);
}

static size_t size_of(const dyo_field *rows)
{
  while (rows->name) rows++;
  return rows->size;
}

/* The output of a cancelled search goes into the error object. */
static void write_error(dyo_ctx *ctx, const dyo_op *op, const void *out, dyo_err *err, dyo_buf *b)
{
  dyo_err    ignored = {0};
  dyo_buf    partial = {0};
  const bool kept    = err->code == DYO_CANCELLED && ctx->partial && out &&
                    dyo_json_encode(ctx, op->out, out, &partial, &ignored) == DYO_OK;
  dyo_buf_puts(b, "{\"error\":");
  dyo_json_error(b, err);
  if (kept) {
    b->n--; /* open the object's closing brace again */
    dyo_buf_puts(b, ",\"partial\":");
    dyo_buf_add(b, partial.s, partial.n);
    dyo_buf_puts(b, "}");
  }
  dyo_buf_puts(b, "}");
  dyo_buf_free(&partial);
}

/* Decode, run, encode. *out stays NULL until there is an output struct. */
static dyo_status run(dyo_ctx *ctx, const dyo_op *op, const char *json, size_t len, void **out, dyo_buf *b,
                      dyo_err *err)
{
  void      *in = dyo_alloc(ctx, 1, size_of(op->in));
  dyo_status st = in ? DYO_OK : dyo_oom(err);
  if (st == DYO_OK) st = dyo_json_decode(ctx, json, len, op->in, in, err);
  if (st != DYO_OK) return st;
  *out = dyo_alloc(ctx, 1, size_of(op->out));
  st   = *out ? op->run(ctx, in, *out, err) : dyo_oom(err);
  return st == DYO_OK ? dyo_json_encode(ctx, op->out, *out, b, err) : st;
}

dyo_status dyo_call(dyo_ctx *ctx, const char *name, const char *json, size_t len, dyo_reply *reply)
{
  const dyo_op *op  = dyo_op_find(name);
  dyo_err       err = {0};
  dyo_buf       b   = {0};
  void         *out = NULL;
  dyo_status    st  = DYO_OK;

  *reply = (dyo_reply){0};
  dyo_num_quiet();
  st = op ? run(ctx, op, json, len, &out, &b, &err) : dyo_op_unknown(name, &err);
  if (st == DYO_OK && ctx->ran_out) st = dyo_oom(&err);
  if (st != DYO_OK) {
    dyo_buf_free(&b);
    dyo_arrays_free(ctx->out, ctx->n_out);
    ctx->out   = NULL;
    ctx->n_out = ctx->cap_out = 0;
    write_error(ctx, op, out, &err, &b);
  }
  reply->text     = b.s;
  reply->len      = b.n;
  reply->arrays   = ctx->out;
  reply->n_arrays = ctx->n_out;
  ctx->out        = NULL;
  ctx->n_out = ctx->cap_out = 0;
  if (b.failed) {
    dyo_reply_free(reply);
    return DYO_OUT_OF_MEMORY;
  }
  return st;
}

void dyo_reply_free(dyo_reply *r)
{
  free(r->text);
  dyo_arrays_free(r->arrays, r->n_arrays);
  *r = (dyo_reply){0};
}
