/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A date is cut into numbers and words; which numbers and words stand in which order says what it is. */
#include <string.h>

#include "series/read.h"

enum { WORD_CHARS = 12, ITEMS = 6, LONGEST = 64 };

typedef enum { ITEM_NUMBER, ITEM_MONTH, ITEM_QUARTER, ITEM_WEEK } item_kind;

typedef struct {
  item_kind kind;
  /* NUMBER; MONTH: 1..12, and whether it was written as the ambiguous "mar"; QUARTER, WEEK: 0, and whether it was one letter but Q */
  int  value, digits;
  char before; /* what separates it from the item before: the first character that is no blank, ' ', or 0 for nothing */
} item;

typedef struct {
  item   v[ITEMS];
  size_t n;
} items;

/* Without accents; a is for ä, u for ü. Abbreviations may be followed by a dot. */
static const struct {
  char name[WORD_CHARS];
  int  month;
} months[] = {
  {"jan", 1},       {"january", 1},   {"januar", 1},     {"janner", 1},     {"janvier", 1},   {"janv", 1},
  {"enero", 1},     {"ene", 1},       {"feb", 2},        {"february", 2},   {"februar", 2},   {"fevrier", 2},
  {"fevr", 2},      {"fev", 2},       {"febrero", 2},    {"mar", 3},        {"march", 3},     {"marz", 3},
  {"maerz", 3},     {"mrz", 3},       {"mars", 3},       {"marzo", 3},      {"apr", 4},       {"april", 4},
  {"avril", 4},     {"avr", 4},       {"abril", 4},      {"abr", 4},        {"may", 5},       {"mai", 5},
  {"mayo", 5},      {"jun", 6},       {"june", 6},       {"juni", 6},       {"juin", 6},      {"junio", 6},
  {"jul", 7},       {"july", 7},      {"juli", 7},       {"juillet", 7},    {"juil", 7},      {"julio", 7},
  {"aug", 8},       {"august", 8},    {"aout", 8},       {"agosto", 8},     {"ago", 8},       {"sep", 9},
  {"sept", 9},      {"september", 9}, {"septembre", 9},  {"septiembre", 9}, {"setiembre", 9}, {"oct", 10},
  {"october", 10},  {"okt", 10},      {"oktober", 10},   {"octobre", 10},   {"octubre", 10},  {"nov", 11},
  {"november", 11}, {"novembre", 11}, {"noviembre", 11}, {"dec", 12},       {"december", 12}, {"dez", 12},
  {"dezember", 12}, {"decembre", 12}, {"diciembre", 12}, {"dic", 12}};

static const char *const weekdays[] = {
  "mon",        "tue",     "tues",     "wed",       "thu",      "thur",   "thurs",    "fri",       "sat",
  "sun",        "monday",  "tuesday",  "wednesday", "thursday", "friday", "saturday", "sunday",    "mo",
  "di",         "mi",      "do",       "fr",        "sa",       "so",     "montag",   "dienstag",  "mittwoch",
  "donnerstag", "freitag", "samstag",  "sonnabend", "sonntag",  "lun",    "mer",      "mie",       "jeu",
  "jue",        "ven",     "vie",      "sam",       "sab",      "dim",    "dom",      "lundi",     "mardi",
  "mercredi",   "jeudi",   "vendredi", "samedi",    "dimanche", "lunes",  "martes",   "miercoles", "jueves",
  "viernes",    "sabado",  "domingo",  NULL};
static const char *const fillers[]  = {"de", "del", "of", "the", "den", "der", "le",
                                       "el", "st",  "nd", "rd",  "th",  "er",  NULL};
static const char *const quarters[] = {"q", "t", "qtr", "quarter", "quartal", "trim", "trimestre", NULL};
static const char *const weeks[]    = {"w", "wk", "kw", "week", "woche", "sem", "semaine", "semana", "s", NULL};

static bool digit(char c)
{
  return c >= '0' && c <= '9';
}

