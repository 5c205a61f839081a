/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Salesforce: settings, the three ways to a token, discovery, and the order of a sync. */
#include "connect/salesforce.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connect/connectors.h"
#include "connect/guard.h"
#include "connect/jwt.h"

static const dyo_field rows[] = {
  DYO_STR(sf_config, instance_url, DYO_OPT, 200,
          "Address of the org, https://acme.my.salesforce.com; needed with access_token."),
  DYO_STR(
    sf_config, login_url, DYO_OPT, 200,
    "Where tokens are fetched: https://login.salesforce.com, https://test.salesforce.com for sandboxes, or the org's own "
    "address, which client credentials need."),
  DYO_STR(sf_config, client_id, DYO_OPT, 512, "Consumer key of the connected app."),
  DYO_STR(sf_config, username, DYO_OPT, 256, "User that jwt_private_key speaks for."),
  DYO_STR(sf_config, client_secret, DYO_OPT, 512, "Secret: of the connected app."),
  DYO_STR(sf_config, refresh_token, DYO_OPT, 2048, "Secret: refresh token of a user's consent."),
  DYO_STR(sf_config, jwt_private_key, DYO_OPT, 16384, "Secret: PEM of the private key whose certificate the app has."),
  DYO_STR(sf_config, access_token, DYO_OPT, 2048, "Secret: an access token that is used until it ends."),
  DYO_STR(sf_config, api_version, DYO_OPT, 8, "Version of the API, 62.0 where absent."),
  DYO_LIST(sf_config, objects, DYO_OPT, 100, mapping_object, mapping_object_rows,
           "What is fetched and what it becomes; absent: opportunities, their amounts by close date and stage."),
  DYO_INT(sf_config, lookback_s, 600, 0, 86400, "s", "How far before the end of the last sync the next one begins."),
  DYO_INT(sf_config, bulk_above, 20000, 1, 1000000000, "rows", "Results above this are fetched by the Bulk API."),
  DYO_NUM(sf_config, compare_hours, 24, 0, 8760, "h", "Hours between comparisons of everything; 0: at each sync."),
  DYO_NUM(sf_config, bulk_wait_s, 3600, 1, 86400, "s", "How long a job of the Bulk API may take."),
  DYO_NUM(sf_config, quota_share, 0.8, 0.01, 1, NULL, "Share of the org's daily requests after which syncs stop."),
  DYO_STR(
    sf_config, mcp_server, DYO_OPT, 100,
    "An MCP server of the operator's that is asked for records first. What it gives counts only where it is what the org "
    "lists; where it fails, the API is asked."),
  DYO_STR(sf_config, mcp_tool, DYO_OPT, 128, "The server's tool that takes SOQL; absent: run_soql_query"),
  DYO_STR(sf_config, mcp_argument, DYO_OPT, 128, "The tool's argument that takes it; absent: query"),
  DYO_JSON(sf_config, mcp_arguments, DYO_OPT, "The tool's other arguments, an object."),
  DYO_STR(sf_config, mcp_items, DYO_OPT, 200, "Where the tool's answer has the records; absent: its first list."),
  DYO_INT(sf_config, mcp_rows, 2000, 1, 2000, "rows", "Records that the tool is asked for at a time."),
  DYO_END(sf_config)};

static const char *const secrets[] = {"client_secret", "refresh_token", "jwt_private_key", "access_token", NULL};

static const char *const usual_dimensions[] = {"StageName"};

/* --- what is accepted -------------------------------------------------------------------------------------------------------- */

/* A host of Salesforce on its usual port; in tests also loopback. */
static bool its_host(const char *url, bool loopback, dyo_err *err)
{
  guard_url u;
  if (guard_read(url, loopback, &u, err) != DYO_OK) return false;
  if (loopback && (strcmp(u.host, "localhost") == 0 || strcmp(u.host, "127.0.0.1") == 0)) return true;
  return u.https && u.port == 443 &&
         (guard_below(u.host, "salesforce.com") || guard_below(u.host, "salesforce.mil") ||
          guard_below(u.host, "force.com"));
}

static dyo_status accept_host(const char *url, const char *path, bool loopback, dyo_err *err)
{
  dyo_err ignored;
  if (!url || its_host(url, loopback, &ignored)) return DYO_OK;
  return dyo_fail(
    err, DYO_INVALID_INPUT, path,
    "found \"%.80s\"; the address of a host of Salesforce, such as https://acme.my.salesforce.com, is expected", url);
}

