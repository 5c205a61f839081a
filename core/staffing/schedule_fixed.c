/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_fixed.c - refuses fixed assignments that cannot be made, alone or beside others, with both named. */

#include "staffing/schedule.h"

/* The fixed shifts of one person, each once. */
typedef struct {
  int           *shift;
  const pair_at *first; /* shift[k] is where first[k].at says in the request */
  int            n;
} fixed_list;

static dyo_status refuse(schedule_job *j, size_t at, const char *sentence)
{
  return sentence ? dyo_fail_item(j->err, DYO_INVALID_INPUT, "fixed", at, NULL, "%s", sentence) : dyo_oom(j->err);
}

static dyo_status check_pair(schedule_job *j, const pair_at *f)
{
  size_t        at  = 0;
  const why_not why = schedule_why_not(j, f->person, f->shift, &at);
  const char   *who = j->in->employees[f->person].id, *shift = shift_id(j, f->shift);
  if (why == MAY_WORK) return DYO_OK;
  if (why == IS_FORBIDDEN)
    return refuse(
      j, f->at,
      dyo_text(j->ctx, "\"%.60s\" in \"%.60s\" is fixed here and forbidden in /forbidden/%zu", who, shift, at));
  if (why == LACKS_SKILL)
    return refuse(
      j, f->at,
      dyo_text(j->ctx, "\"%.60s\" is fixed in \"%.60s\" but lacks a skill of its required_skills", who, shift));
  if (why == NOT_AVAILABLE)
    return refuse(j, f->at,
                  dyo_text(j->ctx,
                           "\"%.60s\" is fixed in \"%.60s\", which their availability does not have on weekday %d", who,
                           shift, j->m.shifts[f->shift].day % 7));
  return refuse(j, f->at,
                dyo_text(j->ctx, "\"%.60s\" is fixed in \"%.60s\" on day %d, one of their unavailable_dates", who,
                         shift, j->m.shifts[f->shift].day));
}

/* What is wrong with one person in both shifts, or NULL. */
static const char *quarrel(const schedule_job *j, int person, int first, int second)
{
  const roster_shift *a = &j->m.shifts[first], *b = &j->m.shifts[second];
  const int           gap = a->start <= b->start ? b->start - a->end : a->start - b->end;
  if (gap < 0) return "overlaps";
  if (gap < j->m.people[person].rest) return "leaves less than min_rest_hours to";
  if (j->m.barred && b->day == a->day + 1 && j->m.barred[a->kind * j->m.n_kinds + b->kind])
    return "may by forbidden_successions not follow";
  return NULL;
}

static dyo_status check_beside(schedule_job *j, int person, const fixed_list *l)
{
  for (int b = 1; b < l->n; b++)
    for (int a = 0; a < b; a++) {
      const char *why = quarrel(j, person, l->shift[a], l->shift[b]);
      if (why)
        return refuse(j, l->first[b].at,
                      dyo_text(j->ctx, "\"%.50s\" is fixed in \"%.50s\", which %s \"%.50s\" of /fixed/%zu",
                               j->in->employees[person].id, shift_id(j, l->shift[b]), why, shift_id(j, l->shift[a]),
                               l->first[a].at));
    }
  return DYO_OK;
}

/* Limits that more shifts can only break further. */
static dyo_status check_limits(schedule_job *j, int person, const fixed_list *l)
{
  roster_model  m   = j->m;
  roster_person one = j->m.people[person];
  const char   *why = "";
  m.people          = &one;
  m.n_people        = 1;
  one.hours_least = one.week_least = one.run_least = one.off_least = 0;
  if (roster_keeps_rules(&m, 0, l->shift, l->n, NULL, &why, NULL)) return DYO_OK;
  return refuse(j, l->first[l->n - 1].at,
                dyo_text(j->ctx, "the %d fixed shifts of \"%.60s\" break a limit of theirs: %s", l->n,
                         j->in->employees[person].id, why));
}

static dyo_status check_person(schedule_job *j, int person)
{
  const size_t from = j->fixed_from[person], to = j->fixed_from[person + 1];
  fixed_list   l    = {.shift = DYO_NEW(j->ctx, to - from, int)};
  pair_at     *list = DYO_NEW(j->ctx, to - from, pair_at);
  dyo_status   st   = l.shift && list ? DYO_OK : dyo_oom(j->err);
  for (size_t k = from; k < to && st == DYO_OK; k++) {
    if (k > from && j->fixed[k].shift == j->fixed[k - 1].shift) continue;
    list[l.n]      = j->fixed[k];
    l.shift[l.n++] = j->fixed[k].shift;
    st             = check_pair(j, &j->fixed[k]);
  }
  l.first = list;
  if (st == DYO_OK) st = check_beside(j, person, &l);
  return st == DYO_OK ? check_limits(j, person, &l) : st;
}

/* No more people fixed in a shift than max_coverage lets in. */
static dyo_status check_crowds(schedule_job *j)
{
  int *heads = DYO_NEW(j->ctx, j->m.n_shifts, int);
  if (!heads) return dyo_oom(j->err);
  for (size_t k = 0; k < j->in->n_fixed; k++) {
    const pair_at *f = &j->fixed[k];
    if (k > 0 && f->person == f[-1].person && f->shift == f[-1].shift) continue;
    const int most = j->most[j->shift_of[f->shift]];
    if (++heads[f->shift] > most)
      return refuse(j, f->at,
                    dyo_text(j->ctx, "found more people fixed in \"%.60s\" than its max_coverage, %d",
                             shift_id(j, f->shift), most));
  }
  return DYO_OK;
}

dyo_status schedule_check_fixed(schedule_job *j)
{
  dyo_status st = DYO_OK;
  for (size_t p = 0; p < j->m.n_people && st == DYO_OK; p++)
    if (j->fixed_from[p] < j->fixed_from[p + 1]) st = check_person(j, (int)p);
  return st == DYO_OK ? check_crowds(j) : st;
}
