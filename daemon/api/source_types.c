/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there are connectors to, and what each has to be told: the rows of its settings, as forms are made of them. */
#include <string.h>

#include "api/exchange.h"
#include "connect/connect.h"
#include "ops/dyo_schema.h"

enum { TYPES_MOST = 16, NAMES_MOST = 100 };

typedef struct {
  const char  *connector_type, *config;
  bool         fetches;
  const char **secrets, **servers;
  size_t       n_secrets, n_servers;
} type_out;

typedef struct {
  type_out *types;
  size_t    n_types;
} types_out;

static const dyo_field type_rows[] = {
  DYO_STR(type_out, connector_type, DYO_REQ, 0, "The type, as a new connector names it."),
  DYO_BOOL(type_out, fetches, DYO_REQ, "Whether it fetches anything; others are files that people bring."),
  DYO_JSON(type_out, config, DYO_REQ, "JSON Schema of its config, secrets among the members."),
  DYO_STRS(type_out, secrets, DYO_REQ, 0, "Members of its config that are never answered."),
  DYO_STRS(type_out, servers, DYO_REQ, 0, "MCP servers that the operator lets connectors name."),
  DYO_END(type_out)};

const dyo_field source_types_rows[] = {
  DYO_LIST(types_out, types, DYO_REQ, 0, type_out, type_rows, "Types, in the order of a choice."), DYO_END(types_out)};

static const dyo_field no_rows[] = {{.name = NULL}};

void api_source_types(exchange *x)
{
  type_out    types[TYPES_MOST];
  dyo_buf     schemas[TYPES_MOST];
  const char *servers[NAMES_MOST], *secrets[TYPES_MOST][NAMES_MOST];
  types_out   out = {types, 0};
  size_t      n   = 0;
  bool        bad = false;
  while (x->a->o.connect && n < NAMES_MOST && (servers[n] = connect_server(x->a->o.connect, x->tenant, n)) != NULL) n++;
  for (; connect_words[out.n_types] && out.n_types < TYPES_MOST; out.n_types++) {
    const size_t           i     = out.n_types;
    const char *const      type  = connect_words[i];
    const char *const     *names = connect_secrets(type);
    const dyo_field *const rows  = connect_rows(type);
    type_out              *t     = &types[i];
    *t =
      (type_out){.connector_type = type, .fetches = rows && x->a->o.connect, .secrets = secrets[i], .servers = servers};
    for (; names && names[t->n_secrets] && t->n_secrets < NAMES_MOST; t->n_secrets++)
      secrets[i][t->n_secrets] = names[t->n_secrets];
    t->n_servers = strcmp(type, "mcp") == 0 || strcmp(type, "google_drive") == 0 ? n : 0;
    schemas[i]   = (dyo_buf){0};
    dyo_print_schema(&schemas[i], rows ? rows : no_rows, true);
    bad       = bad || schemas[i].failed;
    t->config = schemas[i].s;
  }
  dyo_err err;
  if (!bad) api_row(x, 200, source_types_rows, &out);
  else if (dyo_oom(&err) != DYO_OK) api_problem(x, &err);
  for (size_t i = 0; i < out.n_types; i++) dyo_buf_free(&schemas[i]);
}
