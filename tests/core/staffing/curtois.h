/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curtois.h - reads the text format of the shift scheduling benchmarks of Curtois & Qu into a roster_model. One shift a day; a weekend
 * counts when its Saturday or Sunday is worked; a request for a shift costs its weight when it is not worked, which is a constant
 * (returned) and the weight off the price of working it. */
#ifndef TESTS_CURTOIS_H
#define TESTS_CURTOIS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "staffing/roster.h"

enum { CURTOIS_PEOPLE = 200, CURTOIS_KINDS = 64 };

typedef struct {
  dyo_ctx      *ctx;
  roster_model *m;
  int  minutes[CURTOIS_KINDS], place[CURTOIS_PEOPLE]; /* of a person: where its days and kinds stand in cost, free */
  char kind[CURTOIS_KINDS][16], person[CURTOIS_PEOPLE][16], after[CURTOIS_KINDS][256];
  int  kind_most[CURTOIS_PEOPLE][CURTOIS_KINDS];
  int64_t *cost, constant; /* people x days x kinds */
  uint8_t *off;            /* people x days */
} curtois;

static inline int curtois_find(char (*names)[16], int n, const char *name)
{
  for (int i = 0; i < n; i++)
    if (strcmp(names[i], name) == 0) return i;
  return -1;
}

/* The next field of a line, up to any of the separators; moves *at past it. */
static inline char *curtois_field(char **at, const char *separators)
{
  char *start = *at;
  if (!start) return NULL;
  char *end = start + strcspn(start, separators);
  *at       = *end ? end + 1 : NULL;
  *end      = 0;
  return start;
}

static inline int curtois_int(char **at)
{
  const char *f = curtois_field(at, ",");
  return f ? (int)strtol(f, NULL, 10) : 0;
}

static inline void curtois_staff(curtois *c, char *line)
{
  roster_model  *m = c->m;
  const int      i = (int)m->n_people++;
  roster_person *p = &m->people[i];
  *p               = (roster_person){.day_most = 1, .week_most = ROSTER_NONE, .overtime_from = ROSTER_NONE};
  snprintf(c->person[i], sizeof c->person[i], "%.15s", curtois_field(&line, ","));
  char *most = curtois_field(&line, ",");
  for (int k = 0; k < m->n_kinds; k++) c->kind_most[i][k] = ROSTER_NONE;
  for (char *one = curtois_field(&most, "|"); one; one = curtois_field(&most, "|")) {
    const char *name = curtois_field(&one, "=");
    const int   k    = curtois_find(c->kind, m->n_kinds, name);
    if (k >= 0 && one) c->kind_most[i][k] = (int)strtol(one, NULL, 10);
  }
  p->kind_most     = c->kind_most[i];
  p->hours_most    = curtois_int(&line);
  p->hours_least   = curtois_int(&line);
  p->run_most      = curtois_int(&line);
  p->run_least     = curtois_int(&line);
  p->off_least     = curtois_int(&line);
  p->weekends_most = curtois_int(&line);
}

static inline int64_t *curtois_cell(curtois *c, int person, int day, int kind)
{
  return &c->cost[((size_t)person * (size_t)c->m->n_days + (size_t)day) * (size_t)c->m->n_kinds + (size_t)kind];
}

static inline void curtois_request(curtois *c, char *line, bool on)
{
  const int person = curtois_find(c->person, (int)c->m->n_people, curtois_field(&line, ","));
  const int day    = curtois_int(&line);
  const int kind   = curtois_find(c->kind, c->m->n_kinds, curtois_field(&line, ","));
  const int weight = curtois_int(&line);
  *curtois_cell(c, person, day, kind) += on ? -weight : weight;
  if (on) c->constant += weight;
}

static inline void curtois_cover(curtois *c, char *line)
{
  roster_model *m    = c->m;
  const int     day  = curtois_int(&line);
  const int     kind = curtois_find(c->kind, m->n_kinds, curtois_field(&line, ","));
  const int     need = curtois_int(&line), under = curtois_int(&line), over = curtois_int(&line);
  m->demands[m->n_demands++] =
    (roster_demand){.shift = day * m->n_kinds + kind, .need = need, .most = ROSTER_NONE, .under = under, .over = over};
}

