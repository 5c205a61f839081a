/* SPDX-License-Identifier: GPL-3.0-or-later */
/* web.h - one HTTP exchange after another for one connector, guarded (guard.h): certificates verified, no redirects, no proxies, no
 * cookies, limits on size, time and slowness. Connections are kept between exchanges and shared with nobody. One thread at a time.
 * The only libcurl. */
#ifndef DAEMON_CONNECT_WEB_H
#define DAEMON_CONNECT_WEB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_status.h"
#include "json/dyo_json.h"

typedef struct {
  bool        loopback;    /* for tests: http and https to loopback are allowed */
  const char *authorities; /* PEM file of certificate authorities instead of the system's; NULL */
  double      connect_s;   /* for a connection */
  double      silent_s;    /* below slow bytes a second for so long: given up */
  long        slow;
} web_options;

typedef struct web web;

dyo_status web_start(void); /* once, before any thread; may be called again */
dyo_status web_new(const web_options *o, web **out, dyo_err *err);
void       web_free(web *w); /* NULL is allowed */

typedef struct {
  const char *name, *value;
} web_header;

typedef bool (*web_take)(void *user, const void *bytes, size_t n); /* false: give up */

typedef struct {
  const char       *method, *url;
  const web_header *headers; /* ends with a NULL name; NULL: none */
  const void       *body;
  size_t            n_body;
  size_t            most;    /* bytes of the answer, unpacked */
  double            seconds; /* for all of it */
  web_take          take;    /* NULL: kept in memory. Only of answers below 300; others are kept */
  void             *user;
  const atomic_int *cancel; /* NULL: nobody cancels */
} web_request;

typedef enum {
  WEB_OK,
  WEB_REFUSED,   /* by the guard */
  WEB_NO_ANSWER, /* no connection, reset, cut, or no HTTP */
  WEB_UNTRUSTED, /* its certificate is not good */
  WEB_TIMEOUT,   /* also: too slow */
  WEB_TOO_LARGE,
  WEB_STOPPED, /* take said so */
  WEB_CANCELLED
} web_outcome;

typedef struct {
  web_outcome outcome;
  int         status;
  char  *body; /* malloc'ed and ended, never NULL where outcome is WEB_OK; what there was of it otherwise, or NULL */
  size_t n;
  char  *headers; /* "name: value" lines with their names in lower case */
  double seconds;
  char   why[160]; /* of an outcome other than WEB_OK; no part of the URL */
} web_reply;

/* DYO_OK also where there was no answer: outcome says so. invalid_input: the URL; out_of_memory. */
dyo_status web_exchange(web *w, const web_request *r, web_reply *out, dyo_err *err);
void       web_reply_free(web_reply *r); /* wiped; may be all zeroes */

/* The value of a header field (name in lower case) into out; false and "" where there is none or it is too long. */
bool web_header_of(const web_reply *r, const char *name, char *out, size_t room);

/* Text as a part of a URL's query or of a form, appended; everything but letters, digits and -._~ as %XX. */
void web_put_encoded(dyo_buf *b, const char *text);
void web_put_form(dyo_buf *b, const char *name, const char *value); /* &name=value, encoded; NULL: nothing */

#endif
