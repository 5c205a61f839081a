/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of people, tasks and skills as places in their lists: by their text in order, found through a table of where each first part begins. */
#include "staffing/assign_model.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static uint64_t hash_of(const char *s)
{
  uint64_t h = 14695981039346656037u;
  for (; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
  return h;
}

static int compare(uint64_t hash, const char *name, const assign_key *k)
{
  if (hash != k->hash) return hash < k->hash ? -1 : 1;
  return strcmp(name, k->name);
}

static int by_hash(const void *a, const void *b)
{
  const assign_key *x = a, *y = b;
  const int         c = compare(x->hash, x->name, y);
  return c != 0 ? c : (x->place > y->place) - (x->place < y->place);
}

dyo_status assign_names_make(dyo_ctx *ctx, const char **name, size_t n, assign_names *t, dyo_err *err)
{
  t->n     = n;
  t->shift = 63;
  while (t->shift > 40 && (size_t)1 << (63 - t->shift) < n) t->shift--;
  const size_t parts = (size_t)1 << (64 - t->shift);
  t->key             = DYO_NEW(ctx, n + 1, assign_key);
  t->begin           = DYO_NEW(ctx, parts + 1, size_t);
  if (!t->key || !t->begin) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) t->key[i] = (assign_key){hash_of(name[i]), name[i], i};
  qsort(t->key, n, sizeof *t->key, by_hash);
  for (size_t part = 0, i = 0; part <= parts; part++) {
    while (i < n && t->key[i].hash >> t->shift < part) i++;
    t->begin[part] = i;
  }
  return DYO_OK;
}

size_t assign_names_find(const assign_names *t, const char *name)
{
  const uint64_t hash = hash_of(name), part = hash >> t->shift;
  size_t         low = t->begin[part], high = t->begin[part + 1];
  while (low < high) {
    const size_t mid = (low + high) / 2;
    if (compare(hash, name, &t->key[mid]) > 0) low = mid + 1;
    else high = mid;
  }
  return low < t->n && compare(hash, name, &t->key[low]) == 0 ? t->key[low].place : t->n;
}

size_t assign_names_twice(const assign_names *t)
{
  size_t first = t->n;
  for (size_t k = 1; k < t->n; k++)
    if (strcmp(t->key[k - 1].name, t->key[k].name) == 0 && t->key[k].place < first) first = t->key[k].place;
  return first;
}
