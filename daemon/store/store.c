/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening and closing, the writer's thread and the readers' pool. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "dyo_version.h"
#include "store/parts.h"

enum { BATCH = 64, AGAIN_S = 15, PATH_ROOM = 4096, READERS_MOST = 64 };

/* A write that waits; it lives on its caller's stack. */
typedef struct job {
  struct job *next;
  const char *tenant;
  store_job   run;
  void       *user;
  dyo_err    *err;
  dyo_status  st;
  bool        done;
} job;

struct store {
  char                  path[PATH_ROOM];
  int                   lock_fd;
  bool                  read_only, beside;
  quota_guard           guard;
  db                   *writer;
  pthread_t             writer_thread, check_thread;
  bool                  writing, checking;
  pthread_mutex_t       lock; /* of the queue */
  pthread_cond_t        work, finished;
  job                  *first, **last;
  bool                  ending;
  uint64_t              writes, transactions;
  atomic_uint_fast64_t  changes; /* transactions whose writes can be read */
  pthread_mutex_t       pool_lock;
  pthread_cond_t        pool_free;
  db                   *readers[READERS_MOST];
  size_t                n_readers, n_free;
  db                   *checker;
  _Atomic(store_health) health;
  char                  complaint[256];
  peers                *peers;
  pthread_mutex_t       wake_lock; /* of what follows */
  void (*wake)(void *user);
  void *wake_user;
  char  silence[256]; /* why the server does not answer */
};

/* --- the writer ---------------------------------------------------------------------------------------------------- */

static dyo_status refuse_damaged(store *s, dyo_err *err)
{
  return dyo_fail(err, DYO_INTERNAL, "",
                  "the database is damaged (%.120s): nothing is written any more. Restore a backup: "
                  "dyocensed restore --help",
                  s->complaint);
}

/* One job in its savepoint. */
static void run_job(store *s, job *j)
{
  dyo_err ignored;
  j->st = atomic_load(&s->health) == STORE_DAMAGED ? refuse_damaged(s, j->err) : DYO_OK;
  if (j->st == DYO_OK) j->st = db_script(s->writer, "SAVEPOINT job", j->err);
  if (j->st != DYO_OK) return;
  j->st = j->run(s->writer, j->user, j->err);
  if (!db_in_transaction(s->writer) || j->st == DB_AGAIN) return; /* all of it is gone: see run_once */
  if (j->st == DYO_OK) j->st = db_script(s->writer, "RELEASE job", j->err);
  else if (db_script(s->writer, "ROLLBACK TO job; RELEASE job", &ignored) == DB_AGAIN) j->st = DB_AGAIN;
}

/* Several jobs in one transaction. If it ends early (a full disk, a failed commit) none of them is stored. */
static dyo_status run_once(store *s, job *first, dyo_err *err)
{
  dyo_status st   = db_begin(s->writer, first->tenant, err);
  bool       open = st == DYO_OK;
  for (job *j = first; j && open; j = j->next) {
    run_job(s, j);
    open = db_in_transaction(s->writer) && j->st != DB_AGAIN;
    if (!open && j->st != DYO_OK) *err = *j->err, st = j->st;
  }
  if (open) st = db_commit(s->writer, err);
  if (st != DYO_OK && db_in_transaction(s->writer)) db_rollback(s->writer);
  return st == DYO_OK && !open ? dyo_fail(err, DYO_INTERNAL, "", "the transaction ended early") : st;
}

/* Until it is done, or the database has asked for another try for too long. */
static void run_batch(store *s, job *first)
{
  dyo_err      err;
  const double until = clock_monotonic() + AGAIN_S;
  dyo_status   st    = run_once(s, first, &err);
  while (st == DB_AGAIN && clock_monotonic() < until) st = run_once(s, first, &err);
  if (st == DB_AGAIN) st = err.code = STORE_AWAY;
  atomic_fetch_add(&s->changes, 1); /* before any caller is told, so that nobody reads behind its own write */
  for (job *j = first; j && st != DYO_OK; j = j->next) {
    if (j->st != DYO_OK && j->st != DB_AGAIN) continue;
    *j->err = err;
    j->st   = st;
  }
}

