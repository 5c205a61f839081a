/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connector.h - the context of connectors as settings and environment have it. */
#ifndef DAEMON_CLI_CONNECTOR_H
#define DAEMON_CLI_CONNECTOR_H

#include "config.h"
#include "connect/connect.h"

/* Takes DYOCENSE_MASTER_KEY out of the environment. */
dyo_status cli_connect(const config *c, store *s, connect_hub **out, dyo_err *err);

#endif
