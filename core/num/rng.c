/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/dyo_rng.h"

#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
  uint64_t z = *x += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint64_t rotl(uint64_t x, int k)
{
  return x << k | x >> (64 - k);
}

dyo_rng dyo_rng_seed(uint64_t seed)
{
  dyo_rng r;
  for (int i = 0; i < 4; i++) r.s[i] = splitmix(&seed);
  r.spare = NAN;
  return r;
}

uint64_t dyo_rng_bits(dyo_rng *r)
{
  uint64_t      *s      = r->s;
  const uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotl(s[3], 45);
  return result;
}

double dyo_rng_uniform(dyo_rng *r)
{
  return (double)(dyo_rng_bits(r) >> 11) * 0x1p-53;
}

uint64_t dyo_rng_below(dyo_rng *r, uint64_t n)
{
  const uint64_t least = (0 - n) % n; /* 2^64 mod n: below it a draw would favour small numbers */
  uint64_t       x     = dyo_rng_bits(r);
  while (x < least) x = dyo_rng_bits(r);
  return x % n;
}

double dyo_rng_normal(dyo_rng *r)
{
  double u = 0, v = 0, q = 0;
  if (!isnan(r->spare)) {
    const double z = r->spare;
    r->spare       = NAN;
    return z;
  }
  do {
    u = 2 * dyo_rng_uniform(r) - 1;
    v = 2 * dyo_rng_uniform(r) - 1;
    q = u * u + v * v;
  } while (q >= 1 || q == 0);
  const double c = sqrt(-2 * log(q) / q);
  r->spare       = v * c;
  return u * c;
}
