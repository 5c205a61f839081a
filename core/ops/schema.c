/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ops/print.h"

static void key(dyo_buf *b, const char *name)
{
  dyo_buf_puts(b, ",");
  dyo_buf_string(b, name);
  dyo_buf_puts(b, ":");
}

static void bound(dyo_buf *b, const char *name, double x)
{
  key(b, name);
  dyo_buf_number(b, x);
}

static void range(dyo_buf *b, const dyo_field *f)
{
  if (f->min == DYO_POS) bound(b, "exclusiveMinimum", 0);
  else if (f->min > -DBL_MAX) bound(b, "minimum", f->min);
  if (f->max < DBL_MAX) bound(b, "maximum", f->max);
}

static void type(dyo_buf *b, const char *name, bool nullable)
{
  dyo_buf_printf(b, nullable ? "\"type\":[\"%s\",\"null\"]" : "\"type\":\"%s\"", name);
}

static void words(dyo_buf *b, const dyo_field *f, bool nullable)
{
  if (f->type == DYO_T_WORD) {
    dyo_buf_puts(b, "\"anyOf\":[{\"type\":\"integer\"");
    range(b, f);
    dyo_buf_puts(b, "},{");
  }
  dyo_buf_puts(b, "\"enum\":[");
  for (int i = 0; f->names[i]; i++) {
    if (i) dyo_buf_puts(b, ",");
    dyo_buf_string(b, f->names[i]);
  }
  dyo_buf_puts(b, nullable ? ",null]" : "]");
  if (f->type == DYO_T_WORD) dyo_buf_puts(b, "}]");
}

static void number_items(dyo_buf *b, const dyo_field *f, const char *noun)
{
  key(b, "items");
  dyo_buf_puts(b, "{");
  type(b, noun, (f->flags & DYO_F_NULLS) != 0);
  range(b, f);
  dyo_buf_puts(b, "}");
}

static void count(dyo_buf *b, const dyo_field *f, const char *name)
{
  if (f->max < DBL_MAX && f->max > 0) bound(b, name, f->max);
}

static void shape(dyo_buf *b, const dyo_field *f, bool nullable, bool input);

static void scalar_or_array(dyo_buf *b, const dyo_field *f, bool nullable)
{
  dyo_buf_puts(b, "\"anyOf\":[{\"type\":\"number\"");
  range(b, f);
  dyo_buf_puts(b, "},{\"type\":\"array\"");
  number_items(b, f, "number");
  dyo_buf_puts(b, nullable ? "},{\"type\":\"null\"}]" : "}]");
}

static void map_shape(dyo_buf *b, const dyo_field *f, bool nullable, bool input)
{
  type(b, "object", nullable);
  key(b, "additionalProperties");
  dyo_buf_puts(b, "{");
  shape(b, &f->sub[1], f->sub[1].dflt != DYO_REQ, input);
  dyo_buf_puts(b, "}");
  count(b, f, "maxProperties");
}

/* One object, or an array of them. */
static void one_or_list(dyo_buf *b, const dyo_field *f, bool nullable, bool input)
{
  dyo_buf_puts(b, "\"anyOf\":[");
  dyo_print_schema(b, f->sub, input);
  dyo_buf_puts(b, ",{\"type\":\"array\",\"items\":");
  dyo_print_schema(b, f->sub, input);
  dyo_buf_puts(b, nullable ? "},{\"type\":\"null\"}]" : "}]");
}

static void array_shape(dyo_buf *b, const dyo_field *f, bool nullable, bool input)
{
  if (f->flags & DYO_F_ONE) {
    one_or_list(b, f, nullable, input);
    return;
  }
  type(b, "array", nullable);
  if (f->type == DYO_T_INTS) {
    number_items(b, f, "integer");
    return;
  }
  key(b, "items");
  if (f->type == DYO_T_ROWS) {
    dyo_buf_puts(b, "{\"type\":\"array\"");
    number_items(b, f, "number");
    dyo_buf_puts(b, "}");
    return;
  }
  if (f->type == DYO_T_STRS) dyo_buf_puts(b, "{\"type\":\"string\"}");
  else dyo_print_schema(b, f->sub, input);
  count(b, f, "maxItems");
}

