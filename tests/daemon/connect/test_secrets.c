/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sealed secrets open only where they were sealed, and whole; keys are made, read and replaced. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>

#include "../store/scratch.h"
#include "connect/session.h"

static seal_keys *keys_of(const char *text)
{
  seal_keys *k = NULL;
  assert_int_equal(seal_keys_read(text, &k, &err), DYO_OK);
  return k;
}

static const char one[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
static const char two[] = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

static void a_secret_opens_where_it_was_sealed_and_nowhere_else(void **state)
{
  const seal_place here     = {"t", "s", "client_secret"};
  const seal_place others[] = {{"u", "s", "client_secret"}, {"t", "r", "client_secret"}, {"t", "s", "refresh_token"},
                               {"ts", "", "client_secret"}, {"", "ts", "client_secret"}, {"t", "sclient", "_secret"}};
  seal_keys       *k        = keys_of(one);
  unsigned char    sealed[5 + SEAL_EXTRA], plain[5 + 1] = {0};
  (void)state;
  assert_true(seal(k, &here, "hello", 5, sealed));
  assert_true(seal_open(k, &here, sealed, sizeof sealed, plain));
  assert_string_equal((char *)plain, "hello");
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    assert_false(seal_open(k, &others[i], sealed, sizeof sealed, plain));
  seal_keys_free(k);
}

static void what_is_cut_or_changed_does_not_open(void **state)
{
  const seal_place here = {"t", "s", "f"};
  seal_keys       *k    = keys_of(one);
  unsigned char    sealed[5 + SEAL_EXTRA], plain[5];
  (void)state;
  assert_true(seal(k, &here, "hello", 5, sealed));
  for (size_t n = 0; n < sizeof sealed; n++) assert_false(seal_open(k, &here, sealed, n, plain));
  for (size_t i = 0; i < 8 * sizeof sealed; i++) {
    sealed[i / 8] ^= (unsigned char)(1 << i % 8);
    assert_false(seal_open(k, &here, sealed, sizeof sealed, plain));
    sealed[i / 8] ^= (unsigned char)(1 << i % 8);
  }
  assert_true(seal_open(k, &here, sealed, sizeof sealed, plain));
  seal_keys_free(k);
}

static void older_keys_open_and_the_first_one_seals(void **state)
{
  const seal_place here = {"t", "s", "f"};
  char             both[2 * sizeof one];
  unsigned char    sealed[2 + SEAL_EXTRA], plain[2];
  seal_keys       *k = keys_of(one), *other = keys_of(two);
  (void)state;
  snprintf(both, sizeof both, "%s%s", two, one);
  seal_keys *later = keys_of(both);
  assert_true(seal(k, &here, "hi", 2, sealed));
  assert_false(seal_open(other, &here, sealed, sizeof sealed, plain));
  assert_false(seal_knows(other, sealed, sizeof sealed));
  assert_true(seal_open(later, &here, sealed, sizeof sealed, plain));
  assert_false(seal_is_first(later, sealed, sizeof sealed));
  assert_true(seal(later, &here, "hi", 2, sealed));
  assert_true(seal_is_first(later, sealed, sizeof sealed));
  assert_true(seal_open(other, &here, sealed, sizeof sealed, plain));
  seal_keys_free(k), seal_keys_free(other), seal_keys_free(later);
}

static void texts_that_are_no_keys_are_refused(void **state)
{
  static const char *const bad[] = {"", "\n", "0001",
                                    "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                                    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00"};
  seal_keys               *k     = NULL;
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(seal_keys_read(bad[i], &k, &err), DYO_INVALID_INPUT);
    assert_null(k);
    assert_true(!bad[i][0] || bad[i][0] == '\n' || !strstr(err.message, bad[i]));
  }
}

/* --- the key file and its rotation ------------------------------------------------------------------------------------------ */

static connect_hub *hub_at(const char *file, const char *text)
{
  connect_hub    *c = NULL;
  connect_options o = connect_defaults();
  o.store           = s;
  o.key_file        = file;
  o.key_text        = text;
  assert_int_equal(connect_start(&o, &c, &err), DYO_OK);
  return c;
}

static char *first_of(connect_hub *c, const char *tenant);

static bool open_first(void *user, const store_secret *one_of)
{
  void **u = user;
  u[1]     = keys_open(u[0], one_of);
  return false;
}

