/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.c - lays a model out for the searches: arcs in the order the pricing needs, who may follow whom, what matters and what does not. */
#include "staffing/engine.h"

#include <stdlib.h>
#include <string.h>

static int min_int(int a, int b)
{
  return a < b ? a : b;
}

static int max_int(int a, int b)
{
  return a > b ? a : b;
}

bool engine_clash(const engine *e, int person, int s, int t)
{
  const roster_shift *a = &e->m->shifts[s], *b = &e->m->shifts[t];
  const int           gap = a->start <= b->start ? b->start - a->end : a->start - b->end;
  return gap < e->people[person].p->rest || gap < 0 || (a->day == b->day && e->people[person].p->day_most <= 1);
}

/* ---- people ---- */

/* Hours of the longest chain of shifts this person could work, were there no limit on hours, from any one day on. */
static int most_hours(const roster_model *m, const roster_person *p, int from, int to)
{
  int sum = 0;
  for (size_t k = 0; k < p->n_arcs; k++) {
    const roster_shift *s = &m->shifts[p->arcs[k].shift];
    if (s->day >= from && s->day < to) sum = min_int(INT_MAX - s->hours, sum) + s->hours;
  }
  return sum;
}

/* Which way the pricing takes with this person. Limits that cannot bind are left out. */
static engine_person way_of(const engine *e, const roster_person *p)
{
  const roster_model *m     = e->m;
  const int           total = most_hours(m, p, 0, INT_MAX);
  int                 week  = 0;
  for (int d = 0; d < m->n_days; d += 7) week = max_int(week, most_hours(m, p, d, d + 7));
  const bool    week_cost = p->overtime_cost != 0 && p->overtime_from < week;
  const bool    weeks     = p->week_most < week || p->week_least > 0 || week_cost;
  const bool    horizon   = p->hours_most < total || p->hours_least > 0 || p->fair_hours_cost != 0;
  const bool    one       = !weeks || e->n_weeks <= 1;
  engine_person w         = {.p = p, .n_periods = one ? 1 : e->n_weeks, .counted = weeks || horizon};
  w.width = one ? min_int(p->hours_most, min_int(total, weeks ? p->week_most : INT_MAX)) : min_int(p->week_most, week);
  if (!w.counted) w.width = 0;
  w.sloped = !one && horizon;
  w.rising = p->hours_least <= 0 && p->week_least <= 0 && p->fair_hours_cost == 0 && p->used >= 0;
  w.flat   = one && w.rising && !week_cost && p->used == 0;
  w.terms  = !w.rising || week_cost || p->used != 0;
  w.rules  = engine_has_rules(m, p);
  return w;
}

static bool matters(const roster_demand *d)
{
  return (d->need > 0 && d->under != 0) || d->most != ROSTER_NONE || d->over != 0;
}

/* An arc that no demand asks for, that costs, and that no least of its person calls for, is in no best plan. */
static bool wanted(const engine *e, int person, const roster_arc *a, const uint8_t *asked)
{
  return a->fixed || a->cost < 0 || asked[a->shift] || !e->people[person].rising;
}

static bool fits_fixed(const engine *e, int person, const roster_arc *a)
{
  const roster_person *p = e->people[person].p;
  for (size_t k = 0; k < p->n_arcs; k++)
    if (p->arcs[k].fixed && p->arcs[k].shift != a->shift && engine_clash(e, person, p->arcs[k].shift, a->shift))
      return false;
  return true;
}

/* ---- arcs ---- */

static int period_of(const engine *e, int person, int shift)
{
  return e->people[person].n_periods > 1 ? e->m->shifts[shift].day / 7 : 0;
}

static bool comes_before(const engine *e, int person, int s, int t)
{
  const roster_shift *a = &e->m->shifts[s], *b = &e->m->shifts[t];
  const int           k = period_of(e, person, s), l = period_of(e, person, t);
  if (k != l) return k < l;
  if (a->end != b->end) return a->end < b->end;
  return a->start != b->start ? a->start < b->start : s < t;
}

