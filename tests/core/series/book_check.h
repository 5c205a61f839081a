/* SPDX-License-Identifier: GPL-3.0-or-later */
/* book_check.h - what a workbook must read as, or be refused with; for the tests of the XLSX reader. */
#ifndef DYO_TESTS_BOOK_CHECK_H
#define DYO_TESTS_BOOK_CHECK_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "book.h"

#define STYLES                                                                                                             \
  "<styleSheet " MAIN "><numFmts count=\"3\"><numFmt numFmtId=\"164\" formatCode=\"dd.mm.yyyy\"/>"                         \
  "<numFmt numFmtId=\"165\" formatCode=\"[h]:mm\"/><numFmt numFmtId=\"166\" formatCode=\"0.00&quot;d&quot;\"/></numFmts>"  \
  "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs count=\"7\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"       \
  "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/><xf numFmtId=\"20\"/><xf numFmtId=\"22\"/></cellXfs>" \
  "</styleSheet>"
#define STRINGS                                                                                                   \
  "<sst " MAIN                                                                                                    \
  "><si><t>SKU</t></si><si><r><rPr><b/></rPr><t xml:space=\"preserve\">rich </t></r><r><t>text</t></r></si>"      \
  "<si><t>\xE6\x9D\xB1\xE4\xBA\xAC</t><rPh sb=\"0\" eb=\"2\"><t>toukyou</t></rPh><phoneticPr fontId=\"1\"/></si>" \
  "<si><t>  cut  </t></si><si><t xml:space=\"preserve\">  kept  </t></si><si><t>a_x000D_b_x005F_x0041_</t></si>"  \
  "<si><t>_xD83D__xDE00_</t></si><si/></sst>"
#define ONE(v) "<row r=\"1\"><c r=\"A1\"><v>" v "</v></c></row>"

static inline xlsx_options all_of_it(void)
{
  return (xlsx_options){.where = "/content", .where_sheet = "/sheet"};
}

/* Reads bytes with these options; the text of the rows is freed by the caller. */
static inline dyo_status read_bytes(const void *bytes, size_t n, const xlsx_options *o, char **rows, dyo_err *err)
{
  dyo_ctx          ctx;
  xlsx_info        info;
  told             t   = {0};
  const dyo_source src = dyo_source_bytes(bytes, n);
  dyo_ctx_init(&ctx, NULL);
  memset(err, 0, sizeof *err);
  const dyo_status st = xlsx_read(&ctx, &src, o, &info, tell_row, &t, err);
  if (st == DYO_OK) assert_int_equal(info.rows, t.rows);
  dyo_ctx_clear(&ctx);
  if (!t.text) t.text = calloc(1, 1);
  *rows = t.text;
  return st;
}

static inline dyo_status read_book(const book *b, const xlsx_options *o, char **rows, dyo_err *err)
{
  zip_writer z = {0};
  book_write(&z, b);
  const dyo_status st = read_bytes(z.data, z.n, o, rows, err);
  zip_free(&z);
  return st;
}

static inline void rows_are(const book *b, const char *sheet, const char *want)
{
  xlsx_options o    = all_of_it();
  char        *rows = NULL;
  dyo_err      err;
  o.sheet = sheet;
  if (read_book(b, &o, &rows, &err) != DYO_OK) fail_msg("%s at %s", err.message, err.path);
  assert_string_equal(rows, want);
  free(rows);
}

static inline void refused_with(const book *b, const xlsx_options *o, dyo_status code, const char *path,
                                const char *says)
{
  char   *rows = NULL;
  dyo_err err;
  assert_int_equal(read_book(b, o, &rows, &err), code);
  assert_string_equal(err.path, path);
  if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
  free(rows);
}

static inline void refused(const book *b, dyo_status code, const char *says)
{
  const xlsx_options o = all_of_it();
  refused_with(b, &o, code, "/content", says);
}

static inline void bytes_refused(const zip_writer *z, dyo_status code, const char *says)
{
  const xlsx_options o    = all_of_it();
  char              *rows = NULL;
  dyo_err            err;
  assert_int_equal(read_bytes(z->data, z->n, &o, &rows, &err), code);
  assert_string_equal(err.path, "/content");
  if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
  free(rows);
}

#endif
