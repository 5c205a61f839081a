/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The context, and settings on their way in: checked, their secrets taken out and sealed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/lent.h"
#include "connect/oauth.h"
#include "connect/connectors.h"
#include "connect/peer.h"
#include "connect/pieces.h"
#include "connect/signin.h"

enum { SIGN_INS = 3 /* each may be granted less than is needed */ };

connect_options connect_defaults(void)
{
  return (connect_options){.web       = {.connect_s = 10, .silent_s = 30, .slow = 100},
                           .pace      = pace_usual,
                           .retry     = fault_usual,
                           .request_s = 150,
                           .webhook_s = 86400,
                           .time      = connect_real_time};
}

dyo_status connect_start(const connect_options *o, connect_hub **out, dyo_err *err)
{
  connect_hub *c = calloc(1, sizeof *c);
  *out           = NULL;
  if (!c) return dyo_oom(err);
  c->o = *o;
  snprintf(c->key_file, sizeof c->key_file, "%s", o->key_file ? o->key_file : "");
  c->key_text = o->key_text ? strdup(o->key_text) : NULL;
  c->pace     = pace_new(&o->pace);
  pthread_mutex_init(&c->lock, NULL);
  clock_cond_init(&c->told);
  dyo_status st = c->pace && (c->key_text || !o->key_text) ? DYO_OK : dyo_oom(err);
  if (st == DYO_OK) st = peer_servers_read(o->mcp_servers ? o->mcp_servers : "", &c->mcp, err);
  if (st == DYO_OK && web_start() != DYO_OK) st = dyo_fail(err, DYO_INTERNAL, "", "libcurl does not start");
  if (st == DYO_OK) *out = c;
  else connect_free(c);
  return st;
}

void connect_free(connect_hub *c)
{
  if (!c) return;
  oauth_free(c);
  pace_free(c->pace);
  peer_servers_free(c->mcp);
  seal_keys_free(c->keys);
  wipe_text(c->key_text);
  pthread_cond_destroy(&c->told);
  pthread_mutex_destroy(&c->lock);
  free(c);
}

const char *connect_server(const connect_hub *c, const char *tenant, size_t i)
{
  const peer_server *one;
  for (size_t k = 0; (one = peer_server_at(c->mcp, k)) != NULL; k++)
    if (peer_server_for(one, tenant) && i-- == 0) return one->name;
  return NULL;
}

/* --- secrets among members -------------------------------------------------------------------------------------------------- */

static int secret_at(const connector *k, dyo_piece name)
{
  for (int i = 0; k->secrets[i]; i++)
    if (name.n == strlen(k->secrets[i]) && memcmp(name.s, k->secrets[i], name.n) == 0) return i;
  return -1;
}

/* The config member by member: what is kept, and which secrets it has. */
typedef struct {
  const connector *kind;
  dyo_buf          kept;
  dyo_piece        secrets[SECRETS_MOST]; /* s NULL: absent */
} parted;

static bool part_member(void *user, dyo_piece name, dyo_piece value)
{
  parted   *p = user;
  const int i = secret_at(p->kind, name);
  if (i >= 0) {
    p->secrets[i] = value;
    return true;
  }
  dyo_buf_puts(&p->kept, p->kept.n > 1 ? ",\"" : "\"");
  dyo_buf_add(&p->kept, name.s, name.n);
  dyo_buf_puts(&p->kept, "\":");
  dyo_buf_add(&p->kept, value.s, value.n);
  return true;
}

static void part(const connector *kind, const char *config, parted *p)
{
  *p = (parted){.kind = kind};
  dyo_buf_puts(&p->kept, "{");
  piece_members(piece_of(config, strlen(config)), part_member, p);
  dyo_buf_puts(&p->kept, "}");
}

typedef struct {
  connect_hub  *c;
  const parted *parts;
  const char   *stored[SECRETS_MOST]; /* names of those a source has */
  int           n_stored;
} holder;

