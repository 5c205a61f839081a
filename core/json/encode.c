/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/dyo_json.h"
#include "json/json.h"

enum { BY_HANDLE = 64 }; /* arrays from this length on leave as {"$float64": k} where the caller asked for that */

typedef struct {
  dyo_ctx *ctx;
  dyo_buf *b;
  dyo_err *err;
} enc;

static bool put_struct(enc *e, const dyo_field *rows, const char *base);
static bool put_value(enc *e, const dyo_field *f, const char *base);

static bool not_finite(enc *e, const dyo_field *f)
{
  dyo_fail(e->err, DYO_INTERNAL, "", "the result's %s is not a finite number; the inputs may be too far apart in size",
           f->name);
  return false;
}

static bool put_num(enc *e, const dyo_field *f, double x, bool null_ok)
{
  if (isnan(x) && null_ok) dyo_buf_puts(e->b, "null");
  else if (isfinite(x)) dyo_buf_number(e->b, x);
  else return not_finite(e, f);
  return true;
}

static bool put_handle(enc *e, const double *v, size_t n)
{
  dyo_ctx *c = e->ctx;
  if (c->n_out == c->cap_out) {
    const size_t cap  = c->cap_out ? 2 * c->cap_out : 8;
    dyo_array   *more = realloc(c->out, cap * sizeof *more);
    if (!more) {
      dyo_oom(e->err);
      return false;
    }
    c->out     = more;
    c->cap_out = cap;
  }
  double *copy = malloc(n * sizeof *copy); /* the reply outlives the arena */
  if (!copy) {
    dyo_oom(e->err);
    return false;
  }
  memcpy(copy, v, n * sizeof *v);
  c->out[c->n_out] = (dyo_array){copy, n};
  dyo_buf_printf(e->b, "{\"$float64\":%zu}", c->n_out++);
  return true;
}

static bool put_nums(enc *e, const dyo_field *f, const double *v, size_t n)
{
  const bool nulls = (f->flags & DYO_F_NULLS) != 0;
  if ((f->flags & DYO_F_SCALAR) && n == 1) return put_num(e, f, v[0], nulls);
  for (size_t i = 0; i < n; i++)
    if (isinf(v[i]) || (isnan(v[i]) && !nulls)) return not_finite(e, f);
  if (e->ctx->arrays_out && n >= BY_HANDLE) return put_handle(e, v, n);
  dyo_buf_puts(e->b, "[");
  for (size_t i = 0; i < n; i++) {
    if (i) dyo_buf_puts(e->b, ",");
    put_num(e, f, v[i], true);
    if ((f->flags & DYO_F_REAL) && v[i] == trunc(v[i]) && fabs(v[i]) < 1e15) dyo_buf_puts(e->b, ".0");
  }
  dyo_buf_puts(e->b, "]");
  return true;
}

static void put_ints(enc *e, const int *v, size_t n)
{
  dyo_buf_puts(e->b, "[");
  for (size_t i = 0; i < n; i++) dyo_buf_printf(e->b, "%s%d", i ? "," : "", v[i]);
  dyo_buf_puts(e->b, "]");
}

static void put_strs(enc *e, const char *const *v, size_t n)
{
  dyo_buf_puts(e->b, "[");
  for (size_t i = 0; i < n; i++) {
    if (i) dyo_buf_puts(e->b, ",");
    dyo_buf_string(e->b, v[i]);
  }
  dyo_buf_puts(e->b, "]");
}

static bool put_list(enc *e, const dyo_field *f, const char *v, size_t n)
{
  const size_t size = dyo_field_size(f->sub);
  if ((f->flags & DYO_F_ONE) && n == DYO_ONE) return put_struct(e, f->sub, v);
  dyo_buf_puts(e->b, "[");
  for (size_t i = 0; i < n; i++) {
    if (i) dyo_buf_puts(e->b, ",");
    if (!put_struct(e, f->sub, v + i * size)) return false;
  }
  dyo_buf_puts(e->b, "]");
  return true;
}

static bool put_map(enc *e, const dyo_field *f, const char *v, size_t n)
{
  const size_t size = dyo_field_size(f->sub);
  dyo_buf_puts(e->b, "{");
  for (size_t i = 0; i < n; i++) {
    const char *key = NULL;
    memcpy(&key, v + i * size + f->sub[0].off, sizeof key);
    if (i) dyo_buf_puts(e->b, ",");
    dyo_buf_string(e->b, key);
    dyo_buf_puts(e->b, ":");
    if (!put_value(e, &f->sub[1], v + i * size)) return false;
  }
  dyo_buf_puts(e->b, "}");
  return true;
}

