/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/challenge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char blanks[] = " \t", field[] = "www-authenticate:", ends[] = " \t,=\"\r\n";

/* --- parameters ------------------------------------------------------------------------------------------------------------------ */

/* A value at s, quoted or not, into out; where it ends. One that is too long is "". */
static const char *read_value(const char *s, char *out, size_t room)
{
  size_t     n      = 0;
  bool       whole  = true;
  const bool quoted = *s == '"';
  for (s += quoted; *s && *s != '\r' && *s != '\n' && (quoted ? *s != '"' : !strchr(ends, *s)); s++) {
    if (quoted && *s == '\\' && s[1] && s[1] != '\r' && s[1] != '\n') s++;
    if (n + 1 < room) out[n++] = *s;
    else whole = false;
  }
  out[whole ? n : 0] = '\0';
  return s + (quoted && *s == '"');
}

static char *place_of(challenge *c, const char *name, size_t n, size_t *room)
{
  const struct {
    const char *name;
    char       *to;
    size_t      room;
  } known[] = {{"resource_metadata", c->metadata, sizeof c->metadata},
               {"scope", c->scope, sizeof c->scope},
               {"error", c->error, sizeof c->error}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strlen(known[i].name) == n && strncasecmp(known[i].name, name, n) == 0) {
      *room = known[i].room;
      return known[i].to;
    }
  return NULL;
}

/* One line: schemes, each with its parameters. A word before "=" is a parameter's name, any other one a scheme. */
static void read_line(const char *s, challenge *out)
{
  char other[512];
  bool bearer = false;
  while (*s && *s != '\r' && *s != '\n') {
    s += strspn(s, ", \t");
    const char  *word = s;
    const size_t n    = strcspn(s, ends);
    s += n;
    const char *after = s + strspn(s, blanks);
    if (n && *after == '=') {
      size_t room = sizeof other;
      char  *to   = bearer ? place_of(out, word, n, &room) : NULL;
      s           = read_value(after + 1 + strspn(after + 1, blanks), to ? to : other, to ? room : sizeof other);
    } else if (n) {
      bearer      = n == 6 && strncasecmp(word, "bearer", 6) == 0;
      out->bearer = out->bearer || bearer;
    } else if (*s && *s != '\r' && *s != '\n') s++; /* no word at all */
  }
}

void challenge_read(const char *headers, challenge *out)
{
  *out = (challenge){0};
  for (const char *s = headers; s && *s; s = *(s += strcspn(s, "\n")) ? s + 1 : s)
    if (strncmp(s, field, sizeof field - 1) == 0) read_line(s + sizeof field - 1, out);
}

/* --- scopes ---------------------------------------------------------------------------------------------------------------------- */

static bool among(const char *scope, size_t n, const char *list)
{
  for (const char *s = list + strspn(list, " "); *s; s += strspn(s, " ")) {
    const size_t k = strcspn(s, " ");
    if (k == n && memcmp(s, scope, n) == 0) return true;
    s += k;
  }
  return false;
}

bool scopes_within(const char *a, const char *b)
{
  for (const char *s = a + strspn(a, " "); *s; s += strspn(s, " ")) {
    const size_t n = strcspn(s, " ");
    if (!among(s, n, b)) return false;
    s += n;
  }
  return true;
}

bool scopes_join(const char *a, const char *b, char *out, int room)
{
  const char *const lists[] = {a, b};
  int               at      = 0;
  out[0]                    = '\0';
  for (int i = 0; i < 2; i++)
    for (const char *s = lists[i] + strspn(lists[i], " "); *s; s += strspn(s, " ")) {
      const int n = (int)strcspn(s, " ");
      if (!among(s, (size_t)n, out)) {
        if (at + n + 2 > room) return out[0] = '\0', false;
        at += snprintf(out + at, (size_t)(room - at), "%s%.*s", at ? " " : "", n, s);
      }
      s += n;
    }
  return true;
}
