/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_refuse.c - files that are taken for a workbook and are none that can be read: what they are, and what to do about it. */
#include "series/xlsx_parts.h"

enum { OLE_LOOK = 4096, OLE_ENTRY = 128 };

/* --- by the first bytes ------------------------------------------------------------------------------------------------- */

static uint32_t le32(const unsigned char *p)
{
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Whether an entry of an OLE directory has this ASCII name; it is kept as UTF-16. */
static bool ole_named(const unsigned char *entry, const char *name)
{
  size_t i = 0;
  for (; name[i]; i++)
    if (entry[2 * i] != (unsigned char)name[i] || entry[2 * i + 1] != 0) return false;
  return entry[2 * i] == 0 && entry[2 * i + 1] == 0;
}

/* An old container of Microsoft's holds a workbook of before 2007, or an encrypted one of any age. [MS-CFB] 2.2, 2.6. */
static dyo_status refuse_ole(xlsx *x, const dyo_source *src, const unsigned char *head)
{
  unsigned char  dir[OLE_LOOK] = {0};
  const unsigned shift         = head[30] | (unsigned)head[31] << 8;
  const uint64_t at            = ((uint64_t)le32(head + 48) + 1) << (shift < 20 ? shift : 9);
  const size_t   n             = at < src->size ? dyo_source_read(src, at, dir, sizeof dir) : 0;
  for (size_t i = 0; i + OLE_ENTRY <= n && n <= sizeof dir; i += OLE_ENTRY) {
    if (ole_named(dir + i, "EncryptedPackage") || ole_named(dir + i, "EncryptionInfo"))
      return dyo_fail(x->err, DYO_UNSUPPORTED, x->o->where,
                      "the workbook is encrypted; open it with its password, save it without one as Excel workbook "
                      "(.xlsx) and use that file");
    if (ole_named(dir + i, "Workbook") || ole_named(dir + i, "Book"))
      return dyo_fail(
        x->err, DYO_UNSUPPORTED, x->o->where,
        "this is a workbook of before 2007 (.xls); save it as Excel workbook (.xlsx) or CSV and use that file");
  }
  return dyo_fail(
    x->err, DYO_UNSUPPORTED, x->o->where,
    "this is an old Microsoft Office file (.xls, or encrypted); save it as Excel workbook (.xlsx) or CSV, "
    "without a password, and use that file");
}

dyo_status xlsx_refuse_other(xlsx *x, const dyo_source *src)
{
  static const unsigned char ole[]    = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
  unsigned char              head[64] = {0};
  const size_t               n        = dyo_source_read(src, 0, head, sizeof head);
  if (src->size == 0 || n == 0) return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where, "the file is empty");
  if (memcmp(head, ole, sizeof ole) == 0) return refuse_ole(x, src, head);
  if (head[0] != 'P' || head[1] != 'K')
    return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where,
                    "this is no .xlsx workbook: it does not begin as one; save it as Excel workbook (.xlsx) or CSV");
  return DYO_OK;
}

/* --- by the parts ------------------------------------------------------------------------------------------------------- */

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

/* Of the types that the archive claims for its parts, only macros are of interest. */
static dyo_status on_type(void *user, unsigned depth, const char *name, const char *const *attrs)
{
  xlsx       *x    = user;
  const char *type = xlsx_attr(attrs, "ContentType");
  (void)depth;
  (void)name;
  if (type && strstr(type, "sheet.binary")) return refuse_kind(x, "a binary workbook (.xlsb)");
  return type && strstr(type, "macroEnabled") ? refuse_macros(x, type) : DYO_OK;
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
