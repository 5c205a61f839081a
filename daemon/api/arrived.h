/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: what follows when a metric has new data, and alert rules. */
#ifndef DAEMON_API_ARRIVED_H
#define DAEMON_API_ARRIVED_H

#include "api/exchange.h"

/* There is new data of a metric: queues a run of kind "data_arrived", which makes forecasts again and checks alert rules. Whoever stores
 * values calls it once they are stored and before its own run is finished: then a crash in between finds the run unfinished, it is
 * done again, and nothing is forgotten. Calls for a metric whose run still waits are one. */
dyo_status data_arrived(api *a, const char *tenant, const char *metric, dyo_err *err);

/* Workers of the kinds "data_arrived" (subject: the metric) and "alert_check" (subject: the rule). */
dyo_status arrived_work(void *user, work *w, dyo_err *err);
dyo_status alert_work(void *user, work *w, dyo_err *err);

/* A rule as it is written in a request and kept in the store; what does not belong to its kind is missing (NULL, NaN, DYO_NO_INT). */
enum { ALERT_ANOMALY, ALERT_THRESHOLD, ALERT_STOCK };
extern const char *const alert_kinds[];

typedef struct {
  const char *name;
  int         kind;
  const char *metric_name, *dimensions; /* dimensions: JSON object */
  bool        enabled;
  const char *schedule, *timezone;
  int         latest;           /* of the values, how many newest ones are looked at */
  double      confidence_level; /* anomaly */
  const char *model_type, *frequency, *aggregate;
  double      above, below;  /* threshold */
  double      reorder_point; /* stock: one of these three */
  double      days_of_cover;
  double      lead_time_days, service_level;
  const char *demand_metric; /* of the last two */
  const char *webhook_url;
  const char *webhook_secret; /* only in a request: it is kept sealed, elsewhere */
} alert_rule;

/* Looks at every series of a rule; *events is how many new ones were stored. */
dyo_status alert_evaluate(api *a, work *w, const store_alert_rule *r, int64_t *events, dyo_err *err);

/* An event as it is answered and delivered. */
void alert_put_event(dyo_buf *b, const store_alert_event *e);

/* webhooks.c: what a rule's webhook needs of a request is there and good; then its secret kept, under the rule's id. */
dyo_status alert_check_webhook(exchange *x, const alert_rule *r, dyo_err *err);
dyo_status alert_keep_secret(exchange *x, const alert_rule *r, const char *id, dyo_err *err);
/* An outbox_send; user is the api. */
const char *alert_deliver(void *user, store_delivery *d, const atomic_int *cancel);

#endif
