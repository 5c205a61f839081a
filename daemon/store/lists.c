/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/lent.h"
#include "store/parts.h"

enum { PAGE_USUAL = 50, PAGE_MOST = 1000 };

char *store_lent(const char *text)
{
  return lent(text);
}

int whole_order(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

bool text_copy(const row *r, int column, char **out)
{
  const char *text = row_text(r, column);
  *out             = text ? strdup(text) : NULL;
  return !text || *out;
}

bool id_copy(const row *r, int column, char out[ID_CHARS])
{
  const char  *text = row_text(r, column);
  const size_t n    = text ? strlen(text) : 0;
  if (n >= ID_CHARS) return false;
  memcpy(out, text ? text : "", n + 1);
  return true;
}

bool rows_add(void *list, const row *r)
{
  rows_list *l = list;
  if (l->most && l->n == l->most) {
    l->more = true;
    return false;
  }
  if (l->n == l->cap) {
    const size_t cap  = l->cap ? 2 * l->cap : 16;
    char        *more = realloc(l->items, cap * l->size);
    if (!more) {
      l->failed = true;
      return false;
    }
    l->items = more;
    l->cap   = cap;
  }
  char *item = l->items + l->n * l->size;
  memset(item, 0, l->size);
  l->n++; /* what was filled of it is freed with the rest */
  l->failed = !l->fill(item, r);
  return !l->failed;
}

dyo_status rows_done(rows_list *l, dyo_status st, void (*free_items)(void *, size_t), void *out, size_t *n,
                     dyo_err *err)
{
  *(void **)out = NULL;
  *n            = 0;
  if (st == DYO_OK && l->failed) st = dyo_oom(err);
  if (st != DYO_OK) {
    free_items(l->items, l->n);
    free(l->items);
    return st;
  }
  *(void **)out = l->items;
  *n            = l->n;
  return DYO_OK;
}

int page_limit(const store_page *p)
{
  if (!p || p->limit <= 0) return PAGE_USUAL;
  return p->limit < PAGE_MOST ? p->limit : PAGE_MOST;
}

db_value page_rows(const store_page *p)
{
  return db_whole(page_limit(p) + 1);
}

const char *page_after(const store_page *p)
{
  return p && p->after ? p->after : "";
}

static bool no_cursor(const char *text, dyo_err *err)
{
  dyo_fail(err, DYO_INVALID_INPUT, "/cursor", "found \"%.40s\"; the next_cursor of the page before is expected", text);
  return false;
}

bool page_by_id(const store_page *p, dyo_err *err)
{
  const char *after = page_after(p);
  return !*after || id_valid(after) || no_cursor(after, err);
}

bool store_cursor_counts(const store_page *p, size_t *n, dyo_err *err)
{
  const char  *after  = page_after(p);
  const size_t digits = strspn(after, "0123456789");
  *n                  = 0;
  if (digits > 9 || after[digits]) return no_cursor(after, err);
  *n = (size_t)strtoul(after, NULL, 10);
  return true;
}

dyo_status nothing_there(dyo_err *err)
{
  return dyo_fail(err, DYO_NOT_FOUND, "", "there is nothing of that name or id");
}
