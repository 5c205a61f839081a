/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connectors: where data comes from. Uploads are one kind of them; kinds that reach out to other systems have their own folder. */
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "connect/connect.h"
#include "jobs/cron.h"
#include "jobs/schedule.h"

typedef struct {
  const char *name;
  int         connector_type;
  const char *config, *sync_schedule, *timezone;
  int         paused; /* -1: it stays as it is */
} source_in;

const dyo_field source_add_rows[] = {
  DYO_STR(source_in, name, DYO_REQ, 200, "What people call it."),
  DYO_ENUM(source_in, connector_type, DYO_REQ, connect_words, "Where its data comes from."),
  DYO_JSON(source_in, config, DYO_OPT, "Settings of that type, secrets among them; file_upload needs none."),
  DYO_STR(source_in, sync_schedule, DYO_OPT, 100,
          "When to fetch, as 5-field cron; not for file_upload, which fetches nothing."),
  DYO_STR(source_in, timezone, DYO_OPT, 64, "IANA zone of the schedule."),
  DYO_END(source_in)};

const dyo_field source_change_rows[] = {
  DYO_STR(source_in, name, DYO_OPT, 200, "What people call it."),
  DYO_JSON(source_in, config, DYO_OPT, "Settings, all of them anew; a secret that is absent stays."),
  DYO_STR(source_in, sync_schedule, DYO_OPT, 100, "When to fetch, as 5-field cron; empty: never by itself."),
  DYO_STR(source_in, timezone, DYO_OPT, 64, "IANA zone of the schedule."),
  DYO_FLAG(source_in, paused, "True: nothing is fetched, by schedule or when asked; false: it goes on."),
  DYO_END(source_in)};

typedef struct {
  const char  *source_id, *name, *connector_type, *config, *sync_schedule, *timezone, *state, *message;
  const char  *created_at, *last_sync_at, *next_sync_at;
  const char **secrets;
  size_t       n_secrets;
} source_out;

const dyo_field source_rows[] = {
  DYO_STR(source_out, source_id, DYO_REQ, 0, "Its id."),
  DYO_STR(source_out, name, DYO_REQ, 0, "What people call it."),
  DYO_STR(source_out, connector_type, DYO_REQ, 0, "Where its data comes from."),
  DYO_JSON(source_out, config, DYO_REQ, "Settings, without secrets."),
  DYO_STRS(source_out, secrets, DYO_REQ, 0, "Names of the secrets that are set; what they are is never answered."),
  DYO_STR(source_out, sync_schedule, DYO_NULL, 0, "When it fetches, as 5-field cron; null: never by itself."),
  DYO_STR(source_out, timezone, DYO_NULL, 0, "IANA zone of the schedule."),
  DYO_STR(source_out, state, DYO_REQ, 0, "new, ready, needs_reauth, paused or failing."),
  DYO_STR(source_out, message, DYO_NULL, 0, "About the state."),
  DYO_STR(source_out, created_at, DYO_REQ, 0, "When it was made, ISO 8601."),
  DYO_STR(source_out, last_sync_at, DYO_NULL, 0, "When data last came."),
  DYO_STR(source_out, next_sync_at, DYO_NULL, 0, "When it fetches next."),
  DYO_END(source_out)};

typedef struct {
  source_out  out;
  char        when[3][CLOCK_TEXT];
  const char *secrets[16];
} source_text;

/* What belongs to a connector but is kept elsewhere. */
typedef struct {
  store_schedule *schedules;
  size_t          n_schedules;
  dyo_ctx         ctx; /* of names */
  api            *a;
  const char     *tenant;
} beside;

static dyo_status beside_begin(exchange *x, beside *o, dyo_err *err)
{
  *o = (beside){.a = x->a, .tenant = x->tenant};
  dyo_ctx_init(&o->ctx, NULL);
  return store_schedule_list(x->a->store, x->tenant, &o->schedules, &o->n_schedules, err);
}

static void beside_end(beside *o)
{
  store_schedule_free(o->schedules, o->n_schedules);
  free(o->schedules);
  dyo_ctx_clear(&o->ctx);
}

static int64_t due_of(const beside *o, const char *id)
{
  for (size_t i = 0; i < o->n_schedules; i++)
    if (strcmp(o->schedules[i].id, id) == 0 && o->schedules[i].due < INT64_MAX) return o->schedules[i].due;
  return 0;
}

typedef struct {
  beside      *o;
  source_text *s;
} naming;

static bool add_name(void *user, const store_secret *one)
{
  naming *m = user;
  if (m->s->out.n_secrets == sizeof m->s->secrets / sizeof *m->s->secrets) return false;
  const char *name = dyo_text(&m->o->ctx, "%s", one->field);
  if (name) m->s->secrets[m->s->out.n_secrets++] = name;
  return name != NULL;
}

