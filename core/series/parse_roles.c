/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each column is for. What the request names counts; the rest follows from what the columns hold and are called, as an analyst would
 * read them: a quantity is the value, SKU and store tell series apart, prices, order numbers and calendar columns stand aside. */
#include <stdio.h>
#include <string.h>

#include "series/parse.h"

enum { CHOICES_MOST = 20 };

static size_t known(const parse_col *c)
{
  return c->numbers + c->dates + c->texts;
}

static column_type type_of(const parse_col *c)
{
  const name_hint h = c->hint;
  const size_t    k = known(c);
  if (k == 0) return TYPE_EMPTY;
  if (c->dates * 2 >= k) return TYPE_DATE;
  if ((h == HINT_QUANTITY || h == HINT_PRICE) && c->numbers * 2 >= k) return TYPE_NUMBER;
  if (c->codes && h != HINT_QUANTITY) return TYPE_TEXT;
  return c->numbers * 5 >= k * 4 ? TYPE_NUMBER : TYPE_TEXT;
}

void parse_types(parse *p)
{
  for (size_t j = 0; j < p->n_columns; j++) p->columns[j].type = type_of(&p->columns[j]);
}

/* --- columns that the request names ------------------------------------------------------------------------------- */

static const char *name_of(const void *list, size_t j)
{
  const parse *p = list;
  return j < p->n_columns ? p->columns[j].name : NULL;
}

static bool same_letters(const char *a, const char *b)
{
  for (; *a && *b; a++, b++) {
    const char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a, y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;
    if (x != y) return false;
  }
  return *a == *b;
}

static dyo_status column_named(parse *p, const char *name, const char *path, size_t *col)
{
  char   list[160] = "";
  size_t n = 0, number = 0;
  for (*col = 0; *col < p->n_columns; ++*col)
    if (strcmp(name_of(p, *col), name) == 0) return DYO_OK;
  for (*col = 0; *col < p->n_columns; ++*col)
    if (same_letters(name_of(p, *col), name)) return DYO_OK;
  const size_t digits = strspn(name, "0123456789");
  for (size_t i = 0; i < digits && digits < 6 && !name[digits]; i++) number = number * 10 + (size_t)(name[i] - '0');
  if (number >= 1 && number <= p->n_columns) {
    *col = number - 1;
    return DYO_OK;
  }
  for (size_t j = 0; j < p->n_columns && n + 50 < sizeof list; j++) {
    const int w = snprintf(list + n, sizeof list - n, "%s\"%.40s\"", j ? ", " : "", p->columns[j].name);
    n           = w > 0 && (size_t)w < sizeof list - n ? n + (size_t)w : sizeof list - 1;
  }
  dyo_utf8_scrub(list);
  return dyo_fail(p->err, DYO_INVALID_INPUT, path, "there is no column \"%.60s\"; the columns are %s%s", name, list,
                  n + 50 < sizeof list ? "" : " ...");
}

static dyo_status named_list(parse *p, const char *const *names, size_t n, const char *field, size_t *cols,
                             column_role role)
{
  static const char *const uses[] = {"", "the date column", "a value column", "a group column"};
  for (size_t i = 0; i < n; i++) {
    char path[64];
    snprintf(path, sizeof path, "/%s/%zu", field, i);
    const dyo_status st = column_named(p, names[i], path, &cols[i]);
    if (st != DYO_OK) return st;
    parse_col *c = &p->columns[cols[i]];
    if (c->role != ROLE_IGNORED && p->layout != LAYOUT_TRANSPOSED)
      return dyo_fail(p->err, DYO_INVALID_INPUT, path, "found \"%.60s\", which is %s already", names[i], uses[c->role]);
    c->role = role;
  }
  return DYO_OK;
}

/* --- the date column ------------------------------------------------------------------------------------------------ */

