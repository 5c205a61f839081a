/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workbooks that are not read: damaged, of another kind, too large, or made to do harm. Each says what to do. */
#include "book_check.h"
#include "pace.h"

static void a_doctype_is_refused_in_every_part(void **state)
{
#define DTD "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]>"
  (void)state;
  refused(&(book){.sheet = DTD "<worksheet><sheetData><row><c><v>&c;</v></c></row></sheetData></worksheet>"},
          DYO_INVALID_INPUT, "xl/worksheets/sheet1.xml has a DOCTYPE");
  refused(&(book){.strings = DTD "<sst><si><t>&c;</t></si></sst>"}, DYO_INVALID_INPUT,
          "xl/sharedStrings.xml has a DOCTYPE");
  refused(&(book){.styles = DTD "<styleSheet/>"}, DYO_INVALID_INPUT, "DOCTYPE");
  refused(&(book){.book = DTD "<workbook/>"}, DYO_INVALID_INPUT, "DOCTYPE");
  refused(&(book){.types = DTD "<Types/>"}, DYO_INVALID_INPUT, "DOCTYPE");
  refused(&(book){.root_rels = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><Relationships/>"}, DYO_INVALID_INPUT,
          "DOCTYPE");
}

static void other_formats_are_refused_with_advice(void **state)
{
  (void)state;
  refused(&(book){.extra = "x", .extra_name = "xl/vbaProject.bin"}, DYO_UNSUPPORTED, "without macros");
  refused(
    &(book){
      .types =
        "<Types><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.ms-excel.sheet.macroEnabled.main+xml\"/></Types>"},
    DYO_UNSUPPORTED, "without macros");
  rows_are(&(book){.types = "<Types><Default Extension=\"bin\" "
                            "ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/></Types>",
                   .sheet = ONE("1")},
           NULL, "1: N(1)\n");
  refused(&(book){.extra = "x", .extra_name = "xl/workbook.bin"}, DYO_UNSUPPORTED,
          "(.xlsb); save it as Excel workbook (.xlsx)");
  refused(&(book){.extra = "x", .extra_name = "content.xml"}, DYO_UNSUPPORTED,
          "(.ods); save it as Excel workbook (.xlsx)");
  refused(&(book){.extra = "x", .extra_name = "word/document.xml"}, DYO_UNSUPPORTED, "Word");
  zip_writer z = {0};
  zip_stored(&z, "readme.txt", "hello", 5);
  zip_end(&z);
  bytes_refused(&z, DYO_INVALID_INPUT, "no xl/workbook.xml");
  zip_free(&z);
  zip_bytes(&z, "date,value\n", 11);
  bytes_refused(&z, DYO_INVALID_INPUT, "the directory at its end is missing");
  z.n = 0;
  bytes_refused(&z, DYO_INVALID_INPUT, "the directory at its end is missing");
  zip_free(&z);
}

static void encrypted_entries_and_unknown_methods_are_refused(void **state)
{
  const book b = {.sheet = ONE("1")};
  zip_writer z = {.flags = 1};
  (void)state;
  book_write(&z, &b);
  bytes_refused(&z, DYO_UNSUPPORTED, "without a password");
  zip_free(&z);
  zip_put(&z, (zip_part){.name = "_rels/.rels", .packed = 3, .size = 3, .method = 9}, "abc");
  zip_end(&z);
  bytes_refused(&z, DYO_UNSUPPORTED, "compressed by method 9");
  zip_free(&z);
}

static void external_links_are_refused_where_a_cell_depends_on_them(void **state)
{
  const char *const rels =
    "<Relationships><Relationship Id=\"rId1\" Type=\"" DOC "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"" DOC "/worksheet\" Target=\"worksheets/sheet2.xml\"/>"
    "<Relationship Id=\"rId9\" Type=\"" DOC
    "/externalLink\" Target=\"externalLinks/externalLink1.xml\"/></Relationships>";
  static const char *const outside[] = {"[1]Sheet1!A1", "SUM('[12]My Sheet'!A1:A9)", "2*[1]!Rate", "\"[\"&amp;[3]S!A1"},
                           *const inside[] = {
                             "A1+B1", "SUM(Table1[1])", "Table1[[#All],[1]]", "\"[1]x\"", "[0]!Name", "x[[1]]", "[1"};
  char row[200];
  (void)state;
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
    snprintf(row, sizeof row, "<row r=\"4\"><c r=\"C4\"><f>%s</f><v>5</v></c></row>", outside[i]);
    refused(&(book){.book_rels = rels, .sheet = row}, DYO_UNSUPPORTED,
            "cell C4 of sheet \"Sales\" takes its value from another workbook");
    rows_are(&(book){.book_rels = rels, .sheet = row, .sheet2 = ONE("2")}, "2", "1: N(2)\n");
  }
  for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
    snprintf(row, sizeof row, "<row r=\"4\"><c r=\"C4\"><f>%s</f><v>5</v></c></row>", inside[i]);
    rows_are(&(book){.book_rels = rels, .sheet = row}, NULL, "4: - - N(5)\n");
  }
}

