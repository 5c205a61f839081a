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

static const dyo_field add_rows[] = {
  DYO_STR(source_in, name, DYO_REQ, 200, "Name."),    DYO_ENUM(source_in, connector_type, DYO_REQ, type_words, "Kind."),
  DYO_JSON(source_in, config, DYO_OPT, "Settings."),  DYO_STR(source_in, sync_schedule, DYO_OPT, 100, "Cron."),
  DYO_STR(source_in, timezone, DYO_OPT, 64, "Zone."), DYO_END(source_in)};

static const dyo_field change_rows[] = {DYO_STR(source_in, name, DYO_OPT, 200, "Name."),
                                        DYO_JSON(source_in, config, DYO_OPT, "Settings."), DYO_END(source_in)};

static void put_source(dyo_buf *b, const store_source *t)
{
  dyo_buf_puts(b, "{");
  put_text(b, "source_id", t->id);
  put_text(b, "name", t->name);
  put_text(b, "connector_type", t->type);
  put_json(b, "config", t->config);
  put_text(b, "sync_schedule", t->schedule);
  put_text(b, "timezone", t->zone);
  put_text(b, "state", t->state);
  put_text(b, "message", t->message);
  put_when(b, "created_at", t->created);
  put_when(b, "last_sync_at", t->last_sync);
  put_when(b, "next_sync_at", t->next_sync);
  dyo_buf_puts(b, "}");
}

static void send_source(exchange *x, int status, const char *id)
{
  store_source t;
  dyo_err      err;
  dyo_buf      b = {0};
  if (store_source_get(x->a->store, x->tenant, id, &t, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  put_source(&b, &t);
  store_source_free(&t, 1);
  api_json(x, status, &b);
}

void api_source(exchange *x)
{
  send_source(x, 200, x->params[0]);
}

void api_sources(exchange *x)
{
  store_page    page;
  store_source *list = NULL;
  size_t        n    = 0;
  char          next[STORE_CURSOR];
  dyo_err       err;
  dyo_buf       b = {0};
  if (!api_page_of(x, &page)) return;
  if (store_source_list(x->a->store, x->tenant, &page, &list, &n, next, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  dyo_buf_puts(&b, "{\"items\":[");
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    put_source(&b, &list[i]);
  }
  dyo_buf_puts(&b, "]");
  put_text(&b, "next_cursor", next[0] ? next : NULL);
  dyo_buf_puts(&b, "}");
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
  dyo_status st = read_body(x, &ctx, add_rows, &in, &err);
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
    st                   = read_body(x, &ctx, change_rows, &in, &err);
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
  http_send(x->r, api_reply(204));
}