/* The letter at s in lower case and without its accent, 0 for what is no letter of these languages; *bytes it takes. */
static char letter(const char *s, size_t n, size_t *bytes)
{
  static const char plain[] =
    "aaaaaaaceeeeiiiidnooooo*ouuuuyts"; /* U+00E0..U+00FF, and 32 before them their capitals */
  const unsigned char c = (unsigned char)*s;
  *bytes                = 1;
  if (c >= 'a' && c <= 'z') return (char)c;
  if (c >= 'A' && c <= 'Z') return (char)(c + 32);
  if (c != 0xc3 || n < 2) return 0;
  *bytes = 2;
  return plain[(unsigned char)s[1] & 31] == '*' ? 0 : plain[(unsigned char)s[1] & 31];
}

static int month_of(const char *word, size_t n)
{
  for (size_t i = 0; i < sizeof months / sizeof *months; i++)
    if (strlen(months[i].name) == n && memcmp(months[i].name, word, n) == 0) return months[i].month;
  return 0;
}

/* A word of the text; false where it has no place in a date. */
static bool take_word(items *it, const char *word, size_t n, char before)
{
  const int month = month_of(word, n);
  if (it->n == ITEMS) return false;
  if (month) {
    if (it->n && it->v[0].kind == ITEM_MONTH &&
        it->v[0].digits) /* "mar. 5 mars", "mar 5 de marzo": the first was a weekday */
      memmove(it->v, it->v + 1, --it->n * sizeof *it->v);
    it->v[it->n++] = (item){ITEM_MONTH, month, n == 3 && memcmp(word, "mar", 3) == 0, before};
    return true;
  }
  if (read_word(word, n, quarters) || read_word(word, n, weeks)) {
    const int lone = n == 1 && *word != 'q';
    it->v[it->n++] = (item){read_word(word, n, quarters) ? ITEM_QUARTER : ITEM_WEEK, 0, lone, before};
    return true;
  }
  return read_word(word, n, fillers) || (it->n == 0 && read_word(word, n, weekdays));
}

static bool take_number(items *it, const char **s, const char *end, char before)
{
  const char *from = *s;
  int         v    = 0;
  while (*s < end && digit(**s) && *s - from < 9) v = v * 10 + (*(*s)++ - '0');
  if ((*s < end && digit(**s)) || it->n == ITEMS) return false;
  it->v[it->n++] = (item){ITEM_NUMBER, v, (int)(*s - from), before};
  return true;
}

/* Cuts s[0..n) up; false where something stands there that no date has. */
static bool cut(const char *s, size_t n, items *it)
{
  const char *end    = s + n;
  char        before = 0;
  it->n              = 0;
  while (s < end) {
    size_t bytes = 0;
    if (digit(*s)) {
      if (!take_number(it, &s, end, before)) return false;
      before = 0;
    } else if (letter(s, (size_t)(end - s), &bytes)) {
      char   word[WORD_CHARS];
      size_t k = 0;
      char   c = 0;
      for (; s < end && k < WORD_CHARS - 1 && (c = letter(s, (size_t)(end - s), &bytes)) != 0; s += bytes)
        word[k++] = c;
      if (!take_word(it, word, k, before)) return false;
      before = 0;
    } else if (strchr("-/., '", *s)) {
      if (before == 0 || before == ' ') before = *s;
      else if (*s != ' ') return false;
      s++;
    } else {
      return false;
    }
  }
  return it->n > 0 && (before == 0 || before == '.' || before == ' ');
}

/* A year as written: two digits are 1969..2068, as POSIX has it. */
static int year_of(const item *i)
{
  if (i->digits == 2) return i->value + (i->value < 69 ? 2000 : 1900);
  return i->digits == 4 ? i->value : -1;
}

static bool set_day(date_text *d, int year, int month, int day)
{
  if (year < 1000 || year > 9999) return false;
  d->never = month < 1 || month > 12 || day < 1 || day > dyo_days_in_month(year, month);
  if (!d->never) d->time += dyo_time_of((dyo_date){.year = year, .month = month, .day = day});
  return true;
}