static void damaged_parts_say_which(void **state)
{
  zip_writer z = {0};
  (void)state;
  refused(&(book){.sheet = "<row r=\"1\"><c t=\"s\"><v>0</v></c></row>"}, DYO_INVALID_INPUT,
          "cell A1 of sheet \"Sales\" refers to shared string 0 of 0");
  refused(&(book){.strings = STRINGS, .sheet = "<row r=\"7\"><c r=\"AB7\" t=\"s\"><v>-1</v></c></row>"},
          DYO_INVALID_INPUT, "cell AB7");
  refused(&(book){.sheet = "<row r=\"1\"><c></row>"}, DYO_INVALID_INPUT,
          "xl/worksheets/sheet1.xml is no valid XML (line 1: mismatched tag)");
  refused(&(book){.sheet = "<row r=\"0\"/>"}, DYO_INVALID_INPUT, "numbered \"0\"");
  refused(&(book){.sheet = "<row r=\"1048577\"/>"}, DYO_INVALID_INPUT, "1 to 1048576");
  refused(&(book){.sheet = "<row r=\"1\"><c r=\"XFE1\"/></row>"}, DYO_INVALID_INPUT, "XFD1048576");
  refused(&(book){.sheet = "<row r=\"1\"><c r=\"17\"/></row>"}, DYO_INVALID_INPUT, "named \"17\"");
  refused(&(book){.book = "<workbook><sheets/></workbook>"}, DYO_INVALID_INPUT, "lists no sheet");
  refused(&(book){.book = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"zz\"/></sheets></workbook>"},
          DYO_INVALID_INPUT, "is not there");
  refused(
    &(book){
      .book_rels =
        "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"../../../etc/passwd\"/></Relationships>"},
    DYO_INVALID_INPUT, "etc/passwd is named in it and is not there");
  z.bad_crc = 1;
  book_write(&z, &(book){.sheet = ONE("1")});
  bytes_refused(&z, DYO_INVALID_INPUT, "has a wrong checksum");
  zip_free(&z);
}

/* Cut anywhere, a workbook is refused in words; nothing of it is taken for the whole. */
static void a_cut_file_is_refused_wherever_it_ends(void **state)
{
  const book b = {.strings = STRINGS, .styles = STYLES, .sheet = ONE("1")};
  (void)state;
  for (int stored = 0; stored < 2; stored++) {
    zip_writer z    = {0};
    book       same = b;
    same.stored     = stored;
    book_write(&z, &same);
    for (size_t n = 2; n < z.n; n += 16 * (size_t)pace(4)) {
      unsigned char     *cut  = malloc(n); /* so that reading on is seen */
      const xlsx_options o    = all_of_it();
      char              *rows = NULL;
      dyo_err            err;
      memcpy(cut, z.data, n);
      assert_int_equal(read_bytes(cut, n, &o, &rows, &err), DYO_INVALID_INPUT);
      assert_string_equal(err.path, "/content");
      assert_true(strlen(err.message) > 40);
      free(rows);
      free(cut);
    }
    zip_free(&z);
  }
}

/* Any one byte wrong: an answer or a refusal in words. */
static void a_wrong_byte_breaks_nothing(void **state)
{
  zip_writer z = {0};
  (void)state;
  book_write(&z, &(book){.strings = STRINGS, .styles = STYLES, .sheet = ONE("1")});
  for (size_t i = 0; i < z.n; i += (size_t)pace(4)) {
    const xlsx_options o    = all_of_it();
    char              *rows = NULL;
    dyo_err            err;
    z.data[i] ^= 0x41;
    if (read_bytes(z.data, z.n, &o, &rows, &err) != DYO_OK) assert_true(strlen(err.message) > 20);
    z.data[i] ^= 0x41;
    free(rows);
  }
  zip_free(&z);
}

