/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/dyo_json.h"
#include "json/json.h"

enum { MAX_ROWS = 256, FEW_KEYS = 16 };

/* Where in the request: a chain of stack frames, rendered only when something is wrong. */
typedef struct at {
  const struct at *up;
  const char      *name; /* NULL: index counts */
  size_t           index;
} at;

typedef struct {
  dyo_ctx *ctx;
  dyo_err *err;
  bool     loose; /* names that the rows do not know are passed over */
} dec;

static size_t render(const at *a, char *out, size_t size)
{
  size_t n = a->up ? render(a->up, out, size) : 0;
  if (!a->up || n + 4 >= size) return n;
  if (!a->name) {
    const int w = snprintf(out + n, size - n, "/%zu", a->index);
    return w < 0 || (size_t)w >= size - n ? size - 1 : n + (size_t)w;
  }
  out[n++] = '/';
  for (const char *s = a->name; *s && n + 3 < size; s++) {
    if (*s == '~' || *s == '/') {
      out[n++] = '~';
      out[n++] = *s == '~' ? '0' : '1';
    } else {
      out[n++] = *s;
    }
  }
  out[n] = '\0';
  return n;
}

/* {"$bytes": i} and nothing else? */
static bool is_bytes(const cJSON *v)
{
  const cJSON *k = cJSON_IsObject(v) ? v->child : NULL;
  return k && !k->next && strcmp(k->string, "$bytes") == 0;
}

/* "found X" in the words of the request, cut to fit. */
static void found(const cJSON *v, char out[64])
{
  if (cJSON_IsString(v)) snprintf(out, 64, strlen(v->valuestring) > 40 ? "\"%.40s...\"" : "\"%.40s\"", v->valuestring);
  else if (cJSON_IsNumber(v) && isfinite(v->valuedouble)) dyo_number_text(v->valuedouble, out);
  else if (cJSON_IsNumber(v)) snprintf(out, 64, "a number too large for a double");
  else if (cJSON_IsArray(v)) snprintf(out, 64, "an array of %d", cJSON_GetArraySize(v));
  else if (is_bytes(v)) snprintf(out, 64, "bytes");
  else
    snprintf(out, 64, "%s",
             cJSON_IsObject(v)  ? "an object"
             : cJSON_IsTrue(v)  ? "true"
             : cJSON_IsFalse(v) ? "false"
                                : "null");
}

static bool wrong(dec *d, const at *a, const cJSON *v, const char *expected)
{
  char path[sizeof d->err->path] = "", what[64];
  render(a, path, sizeof path);
  found(v, what);
  dyo_fail(d->err, DYO_INVALID_INPUT, path, "found %s; %s is expected", what, expected);
  return false;
}

static bool fail_at(dec *d, const at *a, dyo_status code, const char *message)
{
  char path[sizeof d->err->path] = "";
  render(a, path, sizeof path);
  dyo_fail(d->err, code, path, "%s", message);
  return false;
}

static bool out_of_memory(dec *d)
{
  dyo_oom(d->err);
  return false;
}

/* "a number from 0 to 1", "a whole number above 0 and at most 100". */
static void range_words(const dyo_field *f, const char *noun, char out[128])
{
  char       lo[DYO_NUMBER_CHARS], hi[DYO_NUMBER_CHARS];
  const bool has_lo = f->min > -DBL_MAX, has_hi = f->max < DBL_MAX, above = f->min == DYO_POS;
  dyo_number_text(above ? 0 : f->min, lo);
  dyo_number_text(f->max, hi);
  if (has_lo && has_hi) snprintf(out, 128, above ? "%s above %s and at most %s" : "%s from %s to %s", noun, lo, hi);
  else if (has_lo) snprintf(out, 128, "%s %s %s", noun, above ? "above" : "of at least", lo);
  else if (has_hi) snprintf(out, 128, "%s of at most %s", noun, hi);
  else snprintf(out, 128, "%s", noun);
}

static bool wrong_number(dec *d, const at *a, const cJSON *v, const dyo_field *f, const char *noun)
{
  char words[128], more[224];
  range_words(f, noun, words);
  snprintf(more, sizeof more, "%s%s", words,
           cJSON_IsString(v) ? " (decimal point, no quotes, no thousands separator)" : "");
  return wrong(d, a, v, more);
}

