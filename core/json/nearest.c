/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/dyo_json.h"

#include <string.h>

enum { LONGEST = 48 };

static size_t least(size_t a, size_t b)
{
  return a < b ? a : b;
}

/* Restricted Damerau-Levenshtein distance: insert, delete, replace, swap of neighbours. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
  size_t d[3][LONGEST + 1];
  for (size_t j = 0; j <= m; j++) d[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *row = d[i % 3], *up = d[(i + 2) % 3], *up2 = d[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= m; j++) {
      row[j] = least(least(up[j], row[j - 1]) + 1, up[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = least(row[j], up2[j - 2] + 1);
    }
  }
  return d[n % 3][m];
}

const char *dyo_nearest(const char *word, dyo_name_at at, const void *list)
{
  const size_t n     = strlen(word);
  const char  *best  = NULL;
  size_t       score = n / 3 + 2; /* must be nearer than this */
  if (n > LONGEST) return NULL;
  for (size_t i = 0; at(list, i); i++) {
    const char  *name = at(list, i);
    const size_t m    = strlen(name);
    if (m > LONGEST) continue;
    const size_t d = distance(word, n, name, m);
    if (d < score) {
      score = d;
      best  = name;
    }
  }
  return best;
}
