/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as they are kept: one flat object of the fields asked for, written alike whether they came as JSON or as CSV, so that the way
 * they came is no change. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/salesforce.h"

/* --- content -------------------------------------------------------------------------------------------------------------------- */

static void put_time(dyo_buf *b, dyo_piece v)
{
  char text[64], stamp[STAMP_CHARS];
  piece_copy(v, text, sizeof text);
  const int64_t ms = stamp_parse(text);
  if (ms < 0) {
    dyo_buf_add(b, v.s, v.n);
    return;
  }
  stamp_text(ms, stamp);
  dyo_buf_string(b, stamp);
}

/* Escapes may be written in several ways; what has none is as it is. */
static void put_text(dyo_buf *b, dyo_piece v)
{
  char *text = memchr(v.s, '\\', v.n) && *v.s == '"' ? piece_string(v) : NULL;
  if (text) dyo_buf_string(b, text);
  else dyo_buf_add(b, v.s, v.n);
  free(text);
}

static void put_value(dyo_buf *b, sf_type type, dyo_piece v)
{
  double x = 0;
  if (piece_none(v)) dyo_buf_puts(b, "null");
  else if (type == SF_NUMBER && piece_number(v, &x)) dyo_buf_number(b, x);
  else if (type == SF_TIME) put_time(b, v);
  else if (type == SF_BOOL) dyo_buf_puts(b, piece_word(v, "true") || piece_word(v, "\"true\"") ? "true" : "false");
  else if (*v.s == '{' || *v.s == '[') dyo_buf_puts(b, "null");
  else put_text(b, v);
}

void sf_content(const sf_pull *p, const dyo_piece *values, dyo_buf *b)
{
  dyo_buf_puts(b, "{");
  for (size_t i = 0; i < p->n_fields; i++) {
    dyo_buf_puts(b, i ? ",\"" : "\"");
    dyo_buf_puts(b, p->fields[i].name);
    dyo_buf_puts(b, "\":");
    put_value(b, p->fields[i].type, values[i]);
  }
  dyo_buf_puts(b, "}");
}

static int64_t stamp_of(const sf_pull *p, const dyo_piece *values)
{
  char text[64];
  if (!p->cursor) return 0;
  piece_copy(values[1], text, sizeof text);
  return stamp_parse(text);
}

static bool is_deleted(const sf_pull *p, const dyo_piece *values)
{
  const dyo_piece v = p->can_delete ? values[p->cursor ? 2 : 1] : (dyo_piece){NULL, 0};
  return piece_word(v, "true") || piece_word(v, "\"true\"");
}

/* Where the window stands. A record that was changed while its page waited has a later stamp than the window: it belongs to the next. */
static void reached(sf_pull *p, int64_t stamp, const char *id)
{
  if (p->cursor && stamp >= p->w.lo && stamp < p->w.hi && stamp >= p->w.stamp) window_reached(&p->w, stamp, id);
}

dyo_status sf_take(sf_pull *p, const dyo_piece *values, bool asked, dyo_err *err)
{
  char          id[SF_ID], stamp[STAMP_CHARS] = "";
  const int64_t at       = stamp_of(p, values);
  int           rejected = 0;
  mirror_cell  *cells    = NULL;
  sync_record   r        = {.id = id, .stamp = stamp, .deleted = is_deleted(p, values), .asked = asked};
  dyo_buf       b        = {0};
  if (!piece_copy(values[0], id, sizeof id) || strlen(id) < 15 || at < 0)
    return session_fail(p->s, FAULT_TERMINAL, "", err, "a record of %.60s has no id or no %s", p->map->object,
                        p->cursor);
  if (p->cursor) stamp_text(at, stamp);
  dyo_status st = DYO_OK;
  if (!r.deleted) {
    sf_content(p, values, &b);
    r.content   = b.s;
    r.n_content = b.n;
    st          = b.failed ? dyo_oom(err)
                           : mapping_cells(&p->y->batch, p->map, piece_of(b.s, b.n), &cells, &r.n_cells, &rejected, err);
    r.cells     = cells;
    p->y->at->rejected += rejected > 0;
  }
  if (st == DYO_OK) st = sync_add(p->y, &r, err);
  dyo_buf_free(&b);
  if (st == DYO_OK && asked) reached(p, at, id);
  return st;
}

