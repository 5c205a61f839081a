/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: what a connector is. A new one is a file with a `connector` and a row in connectors.c.
 *
 * config is a struct described by rows; its secrets are members of type DYO_STR or DYO_JSON with DYO_OPT, named in `secrets`. They
 * are in the struct only in `accept`; at work they are asked for by session_secret. */
#ifndef DAEMON_CONNECTOR_H
#define DAEMON_CONNECTOR_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "base/dyo_status.h"
#include "json/dyo_json.h"

typedef struct session session;
typedef struct sync    sync_run;

typedef struct connector {
  const char        *type;
  const dyo_field   *rows;
  size_t             size;    /* of the struct */
  const char *const *secrets; /* names, NULL at the end */
  /* What involves more than one member. has: is that secret set, in config or before? Paths of errors are "/config/...". */
  dyo_status (*accept)(const void *config, bool (*has)(void *user, const char *secret), void *user, bool loopback,
                       dyo_err *err);
  /* Before anything is asked: sets s->oauth and what else the session needs. */
  dyo_status (*open)(session *s, dyo_err *err);
  /* A sentence on what can be seen, and details as the members of a JSON object. */
  dyo_status (*check)(session *s, dyo_buf *message, dyo_buf *details, dyo_err *err);
  /* Everything new, through sync.h. upstream_error: s->last says of which class; what was committed stays. */
  dyo_status (*pull)(sync_run *y, dyo_err *err);
} connector;

extern const connector *const connectors[]; /* NULL at the end */
const connector              *connector_of(const char *type);

#endif