/* The tables that need the horizon, the kinds and the people known. */
static inline void curtois_tables(curtois *c)
{
  roster_model *m     = c->m;
  const size_t  cells = (size_t)m->n_days * (size_t)m->n_kinds;
  if (c->cost) return;
  c->cost     = DYO_NEW(c->ctx, cells * m->n_people, int64_t);
  c->off      = DYO_NEW(c->ctx, (size_t)m->n_days * m->n_people, uint8_t);
  m->demands  = DYO_NEW(c->ctx, cells, roster_demand);
  m->shifts   = DYO_NEW(c->ctx, cells, roster_shift);
  m->n_shifts = cells;
  for (int d = 0; d < m->n_days; d++)
    for (int k = 0; k < m->n_kinds; k++)
      m->shifts[d * m->n_kinds + k] =
        (roster_shift){.start = 1440 * d + k, .end = 1440 * d + k + 1, .day = d, .hours = c->minutes[k], .kind = k};
}

static inline void curtois_line(curtois *c, const char *section, char *line)
{
  roster_model *m = c->m;
  if (strcmp(section, "SECTION_HORIZON") == 0) {
    m->n_days = (int)strtol(line, NULL, 10);
  } else if (strcmp(section, "SECTION_SHIFTS") == 0) {
    const int k = m->n_kinds++;
    snprintf(c->kind[k], sizeof c->kind[k], "%.15s", curtois_field(&line, ","));
    c->minutes[k] = curtois_int(&line);
    snprintf(c->after[k], sizeof c->after[k], "%.255s", line ? line : "");
  } else if (strcmp(section, "SECTION_STAFF") == 0) {
    curtois_staff(c, line);
  } else if (strcmp(section, "SECTION_DAYS_OFF") == 0) {
    curtois_tables(c);
    const int person = curtois_find(c->person, (int)m->n_people, curtois_field(&line, ","));
    while (line) c->off[person * m->n_days + curtois_int(&line)] = 1;
  } else if (strcmp(section, "SECTION_COVER") == 0) {
    curtois_tables(c);
    curtois_cover(c, line);
  } else if (strstr(section, "REQUESTS")) {
    curtois_tables(c);
    curtois_request(c, line, strstr(section, "_ON_") != NULL);
  }
}

static inline void curtois_finish(curtois *c)
{
  roster_model *m      = c->m;
  uint8_t      *barred = DYO_NEW(c->ctx, (size_t)(m->n_kinds * m->n_kinds), uint8_t);
  for (int a = 0; a < m->n_kinds; a++) {
    char *list = c->after[a];
    for (char *one = curtois_field(&list, "|"); one; one = curtois_field(&list, "|")) {
      const int b = curtois_find(c->kind, m->n_kinds, one);
      if (b >= 0) barred[a * m->n_kinds + b] = 1;
    }
  }
  m->barred = barred;
  for (int i = 0; i < (int)m->n_people; i++) {
    roster_person *p = &m->people[i];
    p->arcs          = DYO_NEW(c->ctx, m->n_shifts, roster_arc);
    for (int s = 0; s < (int)m->n_shifts; s++) {
      const roster_shift *shift = &m->shifts[s];
      if (c->off[i * m->n_days + shift->day] || p->kind_most[shift->kind] == 0) continue;
      p->arcs[p->n_arcs++] = (roster_arc){.shift = s, .cost = *curtois_cell(c, i, shift->day, shift->kind)};
    }
  }
}

/* NULL when the file is not there. *constant: to be added to the cost of a plan. */
static inline roster_model *curtois_read(dyo_ctx *ctx, const char *path, int64_t *constant)
{
  FILE *f = fopen(path, "r");
  char  line[4096], section[64] = "";
  if (!f) return NULL;
  curtois *c   = DYO_NEW(ctx, 1, curtois);
  c->ctx       = ctx;
  c->m         = DYO_NEW(ctx, 1, roster_model);
  c->m->unit   = 1;
  c->m->hour   = 1.0 / 60;
  c->m->people = DYO_NEW(ctx, CURTOIS_PEOPLE, roster_person);
  while (fgets(line, sizeof line, f)) {
    line[strcspn(line, "\r\n")] = 0;
    if (line[0] == '#' || line[0] == 0) continue;
    if (strncmp(line, "SECTION_", 8) == 0) snprintf(section, sizeof section, "%.63s", line);
    else curtois_line(c, section, line);
  }
  fclose(f);
  curtois_finish(c);
  *constant = c->constant;
  return c->m;
}

#endif
