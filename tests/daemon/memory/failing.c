/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loaded before a daemon (LD_PRELOAD): its n-th allocation fails, whoever asks for it, the libraries as well. The test says which by a
 * file that both have in memory, DYO_FAILING; it also counts what is not yet given back, so that a leak shows. glibc alone. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <execinfo.h>

enum { FRAMES = 24 };

/* The file. at: which one fails, 0 none; more: how many after it as well; seen, failed: since `at` was written. where: who asked for the
 * first that failed, and where the program begins in memory. */
typedef struct {
  _Atomic uint64_t at, more, seen, failed;
  _Atomic int64_t  blocks, bytes;
  uint64_t         frames, where[FRAMES];
} control;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t to, size_t n);
void  __libc_free(void *p);

static control *shared;

__attribute__((constructor)) static void begin(void)
{
  const char *path = getenv("DYO_FAILING");
  const int   fd   = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  void       *warm[2];
  if (fd < 0) return;
  backtrace(warm, 2); /* which allocates the first time */
  void *p = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (p != MAP_FAILED) shared = p;
}

static void tell(control *c)
{
  void     *at[FRAMES];
  const int n = backtrace(at, FRAMES);
  for (int i = 0; i < n; i++) c->where[i] = (uint64_t)(uintptr_t)at[i];
  c->frames = (uint64_t)n;
}

/* Is this the one? */
static int fails(void)
{
  control *c = shared;
  if (!c) return 0;
  const uint64_t now = atomic_fetch_add(&c->seen, 1) + 1, at = atomic_load(&c->at);
  if (at == 0 || now < at || now - at > atomic_load(&c->more)) return 0;
  if (atomic_fetch_add(&c->failed, 1) == 0) tell(c);
  errno = ENOMEM;
  return 1;
}

static void *given(void *p)
{
  control *c = shared;
  if (c && p) {
    atomic_fetch_add(&c->blocks, 1);
    atomic_fetch_add(&c->bytes, (int64_t)malloc_usable_size(p));
  }
  return p;
}

static void back(void *p)
{
  control *c = shared;
  if (c && p) {
    atomic_fetch_sub(&c->blocks, 1);
    atomic_fetch_sub(&c->bytes, (int64_t)malloc_usable_size(p));
  }
}

void *malloc(size_t n)
{
  return fails() ? NULL : given(__libc_malloc(n));
}

void *calloc(size_t n, size_t size)
{
  return fails() ? NULL : given(__libc_calloc(n, size));
}

void *realloc(void *p, size_t n)
{
  if (fails()) return NULL;
  const int64_t had = p ? (int64_t)malloc_usable_size(p) : 0;
  void         *q   = __libc_realloc(p, n);
  control      *c   = shared;
  if (!c || (!q && n)) return q; /* as it was */
  atomic_fetch_add(&c->blocks, (q != NULL) - (p != NULL));
  atomic_fetch_add(&c->bytes, (q ? (int64_t)malloc_usable_size(q) : 0) - had);
  return q;
}

void free(void *p)
{
  const int kept = errno; /* as glibc's own does */
  back(p);
  __libc_free(p);
  errno = kept;
}

void *memalign(size_t to, size_t n)
{
  return fails() ? NULL : given(__libc_memalign(to, n));
}

void *aligned_alloc(size_t to, size_t n)
{
  return memalign(to, n);
}

int posix_memalign(void **out, size_t to, size_t n)
{
  void *p = memalign(to, n);
  if (!p) return ENOMEM;
  *out = p;
  return 0;
}