static const source_out *source_of(beside *o, const store_source *t, source_text *s)
{
  dyo_err ignored;
  naming  m = {o, s};
  s->out    = (source_out){.source_id      = t->id,
                           .name           = t->name,
                           .connector_type = t->type,
                           .config         = t->config,
                           .sync_schedule  = t->schedule,
                           .timezone       = t->zone,
                           .state          = t->state,
                           .message        = t->message,
                           .created_at     = when_text(t->created, s->when[0]),
                           .last_sync_at   = when_text(t->last_sync, s->when[1]),
                           .next_sync_at   = when_text(due_of(o, t->id), s->when[2]),
                           .secrets        = s->secrets};
  if (connect_rows(t->type)) store_secrets_each(o->a->store, o->tenant, t->id, add_name, &m, &ignored);
  return &s->out;
}

static void send_source(exchange *x, int status, const char *id)
{
  store_source t;
  source_text  s;
  beside       o;
  dyo_err      err;
  dyo_status   st = beside_begin(x, &o, &err);
  if (st == DYO_OK) st = store_source_get(x->a->store, x->tenant, id, &t, &err);
  if (st == DYO_OK) {
    api_row(x, status, source_rows, source_of(&o, &t, &s));
    store_source_free(&t, 1);
  } else {
    api_problem(x, &err);
  }
  beside_end(&o);
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
  beside           o;
  dyo_err          err;
  dyo_buf          b  = {0};
  dyo_status       st = beside_begin(x, &o, &err);
  if (st == DYO_OK) st = store_source_list(x->a->store, x->tenant, &page, &list, &n, next, &err);
  if (st == DYO_OK) {
    items_begin(&b);
    for (size_t i = 0; i < n; i++) items_add(&b, source_rows, source_of(&o, &list[i], &(source_text){0}));
    items_end(&b, next);
    store_source_free(list, n);
    free(list);
    api_json(x, 200, &b);
  } else {
    api_problem(x, &err);
  }
  beside_end(&o);
}

/* --- taking in --------------------------------------------------------------------------------------------------------------- */

static dyo_status read_body(exchange *x, dyo_ctx *ctx, const dyo_field *rows, source_in *in, dyo_err *err)
{
  size_t      n    = 0;
  const char *text = http_body_bytes(x->r, &n);
  *in              = (source_in){0};
  return dyo_json_decode(ctx, text, n, rows, in, err);
}

static dyo_status check_schedule(const char *cron, const char *zone_name, bool fetches, dyo_err *err)
{
  cron_rule rule;
  zone     *z = NULL;
  if (cron && *cron && !fetches)
    return dyo_fail(err, DYO_INVALID_INPUT, "/sync_schedule",
                    "a connector for uploads has nothing to fetch; leave it out");
  if (cron && *cron && cron_parse(cron, &rule, err) != DYO_OK) return at_path(err, "/sync_schedule");
  if (zone_name && fetches && zone_load(zone_name, &z, err) != DYO_OK) return at_path(err, "/timezone");
  zone_free(z);
  return DYO_OK;
}

/* A schedule has its connector's own id, and goes with it. */
static dyo_status keep_schedule(exchange *x, const char *id, const char *cron, const char *zone_name, dyo_err *err)
{
  char           same[ID_CHARS];
  dyo_err        ignored;
  store_schedule t  = {.tenant  = x->tenant,
                       .kind    = store_lent("sync"),
                       .subject = store_lent(id),
                       .request = store_lent("{}"),
                       .cron    = store_lent(cron),
                       .zone    = store_lent(zone_name ? zone_name : "UTC"),
                       .enabled = true};
  dyo_status     st = DYO_OK;
  memcpy(t.id, id, ID_CHARS);
  if (cron && *cron) {
    st = schedule_due(cron, zone_name, id, x->a->o.jitter_s, clock_now_ms(), &t.due, err);
    if (st == DYO_OK) st = store_schedule_put(x->a->store, &t, same, err);
  } else {
    store_schedule_delete(x->a->store, x->tenant, id, &ignored); /* most have none */
  }
  scheduler_changed(x->a->scheduler);
  return st;
}

static dyo_status add_fetching(exchange *x, const source_in *in, char id[ID_CHARS], dyo_err *err)
{
  const char *type = connect_words[in->connector_type];
  char       *kept = NULL;
  dyo_err     ignored;
  dyo_status  st = connect_accept(x->a->o.connect, x->tenant, type, in->config ? in->config : "{}", NULL, &kept, err);
  const bool  on = in->sync_schedule && *in->sync_schedule;
  const store_source t = {.name     = store_lent(in->name),
                          .by       = x->actor,
                          .type     = store_lent(type),
                          .config   = kept,
                          .schedule = store_lent(on ? in->sync_schedule : NULL),
                          .zone     = store_lent(in->timezone),
                          .state    = store_lent("new")};
  if (st == DYO_OK) st = store_source_add(x->a->store, x->tenant, &t, id, err);
  free(kept);
  if (st != DYO_OK) return st;
  st = connect_keep_secrets(x->a->o.connect, x->tenant, id, type, in->config ? in->config : "{}", x->actor, err);
  if (st == DYO_OK && on) st = keep_schedule(x, id, in->sync_schedule, in->timezone, err);
  if (st != DYO_OK) store_source_delete(x->a->store, x->tenant, id, x->actor, &ignored);
  return st;
}

