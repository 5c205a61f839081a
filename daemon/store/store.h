/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h - everything the daemon keeps, tenant by tenant. No SQL and no database type leaves this folder.
 *
 * It is kept in an SQLite file, or by a PostgreSQL server, where any number of daemons may work on it.
 *
 * Writes are queued to one writer thread, which puts several into one transaction (each in a savepoint of its own) and answers a
 * caller once its write is on disk; reads run on the calling thread with a pooled connection and see whatever was committed when
 * they began. Every function may be called from any thread, waits as long as it takes and never answers "busy".
 *
 * Errors: not_found (also for what belongs to another tenant: the two cannot be told apart), conflict (already there, changed
 * meanwhile, lease lost), invalid_input (names the field), too_large, internal with the database's sentence for everything else
 * (disk full, damaged file). A failed write leaves nothing behind.
 *
 * Texts in results are malloc'ed and freed with the kind's _free; ids are UUID text; times of events are milliseconds since 1970
 * (0: never), times of values are seconds since 1970 (dyo_time). JSON columns are stored and returned as the caller wrote them. */
#ifndef DAEMON_STORE_H
#define DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_status.h"
#include "base/ids.h"

typedef struct store store;

/* The same text as a member of a struct that is only handed in: the store reads such texts and keeps copies. Never for _free. */
char *store_lent(const char *text);

/* --- the store itself ---------------------------------------------------------------------------------------------- */

typedef struct {
  const char *path;      /* of the SQLite file (":memory:" is refused), or postgresql://... */
  unsigned    readers;   /* pooled connections */
  bool        read_only; /* for doctor and backup beside a running daemon */
  bool        beside;    /* for a command beside a daemon that may be running: no lock, no migration, writes as usual */
} store_options;

/* Opens or makes the store, takes the lock that keeps a second daemon away, checks header, schema and whether the last stop was
 * clean, and brings an older schema up to date after a backup beside the file. conflict: another daemon has it; unsupported: a newer
 * version wrote it ("dyocense.db was written by version 0.9; this is 0.7. Nothing was changed."); invalid_input: it is damaged or no
 * database, with what to do. */
dyo_status store_open(const store_options *o, store **out, dyo_err *err);
void       store_close(store *s); /* after the last queued write; marks the stop as clean; NULL is allowed */

typedef enum {
  STORE_CHECKING,
  STORE_SOUND,
  STORE_DAMAGED,
  STORE_SILENT
} store_health; /* silent: its server does not answer */

/* quick_check runs in the background after an unclean stop; detail (room bytes) gets its first complaint, or why the server is silent. */
store_health store_check(store *s, char *detail, size_t room);

typedef struct {
  int64_t  bytes, wal_bytes, series, values, forecasts, optimization_runs, runs_queued, runs_running;
  int64_t  deliveries_waiting, deliveries_given_up, webhooks_disabled; /* given up: within a day */
  int64_t  batches_open, batch_series_waiting;                         /* series that are not queued yet */
  int      schema;
  uint64_t writes, transactions; /* since the start */
} store_figures;

dyo_status store_stats(store *s, store_figures *out, dyo_err *err);

/* Rows of each table. */
typedef bool (*store_table)(void *user, const char *table, int64_t rows);
dyo_status store_tables(store *s, store_table each, void *user, dyo_err *err);

/* Moves with every write made through this store, before its caller is told: what was read when it stood where it stands now is
 * what is there, but for what a command beside the daemon has written. */
uint64_t store_changes(const store *s);

/* Calls `wake` from some thread when another daemon on the same database has made a run to be done; NULL: no more, and none is under
 * way when this returns. */
void store_on_wake(store *s, void (*wake)(void *user), void *user);

/* The name of a database as it may be shown: without a password. */
enum { STORE_SHOWN = 256 };
void store_shown(const char *path, char out[STORE_SHOWN]);
bool store_is_server(const char *path); /* no file */
bool store_shared(const store *s);      /* other daemons may be at work on it */

/* A consistent copy while everything goes on; `to` must not exist. restore: checks `from`, keeps the present file beside it. */
dyo_status store_backup(store *s, const char *to, dyo_err *err);
dyo_status store_restore(const char *from, const char *path, dyo_err *err); /* no daemon may have it open */

/* Everything into an empty store (conflict: it is not), in one transaction, whatever goes on in `from`; then what is there is read again and
 * compared, table by table: told of each that agrees, with a digest of its rows. */
