/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_schema.h - field rows as JSON Schema (2020-12). */
#ifndef DYO_SCHEMA_H
#define DYO_SCHEMA_H

#include "json/dyo_json.h"

/* JSON Schema of one struct. Optional inputs also take null, which says "not given". */
void dyo_print_schema(dyo_buf *b, const dyo_field *rows, bool input);

#endif
