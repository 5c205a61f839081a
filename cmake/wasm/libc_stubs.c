/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libc_stubs.c - the system calls that libc would import, answered inside the module: there are no files, no clock and
 * no process in it. lp_solve and expat mention them in functions the core never calls. */
#include <stddef.h>
#include <stdint.h>

#define NO_SUCH_CALL 52   /* ENOSYS, as both musl and WASI number it here */

int32_t  __syscall_unlink(intptr_t path);
int32_t  __syscall_rmdir(intptr_t path);
int32_t  __syscall_rename(intptr_t from, intptr_t to);
int32_t  __syscall_unlinkat(int32_t dir, intptr_t path, int32_t flags);
int32_t  __syscall_renameat(int32_t dir, intptr_t from, int32_t to_dir, intptr_t to);
int32_t  __syscall_openat(int32_t dir, intptr_t path, int32_t flags, intptr_t mode);
int32_t  __syscall_getpid(void);
uint16_t __wasi_clock_time_get(uint32_t clock, uint64_t precision, uint64_t *out);
uint16_t __wasi_fd_write(int fd, const void *iovs, size_t n, size_t *written);
uint16_t __wasi_fd_read(int fd, const void *iovs, size_t n, size_t *got);
uint16_t __wasi_fd_close(int fd);
uint16_t __wasi_fd_seek(int fd, int64_t offset, uint8_t whence, uint64_t *out);
uint16_t __wasi_environ_sizes_get(size_t *count, size_t *bytes);
uint16_t __wasi_environ_get(void *environ, void *bytes);
_Noreturn void __wasi_proc_exit(uint32_t code);
void     emscripten_notify_memory_growth(size_t index);

int32_t __syscall_unlink(intptr_t path)
{
  (void)path;
  return -NO_SUCH_CALL;
}

int32_t __syscall_rmdir(intptr_t path)
{
  (void)path;
  return -NO_SUCH_CALL;
}

int32_t __syscall_rename(intptr_t from, intptr_t to)
{
  (void)from, (void)to;
  return -NO_SUCH_CALL;
}

int32_t __syscall_unlinkat(int32_t dir, intptr_t path, int32_t flags)
{
  (void)dir, (void)path, (void)flags;
  return -NO_SUCH_CALL;
}

int32_t __syscall_renameat(int32_t dir, intptr_t from, int32_t to_dir, intptr_t to)
{
  (void)dir, (void)from, (void)to_dir, (void)to;
  return -NO_SUCH_CALL;
}

int32_t __syscall_openat(int32_t dir, intptr_t path, int32_t flags, intptr_t mode)
{
  (void)dir, (void)path, (void)flags, (void)mode;
  return -NO_SUCH_CALL;
}

int32_t __syscall_getpid(void)
{
  return 1;
}

uint16_t __wasi_clock_time_get(uint32_t clock, uint64_t precision, uint64_t *out)
{
  (void)clock, (void)precision;
  *out = 0;
  return 0;
}

uint16_t __wasi_fd_write(int fd, const void *iovs, size_t n, size_t *written)
{
  (void)fd, (void)iovs, (void)n, (void)written;
  return NO_SUCH_CALL;
}

uint16_t __wasi_fd_read(int fd, const void *iovs, size_t n, size_t *got)
{
  (void)fd, (void)iovs, (void)n, (void)got;
  return NO_SUCH_CALL;
}

uint16_t __wasi_fd_close(int fd)
{
  (void)fd;
  return NO_SUCH_CALL;
}

uint16_t __wasi_fd_seek(int fd, int64_t offset, uint8_t whence, uint64_t *out)
{
  (void)fd, (void)offset, (void)whence, (void)out;
  return NO_SUCH_CALL;
}

uint16_t __wasi_environ_sizes_get(size_t *count, size_t *bytes)
{
  *count = 0;
  *bytes = 0;
  return 0;
}

uint16_t __wasi_environ_get(void *environ, void *bytes)
{
  (void)environ, (void)bytes;
  return 0;
}

void __wasi_proc_exit(uint32_t code)
{
  (void)code;
  __builtin_trap();
}

/* A host that keeps views of the memory must make them anew after each call anyway. */
void emscripten_notify_memory_growth(size_t index)
{
  (void)index;
}