/* Shifts of a person in the order of the pricing. They come nearly in order, so that insertion is quick. */
static void sort_arcs(const engine *e, int person, int *shift, int64_t *cost, uint8_t *mode, int n)
{
  for (int i = 1; i < n; i++) {
    const int     s = shift[i];
    const int64_t c = cost[i];
    const uint8_t f = mode[i];
    int           j = i;
    for (; j > 0 && comes_before(e, person, s, shift[j - 1]); j--) {
      shift[j] = shift[j - 1];
      cost[j]  = cost[j - 1];
      mode[j]  = mode[j - 1];
    }
    shift[j] = s;
    cost[j]  = c;
    mode[j]  = f;
  }
}

/* How many of the shifts of arcs lo .. hi-1, in order of end, end early enough for shift s. */
static int ends_before(const engine *e, int person, int lo, int hi, int s)
{
  const int from = lo, latest = e->m->shifts[s].start - max_int(e->people[person].p->rest, 0);
  while (lo < hi) {
    const int mid = lo + (hi - lo) / 2;
    if (e->m->shifts[e->shift[mid]].end <= latest) lo = mid + 1;
    else hi = mid;
  }
  return lo - from;
}

static void link_arcs(engine *e, int person)
{
  int *period = e->period + e->period_at[person], k = 0;
  for (int a = e->first[person]; a < e->first[person + 1]; a++)
    for (; k <= period_of(e, person, e->shift[a]); k++) period[k] = a;
  for (; k <= e->people[person].n_periods; k++) period[k] = e->first[person + 1];
  for (k = 0; k < e->people[person].n_periods; k++)
    for (int a = period[k]; a < period[k + 1]; a++) {
      e->before[a]  = ends_before(e, person, period[k], a, e->shift[a]);
      e->earlier[a] = k ? ends_before(e, person, period[k - 1], period[k], e->shift[a]) : 0;
    }
}

/* The same order seen from the end of the horizon: by start, last first. Periods do not matter in it. */
static void link_back(engine *e, int person)
{
  const int lo = e->first[person], n = e->first[person + 1] - lo, rest = max_int(e->people[person].p->rest, 0);
  const roster_shift *shifts = e->m->shifts;
  int                *order  = e->by_start + lo;
  for (int k = 0; k < n; k++) { /* nearly sorted by end, so insertion is quick */
    const int i = n - 1 - k;
    int       j = k;
    for (; j > 0 && shifts[e->shift[lo + order[j - 1]]].start < shifts[e->shift[lo + i]].start; j--)
      order[j] = order[j - 1];
    order[j] = i;
  }
  for (int i = 0; i < n; i++) {
    int from = 0, to = n;
    while (from < to) {
      const int mid = from + (to - from) / 2;
      if (shifts[e->shift[lo + order[mid]]].start >= shifts[e->shift[lo + i]].end + rest) from = mid + 1;
      else to = mid;
    }
    e->behind[lo + i] = from;
  }
}

static void fill_arcs(engine *e, const uint8_t *asked)
{
  int n = 0;
  for (int p = 0; p < e->n_people; p++) {
    const roster_person *who = e->people[p].p;
    bool                 any = false;
    if (p % 64 == 0) dyo_look(e->ctx, 0, "plan"); /* roster_solve_plain asks what it said when the engine is there */
    e->first[p] = n;
    for (size_t k = 0; k < who->n_arcs; k++) any = any || who->arcs[k].fixed;
    for (size_t k = 0; k < who->n_arcs; k++) {
      const roster_arc *a = &who->arcs[k];
      if (!wanted(e, p, a, asked) || (any && !a->fixed && !fits_fixed(e, p, a))) continue;
      e->shift[n]  = a->shift;
      e->cost[n]   = a->cost;
      e->mode[n++] = a->fixed ? ARC_IN : ARC_FREE;
    }
    e->first[p + 1] = n;
    sort_arcs(e, p, e->shift + e->first[p], e->cost + e->first[p], e->mode + e->first[p], n - e->first[p]);
    for (int a = e->first[p]; a < n; a++) {
      e->person[a]                                 = p;
      e->hours[a]                                  = e->m->shifts[e->shift[a]].hours;
      e->at[(size_t)p * e->n_shifts + e->shift[a]] = a;
    }
    link_arcs(e, p);
    link_back(e, p);
  }
  e->n_arcs = n;
}

