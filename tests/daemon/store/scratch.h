/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scratch.h - a store of its own for all tests of a program: a file in a folder, or, where DYO_TEST_PG names a server
 * (with_postgres.sh), a database there. Include after cmocka.h. */
#ifndef TESTS_DAEMON_STORE_SCRATCH_H
#define TESTS_DAEMON_STORE_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ids.h"
#include "store/store.h"

static char    folder[] = "/tmp/dyocense-store-XXXXXX";
static char    path[64];
static store  *s;
static dyo_err err;

/* "%s" in DYO_TEST_PG stands for a database's name. */
static void address_of(const char *name, char out[256])
{
  const char *server = getenv("DYO_TEST_PG"), *at = strstr(server, "%s");
  snprintf(out, 256, "%.*s%s%s", (int)(at - server), server, name, at + 2);
}

/* What `file` is called in this program's store: itself, or the address of a database, made where it is missing. */
static void named(const char *file, char out[256])
{
  char        name[64], command[700];
  const char *slash = strrchr(file, '/');
  snprintf(out, 256, "%s", file);
  if (!getenv("DYO_TEST_PG")) return;
  snprintf(name, sizeof name, "u%s_%.30s", folder + strlen(folder) - 6, slash ? slash + 1 : file);
  name[strcspn(name, ".")] = '\0';
  address_of("postgres", out);
  snprintf(command, sizeof command, "psql -q '%s' -c 'CREATE DATABASE \"%s\"' 2> /dev/null", out, name);
  if (system(command) < 0) fail_msg("no psql");
  address_of(name, out);
}

static store *opened(const char *file)
{
  char   where[256];
  store *made = NULL;
  named(file, where);
  if (store_open(&(store_options){where, 2, false, false}, &made, &err) != DYO_OK) fail_msg("%s", err.message);
  return made;
}

/* For a test that is about files. */
static inline void only_in_files(void)
{
  if (getenv("DYO_TEST_PG")) skip();
}

/* For a test that is about a server. */
static inline void only_on_server(void)
{
  if (!getenv("DYO_TEST_PG")) skip();
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
