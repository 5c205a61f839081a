/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/parts.h"

enum { ACTOR_ROOM = 32 };

/* What an event's digest is taken of, beside the digest before it. */
typedef struct {
  const char *tenant, *actor, *action, *subject, *detail;
  int64_t     seq, at;
} content;

static void add_text(digest_state *d, const char *text)
{
  const uint64_t n = strlen(text);
  digest_add(d, &n, sizeof n);
  digest_add(d, text, n);
}

static void digest_event(const content *c, const uint8_t before[DIGEST_SIZE], uint8_t out[DIGEST_SIZE])
{
  digest_state d;
  digest_begin(&d);
  digest_add(&d, before, DIGEST_SIZE);
  digest_add(&d, &c->seq, sizeof c->seq);
  digest_add(&d, &c->at, sizeof c->at);
  const char *const texts[] = {c->tenant, c->actor, c->action, c->subject, c->detail};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) add_text(&d, texts[i]);
  digest_end(&d, out);
}

/* A digest as it stands in a column; one of another length is no digest of ours. */
static void take_digest(const row *r, int column, uint8_t out[DIGEST_SIZE])
{
  size_t      n     = 0;
  const void *bytes = row_bytes(r, column, &n);
  memset(out, 0, DIGEST_SIZE);
  if (n == DIGEST_SIZE) memcpy(out, bytes, DIGEST_SIZE);
}

/* --- adding ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  int64_t seq;
  uint8_t digest[DIGEST_SIZE];
} head;

static bool take_head(void *user, const row *r)
{
  head *h = user;
  h->seq  = row_whole(r, 0);
  take_digest(r, 1, h->digest);
  return false;
}

dyo_status audit_note(db *d, const char *tenant, const audit_event *in, dyo_err *err)
{
  head    h = {0};
  char    self[ACTOR_ROOM];
  uint8_t digest[DIGEST_SIZE];
  snprintf(self, sizeof self, "uid %ld", (long)getuid());
  dyo_status st =
    db_ask(d, take_head, &h, err, "SELECT seq, digest FROM audit_heads WHERE tenant_id = $1", db_text(tenant));
  if (st != DYO_OK) return st;
  const char   *actor = in->actor && in->actor[0] ? in->actor : self;
  const content c     = {tenant, actor, in->action, in->subject, in->detail, h.seq + 1, clock_now_ms()};
  digest_event(&c, h.digest, digest);
  st = db_do(d, NULL, err,
             "INSERT INTO audit (tenant_id, seq, at, actor, action, subject, detail, digest)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
             db_text(tenant), db_whole(c.seq), db_whole(c.at), db_text(actor), db_text(c.action), db_text(c.subject),
             db_text(c.detail), db_bytes(digest, DIGEST_SIZE));
  if (st != DYO_OK) return st;
  return db_do(d, NULL, err,
               "INSERT INTO audit_heads (tenant_id, seq, digest) VALUES ($1, $2, $3)"
               " ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, digest = excluded.digest",
               db_text(tenant), db_whole(c.seq), db_bytes(digest, DIGEST_SIZE));
}

typedef struct {
  const char        *tenant;
  const audit_event *in;
  bool               only_change, same;
} add_job;

static bool compare_detail(void *user, const row *r)
{
  add_job *j = user;
  j->same    = strcmp(row_text(r, 0), j->in->detail) == 0;
  return false;
}

static dyo_status add(db *d, void *user, dyo_err *err)
{
  add_job   *j  = user;
  dyo_status st = DYO_OK;
  j->same       = false;
  if (j->only_change)
    st =
      db_ask(d, compare_detail, j, err,
             "SELECT detail FROM audit WHERE tenant_id = $1 AND action = $2 AND subject = $3 ORDER BY seq DESC LIMIT 1",
             db_text(j->tenant), db_text(j->in->action), db_text(j->in->subject));
  return st != DYO_OK || j->same ? st : audit_note(d, j->tenant, j->in, err);
}

dyo_status store_audit_add(store *s, const char *tenant, const audit_event *in, dyo_err *err)
{
  return store_write(s, tenant, add, &(add_job){tenant, in, false, false}, err);
}

dyo_status store_audit_add_change(store *s, const char *tenant, const audit_event *in, dyo_err *err)
{
  return store_write(s, tenant, add, &(add_job){tenant, in, true, false}, err);
}

/* --- reading ----------------------------------------------------------------------------------------------------------- */

#define EVENTS                                                                                                        \
  "SELECT tenant_id, seq, at, actor, action, subject, detail, digest FROM audit WHERE ($1 IS NULL OR tenant_id = $1)" \
  " ORDER BY tenant_id, seq"

static content content_of(const row *r)
{
  return (content){.tenant  = row_text(r, 0),
                   .seq     = row_whole(r, 1),
                   .at      = row_whole(r, 2),
                   .actor   = row_text(r, 3),
                   .action  = row_text(r, 4),
                   .subject = row_text(r, 5),
                   .detail  = row_text(r, 6)};
}

