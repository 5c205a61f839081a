/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_json.h - JSON text to structs and back by field rows, strictly. RFC 8259 and nothing more: no trailing bytes, valid UTF-8,
 * no duplicate keys, no NUL inside a string, nesting up to 64, numbers that a double can hold. */
#ifndef DYO_JSON_H
#define DYO_JSON_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_JSON_DEPTH = 64, DYO_JSON_DIGITS = 63 };

/* Text that grows. A write after memory ran out is dropped and `failed` stays set, so that only the end needs a look. */
typedef struct {
  char  *s; /* malloc'ed, NUL-terminated once something was written; the owner frees it */
  size_t n, cap;
  bool   failed;
  bool   secret; /* it is overwritten before its memory goes back */
} dyo_buf;

void dyo_buf_add(dyo_buf *b, const char *s, size_t n);
void dyo_buf_puts(dyo_buf *b, const char *s);
void dyo_buf_printf(dyo_buf *b, const char *fmt, ...) DYO_PRINTF(2, 3);
void dyo_buf_string(dyo_buf *b, const char *s); /* quoted and escaped */
void dyo_buf_number(dyo_buf *b,
                    double   x);       /* shortest digits that read back as x, laid out as JavaScript does; x is finite */
char dyo_buf_last(const dyo_buf *b); /* the byte at its end; NUL where there is none, as after memory ran out */
void dyo_buf_free(dyo_buf *b);

enum { DYO_NUMBER_CHARS = 32 };
size_t dyo_number_text(double x,
                       char   out[DYO_NUMBER_CHARS]); /* the same into a buffer, NUL-terminated; returns the length */

/* Is text[0..len) one strict JSON value? Errors are invalid_json or too_large; the message names the byte. */
dyo_status dyo_json_check(const char *text, size_t len, dyo_err *err);

/* The outermost members of the object text[0..len), in order, as pieces of the text: name without its quotes but with its escapes, and
 * value. False from `each` ends it. Errors as dyo_json_check. text[len] must be readable and not continue the value (a NUL does). */
typedef struct {
  const char *s;
  size_t      n;
} dyo_piece;
typedef bool (*dyo_member)(void *user, dyo_piece name, dyo_piece value);
dyo_status dyo_json_members(const char *text, size_t len, dyo_member each, void *user, dyo_err *err);

/* The same for the elements of the array text[0..len). */
typedef bool (*dyo_element)(void *user, dyo_piece value);
dyo_status dyo_json_elements(const char *text, size_t len, dyo_element each, void *user, dyo_err *err);

/* One JSON object into *out, a struct described by rows: defaults filled in, ranges checked, unknown names refused with the
 * nearest known one. Strings and arrays live in ctx's arena. On an error err->path points into the text. */
dyo_status dyo_json_decode(dyo_ctx *ctx, const char *text, size_t len, const dyo_field *rows, void *out, dyo_err *err);

/* The same for a text that stood in the request under the field `parent`: err->path begins with it. */
dyo_status dyo_json_decode_in(dyo_ctx *ctx, const char *parent, const char *text, size_t len, const dyo_field *rows,
                              void *out, dyo_err *err);

/* The same for a text that others write and may add to: names that the rows do not know are passed over. */
dyo_status dyo_json_decode_known(dyo_ctx *ctx, const char *parent, const char *text, size_t len, const dyo_field *rows,
                                 void *out, dyo_err *err);

/* The struct at `in` as a JSON object, appended to b. A required number that is not finite is an internal error. */
dyo_status dyo_json_encode(dyo_ctx *ctx, const dyo_field *rows, const void *in, dyo_buf *b, dyo_err *err);

/* {"code","path","message"} of an error. */
void dyo_json_error(dyo_buf *b, const dyo_err *err);

/* Nearest of n names by edit distance (transpositions count one), or NULL where none is near enough to be what was meant. */
typedef const char *(*dyo_name_at)(const void *list, size_t i); /* NULL past the end */
const char *dyo_nearest(const char *word, dyo_name_at at, const void *list);

#endif
