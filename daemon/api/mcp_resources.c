/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resources: dyocense://metrics/{name} and dyocense://forecasts/{id}, as JSON. */
#include <stdlib.h>
#include <string.h>

#include "api/mcp_parts.h"
#include "api/stored.h"
#include "series/dyo_calendar.h"

static const char metrics_at[] = "dyocense://metrics/", forecasts_at[] = "dyocense://forecasts/";

/* --- names in addresses (RFC 3986) ---------------------------------------------------------------------------------------- */

static bool is_plain(unsigned char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL;
}

static void put_encoded(dyo_buf *b, const char *s)
{
  for (; *s; s++)
    if (is_plain((unsigned char)*s)) dyo_buf_add(b, s, 1);
    else dyo_buf_printf(b, "%%%02X", (unsigned char)*s);
}

static int hex_of(char c)
{
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  const char       *at       = c ? strchr(digits, c) : NULL;
  return at ? (int)((at - digits) % 16) : -1;
}

/* In place; false for a broken escape or %00. */
static bool decode(char *s)
{
  char *to = s;
  for (; *s; s++, to++) {
    *to = *s;
    if (*s != '%') continue;
    const int hi = hex_of(s[1]), lo = hi < 0 ? -1 : hex_of(s[2]);
    if (lo < 0 || hi + lo == 0) return false;
    *to = (char)(16 * hi + lo);
    s += 2;
  }
  *to = '\0';
  return true;
}

/* --- lists ---------------------------------------------------------------------------------------------------------------- */

static void put_resource(mcp_call *c, const char *base, const char *name, const char *title, const char *description)
{
  dyo_buf uri = {0};
  dyo_buf_puts(&uri, base);
  put_encoded(&uri, name);
  dyo_buf_puts(c->out, dyo_buf_last(c->out) == '[' ? "{" : ",{");
  put_text(c->out, "uri", uri.failed ? base : uri.s);
  put_text(c->out, "name", name);
  if (title && c->p->version >= MCP_2025_06_18) put_text(c->out, "title", title);
  put_text(c->out, "description", description);
  put_text(c->out, "mimeType", "application/json");
  dyo_buf_puts(c->out, "}");
  dyo_buf_free(&uri);
}

static dyo_status put_metrics(mcp_call *c, const store_page *page, size_t *n, char next[STORE_CURSOR], dyo_err *err)
{
  store_metric    *list = NULL;
  char             first[DYO_TIME_CHARS], last[DYO_TIME_CHARS];
  const dyo_status st = store_metric_list(c->p->a->store, c->p->tenant, page, &list, n, next, err);
  for (size_t i = 0; st == DYO_OK && i < *n; i++) {
    dyo_buf about = {0};
    dyo_time_print(list[i].first, list[i].first % DYO_DAY != 0, first);
    dyo_time_print(list[i].last, list[i].last % DYO_DAY != 0, last);
    dyo_buf_printf(&about, "%lld values in %lld series, %s to %s", (long long)list[i].values, (long long)list[i].series,
                   first, last);
    put_resource(c, metrics_at, list[i].name, NULL, about.failed ? "" : about.s);
    dyo_buf_free(&about);
  }
  if (st == DYO_OK) store_metric_free(list, *n);
  free(list);
  return st;
}

static dyo_status put_forecasts(mcp_call *c, const store_page *page, char next[STORE_CURSOR], dyo_err *err)
{
  store_forecast  *list = NULL;
  size_t           n    = 0;
  const dyo_status st   = store_forecast_list(c->p->a->store, c->p->tenant, NULL, NULL, page, &list, &n, next, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    dyo_buf about = {0};
    dyo_buf_printf(&about, "Forecast of %s by %s", list[i].metric ? list[i].metric : "a series of its request",
                   list[i].model_type);
    put_resource(c, forecasts_at, list[i].id, about.failed ? NULL : about.s, about.failed ? "" : about.s);
    dyo_buf_free(&about);
  }
  if (st == DYO_OK) store_forecast_free(list, n);
  free(list);
  return st;
}

static void put_next(dyo_buf *b, const char *kind, const char *cursor)
{
  dyo_buf text = {0};
  dyo_buf_puts(&text, kind);
  dyo_buf_puts(&text, cursor);
  if (!text.failed) put_text(b, "nextCursor", text.s);
  dyo_buf_free(&text);
}

