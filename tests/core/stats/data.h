/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.h - the R data sets of tests/golden/stats-data/series.txt, and a small repeatable noise. */
#ifndef TESTS_STATS_DATA_H
#define TESTS_STATS_DATA_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_MOST = 1000 };

typedef struct {
  char   name[32], guerrero[32], ndiffs[8], nsdiffs[8]; /* "-" where R's value was not computed */
  int    period;
  size_t n;
  double y[DATA_MOST];
} data_set;

static inline FILE *data_open(const char *file)
{
  char path[1024];
  snprintf(path, sizeof path, "%s/golden/stats-data/%s", DYO_TESTS_DIR, file);
  FILE *f = fopen(path, "r");
  int   c = 0;
  if (!f) return NULL;
  while ((c = fgetc(f)) == '#')
    while ((c = fgetc(f)) != '\n' && c != EOF) {}
  ungetc(c, f);
  return f;
}

/* The next number; 0 where there is none. */
static inline int data_number(FILE *f, double *x)
{
  char  word[64];
  char *end = NULL;
  if (fscanf(f, "%63s", word) != 1) return 0;
  *x = strtod(word, &end);
  return *end == '\0';
}

/* The next data set; 0 at the end of the file. */
static inline int data_next(FILE *f, data_set *d)
{
  double period = 0, n = 0;
  if (fscanf(f, "%31s", d->name) != 1 || !data_number(f, &period)) return 0;
  if (fscanf(f, "%31s %7s %7s", d->guerrero, d->ndiffs, d->nsdiffs) != 3 || !data_number(f, &n)) return 0;
  if (n < 1 || n > DATA_MOST) return 0;
  d->period = (int)period;
  d->n      = (size_t)n;
  for (size_t i = 0; i < d->n; i++)
    if (!data_number(f, &d->y[i])) return 0;
  return 1;
}

static inline int data_find(const char *name, data_set *d)
{
  FILE *f     = data_open("series.txt");
  int   found = 0;
  while (f && !found && data_next(f, d)) found = strcmp(d->name, name) == 0;
  if (f) fclose(f);
  return found;
}

/* Uniform in (0,1) and standard normal: Knuth's MMIX generator with a shuffle of its high bits, and Box & Muller. */
static inline double noise_uniform(uint64_t *s)
{
  *s         = *s * 6364136223846793005u + 1442695040888963407u;
  uint64_t x = *s ^ (*s >> 33);
  x *= 0xff51afd7ed558ccdu;
  x ^= x >> 29;
  return ((double)(x >> 11) + 0.5) / 9007199254740992.0;
}

static inline double noise_normal(uint64_t *s)
{
  const double u = noise_uniform(s), v = noise_uniform(s);
  return sqrt(-2 * log(u)) * cos(6.28318530717958647693 * v);
}

#endif
