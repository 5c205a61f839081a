/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_xml.c - the elements of one part, through expat, a block at a time. A DOCTYPE ends the reading, so there are no
 * entities but the five of XML. Namespaces are not looked at: the grammar of the parts is enough. */
#include <expat.h>

#include "series/xlsx_parts.h"

enum {
  BLOCK       = 64 * 1024,
  DEEPEST     = 64,
  LONGEST_TAG = 1 << 20 /* bytes of one tag, comment or instruction, which expat keeps whole */
};

typedef struct {
  const xlsx_handlers *h;
  void                *user;
  XML_Parser           parser;
  unsigned             depth;
  bool                 doctype, deep;
  dyo_status           st;
} xml_run;

static void stop(xml_run *r)
{
  XML_StopParser(r->parser, XML_FALSE);
}

static bool stopped(const xml_run *r)
{
  return r->st != DYO_OK || r->doctype || r->deep;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attrs)
{
  xml_run    *r     = user;
  const char *colon = strchr(name, ':');
  if (stopped(r)) return;
  r->deep = r->depth >= DEEPEST;
  if (!r->deep) r->st = r->h->start(r->user, r->depth++, colon ? colon + 1 : name, attrs);
  if (stopped(r)) stop(r);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
  xml_run *r = user;
  (void)name;
  if (stopped(r)) return;
  r->st = r->h->end(r->user, --r->depth);
  if (stopped(r)) stop(r);
}

static void XMLCALL on_text(void *user, const XML_Char *s, int n)
{
  xml_run *r = user;
  if (stopped(r)) return;
  r->st = r->h->text(r->user, s, (size_t)n);
  if (stopped(r)) stop(r);
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *sys, const XML_Char *pub, int subset)
{
  xml_run *r = user;
  (void)name;
  (void)sys;
  (void)pub;
  (void)subset;
  r->doctype = true;
  stop(r);
}

/* Why expat stopped. */
static dyo_status xml_error(xlsx *x, const xml_run *r, const char *part)
{
  const enum XML_Error code = XML_GetErrorCode(r->parser);
  if (r->st != DYO_OK) return r->st;
  if (r->doctype)
    return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where,
                    "%.80s has a DOCTYPE, which no part of a workbook may have; open the file in a spreadsheet program "
                    "and save it again",
                    part);
  if (r->deep)
    return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where, "%.80s nests elements more than %d deep", part, DEEPEST);
  if (code == XML_ERROR_NO_MEMORY) return dyo_oom(x->err);
  return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where,
                  "%.80s is no valid XML (line %lu: %s); open the file in a spreadsheet program and save it again",
                  part, (unsigned long)XML_GetCurrentLineNumber(r->parser), XML_ErrorString(code));
}

static dyo_status feed(xlsx *x, xml_run *r, const char *part)
{
  XML_Index  fed = 0;
  size_t     got = 0;
  dyo_status st  = DYO_OK;
  do {
    void *buf = XML_GetBuffer(r->parser, BLOCK);
    if (!buf) return dyo_oom(x->err);
    st = xlsx_zip_read(x, buf, BLOCK, &got);
    if (st != DYO_OK) return st;
    if (XML_ParseBuffer(r->parser, (int)got, got == 0) != XML_STATUS_OK) return xml_error(x, r, part);
    fed += (XML_Index)got;
    const XML_Index at = XML_GetCurrentByteIndex(r->parser);
    if (at >= 0 && fed - at > LONGEST_TAG)
      return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where, "%.80s has a tag of more than %d bytes", part, LONGEST_TAG);
  } while (got > 0);
  return DYO_OK;
}

/* Expat's hash tables want a salt that who wrote the file cannot know. In wasm it has no source of its own; the clock and
 * an address are what there is. Nothing of a result depends on it. */
static void salt(const xlsx *x, XML_Parser p)
{
#if defined(__wasm__)
  const double  now  = dyo_now(x->ctx);
  uint64_t      bits = 0;
  unsigned long mix  = (unsigned long)(uintptr_t)p;
  memcpy(&bits, &now, sizeof bits);
  mix ^= (unsigned long)(bits ^ bits >> 32) * 2654435761UL;
  XML_SetHashSalt(p, mix | 1);
#else
  (void)x;
  (void)p;
#endif
}

dyo_status xlsx_xml_read(xlsx *x, int entry, const xlsx_handlers *h, void *user)
{
  xml_run    r  = {.h = h, .user = user};
  dyo_status st = xlsx_zip_start(x, entry);
  if (st != DYO_OK) return st;
  r.parser = XML_ParserCreate(NULL);
  if (r.parser) {
    salt(x, r.parser);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    if (h->text) XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    st = feed(x, &r, xlsx_zip_name(x->zip, (size_t)entry));
    XML_ParserFree(r.parser);
  } else {
    st = dyo_oom(x->err);
  }
  xlsx_zip_stop(x->zip);
  return st;
}

const char *xlsx_attr(const char *const *attrs, const char *name)
{
  for (; *attrs; attrs += 2)
    if (strcmp(attrs[0], name) == 0) return attrs[1];
  return NULL;
}

bool xlsx_attr_true(const char *const *attrs, const char *name)
{
  const char *v = xlsx_attr(attrs, name);
  return v && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
}
