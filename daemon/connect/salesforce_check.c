/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the credentials are good, what can be queried with them, and how much there is of what is wanted. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "connect/salesforce.h"
#include "connect/told.h"

enum { NAMES_SHOWN = 2000, OBJECTS_MOST = 100, COUNTED_MOST = 5, LABEL = 81 };

/* One of the objects that are wanted. */
typedef struct {
  bool    seen;
  char    one[LABEL], many[LABEL]; /* what people call it */
  int64_t count, newest;           /* of the records; time of the last change; -1: not known */
} wanted;

typedef struct {
  session *s;
  dyo_buf *names;
  wanted  *w;
  size_t   n;
} discovery;

static void read_label(dyo_piece object, const char *member, const char *otherwise, char out[LABEL])
{
  char text[LABEL];
  told_label(piece_copy(piece_member(object, member), text, sizeof text) ? text : otherwise, out, LABEL);
}

static bool take_object(void *user, dyo_piece p)
{
  discovery    *d = user;
  const sf_org *o = sf_org_of(d->s);
  char          name[SYNC_NAME];
  if (!piece_word(piece_member(p, "queryable"), "true") || !piece_copy(piece_member(p, "name"), name, sizeof name))
    return true;
  for (size_t i = 0; i < o->n_objects && i < OBJECTS_MOST; i++)
    if (strcmp(o->objects[i].object, name) == 0) {
      d->w[i].seen = true;
      read_label(p, "label", name, d->w[i].one);
      read_label(p, "labelPlural", name, d->w[i].many);
    }
  if (d->n++ >= NAMES_SHOWN) return true;
  dyo_buf_puts(d->names, d->n > 1 ? "," : "");
  dyo_buf_string(d->names, name);
  return true;
}

static bool first_stamp(void *user, dyo_piece record)
{
  char text[64];
  if (piece_copy(piece_member(record, "SystemModstamp"), text, sizeof text)) *(int64_t *)user = stamp_parse(text);
  return false;
}

/* A number that cannot be had, of an object too large to count or without stamps, is left out. */
static dyo_status excused(const session *s, dyo_status st)
{
  return st == DYO_UPSTREAM_ERROR && s->last == FAULT_TERMINAL ? DYO_OK : st;
}

static dyo_status count(session *s, const char *object, wanted *w, dyo_err *err)
{
  char      soql[256];
  web_reply r = {0};
  w->count = w->newest = -1;
  snprintf(soql, sizeof soql, "SELECT COUNT() FROM %.100s", object);
  dyo_status st = excused(s, sf_count(s, soql, false, &w->count, err));
  if (st != DYO_OK || w->count <= 0) return st;
  snprintf(soql, sizeof soql, "SELECT SystemModstamp FROM %.100s ORDER BY SystemModstamp DESC LIMIT 1", object);
  st = sf_query(s, soql, false, &r, err);
  if (st == DYO_OK) piece_items(piece_member(piece_of(r.body, r.n), "records"), first_stamp, &w->newest);
  web_reply_free(&r);
  return excused(s, st);
}

static void put_counts(const sf_org *o, const wanted *w, dyo_buf *message, dyo_buf *details)
{
  const int64_t now = clock_now_ms();
  char          text[CLOCK_TEXT];
  size_t        told = 0;
  dyo_buf_puts(details, ",\"records\":{");
  for (size_t i = 0; i < o->n_objects && i < COUNTED_MOST; i++) {
    if (w[i].count < 0) continue;
    dyo_buf_puts(message, told ? "; " : ": ");
    told_things(message, w[i].count, w[i].one, w[i].many);
    told_newest(message, w[i].newest, now);
    dyo_buf_puts(details, told++ ? "," : "");
    dyo_buf_string(details, o->objects[i].object);
    dyo_buf_printf(details, ":{\"count\":%lld,\"newest\":", (long long)w[i].count);
    if (w[i].newest >= 0) clock_text(w[i].newest, text);
    if (w[i].newest >= 0) dyo_buf_string(details, text);
    else dyo_buf_puts(details, "null");
    dyo_buf_puts(details, "}");
  }
  dyo_buf_puts(details, "}");
}

dyo_status sf_check(session *s, dyo_buf *message, dyo_buf *details, dyo_err *err)
{
  web_reply     r = {0};
  const sf_org *o = sf_org_of(s);
  discovery     d = {.s = s, .names = details, .w = DYO_NEW(&s->ctx, OBJECTS_MOST, wanted)};
  if (!d.w) return dyo_oom(err);
  dyo_status st = sf_get(s, "/sobjects/", &r, err);
  if (st != DYO_OK) return st;
  dyo_buf_puts(details, "\"objects\":[");
  piece_items(piece_member(piece_of(r.body, r.n), "sobjects"), take_object, &d);
  web_reply_free(&r);
  for (size_t i = 0; i < o->n_objects && i < OBJECTS_MOST; i++)
    if (!d.w[i].seen)
      return session_fail(s, FAULT_TERMINAL, "INVALID_TYPE", err,
                          "the credentials are good, but there is no object \"%.60s\" that this user may query",
                          o->objects[i].object);
  for (size_t i = 0; i < o->n_objects && i < COUNTED_MOST && st == DYO_OK; i++)
    st = count(s, o->objects[i].object, &d.w[i], err);
  dyo_buf_printf(details, "],\"requests_today\":%lld,\"requests_a_day\":%lld", o->used, o->limit);
  dyo_buf_puts(message, "The credentials are good");
  put_counts(o, d.w, message, details);
  dyo_buf_printf(message, ". %zu kinds of records can be queried.", d.n);
  return st;
}
