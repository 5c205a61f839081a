/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lent.h - for interfaces that take a pointer without const and only read through it. */
#ifndef DAEMON_LENT_H
#define DAEMON_LENT_H

static inline void *lent(const void *read_only)
{
  union {
    const void *in;
    void       *out;
  } same = {read_only};
  return same.out;
}

#endif
