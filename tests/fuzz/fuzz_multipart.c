/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_multipart.c - the parser of forms on any bytes. The first byte seeds the sizes of the pieces; the first line is the content type,
 * the rest the body. Read whole and in pieces it must give the same parts, or the same refusal. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/multipart.h"

enum { PARTS = 8 };

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_multipart: %s\n", what);
  abort();
}

/* What the parser said, as text. */
typedef struct {
  char  *s;
  size_t n, cap;
  bool   open; /* a part has begun and not ended */
} record;

static void note(record *r, const void *bytes, size_t n)
{
  if (r->n + n > r->cap) {
    r->cap = 2 * (r->n + n) + 64;
    r->s   = realloc(r->s, r->cap);
    if (!r->s) abort();
  }
  if (n) memcpy(r->s + r->n, bytes, n);
  r->n += n;
}

static dyo_status on_begin(void *user, const multipart_part *part, dyo_err *err)
{
  record *r = user;
  (void)err;
  must(!r->open, "a part begins inside another");
  must(!strchr(part->filename, '/'), "a file name is a path");
  r->open = true;
  note(r, "<", 1);
  note(r, part->name, strlen(part->name) + 1);
  note(r, part->filename, strlen(part->filename) + 1);
  note(r, part->type, strlen(part->type) + 1);
  return DYO_OK;
}

static dyo_status on_data(void *user, const void *bytes, size_t n, dyo_err *err)
{
  (void)err;
  must(((record *)user)->open, "data outside a part");
  note(user, bytes, n);
  return DYO_OK;
}

static dyo_status on_end(void *user, dyo_err *err)
{
  record *r = user;
  (void)err;
  must(r->open, "a part ends that has not begun");
  r->open = false;
  note(r, ">", 1);
  return DYO_OK;
}

static dyo_status parse(const char *type, const uint8_t *body, size_t n, unsigned seed, record *r)
{
  const multipart_events e   = {on_begin, on_data, on_end, r};
  multipart             *m   = NULL;
  dyo_err                err = {0};
  dyo_status             st  = multipart_new(type, &e, PARTS, &m, &err);
  must((st == DYO_OK) == (m != NULL), "a parser with an error, or none without");
  for (size_t at = 0; st == DYO_OK && at < n;) {
    seed             = seed * 1103515245u + 12345u;
    const size_t put = seed >> 16 & 15;
    const size_t k   = put + 1 > n - at ? n - at : put + 1;
    st               = multipart_feed(m, body + at, k, &err);
    at += k;
  }
  if (st == DYO_OK) st = multipart_finish(m, &err);
  must(st == DYO_OK || (err.code == st && err.message[0]), "a refusal without a reason");
  multipart_free(m);
  return st;
}

static dyo_status parse_whole(const char *type, const uint8_t *body, size_t n, record *r)
{
  const multipart_events e   = {on_begin, on_data, on_end, r};
  multipart             *m   = NULL;
  dyo_err                err = {0};
  dyo_status             st  = multipart_new(type, &e, PARTS, &m, &err);
  if (st == DYO_OK && n) st = multipart_feed(m, body, n, &err);
  if (st == DYO_OK) st = multipart_finish(m, &err);
  multipart_free(m);
  return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  if (n < 2) return 0;
  const uint8_t *line = memchr(bytes + 1, '\n', n - 1);
  if (!line) return 0;
  const size_t len  = (size_t)(line - bytes - 1);
  char        *type = malloc(len + 1);
  if (!type) abort();
  memcpy(type, bytes + 1, len);
  type[len]              = '\0';
  const size_t     left  = n - len - 2;
  record           whole = {0}, pieces = {0};
  const dyo_status st     = parse_whole(type, line + 1, left, &whole);
  const dyo_status second = parse(type, line + 1, left, bytes[0], &pieces);
  must(st == second, "whole and in pieces end differently");
  if (st == DYO_OK)
    must(whole.n == pieces.n && (whole.n == 0 || memcmp(whole.s, pieces.s, whole.n) == 0),
         "whole and in pieces differ");
  free(whole.s);
  free(pieces.s);
  free(type);
  return 0;
}
