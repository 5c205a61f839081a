/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: field rows printed in other languages. */
#ifndef DYO_OPS_PRINT_H
#define DYO_OPS_PRINT_H

#include "json/dyo_json.h"
#include "ops/dyo_openapi.h"
#include "ops/dyo_ops.h"

/* TypeScript: the whole of ops.gen.ts. */
void dyo_print_types(dyo_buf *b);

/* "The sentence. Unit: days. Default 365." */
void dyo_print_sentence(dyo_buf *b, const dyo_field *f, bool with_default);

static inline bool dyo_row_has_default(const dyo_field *f)
{
  return f->dflt != DYO_REQ && f->dflt != DYO_OPT && f->dflt != DYO_NULL;
}

#endif
