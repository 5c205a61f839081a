/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/webhook.h"

#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/clock.h"
#include "base/log.h"
#include "connect/guard.h"
#include "connect/session.h"

/* Ten times as patient as a sync, which somebody waits for: a receiver may be away for hours. */
enum { PATIENCE = 10, LONGEST_S = 4 * 3600, REQUEST_S = 15, ANSWER_MOST = 1 << 20 };
enum { KEY_LEAST = 24, KEY_MOST = 64, KEY_CHARS = 88 /* base64 of the longest */ };

static const char field[] = "webhook_secret", prefix[] = "whsec_";

/* --- secrets ----------------------------------------------------------------------------------------------------------------- */

/* The bytes that the text of a secret stands for; their number, 0 where it is none. */
static size_t key_of(const char *secret, unsigned char key[KEY_CHARS])
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (strncmp(secret, prefix, sizeof prefix - 1) == 0) secret += sizeof prefix - 1;
  const size_t n = strlen(secret), plain = strspn(secret, letters), padding = n - plain;
  if (n == 0 || n > KEY_CHARS || n % 4 || padding > 2 || strspn(secret + plain, "=") != padding) return 0;
  const int made = EVP_DecodeBlock(key, (const unsigned char *)secret, (int)n);
  if (made < 0 || (size_t)made < padding) return 0;
  const size_t bytes = (size_t)made - padding;
  return bytes >= KEY_LEAST && bytes <= KEY_MOST ? bytes : 0;
}

/* Is the host an address, in any of the forms that resolvers take, to which no connection is made? */
static const char *refused_address(const char *host, bool loopback)
{
  const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
  struct addrinfo      *found = NULL;
  if (strcmp(host, "localhost") == 0) return loopback ? NULL : "loopback";
  if (getaddrinfo(host, NULL, &hints, &found) != 0) return NULL; /* a name: the connection is looked at */
  const char *why = guard_refuses(found->ai_addr, found->ai_addrlen, loopback);
  freeaddrinfo(found);
  return why;
}

dyo_status webhook_accept(connect_hub *c, const char *url, const char *secret, dyo_err *err)
{
  guard_url     where;
  unsigned char key[KEY_CHARS];
  dyo_err       ignored;
  if (guard_read(url, c->o.web.loopback, &where, &ignored) != DYO_OK)
    return dyo_fail(err, DYO_INVALID_INPUT, "/webhook_url",
                    "found something else; an address such as https://example.com/hook, without a user or a fragment, "
                    "is expected");
  const char *why = refused_address(where.host, c->o.web.loopback);
  if (why)
    return dyo_fail(err, DYO_INVALID_INPUT, "/webhook_url", "%.100s is in a %s range, where webhooks may not go",
                    where.host, why);
  const size_t n = key_of(secret, key);
  wipe(key, sizeof key);
  if (n) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "/webhook_secret",
                  "found something else; \"%s\" and %d to %d bytes as base64 are expected", prefix, KEY_LEAST,
                  KEY_MOST);
}

dyo_status webhook_keep_secret(connect_hub *c, const char *tenant, const char *rule_id, const char *secret,
                               dyo_err *err)
{
  const seal_place place  = {tenant, rule_id, field};
  unsigned char   *sealed = NULL;
  size_t           n      = 0;
  dyo_status       st     = keys_seal(c, &place, secret, &sealed, &n, err);
  if (st != DYO_OK) return st;
  const store_secret put = {.tenant = tenant, .source_id = rule_id, .field = field, .sealed = sealed, .n = n};
  st                     = store_secrets_put(c->o.store, &put, 1, err);
  free(sealed);
  return st;
}

typedef struct {
  connect_hub *c;
  char        *secret;
} opening;

static bool take_secret(void *user, const store_secret *one)
{
  opening *o = user;
  if (strcmp(one->field, field) == 0 && !o->secret) o->secret = keys_open(o->c, one);
  return true;
}

/* --- signing ------------------------------------------------------------------------------------------------------------------- */

enum { SIGNATURE_CHARS = 64 };

/* "v1," and base64 of the HMAC of `id.timestamp.body`. */
static bool sign(connect_hub *c, const webhook_letter *l, const char *timestamp, char out[SIGNATURE_CHARS])
{
  opening       o = {.c = c};
  unsigned char key[KEY_CHARS], mac[EVP_MAX_MD_SIZE];
  unsigned      n_mac = 0;
  dyo_buf       text  = {0};
  dyo_err       ignored;
  store_secrets_each(c->o.store, l->tenant, l->rule_id, take_secret, &o, &ignored);
  const size_t n_key = o.secret ? key_of(o.secret, key) : 0;
  wipe_text(o.secret);
  dyo_buf_printf(&text, "%s.%s.%s", l->id, timestamp, l->body);
  const bool ok =
    n_key && !text.failed && HMAC(EVP_sha256(), key, (int)n_key, (const unsigned char *)text.s, text.n, mac, &n_mac);
  wipe(key, sizeof key);
  dyo_buf_free(&text);
  memcpy(out, "v1,", 4);
  if (ok) EVP_EncodeBlock((unsigned char *)out + 3, mac, (int)n_mac);
  return ok;
}

/* --- one attempt ------------------------------------------------------------------------------------------------------------------ */

/* The classifier of all connectors, but that what a receiver means for good it may think better of: somebody mends it, or its
 * certificate is renewed. */
