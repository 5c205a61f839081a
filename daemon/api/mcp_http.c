/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MCP over Streamable HTTP: POST /mcp takes one message and answers with JSON, or with a stream of events where the request wants
 * progress. Legacy clients get a session by `initialize`; it remembers the version and lets them cancel by a request's id. */
#include "api/mcp_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/exchange.h"
#include "api/mcp.h"
#include "base/clock.h"
#include "base/dyo_utf8.h"

enum { SESSIONS = 1024, SESSIONS_EACH = 64, ROOM_BESIDE = 64 << 10 };

static const double session_s = 24 * 3600, longest_s = 1800, quiet_s = 1;

typedef struct {
  char        id[ID_CHARS]; /* "": free */
  char        tenant[256];
  mcp_version version;
  double      used;
} session;

/* A request being answered. */
typedef struct job {
  struct job  *next, **link;
  api         *a;
  exchange    *x;      /* until it is answered, or its stream has begun */
  http_stream *stream; /* of events; NULL: the answer is JSON */
  char        *text;   /* the message's */
  size_t       n;
  mcp_message  m;
  mcp_version  version;
  char         tenant[256], actor[6 + ID_CHARS], session[ID_CHARS];
  work         one;
  double       began, written, shown; /* shown: the last fraction that was sent */
} job;

struct mcp_door {
  mcp_tools      *tools;
  pthread_mutex_t lock; /* of what follows */
  session         sessions[SESSIONS];
  job            *jobs;
};

dyo_status mcp_door_new(struct mcp_door **out, dyo_err *err)
{
  struct mcp_door *d = *out = calloc(1, sizeof *d);
  if (!d) return dyo_oom(err);
  pthread_mutex_init(&d->lock, NULL);
  return mcp_tools_new(MCP_DAEMON, &d->tools, err);
}

void mcp_door_free(struct mcp_door *d)
{
  if (!d) return;
  mcp_tools_free(d->tools);
  pthread_mutex_destroy(&d->lock);
  free(d);
}

/* --- sessions ------------------------------------------------------------------------------------------------------------ */

/* A free place, or the one that was idle longest: of this tenant where it has many, else of all. The lock is held. */
static session *place_for(struct mcp_door *d, const char *tenant, double now)
{
  session *own = NULL, *oldest = NULL, *empty = NULL;
  int      mine = 0;
  for (session *s = d->sessions; s < d->sessions + SESSIONS; s++) {
    if (s->id[0] && now - s->used > session_s) s->id[0] = '\0';
    if (!s->id[0]) {
      empty = s;
      continue;
    }
    if (!oldest || s->used < oldest->used) oldest = s;
    if (strcmp(s->tenant, tenant) != 0) continue;
    mine++;
    if (!own || s->used < own->used) own = s;
  }
  return mine >= SESSIONS_EACH ? own : empty ? empty : oldest;
}

static void session_begin(job *j)
{
  struct mcp_door *d   = j->a->mcp;
  const double     now = clock_monotonic();
  id_new(j->session);
  pthread_mutex_lock(&d->lock);
  session *s = place_for(d, j->tenant, now);
  if (s) {
    snprintf(s->id, sizeof s->id, "%s", j->session);
    snprintf(s->tenant, sizeof s->tenant, "%s", j->tenant);
    s->version = j->version;
    s->used    = now;
  }
  pthread_mutex_unlock(&d->lock);
}

/* Ids are looked up by the tenant too, so that another one's answers as one that never was. */
static mcp_version session_find(struct mcp_door *d, const char *tenant, const char *id, bool end)
{
  mcp_version  found = MCP_NONE;
  const double now   = clock_monotonic();
  pthread_mutex_lock(&d->lock);
  for (session *s = d->sessions; *id && s < d->sessions + SESSIONS; s++) {
    if (strcmp(s->id, id) != 0 || strcmp(s->tenant, tenant) != 0 || now - s->used > session_s) continue;
    found   = s->version;
    s->used = now;
    if (end) s->id[0] = '\0';
  }
  pthread_mutex_unlock(&d->lock);
  return found;
}

/* --- jobs ------------------------------------------------------------------------------------------------------------------ */

