/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lp_rand.h - seed of the random numbers lp_solve draws on this thread. Call it before each solve: the same model
 * with the same seed then takes the same path, whatever other threads do. */
#ifndef DYO_LP_RAND_H
#define DYO_LP_RAND_H
void dyo_lp_seed(unsigned seed);
#endif
