/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An alert rule looked at: the newest values of each of its series, and what is told of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/arrived.h"
#include "base/clock.h"
#include "ops/dyo_call.h"
#include "series/dyo_calendar.h"

enum {
  SERIES_MOST    = 5000, /* of one rule */
  HISTORY        = 1500, /* values that an anomaly is judged by */
  DEMAND_VALUES  = 400,
  DEMAND_DAYS    = 90, /* of demand, to know a day's mean and spread by */
  ANOMALY_LATEST = 7,  /* where the rule does not say */
  MESSAGE        = 300
};

/* --- the newest values of series ------------------------------------------------------------------------------------------- */

typedef struct {
  char    *dimensions;
  int64_t *time;
  double  *value;
  size_t   n, cap;
} tail;

typedef struct {
  tail  *list;
  size_t n, cap, keep;
  bool   no_memory, too_many;
} tails;

static void free_tails(tails *t)
{
  for (size_t i = 0; i < t->n; i++) free(t->list[i].dimensions), free(t->list[i].time), free(t->list[i].value);
  free(t->list);
}

static tail *add_tail(tails *t, const char *dimensions)
{
  if (t->n == t->cap) {
    const size_t cap  = t->cap ? 2 * t->cap : 16;
    tail        *more = realloc(t->list, cap * sizeof *more);
    if (!more) return NULL;
    t->list = more;
    t->cap  = cap;
  }
  tail *one       = &t->list[t->n++];
  *one            = (tail){.cap = 2 * t->keep};
  one->dimensions = strdup(dimensions);
  one->time       = calloc(one->cap, sizeof *one->time);
  one->value      = calloc(one->cap, sizeof *one->value);
  return one->dimensions && one->time && one->value ? one : NULL;
}

/* A full tail forgets its older half. */
static void push(tail *one, int64_t time, double value)
{
  const size_t half = one->cap / 2;
  if (one->n == one->cap) {
    memmove(one->time, one->time + half, half * sizeof *one->time);
    memmove(one->value, one->value + half, half * sizeof *one->value);
    one->n = half;
  }
  one->time[one->n]    = time;
  one->value[one->n++] = value;
}

static bool gather(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  tails *t   = user;
  tail  *one = t->n ? &t->list[t->n - 1] : NULL;
  if (!one || strcmp(one->dimensions, dimensions) != 0) {
    if (t->n == SERIES_MOST) return !(t->too_many = true);
    one = add_tail(t, dimensions);
    if (!one) return !(t->no_memory = true);
  }
  for (size_t i = 0; i < n; i++)
    if (!isnan(value[i])) push(one, time[i], value[i]);
  return true;
}

static dyo_status read_tails(api *a, const char *tenant, const char *metric, const char *dimensions, size_t keep,
                             tails *t, dyo_err *err)
{
  *t                   = (tails){.keep = keep};
  const store_range r  = {metric, dimensions, INT64_MIN, INT64_MAX, false};
  const dyo_status  st = store_values_read(a->store, tenant, &r, gather, t, err);
  if (st == DYO_NOT_FOUND) return DYO_OK; /* erased since: nothing to look at */
  if (st == DYO_OK && t->no_memory) return dyo_oom(err);
  if (st == DYO_OK && t->too_many)
    return dyo_fail(err, DYO_TOO_LARGE, "/dimensions",
                    "%.100s has more than %d series here; narrow the rule by dimensions", metric, SERIES_MOST);
  return st;
}

