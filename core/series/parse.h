/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/series: the parts of series.parse. In their order: parse.c opens the file and leads; parse_head.c finds header and
 * layout in the first rows; parse_survey.c counts what each column holds; parse_roles.c decides what each is for; parse_dates.c settles
 * dates and decimal marks; parse_collect.c takes the values; parse_series.c makes series of them. */
#ifndef DYO_SERIES_PARSE_H
#define DYO_SERIES_PARSE_H

#include "base/dyo_utf8.h"
#include "series/csv.h"
#include "series/dyo_parse.h"
#include "series/read.h"
#include "series/xlsx.h"

enum { HEAD_ROWS = 100, HEAD_BYTES = 4 << 20, EXAMPLES = 3, DISTINCT_MOST = 4096, OPEN_DATES_MOST = 4096 };

typedef enum { KIND_AUTO, KIND_CSV, KIND_XLSX } file_kind;
typedef enum { LAYOUT_AUTO, LAYOUT_LONG, LAYOUT_WIDE, LAYOUT_TRANSPOSED } file_layout;
typedef enum { TYPE_EMPTY, TYPE_DATE, TYPE_NUMBER, TYPE_TEXT } column_type;
typedef enum { ROLE_IGNORED, ROLE_DATE, ROLE_VALUE, ROLE_GROUP } column_role;

/* What a column is named after. */
typedef enum {
  HINT_NONE,
  HINT_DATE,
  HINT_CALENDAR,
  HINT_QUANTITY,
  HINT_PRICE,
  HINT_THING,
  HINT_PLACE,
  HINT_NUMBERING,
  HINT_ASIDE
} name_hint;

/* Which texts a column holds, as their hashes: up to DISTINCT_MOST. */
typedef struct {
  uint64_t *slot;
  size_t    n, cap;
  bool      many; /* more than were counted */
} text_set;

typedef struct {
  const char *name;
  name_hint   hint;
  size_t      missing, numbers, dates, texts; /* cells by what they hold */
  size_t      weak;                           /* numbers that may be dates: 20240331, 202403, 2024 */
  size_t      codes;                          /* numbers that must be labels: 007 */
  size_t      point, comma,
    either; /* numbers with a sure decimal point, a sure comma, or that read differently either way */
  size_t percents, clocks;
  size_t open, dots, fits[DATE_ORDERS],
    either_way; /* dates whose order is open; written with dots; possible under each order, and with day or month first */
  int (*open_dates)[4]; /* parts and two_year of different ones, while they decide nothing */
  size_t      n_open_dates, cap_open_dates;
  double      last;
  bool        steps, whole; /* each number is one more than the last; all are whole */
  text_set    distinct;
  const char *example[EXAMPLES];
  const char *odd_number; /* the first that reads differently either way */
  const char *odd_date;
  size_t      n_examples;
  column_type type;
  column_role role;
  char        decimal;
  date_order  order;
  uint32_t    date_id; /* TRANSPOSED: of the date in its header */
} parse_col;

typedef struct {
  size_t row, n;
  cell  *cells;
} kept_row;

/* A date text seen before, and what became of it. */
typedef struct {
  uint64_t  hash;
  size_t    n;
  char      text[32];
  bool      is; /* has the form of a date */
  date_text date;
  bool      settled; /* id is known: of the time in `dates`, NO_ID where there is no such day */
  uint32_t  id;
} date_memo;

enum { DATE_MEMOS = 4096 };
#define NO_ID UINT32_MAX

typedef struct {
  dyo_time *time;
  size_t    n, cap;
  uint32_t *slot; /* by hash of the time: id + 1 */
  size_t    n_slots;
} date_table;

typedef struct {
  uint64_t    hash;
  const char *key; /* the texts of the group columns, each followed by a NUL */
  size_t      n;
} parse_group;

typedef struct {
  parse_group *v;
  size_t       n, cap;
  uint32_t    *slot; /* id + 1 */
  size_t       n_slots;
  char        *key; /* of the row at hand */
  size_t       cap_key;
} group_table;

typedef struct {
  uint32_t series, date;
  double   value;
} parse_point;

enum { CHUNK_POINTS = 1 << 15 };
typedef struct point_chunk {
  struct point_chunk *next;
  size_t              n;
  parse_point         v[CHUNK_POINTS];
} point_chunk;

