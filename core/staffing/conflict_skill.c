/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conflict_skill.c - hours: what a set of demands asks against what those who can fill it are able to work in it. */
#include <stdlib.h>
#include <string.h>

#include "staffing/conflict.h"

enum { MOST_UNITS = 4096, MOST_LENGTHS = 16 };

/* ---- what one person can give ---- */

/* Most hours of shifts of the set, none overlapping, from pieces in order of their start: weighted interval scheduling. */
static int64_t most_apart(const staff_piece *x, size_t n, int rest, int64_t *best)
{
  best[n] = 0;
  for (size_t k = n; k-- > 0;) {
    size_t lo = k + 1, hi = n; /* the first that may follow; starts rise */
    while (lo < hi) {
      const size_t mid = (lo + hi) / 2;
      if (x[mid].start < x[k].end + rest) lo = mid + 1;
      else hi = mid;
    }
    const int64_t with = best[lo] + x[k].hours;
    best[k]            = with > best[k + 1] ? with : best[k + 1];
  }
  return best[0];
}

/* The largest sum of whole shifts at or below limit, any number of each length. */
static int64_t reachable(const staff_piece *x, size_t n, int64_t limit)
{
  int     length[MOST_LENGTHS], n_lengths = 0;
  uint8_t can[MOST_UNITS + 1] = {1};
  if (limit <= 0) return 0;
  if (limit > MOST_UNITS) return limit;
  for (size_t k = 0; k < n; k++) {
    int i = 0;
    while (i < n_lengths && length[i] != x[k].hours) i++;
    if (i < n_lengths || x[k].hours == 0) continue;
    if (n_lengths == MOST_LENGTHS) return limit;
    length[n_lengths++] = x[k].hours;
  }
  int64_t top = 0;
  for (int64_t u = 1; u <= limit; u++) {
    for (int i = 0; i < n_lengths && !can[u]; i++) can[u] = u >= length[i] && can[u - length[i]];
    if (can[u]) top = u;
  }
  return top;
}

/* The person's shifts of the set; their number. */
static size_t gather(const staff_view *v, size_t i)
{
  const roster_person *p = &v->j->m.people[i];
  size_t               n = 0;
  for (size_t a = 0; a < p->n_arcs; a++) {
    const int           shift  = p->arcs[a].shift;
    const roster_shift *s      = &v->j->m.shifts[shift];
    bool                inside = false;
    for (int d = v->j->heads_at[shift]; v->able[i][a] && d < v->j->heads_at[shift + 1]; d++)
      inside = inside || (v->in[d] && (!v->j->m.demands[d].who || v->j->m.demands[d].who[i]));
    if (inside) v->pieces[n++] = (staff_piece){s->start, s->end, s->hours, s->day};
  }
  return n;
}

static int64_t fixed_outside(const staff_view *v, size_t i, int week)
{
  int64_t sum = 0;
  for (size_t k = v->j->fixed_from[i]; k < v->j->fixed_from[i + 1]; k++) {
    const int shift  = v->j->fixed[k].shift;
    bool      inside = k > v->j->fixed_from[i] && v->j->fixed[k - 1].shift == shift; /* twice in the list counts once */
    for (int d = v->j->heads_at[shift]; d < v->j->heads_at[shift + 1]; d++) inside = inside || v->in[d];
    if (!inside && (week < 0 || v->j->m.shifts[shift].day / 7 == week)) sum += v->j->m.shifts[shift].hours;
  }
  return sum;
}

/* Shifts are in order of day and start, so that weeks are runs of the list. */
static int64_t can_give(const staff_view *v, size_t i, size_t n)
{
  const staff_piece   *list = v->pieces;
  const roster_person *p    = &v->j->m.people[i];
  int64_t              sum  = 0;
  for (size_t from = 0, to; from < n; from = to) {
    const int week = list[from].day / 7;
    for (to = from; to < n && list[to].day / 7 == week;) to++;
    int64_t hours = most_apart(list + from, to - from, p->rest, v->best);
    if (p->week_most != ROSTER_NONE) {
      const int64_t left = p->week_most - fixed_outside(v, i, week);
      if (hours > left) hours = reachable(list + from, to - from, left);
    }
    sum += hours;
  }
  if (p->hours_most == ROSTER_NONE) return sum;
  const int64_t left = p->hours_most - fixed_outside(v, i, -1);
  return sum > left ? reachable(list, n, left) : sum;
}

void conflict_hours_of_set(staff_view *v, staff_hours *h)
{
  const roster_model *m = &v->j->m;
  *h                    = (staff_hours){0};
  memset(v->asked, 0, m->n_people);
  for (size_t d = 0; d < m->n_demands; d++) {
    const int hours = m->shifts[m->demands[d].shift].hours;
    if (!v->in[d]) continue;
    h->needed += (int64_t)m->demands[d].need * hours;
    if (m->demands[d].need > 0 && hours > h->longest) h->longest = hours;
    for (size_t w = v->from[d]; w < v->from[d + 1]; w++) v->asked[v->who[w]] = 1;
  }
  for (size_t i = 0; i < m->n_people; i++)
    if (v->asked[i]) h->had += can_give(v, i, gather(v, i));
}

