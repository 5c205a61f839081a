/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_openapi.h - field rows as JSON Schema 2020-12, and the parts of an OpenAPI document that come from the table of operations alone,
 * for a server that has more to tell. */
#ifndef DYO_OPENAPI_H
#define DYO_OPENAPI_H

#include "ops/dyo_schema.h"

/* One row by itself, with its description, unit and default. */
void dyo_print_field(dyo_buf *b, const dyo_field *f, bool nullable, bool input);

/* "Problem":{…}: the schema of a refusal, with every code there is. */
void dyo_print_problem(dyo_buf *b);

#endif
