/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_ops.c - every operation: the first byte picks a row of the table, the rest is its request. The clock is made up and the memory
 * limited, so that a run ends and is the same each time. The reply must be JSON: an answer, or an error whose code fits the status. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyo_ctx.h"
#include "json/dyo_json.h"
#include "ops/dyo_call.h"
#include "ops/dyo_ops.h"

enum { LOOKS = 60, LARGEST_REQUEST = 1 << 16, LARGEST_MEMORY = 64 << 20 };

typedef struct {
  int          looks; /* at the clock, which goes on by a hundredth of a second each time */
  volatile int cancel;
} budget;

static double made_up_clock(void *user)
{
  budget *b = user;
  if (++b->looks > LOOKS) b->cancel = 1;
  return 0.01 * b->looks;
}

static bool watch(void *user, double fraction, const char *stage)
{
  (void)user;
  if (!(fraction >= 0 && fraction <= 1) || !stage || !*stage) {
    fprintf(stderr, "fuzz_ops: progress %g, stage \"%s\"\n", fraction, stage ? stage : "(none)");
    abort();
  }
  return false;
}

static void must(bool holds, const char *what, const char *op, const char *reply)
{
  if (holds) return;
  fprintf(stderr, "fuzz_ops: %s: %s\n%.400s\n", op, what, reply ? reply : "(no reply)");
  abort();
}

/* An error object in front carries the code of the status; an answer has no such member. */
static void look_at(const char *op, dyo_status st, const dyo_reply *r)
{
  char    start[64];
  dyo_err err = {0};
  must(r->text != NULL || st == DYO_OUT_OF_MEMORY, "there is no reply", op, NULL);
  if (!r->text) return;
  must(strlen(r->text) == r->len, "the length is wrong", op, r->text);
  must(dyo_json_check(r->text, r->len, &err) == DYO_OK, "the reply is not JSON", op, r->text);
  must(st != DYO_INTERNAL, "ended with an internal error", op, r->text);
  snprintf(start, sizeof start, "{\"error\":{\"code\":\"%s\",\"path\":\"", dyo_status_text(st));
  if (st == DYO_OK) must(strncmp(r->text, "{\"error\":", 9) != 0, "an answer that is an error", op, r->text);
  else must(strncmp(r->text, start, strlen(start)) == 0, "the error object and the status differ", op, r->text);
}

static dyo_status call(const char *op, const char *json, size_t len, dyo_reply *reply)
{
  budget         b    = {0};
  const dyo_host host = {.now = made_up_clock, .progress = watch, .user = &b};
  dyo_ctx        ctx;
  dyo_ctx_init(&ctx, &host);
  ctx.cancel          = &b.cancel;
  ctx.max_memory      = LARGEST_MEMORY;
  ctx.max_json        = LARGEST_REQUEST;
  const dyo_status st = dyo_call(&ctx, op, json, len, reply);
  look_at(op, st, reply);
  dyo_ctx_clear(&ctx);
  return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static size_t n     = 0; /* operations */
  dyo_reply     first = {0}, second = {0};
  while (dyo_ops[n].name) n++;
  if (size == 0) return 0;

  const char      *op   = dyo_ops[data[0] % n].name;
  const char      *json = (const char *)data + 1;
  const dyo_status st   = call(op, json, size - 1, &first);
  if (st == DYO_OK) { /* the same request gives the same bytes */
    call(op, json, size - 1, &second);
    must(second.len == first.len && memcmp(first.text, second.text, first.len) == 0, "two answers differ", op,
         second.text);
  }
  dyo_reply_free(&first);
  dyo_reply_free(&second);
  return 0;
}