static bool in_range(const dyo_field *f, double x)
{
  return isfinite(x) && x >= f->min && x <= f->max;
}

static bool get_num(dec *d, const at *a, const cJSON *v, const dyo_field *f, double *out)
{
  if (!cJSON_IsNumber(v) || !in_range(f, v->valuedouble)) return wrong_number(d, a, v, f, "a number");
  *out = v->valuedouble;
  return true;
}

static bool get_int(dec *d, const at *a, const cJSON *v, const dyo_field *f, int *out)
{
  if (!cJSON_IsNumber(v) || !in_range(f, v->valuedouble) || floor(v->valuedouble) != v->valuedouble)
    return wrong_number(d, a, v, f, "a whole number");
  *out = (int)v->valuedouble;
  return true;
}

static char *keep(dec *d, const char *s)
{
  const size_t n = strlen(s) + 1;
  char        *p = dyo_alloc(d->ctx, n, 1);
  if (!p) {
    out_of_memory(d);
    return NULL;
  }
  return memcpy(p, s, n);
}

static bool get_str(dec *d, const at *a, const cJSON *v, const dyo_field *f, const char **out)
{
  char         words[64];
  const bool   any     = f->type != DYO_T_STR || (f->flags & DYO_F_INPUT);
  const double longest = any ? DBL_MAX : f->max;
  if (!cJSON_IsString(v)) return wrong(d, a, v, "text in double quotes");
  if ((double)strlen(v->valuestring) > longest) {
    snprintf(words, sizeof words, "text of at most %.0f bytes", f->max);
    return wrong(d, a, v, words);
  }
  *out = keep(d, v->valuestring);
  return *out != NULL;
}

static const char *word_at(const void *list, size_t i)
{
  return ((const char *const *)list)[i];
}

/* One of the words; for DYO_T_WORD also a whole number in range. */
static bool get_enum(dec *d, const at *a, const cJSON *v, const dyo_field *f, int *out)
{
  char   words[288] = "one of";
  size_t n          = 6;
  if (f->type == DYO_T_WORD) {
    range_words(f, "a whole number", words);
    n = strlen(words);
    n += (size_t)snprintf(words + n, sizeof words - n, ", or one of");
  }
  for (int i = 0; f->names[i]; i++) {
    if (cJSON_IsString(v) && strcmp(f->names[i], v->valuestring) == 0) {
      *out = f->type == DYO_T_WORD ? -(i + 1) : i;
      return true;
    }
    const int w = snprintf(words + n, sizeof words - n, "%s \"%s\"", i ? "," : "", f->names[i]);
    if (w > 0) n = n + (size_t)w < sizeof words ? n + (size_t)w : sizeof words - 1;
  }
  const char *near = cJSON_IsString(v) ? dyo_nearest(v->valuestring, word_at, f->names) : NULL;
  if (near) snprintf(words + n, sizeof words - n, " (did you mean \"%s\"?)", near);
  return wrong(d, a, v, words);
}

/* {"$float64": i}: the caller's array i, copied so that the request stays the caller's. */
static bool get_handle(dec *d, const at *a, const cJSON *v, const dyo_field *f, double **out, size_t *n)
{
  const cJSON *k = v->child;
  if (!k || k->next || strcmp(k->string, "$float64") != 0 || !cJSON_IsNumber(k) || !(k->valuedouble >= 0) ||
      !(k->valuedouble < (double)d->ctx->n_in) || floor(k->valuedouble) != k->valuedouble)
    return wrong(d, a, v, "an array of numbers");
  const dyo_array *src = &d->ctx->in[(size_t)k->valuedouble];
  *out                 = DYO_NEW(d->ctx, src->n, double);
  *n                   = src->n;
  if (!*out) return out_of_memory(d);
  if (src->n) memcpy(*out, src->v, src->n * sizeof(double));
  for (size_t i = 0; i < src->n; i++) {
    const double x = src->v[i];
    if ((isnan(x) && (f->flags & DYO_F_NULLS)) || in_range(f, x)) continue;
    const at    here = {a, NULL, i};
    const cJSON bad  = {.type = isnan(x) ? cJSON_NULL : cJSON_Number, .valuedouble = x};
    return wrong_number(d, &here, &bad, f, "a number");
  }
  return true;
}

