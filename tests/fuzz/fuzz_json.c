/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_json.c - the strict JSON layer. Any bytes are taken for a request; what is accepted is written out again, and a second look at
 * that text must accept it and write the same bytes. What is refused must say so in valid JSON, at a path that begins with a slash. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "json/dyo_json.h"

typedef struct {
  const char *id;
  double      v;
} leaf;

typedef struct {
  const char *key;
  int         count;
} entry;

typedef struct {
  leaf   *items;
  size_t  n_items;
  double *row;
  size_t  n_row;
} group;

typedef struct {
  double       num, opt;
  int          count;
  bool         flag;
  const char  *text, *file;
  int          word;
  double      *values, *either;
  size_t       n_values, n_either;
  int         *ints;
  size_t       n_ints;
  const char **texts;
  size_t       n_texts;
  leaf        *one;
  group       *groups;
  size_t       n_groups;
  entry       *map;
  size_t       n_map;
} everything;

static const dyo_field leaf_rows[] = {DYO_STR(leaf, id, DYO_OPT, 64, "A name."),
                                      DYO_NUM(leaf, v, 1, DYO_POS, 1e12, NULL, "A number above zero."), DYO_END(leaf)};

static const dyo_field entry_rows[] = {DYO_STR(entry, key, DYO_REQ, 64, "The key."),
                                       DYO_INT(entry, count, DYO_REQ, -5, 5, NULL, "A small number."), DYO_END(entry)};

static const dyo_field group_rows[] = {DYO_LIST(group, items, DYO_REQ, 100, leaf, leaf_rows, "Things."),
                                       DYO_NUMS(group, row, 0, DYO_OPT, -1, 1, NULL, "Numbers from -1 to 1."),
                                       DYO_END(group)};

static const char *const words[] = {"normal", "poisson", "negative_binomial", NULL};

/* A member of every type that rows know. */
static const dyo_field rows[] = {
  DYO_NUM(everything, num, 0, -DBL_MAX, DBL_MAX, NULL, "Any number."),
  DYO_NUM(everything, opt, DYO_OPT, 0, 1, NULL, "A share."),
  DYO_INT(everything, count, DYO_OPT, -2147483647, 2147483647, NULL, "Any whole number."),
  DYO_BOOL(everything, flag, 0, "Yes or no."),
  DYO_STR(everything, text, DYO_OPT, 40, "A short text."),
  {.name  = "file",
   .type  = DYO_T_STR,
   .flags = DYO_F_INPUT,
   .off   = DYO_AT(everything, file, const char *),
   .dflt  = DYO_OPT,
   .doc   = "Any text."},
  DYO_ENUM(everything, word, 0, words, "A word."),
  DYO_NUMS(everything, values, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "Numbers, null where missing."),
  DYO_NUMS(everything, either, DYO_F_SCALAR, DYO_OPT, 0, 1e6, NULL, "One number or several."),
  DYO_INTS(everything, ints, DYO_OPT, -100, 100, NULL, "Whole numbers."),
  DYO_STRS(everything, texts, DYO_OPT, 20, "Texts."),
  DYO_OBJ(everything, one, DYO_OPT, leaf, leaf_rows, "One thing."),
  DYO_LIST(everything, groups, DYO_OPT, 100, group, group_rows, "Groups of things."),
  DYO_MAP(everything, map, DYO_OPT, 50, entry, entry_rows, "Numbers by name."),
  DYO_END(everything)};

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_json: %s\n", what);
  abort();
}

/* Decode text and write it again; false where it was refused. */
static bool again(dyo_ctx *ctx, const char *text, size_t len, dyo_buf *b, dyo_err *err)
{
  everything all = {0};
  if (dyo_json_decode(ctx, text, len, rows, &all, err) != DYO_OK) return false;
  must(dyo_json_encode(ctx, rows, &all, b, err) == DYO_OK, "what was read cannot be written");
  must(b->s != NULL && strlen(b->s) == b->n, "the text written has a NUL in it");
  return true;
}

static void look_at_refusal(const char *text, size_t len, const dyo_err *err)
{
  dyo_buf b     = {0};
  dyo_err other = {0};
  must(err->code == DYO_INVALID_JSON || err->code == DYO_INVALID_INPUT || err->code == DYO_TOO_LARGE ||
         err->code == DYO_OUT_OF_MEMORY,
       "refused with an unexpected code");
  must(err->path[0] == '\0' || err->path[0] == '/', "the path is no JSON pointer");
  must(err->message[0] != '\0', "refused without a message");
  if (dyo_json_check(text, len, &other) != DYO_OK && len <= ((size_t)1 << 20))
    must(err->code == other.code, "the two ways to read disagree about the text");
  dyo_json_error(&b, err);
  must(dyo_json_check(b.s, b.n, &other) == DYO_OK, "the error object is not JSON");
  dyo_buf_free(&b);
}

/* By handle: a request may name the caller's arrays, and long ones leave as arrays. */
static void by_handle(dyo_ctx *ctx, const char *text, size_t len)
{
  everything all  = {0};
  dyo_err    err  = {0};
  dyo_buf    b    = {0};
  ctx->arrays_out = true;
  if (dyo_json_decode(ctx, text, len, rows, &all, &err) == DYO_OK) {
    must(dyo_json_encode(ctx, rows, &all, &b, &err) == DYO_OK, "what was read cannot be written with arrays");
    must(dyo_json_check(b.s, b.n, &err) == DYO_OK, "the text written with arrays is not JSON");
  }
  dyo_buf_free(&b);
  ctx->arrays_out = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  double          good[70] = {1, 2, 3}, bad[3] = {1, NAN, INFINITY};
  const dyo_array in[] = {{good, 70}, {bad, 3}, {NULL, 0}};
  const char     *text = (const char *)data;
  dyo_ctx         ctx;
  dyo_err         err   = {0};
  dyo_buf         first = {0}, second = {0};

  dyo_ctx_init(&ctx, NULL);
  ctx.max_memory = (size_t)64 << 20;
  ctx.max_json   = (size_t)1 << 20;
  ctx.in         = in;
  ctx.n_in       = 3;
  if (again(&ctx, text, size, &first, &err)) {
    must(dyo_json_check(text, size, &err) == DYO_OK, "accepted, but not JSON");
    must(again(&ctx, first.s, first.n, &second, &err), "the text written is not accepted");
    must(first.n == second.n && memcmp(first.s, second.s, first.n) == 0, "written twice, the texts differ");
    by_handle(&ctx, text, size);
  } else {
    look_at_refusal(text, size, &err);
  }
  dyo_buf_free(&first);
  dyo_buf_free(&second);
  dyo_ctx_clear(&ctx);
  return 0;
}