typedef void (*store_copied)(void *user, const char *table, int64_t rows, const char *digest);
dyo_status store_copy(store *from, store *to, store_copied told, void *user, dyo_err *err);

typedef bool (*store_sink)(void *user, const void *bytes, size_t n); /* false: stop */

/* All of a tenant's data as one JSON document per line; and its end everywhere, raw files included (not in backups). That it was asked for
 * is an event of the installation (audit.h), stored first. */
dyo_status store_tenant_export(store *s, const char *tenant, store_sink to, void *user, dyo_err *err);
dyo_status store_tenant_erase(store *s, const char *tenant, int64_t *rows, dyo_err *err);
/* Deletes what is older than so many days: raw files, finished runs, forecasts, events. 0: keep. */
typedef struct {
  int raw_days, run_days, forecast_days, event_days;
} store_retention;
dyo_status store_prune(store *s, const store_retention *r, int64_t *rows, dyo_err *err);

/* Pages: `after` is the cursor of the page before ("" or NULL: the first), `limit` 1..1000. next is "" on the last page. A cursor that no
 * list of that kind gives is invalid_input of /cursor. */
typedef struct {
  const char *after;
  int         limit;
} store_page;
enum { STORE_CURSOR = 128 };

/* Cursors that count what stood on the pages before; false: it is none of these. */
bool store_cursor_counts(const store_page *p, size_t *n, dyo_err *err);

/* A status of ours beside the core's: the disk is full, and nothing of this write was stored. It may work later. */
#define STORE_FULL ((dyo_status)100)
/* And: the database's server does not answer. Nothing was stored, unless the message says that this is not known. */
#define STORE_AWAY ((dyo_status)101)

/* --- tokens -------------------------------------------------------------------------------------------------------- */

typedef enum {
  SCOPE_NONE  = 0,
  SCOPE_READ  = 1,
  SCOPE_RUN   = 2,
  SCOPE_WRITE = 4,
  SCOPE_ADMIN = 8
} store_scope; /* a set of bits */

typedef struct {
  char     id[ID_CHARS];
  char    *tenant, *name;
  unsigned scopes;
  int64_t  created, expires, revoked, used; /* used: to the minute */
} store_token;
void store_token_free(store_token *t, size_t n);

/* digest: of the token itself (ids.h), which is never stored. expires 0: never. */
dyo_status store_token_add(store *s, const char *tenant, const char *name, unsigned scopes, int64_t expires,
                           const uint8_t digest[DIGEST_SIZE], char id[ID_CHARS], dyo_err *err);
/* not_found, also for one that is revoked or expired at `now`. Notes the use. */
dyo_status store_token_find(store *s, const uint8_t digest[DIGEST_SIZE], int64_t now, store_token *out, dyo_err *err);
dyo_status store_token_list(store *s, const char *tenant, store_token **out, size_t *n, dyo_err *err);
dyo_status store_token_revoke(store *s, const char *tenant, const char *id, int64_t now, dyo_err *err);
dyo_status store_token_any(store *s, bool *any, dyo_err *err); /* is there one at all: else this is the first run */

/* --- data sources (connectors) --------------------------------------------------------------------------------------- */

typedef struct {
  char        id[ID_CHARS];
  char       *name, *type;     /* type: file_upload, salesforce, google_drive, mcp */
  char       *config;          /* JSON without secrets */
  char       *schedule, *zone; /* 5-field cron, IANA name; NULL: none */
  char       *state;           /* new, ready, needs_reauth, paused, failing */
  char       *message;         /* about the state, NULL: nothing to say */
  int64_t     created, changed, last_sync, next_sync;
  int64_t     version; /* grows with each change: an update names the one it saw */
  const char *by;      /* who adds or changes it, for the audit (audit.h) */
} store_source;
void store_source_free(store_source *t, size_t n);

dyo_status store_source_add(store *s, const char *tenant, const store_source *in, char id[ID_CHARS], dyo_err *err);
/* The oldest of in->type; where there is none, `in` becomes the first, once however many ask at once. */
dyo_status store_source_first(store *s, const char *tenant, const store_source *in, char id[ID_CHARS], dyo_err *err);
dyo_status store_source_get(store *s, const char *tenant, const char *id, store_source *out, dyo_err *err);
dyo_status store_source_list(store *s, const char *tenant, const store_page *page, store_source **out, size_t *n,
                             char next[STORE_CURSOR], dyo_err *err);
