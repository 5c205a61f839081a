/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "staffing/cover.h"

#include <math.h>

/* Nodes 0..n are the borders between stretches. Arc s < n_shifts goes from the first border of shift s to its last, at its cost; arc
 * n_shifts + k from border k + 1 back to k, for nothing. Each may carry any number, and can be undone as far as it carries something. */
typedef struct {
  int64_t dist;
  int     node;
} reach;

typedef struct {
  int                n, n_shifts;
  const cover_shift *shifts;
  int64_t           *cost;          /* of a shift's head */
  int               *flow;          /* of each arc */
  int               *first, *leave; /* arcs at a border by either end: leave[first[v]..first[v+1]) */
  int64_t           *price, *dist;  /* reduced cost of u -> v: cost + price[u] - price[v] >= 0 */
  int               *by;            /* arc by which a border was reached: e forwards, -e - 1 undone */
  int               *excess, *seen; /* heads that must leave (arrive, where below 0); borders with a distance */
  int                n_seen;
  bool              *done;
  reach             *heap;
  size_t             n_heap;
} flow_net;

static int tail_of(const flow_net *f, int e)
{
  return e < f->n_shifts ? f->shifts[e].from : e - f->n_shifts + 1;
}

static int head_of(const flow_net *f, int e)
{
  return e < f->n_shifts ? f->shifts[e].to : e - f->n_shifts;
}

static bool nearer(reach a, reach b)
{
  return a.dist != b.dist ? a.dist < b.dist : a.node < b.node;
}

static void push(flow_net *f, reach r)
{
  size_t i = f->n_heap++;
  for (; i && nearer(r, f->heap[(i - 1) / 2]); i = (i - 1) / 2) f->heap[i] = f->heap[(i - 1) / 2];
  f->heap[i] = r;
}

static reach pop(flow_net *f)
{
  const reach top = f->heap[0], last = f->heap[--f->n_heap];
  size_t      i = 0;
  for (;;) {
    size_t c = 2 * i + 1;
    if (c >= f->n_heap) break;
    if (c + 1 < f->n_heap && nearer(f->heap[c + 1], f->heap[c])) c++;
    if (!nearer(f->heap[c], last)) break;
    f->heap[i] = f->heap[c];
    i          = c;
  }
  if (f->n_heap) f->heap[i] = last;
  return top;
}

static void relax(flow_net *f, int u, int v, int64_t cost, int by)
{
  const int64_t d = f->dist[u] + cost + f->price[u] - f->price[v];
  if (f->dist[v] >= 0 && f->dist[v] <= d) return;
  if (f->dist[v] < 0) f->seen[f->n_seen++] = v;
  f->dist[v] = d;
  f->by[v]   = by;
  push(f, (reach){d, v});
}

/* Dijkstra from `source` to the nearest border where heads must arrive; -1 where there is none. */
static int nearest_sink(flow_net *f, int source)
{
  f->n_heap       = 0;
  f->n_seen       = 1;
  f->seen[0]      = source;
  f->dist[source] = 0;
  push(f, (reach){0, source});
  while (f->n_heap) {
    const reach r = pop(f);
    if (f->done[r.node]) continue;
    f->done[r.node] = true;
    if (f->excess[r.node] < 0) return r.node;
    for (int i = f->first[r.node]; i < f->first[r.node + 1]; i++) {
      const int     e = f->leave[i];
      const int64_t c = e < f->n_shifts ? f->cost[e] : 0;
      if (tail_of(f, e) == r.node) relax(f, r.node, head_of(f, e), c, e);
      else if (f->flow[e]) relax(f, r.node, tail_of(f, e), -c, -e - 1);
    }
  }
  return -1;
}

/* Moves as many heads as the way allows from source to sink. */
static void move(flow_net *f, int source, int sink)
{
  int most = f->excess[source] < -f->excess[sink] ? f->excess[source] : -f->excess[sink];
  for (int v = sink; v != source;) {
    const int by = f->by[v], e = by >= 0 ? by : -by - 1;
    if (by < 0 && f->flow[e] < most) most = f->flow[e];
    v = by >= 0 ? tail_of(f, e) : head_of(f, e);
  }
  for (int v = sink; v != source;) {
    const int by = f->by[v], e = by >= 0 ? by : -by - 1;
    f->flow[e] += by >= 0 ? most : -most;
    v = by >= 0 ? tail_of(f, e) : head_of(f, e);
  }
  f->excess[source] -= most;
  f->excess[sink] += most;
}