static bool same_tenant(const job *a, const job *b)
{
  return a->tenant && b->tenant ? strcmp(a->tenant, b->tenant) == 0 : a->tenant == b->tenant;
}

/* Takes up to BATCH jobs off the queue, in their order; where a transaction is of one tenant, those of the first one's. */
static job *take_batch(store *s, size_t *n)
{
  job *batch = NULL, **end = &batch, **at = &s->first;
  for (*n = 0; *at && *n < BATCH;) {
    job *j = *at;
    if (batch && db_shared(s->writer) && !same_tenant(batch, j)) {
      at = &j->next;
      continue;
    }
    *at  = j->next;
    *end = j;
    end  = &j->next;
    ++*n;
  }
  *end = NULL;
  while (*at) at = &(*at)->next;
  s->last = at;
  return batch;
}

static void *write_on(void *arg)
{
  store *s = arg;
  pthread_mutex_lock(&s->lock);
  for (;;) {
    while (!s->first && !s->ending) pthread_cond_wait(&s->work, &s->lock);
    if (!s->first) break;
    size_t n     = 0;
    job   *batch = take_batch(s, &n);
    pthread_mutex_unlock(&s->lock);
    run_batch(s, batch);
    pthread_mutex_lock(&s->lock);
    s->writes += n;
    s->transactions++;
    for (job *j = batch, *next = NULL; j; j = next) {
      next    = j->next;
      j->done = true; /* its caller may be gone from here on */
    }
    pthread_cond_broadcast(&s->finished);
  }
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

dyo_status store_write(store *s, const char *tenant, store_job run, void *user, dyo_err *err)
{
  job j = {.tenant = tenant, .run = run, .user = user, .err = err};
  if (s->read_only) return dyo_fail(err, DYO_INTERNAL, "", "the store is open for reading only");
  pthread_mutex_lock(&s->lock);
  *s->last = &j;
  s->last  = &j.next;
  pthread_cond_signal(&s->work);
  while (!j.done) pthread_cond_wait(&s->finished, &s->lock);
  pthread_mutex_unlock(&s->lock);
  return j.st;
}

dyo_status store_write_aside(store *s, const char *tenant, store_job run, void *user, dyo_err *err)
{
  if (!s->peers) return store_write(s, tenant, run, user, err);
  const dyo_status st = peers_write(s->peers, tenant, run, user, err);
  atomic_fetch_add(&s->changes, 1);
  return st;
}

quota_guard *store_guard(store *s)
{
  return &s->guard;
}

uint64_t store_changes(const store *s)
{
  return atomic_load(&s->changes);
}

/* --- readers ------------------------------------------------------------------------------------------------------- */

db *store_reader(store *s, const char *tenant)
{
  pthread_mutex_lock(&s->pool_lock);
  while (s->n_free == 0) pthread_cond_wait(&s->pool_free, &s->pool_lock);
  db *d = s->readers[--s->n_free];
  pthread_mutex_unlock(&s->pool_lock);
  db_for(d, tenant);
  return d;
}

void store_reader_back(store *s, db *d)
{
  pthread_mutex_lock(&s->pool_lock);
  s->readers[s->n_free++] = d;
  pthread_cond_signal(&s->pool_free);
  pthread_mutex_unlock(&s->pool_lock);
}

dyo_status store_ask_with(store *s, const char *tenant, const char *sql, const db_value *v, size_t n, db_each each,
                          void *user, dyo_err *err)
{
  db              *d  = store_reader(s, tenant);
  const dyo_status st = db_run(d, sql, v, n, each, user, NULL, err);
  store_reader_back(s, d);
  return st;
}

static dyo_status open_readers(store *s, unsigned n, dyo_err *err)
{
  dyo_status st = DYO_OK;
  if (n < 1) n = 1;
  if (n > READERS_MOST) n = READERS_MOST;
  while (st == DYO_OK && s->n_readers < n) {
    st = db_open(s->path, true, &s->readers[s->n_readers], err);
    if (st == DYO_OK) s->n_readers++;
  }
  s->n_free = s->n_readers;
  return st;
}

/* --- checking in the background ---------------------------------------------------------------------------------------- */

static void *check_on(void *arg)
{
  store  *s = arg;
  dyo_err err;
  if (db_check(s->checker, false, s->complaint, sizeof s->complaint, &err) != DYO_OK) {
    if (!db_damaged(s->checker)) return NULL; /* interrupted: the store is being closed */
    snprintf(s->complaint, sizeof s->complaint, "%.200s", err.message);
  }
  atomic_store(&s->health, s->complaint[0] ? STORE_DAMAGED : STORE_SOUND);
  log_line l;
  log_begin(&l, s->complaint[0] ? LOG_ERROR : LOG_INFO, "database_checked");
  log_text(&l, "complaint", s->complaint[0] ? s->complaint : NULL);
  log_end(&l);
  return NULL;
}

static dyo_status start_check(store *s, dyo_err *err)
{
  char       clean[8];
  dyo_status st = meta_get(s->writer, "clean", clean, sizeof clean, err);
  if (st != DYO_OK) return st;
  const bool trust = strcmp(clean, "0") != 0; /* "1" after a clean stop, "" in a new file */
  atomic_store(&s->health, trust ? STORE_SOUND : STORE_CHECKING);
  if (!trust) st = db_open(s->path, true, &s->checker, err);
  if (!trust && st == DYO_OK) s->checking = pthread_create(&s->check_thread, NULL, check_on, s) == 0;
  if (st == DYO_OK) st = runs_end_leases(s->writer, err);
  if (st == DYO_OK) st = deliveries_end_claims(s->writer, err);
  return st == DYO_OK ? meta_put(s->writer, "clean", "0", err) : st;
}

store_health store_check(store *s, char *detail, size_t room)
{
  const store_health h = atomic_load(&s->health);
  pthread_mutex_lock(&s->wake_lock);
  snprintf(detail, room, "%s", h == STORE_DAMAGED ? s->complaint : h == STORE_SILENT ? s->silence : "");
  pthread_mutex_unlock(&s->wake_lock);
  return h;
}

/* --- beside other daemons ------------------------------------------------------------------------------------------------ */

static void heard(void *user, const char *away, bool told)
{
  store             *s   = user;
  const store_health was = atomic_exchange(&s->health, away ? STORE_SILENT : STORE_SOUND);
  pthread_mutex_lock(&s->wake_lock);
  snprintf(s->silence, sizeof s->silence, "%s", away ? away : "");
  if (told && s->wake) s->wake(s->wake_user);
  pthread_mutex_unlock(&s->wake_lock);
  if ((was == STORE_SILENT) == (away != NULL)) return;
  log_line l;
  log_begin(&l, away ? LOG_ERROR : LOG_INFO, away ? "database_silent" : "database_back");
  log_text(&l, "message", away);
  log_end(&l);
}

void store_on_wake(store *s, void (*wake)(void *user), void *user)
{
  pthread_mutex_lock(&s->wake_lock);
  s->wake      = wake;
  s->wake_user = user;
  pthread_mutex_unlock(&s->wake_lock);
}

bool store_is_server(const char *path)
{
  return db_is_server(path);
}

bool store_shared(const store *s)
{
  return db_is_server(s->path);
}

/* --- opening ------------------------------------------------------------------------------------------------------- */

/* One daemon for one file: a lock beside it, which ends with the process however that ends. */
static dyo_status take_lock(store *s, dyo_err *err)
{
  char path[PATH_ROOM + 8], who[32] = "";
  snprintf(path, sizeof path, "%s.lock", s->path);
  s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (s->lock_fd < 0) return dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: %s", path, strerror(errno));
  if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0) {
    const int n = snprintf(who, sizeof who, "%ld\n", (long)getpid());
    if (ftruncate(s->lock_fd, 0) == 0 && pwrite(s->lock_fd, who, (size_t)n, 0) == n) return DYO_OK;
    return dyo_fail(err, DYO_INTERNAL, "", "%.200s: %s", path, strerror(errno));
  }
  const ssize_t n = pread(s->lock_fd, who, sizeof who - 1, 0);
  close(s->lock_fd);
  s->lock_fd = -1;
  if (n > 0) who[strcspn(who, "\n")] = '\0';
  return dyo_fail(err, DYO_CONFLICT, "",
                  "%.150s is in use by another dyocensed (process %s). Stop it, or name another file.", s->path,
                  n > 0 ? who : "unknown");
}

