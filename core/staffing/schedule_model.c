/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_model.c - from a request that was read to the model of roster.h. */
#include <math.h>
#include <string.h>

#include "staffing/schedule.h"
#include "staffing/schedule_rows.h"

enum { MOST_ARCS = 5000000, MOST_NEED = 1000000000 };

/* ---- who may work what ---- */

/* Bits of the shifts that stand under their weekday; the rest is told. */
static dyo_status read_availability(schedule_job *j, size_t i)
{
  const dyo_schedule_employee *x  = &j->in->employees[i];
  dyo_status                   st = DYO_OK;
  if (!x->availability) return DYO_OK;
  j->open[i] = DYO_NEW(j->ctx, j->m.n_shifts / 64 + 1, uint64_t);
  if (!j->open[i]) return dyo_oom(j->err);
  for (size_t k = 0; k < x->n_availability; k++) {
    const dyo_available *a = &x->availability[k];
    for (size_t s = 0; s < a->n_shifts && st == DYO_OK; s++) {
      const int at    = staff_ids_find(&j->shifts, a->shifts[s]);
      const int shift = at < 0 ? -1 : j->shift_at[at];
      if (shift >= 0 && j->m.shifts[shift].day % 7 == a->weekday[0] - '0')
        j->open[i][shift / 64] |= (uint64_t)1 << shift % 64;
      else if (shift < 0)
        st = schedule_warn(
          j, dyo_text(j->ctx, "availability of \"%.80s\", weekday %s: \"%.80s\" is no shift here and is passed over.",
                      x->id, a->weekday, a->shifts[s]));
      else
        st = schedule_warn(
          j, dyo_text(j->ctx,
                      "availability of \"%.80s\", weekday %s: \"%.80s\" is on day %d, weekday %d, and is passed over.",
                      x->id, a->weekday, a->shifts[s], j->m.shifts[shift].day, j->m.shifts[shift].day % 7));
    }
  }
  return st;
}

static bool holds_skills(const schedule_job *j, int person, int shift)
{
  const uint64_t *has = &j->person_has[(size_t)person * j->n_words], *asks = &j->shift_asks[(size_t)shift * j->n_words];
  for (size_t w = 0; w < j->n_words; w++)
    if (asks[w] & ~has[w]) return false;
  return true;
}

static bool is_forbidden(const schedule_job *j, int person, int shift, size_t *at)
{
  size_t lo = j->forbidden_from[person], hi = j->forbidden_from[person + 1];
  while (lo < hi) {
    const size_t mid = (lo + hi) / 2;
    if (j->forbidden[mid].shift < shift) lo = mid + 1;
    else hi = mid;
  }
  if (lo == j->forbidden_from[person + 1] || j->forbidden[lo].shift != shift) return false;
  if (at) *at = j->forbidden[lo].at;
  return true;
}

why_not schedule_why_not(const schedule_job *j, int person, int shift, size_t *at)
{
  if (!holds_skills(j, person, shift)) return LACKS_SKILL;
  if (j->open[person] && !(j->open[person][shift / 64] >> shift % 64 & 1)) return NOT_AVAILABLE;
  if (j->leave && j->leave[(size_t)person * (size_t)j->m.n_days + (size_t)j->m.shifts[shift].day]) return ON_LEAVE;
  return is_forbidden(j, person, shift, at) ? IS_FORBIDDEN : MAY_WORK;
}

bool schedule_may_work(const schedule_job *j, int person, int shift)
{
  return schedule_why_not(j, person, shift, NULL) == MAY_WORK;
}

/* ---- arcs ---- */

static void wishes(const schedule_job *j, size_t i, double *wish)
{
  const dyo_schedule_employee *x = &j->in->employees[i];
  for (size_t k = 0; k < x->n_preferences; k++)
    wish[j->shift_at[staff_ids_find(&j->shifts, x->preferences[k].shift)]] -=
      x->preferences[k].value * j->preference_weight;
  for (size_t k = j->requests_from[i]; k < j->requests_from[i + 1]; k++) {
    const dyo_shift_request *r = &j->in->shift_requests[j->requests[k].at];
    wish[j->requests[k].shift] += r->wish == DYO_REQUEST_OFF ? r->weight : -r->weight;
  }
}

