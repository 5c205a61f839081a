/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cell becomes is ECMA-376 part 1 (18.3.1.4, 18.8.30, 18.17.4); dates of serial numbers are Excel's own, as its documentation tells
 * them: 1 is 1900-01-01, 61 is 1900-03-01, 45292 is 2024-01-01; in the 1904 system 0 is 1904-01-01, 43830 is 2024-01-01. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "book.h"

static xlsx_options all_of_it(void)
{
  return (xlsx_options){.where = "/content", .where_sheet = "/sheet"};
}

/* Reads bytes with these options; the text of the rows is freed by the caller. */
static dyo_status read_bytes(const void *bytes, size_t n, const xlsx_options *o, char **rows, dyo_err *err)
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

static dyo_status read_book(const book *b, const xlsx_options *o, char **rows, dyo_err *err)
{
  zip_writer z = {0};
  book_write(&z, b);
  const dyo_status st = read_bytes(z.data, z.n, o, rows, err);
  zip_free(&z);
  return st;
}

static void rows_are(const book *b, const char *sheet, const char *want)
{
  xlsx_options o    = all_of_it();
  char        *rows = NULL;
  dyo_err      err;
  o.sheet = sheet;
  if (read_book(b, &o, &rows, &err) != DYO_OK) fail_msg("%s at %s", err.message, err.path);
  assert_string_equal(rows, want);
  free(rows);
}

static void refused_with(const book *b, const xlsx_options *o, dyo_status code, const char *path, const char *says)
{
  char   *rows = NULL;
  dyo_err err;
  assert_int_equal(read_book(b, o, &rows, &err), code);
  assert_string_equal(err.path, path);
  if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
  free(rows);
}

static void refused(const book *b, dyo_status code, const char *says)
{
  const xlsx_options o = all_of_it();
  refused_with(b, &o, code, "/content", says);
}

static void bytes_refused(const zip_writer *z, dyo_status code, const char *says)
{
  const xlsx_options o    = all_of_it();
  char              *rows = NULL;
  dyo_err            err;
  assert_int_equal(read_bytes(z->data, z->n, &o, &rows, &err), code);
  assert_string_equal(err.path, "/content");
  if (!strstr(err.message, says)) fail_msg("\"%s\" does not say \"%s\"", err.message, says);
  free(rows);
}

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

static void shared_strings_are_joined_cut_and_unescaped(void **state)
{
  const book b = {.strings = STRINGS,
                  .sheet =
                    "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
                    "<c r=\"C1\" t=\"s\"><v>2</v></c></row><row r=\"2\"><c r=\"A2\" t=\"s\"><v>3</v></c>"
                    "<c r=\"B2\" t=\"s\"><v>4</v></c><c r=\"C2\" t=\"s\"><v>5</v></c><c r=\"D2\" t=\"s\"><v>6</v></c>"
                    "<c r=\"E2\" t=\"s\"><v>7</v></c></row>"};
  (void)state;
  rows_are(
    &b, NULL,
    "1: T(SKU) T(rich text) T(\xE6\x9D\xB1\xE4\xBA\xAC)\n2: T(cut) T(  kept  ) T(a\rb_x0041_) T(\xF0\x9F\x98\x80)\n");
}

static void every_type_of_cell_is_read(void **state)
{
  const book b = {
    .strings = STRINGS,
    .sheet =
      "<row r=\"1\"><c r=\"A1\"><v>1.5</v></c><c r=\"B1\" t=\"n\"><v>-2E3</v></c><c r=\"C1\" t=\"b\"><v>1</v></c>"
      "<c r=\"D1\" t=\"b\"><v>0</v></c><c r=\"E1\" t=\"e\"><v>#DIV/0!</v></c><c r=\"F1\" t=\"str\"><f>A1</f>"
      "<v>x &amp; y</v></c><c r=\"G1\" t=\"inlineStr\"><is><t>in</t></is></c><c r=\"H1\" t=\"inlineStr\"><is><r><t>a"
      "</t></r><r><t>b</t></r><rPh><t>no</t></rPh></is></c><c r=\"I1\" t=\"d\"><v>2024-02-29T12:30:00</v></c>"
      "<c r=\"J1\"><f>1+1</f><v>2</v></c><c r=\"K1\"><v>many</v></c><c r=\"L1\"><v>nan</v></c></row>"};
  (void)state;
  rows_are(&b, NULL,
           "1: N(1.5) N(-2000) B(1) B(0) E(#DIV/0!) T(x & y) T(in) T(ab) D(2024-02-29T12:30:00) N(2) T(many) T(nan)\n");
}

