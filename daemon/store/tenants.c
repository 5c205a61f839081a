/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What concerns a tenant or an age as a whole: export, erase, prune. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/dyo_json.h"
#include "store/parts.h"

enum { DAY_MS = 86400000, STALE_PIECES_MS = DAY_MS };

/* --- export -------------------------------------------------------------------------------------------------------- */

/* Tokens' digests and sealed secrets stay here: they are of no use to a tenant and of some to a thief. */
static const struct {
  const char *name, *sql;
} exported[] = {
  {"data_sources", "SELECT * FROM data_sources WHERE tenant_id = $1 ORDER BY source_id"},
  {"tokens", "SELECT token_id, name, scopes, created, expires, revoked, used FROM tokens WHERE tenant_id = $1"},
  {"source_state", "SELECT * FROM source_state WHERE tenant_id = $1 ORDER BY source_no, object"},
  {"source_records",
   "SELECT source_no, object, record_id, stamp, deleted, content FROM source_records WHERE tenant_id = $1"
   " ORDER BY source_no, object, record_id"},
  {"raw_files", "SELECT * FROM raw_files WHERE tenant_id = $1 ORDER BY raw_id"},
  {"metrics", "SELECT * FROM metrics WHERE tenant_id = $1 ORDER BY metric"},
  {"series", "SELECT * FROM series WHERE tenant_id = $1 ORDER BY series_id"},
  {"business_metrics", "SELECT * FROM business_metrics WHERE tenant_id = $1 ORDER BY series_id, time, source_no"},
  {"runs", "SELECT * FROM runs WHERE tenant_id = $1 ORDER BY run_id"},
  {"batches", "SELECT * FROM batches WHERE tenant_id = $1 ORDER BY batch_id"},
  {"forecasts", "SELECT * FROM forecasts WHERE tenant_id = $1 ORDER BY forecast_id"},
  {"optimization_runs", "SELECT * FROM optimization_runs WHERE tenant_id = $1 ORDER BY run_id"},
  {"alert_rules", "SELECT * FROM alert_rules WHERE tenant_id = $1 ORDER BY rule_id"},
  {"alert_events", "SELECT * FROM alert_events WHERE tenant_id = $1 ORDER BY event_id"},
  {"webhook_deliveries", "SELECT * FROM webhook_deliveries WHERE tenant_id = $1 ORDER BY delivery_id"},
  {"audit", "SELECT seq, at, actor, action, subject, detail FROM audit WHERE tenant_id = $1 ORDER BY seq"},
  {"schedules", "SELECT * FROM schedules WHERE tenant_id = $1 ORDER BY schedule_id"},
  {"tenant_quotas", "SELECT * FROM tenant_quotas WHERE tenant_id = $1 ORDER BY quota"},
  {"tenant_usage", "SELECT * FROM tenant_usage WHERE tenant_id = $1 AND run_id = ''"},
};

typedef struct {
  const char *table, *raw_id;
  store_sink  to;
  void       *user;
  dyo_buf     line;
  int64_t     piece;
  bool        stop;
} export_job;

static void put_column(dyo_buf *b, const row *r, int column)
{
  switch (row_kind(r, column)) {
  case DB_WHOLE: dyo_buf_printf(b, "%lld", (long long)row_whole(r, column)); return;
  case DB_REAL: dyo_buf_number(b, row_real(r, column)); return;
  case DB_TEXT: dyo_buf_string(b, row_text(r, column)); return;
  default: dyo_buf_puts(b, "null"); return;
  }
}

static bool send_line(export_job *j)
{
  dyo_buf_puts(&j->line, "}}\n");
  j->stop   = j->line.failed || !j->to(j->user, j->line.s, j->line.n);
  j->line.n = 0;
  return !j->stop;
}

static bool export_row(void *user, const row *r)
{
  export_job *j = user;
  dyo_buf_printf(&j->line, "{\"table\":\"%s\",\"row\":{", j->table);
  for (int i = 0; i < row_columns(r); i++) {
    dyo_buf_printf(&j->line, "%s\"%s\":", i ? "," : "", row_name(r, i));
    put_column(&j->line, r, i);
  }
  return send_line(j);
}

static bool export_piece(void *user, const void *bytes, size_t n)
{
  export_job *j    = user;
  char       *text = base64_text(bytes, n);
  dyo_buf_puts(&j->line, "{\"table\":\"raw_contents\",\"row\":{\"raw_id\":");
  dyo_buf_string(&j->line, j->raw_id);
  dyo_buf_printf(&j->line, ",\"piece\":%lld,\"content_base64\":", (long long)j->piece++);
  dyo_buf_string(&j->line, text ? text : "");
  j->line.failed = j->line.failed || !text;
  free(text);
  return send_line(j);
}