/* Numbers that are years, months or days throughout, under a name that says so or with the form of 20240331. */
static bool weak_dates(const parse_col *c)
{
  if (c->type != TYPE_NUMBER || !c->weak || c->weak != c->numbers || c->numbers != known(c)) return false;
  return parse_date_score(c->name) > 0 || c->last >= 190001 || (c->steps && c->numbers > 2);
}

static dyo_status ask_date_column(parse *p)
{
  const size_t  n         = p->n_columns < CHOICES_MOST ? p->n_columns : CHOICES_MOST;
  dyo_question *q         = parse_ask(p, "date_column", NULL, n + 1);
  char          text[400] = "No dates found. Columns:";
  size_t        k         = strlen(text);
  if (!q) return dyo_oom(p->err);
  for (size_t j = 0; j < n; j++) {
    const parse_col *c = &p->columns[j];
    const int        w = snprintf(text + k, sizeof text - k, "%s \"%.40s\"", j ? "," : "", c->name);
    k                  = w > 0 && (size_t)w < sizeof text - k ? k + (size_t)w : sizeof text - 1;
    q->choices[j]      = (dyo_choice){c->name, dyo_text(p->ctx, "the dates are in \"%s\"%s%s", c->name,
                                                   c->n_examples ? ": " : "", c->n_examples ? c->example[0] : "")};
    if (!q->choices[j].reading) return dyo_oom(p->err);
  }
  q->choices[n] = (dyo_choice){"", "rows are already in order"};
  q->message    = dyo_text(p->ctx, "%.300s. Choose the column with dates, or \"rows are already in order\".", text);
  p->blocked    = true;
  return q->message ? DYO_OK : dyo_oom(p->err);
}

/* Several columns of dates: one is taken, and the others can be asked for. */
static dyo_status offer_dates(parse *p, size_t others)
{
  const char   *chosen = p->columns[p->date_col].name;
  dyo_question *q      = parse_ask(p, "date_column", chosen, others + 1);
  size_t        k      = 0;
  if (!q) return dyo_oom(p->err);
  for (size_t j = 0; j < p->n_columns; j++) {
    const parse_col *c = &p->columns[j];
    if (c->type != TYPE_DATE || k > others) continue;
    q->choices[k++] = (dyo_choice){
      c->name, dyo_text(p->ctx, "the dates are in \"%s\": %s", c->name, c->n_examples ? c->example[0] : "")};
  }
  q->n_choices = k;
  q->message   = dyo_text(p->ctx, "Several columns hold dates; \"%s\" was taken.", chosen);
  return q->message && parse_warn(p, "Several columns hold dates; \"%.60s\" was taken.", chosen) ? DYO_OK
                                                                                                 : dyo_oom(p->err);
}

static dyo_status find_date_column(parse *p)
{
  const char *asked = p->in->date_column;
  size_t      dates = 0;
  int         best  = -1;
  p->numbered       = asked && !*asked;
  if (p->numbered) return DYO_OK;
  if (asked) {
    const dyo_status st = column_named(p, asked, "/date_column", &p->date_col);
    if (st == DYO_OK) p->columns[p->date_col].role = ROLE_DATE;
    return st;
  }
  for (int pass = 0; pass < 2 && p->date_col == SIZE_MAX; pass++)
    for (size_t j = 0; j < p->n_columns; j++) {
      const parse_col *c = &p->columns[j];
      if (pass == 0 ? c->type != TYPE_DATE : !weak_dates(c)) continue;
      dates += pass == 0;
      if (parse_date_score(c->name) <= best) continue;
      best        = parse_date_score(c->name);
      p->date_col = j;
    }
  if (p->date_col == SIZE_MAX) return ask_date_column(p);
  p->columns[p->date_col].role = ROLE_DATE;
  p->columns[p->date_col].type = TYPE_DATE; /* 2024 or 20240331, too */
  return dates > 1 ? offer_dates(p, dates - 1) : DYO_OK;
}