/* openpyxl writes formulas without values; a formula whose value is the empty text has one. */
static void a_formula_without_its_value_says_so(void **state)
{
  const book b = {.sheet = "<row r=\"1\"><c r=\"A1\"><f>SUM(B1:B9)</f><v></v></c><c r=\"B1\"><f>1+1</f></c>"
                           "<c r=\"C1\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"D1\"><v>3</v></c></row>"};
  (void)state;
  rows_are(&b, NULL, "1: E(a formula without its value) E(a formula without its value) - N(3)\n");
}

static void rows_and_gaps_are_as_the_file_has_them(void **state)
{
  const book b = {
    .sheet =
      "<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"D2\"><v>2</v></c><c r=\"F2\" s=\"1\"/></row><row r=\"3\"/>"
      "<row r=\"5\"><c r=\"A5\" s=\"1\"/></row><row r=\"7\"><c><v>1</v></c><c><v>2</v></c><c r=\"e7\"><v>3</v></c>"
      "<c><v>4</v></c></row><row><c><v>5</v></c></row>"};
  (void)state;
  rows_are(&b, NULL, "2: - N(1) - N(2)\n7: N(1) N(2) - - N(3) N(4)\n8: N(5)\n");
}

static void merged_cells_have_their_value_in_the_first(void **state)
{
  const book b = {
    .sheet =
      "<?xml version=\"1.0\"?><worksheet " MAIN "><dimension ref=\"A1:C2\"/><cols><col min=\"1\"/></cols><sheetData>"
      "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>title</t></is></c><c r=\"B1\" s=\"1\"/><c r=\"C1\" s=\"1\"/></row>"
      "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"C2\"><v>2</v></c></row></sheetData><mergeCells><mergeCell ref=\"A1:C1\"/>"
      "</mergeCells><extLst><ext><sheetData><row r=\"9\"><c r=\"A9\"><v>9</v></c></row></sheetData></ext></extLst></worksheet>"};
  (void)state;
  rows_are(&b, NULL, "1: T(title)\n2: N(1) - N(2)\n");
}

static void serials_of_the_1900_system_are_dates(void **state)
{
  const book b = {
    .styles = STYLES,
    .sheet =
      "<row r=\"1\"><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"2\"><v>61</v></c><c s=\"2\"><v>45292</v></c>"
      "<c s=\"6\"><v>45292.75</v></c><c s=\"2\"><v>2958465</v></c></row>"
      "<row r=\"2\"><c s=\"6\"><v>45291.999999</v></c><c s=\"6\"><v>45292.000011574073</v></c>"
      "<c s=\"6\"><v>45292.5208333333</v></c></row>"
      "<row r=\"3\"><c s=\"1\"><v>60</v></c></row><row r=\"4\"><c s=\"1\"><v>-1</v></c></row><row r=\"5\"><c s=\"1\"><v>0</v></c></row>"
      "<row r=\"6\"><c s=\"1\"><v>2958466</v></c></row>"};
  (void)state;
  rows_are(&b, NULL,
           "1: D(1900-01-01) D(1900-02-28) D(1900-03-01) D(2024-01-01) D(2024-01-01T18:00:00) D(9999-12-31)\n"
           "2: D(2024-01-01) D(2024-01-01T00:00:01) D(2024-01-01T12:30:00)\n"
           "3: E(60 (29 February 1900, a day that never was))\n"
           "4: E(-1 (a date before the first that the workbook can hold))\n"
           "5: E(0 (day 0 of January 1900, which is no date))\n6: E(2958466 (a date after the year 9999))\n");
}