typedef struct {
  char id[ID_CHARS];
} id_row;

static bool fill_id(void *item, const row *r)
{
  return id_copy(r, 0, ((id_row *)item)->id);
}

static void free_ids(void *list, size_t n)
{
  (void)list, (void)n;
}

static dyo_status export_contents(store *s, const char *tenant, export_job *j, dyo_err *err)
{
  rows_list  l   = {.size = sizeof(id_row), .fill = fill_id};
  id_row    *ids = NULL;
  size_t     n   = 0;
  dyo_status st  = store_ask(s, tenant, rows_add, &l, err,
                             "SELECT raw_id FROM raw_files WHERE tenant_id = $1 ORDER BY raw_id", db_text(tenant));
  st             = rows_done(&l, st, free_ids, &ids, &n, err);
  for (size_t i = 0; st == DYO_OK && i < n && !j->stop; i++) {
    j->raw_id = ids[i].id;
    j->piece  = 0;
    st        = store_raw_read(s, tenant, ids[i].id, export_piece, j, err);
  }
  free(ids);
  return st;
}

/* Of the installation: it outlives the tenant's own chain. */
static dyo_status note(store *s, const char *action, const char *tenant, dyo_err *err)
{
  const audit_event e = {.action = action, .subject = tenant, .detail = "{}"};
  return store_audit_add(s, AUDIT_INSTALLATION, &e, err);
}

dyo_status store_tenant_export(store *s, const char *tenant, store_sink to, void *user, dyo_err *err)
{
  export_job j  = {.to = to, .user = user};
  dyo_status st = note(s, "tenant.export", tenant, err);
  for (size_t i = 0; st == DYO_OK && i < sizeof exported / sizeof *exported && !j.stop; i++) {
    const db_value key = db_text(tenant);
    j.table            = exported[i].name;
    st                 = store_ask_with(s, tenant, exported[i].sql, &key, 1, export_row, &j, err);
  }
  if (st == DYO_OK) st = export_contents(s, tenant, &j, err);
  if (st == DYO_OK && j.line.failed) st = dyo_oom(err);
  if (st == DYO_OK && j.stop) st = dyo_fail(err, DYO_INTERNAL, "", "what took the export stopped taking it");
  dyo_buf_free(&j.line);
  return st;
}

/* --- counts ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  store_table each;
  void       *user;
} count_job;

static bool give_count(void *user, const row *r)
{
  const count_job *j = user;
  return j->each(j->user, row_text(r, 0), row_whole(r, 1));
}

#define COUNT(table)     "SELECT '" #table "', count(*) FROM " #table
#define AND_COUNT(table) " UNION ALL " COUNT(table)

dyo_status store_tables(store *s, store_table each, void *user, dyo_err *err)
{
  count_job j = {each, user};
  return store_ask_with(s, ALL_TENANTS,
                        COUNT(tokens) AND_COUNT(data_sources) AND_COUNT(source_secrets) AND_COUNT(source_state)
                          AND_COUNT(source_records) AND_COUNT(source_cells) AND_COUNT(raw_files) AND_COUNT(raw_pieces)
                            AND_COUNT(metrics) AND_COUNT(series) AND_COUNT(business_metrics) AND_COUNT(runs)
                              AND_COUNT(forecasts) AND_COUNT(optimization_runs) AND_COUNT(alert_rules)
                                AND_COUNT(alert_events) AND_COUNT(webhook_deliveries) AND_COUNT(schedules)
                                  AND_COUNT(audit) AND_COUNT(tenant_quotas) AND_COUNT(tenant_usage) AND_COUNT(batches),
                        NULL, 0, give_count, &j, err);
}

/* --- erase and prune --------------------------------------------------------------------------------------------------- */

typedef struct {
  const char            *tenant;
  const store_retention *keep;
  int64_t                now, rows;
} sweep_job;

static dyo_status sweep(db *d, sweep_job *j, const char *sql, db_value v, dyo_err *err)
{
  int64_t          changed = 0;
  const dyo_status st      = db_run(d, sql, &v, 1, NULL, NULL, &changed, err);
  j->rows += changed;
  return st;
}