/* Years in one column, months in another, perhaps days in a third. */
static dyo_status find_parts(parse *p)
{
  parse_col *year = p->date_col == SIZE_MAX ? NULL : &p->columns[p->date_col];
  if (p->in->date_column || !year || parse_part(year->name) != PART_YEAR || !year->weak ||
      year->weak != year->numbers || year->last > 9999)
    return DYO_OK;
  for (size_t j = 0; j < p->n_columns; j++) {
    parse_col      *c    = &p->columns[j];
    const date_part part = parse_part(c->name);
    if (c->role != ROLE_IGNORED || c->type == TYPE_EMPTY || c->type == TYPE_DATE || !c->whole) continue;
    if (part == PART_MONTH && p->month_col == SIZE_MAX) p->month_col = j;
    if (part == PART_DAY && p->day_col == SIZE_MAX && c->type == TYPE_NUMBER) p->day_col = j;
  }
  if (p->month_col == SIZE_MAX) {
    p->day_col = SIZE_MAX;
    return DYO_OK;
  }
  p->columns[p->month_col].role = ROLE_DATE;
  if (p->day_col != SIZE_MAX) p->columns[p->day_col].role = ROLE_DATE;
  const bool told = parse_warn(p, "Dates were put together from \"%.40s\", \"%.40s\"%s.", year->name,
                               p->columns[p->month_col].name, p->day_col == SIZE_MAX ? "" : " and the day");
  return told ? DYO_OK : dyo_oom(p->err);
}

/* --- groups --------------------------------------------------------------------------------------------------------- */

static bool repeats(const parse_col *c)
{
  return c->distinct.many ? known(c) >= 2 * (size_t)DISTINCT_MOST : c->distinct.n * 2 <= known(c);
}

/* yes and no, or days of the week: tells rows apart, but no series. */
static bool flag_like(const parse_col *c)
{
  static const char *const words[] = {"yes",       "no",         "true",    "false",    "y",       "n",      "x",
                                      "ja",        "nein",       "oui",     "non",      "si",      "mon",    "tue",
                                      "wed",       "thu",        "fri",     "sat",      "sun",     "monday", "tuesday",
                                      "wednesday", "thursday",   "friday",  "saturday", "sunday",  "montag", "dienstag",
                                      "mittwoch",  "donnerstag", "freitag", "samstag",  "sonntag", NULL};
  for (size_t i = 0; i < c->n_examples; i++)
    if (!read_word(c->example[i], strlen(c->example[i]), words)) return false;
  return c->n_examples > 0;
}

/* Does its name say that it tells series apart? Numbers must look like labels as well. */
static bool named_group(const parse *p, const parse_col *c)
{
  const name_hint h = c->hint;
  if (c->role != ROLE_IGNORED || (h != HINT_THING && h != HINT_PLACE)) return false;
  if (c->type == TYPE_NUMBER)
    return c->whole && parse_label(c->name) && (repeats(c) || h == HINT_THING) && p->layout != LAYOUT_WIDE;
  if (c->type != TYPE_TEXT || (h == HINT_PLACE && !c->codes && c->numbers * 2 >= known(c))) return false;
  return h == HINT_THING || (c->distinct.n > 1 && (repeats(c) || p->rows < 20));
}

static bool plain_group(const parse_col *c)
{
  const name_hint h = c->hint;
  if (c->role != ROLE_IGNORED || c->type != TYPE_TEXT || h == HINT_ASIDE || h == HINT_PRICE || h == HINT_NUMBERING ||
      h == HINT_CALENDAR)
    return false;
  return c->distinct.n > 1 && repeats(c) && !flag_like(c) && c->numbers * 2 < known(c);
}

