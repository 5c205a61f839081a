/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Webhooks of alert rules: what is posted to them, and what became of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/arrived.h"
#include "connect/webhook.h"

enum { NO_MEMORY_MS = 60000 };

/* --- in a request ------------------------------------------------------------------------------------------------------------ */

dyo_status alert_check_webhook(exchange *x, const alert_rule *r, dyo_err *err)
{
  if (!r->webhook_url && !r->webhook_secret) return DYO_OK;
  if (!r->webhook_url)
    return dyo_fail(err, DYO_INVALID_INPUT, "/webhook_secret", "it belongs to a webhook_url, and there is none");
  if (!r->webhook_secret)
    return dyo_fail(err, DYO_INVALID_INPUT, "/webhook_secret",
                    "required with webhook_url: whsec_ and what "
                    "`openssl rand -base64 32` prints");
  if (!x->a->o.connect) return dyo_fail(err, DYO_UNSUPPORTED, "/webhook_url", "nothing goes out from here");
  return webhook_accept(x->a->o.connect, r->webhook_url, r->webhook_secret, err);
}

dyo_status alert_keep_secret(exchange *x, const alert_rule *r, const char *id, dyo_err *err)
{
  if (!r->webhook_url) return DYO_OK;
  return webhook_keep_secret(x->a->o.connect, x->tenant, id, r->webhook_secret, err);
}

/* --- answers ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *delivery_id, *rule_id, *event_id, *created_at, *due_at, *finished_at, *message;
  int         state;
  double      attempts, status;
} delivery_out;

const dyo_field delivery_rows[] = {
  DYO_STR(delivery_out, delivery_id, DYO_REQ, 0, "Its id, which the receiver gets as webhook-id with every attempt."),
  DYO_STR(delivery_out, rule_id, DYO_REQ, 0, "The rule whose webhook it goes to."),
  DYO_STR(delivery_out, event_id, DYO_NULL, 0, "The event; null: it is a test."),
  DYO_ENUM(delivery_out, state, DYO_REQ, store_delivery_words, "Where it is."),
  DYO_OUT(delivery_out, attempts, DYO_REQ, NULL, "Attempts so far."),
  DYO_OUT(delivery_out, status, DYO_NULL, NULL, "HTTP status of the last answer; null: there was none."),
  DYO_STR(delivery_out, message, DYO_NULL, 0, "What the last attempt met; null: nothing."),
  DYO_STR(delivery_out, created_at, DYO_REQ, 0, "When it was stored, ISO 8601."),
  DYO_STR(delivery_out, due_at, DYO_NULL, 0, "When it is tried next; null: it is over."),
  DYO_STR(delivery_out, finished_at, DYO_NULL, 0, "When it was over; null: it waits."),
  DYO_END(delivery_out)};

typedef struct {
  delivery_out out;
  char         when[3][CLOCK_TEXT];
} delivery_text;

static const delivery_out *delivery_of(const store_delivery *d, delivery_text *t)
{
  t->out = (delivery_out){.delivery_id = d->id,
                          .rule_id     = d->rule_id,
                          .event_id    = d->test ? NULL : d->id,
                          .state       = d->state,
                          .attempts    = (double)d->attempts,
                          .status      = d->status ? (double)d->status : NAN,
                          .message     = d->message,
                          .created_at  = when_text(d->created, t->when[0]),
                          .due_at      = d->state == DELIVERY_WAITING ? when_text(d->due, t->when[1]) : NULL,
                          .finished_at = when_text(d->finished, t->when[2])};
  return &t->out;
}

void api_alert_deliveries(exchange *x)
{
  const store_page page = api_page_of(x);
  store_delivery  *list = NULL;
  size_t           n    = 0;
  char             next[STORE_CURSOR];
  delivery_text    text;
  dyo_err          err;
  dyo_buf          b = {0};
  if (store_delivery_list(x->a->store, x->tenant, http_query(x->r, "rule_id"), &page, &list, &n, next, &err) !=
      DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) items_add(&b, delivery_rows, delivery_of(&list[i], &text));
  items_end(&b, next);
  store_delivery_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

void api_alert_test(exchange *x)
{
  store_delivery d = {.test = true, .created = clock_now_ms()};
  delivery_text  text;
  dyo_err        err;
  if (store_delivery_test(x->a->store, x->tenant, x->params[0], d.id, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  outbox_wake(x->a->outbox);
  d.due = d.created;
  snprintf(d.rule_id, sizeof d.rule_id, "%.36s", x->params[0]);
  api_row(x, 201, delivery_rows, delivery_of(&d, &text));
}

/* --- deliveries ----------------------------------------------------------------------------------------------------------------- */