/* What is there must be a database or nothing. */
static dyo_status look_at_file(const char *path, dyo_err *err)
{
  static const char magic[] = "SQLite format 3";
  char              head[16];
  struct stat       about;
  if (stat(path, &about) != 0)
    return errno == ENOENT ? DYO_OK : dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: %s", path, strerror(errno));
  if (!S_ISREG(about.st_mode)) return dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s is not a file", path);
  if (about.st_size == 0) return DYO_OK;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "%.150s: %s. Run this as the user it belongs to (number %u)", path,
                    strerror(errno), (unsigned)about.st_uid);
  const ssize_t n = pread(fd, head, sizeof head, 0);
  close(fd);
  if (n == (ssize_t)sizeof head && memcmp(head, magic, sizeof magic) == 0) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "",
                  "%.150s is not a database, or it is damaged. Nothing was changed. Name another file, or restore a "
                  "backup: dyocensed restore --help",
                  path);
}

static const char *base_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static dyo_status bring_up_to_date(store *s, dyo_err *err)
{
  int  version = 0;
  char program[32], copy[PATH_ROOM + 32], shown[STORE_SHOWN];
  store_shown(s->path, shown);
  dyo_status st = schema_read(s->writer, &version, program, sizeof program, err);
  if (st != DYO_OK) return st;
  if (version > schema_version())
    return dyo_fail(
      err, DYO_UNSUPPORTED, "",
      "%.100s was written by version %s; this is %s. Nothing was changed. Install %s or restore a backup: "
      "dyocensed restore --help",
      base_name(shown), program, DYO_VERSION, program);
  if (version == schema_version()) return DYO_OK;
  if (s->read_only || (s->beside && version > 0))
    return dyo_fail(err, DYO_UNSUPPORTED, "",
                    "%.100s has an older schema (%d); start the daemon once to bring it up to date", base_name(shown),
                    version);
  if (version > 0 && !db_shared(s->writer)) {
    snprintf(copy, sizeof copy, "%s.schema-%d.backup", s->path, version);
    st = access(copy, F_OK) == 0 ? DYO_OK : db_copy(s->writer, copy, err);
  }
  return st == DYO_OK ? schema_migrate(s->writer, version, err) : st;
}