static bool is_name(const char *s, bool dots)
{
  if (!isalpha((unsigned char)*s)) return false;
  for (; *s; s++) {
    if (dots && *s == '.' && isalpha((unsigned char)s[1])) continue;
    if (!isalnum((unsigned char)*s) && *s != '_') return false;
  }
  return true;
}

static dyo_status accept_name(const char *name, bool dots, const char *path, dyo_err *err)
{
  if (!name || is_name(name, dots)) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, path, "found \"%.60s\"; a name such as Opportunity or Amount__c is expected",
                  name);
}

static dyo_status accept_object(const mapping_object *o, size_t i, dyo_err *err)
{
  char       path[160];
  dyo_status st = DYO_OK;
  snprintf(path, sizeof path, "/config/objects/%zu/object", i);
  st = accept_name(o->object, false, path, err);
  for (size_t k = 0; k < o->n_fields && st == DYO_OK; k++) {
    snprintf(path, sizeof path, "/config/objects/%zu/fields/%zu", i, k);
    st = accept_name(o->fields[k], true, path, err);
  }
  for (size_t k = 0; k < o->n_metrics && st == DYO_OK; k++) {
    const mapping_metric *m = &o->metrics[k];
    snprintf(path, sizeof path, "/config/objects/%zu/metrics/%zu/date", i, k);
    st = accept_name(m->date, true, path, err);
    snprintf(path, sizeof path, "/config/objects/%zu/metrics/%zu/value", i, k);
    if (st == DYO_OK) st = accept_name(m->value, true, path, err);
    for (size_t d = 0; d < m->n_dimensions && st == DYO_OK; d++) {
      snprintf(path, sizeof path, "/config/objects/%zu/metrics/%zu/dimensions/%zu", i, k, d);
      st = accept_name(m->dimensions[d], true, path, err);
    }
  }
  return st;
}

static dyo_status missing(const char *path, const char *what, dyo_err *err)
{
  return dyo_fail(err, DYO_INVALID_INPUT, path, "missing; %s", what);
}

/* One of the ways to a token has to be whole. */
static dyo_status accept_way(const sf_config *c, bool (*has)(void *, const char *), void *user, dyo_err *err)
{
  if (has(user, "refresh_token"))
    return c->client_id ? DYO_OK : missing("/config/client_id", "refresh_token belongs to a connected app", err);
  if (has(user, "jwt_private_key")) {
    if (!c->client_id) return missing("/config/client_id", "jwt_private_key belongs to a connected app", err);
    return c->username ? DYO_OK : missing("/config/username", "jwt_private_key speaks for a user", err);
  }
  if (has(user, "access_token"))
    return c->instance_url ? DYO_OK : missing("/config/instance_url", "access_token is used there", err);
  if (has(user, "client_secret") && c->client_id)
    return c->login_url || c->instance_url
             ? DYO_OK
             : missing("/config/login_url", "client credentials need the org's own address", err);
  return missing(
    "/config",
    "refresh_token, jwt_private_key with username, client_id with client_secret, or access_token is expected", err);
}

static dyo_status accept_tool(const sf_config *c, dyo_err *err)
{
  const struct {
    const char *name, *value;
  } of[] = {{"mcp_tool", c->mcp_tool},
            {"mcp_argument", c->mcp_argument},
            {"mcp_arguments", c->mcp_arguments},
            {"mcp_items", c->mcp_items}};
  char path[64];
  for (size_t i = 0; i < sizeof of / sizeof *of && !c->mcp_server; i++) {
    snprintf(path, sizeof path, "/config/%s", of[i].name);
    if (of[i].value) return dyo_fail(err, DYO_INVALID_INPUT, path, "there is no mcp_server that it is for");
  }
  const char *name = c->mcp_argument ? c->mcp_argument : "query", *others = c->mcp_arguments;
  if (others && piece_member(piece_of(others, strlen(others)), name).s)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/mcp_arguments", "found %.60s, which takes the query", name);
  return DYO_OK;
}

