/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cron: the next times of a schedule, in UTC and on the clock of its zone. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "jobs/cron.h"
#include "series/dyo_calendar.h"

enum { COUNT_MOST = 10000 };

typedef struct {
  const char *text, *zone, *from, *count;
} asked;

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static bool read_arguments(int argc, char **argv, asked *a)
{
  *a = (asked){.zone = "UTC", .count = "5"};
  for (int i = 1; i < argc; i++) {
    const char **to = strcmp(argv[i], "--zone") == 0    ? &a->zone
                      : strcmp(argv[i], "--from") == 0  ? &a->from
                      : strcmp(argv[i], "--count") == 0 ? &a->count
                                                        : NULL;
    if (to && i + 1 < argc) *to = argv[++i];
    else if (!to && argv[i][0] != '-' && !a->text) a->text = argv[i];
    else if (!to && !a->text && strchr(argv[i], ' ')) a->text = argv[i];
    else return false;
  }
  return a->text != NULL;
}

/* UTC alone: another offset would be read over in silence. */
static bool utc_time(const char *text, dyo_time *t)
{
  const char *clock = strpbrk(text, "T ");
  return !(clock && strpbrk(clock, "+-")) && dyo_time_parse(text, t);
}

static void print_time(const zone *z, int64_t t)
{
  char            utc[DYO_TIME_CHARS], local[DYO_TIME_CHARS];
  const zone_span s    = zone_at(z, t);
  const int32_t   away = s.offset < 0 ? -s.offset : s.offset;
  dyo_time_print(t, true, utc);
  dyo_time_print(t + s.offset, true, local);
  printf("%sZ  %s %s%c%02d:%02d\n", utc, days[dyo_weekday(t + s.offset)], local, s.offset < 0 ? '-' : '+', away / 3600,
         away / 60 % 60);
}

int cli_cron(int argc, char **argv)
{
  asked     a;
  cron_rule r;
  zone     *z   = NULL;
  char     *end = NULL;
  dyo_err   err;
  dyo_time  t = clock_now_ms() / 1000;
  if (!read_arguments(argc, argv, &a))
    return cli_usage("cron", "a schedule is expected, such as \"30 6 * * MON-FRI\", and --zone, --from or --count");
  const long count = strtol(a.count, &end, 10);
  if (end == a.count || *end || count < 1 || count > COUNT_MOST)
    return cli_usage("cron", "--count: found \"%.20s\"; a whole number from 1 to %d is expected", a.count, COUNT_MOST);
  if (a.from && !utc_time(a.from, &t))
    return cli_usage("cron", "--from: found \"%.40s\"; a time in UTC such as 2026-03-29T00:00:00Z is expected", a.from);
  if (cron_parse(a.text, &r, &err) != DYO_OK || zone_load(a.zone, &z, &err) != DYO_OK) return cli_fail(&err);
  for (long i = 0; i < count; i++) {
    t = cron_next(&r, z, t);
    if (t == CRON_NEVER) {
      if (i == 0) puts("never");
      break;
    }
    print_time(z, t);
  }
  zone_free(z);
  return cli_flush();
}
