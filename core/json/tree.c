/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cJSON's own printer takes 15 digits for enough when they come within a rounding error; ours reads back exactly. */
#include <math.h>

#include <cJSON.h>

#include "json/json.h"

static void members(dyo_buf *b, const cJSON *v, bool named)
{
  dyo_buf_puts(b, named ? "{" : "[");
  for (const cJSON *e = v->child; e; e = e->next) {
    if (e != v->child) dyo_buf_puts(b, ",");
    if (named) {
      dyo_buf_string(b, e->string);
      dyo_buf_puts(b, ":");
    }
    json_write(b, e);
  }
  dyo_buf_puts(b, named ? "}" : "]");
}

void json_write(dyo_buf *b, const struct cJSON *v)
{
  if (cJSON_IsObject(v) || cJSON_IsArray(v)) members(b, v, cJSON_IsObject(v));
  else if (cJSON_IsString(v)) dyo_buf_string(b, v->valuestring);
  else if (cJSON_IsNumber(v) && isfinite(v->valuedouble)) dyo_buf_number(b, v->valuedouble);
  else if (cJSON_IsNumber(v))
    dyo_buf_puts(b,
                 v->valuedouble < 0 ? "-1e999" : "1e999"); /* refused by whoever decodes it, as in the request itself */
  else dyo_buf_puts(b, cJSON_IsTrue(v) ? "true" : cJSON_IsFalse(v) ? "false" : "null");
}
