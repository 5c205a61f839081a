/* SPDX-License-Identifier: GPL-3.0-or-later */
/* book.h - small workbooks in memory from the XML of their parts, and the rows a reader hands over as one text. */
#ifndef DYO_TESTS_BOOK_H
#define DYO_TESTS_BOOK_H

#include <stdio.h>

#include "series/xlsx.h"

#include "zip_writer.h"

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define DOC  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PKG  "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\""

/* XML of the parts; NULL is what a plain workbook has. */
typedef struct {
  const char *types, *root_rels, *book, *book_rels, *strings, *styles;
  const char *sheet, *sheet2; /* what stands inside sheetData, or the whole part where it begins with <? */
  const char *extra, *extra_name;
  const char *props; /* attributes of workbookPr */
  bool        stored;
} book;

static inline void book_part(zip_writer *z, const book *b, const char *name, const char *text)
{
  if (b->stored) zip_stored(z, name, text, strlen(text));
  else zip_deflated(z, name, text, strlen(text));
}

static inline void book_sheet(zip_writer *z, const book *b, const char *name, const char *rows)
{
  const size_t n    = strlen(rows) + 200;
  char        *text = malloc(n);
  if (!text) abort();
  snprintf(text, n, strncmp(rows, "<?", 2) == 0 ? "%s" : "<worksheet " MAIN "><sheetData>%s</sheetData></worksheet>",
           rows);
  book_part(z, b, name, text);
  free(text);
}

static inline void book_write(zip_writer *z, const book *b)
{
  char text[800];
  book_part(z, b, "[Content_Types].xml",
            b->types ? b->types
                     : "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                       "<Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>");
  book_part(z, b, "_rels/.rels",
            b->root_rels ? b->root_rels
                         : "<Relationships " PKG "><Relationship Id=\"rId1\" Type=\"" DOC
                           "/officeDocument\" Target=\"xl/workbook.xml\"/>"
                           "</Relationships>");
  snprintf(text, sizeof text,
           "<workbook " MAIN " xmlns:r=\"" DOC
           "\"><workbookPr %s/><sheets><sheet name=\"Sales\" sheetId=\"1\" r:id=\"rId1\"/>"
           "<sheet name=\"Stock 2024\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>",
           b->props ? b->props : "");
  book_part(z, b, "xl/workbook.xml", b->book ? b->book : text);
  snprintf(
    text, sizeof text,
    "<Relationships " PKG "><Relationship Id=\"rId1\" Type=\"" DOC "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"" DOC "/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>%s%s</Relationships>",
    b->strings ? "<Relationship Id=\"rId3\" Type=\"" DOC "/sharedStrings\" Target=\"sharedStrings.xml\"/>" : "",
    b->styles ? "<Relationship Id=\"rId4\" Type=\"" DOC "/styles\" Target=\"./styles.xml\"/>" : "");
  book_part(z, b, "xl/_rels/workbook.xml.rels", b->book_rels ? b->book_rels : text);
  if (b->strings) book_part(z, b, "xl/sharedStrings.xml", b->strings);
  if (b->styles) book_part(z, b, "xl/styles.xml", b->styles);
  book_sheet(z, b, "xl/worksheets/sheet1.xml", b->sheet ? b->sheet : "");
  book_sheet(z, b, "xl/worksheets/sheet2.xml", b->sheet2 ? b->sheet2 : "");
  if (b->extra) book_part(z, b, b->extra_name, b->extra);
  zip_end(z);
}

/* "3: T(abc) N(1.5) D(2024-01-01) E(#N/A) B(1) -" for each row. */
typedef struct {
  char  *text;
  size_t n, cap, rows;
} told;

static inline dyo_status tell_row(void *user, size_t row, const cell *cells, size_t n)
{
  told *t = user;
  t->rows++;
  for (size_t i = 0; i < n + 1; i++) {
    char when[DYO_TIME_CHARS] = "";
    if (t->cap - t->n < 300) {
      t->cap    = 2 * t->cap + 1000;
      char *big = realloc(t->text, t->cap);
      if (!big) abort();
      t->text = big;
    }
    char *to = t->text + t->n;
    if (i == 0) {
      t->n += (size_t)snprintf(to, 300, "%zu:", row);
      continue;
    }
    const cell *c = cells + i - 1;
    const int   m = c->n < 200 ? (int)c->n : 200;
    if (c->kind == CELL_DATE) dyo_time_print(c->time, c->clock, when);
    if (c->kind == CELL_EMPTY) t->n += (size_t)snprintf(to, 300, " -");
    else if (c->kind == CELL_DATE) t->n += (size_t)snprintf(to, 300, " D(%s)", when);
    else if (c->kind == CELL_NUMBER || c->kind == CELL_BOOL)
      t->n += (size_t)snprintf(to, 300, " %c(%.17g)", c->kind == CELL_BOOL ? 'B' : 'N', c->number);
    else t->n += (size_t)snprintf(to, 300, " %c(%.*s)", c->kind == CELL_TEXT ? 'T' : 'E', m, c->text);
  }
  t->n += (size_t)snprintf(t->text + t->n, 2, "\n");
  return DYO_OK;
}

#endif
