/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/web.h"

#include <ctype.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/crypto.h>

#include "base/clock.h"
#include "base/seal.h"
#include "connect/guard.h"
#include "dyo_version.h"

enum { HEADERS_MOST = 32 << 10, KEPT_MOST = 1 << 20 /* of an answer that is an error */ };

struct web {
  web_options o;
  CURL       *curl;
  char        authorities[512];
  const char *refused; /* why the guard refused the last connection */
};

/* What one exchange gathers. */
typedef struct {
  web               *w;
  const web_request *r;
  web_reply         *out;
  size_t             room, taken, n_headers;
  bool               too_large, stopped, failed;
} gather;

/* What libcurl and OpenSSL copied of requests and answers is overwritten when they are done with it. */
static void wiping_free(void *p)
{
  if (p) wipe(p, malloc_usable_size(p));
  free(p);
}

static void *wiping_realloc(void *p, size_t n)
{
  const size_t had  = p ? malloc_usable_size(p) : 0;
  void        *more = n <= had && n > had / 2 ? p : malloc(n);
  if (!more || more == p) return more;
  if (had) memcpy(more, p, had < n ? had : n);
  wiping_free(p);
  return more;
}

static void *tls_malloc(size_t n, const char *file, int line)
{
  (void)file, (void)line;
  return malloc(n);
}

static void *tls_realloc(void *p, size_t n, const char *file, int line)
{
  (void)file, (void)line;
  if (n > 0) return wiping_realloc(p, n);
  wiping_free(p);
  return NULL;
}

static void tls_free(void *p, const char *file, int line)
{
  (void)file, (void)line;
  wiping_free(p);
}

dyo_status web_start(void)
{
  CRYPTO_set_mem_functions(tls_malloc, tls_realloc, tls_free); /* in vain where OpenSSL is at work already */
  return curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free, wiping_realloc, strdup, calloc) == CURLE_OK
           ? DYO_OK
           : DYO_INTERNAL;
}

/* --- what libcurl asks ------------------------------------------------------------------------------------------------- */

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
  web *w = user;
  (void)purpose;
  w->refused = guard_refuses(&a->addr, (socklen_t)a->addrlen, w->o.loopback);
  return w->refused ? CURL_SOCKET_BAD : socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static bool keep(gather *g, const char *bytes, size_t n)
{
  if (g->out->n + n + 1 > g->room) {
    size_t room = g->room ? g->room : 16384;
    while (room < g->out->n + n + 1) room *= 2;
    char *more = malloc(room); /* not realloc: what may hold a secret is wiped before it goes */
    if (!more) return false;
    if (g->out->body) {
      memcpy(more, g->out->body, g->out->n);
      wipe(g->out->body, g->out->n);
    }
    free(g->out->body);
    g->out->body = more;
    g->room      = room;
  }
  memcpy(g->out->body + g->out->n, bytes, n);
  g->out->n += n;
  g->out->body[g->out->n] = '\0';
  return true;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *user)
{
  gather *g    = user;
  long    code = 0;
  n *= size;
  g->taken += n;
  curl_easy_getinfo(g->w->curl, CURLINFO_RESPONSE_CODE, &code);
  const bool streamed = g->r->take && code < 300;
  if (g->taken > (code < 300 ? g->r->most : KEPT_MOST)) return g->too_large = true, 0;
  if (streamed && !g->r->take(g->r->user, bytes, n)) return g->stopped = true, 0;
  if (!streamed && !keep(g, bytes, n)) return g->failed = true, 0;
  return n;
}

/* Field names in lower case; a new status line begins anew (100 Continue goes before). */
static size_t take_header(char *line, size_t size, size_t n, void *user)
{
  gather *g = user;
  n *= size;
  if (n > 5 && memcmp(line, "HTTP/", 5) == 0) g->n_headers = 0;
  if (g->n_headers + n + 1 > HEADERS_MOST) return g->too_large = true, 0;
  if (!g->out->headers) g->out->headers = calloc(1, HEADERS_MOST);
  if (!g->out->headers) return g->failed = true, 0;
  char *to = g->out->headers + g->n_headers;
  memcpy(to, line, n);
  to[n] = '\0';
  for (; *to && *to != ':'; to++) *to = (char)tolower((unsigned char)*to);
  g->n_headers += n;
  return n;
}

static int look(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
  const gather *g = user;
  (void)a, (void)b, (void)c, (void)d;
  return g->r->cancel && atomic_load(g->r->cancel) ? 1 : 0;
}

/* --- settings -------------------------------------------------------------------------------------------------------------- */

static bool set_always(web *w)
{
  CURL *c  = w->curl;
  bool  ok = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, w->o.loopback ? "https,http" : "https") == CURLE_OK;
  ok       = curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK && ok; /* a proxy would be where the check looks */
  ok       = curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, w) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip") == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_USERAGENT, "dyocensed/" DYO_VERSION) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(1000 * w->o.connect_s)) == CURLE_OK && ok;
  ok       = curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, w->o.slow) == CURLE_OK && ok;
  ok = curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(w->o.silent_s < 1 ? 1 : w->o.silent_s)) == CURLE_OK && ok;
  if (w->authorities[0]) ok = curl_easy_setopt(c, CURLOPT_CAINFO, w->authorities) == CURLE_OK && ok;
  return ok;
}

dyo_status web_new(const web_options *o, web **out, dyo_err *err)
{
  web *w = calloc(1, sizeof *w);
  *out   = NULL;
  if (!w) return dyo_oom(err);
  w->o = *o;
  snprintf(w->authorities, sizeof w->authorities, "%s", o->authorities ? o->authorities : "");
  w->o.authorities = NULL;
  w->curl          = curl_easy_init();
  if (w->curl && set_always(w)) {
    *out = w;
    return DYO_OK;
  }
  web_free(w);
  return dyo_fail(err, DYO_INTERNAL, "", "libcurl lacks what connectors need");
}

