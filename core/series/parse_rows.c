/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What series.parse takes and gives, field by field. */
#include "series/dyo_parse.h"
#include "series/dyo_regular.h"

enum { NAME_BYTES = 400, NAMES_MOST = 16384 };

static const char *const formats[]   = {"auto", "csv", "xlsx", NULL};
static const char *const encodings[] = {"auto", "utf-8", "utf-16", "windows-1252", NULL};
static const char *const layouts[]   = {"auto", "long", "wide", "transposed", NULL};
static const char *const decimals[]  = {".", ",", NULL};
static const char *const orders[]    = {"dmy", "mdy", "ymd", NULL};

static const dyo_field limit_rows[] = {
  DYO_NUM(dyo_parse_limits, bytes, 2147483648.0, 1, 2147483648.0, "bytes", "Size of the file."),
  DYO_NUM(dyo_parse_limits, rows, 1e7, 1, 1e7, "rows", "Rows of data."),
  DYO_NUM(dyo_parse_limits, columns, 16384, 1, 16384, "columns", "Cells of a row."),
  DYO_NUM(dyo_parse_limits, inflated, 2147483648.0, 1, 2147483648.0, "bytes",
          "XLSX: size of what is packed in the file."),
  DYO_NUM(dyo_parse_limits, ratio, 200, 1, 1000, NULL, "XLSX: how many times larger than packed a part may be."),
  DYO_NUM(dyo_parse_limits, field, 1048576, 1, 16777216, "bytes", "Text of one cell."),
  DYO_END(dyo_parse_limits)};

const dyo_field dyo_parse_in_rows[] = {
  DYO_BYTES(dyo_parse_in, content, DYO_OPT,
            "The file: bytes (from JavaScript), or its text. One of content, content_base64 and path is expected."),
  {.name  = "content_base64",
   .type  = DYO_T_STR,
   .flags = DYO_F_INPUT,
   .off   = DYO_AT(dyo_parse_in, content_base64, const char *),
   .dflt  = DYO_OPT,
   .doc   = "The file's bytes in base64."},
  DYO_STR(dyo_parse_in, path, DYO_OPT, 4096, "The file's name on this machine; on the native command line only."),
  DYO_STR(dyo_parse_in, name, DYO_OPT, NAME_BYTES, "What the file is called, for messages."),
  DYO_ENUM(dyo_parse_in, format, 0, formats, "Kind of file; auto looks at its first bytes."),
  DYO_STR(dyo_parse_in, delimiter, DYO_OPT, 4,
          "Character between the cells of a CSV; absent: found among , ; tab and |."),
  DYO_ENUM(dyo_parse_in, encoding, 0, encodings, "Encoding of a CSV."),
  DYO_STR(dyo_parse_in, sheet, DYO_OPT, NAME_BYTES,
          "XLSX: the sheet's name, or its number from 1; absent: the first with data."),
  DYO_INT(dyo_parse_in, header_row, DYO_OPT, 0, 1e7, NULL,
          "Row of the file, from 1, that names the columns; 0: none does; absent: found."),
  DYO_ENUM(
    dyo_parse_in, layout, 0, layouts,
    "long: groups such as SKU and store in columns; wide: a column a series; transposed: dates across the header."),
  DYO_STR(dyo_parse_in, date_column, DYO_OPT, NAME_BYTES,
          "Name, or number from 1, of the column of dates; \"\": the rows are in order and have none; absent: found."),
  DYO_STRS(dyo_parse_in, value_columns, DYO_OPT, NAMES_MOST, "Columns of numbers that become series; absent: found."),
  DYO_STRS(dyo_parse_in, group_by, DYO_OPT, NAMES_MOST,
           "Columns that tell series apart, such as SKU and store; []: none; absent: found."),
  DYO_ENUM(dyo_parse_in, decimal, DYO_OPT, decimals, "Decimal mark of the numbers; absent: found."),
  DYO_ENUM(dyo_parse_in, date_order, DYO_OPT, orders,
           "Order of day, month and year in dates such as 03/04/2025; absent: found."),
  DYO_ENUM(dyo_parse_in, aggregate, DYO_AGG_SUM, dyo_aggregate_words,
           "What becomes of several values of one series with the same date."),
  DYO_OBJ(dyo_parse_in, limits, DYO_OPT, dyo_parse_limits, limit_rows, "Sizes beyond which the file is refused."),
  DYO_END(dyo_parse_in)};

static const dyo_field format_rows[] = {
  DYO_STR(dyo_parse_format, kind, DYO_REQ, 0, "csv or xlsx."),
  DYO_STR(dyo_parse_format, encoding, DYO_OPT, 0, "Encoding of a CSV."),
  DYO_STR(dyo_parse_format, delimiter, DYO_OPT, 0, "Character between the cells of a CSV."),
  DYO_STR(dyo_parse_format, decimal, DYO_REQ, 0, "Decimal mark of the numbers."),
  DYO_STR(dyo_parse_format, date_order, DYO_OPT, 0, "dmy, mdy or ymd; absent where no date leaves it open."),
  DYO_STR(dyo_parse_format, sheet, DYO_OPT, 0, "Sheet that was read."),
  DYO_STRS(dyo_parse_format, sheets, DYO_OPT, 0, "All sheets of the workbook."),
  DYO_STR(dyo_parse_format, layout, DYO_OPT, 0, "long, wide or transposed; absent where a question stands in the way."),
  DYO_INT(dyo_parse_format, header_row, DYO_REQ, 0, 1e9, NULL, "Row that names the columns; 0: none."),
  DYO_STR(dyo_parse_format, date_column, DYO_OPT, 0, "Column of dates."),
  DYO_STRS(dyo_parse_format, value_columns, DYO_REQ, 0, "Columns of numbers that became series."),
  DYO_STRS(dyo_parse_format, group_by, DYO_REQ, 0, "Columns that tell series apart."),
  DYO_END(dyo_parse_format)};