static dyo_status open_writer(store *s, dyo_err *err)
{
  const bool server = db_is_server(s->path);
  dyo_status st     = server ? DYO_OK : look_at_file(s->path, err);
  if (st == DYO_OK && !server && !s->read_only && !s->beside) st = take_lock(s, err);
  if (st == DYO_OK) st = db_open(s->path, s->read_only, &s->writer, err);
  if (st == DYO_OK) st = bring_up_to_date(s, err);
  if (st == DYO_OK) st = quotas_read_usual(s->writer, &s->guard.usual, err);
  if (st == DYO_OK && !s->read_only && !s->beside)
    st = server ? peers_start(s->path, heard, s, &s->peers, err) : start_check(s, err);
  return st;
}

dyo_status store_open(const store_options *o, store **out, dyo_err *err)
{
  store *s = calloc(1, sizeof *s);
  *out     = NULL;
  if (!s) return dyo_oom(err);
  s->lock_fd   = -1;
  s->last      = &s->first;
  s->read_only = o->read_only;
  s->beside    = o->beside;
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->work, NULL);
  pthread_cond_init(&s->finished, NULL);
  pthread_mutex_init(&s->pool_lock, NULL);
  pthread_mutex_init(&s->wake_lock, NULL);
  pthread_cond_init(&s->pool_free, NULL);
  atomic_init(&s->health, STORE_SOUND);
  dyo_status st = DYO_OK;
  if (!o->path[0] || o->path[0] == ':' || strlen(o->path) + 1 > sizeof s->path)
    st = dyo_fail(err, DYO_INVALID_INPUT, "", "found \"%.100s\"; the path of a file is expected", o->path);
  else snprintf(s->path, sizeof s->path, "%s", o->path);
  if (st == DYO_OK) st = open_writer(s, err);
  if (st == DYO_OK) st = open_readers(s, o->readers, err);
  if (st == DYO_OK && !s->read_only) {
    s->writing = pthread_create(&s->writer_thread, NULL, write_on, s) == 0;
    if (!s->writing) st = dyo_fail(err, DYO_INTERNAL, "", "no thread for the writer");
  }
  if (st == DYO_OK) *out = s;
  else store_close(s);
  return st;
}