static void free_job(job *j)
{
  mcp_message_free(&j->m);
  free(j->text);
  free(j);
}

static job *job_of(exchange *x)
{
  size_t      n    = 0;
  const char *text = http_body_bytes(x->r, &n);
  job        *j    = calloc(1, sizeof *j);
  if (j) j->text = malloc(n + 1);
  if (!j || !j->text) {
    free(j);
    return NULL;
  }
  memcpy(j->text, text ? text : "", n);
  j->text[n] = '\0';
  j->n       = n;
  j->a       = x->a;
  j->x       = x;
  j->shown   = -1;
  j->version = MCP_NONE;
  snprintf(j->tenant, sizeof j->tenant, "%s", x->tenant);
  snprintf(j->actor, sizeof j->actor, "%s", x->actor);
  atomic_init(&j->one.stage, "started");
  return j;
}

/* The lock is held. */
static void enlist(job *j)
{
  struct mcp_door *d = j->a->mcp;
  j->began = j->written = clock_monotonic();
  j->next               = d->jobs;
  j->link               = &d->jobs;
  if (j->next) j->next->link = &j->next;
  d->jobs = j;
}

static void delist(job *j)
{
  struct mcp_door *d = j->a->mcp;
  pthread_mutex_lock(&d->lock);
  *j->link = j->next;
  if (j->next) j->next->link = j->link;
  pthread_mutex_unlock(&d->lock);
}

static void cancel_named(const job *by)
{
  struct mcp_door *d = by->a->mcp;
  pthread_mutex_lock(&d->lock);
  for (job *j = d->jobs; j; j = j->next)
    if (by->session[0] && strcmp(j->session, by->session) == 0 && strcmp(j->tenant, by->tenant) == 0 &&
        mcp_same(j->m.id, by->m.cancelled))
      atomic_store(&j->one.cancel, 1);
  pthread_mutex_unlock(&d->lock);
}

/* --- replies ----------------------------------------------------------------------------------------------------------------- */

/* Takes b's text. */
static void send_json(exchange *x, const char *session_id, int status, dyo_buf *b)
{
  http_reply *p = b->failed ? NULL : api_reply(status);
  http_reply_header(p, "Cache-Control", "no-store");
  if (session_id[0]) http_reply_header(p, "Mcp-Session-Id", session_id);
  if (p) api_send(x, p, "application/json", b->s, b->n);
  else dyo_buf_free(b), http_send(x->r, NULL);
  *b = (dyo_buf){0};
}

static void send_nothing(exchange *x, int status)
{
  api_finish(x, api_reply(status));
}

static void send_problem(exchange *x, int status, dyo_status code, const char *why)
{
  dyo_err err;
  dyo_fail(&err, code, "", "%s", why);
  api_problem_status(x, status, &err);
}

static bool write_event(job *j, const dyo_buf *b)
{
  dyo_buf event = {0};
  dyo_buf_puts(&event, "event: message\ndata: ");
  dyo_buf_add(&event, b->s, b->n);
  dyo_buf_puts(&event, "\n\n");
  const bool ok = !event.failed && http_stream_write(j->stream, event.s, event.n);
  dyo_buf_free(&event);
  j->written = clock_monotonic();
  return ok;
}

static bool write_progress(job *j, double fraction)
{
  dyo_buf b = {0};
  mcp_progress(&b, &j->m, j->version, fraction, atomic_load(&j->one.stage));
  const bool ok = !b.failed && write_event(j, &b);
  dyo_buf_free(&b);
  j->shown = fraction;
  return ok;
}

/* The reply begins now and ends with the answer; from here on the exchange may be gone. */
static bool begin_stream(job *j)
{
  const char *accept = http_header(j->x->r, "Accept");
  if (!j->m.token.s || !accept || !strstr(accept, "text/event-stream")) return true;
  http_reply *p = api_reply(200);
  http_reply_header(p, "Cache-Control", "no-cache");
  http_reply_header(p, "X-Accel-Buffering", "no");
  j->stream = http_reply_stream(p, "text/event-stream", MCP_LONGEST + ROOM_BESIDE);
  if (!j->stream) {
    http_reply_free(p);
    return false;
  }
  api_finish(j->x, p);
  j->x = NULL;
  write_progress(j, 0); /* a client that has gone is noticed soon enough */
  return true;
}

