/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_source.h - a file as core reads it: bytes by place, pulled in pieces, so that a large one is never held whole. */
#ifndef DYO_SOURCE_H
#define DYO_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/dyo_status.h"

typedef struct dyo_source {
  uint64_t size;
  /* Up to n bytes from offset into buf; how many. 0 is the end, or that the file can be read no more. */
  size_t (*read)(void *user, uint64_t offset, void *buf, size_t n);
  void *user;
  void (*close)(void *user); /* ends what host.open began; NULL: nothing to end */
} dyo_source;

/* n bytes that stay where they are. */
dyo_source dyo_source_bytes(const void *bytes, size_t n);

/* What strict RFC 4648 base64 stands for (padded, no blanks or line ends), decoded as it is read. The text stays the caller's.
 * invalid_input at `path` names the character and where it stands. */
dyo_status dyo_source_base64(const char *text, const char *path, dyo_source *out, dyo_err *err);

/* n bytes from offset, in as many reads as it takes; how many there were. */
size_t dyo_source_read(const dyo_source *s, uint64_t offset, void *buf, size_t n);

#endif
