/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_strtod.h - strtod() for JSON numbers: the same value to the last bit, several times faster on short ones. */
#ifndef DYO_STRTOD_H
#define DYO_STRTOD_H

/* The correctly rounded value of the decimal number at s; *end (unless NULL) becomes the first byte after it,
 * or s when there is none. Takes what JSON allows, plus what the C library's strtod() takes. */
double dyo_strtod(const char *s, char **end);

#endif
