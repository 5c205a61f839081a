/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multipart.h - multipart/form-data (RFC 7578) as it comes: bytes go in in pieces of any size, parts come out by callbacks. */
#ifndef DAEMON_MULTIPART_H
#define DAEMON_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/dyo_status.h"

enum { MULTIPART_BOUNDARY = 70, MULTIPART_TEXT = 256 };

/* What is known of a part when it begins. Texts are UTF-8; longer ones are refused. */
typedef struct {
  char name[MULTIPART_TEXT];
  char filename[MULTIPART_TEXT]; /* last path segment only; "" where there is none */
  char type[MULTIPART_TEXT];     /* "" where there is none */
} multipart_part;

typedef struct {
  dyo_status (*begin)(void *user, const multipart_part *part, dyo_err *err);
  dyo_status (*data)(void *user, const void *bytes, size_t n, dyo_err *err);
  dyo_status (*end)(void *user, dyo_err *err); /* the part is whole */
  void *user;
} multipart_events;

typedef struct multipart multipart;

/* content_type: the request's header. On an error *out is NULL and *err says what is wrong with it. */
dyo_status multipart_new(const char *content_type, const multipart_events *e, size_t parts_most, multipart **out,
                         dyo_err *err);
dyo_status multipart_feed(multipart *m, const void *bytes, size_t n, dyo_err *err);
dyo_status multipart_finish(multipart *m, dyo_err *err); /* invalid_input where the last boundary never came */
void       multipart_free(multipart *m);                 /* NULL is allowed */

#endif
