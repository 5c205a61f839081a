/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of events: who did what is in it, and whatever is done to the table behind the program's back is found and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "store/audit.h"
#include "store/db.h"
#include "store/mirror.h"

/* SQL behind the store's back; where `freely`, what keeps events from mistakes goes first. */
static dyo_status behind(const char *sql, bool freely)
{
  const char *const without[] = {"DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept",
                                 "DROP POLICY audit_stays ON audit; DROP POLICY audit_is_kept ON audit"};
  char              where[256];
  db               *d = NULL;
  named(path, where);
  assert_int_equal(db_open(where, false, &d, &err), DYO_OK);
  assert_int_equal(db_begin(d, ALL_TENANTS, &err), DYO_OK);
  if (freely) assert_int_equal(db_script(d, without[db_is_server(where)], &err), DYO_OK);
  dyo_status st = db_script(d, sql, &err);
  if (st == DYO_OK) st = db_commit(d, &err);
  else db_rollback(d);
  db_close(d);
  return st;
}

typedef struct {
  char text[4000];
} told;

static bool tell_event(void *user, const audit_event *e)
{
  told *t = user;
  snprintf(t->text + strlen(t->text), sizeof t->text - strlen(t->text), "%lld %s %s %s;", (long long)e->seq, e->action,
           strncmp(e->actor, "uid ", 4) == 0 ? "self" : e->actor, e->detail);
  return true;
}

static void tell_chain(void *user, const audit_chain *c)
{
  told *t = user;
  snprintf(t->text + strlen(t->text), sizeof t->text - strlen(t->text), "%s %lld %s;", c->tenant, (long long)c->events,
           c->complaint[0] ? c->complaint : "whole");
}

static void assert_verified(const char *says)
{
  told t = {0};
  assert_int_equal(store_audit_verify(s, tell_chain, &t, &err), DYO_OK);
  assert_string_equal(t.text, says);
}

static void what_is_done_is_told(void **state)
{
  uint8_t      digest[DIGEST_SIZE];
  char         id[ID_CHARS], token[ID_CHARS];
  told         t = {0};
  store_source a;
  (void)state;
  digest_of("x", 1, NULL, digest);
  assert_int_equal(store_token_add(s, "a", "a \"name\"", SCOPE_READ, 7, digest, token, &err), DYO_OK);
  assert_int_equal(store_token_revoke(s, "a", token, 5, &err), DYO_OK);
  assert_int_equal(store_token_revoke(s, "a", token, 6, &err), DYO_NOT_FOUND); /* what fails leaves no event */
  const store_source in = {.name = "n", .type = "mcp", .config = "{}", .state = "new", .by = "token 1"};
  assert_int_equal(store_source_add(s, "a", &in, id, &err), DYO_OK);
  const store_secret one = {
    .tenant = "a", .source_id = id, .field = "client_secret", .sealed = "s", .n = 1, .by = "token 1"};
  const store_secret renewed = {.tenant = "a", .source_id = id, .field = "access_token", .sealed = "s", .n = 1};
  assert_int_equal(store_secrets_put(s, &one, 1, &err), DYO_OK);
  assert_int_equal(store_secrets_put(s, &renewed, 1, &err), DYO_OK);
  assert_int_equal(store_source_get(s, "a", id, &a, &err), DYO_OK);
  store_source to = a;
  to.name         = store_lent("m");
  to.schedule     = store_lent("0 * * * *");
  to.by           = "token 2";
  assert_int_equal(store_source_put(s, "a", &to, &err), DYO_OK);
  assert_int_equal(store_source_put(s, "a", &to, &err), DYO_CONFLICT);
  store_source_free(&a, 1);
  assert_int_equal(store_source_delete(s, "a", id, "token 3", &err), DYO_OK);
  assert_int_equal(store_audit_list(s, "a", tell_event, &t, &err), DYO_OK);
  assert_string_equal(t.text, "1 token.create self {\"name\":\"a \\\"name\\\"\",\"scopes\":1,\"expires\":7};"
                              "2 token.revoke self {};"
                              "3 connector.create token 1 {\"type\":\"mcp\",\"name\":\"n\"};"
                              "4 connector.secret token 1 {\"field\":\"client_secret\",\"given\":true};"
                              "5 connector.change token 2 {\"changed\":[\"name\",\"schedule\"]};"
                              "6 connector.delete token 3 {\"type\":\"mcp\",\"name\":\"m\"};");
  assert_verified("a 6 whole;");
}

