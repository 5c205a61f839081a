/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "dyo_version.h"
#include "store/migrations.h"
#include "store/parts.h"

enum { APPLICATION = 0x44594f31 }; /* "DYO1", in the file's header */

int schema_version(void)
{
  int n = 0;
  while (store_migrations[n].name) n++;
  return n;
}

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
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

/* 0 for a new file; program: the version of the program that wrote it. */
dyo_status schema_read(db *d, int *version, char *program, size_t room, dyo_err *err)
{
  int64_t    application = 0, number = 0, tables = 0;
  dyo_status st = db_run(d, "PRAGMA application_id", NULL, 0, take_whole, &application, NULL, err);
  if (st == DYO_OK) st = db_run(d, "PRAGMA user_version", NULL, 0, take_whole, &number, NULL, err);
  if (st == DYO_OK) st = db_run(d, "SELECT count(*) FROM sqlite_schema", NULL, 0, take_whole, &tables, NULL, err);
  if (st != DYO_OK) return st;
  *version   = (int)number;
  program[0] = '\0';
  if (tables == 0) return DYO_OK;
  if (application != APPLICATION || number < 1)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "the file is a database of another program; name another file");
  return meta_get(d, "program", program, room, err);
}

/* Number i + 1, all of it or nothing. */
static dyo_status step(db *d, int i, dyo_err *err)
{
  char       note[96];
  dyo_status st = db_script(d, "BEGIN IMMEDIATE", err);
  if (st != DYO_OK) return st;
  st = db_script(d, store_migrations[i].sql, err);
  snprintf(note, sizeof note, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION, i + 1);
  if (st == DYO_OK) st = db_script(d, note, err);
  if (st == DYO_OK) st = meta_put(d, "program", DYO_VERSION, err);
  dyo_err ignored;
  if (st == DYO_OK) st = db_script(d, "COMMIT", err);
  else db_script(d, "ROLLBACK", &ignored);
  return st;
}

dyo_status schema_migrate(db *d, int from, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (int i = from; st == DYO_OK && i < schema_version(); i++) st = step(d, i, err);
  return st;
}
