/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_cron.c - schedules and time zone files. The text up to the first NUL is a schedule, what follows a TZif file. What is accepted
 * answers with times that grow and lie inside stretches of the zone that join without a hole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/cron.h"

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_cron: %s\n", what);
  abort();
}

static void walk_zone(const zone *z)
{
  int64_t t = -2208988800; /* 1900 */
  for (int i = 0; i < 50; i++) {
    const zone_span s = zone_at(z, t);
    must(s.from <= t && t < s.until, "an instant outside its own stretch");
    must(s.offset > -93600 && s.offset < 604800, "an offset beyond reason");
    if (s.until > 253402300799) return;
    must(zone_at(z, s.until - 1).offset == s.offset, "an offset that changes inside a stretch");
    t = s.until;
  }
}

static void walk_schedule(const cron_rule *r, const zone *z)
{
  int64_t t = 1767225600; /* 2026 */
  for (int i = 0; i < 5; i++) {
    const int64_t next = cron_next(r, z, t);
    must(next > t, "the next time is not later");
    if (next == CRON_NEVER) return;
    t = next;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const uint8_t *end  = memchr(data, 0, size);
  const size_t   n    = end ? (size_t)(end - data) : size;
  char          *text = strndup((const char *)data, n);
  zone          *z    = NULL;
  cron_rule      r;
  dyo_err        err = {0};
  must(text != NULL, "no memory");
  const bool good = cron_parse(text, &r, &err) == DYO_OK;
  if (!good) must(err.code == DYO_INVALID_INPUT && err.message[0], "refused without saying why");
  if (end && zone_read(end + 1, size - n - 1, &z, &err) == DYO_OK) walk_zone(z);
  else must(z == NULL, "refused, and yet there is a zone");
  if (!z) must(zone_load("UTC", &z, &err) == DYO_OK, "UTC is not there");
  if (good) walk_schedule(&r, z);
  zone_free(z);
  free(text);
  return 0;
}