/* The same bytes for every attempt: only the signature's time is another one. */
static void put_body(dyo_buf *b, const store_delivery *d)
{
  char              when[CLOCK_TEXT];
  store_alert_event e = {.event = d->event, .created = d->event_created};
  dyo_buf_puts(b, "{");
  put_text(b, "type", d->test ? "alert.test" : "alert.event");
  put_text(b, "timestamp", when_text(d->created, when));
  dyo_buf_puts(b, ",\"data\":");
  if (d->test) {
    dyo_buf_puts(b, "{");
    put_text(b, "rule_id", d->rule_id);
    put_text(b, "message", "A test of this webhook: nothing was found");
    dyo_buf_puts(b, "}");
  } else {
    memcpy(e.id, d->id, sizeof e.id);
    memcpy(e.rule_id, d->rule_id, sizeof e.rule_id);
    alert_put_event(b, &e);
  }
  dyo_buf_puts(b, "}");
}

static void note(store_delivery *d, store_delivery_state state, const char *message)
{
  d->state = state;
  free(d->message);
  d->message = message && *message ? strdup(message) : NULL;
}

/* What it came to, as it is stored; the state of the webhook. */
static const char *conclude(store_delivery *d, const webhook_outcome *o)
{
  const int64_t at = clock_now_ms() + (int64_t)(1000 * o->wait) + 1;
  switch (o->end) {
  case WEBHOOK_CANCELLED: return NULL;
  case WEBHOOK_HELD: return d->due = at, NULL;
  default: break;
  }
  d->attempts++;
  d->status = o->status;
  note(d,
       o->end == WEBHOOK_TAKEN   ? DELIVERY_DONE
       : o->end == WEBHOOK_LATER ? DELIVERY_WAITING
                                 : DELIVERY_GIVEN_UP,
       o->message);
  if (o->end == WEBHOOK_LATER) d->due = at;
  return o->end == WEBHOOK_TAKEN ? "active" : o->end == WEBHOOK_GONE ? "disabled" : "failing";
}

const char *alert_deliver(void *user, store_delivery *d, const atomic_int *cancel)
{
  api            *a    = user;
  const char     *then = NULL;
  alert_rule      rule = {0};
  webhook_outcome o;
  dyo_buf         b = {0};
  dyo_ctx         ctx;
  dyo_err         err;
  dyo_ctx_init(&ctx, NULL);
  put_body(&b, d);
  if (!d->test && !d->event) {
    note(d, DELIVERY_GIVEN_UP, "the event was removed by its age");
  } else if (b.failed || dyo_json_decode(&ctx, d->rule, strlen(d->rule), alert_rows, &rule, &err) != DYO_OK) {
    note(d, DELIVERY_WAITING, "there was no memory");
    d->due = clock_now_ms() + NO_MEMORY_MS;
  } else {
    const webhook_letter letter = {.tenant   = d->tenant,
                                   .rule_id  = d->rule_id,
                                   .url      = rule.webhook_url ? rule.webhook_url : "",
                                   .id       = d->id,
                                   .body     = b.s,
                                   .attempts = d->attempts,
                                   .created  = d->created};
    webhook_send(a->o.connect, &letter, cancel, &o);
    then = conclude(d, &o);
  }
  dyo_buf_free(&b);
  dyo_ctx_clear(&ctx);
  return then;
}