static bool has_secret(void *user, const char *field)
{
  const holder *h = user;
  for (int i = 0; h->parts->kind->secrets[i]; i++)
    if (strcmp(h->parts->kind->secrets[i], field) == 0 && h->parts->secrets[i].s)
      return !piece_none(h->parts->secrets[i]) && !piece_word(h->parts->secrets[i], "\"\"");
  for (int i = 0; i < h->n_stored; i++)
    if (strcmp(h->stored[i], field) == 0) return true;
  return false;
}

static bool note_stored(void *user, const store_secret *one)
{
  holder *h = user;
  for (int i = 0; h->parts->kind->secrets[i] && h->n_stored < SECRETS_MOST; i++)
    if (strcmp(h->parts->kind->secrets[i], one->field) == 0) h->stored[h->n_stored++] = h->parts->kind->secrets[i];
  return true;
}

dyo_status connect_accept(connect_hub *c, const char *tenant, const char *type, const char *config,
                          const store_source *stored, char **kept, dyo_err *err)
{
  const connector *k = connector_of(type);
  parted           p;
  dyo_ctx          ctx;
  *kept = NULL;
  if (!k) return dyo_fail(err, DYO_INVALID_INPUT, "/connector_type", "a connector of type %.40s fetches nothing", type);
  dyo_ctx_init(&ctx, NULL);
  ctx.secret    = true;
  void      *in = dyo_alloc(&ctx, 1, k->size);
  dyo_status st = in ? dyo_json_decode_in(&ctx, "config", config, strlen(config), k->rows, in, err) : dyo_oom(err);
  part(k, config, &p);
  holder h = {.c = c, .parts = &p};
  if (st == DYO_OK && p.kept.failed) st = dyo_oom(err);
  if (st == DYO_OK && stored) st = store_secrets_each(c->o.store, tenant, stored->id, note_stored, &h, err);
  if (st == DYO_OK && k->accept) st = k->accept(in, has_secret, &h, c->o.web.loopback, err);
  dyo_ctx_clear(&ctx);
  if (st == DYO_OK) *kept = p.kept.s;
  else dyo_buf_free(&p.kept);
  return st;
}

/* A secret's text: what stands in a string, else the JSON as it is (a service account's file). */
static dyo_status seal_one(connect_hub *c, const seal_place *place, dyo_piece value, store_secret *out, dyo_err *err)
{
  unsigned char *sealed = NULL;
  char          *text   = NULL;
  *out                  = (store_secret){.tenant = place->tenant, .source_id = place->source, .field = place->field};
  if (piece_none(value) || piece_word(value, "\"\"")) return DYO_OK;
  text          = *value.s == '"' ? piece_string(value) : strndup(value.s, value.n);
  dyo_status st = text ? keys_seal(c, place, text, &sealed, &out->n, err) : dyo_oom(err);
  wipe_text(text);
  out->sealed = sealed;
  return st;
}

dyo_status connect_keep_secrets(connect_hub *c, const char *tenant, const char *source_id, const char *type,
                                const char *config, const char *by, dyo_err *err)
{
  const connector *k = connector_of(type);
  parted           p;
  store_secret     list[SECRETS_MOST];
  size_t           n  = 0;
  dyo_status       st = DYO_OK;
  if (!k) return DYO_OK;
  part(k, config, &p);
  for (int i = 0; k->secrets[i] && st == DYO_OK; i++) {
    const seal_place place = {tenant, source_id, k->secrets[i]};
    if (!p.secrets[i].s) continue;
    st           = seal_one(c, &place, p.secrets[i], &list[n], err);
    list[n++].by = by;
  }
  if (st == DYO_OK) st = store_secrets_put(c->o.store, list, n, err);
  for (size_t i = 0; i < n; i++) free(lent(list[i].sealed));
  dyo_buf_free(&p.kept);
  return st;
}

static bool put_name(void *user, const store_secret *one)
{
  dyo_buf *b = user;
  dyo_buf_puts(b, b->n > 1 ? "," : "");
  dyo_buf_string(b, one->field);
  return true;
}

