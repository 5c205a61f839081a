/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The delimiter is CR LF "--" boundary, and CR stands in it only once, at its start: a failed match is therefore plain data, and the
 * search begins anew at the byte where it failed. RFC 2046, 5.1.1; RFC 7578. */
#include "http/multipart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/dyo_utf8.h"

enum { HEADER_MOST = 8 << 10, DELIMITER = 4 + MULTIPART_BOUNDARY + 1 };

typedef enum { PREAMBLE, AFTER, AFTER_CR, AFTER_DASH, FIELDS, DATA, EPILOGUE } place;

struct multipart {
  multipart_events e;
  place            at;
  char             delimiter[DELIMITER];
  size_t           n_delimiter, match; /* bytes of it seen so far */
  size_t           foreign;            /* of these, how many are not the part's */
  char             fields[HEADER_MOST + 1];
  size_t           n_fields, parts, parts_most;
};

static dyo_status bad(dyo_err *err, const char *what)
{
  return dyo_fail(err, DYO_INVALID_INPUT, "", "multipart/form-data: %s", what);
}

/* The value of `name` in a list of ;name=value or ;name="value", as in RFC 9110, 5.6.6. False where it is not there or too long. */
static bool parameter(const char *list, const char *name, char *out, size_t room)
{
  const size_t n = strlen(name);
  for (const char *at = strchr(list, ';'); at; at = strchr(at, ';')) {
    at += 1 + strspn(at + 1, " \t");
    size_t k = 0;
    if (strncasecmp(at, name, n) != 0 || at[n] != '=') {
      const char *quote = strchr(at, '"'), *end = strchr(at, ';'); /* a ';' inside quotes ends nothing */
      if (quote && (!end || quote < end)) at = strchr(quote + 1, '"');
      if (!at) return false;
      continue;
    }
    at += n + 1;
    const bool quoted = *at == '"';
    at += quoted;
    while (*at && (quoted ? *at != '"' : !strchr("; \t", *at))) {
      if (quoted && *at == '\\' && (at[1] == '"' || at[1] == '\\')) at++;
      if (k + 1 >= room) return false;
      out[k++] = *at++;
    }
    out[k] = '\0';
    return !quoted || *at == '"';
  }
  return false;
}

dyo_status multipart_new(const char *content_type, const multipart_events *e, size_t parts_most, multipart **out,
                         dyo_err *err)
{
  static const char kind[] = "multipart/form-data";
  char              boundary[MULTIPART_BOUNDARY + 1];
  *out = NULL;
  if (strncasecmp(content_type, kind, sizeof kind - 1) != 0) return bad(err, "another content type was found");
  if (!parameter(content_type, "boundary", boundary, sizeof boundary) || !boundary[0] ||
      boundary[strlen(boundary) - 1] == ' ' || strpbrk(boundary, "\r\n"))
    return bad(err, "a boundary of 1 to 70 characters is expected in Content-Type");
  multipart *m = calloc(1, sizeof *m);
  if (!m) return dyo_oom(err);
  memcpy(m->delimiter, "\r\n--", 4);
  memcpy(m->delimiter + 4, boundary, strlen(boundary));
  m->n_delimiter = 4 + strlen(boundary);
  m->match = m->foreign = 2; /* the first one may stand at the very start */
  m->e                  = *e;
  m->parts_most         = parts_most;
  *out                  = m;
  return DYO_OK;
}

void multipart_free(multipart *m)
{
  free(m);
}

static bool text_is_sane(const char *s)
{
  const unsigned char *at = (const unsigned char *)s, *end = at + strlen(s);
  while (at < end) {
    const size_t n = dyo_utf8_len(at, end);
    if (n == 0 || *at < 0x20 || *at == 0x7f) return false;
    at += n;
  }
  return true;
}

/* Only what stands behind the last separator: a name is not a place. */
static void base_name(char *s)
{
  for (const char *c = s; *c; c++)
    if (*c == '/' || *c == '\\') memmove(s, c + 1, strlen(c)), c = s - 1;
}

static dyo_status disposition(const char *value, multipart_part *p, dyo_err *err)
{
  static const char kind[] = "form-data";
  if (strncasecmp(value, kind, sizeof kind - 1) != 0) return bad(err, "a part is not form-data");
  if (!parameter(value, "name", p->name, sizeof p->name)) return bad(err, "a part has no name, or one over 255 bytes");
  if (!parameter(value, "filename", p->filename, sizeof p->filename)) {
    if (strcasestr(value, "filename=")) return bad(err, "a file name is over 255 bytes or not closed");
    p->filename[0] = '\0';
  }
  if (!text_is_sane(p->name) || !text_is_sane(p->filename)) return bad(err, "a name is not UTF-8 text");
  base_name(p->filename);
  return DYO_OK;
}

