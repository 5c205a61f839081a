/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access tokens that daemons on one database share. A tenant's writes come one after the other, so that looking and claiming are one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/mirror_parts.h"

/* KEPT_MS: after so long a name that a credential had before its refresh token was replaced is known to nobody. */
enum { KEPT_MS = 86400000 };

typedef struct {
  const char    *tenant, *name;
  int64_t        bad, now, until, claimed;
  bool           failed;
  store_granted *out;
} claim_job;

static bool take(void *user, const row *r)
{
  claim_job     *j      = user;
  store_granted *g      = j->out;
  size_t         n      = 0;
  const void    *sealed = row_bytes(r, 1, &n);
  g->number             = row_whole(r, 0);
  g->good_until         = row_whole(r, 3);
  j->claimed            = row_whole(r, 4);
  if (!sealed || n == 0 || g->number == j->bad || (g->good_until && g->good_until < j->now)) return false;
  snprintf(g->instance, sizeof g->instance, "%s", row_text(r, 2));
  g->sealed = malloc(n);
  g->n      = n;
  if (g->sealed) memcpy(g->sealed, sealed, n);
  j->failed = !g->sealed;
  return false;
}

static dyo_status claim(db *d, void *user, dyo_err *err)
{
  claim_job *j = user;
  free(j->out->sealed);
  *j->out   = (store_granted){0};
  j->failed = false;
  dyo_status st =
    db_do(d, NULL, err,
          "INSERT INTO access_tokens (tenant_id, credential, number, instance, good_until, claimed, changed)"
          " VALUES ($1, $2, 0, '', 0, 0, $3) ON CONFLICT DO NOTHING",
          db_text(j->tenant), db_text(j->name), db_whole(j->now));
  if (st == DYO_OK)
    st = db_ask(d, take, j, err,
                "SELECT number, sealed, instance, good_until, claimed FROM access_tokens WHERE tenant_id = $1 AND"
                " credential = $2",
                db_text(j->tenant), db_text(j->name));
  if (st == DYO_OK && j->failed) st = dyo_oom(err);
  if (st != DYO_OK || j->out->sealed || j->claimed >= j->now) return st;
  j->out->claim = j->until;
  return db_do(d, NULL, err, "UPDATE access_tokens SET claimed = $3 WHERE tenant_id = $1 AND credential = $2",
               db_text(j->tenant), db_text(j->name), db_whole(j->until));
}

dyo_status store_grant_claim(store *s, const char *tenant, const char *name, int64_t bad, int64_t now, int64_t until,
                             store_granted *out, dyo_err *err)
{
  claim_job j   = {.tenant = tenant, .name = name, .bad = bad, .now = now, .until = until, .out = out};
  *out          = (store_granted){0};
  dyo_status st = store_write(s, tenant, claim, &j, err);
  if (st == DYO_OK) return st;
  free(out->sealed);
  *out = (store_granted){0};
  return st;
}

typedef struct {
  const store_grant  *g;
  const store_secret *list;
  size_t              n;
  int64_t             now;
} put_job;

/* The new name stands for the same token from here on. */
static dyo_status put_name(db *d, const put_job *j, dyo_err *err)
{
  const store_grant *g = j->g;
  const dyo_status   st =
    db_do(d, NULL, err,
          "INSERT INTO access_tokens (tenant_id, credential, number, sealed, instance, good_until, claimed, changed)"
          " VALUES ($1, $2, 1, $3, $4, $5, 0, $6) ON CONFLICT (tenant_id, credential) DO UPDATE SET"
          " number = access_tokens.number + 1, sealed = excluded.sealed, instance = excluded.instance,"
          " good_until = excluded.good_until, claimed = 0, changed = excluded.changed",
          db_text(g->tenant), db_text(g->names[1]), db_bytes(g->sealed[1], g->n), db_text(g->instance),
          db_whole(g->good_until), db_whole(j->now));
  if (st != DYO_OK) return st;
  return db_do(d, NULL, err, "DELETE FROM access_tokens WHERE tenant_id = $1 AND changed < $2", db_text(g->tenant),
               db_whole(j->now - KEPT_MS));
}

static dyo_status put(db *d, void *user, dyo_err *err)
{
  const put_job     *j       = user;
  const store_grant *g       = j->g;
  int64_t            changed = 0;
  dyo_status         st      = secrets_put(d, j->list, j->n, j->now, err);
  if (st != DYO_OK) return st;
  if (!g->sealed[0])
    return db_do(d, NULL, err,
                 "UPDATE access_tokens SET claimed = 0 WHERE tenant_id = $1 AND credential = $2 AND claimed = $3",
                 db_text(g->tenant), db_text(g->names[0]), db_whole(g->claim));
  st = db_do(d, &changed, err,
             "UPDATE access_tokens SET number = number + 1, sealed = $4, instance = $5, good_until = $6, claimed = 0,"
             " changed = $7 WHERE tenant_id = $1 AND credential = $2 AND claimed = $3",
             db_text(g->tenant), db_text(g->names[0]), db_whole(g->claim), db_bytes(g->sealed[0], g->n),
             db_text(g->instance), db_whole(g->good_until), db_whole(j->now));
  return st == DYO_OK && changed && g->names[1] ? put_name(d, j, err) : st;
}

dyo_status store_grant_put(store *s, const store_grant *g, const store_secret *list, size_t n, dyo_err *err)
{
  put_job j = {g, list, n, clock_now_ms()};
  return store_write(s, g->tenant, put, &j, err);
}