typedef struct {
  dyo_ctx            *ctx;
  const dyo_parse_in *in;
  dyo_parse_out      *out;
  dyo_err            *err;
  dyo_source          src;
  const char         *where; /* JSON pointer of the file in the request */
  dyo_parse_limits    limits;
  csv_options         csv;
  csv_info            csv_info;
  xlsx_info           xlsx_info;
  dyo_notes           notes;

  /* head */
  kept_row *kept;
  size_t    n_kept, kept_bytes;
  size_t    header_row; /* the file's number of it, 0: none */
  size_t    data_from;  /* first row that may hold data */

  /* survey */
  parse_col *columns;
  size_t     n_columns;
  size_t     rows, blank, blank_run;             /* data rows; blank ones among them, and since the last */
  size_t     shorter, short_row;                 /* rows with fewer cells than columns, and the first of them */
  size_t     date_col, *value_cols, *group_cols; /* date_col SIZE_MAX: none */
  size_t     n_value_cols, n_group_cols;
  size_t     month_col, day_col; /* beside a year in date_col; SIZE_MAX: none */

  /* collect */
  date_memo   *memos, spare;
  size_t       n_memos;
  date_table   dates;
  group_table  groups;
  point_chunk *first, *last;
  size_t       n_points, used, merged, blank_groups;
  size_t       cap_rejected, cap_questions;

  file_kind   kind;
  file_layout layout;
  bool        headed;   /* header and columns are decided */
  bool        numbered; /* the request says that rows are in order */
  bool        blocked;  /* by a question */
  bool        clocked;  /* some date has a time of day */
} parse;

uint64_t text_hash(const char *s, size_t n);
char *text_keep(dyo_ctx *ctx, const char *s, size_t n); /* NUL-terminated copy in the arena; NULL when memory ran out */

/* A cell's text, trimmed. False where it holds nothing, or a word for nothing. */
bool cell_text(const cell *c, const char **s, size_t *n);

/* Opens the file of p->in, finds out what it is and prepares to read it; parse_close ends it, after an error too. */
dyo_status parse_open(parse *p);
void       parse_close(parse *p);

/* The file's rows. */
dyo_status parse_rows(parse *p, double done, row_fn row);
bool       parse_warn(parse *p, const char *fmt, ...) DYO_PRINTF(2, 3);

/* Header and columns, from the rows kept. */
dyo_status parse_head(parse *p);

/* What a trimmed text says as a date; looked up where it was seen lately. Valid until the next call; never NULL. */
date_memo *parse_date_memo(parse *p, const char *s, size_t n);

/* Cells up to the last that holds anything. */
size_t row_extent(const cell *cells, size_t n);

/* Add to a set; true where it was new. Does nothing, and answers false, once the set is full or memory ran out. */
bool text_set_add(dyo_ctx *ctx, text_set *set, uint64_t hash);

/* What one cell is, by itself. */
typedef enum { SEEMS_MISSING, SEEMS_TEXT, SEEMS_NUMBER, SEEMS_WEAK, SEEMS_DATE } cell_seems;
cell_seems parse_seems(const cell *c);

/* row_fn of the first reading; parse_survey_end is called behind it. */
dyo_status parse_survey_row(void *user, size_t row, const cell *cells, size_t n);
dyo_status parse_survey_end(parse *p);

/* Types, layout, date column, groups, values. */
dyo_status parse_roles(parse *p);

name_hint parse_hint(const char *name);
typedef enum { PART_NONE, PART_YEAR, PART_MONTH, PART_DAY } date_part;
date_part parse_part(const char *name);       /* of columns that hold a date in pieces */
bool      parse_label(const char *name);      /* is it what labels are called, "store" or "sku id"? */
int       parse_date_score(const char *name); /* how much a name sounds like that of the date parse_col */

/* Decimal marks and orders of dates. Questions are put where the file does not tell. */
dyo_status parse_settle(parse *p);
void       parse_types(parse *p);

dyo_question *parse_ask(parse *p, const char *field, const char *column, size_t choices);

/* row_fn of the second reading. */
dyo_status parse_collect_row(void *user, size_t row, const cell *cells, size_t n);
void       parse_free_points(parse *p);
dyo_status parse_reject(parse *p, size_t row, const char *column, const char *value, size_t n, const char *fmt, ...)
  DYO_PRINTF(6, 7);
/* The id of the date in a cell of a column; NO_ID where it was set aside. */
dyo_status parse_row_date(parse *p, size_t row, size_t col, const cell *v, uint32_t *id);
uint32_t   parse_date_id(parse *p, dyo_time t); /* NO_ID when memory ran out */

dyo_status parse_series(parse *p);

#endif
