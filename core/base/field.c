/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "base/dyo_field.h"

void dyo_field_default(const dyo_field *f, void *base)
{
  void *m = (char *)base + f->off;
  switch (f->type) {
  case DYO_T_NUM: *(double *)m = dyo_field_given(f) ? f->dflt : NAN; break;
  case DYO_T_WORD:
  case DYO_T_INT: *(int *)m = dyo_field_given(f) ? (int)f->dflt : DYO_NO_INT; break;
  case DYO_T_FLAG:
  case DYO_T_ENUM: *(int *)m = dyo_field_given(f) ? (int)f->dflt : -1; break;
  case DYO_T_BOOL: *(bool *)m = dyo_field_given(f) && f->dflt != 0; break;
  default: break; /* pointers are NULL already */
  }
}

bool dyo_field_set(const dyo_field *rows, void *base, const char *name, int value)
{
  const dyo_field *f = rows;
  while (f->name && strcmp(f->name, name) != 0) f++;
  if (!f->name) return false;
  void *m = (char *)base + f->off;
  if (f->type == DYO_T_BOOL) *(bool *)m = value != 0;
  else if (f->type == DYO_T_NUM) *(double *)m = value;
  else *(int *)m = value;
  return true;
}
