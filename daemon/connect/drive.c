/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Google Drive connector: its settings, its access tokens, and the check of both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connect/connectors.h"
#include "connect/drive.h"
#include "connect/guard.h"
#include "connect/jwt.h"
#include "connect/oauth.h"
#include "connect/pieces.h"
#include "connect/told.h"

#define TOKEN_URL "https://oauth2.googleapis.com/token"
#define SCOPE     "https://www.googleapis.com/auth/drive.readonly"

enum { ASSERTION_S = 3600, SKEW_S = 30 };

static const dyo_field rows[] = {
  DYO_STR(drive_config, folder_id, DYO_REQ, 100,
          "The folder whose files are read: the part of its address behind /folders/; also the id of a shared drive."),
  DYO_STR(drive_config, client_id, DYO_OPT, 300, "Of the OAuth client, with a refresh token."),
  DYO_STR(drive_config, client_secret, DYO_OPT, 300, "Of the OAuth client. Never read back."),
  DYO_STR(drive_config, refresh_token, DYO_OPT, 2000, "That a person gave the client. Never read back."),
  DYO_JSON_TEXT(drive_config, service_account, DYO_OPT,
                "The key file of a service account, in place of a refresh token. Never read back."),
  DYO_STR(drive_config, subject, DYO_OPT, 300, "The person that the service account stands for, where it may."),
  DYO_JSON(drive_config, parse, DYO_OPT,
           "How files are read, as series.parse takes it: date_order, decimal, sheet and others."),
  DYO_STR(drive_config, file_dimension, DYO_OPT, 100,
          "A dimension that gets each file's name, to keep files with the same columns apart."),
  DYO_ENUM(drive_config, aggregate, AGGREGATE_LAST, aggregate_words,
           "What becomes of values for one day and series from several files; last: the file changed last counts."),
  DYO_NUM(drive_config, compare_hours, 24, 0, 8760, "h",
          "After so long the whole folder is compared, beside the feed of changes; 0: in every sync."),
  DYO_STR(
    drive_config, mcp_server, DYO_OPT, 100,
    "An MCP server of the operator's that is asked for files first. What it gives counts only where size and digest are "
    "those that Drive tells; where it fails, Drive itself is asked."),
  DYO_STR(drive_config, mcp_uri, DYO_OPT, 200,
          "What stands before a file's id in the server's URIs; absent: gdrive:///"),
  DYO_STR(drive_config, api_url, DYO_OPT, 200, "Where the services answer instead of Google's hosts; only for tests."),
  DYO_END(drive_config)};

static const char *const secrets[] = {"client_secret", "refresh_token", "service_account", NULL};

/* --- settings ---------------------------------------------------------------------------------------------------------------- */

static dyo_status accept_account(const char *text, dyo_err *err)
{
  static const char path[] = "/config/service_account";
  dyo_err           ignored;
  char              word[64];
  if (dyo_json_check(text, strlen(text), &ignored) != DYO_OK)
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found no JSON; the key file as Google gives it is expected");
  const dyo_piece key = piece_of(text, strlen(text));
  if (!piece_copy(piece_member(key, "type"), word, sizeof word) || strcmp(word, "service_account") != 0)
    return dyo_fail(err, DYO_INVALID_INPUT, path, "its type is not \"service_account\"");
  if (!piece_none(piece_member(key, "token_uri")) &&
      (!piece_copy(piece_member(key, "token_uri"), word, sizeof word) || strcmp(word, TOKEN_URL) != 0))
    return dyo_fail(err, DYO_INVALID_INPUT, path, "its token_uri is not " TOKEN_URL);
  char *mail = piece_string(piece_member(key, "client_email")), *pem = piece_string(piece_member(key, "private_key"));
  dyo_status st = mail && mail[0] && pem
                    ? jwt_key_ok(pem, path, err)
                    : dyo_fail(err, DYO_INVALID_INPUT, path, "it has no client_email or no private_key");
  free(mail);
  wipe_text(pem);
  return st;
}

