/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_parts.h - what the files of the XLSX reader share: the archive, its XML parts, styles, strings. */
#ifndef DYO_SERIES_XLSX_PARTS_H
#define DYO_SERIES_XLSX_PARTS_H

#include <string.h>

#include "series/xlsx.h"

typedef struct xlsx_zip xlsx_zip;

/* What a number under a format stands for. */
typedef enum { XLSX_PLAIN, XLSX_DATE, XLSX_TIME, XLSX_ELAPSED } xlsx_kind;

typedef struct {
  char  *text; /* malloc'ed */
  size_t n, cap;
} xlsx_buf;

/* All shared strings in one buffer; string i is at[i] up to at[i + 1]. */
typedef struct {
  xlsx_buf buf;
  size_t  *at; /* malloc'ed */
  size_t   n, cap;
} xlsx_strings;

typedef struct {
  const char *id, *type; /* of the relationship; type is what stands after the last slash */
  const char *part;      /* name in the archive */
} xlsx_rel;

typedef struct {
  const char *name, *rel;
  bool        hidden;
} xlsx_sheet;

/* One workbook being read. */
typedef struct {
  dyo_ctx            *ctx;
  const xlsx_options *o;
  xlsx_limits         limits;
  dyo_err            *err;
  xlsx_zip           *zip;
  xlsx_rel           *rels; /* of the workbook */
  size_t              n_rels, cap_rels;
  xlsx_sheet         *sheets;
  size_t              n_sheets, cap_sheets;
  bool                date1904;
  bool                external; /* has links to other workbooks */
  unsigned char      *kinds;    /* xlsx_kind of each cell format; malloc'ed */
  size_t              n_kinds, cap_kinds;
  xlsx_strings        strings;
} xlsx;

/* --- xlsx_zip.c: the archive ---------------------------------------------------------------------------------------- */

enum { XLSX_NOWHERE = -1 };

dyo_status xlsx_zip_open(xlsx *x, const dyo_source *src); /* x->zip, also on errors to be closed */
void       xlsx_zip_close(xlsx_zip *z);                   /* NULL is allowed */
/* Entry of this name, by ASCII without regard to case; XLSX_NOWHERE if there is none. */
int         xlsx_zip_find(const xlsx_zip *z, const char *name);
size_t      xlsx_zip_count(const xlsx_zip *z);
const char *xlsx_zip_name(const xlsx_zip *z, size_t i);
/* One entry at a time: start, read until *got is 0 (the checksum was right then), stop. */
dyo_status xlsx_zip_start(xlsx *x, int entry);
dyo_status xlsx_zip_read(xlsx *x, void *buf, size_t n, size_t *got);
void       xlsx_zip_stop(xlsx_zip *z);

/* --- xlsx_xml.c: a part's elements ---------------------------------------------------------------------------------- */

/* name is without its namespace's prefix; depth is 0 for the root. Anything but DYO_OK ends the reading. text may be NULL. */
typedef struct {
  dyo_status (*start)(void *user, unsigned depth, const char *name, const char *const *attrs);
  dyo_status (*end)(void *user, unsigned depth);
  dyo_status (*text)(void *user, const char *s, size_t n);
} xlsx_handlers;

dyo_status  xlsx_xml_read(xlsx *x, int entry, const xlsx_handlers *h, void *user);
const char *xlsx_attr(const char *const *attrs, const char *name); /* NULL if there is none */
bool        xlsx_attr_true(const char *const *attrs, const char *name);

/* --- xlsx_refuse.c: what is no workbook that can be read, and what to do about it ------------------------------------- */

dyo_status xlsx_refuse_parts(xlsx *x); /* by the names in the archive, and its list of types */

/* --- xlsx_book.c, xlsx_pick.c: workbook, relationships, the choice of a sheet ------------------------------------------ */

dyo_status xlsx_book_read(xlsx *x); /* sheets, rels, date1904, external */
/* Entry of the first relationship of a type, XLSX_NOWHERE if there is none; invalid_input where it names a missing part. */
dyo_status xlsx_rel_entry(xlsx *x, const char *type, int *entry);
/* The same of sheet i; XLSX_NOWHERE where it is no table of cells, but a chart. */
dyo_status xlsx_sheet_entry(xlsx *x, size_t i, int *entry);
dyo_status xlsx_pick(xlsx *x, const char *sheet, size_t *index);

/* --- xlsx_strings.c, xlsx_styles.c, xlsx_format.c ---------------------------------------------------------------------- */

dyo_status xlsx_strings_read(xlsx *x);
dyo_status xlsx_styles_read(xlsx *x);
xlsx_kind  xlsx_format_kind(const char *code);
xlsx_kind  xlsx_builtin_kind(long id);

/* --- xlsx_sheet.c: rows --------------------------------------------------------------------------------------------- */

dyo_status xlsx_sheet_read(xlsx *x, int entry, const char *name, size_t *rows, row_fn fn, void *user);

/* --- xlsx_value.c: texts to values ----------------------------------------------------------------------------------- */

/* Room for n more bytes. False when memory ran out. */
bool xlsx_buf_add(xlsx_buf *b, const char *s, size_t n);
/* Makes room for one more of n items of this size; NULL when memory ran out, and then the old list stands. */
void *xlsx_grow(void *list, size_t n, size_t *cap, size_t size);
/* A whole number, digits only, at most max. */
bool xlsx_count(const char *s, size_t n, size_t max, size_t *out);
/* A decimal number, blanks around it allowed; correctly rounded in any locale. */
bool xlsx_number(const char *s, size_t n, double *out);
/* Turns _x000D_ into the character it stands for, in place; returns the new length. */
size_t xlsx_unescape(char *s, size_t n);
/* A date's serial number to the nearest second. NULL, or why it is no date. */
const char *xlsx_serial(double serial, bool date1904, dyo_time *t);
/* Cuts the white space off both ends of b->text[from..]. */
void xlsx_trim(xlsx_buf *b, size_t from);
/* Whether a formula takes values from another workbook: [1]Sheet1!A1. */
bool xlsx_formula_external(const char *s, size_t n);

#endif