/* One header line of a part, ended by NUL. */
static dyo_status field(const char *line, multipart_part *p, dyo_err *err)
{
  const char *colon = strchr(line, ':');
  if (!colon || colon == line || strpbrk(line, "\r\n")) return bad(err, "a part's header line is not readable");
  const char  *value = colon + 1 + strspn(colon + 1, " \t");
  const size_t n     = (size_t)(colon - line);
  if (n == 19 && strncasecmp(line, "Content-Disposition", n) == 0) return disposition(value, p, err);
  if (n == 12 && strncasecmp(line, "Content-Type", n) == 0) {
    if (strlen(value) >= sizeof p->type || !text_is_sane(value))
      return bad(err, "a part's type is too long or no text");
    memcpy(p->type, value, strlen(value) + 1);
  }
  if (n == 25 && strncasecmp(line, "Content-Transfer-Encoding", n) == 0 && strcasecmp(value, "binary") != 0 &&
      strcasecmp(value, "8bit") != 0 && strcasecmp(value, "7bit") != 0)
    return dyo_fail(err, DYO_UNSUPPORTED, "", "multipart/form-data: transfer encoding \"%.40s\" is not read", value);
  return DYO_OK;
}

/* The header lines of a part are whole. */
static dyo_status open_part(multipart *m, dyo_err *err)
{
  multipart_part part    = {0};
  dyo_status     st      = DYO_OK;
  m->fields[m->n_fields] = '\0';
  if (strlen(m->fields) != m->n_fields) return bad(err, "a part's header lines hold a NUL");
  for (char *line = m->fields, *end = NULL; st == DYO_OK && *line; line = end + 2) {
    end = strstr(line, "\r\n");
    if (!end) break;
    *end = '\0';
    if (end != line) st = field(line, &part, err);
  }
  if (st != DYO_OK) return st;
  if (!part.name[0]) return bad(err, "a part has no name");
  if (++m->parts > m->parts_most)
    return dyo_fail(err, DYO_TOO_LARGE, "", "multipart/form-data: more than %zu parts", m->parts_most);
  m->at    = DATA;
  m->match = m->foreign = 2; /* an empty part's delimiter follows its header lines at once: their CR LF counts */
  m->n_fields           = 0;
  return m->e.begin(m->e.user, &part, err);
}

static dyo_status give(multipart *m, const char *bytes, size_t n, dyo_err *err)
{
  return m->at == DATA && n ? m->e.data(m->e.user, bytes, n, err) : DYO_OK;
}

/* Data, or what stands before the first delimiter: up to the next byte that could begin one. Moves *at. */
static dyo_status scan(multipart *m, const char *bytes, size_t n, size_t *at, dyo_err *err)
{
  if (m->match == 0) {
    const char  *cr   = memchr(bytes + *at, '\r', n - *at);
    const size_t stop = cr ? (size_t)(cr - bytes) : n;
    const size_t from = *at;
    *at               = stop;
    if (cr) m->match = 1, ++*at;
    return give(m, bytes + from, stop - from, err);
  }
  if (bytes[*at] == m->delimiter[m->match]) {
    ++*at;
    if (++m->match < m->n_delimiter) return DYO_OK;
    const dyo_status st = m->at == DATA ? m->e.end(m->e.user, err) : DYO_OK;
    m->at               = AFTER;
    m->match = m->foreign = 0;
    return st;
  }
  const size_t foreign = m->foreign, seen = m->match - foreign;
  m->match = m->foreign = 0;
  return give(m, m->delimiter + foreign, seen, err);
}

dyo_status multipart_feed(multipart *m, const void *data, size_t n, dyo_err *err)
{
  const char *bytes = data;
  dyo_status  st    = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < n;) {
    const char c = bytes[i];
    switch (m->at) {
    case PREAMBLE:
    case DATA: st = scan(m, bytes, n, &i, err); continue;
    case EPILOGUE: return DYO_OK;
    case AFTER:
      if (c == '\r') m->at = AFTER_CR;
      else if (c == '-') m->at = AFTER_DASH;
      else if (c != ' ' && c != '\t') st = bad(err, "something other than a line end stands behind a boundary");
      break;
    case AFTER_CR:
      if (c != '\n') return bad(err, "something other than a line end stands behind a boundary");
      m->at = FIELDS;
      break;
    case AFTER_DASH:
      if (c != '-') return bad(err, "something other than a line end stands behind a boundary");
      m->at = EPILOGUE;
      break;
    case FIELDS:
      if (m->n_fields == HEADER_MOST)
        return dyo_fail(err, DYO_TOO_LARGE, "", "multipart/form-data: a part's header lines are over %d bytes",
                        HEADER_MOST);
      m->fields[m->n_fields++] = c;
      if ((m->n_fields == 2 && memcmp(m->fields, "\r\n", 2) == 0) ||
          (m->n_fields >= 4 && memcmp(m->fields + m->n_fields - 4, "\r\n\r\n", 4) == 0))
        st = open_part(m, err);
      break;
    }
    i++;
  }
  return st;
}

dyo_status multipart_finish(multipart *m, dyo_err *err)
{
  return m->at == EPILOGUE ? DYO_OK : bad(err, "the body ends before its last boundary");
}