/* ---- demands ---- */

static bool serves(const roster_demand *d, int person)
{
  return !d->who || d->who[person];
}

static int demands_that_matter(const engine *e, int *kept)
{
  int n = 0;
  for (size_t k = 0; k < e->m->n_demands; k++)
    if (matters(&e->m->demands[k])) kept[n++] = (int)k;
  return n;
}

/* Which demands each arc serves. First counts, then places; ask_at and the demands are in order of shift. */
static dyo_status link_demands(engine *e, const int *kept, dyo_err *err)
{
  int *begin = DYO_NEW(e->ctx, (size_t)e->n_shifts + 1, int), n = 0;
  if (!begin) return dyo_oom(err);
  for (int d = 0; d < e->n_demands; d++) begin[e->m->demands[kept[d]].shift + 1]++;
  for (int s = 0; s < e->n_shifts; s++) begin[s + 1] += begin[s];
  for (int pass = 0; pass < 2; pass++) {
    n = 0;
    for (int a = 0; a < e->n_arcs; a++) {
      if (pass) e->ask_at[a] = n;
      for (int d = begin[e->shift[a]]; d < begin[e->shift[a] + 1]; d++)
        if (serves(&e->m->demands[kept[d]], e->person[a])) {
          if (pass) e->ask[n] = d;
          n++;
        }
    }
    if (!pass) e->ask = DYO_NEW(e->ctx, (size_t)n + 1, int);
    if (!e->ask) return dyo_oom(err);
  }
  e->ask_at[e->n_arcs] = n;
  return DYO_OK;
}

static void fill_demands(engine *e, const int *kept)
{
  for (int d = 0; d < e->n_demands; d++) {
    const roster_demand *from = &e->m->demands[kept[d]];
    e->demands[d] =
      (engine_demand){.shift = from->shift, .need = from->need, .hard = from->under == ROSTER_HARD, .over = from->over};
  }
  for (int a = 0; a < e->n_arcs; a++)
    for (int k = e->ask_at[a]; k < e->ask_at[a + 1]; k++) e->demands[e->ask[k]].most++;
  for (int d = 0; d < e->n_demands; d++) {
    e->demands[d].capped = e->m->demands[kept[d]].most < e->demands[d].most;
    e->demands[d].most   = min_int(e->demands[d].most, e->m->demands[kept[d]].most);
  }
}

/* ---- shifts ---- */

static void link_shifts(engine *e)
{
  for (int s = 0; s < e->n_shifts; s++) e->who_at[s + 1] = 0;
  for (int a = 0; a < e->n_arcs; a++) e->who_at[e->shift[a] + 1]++;
  for (int s = 0; s < e->n_shifts; s++) e->who_at[s + 1] += e->who_at[s];
  for (int a = 0; a < e->n_arcs; a++) e->who[e->who_at[e->shift[a]]++] = a;
  for (int s = e->n_shifts; s > 0; s--) e->who_at[s] = e->who_at[s - 1];
  e->who_at[0] = 0;
}

/* The shifts that may overlap shift s, come too near for the person with the longest rest, or share its day. */
static void find_near(engine *e)
{
  int  rest = 0, longest = 0;
  bool one_a_day = false;
  for (int p = 0; p < e->n_people; p++) {
    rest      = max_int(rest, e->people[p].p->rest);
    one_a_day = one_a_day || e->people[p].p->day_most <= 1;
  }
  for (int s = 0; s < e->n_shifts; s++) longest = max_int(longest, e->m->shifts[s].end - e->m->shifts[s].start);
  int lo = 0, hi = 0;
  for (int s = 0; s < e->n_shifts; s++) { /* starts rise with s but for the order of days, which starts keep */
    const roster_shift *a = &e->m->shifts[s];
    while (lo < s && e->m->shifts[lo].start + longest + rest <= a->start &&
           (!one_a_day || e->m->shifts[lo].day < a->day))
      lo++;
    hi = max_int(hi, s);
    while (hi + 1 < e->n_shifts && (e->m->shifts[hi + 1].start < a->start + longest + rest ||
                                    (one_a_day && e->m->shifts[hi + 1].day <= a->day)))
      hi++;
    e->near_lo[s] = lo;
    e->near_hi[s] = hi;
  }
}

