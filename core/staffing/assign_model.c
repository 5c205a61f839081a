/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request of staffing.assign_tasks made into whole numbers: who may do what, hours in their greatest common part, money in its. */
#include "staffing/assign_model.h"

#include <limits.h>
#include <math.h>
#include <string.h>

enum { MOST_PAIRS = 3000000 };

static const double HOUR_PARTS = 100000, MONEY_PARTS = 1000000;

typedef struct {
  const dyo_assign_tasks_in *in;
  assign_model              *m;
  assign_names               people, tasks, skills;
  const dyo_assign_row     **values, **costs, **hours; /* n_employees: its row, or NULL */
  double                    *value, *cost, *hour;      /* n_tasks: of one employee */
} making;

/* ---- names ---- */

/* Appends "/part", escaped as a JSON pointer wants it. */
static size_t add_part(char *out, size_t size, size_t n, const char *part)
{
  if (n + 1 < size) out[n++] = '/';
  for (const char *c = part; *c && n + 2 < size; c++) {
    const bool escaped = *c == '~' || *c == '/';
    out[n++]           = escaped ? '~' : *c;
    if (escaped) out[n++] = *c == '~' ? '0' : '1';
  }
  out[n] = 0;
  return n;
}

static dyo_status unknown(const char *field, const char *employee, const char *task, dyo_err *err)
{
  char   path[192];
  size_t n = add_part(path, sizeof path, 0, field);
  n        = add_part(path, sizeof path, n, employee);
  if (task) add_part(path, sizeof path, n, task);
  return dyo_fail(err, DYO_INVALID_INPUT, path, "found \"%.80s\"; no %s has this id", task ? task : employee,
                  task ? "task" : "employee");
}

static dyo_status name_people(dyo_ctx *ctx, making *k, dyo_err *err)
{
  const size_t n    = k->in->n_employees;
  const char **name = DYO_NEW(ctx, n, const char *);
  if (!name) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) name[i] = k->in->employees[i].id;
  const dyo_status st = assign_names_make(ctx, name, n, &k->people, err);
  if (st != DYO_OK) return st;
  const size_t twice = assign_names_twice(&k->people);
  if (twice == n) return DYO_OK;
  return dyo_fail_item(err, DYO_INVALID_INPUT, "employees", twice, "id",
                       "found \"%.80s\" again, the first is /employees/%zu; each employee may be there once",
                       name[twice], assign_names_find(&k->people, name[twice]));
}

static dyo_status name_tasks(dyo_ctx *ctx, making *k, dyo_err *err)
{
  const size_t n    = k->in->n_tasks;
  const char **name = DYO_NEW(ctx, n, const char *);
  if (!name) return dyo_oom(err);
  for (size_t j = 0; j < n; j++) name[j] = k->in->tasks[j].id;
  const dyo_status st = assign_names_make(ctx, name, n, &k->tasks, err);
  if (st != DYO_OK) return st;
  const size_t twice = assign_names_twice(&k->tasks);
  if (twice == n) return DYO_OK;
  return dyo_fail_item(err, DYO_INVALID_INPUT, "tasks", twice, "id",
                       "found \"%.80s\" again, the first is /tasks/%zu; each task may be there once", name[twice],
                       assign_names_find(&k->tasks, name[twice]));
}

static dyo_status find_rows(dyo_ctx *ctx, making *k, const char *field, const dyo_assign_row *rows, size_t n,
                            const dyo_assign_row ***out, dyo_err *err)
{
  *out = DYO_NEW(ctx, k->in->n_employees, const dyo_assign_row *);
  if (!*out) return dyo_oom(err);
  for (size_t r = 0; r < n; r++) {
    const size_t i = assign_names_find(&k->people, rows[r].employee);
    if (i == k->in->n_employees) return unknown(field, rows[r].employee, NULL, err);
    (*out)[i] = &rows[r];
  }
  return DYO_OK;
}

/* ---- skills ---- */

