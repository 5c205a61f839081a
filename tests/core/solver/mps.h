/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mps.h - test helper: reads an MPS file without RANGES and BOUNDS into a dyo_mip. Knows nothing of lp_solve. */
#ifndef DYO_TEST_MPS_H
#define DYO_TEST_MPS_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/dyo_mip.h"

enum { MPS_MAX = 4096, MPS_NZ = 65536 };

typedef struct {
  int       m, n, nz;
  char      row[MPS_MAX][32], col[MPS_MAX][32], objective[32];
  dyo_sense sense[MPS_MAX];
  double    rhs[MPS_MAX], cost[MPS_MAX];
  int       at_row[MPS_NZ], at_col[MPS_NZ];
  double    val[MPS_NZ];
} mps;

static int mps_row(const mps *p, const char *name)
{
  for (int i = 0; i < p->m; i++)
    if (strcmp(p->row[i], name) == 0) return i;
  return -1;
}

/* One line of ROWS; false when it is not understood. */
static bool mps_add_row(mps *p, char type, const char *name)
{
  if (type == 'N') {
    if (!p->objective[0]) snprintf(p->objective, sizeof p->objective, "%s", name);
    return true;
  }
  if (p->m == MPS_MAX || !strchr("LGE", type)) return false;
  p->sense[p->m] = type == 'L' ? DYO_LE : type == 'G' ? DYO_GE : DYO_EQ;
  snprintf(p->row[p->m++], sizeof p->row[0], "%s", name);
  return true;
}

static bool mps_add_entry(mps *p, const char *col, const char *row, double v)
{
  if (p->n == 0 || strcmp(p->col[p->n - 1], col) != 0) {
    if (p->n == MPS_MAX) return false;
    snprintf(p->col[p->n++], sizeof p->col[0], "%s", col);
  }
  if (strcmp(row, p->objective) == 0) {
    p->cost[p->n - 1] = v;
    return true;
  }
  const int i = mps_row(p, row);
  if (i < 0 || p->nz == MPS_NZ) return false;
  p->at_row[p->nz] = i;
  p->at_col[p->nz] = p->n - 1;
  p->val[p->nz++]  = v;
  return true;
}

static bool mps_add_rhs(mps *p, const char *row, double v)
{
  const int i = mps_row(p, row);
  if (i < 0) return false;
  p->rhs[i] = v;
  return true;
}

/* p must be zeroed. False: no file, or something in it that this reader does not know. */
static bool mps_read(mps *p, const char *path)
{
  FILE *f = fopen(path, "r");
  char  line[256], section[16] = "", a[32], b[32], c[32], d[32], e[32];
  bool  ok = f != NULL;
  while (ok && fgets(line, sizeof line, f)) {
    const int n = sscanf(line, "%31s %31s %31s %31s %31s", a, b, c, d, e);
    if (n < 1 || line[0] == '*') continue;
    if (line[0] != ' ') {
      snprintf(section, sizeof section, "%.15s", a);
      ok = strstr("NAME ROWS COLUMNS RHS ENDATA", section) != NULL;
    } else if (strcmp(section, "ROWS") == 0) {
      ok = n == 2 && mps_add_row(p, a[0], b);
    } else if (strcmp(section, "COLUMNS") == 0) {
      ok = (n == 3 || n == 5) && mps_add_entry(p, a, b, atof(c)) && (n == 3 || mps_add_entry(p, a, d, atof(e)));
    } else {
      ok = (n == 3 || n == 5) && mps_add_rhs(p, b, atof(c)) && (n == 3 || mps_add_rhs(p, d, atof(e)));
    }
  }
  if (f) fclose(f);
  return ok && p->m > 0 && p->n > 0 && strcmp(section, "ENDATA") == 0;
}

static dyo_status mps_model(const mps *p, dyo_mip **out, dyo_err *err)
{
  dyo_status st  = dyo_mip_new(p->n, out, err);
  int       *idx = malloc((size_t)p->n * sizeof *idx);
  double    *val = malloc((size_t)p->n * sizeof *val);
  for (int j = 0; st == DYO_OK && j < p->n; j++) st = dyo_mip_col(*out, j, p->cost[j], 0, INFINITY, false, err);
  for (int i = 0; st == DYO_OK && i < p->m; i++) {
    int len = 0;
    for (int k = 0; k < p->nz; k++) {
      if (p->at_row[k] != i) continue;
      idx[len]   = p->at_col[k];
      val[len++] = p->val[k];
    }
    st = dyo_mip_row(*out, len, idx, val, p->sense[i], p->rhs[i], err);
  }
  free(idx);
  free(val);
  return st;
}

#endif
