/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone.h - time zones by their IANA name, read from the system's files (TZif, RFC 8536) without touching the process's own zone.
 * A zone never changes once read, so threads may share it. */
#ifndef DAEMON_ZONE_H
#define DAEMON_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_status.h"

typedef struct zone zone;

/* The zone of that name ("Europe/Berlin"; "UTC" needs no file), the caller's to free. On an error *out is NULL: invalid_input for a
 * name that is not there, with the one that was probably meant. */
dyo_status zone_load(const char *name, zone **out, dyo_err *err);

/* The same from the bytes of a TZif file, which are read and not kept. unsupported for one with leap seconds. */
dyo_status zone_read(const uint8_t *bytes, size_t n, zone **out, dyo_err *err);
void       zone_free(zone *z); /* NULL is allowed */

/* The stretch of unchanging offset that holds the instant t (seconds since 1970): from <= t < until, INT64_MIN and INT64_MAX where it
 * has no end. offset: seconds that the local clock is ahead of UTC. */
typedef struct {
  int64_t from, until;
  int32_t offset;
} zone_span;
zone_span zone_at(const zone *z, int64_t t);

/* The first instant at which the local clock shows `local` (seconds since 1970 on that clock) or, where it skips that time, more. */
int64_t zone_instant(const zone *z, int64_t local);

/* zone_rule.c: what holds after a file's last transition, by a TZ string of POSIX with the extensions of RFC 8536, section 3.3.1. */
typedef struct {
  char    form;        /* 'J' day 1..365, 29 February not counted; 'N' day 0..365; 'M' month, week, weekday */
  int     month, week; /* of 'M'; week 5 is the last */
  int     day;         /* weekday of 'M', 0 = Sunday */
  int32_t seconds;     /* of the local clock after that day's midnight */
} zone_change;

typedef struct {
  bool        summer; /* is there a summer time */
  int32_t     offset, summer_offset;
  zone_change begins, ends;
} zone_rule;

bool      zone_rule_read(const char *text, size_t n, zone_rule *out); /* false: it is none */
zone_span zone_rule_at(const zone_rule *r, int64_t t);

#endif
