/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_ops.h - the table of operations. A capability is one row here. */
#ifndef DYO_OPS_H
#define DYO_OPS_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum {
  DYO_PURE = 1, /* the answer depends on the request alone */
  DYO_LONG = 2  /* may take seconds: shows progress, can be cancelled */
};

typedef dyo_status (*dyo_op_fn)(dyo_ctx *ctx, const void *in, void *out, dyo_err *err);

typedef struct {
  const char      *name; /* inventory.eoq: gives the JS method, the command's word, the MCP tool, the golden folder */
  const char      *path; /* below /api/v1/ */
  const char      *stem; /* InventoryEoq + Input / Output are its TypeScript names */
  const char      *summary; /* one sentence */
  const char      *method;  /* the paper or page it follows */
  const char      *formula; /* what it computes, in a line; NULL where no line says it */
  const dyo_field *in, *out;
  unsigned         flags;
  dyo_op_fn        run;
} dyo_op;

extern const dyo_op dyo_ops[]; /* ends with a NULL name */

const dyo_op *dyo_op_find(const char *name);                  /* NULL where there is none */
dyo_status    dyo_op_unknown(const char *name, dyo_err *err); /* unknown_operation, naming the nearest */

#endif