static dyo_status accept_url(const char *url, bool loopback, dyo_err *err)
{
  guard_url where;
  if (!loopback)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/api_url", "Google's own hosts are asked; this is only for tests");
  if (guard_read(url, true, &where, err) == DYO_OK && !where.path[0]) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "/config/api_url", "found \"%.80s\"; an address without a path is expected",
                  url);
}

static bool plain_id(const char *id)
{
  return id[0] && strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(id);
}

static dyo_status accept_drive(const void *config, bool (*has)(void *user, const char *secret), void *user,
                               bool loopback, dyo_err *err)
{
  const drive_config *c       = config;
  const bool          account = has(user, "service_account"), token = has(user, "refresh_token");
  if (!plain_id(c->folder_id))
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/folder_id",
                    "found \"%.80s\"; the part of the folder's address behind /folders/ is expected", c->folder_id);
  if (account == token)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config",
                    "found %s; a refresh_token with client_id and client_secret, or a service_account, is expected",
                    account ? "both" : "neither a refresh_token nor a service_account");
  if (token && !c->client_id)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/client_id", "missing; a refresh_token needs it");
  if (token && !has(user, "client_secret"))
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/client_secret", "missing; a refresh_token needs it");
  if (c->subject && !account)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/subject", "only a service_account stands for somebody");
  if (c->mcp_uri && !c->mcp_server)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/mcp_uri", "there is no mcp_server that it is for");
  if (c->file_dimension && !c->file_dimension[0])
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/file_dimension", "found \"\"; a name is expected");
  dyo_status st = c->service_account ? accept_account(c->service_account, err) : DYO_OK;
  if (st == DYO_OK && c->parse) st = table_options_ok(c->parse, err);
  return st == DYO_OK && c->api_url ? accept_url(c->api_url, loopback, err) : st;
}

/* --- access -------------------------------------------------------------------------------------------------------------------- */

static dyo_status refresh_form(session *s, dyo_buf *form, dyo_err *err)
{
  const drive_config *c     = s->config;
  const char         *token = session_secret(s, "refresh_token");
  if (!token) return session_fail(s, FAULT_AUTH, "", err, "no refresh_token is set");
  dyo_buf_puts(form, "grant_type=refresh_token");
  web_put_form(form, "refresh_token", token);
  web_put_form(form, "client_id", c->client_id);
  web_put_form(form, "client_secret", session_secret(s, "client_secret"));
  return DYO_OK;
}

static void put_claims(dyo_buf *b, const drive_config *c, const char *mail)
{
  const int64_t now = clock_now_ms() / 1000 - SKEW_S;
  dyo_buf_puts(b, "{\"iss\":");
  dyo_buf_string(b, mail);
  dyo_buf_puts(b, ",\"scope\":\"" SCOPE "\",\"aud\":\"" TOKEN_URL "\"");
  dyo_buf_printf(b, ",\"iat\":%lld,\"exp\":%lld", (long long)now, (long long)now + ASSERTION_S);
  if (c->subject) {
    dyo_buf_puts(b, ",\"sub\":");
    dyo_buf_string(b, c->subject);
  }
  dyo_buf_puts(b, "}");
}

