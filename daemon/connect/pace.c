/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/pace.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOSTS_MOST = 512, TENANTS_MOST = 1024, PROBE_S = 60 };

const pace_rule pace_usual = {.failures = 10, .rest_s = 15, .longest_s = 240, .rate = 50, .burst = 200};

typedef struct {
  char   name[256];
  int    failures, rests;
  double until, used, probe; /* probe: when the one request went that may tell; 0: none */
} host;

typedef struct {
  char   name[256];
  double tokens, at;
} tenant;

struct pace {
  pace_rule       rule;
  pthread_mutex_t lock;
  host            hosts[HOSTS_MOST];
  tenant          tenants[TENANTS_MOST];
};

pace *pace_new(const pace_rule *r)
{
  pace *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->rule = *r;
  pthread_mutex_init(&p->lock, NULL);
  return p;
}

void pace_free(pace *p)
{
  if (!p) return;
  pthread_mutex_destroy(&p->lock);
  free(p);
}

/* The host's entry; the one longest unused makes room. */
static host *host_of(pace *p, const char *name, double now)
{
  host *oldest = &p->hosts[0];
  for (int i = 0; i < HOSTS_MOST; i++) {
    host *h = &p->hosts[i];
    if (strcmp(h->name, name) == 0 && *name) return h->used = now, h;
    if (!h->name[0] || (oldest->name[0] && h->used < oldest->used)) oldest = h;
    if (!h->name[0]) break;
  }
  *oldest = (host){.used = now};
  snprintf(oldest->name, sizeof oldest->name, "%.255s", name);
  return oldest;
}

double pace_host(pace *p, const char *name, double now)
{
  pthread_mutex_lock(&p->lock);
  host  *h    = host_of(p, name, now);
  double wait = 0;
  if (h->failures >= p->rule.failures) {
    if (now < h->until) wait = h->until - now;
    else if (h->probe > 0 && now < h->probe + PROBE_S) wait = 1;
    else h->probe = now;
  }
  pthread_mutex_unlock(&p->lock);
  return wait;
}

void pace_told(pace *p, const char *name, bool well, double now)
{
  pthread_mutex_lock(&p->lock);
  host *h  = host_of(p, name, now);
  h->probe = 0;
  if (well) {
    h->failures = h->rests = 0;
  } else if (++h->failures >= p->rule.failures) {
    h->until = now + fmin(ldexp(p->rule.rest_s, h->rests < 20 ? h->rests : 20), p->rule.longest_s);
    h->rests++;
  }
  pthread_mutex_unlock(&p->lock);
}

static tenant *tenant_of(pace *p, const char *name, double now)
{
  tenant *oldest = &p->tenants[0];
  for (int i = 0; i < TENANTS_MOST; i++) {
    tenant *t = &p->tenants[i];
    if (strcmp(t->name, name) == 0 && *name) return t;
    if (!t->name[0] || (oldest->name[0] && t->at < oldest->at)) oldest = t;
    if (!t->name[0]) break;
  }
  *oldest = (tenant){.tokens = p->rule.burst, .at = now};
  snprintf(oldest->name, sizeof oldest->name, "%.255s", name);
  return oldest;
}

double pace_tenant(pace *p, const char *name, double now)
{
  if (p->rule.rate <= 0) return 0;
  pthread_mutex_lock(&p->lock);
  tenant *t    = tenant_of(p, name, now);
  double  wait = 0;
  t->tokens    = fmin(p->rule.burst, t->tokens + (now - t->at) * p->rule.rate);
  t->at        = now;
  if (t->tokens >= 1) t->tokens -= 1;
  else wait = (1 - t->tokens) / p->rule.rate;
  pthread_mutex_unlock(&p->lock);
  return wait;
}
