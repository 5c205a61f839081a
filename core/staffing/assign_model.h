/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assign_model.h - private: a request of staffing.assign_tasks as the whole numbers of assign.h. */
#ifndef STAFFING_ASSIGN_MODEL_H
#define STAFFING_ASSIGN_MODEL_H

#include "staffing/assign.h"
#include "staffing/dyo_assign.h"

typedef struct {
  const dyo_assign_tasks_in *in;
  assign_problem             p;            /* an arc for each pair that skills and hours allow; skip is 0 */
  double                    *worth;        /* n_arcs: the number that is maximised or minimised */
  double                    *hours;        /* n_arcs */
  double                    *money;        /* n_arcs: cost */
  double                    *value;        /* n_arcs */
  uint8_t                   *skilled;      /* n_tasks: somebody has the skills, whatever the hours */
  double                    *shortest;     /* n_tasks: least hours among those who have the skills */
  uint64_t                  *owns, *needs; /* n_people x words, n_tasks x words: skills as bits */
  const char               **skill;        /* n_skills names */
  size_t                     n_skills, words;
  double                     unit_top, unit_parts; /* worth = sign * cost * unit_top / unit_parts */
  bool                       exact;                /* every worth is a whole multiple of unit */
  int                        sign;                 /* -1: maximised */
} assign_model;

dyo_status assign_model_make(dyo_ctx *ctx, const dyo_assign_tasks_in *in, assign_model *m, dyo_err *err);

/* Why task j is left out of a plan: a sentence in the arena, NULL when memory ran out. */
typedef struct {
  const assign_model *m;
  const int          *at;
  double             *load;  /* n_people: hours */
  int                *count; /* n_people: tasks */
} assign_view;
const char *assign_reason(dyo_ctx *ctx, const assign_view *v, size_t j);

/* Names to places in a list. Found in a few steps whatever the names are; of equal names the first place is found. */
typedef struct {
  uint64_t    hash;
  const char *name;
  size_t      place;
} assign_key;

typedef struct {
  size_t      n;
  int         shift;
  assign_key *key;   /* n, in order of hash, name, place */
  size_t     *begin; /* the first key whose hash begins with these bits */
} assign_names;

dyo_status assign_names_make(dyo_ctx *ctx, const char **name, size_t n, assign_names *t, dyo_err *err);
size_t     assign_names_find(const assign_names *t, const char *name); /* n: unknown */
size_t     assign_names_twice(const assign_names *t);                  /* a place whose name stands earlier; n: none */

#endif