/* --- telling ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
  api                    *a;
  work                   *w;
  const store_alert_rule *stored;
  alert_rule              rule;
  int64_t                 events;
} check;

static void put_number(dyo_buf *b, const char *name, double v)
{
  put_json(b, name, isfinite(v) ? "" : NULL);
  if (isfinite(v)) dyo_buf_number(b, v);
}

/* Stores an event, unless the same was told of that series and date before. `more`: further members as `,"name":value`. */
static dyo_status tell(check *c, const char *what, const tail *t, const char *date, double value, const char *message,
                       const dyo_buf *more, dyo_err *err)
{
  dyo_buf body = {0}, key = {0};
  bool    fresh = false;
  dyo_buf_puts(&body, "{");
  put_text(&body, "kind", alert_kinds[c->rule.kind]);
  put_text(&body, "what", what);
  put_text(&body, "metric_name", c->rule.metric_name);
  put_json(&body, "dimensions", t->dimensions);
  put_text(&body, "date", date);
  put_number(&body, "value", value);
  dyo_buf_add(&body, more->s ? more->s : "", more->n);
  put_text(&body, "message", message);
  dyo_buf_puts(&body, "}");
  dyo_buf_printf(&key, "%s %s %s", what, date, t->dimensions);
  store_alert_event e = {.event = body.s, .key = key.s};
  memcpy(e.rule_id, c->stored->id, sizeof e.rule_id);
  const dyo_status st = body.failed || key.failed || more->failed
                          ? dyo_oom(err)
                          : store_alert_event_add(c->a->store, c->w->run.tenant, &e, &fresh, err);
  c->events += fresh;
  dyo_buf_free(&body);
  dyo_buf_free(&key);
  return st;
}

static void date_of(int64_t time, char out[DYO_TIME_CHARS])
{
  dyo_time_print(time, time % DYO_DAY != 0, out);
}

/* `sales {"sku":"A"}`, or `sales` alone */
static void name_of(const check *c, const tail *t, char out[MESSAGE])
{
  const bool plain = strcmp(t->dimensions, "{}") == 0;
  snprintf(out, MESSAGE, "%.100s%s%.100s", c->rule.metric_name, plain ? "" : " ", plain ? "" : t->dimensions);
}

static size_t latest_of(const check *c, size_t otherwise)
{
  return c->rule.latest == DYO_NO_INT ? otherwise : (size_t)c->rule.latest;
}

/* --- threshold ---------------------------------------------------------------------------------------------------------------- */

static dyo_status tell_crossing(check *c, const tail *t, size_t i, const char *what, double limit, dyo_err *err)
{
  char    date[DYO_TIME_CHARS], name[MESSAGE], message[2 * MESSAGE];
  dyo_buf more = {0};
  date_of(t->time[i], date);
  name_of(c, t, name);
  snprintf(message, sizeof message, "%s was %.6g on %s, %s %.6g", name, t->value[i], date, what, limit);
  dyo_buf_puts(&more, ",\"limit\":");
  dyo_buf_number(&more, limit);
  const dyo_status st = tell(c, what, t, date, t->value[i], message, &more, err);
  dyo_buf_free(&more);
  return st;
}

static dyo_status check_threshold(check *c, const tail *t, dyo_err *err)
{
  const size_t latest = latest_of(c, 1);
  dyo_status   st     = DYO_OK;
  for (size_t i = t->n > latest ? t->n - latest : 0; i < t->n && st == DYO_OK; i++) {
    if (t->value[i] > c->rule.above) st = tell_crossing(c, t, i, "above", c->rule.above, err);
    if (st == DYO_OK && t->value[i] < c->rule.below) st = tell_crossing(c, t, i, "below", c->rule.below, err);
  }
  return st;
}

/* --- operations ---------------------------------------------------------------------------------------------------------------- */

static double host_now(void *user)
{
  (void)user;
  return clock_monotonic();
}

typedef struct {
  const char *name;
  dyo_piece   value;
} wanted;

static bool take_wanted(void *user, dyo_piece name, dyo_piece value)
{
  wanted *w = user;
  if (name.n == strlen(w->name) && memcmp(name.s, w->name, name.n) == 0) w->value = value;
  return true;
}

