/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server as a process of its own group: one message a line on its standard input and output. What it says on standard error is kept
 * in part, for the message where it fails. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lent.h"
#include "connect/peer.h"

enum { LINE_MOST = 64 << 20, SAID = 200, SLICE_MS = 50, PIECE = 65536 };

typedef struct peer_pipe {
  pid_t   pid;
  int     in, out, log;
  dyo_buf line;       /* what came of the next line */
  size_t  seen;       /* of it, without a line's end */
  char    said[SAID]; /* the end of what it said on standard error */
} peer_pipe;

/* --- the process --------------------------------------------------------------------------------------------------------------- */

extern char **environ;

/* Only what programs need to start, and what the operator gives. */
static char **environment(const peer_server *one)
{
  static const char *const passed[] = {"PATH", "HOME", "LANG", "TZ", NULL};
  char                   **list     = calloc(one->n_env + 5, sizeof *list);
  size_t                   n        = 0;
  if (!list) return NULL;
  for (char **e = environ; *e; e++)
    for (int i = 0; passed[i]; i++) {
      const size_t k = strlen(passed[i]);
      if (strncmp(*e, passed[i], k) == 0 && (*e)[k] == '=' && n < 4) list[n++] = *e;
    }
  for (size_t i = 0; i < one->n_env; i++) list[n++] = lent(one->env[i]);
  return list;
}

static char **arguments(const peer_server *one)
{
  char **list = calloc(one->n_args + 2, sizeof *list);
  if (!list) return NULL;
  list[0] = lent(one->command);
  for (size_t i = 0; i < one->n_args; i++) list[i + 1] = lent(one->args[i]);
  return list;
}

static int spawn(const peer_server *one, const int ends[3], pid_t *pid)
{
  posix_spawn_file_actions_t files;
  posix_spawnattr_t          how;
  sigset_t                   none, all;
  char                     **args = arguments(one), **env = environment(one);
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&how);
  for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&files, ends[i], i);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&how, 0);
  posix_spawnattr_setsigmask(&how, &none);
  posix_spawnattr_setsigdefault(&how, &all);
  const int rc = args && env ? posix_spawnp(pid, one->command, &files, &how, args, env) : ENOMEM;
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  free(args);
  free(env);
  return rc;
}

static void close_all(int *fds, int n)
{
  for (int i = 0; i < n; i++)
    if (fds[i] >= 0) close(fds[i]);
}

dyo_status peer_pipe_open(peer *m, dyo_err *err)
{
  int        fds[6] = {-1, -1, -1, -1, -1, -1}; /* its input, its output, its errors: ours and its own end in turn */
  peer_pipe *p      = calloc(1, sizeof *p);
  if (!p) return dyo_oom(err);
  int rc = pipe2(fds, O_CLOEXEC) == 0 && pipe2(fds + 2, O_CLOEXEC) == 0 && pipe2(fds + 4, O_CLOEXEC) == 0 ? 0 : errno;
  if (rc == 0) rc = spawn(m->server, (const int[3]){fds[0], fds[3], fds[5]}, &p->pid);
  if (rc != 0) {
    close_all(fds, 6);
    free(p);
    return session_fail(m->s, FAULT_TERMINAL, "", err, "MCP server %.40s does not start: %.80s", m->server->name,
                        strerror(rc));
  }
  close_all((int[3]){fds[0], fds[3], fds[5]}, 3);
  p->in  = fds[1];
  p->out = fds[2];
  p->log = fds[4];
  for (int i = 1; i < 6; i += 1)
    if (i == 1 || i == 2 || i == 4) fcntl(fds[i], F_SETFL, O_NONBLOCK);
  m->pipe = p;
  return DYO_OK;
}

static bool ended(pid_t pid, int ms)
{
  for (int i = 0; i <= ms; i += 10) {
    if (waitpid(pid, NULL, WNOHANG) != 0) return true;
    nanosleep(&(struct timespec){0, 10000000}, NULL);
  }
  return false;
}

/* Its input ends; what does not go by itself then is ended, with all that it started. */
void peer_pipe_close(peer_pipe *p)
{
  if (!p) return;
  close_all((int[2]){p->in, p->out}, 2);
  if (!ended(p->pid, 500)) {
    kill(-p->pid, SIGTERM);
    if (!ended(p->pid, 500)) {
      kill(-p->pid, SIGKILL);
      waitpid(p->pid, NULL, 0);
    }
  }
  kill(-p->pid, SIGKILL);
  close_all(&p->log, 1);
  dyo_buf_free(&p->line);
  free(p);
}

/* --- lines ----------------------------------------------------------------------------------------------------------------------- */

static void hear(peer_pipe *p)
{
  char          text[SAID];
  const ssize_t n = read(p->log, text, sizeof text - 1);
  if (n <= 0) return;
  text[n] = '\0';
  for (ssize_t i = 0; i < n; i++)
    if (text[i] == '\n' || text[i] == '\r') text[i] = ' ';
  snprintf(p->said, sizeof p->said, "%s", text);
}