static bool get_nums(dec *d, const at *a, const cJSON *v, const dyo_field *f, double **out, size_t *n)
{
  size_t i = 0;
  if (cJSON_IsObject(v)) return get_handle(d, a, v, f, out, n);
  if (cJSON_IsNumber(v) && (f->flags & (DYO_F_SCALAR | DYO_F_ONE))) {
    *out = DYO_NEW(d->ctx, 1, double);
    *n   = f->flags & DYO_F_ONE ? DYO_ONE : 1;
    return *out ? get_num(d, a, v, f, *out) : out_of_memory(d);
  }
  if (!cJSON_IsArray(v))
    return wrong(d, a, v,
                 f->flags & (DYO_F_SCALAR | DYO_F_ONE) ? "a number or an array of numbers" : "an array of numbers");
  *n   = (size_t)cJSON_GetArraySize(v);
  *out = DYO_NEW(d->ctx, *n, double);
  if (!*out) return out_of_memory(d);
  for (const cJSON *e = v->child; e; e = e->next, i++) {
    const at here = {a, NULL, i};
    if (cJSON_IsNull(e) && (f->flags & DYO_F_NULLS)) (*out)[i] = NAN;
    else if (!get_num(d, &here, e, f, &(*out)[i])) return false;
  }
  return true;
}

/* Arrays of numbers that are all as long as the first. */
static bool get_rows(dec *d, const at *a, const cJSON *v, const dyo_field *f, dyo_matrix *out)
{
  size_t i = 0, n;
  if (!cJSON_IsArray(v)) return wrong(d, a, v, "an array of arrays of numbers");
  *out = (dyo_matrix){.n = (size_t)cJSON_GetArraySize(v)};
  for (const cJSON *e = v->child; e; e = e->next, i++) {
    const at here = {a, NULL, i};
    double  *row  = NULL;
    char     words[64];
    if (!get_nums(d, &here, e, f, &row, &n)) return false;
    snprintf(words, sizeof words, "an array of %zu numbers, as the first is", out->k);
    if (i && n != out->k) return wrong(d, &here, e, words);
    if (i == 0) {
      out->k = n;
      out->v = DYO_NEW(d->ctx, out->n * (n ? n : 1), double);
      if (!out->v) return out_of_memory(d);
    }
    if (n) memcpy(out->v + i * n, row, n * sizeof *row);
  }
  if (!out->v) out->v = DYO_NEW(d->ctx, 1, double);
  return out->v || out_of_memory(d);
}

/* Length of an array value that may hold at most f->max items. */
static bool get_count(dec *d, const at *a, const cJSON *v, const dyo_field *f, const char *noun, size_t *n)
{
  char words[96];
  if (!(f->type == DYO_T_MAP ? cJSON_IsObject(v) : cJSON_IsArray(v))) return wrong(d, a, v, noun);
  *n = (size_t)cJSON_GetArraySize(v);
  if (f->type == DYO_T_INTS || (double)*n <= f->max) return true;
  snprintf(words, sizeof words, "found %zu entries; at most %.0f are accepted", *n, f->max);
  return fail_at(d, a, DYO_TOO_LARGE, words);
}

static bool get_int_handle(dec *d, const at *a, const cJSON *v, const dyo_field *f, int **out, size_t *n)
{
  double *x = NULL;
  if (!get_handle(d, a, v, f, &x, n)) return false;
  *out = DYO_NEW(d->ctx, *n, int);
  if (!*out) return out_of_memory(d);
  for (size_t i = 0; i < *n; i++) {
    const at    here = {a, NULL, i};
    const cJSON e    = {.type = cJSON_Number, .valuedouble = x[i]};
    if (!get_int(d, &here, &e, f, &(*out)[i])) return false;
  }
  return true;
}