/* Whoever sees a stream begin may cancel it at once: it is on the list by then. */
static bool begin(job *j, bool takes_time)
{
  pthread_mutex_lock(&j->a->mcp->lock);
  const bool ok = !takes_time || begin_stream(j);
  if (ok) enlist(j);
  pthread_mutex_unlock(&j->a->mcp->lock);
  return ok;
}

/* --- answering ------------------------------------------------------------------------------------------------------------------ */

static void answer(void *arg)
{
  job           *j      = arg;
  dyo_buf        out    = {0};
  const mcp_peer peer   = {j->a, j->a->mcp->tools, j->tenant, j->actor, j->version};
  const int      status = mcp_answer(&peer, &j->m, &j->one, &out);
  delist(j);
  if (!j->stream) {
    send_json(j->x, j->m.method && strcmp(j->m.method, "initialize") == 0 ? j->session : "", status, &out);
  } else {
    write_event(j, &out);
    http_stream_end(j->stream);
  }
  dyo_buf_free(&out);
  free_job(j);
}

static void begin_answer(job *j)
{
  const mcp_peer peer       = {j->a, j->a->mcp->tools, j->tenant, j->actor, j->version};
  const bool     takes_time = mcp_takes_time(&peer, &j->m);
  if (!begin(j, takes_time)) {
    http_send(j->x->r, NULL);
    free_job(j);
    return;
  }
  if (!takes_time) {
    answer(j);
    return;
  }
  if (pool_add(j->a->compute, answer, j)) return;
  delist(j);
  if (j->x) refuse_busy(j->x, "the server is busy; try again in a few seconds");
  http_stream_end(j->stream);
  free_job(j);
}

/* Which of them a request needs depends on its version; modern ones repeat what the message says. */
#define HEADER(title, most, words)                                                                           \
  {                                                                                                          \
    .name = (title), .type = DYO_T_STR, .flags = DYO_F_INPUT, .dflt = DYO_OPT, .max = (most), .doc = (words) \
  }

const dyo_field mcp_header_rows[] = {
  HEADER("MCP-Protocol-Version", 40, "Version of MCP that is spoken; absent: as a session has it, or 2025-03-26."),
  HEADER("Mcp-Session-Id", 64, "Session that initialize gave; versions before 2026-07-28."),
  HEADER("Mcp-Method", 256, "The message's method; from 2026-07-28 on."),
  HEADER("Mcp-Name", 4096, "What is called, got or read; from 2026-07-28 on."), DYO_END(int)};

const dyo_field mcp_session_rows[] = {HEADER("Mcp-Session-Id", 64, "The session to end."), DYO_END(int)};

/* --- what a request must be ------------------------------------------------------------------------------------------------------ */

/* Pages of this computer, and of origins the operator named: others are kept from using somebody's token by way of the browser. */
static bool known_origin(const exchange *x)
{
  static const char *const local[] = {"localhost", "127.0.0.1", "[::1]"};
  const char              *origin  = http_header(x->r, "Origin");
  if (!origin || api_allowed_origin(x)) return true;
  const char *host = strstr(origin, "://");
  if (!host || (strncmp(origin, "http://", 7) != 0 && strncmp(origin, "https://", 8) != 0)) return false;
  host += 3;
  for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
    const size_t n = strlen(local[i]);
    if (strncmp(host, local[i], n) == 0 &&
        (host[n] == '\0' || (host[n] == ':' && strspn(host + n + 1, "0123456789") == strlen(host + n + 1))))
      return true;
  }
  return false;
}

static bool says(const char *header, const char *type)
{
  return header && strcasestr(header, type) != NULL;
}

static bool carried_well(exchange *x)
{
  const char *type = http_header(x->r, "Content-Type"), *accept = http_header(x->r, "Accept");
  if (!known_origin(x))
    send_problem(x, 403, DYO_FORBIDDEN, "pages of this origin may not call here; see the setting `origins`");
  else if (!type || strncasecmp(type, "application/json", 16) != 0 || (type[16] && !strchr("; \t", type[16])))
    send_problem(x, 415, DYO_UNSUPPORTED, "Content-Type: application/json is expected");
  else if (accept && !says(accept, "application/json") && !says(accept, "text/event-stream") && !says(accept, "*/*") &&
           !says(accept, "application/*"))
    send_problem(x, 406, DYO_UNSUPPORTED, "Accept: application/json, text/event-stream is expected");
  else return true;
  return false;
}