static bool set_week(date_text *d, int year, int week, int weekday)
{
  const dyo_time fourth = dyo_time_of((dyo_date){.year = year, .month = 1, .day = 4}); /* is in week 1 */
  const dyo_time first  = fourth - dyo_weekday(fourth) * (dyo_time)DYO_DAY;
  if (year < 1000 || weekday < 1 || weekday > 7) return false;
  const dyo_time monday = first + (week - 1) * (dyo_time)7 * DYO_DAY;
  d->never              = week < 1 || week > 53 ||
             dyo_date_of(monday + 3 * (dyo_time)DYO_DAY).year != year; /* a week belongs to its Thursday's year */
  d->time += monday + (weekday - 1) * (dyo_time)DYO_DAY;
  return true;
}

static bool one_number(date_text *d, const item *v)
{
  d->weak = true;
  if (v->digits == 4) return v->value >= 1900 && v->value <= 2100 && set_day(d, v->value, 1, 1);
  const int day = v->digits == 8 ? v->value % 100 : 1, ym = v->digits == 8 ? v->value / 100 : v->value;
  if ((v->digits != 8 && v->digits != 6) || ym / 100 < 1900 || ym / 100 > 2100) return false;
  return set_day(d, ym / 100, ym % 100, day) && !d->never;
}

static bool two_numbers(date_text *d, const item *v)
{
  const bool  first = v[0].digits == 4;
  const item *year = first ? &v[0] : &v[1], *month = first ? &v[1] : &v[0];
  d->weak = v[1].before == '.';
  if (!strchr("-/.", v[1].before) || year->digits != 4 || month->digits > 2 || month->value < 1 || month->value > 12)
    return false;
  return set_day(d, year->value, month->value, 1);
}

static bool three_numbers(date_text *d, const item *v)
{
  const char sep = v[1].before;
  if (!sep || !strchr("-/.", sep) || v[2].before != sep) return false;
  if (v[0].digits == 4) return v[1].digits <= 2 && v[2].digits <= 2 && set_day(d, v[0].value, v[1].value, v[2].value);
  if (v[0].digits > 2 || v[1].digits > 2 || (v[2].digits != 4 && v[2].digits != 2)) return false;
  d->open     = true;
  d->dots     = sep == '.';
  d->two_year = v[2].digits == 2;
  for (int i = 0; i < 3; i++) d->part[i] = v[i].value;
  return true;
}

static bool with_month(date_text *d, const items *it)
{
  const item *v = it->v;
  const int   k = it->n > 1 && v[1].kind == ITEM_MONTH; /* place of the month */
  if (it->n == 2) return (k == 0 || v[0].digits == 4) && set_day(d, year_of(&v[1 - k]), v[k].value, 1);
  if (it->n != 3 || v[2].kind != ITEM_NUMBER) return false;
  if (k == 0) return v[1].digits <= 2 && set_day(d, year_of(&v[2]), v[0].value, v[1].value);
  if (v[0].digits == 4) return v[2].digits <= 2 && set_day(d, v[0].value, v[1].value, v[2].value);
  return v[0].digits <= 2 && set_day(d, year_of(&v[2]), v[1].value, v[0].value);
}

/* 2024-Q1, Q1 2024, 2024-W05, W05 2024, 2024-W05-1. */
static bool with_period(date_text *d, const items *it, size_t at)
{
  const item *v      = it->v;
  const bool  year_1 = at == 1; /* the year comes first */
  if (at > 1 || it->n < 3 || it->n > 4) return false;
  for (size_t i = 0; i < it->n; i++)
    if (i != at && v[i].kind != ITEM_NUMBER) return false;
  const item *year = year_1 ? &v[0] : &v[2], *number = year_1 ? &v[2] : &v[1];
  if (number->digits > 2 || (v[at].digits && year->digits != 4)) return false; /* "S1-12" is rather an article */
  if (v[at].kind == ITEM_WEEK) {
    if (it->n == 4 && !year_1) return false;
    return set_week(d, year_of(year), number->value, it->n == 4 ? v[3].value : 1);
  }
  return it->n == 3 && number->value >= 1 && number->value <= 4 && set_day(d, year_of(year), number->value * 3 - 2, 1);
}

