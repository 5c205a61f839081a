/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread waits for the next due time. It waits by the monotonic clock and never longer than LOOK_MS, so that it notices when the
 * wall clock was moved: forward, and what is due happens; back, and what would be due only in a far future is set anew. */
#include "jobs/schedule.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "jobs/cron.h"

enum { LOOK_MS = 2000, AGAIN_MS = 1000, JUMP_MS = 60000, HOUR_MS = 3600000 };

struct scheduler {
  store          *store;
  workers        *workers;
  unsigned        jitter_s;
  pthread_t       thread;
  int64_t         wall;      /* at the last look, */
  double          monotonic; /* on both clocks */
  pthread_mutex_t lock;      /* of what follows */
  pthread_cond_t  wake;
  uint64_t        changes;
  bool            stopping;
};

/* --- when -------------------------------------------------------------------------------------------------------------- */

/* The same for an id at all times, and as good as random among ids. */
static int64_t jitter_ms(const char *id, unsigned jitter_s)
{
  uint8_t d[DIGEST_SIZE];
  if (jitter_s == 0) return 0;
  digest_of(id, strlen(id), NULL, d);
  return (int64_t)(((uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 | (uint32_t)d[2] << 8 | d[3]) % (1000 * jitter_s));
}

dyo_status schedule_due(const char *cron, const char *zone_name, const char *id, unsigned jitter_s, int64_t now,
                        int64_t *due, dyo_err *err)
{
  int64_t next = CRON_NEVER;
  *due         = INT64_MAX;
  if (!*cron) return DYO_OK;
  const dyo_status st = cron_next_of(cron, zone_name && *zone_name ? zone_name : NULL, now / 1000, &next, err);
  if (st == DYO_OK && next != CRON_NEVER) *due = next * 1000 + jitter_ms(id, jitter_s);
  return st;
}

/* --- the clock was put back ------------------------------------------------------------------------------------------------ */

static void look_again(scheduler *s, const store_schedule *t, int64_t now)
{
  int64_t due;
  dyo_err err;
  if (!t->enabled || !*t->cron) return;
  if (schedule_due(t->cron, t->zone, t->id, s->jitter_s, now, &due, &err) != DYO_OK) return; /* said when it is due */
  if (due < INT64_MAX - HOUR_MS && t->due > due + HOUR_MS) store_schedule_move(s->store, t, due, &err);
}

/* Due times were right when they were written. Those that the present clock would put more than an hour earlier are set anew. */
static void look_at_all(scheduler *s, int64_t now)
{
  store_schedule *list = NULL;
  size_t          n    = 0;
  dyo_err         err;
  if (store_schedule_list(s->store, NULL, &list, &n, &err) != DYO_OK) return;
  for (size_t i = 0; i < n; i++) look_again(s, &list[i], now);
  store_schedule_free(list, n);
  free(list);
}

static void watch_clock(scheduler *s, int64_t now)
{
  const double  m       = clock_monotonic();
  const int64_t elapsed = (int64_t)(1000 * (m - s->monotonic));
  const int64_t jump    = now - s->wall - elapsed;
  s->wall               = now;
  s->monotonic          = m;
  if (jump > -JUMP_MS && jump < JUMP_MS) return;
  log_line l;
  log_begin(&l, LOG_WARN, "clock moved");
  log_whole(&l, "seconds", jump / 1000);
  log_end(&l);
  if (jump < 0) look_at_all(s, now);
}

/* --- firing ------------------------------------------------------------------------------------------------------------------ */

static void write_log(const store_schedule *t, const char *event, const char *message)
{
  log_line l;
  log_begin(&l, message ? LOG_WARN : LOG_INFO, event);
  log_text(&l, "schedule_id", t->id);
  log_text(&l, "tenant", t->tenant);
  log_text(&l, "kind", t->kind);
  log_text(&l, "message", message);
  log_end(&l);
}

/* False where the store could not do it: then it is tried again soon. */
static bool fire(scheduler *s, const store_schedule *t, int64_t now)
{
  int64_t    next = 0;
  bool       made = false;
  dyo_err    err;
  dyo_status st = schedule_due(t->cron, t->zone, t->id, s->jitter_s, now, &next, &err);
  if (st != DYO_OK) { /* its zone has gone from this system: say so each hour */
    write_log(t, "schedule cannot be read", err.message);
    return store_schedule_move(s->store, t, now + HOUR_MS, &err) == DYO_OK;
  }
  st = store_schedule_fire(s->store, t, t->due, next, now, &made, &err);
  if (st != DYO_OK) {
    write_log(t, "schedule", err.message);
    return false;
  }
  write_log(t, made ? "schedule" : "schedule skipped: the run before is not over", NULL);
  if (made) workers_wake(s->workers);
  return true;
}

/* Everything that is due. False where something is left for later. */
static bool fire_due(scheduler *s, int64_t now)
{
  for (;;) {
    store_schedule   t;
    dyo_err          err;
    const dyo_status st = store_schedule_due(s->store, now, &t, &err);
    if (st != DYO_OK) return st == DYO_NOT_FOUND;
    const bool on = fire(s, &t, now);
    store_schedule_free(&t, 1);
    if (!on) return false;
  }
}

/* --- the thread ---------------------------------------------------------------------------------------------------------------- */

static int64_t pause_of(scheduler *s, bool all_done, int64_t now)
{
  if (!all_done) return AGAIN_MS;
  const int64_t due = store_schedule_next_due(s->store);
  return due <= now ? 1 : due - now < LOOK_MS ? due - now : LOOK_MS;
}

static void *schedule_on(void *arg)
{
  scheduler *s = arg;
  look_at_all(s, clock_now_ms());
  pthread_mutex_lock(&s->lock);
  while (!s->stopping) {
    const uint64_t seen = s->changes;
    pthread_mutex_unlock(&s->lock);
    const int64_t now = clock_now_ms();
    watch_clock(s, now);
    const bool    done  = fire_due(s, now);
    const int64_t pause = pause_of(s, done, now);
    pthread_mutex_lock(&s->lock);
    if (seen == s->changes && !s->stopping) clock_cond_wait(&s->wake, &s->lock, pause);
  }
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

void scheduler_free(scheduler *s)
{
  if (!s) return;
  pthread_cond_destroy(&s->wake);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

dyo_status scheduler_start(store *st, workers *w, unsigned jitter_s, scheduler **out, dyo_err *err)
{
  scheduler *s = calloc(1, sizeof *s);
  *out         = NULL;
  if (!s) return dyo_oom(err);
  s->store     = st;
  s->workers   = w;
  s->jitter_s  = jitter_s;
  s->wall      = clock_now_ms();
  s->monotonic = clock_monotonic();
  pthread_mutex_init(&s->lock, NULL);
  clock_cond_init(&s->wake);
  if (pthread_create(&s->thread, NULL, schedule_on, s) == 0) {
    *out = s;
    return DYO_OK;
  }
  scheduler_free(s);
  return dyo_fail(err, DYO_INTERNAL, "", "no thread for the scheduler");
}

void scheduler_changed(scheduler *s)
{
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  s->changes++;
  pthread_cond_signal(&s->wake);
  pthread_mutex_unlock(&s->lock);
}

void scheduler_stop(scheduler *s)
{
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  s->stopping = true;
  pthread_cond_signal(&s->wake);
  pthread_mutex_unlock(&s->lock);
  pthread_join(s->thread, NULL);
}
