/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's bytes to values, as series.parse reads them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connect/drive.h"
#include "series/dyo_calendar.h"
#include "series/dyo_parse.h"

enum { DIMENSIONS_MOST = 16 };

static dyo_status decode(dyo_ctx *ctx, const char *options, dyo_parse_in *in, dyo_err *err)
{
  const char *text = options ? options : "{}";
  return dyo_json_decode_in(ctx, "parse", text, strlen(text), dyo_parse_in_rows, in, err);
}

/* The option that names a file, which is not for the settings to say; NULL: none does. */
static const char *file_option(const dyo_parse_in *in)
{
  if (in->content) return "content";
  if (in->content_base64) return "content_base64";
  if (in->path) return "path";
  return in->name ? "name" : NULL;
}

dyo_status drive_parse_ok(const char *options, dyo_err *err)
{
  dyo_parse_in in = {0};
  dyo_ctx      ctx;
  char         at[sizeof err->path];
  dyo_ctx_init(&ctx, NULL);
  dyo_status  st    = decode(&ctx, options, &in, err);
  const char *field = st == DYO_OK ? file_option(&in) : NULL;
  if (field) st = dyo_fail(err, DYO_INVALID_INPUT, "", "the files are Drive's; only how they are read can be set here");
  if (field) snprintf(at, sizeof at, "/config/parse/%s", field);
  else snprintf(at, sizeof at, "/config%.180s", err->path);
  if (st != DYO_OK) snprintf(err->path, sizeof err->path, "%s", at);
  dyo_ctx_clear(&ctx);
  return st;
}

/* --- host ------------------------------------------------------------------------------------------------------------------ */

static double host_now(void *user)
{
  (void)user;
  return clock_monotonic();
}

static bool host_progress(void *user, double fraction, const char *stage)
{
  (void)fraction, (void)stage;
  return session_cancelled(user);
}

/* --- values ------------------------------------------------------------------------------------------------------------------ */

static const char *metric_of(const dyo_parse_series *s)
{
  return s->column && s->column[0] ? s->column : s->name && s->name[0] ? s->name : "value";
}

/* The name without what follows its last dot. */
static const char *bare_name(dyo_ctx *ctx, const drive_file *f)
{
  const char *dot = strrchr(f->name, '.');
  return dyo_text(ctx, "%.*s", (int)(dot && dot != f->name ? dot - f->name : (long)strlen(f->name)), f->name);
}

static const char *dimensions_of(dyo_ctx *ctx, const char *by_file, const drive_file *f, const dyo_parse_series *s)
{
  const char *names[DIMENSIONS_MOST], *values[DIMENSIONS_MOST];
  size_t      n = 0;
  for (size_t i = 0; i < s->n_dimensions && n < DIMENSIONS_MOST - 1; i++, n++) {
    names[n]  = s->dimensions[i].name;
    values[n] = s->dimensions[i].value;
  }
  if (by_file) {
    names[n]  = by_file;
    values[n] = bare_name(ctx, f);
    if (!values[n++]) return NULL;
  }
  return mapping_dimensions(ctx, names, values, n);
}

/* Numbered rows have no date: they are days from the first of 1970 on, as in uploads. */
static dyo_status put_series(dyo_ctx *ctx, const drive_config *c, const drive_file *f, const dyo_parse_series *s,
                             drive_table *out, dyo_err *err)
{
  const char *metric     = dyo_text(ctx, "%s", metric_of(s));
  const char *dimensions = dimensions_of(ctx, c->file_dimension, f, s);
  if (!metric || !dimensions) return dyo_oom(err);
  for (size_t i = 0; i < s->n_values; i++) {
    dyo_time t = (dyo_time)i * DYO_DAY;
    if (s->dates && !dyo_time_parse(s->dates[i], &t))
      return dyo_fail(err, DYO_INTERNAL, "", "a date was not understood twice");
    out->cells[out->n_cells++] = (mirror_cell){metric, dimensions, t, s->values[i], (aggregate)c->aggregate};
  }
  return DYO_OK;
}

static dyo_status put_all(dyo_ctx *ctx, const drive_config *c, const drive_file *f, const dyo_parse_out *p,
                          drive_table *out, dyo_err *err)
{
  size_t     n  = 0;
  dyo_status st = DYO_OK;
  for (size_t i = 0; i < p->n_series; i++) n += p->series[i].n_values;
  out->cells = DYO_NEW(ctx, n ? n : 1, mirror_cell);
  if (!out->cells) return dyo_oom(err);
  for (size_t i = 0; i < p->n_series && st == DYO_OK; i++) st = put_series(ctx, c, f, &p->series[i], out, err);
  out->rows_read = p->rows_read;
  out->rows_used = p->rows_used;
  out->rejected  = p->rejected_count;
  out->series    = (int)p->n_series;
  return st;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------- */

/* What was made from a sheet's values is CSV of one sheet whatever the settings say of the files. */
static void as_values(dyo_parse_in *in)
{
  in->sheet     = NULL;
  in->format    = 0;
  in->delimiter = ",";
  in->decimal   = -1;
}

static bool of_the_file(dyo_status st)
{
  return st == DYO_INVALID_INPUT || st == DYO_INSUFFICIENT_DATA || st == DYO_UNSUPPORTED || st == DYO_TOO_LARGE;
}

dyo_status drive_read(session *s, dyo_ctx *ctx, const drive_file *f, const drive_content *c, drive_table *out,
                      dyo_err *err)
{
  const drive_config *config = s->config;
  const dyo_host      host   = {.now = host_now, .progress = host_progress, .user = s};
  const dyo_source    source = dyo_source_bytes(c->bytes, c->n);
  dyo_parse_in        in     = {0};
  dyo_parse_out       p      = {0};
  dyo_ctx             own;
  *out = (drive_table){0};
  dyo_ctx_init(&own, &host);
  dyo_status st = decode(&own, config->parse, &in, err);
  if (st == DYO_OK) {
    in.content = &source;
    in.name    = drive_is_sheet(f) || !f->name[0] ? NULL : f->name;
    if (c->values) as_values(&in);
    st = dyo_parse(&own, &in, &p, err);
    if (st == DYO_OK && p.n_questions) snprintf(out->problem, sizeof out->problem, "%.170s", p.questions[0].message);
    if (of_the_file(st)) {
      snprintf(out->problem, sizeof out->problem, "%.170s", err->message);
      st = DYO_OK;
    }
  }
  if (st == DYO_OK && !out->problem[0]) st = put_all(ctx, config, f, &p, out, err);
  dyo_ctx_clear(&own);
  return st;
}
