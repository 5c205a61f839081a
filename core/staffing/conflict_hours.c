/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conflict_hours.c - a flow of hours from demands to the people able to fill them, through their weeks: where it cannot carry all that is
 * demanded, the least cut names demands that together ask for more than those people have (Ford & Fulkerson 1956; Dinic 1970). */
#include <string.h>

#include "staffing/conflict.h"

enum { MOST_EDGES = 4000000, EDGES_LATE = 200000 }; /* so many still when time is up */

typedef struct {
  int     to, next; /* next edge of the same node, -1; edge e ^ 1 is its way back */
  int64_t room;
} edge;

typedef struct {
  edge *edges;
  int   n_edges;
  int  *first, *level, *now, *queue, *path; /* by node */
  int   n_nodes, source, sink;
} flow;

static void join(flow *f, int a, int b, int64_t room)
{
  f->edges[f->n_edges] = (edge){b, f->first[a], room};
  f->first[a]          = f->n_edges++;
  f->edges[f->n_edges] = (edge){a, f->first[b], 0};
  f->first[b]          = f->n_edges++;
}

static bool layer(flow *f)
{
  int head = 0, tail = 0;
  for (int k = 0; k < f->n_nodes; k++) f->level[k] = -1;
  f->level[f->source] = 0;
  f->queue[tail++]    = f->source;
  while (head < tail) {
    const int a = f->queue[head++];
    for (int e = f->first[a]; e >= 0; e = f->edges[e].next) {
      if (f->edges[e].room == 0 || f->level[f->edges[e].to] >= 0) continue;
      f->level[f->edges[e].to] = f->level[a] + 1;
      f->queue[tail++]         = f->edges[e].to;
    }
  }
  return f->level[f->sink] >= 0;
}

/* Sends what the path of n edges carries, and says how many of them stand before the first that is now full. */
static int send(flow *f, int n)
{
  int64_t least = INT64_MAX;
  int     full  = 0;
  for (int k = 0; k < n; k++) least = f->edges[f->path[k]].room < least ? f->edges[f->path[k]].room : least;
  for (int k = n - 1; k >= 0; k--) {
    f->edges[f->path[k]].room -= least;
    f->edges[f->path[k] ^ 1].room += least;
    if (f->edges[f->path[k]].room == 0) full = k;
  }
  return full;
}

/* Depth first through the layers, without recursion. */
static void block(flow *f)
{
  int n = 0, a = f->source;
  memcpy(f->now, f->first, (size_t)f->n_nodes * sizeof *f->now);
  for (;;) {
    if (a == f->sink) {
      n = send(f, n);
      a = f->edges[f->path[n] ^ 1].to;
      continue;
    }
    while (f->now[a] >= 0 && (f->edges[f->now[a]].room == 0 || f->level[f->edges[f->now[a]].to] != f->level[a] + 1))
      f->now[a] = f->edges[f->now[a]].next;
    if (f->now[a] >= 0) {
      f->path[n++] = f->now[a];
      a            = f->edges[f->now[a]].to;
    } else {
      if (n == 0) return;
      a         = f->edges[f->path[--n] ^ 1].to;
      f->now[a] = f->edges[f->now[a]].next;
    }
  }
}

/* Nodes: demands, people, weeks of people, source, sink. */
static bool flow_new(flow *f, staff_view *v, int weeks)
{
  dyo_ctx *ctx = v->j->ctx;
  int64_t  n_most =
    2 * ((int64_t)v->from[v->j->m.n_demands] + (int64_t)v->j->m.n_demands + (int64_t)v->j->m.n_people * (weeks + 1));
  *f        = (flow){.n_nodes = (int)(v->j->m.n_demands + v->j->m.n_people * (size_t)(weeks + 1)) + 2};
  f->source = f->n_nodes - 2;
  f->sink   = f->n_nodes - 1;
  f->edges  = DYO_NEW(ctx, (size_t)n_most, edge);
  f->first  = DYO_NEW(ctx, (size_t)f->n_nodes, int);
  f->level  = DYO_NEW(ctx, (size_t)f->n_nodes, int);
  f->now    = DYO_NEW(ctx, (size_t)f->n_nodes, int);
  f->queue  = DYO_NEW(ctx, (size_t)f->n_nodes, int);
  f->path   = DYO_NEW(ctx, (size_t)f->n_nodes, int);
  if (!f->edges || !f->first || !f->level || !f->now || !f->queue || !f->path) return false;
  for (int k = 0; k < f->n_nodes; k++) f->first[k] = -1;
  return true;
}

