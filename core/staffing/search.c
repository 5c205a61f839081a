/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.c - annealing over (person, shift): the plan at hand, its costs kept up to date, and the best plan seen. Whole numbers only, so
 * that every target takes the same way. */
#include "staffing/search.h"

#include <string.h>

/* ---- lists ---- */

static void seat(search *s, int arc)
{
  const engine *e = s->e;
  const int     p = e->person[arc], t = e->shift[arc];
  s->seat[arc]                           = s->n_crew[t];
  s->crew[e->who_at[t] + s->n_crew[t]++] = arc;
  s->spot[arc]                           = s->n_own[p];
  s->own[e->first[p] + s->n_own[p]++]    = arc;
}

static void unseat(search *s, int arc)
{
  const engine *e = s->e;
  const int     p = e->person[arc], t = e->shift[arc];
  const int     last = s->crew[e->who_at[t] + --s->n_crew[t]], end = s->own[e->first[p] + --s->n_own[p]];
  s->crew[e->who_at[t] + s->seat[arc]] = last;
  s->seat[last]                        = s->seat[arc];
  s->own[e->first[p] + s->spot[arc]]   = end;
  s->spot[end]                         = s->spot[arc];
  s->seat[arc] = s->spot[arc] = -1;
}

/* ---- the best plan ---- */

static void best_from_hand(search *s)
{
  for (int a = 0; a < s->e->n_arcs; a++) s->best[a] = s->seat[a] >= 0;
  s->n_journal = s->at_best = 0;
  s->lost                   = false;
}

static void note_turn(search *s, int arc)
{
  if (s->lost) return;
  if (s->n_journal == s->cap_journal) {
    for (int k = 0; k < s->at_best; k++) s->best[s->journal[k]] ^= 1;
    memmove(s->journal, s->journal + s->at_best, (size_t)(s->n_journal - s->at_best) * sizeof *s->journal);
    s->n_journal -= s->at_best;
    s->at_best = 0;
    if (s->n_journal == s->cap_journal) {
      s->lost = true;
      return;
    }
  }
  s->journal[s->n_journal++] = arc;
}

static void look_at(search *s)
{
  const int64_t cost = s->cost - s->short_cost;
  if (s->have && (s->lacking > s->best_lack ||
                  (s->lacking == s->best_lack &&
                   (s->short_heads > s->best_short || (s->short_heads == s->best_short && cost >= s->best_cost)))))
    return;
  s->best_lack  = s->lacking;
  s->best_short = s->short_heads;
  s->best_cost  = cost;
  if (s->lost || !s->have) best_from_hand(s);
  s->at_best = s->n_journal;
  s->have    = true;
}

void search_keep(search *s)
{
  s->cost += s->delta;
  s->short_cost += s->delta_stand;
  s->short_heads += s->delta_short;
  for (int k = 0; k < s->n_ops; k++) {
    const search_op o    = s->ops[k];
    const int       p    = s->e->person[o.arc];
    bool            seen = !s->e->people[p].terms;
    for (int j = 0; j < k; j++) seen = seen || s->e->person[s->ops[j].arc] == p;
    if (!seen) s->lacking += s->lack[p] - o.lack;
    if (o.change > 0) seat(s, o.arc);
    else unseat(s, o.arc);
    note_turn(s, o.arc);
  }
  search_clear(s);
  look_at(s);
}

int64_t search_best(const search *s, int *short_heads, int64_t *lack)
{
  if (short_heads) *short_heads = s->best_short;
  if (lack) *lack = s->best_lack;
  return s->best_cost;
}

void search_plan(const search *s, uint8_t *on)
{
  memcpy(on, s->best, (size_t)s->e->n_arcs);
  for (int k = 0; k < s->at_best; k++) on[s->journal[k]] ^= 1;
}

/* ---- starting, and going back ---- */

/* Everything that is summed, from the arcs that are on. */
static void recount(search *s)
{
  const engine *e = s->e;
  for (int a = 0; a < e->n_arcs; a++) {
    s->arcs[a].cost  = e->cost[a];
    s->arcs[a].mode  = e->mode[a];
    s->arcs[a].spare = e->cost[a] < 0 || e->people[e->person[a]].terms;
  }
  s->cost = s->short_cost = s->lacking = 0;
  s->short_heads                       = 0;
  for (int p = 0; p < e->n_people; p++) {
    s->terms[p] = e->people[p].terms ? search_terms(s, p) : 0;
    s->lack[p]  = search_lack(s, p);
    s->cost += s->terms[p];
    s->lacking += s->lack[p];
    for (int k = 0; k < s->n_own[p]; k++) s->cost += e->cost[s->own[e->first[p] + k]];
  }
  for (int d = 0; d < e->n_demands; d++) {
    const engine_demand *w = &e->demands[d];
    const int            n = s->heads[d];
    if (n >= w->need) s->cost += w->over * (n - w->need);
    else s->cost += w->under * (w->need - n);
    if (n < w->need && w->hard) {
      s->short_heads += w->need - n;
      s->short_cost += w->under * (w->need - n);
    }
  }
}