static void settings_are_told_when_they_change(void **state)
{
  const char *const details[] = {"{\"a\":1}", "{\"a\":1}", "{}", "{\"a\":1}"};
  told              t         = {0};
  (void)state;
  for (size_t i = 0; i < 4; i++)
    assert_int_equal(store_audit_add_change(
                       s, "b", &(audit_event){.action = "settings", .subject = "host", .detail = details[i]}, &err),
                     DYO_OK);
  assert_int_equal(store_audit_list(s, "b", tell_event, &t, &err), DYO_OK);
  assert_string_equal(t.text, "1 settings self {\"a\":1};2 settings self {};3 settings self {\"a\":1};");
  assert_verified("a 6 whole;b 3 whole;");
}

static bool nothing(void *user, const void *bytes, size_t n)
{
  (void)user, (void)bytes, (void)n;
  return true;
}

static void an_end_is_the_installations_to_tell(void **state)
{
  int64_t rows = 0;
  told    t    = {0};
  (void)state;
  assert_int_equal(store_tenant_export(s, "b", nothing, NULL, &err), DYO_OK);
  assert_int_equal(store_tenant_erase(s, "b", &rows, &err), DYO_OK);
  assert_int_equal(rows, 1 + 3);
  assert_int_equal(store_audit_list(s, AUDIT_INSTALLATION, tell_event, &t, &err), DYO_OK);
  assert_string_equal(t.text, "1 tenant.export self {};2 tenant.erase self {};");
  assert_verified(" 2 whole;a 6 whole;");
}

static void events_are_kept_from_mistakes(void **state)
{
  (void)state;
  behind("UPDATE audit SET actor = 'x'", false);
  behind("DELETE FROM audit", false);
  assert_verified(" 2 whole;a 6 whole;");
}

static void make_events(const char *tenant, int n)
{
  for (int i = 0; i < n; i++)
    assert_int_equal(store_audit_add(s, tenant, &(audit_event){.action = "x", .subject = "", .detail = "{}"}, &err),
                     DYO_OK);
}

/* Each member of an event, a removed one at either end and between, one put in, and a head that was moved. */
static void what_was_done_behind_its_back_is_found(void **state)
{
  static const struct {
    const char *tenant, *sql, *says;
  } cases[] = {
    {"c1", "UPDATE audit SET at = at + 1 WHERE tenant_id = 'c1' AND seq = 2", "event 2 changed, or what came before"},
    {"c2", "UPDATE audit SET actor = 'nobody' WHERE tenant_id = 'c2' AND seq = 4",
     "event 4 changed, or what came before"},
    {"c3", "UPDATE audit SET action = 'y' WHERE tenant_id = 'c3' AND seq = 1", "event 1 changed, or what came before"},
    {"c4", "UPDATE audit SET subject = 'y' WHERE tenant_id = 'c4' AND seq = 3", "event 3 changed, or what came before"},
    {"c5", "UPDATE audit SET detail = '{ }' WHERE tenant_id = 'c5' AND seq = 3",
     "event 3 changed, or what came before"},
    {"c6", "DELETE FROM audit WHERE tenant_id = 'c6' AND seq = 1", "event 1 not there"},
    {"c7", "DELETE FROM audit WHERE tenant_id = 'c7' AND seq = 2", "event 2 not there"},
    {"c8", "DELETE FROM audit WHERE tenant_id = 'c8' AND seq > 2", "events 3 to 4 not there"},
    {"c9", "DELETE FROM audit WHERE tenant_id = 'c9'", "events 1 to 4 not there"},
    {"d1",
     "DELETE FROM audit WHERE tenant_id = 'd1' AND seq = 4; UPDATE audit_heads SET seq = 3 WHERE tenant_id = 'd1'",
     "event 3 not what the head says"},
    {"d2", "DELETE FROM audit_heads WHERE tenant_id = 'd2'", "events 1 to 4 without a head that says so"},
    {"d3",
     "INSERT INTO audit SELECT tenant_id, 5, at, actor, action, subject, detail, digest FROM audit WHERE tenant_id = 'd3'"
     " AND seq = 4",
     "event 5 changed, or what came before"},
    {"d4", "UPDATE audit SET seq = 9 WHERE tenant_id = 'd4' AND seq = 4", "events 4 to 8 not there"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    told t = {0};
    make_events(cases[i].tenant, 4);
    assert_int_equal(behind(cases[i].sql, i == 0), DYO_OK);
    assert_int_equal(store_audit_verify(s, tell_chain, &t, &err), DYO_OK);
    const char *own = strstr(t.text, cases[i].tenant);
    assert_non_null(own);
    assert_non_null(strstr(own, cases[i].says));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_done_is_told),
    cmocka_unit_test(settings_are_told_when_they_change),
    cmocka_unit_test(an_end_is_the_installations_to_tell),
    cmocka_unit_test(events_are_kept_from_mistakes),
    cmocka_unit_test(what_was_done_behind_its_back_is_found),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
