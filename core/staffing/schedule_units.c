/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_units.c - hours and money of a request as whole numbers, as large as they can be: searches count in them, and what is whole can
 * be proven exactly. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "staffing/schedule.h"

static const double SCALES_MOST = 1e12;
static const double SUMS_MOST   = 1125899906842624.0; /* 2^50: no plan costs more units */
static const double ROUGH_MOST  = 1e6;                /* scale where nothing is whole */
static const double CENT        = 0.01;

static int64_t gcd(int64_t a, int64_t b)
{
  while (b) {
    const int64_t r = a % b;
    a               = b;
    b               = r;
  }
  return a;
}

static bool whole(double v)
{
  return fabs(v - rint(v)) <= 1e-7 + 4 * DBL_EPSILON * fabs(v);
}

/* ---- hours ---- */

double paid_hours(const schedule_job *j, int shift)
{
  const double        said = j->in->shifts[j->shift_of[shift]].duration_hours;
  const roster_shift *s    = &j->m.shifts[shift];
  return isnan(said) ? (s->end - s->start) / 60.0 : said;
}

static bool has_overtime(const dyo_schedule_in *in)
{
  return in->overtime_multiplier >= 1;
}

static bool hours_whole_at(const schedule_job *j, double per_hour)
{
  for (size_t k = 0; k < j->m.n_shifts; k++)
    if (!whole(paid_hours(j, (int)k) * per_hour)) return false;
  return !has_overtime(j->in) || whole(j->in->overtime_threshold * per_hour);
}

static void find_hours(schedule_job *j)
{
  static const double scales[] = {60, 3600, 36000, 360000};
  int                 at       = 0;
  int64_t             unit = 0, sum = 0;
  while (at < 3 && !hours_whole_at(j, scales[at])) at++;
  for (;; at = 1) { /* a second is fine enough where a finer unit would not fit */
    j->hours.per_hour = scales[at];
    unit = sum = 0;
    for (size_t k = 0; k < j->m.n_shifts; k++) {
      const int64_t ticks = llrint(paid_hours(j, (int)k) * scales[at]);
      unit                = gcd(ticks, unit);
      sum += ticks;
    }
    if (has_overtime(j->in)) unit = gcd(llrint(j->in->overtime_threshold * scales[at]), unit);
    if (unit == 0) unit = 1;
    if (sum / unit < INT_MAX / 4 || at == 1) break;
  }
  j->hours.ticks_of_unit = (int)unit;
  for (size_t k = 0; k < j->m.n_shifts; k++)
    j->m.shifts[k].hours = (int)(llrint(paid_hours(j, (int)k) * j->hours.per_hour) / unit);
  j->m.hour = (double)unit / j->hours.per_hour;
}

double hours_of(const schedule_job *j, double units)
{
  return units * j->hours.ticks_of_unit / j->hours.per_hour;
}

int hour_units_down(const schedule_job *j, double hours)
{
  const double v = floor((hours * j->hours.per_hour + 1e-4) / j->hours.ticks_of_unit);
  return v < INT_MAX / 2 ? (int)v : ROSTER_NONE; /* NaN is none as well */
}

/* The unit was chosen so that the threshold is whole (but for what no scale of hours can tell). */
int overtime_units_from(const schedule_job *j)
{
  return (int)(llrint(j->in->overtime_threshold * j->hours.per_hour) / j->hours.ticks_of_unit);
}

int hour_units_up(const schedule_job *j, double hours)
{
  const double v = ceil((hours * j->hours.per_hour - 1e-4) / j->hours.ticks_of_unit);
  return v < INT_MAX / 2 ? (int)v : INT_MAX / 2;
}

/* ---- money ---- */

/* Is told every amount that a cost is a whole multiple of; false ends it. */
typedef bool (*visitor)(void *user, double amount);

static bool rates(const schedule_job *j, visitor see, void *user)
{
  const dyo_schedule_in *in   = j->in;
  const double           more = has_overtime(in) ? in->overtime_multiplier - 1 : 0;
  double                 last = -1;
  for (size_t k = 0; k < j->m.n_shifts; k++) {
    const double hours = paid_hours(j, (int)k);
    if (hours == last) continue;
    last = hours;
    for (size_t i = 0; i < in->n_employees; i++)
      if ((i == 0 || in->employees[i].hourly_rate != in->employees[i - 1].hourly_rate) &&
          !see(user, in->employees[i].hourly_rate * hours))
        return false;
  }
  for (size_t i = 0; i < in->n_employees; i++)
    if (!see(user, in->employees[i].hourly_rate * more * j->m.hour) || !see(user, in->employees[i].call_in_cost))
      return false;
  return true;
}

static bool weights(const schedule_job *j, visitor see, void *user)
{
  const dyo_schedule_in *in = j->in;
  for (size_t i = 0; i < in->n_shifts; i++)
    if (!see(user, in->shifts[i].understaffing_penalty) || !see(user, in->shifts[i].overstaffing_penalty)) return false;
  for (size_t i = 0; i < in->n_shift_requests; i++)
    if (!see(user, in->shift_requests[i].weight)) return false;
  return see(user, in->understaffing_penalty) && see(user, in->overstaffing_penalty) &&
         see(user, in->fairness_weight * j->m.hour) && see(user, in->unpopular_weight);
}

static bool preferences(const schedule_job *j, visitor see, void *user)
{
  for (size_t i = 0; i < j->in->n_employees; i++)
    for (size_t k = 0; k < j->in->employees[i].n_preferences; k++)
      if (!see(user, j->in->employees[i].preferences[k].value * j->preference_weight)) return false;
  return true;
}