static dyo_status broken(peer *m, const char *how, dyo_err *err)
{
  hear(m->pipe);
  return session_fail(m->s, FAULT_TRANSIENT, "", err, "MCP server %.40s %s%s%.120s", m->server->name, how,
                      m->pipe->said[0] ? ": " : "", m->pipe->said);
}

/* Waits a little for what can be read or written; false: the time is over, or the run is cancelled. */
static dyo_status wait_for(peer *m, int fd, short what, double until, dyo_err *err)
{
  struct pollfd fds[2] = {{fd, what, 0}, {m->pipe->log, POLLIN, 0}};
  if (session_cancelled(m->s)) return session_fail(m->s, FAULT_CANCELLED, "", err, "cancelled");
  if (clock_monotonic() > until) return broken(m, "gave no answer in time", err);
  if (poll(fds, m->pipe->log >= 0 ? 2 : 1, SLICE_MS) > 0 && fds[1].revents & POLLIN) hear(m->pipe);
  else if (fds[1].revents & POLLHUP) { /* nothing more is said there */ close(m->pipe->log);
    m->pipe->log = -1;
  }
  return DYO_OK;
}

static dyo_status write_line(peer *m, const char *text, size_t n, double until, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t at = 0; at <= n && st == DYO_OK;) {
    const ssize_t k = at < n ? write(m->pipe->in, text + at, n - at) : write(m->pipe->in, "\n", 1);
    if (k > 0) at += (size_t)k;
    else if (errno == EAGAIN || errno == EINTR) st = wait_for(m, m->pipe->in, POLLOUT, until, err);
    else return broken(m, "ended", err);
  }
  return st;
}

/* The next whole line, in m->pipe->line until the next call. */
static dyo_status read_line(peer *m, size_t *n, double until, dyo_err *err)
{
  peer_pipe *p = m->pipe;
  for (;;) {
    const char *end = p->line.n > p->seen ? memchr(p->line.s + p->seen, '\n', p->line.n - p->seen) : NULL;
    char        piece[PIECE];
    if (end) {
      *n = (size_t)(end - p->line.s);
      return DYO_OK;
    }
    p->seen         = p->line.n;
    const ssize_t k = read(p->out, piece, sizeof piece);
    if (k > 0) dyo_buf_add(&p->line, piece, (size_t)k);
    if (p->line.failed) return dyo_oom(err);
    if (p->line.n > LINE_MOST) return broken(m, "says too much at once", err);
    if (k == 0) return broken(m, "ended", err);
    if (k < 0 && errno != EAGAIN && errno != EINTR) return broken(m, "cannot be read", err);
    const dyo_status st = k < 0 ? wait_for(m, p->out, POLLIN, until, err) : DYO_OK;
    if (st != DYO_OK) return st;
  }
}

static void next_line(peer_pipe *p, size_t n)
{
  const size_t rest = p->line.n - n - 1;
  memmove(p->line.s, p->line.s + n + 1, rest);
  p->line.n = rest;
  p->seen   = 0;
}

/* A request of the server's own. */
static dyo_status answer_server(peer *m, const char *line, size_t n, double until, dyo_err *err)
{
  dyo_buf    b  = {0};
  dyo_status st = DYO_OK;
  if (peer_put_reply(line, n, &b)) st = b.failed ? dyo_oom(err) : write_line(m, b.s, b.n, until, err);
  dyo_buf_free(&b);
  return st;
}

static dyo_status await(peer *m, int64_t id, double until, dyo_err *err)
{
  peer_pipe *p    = m->pipe;
  dyo_status st   = DYO_OK;
  bool       mine = false;
  while (st == DYO_OK && !mine) {
    size_t n = 0;
    st       = read_line(m, &n, until, err);
    if (st != DYO_OK) break;
    mine = peer_is_answer(p->line.s, n, id, m->modern);
    if (mine) dyo_buf_add(&m->answer, p->line.s, n);
    else if (!m->modern) st = answer_server(m, p->line.s, n, until, err);
    next_line(p, n);
    if (m->answer.failed) st = dyo_oom(err);
  }
  return st;
}

/* The work is not wanted any more. */
static void call_off(peer *m, int64_t id)
{
  char    text[160];
  dyo_err ignored;
  snprintf(text, sizeof text,
           "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%lld}}",
           (long long)id);
  write_line(m, text, strlen(text), clock_monotonic() + 1, &ignored);
}

dyo_status peer_pipe_exchange(peer *m, const peer_message *out, double seconds, dyo_err *err)
{
  const double until = clock_monotonic() + seconds;
  dyo_status   st    = write_line(m, out->text, out->n, until, err);
  if (st == DYO_OK && out->id) st = await(m, out->id, until, err);
  if (st == DYO_CANCELLED && out->id) call_off(m, out->id);
  return st;
}
