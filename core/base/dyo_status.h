/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_status.h - status codes and the error record every fallible function fills. */
#ifndef DYO_STATUS_H
#define DYO_STATUS_H

#include <stddef.h>

#if defined(__GNUC__)
#define DYO_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define DYO_PRINTF(fmt, args)
#endif

/* name, value, text at every door, HTTP status. The enum, the texts, the TypeScript union and the problem bodies come from here. */
#define DYO_STATUS_MAP(X)                           \
  X(OK, 0, "ok", 200)                               \
  X(INVALID_JSON, 1, "invalid_json", 400)           \
  X(INVALID_INPUT, 2, "invalid_input", 400)         \
  X(UNKNOWN_OPERATION, 3, "unknown_operation", 404) \
  X(INSUFFICIENT_DATA, 4, "insufficient_data", 422) \
  X(UNSUPPORTED, 5, "unsupported", 422)             \
  X(TOO_LARGE, 6, "too_large", 413)                 \
  X(CANCELLED, 7, "cancelled", 409)                 \
  X(UNAUTHORIZED, 8, "unauthorized", 401)           \
  X(FORBIDDEN, 9, "forbidden", 403)                 \
  X(NOT_FOUND, 10, "not_found", 404)                \
  X(CONFLICT, 11, "conflict", 409)                  \
  X(RATE_LIMITED, 12, "rate_limited", 429)          \
  X(UPSTREAM_ERROR, 13, "upstream_error", 502)      \
  X(OUT_OF_MEMORY, 14, "out_of_memory", 507)        \
  X(INTERNAL, 15, "internal", 500)

typedef enum {
#define DYO_STATUS_ENUM(name, value, text, http) DYO_##name = (value),
  DYO_STATUS_MAP(DYO_STATUS_ENUM)
#undef DYO_STATUS_ENUM
} dyo_status;

/* path: JSON pointer into the request, "" for the whole of it. message: what was found and what is allowed. */
typedef struct {
  dyo_status code;
  char       path[192];
  char       message[320];
} dyo_err;

const char *dyo_status_text(dyo_status code); /* "invalid_input"; "internal" for a value not in the list */
int         dyo_status_http(dyo_status code);

/* Fill *err and return code, so that a guard is one line: return dyo_fail(err, DYO_INVALID_INPUT, "/demand", "..."). */
dyo_status dyo_fail(dyo_err *err, dyo_status code, const char *path, const char *fmt, ...) DYO_PRINTF(4, 5);

/* The same for element i of a list: the path is "/list/i/field", or "/list/i" where field is NULL. */
dyo_status dyo_fail_item(dyo_err *err, dyo_status code, const char *list, size_t i, const char *field, const char *fmt,
                         ...) DYO_PRINTF(6, 7);

dyo_status dyo_oom(dyo_err *err); /* out_of_memory at "" */

#endif