/* wish: n_shifts zeros, and zeros again when it returns. may: room for n_shifts. */
static dyo_status make_arcs(schedule_job *j, size_t i, double *wish, uint8_t *may)
{
  roster_person *p = &j->m.people[i];
  size_t         n = 0, fixed = j->fixed_from[i];
  for (size_t k = 0; k < j->m.n_shifts; k++) n += may[k] = schedule_may_work(j, (int)i, (int)k);
  p->arcs = DYO_NEW(j->ctx, n + 1, roster_arc);
  if (!p->arcs) return dyo_oom(j->err);
  wishes(j, i, wish);
  for (size_t k = 0; k < j->m.n_shifts; k++) {
    if (may[k]) {
      const double pay     = j->in->employees[i].hourly_rate * paid_hours(j, (int)k);
      p->arcs[p->n_arcs++] = (roster_arc){.shift = (int)k, .cost = money_units(j, pay + wish[k])};
    }
    wish[k] = 0;
  }
  for (size_t a = 0; a < p->n_arcs; a++) {
    while (fixed < j->fixed_from[i + 1] && j->fixed[fixed].shift < p->arcs[a].shift) fixed++;
    p->arcs[a].fixed = fixed < j->fixed_from[i + 1] && j->fixed[fixed].shift == p->arcs[a].shift;
  }
  return DYO_OK;
}

static dyo_status make_all_arcs(schedule_job *j)
{
  double    *wish = DYO_NEW(j->ctx, j->m.n_shifts, double);
  uint8_t   *may  = DYO_NEW(j->ctx, j->m.n_shifts, uint8_t);
  size_t     n    = 0;
  dyo_status st   = wish && may ? DYO_OK : dyo_oom(j->err);
  for (size_t i = 0; i < j->m.n_people && st == DYO_OK; i++) {
    dyo_poll(j->ctx, 0, "model"); /* the search asks what it said */
    st = make_arcs(j, i, wish, may);
    n += j->m.people[i].n_arcs;
    if (st == DYO_OK && n > MOST_ARCS)
      return dyo_fail(j->err, DYO_TOO_LARGE, "/employees",
                      "found more than %d pairs of a person and a shift they may work; at most that many are accepted",
                      MOST_ARCS);
  }
  for (size_t k = 0; k < j->in->n_shift_requests; k++)
    if (j->in->shift_requests[k].wish == DYO_REQUEST_ON) j->base += j->in->shift_requests[k].weight;
  j->base_units = money_units(j, j->base);
  return st;
}

/* ---- limits of a person ---- */

static int limit_or_none(int said)
{
  return said == DYO_NO_INT ? ROSTER_NONE : said;
}

static int least_or_none(int said)
{
  return said == DYO_NO_INT ? 0 : said;
}

static dyo_status limit_types(schedule_job *j, size_t i)
{
  const dyo_schedule_employee *x    = &j->in->employees[i];
  int                         *most = NULL;
  if (x->n_max_shifts_per_type == 0) return DYO_OK;
  most = DYO_NEW(j->ctx, (size_t)j->m.n_kinds, int);
  if (!most) return dyo_oom(j->err);
  for (int k = 0; k < j->m.n_kinds; k++) most[k] = ROSTER_NONE;
  for (size_t k = 0; k < x->n_max_shifts_per_type; k++)
    most[staff_ids_find(&j->types, x->max_shifts_per_type[k].key)] = x->max_shifts_per_type[k].n;
  j->m.people[i].kind_most = most;
  return DYO_OK;
}

static dyo_status limit_person(schedule_job *j, size_t i)
{
  const dyo_schedule_in       *in = j->in;
  const dyo_schedule_employee *x  = &in->employees[i];
  roster_person               *p  = &j->m.people[i];
  p->hours_least                  = hour_units_up(j, x->min_hours);
  p->hours_most                   = hour_units_down(j, x->max_hours);
  p->week_least                   = hour_units_up(j, x->min_hours_per_week);
  p->week_most                    = hour_units_down(j, x->max_hours_per_week);
  p->rest                         = (int)ceil(in->min_rest_hours * 60 - 1e-6);
  p->day_most                     = limit_or_none(x->max_shifts_per_day);
  p->run_most                     = limit_or_none(x->max_consecutive_days);
  p->run_least                    = least_or_none(x->min_consecutive_days);
  p->off_least                    = least_or_none(x->min_consecutive_days_off);
  p->weekends_most                = limit_or_none(x->max_weekends);
  p->used                         = money_units(j, x->call_in_cost);
  p->overtime_from                = ROSTER_NONE;
  if (in->overtime_multiplier > 1 && !(x->max_hours_per_week <= in->overtime_threshold)) {
    p->overtime_from = overtime_units_from(j);
    p->overtime_cost = money_units(j, x->hourly_rate * (in->overtime_multiplier - 1) * j->m.hour);
  }
  return limit_types(j, i);
}