/* --- JSON ------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const sf_pull *p;
  dyo_piece     *values;
  size_t         next; /* where the next name is expected: answers keep the order of the query */
} picking;

static bool same_name(const char *name, dyo_piece p)
{
  return strncmp(name, p.s, p.n) == 0 && name[p.n] == '\0';
}

static bool pick(void *user, dyo_piece name, dyo_piece value)
{
  picking     *k = user;
  const size_t n = k->p->n_fields;
  for (size_t i = 0; i < n; i++) {
    const size_t at = (k->next + i) % n;
    if (!same_name(k->p->fields[at].name, name)) continue;
    k->values[at] = value;
    k->next       = at + 1;
    break;
  }
  return true;
}

typedef struct {
  sf_pull   *p;
  dyo_status st;
  dyo_err   *err;
} taking;

void sf_values(const sf_pull *p, dyo_piece record, dyo_piece values[SF_FIELDS])
{
  picking k = {p, values, 0};
  for (size_t i = 0; i < p->n_fields; i++) values[i] = (dyo_piece){NULL, 0};
  piece_members(record, pick, &k);
  for (size_t i = 0; i < p->n_fields; i++)
    if (!values[i].s && strchr(p->fields[i].name, '.')) values[i] = piece_path(record, p->fields[i].name);
}

static bool take_record(void *user, dyo_piece record)
{
  taking   *t = user;
  dyo_piece values[SF_FIELDS];
  sf_values(t->p, record, values);
  t->st = sf_take(t->p, values, true, t->err);
  return t->st == DYO_OK;
}

dyo_status sf_take_page(sf_pull *p, dyo_piece page, dyo_err *err)
{
  taking t = {p, DYO_OK, err};
  piece_items(piece_member(page, "records"), take_record, &t);
  return t.st;
}

/* --- CSV --------------------------------------------------------------------------------------------------------------------------- */

/* One value, from *at on; it is written to b as a JSON string, or null where it is empty. False: the text ends inside it. */
static bool read_cell(const char **at, const char *end, dyo_buf *plain, dyo_buf *b)
{
  const char *s     = *at;
  const bool  quote = s < end && *s == '"';
  plain->n          = 0;
  dyo_buf_puts(plain, "");
  for (s += quote; s < end; s++) {
    if (quote && *s == '"') {
      if (s + 1 >= end || s[1] != '"') break;
      s++;
    } else if (!quote && (*s == ',' || *s == '\n' || *s == '\r')) {
      break;
    }
    if (*s) dyo_buf_add(plain, s, 1); /* a NUL has been seen in values: it is left out */
  }
  if (quote && s >= end) return false;
  *at = s + quote;
  if (plain->n == 0) dyo_buf_puts(b, "null");
  else dyo_buf_string(b, plain->s);
  return true;
}

typedef struct {
  const char *at, *end;
  dyo_buf     text, plain; /* values of a line as JSON, one behind the other */
  size_t      from[SF_FIELDS], n;
} csv_line;

/* One line; false at the end of the text, or where it is cut (then l->n is 0 and at is not the end). */
static bool read_line(csv_line *l)
{
  l->n = l->text.n = 0;
  if (l->at >= l->end) return false;
  for (;;) {
    if (l->n == SF_FIELDS) return l->n = 0, false;
    l->from[l->n++] = l->text.n;
    if (!read_cell(&l->at, l->end, &l->plain, &l->text)) return l->n = 0, false;
    if (l->at < l->end && *l->at == ',') {
      l->at++;
      continue;
    }
    if (l->at < l->end && *l->at == '\r') l->at++;
    if (l->at >= l->end) return l->n = 0, false; /* every line ends, also the last */
    if (*l->at != '\n') return l->n = 0, false;
    l->at++;
    return !l->text.failed && !l->plain.failed;
  }
}