/* ---- the whole ---- */

static bool room(engine *e, size_t arcs)
{
  const size_t people = (size_t)e->n_people, shifts = (size_t)e->n_shifts;
  e->first     = DYO_NEW(e->ctx, people + 1, int);
  e->shift     = DYO_NEW(e->ctx, arcs + 1, int);
  e->person    = DYO_NEW(e->ctx, arcs + 1, int);
  e->hours     = DYO_NEW(e->ctx, arcs + 1, int);
  e->before    = DYO_NEW(e->ctx, arcs + 1, int);
  e->earlier   = DYO_NEW(e->ctx, arcs + 1, int);
  e->behind    = DYO_NEW(e->ctx, arcs + 1, int);
  e->by_start  = DYO_NEW(e->ctx, arcs + 1, int);
  e->cost      = DYO_NEW(e->ctx, arcs + 1, int64_t);
  e->mode      = DYO_NEW(e->ctx, arcs + 1, uint8_t);
  e->ask_at    = DYO_NEW(e->ctx, arcs + 1, int);
  e->at        = DYO_NEW(e->ctx, people * shifts + 1, int);
  e->who_at    = DYO_NEW(e->ctx, shifts + 1, int);
  e->who       = DYO_NEW(e->ctx, arcs + 1, int);
  e->near_lo   = DYO_NEW(e->ctx, shifts + 1, int);
  e->near_hi   = DYO_NEW(e->ctx, shifts + 1, int);
  e->period_at = DYO_NEW(e->ctx, people + 1, int);
  e->period    = DYO_NEW(e->ctx, people * (size_t)(e->n_weeks + 2), int);
  return e->first && e->shift && e->person && e->hours && e->before && e->earlier && e->behind && e->by_start &&
         e->cost && e->mode && e->ask_at && e->at && e->who_at && e->who && e->near_lo && e->near_hi && e->period_at &&
         e->period;
}

dyo_status engine_new(dyo_ctx *ctx, const roster_model *m, engine **out, dyo_err *err)
{
  engine  *e     = DYO_NEW(ctx, 1, engine);
  uint8_t *asked = DYO_NEW(ctx, m->n_shifts + 1, uint8_t);
  int     *kept  = DYO_NEW(ctx, m->n_demands + 1, int);
  size_t   arcs  = 0;
  if (!e || !asked || !kept) return dyo_oom(err);
  *e = (engine){
    .ctx = ctx, .m = m, .n_people = (int)m->n_people, .n_shifts = (int)m->n_shifts, .n_weeks = (m->n_days + 6) / 7};
  e->people    = DYO_NEW(ctx, m->n_people + 1, engine_person);
  e->n_demands = demands_that_matter(e, kept);
  e->demands   = DYO_NEW(ctx, (size_t)e->n_demands + 1, engine_demand);
  for (size_t p = 0; p < m->n_people; p++) arcs += m->people[p].n_arcs;
  if (!e->people || !e->demands || !room(e, arcs)) return dyo_oom(err);
  for (int p = 0, n = 0; p < e->n_people; p++) {
    e->people[p]    = way_of(e, &m->people[p]);
    e->rules        = e->rules || e->people[p].rules;
    e->period_at[p] = n;
    n += e->people[p].n_periods + 1;
  }
  for (int d = 0; d < e->n_demands; d++)
    if (m->demands[kept[d]].need > 0) asked[m->demands[kept[d]].shift] = 1;
  memset(e->at, 0xff, (m->n_people * m->n_shifts + 1) * sizeof *e->at);
  fill_arcs(e, asked);
  dyo_look(ctx, 0, "plan");
  const dyo_status st = link_demands(e, kept, err);
  if (st != DYO_OK) return st;
  dyo_look(ctx, 0, "plan");
  fill_demands(e, kept);
  link_shifts(e);
  find_near(e);
  e->longest = 1;
  for (int s = 0; s < e->n_shifts; s++) e->longest = max_int(e->longest, m->shifts[s].hours);
  *out = e;
  return DYO_OK;
}

