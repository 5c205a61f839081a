/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv.c - series.parse on any bytes. Three bytes choose the options, the rest is the file. It is read once whole and once in short
 * pieces, which must give the same answer; an answer must be JSON, its series ascend, and its counts agree. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyo_ctx.h"
#include "json/dyo_json.h"
#include "series/dyo_parse.h"

enum { OPTION_BYTES = 3, LARGEST_MEMORY = 256 << 20 };

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_csv: %s\n", what);
  abort();
}

typedef struct {
  const uint8_t *bytes;
  size_t         most; /* bytes of one read */
} pieces;

static size_t read_piece(void *user, uint64_t offset, void *buf, size_t n)
{
  const pieces *p = user;
  if (n > p->most) n = p->most;
  memcpy(buf, p->bytes + offset, n);
  return n;
}

static void look_at(const dyo_parse_out *o)
{
  must((size_t)o->rejected_count >= o->n_rejected, "more was set aside than counted");
  must(o->rows_used <= o->rows_read, "more rows used than read");
  must(o->n_questions > 0 || o->n_series > 0, "neither series nor question");
  for (size_t i = 0; i < o->n_series; i++) {
    const dyo_parse_series *s = &o->series[i];
    must(!s->dates || s->n_dates == s->n_values, "dates and values differ in number");
    for (size_t k = 1; s->dates && k < s->n_dates; k++)
      must(strcmp(s->dates[k - 1], s->dates[k]) < 0, "dates do not ascend");
  }
}

/* The answer, or the error, as text into b. */
static dyo_status answer(const dyo_source *src, const uint8_t o[OPTION_BYTES], dyo_buf *b)
{
  static const char *const delimiters[] = {NULL, NULL, ",", ";", "\t", "|", " ", "x"};
  static const char *const dates[]      = {NULL, NULL, "", "date", "1", "2", "3", NULL};
  static const char       *names[]      = {"2", "3"};
  static dyo_parse_limits  small        = {1e6, 1000, 20, 1e6, 10, 300};
  dyo_parse_out            out          = {0};
  dyo_err                  err          = {0};
  dyo_ctx                  ctx;
  dyo_ctx_init(&ctx, NULL);
  ctx.max_memory      = LARGEST_MEMORY;
  dyo_parse_in in     = {.content       = src,
                         .format        = o[0] & 1,
                         .encoding      = o[0] >> 1 & 3,
                         .delimiter     = delimiters[o[0] >> 3 & 7],
                         .header_row    = o[0] >> 6 ? (o[0] >> 6) - 1 : DYO_NO_INT,
                         .layout        = o[1] & 3,
                         .date_column   = dates[o[1] >> 2 & 7],
                         .value_columns = o[1] & 32 ? names : NULL,
                         .group_by      = o[1] & 64 ? names + 1 : NULL,
                         .decimal       = (o[2] & 3) - 1 > 1 ? -1 : (o[2] & 3) - 1,
                         .date_order    = (o[2] >> 2 & 3) - 1,
                         .aggregate     = (o[2] >> 4 & 7) % 7,
                         .limits        = o[2] & 128 ? &small : NULL};
  in.n_value_columns  = in.value_columns ? 1 + (o[1] >> 7) : 0;
  in.n_group_by       = in.group_by ? 1 : 0;
  const dyo_status st = dyo_parse(&ctx, &in, &out, &err);
  must(st != DYO_INTERNAL && st == err.code, "the status is internal, or differs from the error");
  if (st == DYO_OK) {
    look_at(&out);
    must(dyo_json_encode(&ctx, dyo_parse_out_rows, &out, b, &err) == DYO_OK, "the answer cannot be written");
  } else {
    must(err.path[0] == '/' || st == DYO_OUT_OF_MEMORY, "the error points nowhere");
    dyo_json_error(b, &err);
  }
  must(b->s && strlen(b->s) == b->n && dyo_json_check(b->s, b->n, &err) == DYO_OK, "what is written is not JSON");
  dyo_ctx_clear(&ctx);
  return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  dyo_buf whole = {0}, again = {0};
  if (size < OPTION_BYTES) return 0;
  pieces           p     = {data + OPTION_BYTES, 1 + data[0] % 61};
  const dyo_source bytes = dyo_source_bytes(p.bytes, size - OPTION_BYTES);
  const dyo_source parts = {.size = size - OPTION_BYTES, .read = read_piece, .user = &p};
  if (answer(&bytes, data, &whole) != DYO_OUT_OF_MEMORY) {
    answer(&parts, data, &again);
    must(whole.n == again.n && memcmp(whole.s, again.s, whole.n) == 0, "read in pieces, the file says something else");
  }
  dyo_buf_free(&whole);
  dyo_buf_free(&again);
  return 0;
}
