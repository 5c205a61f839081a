/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TZif files: RFC 8536. Names of what is there, for the suggestion, come from the same folder. */
#include "jobs/zone.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json/dyo_json.h"
#include "series/dyo_calendar.h"

#define ZONE_FOLDER "/usr/share/zoneinfo"

enum {
  HEADER       = 44,
  FILE_MOST    = 1 << 20,
  NAME_MOST    = 64,
  NAMES_MOST   = 2000,
  OFFSET_LEAST = -89999, /* RFC 8536, section 3.2: -25 to 26 hours, both excluded */
  OFFSET_MOST  = 93599,
  BEFORE_ANY   = 100000 /* seconds: more than any offset */
};
static const int64_t first_second = -62135596800, last_second = 253402300799; /* of the years 1 and 9999 */

struct zone {
  int64_t  *at; /* n instants, ascending */
  int32_t  *to; /* offset from each on */
  size_t    n;
  int32_t   before; /* offset before the first */
  bool      has_rule;
  zone_rule rule; /* from the last on */
};

void zone_free(zone *z)
{
  if (!z) return;
  free(z->at);
  free(z->to);
  free(z);
}

/* --- the file --------------------------------------------------------------------------------------------------------- */

static uint64_t big_endian(const uint8_t *b, int n)
{
  uint64_t v = 0;
  for (int i = 0; i < n; i++) v = v << 8 | b[i];
  return v;
}

static int64_t signed_at(const uint8_t *b, int n)
{
  return n == 8 ? (int64_t)big_endian(b, 8) : (int32_t)(uint32_t)big_endian(b, 4);
}

/* Counts of a header, and where its block's parts begin. */
typedef struct {
  int            width; /* bytes of a time */
  uint32_t       leaps, times, types;
  const uint8_t *time, *index, *type, *end;
} block;

static bool find_block(const uint8_t *at, const uint8_t *end, int width, block *b)
{
  if (end - at < HEADER || memcmp(at, "TZif", 4) != 0) return false;
  uint32_t c[6]; /* isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt */
  for (int i = 0; i < 6; i++) {
    c[i] = (uint32_t)big_endian(at + 20 + 4 * i, 4);
    if (c[i] > FILE_MOST) return false;
  }
  *b       = (block){.width = width, .leaps = c[2], .times = c[3], .types = c[4]};
  b->time  = at + HEADER;
  size_t n = (size_t)c[3] * (size_t)width;
  if (n + (size_t)c[3] + 6 * (size_t)c[4] + c[5] + (size_t)c[2] * (size_t)(width + 4) + c[1] + c[0] >
      (size_t)(end - b->time))
    return false;
  b->index = b->time + n;
  b->type  = b->index + c[3];
  b->end   = b->type + 6 * (size_t)c[4] + c[5] + (size_t)c[2] * (size_t)(width + 4) + c[1] + c[0];
  return c[4] > 0;
}

static bool type_offset(const block *b, size_t type, int32_t *out)
{
  if (type >= b->types) return false;
  *out = (int32_t)signed_at(b->type + 6 * type, 4);
  return *out >= OFFSET_LEAST && *out <= OFFSET_MOST;
}

static bool take_times(zone *z, const block *b)
{
  z->n  = b->times;
  z->at = calloc(z->n ? z->n : 1, sizeof *z->at);
  z->to = calloc(z->n ? z->n : 1, sizeof *z->to);
  if (!z->at || !z->to || !type_offset(b, 0, &z->before)) return false;
  for (size_t i = 0; i < z->n; i++) {
    z->at[i] = signed_at(b->time + i * (size_t)b->width, b->width);
    if ((i > 0 && z->at[i] <= z->at[i - 1]) || !type_offset(b, b->index[i], &z->to[i])) return false;
  }
  return true;
}

/* "\n", a TZ string that may be empty, "\n" */
static bool take_footer(zone *z, const uint8_t *at, const uint8_t *end)
{
  if (at >= end || *at++ != '\n') return false;
  const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
  if (!stop) return false;
  z->has_rule = stop > at;
  return !z->has_rule || zone_rule_read((const char *)at, (size_t)(stop - at), &z->rule);
}

static dyo_status no_zone(dyo_err *err)
{
  return dyo_fail(err, DYO_INVALID_INPUT, "", "it is no time zone file");
}

dyo_status zone_read(const uint8_t *bytes, size_t n, zone **out, dyo_err *err)
{
  const uint8_t *end = bytes + n;
  block          b;
  *out = NULL;
  if (!find_block(bytes, end, 4, &b)) return no_zone(err);
  const bool second = bytes[4] >= '2'; /* then 64-bit times follow, which say all that the first block says */
  if (second && !find_block(b.end, end, 8, &b)) return no_zone(err);
  if (b.leaps) return dyo_fail(err, DYO_UNSUPPORTED, "", "it counts leap seconds");
  zone *z = calloc(1, sizeof *z);
  if (!z) return dyo_oom(err);
  if (!take_times(z, &b) || (second && !take_footer(z, b.end, end))) {
    zone_free(z);
    return no_zone(err);
  }
  *out = z;
  return DYO_OK;
}

/* --- names ------------------------------------------------------------------------------------------------------------ */

/* Names with capital letters: the folder's other files are tables and copies. */
typedef struct {
  char  *name[NAMES_MOST + 1];
  size_t n;
} name_list;