static void limits_are_kept(void **state)
{
  const book b = {
    .strings = STRINGS,
    .sheet =
      "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"C2\" t=\"inlineStr\"><is><t>0123456789</t></is></c>"
      "<c r=\"ZZ2\" s=\"0\"/></row>"};
  xlsx_options o = all_of_it();
  (void)state;
  o.limits.rows = 1;
  refused_with(&b, &o, DYO_TOO_LARGE, "/content", "more than 1 rows");
  o.limits = (xlsx_limits){.columns = 2};
  refused_with(&b, &o, DYO_TOO_LARGE, "/content", "cell C2 of sheet \"Sales\" is beyond column 2");
  o.limits = (xlsx_limits){.columns = 3, .rows = 2, .field = 9};
  refused_with(&b, &o, DYO_TOO_LARGE, "/content", "longer than 9 bytes");
  o.limits = (xlsx_limits){.strings = 20};
  refused_with(&b, &o, DYO_TOO_LARGE, "/content", "more than 20 bytes");
  o.limits = (xlsx_limits){.entries = 6};
  refused_with(&b, &o, DYO_TOO_LARGE, "/content", "holds 7 parts; at most 6");
  o.limits = (xlsx_limits){.inflated = 500};
  refused_with(&b, &o, DYO_TOO_LARGE, "/content", "at most 500 are read");
  o.limits = (xlsx_limits){.field = 9};
  refused_with(&(book){.sheet = b.sheet}, &o, DYO_TOO_LARGE, "/content",
               "cell C2 of sheet \"Sales\" has a text of more than 9 bytes");
}

static void a_zip_bomb_is_refused_by_its_ratio(void **state)
{
  enum { ZEROS = 17 << 20 };
  char       *zeros = calloc(1, ZEROS);
  zip_writer  z     = {0};
  const char *rels  = "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"b\"/></Relationships>";
  (void)state;
  zip_stored(&z, "_rels/.rels", rels, strlen(rels));
  memcpy(zeros, "<workbook>", 10);
  zip_deflated(&z, "b", zeros, ZEROS);
  zip_end(&z);
  bytes_refused(&z, DYO_TOO_LARGE, "at most 200 times its size");
  zip_free(&z);
  free(zeros);
}

/* A text of x's between other texts, for parts that are too long or too deep. */
static char *padded(const char *before, const char *each, size_t times, const char *after)
{
  const size_t n = strlen(each);
  char        *s = malloc(strlen(before) + n * times + strlen(after) + 1);
  char        *p = s + sprintf(s, "%s", before);
  for (size_t i = 0; i < times; i++, p += n) memcpy(p, each, n);
  strcpy(p, after);
  return s;
}

static void deep_and_endless_elements_are_refused(void **state)
{
  char *deep = padded("", "<a>", 1000, ""),
       *wide = padded("<row r=\"1\"><c r=\"A1\" x=\"", "y", 3 << 20, "\"><v>1</v></c></row>");
  (void)state;
  refused(&(book){.sheet = deep}, DYO_INVALID_INPUT, "more than 64 deep");
  refused(&(book){.sheet = wide}, DYO_TOO_LARGE, "a tag of more than");
  free(deep);
  free(wide);
}

static dyo_status stop_at_once(void *user, size_t row, const cell *cells, size_t n)
{
  (void)row;
  (void)cells;
  (void)n;
  ++*(int *)user;
  return DYO_CANCELLED;
}

static void the_callers_status_and_cancel_end_the_reading(void **state)
{
  zip_writer         z      = {0};
  const xlsx_options o      = all_of_it();
  volatile int       cancel = 1;
  int                calls  = 0;
  dyo_ctx            ctx;
  xlsx_info          info;
  dyo_err            err;
  (void)state;
  book_write(&z, &(book){.sheet = ONE("1") "<row r=\"2\"><c><v>2</v></c></row>"});
  const dyo_source src = dyo_source_bytes(z.data, z.n);
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(xlsx_read(&ctx, &src, &o, &info, stop_at_once, &calls, &err), DYO_CANCELLED);
  assert_int_equal(calls, 1);
  assert_string_equal(info.sheet, "Sales");
  assert_string_equal(info.sheets[1], "Stock 2024");
  ctx.cancel = &cancel;
  assert_int_equal(xlsx_read(&ctx, &src, &o, &info, stop_at_once, &calls, &err), DYO_CANCELLED);
  assert_int_equal(calls, 1);
  dyo_ctx_clear(&ctx);
  zip_free(&z);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_doctype_is_refused_in_every_part),
                                     cmocka_unit_test(other_formats_are_refused_with_advice),
                                     cmocka_unit_test(encrypted_entries_and_unknown_methods_are_refused),
                                     cmocka_unit_test(external_links_are_refused_where_a_cell_depends_on_them),
                                     cmocka_unit_test(damaged_parts_say_which),
                                     cmocka_unit_test(a_cut_file_is_refused_wherever_it_ends),
                                     cmocka_unit_test(a_wrong_byte_breaks_nothing),
                                     cmocka_unit_test(limits_are_kept),
                                     cmocka_unit_test(a_zip_bomb_is_refused_by_its_ratio),
                                     cmocka_unit_test(deep_and_endless_elements_are_refused),
                                     cmocka_unit_test(the_callers_status_and_cancel_end_the_reading)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