static bool get_ints(dec *d, const at *a, const cJSON *v, const dyo_field *f, int **out, size_t *n)
{
  size_t i = 0;
  if (cJSON_IsObject(v)) return get_int_handle(d, a, v, f, out, n);
  if (!get_count(d, a, v, f, "an array of whole numbers", n)) return false;
  *out = DYO_NEW(d->ctx, *n, int);
  if (!*out) return out_of_memory(d);
  for (const cJSON *e = v->child; e; e = e->next, i++) {
    const at here = {a, NULL, i};
    if (!get_int(d, &here, e, f, &(*out)[i])) return false;
  }
  return true;
}

static bool get_strs(dec *d, const at *a, const cJSON *v, const dyo_field *f, const char ***out, size_t *n)
{
  size_t i = 0;
  if (!get_count(d, a, v, f, "an array of texts", n)) return false;
  *out = DYO_NEW(d->ctx, *n, const char *);
  if (!*out) return out_of_memory(d);
  for (const cJSON *e = v->child; e; e = e->next, i++) {
    const at here = {a, NULL, i};
    if (!get_str(d, &here, e, f, &(*out)[i])) return false;
  }
  return true;
}

static bool get_word(dec *d, const at *a, const cJSON *v, const dyo_field *f, int *out)
{
  const bool whole = cJSON_IsNumber(v) && in_range(f, v->valuedouble) && floor(v->valuedouble) == v->valuedouble;
  return whole ? get_int(d, a, v, f, out) : get_enum(d, a, v, f, out);
}

static bool get_json(dec *d, const at *a, const cJSON *v, const dyo_field *f, const char **out)
{
  dyo_buf    b    = {.secret = d->ctx->secret};
  const bool text = (f->flags & DYO_F_INPUT) != 0;
  if (text && cJSON_IsString(v)) return get_str(d, a, v, f, out);
  if (!cJSON_IsObject(v)) return wrong(d, a, v, text ? "an object, or its JSON text" : "an object");
  json_write(&b, v);
  *out = b.failed ? NULL : keep(d, b.s);
  dyo_buf_free(&b);
  return *out || out_of_memory(d);
}

/* {"$bytes": i}: the caller's file i. Text stands for its own UTF-8 bytes. */
static bool get_bytes(dec *d, const at *a, const cJSON *v, const dyo_source **out)
{
  const double k = is_bytes(v) && cJSON_IsNumber(v->child) ? v->child->valuedouble : -1;
  if (k >= 0 && k < (double)d->ctx->n_files && floor(k) == k) {
    *out = &d->ctx->files[(size_t)k];
    return true;
  }
  if (!cJSON_IsString(v)) return wrong(d, a, v, "the bytes of a file, or its text");
  const char *text = keep(d, v->valuestring);
  dyo_source *s    = text ? DYO_NEW(d->ctx, 1, dyo_source) : NULL;
  if (!s) return out_of_memory(d);
  *s   = dyo_source_bytes(text, strlen(text));
  *out = s;
  return true;
}

static bool get_struct(dec *d, const at *a, const cJSON *v, const dyo_field *rows, void *out);
static bool get_value(dec *d, const at *a, const cJSON *v, const dyo_field *f, char *base);

static bool get_obj(dec *d, const at *a, const cJSON *v, const dyo_field *f, void **out)
{
  *out = dyo_alloc(d->ctx, 1, dyo_field_size(f->sub));
  return *out ? get_struct(d, a, v, f->sub, *out) : out_of_memory(d);
}

static bool get_list(dec *d, const at *a, const cJSON *v, const dyo_field *f, char **out, size_t *n)
{
  const size_t size = dyo_field_size(f->sub);
  size_t       i    = 0;
  if (!get_count(d, a, v, f, "an array of objects", n)) return false;
  *out = dyo_alloc(d->ctx, *n, size);
  if (!*out) return out_of_memory(d);
  for (const cJSON *e = v->child; e; e = e->next, i++) {
    const at here = {a, NULL, i};
    if (!get_struct(d, &here, e, f->sub, *out + i * size)) return false;
  }
  return true;
}

