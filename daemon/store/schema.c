/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "dyo_version.h"
#include "store/migrations.h"
#include "store/parts.h"

int schema_version(void)
{
  int n = 0;
  while (store_migrations[n].name) n++;
  return n;
}

typedef struct {
  char  *text;
  size_t room;
} text_of;

static bool take_text(void *user, const row *r)
{
  const text_of *t = user;
  snprintf(t->text, t->room, "%s", row_text(r, 0) ? row_text(r, 0) : "");
  return false;
}

dyo_status meta_get(db *d, const char *name, char *value, size_t room, dyo_err *err)
{
  text_of t = {value, room};
  value[0]  = '\0';
  return db_ask(d, take_text, &t, err, "SELECT value FROM meta WHERE name = $1", db_text(name));
}

dyo_status meta_put(db *d, const char *name, const char *value, dyo_err *err)
{
  return db_do(d, NULL, err,
               "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
               db_text(name), db_text(value));
}

/* 0 for a new one; program: the version of the program that wrote it. */
dyo_status schema_read(db *d, int *version, char *program, size_t room, dyo_err *err)
{
  dyo_err          ignored; /* a newer schema may know no such table */
  const dyo_status st = db_schema(d, version, err);
  program[0]          = '\0';
  if (st == DYO_OK && *version > 0) meta_get(d, "program", program, room, &ignored);
  return st;
}

/* Number i + 1, all of it or nothing, unless another one has done it meanwhile. */
static dyo_status step(db *d, int i, dyo_err *err)
{
  int        version = 0;
  dyo_status st      = db_begin(d, ALL_TENANTS, err);
  if (st != DYO_OK) return st;
  st = db_schema(d, &version, err);
  if (st == DYO_OK && version <= i) {
    st = db_migrate(d, store_migrations[i].sql, err);
    if (st == DYO_OK) st = db_schema_put(d, i + 1, err);
    if (st == DYO_OK) st = meta_put(d, "program", DYO_VERSION, err);
  }
  if (st == DYO_OK) return db_commit(d, err);
  db_rollback(d);
  return st;
}

dyo_status schema_migrate(db *d, int from, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (int i = from; st == DYO_OK && i < schema_version(); i++) st = step(d, i, err);
  return st;
}
