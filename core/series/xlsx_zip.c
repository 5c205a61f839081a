/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_zip.c - the archive, through minizip on a source instead of a file. The names in it are looked up, never used as paths. */
#include <stdlib.h>

#include "unzip.h"

#include "series/xlsx_parts.h"

enum {
  WINDOW       = 64 * 1024, /* bytes asked from the source at once: minizip reads single bytes */
  LONGEST_NAME = 512,
  RATIO_FLOOR  = 16 << 20 /* below it, how well a part is compressed is nobody's concern */
};

typedef struct {
  const char    *name;
  unz64_file_pos pos;
  uint64_t       packed, size;
  unsigned       flags, method;
} zip_entry;

struct xlsx_zip {
  const dyo_source *src;
  uint64_t          at;     /* of minizip's next read */
  uint64_t          window; /* offset of buf[0], a multiple of WINDOW */
  size_t            have;
  unzFile           file;
  zip_entry        *entries;
  size_t            n;
  zip_entry        *now;      /* being read */
  uint64_t          inflated; /* bytes of it so far */
  uint64_t          total;    /* and of all parts before it */
  unsigned char     buf[WINDOW];
};

/* --- minizip's idea of a file ---------------------------------------------------------------------------------------- */

static voidpf io_open(voidpf opaque, const void *name, int mode)
{
  (void)name;
  (void)mode;
  return opaque;
}

static uLong io_read(voidpf opaque, voidpf stream, void *buf, uLong size)
{
  xlsx_zip *z    = opaque;
  uLong     done = 0;
  (void)stream;
  while (done < size && z->at < z->src->size) {
    if (z->have == 0 || z->at < z->window || z->at - z->window >= z->have) {
      z->window = z->at / WINDOW * WINDOW;
      z->have   = dyo_source_read(z->src, z->window, z->buf, WINDOW);
      if (z->have > WINDOW || z->at - z->window >= z->have) break;
    }
    const size_t from = (size_t)(z->at - z->window), rest = z->have - from;
    const size_t n = size - done < rest ? (size_t)(size - done) : rest;
    memcpy((char *)buf + done, z->buf + from, n);
    z->at += n;
    done += (uLong)n;
  }
  return done;
}

static ZPOS64_T io_tell(voidpf opaque, voidpf stream)
{
  (void)stream;
  return ((xlsx_zip *)opaque)->at;
}

static long io_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
  xlsx_zip      *z    = opaque;
  const uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR ? z->at : origin == ZLIB_FILEFUNC_SEEK_END ? z->src->size : 0;
  (void)stream;
  if (offset > z->src->size - base) return -1;
  z->at = base + offset;
  return 0;
}

static int io_close(voidpf opaque, voidpf stream)
{
  (void)opaque;
  (void)stream;
  return 0;
}

/* --- the directory ---------------------------------------------------------------------------------------------------- */

static dyo_status damaged(xlsx *x, const char *part, const char *what)
{
  return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where,
                  "the .xlsx file is damaged or was not copied completely: %.80s %s; open it in a spreadsheet program "
                  "and save it again",
                  part, what);
}

static dyo_status directory_read(xlsx *x, xlsx_zip *z, size_t count)
{
  char name[LONGEST_NAME + 1] = "";
  int  rc                     = unzGoToFirstFile(z->file);
  z->entries                  = DYO_NEW(x->ctx, count, zip_entry);
  if (!z->entries) return dyo_oom(x->err);
  for (; rc == UNZ_OK && z->n < count; rc = unzGoToNextFile(z->file)) {
    unz_file_info64 info;
    zip_entry      *e = z->entries + z->n;
    memset(name, 0, sizeof name);
    if (unzGetCurrentFileInfo64(z->file, &info, name, LONGEST_NAME, NULL, 0, NULL, 0) != UNZ_OK ||
        unzGetFilePos64(z->file, &e->pos) != UNZ_OK)
      return damaged(x, "its directory", "cannot be read");
    for (char *c = name; *c; c++)
      if (*c == '\\') *c = '/';
    e->name   = dyo_text(x->ctx, "%s", name);
    e->packed = info.compressed_size;
    e->size   = info.uncompressed_size;
    e->flags  = (unsigned)info.flag;
    e->method = (unsigned)info.compression_method;
    if (!e->name) return dyo_oom(x->err);
    z->n++;
  }
  return rc == UNZ_END_OF_LIST_OF_FILE && z->n == count ? DYO_OK : damaged(x, "its directory", "cannot be read");
}

