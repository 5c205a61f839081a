/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/multipart.h"

/* What came out, as text: "name|filename|type:data;" for each part. */
typedef struct {
  char   text[4096];
  size_t n;
} heard;

static void add(heard *h, const void *bytes, size_t n)
{
  assert_true(h->n + n < sizeof h->text);
  memcpy(h->text + h->n, bytes, n);
  h->n += n;
  h->text[h->n] = '\0';
}

static dyo_status begin(void *user, const multipart_part *p, dyo_err *err)
{
  char line[800];
  (void)err;
  snprintf(line, sizeof line, "%s|%s|%s:", p->name, p->filename, p->type);
  add(user, line, strlen(line));
  return DYO_OK;
}

static dyo_status data(void *user, const void *bytes, size_t n, dyo_err *err)
{
  (void)err;
  add(user, bytes, n);
  return DYO_OK;
}

static dyo_status end(void *user, dyo_err *err)
{
  (void)err;
  add(user, ";", 1);
  return DYO_OK;
}

static dyo_status read_in(const char *type, const char *body, size_t n, size_t piece, heard *h, dyo_err *err)
{
  const multipart_events e = {begin, data, end, h};
  multipart             *m = NULL;
  *h                       = (heard){0};
  dyo_status st            = multipart_new(type, &e, 4, &m, err);
  for (size_t i = 0; st == DYO_OK && i < n; i += piece)
    st = multipart_feed(m, body + i, n - i < piece ? n - i : piece, err);
  if (st == DYO_OK) st = multipart_finish(m, err);
  multipart_free(m);
  return st;
}

static const char plain[] = "multipart/form-data; boundary=\"a b'c\"";
static const char body[] =
  "preamble\r\n--a b'c\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\\\dir\\\\sales; x.csv\"\r\n"
  "Content-Type: text/csv\r\n\r\na,b\r\n--a b'\r\n\r\r\n1,2\r\n--a b'c  \r\n"
  "content-disposition:form-data;name=empty\r\n\r\n\r\n--a b'c\r\nContent-Disposition: form-data; name=\"last\"\r\n\r\n"
  "-- not the end\r\n--a b'c--\r\nepilogue";
static const char said[] = "file|sales; x.csv|text/csv:a,b\r\n--a b'\r\n\r\r\n1,2;empty||:;last||:-- not the end;";

/* RFC 2046, 5.1.1: preamble, padding behind a boundary, epilogue; a part that almost holds the delimiter. */
static void parts_come_out_whole_however_the_bytes_arrive(void **state)
{
  heard   h;
  dyo_err err;
  (void)state;
  for (size_t piece = 1; piece <= sizeof body; piece++) {
    assert_int_equal(read_in(plain, body, sizeof body - 1, piece, &h, &err), DYO_OK);
    assert_string_equal(h.text, said);
  }
}

static void a_body_cut_anywhere_before_its_end_is_refused(void **state)
{
  heard        h;
  dyo_err      err;
  const size_t whole = sizeof body - 1 - strlen("\r\nepilogue");
  (void)state;
  for (size_t n = 0; n < whole; n++) assert_int_equal(read_in(plain, body, n, 7, &h, &err), DYO_INVALID_INPUT);
  assert_int_equal(read_in(plain, body, whole, 7, &h, &err), DYO_OK);
}

static dyo_status one(const char *head, heard *h, dyo_err *err)
{
  char text[2048];
  snprintf(text, sizeof text, "--b\r\n%s\r\n\r\nx\r\n--b--", head);
  return read_in("multipart/form-data; boundary=b", text, strlen(text), sizeof text, h, err);
}

static void bad_parts_are_refused_with_a_reason(void **state)
{
  static const char *const heads[] = {
    "Content-Type: text/csv",
    "Content-Disposition: form-data",
    "Content-Disposition: attachment; name=\"a\"",
    "Content-Disposition: form-data; name=\"a",
    "no colon",
    "Content-Disposition: form-data; name=\"a\xff\"",
    "Content-Disposition: form-data; name=\"a\x01\"",
  };
  heard   h;
  dyo_err err;
  char    text[600];
  (void)state;
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
    assert_int_equal(one(heads[i], &h, &err), DYO_INVALID_INPUT);
  assert_int_equal(one("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64", &h, &err),
                   DYO_UNSUPPORTED);
  memset(text, 'n', sizeof text);
  snprintf(text, sizeof text, "Content-Disposition: form-data; name=\"%0300d\"", 1);
  assert_int_equal(one(text, &h, &err), DYO_INVALID_INPUT);
  assert_int_equal(one("Content-Disposition: form-data; name=\"a\"; filename=\"../../etc/passwd\"", &h, &err), DYO_OK);
  assert_string_equal(h.text, "a|passwd|:x;");
}

static void limits_hold(void **state)
{
  static char big[20000];
  heard       h;
  dyo_err     err;
  size_t      n = 0;
  (void)state;
  for (int i = 0; i < 5; i++)
    n += (size_t)snprintf(big + n, sizeof big - n, "--b\r\nContent-Disposition: form-data; name=\"%d\"\r\n\r\n\r\n", i);
  assert_int_equal(read_in("multipart/form-data; boundary=b", big, n, 64, &h, &err), DYO_TOO_LARGE);
  n = (size_t)snprintf(big, sizeof big, "--b\r\nX: ");
  memset(big + n, 'x', 10000);
  assert_int_equal(read_in("multipart/form-data; boundary=b", big, n + 10000, 64, &h, &err), DYO_TOO_LARGE);
  assert_int_equal(read_in("multipart/form-data", "", 0, 1, &h, &err), DYO_INVALID_INPUT);
  assert_int_equal(read_in("multipart/form-data; boundary=", "", 0, 1, &h, &err), DYO_INVALID_INPUT);
  assert_int_equal(read_in("text/plain; boundary=b", "", 0, 1, &h, &err), DYO_INVALID_INPUT);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(parts_come_out_whole_however_the_bytes_arrive),
    cmocka_unit_test(a_body_cut_anywhere_before_its_end_is_refused),
    cmocka_unit_test(bad_parts_are_refused_with_a_reason),
    cmocka_unit_test(limits_hold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
