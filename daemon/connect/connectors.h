/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: each connector's file, by name. */
#ifndef DAEMON_CONNECTORS_H
#define DAEMON_CONNECTORS_H

#include "connect/connector.h"

extern const connector salesforce_connector; /* salesforce.c */
extern const connector drive_connector;      /* drive.c */
extern const connector mcp_connector;        /* mcp_source.c */

#endif