dyo_status xlsx_zip_open(xlsx *x, const dyo_source *src)
{
  unz_global_info64   all = {0};
  zlib_filefunc64_def io  = {.zopen64_file = io_open,
                             .zread_file   = io_read,
                             .ztell64_file = io_tell,
                             .zseek64_file = io_seek,
                             .zclose_file  = io_close,
                             .zerror_file  = io_close};
  xlsx_zip           *z   = calloc(1, sizeof *z);
  if (!z) return dyo_oom(x->err);
  x->zip    = z;
  z->src    = src;
  io.opaque = z;
  z->file   = unzOpen2_64("", &io);
  if (!z->file || unzGetGlobalInfo64(z->file, &all) != UNZ_OK)
    return damaged(x, "the directory at its end", "is missing");
  if (all.number_entry > x->limits.entries)
    return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where, "the .xlsx file holds %llu parts; at most %zu are read",
                    (unsigned long long)all.number_entry, x->limits.entries);
  if (all.number_entry == 0) return damaged(x, "its directory", "is empty");
  return directory_read(x, z, (size_t)all.number_entry);
}

void xlsx_zip_close(xlsx_zip *z)
{
  if (!z) return;
  if (z->file) unzClose(z->file);
  free(z);
}

static bool same_name(const char *a, const char *b)
{
  for (; *a && *b; a++, b++) {
    const int c = *a >= 'A' && *a <= 'Z' ? *a + 32 : *a, d = *b >= 'A' && *b <= 'Z' ? *b + 32 : *b;
    if (c != d) return false;
  }
  return *a == *b;
}

int xlsx_zip_find(const xlsx_zip *z, const char *name)
{
  for (size_t i = 0; i < z->n; i++)
    if (same_name(z->entries[i].name, name)) return (int)i;
  return XLSX_NOWHERE;
}

size_t xlsx_zip_count(const xlsx_zip *z)
{
  return z->n;
}

const char *xlsx_zip_name(const xlsx_zip *z, size_t i)
{
  return z->entries[i].name;
}

/* --- one entry -------------------------------------------------------------------------------------------------------- */

/* Asked with the size that the directory tells, and again while inflating with what came out. */
static dyo_status within_limits(xlsx *x, const zip_entry *e, uint64_t size)
{
  if (size > x->limits.inflated || x->zip->total > x->limits.inflated - size)
    return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where,
                    "%.80s unpacks to %llu bytes, after %llu of other parts; at most %llu are read", e->name,
                    (unsigned long long)size, (unsigned long long)x->zip->total,
                    (unsigned long long)x->limits.inflated);
  if (size > RATIO_FLOOR && (double)size > x->limits.ratio * (double)e->packed)
    return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where,
                    "%.80s unpacks from %llu to %llu bytes; at most %g times its size is read", e->name,
                    (unsigned long long)e->packed, (unsigned long long)size, x->limits.ratio);
  return DYO_OK;
}

dyo_status xlsx_zip_start(xlsx *x, int entry)
{
  xlsx_zip  *z = x->zip;
  zip_entry *e = z->entries + entry;
  if (e->flags & 1)
    return dyo_fail(x->err, DYO_UNSUPPORTED, x->o->where,
                    "%.80s is encrypted; save the workbook without a password and use that file", e->name);
  if (e->method != 0 && e->method != Z_DEFLATED)
    return dyo_fail(x->err, DYO_UNSUPPORTED, x->o->where,
                    "%.80s is compressed by method %u; 0 and 8 are read: save it again in a spreadsheet program",
                    e->name, e->method);
  dyo_status st = within_limits(x, e, e->size);
  if (st != DYO_OK) return st;
  if (unzGoToFilePos64(z->file, &e->pos) != UNZ_OK || unzOpenCurrentFile(z->file) != UNZ_OK) {
    return damaged(x, e->name, "cannot be found in it");
  }
  z->now      = e;
  z->inflated = 0;
  return DYO_OK;
}

/* All of it came out: now the checksum counts. */
static dyo_status entry_end(xlsx *x)
{
  xlsx_zip        *z = x->zip;
  const zip_entry *e = z->now;
  z->now             = NULL;
  z->total += z->inflated;
  if (unzCloseCurrentFile(z->file) == UNZ_CRCERROR) return damaged(x, e->name, "has a wrong checksum");
  if (z->inflated != e->size) return damaged(x, e->name, "ends too early");
  return DYO_OK;
}

dyo_status xlsx_zip_read(xlsx *x, void *buf, size_t n, size_t *got)
{
  xlsx_zip        *z        = x->zip;
  const zip_entry *e        = z->now;
  const double     fraction = e->size > z->inflated ? (double)z->inflated / (double)e->size : 1.0;
  *got                      = 0;
  if (dyo_poll(x->ctx, x->o->done + 0.5 * fraction, "reading the workbook") == DYO_STOP_CANCELLED)
    return dyo_cancelled(x->ctx, false, x->err);
  const int rc = unzReadCurrentFile(z->file, buf, (unsigned)n);
  if (rc < 0) return damaged(x, e->name, "cannot be unpacked");
  if (rc == 0) return entry_end(x);
  *got = (size_t)rc;
  z->inflated += (uint64_t)rc;
  return within_limits(x, e, z->inflated);
}

void xlsx_zip_stop(xlsx_zip *z)
{
  if (z->now) unzCloseCurrentFile(z->file);
  z->now = NULL;
}
