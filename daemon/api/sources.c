/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connectors: where data comes from. Uploads are one kind of them; kinds that reach out to other systems have their own folder. */
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"

static const char *const type_words[] = {"file_upload", NULL};

typedef struct {
  const char *name;
  int         connector_type;
  const char *config, *sync_schedule, *timezone;
} source_in;

const dyo_field source_add_rows[] = {
  DYO_STR(source_in, name, DYO_REQ, 200, "What people call it."),
  DYO_ENUM(source_in, connector_type, DYO_REQ, type_words, "Where its data comes from."),
  DYO_JSON(source_in, config, DYO_OPT, "Settings of that type; file_upload needs none."),
  DYO_STR(source_in, sync_schedule, DYO_OPT, 100,
          "When to fetch, as 5-field cron; not for file_upload, which fetches nothing."),
  DYO_STR(source_in, timezone, DYO_OPT, 64, "IANA zone of the schedule."),
  DYO_END(source_in)};

const dyo_field source_change_rows[] = {DYO_STR(source_in, name, DYO_OPT, 200, "What people call it."),
                                        DYO_JSON(source_in, config, DYO_OPT, "Settings, all of them anew."),
                                        DYO_END(source_in)};

typedef struct {
  const char *source_id, *name, *connector_type, *config, *sync_schedule, *timezone, *state, *message;
  const char *created_at, *last_sync_at, *next_sync_at;
} source_out;

const dyo_field source_rows[] = {
  DYO_STR(source_out, source_id, DYO_REQ, 0, "Its id."),
  DYO_STR(source_out, name, DYO_REQ, 0, "What people call it."),
  DYO_STR(source_out, connector_type, DYO_REQ, 0, "Where its data comes from."),
  DYO_JSON(source_out, config, DYO_REQ, "Settings, without secrets."),
  DYO_STR(source_out, sync_schedule, DYO_NULL, 0, "When it fetches, as 5-field cron; null: never by itself."),
  DYO_STR(source_out, timezone, DYO_NULL, 0, "IANA zone of the schedule."),
  DYO_STR(source_out, state, DYO_REQ, 0, "new, ready, needs_reauth, paused or failing."),
  DYO_STR(source_out, message, DYO_NULL, 0, "About the state."),
  DYO_STR(source_out, created_at, DYO_REQ, 0, "When it was made, ISO 8601."),
  DYO_STR(source_out, last_sync_at, DYO_NULL, 0, "When data last came."),
  DYO_STR(source_out, next_sync_at, DYO_NULL, 0, "When it fetches next."),
  DYO_END(source_out)};

typedef struct {
  source_out out;
  char       when[3][CLOCK_TEXT];
} source_text;

static const source_out *source_of(const store_source *t, source_text *s)
{
  s->out = (source_out){.source_id      = t->id,
                        .name           = t->name,
                        .connector_type = t->type,
                        .config         = t->config,
                        .sync_schedule  = t->schedule,
                        .timezone       = t->zone,
                        .state          = t->state,
                        .message        = t->message,
                        .created_at     = when_text(t->created, s->when[0]),
                        .last_sync_at   = when_text(t->last_sync, s->when[1]),
                        .next_sync_at   = when_text(t->next_sync, s->when[2])};
  return &s->out;
}

static void send_source(exchange *x, int status, const char *id)
{
  store_source t;
  source_text  s;
  dyo_err      err;
  if (store_source_get(x->a->store, x->tenant, id, &t, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  api_row(x, status, source_rows, source_of(&t, &s));
  store_source_free(&t, 1);
}

void api_source(exchange *x)
{
  send_source(x, 200, x->params[0]);
}

void api_sources(exchange *x)
{
  const store_page page = api_page_of(x);
  store_source    *list = NULL;
  size_t           n    = 0;
  char             next[STORE_CURSOR];
  dyo_err          err;
  dyo_buf          b = {0};
  if (store_source_list(x->a->store, x->tenant, &page, &list, &n, next, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) items_add(&b, source_rows, source_of(&list[i], &(source_text){0}));
  items_end(&b, next);
  store_source_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

static dyo_status read_body(exchange *x, dyo_ctx *ctx, const dyo_field *rows, source_in *in, dyo_err *err)
{
  size_t      n    = 0;
  const char *text = http_body_bytes(x->r, &n);
  *in              = (source_in){0};
  return dyo_json_decode(ctx, text, n, rows, in, err);
}

void api_source_add(exchange *x)
{
  source_in in;
  dyo_ctx   ctx;
  dyo_err   err;
  char      id[ID_CHARS];
  dyo_ctx_init(&ctx, NULL);
  dyo_status st = read_body(x, &ctx, source_add_rows, &in, &err);
  if (st == DYO_OK && in.sync_schedule)
    st =
      dyo_fail(&err, DYO_INVALID_INPUT, "/sync_schedule", "a connector for uploads has nothing to fetch; leave it out");
  const store_source t = {.name   = store_lent(in.name),
                          .type   = store_lent(type_words[0]),
                          .config = store_lent(in.config ? in.config : "{}"),
                          .zone   = store_lent(in.timezone),
                          .state  = store_lent("ready")};
  if (st == DYO_OK) st = store_source_add(x->a->store, x->tenant, &t, id, &err);
  dyo_ctx_clear(&ctx);
  if (st == DYO_OK) send_source(x, 201, id);
  else api_problem(x, &err);
}

void api_source_change(exchange *x)
{
  source_in    in;
  store_source t;
  dyo_ctx      ctx;
  dyo_err      err;
  dyo_ctx_init(&ctx, NULL);
  dyo_status st = store_source_get(x->a->store, x->tenant, x->params[0], &t, &err);
  if (st == DYO_OK) {
    st                   = read_body(x, &ctx, source_change_rows, &in, &err);
    store_source changed = t;
    changed.name         = in.name ? store_lent(in.name) : t.name;
    changed.config       = in.config ? store_lent(in.config) : t.config;
    if (st == DYO_OK) st = store_source_put(x->a->store, x->tenant, &changed, &err);
    store_source_free(&t, 1);
  }
  dyo_ctx_clear(&ctx);
  if (st == DYO_OK) send_source(x, 200, x->params[0]);
  else api_problem(x, &err);
}

void api_source_delete(exchange *x)
{
  dyo_err err;
  if (store_source_delete(x->a->store, x->tenant, x->params[0], &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  api_finish(x, api_reply(204));
}
