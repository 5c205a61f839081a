/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of a tenant, all tokens together. Tenants are those of valid tokens, so that nobody else can make the list grow, and those
 * that ask for nothing are forgotten. */
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"

enum { HEADS = 256 };

/* Longer than a token is believed without limits being told again. */
static const double forgotten_s = 60;

typedef struct tenant_rate {
  struct tenant_rate *next;
  double              rate, burst, told; /* told: when, last */
  rate_bucket         bucket;
  char                tenant[];
} tenant_rate;

struct tenant_rates {
  pthread_mutex_t lock;
  tenant_rate    *heads[HEADS];
};

bool rate_take(rate_bucket *b, double rate, double burst, double now)
{
  b->left += rate * (now - b->at);
  if (b->left > burst) b->left = burst;
  b->at = now;
  if (b->left < 1) return false;
  b->left -= 1;
  return true;
}

struct tenant_rates *tenant_rates_new(void)
{
  struct tenant_rates *t = calloc(1, sizeof *t);
  if (t) pthread_mutex_init(&t->lock, NULL);
  return t;
}

void tenant_rates_free(struct tenant_rates *t)
{
  if (!t) return;
  for (size_t i = 0; i < HEADS; i++)
    for (tenant_rate *r = t->heads[i], *next = NULL; r; r = next) {
      next = r->next;
      free(r);
    }
  pthread_mutex_destroy(&t->lock);
  free(t);
}

/* Its place in the list of those that share its head: what is there, or where it would be. */
static tenant_rate **place_of(struct tenant_rates *t, const char *tenant)
{
  unsigned h = 2166136261u; /* FNV-1a */
  for (const char *s = tenant; *s; s++) h = (h ^ (unsigned char)*s) * 16777619u;
  tenant_rate **at = &t->heads[h % HEADS];
  while (*at && strcmp((*at)->tenant, tenant) != 0) at = &(*at)->next;
  return at;
}

bool tenant_rates_told(struct tenant_rates *t, const char *tenant, double rate, double burst)
{
  const double now = clock_monotonic();
  pthread_mutex_lock(&t->lock);
  tenant_rate **at = place_of(t, tenant), *r = *at;
  if (!r) {
    const size_t n = strlen(tenant) + 1;
    *at = r = calloc(1, sizeof *r + n);
    if (r) memcpy(r->tenant, tenant, n);
  }
  if (r && (r->rate != rate || r->burst != burst)) {
    r->bucket = (rate_bucket){burst, now};
    r->rate   = rate;
    r->burst  = burst;
  }
  if (r) r->told = now;
  pthread_mutex_unlock(&t->lock);
  return r != NULL;
}

bool tenant_within_rate(struct tenant_rates *t, const char *tenant)
{
  pthread_mutex_lock(&t->lock);
  tenant_rate *r  = *place_of(t, tenant);
  const bool   ok = !r || r->rate <= 0 || rate_take(&r->bucket, r->rate, r->burst, clock_monotonic());
  pthread_mutex_unlock(&t->lock);
  return ok;
}

/* A full bucket knows no more than a new one. */
static bool forgettable(const tenant_rate *r, double now)
{
  return now - r->told > forgotten_s && r->bucket.left + r->rate * (now - r->bucket.at) >= r->burst;
}

void tenant_rates_drop(struct tenant_rates *t, double now)
{
  pthread_mutex_lock(&t->lock);
  for (size_t i = 0; i < HEADS; i++)
    for (tenant_rate **at = &t->heads[i], *r = *at; r; r = *at) {
      if (forgettable(r, now)) {
        *at = r->next;
        free(r);
      } else at = &r->next;
    }
  pthread_mutex_unlock(&t->lock);
}