static fault judge(const web_reply *r)
{
  switch (r->outcome) {
  case WEB_OK:
  case WEB_TOO_LARGE: {
    const fault f = fault_of_status(r->status);
    return f == FAULT_AUTH || f == FAULT_TERMINAL ? FAULT_TRANSIENT : f;
  }
  case WEB_CANCELLED: return FAULT_CANCELLED;
  case WEB_REFUSED: return FAULT_TERMINAL;
  default: return FAULT_TRANSIENT;
  }
}

static void write_log(const webhook_letter *l, const char *host, const web_reply *r, const webhook_outcome *out)
{
  static const char *const words[] = {"taken", "later", "held", "given up", "gone", "cancelled"};
  log_line                 line;
  log_begin(&line, out->end == WEBHOOK_TAKEN ? LOG_INFO : LOG_WARN, "webhook");
  log_text(&line, "tenant", l->tenant);
  log_text(&line, "rule_id", l->rule_id);
  log_text(&line, "delivery_id", l->id);
  log_text(&line, "host", host); /* the rest of the address may be a secret of the receiver's */
  log_text(&line, "end", words[out->end]);
  log_whole(&line, "attempt", l->attempts + 1);
  log_whole(&line, "status", out->status);
  log_text(&line, "message", out->message[0] ? out->message : NULL);
  log_number(&line, "ms", 1000 * r->seconds);
  log_end(&line);
}

/* What an answer, or none, comes to. */
static void conclude(connect_hub *c, const webhook_letter *l, const web_reply *r, fault f, webhook_outcome *out)
{
  char             after[64];
  const int64_t    now  = clock_now_ms();
  const fault_rule rule = {.throttle_tries  = INT_MAX,
                           .transient_tries = INT_MAX,
                           .base_s          = PATIENCE * c->o.retry.base_s,
                           .longest_s       = LONGEST_S,
                           .run_s           = c->o.webhook_s};
  const int        next = l->attempts < 1000 ? (int)l->attempts + 2 : 1000;
  out->status           = r->outcome == WEB_REFUSED ? 0 : r->status;
  if (f == FAULT_NONE || f == FAULT_CANCELLED) {
    out->end = f == FAULT_NONE ? WEBHOOK_TAKEN : WEBHOOK_CANCELLED;
    return;
  }
  web_header_of(r, "retry-after", after, sizeof after);
  out->wait = fault_delay(&rule, f, next, fault_retry_after(after, now / 1000), c->o.time.chance(c->o.time.user),
                          (double)(now - l->created) / 1000);
  out->end  = r->outcome == WEB_OK && r->status == 410 ? WEBHOOK_GONE : out->wait < 0 ? WEBHOOK_OVER : WEBHOOK_LATER;
  if (r->outcome != WEB_OK) snprintf(out->message, sizeof out->message, "%s", r->why);
  else snprintf(out->message, sizeof out->message, "it answered with status %d", r->status);
}

static bool drop(void *user, const void *bytes, size_t n)
{
  (void)user, (void)bytes, (void)n;
  return true;
}

static void attempt(connect_hub *c, const webhook_letter *l, const guard_url *where, const atomic_int *cancel,
                    webhook_outcome *out)
{
  char       timestamp[24], signature[SIGNATURE_CHARS];
  web       *w = NULL;
  web_reply  r = {0};
  dyo_err    err;
  dyo_status st = web_new(&c->o.web, &w, &err);
  snprintf(timestamp, sizeof timestamp, "%lld", (long long)(clock_now_ms() / 1000));
  if (st == DYO_OK && !sign(c, l, timestamp, signature))
    st = dyo_fail(&err, DYO_INTERNAL, "", "its secret does not open with the keys there are");
  const web_header  headers[] = {{"Content-Type", "application/json"},
                                 {"webhook-id", l->id},
                                 {"webhook-timestamp", timestamp},
                                 {"webhook-signature", signature},
                                 {NULL, NULL}};
  const web_request request   = {.method  = "POST",
                                 .url     = l->url,
                                 .headers = headers,
                                 .body    = l->body,
                                 .n_body  = strlen(l->body),
                                 .most    = ANSWER_MOST,
                                 .seconds = REQUEST_S,
                                 .take    = drop,
                                 .cancel  = cancel};
  if (st == DYO_OK) st = web_exchange(w, &request, &r, &err);
  if (st != DYO_OK) { /* memory, or the key: it may come back */
    r.outcome = WEB_NO_ANSWER;
    snprintf(r.why, sizeof r.why, "%.150s", err.message);
  }
  const fault f = judge(&r);
  if (st == DYO_OK && f != FAULT_CANCELLED && r.outcome != WEB_REFUSED)
    pace_told(c->pace, where->host, r.outcome == WEB_OK && fault_of_status(r.status) != FAULT_TRANSIENT,
              c->o.time.now(c->o.time.user));
  conclude(c, l, &r, f, out);
  write_log(l, where->host, &r, out);
  web_reply_free(&r);
  web_free(w);
}

void webhook_send(connect_hub *c, const webhook_letter *l, const atomic_int *cancel, webhook_outcome *out)
{
  guard_url where;
  dyo_err   err;
  *out = (webhook_outcome){.end = WEBHOOK_OVER};
  if (guard_read(l->url, c->o.web.loopback, &where, &err) != DYO_OK) {
    snprintf(out->message, sizeof out->message, "its address is none that connectors may go to any more");
    return;
  }
  const double now = c->o.time.now(c->o.time.user);
  out->wait        = pace_host(c->pace, where.host, now);
  if (out->wait <= 0) out->wait = pace_tenant(c->pace, l->tenant, now);
  if (out->wait > 0) out->end = WEBHOOK_HELD;
  else attempt(c, l, &where, cancel, out);
}