/* =?base64?…?= is how a client writes what a header cannot hold. */
static bool header_is(const char *header, const char *value)
{
  const size_t n = header ? strlen(header) : 0;
  if (n < 11 || strncmp(header, "=?base64?", 9) != 0 || strcmp(header + n - 2, "?=") != 0)
    return header && strcmp(header, value) == 0;
  char      *text = base64_bytes(header + 9, n - 11);
  const bool same = text && strcmp(text, value) == 0;
  free(text);
  return same;
}

/* Modern: what stands in the header fields for those on the way must be what the message says. */
static bool headers_agree(const job *j, dyo_buf *out)
{
  const http_request *r       = j->x->r;
  const char         *version = http_header(r, "MCP-Protocol-Version"), *method = http_header(r, "Mcp-Method");
  const bool          named = strcmp(j->m.method, "tools/call") == 0 || strcmp(j->m.method, "prompts/get") == 0;
  const char         *name  = named ? j->m.name : strcmp(j->m.method, "resources/read") == 0 ? j->m.uri : NULL;
  const char         *wrong = !version || (j->m.version && strcmp(version, j->m.version) != 0) ? "MCP-Protocol-Version"
                              : !header_is(method, j->m.method)                                ? "Mcp-Method"
                              : name && !header_is(http_header(r, "Mcp-Name"), name)           ? "Mcp-Name"
                                                                                               : NULL;
  if (wrong)
    mcp_error(out, j->m.id, MCP_HEADER_MISMATCH, NULL, "the header field %s is missing or differs from the message",
              wrong);
  return !wrong;
}

static bool bad_version(const job *j, const char *version, dyo_buf *out)
{
  dyo_buf data = {0};
  char    text[64];
  snprintf(text, sizeof text, "%s", version);
  dyo_utf8_scrub(text);
  dyo_buf_puts(&data, "{\"supported\":[\"2026-07-28\"],\"requested\":");
  dyo_buf_string(&data, text);
  dyo_buf_puts(&data, "}");
  mcp_error(out, j->m.id, MCP_BAD_VERSION, data.failed ? NULL : data.s,
            "MCP-Protocol-Version: %.40s is not supported here", version);
  dyo_buf_free(&data);
  return false;
}

/* Legacy: the session says the version, or the header field does, or it is the one that had no such field yet. */
static bool legacy_version(job *j, dyo_buf *out, int *status)
{
  const char *header = http_header(j->x->r, "MCP-Protocol-Version"), *id = http_header(j->x->r, "Mcp-Session-Id");
  const bool  opens = j->m.method && strcmp(j->m.method, "initialize") == 0;
  *status           = 400;
  if (header && mcp_version_of(header) == MCP_NONE) return bad_version(j, header, out);
  if (opens) {
    const mcp_version wanted = mcp_version_of(j->m.wanted);
    j->version               = wanted == MCP_NONE || wanted >= MCP_2026_07_28 ? MCP_2025_11_25 : wanted;
    if (j->m.kind == MCP_REQUEST) session_begin(j);
    return true;
  }
  j->version = header ? mcp_version_of(header) : MCP_2025_03_26;
  if (!id) return true;
  *status    = 404;
  j->version = session_find(j->a->mcp, j->tenant, id, false);
  if (j->version == MCP_NONE) {
    mcp_error(out, j->m.id, MCP_INVALID_REQUEST, NULL, "there is no such session, or it has ended: initialize again");
    return false;
  }
  snprintf(j->session, sizeof j->session, "%s", id);
  return true;
}

