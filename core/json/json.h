/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/json: small questions to ask of field rows. */
#ifndef DYO_JSON_PRIVATE_H
#define DYO_JSON_PRIVATE_H

#include "base/dyo_field.h"
#include "json/dyo_json.h"

struct cJSON;

/* A parsed value as JSON text, numbers to the last digit. */
void json_write(dyo_buf *b, const struct cJSON *v);

static inline size_t dyo_field_size(const dyo_field *rows)
{
  while (rows->name) rows++;
  return rows->size;
}

#endif
