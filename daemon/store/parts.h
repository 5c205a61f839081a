/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: how its files reach the database. */
#ifndef DAEMON_STORE_PARTS_H
#define DAEMON_STORE_PARTS_H

#include <stdatomic.h>

#include "store/audit.h"
#include "store/db.h"
#include "store/quotas.h"
#include "store/store.h"

/* A write for a tenant, on the writer's thread inside a savepoint: an error takes all of it back. It may be called again after that,
 * where the database asks for another try, so what it leaves in `user` it sets from the start. */
typedef dyo_status (*store_job)(db *d, void *user, dyo_err *err);
dyo_status store_write(store *s, const char *tenant, store_job job, void *user, dyo_err *err);
/* A write of one statement; on a server it does not wait for the writer, however long that is at work. */
dyo_status store_write_aside(store *s, const char *tenant, store_job job, void *user, dyo_err *err);

/* A pooled connection for reading what is a tenant's; give it back. */
db  *store_reader(store *s, const char *tenant);
void store_reader_back(store *s, db *d);

/* rows asked for through a pooled connection */
#define store_ask(s, tenant, each, user, err, sql, ...) \
  store_ask_with(s, tenant, sql, DB_VALUES(__VA_ARGS__), each, user, err)
dyo_status store_ask_with(store *s, const char *tenant, const char *sql, const db_value *v, size_t n, db_each each,
                          void *user, dyo_err *err);

/* schema.c: version of the schema this program writes; bring a database up to it. */
int        schema_version(void);
dyo_status schema_read(db *d, int *version, char *program, size_t room, dyo_err *err);
dyo_status schema_migrate(db *d, int from, dyo_err *err);
dyo_status meta_put(db *d, const char *name, const char *value, dyo_err *err);
dyo_status meta_get(db *d, const char *name, char *value, size_t room, dyo_err *err); /* "" where it is not there */

/* lists.c: rows gathered into a malloc'ed array of structs. */
typedef struct {
  char  *items; /* n of size bytes */
  size_t size, n, cap, most;
  bool   more;                            /* there was one behind the last */
  bool (*fill)(void *item, const row *r); /* false: memory ran out */
  bool failed;
} rows_list;
bool        rows_add(void *list, const row *r); /* a db_each */
dyo_status  rows_done(rows_list *l, dyo_status st, void (*free_items)(void *, size_t), void *out, size_t *n,
                      dyo_err *err);
bool        text_copy(const row *r, int column, char **out); /* NULL stays NULL; false: memory ran out */
int         whole_order(const void *a, const void *b);       /* of two int64_t, for qsort and bsearch */
bool        id_copy(const row *r, int column, char out[ID_CHARS]);
int         page_limit(const store_page *p);
db_value    page_rows(const store_page *p);  /* one more than the limit, which tells whether there is a next page */
const char *page_after(const store_page *p); /* "" for the first */
bool        page_by_id(const store_page *p, dyo_err *err); /* is its cursor an id? */

/* peers.c: a thread that hears what daemons tell each other through the server they share. `heard` is called with NULL while that
 * answers, and with why it does not; told: somebody has something new. */
typedef struct peers peers;
typedef void (*peers_heard)(void *user, const char *away, bool told);
dyo_status peers_start(const char *where, peers_heard heard, void *user, peers **out, dyo_err *err);
void       peers_stop(peers *p);                                                               /* NULL is allowed */
dyo_status peers_write(peers *p, const char *tenant, store_job job, void *user, dyo_err *err); /* store_write_aside */

/* copy.c: a server's store as a new file, and a file into a server's empty store. */
dyo_status copy_out(store *s, const char *to, dyo_err *err);
dyo_status copy_in(const char *from, const char *to, dyo_err *err);

/* audit.c: an event in the transaction of what it is about; an actor NULL is AUDIT_SELF. */
dyo_status audit_note(db *d, const char *tenant, const audit_event *in, dyo_err *err);

/* runs.c: at the start of a daemon: no run is at work any more. */
dyo_status runs_end_leases(db *d, dyo_err *err);
/* deliveries.c: a new one, where the rule has a webhook; events have none to a disabled one. */
dyo_status delivery_add(db *d, const char *tenant, const char *id, const char *rule_id, bool test, int64_t now,
                        int64_t *added, dyo_err *err);
/* deliveries.c: at the start of a daemon: none is being tried any more. */
dyo_status deliveries_end_claims(db *d, dyo_err *err);
/* runs.c: checkpoint and counts of a run that holds its lease. */
dyo_status run_progress(db *d, const store_progress *p, dyo_err *err);
/* runs.c: conflict unless the run is held under this epoch, and is so until the transaction ends; epoch 0: no run is meant. */
dyo_status run_held(db *d, const char *tenant, const char *id, int64_t epoch, dyo_err *err);

/* quotas.c: the settings' limits, and how often each quota refused something since the start. */
typedef struct {
  store_quotas         usual;
  atomic_uint_fast64_t refused[QUOTAS];
} quota_guard;
quota_guard *store_guard(store *s);
dyo_status   quotas_read_usual(db *d, store_quotas *out, dyo_err *err);
/* Inside a transaction that adds so much to what is counted when it is asked for, before it does; also for a look at it beforehand. */
dyo_status quota_more(db *d, const char *tenant, quota_guard *g, quota q, double more, dyo_err *err);
/* Counts series and values that came (or went, below 0); those that a run was promised room for are not its promise any more (run_id NULL:
 * none was). within: the error where they are over a limit; the caller's transaction takes them back. */
dyo_status usage_add(db *d, const char *tenant, const char *run_id, int64_t series, int64_t values, dyo_err *err);
dyo_status usage_add_within(db *d, const char *tenant, quota_guard *g, int64_t series, int64_t values, dyo_err *err);
dyo_status usage_count_anew(db *d, const char *tenant, dyo_err *err);
/* batches.c: where few of the tenant's runs of batches wait (NULL: anybody's, whatever waits), those of the next series of the oldest
 * batch. *moved: there may be more. */
dyo_status batch_feed(db *d, const char *tenant, int64_t now, bool *moved, dyo_err *err);
/* batches.c: n of its runs have come to this end, which may be the batch's own; 0: look whether it is. */
dyo_status batch_count(db *d, const char *tenant, const char *id, store_run_state state, int64_t n, int64_t now,
                       dyo_err *err);
/* metrics.c: is every member of `wanted` one of `have`? Both are canonical dimensions; wanted NULL: yes. */
bool has_members(const char *have, const char *wanted);

dyo_status nothing_there(dyo_err *err); /* not_found, the same for foreign and unknown */

#endif
