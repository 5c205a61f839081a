/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/lent.h"

enum { BLOCK = 512, NAME = 100, CHECKSUM_AT = 148, PIECE = 16384, GZIP = 16 + MAX_WBITS, MEMORY = 8 };

struct archive {
  int           fd;
  bool          failed;
  z_stream      z;
  unsigned char out[PIECE];
};

archive *archive_new(const char *path)
{
  archive *a = calloc(1, sizeof *a);
  if (a) a->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (a && a->fd >= 0 && deflateInit2(&a->z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK)
    return a;
  if (a && a->fd >= 0) close(a->fd);
  free(a);
  return NULL;
}

static void put(archive *a, const void *bytes, size_t n, int flush)
{
  int code      = Z_OK;
  a->z.next_in  = lent(bytes);
  a->z.avail_in = (unsigned)n;
  do {
    a->z.next_out     = a->out;
    a->z.avail_out    = PIECE;
    code              = deflate(&a->z, flush);
    const size_t some = PIECE - a->z.avail_out;
    if (!a->failed && some) a->failed = write(a->fd, a->out, some) != (ssize_t)some;
  } while (code == Z_OK && (a->z.avail_in || flush == Z_FINISH));
}

void archive_add(archive *a, const char *name, int64_t time, const char *text, size_t n)
{
  char     head[BLOCK] = {0};
  unsigned sum         = 0;
  snprintf(head, NAME, "%s", name);
  memcpy(head + 100, "0000600", 8); /* mode, then owner and group */
  memcpy(head + 108, "0000000", 8);
  memcpy(head + 116, "0000000", 8);
  snprintf(head + 124, 12, "%011llo", (unsigned long long)n & 077777777777ULL);
  snprintf(head + 136, 12, "%011llo", (unsigned long long)time & 077777777777ULL);
  memset(head + CHECKSUM_AT, ' ', 8);
  head[156] = '0'; /* a plain file */
  memcpy(head + 257, "ustar", 6);
  memcpy(head + 263, "00", 2);
  for (int i = 0; i < BLOCK; i++) sum += (unsigned char)head[i];
  snprintf(head + CHECKSUM_AT, 7, "%06o", sum & 0777777U);
  put(a, head, BLOCK, Z_NO_FLUSH);
  put(a, text, n, Z_NO_FLUSH);
  memset(head, 0, BLOCK);
  put(a, head, (BLOCK - n % BLOCK) % BLOCK, Z_NO_FLUSH);
}

bool archive_end(archive *a)
{
  const char end[2 * BLOCK] = {0};
  put(a, end, sizeof end, Z_FINISH);
  deflateEnd(&a->z);
  const bool whole = fsync(a->fd) == 0 && close(a->fd) == 0 && !a->failed;
  free(a);
  return whole;
}
