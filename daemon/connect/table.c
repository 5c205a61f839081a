/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's bytes to values, as series.parse reads them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connect/table.h"
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

dyo_status table_options_ok(const char *options, dyo_err *err)
{
  dyo_parse_in in = {0};
  dyo_ctx      ctx;
  char         at[sizeof err->path];
  dyo_ctx_init(&ctx, NULL);
  dyo_status  st    = decode(&ctx, options, &in, err);
  const char *field = st == DYO_OK ? file_option(&in) : NULL;
  if (field) st = dyo_fail(err, DYO_INVALID_INPUT, "", "which file it is cannot be set here, only how files are read");
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
static const char *bare_name(dyo_ctx *ctx, const char *name)
{
  const char *dot = strrchr(name, '.');
  return dyo_text(ctx, "%.*s", (int)(dot && dot != name ? dot - name : (long)strlen(name)), name);
}

static const char *dimensions_of(dyo_ctx *ctx, const table_rule *rule, const dyo_parse_series *s)
{
  const char *names[DIMENSIONS_MOST], *values[DIMENSIONS_MOST];
  size_t      n = 0;
  for (size_t i = 0; i < s->n_dimensions && n < DIMENSIONS_MOST - 1; i++, n++) {
    names[n]  = s->dimensions[i].name;
    values[n] = s->dimensions[i].value;
  }
  if (rule->file_dimension) {
    names[n]  = rule->file_dimension;
    values[n] = bare_name(ctx, rule->name);
    if (!values[n++]) return NULL;
  }
  return mapping_dimensions(ctx, names, values, n);
}

/* Numbered rows have no date: they are days from the first of 1970 on, as in uploads. */
static dyo_status put_series(dyo_ctx *ctx, const table_rule *rule, const dyo_parse_series *s, table *out, dyo_err *err)
{
  const char *metric     = dyo_text(ctx, "%s", metric_of(s));
  const char *dimensions = dimensions_of(ctx, rule, s);
  if (!metric || !dimensions) return dyo_oom(err);
  for (size_t i = 0; i < s->n_values; i++) {
    dyo_time t = (dyo_time)i * DYO_DAY;
    if (s->dates && !dyo_time_parse(s->dates[i], &t))
      return dyo_fail(err, DYO_INTERNAL, "", "a date was not understood twice");
    out->cells[out->n_cells++] = (mirror_cell){metric, dimensions, t, s->values[i], (aggregate)rule->aggregate};
  }
  return DYO_OK;
}

static dyo_status put_all(dyo_ctx *ctx, const table_rule *rule, const dyo_parse_out *p, table *out, dyo_err *err)
{
  size_t     n  = 0;
  dyo_status st = DYO_OK;
  for (size_t i = 0; i < p->n_series; i++) n += p->series[i].n_values;
  out->cells = DYO_NEW(ctx, n ? n : 1, mirror_cell);
  if (!out->cells) return dyo_oom(err);
  for (size_t i = 0; i < p->n_series && st == DYO_OK; i++) st = put_series(ctx, rule, &p->series[i], out, err);
  out->rows_read = p->rows_read;
  out->rows_used = p->rows_used;
  out->rejected  = p->rejected_count;
  out->series    = (int)p->n_series;
  return st;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------- */

/* What was made from values is CSV of one sheet, whatever the settings say of files. */
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

bool table_name(const char *name)
{
  const char *dot = strrchr(name, '.');
  return dot && (strcasecmp(dot, ".csv") == 0 || strcasecmp(dot, ".tsv") == 0 || strcasecmp(dot, ".xlsx") == 0);
}

dyo_status table_read(session *s, dyo_ctx *ctx, const table_rule *rule, const char *bytes, size_t n, table *out,
                      dyo_err *err)
{
  const dyo_host   host   = {.now = host_now, .progress = host_progress, .user = s};
  const dyo_source source = dyo_source_bytes(bytes, n);
  dyo_parse_in     in     = {0};
  dyo_parse_out    p      = {0};
  dyo_ctx          own;
  *out = (table){0};
  dyo_ctx_init(&own, &host);
  dyo_status st = decode(&own, rule->parse, &in, err);
  if (st == DYO_OK) {
    in.content = &source;
    in.name    = rule->nameless || !rule->name[0] ? NULL : rule->name;
    if (rule->values) as_values(&in);
    st = dyo_parse(&own, &in, &p, err);
    if (st == DYO_OK && p.n_questions) snprintf(out->problem, sizeof out->problem, "%.170s", p.questions[0].message);
    if (of_the_file(st)) {
      snprintf(out->problem, sizeof out->problem, "%.170s", err->message);
      st = DYO_OK;
    }
  }
  if (st == DYO_OK && !out->problem[0]) st = put_all(ctx, rule, &p, out, err);
  dyo_ctx_clear(&own);
  return st;
}
