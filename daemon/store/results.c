/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecasts and optimisation runs: what was asked and what came out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/parts.h"

/* --- forecasts ------------------------------------------------------------------------------------------------------- */

void store_forecast_free(store_forecast *f, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    char *const texts[] = {f[i].metric,  f[i].dimensions, f[i].model_type, f[i].model,
                           f[i].request, f[i].result,     f[i].accuracy,   f[i].evaluation};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) free(texts[k]);
  }
}

static void free_forecasts(void *f, size_t n)
{
  store_forecast_free(f, n);
}

static bool fill_forecast(void *item, const row *r)
{
  store_forecast *f    = item;
  char          **to[] = {&f->metric,     &f->dimensions, &f->model_type, &f->accuracy,
                          &f->evaluation, &f->model,      &f->request,    &f->result};
  bool            ok   = id_copy(r, 0, f->id);
  f->created           = row_whole(r, 1);
  f->evaluated         = row_whole(r, 2);
  for (int i = 0; i < 8; i++) ok = text_copy(r, i + 3, to[i]) && ok;
  return id_copy(r, 11, f->batch) && ok;
}

typedef struct {
  const char               *tenant, *id, *text;
  const store_forecast     *forecast;
  const store_optimization *optimization;
  int64_t                   now;
} result_job;

static dyo_status add_forecast(db *d, void *user, dyo_err *err)
{
  const result_job     *j    = user;
  const store_forecast *f    = j->forecast;
  const dyo_status      held = run_held(d, j->tenant, j->id, f->epoch, err);
  if (held != DYO_OK) return held;
  return db_do(d, NULL, err,
               "INSERT INTO forecasts (tenant_id, forecast_id, metric, dimensions, model_type, model, request, result,"
               " accuracy, evaluation, created, evaluated, batch_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL,"
               " $10, 0, (SELECT batch_id FROM runs WHERE tenant_id = $1 AND run_id = $2))"
               " ON CONFLICT (tenant_id, forecast_id) DO UPDATE SET model_type = excluded.model_type,"
               " model = excluded.model, result = excluded.result, accuracy = excluded.accuracy",
               db_text(j->tenant), db_text(j->id), db_text(f->metric), db_text(f->dimensions), db_text(f->model_type),
               db_text(f->model), db_text(f->request), db_text(f->result), db_text(f->accuracy), db_whole(j->now));
}

dyo_status store_forecast_add(store *s, const char *tenant, const store_forecast *in, char id[ID_CHARS], dyo_err *err)
{
  if (!id[0]) id_new(id);
  result_job j = {.tenant = tenant, .id = id, .forecast = in, .now = clock_now_ms()};
  return store_write(s, tenant, add_forecast, &j, err);
}

dyo_status store_forecast_get(store *s, const char *tenant, const char *id, store_forecast *out, dyo_err *err)
{
  rows_list       l     = {.size = sizeof *out, .most = 1, .fill = fill_forecast};
  store_forecast *found = NULL;
  size_t          n     = 0;
  dyo_status      st    = store_ask(s, tenant, rows_add, &l, err,
                                    "SELECT forecast_id, created, evaluated, metric, dimensions, model_type, accuracy,"
                                            " evaluation, model, request, result, batch_id FROM forecasts"
                                            " WHERE tenant_id = $1 AND forecast_id = $2",
                                    db_text(tenant), db_text(id));
  st                    = rows_done(&l, st, free_forecasts, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  return DYO_OK;
}

#define LISTED                                                                                                      \
  "SELECT forecast_id, created, evaluated, metric, dimensions, model_type, accuracy, evaluation, NULL, NULL, NULL," \
  " batch_id FROM forecasts WHERE tenant_id = $1 AND ($2 = '' OR forecast_id < $2) AND ($3 IS NULL OR metric = $3)"
#define IN_ORDER " ORDER BY forecast_id DESC LIMIT $4"

dyo_status store_forecast_list(store *s, const char *tenant, const char *metric, const char *batch,
                               const store_page *page, store_forecast **out, size_t *n, char next[STORE_CURSOR],
                               dyo_err *err)
{
  rows_list l = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill_forecast};
  if (!page_by_id(page, err)) return err->code;
  const db_value v[] = {db_text(tenant), db_text(page_after(page)), db_text(metric), page_rows(page), db_text(batch)};
  dyo_status     st  = batch ? store_ask_with(s, tenant, LISTED " AND batch_id = $5" IN_ORDER, v, 5, rows_add, &l, err)
                             : store_ask_with(s, tenant, LISTED IN_ORDER, v, 4, rows_add, &l, err);
  st                 = rows_done(&l, st, free_forecasts, out, n, err);
  snprintf(next, STORE_CURSOR, "%s", st == DYO_OK && l.more ? (*out)[*n - 1].id : "");
  return st;
}

