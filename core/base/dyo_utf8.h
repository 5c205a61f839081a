/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_utf8.h - well-formed UTF-8, RFC 3629. */
#ifndef DYO_UTF8_H
#define DYO_UTF8_H

#include <stddef.h>

/* Bytes of the well-formed sequence at p < end (no surrogates, no overlong forms), or 0. */
size_t dyo_utf8_len(const unsigned char *p, const unsigned char *end);

/* Put '?' for each byte of s that belongs to no well-formed sequence, as cutting a text to fit can leave behind. */
void dyo_utf8_scrub(char *s);

#endif
