/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large results by a query job of the Bulk API 2.0. Its locators stay good while the job is there, so that a killed run goes on where
 * it was. Rows come in no order: the window counts as stored only once all of them are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/salesforce.h"

enum { PAGE_ROWS = 20000, RESULT_PAGES = 100000 };

static const double poll_first_s = 0.2, poll_longest_s = 30, poll_growth = 1.5;

/* Words with which an object or an org says that it has no such thing. */
static bool has_none(const session *s, dyo_status st)
{
  static const char *const words[] = {
    "INVALIDENTITY", "API_DISABLED_FOR_ORG", "FeatureNotEnabled", "FUNCTIONALITY_NOT_ENABLED", "API_ERROR", NULL};
  for (size_t i = 0; words[i] && st == DYO_UPSTREAM_ERROR; i++)
    if (sf_said(s, words[i])) return true;
  return false;
}

static dyo_status create(sf_pull *p, const char *where, bool *taken, dyo_err *err)
{
  dyo_buf   body = {0}, soql = {0};
  web_reply r = {0};
  dyo_buf_printf(&soql, "SELECT %s FROM %s%s", p->list, p->map->object, where);
  dyo_buf_puts(
    &body,
    "{\"operation\":\"queryAll\",\"contentType\":\"CSV\",\"columnDelimiter\":\"COMMA\",\"lineEnding\":\"LF\",\"query\":");
  dyo_buf_string(&body, soql.s ? soql.s : "");
  dyo_buf_puts(&body, "}");
  dyo_status st = body.failed || soql.failed ? dyo_oom(err) : sf_send(p->s, "POST", "/jobs/query", body.s, &r, err);
  dyo_buf_free(&soql);
  dyo_buf_free(&body);
  *taken = !has_none(p->s, st);
  if (!*taken) return DYO_OK;
  if (st == DYO_OK) piece_copy(piece_member(piece_of(r.body, r.n), "id"), p->job, sizeof p->job);
  web_reply_free(&r);
  if (st == DYO_OK && (!p->job[0] || strspn(p->job, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") !=
                                       strlen(p->job)))
    st = session_fail(p->s, FAULT_TERMINAL, "", err, "a Bulk job has no id");
  p->locator[0] = '\0';
  return st == DYO_OK ? sf_commit(p, err) : st; /* from here on a killed run finds its job again */
}

/* Best effort, also when the run was cancelled. */
static void end_job(sf_pull *p, bool abort)
{
  session          *s      = p->s;
  const atomic_int *cancel = s->cancel;
  const fault       last   = s->last;
  char              path[64], code[64];
  web_reply         r = {0};
  dyo_err           ignored;
  memcpy(code, s->last_code, sizeof code);
  s->cancel = NULL;
  snprintf(path, sizeof path, "/jobs/query/%s", p->job);
  if (abort && sf_send(s, "PATCH", path, "{\"state\":\"Aborted\"}", &r, &ignored) == DYO_OK) web_reply_free(&r);
  if (sf_send(s, "DELETE", path, NULL, &r, &ignored) == DYO_OK) web_reply_free(&r);
  s->cancel = cancel;
  s->last   = last;
  memcpy(s->last_code, code, sizeof code);
}

/* Waits for its end. *rows: how many it says it has. */
static dyo_status wait_for(sf_pull *p, int64_t *rows, dyo_err *err)
{
  double waited = 0, pause = poll_first_s;
  char   path[64], state[32], why[120];
  snprintf(path, sizeof path, "/jobs/query/%s", p->job);
  for (;;) {
    web_reply  r  = {0};
    dyo_status st = sf_get(p->s, path, &r, err);
    if (st != DYO_OK) return st;
    const dyo_piece job = piece_of(r.body, r.n);
    piece_copy(piece_member(job, "state"), state, sizeof state);
    piece_copy(piece_member(job, "errorMessage"), why, sizeof why);
    *rows = piece_whole(piece_member(job, "numberRecordsProcessed"), -1);
    web_reply_free(&r);
    if (strcmp(state, "JobComplete") == 0) return DYO_OK;
    if (strcmp(state, "Failed") == 0 || strcmp(state, "Aborted") == 0)
      return session_fail(p->s, FAULT_TERMINAL, "BULK_JOB_FAILED", err, "the Bulk job ended as %s: %s", state, why);
    if (waited >= p->config->bulk_wait_s)
      return session_fail(p->s, FAULT_TERMINAL, "BULK_JOB_STUCK", err, "the Bulk job was not done after %.0f s",
                          waited);
    if (!session_wait(p->s, pause)) return session_fail(p->s, FAULT_CANCELLED, "", err, "cancelled");
    waited += pause;
    pause = pause * poll_growth < poll_longest_s ? pause * poll_growth : poll_longest_s;
  }
}

/* One page of the result, from p->locator on; "" afterwards: it was the last. *bad: it is not as it says. */
static dyo_status read_page(sf_pull *p, bool *bad, dyo_err *err)
{
  dyo_buf   path = {0};
  web_reply r    = {0};
  char      next[256], said[32];
  int64_t   rows = 0;
  dyo_buf_printf(&path, "/jobs/query/%s/results?maxRecords=%d", p->job, (int)PAGE_ROWS);
  if (p->locator[0]) {
    dyo_buf_puts(&path, "&locator=");
    web_put_encoded(&path, p->locator);
  }
  dyo_status st = path.failed ? dyo_oom(err) : sf_get_csv(p->s, path.s, &r, err);
  dyo_buf_free(&path);
  if (st == DYO_OK) st = sf_take_csv(p, r.body, r.n, &rows, err);
  if (st == DYO_OK) {
    web_header_of(&r, "sforce-locator", next, sizeof next);
    *bad = web_header_of(&r, "sforce-numberofrecords", said, sizeof said) && strtoll(said, NULL, 10) != rows;
    if (strcmp(next, "null") == 0) next[0] = '\0';
    *bad = *bad || (next[0] && strcmp(next, p->locator) == 0);
    snprintf(p->locator, sizeof p->locator, "%s", *bad ? "" : next);
  }
  web_reply_free(&r);
  return st;
}

static dyo_status read_pages(sf_pull *p, bool *bad, dyo_err *err)
{
  dyo_status st = DYO_OK;
  *bad          = false;
  for (int i = 0; i < RESULT_PAGES && st == DYO_OK; i++) {
    st = read_page(p, bad, err);
    if (st == DYO_UPSTREAM_ERROR && p->s->last == FAULT_TRANSIENT) { /* cut inside */
      *bad = true;
      return DYO_OK;
    }
    if (st == DYO_OK && !*bad) st = sf_commit(p, err);
    if (*bad || !p->locator[0]) break;
  }
  return st;
}

/* All of the result; what does not come as announced is read once more from the beginning. */
static dyo_status read_result(sf_pull *p, int64_t rows, dyo_err *err)
{
  bool       bad = false;
  dyo_status st  = DYO_OK;
  for (int i = 0; i < 2; i++) {
    const sync_object *o = p->y->at;
    if (!(i == 0 && p->locator[0])) sync_part_again(p->y); /* else: a killed run goes on */
    p->y->at->part_expected = rows;
    sync_drop(p->y); /* what a page that was bad left */
    st = read_pages(p, &bad, err);
    if (st != DYO_OK) return st;
    if (!bad && o->part_received == rows) break;
    p->locator[0] = '\0';
    if (i == 1)
      sync_short(p->y, "the Bulk job has %lld records, %lld came", (long long)rows, (long long)o->part_received);
  }
  sync_part_end(p->y);
  return DYO_OK;
}

dyo_status sf_bulk(sf_pull *p, const char *where, bool *taken, dyo_err *err)
{
  int64_t    rows = 0;
  bool       old  = p->job[0] != '\0';
  dyo_status st   = DYO_OK;
  *taken          = true;
  sync_stage(p->y, "waiting for a bulk job");
  if (!old) st = create(p, where, taken, err);
  if (st != DYO_OK || !*taken) return st;
  st = wait_for(p, &rows, err);
  if (old && st == DYO_UPSTREAM_ERROR && (sf_said(p->s, "NOT_FOUND") || sf_said(p->s, "BULK_JOB_FAILED"))) {
    p->job[0] = '\0'; /* the job of an earlier attempt has gone */
    sync_part_again(p->y);
    return sf_bulk(p, where, taken, err);
  }
  sync_stage(p->y, "fetching the bulk result");
  if (st == DYO_OK) st = read_result(p, rows, err);
  const bool later =
    st != DYO_OK && p->s->last != FAULT_CANCELLED && p->s->last != FAULT_TERMINAL; /* it will be gone on with */
  if (!later) {
    end_job(p, st != DYO_OK);
    p->job[0] = '\0';
  }
  return st;
}