typedef struct {
  audit_each each;
  void      *user;
} list_job;

static bool give(void *user, const row *r)
{
  const list_job *j = user;
  const content   c = content_of(r);
  audit_event     e = {c.seq, c.at, c.tenant, c.actor, c.action, c.subject, c.detail, ""};
  uint8_t         digest[DIGEST_SIZE];
  take_digest(r, 7, digest);
  digest_text(digest, e.digest);
  return j->each(j->user, &e);
}

dyo_status store_audit_list(store *s, const char *tenant, audit_each each, void *user, dyo_err *err)
{
  list_job j = {each, user};
  return store_ask(s, tenant, give, &j, err, EVENTS, db_text(tenant));
}

/* --- verifying --------------------------------------------------------------------------------------------------------- */

/* A chain as its head says it is, and as it was found. */
typedef struct {
  audit_chain out;
  head        said, found;
  bool        has_head;
} chain;

typedef struct {
  chain *v;
  size_t n, cap;
  chain *at; /* whose events are being read */
  bool   failed;
} verify_job;

static bool new_chain(verify_job *j, const char *tenant)
{
  if (j->n == j->cap) {
    const size_t cap  = j->cap ? 2 * j->cap : 16;
    chain       *more = realloc(j->v, cap * sizeof *more);
    if (!more) return false;
    j->v   = more;
    j->cap = cap;
  }
  j->at  = &j->v[j->n];
  *j->at = (chain){.out = {.tenant = strdup(tenant)}};
  if (j->at->out.tenant) j->n++;
  return j->at->out.tenant != NULL;
}

static bool take_said(void *user, const row *r)
{
  verify_job *j = user;
  j->failed     = !new_chain(j, row_text(r, 0));
  if (j->failed) return false;
  j->at->has_head = true;
  j->at->said.seq = row_whole(r, 1);
  take_digest(r, 2, j->at->said.digest);
  return true;
}

static bool find_chain(verify_job *j, const char *tenant)
{
  if (j->at && strcmp(j->at->out.tenant, tenant) == 0) return true;
  for (size_t i = 0; i < j->n; i++)
    if (strcmp(j->v[i].out.tenant, tenant) == 0) {
      j->at = &j->v[i];
      return true;
    }
  return new_chain(j, tenant);
}

static void complain(chain *c, const char *fmt, int64_t a, int64_t b)
{
  char text[64];
  if (c->out.complaint[0]) return;
  if (a == b) snprintf(text, sizeof text, "event %lld", (long long)a);
  else snprintf(text, sizeof text, "events %lld to %lld", (long long)a, (long long)b);
  snprintf(c->out.complaint, sizeof c->out.complaint, "%s %s", text, fmt);
}

static bool check_event(void *user, const row *r)
{
  verify_job   *j  = user;
  const content is = content_of(r);
  uint8_t       kept[DIGEST_SIZE], anew[DIGEST_SIZE];
  j->failed = !find_chain(j, is.tenant);
  if (j->failed) return false;
  chain *c = j->at;
  take_digest(r, 7, kept);
  if (is.seq > c->found.seq + 1) complain(c, "not there", c->found.seq + 1, is.seq - 1);
  digest_event(&is, c->found.digest, anew);
  if (!digest_equal(kept, anew)) complain(c, "changed, or what came before", is.seq, is.seq);
  c->found.seq = is.seq;
  memcpy(c->found.digest, kept, DIGEST_SIZE);
  c->out.events++;
  return true;
}

static void check_head(chain *c)
{
  if (!c->has_head) complain(c, "without a head that says so", 1, c->found.seq);
  if (c->said.seq > c->found.seq) complain(c, "not there", c->found.seq + 1, c->said.seq);
  if (c->said.seq < c->found.seq) complain(c, "beyond the head", c->said.seq + 1, c->found.seq);
  if (!digest_equal(c->said.digest, c->found.digest)) complain(c, "not what the head says", c->found.seq, c->found.seq);
  digest_text(c->found.digest, c->out.head);
}

dyo_status store_audit_verify(store *s, audit_told told, void *user, dyo_err *err)
{
  verify_job     j     = {0};
  const db_value every = db_text(NULL);
  db            *d     = store_reader(s, ALL_TENANTS);
  dyo_status     st    = db_snapshot(d, err);
  if (st == DYO_OK)
    st =
      db_run(d, "SELECT tenant_id, seq, digest FROM audit_heads ORDER BY tenant_id", NULL, 0, take_said, &j, NULL, err);
  j.at = NULL;
  if (st == DYO_OK && !j.failed) st = db_run(d, EVENTS, &every, 1, check_event, &j, NULL, err);
  if (db_in_transaction(d)) db_rollback(d);
  store_reader_back(s, d);
  if (st == DYO_OK && j.failed) st = dyo_oom(err);
  for (size_t i = 0; i < j.n; i++) {
    check_head(&j.v[i]);
    if (st == DYO_OK) told(user, &j.v[i].out);
    free(j.v[i].out.tenant);
  }
  free(j.v);
  return st;
}
