/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/mapping.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/pieces.h"
#include "series/dyo_calendar.h"

enum { DIMENSIONS_MOST = 16, TEXT_MOST = 200 };

const dyo_field mapping_metric_rows[] = {
  DYO_STR(mapping_metric, metric, DYO_REQ, 200, "The metric that the values become."),
  DYO_STR(mapping_metric, date, DYO_REQ, 120, "The field that has the day; of a time its day in UTC counts."),
  DYO_STR(mapping_metric, value, DYO_OPT, 120, "The field that has the value; a count needs none."),
  DYO_STRS(mapping_metric, dimensions, DYO_OPT, DIMENSIONS_MOST, "Fields that tell the series of the metric apart."),
  DYO_ENUM(mapping_metric, aggregate, AGGREGATE_SUM, aggregate_words, "What values of one day and series become."),
  DYO_END(mapping_metric)};

const dyo_field mapping_object_rows[] = {
  DYO_STR(mapping_object, object, DYO_REQ, 80, "The kind of record, by its name in the source."),
  DYO_STRS(mapping_object, fields, DYO_OPT, 500, "Fields to keep; absent: those that the metrics need."),
  DYO_LIST(mapping_object, metrics, DYO_OPT, 50, mapping_metric, mapping_metric_rows, "What its records become."),
  DYO_END(mapping_object)};

/* --- checks ------------------------------------------------------------------------------------------------------------------ */

static dyo_status accept_metric(const mapping_metric *m, const char *path, dyo_err *err)
{
  char at[96];
  if (!m->value && m->aggregate != AGGREGATE_COUNT) {
    snprintf(at, sizeof at, "%.70s/value", path);
    return dyo_fail(err, DYO_INVALID_INPUT, at, "missing; all aggregates but count take a field");
  }
  for (size_t i = 0; i < m->n_dimensions; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(m->dimensions[i], m->dimensions[k]) == 0) {
        snprintf(at, sizeof at, "%.60s/dimensions/%zu", path, i);
        return dyo_fail(err, DYO_INVALID_INPUT, at, "found \"%.40s\" twice", m->dimensions[i]);
      }
  return DYO_OK;
}

/* Values of one series may come from several objects, but only by one rule. */
static dyo_status same_rule(const mapping_object *o, size_t i, size_t k, const char *path, dyo_err *err)
{
  const mapping_metric *m = &o[i].metrics[k];
  char                  at[96];
  for (size_t a = 0; a <= i; a++)
    for (size_t b = 0; b < (a == i ? k : o[a].n_metrics); b++) {
      const mapping_metric *other = &o[a].metrics[b];
      if (strcmp(m->metric, other->metric) != 0) continue;
      snprintf(at, sizeof at, "%.40s/%zu/metrics/%zu", path, i, k);
      if (m->aggregate != other->aggregate)
        return dyo_fail(err, DYO_INVALID_INPUT, at, "found metric \"%.60s\" with two aggregates; one is expected",
                        m->metric);
    }
  return DYO_OK;
}

dyo_status mapping_accept(const mapping_object *o, size_t n, const char *path, dyo_err *err)
{
  char       at[96];
  dyo_status st = DYO_OK;
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    for (size_t k = 0; k < i; k++)
      if (strcmp(o[i].object, o[k].object) == 0) {
        snprintf(at, sizeof at, "%.40s/%zu/object", path, i);
        return dyo_fail(err, DYO_INVALID_INPUT, at, "found \"%.60s\" twice", o[i].object);
      }
    for (size_t k = 0; k < o[i].n_metrics && st == DYO_OK; k++) {
      snprintf(at, sizeof at, "%.40s/%zu/metrics/%zu", path, i, k);
      st = accept_metric(&o[i].metrics[k], at, err);
      if (st == DYO_OK) st = same_rule(o, i, k, path, err);
    }
  }
  return st;
}

/* --- cells ------------------------------------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

const char *mapping_dimensions(dyo_ctx *ctx, const char *const *names, const char *const *values, size_t n)
{
  char   *members[DIMENSIONS_MOST];
  size_t  k  = 0;
  bool    ok = true;
  dyo_buf b  = {0};
  for (size_t i = 0; i < n && k < DIMENSIONS_MOST; i++) {
    dyo_buf m = {0};
    if (!values[i]) continue;
    dyo_buf_string(&m, names[i]);
    dyo_buf_puts(&m, ":");
    dyo_buf_string(&m, values[i]);
    ok           = ok && !m.failed;
    members[k++] = m.s;
  }
  if (ok && k > 1) qsort(members, k, sizeof *members, by_text);
  dyo_buf_puts(&b, "{");
  for (size_t i = 0; i < k; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    if (ok) dyo_buf_puts(&b, members[i]);
    free(members[i]);
  }
  dyo_buf_puts(&b, "}");
  const char *text = ok && !b.failed ? dyo_text(ctx, "%s", b.s) : NULL;
  dyo_buf_free(&b);
  return text;
}

/* A field by its name, which may be a path into nested objects. */
static dyo_piece field_of(dyo_piece record, const char *name)
{
  const dyo_piece flat = piece_member(record, name);
  return flat.s || !strchr(name, '.') ? flat : piece_path(record, name);
}