typedef struct {
  double  scale;
  int64_t step; /* greatest common part of all amounts at this scale */
} measure;

static bool measured(void *user, double amount)
{
  measure *m = user;
  if (isnan(amount)) return true;
  const double v = amount * m->scale;
  if (!whole(v)) return false;
  m->step = gcd(llabs(llrint(v)), m->step);
  return true;
}

/* An upper limit of what a plan can cost. */
static double most_cost(const schedule_job *j)
{
  const dyo_schedule_in *in     = j->in;
  const double           people = (double)in->n_employees;
  double                 hours = 0, sum = 0, heads = 0;
  for (size_t k = 0; k < j->m.n_shifts; k++) hours += paid_hours(j, (int)k);
  for (size_t i = 0; i < in->n_employees; i++) {
    const dyo_schedule_employee *x = &in->employees[i];
    sum += x->call_in_cost + x->hourly_rate * fmin(hours, isnan(x->max_hours) ? hours : x->max_hours) *
                               (has_overtime(in) ? in->overtime_multiplier : 1);
    for (size_t k = 0; k < x->n_preferences; k++) sum += fabs(x->preferences[k].value) * j->preference_weight;
  }
  for (size_t i = 0; i < in->n_min_coverage; i++) heads = fmax(heads, in->min_coverage[i].n);
  for (size_t i = 0; i < in->n_skill_coverage; i++)
    for (size_t k = 0; k < in->skill_coverage[i].n_skills; k++) heads += in->skill_coverage[i].skills[k].n;
  heads = fmax(heads, 1);
  for (size_t i = 0; i < in->n_shifts; i++) {
    const dyo_schedule_shift *x = &in->shifts[i];
    const double under = isnan(x->understaffing_penalty) ? in->understaffing_penalty : x->understaffing_penalty;
    const double over  = isnan(x->overstaffing_penalty) ? in->overstaffing_penalty : x->overstaffing_penalty;
    sum += (isnan(under) ? 0 : under * heads) + over * people;
  }
  for (size_t i = 0; i < in->n_shift_requests; i++) sum += in->shift_requests[i].weight;
  return sum + in->fairness_weight * hours * people + in->unpopular_weight * (double)in->n_shifts * people;
}

/* The coarsest scale of powers of ten at which everything is whole; false where there is none that fits. */
static bool find_scale(const schedule_job *j, money_scale *money)
{
  const double most = most_cost(j);
  for (double scale = 100; scale <= SCALES_MOST && most * scale <= SUMS_MOST; scale *= 10) {
    measure m = {scale, 0};
    if (!rates(j, measured, &m) || !weights(j, measured, &m) || !preferences(j, measured, &m)) continue;
    *money = (money_scale){scale, m.step > 0 ? m.step : 1, true};
    return true;
  }
  return false;
}

/* The largest 1, 1/10, 1/100, ... below v. (No pow: its last bit is not everywhere the same.) */
static double power_below(double v)
{
  double parts = 1;
  while (1 / parts > v && parts < SCALES_MOST) parts *= 10;
  return 1 / parts;
}

static double power_above(double v)
{
  return 1 / rint(1 / v / 10);
}

/* No two plans differ by more points of preference. */
static double most_points(const schedule_job *j)
{
  double sum = 0;
  for (size_t i = 0; i < j->in->n_employees; i++) {
    const dyo_schedule_employee *x   = &j->in->employees[i];
    double                       all = 0, worst = 0, best = 0, shortest = INFINITY;
    for (size_t k = 0; k < x->n_preferences; k++) {
      const double v = x->preferences[k].value;
      all += fabs(v);
      worst    = fmin(worst, v);
      best     = fmax(best, v);
      shortest = fmin(shortest, paid_hours(j, j->shift_at[staff_ids_find(&j->shifts, x->preferences[k].shift)]));
    }
    const double shifts = shortest > 0 && !isnan(x->max_hours) ? floor(x->max_hours / shortest + 1e-6) : INFINITY;
    sum += fmin(all, shifts * (best - worst));
  }
  return sum;
}

/* So little that preferences only decide between plans that cost the same; more where the units could not hold so little. */
static void choose_preference_weight(schedule_job *j)
{
  money_scale  money;
  const double points  = most_points(j);
  j->preference_weight = 0;
  if (!(points > 0)) return;
  const bool exact = find_scale(j, &money);
  if (exact && most_cost(j) == 0) {
    j->preference_weight = 1;
    return;
  }
  j->preference_weight = power_below(0.999 * (exact ? (double)money.step / money.scale : CENT) / points);
  while (exact && j->preference_weight < 1 && !find_scale(j, &money))
    j->preference_weight = power_above(j->preference_weight);
}

dyo_status schedule_units(schedule_job *j)
{
  find_hours(j);
  if (isnan(j->in->preference_weight)) choose_preference_weight(j);
  else j->preference_weight = j->in->preference_weight;
  if (!find_scale(j, &j->money)) {
    double scale = ROUGH_MOST;
    while (most_cost(j) * scale > SUMS_MOST / 16) scale /= 10;
    j->money = (money_scale){scale, 1, false};
  }
  j->m.unit = (double)j->money.step / j->money.scale;
  return DYO_OK;
}

double money_of(const schedule_job *j, int64_t units)
{
  const double whole_units = (double)(units * j->money.step);
  return j->money.scale >= 1 ? whole_units / j->money.scale : whole_units * (1 / j->money.scale);
}

int64_t money_units(const schedule_job *j, double amount)
{
  if (!j->money.exact) return (int64_t)floor(amount * j->money.scale);
  return llrint(amount * j->money.scale) / j->money.step;
}
