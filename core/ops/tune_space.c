/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/tune.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MOST = 1000 };

static const double far_apart = 100; /* from this ratio of its ends on a range is searched by factors */

typedef struct {
  double min, max;
  int    log;
} range;

static const dyo_field range_rows[] = {
  DYO_NUM(range, min, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Least value to try."),
  DYO_NUM(range, max, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Greatest value to try."),
  DYO_FLAG(range, log, "Whether equal factors count alike; absent: where max is at least 100 times a min above zero."),
  DYO_END(range)};

/* A search on its way from text. */
typedef struct {
  dyo_ctx         *ctx;
  const dyo_model *model;
  const char      *params;
  bool             own; /* the model's own search */
  tune_space      *out;
  dyo_status       st;
  dyo_err         *err;
  void            *scratch; /* a params struct, for values to be decoded into */
} reader;

static bool is_null(dyo_piece v)
{
  return v.n == 4 && memcmp(v.s, "null", 4) == 0;
}

static bool fail(reader *r, const char *name, const char *what, dyo_piece found)
{
  char path[sizeof r->err->path];
  snprintf(path, sizeof path, "/search/%s", name);
  r->st =
    dyo_fail(r->err, DYO_INVALID_INPUT, path, "found %.*s; %s", (int)(found.n < 60 ? found.n : 60), found.s, what);
  return false;
}

/* Tells an error that has the code r->st at /search/name and what stands behind that. */
static bool move(reader *r, const char *name, const char *behind, const char *more)
{
  const dyo_err e    = *r->err;
  const char   *path = dyo_text(r->ctx, "/search/%s%s%s", name, behind, more ? more : "");
  if (!path) r->st = dyo_oom(r->err);
  if (r->st != DYO_OUT_OF_MEMORY) dyo_fail(r->err, r->st, path, "%s", e.message);
  return false;
}

/* Does the value do for the setting? What the rows find wrong with it is told at /search/name and `place` behind it. */
static bool suits(reader *r, const dyo_field *row, dyo_piece v, const char *place)
{
  const size_t left = strlen(row->name) + 1; /* of the path, which the decoder begins with the name */
  const char  *text = dyo_text(r->ctx, "{\"%s\":%.*s}", row->name, (int)v.n, v.s);
  if (!text) r->st = dyo_oom(r->err);
  if (r->st == DYO_OK) r->st = dyo_json_decode(r->ctx, text, strlen(text), r->model->params, r->scratch, r->err);
  if (r->st == DYO_OK || r->st == DYO_OUT_OF_MEMORY) return r->st == DYO_OK;
  const dyo_err e = *r->err;
  return move(r, row->name, place, strlen(e.path) > left ? e.path + left : NULL);
}

/* ---- lists ---- */

typedef struct {
  reader          *r;
  const dyo_field *row;
  dyo_piece       *values;
  size_t           n;
} list;

static bool count_one(void *user, dyo_piece value)
{
  list *l = user;
  (void)value;
  return ++l->n <= VALUES_MOST;
}

static bool take_one(void *user, dyo_piece value)
{
  list *l = user;
  char  place[32];
  snprintf(place, sizeof place, "/%zu", l->n);
  l->values[l->n++] = value;
  return is_null(value) ? true : suits(l->r, l->row, value, place);
}

static double number_of(dyo_piece v)
{
  double x;
  char   text[DYO_JSON_DIGITS + 1], *end = NULL;
  if (v.n > DYO_JSON_DIGITS) return NAN;
  memcpy(text, v.s, v.n);
  text[v.n] = '\0';
  x         = strtod(text, &end);
  return *end ? NAN : x;
}

/* Numbers that ascend or descend. */
static bool in_order(const list *l)
{
  double up = 0, down = 0;
  for (size_t i = 1; i < l->n; i++) {
    const double a = number_of(l->values[i - 1]), b = number_of(l->values[i]);
    if (a < b) up++;
    if (a > b) down++;
  }
  return l->n > 2 && (up == (double)l->n - 1 || down == (double)l->n - 1);
}

/* Where the model's own default stands in the list: null, or the row's; else the first place. */
static double first_place(const list *l)
{
  const dyo_field *f = l->row;
  for (size_t i = 0; i < l->n; i++) {
    const dyo_piece v = l->values[i];
    if (is_null(v)) return (double)i;
    if ((f->type == DYO_T_NUM || f->type == DYO_T_INT) && number_of(v) == f->dflt) return (double)i;
    if (f->type == DYO_T_BOOL && (v.n == 4) == (f->dflt != 0)) return (double)i;
    if (f->type == DYO_T_ENUM && f->dflt >= 0 && f->dflt < DYO_NULL) {
      const char *word = f->names[(int)f->dflt];
      if (v.n == strlen(word) + 2 && memcmp(v.s + 1, word, v.n - 2) == 0) return (double)i;
    }
  }
  return 0;
}

static bool take_list(reader *r, const dyo_field *row, dyo_piece value, tune_setting *s, dyo_axis *a)
{
  list l = {r, row, NULL, 0};
  r->st  = dyo_json_elements(value.s, value.n, count_one, &l, r->err);
  if (r->st != DYO_OK) return false;
  if (l.n == 0 || l.n > VALUES_MOST)
    return fail(r, row->name, l.n ? "at most 1000 values are expected" : "at least one value is expected", value);
  l.values = DYO_NEW(r->ctx, l.n, dyo_piece);
  if (!l.values) return r->st = dyo_oom(r->err), false;
  l.n                 = 0;
  const dyo_status st = dyo_json_elements(value.s, value.n, take_one, &l, r->err);
  if (r->st == DYO_OK) r->st = st;
  *s = (tune_setting){row, l.values};
  *a = (dyo_axis){.n = l.n, .ordered = in_order(&l), .start = first_place(&l)};
  return r->st == DYO_OK;
}

/* ---- ranges ---- */

/* What the rows say against an end of the range. */
static bool end_suits(reader *r, const dyo_field *row, double x, const char *place)
{
  char         text[DYO_NUMBER_CHARS];
  const size_t n = dyo_number_text(x, text);
  return suits(r, row, (dyo_piece){text, n}, place);
}

static double middle(const range *g, bool log, bool whole)
{
  char         text[32];
  const double v = log ? sqrt(g->min) * sqrt(g->max) : g->min / 2 + g->max / 2;
  if (whole) return floor(v);
  snprintf(text, sizeof text, "%.6g", v);
  return fmin(fmax(strtod(text, NULL), g->min), g->max);
}

static bool wrong_end(reader *r, const dyo_field *row, const char *end, double found, const char *what)
{
  r->st = dyo_fail(r->err, DYO_INVALID_INPUT, "", "found %g; %s", found, what);
  return move(r, row->name, end, NULL);
}

static bool take_range(reader *r, const dyo_field *row, dyo_piece value, tune_setting *s, dyo_axis *a)
{
  range      g     = {0};
  const bool whole = row->type == DYO_T_INT;
  if (row->type != DYO_T_NUM && !whole) return fail(r, row->name, "a list of values is expected", value);
  r->st           = dyo_json_decode(r->ctx, value.s, value.n, range_rows, &g, r->err);
  const dyo_err e = *r->err;
  if (r->st != DYO_OK) return move(r, row->name, e.path, NULL);
  if (!end_suits(r, row, g.min, "/min") || !end_suits(r, row, g.max, "/max")) return false;
  if (g.min > g.max) return wrong_end(r, row, "/max", g.max, "a number of at least min is expected");
  if (g.log == 1 && !(g.min > 0))
    return wrong_end(r, row, "/min", g.min, "a number above 0 is expected where log is true");
  const bool log = g.log >= 0 ? g.log == 1 : g.min > 0 && g.max >= far_apart * g.min;
  const bool in  = row->dflt >= g.min && row->dflt <= g.max;
  *s             = (tune_setting){row, NULL};
  *a             = (dyo_axis){.min = g.min, .max = g.max, .whole = whole, .log = log};
  a->start       = in ? row->dflt : middle(&g, log, whole);
  return true;
}

/* ---- the whole ---- */

static const dyo_field *row_of(const dyo_field *rows, dyo_piece name)
{
  for (; rows->name; rows++)
    if (strlen(rows->name) == name.n && memcmp(rows->name, name.s, name.n) == 0) return rows;
  return NULL;
}

/* The rows' own refusal of a name they do not know, with the nearest that they do. */
static bool unknown(reader *r, dyo_piece name)
{
  const char *text = dyo_text(r->ctx, "{\"%.*s\":0}", (int)name.n, name.s);
  r->st = text ? dyo_json_decode_in(r->ctx, "search", text, strlen(text), r->model->params, r->scratch, r->err)
               : dyo_oom(r->err);
  if (r->st == DYO_OK) r->st = dyo_fail(r->err, DYO_INVALID_INPUT, "/search", "a name is written with escapes");
  return false;
}

typedef struct {
  dyo_piece name;
  bool      found;
} wanted;

static bool is_wanted(void *user, dyo_piece name, dyo_piece value)
{
  wanted *w = user;
  w->found  = name.n == w->name.n && memcmp(name.s, w->name.s, name.n) == 0 && !is_null(value);
  return !w->found;
}

static bool take_setting(void *user, dyo_piece name, dyo_piece value)
{
  reader          *r    = user;
  tune_space      *s    = r->out;
  const dyo_field *row  = row_of(r->model->params, name);
  wanted           here = {name, false};
  if (!row) return unknown(r, name);
  if (r->params) r->st = dyo_json_members(r->params, strlen(r->params), is_wanted, &here, r->err);
  if (here.found && r->own) return true;
  if (here.found) {
    char path[sizeof r->err->path];
    snprintf(path, sizeof path, "/params/%s", row->name);
    r->st =
      dyo_fail(r->err, DYO_INVALID_INPUT, path, "it stands in search as well; either a value or a search is expected");
    return false;
  }
  const size_t i  = s->n++;
  const bool   ok = value.s[0] == '['   ? take_list(r, row, value, &s->settings[i], &s->axes[i])
                    : value.s[0] == '{' ? take_range(r, row, value, &s->settings[i], &s->axes[i])
                                        : fail(r, row->name, "a list of values or {\"min\",\"max\"} is expected", value);
  return ok && r->st == DYO_OK;
}

static size_t count_rows(const dyo_field *rows)
{
  size_t n = 0;
  while (rows[n].name) n++;
  return n;
}

/* Members of an object's text, without its braces. */
static const char *inside(dyo_ctx *ctx, const char *object)
{
  if (!object) return "";
  return dyo_text(ctx, "%.*s", (int)(strlen(object) - 2), object + 1);
}

dyo_status tune_space_read(dyo_ctx *ctx, const dyo_model *m, const char *search, const char *params, tune_space *out,
                           dyo_err *err)
{
  const size_t rows = count_rows(m->params);
  reader       r    = {ctx, m, params, !search, out, DYO_OK, err, dyo_alloc(ctx, 1, dyo_model_params_size(m))};
  *out              = (tune_space){.fixed    = inside(ctx, params),
                                   .settings = DYO_NEW(ctx, rows + 1, tune_setting),
                                   .axes     = DYO_NEW(ctx, rows + 1, dyo_axis)};
  if (!r.scratch || !out->fixed || !out->settings || !out->axes) return dyo_oom(err);
  if (!search) search = m->search ? m->search : "{}";
  const dyo_status st = dyo_json_members(search, strlen(search), take_setting, &r, err);
  if (st != DYO_OK || r.st != DYO_OK) return st != DYO_OK ? st : r.st;
  if (out->n > 0) return DYO_OK;
  if (!r.own) return dyo_fail(err, DYO_INVALID_INPUT, "/search", "found no setting; at least one is expected");
  if (rows == 0) return dyo_fail(err, DYO_UNSUPPORTED, "/model_type", "%s has no settings to search", m->name);
  return dyo_fail(err, DYO_INVALID_INPUT, "/params",
                  "every setting that %s is searched by stands here; name others in search", m->name);
}

const char *tune_space_params(dyo_ctx *ctx, const tune_space *s, const double *x)
{
  const char *text = s->fixed;
  for (size_t k = 0; x && k < s->n && text; k++) {
    const tune_setting *t = &s->settings[k];
    char                number[DYO_NUMBER_CHARS];
    dyo_piece           v = {number, 0};
    if (t->values) v = t->values[(size_t)x[k]];
    else v.n = dyo_number_text(x[k], number);
    if (is_null(v)) continue;
    text = dyo_text(ctx, "%s%s\"%s\":%.*s", text, text[0] ? "," : "", t->row->name, (int)v.n, v.s);
  }
  return text ? dyo_text(ctx, "{%s}", text) : NULL;
}