static const dyo_field column_rows[] = {
  DYO_STR(dyo_parse_column, name, DYO_REQ, 0, "Its name in the header, or \"Column 3\"."),
  DYO_STR(dyo_parse_column, type, DYO_REQ, 0, "date, number, text or empty."),
  DYO_STR(dyo_parse_column, role, DYO_REQ, 0, "date, value, group or ignored."),
  DYO_INT(dyo_parse_column, missing, DYO_REQ, 0, 1e9, "cells", "Cells with nothing in them, or n/a and the like."),
  DYO_STRS(dyo_parse_column, examples, DYO_REQ, 0, "Its first different texts."),
  DYO_END(dyo_parse_column)};

static const dyo_field dimension_rows[] = {DYO_STR(dyo_dimension, name, DYO_REQ, 0, "The group column."),
                                           DYO_STR(dyo_dimension, value, DYO_REQ, 0, "Its text for this series."),
                                           DYO_END(dyo_dimension)};

static const dyo_field series_rows[] = {
  DYO_STR(dyo_parse_series, name, DYO_REQ, 0, "What tells it apart, such as \"BOLT-M8 / store=3\"."),
  DYO_STR(dyo_parse_series, column, DYO_OPT, 0, "Column that holds its values; absent where the dates stand across."),
  DYO_MAP(dyo_parse_series, dimensions, DYO_REQ, 0, dyo_dimension, dimension_rows,
          "Its group columns and their texts."),
  DYO_STR(dyo_parse_series, frequency, DYO_OPT, 0,
          "H, D, W, M, Q, Y or a number of minutes such as 15min, where the dates have one."),
  DYO_STRS(dyo_parse_series, dates, DYO_OPT, 0, "Dates, ascending, ISO 8601; absent where rows are numbered."),
  DYO_NUMS(dyo_parse_series, values, DYO_F_NULLS, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Values; null where missing."),
  DYO_END(dyo_parse_series)};

static const dyo_field rejected_rows[] = {
  DYO_INT(dyo_rejected, row, DYO_REQ, 0, 1e9, NULL, "Row of the file, from 1."),
  DYO_STR(dyo_rejected, column, DYO_OPT, 0, "The column that is at fault; absent: the row as a whole."),
  DYO_STR(dyo_rejected, value, DYO_OPT, 0, "What stands there."),
  DYO_STR(dyo_rejected, reason, DYO_REQ, 0, "Why it was set aside."), DYO_END(dyo_rejected)};

static const dyo_field choice_rows[] = {DYO_STR(dyo_choice, value, DYO_REQ, 0, "To be given as the field's value."),
                                        DYO_STR(dyo_choice, reading, DYO_REQ, 0, "What the file then says."),
                                        DYO_END(dyo_choice)};

static const dyo_field question_rows[] = {
  DYO_STR(dyo_question, field, DYO_REQ, 0, "Field of the request that answers it."),
  DYO_STR(dyo_question, column, DYO_OPT, 0, "Column it is about."),
  DYO_STR(dyo_question, message, DYO_REQ, 0, "The question."),
  DYO_LIST(dyo_question, choices, DYO_REQ, 0, dyo_choice, choice_rows, "Answers to choose from."),
  DYO_END(dyo_question)};

const dyo_field dyo_parse_out_rows[] = {
  DYO_OBJ(dyo_parse_out, format, DYO_REQ, dyo_parse_format, format_rows, "How the file was understood."),
  DYO_LIST(dyo_parse_out, columns, DYO_REQ, 0, dyo_parse_column, column_rows, "What each column was taken for."),
  DYO_LIST(dyo_parse_out, series, DYO_REQ, 0, dyo_parse_series, series_rows,
           "The series, in the order of their first row; [] where a question must be answered first."),
  DYO_LIST(dyo_parse_out, rejected, DYO_REQ, 0, dyo_rejected, rejected_rows,
           "Rows and cells set aside, the first 1,000 of them."),
  DYO_INT(dyo_parse_out, rejected_count, DYO_REQ, 0, 1e9, NULL, "How many there are."),
  DYO_INT(dyo_parse_out, rows_read, DYO_REQ, 0, 1e9, "rows", "Rows of data in the file."),
  DYO_INT(dyo_parse_out, rows_used, DYO_REQ, 0, 1e9, "rows", "Rows that gave at least one value."),
  DYO_LIST(dyo_parse_out, questions, DYO_REQ, 0, dyo_question, question_rows,
           "What the file leaves open. Asked again with the field set, it is answered."),
  DYO_STRS(dyo_parse_out, warnings, DYO_REQ, 0, "Repairs made, and what was left out."),
  DYO_END(dyo_parse_out)};