static dyo_status find_groups(parse *p)
{
  p->group_cols = DYO_NEW(p->ctx, p->n_columns, size_t);
  if (!p->group_cols) return dyo_oom(p->err);
  if (p->in->group_by) {
    if (p->in->n_group_by > p->n_columns)
      return dyo_fail(p->err, DYO_INVALID_INPUT, "/group_by", "found %zu names; the file has %zu columns",
                      p->in->n_group_by, p->n_columns);
    p->n_group_cols = p->in->n_group_by;
    return named_list(p, p->in->group_by, p->in->n_group_by, "group_by", p->group_cols, ROLE_GROUP);
  }
  if (p->in->layout == LAYOUT_WIDE) return DYO_OK;
  for (int pass = 0; pass < 2 && p->n_group_cols == 0; pass++)
    for (size_t j = 0; j < p->n_columns; j++)
      if (pass == 0 ? named_group(p, &p->columns[j]) : plain_group(&p->columns[j]))
        p->group_cols[p->n_group_cols++] = j;
  for (size_t i = 0; i < p->n_group_cols; i++) p->columns[p->group_cols[i]].role = ROLE_GROUP;
  return DYO_OK;
}

/* --- values --------------------------------------------------------------------------------------------------------- */

/* Classes of numeric columns, the best first; those of the first class that is there are the values. Without groups a file's columns are
 * series side by side, so that a named quantity does not shut out the others. */
static int value_class(const parse *p, const parse_col *c)
{
  if (c->role != ROLE_IGNORED || c->type != TYPE_NUMBER) return -1;
  switch (c->hint) {
  case HINT_QUANTITY: return 0;
  case HINT_PRICE: return 2;
  case HINT_ASIDE: return 3;
  case HINT_NUMBERING: return c->whole ? 4 : 1;
  case HINT_CALENDAR:
  case HINT_DATE: return p->n_group_cols || p->date_col != SIZE_MAX ? 5 : 1;
  default: break;
  }
  if (c->steps && c->numbers > 2 && c == p->columns && (p->numbered || strncmp(c->name, "Column ", 7) == 0))
    return 4; /* counts the rows */
  return p->n_group_cols ? 1 : 0;
}

/* Where nothing else is a value: columns in which half of what stands is numbers. The rest of it will be set aside. */
static void half_numbers(parse *p)
{
  for (size_t j = 0; j < p->n_columns; j++) {
    parse_col *c = &p->columns[j];
    if (c->role != ROLE_IGNORED || c->type != TYPE_TEXT || c->codes || c->numbers * 2 < known(c) ||
        c->hint == HINT_ASIDE)
      continue;
    c->type                          = TYPE_NUMBER;
    p->value_cols[p->n_value_cols++] = j;
  }
}

static dyo_status no_values(parse *p)
{
  for (size_t j = 0; j < p->n_columns; j++) {
    const parse_col *c = &p->columns[j];
    if (c->type == TYPE_EMPTY)
      return dyo_fail(p->err, DYO_INSUFFICIENT_DATA, p->where,
                      "column \"%.60s\" holds no numbers: all of its %zu cells are missing", c->name, c->missing);
  }
  return dyo_fail(
    p->err, DYO_INSUFFICIENT_DATA, p->where,
    "no column of numbers was found beside dates and names; \"value_columns\" names one (%zu columns, \"%.60s\" first)",
    p->n_columns, p->columns[0].name);
}

static dyo_status find_values(parse *p)
{
  int best      = 6;
  p->value_cols = DYO_NEW(p->ctx, p->n_columns, size_t);
  if (!p->value_cols) return dyo_oom(p->err);
  if (p->in->value_columns) {
    if (p->in->n_value_columns < 1 || p->in->n_value_columns > p->n_columns)
      return dyo_fail(p->err, DYO_INVALID_INPUT, "/value_columns", "found %zu names; 1 to %zu are expected",
                      p->in->n_value_columns, p->n_columns);
    p->n_value_cols = p->in->n_value_columns;
    return named_list(p, p->in->value_columns, p->in->n_value_columns, "value_columns", p->value_cols, ROLE_VALUE);
  }
  for (size_t j = 0; j < p->n_columns; j++) {
    const int k = value_class(p, &p->columns[j]);
    if (k >= 0 && k < best) best = k;
  }
  for (size_t j = 0; j < p->n_columns; j++)
    if (value_class(p, &p->columns[j]) == best) p->value_cols[p->n_value_cols++] = j;
  if (p->n_value_cols == 0) half_numbers(p);
  for (size_t i = 0; i < p->n_value_cols; i++) p->columns[p->value_cols[i]].role = ROLE_VALUE;
  return p->n_value_cols ? DYO_OK : no_values(p);
}