static int64_t room_of(int limit)
{
  return limit == ROSTER_NONE ? INT64_MAX / 4 : limit;
}

static void build(flow *f, const staff_view *v, int weeks)
{
  const roster_model *m      = &v->j->m;
  const int           people = (int)m->n_demands, week_of = people + (int)m->n_people;
  for (int d = 0; d < (int)m->n_demands; d++) {
    const roster_shift *s = &m->shifts[m->demands[d].shift];
    if (!v->in[d]) continue;
    join(f, f->source, d, (int64_t)m->demands[d].need * s->hours);
    for (size_t w = v->from[d]; w < v->from[d + 1]; w++) join(f, d, week_of + v->who[w] * weeks + s->day / 7, s->hours);
  }
  for (int p = 0; p < (int)m->n_people; p++) {
    for (int k = 0; k < weeks; k++) join(f, week_of + p * weeks + k, people + p, room_of(m->people[p].week_most));
    join(f, people + p, f->sink, room_of(m->people[p].hours_most));
  }
}

/* Heads of all shifts together (skill: those of one skill of skill_coverage). */
static void pick(staff_view *v, const char *skill)
{
  const roster_model *m = &v->j->m;
  for (size_t d = 0; d < m->n_demands; d++)
    v->in[d] = m->demands[d].under == ROSTER_HARD && m->demands[d].need > 0 &&
               (skill ? v->j->skill_of[d] && strcmp(v->j->skill_of[d], skill) == 0 : !v->j->skill_of[d]);
}

static dyo_status cut(staff_view *v, staff_cause *c)
{
  const int   weeks = (v->j->m.n_days + 6) / 7;
  flow        f;
  staff_hours h;
  dyo_status  st = flow_new(&f, v, weeks) ? DYO_OK : dyo_oom(v->j->err);
  if (st != DYO_OK) return st;
  build(&f, v, weeks);
  while (layer(&f))
    if (block(&f), dyo_poll(v->j->ctx, 0, "conflict") != DYO_RUN_ON) break;
  for (size_t d = 0; d < v->j->m.n_demands; d++) v->in[d] = v->in[d] && f.level[d] >= 0;
  conflict_hours_of_set(v, &h);
  if (h.needed <= h.had) return DYO_OK;
  st       = conflict_shrink_hours(v, c);
  c->cause = DYO_CAUSE_HOURS;
  return st;
}

dyo_status conflict_hours(staff_view *v, staff_cause *c)
{
  dyo_status   st    = DYO_OK;
  const size_t edges = v->from[v->j->m.n_demands] + v->j->m.n_people * (size_t)(v->j->m.n_days / 7 + 2);
  if (edges > MOST_EDGES) return DYO_OK;
  if (edges > EDGES_LATE && dyo_look(v->j->ctx, 0, "conflict") != DYO_RUN_ON) return DYO_OK;
  pick(v, NULL);
  st = cut(v, c);
  for (size_t s = 0; s < v->j->skills.n && st == DYO_OK && c->cause < 0 && v->j->in->n_skill_coverage > 0; s++) {
    pick(v, v->j->skills.text[s]);
    st       = cut(v, c);
    c->skill = c->cause >= 0 ? v->j->skills.text[s] : NULL;
  }
  memset(v->in, 0, v->j->m.n_demands * sizeof *v->in);
  return st;
}
