/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_field.h - rows that describe the members of a struct. One row serves to decode, check, fill the default, encode and document.
 *
 *   static const dyo_field eoq_in[] = {     struct      member         default  min      max   unit           sentence
 *     DYO_NUM(dyo_eoq_in, annual_demand, DYO_REQ, DYO_POS, 1e12, "units/year",  "Expected demand."),
 *     DYO_END(dyo_eoq_in)};
 *
 * The JSON name is the member's name. Default is a value, DYO_REQ (required), DYO_OPT (may be missing: NaN, DYO_NO_INT, NULL, -1 for
 * an enum; such an output is left out) or, in outputs, DYO_NULL (always there, null when NaN).
 * Array members are a pointer `T *name` and a count `size_t n_name`; missing is NULL, empty is not NULL. What a decoder
 * allocates lives in the call's arena. Strings are UTF-8. */
#ifndef DYO_FIELD_H
#define DYO_FIELD_H

#include <float.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_source.h"

#define DYO_REQ    (-DBL_MAX)
#define DYO_OPT    DBL_MAX
#define DYO_NULL   (DBL_MAX / 2)
#define DYO_POS    DBL_MIN  /* as a minimum: strictly above zero */
#define DYO_ONE    SIZE_MAX /* count of a bare item, see DYO_F_ONE; there is one */
#define DYO_NO_INT INT_MIN  /* an optional int that was not given */

typedef enum {
  DYO_T_NUM,  /* double */
  DYO_T_INT,  /* int */
  DYO_T_BOOL, /* bool */
  DYO_T_STR,  /* const char * */
  DYO_T_ENUM, /* int: index into names */
  DYO_T_NUMS, /* double *, size_t */
  DYO_T_INTS, /* int *, size_t */
  DYO_T_STRS, /* const char **, size_t */
  DYO_T_OBJ,  /* T *: one object described by sub */
  DYO_T_LIST, /* T *, size_t: objects described by sub */
  DYO_T_MAP,  /* T *, size_t: entries; sub[0] is the key (DYO_STR), sub[1] the value */
  DYO_T_FLAG, /* int: 1 true, 0 false, -1 not given */
  DYO_T_JSON, /* const char *: an object as JSON text, decoded later by rows that another field chooses; with DYO_F_INPUT the
                 object or its text, for files that other programs wrote */
  DYO_T_WORD,  /* int: a whole number, or word i of names as -(i + 1) */
  DYO_T_BYTES, /* const dyo_source *: a file, by handle or as text; inputs only */
  DYO_T_ROWS   /* dyo_matrix: arrays of numbers, all of one length; inputs only */
} dyo_type;

enum {
  DYO_F_NULLS     = 1,  /* NUMS, ROWS: elements may be null (NaN) */
  DYO_F_SCALAR    = 2,  /* NUMS: one number stands for an array of one; written back as a number where n is 1 */
  DYO_F_INPUT     = 4,  /* STR: may be of any length up to the request's own limit (file contents, model strings) */
  DYO_F_NULL_WORD = 8,  /* ENUM: null is word 0 rather than "not given" */
  DYO_F_REAL      = 32, /* NUMS: whole numbers are written with a decimal point, for readers that tell the two apart */
  DYO_F_ONE       = 16  /* NUMS, LIST: may stand bare, without the array's brackets; its count is then DYO_ONE */
};

/* n rows of k numbers, row after row; missing: v is NULL. */
typedef struct {
  double *v;
  size_t  n, k;
} dyo_matrix;

typedef struct dyo_field {
  const char *name; /* NULL ends the rows */
  dyo_type    type;
  unsigned    flags;
  size_t      off, off_n;     /* of the member, and of its count */
  double      dflt, min, max; /* of the number, of each element, or of the count (STR: bytes; STRS, LIST, MAP: items) */
  const char *unit;
  const char *doc;
  const struct dyo_field *sub;
  const char *const      *names; /* ENUM, WORD: the words, NULL at the end */
  size_t                  size;  /* end row: sizeof the struct */
} dyo_field;

/* offsetof that also checks, at compile time, that the member has the type the row says. */
#define DYO_AT(S, m, T) (offsetof(S, m) + 0 * sizeof(&((S *)0)->m == (T *)0))

#define DYO_ROW(S, m, ty, fl, at, cnt, df, lo, hi, un, dc, sb, nm)                                                \
  {                                                                                                               \
    .name = #m, .type = (ty), .flags = (fl), .off = (at), .off_n = (cnt), .dflt = (df), .min = (lo), .max = (hi), \
    .unit = (un), .doc = (dc), .sub = (sb), .names = (nm)                                                         \
  }

#define DYO_NUM(S, m, df, lo, hi, un, dc) \
  DYO_ROW(S, m, DYO_T_NUM, 0, DYO_AT(S, m, double), 0, df, lo, hi, un, dc, NULL, NULL)
#define DYO_INT(S, m, df, lo, hi, un, dc) \
  DYO_ROW(S, m, DYO_T_INT, 0, DYO_AT(S, m, int), 0, df, lo, hi, un, dc, NULL, NULL)
