/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_refuse.c - files that are taken for a workbook and are none that can be read: what they are, and what to do about it. */
#include "series/xlsx_parts.h"

static bool begins(const char *s, const char *with)
{
  return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
  const size_t n = strlen(s), m = strlen(with);
  return n >= m && strcmp(s + n - m, with) == 0;
}

static dyo_status refuse_kind(xlsx *x, const char *what)
{
  return dyo_fail(x->err, DYO_UNSUPPORTED, x->o->where,
                  "this is %s; save it as Excel workbook (.xlsx) or CSV and use that file", what);
}

static dyo_status refuse_macros(xlsx *x, const char *found)
{
  return dyo_fail(x->err, DYO_UNSUPPORTED, x->o->where,
                  "the workbook has macros (%.80s); save it as .xlsx without macros and use that file", found);
}

/* Of the types that the archive claims for its parts, only macros are of interest. A Default says nothing: SheetJS writes one
 * of binary workbooks into every file. */
static dyo_status on_type(void *user, unsigned depth, const char *name, const char *const *attrs)
{
  const char *type = strcmp(name, "Override") == 0 ? xlsx_attr(attrs, "ContentType") : NULL;
  (void)depth;
  return type && strstr(type, "macroEnabled") ? refuse_macros(user, type) : DYO_OK;
}

static dyo_status on_type_end(void *user, unsigned depth)
{
  (void)user;
  (void)depth;
  return DYO_OK;
}

static dyo_status refuse_types(xlsx *x)
{
  static const xlsx_handlers h     = {on_type, on_type_end, NULL};
  const int                  types = xlsx_zip_find(x->zip, "[Content_Types].xml");
  return types == XLSX_NOWHERE ? DYO_OK : xlsx_xml_read(x, types, &h, x);
}

dyo_status xlsx_refuse_parts(xlsx *x)
{
  static const struct {
    const char *begin, *what;
  } others[]     = {{"xl/workbook.bin", "a binary workbook (.xlsb)"},
                    {"content.xml", "an OpenDocument file (.ods)"},
                    {"word/", "a Word document"},
                    {"ppt/", "a PowerPoint presentation"},
                    {"Index/", "a file of Apple's (.numbers)"}};
  const size_t n = xlsx_zip_count(x->zip);
  for (size_t i = 0; i < n; i++) {
    const char *name = xlsx_zip_name(x->zip, i);
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
      if (begins(name, others[k].begin)) return refuse_kind(x, others[k].what);
    if (ends(name, "vbaProject.bin") || begins(name, "xl/macrosheets/")) return refuse_macros(x, name);
  }
  return refuse_types(x);
}
