/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/names.h"

#include <stdlib.h>
#include <string.h>

static size_t hash_of(const char *a, const char *b)
{
  size_t h = 1469598103934665603u; /* FNV-1a */
  for (; *a; a++) h = (h ^ (unsigned char)*a) * 1099511628211u;
  h = (h ^ 0xff) * 1099511628211u;
  for (; *b; b++) h = (h ^ (unsigned char)*b) * 1099511628211u;
  return h;
}

/* The slot that holds the name, or the free one for it. */
static size_t slot_of(const names *t, const char *a, const char *b)
{
  size_t at = hash_of(a, b) & (t->n_slots - 1);
  while (t->slots[at]) {
    const name_row *r = &t->v[t->slots[at] - 1];
    if (strcmp(r->a, a) == 0 && strcmp(r->b, b) == 0) break;
    at = (at + 1) & (t->n_slots - 1);
  }
  return at;
}

static bool more_slots(names *t)
{
  const size_t n     = t->n_slots ? 2 * t->n_slots : 64;
  size_t      *slots = calloc(n, sizeof *slots);
  if (!slots) return false;
  free(t->slots);
  t->slots   = slots;
  t->n_slots = n;
  for (size_t i = 0; i < t->n; i++) t->slots[slot_of(t, t->v[i].a, t->v[i].b)] = i + 1;
  return true;
}

bool names_place(names *t, const char *a, const char *b, size_t *place)
{
  if (2 * (t->n + 1) > t->n_slots && !more_slots(t)) return false;
  const size_t at = slot_of(t, a, b);
  if (!t->slots[at]) {
    if (t->n == t->cap) {
      const size_t cap  = t->cap ? 2 * t->cap : 32;
      name_row    *more = realloc(t->v, cap * sizeof *more);
      if (!more) return false;
      t->v   = more;
      t->cap = cap;
    }
    t->v[t->n]   = (name_row){a, b, 0};
    t->slots[at] = ++t->n;
  }
  *place = t->slots[at] - 1;
  return true;
}

void names_clear(names *t)
{
  t->n = t->made = 0;
  if (t->n_slots) memset(t->slots, 0, t->n_slots * sizeof *t->slots);
}

void names_free(names *t)
{
  free(t->v);
  free(t->slots);
  *t = (names){0};
}

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
}

static dyo_status make(db *d, const char *tenant, int64_t now, name_row *r, dyo_err *err)
{
  const db_value   metric[] = {db_text(tenant), db_text(r->a), db_whole(now)};
  const db_value   series[] = {db_text(tenant), db_text(r->a), db_text(r->b)};
  const dyo_status st =
    db_later(d,
             "INSERT INTO metrics (tenant_id, metric, version, changed) VALUES ($1, $2, 1000 * $3, $3)"
             " ON CONFLICT DO NOTHING",
             metric, 3, NULL, NULL, NULL, err);
  if (st != DYO_OK) return st;
  return db_later(d,
                  "INSERT INTO series (tenant_id, series_id, metric, dimensions, n, first, last) VALUES ($1,"
                  " (SELECT coalesce(max(series_id), 0) + 1 FROM series WHERE tenant_id = $1), $2, $3, 0, 0, 0)"
                  " RETURNING series_id",
                  series, 3, take_whole, &r->no, NULL, err);
}

dyo_status names_series(db *d, const char *tenant, int64_t now, names *t, dyo_err *err)
{
  size_t     from = t->n;
  dyo_status st   = DYO_OK;
  while (from && t->v[from - 1].no == 0) from--; /* new names are the last */
  for (size_t i = from; st == DYO_OK && i < t->n; i++) {
    const db_value key[] = {db_text(tenant), db_text(t->v[i].a), db_text(t->v[i].b)};
    st = db_later(d, "SELECT series_id FROM series WHERE tenant_id = $1 AND metric = $2 AND dimensions = $3", key, 3,
                  take_whole, &t->v[i].no, NULL, err);
  }
  if (st == DYO_OK) st = db_flush(d, err);
  for (size_t i = from; st == DYO_OK && i < t->n; i++)
    if (t->v[i].no == 0) t->made++, st = make(d, tenant, now, &t->v[i], err);
  return st == DYO_OK ? db_flush(d, err) : st;
}