dyo_status connect_secret_names(connect_hub *c, const char *tenant, const char *source_id, char **names, dyo_err *err)
{
  dyo_buf b = {0};
  dyo_buf_puts(&b, "[");
  const dyo_status st = store_secrets_each(c->o.store, tenant, source_id, put_name, &b, err);
  dyo_buf_puts(&b, "]");
  *names = b.s;
  if (st == DYO_OK && !b.failed) return DYO_OK;
  dyo_buf_free(&b);
  *names = NULL;
  return st != DYO_OK ? st : dyo_oom(err);
}

/* --- check ------------------------------------------------------------------------------------------------------------------- */

void connect_report_free(connect_report *r)
{
  free(r->message);
  free(r->details);
  *r = (connect_report){0};
}

static dyo_status note_check(session *s, const connect_report *r, dyo_err *err)
{
  const char *state = r->ok ? "ready" : s->last == FAULT_AUTH ? "needs_reauth" : "failing";
  return store_source_note(s->c->o.store, s->tenant, s->source_id, state, r->ok ? NULL : r->message, 0, err);
}

/* Ends in a report, be it good or bad; errors are ours. */
static dyo_status check(session *s, connect_report *out, dyo_err *err)
{
  dyo_buf message = {0}, details = {0};
  *out = (connect_report){0};
  /* Somebody waits for the answer. */
  s->retry.throttle_tries = s->retry.transient_tries = 2;
  s->retry.run_s                                     = 20;
  dyo_buf_puts(&details, "{");
  dyo_status st = s->kind->check(s, &message, &details, err);
  out->ok       = st == DYO_OK;
  dyo_buf_puts(&details, "}");
  if (st == DYO_UPSTREAM_ERROR) {
    message.n = 0;
    dyo_buf_puts(&message, err->message);
    st = DYO_OK;
  }
  out->message = message.s;
  if (out->ok) out->details = details.s;
  else dyo_buf_free(&details);
  if (st == DYO_OK && (message.failed || !message.s || (out->ok && details.failed))) st = dyo_oom(err);
  if (st == DYO_OK) st = note_check(s, out, err);
  if (st != DYO_OK) connect_report_free(out);
  return st;
}

dyo_status connect_check(connect_hub *c, const char *tenant, const char *source_id, const atomic_int *cancel,
                         connect_report *out, dyo_err *err)
{
  session   *s  = NULL;
  dyo_status st = session_open(c, tenant, source_id, cancel, &s, err);
  *out          = (connect_report){0};
  if (st == DYO_OK) st = check(s, out, err);
  session_close(s);
  return st;
}

/* One check, and a sign-in where it was refused; *again: what came of that is to be checked. */
static dyo_status check_and_sign_in(connect_hub *c, const char *tenant, const char *source_id, const connect_person *p,
                                    connect_report *out, bool *again, dyo_err *err)
{
  session   *s    = NULL;
  dyo_status st   = session_open(c, tenant, source_id, NULL, &s, err);
  peer_auth *auth = st == DYO_OK && s->kind == &mcp_connector ? s->own : NULL;
  *again          = false;
  *out            = (connect_report){0};
  if (auth) auth->person = p != NULL;
  if (st == DYO_OK) st = check(s, out, err);
  if (st == DYO_OK && !out->ok && p && auth && signin_helps(auth)) {
    const dyo_status signed_in = signin(s, auth, p, err);
    *again                     = signed_in == DYO_OK;
    if (signed_in == DYO_UPSTREAM_ERROR) {
      free(out->message);
      out->message = strdup(err->message);
      st           = out->message ? note_check(s, out, err) : dyo_oom(err);
    } else st = signed_in;
  }
  session_close(s);
  return st;
}

dyo_status connect_sign_in(connect_hub *c, const char *tenant, const char *source_id, const connect_person *p,
                           connect_report *out, dyo_err *err)
{
  for (int round = 0;; round++) {
    connect_report   r;
    bool             again = false;
    const dyo_status st    = check_and_sign_in(c, tenant, source_id, round < SIGN_INS ? p : NULL, &r, &again, err);
    *out                   = r;
    if (st != DYO_OK || !again) return st;
    connect_report_free(&r);
  }
}