static bool get_map(dec *d, const at *a, const cJSON *v, const dyo_field *f, char **out, size_t *n)
{
  const size_t size = dyo_field_size(f->sub);
  size_t       i    = 0;
  if (!get_count(d, a, v, f, "an object", n)) return false;
  *out = dyo_alloc(d->ctx, *n, size);
  if (!*out) return out_of_memory(d);
  for (const cJSON *e = v->child; e; e = e->next, i++) {
    const at    here = {a, e->string, 0};
    const char *key  = keep(d, e->string);
    if (!key) return false;
    memcpy(*out + i * size + f->sub[0].off, &key, sizeof key);
    if (!get_value(d, &here, e, &f->sub[1], *out + i * size)) return false;
  }
  return true;
}

static bool get_value(dec *d, const at *a, const cJSON *v, const dyo_field *f, char *base)
{
  void   *m = base + f->off;
  size_t *n = (size_t *)(void *)(base + f->off_n);
  switch (f->type) {
  case DYO_T_NUM: return get_num(d, a, v, f, m);
  case DYO_T_INT: return get_int(d, a, v, f, m);
  case DYO_T_STR: return get_str(d, a, v, f, m);
  case DYO_T_ENUM: return get_enum(d, a, v, f, m);
  case DYO_T_WORD: return get_word(d, a, v, f, m);
  case DYO_T_NUMS: return get_nums(d, a, v, f, m, n);
  case DYO_T_ROWS: return get_rows(d, a, v, f, m);
  case DYO_T_INTS: return get_ints(d, a, v, f, m, n);
  case DYO_T_STRS: return get_strs(d, a, v, f, m, n);
  case DYO_T_OBJ: return get_obj(d, a, v, f, m);
  case DYO_T_LIST: return get_list(d, a, v, f, m, n);
  case DYO_T_MAP: return get_map(d, a, v, f, m, n);
  case DYO_T_JSON: return get_json(d, a, v, f, m);
  case DYO_T_BYTES: return get_bytes(d, a, v, m);
  case DYO_T_FLAG:
  case DYO_T_BOOL: break;
  }
  if (!cJSON_IsBool(v)) return wrong(d, a, v, "true or false");
  if (f->type == DYO_T_FLAG) *(int *)m = cJSON_IsTrue(v) ? 1 : 0;
  else *(bool *)m = cJSON_IsTrue(v) ? true : false;
  return true;
}

static const char *row_at(const void *rows, size_t i)
{
  return ((const dyo_field *)rows)[i].name;
}

static bool unknown(dec *d, const at *a, const cJSON *v, const dyo_field *rows)
{
  const at    here = {a, v->string, 0};
  const char *near = dyo_nearest(v->string, row_at, rows);
  char        msg[256];
  if (near) snprintf(msg, sizeof msg, "unknown field \"%.60s\"; did you mean \"%s\"?", v->string, near);
  else
    snprintf(msg, sizeof msg, "unknown field \"%.60s\"; the fields here begin with \"%s\"", v->string,
             rows[0].name ? rows[0].name : "");
  return fail_at(d, &here, DYO_INVALID_INPUT, msg);
}

static bool missing(dec *d, const at *a, const dyo_field *f)
{
  const at here = {a, f->name, 0};
  char     msg[256];
  snprintf(msg, sizeof msg, "%s is missing: %s", f->name, f->doc);
  return fail_at(d, &here, DYO_INVALID_INPUT, msg);
}

static bool get_struct(dec *d, const at *a, const cJSON *v, const dyo_field *rows, void *out)
{
  bool             seen[MAX_ROWS] = {false};
  const dyo_field *next           = rows;
  if (!cJSON_IsObject(v)) return wrong(d, a, v, "an object");
  for (const dyo_field *f = rows; f->name; f++) dyo_field_default(f, out);
  for (const cJSON *e = v->child; e; e = e->next) {
    const dyo_field *f =
      next->name && strcmp(next->name, e->string) == 0 ? next : rows; /* usually in the order of the rows */
    while (f->name && strcmp(f->name, e->string) != 0) f++;
    if (!f->name && d->loose) continue;
    if (!f->name) return unknown(d, a, e, rows);
    next           = f + 1;
    const at here  = {a, f->name, 0};
    seen[f - rows] = true;
    if (cJSON_IsNull(e) && (f->flags & DYO_F_NULL_WORD)) *(int *)(void *)((char *)out + f->off) = 0;
    else if (cJSON_IsNull(e) && f->dflt != DYO_REQ) continue; /* not given */
    else if (!get_value(d, &here, e, f, out)) return false;
  }
  for (const dyo_field *f = rows; f->name; f++)
    if (f->dflt == DYO_REQ && !seen[f - rows]) return missing(d, a, f);
  return true;
}