/* Runs an operation and decodes one member of its answer, put into an object by itself, by rows. ctx keeps what is read. */
static dyo_status run_op(check *c, dyo_ctx *ctx, const char *op, const dyo_buf *request, const char *member,
                         const dyo_field *rows, void *out, dyo_err *err)
{
  const dyo_host host = {.now = host_now};
  dyo_ctx        own;
  dyo_reply      reply = {0};
  wanted         w     = {.name = member};
  dyo_buf        b     = {0};
  dyo_err        why   = {0};
  if (request->failed) return dyo_oom(err);
  dyo_ctx_init(&own, &host);
  own.cancel    = (const volatile int *)&c->w->cancel;
  dyo_status st = dyo_call(&own, op, request->s, request->n, &reply);
  if (st != DYO_OK) {
    dyo_fail(err, st, "", "%s refused what the rule asks: %.150s", op, reply.text ? reply.text : "");
  } else if (dyo_json_members(reply.text, reply.len, take_wanted, &w, &why) != DYO_OK || !w.value.s) {
    st = dyo_fail(err, DYO_INTERNAL, "", "%s gave no %s", op, member);
  } else {
    dyo_buf_printf(&b, "{\"%s\":%.*s}", member, (int)w.value.n, w.value.s);
    st = b.failed ? dyo_oom(err) : dyo_json_decode(ctx, b.s, b.n, rows, out, err);
  }
  dyo_buf_free(&b);
  dyo_reply_free(&reply);
  dyo_ctx_clear(&own);
  return st;
}

/* --- anomaly ------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *date;
  double      value, expected, lower, upper, score;
} anomaly;

typedef struct {
  anomaly *anomalies;
  size_t   n_anomalies;
} anomaly_list;

static const dyo_field anomaly_rows[] = {DYO_STR(anomaly, date, DYO_REQ, 40, "Date."),
                                         DYO_OUT(anomaly, value, DYO_REQ, NULL, "Value."),
                                         DYO_OUT(anomaly, expected, DYO_REQ, NULL, "Expected."),
                                         DYO_OUT(anomaly, lower, DYO_REQ, NULL, "Least ordinary."),
                                         DYO_OUT(anomaly, upper, DYO_REQ, NULL, "Greatest."),
                                         DYO_OUT(anomaly, score, DYO_REQ, NULL, "How far off."),
                                         DYO_END(anomaly)};

static const dyo_field list_rows[] = {DYO_LIST(anomaly_list, anomalies, DYO_REQ, 1e6, anomaly, anomaly_rows, "All."),
                                      DYO_END(anomaly_list)};

static void write_series(const check *c, const tail *t, dyo_buf *b)
{
  const alert_rule *r = &c->rule;
  dyo_buf_puts(b, "{\"series\":{\"dates\":[");
  for (size_t i = 0; i < t->n; i++) {
    char date[DYO_TIME_CHARS];
    date_of(t->time[i], date);
    dyo_buf_printf(b, "%s\"%s\"", i ? "," : "", date);
  }
  dyo_buf_puts(b, "],\"values\":[");
  for (size_t i = 0; i < t->n; i++) {
    dyo_buf_puts(b, i ? "," : "");
    dyo_buf_number(b, t->value[i]);
  }
  dyo_buf_puts(b, "]");
  if (r->frequency) put_text(b, "frequency", r->frequency);
  if (r->aggregate) put_text(b, "aggregate", r->aggregate);
  dyo_buf_puts(b, "}");
  if (!isnan(r->confidence_level)) put_number(b, "confidence_level", r->confidence_level);
  if (r->model_type) put_text(b, "model_type", r->model_type);
  dyo_buf_puts(b, "}");
}

static dyo_status tell_anomaly(check *c, const tail *t, const anomaly *x, dyo_err *err)
{
  char    name[MESSAGE], message[2 * MESSAGE];
  dyo_buf more = {0};
  name_of(c, t, name);
  snprintf(message, sizeof message, "%s was %.6g on %s, where %.6g to %.6g is ordinary", name, x->value, x->date,
           x->lower, x->upper);
  dyo_buf_puts(&more, ",\"expected\":");
  dyo_buf_number(&more, x->expected);
  dyo_buf_puts(&more, ",\"lower\":");
  dyo_buf_number(&more, x->lower);
  dyo_buf_puts(&more, ",\"upper\":");
  dyo_buf_number(&more, x->upper);
  dyo_buf_puts(&more, ",\"score\":");
  dyo_buf_number(&more, x->score);
  const dyo_status st = tell(c, x->value > x->expected ? "above" : "below", t, x->date, x->value, message, &more, err);
  dyo_buf_free(&more);
  return st;
}

/* A series too short to be judged is no failure: there is nothing to tell yet. */
static dyo_status check_anomaly(check *c, const tail *t, dyo_err *err)
{
  const size_t latest  = latest_of(c, ANOMALY_LATEST);
  anomaly_list all     = {0};
  dyo_buf      request = {0};
  dyo_ctx      ctx;
  if (t->n == 0) return DYO_OK;
  const int64_t since = t->time[t->n > latest ? t->n - latest : 0];
  dyo_ctx_init(&ctx, NULL);
  write_series(c, t, &request);
  dyo_status st = run_op(c, &ctx, "forecast.anomalies", &request, "anomalies", list_rows, &all, err);
  for (size_t i = 0; i < all.n_anomalies && st == DYO_OK; i++) {
    dyo_time at = 0;
    if (dyo_time_parse(all.anomalies[i].date, &at) && at >= since) st = tell_anomaly(c, t, &all.anomalies[i], err);
  }
  dyo_buf_free(&request);
  dyo_ctx_clear(&ctx);
  return st == DYO_INSUFFICIENT_DATA ? DYO_OK : st;
}

