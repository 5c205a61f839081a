/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/dyo_status.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/dyo_utf8.h"

const char *dyo_status_text(dyo_status code)
{
  switch (code) {
#define DYO_STATUS_TEXT(name, value, text, http) \
  case DYO_##name: return text;
    DYO_STATUS_MAP(DYO_STATUS_TEXT)
#undef DYO_STATUS_TEXT
  }
  return "internal";
}

int dyo_status_http(dyo_status code)
{
  switch (code) {
#define DYO_STATUS_HTTP(name, value, text, http) \
  case DYO_##name: return http;
    DYO_STATUS_MAP(DYO_STATUS_HTTP)
#undef DYO_STATUS_HTTP
  }
  return 500;
}

/* Both texts were cut to fit: what leaves here is UTF-8 all the same. */
static dyo_status finish(dyo_err *err, dyo_status code, const char *fmt, va_list args)
{
  err->code = code;
  vsnprintf(err->message, sizeof err->message, fmt, args);
  dyo_utf8_scrub(err->path);
  dyo_utf8_scrub(err->message);
  return code;
}

dyo_status dyo_fail(dyo_err *err, dyo_status code, const char *path, const char *fmt, ...)
{
  va_list args;
  snprintf(err->path, sizeof err->path, "%s", path);
  va_start(args, fmt);
  finish(err, code, fmt, args);
  va_end(args);
  return code;
}

dyo_status dyo_fail_item(dyo_err *err, dyo_status code, const char *list, size_t i, const char *field, const char *fmt,
                         ...)
{
  va_list args;
  snprintf(err->path, sizeof err->path, "/%s/%zu%s%s", list, i, field ? "/" : "", field ? field : "");
  va_start(args, fmt);
  finish(err, code, fmt, args);
  va_end(args);
  return code;
}

dyo_status dyo_oom(dyo_err *err)
{
  return dyo_fail(err, DYO_OUT_OF_MEMORY, "", "memory for this call ran out");
}