static dyo_status evaluate(db *d, void *user, dyo_err *err)
{
  const result_job *j       = user;
  int64_t           changed = 0;
  const dyo_status  st      = db_do(d, &changed, err,
                                    "UPDATE forecasts SET evaluation = $3, evaluated = $4 WHERE tenant_id = $1 AND"
                                          " forecast_id = $2",
                                    db_text(j->tenant), db_text(j->id), db_text(j->text), db_whole(j->now));
  return st == DYO_OK && !changed ? nothing_there(err) : st;
}

dyo_status store_forecast_evaluate(store *s, const char *tenant, const char *id, const char *evaluation, int64_t now,
                                   dyo_err *err)
{
  result_job j = {.tenant = tenant, .id = id, .text = evaluation, .now = now};
  return store_write(s, tenant, evaluate, &j, err);
}

/* --- optimisation runs ------------------------------------------------------------------------------------------------- */

void store_optimization_free(store_optimization *o, size_t n)
{
  for (size_t i = 0; i < n; i++) free(o[i].type), free(o[i].parameters), free(o[i].results);
}

static void free_optimizations(void *o, size_t n)
{
  store_optimization_free(o, n);
}

static bool fill_optimization(void *item, const row *r)
{
  store_optimization *o = item;
  o->created            = row_whole(r, 2);
  return id_copy(r, 0, o->id) && text_copy(r, 1, &o->type) && text_copy(r, 3, &o->parameters) &&
         text_copy(r, 4, &o->results);
}

static dyo_status add_optimization(db *d, void *user, dyo_err *err)
{
  const result_job         *j    = user;
  const store_optimization *o    = j->optimization;
  const dyo_status          held = run_held(d, j->tenant, j->id, o->epoch, err);
  if (held != DYO_OK) return held;
  return db_do(d, NULL, err,
               "INSERT INTO optimization_runs (tenant_id, run_id, type, parameters, results, created)"
               " VALUES ($1, $2, $3, $4, $5, $6)"
               " ON CONFLICT (tenant_id, run_id) DO UPDATE SET results = excluded.results",
               db_text(j->tenant), db_text(j->id), db_text(o->type), db_text(o->parameters), db_text(o->results),
               db_whole(j->now));
}

dyo_status store_optimization_add(store *s, const char *tenant, const store_optimization *in, char id[ID_CHARS],
                                  dyo_err *err)
{
  if (!id[0]) id_new(id);
  result_job j = {.tenant = tenant, .id = id, .optimization = in, .now = clock_now_ms()};
  return store_write(s, tenant, add_optimization, &j, err);
}

dyo_status store_optimization_get(store *s, const char *tenant, const char *id, store_optimization *out, dyo_err *err)
{
  rows_list           l     = {.size = sizeof *out, .most = 1, .fill = fill_optimization};
  store_optimization *found = NULL;
  size_t              n     = 0;
  dyo_status          st    = store_ask(s, tenant, rows_add, &l, err,
                                        "SELECT run_id, type, created, parameters, results FROM optimization_runs"
                                                    " WHERE tenant_id = $1 AND run_id = $2",
                                        db_text(tenant), db_text(id));
  st                        = rows_done(&l, st, free_optimizations, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  return DYO_OK;
}

dyo_status store_optimization_list(store *s, const char *tenant, const char *type, const store_page *page,
                                   store_optimization **out, size_t *n, char next[STORE_CURSOR], dyo_err *err)
{
  rows_list l = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill_optimization};
  if (!page_by_id(page, err)) return err->code;
  dyo_status st =
    store_ask(s, tenant, rows_add, &l, err,
              "SELECT run_id, type, created, parameters, results FROM optimization_runs WHERE tenant_id = $1"
              " AND ($2 = '' OR run_id < $2) AND ($3 IS NULL OR type = $3) ORDER BY run_id DESC LIMIT $4",
              db_text(tenant), db_text(page_after(page)), db_text(type), page_rows(page));
  st = rows_done(&l, st, free_optimizations, out, n, err);
  snprintf(next, STORE_CURSOR, "%s", st == DYO_OK && l.more ? (*out)[*n - 1].id : "");
  return st;
}
