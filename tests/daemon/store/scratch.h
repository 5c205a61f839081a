/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scratch.h - a store in a folder of its own for all tests of a program. Include after cmocka.h. */
#ifndef TESTS_DAEMON_STORE_SCRATCH_H
#define TESTS_DAEMON_STORE_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>

#include "base/ids.h"
#include "store/store.h"

static char    folder[] = "/tmp/dyocense-store-XXXXXX";
static char    path[64];
static store  *s;
static dyo_err err;

static store *opened(const char *file)
{
  store *made = NULL;
  if (store_open(&(store_options){file, 2, false, false}, &made, &err) != DYO_OK) fail_msg("%s", err.message);
  return made;
}

static int start(void **state)
{
  (void)state;
  if (!ids_start() || !mkdtemp(folder)) return 1;
  snprintf(path, sizeof path, "%s/a.db", folder);
  s = opened(path);
  return 0;
}

static int stop(void **state)
{
  char command[128];
  (void)state;
  store_close(s);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}

#endif