static dyo_piece value_at(const csv_line *l, size_t i)
{
  const size_t end = i + 1 < l->n ? l->from[i + 1] : l->text.n;
  return (dyo_piece){l->text.s + l->from[i], end - l->from[i]};
}

static dyo_status read_head(const sf_pull *p, csv_line *l, size_t place[SF_FIELDS], dyo_err *err)
{
  if (!read_line(l)) return session_fail(p->s, FAULT_TRANSIENT, "", err, "a page of a Bulk result has no head");
  for (size_t i = 0; i < p->n_fields; i++) {
    place[i] = SIZE_MAX;
    for (size_t k = 0; k < l->n; k++) {
      const dyo_piece v = value_at(l, k);
      if (v.n > 2 && same_name(p->fields[i].name, (dyo_piece){v.s + 1, v.n - 2})) place[i] = k;
    }
    if (place[i] == SIZE_MAX)
      return session_fail(p->s, FAULT_TERMINAL, "", err, "a page of a Bulk result has no column %.60s",
                          p->fields[i].name);
  }
  return DYO_OK;
}

dyo_status sf_take_csv(sf_pull *p, const char *text, size_t n, int64_t *rows, dyo_err *err)
{
  csv_line  *l                 = calloc(1, sizeof *l);
  size_t     place[SF_FIELDS]  = {0};
  dyo_piece  values[SF_FIELDS] = {{NULL, 0}};
  dyo_status st                = l ? DYO_OK : dyo_oom(err);
  *rows                        = 0;
  if (l) l->at = text, l->end = text + n;
  if (st == DYO_OK) st = read_head(p, l, place, err);
  const size_t columns = l ? l->n : 0;
  while (st == DYO_OK && read_line(l)) {
    if (l->n != columns) {
      st = session_fail(p->s, FAULT_TRANSIENT, "", err, "a line of a Bulk result has %zu values, its head %zu", l->n,
                        columns);
      break;
    }
    for (size_t i = 0; i < p->n_fields; i++) values[i] = value_at(l, place[i]);
    st = sf_take(p, values, true, err);
    ++*rows;
  }
  if (st == DYO_OK && (l->text.failed || l->plain.failed)) st = dyo_oom(err);
  if (st == DYO_OK && l->at < l->end)
    st = session_fail(p->s, FAULT_TRANSIENT, "", err, "a page of a Bulk result is cut");
  if (l) dyo_buf_free(&l->text), dyo_buf_free(&l->plain);
  free(l);
  return st;
}

/* --- state --------------------------------------------------------------------------------------------------------------------------- */

dyo_status sf_state(const sf_pull *p, dyo_buf *b)
{
  b->n = 0;
  dyo_buf_printf(
    b, "{\"run\":%lld,\"cursor\":%lld,\"compared\":%lld,\"until\":%lld,\"lo\":%lld,\"hi\":%lld,\"stamp\":%lld,\"id\":",
    (long long)p->y->job->run_no, (long long)p->done_to, (long long)p->compared, (long long)p->until,
    (long long)p->w.lo, (long long)p->w.hi, (long long)p->w.stamp);
  dyo_buf_string(b, p->w.id);
  dyo_buf_puts(b, ",\"job\":");
  dyo_buf_string(b, p->job);
  dyo_buf_puts(b, ",\"locator\":");
  dyo_buf_string(b, p->locator);
  dyo_buf_puts(b, "}");
  return b->failed ? DYO_OUT_OF_MEMORY : DYO_OK;
}

dyo_status sf_commit(sf_pull *p, dyo_err *err)
{
  dyo_buf    b  = {0};
  dyo_status st = sf_state(p, &b) == DYO_OK ? sync_commit(p->y, b.s, err) : dyo_oom(err);
  dyo_buf_free(&b);
  return st;
}