static void serials_of_the_1904_system_are_dates(void **state)
{
  const book b = {.styles = STYLES,
                  .props  = "date1904=\"1\"",
                  .sheet  = "<row r=\"1\"><c s=\"1\"><v>0</v></c><c s=\"1\"><v>60</v></c><c s=\"1\"><v>43830</v></c>"
                            "<c s=\"1\"><v>2957003</v></c></row>"};
  (void)state;
  rows_are(&b, NULL, "1: D(1904-01-01) D(1904-03-01) D(2024-01-01) D(9999-12-31)\n");
}

static void elapsed_time_and_clock_times_are_numbers(void **state)
{
  const book b = {
    .styles = STYLES,
    .sheet = "<row r=\"1\"><c s=\"3\"><v>1.5</v></c><c s=\"5\"><v>0.25</v></c><c s=\"5\"><v>45292.25</v></c><c s=\"4\">"
             "<v>45292</v></c><c s=\"0\"><v>45292</v></c><c s=\"99\"><v>45292</v></c></row>"};
  (void)state;
  rows_are(&b, NULL, "1: N(1.5) N(0.25) D(2024-01-01T06:00:00) N(45292) N(45292) N(45292)\n");
}

/* The codes of a styles part of one custom format, and whether 45292.25 under it is a date. */
static void custom_formats_are_told_apart(void **state)
{
  static const struct {
    const char *code;
    char        kind; /* D, or N */
  } cases[] = {{"yyyy-mm-dd", 'D'},
               {"d/m/yy h:mm;@", 'D'},
               {"[$-409]mmmm d, yyyy", 'D'},
               {"[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", 'D'},
               {"[$-411]ge.m.d", 'D'},
               {"mmm", 'D'},
               {"m", 'D'},
               {"yyyy\"\xE5\xB9\xB4\"m\"\xE6\x9C\x88\"d\"\xE6\x97\xA5\"", 'D'},
               {"[Red]dd.mm.yyyy", 'D'},
               {"General;d/m/yyyy", 'D'},
               {"h:mm AM/PM", 'D'},
               {"mm:ss.0", 'D'},
               {"[h]:mm:ss", 'N'},
               {"[mm]:ss", 'N'},
               {"General", 'N'},
               {"GENERAL", 'N'},
               {"0.00E+00", 'N'},
               {"##0.0e-0", 'N'},
               {"0.00", 'N'},
               {"#,##0 \"days\"", 'N'},
               {"0\\d", 'N'},
               {"_d0_y", 'N'},
               {"*m0", 'N'},
               {"[Magenta]0;[Cyan]-0", 'N'},
               {"[$USD-409] #,##0.00", 'N'},
               {"[$\xE2\x82\xAC-407]#,##0", 'N'},
               {"[>=1000]0,\"thousand\";0", 'N'},
               {"0;-0;0;\"dmy\"@", 'N'},
               {"0;-0;0;dmy", 'N'},
               {"@", 'N'},
               {"\"open", 'N'},
               {"[open", 'N'},
               {"0\\", 'N'},
               {"", 'N'}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char   styles[600], row[400], want[400], code[200];
    size_t n = 0;
    for (const char *p = cases[i].code; *p; p++) {
      const char *as = *p == '"' ? "&quot;" : *p == '>' ? "&gt;" : NULL;
      n += (size_t)(as ? snprintf(code + n, 8, "%s", as) : snprintf(code + n, 2, "%c", *p));
    }
    code[n] = '\0';
    snprintf(styles, sizeof styles,
             "<styleSheet " MAIN
             "><cellXfs><xf numFmtId=\"170\"/></cellXfs><numFmts><numFmt numFmtId=\"170\" formatCode=\"%s\"/>"
             "</numFmts></styleSheet>",
             code);
    snprintf(row, sizeof row, "<row><c s=\"0\"><v>45292.25</v></c><c t=\"str\"><v>code: %s</v></c></row>", code);
    snprintf(want, sizeof want, "1: %s T(code: %s)\n", cases[i].kind == 'D' ? "D(2024-01-01T06:00:00)" : "N(45292.25)",
             cases[i].code);
    rows_are(&(book){.styles = styles, .sheet = row}, NULL, want);
  }
}