/* The different skills that tasks require; what only employees have does not matter. */
static dyo_status name_skills(dyo_ctx *ctx, making *k, dyo_err *err)
{
  const dyo_assign_tasks_in *in  = k->in;
  size_t                     all = 0, n = 0;
  assign_names               every;
  for (size_t j = 0; j < in->n_tasks; j++) all += in->tasks[j].n_required_skills;
  const char **name = DYO_NEW(ctx, all + 1, const char *);
  if (!name) return dyo_oom(err);
  for (size_t j = 0, q = 0; j < in->n_tasks; j++)
    for (size_t r = 0; r < in->tasks[j].n_required_skills; r++) name[q++] = in->tasks[j].required_skills[r];
  dyo_status st = assign_names_make(ctx, name, all, &every, err);
  if (st != DYO_OK) return st;
  for (size_t q = 0; q < all; q++)
    if (assign_names_find(&every, name[q]) == q) name[n++] = name[q];
  k->m->skill    = name;
  k->m->n_skills = n;
  k->m->words    = n / 64 + 1;
  return assign_names_make(ctx, name, n, &k->skills, err);
}

static void set_skills(const making *k, const char **skills, size_t n, uint64_t *bits)
{
  for (size_t q = 0; q < n; q++) {
    const size_t s = assign_names_find(&k->skills, skills[q]);
    if (s < k->skills.n) bits[s / 64] |= (uint64_t)1 << s % 64;
  }
}

static dyo_status lay_skills(dyo_ctx *ctx, making *k, dyo_err *err)
{
  assign_model *m  = k->m;
  dyo_status    st = name_skills(ctx, k, err);
  if (st != DYO_OK) return st;
  m->owns  = DYO_NEW(ctx, k->in->n_employees * m->words, uint64_t);
  m->needs = DYO_NEW(ctx, k->in->n_tasks * m->words, uint64_t);
  if (!m->owns || !m->needs) return dyo_oom(err);
  for (size_t i = 0; i < k->in->n_employees; i++)
    set_skills(k, k->in->employees[i].skills, k->in->employees[i].n_skills, m->owns + i * m->words);
  for (size_t j = 0; j < k->in->n_tasks; j++)
    set_skills(k, k->in->tasks[j].required_skills, k->in->tasks[j].n_required_skills, m->needs + j * m->words);
  return DYO_OK;
}

static bool skilled(const assign_model *m, size_t i, size_t j)
{
  for (size_t w = 0; w < m->words; w++)
    if (m->needs[j * m->words + w] & ~m->owns[i * m->words + w]) return false;
  return true;
}

/* ---- pairs ---- */

static dyo_status overlay(const making *k, const char *field, const dyo_assign_row *row, double *to, dyo_err *err)
{
  for (size_t q = 0; row && q < row->n_tasks; q++) {
    const size_t j = assign_names_find(&k->tasks, row->tasks[q].task);
    if (j == k->in->n_tasks) return unknown(field, row->employee, row->tasks[q].task, err);
    to[j] = row->tasks[q].amount;
  }
  return DYO_OK;
}

/* value, cost and hour of every task for employee i. */
static dyo_status one_employee(making *k, size_t i, dyo_err *err)
{
  const dyo_assign_tasks_in *in = k->in;
  dyo_status                 st;
  for (size_t j = 0; j < in->n_tasks; j++) {
    k->value[j] = in->tasks[j].value;
    k->hour[j]  = in->tasks[j].hours;
  }
  st = overlay(k, "hours_by_employee", k->hours[i], k->hour, err);
  for (size_t j = 0; j < in->n_tasks; j++) k->cost[j] = in->employees[i].hourly_rate * k->hour[j];
  if (st == DYO_OK) st = overlay(k, "values", k->values[i], k->value, err);
  if (st == DYO_OK) st = overlay(k, "costs", k->costs[i], k->cost, err);
  return st;
}

static double capacity(const making *k, size_t i)
{
  const double c = k->in->employees[i].capacity_hours;
  return isnan(c) ? INFINITY : c * (1 + 1e-12) + 1e-9;
}

