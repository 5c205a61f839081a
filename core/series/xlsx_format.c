/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_format.c - whether a number format shows dates. ECMA-376 part 1, 18.8.30 (built-in ids) and 18.8.31 (codes). */
#include "series/xlsx_parts.h"

xlsx_kind xlsx_builtin_kind(long id)
{
  if ((id >= 14 && id <= 17) || id == 22) return XLSX_DATE;
  if ((id >= 18 && id <= 21) || id == 45 || id == 47) return XLSX_TIME;
  if (id == 46) return XLSX_ELAPSED;
  if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return XLSX_DATE; /* of East Asian Excel */
  return XLSX_PLAIN;
}

typedef struct {
  bool date, clock, elapsed;
  char before;  /* the date letter before this one: y m d h s, 0 */
  bool pending; /* m, which is minutes if s comes next, else a month */
} format_seen;

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool starts(const char *p, const char *word)
{
  for (; *word; p++, word++)
    if (lower(*p) != *word) return false;
  return true;
}

static void letter(format_seen *f, char c)
{
  if (f->pending && c != 'm') {
    if (c == 's') f->clock = true;
    else f->date = true;
    f->pending = false;
  }
  switch (c) {
  case 'm':
    if (f->before == 'h') f->clock = true;
    else if (f->before != 'm') f->pending = true;
    break;
  case 'h':
  case 's': f->clock = true; break;
  default: f->date = true; break; /* d, y, and e, g, b of eras */
  }
  f->before = c;
}

/* [h] [mm] [ss] are elapsed time; colours, conditions, currencies and locales are not. Returns the closing bracket, or the end. */
static const char *bracket(format_seen *f, const char *p)
{
  const char *start = ++p;
  const char  c     = lower(*p);
  while (*p && lower(*p) == c) p++;
  if ((c == 'h' || c == 'm' || c == 's') && *p == ']') {
    f->elapsed = true;
    f->before  = c == 'm' ? 'h' : c; /* [mm]:ss */
    return p;
  }
  for (p = start; *p && *p != ']';) p++;
  return p;
}

static const char *quoted(const char *p)
{
  p++;
  while (*p && *p != '"') p++;
  return p;
}

/* One step of a section: returns the last byte of what stood at p. */
static const char *symbol(format_seen *f, const char *p)
{
  const char c = lower(*p);
  if (c == '"') return quoted(p);
  if (c == '[') return bracket(f, p);
  if (c == '\\' || c == '_' || c == '*') return p[1] ? p + 1 : p; /* the next is a literal, a width, a filler */
  if (starts(p, "general")) return p + 6;
  if (starts(p, "am/pm") || starts(p, "a/p")) {
    f->clock = true;
    return p + (lower(p[1]) == 'm' ? 4 : 2);
  }
  if (c == 'e' && (p[1] == '+' || p[1] == '-')) return p + 1; /* 0.00E+00 */
  if (strchr("ymdhsegb", c)) letter(f, c);
  return p;
}

xlsx_kind xlsx_format_kind(const char *code)
{
  format_seen f       = {0};
  int         section = 1;
  for (const char *p = code; *p && section <= 3; p++) { /* the fourth section is for texts */
    if (*p == ';') {
      f.date |= f.pending;
      f.pending = false;
      f.before  = 0;
      section++;
      continue;
    }
    p = symbol(&f, p);
    if (!*p) break;
  }
  if (f.date || f.pending) return XLSX_DATE;
  if (f.elapsed) return XLSX_ELAPSED;
  return f.clock ? XLSX_TIME : XLSX_PLAIN;
}