static void builtin_formats_are_told_apart(void **state)
{
  static const int dates[]   = {14, 22, 27, 36, 50, 58, 18, 21, 45, 47},
                   numbers[] = {0, 1, 13, 23, 26, 37, 44, 46, 48, 49, 59, 163};
  char styles[300];
  (void)state;
  for (size_t i = 0; i < 22; i++) {
    snprintf(styles, sizeof styles, "<styleSheet><cellXfs><xf numFmtId=\"%d\"/></cellXfs></styleSheet>",
             i < 10 ? dates[i] : numbers[i - 10]);
    rows_are(&(book){.styles = styles, .sheet = "<row><c><v>45292</v></c></row>"}, NULL,
             i < 10 ? "1: D(2024-01-01)\n" : "1: N(45292)\n");
  }
}

/* Against the C library, which is correctly rounded, in its "C" locale. */
static void numbers_are_correctly_rounded(void **state)
{
  static const char *const texts[] = {"0",
                                      "-0",
                                      "0.1",
                                      "0.10000000000000001",
                                      "123456789012345678901234567890",
                                      "1e22",
                                      "1E-22",
                                      "1e23",
                                      ".5",
                                      "5.",
                                      "9007199254740993",
                                      "2.2250738585072014E-308",
                                      "5e-324",
                                      "1e-400",
                                      "+7.5",
                                      "1.7976931348623157e308",
                                      "12345678901234567.125",
                                      "0.000000000000000000000000001"};
  static const char *const bad[]   = {"", "-", ".", "1e", "1e+", "0x10", "inf", "1.2.3", "1,5", "1 2", "1e999", "--1"};
  char                     row[200], want[80];
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    snprintf(row, sizeof row, "<row><c><v> %s\n</v></c></row>", texts[i]);
    snprintf(want, sizeof want, "1: N(%.17g)\n", strtod(texts[i], NULL));
    rows_are(&(book){.sheet = row}, NULL, want);
  }
  for (size_t i = 1; i < sizeof bad / sizeof *bad; i++) {
    snprintf(row, sizeof row, "<row><c><v>%s</v></c></row>", bad[i]);
    snprintf(want, sizeof want, "1: T(%s)\n", bad[i]);
    rows_are(&(book){.sheet = row}, NULL, want);
  }
}

#define ONE(v) "<row r=\"1\"><c r=\"A1\"><v>" v "</v></c></row>"

static void a_sheet_is_chosen_by_name_or_number(void **state)
{
  const book   b = {.sheet = ONE("1"), .sheet2 = ONE("2")};
  xlsx_options o = all_of_it();
  (void)state;
  rows_are(&b, NULL, "1: N(1)\n");
  rows_are(&b, "Sales", "1: N(1)\n");
  rows_are(&b, "Stock 2024", "1: N(2)\n");
  rows_are(&b, "stock 2024", "1: N(2)\n");
  rows_are(&b, "2", "1: N(2)\n");
  o.sheet = "Stok 2023";
  refused_with(&b, &o, DYO_INVALID_INPUT, "/sheet", "no sheet \"Stok 2023\"; the nearest is \"Stock 2024\"");
  o.sheet = "3";
  refused_with(&b, &o, DYO_INVALID_INPUT, "/sheet", "from 1 to 2");
}