static void put_pairs(making *k, size_t i, bool count_only)
{
  assign_model   *m = k->m;
  assign_problem *p = &m->p;
  for (size_t j = 0; j < k->in->n_tasks; j++) {
    if (!skilled(m, i, j)) continue;
    m->skilled[j] = 1;
    if (k->hour[j] < m->shortest[j]) m->shortest[j] = k->hour[j];
    if (k->hour[j] > capacity(k, i)) continue;
    if (!count_only) {
      const size_t a = p->n_arcs;
      p->task[a]     = (int)j;
      m->hours[a]    = k->hour[j];
      m->money[a]    = k->cost[j];
      m->value[a]    = k->value[j];
      m->worth[a]    = k->in->objective == DYO_ASSIGN_MIN_COST ? k->cost[j] : k->value[j];
    }
    p->n_arcs++;
  }
  if (!count_only) p->first[i + 1] = p->n_arcs;
}

static dyo_status pass(dyo_ctx *ctx, making *k, bool count_only, dyo_err *err)
{
  k->m->p.n_arcs = 0;
  for (size_t i = 0; i < k->in->n_employees; i++) {
    const dyo_status st = one_employee(k, i, err);
    if (st != DYO_OK) return st;
    if (dyo_poll(ctx, 0, "reading") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, false, err);
    put_pairs(k, i, count_only);
    if (k->m->p.n_arcs > MOST_PAIRS)
      return dyo_fail(
        err, DYO_TOO_LARGE, "/tasks",
        "found more than %d pairs of an employee and a task that skills and hours allow; that many are accepted",
        MOST_PAIRS);
  }
  return DYO_OK;
}

static dyo_status lay_pairs(dyo_ctx *ctx, making *k, dyo_err *err)
{
  assign_model *m = k->m;
  const size_t  n = k->in->n_tasks;
  k->value        = DYO_NEW(ctx, n, double);
  k->cost         = DYO_NEW(ctx, n, double);
  k->hour         = DYO_NEW(ctx, n, double);
  m->skilled      = DYO_NEW(ctx, n, uint8_t);
  m->shortest     = DYO_NEW(ctx, n, double);
  if (!k->value || !k->cost || !k->hour || !m->skilled || !m->shortest) return dyo_oom(err);
  for (size_t j = 0; j < n; j++) m->shortest[j] = INFINITY;
  dyo_status st = pass(ctx, k, true, err);
  if (st != DYO_OK) return st;
  m->p.task  = DYO_NEW(ctx, m->p.n_arcs + 1, int);
  m->p.first = DYO_NEW(ctx, k->in->n_employees + 1, size_t);
  m->hours   = DYO_NEW(ctx, m->p.n_arcs + 1, double);
  m->money   = DYO_NEW(ctx, m->p.n_arcs + 1, double);
  m->value   = DYO_NEW(ctx, m->p.n_arcs + 1, double);
  m->worth   = DYO_NEW(ctx, m->p.n_arcs + 1, double);
  if (!m->p.task || !m->p.first || !m->hours || !m->money || !m->value || !m->worth) return dyo_oom(err);
  return pass(ctx, k, false, err);
}

/* ---- whole numbers ---- */

static int64_t whole(double x)
{
  return (int64_t)floor(x + 0.5);
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

static dyo_status lay_hours(dyo_ctx *ctx, making *k, dyo_err *err)
{
  assign_problem            *p  = &k->m->p;
  const dyo_assign_tasks_in *in = k->in;
  int64_t                    g  = 0;
  p->weight                     = DYO_NEW(ctx, p->n_arcs + 1, int);
  p->room                       = DYO_NEW(ctx, p->n_people, int);
  p->most                       = DYO_NEW(ctx, p->n_people, int);
  if (!p->weight || !p->room || !p->most) return dyo_oom(err);
  for (size_t a = 0; a < p->n_arcs; a++) g = common(g, whole(k->m->hours[a] * HOUR_PARTS));
  if (g == 0) g = 1;
  for (size_t a = 0; a < p->n_arcs; a++) p->weight[a] = (int)(whole(k->m->hours[a] * HOUR_PARTS) / g);
  for (size_t i = 0; i < p->n_people; i++) {
    int64_t      sum = 0;
    const double c   = in->employees[i].capacity_hours;
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) sum += p->weight[a];
    if (!isnan(c) && (double)sum * (double)g > c * HOUR_PARTS) sum = whole(c * HOUR_PARTS) / g;
    p->room[i] = sum < INT_MAX / 2 ? (int)sum : INT_MAX / 2;
    p->most[i] = in->max_tasks_per_employee == DYO_NO_INT ? (int)p->n_tasks : in->max_tasks_per_employee;
  }
  return DYO_OK;
}