/* Writes every field of `in`; conflict where in->version is not the stored one. */
dyo_status store_source_put(store *s, const char *tenant, const store_source *in, dyo_err *err);
/* With its raw files and the values that only it brought. by: who does it, for the audit. */
dyo_status store_source_delete(store *s, const char *tenant, const char *id, const char *by, dyo_err *err);

/* --- raw files: what was taken in, as it came, so that series can be made again ------------------------------------------ */

typedef struct {
  char    id[ID_CHARS], source_id[ID_CHARS];
  char   *name, *type;          /* file name, media type */
  char    digest[DIGEST_CHARS]; /* BLAKE2b-256 of the content */
  int64_t bytes, created;
} store_raw;
void store_raw_free(store_raw *r, size_t n);

/* Content comes in pieces through `more` (0 bytes: the end), is compressed and kept. If this source has the same content already,
 * *known is true and *out is that one: nothing is stored twice. */
typedef size_t (*store_feed)(void *user, void *bytes, size_t room);
dyo_status store_raw_add(store *s, const char *tenant, const store_raw *in, store_feed more, void *user, store_raw *out,
                         bool *known, dyo_err *err);
dyo_status store_raw_get(store *s, const char *tenant, const char *id, store_raw *out, dyo_err *err);
/* Takes away a file of which run_id stored nothing, unless another upload of its source is under way, which may need it. */
dyo_status store_raw_drop(store *s, const char *tenant, const char *id, const char *run_id, dyo_err *err);
dyo_status store_raw_read(store *s, const char *tenant, const char *id, store_sink to, void *user, dyo_err *err);

/* --- metrics ------------------------------------------------------------------------------------------------------- */

/* One value of a batch. dimensions: canonical JSON object text ("{}" for none), keys sorted. value NaN: missing. */
typedef struct {
  const char *metric, *dimensions;
  int64_t     time;
  double      value;
} store_value;

/* So many values go into one write at most, where they need not be stored together: all else of the daemon that is written waits behind
 * it, and on a machine that is busy it has to end long before a lease does. */
enum { STORE_VALUES_MOST = 10000 };

/* Adds values, or replaces those of the same source, metric, dimensions and time. If run is not NULL its checkpoint is written in the
 * same transaction, under its lease: conflict where the lease is lost. */
typedef struct {
  const char *id;         /* of the run */
  int64_t     epoch;      /* of its lease */
  const char *checkpoint; /* JSON */
  int64_t     rows_read, rows_stored, rows_rejected;
} store_progress;
dyo_status store_values_put(store *s, const char *tenant, const char *source_id, const store_value *v, size_t n,
                            const store_progress *run, dyo_err *err);

typedef struct {
  char   *name;
  int64_t series, values, first, last, changed; /* first, last: times of values; changed: of the last write */
} store_metric;
void       store_metric_free(store_metric *m, size_t n);
dyo_status store_metric_list(store *s, const char *tenant, const store_page *page, store_metric **out, size_t *n,
                             char next[STORE_CURSOR], dyo_err *err);

/* Grows with every write to the metric: the heart of an ETag. not_found where the metric is not there. */
dyo_status store_metric_version(store *s, const char *tenant, const char *metric, int64_t *version, dyo_err *err);

/* The values of a metric, series by series in the order of their dimensions' text, each in order of time, in pieces. dimensions NULL:
 * all; else only series that have these members (JSON object). from..to inclusive; INT64_MIN and INT64_MAX: all. Where two sources
 * hold the same time, the later write counts. `piece` false: stop. */
typedef struct {
  const char *metric, *dimensions;
  int64_t     from, to;
  bool        one; /* the one series with exactly these dimensions, which are canonical */
} store_range;
typedef bool (*store_piece)(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n);
dyo_status store_values_read(store *s, const char *tenant, const store_range *r, store_piece piece, void *user,
                             dyo_err *err);

/* --- runs ---------------------------------------------------------------------------------------------------------- */

typedef enum {
  RUN_QUEUED,
  RUN_RUNNING,
  RUN_SUCCEEDED,
  RUN_PARTIAL,
  RUN_FAILED,
  RUN_CANCELLED,
  RUN_STATES
} store_run_state;
extern const char *const store_run_words[]; /* "queued" … */

