/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ops/print.h"

void dyo_print_sentence(dyo_buf *b, const dyo_field *f, bool with_default)
{
  dyo_buf_puts(b, f->doc);
  if (f->unit) dyo_buf_printf(b, " Unit: %s.", f->unit);
  if (!with_default || !dyo_row_has_default(f)) return;
  dyo_buf_puts(b, " Default ");
  if (f->type == DYO_T_BOOL) dyo_buf_puts(b, f->dflt != 0 ? "true" : "false");
  else if (f->type == DYO_T_ENUM) dyo_buf_puts(b, f->names[(int)f->dflt]);
  else if (f->type == DYO_T_WORD && f->dflt < 0) dyo_buf_puts(b, f->names[-(int)f->dflt - 1]);
  else dyo_buf_number(b, f->dflt);
  dyo_buf_puts(b, ".");
}

static void object(dyo_buf *b, const dyo_field *rows, bool input, int depth);

static void words(dyo_buf *b, const dyo_field *f)
{
  for (int i = 0; f->names[i]; i++) {
    if (i) dyo_buf_puts(b, " | ");
    dyo_buf_string(b, f->names[i]);
  }
}

static void numbers(dyo_buf *b, const dyo_field *f, bool input)
{
  if (f->flags & (DYO_F_SCALAR | DYO_F_ONE)) dyo_buf_puts(b, "number | ");
  dyo_buf_puts(b, f->flags & DYO_F_NULLS ? "(number | null)[]" : "number[]");
  if (input) dyo_buf_puts(b, " | Float64Array");
}

static void type(dyo_buf *b, const dyo_field *f, bool input, int depth)
{
  switch (f->type) {
  case DYO_T_NUM:
  case DYO_T_INT: dyo_buf_puts(b, "number"); return;
  case DYO_T_FLAG:
  case DYO_T_BOOL: dyo_buf_puts(b, "boolean"); return;
  case DYO_T_STR: dyo_buf_puts(b, "string"); return;
  case DYO_T_JSON:
    dyo_buf_puts(b, f->flags & DYO_F_INPUT ? "Record<string, unknown> | string" : "Record<string, unknown>");
    return;
  case DYO_T_BYTES: dyo_buf_puts(b, "Uint8Array | ArrayBuffer | string"); return;
  case DYO_T_WORD:
    dyo_buf_puts(b, "number | ");
    words(b, f);
    return;
  case DYO_T_ENUM: words(b, f); return;
  case DYO_T_NUMS: numbers(b, f, input); return;
  case DYO_T_INTS: dyo_buf_puts(b, "number[]"); return;
  case DYO_T_ROWS:
    dyo_buf_puts(b,
                 f->flags & DYO_F_NULLS ? "Array<(number | null)[] | Float64Array>" : "Array<number[] | Float64Array>");
    return;
  case DYO_T_STRS: dyo_buf_puts(b, "string[]"); return;
  case DYO_T_OBJ: object(b, f->sub, input, depth); return;
  case DYO_T_LIST:
    if (f->flags & DYO_F_ONE) {
      object(b, f->sub, input, depth);
      dyo_buf_puts(b, " | ");
    }
    dyo_buf_puts(b, "Array<");
    object(b, f->sub, input, depth);
    dyo_buf_puts(b, ">");
    return;
  case DYO_T_MAP: break;
  }
  dyo_buf_puts(b, "Record<string, ");
  type(b, &f->sub[1], input, depth);
  if (f->sub[1].dflt != DYO_REQ) dyo_buf_puts(b, " | null");
  dyo_buf_puts(b, ">");
}

static void indent(dyo_buf *b, int depth)
{
  for (int i = 0; i < depth; i++) dyo_buf_puts(b, "  ");
}

static void object(dyo_buf *b, const dyo_field *rows, bool input, int depth)
{
  dyo_buf_puts(b, "{\n");
  for (const dyo_field *f = rows; f->name; f++) {
    const bool optional = input ? f->dflt != DYO_REQ : f->dflt == DYO_OPT;
    indent(b, depth + 1);
    dyo_buf_puts(b, "/** ");
    dyo_print_sentence(b, f, input);
    dyo_buf_puts(b, " */\n");
    indent(b, depth + 1);
    dyo_buf_printf(b, "%s%s: ", f->name, optional ? "?" : "");
    type(b, f, input, depth + 1);
    dyo_buf_puts(b, (input && optional) || f->dflt == DYO_NULL ? " | null;\n" : ";\n");
  }
  indent(b, depth);
  dyo_buf_puts(b, "}");
}

static void status_union(dyo_buf *b)
{
  dyo_buf_puts(b, "/** What went wrong, the same at every door. */\nexport type Status =");
#define DYO_STATUS_TS(name, value, text, http) \
  if ((value) != 0) dyo_buf_printf(b, "\n  | \"%s\"", text);
  DYO_STATUS_MAP(DYO_STATUS_TS)
#undef DYO_STATUS_TS
  dyo_buf_puts(b, ";\n\n");
}

void dyo_print_types(dyo_buf *b)
{
  dyo_buf_puts(b, "// Printed from the table of operations by `./dev gen`. Do not edit.\n\n");
  status_union(b);
  for (const dyo_op *op = dyo_ops; op->name; op++) {
    dyo_buf_printf(b, "/** Input of `%s`. %s */\nexport interface %sInput ", op->name, op->summary, op->stem);
    object(b, op->in, true, 0);
    dyo_buf_printf(b, "\n\n/** Output of `%s`. %s */\nexport interface %sOutput ", op->name, op->method, op->stem);
    object(b, op->out, false, 0);
    dyo_buf_puts(b, "\n\n");
  }
  dyo_buf_puts(b, "/** Every operation of the core, by name. */\nexport interface CoreOps {\n");
  for (const dyo_op *op = dyo_ops; op->name; op++)
    dyo_buf_printf(b, "  /** %s */\n  \"%s\": { in: %sInput; out: %sOutput };\n", op->summary, op->name, op->stem,
                   op->stem);
  dyo_buf_puts(b, "}\n\nexport const opNames = [\n");
  for (const dyo_op *op = dyo_ops; op->name; op++) dyo_buf_printf(b, "  \"%s\",\n", op->name);
  dyo_buf_puts(b, "] as const satisfies readonly (keyof CoreOps)[];\n");
}
