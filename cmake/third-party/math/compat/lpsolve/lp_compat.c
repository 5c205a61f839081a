/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lp_compat.c - see lp_compat.h and lp_rand.h. */
#include "lp_compat.h"
#include <stdint.h>

static _Thread_local uint64_t state = 1;

void dyo_lp_seed(unsigned seed)
{
  state = seed;
}

/* SplitMix64 (Steele, Lea & Flood 2014): the upper 31 bits. */
int dyo_lp_rand(void)
{
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (int)((z ^ (z >> 31)) >> 33);
}

/* Where lp_solve's monotonic clock starts from. Time limits are ours, through put_abortfunc(). */
double dyo_wallclock(void)
{
  return 0.0;
}