static dyo_status bar_successions(schedule_job *j)
{
  const size_t n      = (size_t)j->m.n_kinds;
  uint8_t     *barred = NULL;
  if (j->in->n_forbidden_successions == 0) return DYO_OK;
  barred = DYO_NEW(j->ctx, n * n, uint8_t);
  if (!barred) return dyo_oom(j->err);
  for (size_t i = 0; i < j->in->n_forbidden_successions; i++) {
    const dyo_succession *x = &j->in->forbidden_successions[i];
    barred[(size_t)staff_ids_find(&j->types, x->from) * n + (size_t)staff_ids_find(&j->types, x->to)] = 1;
  }
  j->m.barred = barred;
  return DYO_OK;
}

/* ---- demands ---- */

static dyo_status read_coverage(schedule_job *j)
{
  const dyo_schedule_in *in = j->in;
  j->least                  = DYO_NEW(j->ctx, in->n_shifts, int);
  j->most                   = DYO_NEW(j->ctx, in->n_shifts, int);
  if (!j->least || !j->most) return dyo_oom(j->err);
  for (size_t i = 0; i < in->n_shifts; i++) {
    j->least[i] = -1;
    j->most[i]  = ROSTER_NONE;
  }
  for (size_t k = 0; k < in->n_min_coverage; k++)
    j->least[staff_ids_find(&j->shifts, in->min_coverage[k].key)] = in->min_coverage[k].n;
  for (size_t k = 0; k < in->n_max_coverage; k++) {
    const int at = staff_ids_find(&j->shifts, in->max_coverage[k].key);
    j->most[at]  = in->max_coverage[k].n;
    if (j->least[at] > j->most[at])
      return staff_fail_key(j->err, "/max_coverage", in->max_coverage[k].key,
                            "found %d; at least min_coverage, %d, is expected", j->most[at], j->least[at]);
  }
  for (size_t i = 0; i < in->n_shifts; i++)
    if (j->least[i] < 0) j->least[i] = j->most[i] < 1 ? j->most[i] : 1;
  return DYO_OK;
}

static int64_t under_of(const schedule_job *j, size_t shift)
{
  const double own = j->in->shifts[shift].understaffing_penalty;
  const double all = isnan(own) ? j->in->understaffing_penalty : own;
  return isnan(all) ? ROSTER_HARD : money_units(j, all);
}

static dyo_status skill_demands(schedule_job *j, size_t shift, const dyo_skill_need *need, uint8_t **holders)
{
  char where[sizeof j->err->path];
  for (size_t k = 0; k < need->n_skills; k++) {
    const int skill = staff_ids_find(&j->skills, need->skills[k].key);
    uint8_t **who   = &holders[skill + 1]; /* holders[0]: of skills that nobody has */
    if (need->skills[k].n > j->most[shift]) {
      staff_path_key(where, sizeof where, "/skill_coverage", need->shift);
      return staff_fail_key(j->err, where, need->skills[k].key,
                            "found %d; at most max_coverage of the shift, %d, is expected", need->skills[k].n,
                            j->most[shift]);
    }
    if (!*who) {
      *who = DYO_NEW(j->ctx, j->m.n_people, uint8_t);
      if (!*who) return dyo_oom(j->err);
      for (size_t p = 0; p < j->m.n_people && skill >= 0; p++)
        (*who)[p] = j->person_has[p * j->n_words + (size_t)skill / 64] >> skill % 64 & 1;
    }
    j->skill_of[j->m.n_demands]    = need->skills[k].key;
    j->m.demands[j->m.n_demands++] = (roster_demand){.shift = j->shift_at[shift],
                                                     .who   = *who,
                                                     .need  = need->skills[k].n,
                                                     .most  = ROSTER_NONE,
                                                     .under = under_of(j, shift)};
  }
  return DYO_OK;
}

