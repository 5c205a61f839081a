/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/cli: somebody at a terminal signs in with a browser. */
#ifndef DAEMON_CLI_SIGNIN_H
#define DAEMON_CLI_SIGNIN_H

#include <stdbool.h>

#include "base/dyo_status.h"

typedef struct {
  int  fd; /* where the redirect is awaited */
  char redirect[64];
} cli_person;

bool cli_person_open(cli_person *p); /* false: no port, errno says why */
void cli_person_close(cli_person *p);
/* As connect_person has it; user: a cli_person. */
dyo_status cli_person_visit(void *user, const char *url, char **query, dyo_err *err);

#endif