/* Absent: what an optional row holds where there is nothing to say. */
static bool absent(const dyo_field *f, const char *base)
{
  const char *m = base + f->off;
  void       *p = NULL;
  switch (f->type) {
  case DYO_T_NUM: return isnan(*(const double *)(const void *)m);
  case DYO_T_WORD:
  case DYO_T_INT: return *(const int *)(const void *)m == DYO_NO_INT;
  case DYO_T_FLAG:
  case DYO_T_ENUM: return *(const int *)(const void *)m < 0;
  case DYO_T_BOOL: return false;
  default: break;
  }
  memcpy(&p, m, sizeof p);
  return p == NULL;
}

static bool put_value(enc *e, const dyo_field *f, const char *base)
{
  const void *m = base + f->off;
  const void *p = NULL; /* of the pointer types */
  size_t      n = 0;
  switch (f->type) {
  case DYO_T_NUM: return put_num(e, f, *(const double *)m, f->dflt == DYO_NULL);
  case DYO_T_WORD:
    if (*(const int *)m < 0) {
      dyo_buf_string(e->b, f->names[-*(const int *)m - 1]);
      return true;
    }
    dyo_buf_printf(e->b, "%d", *(const int *)m);
    return true;
  case DYO_T_INT: dyo_buf_printf(e->b, "%d", *(const int *)m); return true;
  case DYO_T_BOOL: dyo_buf_puts(e->b, *(const bool *)m ? "true" : "false"); return true;
  case DYO_T_FLAG: dyo_buf_puts(e->b, *(const int *)m ? "true" : "false"); return true;
  case DYO_T_ENUM: dyo_buf_string(e->b, f->names[*(const int *)m]); return true;
  default: break;
  }
  memcpy(&p, m, sizeof p);
  if (f->off_n) memcpy(&n, base + f->off_n, sizeof n);
  switch (f->type) {
  case DYO_T_STR: dyo_buf_string(e->b, p); return true;
  case DYO_T_JSON: dyo_buf_puts(e->b, p); return true;
  case DYO_T_NUMS: return put_nums(e, f, p, n);
  case DYO_T_INTS: put_ints(e, p, n); return true;
  case DYO_T_STRS: put_strs(e, p, n); return true;
  case DYO_T_LIST: return put_list(e, f, p, n);
  case DYO_T_MAP: return put_map(e, f, p, n);
  default: return put_struct(e, f->sub, p);
  }
}

static bool put_struct(enc *e, const dyo_field *rows, const char *base)
{
  const char *comma = "{";
  for (const dyo_field *f = rows; f->name; f++) {
    const bool none = absent(f, base);
    if (none && f->dflt == DYO_OPT) continue;
    dyo_buf_puts(e->b, comma);
    dyo_buf_string(e->b, f->name);
    dyo_buf_puts(e->b, ":");
    comma = ",";
    if (none && f->dflt == DYO_NULL) dyo_buf_puts(e->b, "null");
    else if (none && f->type != DYO_T_NUM) {
      dyo_fail(e->err, DYO_INTERNAL, "", "the result's %s was not filled in", f->name);
      return false;
    } else if (!put_value(e, f, base)) return false;
  }
  dyo_buf_puts(e->b, *comma == '{' ? "{}" : "}");
  return true;
}

dyo_status dyo_json_encode(dyo_ctx *ctx, const dyo_field *rows, const void *in, dyo_buf *b, dyo_err *err)
{
  enc e = {ctx, b, err};
  if (!put_struct(&e, rows, in)) return err->code;
  return b->failed ? dyo_oom(err) : DYO_OK;
}

void dyo_json_error(dyo_buf *b, const dyo_err *err)
{
  dyo_buf_puts(b, "{\"code\":");
  dyo_buf_string(b, dyo_status_text(err->code));
  dyo_buf_puts(b, ",\"path\":");
  dyo_buf_string(b, err->path);
  dyo_buf_puts(b, ",\"message\":");
  dyo_buf_string(b, err->message);
  dyo_buf_puts(b, "}");
}
