/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/series: what the text of a cell says. Texts are UTF-8, not NUL-terminated. */
#ifndef DYO_SERIES_READ_H
#define DYO_SERIES_READ_H

#include "series/dyo_calendar.h"

/* Drops blanks around the text, no-break spaces too, and Excel's ="..." */
void read_trim(const char **s, size_t *n);

/* Does a trimmed text stand for "no value": nothing at all, n/a, null, -, #N/A and the like? */
bool read_missing(const char *s, size_t n);

/* Is it one of the words, in any case? The words are lower-case ASCII, NULL at the end. */
bool read_word(const char *s, size_t n, const char *const *words);

/* A trimmed text as a number whose decimal mark is `decimal`, '.' or ','. Thousands may be marked by the other of the two, a blank of
 * any kind or an apostrophe, in groups of three (Indian groups of two as well). Parentheses, a minus before or behind and U+2212
 * make it negative, "%" divides by 100, one currency before or behind is dropped. */
bool read_number(const char *s, size_t n, char decimal, double *out);

/* A number that must be a label: 007, or more digits than a double holds. */
bool read_code(const char *s, size_t n);

typedef enum { DATE_DMY, DATE_MDY, DATE_YMD, DATE_ORDERS } date_order; /* the words of `date_order` in their order */

/* A date as it is written. Three bare numbers leave open which is the day: then read_date_in decides. */
typedef struct {
  dyo_time time;     /* open: of the clock alone */
  int      part[3];  /* open: the numbers as written */
  bool     two_year; /* open: the year has two digits, so that it may come first as well */
  bool     open;
  bool     dots;  /* open: written with dots, which is the custom where the day comes first */
  bool     weak;  /* is a plain number too: 20240331, 202403, 2024, 3.2024 */
  bool     never; /* has the form of a date, but there is no such day */
  bool     clock; /* has a time of day */
} date_text;

/* Has a trimmed text the form of a date? ISO 8601 with or without a clock, d/m/y in any order, month names in English, German, French and
 * Spanish, quarters, weeks, months, years. The first day of a longer period stands for it. An offset from UTC is dropped. */
bool read_date(const char *s, size_t n, date_text *d);

/* The time under an order; false where there is no such day. */
bool read_date_in(const date_text *d, date_order order, dyo_time *t);

#endif