static char *first_of(connect_hub *c, const char *tenant)
{
  void *u[2] = {c, NULL};
  assert_int_equal(store_secrets_each(s, tenant, NULL, open_first, u, &err), DYO_OK);
  return u[1];
}

static void put_secret(connect_hub *c, const char *tenant, char source[ID_CHARS], const char *text)
{
  const store_source in = {
    .name = store_lent("n"), .type = store_lent("salesforce"), .config = store_lent("{}"), .state = store_lent("new")};
  unsigned char *sealed = NULL;
  size_t         n      = 0;
  assert_int_equal(store_source_add(s, tenant, &in, source, &err), DYO_OK);
  const seal_place place = {tenant, source, "client_secret"};
  assert_int_equal(keys_seal(c, &place, text, &sealed, &n, &err), DYO_OK);
  const store_secret put = {tenant, source, "client_secret", sealed, n, NULL, 0, NULL};
  assert_int_equal(store_secrets_put(s, &put, 1, &err), DYO_OK);
  free(sealed);
}

static void a_key_file_is_made_once_for_its_owner_alone(void **state)
{
  char        file[96], source[ID_CHARS];
  struct stat about;
  int64_t     n = 0;
  (void)state;
  snprintf(file, sizeof file, "%s/made.key", folder);
  connect_hub *c = hub_at(file, NULL);
  assert_int_not_equal(stat(file, &about), 0); /* not before it is needed */
  put_secret(c, "made", source, "open sesame");
  assert_int_equal(stat(file, &about), 0);
  assert_int_equal(about.st_mode & 0777, 0600);
  assert_int_equal(about.st_size, SEAL_KEY_CHARS);
  connect_hub *beside = hub_at(file, NULL); /* a command beside a daemon */
  assert_int_equal(connect_rotate(beside, &n, &err), DYO_OK);
  assert_int_equal(n, 1);
  connect_free(beside);
  char *text = first_of(c, "made"); /* the daemon notices */
  assert_string_equal(text, "open sesame");
  wipe_text(text);
  assert_int_equal(stat(file, &about), 0);
  assert_int_equal(about.st_size, 2 * SEAL_KEY_CHARS); /* the one before stays for one round */
  assert_int_equal(connect_rotate(c, &n, &err), DYO_OK);
  assert_int_equal(connect_rotate(c, &n, &err), DYO_OK);
  text = first_of(c, "made");
  assert_string_equal(text, "open sesame");
  wipe_text(text);
  connect_free(c);
}

static void without_its_key_a_secret_stays_shut(void **state)
{
  char    source[ID_CHARS];
  int64_t n = 0;
  (void)state;
  connect_hub *c = hub_at("/nonexistent/x", one);
  assert_int_equal(store_tenant_erase(s, "made", &n, &err), DYO_OK);
  put_secret(c, "kept", source, "open sesame");
  connect_hub *wrong = hub_at("/nonexistent/x", two);
  assert_null(first_of(wrong, "kept"));
  assert_int_equal(connect_rotate(wrong, &n, &err), DYO_INTERNAL);
  connect_free(wrong);
  char *text = first_of(c, "kept");
  assert_string_equal(text, "open sesame");
  wipe_text(text);
  connect_free(c);
}

static void secrets_of_an_unknown_connector_are_not_kept(void **state)
{
  char               source[ID_CHARS];
  const store_secret put = {"kept", "01890000-0000-7000-8000-000000000000", "f", "x", 1, NULL, 0, NULL};
  (void)state;
  assert_int_equal(store_secrets_put(s, &put, 1, &err), DYO_NOT_FOUND);
  connect_hub *c = hub_at("/nonexistent/x", one);
  put_secret(c, "gone", source, "x");
  connect_free(c);
  assert_int_equal(store_source_delete(s, "gone", source, NULL, &err), DYO_OK);
  connect_hub *again = hub_at("/nonexistent/x", one);
  assert_null(first_of(again, "gone"));
  connect_free(again);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_secret_opens_where_it_was_sealed_and_nowhere_else),
    cmocka_unit_test(what_is_cut_or_changed_does_not_open),
    cmocka_unit_test(older_keys_open_and_the_first_one_seals),
    cmocka_unit_test(texts_that_are_no_keys_are_refused),
    cmocka_unit_test(a_key_file_is_made_once_for_its_owner_alone),
    cmocka_unit_test(without_its_key_a_secret_stays_shut),
    cmocka_unit_test(secrets_of_an_unknown_connector_are_not_kept),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
