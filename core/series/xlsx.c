/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx.c - one workbook from its archive to the rows of one sheet. */
#include "series/xlsx.h"

#include <stdlib.h>

#include "series/xlsx_parts.h"

/* The strings are not in the arena; what it may hold bounds them all the same. */
static xlsx_limits limits_of(const dyo_ctx *ctx, const xlsx_limits *asked)
{
  xlsx_limits l = *asked;
  if (l.inflated == 0) l.inflated = (uint64_t)2 << 30;
  if (!(l.ratio > 0)) l.ratio = 200;
  if (l.entries == 0) l.entries = 10000;
  if (l.strings == 0) l.strings = (size_t)512 << 20;
  if (l.strings > ctx->max_memory) l.strings = ctx->max_memory;
  if (l.rows == 0) l.rows = 1048576;
  if (l.columns == 0) l.columns = 16384;
  if (l.field == 0) l.field = 1 << 20;
  return l;
}

static dyo_status fill_info(xlsx *x, xlsx_info *info)
{
  info->date1904 = x->date1904;
  info->n_sheets = x->n_sheets;
  info->sheets   = DYO_NEW(x->ctx, x->n_sheets, const char *);
  if (!info->sheets) return dyo_oom(x->err);
  for (size_t i = 0; i < x->n_sheets; i++) info->sheets[i] = x->sheets[i].name;
  return DYO_OK;
}

static dyo_status read_named(xlsx *x, xlsx_info *info, row_fn fn, void *user)
{
  size_t     i     = 0;
  int        entry = XLSX_NOWHERE;
  dyo_status st    = xlsx_pick(x, x->o->sheet, &i);
  if (st == DYO_OK) st = xlsx_sheet_entry(x, i, &entry);
  if (st != DYO_OK) return st;
  info->sheet = x->sheets[i].name;
  if (entry == XLSX_NOWHERE)
    return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where_sheet, "\"%.60s\" has no cells: it is a chart or a dialog",
                    info->sheet);
  return xlsx_sheet_read(x, entry, info->sheet, &info->rows, fn, user);
}

/* The first sheet with data: visible ones, then hidden ones. Empty ones are read through, and count for the limits. */
static dyo_status read_first(xlsx *x, xlsx_info *info, row_fn fn, void *user)
{
  for (int hidden = 0; hidden <= 1; hidden++)
    for (size_t i = 0; i < x->n_sheets && info->rows == 0; i++) {
      int        entry = XLSX_NOWHERE;
      dyo_status st    = x->sheets[i].hidden == hidden ? xlsx_sheet_entry(x, i, &entry) : DYO_OK;
      if (st != DYO_OK) return st;
      if (entry == XLSX_NOWHERE) continue;
      info->sheet = x->sheets[i].name;
      st          = xlsx_sheet_read(x, entry, info->sheet, &info->rows, fn, user);
      if (st != DYO_OK) return st;
    }
  return DYO_OK;
}

static void clear(xlsx *x)
{
  xlsx_zip_close(x->zip);
  free(x->rels);
  free(x->sheets);
  free(x->kinds);
  free(x->strings.buf.text);
  free(x->strings.at);
}

dyo_status xlsx_read(dyo_ctx *ctx, const dyo_source *src, const xlsx_options *o, xlsx_info *info, row_fn fn, void *user,
                     dyo_err *err)
{
  xlsx x = {.ctx = ctx, .o = o, .limits = limits_of(ctx, &o->limits), .err = err};
  memset(info, 0, sizeof *info);
  dyo_status st = xlsx_zip_open(&x, src);
  if (st == DYO_OK) st = xlsx_refuse_parts(&x);
  if (st == DYO_OK) st = xlsx_book_read(&x);
  if (st == DYO_OK) st = xlsx_strings_read(&x);
  if (st == DYO_OK) st = xlsx_styles_read(&x);
  if (st == DYO_OK) st = fill_info(&x, info);
  if (st == DYO_OK) st = o->sheet ? read_named(&x, info, fn, user) : read_first(&x, info, fn, user);
  clear(&x);
  return st;
}
