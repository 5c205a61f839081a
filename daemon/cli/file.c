/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that a request names: read by place, in pieces. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* The source's `user` is the descriptor, in memory of its own. */
static size_t file_read(void *user, uint64_t offset, void *buf, size_t n)
{
  ssize_t got = 0;
  do got = pread(*(const int *)user, buf, n, (off_t)offset);
  while (got < 0 && errno == EINTR);
  return got > 0 ? (size_t)got : 0;
}

static void file_close(void *user)
{
  close(*(const int *)user);
  free(user);
}

dyo_status cli_open(void *user, const char *path, dyo_source *out, dyo_err *err)
{
  struct stat info = {0};
  const int   fd   = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not to wait for the other end of a pipe */
  const bool  told = fd >= 0 && fstat(fd, &info) == 0;
  (void)user;
  if (!told || !S_ISREG(info.st_mode)) {
    const char *why = told ? "this is no ordinary file" : strerror(errno);
    if (fd >= 0) close(fd);
    return dyo_fail(err, DYO_INVALID_INPUT, "/path", "\"%.100s\": %s", path, why);
  }
  int *kept = malloc(sizeof *kept);
  if (!kept) {
    close(fd);
    return dyo_oom(err);
  }
  *kept = fd;
  *out  = (dyo_source){.size = (uint64_t)info.st_size, .read = file_read, .user = kept, .close = file_close};
  return DYO_OK;
}
