/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_num.h - one switch for the numerics library underneath. */
#ifndef DYO_NUM_H
#define DYO_NUM_H

/* Switch off GSL's error handler, which would abort the program: every GSL status is checked where it arises.
 * May be called again at any time; the door of operations calls it, and so should a program that calls core
 * functions itself. */
void dyo_num_quiet(void);

#endif
