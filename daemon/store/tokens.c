/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/dyo_json.h"
#include "store/parts.h"

enum { MINUTE_MS = 60000 };

void store_token_free(store_token *t, size_t n)
{
  for (size_t i = 0; i < n; i++) free(t[i].tenant), free(t[i].name);
}

static void free_tokens(void *t, size_t n)
{
  store_token_free(t, n);
}

#define TOKEN_COLUMNS "token_id, tenant_id, name, scopes, created, expires, revoked, used"

static bool fill(void *item, const row *r)
{
  store_token *t = item;
  t->scopes      = (unsigned)row_whole(r, 3);
  t->created     = row_whole(r, 4);
  t->expires     = row_whole(r, 5);
  t->revoked     = row_whole(r, 6);
  t->used        = row_whole(r, 7);
  return id_copy(r, 0, t->id) && text_copy(r, 1, &t->tenant) && text_copy(r, 2, &t->name);
}

typedef struct {
  const char    *tenant, *name, *id;
  unsigned       scopes;
  int64_t        expires, now;
  const uint8_t *digest;
} token_job;

static dyo_status add(db *d, void *user, dyo_err *err)
{
  const token_job *j      = user;
  dyo_buf          detail = {0};
  dyo_status       st =
    db_do(d, NULL, err,
          "INSERT INTO tokens (tenant_id, token_id, name, scopes, digest, created, expires, revoked, used)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)",
          db_text(j->tenant), db_text(j->id), db_text(j->name), db_whole(j->scopes), db_bytes(j->digest, DIGEST_SIZE),
          db_whole(j->now), db_whole(j->expires));
  dyo_buf_puts(&detail, "{\"name\":");
  dyo_buf_string(&detail, j->name);
  dyo_buf_printf(&detail, ",\"scopes\":%u,\"expires\":%lld}", j->scopes, (long long)j->expires);
  if (st == DYO_OK && detail.failed) st = dyo_oom(err);
  if (st == DYO_OK)
    st = audit_note(d, j->tenant, &(audit_event){.action = "token.create", .subject = j->id, .detail = detail.s}, err);
  dyo_buf_free(&detail);
  return st;
}

dyo_status store_token_add(store *s, const char *tenant, const char *name, unsigned scopes, int64_t expires,
                           const uint8_t digest[DIGEST_SIZE], char id[ID_CHARS], dyo_err *err)
{
  id_new(id);
  token_job j = {tenant, name, id, scopes, expires, clock_now_ms(), digest};
  return store_write(s, tenant, add, &j, err);
}

static dyo_status note_use(db *d, void *user, dyo_err *err)
{
  const token_job *j = user;
  return db_do(d, NULL, err, "UPDATE tokens SET used = $3 WHERE tenant_id = $1 AND token_id = $2", db_text(j->tenant),
               db_text(j->id), db_whole(j->now));
}

dyo_status store_token_find(store *s, const uint8_t digest[DIGEST_SIZE], int64_t now, store_token *out, dyo_err *err)
{
  rows_list    l     = {.size = sizeof *out, .most = 1, .fill = fill};
  store_token *found = NULL;
  size_t       n     = 0;
  dyo_status   st    = store_ask(s, ALL_TENANTS, rows_add, &l, err,
                                 "SELECT " TOKEN_COLUMNS " FROM tokens WHERE digest = $1 AND revoked = 0"
                                      " AND (expires = 0 OR expires > $2)",
                                 db_bytes(digest, DIGEST_SIZE), db_whole(now));
  st                 = rows_done(&l, st, free_tokens, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  if (now - out->used < MINUTE_MS) return DYO_OK;
  token_job j = {.tenant = out->tenant, .id = out->id, .now = now};
  dyo_err   ignored;
  store_write(s, out->tenant, note_use, &j, &ignored); /* that it was used is worth knowing, not worth failing for */
  return DYO_OK;
}

dyo_status store_token_list(store *s, const char *tenant, store_token **out, size_t *n, dyo_err *err)
{
  rows_list  l = {.size = sizeof **out, .fill = fill};
  dyo_status st =
    store_ask(s, tenant, rows_add, &l, err,
              "SELECT " TOKEN_COLUMNS " FROM tokens WHERE tenant_id = $1 ORDER BY token_id", db_text(tenant));
  return rows_done(&l, st, free_tokens, out, n, err);
}

static dyo_status revoke(db *d, void *user, dyo_err *err)
{
  const token_job *j       = user;
  int64_t          changed = 0;
  const dyo_status st =
    db_do(d, &changed, err, "UPDATE tokens SET revoked = $3 WHERE tenant_id = $1 AND token_id = $2 AND revoked = 0",
          db_text(j->tenant), db_text(j->id), db_whole(j->now));
  if (st == DYO_OK && !changed) return nothing_there(err);
  if (st != DYO_OK) return st;
  return audit_note(d, j->tenant, &(audit_event){.action = "token.revoke", .subject = j->id, .detail = "{}"}, err);
}

dyo_status store_token_revoke(store *s, const char *tenant, const char *id, int64_t now, dyo_err *err)
{
  token_job j = {.tenant = tenant, .id = id, .now = now};
  return store_write(s, tenant, revoke, &j, err);
}

static bool is_one(void *user, const row *r)
{
  *(bool *)user = row_whole(r, 0) != 0;
  return false;
}

dyo_status store_token_any(store *s, bool *any, dyo_err *err)
{
  *any = false;
  return store_ask_with(s, ALL_TENANTS, "SELECT 1 FROM tokens LIMIT 1", NULL, 0, is_one, any, err);
}
