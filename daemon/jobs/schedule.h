/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - makes the runs of the store's schedules when they are due. A time that was missed (the daemon was down, the clock was
 * put forward) is made up for once, however many were missed; nothing is made while the run before still waits or works. */
#ifndef DAEMON_SCHEDULE_H
#define DAEMON_SCHEDULE_H

#include "jobs/work.h"

typedef struct scheduler scheduler;

/* Its runs go to w. jitter_s: seconds that schedules are spread over, each always by the same. */
dyo_status scheduler_start(store *s, workers *w, unsigned jitter_s, scheduler **out, dyo_err *err);
void       scheduler_changed(
        scheduler *s);             /* a schedule was made, changed or deleted; NULL is allowed, also after the stop */
void scheduler_stop(scheduler *s); /* makes no more runs, so that w may be stopped; NULL is allowed */
void scheduler_free(scheduler *s); /* after the stop; NULL is allowed */

/* When a schedule of that id is due after `now` (milliseconds since 1970): INT64_MAX for never, also where cron is "". Errors as
 * cron_next_of. */
dyo_status schedule_due(const char *cron, const char *zone_name, const char *id, unsigned jitter_s, int64_t now,
                        int64_t *due, dyo_err *err);

#endif