static int by_key(const void *a, const void *b)
{
  return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static bool twice(dec *d, const at *a, const char *key)
{
  const at here = {a, key, 0};
  return fail_at(d, &here, DYO_INVALID_JSON, "this field name stands twice in one object");
}

static bool distinct_sorted(dec *d, const at *a, const cJSON *o, size_t n)
{
  const cJSON **keys = DYO_NEW(d->ctx, n, const cJSON *);
  size_t        i    = 0;
  if (!keys) return out_of_memory(d);
  for (const cJSON *e = o->child; e; e = e->next) keys[i++] = e;
  qsort(keys, n, sizeof *keys, by_key);
  for (i = 1; i < n; i++)
    if (strcmp(keys[i - 1]->string, keys[i]->string) == 0) return twice(d, a, keys[i]->string);
  return true;
}

/* No object anywhere may hold a key twice. */
static bool distinct(dec *d, const at *a, const cJSON *o)
{
  size_t n = 0;
  if (!cJSON_IsObject(o) && !cJSON_IsArray(o)) return true;
  for (const cJSON *e = o->child; e; e = e->next, n++) {
    const at here = {a, cJSON_IsObject(o) ? e->string : NULL, n};
    if ((cJSON_IsObject(e) || cJSON_IsArray(e)) && !distinct(d, &here, e)) return false;
    if (!cJSON_IsObject(o) || n >= FEW_KEYS) continue;
    for (const cJSON *f = o->child; f != e; f = f->next)
      if (strcmp(e->string, f->string) == 0) return twice(d, a, e->string);
  }
  return !cJSON_IsObject(o) || n <= FEW_KEYS || distinct_sorted(d, a, o, n);
}

/* The texts of a tree that goes. */
static void wipe_texts(cJSON *v)
{
  if (cJSON_IsString(v) && v->valuestring) dyo_wipe(v->valuestring, strlen(v->valuestring));
  for (cJSON *e = v->child; e; e = e->next) wipe_texts(e);
}

static dyo_status decode(dyo_ctx *ctx, const char *parent, const char *text, size_t len, const dyo_field *rows,
                         bool loose, void *out, dyo_err *err)
{
  dec        d   = {ctx, err, loose};
  const at   top = {NULL, NULL, 0}, below = {&top, parent, 0};
  const at   root = parent ? below : top;
  cJSON     *tree = NULL;
  dyo_status st   = DYO_OK;
  if (len > ctx->max_json)
    return dyo_fail(err, DYO_TOO_LARGE, "", "the request has %zu bytes; at most %zu are accepted", len, ctx->max_json);
  st = dyo_json_check(text, len, err);
  if (st != DYO_OK) return st;
  tree = cJSON_ParseWithLength(text, len);
  if (!tree) return dyo_oom(err); /* well-formed, so only memory can be the reason */
  if (!distinct(&d, &root, tree) || !get_struct(&d, &root, tree, rows, out)) st = err->code;
  if (ctx->secret) wipe_texts(tree);
  cJSON_Delete(tree);
  return st;
}

dyo_status dyo_json_decode(dyo_ctx *ctx, const char *text, size_t len, const dyo_field *rows, void *out, dyo_err *err)
{
  return decode(ctx, NULL, text, len, rows, false, out, err);
}

dyo_status dyo_json_decode_in(dyo_ctx *ctx, const char *parent, const char *text, size_t len, const dyo_field *rows,
                              void *out, dyo_err *err)
{
  return decode(ctx, parent, text, len, rows, false, out, err);
}

dyo_status dyo_json_decode_known(dyo_ctx *ctx, const char *parent, const char *text, size_t len, const dyo_field *rows,
                                 void *out, dyo_err *err)
{
  return decode(ctx, parent, text, len, rows, true, out, err);
}
