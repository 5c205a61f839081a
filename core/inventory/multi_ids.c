/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equal ids in a long list. Ids that rise already (p1, p2, ... p10) need one pass; others are merge-sorted by a 64-bit hash,
 * then by their text, so that no choice of ids makes it slow. */
#include "inventory/multi.h"

#include <stdint.h>
#include <string.h>

typedef struct {
  uint64_t    hash;
  const char *text;
  size_t      i;
} key;

/* FNV-1a. */
static uint64_t hash_of(const char *s)
{
  uint64_t h = 14695981039346656037u;
  for (; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
  return h;
}

static bool rising(const void *list, size_t n, multi_id_at at)
{
  size_t before = 0;
  for (size_t i = 0; i < n; i++) {
    const char  *id  = at(list, i);
    const size_t len = strlen(id);
    if (i > 0 && (len < before || (len == before && strcmp(at(list, i - 1), id) >= 0))) return false;
    before = len;
  }
  return true;
}

static int compare(const key *a, const key *b)
{
  if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
  const int c = strcmp(a->text, b->text);
  return c != 0 ? c : (a->i > b->i) - (a->i < b->i);
}

static void merge(const key *from, key *to, size_t low, size_t mid, size_t high)
{
  size_t a = low, b = mid;
  for (size_t k = low; k < high; k++)
    to[k] = b >= high || (a < mid && compare(&from[a], &from[b]) <= 0) ? from[a++] : from[b++];
}

dyo_status multi_unique(dyo_ctx *ctx, const char *list_name, const void *list, size_t n, multi_id_at at, dyo_err *err)
{
  key *keys = NULL, *other = NULL;
  if (rising(list, n, at)) return DYO_OK;
  keys  = DYO_NEW(ctx, n, key);
  other = DYO_NEW(ctx, n, key);
  if (!keys || !other) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) keys[i] = (key){hash_of(at(list, i)), at(list, i), i};
  for (size_t width = 1; width < n; width *= 2) {
    for (size_t low = 0; low < n; low += 2 * width) {
      const size_t mid = low + width < n ? low + width : n, high = mid + width < n ? mid + width : n;
      merge(keys, other, low, mid, high);
    }
    key *swap = keys;
    keys      = other;
    other     = swap;
  }
  for (size_t k = 1; k < n; k++)
    if (strcmp(keys[k - 1].text, keys[k].text) == 0)
      return dyo_fail_item(err, DYO_INVALID_INPUT, list_name, keys[k].i, "id",
                           "found \"%.80s\" again, the first is /%s/%zu; each id must be there once", keys[k].text,
                           list_name, keys[k - 1].i);
  return DYO_OK;
}