/* --- stock --------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  double mean, std_dev; /* of a day */
} day_demand;

/* Mean and spread of a day's demand over the last DEMAND_DAYS; of periods longer or shorter than a day, with independent days. */
static bool demand_of(const tail *t, day_demand *d)
{
  const int64_t since = t->n ? t->time[t->n - 1] - (int64_t)DEMAND_DAYS * DYO_DAY : 0;
  size_t        from  = 0;
  while (from + 2 < t->n && t->time[from] <= since) from++;
  const size_t n = t->n - from;
  if (n < 2) return false;
  const dyo_freq f  = dyo_freq_infer(t->time + from, n);
  const double days = f.unit == DYO_FREQ_NONE ? (double)(t->time[t->n - 1] - t->time[from]) / DYO_DAY / (double)(n - 1)
                                              : dyo_freq_seconds(f) / DYO_DAY;
  double       sum = 0, squares = 0;
  for (size_t i = from; i < t->n; i++) sum += t->value[i];
  const double mean = sum / (double)n;
  for (size_t i = from; i < t->n; i++) squares += (t->value[i] - mean) * (t->value[i] - mean);
  *d = (day_demand){mean / days, sqrt(squares / (double)(n - 1) / days)};
  return days > 0;
}

typedef struct {
  double reorder_point;
} point_part;

static const dyo_field point_rows[] = {DYO_OUT(point_part, reorder_point, DYO_REQ, "units", "Level to order at."),
                                       DYO_END(point_part)};

static dyo_status computed_point(check *c, const day_demand *d, double *point, dyo_err *err)
{
  point_part p       = {0};
  dyo_buf    request = {0};
  dyo_ctx    ctx;
  dyo_ctx_init(&ctx, NULL);
  dyo_buf_puts(&request, "{");
  put_number(&request, "demand_std_dev", d->std_dev);
  put_number(&request, "avg_daily_demand", d->mean);
  put_number(&request, "lead_time_days", c->rule.lead_time_days);
  if (!isnan(c->rule.service_level)) put_number(&request, "service_level", c->rule.service_level);
  dyo_buf_puts(&request, "}");
  const dyo_status st = run_op(c, &ctx, "inventory.reorder_point", &request, "reorder_point", point_rows, &p, err);
  *point              = p.reorder_point;
  dyo_buf_free(&request);
  dyo_ctx_clear(&ctx);
  return st;
}

static dyo_status tell_point(check *c, const tail *t, double point, dyo_err *err)
{
  char         date[DYO_TIME_CHARS], name[MESSAGE], message[2 * MESSAGE];
  dyo_buf      more  = {0};
  const double level = t->value[t->n - 1];
  if (!(level <= point)) return DYO_OK;
  date_of(t->time[t->n - 1], date);
  name_of(c, t, name);
  snprintf(message, sizeof message, "%s was %.6g on %s, at or below its reorder point of %.6g: order now", name, level,
           date, point);
  dyo_buf_puts(&more, ",\"reorder_point\":");
  dyo_buf_number(&more, point);
  const dyo_status st = tell(c, "reorder", t, date, level, message, &more, err);
  dyo_buf_free(&more);
  return st;
}

