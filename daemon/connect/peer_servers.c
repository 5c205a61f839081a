/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The MCP servers that the operator allows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/peer.h"

enum { FILE_MOST = 1 << 20, SERVERS_MOST = 100 };

typedef struct {
  peer_server *servers;
  size_t       n_servers;
} settings;

struct peer_servers {
  dyo_ctx  ctx;
  settings in;
};

static const dyo_field server_rows[] = {
  DYO_STR(peer_server, name, DYO_REQ, 100, "By which connectors name it."),
  DYO_STR(peer_server, command, DYO_OPT, 1000, "The program to start, which speaks on its standard input and output."),
  DYO_STRS(peer_server, args, DYO_OPT, 100, "Its arguments."),
  DYO_STRS(peer_server, env, DYO_OPT, 100, "NAME=value for its environment, beside PATH, HOME, LANG and TZ."),
  DYO_STRS(peer_server, tenants, DYO_OPT, 1000, "Tenants that may use it; absent: all."),
  DYO_STR(peer_server, url, DYO_OPT, 1000, "The address of one that speaks HTTP, in place of a command."),
  DYO_STR(peer_server, token_file, DYO_OPT, 1000, "File with the bearer token for it."),
  DYO_END(peer_server)};

static const dyo_field settings_rows[] = {
  DYO_LIST(settings, servers, DYO_REQ, SERVERS_MOST, peer_server, server_rows, "Servers."), DYO_END(settings)};

static dyo_status check(const peer_servers *l, const char *path, dyo_err *err)
{
  for (size_t i = 0; i < l->in.n_servers; i++) {
    const peer_server *one = &l->in.servers[i];
    if ((one->command != NULL) == (one->url != NULL))
      return dyo_fail(err, DYO_INVALID_INPUT, "/mcp_servers", "%.100s: server \"%.60s\" needs a command or a url", path,
                      one->name);
    if (peer_server_of(l, one->name) != one)
      return dyo_fail(err, DYO_INVALID_INPUT, "/mcp_servers", "%.100s: server \"%.60s\" stands twice", path, one->name);
  }
  return DYO_OK;
}

static char *read_file(const char *path, size_t *n)
{
  FILE *f    = fopen(path, "re");
  char *text = f ? malloc(FILE_MOST) : NULL;
  *n         = text ? fread(text, 1, FILE_MOST - 1, f) : 0;
  if (f) fclose(f);
  if (text) text[*n] = '\0';
  return text;
}

dyo_status peer_servers_read(const char *path, peer_servers **out, dyo_err *err)
{
  peer_servers *l = calloc(1, sizeof *l);
  size_t        n = 0;
  *out            = NULL;
  if (!l) return dyo_oom(err);
  dyo_ctx_init(&l->ctx, NULL);
  *out = l;
  if (!path[0]) return DYO_OK;
  char *text = read_file(path, &n);
  if (!text) return dyo_fail(err, DYO_INVALID_INPUT, "/mcp_servers", "%.200s cannot be read", path);
  dyo_err why;
  if (dyo_json_decode(&l->ctx, text, n, settings_rows, &l->in, &why) != DYO_OK)
    dyo_fail(err, DYO_INVALID_INPUT, "/mcp_servers", "%.100s%.60s: %.120s", path, why.path, why.message);
  else err->code = DYO_OK;
  free(text);
  return err->code == DYO_OK ? check(l, path, err) : err->code;
}

void peer_servers_free(peer_servers *l)
{
  if (!l) return;
  dyo_ctx_clear(&l->ctx);
  free(l);
}

const peer_server *peer_server_of(const peer_servers *l, const char *name)
{
  for (size_t i = 0; l && i < l->in.n_servers; i++)
    if (strcmp(l->in.servers[i].name, name) == 0) return &l->in.servers[i];
  return NULL;
}

bool peer_server_for(const peer_server *one, const char *tenant)
{
  bool may = !one->tenants;
  for (size_t i = 0; i < one->n_tenants; i++) may = may || strcmp(one->tenants[i], tenant) == 0;
  return may;
}

const peer_server *peer_server_at(const peer_servers *l, size_t i)
{
  return i < l->in.n_servers ? &l->in.servers[i] : NULL;
}