typedef struct {
  char            id[ID_CHARS];
  char           *tenant;
  char           *kind;    /* operation, upload, forecast_refresh, data_arrived, alert_check, sync */
  char           *subject; /* operation name, source id … */
  char           *method;  /* mcp, api, upload; NULL */
  char           *request; /* JSON: all that is needed to do it (again) */
  char           *result;  /* JSON, NULL before the end */
  char           *checkpoint;
  char           *stage;                 /* of progress */
  char           *code, *path, *message; /* of an error */
  store_run_state state;
  double          fraction;
  int64_t         created, started, finished;
  int64_t         rows_read, rows_stored, rows_rejected;
  int64_t         epoch; /* of the lease that runs it; grows with each */
  int             attempts;
  bool            cancel_asked;
  char            batch[ID_CHARS]; /* that it is of, "": none */
} store_run;
void store_run_free(store_run *r, size_t n);

dyo_status store_run_add(store *s, const store_run *in, char id[ID_CHARS],
                         dyo_err *err); /* tenant, kind, subject, method, request */
/* The same, unless one of this kind and subject waits already: then *made is false and id empty. One that runs does not count, since it
 * may have read what it needs already. */
dyo_status store_run_add_once(store *s, const store_run *in, char id[ID_CHARS], bool *made, dyo_err *err);
/* As store_run_add, but running already, under epoch 1 of a lease until `until`: work that was begun before it became a run. It may have
 * its id already; "": it gets one. */
dyo_status store_run_begin(store *s, const store_run *in, int64_t until, char id[ID_CHARS], dyo_err *err);
dyo_status store_run_get(store *s, const char *tenant, const char *id, store_run *out, dyo_err *err);
dyo_status store_run_list(store *s, const char *tenant, const store_page *page, store_run **out, size_t *n,
                          char next[STORE_CURSOR], dyo_err *err); /* newest first */
/* The newest of all tenants, without request, result, checkpoint and message, which hold what is a tenant's. */
dyo_status store_run_last(store *s, int most, store_run **out, size_t *n, dyo_err *err);
/* The oldest run of these kinds (NULL at the end) that is queued, or whose lease ended: it is now running under a new epoch until
 * `until`. not_found: there is none. */
dyo_status store_run_lease(store *s, const char *const *kinds, int64_t now, int64_t until, store_run *out,
                           dyo_err *err);
/* Renews the lease; conflict where it is lost. *cancel: somebody asked for the end. */
dyo_status store_run_beat(store *s, const char *id, int64_t epoch, int64_t until, double fraction, const char *stage,
                          bool *cancel, dyo_err *err);
dyo_status store_run_note(store *s, const store_progress *p, dyo_err *err); /* a checkpoint by itself */
/* The end: state, result or error, counts. conflict where the lease is lost; then nothing is written. */
dyo_status store_run_finish(store *s, const store_run *r, dyo_err *err);
dyo_status store_run_release(store *s, const char *id, int64_t epoch,
                             dyo_err *err); /* back to the queue, at a graceful stop */
/* Back to the queue, but not before `at`: r's error and counts say why and how far it is. It does not count as an attempt. */
dyo_status store_run_put_off(store *s, const store_run *r, int64_t at, dyo_err *err);
/* Queued: cancelled at once. Running: cancel_asked. conflict: it has ended. */
dyo_status store_run_cancel(store *s, const char *tenant, const char *id, int64_t now, dyo_err *err);

/* --- batches: forecasts of many series by one request ------------------------------------------------------------------ */

/* Its runs are made a few at a time, by whoever takes one (store_run_lease): see batches.c. Each of its series is in one of the counts. */
typedef struct {
  char            id[ID_CHARS];
  char           *metric, *dimensions; /* which series: NULL: of any metric; all; or those with these members */
  char           *request;             /* JSON: what forecast.create is asked for each, without the series */
  const char     *by;                  /* who adds it, for the audit */
  store_run_state state;
  int64_t         series;                   /* how many there are */
  int64_t         waiting, queued, running; /* waiting: not even queued */
  int64_t         succeeded, failed, cancelled;
  int64_t         created, finished;
  bool            cancel_asked;
} store_batch;
void store_batch_free(store_batch *b, size_t n);

/* A series by its name; dimensions: canonical. */
typedef struct {
  const char *metric, *dimensions;
} store_name;