static bool day_part(const char *s, size_t n, date_text *d)
{
  items it;
  if (!cut(s, n, &it)) return false;
  for (size_t i = 0; i < it.n; i++) {
    if (it.v[i].kind == ITEM_NUMBER) continue;
    return it.v[i].kind == ITEM_MONTH ? i < 2 && with_month(d, &it) : with_period(d, &it, i);
  }
  return it.n == 1 ? one_number(d, it.v) : it.n == 2 ? two_numbers(d, it.v) : it.n == 3 && three_numbers(d, it.v);
}

/* Up to two digits at *s. */
static int small(const char **s, const char *end)
{
  int v = -1;
  for (int k = 0; k < 2 && *s < end && digit(**s); k++) v = (v < 0 ? 0 : v) * 10 + (*(*s)++ - '0');
  return v;
}

/* Behind the clock: nothing, am or pm, an offset from UTC. */
static bool clock_rest(const char *s, const char *end, int *hour)
{
  static const char *const am[] = {"am", "a.m.", "a. m.", NULL}, *const pm[] = {"pm", "p.m.", "p. m.", NULL},
                           *const utc[] = {"z", "utc", "gmt", NULL};
  size_t                          n     = (size_t)(end - s);
  read_trim(&s, &n);
  if (n == 0 || read_word(s, n, utc)) return true;
  if (read_word(s, n, am) || read_word(s, n, pm)) {
    if (*hour < 1 || *hour > 12) return false;
    *hour = *hour % 12 + (read_word(s, n, pm) ? 12 : 0);
    return true;
  }
  end = s + n;
  if (*s != '+' && *s != '-') return false;
  s++;
  const int h = small(&s, end);
  if (s < end && *s == ':') s++;
  const int m = s < end ? small(&s, end) : 0;
  return h >= 0 && h <= 18 && m >= 0 && m < 60 && s == end;
}

static bool clock_part(const char *s, const char *end, dyo_time *seconds)
{
  int hour = small(&s, end), minute = 0, second = 0;
  if (hour < 0 || s == end || *s++ != ':') return false;
  minute = small(&s, end);
  if (s < end && *s == ':') {
    s++;
    second = small(&s, end);
    if (s < end && (*s == '.' || *s == ','))
      for (s++; s < end && digit(*s);) s++;
  }
  if (!clock_rest(s, end, &hour) || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  *seconds = hour * 3600 + minute * 60 + second;
  return *seconds <= DYO_DAY;
}

bool read_date(const char *s, size_t n, date_text *d)
{
  const char *colon = NULL, *clock = NULL;
  *d = (date_text){0};
  if (n < 4 || n > LONGEST) return false;
  colon = memchr(s, ':', n);
  if (!colon) return day_part(s, n, d);
  clock = colon;
  while (clock > s && digit(clock[-1]) && colon - clock < 2) clock--;
  if (clock == colon || !clock_part(clock, s + n, &d->time)) return false;
  size_t day = (size_t)(clock - s);
  while (day && (s[day - 1] == ' ' || s[day - 1] == ',' ||
                 ((s[day - 1] == 'T' || s[day - 1] == 't') && day > 1 && digit(s[day - 2]))))
    day--;
  if (day == (size_t)(clock - s)) return false;
  d->clock = true;
  return day_part(s, day, d);
}

bool read_date_in(const date_text *d, date_order order, dyo_time *t)
{
  static const int place[DATE_ORDERS][3] = {{2, 1, 0}, {2, 0, 1}, {0, 1, 2}}; /* of year, month, day */
  *t                                     = d->time;
  if (!d->open) return !d->never;
  if (order == DATE_YMD && !d->two_year) return false;
  int       year  = d->part[place[order][0]];
  const int month = d->part[place[order][1]], day = d->part[place[order][2]];
  if (d->two_year) year += year < 69 ? 2000 : 1900;
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > dyo_days_in_month(year, month)) return false;
  *t += dyo_time_of((dyo_date){.year = year, .month = month, .day = day});
  return true;
}
