/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a task is left out, in a sentence a manager can act on: what nobody has or can do first, then what is short, then what the
 * objective prefers. */
#include "staffing/assign_model.h"

#include <math.h>

/* The tasks that require a skill against the hours of those who have it. */
typedef struct {
  double need, own;
  bool   endless;
} balance;

static bool has(const uint64_t *bits, size_t words, size_t at, size_t skill)
{
  return bits[at * words + skill / 64] >> skill % 64 & 1;
}

static balance weigh(const assign_model *m, size_t skill, bool everything)
{
  const dyo_assign_tasks_in *in = m->in;
  balance                    b  = {0};
  for (size_t j = 0; j < in->n_tasks; j++)
    if ((everything || has(m->needs, m->words, j, skill)) && isfinite(m->shortest[j])) b.need += m->shortest[j];
  for (size_t i = 0; i < in->n_employees; i++) {
    if (!everything && !has(m->owns, m->words, i, skill)) continue;
    if (isnan(in->employees[i].capacity_hours)) b.endless = true;
    else b.own += in->employees[i].capacity_hours;
  }
  return b;
}

static const char *list_skills(dyo_ctx *ctx, const dyo_assign_task *t)
{
  const char *s = "";
  for (size_t r = 0; r < t->n_required_skills && r < 8 && s; r++)
    s = dyo_text(ctx, "%s%s\"%.60s\"", s,
                 r == 0                          ? ""
                 : r + 1 == t->n_required_skills ? " and "
                                                 : ", ",
                 t->required_skills[r]);
  return s;
}

static const char *without_people(dyo_ctx *ctx, const assign_model *m, size_t j)
{
  const dyo_assign_task *t = &m->in->tasks[j];
  const char            *all;
  for (size_t s = 0; s < m->n_skills; s++) {
    bool owned = false;
    if (!has(m->needs, m->words, j, s)) continue;
    for (size_t i = 0; i < m->in->n_employees; i++) owned = owned || has(m->owns, m->words, i, s);
    if (!owned) return dyo_text(ctx, "no employee has the skill \"%.60s\"", m->skill[s]);
  }
  all = list_skills(ctx, t);
  return all ? dyo_text(ctx, "no employee has all of the skills %s", all) : NULL;
}

/* The skill of task j whose tasks ask for more hours than its people have, if there is one. *out stays NULL where there is none. */
static bool scarce(dyo_ctx *ctx, const assign_model *m, size_t j, const char **out)
{
  for (size_t s = 0; s < m->n_skills; s++) {
    if (!has(m->needs, m->words, j, s)) continue;
    const balance b = weigh(m, s, false);
    if (b.endless || b.need <= b.own) continue;
    *out = dyo_text(ctx, "the tasks that need the skill \"%.60s\" take %.6g h; the employees who have it own %.6g h",
                    m->skill[s], b.need, b.own);
    return *out != NULL;
  }
  const balance b = weigh(m, 0, true);
  if (b.endless || b.need <= b.own) return true;
  *out = dyo_text(ctx, "all tasks together take %.6g h; all employees together own %.6g h", b.need, b.own);
  return *out != NULL;
}

/* What those who may do the task have left, and what it is worth to them. */
typedef struct {
  double largest, hours, worth;
  int    full, people;
} rest;

/* Of the tasks of a person, which rise: the arc of the first from j on. */
static size_t first_from(const assign_problem *p, size_t person, size_t j)
{
  size_t lo = p->first[person], hi = p->first[person + 1];
  while (lo < hi) {
    const size_t mid = lo + (hi - lo) / 2;
    if ((size_t)p->task[mid] < j) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

static rest look(const assign_view *v, size_t j)
{
  const assign_problem *p = &v->m->p;
  rest                  r = {.largest = -1, .hours = INFINITY, .worth = -INFINITY};
  for (size_t i = 0; i < p->n_people; i++) {
    const double capacity = v->m->in->employees[i].capacity_hours;
    for (size_t a = first_from(p, i, j); a < p->first[i + 1] && p->task[a] == (int)j; a++) {
      r.people++;
      r.worth = fmax(r.worth, -(double)p->cost[a]);
      r.hours = fmin(r.hours, v->m->hours[a]);
      if (v->count[i] >= p->most[i]) r.full++;
      else r.largest = fmax(r.largest, isnan(capacity) ? INFINITY : capacity - v->load[i]);
    }
  }
  return r;
}

/* The largest capacity among those who have the skills. */
static double widest(const assign_model *m, size_t j)
{
  double c = 0;
  for (size_t i = 0; i < m->in->n_employees; i++) {
    bool able = true;
    for (size_t w = 0; w < m->words; w++) able = able && !(m->needs[j * m->words + w] & ~m->owns[i * m->words + w]);
    if (able) c = fmax(c, m->in->employees[i].capacity_hours);
  }
  return c;
}

const char *assign_reason(dyo_ctx *ctx, const assign_view *v, size_t j)
{
  const assign_model *m    = v->m;
  const char         *text = NULL;
  if (!m->skilled[j]) return without_people(ctx, m, j);
  const rest r = look(v, j);
  if (r.people == 0)
    return dyo_text(ctx, "needs %.6g h; the largest capacity of those who can do it is %.6g h", m->shortest[j],
                    widest(m, j));
  if (m->sign < 0 && !m->in->require_all && r.worth < 0)
    return dyo_text(ctx, "its value is below 0 to everybody who can do it");
  if (!scarce(ctx, m, j, &text)) return NULL;
  if (text) return text;
  if (r.full == r.people)
    return dyo_text(ctx, "those who can do it have %d tasks each, as max_tasks_per_employee allows", m->p.most[0]);
  if (r.largest + 1e-9 < r.hours)
    return dyo_text(ctx, "needs %.6g h; the largest free capacity of those who can do it is %.6g h", r.hours,
                    fmax(0, r.largest));
  return dyo_text(ctx, "those who can do it and still have time would have to give up what counts for more");
}
