/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/series: a file in any of the accepted encodings as UTF-8 text, block by block. */
#ifndef DYO_SERIES_CSV_TEXT_H
#define DYO_SERIES_CSV_TEXT_H

#include "series/csv.h"

/* text[from..to) is read and not yet used up. It is preceded by nothing and followed by nothing that may be touched. */
typedef struct {
  dyo_ctx          *ctx;
  const dyo_source *src;
  const csv_info   *info;
  double            done;  /* of the progress to show */
  size_t            block; /* bytes of one read */
  uint64_t          at;    /* next byte of the file */
  char             *text;
  size_t            from, to, cap;
  unsigned char    *raw; /* bytes not yet decoded: raw[0..n_raw) */
  size_t            n_raw, replaced;
  bool              end; /* nothing more to come */
} csv_text;

/* Bytes to read at once: no more than a small file has. */
static inline size_t csv_block(const dyo_source *src)
{
  enum { BLOCK = 64 * 1024, LEAST = 256 };
  return src->size >= BLOCK ? BLOCK : src->size < LEAST ? LEAST : (size_t)src->size;
}

dyo_status csv_text_open(dyo_ctx *ctx, const dyo_source *src, const csv_info *info, csv_text *t, dyo_err *err);

/* More text behind what is there, which moves to the front. Nothing where t->end. */
dyo_status csv_text_more(csv_text *t, dyo_err *err);

#endif
