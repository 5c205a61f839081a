/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody at a terminal signs in with a browser: the address is printed, and the redirect is awaited on a port of the loopback that is open
 * for this alone (RFC 8252, 7.3). */
#include "cli/signin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"

enum { WAIT_S = 300, REQUEST_S = 5, REQUEST_MOST = 8192 };
static const char path[] = "/signed-in";

bool cli_person_open(cli_person *p)
{
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t          n  = sizeof at;
  p->fd                 = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (p->fd < 0) return false;
  if (bind(p->fd, (const struct sockaddr *)&at, n) != 0 || listen(p->fd, 8) != 0 ||
      getsockname(p->fd, (struct sockaddr *)&at, &n) != 0) {
    close(p->fd);
    return false;
  }
  snprintf(p->redirect, sizeof p->redirect, "http://127.0.0.1:%d%s", ntohs(at.sin_port), path);
  return true;
}

void cli_person_close(cli_person *p)
{
  close(p->fd);
}

/* Is there something to read before that moment? */
static bool readable(int fd, double until)
{
  struct pollfd one  = {fd, POLLIN, 0};
  const double  left = until - clock_monotonic();
  return left > 0 && poll(&one, 1, (int)(1000 * left) + 1) > 0;
}

/* The head of a request, ended; false: it did not come whole. */
static bool read_head(int fd, char *text, size_t room, double until)
{
  size_t n = 0;
  text[0]  = '\0';
  while (!strstr(text, "\r\n\r\n")) {
    if (n + 1 >= room || !readable(fd, until)) return false;
    const ssize_t k = read(fd, text + n, room - n - 1);
    if (k <= 0) return false;
    n += (size_t)k;
    text[n] = '\0';
  }
  return true;
}

static void answer(int fd, bool found)
{
  static const char good[] = "You can close this window and go back to the terminal.\n", bad[] = "Not here.\n";
  char              text[256];
  const int n = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n%s",
                         found ? "200 OK" : "404 Not Found", found ? good : bad);
  for (ssize_t at = 0, k = 1; at < n && k > 0; at += k) k = send(fd, text + at, (size_t)(n - at), MSG_NOSIGNAL);
}

/* What stands behind "GET /signed-in?", malloc'ed; NULL: somebody asked for something else. */
static char *take_request(int fd, double until)
{
  char         text[REQUEST_MOST] = "";
  char        *query              = NULL;
  const double soon               = clock_monotonic() + REQUEST_S;
  const size_t n                  = sizeof path - 1;
  if (!read_head(fd, text, sizeof text, soon < until ? soon : until)) return NULL;
  if (strncmp(text, "GET ", 4) == 0 && strncmp(text + 4, path, n) == 0 && text[4 + n] == '?')
    query = strndup(text + 5 + n, strcspn(text + 5 + n, " \r\n"));
  answer(fd, query != NULL);
  return query;
}

dyo_status cli_person_visit(void *user, const char *url, char **query, dyo_err *err)
{
  const cli_person *p     = user;
  const double      until = clock_monotonic() + WAIT_S;
  printf("Sign in at this address, in a browser on this machine:\n%s\n", url);
  if (fflush(stdout) != 0) return dyo_fail(err, DYO_INTERNAL, "", "nothing can be printed: %s", strerror(errno));
  for (*query = NULL; !*query;) {
    if (!readable(p->fd, until))
      return dyo_fail(err, DYO_UPSTREAM_ERROR, "", "nobody signed in within %d seconds", WAIT_S);
    const int fd = accept4(p->fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) continue;
    *query = take_request(fd, until);
    close(fd);
  }
  return DYO_OK;
}