static dyo_status tell_cover(check *c, const tail *t, const day_demand *d, dyo_err *err)
{
  char         date[DYO_TIME_CHARS], name[MESSAGE], message[2 * MESSAGE];
  dyo_buf      more  = {0};
  const double level = t->value[t->n - 1], cover = level / d->mean;
  if (!(d->mean > 0) || !(cover < c->rule.days_of_cover)) return DYO_OK;
  date_of(t->time[t->n - 1], date);
  name_of(c, t, name);
  snprintf(message, sizeof message, "%s was %.6g on %s, enough for %.3g days at %.4g a day; %.4g days are wanted", name,
           level, date, cover, d->mean, c->rule.days_of_cover);
  dyo_buf_puts(&more, ",\"days_of_cover\":");
  dyo_buf_number(&more, cover);
  dyo_buf_puts(&more, ",\"wanted\":");
  dyo_buf_number(&more, c->rule.days_of_cover);
  dyo_buf_puts(&more, ",\"daily_demand\":");
  dyo_buf_number(&more, d->mean);
  const dyo_status st = tell(c, "cover", t, date, level, message, &more, err);
  dyo_buf_free(&more);
  return st;
}

static const tail *of_dimensions(const tails *all, const char *dimensions)
{
  for (size_t i = 0; i < all->n; i++) /* both come in the order of their dimensions, and there are few */
    if (strcmp(all->list[i].dimensions, dimensions) == 0) return &all->list[i];
  return NULL;
}

static dyo_status check_stock(check *c, const tail *t, const tails *demand, dyo_err *err)
{
  day_demand d     = {0};
  double     point = c->rule.reorder_point;
  if (t->n == 0) return DYO_OK;
  if (!isnan(point)) return tell_point(c, t, point, err);
  const tail *of = of_dimensions(demand, t->dimensions);
  if (!of || !demand_of(of, &d)) return DYO_OK; /* no demand is known yet */
  if (!isnan(c->rule.days_of_cover)) return tell_cover(c, t, &d, err);
  const dyo_status st = computed_point(c, &d, &point, err);
  return st == DYO_OK ? tell_point(c, t, point, err) : st;
}

/* --- a rule ---------------------------------------------------------------------------------------------------------------------- */

static dyo_status check_series(check *c, const tail *t, const tails *demand, dyo_err *err)
{
  if (atomic_load(&c->w->cancel)) return dyo_fail(err, DYO_CANCELLED, "", "cancelled");
  switch (c->rule.kind) {
  case ALERT_ANOMALY: return check_anomaly(c, t, err);
  case ALERT_THRESHOLD: return check_threshold(c, t, err);
  default: return check_stock(c, t, demand, err);
  }
}

dyo_status alert_evaluate(api *a, work *w, const store_alert_rule *stored, int64_t *events, dyo_err *err)
{
  check   c = {.a = a, .w = w, .stored = stored};
  tails   t = {0}, demand = {0};
  dyo_ctx ctx;
  dyo_ctx_init(&ctx, NULL);
  dyo_status        st   = dyo_json_decode(&ctx, stored->rule, strlen(stored->rule), alert_rows, &c.rule, err);
  const alert_rule *r    = &c.rule;
  const size_t      keep = r->kind == ALERT_ANOMALY ? HISTORY : r->kind == ALERT_THRESHOLD ? latest_of(&c, 1) : 1;
  if (st == DYO_OK) st = read_tails(a, w->run.tenant, r->metric_name, r->dimensions, keep, &t, err);
  if (st == DYO_OK && r->demand_metric)
    st = read_tails(a, w->run.tenant, r->demand_metric, r->dimensions, DEMAND_VALUES, &demand, err);
  for (size_t i = 0; i < t.n && st == DYO_OK; i++) st = check_series(&c, &t.list[i], &demand, err);
  if (st == DYO_OK) st = store_alert_rule_checked(a->store, w->run.tenant, stored->id, clock_now_ms(), err);
  if (st == DYO_NOT_FOUND) st = DYO_OK; /* deleted meanwhile */
  *events = c.events;
  free_tails(&t);
  free_tails(&demand);
  dyo_ctx_clear(&ctx);
  return st;
}