static dyo_status accept_settings(const void *config, bool (*has)(void *, const char *), void *user, bool loopback,
                                  dyo_err *err)
{
  const sf_config *c  = config;
  dyo_status       st = accept_host(c->instance_url, "/config/instance_url", loopback, err);
  if (st == DYO_OK) st = accept_host(c->login_url, "/config/login_url", loopback, err);
  if (st == DYO_OK) st = accept_way(c, has, user, err);
  if (st == DYO_OK && c->jwt_private_key && *c->jwt_private_key)
    st = jwt_key_ok(c->jwt_private_key, "/config/jwt_private_key", err);
  if (st == DYO_OK && c->api_version &&
      (strspn(c->api_version, "0123456789.") != strlen(c->api_version) || !strchr(c->api_version, '.')))
    st = dyo_fail(err, DYO_INVALID_INPUT, "/config/api_version", "found \"%.8s\"; a version such as 62.0 is expected",
                  c->api_version);
  for (size_t i = 0; i < c->n_objects && st == DYO_OK; i++) st = accept_object(&c->objects[i], i, err);
  if (st == DYO_OK) st = accept_tool(c, err);
  return st == DYO_OK ? mapping_accept(c->objects, c->n_objects, "/config/objects", err) : st;
}

/* --- tokens -------------------------------------------------------------------------------------------------------------------- */

static dyo_status refresh_form(session *s, dyo_buf *form, dyo_err *err)
{
  const sf_config *c = s->config;
  (void)err;
  web_put_form(form, "grant_type", "refresh_token");
  web_put_form(form, "client_id", c->client_id);
  web_put_form(form, "client_secret", session_secret(s, "client_secret"));
  web_put_form(form, "refresh_token", session_secret(s, "refresh_token"));
  return DYO_OK;
}

static dyo_status client_form(session *s, dyo_buf *form, dyo_err *err)
{
  const sf_config *c = s->config;
  (void)err;
  web_put_form(form, "grant_type", "client_credentials");
  web_put_form(form, "client_id", c->client_id);
  web_put_form(form, "client_secret", session_secret(s, "client_secret"));
  return DYO_OK;
}

enum { ASSERTION_S = 180 };