static dyo_status add_upload(exchange *x, const source_in *in, char id[ID_CHARS], dyo_err *err)
{
  const store_source t = {.name   = store_lent(in->name),
                          .by     = x->actor,
                          .type   = store_lent(connect_words[0]),
                          .config = store_lent(in->config ? in->config : "{}"),
                          .zone   = store_lent(in->timezone),
                          .state  = store_lent("ready")};
  return store_source_add(x->a->store, x->tenant, &t, id, err);
}

void api_source_add(exchange *x)
{
  source_in in;
  dyo_ctx   ctx;
  dyo_err   err;
  char      id[ID_CHARS];
  dyo_ctx_init(&ctx, NULL);
  ctx.secret         = true;
  dyo_status st      = read_body(x, &ctx, source_add_rows, &in, &err);
  const bool fetches = in.connector_type > 0 && x->a->o.connect;
  if (st == DYO_OK) st = check_schedule(in.sync_schedule, in.timezone, fetches, &err);
  if (st == DYO_OK) st = fetches ? add_fetching(x, &in, id, &err) : add_upload(x, &in, id, &err);
  dyo_ctx_clear(&ctx);
  if (st == DYO_OK) send_source(x, 201, id);
  else api_problem(x, &err);
}

static bool is_paused(const store_source *t)
{
  return strcmp(t->state, "paused") == 0;
}

static dyo_status pause_or_go_on(store_source *t, bool pause, bool fetches, dyo_err *err)
{
  if (!fetches)
    return dyo_fail(err, DYO_INVALID_INPUT, "/paused", "a connector for uploads has nothing to fetch; leave it out");
  if (pause == is_paused(t)) return DYO_OK;
  t->state   = store_lent(pause ? "paused" : t->last_sync ? "ready" : "new");
  t->message = NULL;
  return DYO_OK;
}

/* The source as it becomes; what is absent stays. */
static dyo_status change(exchange *x, const store_source *t, const source_in *in, dyo_err *err)
{
  const bool   fetches = connect_rows(t->type) && x->a->o.connect;
  char        *kept    = NULL;
  store_source to      = *t;
  to.by                = x->actor;
  dyo_status st        = check_schedule(in->sync_schedule, in->timezone, fetches, err);
  if (st == DYO_OK && in->config && fetches)
    st = connect_accept(x->a->o.connect, x->tenant, t->type, in->config, t, &kept, err);
  if (in->name) to.name = store_lent(in->name);
  if (in->config) to.config = kept ? kept : store_lent(in->config);
  if (in->sync_schedule) to.schedule = *in->sync_schedule ? store_lent(in->sync_schedule) : NULL;
  if (in->timezone) to.zone = store_lent(in->timezone);
  if (kept && strcmp(t->state, "needs_reauth") == 0) to.state = store_lent("new"), to.message = NULL;
  if (st == DYO_OK && in->paused >= 0) st = pause_or_go_on(&to, in->paused == 1, fetches, err);
  if (st == DYO_OK) st = store_source_put(x->a->store, x->tenant, &to, err);
  free(kept);
  if (st == DYO_OK && in->config && fetches)
    st = connect_keep_secrets(x->a->o.connect, x->tenant, t->id, t->type, in->config, x->actor, err);
  if (st == DYO_OK && fetches && (in->sync_schedule || in->timezone || in->paused >= 0))
    st = keep_schedule(x, t->id, is_paused(&to) ? NULL : to.schedule, to.zone, err);
  return st;
}

void api_source_change(exchange *x)
{
  source_in    in = {0};
  store_source t;
  dyo_ctx      ctx;
  dyo_err      err;
  dyo_ctx_init(&ctx, NULL);
  ctx.secret    = true;
  dyo_status st = store_source_get(x->a->store, x->tenant, x->params[0], &t, &err);
  if (st == DYO_OK) {
    st = read_body(x, &ctx, source_change_rows, &in, &err);
    if (st == DYO_OK) st = change(x, &t, &in, &err);
    store_source_free(&t, 1);
  }
  dyo_ctx_clear(&ctx);
  if (st == DYO_OK) send_source(x, 200, x->params[0]);
  else api_problem(x, &err);
}

void api_source_delete(exchange *x)
{
  dyo_err err;
  if (store_source_delete(x->a->store, x->tenant, x->params[0], x->actor, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  scheduler_changed(x->a->scheduler);
  api_finish(x, api_reply(204));
}