/* Of `in`: metric, dimensions, request, by. list: n series are meant, and these alone; NULL: all that `in` means. not_found or
 * insufficient_data where there is none, with the field's path. */
dyo_status store_batch_add(store *s, const char *tenant, const store_batch *in, const store_name *list, size_t n,
                           char id[ID_CHARS], dyo_err *err);
dyo_status store_batch_get(store *s, const char *tenant, const char *id, store_batch *out, dyo_err *err);
dyo_status store_batch_list(store *s, const char *tenant, const store_page *page, store_batch **out, size_t *n,
                            char next[STORE_CURSOR], dyo_err *err); /* newest first */
/* Of its runs that failed, the first few. */
dyo_status store_batch_failed(store *s, const char *tenant, const char *id, int most, store_run **out, size_t *n,
                              dyo_err *err);
/* conflict: it has ended. */
dyo_status store_batch_cancel(store *s, const char *tenant, const char *id, const char *by, int64_t now, dyo_err *err);

/* --- forecasts and optimisation runs --------------------------------------------------------------------------------- */

typedef struct {
  char    id[ID_CHARS];
  char   *metric, *dimensions; /* NULL: the series came with the request */
  char   *model_type, *model;  /* model: the string forecast.predict takes; NULL: not kept */
  char   *request, *result;    /* JSON */
  char   *accuracy;            /* JSON of accuracy_metrics; NULL */
  char   *evaluation;          /* JSON of the last one; NULL */
  char    batch[ID_CHARS];     /* of the run that made it, "": none */
  int64_t created, evaluated;
  int64_t epoch; /* when adding: of the lease of run `id` that made it (conflict where it is lost); 0: nobody's */
} store_forecast;
void store_forecast_free(store_forecast *f, size_t n);

/* id "": a new one. What is there by that id is replaced, so that a run that is done again leaves one result. */
dyo_status store_forecast_add(store *s, const char *tenant, const store_forecast *in, char id[ID_CHARS], dyo_err *err);
dyo_status store_forecast_get(store *s, const char *tenant, const char *id, store_forecast *out, dyo_err *err);
/* Those of a metric, of a batch (NULL: of any), newest first, without model, request and result. */
dyo_status store_forecast_list(store *s, const char *tenant, const char *metric, const char *batch,
                               const store_page *page, store_forecast **out, size_t *n, char next[STORE_CURSOR],
                               dyo_err *err);
dyo_status store_forecast_evaluate(store *s, const char *tenant, const char *id, const char *evaluation, int64_t now,
                                   dyo_err *err);

typedef struct {
  char    id[ID_CHARS];
  char   *type;                 /* the operation: inventory.eoq … */
  char   *parameters, *results; /* JSON */
  int64_t created;
  int64_t epoch; /* as of a forecast */
} store_optimization;
void store_optimization_free(store_optimization *o, size_t n);

/* As store_forecast_add. */
dyo_status store_optimization_add(store *s, const char *tenant, const store_optimization *in, char id[ID_CHARS],
                                  dyo_err *err);
dyo_status store_optimization_get(store *s, const char *tenant, const char *id, store_optimization *out, dyo_err *err);
dyo_status store_optimization_list(store *s, const char *tenant, const char *type, const store_page *page,
                                   store_optimization **out, size_t *n, char next[STORE_CURSOR], dyo_err *err);

/* --- alerts -------------------------------------------------------------------------------------------------------- */

typedef struct {
  char    id[ID_CHARS];
  char   *name, *kind; /* anomaly, threshold, stock */
  char   *rule;        /* JSON */
  bool    enabled;
  int64_t created, checked;
  char   *webhook_state;   /* active, failing, disabled; NULL: it has no webhook. Of a new one, anything: it has one */
  char   *webhook_message; /* about the state, NULL: nothing to say */
} store_alert_rule;

typedef struct {
  char    id[ID_CHARS], rule_id[ID_CHARS];
  char   *event; /* JSON */
  char   *key;   /* what it is about: a second event of a rule with the same key is not stored */
  int64_t created;
} store_alert_event;
void store_alert_rule_free(store_alert_rule *r, size_t n);
void store_alert_event_free(store_alert_event *e, size_t n);

dyo_status store_alert_rule_add(store *s, const char *tenant, const store_alert_rule *in, char id[ID_CHARS],
                                dyo_err *err);
