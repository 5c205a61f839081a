/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - what GSL's configure would write, by hand: one file for every target, since only C17 and a libm are assumed. */
#ifndef DYO_GSL_CONFIG_H
#define DYO_GSL_CONFIG_H

#define PACKAGE "gsl"
#define PACKAGE_NAME "gsl"
#define PACKAGE_STRING "gsl 2.7.1"
#define PACKAGE_VERSION "2.7.1"
#define VERSION "2.7.1"

#define STDC_HEADERS 1
#define HAVE_COMPLEX_H 1
#define HAVE_STDIO_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_LIBM 1
#define HAVE_MEMCPY 1
#define HAVE_MEMMOVE 1
#define HAVE_STRDUP 1
#define HAVE_STRTOL 1
#define HAVE_STRTOUL 1
#define HAVE_VPRINTF 1
#define HAVE_EXIT_SUCCESS_AND_FAILURE 1
#define HAVE_DECL_ACOSH 1
#define HAVE_DECL_ASINH 1
#define HAVE_DECL_ATANH 1
#define HAVE_DECL_EXPM1 1
#define HAVE_DECL_FINITE 1
#define HAVE_DECL_FREXP 1
#define HAVE_DECL_HYPOT 1
#define HAVE_DECL_ISFINITE 1
#define HAVE_DECL_ISINF 1
#define HAVE_DECL_ISNAN 1
#define HAVE_DECL_LDEXP 1
#define HAVE_DECL_LOG1P 1
#define HAVE_IEEE_COMPARISONS 1
#define HAVE_IEEE_DENORMALS 1
#define HAVE_C99_INLINE 1
#define HAVE_INLINE 1
#define HAVE_PRINTF_LONGDOUBLE 1
#define GSL_DISABLE_DEPRECATED 1

/* the tail of GSL's config.h.in, which its sources rely on */
#define GSL_COERCE_DBL(x) (x)
#define GSL_RANGE_CHECK 0
#define DISCARD_POINTER(p) do { ; } while (p ? 0 : 0);
#define RETURN_IF_NULL(x) if (!x) { return; }

#endif
