/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cell becomes is ECMA-376 part 1 (18.3.1.4, 18.8.30, 18.17.4); dates of serial numbers are Excel's own, as its documentation tells
 * them: 1 is 1900-01-01, 61 is 1900-03-01, 45292 is 2024-01-01; in the 1904 system 0 is 1904-01-01, 43830 is 2024-01-01. */
#include "book_check.h"

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

/* What was asked of the programs that wrote them, see tests/golden/series-data/README.md. */
static void files_of_other_programs_are_read(void **state)
{
  static const struct {
    const char *file, *rows;
  } cases[] = {
    {"exceljs.xlsx",
     "1: T(Sales by day)\n3: T(Date) T(SKU) T(Units)\n4: D(2024-03-01) T(A-1) N(10)\n5: D(2024-03-02) T(B-2) N(10.5)\n"
     "6: D(2024-03-03) T(A-1) N(11)\n7: D(2024-03-04) T(B-2) N(11.5)\n8: D(2024-03-05) T(A-1) N(12)\n"
     "9: D(2024-03-06) T(B-2) N(12.5)\n10: D(2024-03-07T13:30:15) T(A-1) N(13.5)\n11: D(2024-03-08) T(B-2) E(#N/A)\n"},
    {"exceljs-1904.xlsx",
     "1: T(month) T(value)\n2: D(2024-01-01) N(100)\n3: D(2024-02-01) N(101)\n4: D(2024-03-01) N(102)\n5: D(2024-04-01) N(103)\n"},
    {"openpyxl.xlsx",
     "1: T(Datum) T(Menge) T(Preis) T(Dauer)\n2: D(2023-12-29T06:00:01) N(0) N(0.10000000000000001) N(1.25)\n"
     "3: D(2023-12-30T06:00:01) N(1.1000000000000001) N(0.29999999999999999) N(1.291666666666667)\n"
     "4: D(2023-12-31T06:00:01) N(2.2000000000000002) N(0.5) N(1.333333333333333)\n"
     "5: D(2024-01-01T06:00:01) N(3.2999999999999998) N(0.70000000000000007) N(1.375)\n"
     "6: D(2024-01-02T06:00:01) N(4.4000000000000004) N(0.90000000000000002) N(1.416666666666667)\n"
     "7: D(1900-02-28) E(a formula without its value) N(0.35416666666666669)\n"
     "8: D(1900-03-01) - N(1.152921504606847e+18) T( lead )\n"},
    {"openpyxl-iso.xlsx", "1: T(d) T(v)\n2: D(2024-02-29T12:00:00) N(1)\n"},
    {"sheetjs.xlsx",
     "1: T(month) T(value) T(ok)\n2: D(2024-01-01) N(1.25) B(1)\n3: D(2024-02-01) N(-2.9999999999999999e-07) B(0)\n4: D(2024-03-01) N(1e+21)\n"}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    static char        bytes[1 << 16];
    char               path[1000];
    const xlsx_options o    = all_of_it();
    char              *rows = NULL;
    dyo_err            err;
    snprintf(path, sizeof path, "%s/golden/series-data/%s", DYO_TESTS_DIR, cases[i].file);
    FILE *f = fopen(path, "rb");
    if (!f) fail_msg("cannot open %s", path);
    const size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    if (read_bytes(bytes, n, &o, &rows, &err) != DYO_OK) fail_msg("%s: %s", cases[i].file, err.message);
    assert_string_equal(rows, cases[i].rows);
    free(rows);
  }
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
                                     cmocka_unit_test(files_of_other_programs_are_read)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
