/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive.h - a .tar.gz (POSIX.1-1988 ustar, RFC 1952) of texts, written one after the other. */
#ifndef DAEMON_ARCHIVE_H
#define DAEMON_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct archive archive;

/* A new file, which only its owner reads. NULL with errno set, also where there is one of that name. */
archive *archive_new(const char *path);
/* name: of at most 99 bytes; time: seconds since 1970. What fails is told by archive_end. */
void archive_add(archive *a, const char *name, int64_t time, const char *text, size_t n);
bool archive_end(archive *a); /* false: it could not be written whole */

#endif