static void list_folder(name_list *l, const char *under, int depth)
{
  char path[sizeof ZONE_FOLDER + NAME_MOST + 2];
  snprintf(path, sizeof path, "%s/%s", ZONE_FOLDER, under);
  DIR *d = opendir(path);
  for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
    char name[NAME_MOST];
    if (!isupper((unsigned char)e->d_name[0]) || l->n >= NAMES_MOST) continue;
    const int k = snprintf(name, sizeof name, "%s%s%s", under, *under ? "/" : "", e->d_name);
    if (k >= (int)sizeof name) continue;
    const size_t before = l->n;
    if (e->d_type != DT_REG && e->d_type != DT_LNK && depth < 3) list_folder(l, name, depth + 1);
    if (l->n == before && e->d_type != DT_DIR) l->name[l->n] = strdup(name), l->n += l->name[l->n] != NULL;
  }
  if (d) closedir(d);
}

static const char *name_at(const void *list, size_t i)
{
  const name_list *l = list;
  return i < l->n ? l->name[i] : NULL;
}

static const char *last_part(const char *name)
{
  const char *slash = strrchr(name, '/');
  return slash ? slash + 1 : name;
}

/* "Berlin" at last_part_at */
static const char *last_part_at(const void *list, size_t i)
{
  const char *name = name_at(list, i);
  return name ? last_part(name) : NULL;
}

/* The same but for case; the same place on another continent or on none; a slip of the pen, in the whole or in the place. */
static const char *probably(const name_list *l, const char *word)
{
  for (size_t i = 0; i < l->n; i++)
    if (strcasecmp(l->name[i], word) == 0) return l->name[i];
  for (size_t i = 0; i < l->n; i++)
    if (strcasecmp(last_part(l->name[i]), last_part(word)) == 0) return l->name[i];
  const char *near = dyo_nearest(word, name_at, l);
  if (near) return near;
  near = dyo_nearest(last_part(word), last_part_at, l);
  for (size_t i = 0; near && i < l->n; i++)
    if (last_part(l->name[i]) == near) return l->name[i];
  return NULL;
}

static dyo_status unknown(const char *name, dyo_err *err)
{
  name_list *l = calloc(1, sizeof *l);
  if (!l) return dyo_oom(err);
  list_folder(l, "", 0);
  const char *near = probably(l, name);
  if (l->n == 0)
    dyo_fail(err, DYO_INVALID_INPUT, "",
             "found \"%.60s\", but this system knows no time zones (its package tzdata is "
             "missing); only UTC can be used",
             name);
  else if (near)
    dyo_fail(err, DYO_INVALID_INPUT, "", "there is no time zone \"%.60s\"; did you mean \"%s\"?", name, near);
  else
    dyo_fail(err, DYO_INVALID_INPUT, "",
             "there is no time zone \"%.60s\"; a name such as \"Europe/Berlin\" is expected", name);
  for (size_t i = 0; i < l->n; i++) free(l->name[i]);
  free(l);
  return err->code;
}

/* No way out of the folder, and nothing but zones: their names begin with a capital letter. */
static bool is_name(const char *name)
{
  const size_t n = strlen(name);
  if (n == 0 || n >= NAME_MOST || !isupper((unsigned char)name[0]) || strstr(name, "..") || strstr(name, "//"))
    return false;
  for (const char *c = name; *c; c++)
    if (!isalnum((unsigned char)*c) && !strchr("/_+-", *c)) return false;
  return true;
}

dyo_status zone_load(const char *name, zone **out, dyo_err *err)
{
  char path[sizeof ZONE_FOLDER + NAME_MOST + 2];
  *out = NULL;
  if (strcmp(name, "UTC") == 0) {
    *out = calloc(1, sizeof **out);
    return *out ? DYO_OK : dyo_oom(err);
  }
  if (!is_name(name)) return unknown(name, err);
  snprintf(path, sizeof path, "%s/%s", ZONE_FOLDER, name);
  FILE    *f     = fopen(path, "rbe");
  uint8_t *bytes = f ? malloc(FILE_MOST) : NULL;
  if (!bytes) {
    if (f) fclose(f);
    return f ? dyo_oom(err) : unknown(name, err);
  }
  const size_t     n  = fread(bytes, 1, FILE_MOST, f);
  const dyo_status st = zone_read(bytes, n, out, err);
  fclose(f);
  free(bytes);
  return st == DYO_INVALID_INPUT ? unknown(name, err) : st; /* a folder, or a file of something else */
}

/* --- answers ---------------------------------------------------------------------------------------------------------- */

zone_span zone_at(const zone *z, int64_t t)
{
  size_t lo = 0, hi = z->n; /* the first transition after t is in lo..hi */
  while (lo < hi) {
    const size_t mid = (lo + hi) / 2;
    if (z->at[mid] <= t) lo = mid + 1;
    else hi = mid;
  }
  zone_span s = {lo ? z->at[lo - 1] : INT64_MIN, lo < z->n ? z->at[lo] : INT64_MAX, lo ? z->to[lo - 1] : z->before};
  if (lo < z->n || !z->has_rule) return s;
  const int64_t   inside = t < first_second ? first_second : t > last_second ? last_second : t;
  const zone_span r      = zone_rule_at(&z->rule, inside);
  s.offset               = r.offset;
  if (inside == t && r.until != INT64_MAX) s.until = r.until;
  if (inside == t && r.from > s.from) s.from = r.from;
  return s;
}

int64_t zone_instant(const zone *z, int64_t local)
{
  zone_span s = zone_at(z, local - BEFORE_ANY);
  while (s.until != INT64_MAX && local - s.offset >= s.until) s = zone_at(z, s.until);
  return local - s.offset > s.from ? local - s.offset : s.from;
}
