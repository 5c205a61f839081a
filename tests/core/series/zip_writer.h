/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zip_writer.h - small zip archives in memory, for tests and fuzzing: stored or deflated entries, with what may be wrong about them. */
#ifndef DYO_TESTS_ZIP_WRITER_H
#define DYO_TESTS_ZIP_WRITER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { ZIP_MOST = 64, ZIP_DESCRIPTOR = 8 };

typedef struct {
  const char *name;
  uint32_t    crc, packed, size, offset;
  uint16_t    method, flags;
} zip_part;

typedef struct {
  unsigned char *data;
  size_t         n, cap;
  zip_part       parts[ZIP_MOST];
  size_t         n_parts;
  uint16_t       flags;   /* of the entries to come: 1 encrypted, 8 sizes in a descriptor behind the data */
  uint32_t       bad_crc; /* xored into the checksums to come */
} zip_writer;

static inline void zip_bytes(zip_writer *z, const void *p, size_t n)
{
  if (z->n + n > z->cap) {
    z->cap             = 2 * (z->n + n) + 1024;
    unsigned char *big = realloc(z->data, z->cap);
    if (!big) abort();
    z->data = big;
  }
  if (n) memcpy(z->data + z->n, p, n);
  z->n += n;
}

static inline void zip_le(zip_writer *z, uint64_t v, int bytes)
{
  for (int i = 0; i < bytes; i++) {
    const unsigned char c = (unsigned char)(v >> (8 * i));
    zip_bytes(z, &c, 1);
  }
}

static inline void zip_sums(zip_writer *z, const zip_part *e)
{
  zip_le(z, e->crc, 4);
  zip_le(z, e->packed, 4);
  zip_le(z, e->size, 4);
}

/* From "version needed" to the length of the name: the same in both headers. */
static inline void zip_head(zip_writer *z, const zip_part *e, const zip_part *sums)
{
  zip_le(z, 20, 2);
  zip_le(z, e->flags, 2);
  zip_le(z, e->method, 2);
  zip_le(z, 0x5821, 4); /* 1 January 2024 */
  zip_sums(z, sums);
  zip_le(z, strlen(e->name), 2);
  zip_le(z, 0, 2);
}

static inline void zip_put(zip_writer *z, zip_part e, const void *packed)
{
  const zip_part none = {0};
  if (z->n_parts == ZIP_MOST) abort();
  e.offset = (uint32_t)z->n;
  e.flags  = z->flags;
  e.crc ^= z->bad_crc;
  zip_le(z, 0x04034b50, 4);
  zip_head(z, &e, e.flags & ZIP_DESCRIPTOR ? &none : &e);
  zip_bytes(z, e.name, strlen(e.name));
  zip_bytes(z, packed, e.packed);
  if (e.flags & ZIP_DESCRIPTOR) {
    zip_le(z, 0x08074b50, 4);
    zip_sums(z, &e);
  }
  z->parts[z->n_parts++] = e;
}

static inline void zip_stored(zip_writer *z, const char *name, const void *p, size_t n)
{
  zip_put(
    z, (zip_part){.name = name, .crc = (uint32_t)crc32(0, p, (uInt)n), .packed = (uint32_t)n, .size = (uint32_t)n}, p);
}

static inline void zip_deflated(zip_writer *z, const char *name, const void *p, size_t n)
{
  z_stream       s   = {.next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n};
  const size_t   cap = n + n / 1000 + 1024;
  unsigned char *out = malloc(cap);
  if (!out || deflateInit2(&s, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
  s.next_out  = out;
  s.avail_out = (uInt)cap;
  if (deflate(&s, Z_FINISH) != Z_STREAM_END) abort();
  deflateEnd(&s);
  zip_put(z,
          (zip_part){.name   = name,
                     .crc    = (uint32_t)crc32(0, p, (uInt)n),
                     .packed = (uint32_t)(cap - s.avail_out),
                     .size   = (uint32_t)n,
                     .method = Z_DEFLATED},
          out);
  free(out);
}

/* The directory. */
static inline void zip_end(zip_writer *z)
{
  const size_t start = z->n;
  for (size_t i = 0; i < z->n_parts; i++) {
    const zip_part *e = z->parts + i;
    zip_le(z, 0x02014b50, 4);
    zip_le(z, 20, 2);
    zip_head(z, e, e);
    for (int k = 0; k < 5; k++) zip_le(z, 0, 2); /* comment, disk, attributes */
    zip_le(z, e->offset, 4);
    zip_bytes(z, e->name, strlen(e->name));
  }
  const size_t size = z->n - start;
  zip_le(z, 0x06054b50, 4);
  zip_le(z, 0, 4);
  zip_le(z, z->n_parts, 2);
  zip_le(z, z->n_parts, 2);
  zip_le(z, size, 4);
  zip_le(z, start, 4);
  zip_le(z, 0, 2);
}

static inline void zip_free(zip_writer *z)
{
  free(z->data);
  *z = (zip_writer){0};
}

#endif