static int heads_of(const staff_hours *h)
{
  return h->longest > 0 ? (int)((h->needed - h->had + h->longest - 1) / h->longest) : 0;
}

/* ---- smaller ---- */

static bool lacks(staff_view *v)
{
  staff_hours h;
  conflict_hours_of_set(v, &h);
  return h.needed > h.had;
}

/* Deletion filter, first by blocks, then one by one. *cut: time was up before every one was tried. */
static void shrink(staff_view *v, int *list, size_t *n, bool *cut)
{
  for (size_t block = *n / 2 > 0 ? *n / 2 : 1;; block = block / 2 > 0 ? block / 2 : 1) {
    for (size_t from = 0; from<*n && * n> 1;) {
      const size_t to = from + block < *n ? from + block : *n;
      *cut            = dyo_look(v->j->ctx, 0, "conflict") != DYO_RUN_ON;
      if (*cut) return;
      for (size_t k = from; k < to; k++) v->in[list[k]] = false;
      if (lacks(v)) {
        memmove(list + from, list + to, (*n - to) * sizeof *list);
        *n -= to - from;
      } else {
        for (size_t k = from; k < to; k++) v->in[list[k]] = true;
        from = to;
      }
    }
    if (block == 1) return;
  }
}

dyo_status conflict_shrink_hours(staff_view *v, staff_cause *c)
{
  const size_t n_demands = v->j->m.n_demands;
  int         *list      = DYO_NEW(v->j->ctx, n_demands + 1, int);
  size_t       n         = 0;
  staff_hours  h;
  dyo_status   st = list ? DYO_OK : dyo_oom(v->j->err);
  for (size_t d = 0; d < n_demands && st == DYO_OK; d++)
    if (v->in[d]) list[n++] = (int)d;
  if (st != DYO_OK) return st;
  conflict_hours_of_set(v, &h); /* the whole set may prove more heads missing than the smallest part of it */
  if (heads_of(&h) > v->heads) v->heads = heads_of(&h);
  shrink(v, list, &n, &c->cut);
  conflict_hours_of_set(v, &h);
  st = conflict_set(v, list, n, c);
  if (st != DYO_OK) return st;
  c->hours_needed = h.needed;
  c->hours_had    = h.had;
  c->short_heads  = heads_of(&h);
  c->rules |= conflict_keeping_out(v, c);
  for (size_t k = 0; k < c->n_people; k++) {
    const roster_person *p = &v->j->m.people[c->people[k]];
    c->rules |= p->hours_most != ROSTER_NONE ? RULE_MAX_HOURS : 0;
    c->rules |= p->week_most != ROSTER_NONE ? RULE_MAX_WEEK : 0;
    c->rules |= v->j->fixed_from[c->people[k]] < v->j->fixed_from[c->people[k] + 1] ? RULE_FIXED : 0;
  }
  memset(v->in, 0, n_demands * sizeof *v->in);
  return DYO_OK;
}

/* ---- the question ---- */

/* The demands that only holders of the skill can fill, of one week or (-1) of all. */
static bool pick(staff_view *v, int skill, int week)
{
  const schedule_job *j   = v->j;
  const char         *own = j->skills.text[skill];
  bool                any = false;
  for (size_t d = 0; d < j->m.n_demands; d++) {
    const roster_demand *x    = &j->m.demands[d];
    const bool           asks = j->shift_asks[(size_t)x->shift * j->n_words + (size_t)skill / 64] >> skill % 64 & 1;
    v->in[d] = x->under == ROSTER_HARD && x->need > 0 && (week < 0 || j->m.shifts[x->shift].day / 7 == week) &&
               (j->skill_of[d] ? strcmp(j->skill_of[d], own) == 0 && !asks : asks);
    any = any || v->in[d];
  }
  return any;
}

static void name_week(const staff_view *v, staff_cause *c)
{
  c->week = c->n_demands > 0 ? v->j->m.shifts[v->j->m.demands[c->demands[0]].shift].day / 7 : -1;
  for (size_t k = 0; k < c->n_demands; k++)
    if (v->j->m.shifts[v->j->m.demands[c->demands[k]].shift].day / 7 != c->week) c->week = -1;
  if (v->j->m.n_days <= 7) c->week = -1;
}

dyo_status conflict_skill(staff_view *v, staff_cause *c)
{
  const int weeks = (v->j->m.n_days + 6) / 7;
  for (int week = weeks > 1 ? 0 : -1;; week = week + 1 < weeks && week >= 0 ? week + 1 : -1) {
    for (size_t s = 0; s < v->j->skills.n; s++) {
      staff_hours h;
      if (!pick(v, (int)s, week) || dyo_look(v->j->ctx, 0, "conflict") != DYO_RUN_ON) continue;
      conflict_hours_of_set(v, &h);
      if (h.needed <= h.had) continue;
      const dyo_status st = conflict_shrink_hours(v, c);
      c->cause            = DYO_CAUSE_SKILL;
      c->skill            = v->j->skills.text[s];
      if (st == DYO_OK) name_week(v, c);
      return st;
    }
    if (week < 0) break;
  }
  memset(v->in, 0, v->j->m.n_demands * sizeof *v->in);
  return DYO_OK;
}
