/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ids.h"

static const char *const level_words[] = {"debug", "info", "warn", "error", NULL};

/* A field whose name holds one of these is never shown. */
static const char *const secret_names[] = {"token", "secret", "password", "authorization", "cookie", "key", NULL};

static const char secret_first[] = "tspack"; /* how they begin: most letters are none of these */

static const char redacted[] = "[redacted]";

static atomic_int           least_shown = LOG_INFO;
static atomic_uint_fast64_t dropped;

_Static_assert(LOG_LONGEST <= PIPE_BUF, "a line is written whole or not at all");

enum { PATIENCE_MS = 200 };

enum { TAIL = 3 }; /* room kept for the quote, the brace and the line's end */

void log_set_level(log_level least)
{
  atomic_store(&least_shown, (int)least);
}

bool log_level_of(const char *word, log_level *level)
{
  for (int i = 0; level_words[i]; i++)
    if (strcmp(word, level_words[i]) == 0) {
      *level = (log_level)i;
      return true;
    }
  return false;
}

uint64_t log_dropped(void)
{
  return atomic_load(&dropped);
}

/* Adds all of it or nothing. */
static void put(log_line *l, const char *s, size_t n)
{
  if (l->n + n + TAIL > LOG_LONGEST) return;
  memcpy(l->text + l->n, s, n);
  l->n += n;
}

static void put_text(log_line *l, const char *s)
{
  put(l, s, strlen(s));
}

/* How many bytes of s, which begins a character, make that character; 0 where they are no UTF-8. */
static size_t character(const unsigned char *s)
{
  size_t n = 0;
  if (s[0] < 0x80) return 1;
  if (s[0] >= 0xc2 && s[0] < 0xe0) n = 2;
  else if (s[0] >= 0xe0 && s[0] < 0xf0) n = 3;
  else if (s[0] >= 0xf0 && s[0] < 0xf5) n = 4;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  return n;
}

/* What is not plain: a token, a character that JSON escapes, one of several bytes. Answers how many bytes of s it was. */
static size_t put_special(log_line *l, const unsigned char *s)
{
  const size_t token = id_token_length((const char *)s), n = character(s);
  char         code[8];
  if (token) {
    put_text(l, redacted);
    return token;
  }
  if (n == 1 && (*s == '"' || *s == '\\')) {
    snprintf(code, sizeof code, "\\%c", *s);
    put_text(l, code);
  } else if (n == 0 || *s < 0x20) {
    snprintf(code, sizeof code, "\\u%04x", n ? *s : 0xfffd);
    put_text(l, code);
  } else {
    put(l, (const char *)s, n);
  }
  return n ? n : 1;
}

/* A character that stands for itself and begins nothing of ours. */
static bool plain(unsigned char c)
{
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != TOKEN_FIRST;
}

static void put_escaped(log_line *l, const char *value)
{
  const unsigned char *s = (const unsigned char *)value;
  while (*s) {
    size_t n = 0;
    while (plain(s[n])) n++;
    const size_t room = LOG_LONGEST - TAIL - l->n;
    put(l, (const char *)s, n < room ? n : room);
    s += n;
    if (*s) s += put_special(l, s);
  }
}

static bool names_secret(const char *name)
{
  for (const char *at = name; *at; at++) {
    if (!strchr(secret_first, tolower((unsigned char)*at))) continue;
    for (int i = 0; secret_names[i]; i++)
      if (strncasecmp(at, secret_names[i], strlen(secret_names[i])) == 0) return true;
  }
  return false;
}

/* False where there is no room for the name and `more` bytes behind it: the field is left out. */
static bool put_name(log_line *l, const char *name, size_t more)
{
  if (l->n + strlen(name) + 4 + more + TAIL > LOG_LONGEST) return false;
  put_text(l, ",\"");
  put_text(l, name);
  put_text(l, "\":");
  return true;
}

void log_begin(log_line *l, log_level level, const char *event)
{
  char when[CLOCK_TEXT];
  l->n  = 0;
  l->on = (int)level >= atomic_load(&least_shown);
  if (!l->on) return;
  clock_text(clock_now_ms(), when);
  put_text(l, "{\"time\":\"");
  put_text(l, when);
  put_text(l, "\",\"level\":\"");
  put_text(l, level_words[level]);
  put_text(l, "\",\"event\":\"");
  put_escaped(l, event);
  put_text(l, "\"");
}

void log_text(log_line *l, const char *name, const char *value)
{
  if (!l->on || !value || !put_name(l, name, sizeof redacted + 1)) return;
  put_text(l, "\"");
  if (names_secret(name)) put_text(l, redacted);
  else put_escaped(l, value);
  l->text[l->n++] = '"'; /* TAIL has kept its place */
}

/* The digits of v, at least `least` of them, into the end of text[0..NUMBER); answers where they begin. A line a request is written:
 * printf takes several times as long. */
static char *put_digits(char *end, uint64_t v, int least)
{
  for (; v || least > 0; v /= 10, least--) *--end = (char)('0' + v % 10);
  return end;
}

enum { NUMBER = 32, THOUSAND = 1000 };

static void put_number(log_line *l, const char *name, bool minus, uint64_t whole, uint64_t thousandths)
{
  char  text[NUMBER];
  char *end = text + NUMBER - 1, *at = end;
  *end  = '\0';
  int n = 3;
  for (; thousandths && thousandths % 10 == 0; thousandths /= 10) n--;
  if (thousandths) {
    at    = put_digits(at, thousandths, n);
    *--at = '.';
  }
  at = put_digits(at, whole, 1);
  if (minus) *--at = '-';
  if (put_name(l, name, (size_t)(end - at))) put_text(l, at);
}

void log_number(log_line *l, const char *name, double value)
{
  if (!l->on || !(fabs(value) < 1e15)) return;
  const uint64_t v = (uint64_t)llround(fabs(value) * THOUSAND);
  put_number(l, name, value < 0 && v, v / THOUSAND, v % THOUSAND);
}

void log_whole(log_line *l, const char *name, int64_t value)
{
  if (l->on) put_number(l, name, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 0);
}

/* A pipe that nobody reads must not hold us up: a line waits for it a little, and once one waited in vain the next do not wait. A line
 * is no longer than what a pipe that says it has room takes at once (PIPE_BUF), one at a time. */
static bool write_line(const log_line *l)
{
  static pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;
  static bool            stuck = false;
  struct pollfd          on    = {.fd = STDERR_FILENO, .events = POLLOUT};
  ssize_t                done  = 0;
  pthread_mutex_lock(&alone);
  stuck = poll(&on, 1, stuck ? 0 : PATIENCE_MS) == 0;
  if (!stuck) {
    do done = write(STDERR_FILENO, l->text, l->n);
    while (done < 0 && errno == EINTR);
  }
  pthread_mutex_unlock(&alone);
  return done == (ssize_t)l->n;
}

void log_end(log_line *l)
{
  if (!l->on) return;
  l->text[l->n++] = '}';
  l->text[l->n++] = '\n';
  if (!write_line(l)) atomic_fetch_add(&dropped, 1);
}
