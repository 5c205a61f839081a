/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/csv_text.h"

#include <string.h>

#include "base/dyo_utf8.h"

enum { WIDEST = 3 /* bytes of UTF-8 that one byte of the file can become */ };

/* 0x80..0x9f of Windows-1252; 0 where it has no character. */
static const unsigned short high_1252[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                             0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                             0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                             0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

dyo_status csv_text_open(dyo_ctx *ctx, const dyo_source *src, const csv_info *info, csv_text *t, dyo_err *err)
{
  *t      = (csv_text){.ctx = ctx, .src = src, .info = info, .at = info->start, .block = csv_block(src)};
  t->cap  = 2 * WIDEST * t->block;
  t->text = DYO_NEW(ctx, t->cap, char);
  t->raw  = info->clean ? NULL : DYO_NEW(ctx, t->block, unsigned char);
  t->end  = info->start >= src->size;
  return t->text && (info->clean || t->raw) ? DYO_OK : dyo_oom(err);
}

static void put(csv_text *t, unsigned c)
{
  char *p = t->text + t->to;
  if (c == 0) {
    c = 0xfffd; /* no character, or a NUL, which no text of ours may hold */
    t->replaced++;
  }
  if (c < 0x80) {
    *p++ = (char)c;
  } else if (c < 0x800) {
    *p++ = (char)(0xc0 | c >> 6);
    *p++ = (char)(0x80 | (c & 63));
  } else if (c < 0x10000) {
    *p++ = (char)(0xe0 | c >> 12);
    *p++ = (char)(0x80 | (c >> 6 & 63));
    *p++ = (char)(0x80 | (c & 63));
  } else {
    *p++ = (char)(0xf0 | c >> 18);
    *p++ = (char)(0x80 | (c >> 12 & 63));
    *p++ = (char)(0x80 | (c >> 6 & 63));
    *p++ = (char)(0x80 | (c & 63));
  }
  t->to = (size_t)(p - t->text);
}

static size_t decode_1252(csv_text *t)
{
  for (size_t i = 0; i < t->n_raw; i++) {
    const unsigned char c = t->raw[i];
    put(t, c >= 0x80 && c < 0xa0 ? high_1252[c - 0x80] : c);
  }
  return t->n_raw;
}

/* Each byte that belongs to no character becomes U+FFFD. What the end of the block cuts off is left for the next. */
static size_t decode_utf8(csv_text *t)
{
  size_t i = 0;
  while (i < t->n_raw && (t->end || t->n_raw - i >= 4)) {
    const size_t n = t->raw[i] ? dyo_utf8_len(t->raw + i, t->raw + t->n_raw) : 0;
    if (n == 0) {
      put(t, 0);
      i++;
    } else {
      memcpy(t->text + t->to, t->raw + i, n);
      t->to += n;
      i += n;
    }
  }
  return i;
}

static unsigned unit(const csv_text *t, size_t i)
{
  return t->info->big ? (unsigned)t->raw[i] << 8 | t->raw[i + 1] : (unsigned)t->raw[i + 1] << 8 | t->raw[i];
}

static size_t decode_utf16(csv_text *t)
{
  size_t i = 0;
  while (t->n_raw - i >= 4 || (t->end && t->n_raw - i >= 2)) {
    const unsigned hi = unit(t, i), lo = t->n_raw - i >= 4 ? unit(t, i + 2) : 0;
    const bool     pair = hi >= 0xd800 && hi < 0xdc00 && lo >= 0xdc00 && lo < 0xe000;
    if (pair) put(t, 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00));
    else put(t, hi >= 0xd800 && hi < 0xe000 ? 0 : hi);
    i += pair ? 4 : 2;
  }
  if (t->end && i < t->n_raw) { /* half a character at the end */
    put(t, 0);
    i = t->n_raw;
  }
  return i;
}

static dyo_status make_room(csv_text *t, size_t n, dyo_err *err)
{
  if (t->from) {
    memmove(t->text, t->text + t->from, t->to - t->from);
    t->to -= t->from;
    t->from = 0;
  }
  if (t->cap - t->to >= n) return DYO_OK;
  char *more = DYO_NEW(t->ctx, 2 * t->cap + n, char);
  if (!more) return dyo_oom(err);
  memcpy(more, t->text, t->to);
  t->text = more;
  t->cap  = 2 * t->cap + n;
  return DYO_OK;
}

dyo_status csv_text_more(csv_text *t, dyo_err *err)
{
  const bool   clean = t->info->clean;
  const double size  = t->src->size ? (double)t->src->size : 1;
  if (t->end) return DYO_OK;
  if (dyo_poll(t->ctx, t->done + 0.5 * (double)t->at / size, "reading the file") == DYO_STOP_CANCELLED)
    return dyo_cancelled(t->ctx, false, err);
  const dyo_status st = make_room(t, clean ? t->block : t->block * WIDEST, err);
  if (st != DYO_OK) return st;
  const size_t want = clean ? t->block : t->block - t->n_raw;
  const size_t got = dyo_source_read(t->src, t->at, clean ? (unsigned char *)t->text + t->to : t->raw + t->n_raw, want);
  t->at += got;
  t->end = t->at >= t->src->size;
  if (got < want && !t->end)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "the file could not be read beyond byte %llu of %llu",
                    (unsigned long long)t->at, (unsigned long long)t->src->size);
  if (clean) {
    t->to += got;
    return DYO_OK;
  }
  t->n_raw += got;
  const size_t used = t->info->encoding == CSV_UTF16  ? decode_utf16(t)
                      : t->info->encoding == CSV_1252 ? decode_1252(t)
                                                      : decode_utf8(t);
  t->n_raw -= used;
  memmove(t->raw, t->raw + used, t->n_raw);
  return DYO_OK;
}