/* ---- phases ---- */

/* The stand-in for a head short grows with the hours of the shift, so that what is short moves to where it is filled more easily. */
static void phase_demand(engine *e, engine_demand *d, const roster_demand *from, int64_t under)
{
  const int64_t hours = e->m->shifts[d->shift].hours, most = e->longest;
  if (from->under == ROSTER_HARD) d->under = e->shortage ? SHORT_UNIT : under * (most + 3 * hours) / (most + 2 * most);
  else d->under = e->shortage ? 0 : from->under;
  d->hard = from->under == ROSTER_HARD && !e->shortage; /* what is short is the cost itself in the shortage phase */
  d->over = e->shortage ? 0 : from->over;
}

static int64_t common(int64_t a, int64_t b)
{
  while (b != 0) {
    const int64_t r = a % b;
    a               = b;
    b               = r;
  }
  return a < 0 ? -a : a;
}

/* The greatest number of which all costs of the phase are multiples; stand-ins aside. */
static int64_t common_unit(const engine *e)
{
  int64_t u = 0;
  for (int a = 0; a < e->n_arcs; a++) u = common(u, e->cost[a]);
  for (int d = 0; d < e->n_demands; d++) {
    u = common(u, e->demands[d].over);
    if (!e->demands[d].hard) u = common(u, e->demands[d].under);
  }
  for (int p = 0; p < e->n_people && !e->shortage; p++) {
    const roster_person *w = e->people[p].p;
    u                      = common(common(common(u, w->used), w->fair_hours_cost), w->overtime_cost);
  }
  if (e->shortage) return SHORT_UNIT;
  return u ? u : 1;
}

void engine_phase(engine *e, bool shortage, int64_t under)
{
  int d       = 0;
  e->shortage = shortage;
  e->lack     = shortage ? SHORT_UNIT : under;
  for (size_t k = 0; k < e->m->n_demands; k++)
    if (matters(&e->m->demands[k])) phase_demand(e, &e->demands[d++], &e->m->demands[k], under);
  for (int p = 0; p < e->n_people; p++)
    for (size_t k = 0; k < e->people[p].p->n_arcs; k++) {
      const roster_arc *a = &e->people[p].p->arcs[k];
      const int         i = e->at[(size_t)p * (size_t)e->n_shifts + (size_t)a->shift];
      if (i >= 0) e->cost[i] = shortage ? 0 : a->cost;
    }
  e->unit = common_unit(e);
}

static int64_t short_of(int n, int least)
{
  return n < least ? least - n : 0;
}

int64_t engine_period_terms(const engine *e, int person, int hours, bool whole)
{
  const roster_person *p   = e->people[person].p;
  int64_t              sum = whole ? e->lack * short_of(hours, p->week_least) : 0;
  if (!e->shortage && hours > p->overtime_from) sum += p->overtime_cost * (hours - p->overtime_from);
  return sum;
}

int64_t engine_horizon_terms(const engine *e, int person, int hours)
{
  const roster_person *p   = e->people[person].p;
  const int64_t        off = hours < p->fair_hours ? p->fair_hours - hours : hours - p->fair_hours;
  return e->lack * short_of(hours, p->hours_least) + (e->shortage ? 0 : p->fair_hours_cost * off);
}

int64_t engine_terms(const engine *e, int person, int n_works, int hours, const int *week)
{
  int64_t sum = engine_horizon_terms(e, person, hours);
  if (n_works > 0 && !e->shortage) sum += e->people[person].p->used;
  for (int k = 0; k < e->n_weeks; k++) sum += engine_period_terms(e, person, week[k], 7 * k + 7 <= e->m->n_days);
  return sum;
}