static dyo_status account_form(session *s, dyo_buf *form, dyo_err *err)
{
  const char *text = session_secret(s, "service_account");
  if (!text) return session_fail(s, FAULT_AUTH, "", err, "no service_account is set");
  const dyo_piece key    = piece_of(text, strlen(text));
  char           *mail   = piece_string(piece_member(key, "client_email"));
  char           *pem    = piece_string(piece_member(key, "private_key"));
  char           *id     = piece_string(piece_member(key, "private_key_id"));
  char           *token  = NULL;
  dyo_buf         header = {0}, claims = {0};
  dyo_buf_puts(&header, "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":");
  dyo_buf_string(&header, id ? id : "");
  dyo_buf_puts(&header, "}");
  put_claims(&claims, s->config, mail ? mail : "");
  dyo_status st =
    header.failed || claims.failed || !pem ? dyo_oom(err) : jwt_sign(header.s, claims.s, pem, "", &token, err);
  if (st == DYO_OK) {
    dyo_buf_puts(form, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer");
    web_put_form(form, "assertion", token);
  }
  wipe_text(token);
  wipe_text(pem);
  free(mail);
  free(id);
  dyo_buf_free(&header);
  dyo_buf_free(&claims);
  return st;
}

static dyo_status open_drive(session *s, dyo_err *err)
{
  const drive_config *c       = s->config;
  const char         *account = session_secret(s, "service_account");
  oauth_plan         *plan    = DYO_NEW(&s->ctx, 1, oauth_plan);
  if (!plan) return dyo_oom(err);
  if (c->api_url) snprintf(plan->url, sizeof plan->url, "%.200s/token", c->api_url);
  else snprintf(plan->url, sizeof plan->url, "%s", TOKEN_URL);
  plan->form    = account ? account_form : refresh_form;
  plan->rotates = account ? NULL : "refresh_token";
  char *mail    = account ? piece_string(piece_member(piece_of(account, strlen(account)), "client_email")) : NULL;
  snprintf(plan->identity, sizeof plan->identity, "%.300s %.300s",
           mail           ? mail
           : c->client_id ? c->client_id
                          : "",
           c->subject ? c->subject : "");
  free(mail);
  s->oauth = plan;
  return DYO_OK;
}

/* --- check ------------------------------------------------------------------------------------------------------------------------ */

static void put_seen(const drive_file *top, int64_t files, int64_t folders, int64_t newest, dyo_buf *message,
                     dyo_buf *details)
{
  char text[CLOCK_TEXT];
  dyo_buf_printf(message, "The folder \"%.100s\" can be read: ", top->name);
  told_things(message, files, "file", "files");
  told_newest(message, newest, clock_now_ms());
  if (folders) dyo_buf_puts(message, newest >= 0 ? ", and " : " and ");
  if (folders) told_things(message, folders, "folder with what is in it", "folders with what is in them");
  dyo_buf_puts(message, ".");
  dyo_buf_puts(details, "\"folder\":");
  dyo_buf_string(details, top->name);
  dyo_buf_printf(details, ",\"files\":%lld,\"folders\":%lld,\"shared_drive\":%s,\"newest\":", (long long)files,
                 (long long)folders, top->drive[0] ? "true" : "false");
  if (newest >= 0) clock_text(newest, text);
  if (newest >= 0) dyo_buf_string(details, text);
  else dyo_buf_puts(details, "null");
}

static dyo_status check(session *s, dyo_buf *message, dyo_buf *details, dyo_err *err)
{
  const drive_config *c = s->config;
  drive_file          top;
  drive_list          list  = {0};
  int64_t             files = 0, folders = 0, newest = -1;
  bool                found;
  dyo_status          st = drive_get(s, &s->ctx, c->folder_id, &top, &found, err);
  if (st == DYO_OK && (!found || top.trashed || !drive_is_folder(&top)))
    st = session_fail(s, FAULT_TERMINAL, "notFound", err,
                      "the folder is not there, is in the bin, or is not shared with this account");
  if (st == DYO_OK) st = drive_children(s, &s->ctx, top.id, top.drive, "name", &list, err);
  if (st != DYO_OK) return st;
  for (size_t i = 0; i < list.n; i++) {
    const int64_t at = drive_is_table(&list.v[i]) ? stamp_parse(list.v[i].modified) : -1;
    files += drive_is_table(&list.v[i]);
    folders += drive_is_folder(&list.v[i]);
    if (at > newest) newest = at;
  }
  put_seen(&top, files, folders, newest, message, details);
  return DYO_OK;
}

const connector drive_connector = {.type    = "google_drive",
                                   .rows    = rows,
                                   .size    = sizeof(drive_config),
                                   .secrets = secrets,
                                   .accept  = accept_drive,
                                   .open    = open_drive,
                                   .check   = check,
                                   .pull    = drive_pull};
