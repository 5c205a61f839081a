/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arguments of tools that also go into header fields: in the modern era a tool's schema marks them with x-mcp-header, and whoever calls the
 * tool over HTTP has to mirror them. A tool that marks them otherwise than it may is not called. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ids.h"
#include "connect/peer.h"

enum { TOOLS_MOST = 1000, DEEPEST = 8 };
static const char mark[] = "x-mcp-header", field_before[] = "Mcp-Param-";

void peer_put_header(dyo_buf *b, const char *text)
{
  const size_t n     = strlen(text);
  bool         plain = n == 0 || (text[0] != ' ' && text[n - 1] != ' ' && strncmp(text, "=?base64?", 9) != 0);
  for (const unsigned char *c = (const unsigned char *)text; *c; c++) plain = plain && *c >= 32 && *c < 127;
  if (plain) {
    dyo_buf_puts(b, text);
    return;
  }
  char *coded = base64_text(text, n);
  dyo_buf_printf(b, "=?base64?%s?=", coded ? coded : "");
  b->failed = b->failed || !coded;
  free(coded);
}

void peer_mirrors_clear(peer_mirrors *l)
{
  for (size_t i = 0; i < l->n; i++) {
    free(l->names[i]);
    free(l->values[i]);
  }
  l->n = 0;
}

/* --- what a schema marks ------------------------------------------------------------------------------------------------------ */

/* One walk over properties and theirs: the marked ones are counted and judged, and mirrored where there are arguments. */
typedef struct {
  peer_mirrors *l;
  dyo_piece     arguments; /* of this level; s NULL: none, or the schema is only judged */
  size_t        marked;
  int           depth;
  bool          judged, bad, failed;
} walk;

/* A token, as names of header fields are (RFC 9110, 5.6.2). */
static bool is_token(const char *s)
{
  if (!*s) return false;
  for (; *s; s++)
    if (*s <= ' ' || *s >= 127 || strchr("\"(),/:;<=>?@[\\]{}", *s)) return false;
  return true;
}

static bool seen(const peer_mirrors *l, const char *name)
{
  for (size_t i = 0; i < l->n; i++)
    if (strcasecmp(l->names[i] + sizeof field_before - 1, name) == 0) return true;
  return false;
}

static void keep(walk *w, const char *name, const char *value)
{
  dyo_buf field = {0}, text = {0};
  dyo_buf_printf(&field, "%s%s", field_before, name);
  dyo_buf_puts(&text, "");
  peer_put_header(&text, value);
  if (field.failed || text.failed || w->l->n == PEER_MIRRORS) {
    w->failed = true;
    dyo_buf_free(&field);
    dyo_buf_free(&text);
    return;
  }
  w->l->names[w->l->n]    = field.s;
  w->l->values[w->l->n++] = text.s;
}

static void take_mark(walk *w, dyo_piece property, dyo_piece name, dyo_piece value)
{
  char *text = piece_string(name), type[16];
  piece_copy(piece_member(property, "type"), type, sizeof type);
  w->marked++;
  w->bad = w->bad || !text || !is_token(text) || seen(w->l, text) || w->l->n == PEER_MIRRORS ||
           (strcmp(type, "string") != 0 && strcmp(type, "integer") != 0 && strcmp(type, "boolean") != 0);
  if (!w->bad && w->judged) keep(w, text, "");
  else if (!w->bad && !piece_none(value)) {
    char *plain = *value.s == '"' ? piece_string(value) : strndup(value.s, value.n);
    if (plain) keep(w, text, plain);
    else w->failed = true;
    free(plain);
  }
  free(text);
}

static bool take_property(void *user, dyo_piece name, dyo_piece property)
{
  walk           *w    = user;
  char           *text = strndup(name.s, name.n);
  const dyo_piece mine = text ? piece_member(w->arguments, text) : w->arguments, head = piece_member(property, mark);
  const dyo_piece all = w->arguments, below = piece_member(property, "properties");
  w->failed = w->failed || !text;
  free(text);
  if (head.s) take_mark(w, property, head, mine);
  if (below.s && w->depth < DEEPEST && !w->bad && !w->failed) {
    w->depth++;
    w->arguments = mine;
    piece_members(below, take_property, w);
    w->arguments = all;
    w->depth--;
  }
  return !w->bad && !w->failed;
}

static size_t marks_in(dyo_piece schema)
{
  size_t n = 0;
  for (const char *s = schema.s; s + sizeof mark + 1 <= schema.s + schema.n; s++)
    n += s[0] == '"' && s[sizeof mark] == '"' && memcmp(s + 1, mark, sizeof mark - 1) == 0;
  return n;
}

/* Marks anywhere but on properties, one below another, are not allowed either. */
static bool marks_well(dyo_piece schema, bool *failed)
{
  peer_mirrors l = {0};
  walk         w = {.l = &l, .judged = true};
  piece_members(piece_member(schema, "properties"), take_property, &w);
  peer_mirrors_clear(&l);
  *failed = *failed || w.failed;
  return !w.bad && w.marked == marks_in(schema);
}

/* --- the server's tools ------------------------------------------------------------------------------------------------------ */

struct peer_tool {
  char *name, *schema; /* schema NULL: it may not be called */
};

static bool take_tool(void *user, dyo_piece one)
{
  peer_tools     *t      = user;
  const dyo_piece schema = piece_member(one, "inputSchema");
  char           *name   = piece_string(piece_member(one, "name"));
  if (!name || !schema.s || marks_in(schema) == 0) {
    free(name);
    return true;
  }
  if (t->n == t->cap) {
    struct peer_tool *more = t->n < TOOLS_MOST ? realloc(t->v, (t->cap + 16) * sizeof *more) : NULL;
    t->failed              = !more;
    if (!more) return free(name), false;
    t->v = more;
    t->cap += 16;
  }
  const bool well = marks_well(schema, &t->failed);
  t->v[t->n]      = (struct peer_tool){name, well ? strndup(schema.s, schema.n) : NULL};
  t->failed       = t->failed || (well && !t->v[t->n].schema);
  t->n++;
  return !t->failed;
}

void peer_tools_free(peer_tools *t)
{
  for (size_t i = 0; i < t->n; i++) {
    free(t->v[i].name);
    free(t->v[i].schema);
  }
  free(t->v);
  *t = (peer_tools){0};
}

dyo_status peer_tools_mirror(peer *m, const char *tool, const char *arguments, peer_mirrors *out, dyo_err *err)
{
  if (!m->modern || m->pipe) return DYO_OK;
  if (!m->tools.known) {
    const dyo_status st = peer_list(m, "tools/list", "tools", take_tool, &m->tools, err);
    if (st != DYO_OK) return st;
    if (m->tools.failed) return dyo_oom(err);
    m->tools.known = true;
  }
  for (size_t i = 0; i < m->tools.n; i++) {
    const struct peer_tool *one = &m->tools.v[i];
    if (strcmp(one->name, tool) != 0) continue;
    if (!one->schema)
      return session_fail(m->s, FAULT_TERMINAL, "", err,
                          "MCP server %.40s: tool %.40s marks its header fields in a way that is not allowed",
                          m->server->name, tool);
    walk w = {.l = out, .arguments = piece_of(arguments, strlen(arguments))};
    piece_members(piece_member(piece_of(one->schema, strlen(one->schema)), "properties"), take_property, &w);
    return w.failed ? dyo_oom(err) : DYO_OK;
  }
  return DYO_OK;
}