static void set_hand(search *s, const uint8_t *on)
{
  const engine *e = s->e;
  for (int a = 0; a < e->n_arcs; a++) {
    if ((s->seat[a] >= 0) == (on[a] != 0)) continue;
    search_turn(s, a, on[a] ? 1 : -1);
    search_clear(s);
    if (on[a]) seat(s, a);
    else unseat(s, a);
  }
  recount(s);
}

void search_set(search *s, const uint8_t *on)
{
  set_hand(s, on);
  if (s->have) { /* the way from the best plan to this one is not in the journal */
    search_plan(s, s->best);
    s->n_journal = s->at_best = 0;
    s->lost                   = true;
  }
  look_at(s);
}

void search_return(search *s)
{
  if (s->lost) {
    set_hand(s, s->best);
  } else {
    for (int k = s->n_journal - 1; k >= s->at_best; k--) {
      const int a = s->journal[k];
      search_turn(s, a, s->seat[a] >= 0 ? -1 : 1);
      search_clear(s);
      if (s->seat[a] >= 0) unseat(s, a);
      else seat(s, a);
    }
    recount(s);
  }
  s->n_journal = s->lost ? 0 : s->at_best;
  if (s->lost) s->at_best = 0;
  s->lost = false;
}

void search_reset(search *s, bool forget)
{
  recount(s);
  if (forget) s->have = false;
  look_at(s);
}

void search_pool(search *s, const uint8_t *in)
{
  const engine *e = s->e;
  int           n = 0;
  s->n_pool       = 0;
  for (int a = 0; a < e->n_arcs; a++)
    if (e->mode[a] == ARC_FREE && (!in || in[a])) s->pool[s->n_pool++] = a;
  for (int t = 0; t < e->n_shifts; t++) {
    s->ask_at[t] = n;
    for (int k = e->who_at[t]; k < e->who_at[t + 1]; k++)
      if (e->mode[e->who[k]] == ARC_FREE && (!in || in[e->who[k]])) s->ask[n++] = e->who[k];
  }
  s->ask_at[e->n_shifts] = n;
}

/* log2(x) for x >= 1, in units of 2^-16. */
static int64_t log2_of(uint32_t x)
{
  int64_t  bits = 0;
  uint64_t m    = x;
  while (m >> (bits + 1)) bits++;
  m = (m << 31) >> bits;
  for (int k = 0; k < 16; k++) {
    m    = (m * m) >> 31;
    bits = 2 * bits + (m >> 32 != 0);
    m >>= m >> 32;
  }
  return bits;
}

/* Quantiles of the waiting time with mean 1 (of -log of a uniform number), in units of 1/1024: 45426 is log(2) in units of 2^-16. */
static void fill_odds(search *s)
{
  for (uint32_t i = 0; i < SEARCH_ODDS; i++)
    s->odds[i] = (int32_t)(((log2_of(2 * SEARCH_ODDS) - log2_of(2 * i + 1)) * 45426) >> 22);
}

/* Which shifts near t clash with it, for somebody with the longest rest and, where there is such a one, with one shift a day. */
static bool fill_clash(search *s)
{
  const engine *e    = s->e;
  int           rest = 0, who = 0;
  bool          one_a_day = false;
  for (int p = 0; p < e->n_people; p++) one_a_day = one_a_day || e->people[p].p->day_most <= 1;
  for (int p = 0; p < e->n_people; p++)
    if (e->people[p].p->rest > rest) {
      rest = e->people[p].p->rest;
      who  = p;
    }
  for (int t = 0; t < e->n_shifts; t++) {
    const int words = (e->near_hi[t] >> 6) - (e->near_lo[t] >> 6) + 1;
    s->clash_at[t]  = e->near_lo[t] >> 6;
    s->span         = words > s->span ? words : s->span;
  }
  for (int t = 0; t < e->n_shifts; t++)
    if (s->clash_at[t] + s->span > s->words) s->clash_at[t] = s->words - s->span;
  s->clash = DYO_NEW(e->ctx, (size_t)e->n_shifts * (size_t)s->span + 1, uint64_t);
  if (!s->clash) return false;
  for (int t = 0; t < e->n_shifts && e->n_people > 0; t++)
    for (int u = e->near_lo[t]; u <= e->near_hi[t]; u++)
      if (u != t && (engine_clash(e, who, t, u) || (one_a_day && e->m->shifts[t].day == e->m->shifts[u].day)))
        s->clash[(size_t)t * (size_t)s->span + (size_t)((u >> 6) - s->clash_at[t])] |= (uint64_t)1 << (u & 63);
  for (int p = 0; p < e->n_people; p++)
    s->exact[p] =
      (e->people[p].p->rest > 0 ? e->people[p].p->rest : 0) == rest && (e->people[p].p->day_most <= 1) == one_a_day;
  return true;
}

