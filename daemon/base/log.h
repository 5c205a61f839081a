/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - one JSON object a line on standard error, written whole or not at all. The one place where secrets are taken out:
 * fields whose name says they hold one (token, secret, password, authorization, cookie, key) are shown as "[redacted]", and so
 * is whatever looks like one of our tokens inside any text.
 *
 *   log_line l;
 *   log_begin(&l, LOG_INFO, "request");
 *   log_text(&l, "path", path);
 *   log_number(&l, "ms", 1.25);
 *   log_end(&l);
 *
 * Safe from every thread. A line that cannot be written is dropped and counted: logging never blocks or ends the program. */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } log_level;

enum { LOG_LONGEST = 4096 }; /* bytes of a line; longer texts are cut */

typedef struct {
  bool   on; /* false: below the level, everything after it does nothing */
  size_t n;
  char   text[LOG_LONGEST];
} log_line;

void log_set_level(log_level least);
bool log_level_of(const char *word, log_level *level); /* "debug", "info", "warn", "error" */

void log_begin(log_line *l, log_level level, const char *event);
void log_text(log_line *l, const char *name, const char *value); /* NULL: the field is left out */
void log_number(log_line *l, const char *name, double value);    /* to the thousandth */
void log_whole(log_line *l, const char *name, int64_t value);
void log_end(log_line *l);

uint64_t log_dropped(void); /* lines that could not be written */

#endif
