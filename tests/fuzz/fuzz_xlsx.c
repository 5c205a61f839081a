/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_xlsx.c - the XLSX reader. The first byte picks what the rest is: a whole file, or one XML part of an otherwise sound workbook, so
 * that the checksum of a zip archive does not keep the fuzzer from the XML. Cells must be as rows.h says, errors in words, and
 * a second reading the same. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyo_utf8.h"

#include "../core/series/book.h"

enum { LARGEST_MEMORY = 64 << 20 };

typedef struct {
  uint64_t hash; /* of all rows */
  size_t   rows;
} seen;

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_xlsx: %s\n", what);
  abort();
}

static void mix(seen *s, const void *p, size_t n)
{
  for (size_t i = 0; i < n; i++) s->hash = (s->hash ^ ((const unsigned char *)p)[i]) * 1099511628211u;
}

static void utf8_must_be_sound(const char *text, size_t n)
{
  const unsigned char *p = (const unsigned char *)text, *end = p + n;
  while (p < end) {
    const size_t k = dyo_utf8_len(p, end);
    must(k > 0, "a cell's text is not UTF-8");
    p += k;
  }
}

static dyo_status on_row(void *user, size_t row, const cell *cells, size_t n)
{
  seen *s = user;
  s->rows++;
  must(row >= 1 && row <= 1048576, "a row's number");
  must(n >= 1 && n <= 16384 && cells[n - 1].kind != CELL_EMPTY, "a row's cells");
  mix(s, &row, sizeof row);
  for (size_t i = 0; i < n; i++) {
    const cell *c = cells + i;
    mix(s, &c->kind, sizeof c->kind);
    must(c->text != NULL, "a cell without text");
    must(c->kind == CELL_EMPTY || c->n > 0, "an empty cell that is not EMPTY");
    must(isfinite(c->number), "a number");
    must(c->kind != CELL_DATE || (c->time >= -62135596800 && c->time < 253402300800), "a date");
    utf8_must_be_sound(c->text, c->n);
    mix(s, c->text, c->n);
  }
  return DYO_OK;
}

static dyo_status read_once(const void *bytes, size_t n, const char *sheet, seen *s)
{
  const dyo_source   src = dyo_source_bytes(bytes, n);
  const xlsx_options o   = {
      .sheet = sheet, .where = "/content", .where_sheet = "/sheet", .limits = {.inflated = 32 << 20}};
  dyo_ctx   ctx;
  xlsx_info info;
  dyo_err   err = {0};
  dyo_ctx_init(&ctx, NULL);
  ctx.max_memory      = LARGEST_MEMORY;
  const dyo_status st = xlsx_read(&ctx, &src, &o, &info, on_row, s, &err);
  must(st == DYO_OK || (st == err.code && strlen(err.message) > 10), "an error without words");
  must(st == DYO_OK || st == DYO_INVALID_INPUT || st == DYO_UNSUPPORTED || st == DYO_TOO_LARGE ||
         st == DYO_OUT_OF_MEMORY,
       "a status that is not the reader's");
  must(st != DYO_OK || info.rows == s->rows, "the count of rows");
  dyo_ctx_clear(&ctx);
  return st;
}

static void look_at(const void *bytes, size_t n, const char *sheet)
{
  seen             a = {0}, b = {0};
  const dyo_status first = read_once(bytes, n, sheet, &a);
  must(read_once(bytes, n, sheet, &b) == first && a.hash == b.hash && a.rows == b.rows, "two readings differ");
}

#define SOUND_STRINGS "<sst><si><t>a</t></si><si><r><t>b</t></r></si></sst>"
#define SOUND_STYLES  "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
#define SOUND_SHEET \
  "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\"><v>45292</v></c><c><f>[1]a!A1</f><v>1</v></c></row>"

/* The workbook whose part `which` is this text. */
static book with_part(unsigned which, const char *text)
{
  book b = {
    .stored = true, .strings = SOUND_STRINGS, .styles = SOUND_STYLES, .sheet = SOUND_SHEET, .sheet2 = SOUND_SHEET};
  switch (which) {
  case 1: b.strings = text; break;
  case 2: b.styles = text; break;
  case 3: b.book = text; break;
  case 4: b.book_rels = text; break;
  case 5: b.root_rels = text; break;
  case 6: b.types = text; break;
  default: b.sheet = text; break;
  }
  return b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0) return 0;
  const unsigned which = data[0] % 8;
  const char    *sheet = data[0] & 64 ? "2" : NULL;
  if (which == 0) {
    look_at(data + 1, size - 1, sheet);
    return 0;
  }
  char      *text = malloc(size);
  zip_writer z    = {0};
  if (!text) return 0;
  memcpy(text, data + 1, size - 1);
  text[size - 1] = '\0';
  const book b   = with_part(which, text);
  book_write(&z, &b);
  look_at(z.data, z.n, sheet);
  zip_free(&z);
  free(text);
  return 0;
}