static dyo_status make_demands(schedule_job *j)
{
  const dyo_schedule_in *in      = j->in;
  const dyo_skill_need **need    = DYO_NEW(j->ctx, in->n_shifts, const dyo_skill_need *);
  uint8_t              **holders = DYO_NEW(j->ctx, j->skills.n + 1, uint8_t *);
  size_t                 n       = in->n_shifts;
  int64_t                heads   = 0;
  dyo_status             st      = DYO_OK;
  for (size_t k = 0; k < in->n_skill_coverage; k++) n += in->skill_coverage[k].n_skills;
  j->m.demands = DYO_NEW(j->ctx, n, roster_demand);
  j->skill_of  = DYO_NEW(j->ctx, n, const char *);
  j->heads_at  = DYO_NEW(j->ctx, in->n_shifts + 1, int);
  if (!need || !holders || !j->m.demands || !j->skill_of || !j->heads_at) return dyo_oom(j->err);
  for (size_t k = 0; k < in->n_skill_coverage; k++)
    need[staff_ids_find(&j->shifts, in->skill_coverage[k].shift)] = &in->skill_coverage[k];
  for (size_t k = 0; k < in->n_shifts && st == DYO_OK; k++) {
    const size_t i    = (size_t)j->shift_of[k];
    const double over = in->shifts[i].overstaffing_penalty;
    j->heads_at[k]    = (int)j->m.n_demands;
    j->m.demands[j->m.n_demands++] =
      (roster_demand){.shift = (int)k,
                      .need  = j->least[i],
                      .most  = j->most[i],
                      .under = under_of(j, i),
                      .over  = money_units(j, isnan(over) ? in->overstaffing_penalty : over)};
    if (need[i]) st = skill_demands(j, i, need[i], holders);
  }
  j->heads_at[in->n_shifts] = (int)j->m.n_demands;
  for (size_t d = 0; d < j->m.n_demands; d++) heads += j->m.demands[d].need;
  if (st == DYO_OK && heads > MOST_NEED)
    return dyo_fail(j->err, DYO_TOO_LARGE, "/min_coverage", "found %lld heads in all; at most %d are accepted",
                    (long long)heads, MOST_NEED);
  return st;
}

/* ---- fair shares ---- */

double schedule_standing(const schedule_job *j, size_t person)
{
  const dyo_schedule_employee *x = &j->in->employees[person];
  return isnan(x->max_hours) ? x->max_hours_per_week * ((j->m.n_days + 6) / 7) : x->max_hours;
}

static void share_out(schedule_job *j)
{
  const dyo_schedule_in *in      = j->in;
  double                 largest = 0, sum = 0, hours = 0, shifts = 0;
  for (size_t i = 0; i < in->n_employees; i++) largest = fmax(largest, schedule_standing(j, i));
  if (largest == 0) largest = 1;
  for (size_t i = 0; i < in->n_employees; i++)
    sum += isnan(schedule_standing(j, i)) ? largest : schedule_standing(j, i);
  for (size_t k = 0; k < j->m.n_shifts; k++) {
    hours += (double)j->m.shifts[k].hours * j->least[j->shift_of[k]];
    shifts += (double)j->m.shifts[k].unpopular * j->least[j->shift_of[k]];
  }
  for (size_t i = 0; i < in->n_employees && sum > 0; i++) {
    roster_person *p       = &j->m.people[i];
    const double   own     = isnan(schedule_standing(j, i)) ? largest : schedule_standing(j, i);
    p->fair_hours          = (int)fmin(ceil(hours * own / sum - 1e-9), INT_MAX / 4);
    p->fair_unpopular      = (int)fmin(ceil(shifts * own / sum - 1e-9), INT_MAX / 4);
    p->fair_hours_cost     = money_units(j, in->fairness_weight * j->m.hour);
    p->fair_unpopular_cost = money_units(j, in->unpopular_weight);
  }
}

dyo_status schedule_model(schedule_job *j)
{
  dyo_status st = DYO_OK;
  j->m.n_people = j->in->n_employees;
  j->m.people   = DYO_NEW(j->ctx, j->m.n_people, roster_person);
  j->open       = DYO_NEW(j->ctx, j->m.n_people, uint64_t *);
  if (!j->m.people || !j->open) return dyo_oom(j->err);
  st = read_coverage(j);
  for (size_t i = 0; i < j->m.n_people && st == DYO_OK; i++) st = read_availability(j, i);
  if (st == DYO_OK) st = make_all_arcs(j);
  for (size_t i = 0; i < j->m.n_people && st == DYO_OK; i++) st = limit_person(j, i);
  if (st == DYO_OK) st = bar_successions(j);
  if (st == DYO_OK) st = make_demands(j);
  if (st == DYO_OK) share_out(j);
  return st;
}