static bool make(dyo_ctx *ctx, flow_net *f)
{
  const size_t nodes = (size_t)f->n + 1, arcs = (size_t)f->n_shifts + (size_t)f->n;
  f->cost   = DYO_NEW(ctx, arcs, int64_t);
  f->flow   = DYO_NEW(ctx, arcs, int);
  f->first  = DYO_NEW(ctx, nodes + 2, int);
  f->leave  = DYO_NEW(ctx, 2 * arcs, int);
  f->price  = DYO_NEW(ctx, nodes, int64_t);
  f->dist   = DYO_NEW(ctx, nodes, int64_t);
  f->by     = DYO_NEW(ctx, nodes, int);
  f->excess = DYO_NEW(ctx, nodes, int);
  f->seen   = DYO_NEW(ctx, nodes, int);
  f->done   = DYO_NEW(ctx, nodes, bool);
  f->heap   = DYO_NEW(ctx, 2 * arcs + 1, reach); /* an arc is looked at once from either end */
  return f->cost && f->flow && f->first && f->leave && f->price && f->dist && f->by && f->excess && f->seen &&
         f->done && f->heap;
}

static void link_arcs(flow_net *f)
{
  const int arcs = f->n_shifts + f->n;
  for (int e = 0; e < arcs; e++) {
    f->first[tail_of(f, e) + 2]++;
    f->first[head_of(f, e) + 2]++;
  }
  for (int v = 0; v < f->n; v++)
    f->first[v + 2] += f->first[v + 1]; /* first[v + 1] is now where v's begin, and moves to their end */
  for (int e = 0; e < arcs; e++) {
    f->leave[f->first[tail_of(f, e) + 1]++] = e;
    f->leave[f->first[head_of(f, e) + 1]++] = e;
  }
}

dyo_status cover_least(dyo_ctx *ctx, const int *need, int n, const cover_shift *shifts, int n_shifts, int *heads,
                       dyo_err *err)
{
  flow_net f       = {.n = n, .n_shifts = n_shifts, .shifts = shifts};
  int     *covered = DYO_NEW(ctx, (size_t)n + 1, int);
  if (!covered || !make(ctx, &f)) return dyo_oom(err);
  link_arcs(&f);
  for (int s = 0; s < n_shifts; s++) {
    f.cost[s] = (int64_t)llround(shifts[s].paid * 3600) * (1 << 20) + 1;
    covered[shifts[s].from]++;
    covered[shifts[s].to]--;
  }
  for (int k = 0, over = 0, before = 0; k <= n; k++) {
    over += covered[k];
    const int now = k < n && over > 0 ? need[k] : 0;
    f.excess[k]   = now - before;
    before        = now;
  }
  for (int v = 0; v <= n; v++) f.dist[v] = -1;
  for (int v = 0; v <= n; v++) {
    while (f.excess[v] > 0) {
      if (dyo_poll(ctx, (double)v / (n + 1), "covering with shifts") == DYO_STOP_CANCELLED)
        return dyo_cancelled(ctx, false, err);
      const int sink = nearest_sink(&f, v);
      if (sink < 0) return dyo_fail(err, DYO_INTERNAL, "", "no way from stretch %d", v);
      const int64_t far = f.dist[sink];
      move(&f, v, sink);
      for (int i = 0; i < f.n_seen; i++) {
        const int u = f.seen[i];
        if (f.done[u]) f.price[u] += f.dist[u] - far;
        f.dist[u] = -1;
        f.done[u] = false;
      }
    }
  }
  for (int s = 0; s < n_shifts; s++) heads[s] = f.flow[s];
  return DYO_OK;
}

void cover_greatest(const int *need, const cover_shift *shifts, int n_shifts, int *heads)
{
  for (int s = 0; s < n_shifts; s++) {
    heads[s] = 0;
    for (int k = shifts[s].from; k < shifts[s].to; k++)
      if (need[k] > heads[s]) heads[s] = need[k];
  }
}