void web_free(web *w)
{
  if (!w) return;
  if (w->curl) curl_easy_cleanup(w->curl);
  free(w);
}

static struct curl_slist *header_lines(const web_request *r, bool *failed)
{
  struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* no waiting for 100 Continue */
  for (const web_header *h = r->headers; list && h && h->name; h++) {
    const size_t room = strlen(h->name) + strlen(h->value) + 3;
    char        *line = strpbrk(h->value, "\r\n") ? NULL : malloc(room); /* nobody adds a field through a value */
    if (line && h->value[0]) snprintf(line, room, "%s: %s", h->name, h->value);
    else if (line) snprintf(line, room, "%s;", h->name); /* libcurl's way to send a field that is empty */
    struct curl_slist *more = line ? curl_slist_append(list, line) : NULL;
    wipe_text(line);
    *failed = *failed || !more;
    list    = more ? more : list;
  }
  *failed = *failed || !list;
  return list;
}

static void free_lines(struct curl_slist *list)
{
  for (struct curl_slist *l = list; l; l = l->next) wipe(l->data, strlen(l->data));
  curl_slist_free_all(list);
}

static void set_request(web *w, const web_request *r, struct curl_slist *lines, gather *g)
{
  CURL      *c    = w->curl;
  const bool post = r->body || strcmp(r->method, "POST") == 0;
  curl_easy_setopt(c, CURLOPT_URL, r->url);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, lines);
  curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
  if (post) {
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body ? r->body : "");
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->n_body);
  }
  curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(1000 * r->seconds));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, g);
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, g);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, g);
}

/* Nothing of this exchange stays behind in the handle. */
static void forget_request(web *w)
{
  curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, NULL);
  curl_easy_setopt(w->curl, CURLOPT_POSTFIELDS, NULL);
}

/* --- the exchange ------------------------------------------------------------------------------------------------------------ */

static web_outcome outcome_of(CURLcode rc, const gather *g)
{
  switch (rc) {
  case CURLE_OK: return WEB_OK;
  case CURLE_ABORTED_BY_CALLBACK: return WEB_CANCELLED;
  case CURLE_OPERATION_TIMEDOUT: return WEB_TIMEOUT;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_ISSUER_ERROR: return WEB_UNTRUSTED;
  case CURLE_WRITE_ERROR: return g->stopped ? WEB_STOPPED : g->too_large ? WEB_TOO_LARGE : WEB_NO_ANSWER;
  default: return g->w->refused ? WEB_REFUSED : WEB_NO_ANSWER;
  }
}

dyo_status web_exchange(web *w, const web_request *r, web_reply *out, dyo_err *err)
{
  guard_url where;
  gather    g      = {.w = w, .r = r, .out = out};
  bool      failed = false;
  long      code   = 0;
  *out             = (web_reply){0};
  if (guard_read(r->url, w->o.loopback, &where, err) != DYO_OK) return err->code;
  struct curl_slist *lines = header_lines(r, &failed);
  if (failed || !keep(&g, "", 0)) {
    free_lines(lines);
    return dyo_oom(err);
  }
  w->refused         = NULL;
  const double began = clock_monotonic();
  set_request(w, r, lines, &g);
  const CURLcode rc = curl_easy_perform(w->curl);
  forget_request(w);
  free_lines(lines);
  curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &code);
  out->seconds = clock_monotonic() - began;
  out->status  = (int)code;
  out->outcome = outcome_of(rc, &g);
  if (g.failed) return dyo_oom(err);
  if (out->outcome == WEB_REFUSED && w->refused)
    snprintf(out->why, sizeof out->why, "its address is in a %s range, where connectors may not go", w->refused);
  else if (out->outcome == WEB_TOO_LARGE) snprintf(out->why, sizeof out->why, "the answer is over %zu bytes", r->most);
  else if (out->outcome != WEB_OK) snprintf(out->why, sizeof out->why, "%.150s", curl_easy_strerror(rc));
  return DYO_OK;
}

void web_reply_free(web_reply *r)
{
  if (r->body) wipe(r->body, r->n);
  free(r->body);
  free(r->headers);
  *r = (web_reply){0};
}

bool web_header_of(const web_reply *r, const char *name, char *out, size_t room)
{
  const size_t n = strlen(name);
  out[0]         = '\0';
  for (const char *s = r->headers; s && *s; s = *(s += strcspn(s, "\n")) ? s + 1 : s) {
    if (strncmp(s, name, n) != 0 || s[n] != ':') continue;
    s += n + 1 + strspn(s + n + 1, " \t");
    size_t len = strcspn(s, "\r\n");
    while (len && (s[len - 1] == ' ' || s[len - 1] == '\t')) len--;
    if (len >= room) return false;
    memcpy(out, s, len);
    out[len] = '\0';
    return true;
  }
  return false;
}

void web_put_encoded(dyo_buf *b, const char *text)
{
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
    if (isalnum(*c) || strchr("-._~", *c)) dyo_buf_add(b, (const char *)c, 1);
    else dyo_buf_printf(b, "%%%02X", *c);
  }
}

void web_put_form(dyo_buf *b, const char *name, const char *value)
{
  if (!value) return;
  if (b->n) dyo_buf_puts(b, "&");
  web_put_encoded(b, name);
  dyo_buf_puts(b, "=");
  web_put_encoded(b, value);
}