static void end_threads(store *s)
{
  dyo_err ignored;
  if (s->writing) {
    pthread_mutex_lock(&s->lock);
    s->ending = true;
    pthread_cond_signal(&s->work);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->writer_thread, NULL);
  }
  if (s->checking) {
    db_interrupt(s->checker);
    pthread_join(s->check_thread, NULL);
  }
  if (s->writing && !s->beside && !db_shared(s->writer) && atomic_load(&s->health) == STORE_SOUND)
    meta_put(s->writer, "clean", "1", &ignored);
}

void store_close(store *s)
{
  if (!s) return;
  end_threads(s);
  peers_stop(s->peers);
  for (size_t i = 0; i < s->n_readers; i++) db_close(s->readers[i]);
  db_close(s->checker);
  db_close(s->writer);
  if (s->lock_fd >= 0) close(s->lock_fd);
  pthread_cond_destroy(&s->pool_free);
  pthread_mutex_destroy(&s->pool_lock);
  pthread_cond_destroy(&s->finished);
  pthread_cond_destroy(&s->work);
  pthread_mutex_destroy(&s->lock);
  pthread_mutex_destroy(&s->wake_lock);
  free(s);
}

/* --- figures and copies ---------------------------------------------------------------------------------------------- */

static int64_t size_of(const char *path, const char *ending)
{
  char        name[PATH_ROOM + 8];
  struct stat about;
  snprintf(name, sizeof name, "%s%s", path, ending);
  return stat(name, &about) == 0 ? (int64_t)about.st_size : 0;
}

static bool take_figures(void *user, const row *r)
{
  store_figures *f        = user;
  f->series               = row_whole(r, 0);
  f->values               = row_whole(r, 1);
  f->forecasts            = row_whole(r, 2);
  f->optimization_runs    = row_whole(r, 3);
  f->runs_queued          = row_whole(r, 4);
  f->runs_running         = row_whole(r, 5);
  f->deliveries_waiting   = row_whole(r, 6);
  f->deliveries_given_up  = row_whole(r, 7);
  f->webhooks_disabled    = row_whole(r, 8);
  f->batches_open         = row_whole(r, 9);
  f->batch_series_waiting = row_whole(r, 10);
  return false;
}

dyo_status store_stats(store *s, store_figures *out, dyo_err *err)
{
  *out =
    (store_figures){.bytes = size_of(s->path, ""), .wal_bytes = size_of(s->path, "-wal"), .schema = schema_version()};
  pthread_mutex_lock(&s->lock);
  out->writes       = s->writes;
  out->transactions = s->transactions;
  pthread_mutex_unlock(&s->lock);
  const db_value day_ago = db_whole(clock_now_ms() - 86400000);
  return store_ask_with(
    s, ALL_TENANTS,
    "SELECT (SELECT count(*) FROM series), (SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM series),"
    " (SELECT count(*) FROM forecasts), (SELECT count(*) FROM optimization_runs),"
    " (SELECT count(*) FROM runs WHERE state = 0 AND state < 2),"
    " (SELECT count(*) FROM runs WHERE state = 1 AND state < 2),"
    " (SELECT count(*) FROM webhook_deliveries WHERE state = 0),"
    " (SELECT count(*) FROM webhook_deliveries WHERE state = 2 AND finished > $1),"
    " (SELECT count(*) FROM alert_rules WHERE webhook_state = 'disabled'),"
    " (SELECT count(*) FROM batches WHERE state < 2),"
    " (SELECT CAST(coalesce(sum(series - fed), 0) AS BIGINT) FROM batches WHERE state < 2)",
    &day_ago, 1, take_figures, out, err);
}