static dyo_status erase(db *d, void *user, dyo_err *err)
{
  static const char *const all[] = {
    "DELETE FROM audit_heads WHERE tenant_id = $1",      "DELETE FROM audit WHERE tenant_id = $1",
    "DELETE FROM raw_pieces WHERE tenant_id = $1",       "DELETE FROM raw_files WHERE tenant_id = $1",
    "DELETE FROM business_metrics WHERE tenant_id = $1", "DELETE FROM series WHERE tenant_id = $1",
    "DELETE FROM metrics WHERE tenant_id = $1",          "DELETE FROM runs WHERE tenant_id = $1",
    "DELETE FROM forecasts WHERE tenant_id = $1",        "DELETE FROM optimization_runs WHERE tenant_id = $1",
    "DELETE FROM alert_events WHERE tenant_id = $1",     "DELETE FROM alert_rules WHERE tenant_id = $1",
    "DELETE FROM schedules WHERE tenant_id = $1",        "DELETE FROM data_sources WHERE tenant_id = $1",
    "DELETE FROM tokens WHERE tenant_id = $1",           "DELETE FROM source_secrets WHERE tenant_id = $1",
    "DELETE FROM source_state WHERE tenant_id = $1",     "DELETE FROM source_records WHERE tenant_id = $1",
    "DELETE FROM source_cells WHERE tenant_id = $1",     "DELETE FROM webhook_deliveries WHERE tenant_id = $1",
    "DELETE FROM access_tokens WHERE tenant_id = $1",    "DELETE FROM tenant_quotas WHERE tenant_id = $1",
    "DELETE FROM tenant_usage WHERE tenant_id = $1",     "DELETE FROM batches WHERE tenant_id = $1",
  };
  sweep_job *j  = user;
  dyo_status st = DYO_OK;
  j->rows       = 0;
  for (size_t i = 0; st == DYO_OK && i < sizeof all / sizeof *all; i++)
    st = sweep(d, j, all[i], db_text(j->tenant), err);
  return st;
}

dyo_status store_tenant_erase(store *s, const char *tenant, int64_t *rows, dyo_err *err)
{
  sweep_job  j  = {.tenant = tenant};
  dyo_status st = note(s, "tenant.erase", tenant, err);
  if (st == DYO_OK) st = store_write(s, tenant, erase, &j, err);
  *rows = st == DYO_OK ? j.rows : 0;
  return st;
}

/* Pieces that no file names belong to a write that was cut off, unless it goes on right now: ids begin with their time. */
static dyo_status prune_stale(db *d, sweep_job *j, dyo_err *err)
{
  char          before[16];
  const int64_t ms = j->now - STALE_PIECES_MS;
  snprintf(before, sizeof before, "%08llx-%04llx", (unsigned long long)(ms >> 16) & 0xffffffff,
           (unsigned long long)ms & 0xffff);
  return sweep(d, j,
               "DELETE FROM raw_pieces WHERE raw_id < $1 AND NOT EXISTS (SELECT 1 FROM raw_files f WHERE f.tenant_id ="
               " raw_pieces.tenant_id AND f.raw_id = raw_pieces.raw_id)",
               db_text(before), err);
}

static dyo_status older(db *d, sweep_job *j, const char *sql, int days, dyo_err *err)
{
  return days > 0 ? sweep(d, j, sql, db_whole(j->now - (int64_t)days * DAY_MS), err) : DYO_OK;
}

static dyo_status prune(db *d, void *user, dyo_err *err)
{
  sweep_job *j  = user;
  j->rows       = 0;
  dyo_status st = older(d, j, "DELETE FROM runs WHERE state > 1 AND finished < $1", j->keep->run_days, err);
  if (st == DYO_OK) st = older(d, j, "DELETE FROM batches WHERE state > 1 AND finished < $1", j->keep->run_days, err);
  if (st == DYO_OK) st = older(d, j, "DELETE FROM optimization_runs WHERE created < $1", j->keep->run_days, err);
  if (st == DYO_OK) st = older(d, j, "DELETE FROM forecasts WHERE created < $1", j->keep->forecast_days, err);
  if (st == DYO_OK) st = older(d, j, "DELETE FROM alert_events WHERE created < $1", j->keep->event_days, err);
  if (st == DYO_OK)
    st = older(d, j, "DELETE FROM webhook_deliveries WHERE state > 0 AND finished < $1", j->keep->event_days, err);
  if (st == DYO_OK)
    st = older(
      d, j,
      "DELETE FROM raw_pieces WHERE EXISTS (SELECT 1 FROM raw_files f WHERE f.tenant_id = raw_pieces.tenant_id AND"
      " f.raw_id = raw_pieces.raw_id AND f.created < $1)",
      j->keep->raw_days, err);
  if (st == DYO_OK) st = older(d, j, "DELETE FROM raw_files WHERE created < $1", j->keep->raw_days, err);
  return st == DYO_OK ? prune_stale(d, j, err) : st;
}

dyo_status store_prune(store *s, const store_retention *r, int64_t *rows, dyo_err *err)
{
  sweep_job        j  = {.keep = r, .now = clock_now_ms()};
  const dyo_status st = store_write(s, ALL_TENANTS, prune, &j, err);
  *rows               = st == DYO_OK ? j.rows : 0;
  return st;
}
