/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.h - what went wrong with a request, and what is done about it: one classifier and one rule of waiting for all connectors.
 * Clock and chance come from outside, so that a test needs neither. */
#ifndef DAEMON_CONNECT_FAULT_H
#define DAEMON_CONNECT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  FAULT_NONE,
  FAULT_THROTTLE,  /* too fast: wait at least as long as the server says */
  FAULT_TRANSIENT, /* may work the next time */
  FAULT_AUTH,      /* the access token is not good any more: get another, once */
  FAULT_QUOTA,     /* nothing more today: the run ends as partial */
  FAULT_TERMINAL,  /* will not work the next time either */
  FAULT_CANCELLED
} fault;
extern const char *const fault_words[];

/* By HTTP status alone; what a body says goes before (judge of a request). */
fault fault_of_status(int status);

/* Seconds of a Retry-After: a number or an HTTP date after `now` (seconds since 1970). NaN: none, or garbage; at most a day. */
double  fault_retry_after(const char *value, int64_t now);
int64_t fault_http_date(const char *value); /* seconds since 1970, or INT64_MIN */

/* How faults of a request are met. */
typedef struct {
  int    throttle_tries, transient_tries; /* attempts in all */
  double base_s, longest_s;               /* full jitter: up to base * 2^k, at most longest */
  double run_s;                           /* that a run waits in all */
} fault_rule;
extern const fault_rule fault_usual;

/* Seconds before attempt number `attempt` (2 is the first repetition), or a negative number: give up. retry_after: NaN for none;
 * chance: in [0, 1); waited: what the run has waited so far. */
double fault_delay(const fault_rule *r, fault f, int attempt, double retry_after, double chance, double waited);

#endif