static dyo_status jwt_form(session *s, dyo_buf *form, dyo_err *err)
{
  const sf_config *c           = s->config;
  const int64_t    now         = s->server_time ? s->server_time : clock_now_ms() / 1000;
  char            *signed_text = NULL, audience[512];
  dyo_buf          claims      = {0};
  snprintf(audience, sizeof audience, "%.*s", (int)(strlen(sf_org_of(s)->plan.url) - strlen("/services/oauth2/token")),
           sf_org_of(s)->plan.url);
  dyo_buf_puts(&claims, "{\"iss\":");
  dyo_buf_string(&claims, c->client_id);
  dyo_buf_puts(&claims, ",\"sub\":");
  dyo_buf_string(&claims, c->username);
  dyo_buf_puts(&claims, ",\"aud\":");
  dyo_buf_string(&claims, audience);
  dyo_buf_printf(&claims, ",\"exp\":%lld}", (long long)(now + ASSERTION_S));
  dyo_status st = claims.failed ? dyo_oom(err)
                                : jwt_sign("{\"alg\":\"RS256\"}", claims.s, session_secret(s, "jwt_private_key"),
                                           "/config/jwt_private_key", &signed_text, err);
  dyo_buf_free(&claims);
  web_put_form(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
  web_put_form(form, "assertion", signed_text);
  wipe_text(signed_text);
  return st;
}

static dyo_status open_session(session *s, dyo_err *err)
{
  const sf_config *c   = s->config;
  sf_org          *org = DYO_NEW(&s->ctx, 1, sf_org);
  if (!org) return dyo_oom(err);
  const char  *login = c->login_url ? c->login_url
                       : c->instance_url && !session_secret(s, "refresh_token") && !session_secret(s, "jwt_private_key")
                         ? c->instance_url
                         : "https://login.salesforce.com";
  const size_t n     = strlen(login);
  snprintf(org->plan.url, sizeof org->plan.url, "%.*s/services/oauth2/token",
           (int)(n && login[n - 1] == '/' ? n - 1 : n), login);
  snprintf(org->plan.identity, sizeof org->plan.identity, "%s|%s", c->client_id ? c->client_id : "",
           c->username ? c->username : "");
  if (session_secret(s, "refresh_token")) org->plan.form = refresh_form, org->plan.rotates = "refresh_token";
  else if (session_secret(s, "jwt_private_key")) org->plan.form = jwt_form;
  else if (session_secret(s, "access_token")) org->plan.fixed_token = "access_token";
  else if (session_secret(s, "client_secret")) org->plan.form = client_form;
  else org->plan.fixed_token = "access_token"; /* which is missing: the first request says so */
  s->own         = org;
  s->oauth       = &org->plan;
  org->way       = (way){.server = c->mcp_server};
  org->objects   = c->objects;
  org->n_objects = c->n_objects;
  if (c->objects) return DYO_OK;
  mapping_object *usual  = DYO_NEW(&s->ctx, 1, mapping_object);
  mapping_metric *metric = DYO_NEW(&s->ctx, 1, mapping_metric);
  const char    **stage  = DYO_NEW(&s->ctx, 1, const char *);
  if (!usual || !metric || !stage) return dyo_oom(err);
  stage[0]       = usual_dimensions[0];
  *metric        = (mapping_metric){"opportunity_amount", "CloseDate", "Amount", stage, 1, AGGREGATE_SUM};
  *usual         = (mapping_object){.object = "Opportunity", .metrics = metric, .n_metrics = 1};
  org->objects   = usual;
  org->n_objects = 1;
  return DYO_OK;
}

/* --- a sync ------------------------------------------------------------------------------------------------------------------------ */

/* What of an object's state an interrupted or earlier run left. Inside its window only the same run goes on where it was: a later one
 * looks back from there. */
static void read_state(sf_pull *p, const char *state)
{
  const dyo_piece at   = piece_of(state, strlen(state));
  const bool      same = piece_whole(piece_member(at, "run"), -1) == p->y->job->run_no;
  p->done_to           = piece_whole(piece_member(at, "cursor"), -1);
  p->compared          = piece_whole(piece_member(at, "compared"), 0);
  p->until             = same ? piece_whole(piece_member(at, "until"), -1) : -1;
  p->w =
    (window){.lo = piece_whole(piece_member(at, "lo"), 0), .hi = piece_whole(piece_member(at, "hi"), -1), .stamp = -1};
  const int64_t stamp = piece_whole(piece_member(at, "stamp"), -1);
  if (piece_copy(piece_member(at, "job"), p->job, sizeof p->job) && p->job[0]) {
    piece_copy(piece_member(at, "locator"), p->locator, sizeof p->locator);
    p->inherited = !same;
    return; /* a job outlives its run: its window is gone on with */
  }
  if (same && stamp >= 0) {
    p->w.stamp = stamp;
    piece_copy(piece_member(at, "id"), p->w.id, sizeof p->w.id);
  } else if (!same) {
    if (stamp > p->done_to) p->done_to = stamp;
    p->w.hi = -1;
  }
}

static dyo_status pull_object(sync_run *y, const mapping_object *map, dyo_err *err)
{
  sf_pull     p     = {.y = y, .s = y->s, .config = y->s->config, .map = map};
  const char *state = NULL;
  bool        done  = false;
  mapping_mark(map, p.mark);
  dyo_status st = sync_open(y, map->object, p.mark, &state, &done, err);
  if (st != DYO_OK || done) return st;
  read_state(&p, state);
  sync_stage(y, "looking at the object");
  st = sf_describe(&p, err);
  if (st == DYO_OK) st = sf_windows(&p, err);
  return st == DYO_OK ? sf_prove(&p, err) : st;
}

/* Faults of one object alone: the others go on. */
static bool of_object(const session *s, dyo_status st)
{
  return st == DYO_UPSTREAM_ERROR && s->last == FAULT_TERMINAL && s->last_code[0];
}

static dyo_status pull(sync_run *y, dyo_err *err)
{
  sf_org     *o = sf_org_of(y->s);
  const char *names[101];
  for (size_t i = 0; i < o->n_objects; i++) names[i] = o->objects[i].object;
  names[o->n_objects] = NULL;
  dyo_status st       = sync_objects(y, names, err);
  for (size_t i = 0; i < o->n_objects && st == DYO_OK; i++) {
    st = pull_object(y, &o->objects[i], err);
    if (!of_object(y->s, st)) continue;
    sync_lost(y, err);
    st = DYO_OK;
  }
  way_close(&o->way);
  way_tell(&o->way, y);
  return st;
}

const connector salesforce_connector = {.type    = "salesforce",
                                        .rows    = rows,
                                        .size    = sizeof(sf_config),
                                        .secrets = secrets,
                                        .accept  = accept_settings,
                                        .open    = open_session,
                                        .check   = sf_check,
                                        .pull    = pull};
