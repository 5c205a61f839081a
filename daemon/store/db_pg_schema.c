/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables in PostgreSQL: made from the same migrations as SQLite's, type by type, with a policy on each table of tenants. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db_pg.h"

enum { LOCK = 0x44594f31 }; /* "DYO1": of whoever changes the schema */

typedef struct {
  bool there;
  int  version;
} found;

static bool take_version(void *user, const row *r)
{
  *(found *)user = (found){true, (int)strtol(row_text(r, 0), NULL, 10)};
  return false;
}

static bool take_there(void *user, const row *r)
{
  *(bool *)user = row_text(r, 0) != NULL;
  return false;
}

dyo_status pg_schema(db *d, int *version, dyo_err *err)
{
  found          f     = {0};
  bool           table = false;
  const db_value lock  = db_whole(LOCK);
  dyo_status     st    = DYO_OK;
  *version             = 0;
  if (db_in_transaction(d)) { /* to change it: one at a time */
    ((connection *)d)->silent_s = INFINITY;
    st                          = db_run(d, "SELECT pg_advisory_xact_lock($1)", &lock, 1, NULL, NULL, NULL, err);
  }
  if (st == DYO_OK) st = db_run(d, "SELECT to_regclass('meta')::text", NULL, 0, take_there, &table, NULL, err);
  if (st == DYO_OK && table)
    st = db_run(d, "SELECT value FROM meta WHERE name = 'schema'", NULL, 0, take_version, &f, NULL, err);
  if (st == DYO_OK && table && !f.there)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "the database is another program's; name another one");
  *version = f.version;
  return st;
}

dyo_status pg_schema_put(db *d, int version, dyo_err *err)
{
  char text[16];
  snprintf(text, sizeof text, "%d", version);
  return db_do(d, NULL, err,
               "INSERT INTO meta (name, value) VALUES ('schema', $1) ON CONFLICT (name) DO UPDATE SET value ="
               " excluded.value",
               db_text(text));
}

/* --- from SQLite's words ------------------------------------------------------------------------------------------------ */

/* Texts compare byte by byte, as in SQLite. */
static const struct {
  const char *from, *to;
} words[] = {{"TEXT", "TEXT COLLATE \"C\""}, {"INTEGER", "BIGINT"}, {"REAL", "DOUBLE PRECISION"}, {"BLOB", "BYTEA"},
             {"STRICT, WITHOUT ROWID", ""},  {"STRICT", ""}};

enum { WORDS = sizeof words / sizeof *words, LONGEST = 16 };

static bool part_of_word(char c)
{
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t word_at(const char *sql, const char *at, size_t *which)
{
  if (at > sql && part_of_word(at[-1])) return 0;
  for (*which = 0; *which < WORDS; ++*which) {
    const size_t n = strlen(words[*which].from);
    if (strncmp(at, words[*which].from, n) == 0 && !part_of_word(at[n])) return n;
  }
  return 0;
}

static const char trigger[] = "CREATE TRIGGER";

/* Comments go: an apostrophe in one would open a text. Triggers are SQLite's; policies stand for them. NULL: no memory. */
static char *translated(const char *sql)
{
  char  *out = malloc(strlen(sql) * LONGEST + 1), *to = out;
  size_t which = 0;
  for (const char *at = sql; out && *at;) {
    const size_t n = word_at(sql, at, &which);
    if (strncmp(at, "--", 2) == 0) at += strcspn(at, "\n");
    else if (strncmp(at, trigger, sizeof trigger - 1) == 0) at = strstr(at, "END;") + 4;
    else if (n) to = stpcpy(to, words[which].to), at += n;
    else *to++ = *at++;
  }
  if (out) *to = '\0';
  return out;
}

/* Every table with a tenant_id shows the rows of the tenant that was named, to its owner as well. */
static const char policies[] =
  "DO $$ DECLARE t text; BEGIN"
  " FOR t IN SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
  "  WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND NOT c.relrowsecurity LOOP"
  "  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);"
  "  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);"
  "  EXECUTE format('CREATE POLICY one_tenant ON %I USING (tenant_id = (SELECT current_setting(''app.tenant'', true))"
  "   OR (SELECT current_setting(''app.every'', true)) = ''on'')', t);"
  " END LOOP; END $$";

/* Events of the audit are never changed, and go only once their chain's head has gone. */
static const char append_only[] =
  "DO $$ BEGIN"
  " IF to_regclass('audit') IS NOT NULL"
  "  AND NOT EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = to_regclass('audit') AND polname = 'audit_stays') THEN"
  "  CREATE POLICY audit_stays ON audit AS RESTRICTIVE FOR UPDATE USING (false);"
  "  CREATE POLICY audit_is_kept ON audit AS RESTRICTIVE FOR DELETE"
  "   USING (NOT EXISTS (SELECT 1 FROM audit_heads h WHERE h.tenant_id = audit.tenant_id));"
  " END IF; END $$";

dyo_status pg_migrate(db *d, const char *sql, dyo_err *err)
{
  char      *text = translated(sql);
  dyo_status st   = text ? db_script(d, text, err) : dyo_oom(err);
  free(text);
  if (st == DYO_OK) st = db_script(d, policies, err);
  return st == DYO_OK ? db_script(d, append_only, err) : st;
}