/* Columns with something in them that were not used. */
static bool tell_ignored(parse *p)
{
  char   list[400] = "";
  size_t n = 0, count = 0;
  for (size_t j = 0; j < p->n_columns; j++) {
    const parse_col *c = &p->columns[j];
    if (c->role != ROLE_IGNORED || n + 60 > sizeof list) continue;
    const int w = snprintf(list + n, sizeof list - n, "%s\"%.40s\"%s", count++ ? ", " : "", c->name,
                           c->type == TYPE_EMPTY ? " (empty)" : "");
    n           = w > 0 && (size_t)w < sizeof list - n ? n + (size_t)w : sizeof list - 1;
  }
  if (!count) return true;
  dyo_utf8_scrub(list);
  return parse_warn(p, "Not used: %s. \"value_columns\" and \"group_by\" choose columns.", list);
}

/* --- transposed ------------------------------------------------------------------------------------------------------ */

static dyo_status transposed_roles(parse *p)
{
  bool      *date = DYO_NEW(p->ctx, p->n_columns, bool);
  dyo_status st   = DYO_OK;
  p->value_cols   = DYO_NEW(p->ctx, p->n_columns, size_t);
  if (!date || !p->value_cols) return dyo_oom(p->err);
  for (size_t j = 0; j < p->n_columns; j++) {
    date[j]            = p->columns[j].role == ROLE_DATE;
    p->columns[j].role = date[j] ? ROLE_VALUE : ROLE_IGNORED;
    if (date[j]) p->value_cols[p->n_value_cols++] = j;
  }
  if (p->in->value_columns)
    return dyo_fail(p->err, DYO_INVALID_INPUT, "/value_columns",
                    "dates stand across the header (row %zu), so that no column holds one series's values",
                    p->header_row);
  p->group_cols = DYO_NEW(p->ctx, p->n_columns, size_t);
  if (!p->group_cols) return dyo_oom(p->err);
  if (p->in->group_by) st = find_groups(p);
  else
    for (size_t j = 0; j < p->n_columns; j++) {
      parse_col *c = &p->columns[j];
      if (date[j] || c->type == TYPE_EMPTY || c->type == TYPE_DATE) continue;
      if (c->type == TYPE_NUMBER && !(parse_label(c->name) && c->whole)) continue;
      c->role                          = ROLE_GROUP;
      p->group_cols[p->n_group_cols++] = j;
    }
  return st;
}

dyo_status parse_roles(parse *p)
{
  dyo_status st = DYO_OK;
  if (p->layout == LAYOUT_TRANSPOSED) st = transposed_roles(p);
  else {
    st = find_date_column(p);
    if (st != DYO_OK || p->blocked) return st;
    st = find_parts(p);
    if (st == DYO_OK && p->in->value_columns) st = find_values(p); /* named ones first, so that no guess takes them */
    if (st == DYO_OK) st = find_groups(p);
    if (st == DYO_OK && !p->in->value_columns) st = find_values(p);
    p->layout =
      p->in->layout == LAYOUT_AUTO ? (p->n_group_cols ? LAYOUT_LONG : LAYOUT_WIDE) : (file_layout)p->in->layout;
  }
  return st == DYO_OK && !tell_ignored(p) ? dyo_oom(p->err) : st;
}
