/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.h - who may ask now: a breaker per host, so that a host that is down is left alone, and a quota per tenant, so that none takes
 * all. Times are seconds of one monotonic clock that the caller reads. Safe from every thread. */
#ifndef DAEMON_CONNECT_PACE_H
#define DAEMON_CONNECT_PACE_H

#include <stdbool.h>

typedef struct pace pace;

typedef struct {
  int    failures;          /* in a row, after which a host is left alone */
  double rest_s, longest_s; /* for so long; twice as long each time it fails again */
  double rate, burst;       /* requests a second and at once, for each tenant; rate 0: no limit */
} pace_rule;
extern const pace_rule pace_usual;

pace *pace_new(const pace_rule *r); /* NULL without memory */
void  pace_free(pace *p);

/* Seconds until a request to the host may be made; 0: now. Once the rest is over one request goes first, and the others wait for it. */
double pace_host(pace *p, const char *host, double now);
void   pace_told(pace *p, const char *host, bool well,
                 double now); /* how a request to it went; not for refusals it meant */

/* Seconds until the tenant may ask; 0: now, and that counts as asked. */
double pace_tenant(pace *p, const char *tenant, double now);

#endif
