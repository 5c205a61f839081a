/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures for Prometheus, in its text format. */
#include <string.h>

#include "api/exchange.h"
#include "base/log.h"
#include "dyo_version.h"
#include "store/quotas.h"

static void counter(dyo_buf *b, const char *name, const char *help, uint64_t v)
{
  dyo_buf_printf(b, "# HELP dyocense_%s %s\n# TYPE dyocense_%s counter\ndyocense_%s %llu\n", name, help, name, name,
                 (unsigned long long)v);
}

static void gauge(dyo_buf *b, const char *name, const char *help, double v)
{
  dyo_buf_printf(b, "# HELP dyocense_%s %s\n# TYPE dyocense_%s gauge\ndyocense_%s %.17g\n", name, help, name, name, v);
}

static void put_requests(dyo_buf *b, api_counts *c)
{
  static const char *const classes[] = {"gone", "1xx", "2xx", "3xx", "4xx", "5xx"};
  dyo_buf_puts(
    b,
    "# HELP dyocense_http_requests_total Requests answered, by status.\n# TYPE dyocense_http_requests_total counter\n");
  for (int i = 0; i < 6; i++)
    dyo_buf_printf(b, "dyocense_http_requests_total{status=\"%s\"} %llu\n", classes[i],
                   (unsigned long long)atomic_load(&c->requests[i]));
}

/* Rates and quotas alike say no; whom they said it to is not for this port. */
static void put_quotas(dyo_buf *b, store *s)
{
  dyo_buf_puts(b,
               "# HELP dyocense_quota_refused_total Requests and runs refused because a tenant's quota was used up.\n"
               "# TYPE dyocense_quota_refused_total counter\n");
  for (int q = 0; q < QUOTA_RATE; q++)
    dyo_buf_printf(b, "dyocense_quota_refused_total{quota=\"%s\"} %llu\n", quota_words[q],
                   (unsigned long long)store_quota_refusals(s, (quota)q));
}

static void put_runs(dyo_buf *b, const api *a)
{
  work_figures f = {0};
  workers_figures(a->workers, &f);
  workers_figures(a->syncs, &f);
  dyo_buf_puts(b, "# HELP dyocense_runs_ended_total Runs that this daemon brought to their end, by how they ended.\n"
                  "# TYPE dyocense_runs_ended_total counter\n");
  for (int of = 0; of < 2; of++)
    for (int i = RUN_SUCCEEDED; i < RUN_STATES; i++)
      dyo_buf_printf(b, "dyocense_runs_ended_total{batch=\"%s\",state=\"%s\"} %llu\n", of ? "yes" : "no",
                     store_run_words[i], (unsigned long long)f.ended[of][i]);
  counter(b, "runs_lost_total", "Runs whose result was thrown away: another worker had them meanwhile.", f.lost);
}

static void put_figures(api *a, dyo_buf *b)
{
  char          detail[64];
  store_figures f;
  dyo_err       err;
  dyo_buf_printf(
    b, "# HELP dyocense_build_info Version.\n# TYPE dyocense_build_info gauge\ndyocense_build_info{version=\"%s\"} 1\n",
    DYO_VERSION);
  put_requests(b, &a->counts);
  counter(b, "http_refused_total", "Requests refused before they were read whole.", atomic_load(&a->counts.refused));
  counter(b, "tokens_rejected_total", "Requests without a valid token.", atomic_load(&a->counts.rejected_tokens));
  counter(b, "rate_limited_total", "Requests over their token's rate.", atomic_load(&a->counts.limited));
  counter(b, "tenant_rate_limited_total", "Requests over their tenant's rate.", atomic_load(&a->counts.tenant_limited));
  put_quotas(b, a->store);
  put_runs(b, a);
  counter(b, "operations_total", "Operations run.", atomic_load(&a->counts.operations));
  counter(b, "uploads_total", "Files taken in.", atomic_load(&a->counts.uploads));
  counter(b, "answer_cache_hits_total", "Series answered from memory.", atomic_load(&a->counts.cache_hits));
  counter(b, "log_lines_dropped_total", "Log lines that could not be written.", log_dropped());
  gauge(b, "compute_waiting", "Operations that wait for a thread.", (double)pool_waiting(a->compute));
  gauge(b, "database_sound", "1 sound, 0 being checked, -1 damaged, -2 its server is silent.",
        store_check(a->store, detail, sizeof detail) == STORE_SOUND      ? 1
        : store_check(a->store, detail, sizeof detail) == STORE_CHECKING ? 0
        : store_check(a->store, detail, sizeof detail) == STORE_SILENT   ? -2
                                                                         : -1);
  if (store_stats(a->store, &f, &err) != DYO_OK) return;
  gauge(b, "database_bytes", "Size of the database file.", (double)f.bytes);
  gauge(b, "database_wal_bytes", "Size of its log.", (double)f.wal_bytes);
  gauge(b, "series", "Series kept.", (double)f.series);
  gauge(b, "values", "Values kept.", (double)f.values);
  gauge(b, "runs_queued", "Runs that wait.", (double)f.runs_queued);
  gauge(b, "runs_running", "Runs under way.", (double)f.runs_running);
  gauge(b, "batches_open", "Batches of forecasts that have not come to their end.", (double)f.batches_open);
  gauge(b, "batch_series_waiting", "Series of batches that are not queued yet.", (double)f.batch_series_waiting);
  gauge(b, "webhook_deliveries_waiting", "Alerts on their way to webhooks.", (double)f.deliveries_waiting);
  gauge(b, "webhook_deliveries_given_up", "Alerts whose delivery was given up within a day.",
        (double)f.deliveries_given_up);
  gauge(b, "webhooks_disabled", "Webhooks that answered 410 Gone.", (double)f.webhooks_disabled);
  counter(b, "store_writes_total", "Writes to the database.", f.writes);
  counter(b, "store_transactions_total", "Transactions they took.", f.transactions);
}

static http_plan begin(void *user, http_request *r)
{
  (void)user, (void)r;
  return (http_plan){HTTP_TAKE_NONE, 0};
}

static bool data(void *user, http_request *r, const void *bytes, size_t n)
{
  (void)user, (void)r, (void)bytes, (void)n;
  return true;
}

static void ready(void *user, http_request *r)
{
  dyo_buf     b     = {0};
  const bool  known = strcmp(http_path(r), "/metrics") == 0;
  http_reply *p     = http_reply_new(known ? 200 : 404);
  if (known) put_figures(user, &b);
  if (b.failed) dyo_buf_free(&b);
  if (known) http_reply_body(p, "text/plain; version=0.0.4; charset=utf-8", http_body_new(b.s, b.n));
  http_send(r, p);
}

static void done(void *user, http_request *r, const http_outcome *o)
{
  (void)user, (void)r, (void)o;
}

http_handler api_metrics_handler(api *a)
{
  return (http_handler){begin, data, ready, done, api_refused, a};
}