/* The members of the object that stands inside { }, without description and default. */
static void shape(dyo_buf *b, const dyo_field *f, bool nullable, bool input)
{
  switch (f->type) {
  case DYO_T_NUM:
    type(b, "number", nullable);
    range(b, f);
    return;
  case DYO_T_INT:
    type(b, "integer", nullable);
    range(b, f);
    return;
  case DYO_T_FLAG:
  case DYO_T_BOOL: type(b, "boolean", nullable); return;
  case DYO_T_STR:
    type(b, "string", nullable);
    if (!(f->flags & DYO_F_INPUT) && input) count(b, f, "maxLength");
    return;
  case DYO_T_WORD:
  case DYO_T_ENUM: words(b, f, nullable); return;
  case DYO_T_NUMS:
    if (f->flags & (DYO_F_SCALAR | DYO_F_ONE)) {
      scalar_or_array(b, f, nullable);
    } else {
      type(b, "array", nullable);
      number_items(b, f, "number");
    }
    return;
  case DYO_T_INTS:
  case DYO_T_ROWS:
  case DYO_T_STRS:
  case DYO_T_LIST: array_shape(b, f, nullable, input); return;
  case DYO_T_MAP: map_shape(b, f, nullable, input); return;
  case DYO_T_JSON:
    if (f->flags & DYO_F_INPUT)
      dyo_buf_puts(b, nullable ? "\"type\":[\"object\",\"string\",\"null\"]" : "\"type\":[\"object\",\"string\"]");
    else type(b, "object", nullable);
    return;
  case DYO_T_BYTES: type(b, "string", nullable); return; /* by handle only beside JSON, where no schema rules */
  case DYO_T_OBJ: break;
  }
  if (nullable) dyo_buf_puts(b, "\"anyOf\":[{\"type\":\"null\"},");
  else dyo_buf_puts(b, "\"allOf\":[");
  dyo_print_schema(b, f->sub, input);
  dyo_buf_puts(b, "]");
}

static void default_value(dyo_buf *b, const dyo_field *f)
{
  key(b, "default");
  if (f->type == DYO_T_BOOL) dyo_buf_puts(b, f->dflt != 0 ? "true" : "false");
  else if (f->type == DYO_T_ENUM) dyo_buf_string(b, f->names[(int)f->dflt]);
  else if (f->type == DYO_T_WORD && f->dflt < 0) dyo_buf_string(b, f->names[-(int)f->dflt - 1]);
  else dyo_buf_number(b, f->dflt);
}

void dyo_print_field(dyo_buf *b, const dyo_field *f, bool nullable, bool input)
{
  dyo_buf_puts(b, "{");
  shape(b, f, nullable, input);
  key(b, "description");
  dyo_buf_string(b, f->doc);
  if (f->unit) {
    key(b, "x-unit");
    dyo_buf_string(b, f->unit);
  }
  if (input && dyo_row_has_default(f)) default_value(b, f);
  dyo_buf_puts(b, "}");
}

static void property(dyo_buf *b, const dyo_field *f, bool input)
{
  dyo_buf_string(b, f->name);
  dyo_buf_puts(b, ":");
  dyo_print_field(b, f, input ? f->dflt != DYO_REQ : f->dflt == DYO_NULL, input);
}

void dyo_print_schema(dyo_buf *b, const dyo_field *rows, bool input)
{
  const char *comma = "";
  dyo_buf_puts(b, "{\"type\":\"object\",\"properties\":{");
  for (const dyo_field *f = rows; f->name; f++) {
    if (f != rows) dyo_buf_puts(b, ",");
    property(b, f, input);
  }
  dyo_buf_puts(b, "},\"required\":[");
  for (const dyo_field *f = rows; f->name; f++) {
    if (input ? f->dflt != DYO_REQ : f->dflt == DYO_OPT) continue;
    dyo_buf_puts(b, comma);
    dyo_buf_string(b, f->name);
    comma = ",";
  }
  dyo_buf_puts(b, "],\"additionalProperties\":false}");
}