static bool is_whole(double x)
{
  return fabs(x - floor(x + 0.5)) <= 1e-12 * fmax(1, fabs(x));
}

/* The least power of ten that makes every worth whole, or the largest that keeps sums small. */
static double parts_of_money(const assign_model *m)
{
  const assign_problem *p     = &m->p;
  double                parts = 1, largest = 1;
  for (size_t a = 0; a < p->n_arcs; a++) largest = fmax(largest, fabs(m->worth[a]));
  for (size_t a = 0; a < p->n_arcs;) {
    const double x = m->worth[a] * parts;
    if (is_whole(x) || parts >= MONEY_PARTS) a++;
    else parts *= 10;
  }
  while (parts > 1e-6 && largest * parts * (double)p->n_tasks > 1e14) parts /= 10;
  return parts;
}

static dyo_status lay_money(dyo_ctx *ctx, making *k, dyo_err *err)
{
  assign_model   *m     = k->m;
  assign_problem *p     = &m->p;
  const double    parts = parts_of_money(m);
  int64_t         g     = 0;
  p->cost               = DYO_NEW(ctx, p->n_arcs + 1, int64_t);
  p->skip               = DYO_NEW(ctx, p->n_tasks, int64_t);
  if (!p->cost || !p->skip) return dyo_oom(err);
  m->sign  = k->in->objective == DYO_ASSIGN_MIN_COST ? 1 : -1;
  m->exact = true;
  for (size_t a = 0; a < p->n_arcs; a++) {
    const double x = m->worth[a] * parts;
    p->cost[a]     = m->sign * whole(x);
    m->exact       = m->exact && is_whole(x);
    g              = common(g, p->cost[a]);
  }
  if (g == 0) g = 1;
  for (size_t a = 0; a < p->n_arcs; a++) p->cost[a] /= g;
  m->unit_top   = (double)g;
  m->unit_parts = parts;
  return DYO_OK;
}

dyo_status assign_model_make(dyo_ctx *ctx, const dyo_assign_tasks_in *in, assign_model *m, dyo_err *err)
{
  making k = {.in = in, .m = m};
  memset(m, 0, sizeof *m);
  m->in         = in;
  m->p.n_people = in->n_employees;
  m->p.n_tasks  = in->n_tasks;
  if (in->n_employees == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/employees", "found an empty list; at least one employee is needed");
  if (in->n_tasks == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/tasks", "found an empty list; at least one task is needed");
  dyo_status st = name_people(ctx, &k, err);
  if (st == DYO_OK) st = name_tasks(ctx, &k, err);
  if (st == DYO_OK) st = find_rows(ctx, &k, "values", in->values, in->n_values, &k.values, err);
  if (st == DYO_OK) st = find_rows(ctx, &k, "costs", in->costs, in->n_costs, &k.costs, err);
  if (st == DYO_OK)
    st = find_rows(ctx, &k, "hours_by_employee", in->hours_by_employee, in->n_hours_by_employee, &k.hours, err);
  if (st == DYO_OK) st = lay_skills(ctx, &k, err);
  if (st == DYO_OK) st = lay_pairs(ctx, &k, err);
  if (st == DYO_OK) st = lay_hours(ctx, &k, err);
  if (st == DYO_OK) st = lay_money(ctx, &k, err);
  return st;
}
