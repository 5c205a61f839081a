/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_rng.h - random numbers that are the same on every target: xoshiro256** of Blackman & Vigna (2021), seeded by splitmix64. */
#ifndef DYO_RNG_H
#define DYO_RNG_H

#include <stdint.h>

typedef struct {
  uint64_t s[4];
  double   spare; /* the second normal of a pair, NaN when there is none */
} dyo_rng;

dyo_rng  dyo_rng_seed(uint64_t seed);
uint64_t dyo_rng_bits(dyo_rng *r);
double   dyo_rng_uniform(dyo_rng *r);           /* [0, 1), 53 bits */
uint64_t dyo_rng_below(dyo_rng *r, uint64_t n); /* 0 .. n-1, n >= 1, without bias */
double   dyo_rng_normal(dyo_rng *r);            /* mean 0, variance 1: Marsaglia's polar method */

#endif
