/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outbox of webhooks: what goes in, who gets it when, and what is left after an end that was not in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/clock.h"
#include "scratch.h"

enum { AHEAD = 600000 };

static void add_rule(const char *tenant, bool webhook, char id[ID_CHARS])
{
  char                   state[] = "active", name[] = "r", kind[] = "stock", text[] = "{\"a\":1}";
  const store_alert_rule rule = {
    .name = name, .kind = kind, .rule = text, .enabled = true, .webhook_state = webhook ? state : NULL};
  assert_int_equal(store_alert_rule_add(s, tenant, &rule, id, &err), DYO_OK);
}

static void add_event(const char *tenant, const char *rule_id, char *key)
{
  char              text[] = "{\"b\":2}";
  store_alert_event e      = {.event = text, .key = key};
  bool              fresh  = false;
  memcpy(e.rule_id, rule_id, ID_CHARS);
  assert_int_equal(store_alert_event_add(s, tenant, &e, &fresh, &err), DYO_OK);
  assert_true(fresh);
}

static size_t waiting(const char *tenant, const char *rule_id)
{
  store_delivery *list = NULL;
  size_t          n = 0, found = 0;
  char            next[STORE_CURSOR];
  assert_int_equal(store_delivery_list(s, tenant, rule_id, NULL, &list, &n, next, &err), DYO_OK);
  for (size_t i = 0; i < n; i++) found += list[i].state == DELIVERY_WAITING;
  store_delivery_free(list, n);
  free(list);
  return found;
}

static store_delivery taken(int64_t now)
{
  store_delivery d;
  assert_int_equal(store_delivery_take(s, now, now + AHEAD, &d, &err), DYO_OK);
  return d;
}

static void none_at(int64_t now)
{
  store_delivery d;
  assert_int_equal(store_delivery_take(s, now, now + AHEAD, &d, &err), DYO_NOT_FOUND);
}

/* Ends what was taken. */
static void note(store_delivery *d, store_delivery_state state, int64_t due, const char *webhook)
{
  d->state = state;
  d->due   = due;
  d->attempts++;
  assert_int_equal(store_delivery_note(s, d, webhook, clock_now_ms(), &err), DYO_OK);
  store_delivery_free(d, 1);
}

static void events_of_rules_with_a_webhook_go_in(void **state)
{
  char plain[ID_CHARS], hooked[ID_CHARS], id[ID_CHARS];
  (void)state;
  add_rule("t", false, plain);
  add_rule("t", true, hooked);
  add_event("t", plain, "1");
  add_event("t", hooked, "1");
  assert_int_equal(waiting("t", plain), 0);
  assert_int_equal(waiting("t", hooked), 1);
  assert_int_equal(store_delivery_test(s, "t", plain, id, &err), DYO_CONFLICT);
  assert_int_equal(store_delivery_test(s, "u", hooked, id, &err), DYO_NOT_FOUND);
  store_delivery d = taken(clock_now_ms());
  assert_string_equal(d.tenant, "t");
  assert_string_equal(d.rule, "{\"a\":1}");
  assert_string_equal(d.event, "{\"b\":2}");
  assert_int_equal(d.event_created, d.created);
  note(&d, DELIVERY_DONE, 0, "active");
  none_at(clock_now_ms());
  assert_int_equal(store_alert_rule_delete(s, "t", hooked, &err), DYO_OK);
}

static void one_of_each_rule_is_tried_at_a_time(void **state)
{
  char          a[ID_CHARS], b[ID_CHARS];
  const int64_t now = clock_now_ms() + 1000;
  (void)state;
  add_rule("t", true, a);
  add_rule("t", true, b);
  add_event("t", a, "1");
  add_event("t", a, "2");
  add_event("t", b, "1");
  store_delivery first = taken(now), second = taken(now);
  assert_string_not_equal(first.rule_id, second.rule_id);
  none_at(now);
  assert_int_equal(store_delivery_next_due(s, now), now + AHEAD);
  note(&first, DELIVERY_WAITING, now + 50, "failing");
  store_delivery third = taken(now); /* the second of a, as the first is due later */
  assert_string_equal(third.rule_id, a);
  note(&third, DELIVERY_DONE, 0, "active");
  none_at(now);
  assert_int_equal(store_delivery_next_due(s, now), now + 50);
  store_delivery fourth = taken(now + 50);
  assert_int_equal(fourth.attempts, 1);
  note(&fourth, DELIVERY_DONE, 0, "active");
  store_delivery claim_ended = taken(now + AHEAD); /* nobody noted the end of the second */
  assert_string_equal(claim_ended.id, second.id);
  note(&claim_ended, DELIVERY_DONE, 0, "active");
  store_delivery_free(&second, 1);
}

static void a_disabled_one_ends_the_rest_and_gets_no_more_but_tests(void **state)
{
  char          a[ID_CHARS], id[ID_CHARS];
  const int64_t now = clock_now_ms() + 1000;
  store_figures f;
  (void)state;
  add_rule("t", true, a);
  add_event("t", a, "1");
  add_event("t", a, "2");
  store_delivery d = taken(now);
  note(&d, DELIVERY_GIVEN_UP, 0, "disabled");
  assert_int_equal(waiting("t", a), 0);
  add_event("t", a, "3");
  assert_int_equal(waiting("t", a), 0);
  assert_int_equal(store_stats(s, &f, &err), DYO_OK);
  assert_int_equal(f.webhooks_disabled, 1);
  assert_int_equal(f.deliveries_given_up, 2);
  assert_int_equal(store_delivery_test(s, "t", a, id, &err), DYO_OK);
  store_delivery test = taken(now);
  assert_true(test.test && !test.event && strcmp(test.id, id) == 0);
  note(&test, DELIVERY_DONE, 0, "active");
  add_event("t", a, "4");
  assert_int_equal(waiting("t", a), 1);
  assert_int_equal(store_alert_rule_delete(s, "t", a, &err), DYO_OK);
}

static void what_was_being_tried_at_the_end_is_due_at_the_next_start(void **state)
{
  char          a[ID_CHARS];
  const int64_t now = clock_now_ms() + 1000;
  (void)state;
  add_rule("t", true, a);
  add_event("t", a, "1");
  store_delivery d = taken(now);
  store_close(s);
  s                    = opened(path);
  store_delivery again = taken(now);
  assert_string_equal(again.id, d.id);
  store_delivery_free(&d, 1);
  note(&again, DELIVERY_WAITING, now + (int64_t)30 * 86400000, NULL); /* as if the clock had been put back since */
  store_delivery far = taken(now);
  note(&far, DELIVERY_DONE, 0, NULL);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(events_of_rules_with_a_webhook_go_in),
    cmocka_unit_test(one_of_each_rule_is_tried_at_a_time),
    cmocka_unit_test(a_disabled_one_ends_the_rest_and_gets_no_more_but_tests),
    cmocka_unit_test(what_was_being_tried_at_the_end_is_due_at_the_next_start),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
