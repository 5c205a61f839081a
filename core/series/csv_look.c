/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a delimited text is: its encoding, from a mark at its beginning or from all of its bytes, and its delimiter, from its first rows. */
#include <string.h>

#include "base/dyo_utf8.h"
#include "series/csv_text.h"

enum { ROWS_LOOKED_AT = 60, CANDIDATES = 4, MOST_COUNTED = 63 };

/* What all bytes say when taken for UTF-8. */
typedef struct {
  uint64_t wide, broken, nul; /* characters of several bytes, bytes of none, NULs */
  uint64_t first;             /* where the first broken byte is */
} bytes_seen;

/* Bytes of ASCII without NUL at p, eight at a time. */
static size_t plain(const unsigned char *p, const unsigned char *end)
{
  const unsigned char *from = p;
  while (end - p >= 8) {
    uint64_t w = 0;
    memcpy(&w, p, sizeof w);
    /* a high bit, or a zero byte: Mycroft's test, exact where no high bit is set */
    if ((w | ((w - 0x0101010101010101u) & ~w)) & 0x8080808080808080u) break;
    p += 8;
  }
  while (p < end && *p && *p < 0x80) p++;
  return (size_t)(p - from);
}

/* Looks at b[0..n), which stands at `at` in the file; how many bytes were judged: all but a character that the end cuts off. */
static size_t see(bytes_seen *s, const unsigned char *b, size_t n, uint64_t at, bool last)
{
  size_t i = 0;
  for (;;) {
    i += plain(b + i, b + n);
    if (i == n || (!last && n - i < 4)) return i;
    const size_t len = b[i] ? dyo_utf8_len(b + i, b + n) : 0;
    if (len > 1) s->wide++;
    else if (b[i] == 0) s->nul++;
    else if (len == 0 && s->broken++ == 0) s->first = at + i;
    i += len ? len : 1;
  }
}

static dyo_status see_all(dyo_ctx *ctx, const dyo_source *src, uint64_t from, bytes_seen *s, dyo_err *err)
{
  const size_t   block = csv_block(src);
  unsigned char *b     = DYO_NEW(ctx, block, unsigned char);
  size_t         kept  = 0;
  if (!b) return dyo_oom(err);
  for (uint64_t at = from; at < src->size;) {
    const size_t got = dyo_source_read(src, at, b + kept, block - kept);
    if (got == 0)
      return dyo_fail(err, DYO_INVALID_INPUT, "", "the file could not be read beyond byte %llu",
                      (unsigned long long)at);
    const size_t used = see(s, b, kept + got, at - kept, at + got >= src->size);
    at += got;
    kept = kept + got - used;
    memmove(b, b + used, kept);
    if (dyo_poll(ctx, 0, "looking at the file") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, false, err);
  }
  return DYO_OK;
}

/* Is it UTF-16 without a mark? Latin text then has a zero in every second byte. */
static bool alternating(const unsigned char *b, size_t n, bool *big)
{
  size_t zero[2] = {0, 0};
  for (size_t i = 0; i < n; i++) zero[i & 1] += b[i] == 0;
  *big = zero[0] > zero[1];
  return zero[*big ? 0 : 1] * 10 > n * 3 && zero[*big ? 1 : 0] * 50 < n;
}

static dyo_status look_encoding(dyo_ctx *ctx, const dyo_source *src, const csv_options *o, csv_info *info, dyo_err *err)
{
  unsigned char b[1024];
  const size_t  n      = dyo_source_read(src, 0, b, sizeof b);
  const bool    mark8  = n >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0;
  const bool    little = n >= 2 && b[0] == 0xff && b[1] == 0xfe, great = n >= 2 && b[0] == 0xfe && b[1] == 0xff;
  const bool    mark16 = little || great, any = o->encoding == CSV_AUTO;
  bytes_seen    s   = {0};
  bool          big = false;

  info->encoding = o->encoding;
  if (mark8 && (any || o->encoding == CSV_UTF8)) {
    info->encoding = CSV_UTF8;
    info->start    = 3;
  } else if (any ? mark16 || alternating(b, n, &big) : o->encoding == CSV_UTF16) {
    if (!mark16 && !any) alternating(b, n, &big);
    info->encoding = CSV_UTF16;
    info->big      = great || (!little && big);
    info->start    = mark16 ? 2 : 0;
  }
  if (info->encoding == CSV_UTF16 || info->encoding == CSV_1252) return DYO_OK;
  const dyo_status st = see_all(ctx, src, info->start, &s, err);
  if (st != DYO_OK) return st;
  /* A stray byte in a text full of good characters is damage; otherwise the text was never UTF-8. */
  if (info->encoding == CSV_AUTO) info->encoding = s.broken && s.wide < 10 * s.broken ? CSV_1252 : CSV_UTF8;
  if (info->encoding == CSV_1252) info->odd_byte = s.first;
  info->clean = info->encoding == CSV_UTF8 && !s.broken && !s.nul;
  return DYO_OK;
}

/* How often each candidate stands in the row at p outside of quotes; where the next row begins, NULL where the row is cut off. */
static const char *count_row(const char *p, const char *end, bool last, const char *candidates, size_t n[CANDIDATES])
{
  bool quoted = false;
  memset(n, 0, CANDIDATES * sizeof *n);
  for (; p < end; p++) {
    if (*p == '"') quoted = !quoted;
    if (quoted) continue;
    if (*p == '\n' || *p == '\r') return p + 1 < end && *p == '\r' && p[1] == '\n' ? p + 2 : p + 1;
    for (size_t c = 0; c < CANDIDATES; c++) n[c] += *p == candidates[c];
  }
  return last && !quoted ? end : NULL;
}

/* The candidate that stands equally often in most rows; where several do, the one that is rarer in ordinary text. */
static char sniff(const char *text, size_t n, bool last)
{
  static const char candidates[CANDIDATES]             = {';', '\t', '|', ','};
  size_t            rows[CANDIDATES][MOST_COUNTED + 1] = {{0}}, best = 0, best_rows = 0;
  const char       *p = text, *end = text + n;
  for (int i = 0; i < ROWS_LOOKED_AT && p && p < end; i++) {
    size_t count[CANDIDATES];
    p = count_row(p, end, last, candidates, count);
    for (size_t c = 0; p && c < CANDIDATES; c++) rows[c][count[c] < MOST_COUNTED ? count[c] : MOST_COUNTED]++;
  }
  for (size_t c = 0; c < CANDIDATES; c++)
    for (size_t k = 1; k <= MOST_COUNTED; k++) {
      if (rows[c][k] <= best_rows) continue;
      best      = c;
      best_rows = rows[c][k];
    }
  return best_rows ? candidates[best] : ',';
}

dyo_status csv_look(dyo_ctx *ctx, const dyo_source *src, const csv_options *o, csv_info *info, dyo_err *err)
{
  csv_text t;
  *info         = (csv_info){0};
  dyo_status st = look_encoding(ctx, src, o, info, err);
  if (st == DYO_OK) st = csv_text_open(ctx, src, info, &t, err);
  if (st == DYO_OK) st = csv_text_more(&t, err);
  if (st != DYO_OK) return st;
  const bool   quoted = t.to > 0 && t.text[0] == '"';
  const char  *head   = t.text + quoted;
  const size_t n      = t.to - quoted;
  const bool   told   = n >= 5 && (memcmp(head, "sep=", 4) == 0 || memcmp(head, "SEP=", 4) == 0);
  info->delimiter     = o->delimiter ? o->delimiter : told ? head[4] : sniff(t.text, t.to, t.end);
  return DYO_OK;
}