static void fill_arcs(search *s)
{
  const engine *e = s->e;
  for (int a = 0; a < e->n_arcs; a++)
    s->arcs[a] = (search_arc){.shift  = e->shift[a],
                              .person = e->person[a],
                              .hours  = e->hours[a],
                              .ask    = e->ask_at[a],
                              .n_ask  = e->ask_at[a + 1] - e->ask_at[a]};
  for (int p = 0; p < e->n_people; p++) {
    const roster_person *w = e->people[p].p;
    s->weekly              = s->weekly || w->week_most != ROSTER_NONE || w->week_least > 0 || w->overtime_cost != 0;
  }
}

static bool room(search *s)
{
  engine      *e    = s->e;
  const size_t arcs = (size_t)e->n_arcs + 1, people = (size_t)e->n_people + 1, shifts = (size_t)e->n_shifts + 1;
  s->words       = e->n_shifts / 64 + 1;
  s->cap_journal = e->n_arcs + 64;
  s->bits        = DYO_NEW(e->ctx, people * (size_t)s->words, uint64_t);
  s->arcs        = DYO_NEW(e->ctx, arcs, search_arc);
  s->clash_at    = DYO_NEW(e->ctx, shifts, int);
  s->exact       = DYO_NEW(e->ctx, people, bool);
  s->heads       = DYO_NEW(e->ctx, (size_t)e->n_demands + 1, int);
  s->hours       = DYO_NEW(e->ctx, people, int);
  s->works       = DYO_NEW(e->ctx, people, int);
  s->week        = DYO_NEW(e->ctx, people * (size_t)e->n_weeks + 1, int);
  s->terms       = DYO_NEW(e->ctx, people, int64_t);
  s->lack        = DYO_NEW(e->ctx, people, int);
  s->crew        = DYO_NEW(e->ctx, arcs, int);
  s->n_crew      = DYO_NEW(e->ctx, shifts, int);
  s->own         = DYO_NEW(e->ctx, arcs, int);
  s->n_own       = DYO_NEW(e->ctx, people, int);
  s->seat        = DYO_NEW(e->ctx, arcs, int);
  s->spot        = DYO_NEW(e->ctx, arcs, int);
  s->pool        = DYO_NEW(e->ctx, arcs, int);
  s->ask         = DYO_NEW(e->ctx, arcs, int);
  s->ask_at      = DYO_NEW(e->ctx, shifts, int);
  s->list        = DYO_NEW(e->ctx, shifts, int);
  s->best        = DYO_NEW(e->ctx, arcs, uint8_t);
  s->journal     = DYO_NEW(e->ctx, (size_t)s->cap_journal, int);
  return s->arcs && s->clash_at && s->exact && s->bits && s->heads && s->hours && s->works && s->week && s->terms &&
         s->lack && s->crew && s->n_crew && s->own && s->n_own && s->seat && s->spot && s->pool && s->ask &&
         s->ask_at && s->list && s->best && s->journal;
}

dyo_status search_new(engine *e, uint64_t seed, search **out, dyo_err *err)
{
  search *s = DYO_NEW(e->ctx, 1, search);
  if (!s) return dyo_oom(err);
  s->e = e;
  if (!room(s)) return dyo_oom(err);
  dyo_rng r = dyo_rng_seed(seed);
  memcpy(s->seed, r.s, sizeof s->seed);
  fill_odds(s);
  fill_arcs(s);
  if (!fill_clash(s)) return dyo_oom(err);
  for (int a = 0; a < e->n_arcs; a++) s->seat[a] = s->spot[a] = -1;
  for (int a = 0; a < e->n_arcs; a++) {
    if (e->mode[a] != ARC_IN) continue;
    search_turn(s, a, 1);
    search_clear(s);
    seat(s, a);
  }
  search_pool(s, NULL);
  search_reset(s, true);
  *out = s;
  return DYO_OK;
}
