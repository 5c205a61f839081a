/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "json/dyo_json.h"
#include "store/mirror_parts.h"

typedef struct {
  const store_secret *list;
  size_t              n;
  int64_t             now;
} secrets_job;

static bool any(void *user, const row *r)
{
  (void)r;
  *(bool *)user = true;
  return false;
}

/* Which secret, never what it is. */
static dyo_status note(db *d, const store_secret *one, dyo_err *err)
{
  dyo_buf detail = {0};
  dyo_buf_puts(&detail, "{\"field\":");
  dyo_buf_string(&detail, one->field);
  dyo_buf_printf(&detail, ",\"given\":%s}", one->sealed ? "true" : "false");
  const audit_event e = {.actor = one->by, .action = "connector.secret", .subject = one->source_id, .detail = detail.s};
  const dyo_status  st = detail.failed ? dyo_oom(err) : audit_note(d, one->tenant, &e, err);
  dyo_buf_free(&detail);
  return st;
}

static dyo_status put_one(db *d, const store_secret *one, int64_t now, dyo_err *err)
{
  bool       there = false;
  dyo_status st    = db_ask(d, any, &there, err,
                            "SELECT 1 FROM data_sources WHERE tenant_id = $1 AND source_id = $2 UNION ALL"
                               " SELECT 1 FROM alert_rules WHERE tenant_id = $1 AND rule_id = $2",
                            db_text(one->tenant), db_text(one->source_id));
  if (st == DYO_OK && !there) return nothing_there(err);
  if (st == DYO_OK && one->by) st = note(d, one, err);
  if (st != DYO_OK) return st;
  if (!one->sealed)
    return db_do(d, NULL, err, "DELETE FROM source_secrets WHERE tenant_id = $1 AND source_id = $2 AND field = $3",
                 db_text(one->tenant), db_text(one->source_id), db_text(one->field));
  if (one->was)
    return db_do(d, NULL, err,
                 "UPDATE source_secrets SET sealed = $4, changed = $5 WHERE tenant_id = $1 AND source_id = $2"
                 " AND field = $3 AND sealed = $6",
                 db_text(one->tenant), db_text(one->source_id), db_text(one->field), db_bytes(one->sealed, one->n),
                 db_whole(now), db_bytes(one->was, one->n_was));
  return db_do(
    d, NULL, err,
    "INSERT INTO source_secrets (tenant_id, source_id, field, sealed, changed) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (tenant_id, source_id, field) DO UPDATE SET sealed = excluded.sealed, changed = excluded.changed",
    db_text(one->tenant), db_text(one->source_id), db_text(one->field), db_bytes(one->sealed, one->n), db_whole(now));
}

dyo_status secrets_put(db *d, const store_secret *list, size_t n, int64_t now, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < n; i++) st = put_one(d, &list[i], now, err);
  return st;
}

static dyo_status put_all(db *d, void *user, dyo_err *err)
{
  const secrets_job *j = user;
  return secrets_put(d, j->list, j->n, j->now, err);
}

dyo_status store_secrets_put(store *s, const store_secret *list, size_t n, dyo_err *err)
{
  secrets_job j = {list, n, clock_now_ms()};
  return n ? store_write(s, list[0].tenant, put_all, &j, err) : DYO_OK;
}

typedef struct {
  store_secret_each each;
  void             *user;
} each_job;

static bool give(void *user, const row *r)
{
  const each_job *j   = user;
  store_secret    one = {.tenant = row_text(r, 0), .source_id = row_text(r, 1), .field = row_text(r, 2)};
  one.sealed          = row_bytes(r, 3, &one.n);
  return j->each(j->user, &one);
}

dyo_status store_secrets_each(store *s, const char *tenant, const char *source_id, store_secret_each each, void *user,
                              dyo_err *err)
{
  each_job j = {each, user};
  return store_ask(s, tenant, give, &j, err,
                   "SELECT tenant_id, source_id, field, sealed FROM source_secrets WHERE ($1 IS NULL OR tenant_id = $1)"
                   " AND ($2 IS NULL OR source_id = $2) ORDER BY tenant_id, source_id, field",
                   db_text(tenant), db_text(source_id));
}