#define DYO_BOOL(S, m, df, dc) DYO_ROW(S, m, DYO_T_BOOL, 0, DYO_AT(S, m, bool), 0, df, 0, 1, NULL, dc, NULL, NULL)
#define DYO_FLAG(S, m, dc)     DYO_ROW(S, m, DYO_T_FLAG, 0, DYO_AT(S, m, int), 0, DYO_OPT, 0, 1, NULL, dc, NULL, NULL)
#define DYO_STR(S, m, df, len, dc) \
  DYO_ROW(S, m, DYO_T_STR, 0, DYO_AT(S, m, const char *), 0, df, 0, len, NULL, dc, NULL, NULL)
#define DYO_ENUM(S, m, df, words, dc) \
  DYO_ROW(S, m, DYO_T_ENUM, 0, DYO_AT(S, m, int), 0, df, 0, 0, NULL, dc, NULL, words)
#define DYO_ENUM_NULL(S, m, df, words, dc) \
  DYO_ROW(S, m, DYO_T_ENUM, DYO_F_NULL_WORD, DYO_AT(S, m, int), 0, df, 0, 0, NULL, dc, NULL, words)
#define DYO_WORD_INT(S, m, df, lo, hi, words, dc) \
  DYO_ROW(S, m, DYO_T_WORD, 0, DYO_AT(S, m, int), 0, df, lo, hi, NULL, dc, NULL, words)
#define DYO_NUMS(S, m, fl, df, lo, hi, un, dc) \
  DYO_ROW(S, m, DYO_T_NUMS, fl, DYO_AT(S, m, double *), DYO_AT(S, n_##m, size_t), df, lo, hi, un, dc, NULL, NULL)
#define DYO_ROWS(S, m, fl, df, lo, hi, un, dc) \
  DYO_ROW(S, m, DYO_T_ROWS, fl, DYO_AT(S, m, dyo_matrix), 0, df, lo, hi, un, dc, NULL, NULL)
#define DYO_INTS(S, m, df, lo, hi, un, dc) \
  DYO_ROW(S, m, DYO_T_INTS, 0, DYO_AT(S, m, int *), DYO_AT(S, n_##m, size_t), df, lo, hi, un, dc, NULL, NULL)
#define DYO_STRS(S, m, df, count, dc)                                                                               \
  DYO_ROW(S, m, DYO_T_STRS, 0, DYO_AT(S, m, const char **), DYO_AT(S, n_##m, size_t), df, 0, count, NULL, dc, NULL, \
          NULL)
#define DYO_BYTES(S, m, df, dc) \
  DYO_ROW(S, m, DYO_T_BYTES, 0, DYO_AT(S, m, const dyo_source *), 0, df, 0, 0, NULL, dc, NULL, NULL)
#define DYO_JSON(S, m, df, dc) \
  DYO_ROW(S, m, DYO_T_JSON, 0, DYO_AT(S, m, const char *), 0, df, 0, 0, NULL, dc, NULL, NULL)
#define DYO_JSON_TEXT(S, m, df, dc) \
  DYO_ROW(S, m, DYO_T_JSON, DYO_F_INPUT, DYO_AT(S, m, const char *), 0, df, 0, 0, NULL, dc, NULL, NULL)
#define DYO_OBJ(S, m, df, T, rows, dc) DYO_ROW(S, m, DYO_T_OBJ, 0, DYO_AT(S, m, T *), 0, df, 0, 0, NULL, dc, rows, NULL)
#define DYO_LIST(S, m, df, count, T, rows, dc) \
  DYO_ROW(S, m, DYO_T_LIST, 0, DYO_AT(S, m, T *), DYO_AT(S, n_##m, size_t), df, 0, count, NULL, dc, rows, NULL)
#define DYO_MAP(S, m, df, count, T, rows, dc) \
  DYO_ROW(S, m, DYO_T_MAP, 0, DYO_AT(S, m, T *), DYO_AT(S, n_##m, size_t), df, 0, count, NULL, dc, rows, NULL)
#define DYO_END(S)                  \
  {                                 \
    .name = NULL, .size = sizeof(S) \
  }

/* Output rows: no range to keep. `presence` is DYO_REQ, DYO_OPT or DYO_NULL. */
#define DYO_OUT(S, m, presence, un, dc)          DYO_NUM(S, m, presence, -DBL_MAX, DBL_MAX, un, dc)
#define DYO_OUT_NUMS(S, m, fl, presence, un, dc) DYO_NUMS(S, m, fl, presence, -DBL_MAX, DBL_MAX, un, dc)

/* Has the row a default value of its own? */
static inline bool dyo_field_given(const dyo_field *f)
{
  return f->dflt != DYO_REQ && f->dflt != DYO_OPT && f->dflt != DYO_NULL;
}

/* The default of a row into its member of the zeroed struct at base. */
void dyo_field_default(const dyo_field *f, void *base);

/* A number, truth value or index of a word into the member of that name; false where no row has it. */
bool dyo_field_set(const dyo_field *rows, void *base, const char *name, int value);

#endif