dyo_status store_backup(store *s, const char *to, dyo_err *err)
{
  const int fd =
    open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* nothing is overwritten, no one else reads it */
  if (fd < 0) return dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: %s", to, strerror(errno));
  close(fd);
  dyo_status st = DYO_OK;
  if (db_shared(s->writer)) {
    st = copy_out(s, to, err);
  } else {
    db *d = store_reader(s, ALL_TENANTS);
    st    = db_copy(d, to, err);
    store_reader_back(s, d);
  }
  if (st != DYO_OK) unlink(to);
  return st;
}

/* A database of ours, sound from end to end, and no newer than this program. */
static dyo_status sound_backup(const char *from, dyo_err *err)
{
  char       complaint[256], program[32];
  int        version = 0;
  db        *d       = NULL;
  dyo_status st      = look_at_file(from, err);
  if (st == DYO_OK && access(from, R_OK) != 0)
    st = dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: %s", from, strerror(errno));
  if (st == DYO_OK) st = db_open(from, true, &d, err);
  if (st == DYO_OK) st = schema_read(d, &version, program, sizeof program, err);
  if (st == DYO_OK && (version < 1 || version > schema_version()))
    st = dyo_fail(err, DYO_UNSUPPORTED, "", "%.150s was written by version %s; this is %s", from, program, DYO_VERSION);
  if (st == DYO_OK) st = db_check(d, true, complaint, sizeof complaint, err);
  if (st == DYO_OK && complaint[0])
    st = dyo_fail(err, DYO_INVALID_INPUT, "", "%.100s is damaged: %.150s", from, complaint);
  db_close(d);
  return st;
}

/* What is there now moves aside under a name with the time. */
static dyo_status keep_present(const char *path, dyo_err *err)
{
  static const char *const endings[] = {"", "-wal", "-shm"};
  const long long          now       = (long long)clock_now_ms();
  for (int i = 0; i < 3; i++) {
    char from[PATH_ROOM + 8], to[PATH_ROOM + 48];
    snprintf(from, sizeof from, "%s%s", path, endings[i]);
    snprintf(to, sizeof to, "%s.before-restore-%lld%s", path, now, endings[i]);
    if (rename(from, to) != 0 && errno != ENOENT)
      return dyo_fail(err, DYO_INTERNAL, "", "%.200s: %s", from, strerror(errno));
  }
  return DYO_OK;
}

dyo_status store_restore(const char *from, const char *path, dyo_err *err)
{
  if (db_is_server(path)) return copy_in(from, path, err);
  store     *s = calloc(1, sizeof *s);
  db        *d = NULL;
  char       copy[PATH_ROOM + 16];
  dyo_status st = s ? DYO_OK : dyo_oom(err);
  if (st == DYO_OK) {
    s->lock_fd = -1;
    snprintf(s->path, sizeof s->path, "%s", path);
    snprintf(copy, sizeof copy, "%s.restoring", path);
    unlink(copy);
    st = take_lock(s, err);
  }
  if (st == DYO_OK) st = sound_backup(from, err);
  if (st == DYO_OK) st = db_open(from, true, &d, err);
  if (st == DYO_OK) st = db_copy(d, copy, err);
  db_close(d);
  if (st == DYO_OK) st = keep_present(path, err);
  if (st == DYO_OK && rename(copy, path) != 0)
    st = dyo_fail(err, DYO_INTERNAL, "", "%.200s: %s", path, strerror(errno));
  if (s && s->lock_fd >= 0) close(s->lock_fd);
  free(s);
  return st;
}
