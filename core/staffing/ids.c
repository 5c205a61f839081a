/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "staffing/ids.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LOOKED_AT = 2000 }; /* ids compared with a mistyped one */

/* FNV-1a. */
static size_t hash_of(const char *s)
{
  uint64_t h = 14695981039346656037u;
  for (; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211u;
  return (size_t)(h ^ h >> 32);
}

bool staff_ids_make(dyo_ctx *ctx, size_t most, staff_ids *ids)
{
  size_t size = 16;
  while (size < 2 * most) size *= 2;
  *ids = (staff_ids){.text = DYO_NEW(ctx, most + 1, const char *), .slot = DYO_NEW(ctx, size, int), .mask = size - 1};
  return ids->text && ids->slot;
}

static size_t place_of(const staff_ids *ids, const char *text)
{
  size_t at = hash_of(text) & ids->mask;
  while (ids->slot[at] && strcmp(ids->text[ids->slot[at] - 1], text) != 0) at = (at + 1) & ids->mask;
  return at;
}

int staff_ids_put(staff_ids *ids, const char *text)
{
  const size_t at = place_of(ids, text);
  if (ids->slot[at]) return ids->slot[at] - 1;
  ids->text[ids->n] = text;
  ids->slot[at]     = (int)++ids->n;
  return (int)ids->n - 1;
}

int staff_ids_find(const staff_ids *ids, const char *text)
{
  return ids->slot[place_of(ids, text)] - 1;
}

void staff_path_key(char *path, size_t size, const char *where, const char *key)
{
  size_t n = (size_t)snprintf(path, size / 2, "%s/", where);
  if (n >= size / 2) n = size / 2 - 1;
  for (const char *s = key; *s && n + 3 < size; s++) {
    if (*s == '~' || *s == '/') path[n++] = '~';
    path[n++] = (char)(*s == '~' ? '0' : *s == '/' ? '1' : *s);
  }
  path[n] = '\0';
}

dyo_status staff_fail_key(dyo_err *err, const char *where, const char *key, const char *fmt, ...)
{
  char    path[sizeof err->path], message[sizeof err->message];
  va_list args;
  staff_path_key(path, sizeof path, where, key);
  va_start(args, fmt);
  vsnprintf(message, sizeof message, fmt, args);
  va_end(args);
  return dyo_fail(err, DYO_INVALID_INPUT, path, "%s", message);
}

/* One letter missing, added, other, or two swapped; or only the case differs. */
static bool slip(const char *a, const char *b)
{
  const size_t na = strlen(a), nb = strlen(b);
  size_t       head = 0, tail = 0;
  if (na > nb + 1 || nb > na + 1) return false;
  while (a[head] && a[head] == b[head]) head++;
  while (tail < na - head && tail < nb - head && a[na - 1 - tail] == b[nb - 1 - tail]) tail++;
  const size_t ra = na - head - tail, rb = nb - head - tail;
  return (ra <= 1 && rb <= 1) || (ra == 2 && rb == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

const char *staff_ids_near(const staff_ids *ids, const char *text)
{
  for (size_t i = 0; i < ids->n && i < LOOKED_AT; i++)
    if (slip(ids->text[i], text)) return ids->text[i];
  return NULL;
}