dyo_status store_alert_rule_list(store *s, const char *tenant, store_alert_rule **out, size_t *n, dyo_err *err);
dyo_status store_alert_rule_delete(store *s, const char *tenant, const char *id, dyo_err *err);
dyo_status store_alert_rule_checked(store *s, const char *tenant, const char *id, int64_t now, dyo_err *err);
/* Of a rule with a webhook that is not disabled, its delivery is stored in the same transaction. */
dyo_status store_alert_event_add(store *s, const char *tenant, const store_alert_event *in, bool *fresh, dyo_err *err);
dyo_status store_alert_event_list(store *s, const char *tenant, const char *rule_id, const store_page *page,
                                  store_alert_event **out, size_t *n, char next[STORE_CURSOR], dyo_err *err);

/* --- deliveries to webhooks: what is under way to a receiver, until it has it or it is given up ----------------------- */

typedef enum { DELIVERY_WAITING, DELIVERY_DONE, DELIVERY_GIVEN_UP } store_delivery_state;
extern const char *const store_delivery_words[]; /* "waiting", "delivered", "given_up" */

typedef struct {
  char                 id[ID_CHARS], rule_id[ID_CHARS]; /* id: that of the event, or its own for a test */
  char                *tenant, *message;                /* message: about the last attempt, NULL: nothing to say */
  char                *rule, *event;                    /* JSON, for whoever takes it; event NULL: a test, or pruned */
  bool                 test;
  store_delivery_state state;
  int64_t              attempts, status; /* status: of the last answer, 0: there was none */
  int64_t              created, event_created, due, finished;
} store_delivery;
void store_delivery_free(store_delivery *d, size_t n);

/* One that is no event's. not_found: the rule; conflict: it has no webhook. */
dyo_status store_delivery_test(store *s, const char *tenant, const char *rule_id, char id[ID_CHARS], dyo_err *err);
dyo_status store_delivery_list(store *s, const char *tenant, const char *rule_id, const store_page *page,
                               store_delivery **out, size_t *n, char next[STORE_CURSOR],
                               dyo_err *err); /* newest first, without tenant, rule and event */
/* The one that is due first at `now`, of a rule of which none is being tried: it is the caller's until `until`, and due again then or
 * at the next start. not_found: none. */
dyo_status store_delivery_take(store *s, int64_t now, int64_t until, store_delivery *out, dyo_err *err);
/* What became of one that was taken: its state, attempts, due, status and message. webhook: the state of the rule's webhook from here
 * on (NULL: as it was); "disabled" also ends what else waits for it. */
dyo_status store_delivery_note(store *s, const store_delivery *d, const char *webhook, int64_t now, dyo_err *err);
int64_t    store_delivery_next_due(store *s, int64_t now); /* after now; INT64_MAX: none waits */

/* --- schedules ------------------------------------------------------------------------------------------------------ */

/* Something that happens again and again: a source's sync, a forecast's refresh. `due` is when it is next to happen. */
typedef struct {
  char    id[ID_CHARS];
  char   *tenant, *kind, *subject, *request; /* of the run it makes */
  char   *cron, *zone;                       /* cron "": it does not go by the clock, due is INT64_MAX */
  int64_t due, last;
  bool    enabled;
} store_schedule;
void store_schedule_free(store_schedule *t, size_t n);

dyo_status store_schedule_put(store *s, const store_schedule *in, char id[ID_CHARS],
                              dyo_err *err); /* id "": a new one */
/* tenant NULL: of all of them, for whoever sees to it that they happen. */
dyo_status store_schedule_list(store *s, const char *tenant, store_schedule **out, size_t *n, dyo_err *err);
/* Another due time, unless it is not t->due any more. */
dyo_status store_schedule_move(store *s, const store_schedule *t, int64_t due, dyo_err *err);
dyo_status store_schedule_delete(store *s, const char *tenant, const char *id, dyo_err *err);
/* The one that is due first, at `now` or before; not_found: none. */
dyo_status store_schedule_due(store *s, int64_t now, store_schedule *out, dyo_err *err);
/* Makes its run and sets its next time in one transaction, unless a run of the same kind and subject is queued or running, or its due
 * time is not `was` any more (another one was quicker): then *made is false. */
dyo_status store_schedule_fire(store *s, const store_schedule *t, int64_t was, int64_t next, int64_t now, bool *made,
                               dyo_err *err);
int64_t    store_schedule_next_due(store *s); /* INT64_MAX: none */

#endif
