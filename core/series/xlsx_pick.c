/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_pick.c - the sheet that a request names, by name or number; where there is none, the nearest name. */
#include "series/xlsx_parts.h"

enum { LONGEST_COMPARED = 64 };

static char fold(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same(const char *a, const char *b, bool exact)
{
  while (*a && (*a == *b || (!exact && fold(*a) == fold(*b)))) {
    a++;
    b++;
  }
  return *a == *b;
}

static size_t compared(const char *s)
{
  const size_t n = strlen(s);
  return n < LONGEST_COMPARED ? n : LONGEST_COMPARED;
}

/* Edit distance of the beginnings, capitals and small letters alike. Wagner & Fischer (1974), one row at a time. */
static size_t distance(const char *a, const char *b)
{
  size_t       row[LONGEST_COMPARED + 1];
  const size_t n = compared(a), m = compared(b);
  for (size_t j = 0; j <= m; j++) row[j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t corner = row[0];
    row[0]        = i;
    for (size_t j = 1; j <= m; j++) {
      const size_t swap = corner + (fold(a[i - 1]) != fold(b[j - 1]));
      const size_t side = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
      corner            = row[j];
      row[j]            = swap < side ? swap : side;
    }
  }
  return row[m];
}

static dyo_status unknown(xlsx *x, const char *sheet)
{
  size_t best = 0, least = SIZE_MAX;
  for (size_t i = 0; i < x->n_sheets; i++) {
    const size_t d = distance(sheet, x->sheets[i].name);
    if (d < least) {
      least = d;
      best  = i;
    }
  }
  return dyo_fail(
    x->err, DYO_INVALID_INPUT, x->o->where_sheet,
    "the workbook has no sheet \"%.60s\"; the nearest is \"%.60s\", and a number from 1 to %zu counts them", sheet,
    x->sheets[best].name, x->n_sheets);
}

/* A name goes before a number: a sheet may be called "2024". */
dyo_status xlsx_pick(xlsx *x, const char *sheet, size_t *index)
{
  size_t number = 0;
  for (int exact = 1; exact >= 0; exact--)
    for (size_t i = 0; i < x->n_sheets; i++)
      if (same(sheet, x->sheets[i].name, exact)) {
        *index = i;
        return DYO_OK;
      }
  if (!xlsx_count(sheet, strlen(sheet), x->n_sheets, &number) || number == 0) return unknown(x, sheet);
  *index = number - 1;
  return DYO_OK;
}
