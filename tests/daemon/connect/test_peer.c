/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What MCP servers say, read piece by piece: events of a stream, answers and requests among messages, header fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "connect/peer.h"
#include "connect/peer_events.h"

static void note(void *user, const char *data, size_t n)
{
  dyo_buf *b = user;
  dyo_buf_puts(b, "[");
  dyo_buf_add(b, data, n);
  dyo_buf_puts(b, "]");
}

/* The stream cut after every `step` bytes. */
static void reads(const char *stream, size_t step, const char *events, const char *id, int64_t retry_ms)
{
  dyo_buf     got = {0};
  peer_events e;
  peer_events_begin(&e, note, &got);
  dyo_buf_puts(&got, "");
  for (size_t at = 0; at < strlen(stream); at += step) {
    const size_t left = strlen(stream) - at;
    assert_true(peer_events_take(&e, stream + at, left < step ? left : step));
  }
  assert_true(peer_events_end(&e));
  assert_string_equal(got.s, events);
  assert_int_equal(e.id.n, strlen(id));
  if (id[0]) assert_memory_equal(e.id.s, id, strlen(id));
  assert_int_equal(e.retry_ms, retry_ms);
  peer_events_free(&e);
  dyo_buf_free(&got);
}

/* WHATWG HTML, 9.2.6: its examples among others. */
static void events_come_whole_however_they_are_cut(void **state)
{
  static const struct {
    const char *stream, *events, *id;
    int64_t     retry_ms;
  } cases[] = {
    {"data: YHOO\ndata: +2\ndata: 10\n\n", "[YHOO\n+2\n10]", "", -1},
    {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
     "[first event][second event][ third event]", "", -1},
    {"data:test\n\ndata: test\n\n", "[test][test]", "", -1},
    {"\xef\xbb\xbf"
     "data: a\r\n\r\ndata: b\r\rdata: c\n\n",
     "[a][b][c]", "", -1},
    {"id: event-1\nretry: 500\ndata: \n\n", "", "event-1", 500},
    {"id: 7\nretry: 5x\nretry: 99999999999999999999\ndata: {}", "[{}]", "7", 3600000},
    {"event: message\ndatax: no\ndata: yes\nother: no\n\n", "[yes]", "", -1},
    {"\n\n\n", "", "", -1},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (size_t step = 1; step <= strlen(cases[i].stream); step++)
      reads(cases[i].stream, step, cases[i].events, cases[i].id, cases[i].retry_ms);
}

static void answers_are_told_by_their_number(void **state)
{
  static const struct {
    const char *text;
    bool        is, nameless;
  } cases[] = {
    {"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}", true, false},
    {"{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":1}}", true, false},
    {"{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":{}}", false, true},
    {"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1}}", true, true},
    {"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1}}", false, false},
    {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}", false, true},
    {"{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}", false, true},
    {"[{\"id\":7,\"result\":{}}]", false, true},
    {"", false, true},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(peer_is_answer(cases[i].text, strlen(cases[i].text), 7, cases[i].nameless), cases[i].is);
}

static void requests_of_the_server_are_declined_but_pings(void **state)
{
  static const struct {
    const char *text, *reply; /* reply NULL: nothing is said */
  } cases[] = {
    {"{\"jsonrpc\":\"2.0\",\"id\":\"p1\",\"method\":\"ping\"}", "{\"jsonrpc\":\"2.0\",\"id\":\"p1\",\"result\":{}}"},
    {"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"elicitation/create\"}",
     "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}"},
    {"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}", NULL},
    {"{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{}}", NULL},
    {"nothing", NULL},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    dyo_buf b = {0};
    assert_int_equal(peer_put_reply(cases[i].text, strlen(cases[i].text), &b), cases[i].reply != NULL);
    if (cases[i].reply) assert_string_equal(b.s, cases[i].reply);
    dyo_buf_free(&b);
  }
}

/* Base64 by `base64` of coreutils. */
static void values_of_header_fields_are_coded_where_they_have_to_be(void **state)
{
  static const char *const cases[][2] = {{"us-west1", "us-west1"},
                                         {"us west 1", "us west 1"},
                                         {" padded ", "=?base64?IHBhZGRlZCA=?="},
                                         {"line1\nline2", "=?base64?bGluZTEKbGluZTI=?="},
                                         {"\xc3\xa9", "=?base64?w6k=?="},
                                         {"=?base64?eA==?=", "=?base64?PT9iYXNlNjQ/ZUE9PT89?="},
                                         {"", ""}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    dyo_buf b = {0};
    dyo_buf_puts(&b, "");
    peer_put_header(&b, cases[i][0]);
    assert_string_equal(b.s, cases[i][1]);
    dyo_buf_free(&b);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(events_come_whole_however_they_are_cut),
    cmocka_unit_test(answers_are_told_by_their_number),
    cmocka_unit_test(requests_of_the_server_are_declined_but_pings),
    cmocka_unit_test(values_of_header_fields_are_coded_where_they_have_to_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