static void the_first_sheet_with_data_is_taken_hidden_ones_last(void **state)
{
  const char *const hidden =
    "<workbook " MAIN " xmlns:q=\"" DOC "\"><sheets><sheet name=\"a\" sheetId=\"1\" state=\"hidden\" q:id=\"rId1\"/>"
    "<sheet name=\"b\" sheetId=\"2\" q:id=\"rId2\"/></sheets></workbook>";
  (void)state;
  rows_are(&(book){.sheet2 = ONE("2")}, NULL, "1: N(2)\n");
  rows_are(&(book){.book = hidden, .sheet = ONE("1"), .sheet2 = ONE("2")}, NULL, "1: N(2)\n");
  rows_are(&(book){.book = hidden, .sheet = ONE("1")}, NULL, "1: N(1)\n");
  rows_are(&(book){0}, NULL, "");
}

static void prefixes_and_strict_namespaces_are_read(void **state)
{
  const char *const strict = "http://purl.oclc.org/ooxml/officeDocument/relationships";
  char              root[400], rels[400];
  snprintf(root, sizeof root,
           "<Relationships " PKG
           "><Relationship Id=\"a\" Type=\"%s/officeDocument\" Target=\"/book/b.xml\"/></Relationships>",
           strict);
  snprintf(
    rels, sizeof rels,
    "<p:Relationships xmlns:p=\"x\"><p:Relationship Id=\"s\" Type=\"%s/worksheet\" Target=\"../xl/./worksheets\\SHEET1.xml\"/></p:Relationships>",
    strict);
  (void)state;
  zip_writer        z = {0};
  const char *const wb =
    "<x:workbook xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" xmlns:r=\"r\"><x:sheets>"
    "<x:sheet name=\"one\" r:id=\"s\"/></x:sheets></x:workbook>";
  const char *const sheet =
    "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\">"
    "<x:sheetData><x:row r=\"1\"><x:c r=\"A1\" t=\"d\"><x:v>2024-05-01</x:v></x:c></x:row></x:sheetData></x:worksheet>";
  zip_stored(&z, "_rels/.rels", root, strlen(root));
  z.flags = ZIP_DESCRIPTOR;
  zip_deflated(&z, "book/b.xml", wb, strlen(wb));
  zip_deflated(&z, "book/_rels/b.xml.rels", rels, strlen(rels));
  zip_deflated(&z, "xl\\worksheets\\sheet1.xml", sheet, strlen(sheet));
  zip_end(&z);
  const xlsx_options o    = all_of_it();
  char              *rows = NULL;
  dyo_err            err;
  if (read_bytes(z.data, z.n, &o, &rows, &err) != DYO_OK) fail_msg("%s", err.message);
  assert_string_equal(rows, "1: D(2024-05-01)\n");
  free(rows);
  zip_free(&z);
}

/* --- refusals --------------------------------------------------------------------------------------------------------- */

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
    for (size_t n = 2; n < z.n; n += 16) {
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
  for (size_t i = 0; i < z.n; i++) {
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
  const struct CMUnitTest tests[] = {cmocka_unit_test(shared_strings_are_joined_cut_and_unescaped),
                                     cmocka_unit_test(every_type_of_cell_is_read),
                                     cmocka_unit_test(a_formula_without_its_value_says_so),
                                     cmocka_unit_test(rows_and_gaps_are_as_the_file_has_them),
                                     cmocka_unit_test(merged_cells_have_their_value_in_the_first),
                                     cmocka_unit_test(serials_of_the_1900_system_are_dates),
                                     cmocka_unit_test(serials_of_the_1904_system_are_dates),
                                     cmocka_unit_test(elapsed_time_and_clock_times_are_numbers),
                                     cmocka_unit_test(custom_formats_are_told_apart),
                                     cmocka_unit_test(builtin_formats_are_told_apart),
                                     cmocka_unit_test(numbers_are_correctly_rounded),
                                     cmocka_unit_test(a_sheet_is_chosen_by_name_or_number),
                                     cmocka_unit_test(the_first_sheet_with_data_is_taken_hidden_ones_last),
                                     cmocka_unit_test(prefixes_and_strict_namespaces_are_read),
                                     cmocka_unit_test(a_doctype_is_refused_in_every_part),
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
