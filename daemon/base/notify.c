/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/notify.h"

#include <stdio.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void tell(const char *text)
{
  const char        *path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un to   = {.sun_family = AF_UNIX};
  if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof to.sun_path) return;
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
  if (path[0] == '@') to.sun_path[0] = '\0'; /* an abstract name */
  (void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&to,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)));
  close(fd);
}

void notify_ready(void)
{
  tell("READY=1");
}

void notify_stopping(void)
{
  tell("STOPPING=1");
}

int notify_inherited(void)
{
  const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
  if (!pid || !n || strtol(pid, NULL, 10) != (long)getpid() || strtol(n, NULL, 10) < 1) return -1;
  return 3; /* the first descriptor behind the standard ones */
}
