/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How servers ask for a token, and what comes back from a sign-in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "connect/challenge.h"
#include "connect/jwt.h"
#include "connect/signin.h"

/* The first from RFC 9728, 5.1; the third from RFC 9110, 11.6.1, with a scheme more. */
static void challenges_are_read_among_others(void **state)
{
  static const struct {
    const char *headers;
    challenge   c;
  } cases[] = {
    {"http/1.1 401 unauthorized\r\nwww-authenticate: Bearer "
     "resource_metadata=\"https://resource.example.com/.well-known/oauth-protected-resource\"\r\n",
     {true, "https://resource.example.com/.well-known/oauth-protected-resource", "", ""}},
    {"www-authenticate: Bearer error=\"insufficient_scope\", scope=\"a b\", realm=\"x, scope=c\"\r\n",
     {true, "", "a b", "insufficient_scope"}},
    {"www-authenticate: Basic realm=\"simple\", scope=no\r\nwww-authenticate: Newauth realm=\"apps\", type=1, "
     "title=\"Login to \\\"apps\\\"\", BEARER SCOPE = read , Digest scope=other\r\n",
     {true, "", "read", ""}},
    {"www-authenticate: Bearer\r\n", {true, "", "", ""}},
    {"www-authenticate: Negotiate YWJj==, Basic\r\nscope: bearer\r\n", {false, "", "", ""}},
    {"www-authenticate: Bearer scope=\"cut", {true, "", "cut", ""}},
    {"www-authenticate: =,=\"\",;:\r\nx-www-authenticate: Bearer\r\n", {false, "", "", ""}},
    {"", {false, "", "", ""}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    challenge c;
    challenge_read(cases[i].headers, &c);
    assert_int_equal(c.bearer, cases[i].c.bearer);
    assert_string_equal(c.metadata, cases[i].c.metadata);
    assert_string_equal(c.scope, cases[i].c.scope);
    assert_string_equal(c.error, cases[i].c.error);
  }
}

static void what_is_too_long_is_nothing(void **state)
{
  static char text[2000] = "www-authenticate: Bearer scope=\"";
  challenge   c;
  (void)state;
  memset(text + strlen(text), 'a', 600);
  strcat(text, "\", error=\"e\"\r\n");
  challenge_read(text, &c);
  assert_string_equal(c.scope, "");
  assert_string_equal(c.error, "e");
}

static void scopes_are_joined_once_each(void **state)
{
  char out[16];
  (void)state;
  assert_true(scopes_join("a b", "b  c", out, sizeof out));
  assert_string_equal(out, "a b c");
  assert_true(scopes_join("", "", out, sizeof out));
  assert_string_equal(out, "");
  assert_false(scopes_join("abcdefgh", "ijklmnop", out, sizeof out));
  assert_string_equal(out, "");
  assert_true(scopes_within("c a", "a b c"));
  assert_false(scopes_within("a:x", "a b c"));
  assert_true(scopes_within("", "a"));
}

static void values_come_out_of_a_redirect(void **state)
{
  char out[8];
  (void)state;
  assert_true(signin_value("code=a%2Fb&state=x+y", "code", out, sizeof out));
  assert_string_equal(out, "a/b");
  assert_true(signin_value("xcode=1&code=2", "code", out, sizeof out));
  assert_string_equal(out, "2");
  assert_true(signin_value("state=%zz%4", "state", out, sizeof out));
  assert_string_equal(out, "%zz%4");
  assert_false(signin_value("code=12345678", "code", out, sizeof out));
  assert_string_equal(out, "");
  assert_false(signin_value("code=&codes=1", "code", out, sizeof out));
  assert_false(signin_value("", "code", out, sizeof out));
}

/* RFC 7636, appendix B. */
static void the_challenge_is_the_digest_of_the_verifier(void **state)
{
  char out[JWT_SHA256];
  (void)state;
  assert_true(jwt_sha256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", out));
  assert_string_equal(out, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

/* `openssl ecparam -name prime256v1 -genkey -noout`, made for this test. */
static const char p256[] = "-----BEGIN EC PRIVATE KEY-----\n"
                           "MHcCAQEEIF8/EpfJLjiS0YNYOaOqI3HT/0DPYosr5Q2X1JRHS7wuoAoGCCqGSM49\n"
                           "AwEHoUQDQgAEnaIOaUkS5UW3xsW6NydGQS+/h7kfvgf9SCdNEIfwyotN+luKvlY2\n"
                           "BHPgcNJSuq9lEAn1kCO1lhpomXsOCTLEqw==\n"
                           "-----END EC PRIVATE KEY-----\n";

static void a_key_on_the_curve_signs_two_numbers_of_32_bytes(void **state)
{
  char   *jwt = NULL;
  dyo_err err;
  (void)state;
  assert_string_equal(jwt_algorithm(p256), "ES256");
  assert_null(jwt_algorithm("nothing"));
  assert_int_equal(jwt_key_ok(p256, "/key", &err), DYO_INVALID_INPUT); /* other connectors sign with RSA alone */
  assert_int_equal(jwt_sign("{\"alg\":\"ES256\"}", "{}", p256, "/key", &jwt, &err), DYO_OK);
  assert_memory_equal(jwt, "eyJhbGciOiJFUzI1NiJ9.e30.", 25);
  assert_int_equal(strlen(jwt), 25 + 86);
  free(jwt);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(challenges_are_read_among_others),
    cmocka_unit_test(what_is_too_long_is_nothing),
    cmocka_unit_test(scopes_are_joined_once_each),
    cmocka_unit_test(values_come_out_of_a_redirect),
    cmocka_unit_test(the_challenge_is_the_digest_of_the_verifier),
    cmocka_unit_test(a_key_on_the_curve_signs_two_numbers_of_32_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
