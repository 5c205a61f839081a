/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expat_config.h - what expat's configure would write, by hand. XML_DTD brings the limit on entity expansion. */
#ifndef DYO_EXPAT_CONFIG_H
#define DYO_EXPAT_CONFIG_H

#define HAVE_MEMMOVE 1
#define STDC_HEADERS 1
#define XML_NS 1
#define XML_DTD 1
#define XML_GE 1
#define XML_CONTEXT_BYTES 1024
#define PACKAGE_VERSION "2.5.0"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BYTEORDER 4321
#define WORDS_BIGENDIAN 1
#else
#define BYTEORDER 1234
#endif

/* The salt of expat's hash tables. The wasm module imports no source of entropy: the core sets the salt itself there. */
#if defined(__EMSCRIPTEN__) || defined(__wasm__)
#define XML_POOR_ENTROPY 1
#elif defined(__linux__)
#define HAVE_GETRANDOM 1
#elif defined(__APPLE__)
#define HAVE_ARC4RANDOM_BUF 1
#endif

#endif