static bool era_of(job *j, dyo_buf *out, int *status)
{
  const char *header      = http_header(j->x->r, "MCP-Protocol-Version");
  const bool  says_modern = header && mcp_version_of(header) == MCP_2026_07_28;
  const bool  discovers   = j->m.method && strcmp(j->m.method, "server/discover") == 0;
  if (!j->m.has_version && !says_modern && !discovers) return legacy_version(j, out, status);
  *status    = 400;
  j->version = MCP_2026_07_28;
  if (j->m.kind != MCP_REQUEST) return true;
  if (!j->m.version) return mcp_modern_ok(&j->m, out);
  return headers_agree(j, out) && mcp_modern_ok(&j->m, out);
}

static bool has_scope(job *j)
{
  static const char *const words[] = {"", "read", "run"};
  exchange                *x       = j->x;
  const mcp_peer           peer    = {j->a, j->a->mcp->tools, j->tenant, j->actor, j->version};
  const unsigned           need    = mcp_scope(&peer, &j->m);
  if (x->scopes & (need | SCOPE_ADMIN)) return true;
  char    how[96];
  dyo_err err;
  snprintf(how, sizeof how, "Bearer error=\"insufficient_scope\", scope=\"%s\"", words[need]);
  dyo_fail(&err, DYO_FORBIDDEN, "", "this token may not do that; its scope is too small: %s is needed", words[need]);
  http_reply *p = problem_reply(403, &err);
  http_reply_header(p, "WWW-Authenticate", how);
  api_finish(x, p);
  return false;
}

/* --- routes ------------------------------------------------------------------------------------------------------------------------ */

void api_mcp(exchange *x)
{
  dyo_buf out    = {0};
  int     status = 400;
  if (!carried_well(x)) return;
  job *j = job_of(x);
  if (!j) {
    http_send(x->r, NULL);
    return;
  }
  if (!mcp_read(j->text, j->n, &j->m, &out) || !era_of(j, &out, &status)) {
    send_json(x, "", status, &out);
  } else if (j->m.kind != MCP_REQUEST) {
    if (j->m.kind == MCP_NOTIFICATION && strcmp(j->m.method, "notifications/cancelled") == 0) cancel_named(j);
    send_nothing(x, 202);
  } else if (has_scope(j)) {
    begin_answer(j);
    return;
  }
  free_job(j);
}

static void refuse_method(exchange *x, const char *why)
{
  dyo_err err;
  dyo_fail(&err, DYO_UNSUPPORTED, "", "%s", why);
  http_reply *p = problem_reply(405, &err);
  http_reply_header(p, "Allow", "POST, DELETE");
  api_finish(x, p);
}

void api_mcp_get(exchange *x)
{
  refuse_method(x, "there is no stream of events to listen to; POST a message");
}

void api_mcp_end(exchange *x)
{
  const char *id = http_header(x->r, "Mcp-Session-Id");
  if (!known_origin(x))
    send_problem(x, 403, DYO_FORBIDDEN, "pages of this origin may not call here; see the setting `origins`");
  else if (!id) refuse_method(x, "Mcp-Session-Id: the session to end is expected");
  else if (session_find(x->a->mcp, x->tenant, id, true) == MCP_NONE) api_not_found(x);
  else send_nothing(x, 204);
}

/* --- again and again ----------------------------------------------------------------------------------------------------------------- */

/* Shows how far a request is, and gives it up where its client has gone or it takes too long. The lock is held. */
static void look_at(job *j, double now)
{
  const double fraction = atomic_load(&j->one.fraction);
  bool         there    = true;
  if (j->stream && fraction > j->shown) there = write_progress(j, fraction < 1 ? fraction : 1);
  else if (j->stream && now - j->written > quiet_s) {
    there      = http_stream_write(j->stream, ": still there\n\n", 15);
    j->written = now;
  } else if (j->x) there = !http_gone(j->x->r);
  if (!there || now - j->began > longest_s) atomic_store(&j->one.cancel, 1);
}

void mcp_tick(api *a)
{
  const double now = clock_monotonic();
  pthread_mutex_lock(&a->mcp->lock);
  for (job *j = a->mcp->jobs; j; j = j->next) look_at(j, now);
  pthread_mutex_unlock(&a->mcp->lock);
}

void mcp_stop(api *a)
{
  pthread_mutex_lock(&a->mcp->lock);
  for (job *j = a->mcp->jobs; j; j = j->next) atomic_store(&j->one.cancel, 1);
  pthread_mutex_unlock(&a->mcp->lock);
}