/* A value as a dimension's text: what stands in a string, else as it stands; NULL: nothing, or no plain value. */
static char *plain_text(dyo_piece p)
{
  if (piece_none(p) || *p.s == '{' || *p.s == '[') return NULL;
  char *text = *p.s == '"' ? piece_string(p) : strndup(p.s, p.n);
  if (text && strlen(text) > TEXT_MOST) { /* cut where a character begins */
    size_t n = TEXT_MOST;
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    text[n] = '\0';
  }
  return text;
}

static const char *dimensions_of(dyo_ctx *ctx, const mapping_metric *m, dyo_piece record)
{
  char  *values[DIMENSIONS_MOST] = {0};
  size_t n                       = m->n_dimensions < DIMENSIONS_MOST ? m->n_dimensions : DIMENSIONS_MOST;
  if (n == 0) return "{}";
  for (size_t i = 0; i < n; i++) values[i] = plain_text(field_of(record, m->dimensions[i]));
  const char *text = mapping_dimensions(ctx, m->dimensions, (const char *const *)values, n);
  for (size_t i = 0; i < n; i++) free(values[i]);
  return text;
}

/* The day of a date or time. */
static bool day_of(dyo_piece p, int64_t *day)
{
  char     text[11];
  dyo_time t = 0;
  if (!p.s || *p.s != '"' || p.n < 12) return false;
  memcpy(text, p.s + 1, 10);
  text[10] = '\0';
  if (text[4] != '-' || text[7] != '-' || !dyo_time_parse(text, &t)) return false;
  *day = t;
  return true;
}

static bool value_of(const mapping_metric *m, dyo_piece record, double *value)
{
  const dyo_piece p = m->value ? field_of(record, m->value) : (dyo_piece){NULL, 0};
  *value            = 1;
  if (!m->value) return true;
  if (m->aggregate == AGGREGATE_COUNT) return !piece_none(p);
  if (piece_word(p, "true") || piece_word(p, "false")) {
    *value = piece_word(p, "true");
    return true;
  }
  return piece_number(p, value);
}

dyo_status mapping_cells(dyo_ctx *ctx, const mapping_object *o, dyo_piece record, mirror_cell **cells, size_t *n,
                         int *rejected, dyo_err *err)
{
  *n        = 0;
  *rejected = 0;
  *cells    = o->n_metrics ? DYO_NEW(ctx, o->n_metrics, mirror_cell) : NULL;
  if (o->n_metrics && !*cells) return dyo_oom(err);
  for (size_t i = 0; i < o->n_metrics; i++) {
    const mapping_metric *m = &o->metrics[i];
    mirror_cell           c = {.metric = m->metric, .how = (aggregate)m->aggregate};
    if (!day_of(field_of(record, m->date), &c.time) || !value_of(m, record, &c.value)) {
      ++*rejected;
      continue;
    }
    c.dimensions = dimensions_of(ctx, m, record);
    if (!c.dimensions) return dyo_oom(err);
    (*cells)[(*n)++] = c;
  }
  return DYO_OK;
}

void mapping_mark(const mapping_object *o, char out[DIGEST_CHARS])
{
  uint8_t      digest[DIGEST_SIZE];
  digest_state d;
  digest_begin(&d);
  for (size_t i = 0; i < o->n_fields; i++) digest_add(&d, o->fields[i], strlen(o->fields[i]) + 1);
  for (size_t i = 0; i < o->n_metrics; i++) {
    const mapping_metric *m       = &o->metrics[i];
    const char *const     texts[] = {m->metric, m->date, m->value ? m->value : "", aggregate_words[m->aggregate]};
    digest_add(&d, "metric", 7);
    for (int k = 0; k < 4; k++) digest_add(&d, texts[k], strlen(texts[k]) + 1);
    for (size_t k = 0; k < m->n_dimensions; k++) digest_add(&d, m->dimensions[k], strlen(m->dimensions[k]) + 1);
  }
  digest_end(&d, digest);
  digest_text(digest, out);
}