/* Metrics first, then forecasts: "m" or "f" in a cursor says which the store's own cursor is of. */
void mcp_list_resources(mcp_call *c)
{
  const char *cursor             = c->m->cursor ? c->m->cursor : "";
  char        next[STORE_CURSOR] = "";
  dyo_err     err;
  dyo_status  st   = DYO_OK;
  size_t      n    = 0;
  const bool  late = cursor[0] == 'f';
  if (c->m->odd_cursor || (cursor[0] && cursor[0] != 'm' && !late) || strlen(cursor) > STORE_CURSOR) {
    mcp_fail(c, MCP_INVALID_PARAMS, "cursor: the nextCursor of the page before is expected");
    return;
  }
  if (cursor[0]) cursor++;
  mcp_begin(c);
  put_json(c->out, "resources", "[");
  if (!late) st = put_metrics(c, &(store_page){cursor, MCP_PAGE}, &n, next, &err);
  const bool more = st == DYO_OK && next[0], turn = !late && n == MCP_PAGE && !more;
  if (st == DYO_OK && !more && !turn)
    st = put_forecasts(c, &(store_page){late ? cursor : "", MCP_PAGE - (int)n}, next, &err);
  dyo_buf_puts(c->out, "]");
  if (turn) put_next(c->out, "f", "");
  else if (next[0]) put_next(c->out, more ? "m" : "f", next);
  mcp_keep(c, 0, false);
  mcp_end(c);
  if (st != DYO_OK) mcp_fail_with(c, st == DYO_INVALID_INPUT ? MCP_INVALID_PARAMS : MCP_INTERNAL, &err);
}

void mcp_list_templates(mcp_call *c)
{
  static const char metrics[] = "\"uriTemplate\":\"dyocense://metrics/{name}{?from,to,frequency,aggregate}\",\"name\":"
                                "\"metric\",\"description\":\"A stored metric's series, regular and without gaps.\","
                                "\"mimeType\":\"application/json\"";
  static const char forecasts[] = "\"uriTemplate\":\"dyocense://forecasts/{id}\",\"name\":\"forecast\",\"description\":"
                                  "\"A stored forecast with its request and its values.\",\"mimeType\":"
                                  "\"application/json\"";
  mcp_begin(c);
  dyo_buf_printf(c->out, "%s\"resourceTemplates\":[{%s},{%s}]", mcp_modern(c) ? "," : "", metrics, forecasts);
  mcp_keep(c, 3600000, true);
  mcp_end(c);
}

/* --- reading -------------------------------------------------------------------------------------------------------------- */

static bool take_word(metric_words *w, char *pair)
{
  static const char *const names[] = {"from", "to", "frequency", "aggregate"};
  const char             **to[]    = {&w->from, &w->to, &w->frequency, &w->aggregate};
  char                    *value   = strchr(pair, '=');
  if (!value) return false;
  *value++ = '\0';
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(pair, names[i]) == 0) {
      *to[i] = value;
      return decode(value);
    }
  return false;
}

/* name, or name?from=…&to=… */
static bool read_words(metric_words *w, char *text)
{
  char *query = strchr(text, '?'), *rest = NULL;
  if (query) *query++ = '\0';
  w->metric = text;
  w->limit  = 1000;
  if (!*text || strchr(text, '/') || !decode(text)) return false;
  for (char *pair = query ? strtok_r(query, "&", &rest) : NULL; pair; pair = strtok_r(NULL, "&", &rest))
    if (!take_word(w, pair)) return false;
  return true;
}

static dyo_status read_uri(mcp_call *c, char *uri, dyo_buf *b, dyo_err *err)
{
  metric_words w = {0};
  char        *id;
  if (strncmp(uri, metrics_at, sizeof metrics_at - 1) == 0 && read_words(&w, uri + sizeof metrics_at - 1))
    return metric_json(c->p->a, c->p->tenant, &w, b, err);
  id = uri + sizeof forecasts_at - 1;
  if (strncmp(uri, forecasts_at, sizeof forecasts_at - 1) == 0 && decode(id))
    return forecast_json(c->p->a, c->p->tenant, id, b, err);
  return dyo_fail(err, DYO_NOT_FOUND, "", "nothing is at this address");
}

static void fail_reading(mcp_call *c, dyo_status st, const dyo_err *err)
{
  dyo_buf data = {0};
  if (st == DYO_NOT_FOUND) {
    dyo_buf_puts(&data, "{\"uri\":");
    dyo_buf_string(&data, c->m->uri);
    dyo_buf_puts(&data, "}");
    mcp_error(c->out, c->m->id, mcp_modern(c) ? MCP_INVALID_PARAMS : MCP_OLD_NOT_FOUND, data.failed ? NULL : data.s,
              "there is no such resource");
    dyo_buf_free(&data);
  } else {
    mcp_fail_with(c, st == DYO_INVALID_INPUT ? MCP_INVALID_PARAMS : MCP_INTERNAL, err);
  }
}

void mcp_read_resource(mcp_call *c)
{
  dyo_buf b = {0};
  dyo_err err;
  if (!c->m->uri) {
    mcp_fail(c, MCP_INVALID_PARAMS, "uri: a string is expected");
    return;
  }
  char      *uri = strdup(c->m->uri);
  dyo_status st  = uri ? read_uri(c, uri, &b, &err) : dyo_oom(&err);
  if (st == DYO_OK && b.failed) st = dyo_oom(&err);
  if (st == DYO_OK) {
    mcp_begin(c);
    put_json(c->out, "contents", "[{");
    put_text(c->out, "uri", c->m->uri);
    put_text(c->out, "mimeType", "application/json");
    put_text(c->out, "text", b.s);
    dyo_buf_puts(c->out, "}]");
    mcp_keep(c, 0, false);
    mcp_end(c);
  } else {
    fail_reading(c, st, &err);
  }
  free(uri);
  dyo_buf_free(&b);
}
