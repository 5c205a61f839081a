/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The master key: from the environment, from a credential of the service manager, or from a file that is made when first needed; and
 * sealing, opening and rotating with it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ids.h"
#include "connect/session.h"

enum { KEYS_TEXT = 4096 };

static const char credential_name[] = "dyocense-master-key";

/* "" and false where it cannot be read; errno says why. */
static bool read_file(const char *path, char text[KEYS_TEXT])
{
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  text[0]      = '\0';
  if (fd < 0) return false;
  const ssize_t n = read(fd, text, KEYS_TEXT - 1);
  close(fd);
  text[n > 0 ? n : 0] = '\0';
  return n > 0;
}

static dyo_status cannot(const char *path, dyo_err *err)
{
  return dyo_fail(err, DYO_INVALID_INPUT, "", "the master key: %.200s: %s", path,
                  errno ? strerror(errno) : "it is empty");
}

/* Whole and on disk before it takes the place of what is there; with fresh, only where nothing is there. */
static dyo_status write_file(const char *path, const char *text, bool fresh, dyo_err *err)
{
  char new_path[600];
  snprintf(new_path, sizeof new_path, "%.511s.new", path);
  const int    fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const size_t n  = strlen(text);
  bool         ok = fd >= 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
  if (fd >= 0) ok = close(fd) == 0 && ok;
  if (ok && fresh) ok = link(new_path, path) == 0 || errno == EEXIST;
  else if (ok) return rename(new_path, path) == 0 ? DYO_OK : cannot(path, err);
  const int why = errno;
  unlink(new_path);
  errno = why;
  return ok ? DYO_OK : cannot(path, err);
}

static dyo_status make_file(const char *path, dyo_err *err)
{
  char key[SEAL_KEY_CHARS + 1];
  seal_new_key(key);
  memcpy(key + SEAL_KEY_CHARS - 1, "\n", 2);
  const dyo_status st = write_file(path, key, true, err);
  wipe(key, sizeof key);
  return st;
}

/* Where the text of keys is: a file's path, or NULL where it came from the environment. */
static const char *file_of(const connect_hub *c, char path[600])
{
  const char *dir = getenv("CREDENTIALS_DIRECTORY");
  if (c->key_text) return NULL;
  snprintf(path, 600, "%.500s/%s", dir ? dir : "", credential_name);
  if (dir && access(path, R_OK) == 0) return path;
  snprintf(path, 600, "%s", c->key_file);
  return path;
}

/* The lock is held. */
static dyo_status load(connect_hub *c, dyo_err *err)
{
  char        text[KEYS_TEXT], path[600];
  const char *file = file_of(c, path);
  seal_keys  *keys = NULL;
  dyo_status  st   = DYO_OK;
  if (file && access(file, F_OK) != 0 && errno == ENOENT && strcmp(file, c->key_file) == 0) st = make_file(file, err);
  errno = 0;
  if (st == DYO_OK && file && !read_file(file, text)) st = cannot(file, err);
  if (st == DYO_OK) st = seal_keys_read(file ? text : c->key_text, &keys, err);
  wipe(text, sizeof text);
  if (st != DYO_OK) return st;
  seal_keys_free(c->keys);
  c->keys = keys;
  return DYO_OK;
}

dyo_status keys_seal(connect_hub *c, const seal_place *p, const char *plain, unsigned char **sealed, size_t *n,
                     dyo_err *err)
{
  *n      = strlen(plain) + SEAL_EXTRA;
  *sealed = malloc(*n);
  if (!*sealed) return dyo_oom(err);
  pthread_mutex_lock(&c->lock);
  dyo_status st = load(c, err); /* each time: a rotation beside us may have changed it */
  if (st == DYO_OK && !seal(c->keys, p, plain, strlen(plain), *sealed)) st = dyo_oom(err);
  pthread_mutex_unlock(&c->lock);
  if (st == DYO_OK) return DYO_OK;
  free(*sealed);
  *sealed = NULL;
  return st;
}

char *keys_open(connect_hub *c, const store_secret *one)
{
  const seal_place place = {one->tenant, one->source_id, one->field};
  dyo_err          ignored;
  if (one->n < SEAL_EXTRA) return NULL;
  char *plain = malloc(one->n - SEAL_EXTRA + 1);
  if (!plain) return NULL;
  pthread_mutex_lock(&c->lock);
  bool ok = c->keys || load(c, &ignored) == DYO_OK;
  if (ok && !seal_knows(c->keys, one->sealed, one->n)) ok = load(c, &ignored) == DYO_OK;
  ok = ok && seal_open(c->keys, &place, one->sealed, one->n, (unsigned char *)plain);
  pthread_mutex_unlock(&c->lock);
  plain[ok ? one->n - SEAL_EXTRA : 0] = '\0';
  if (ok) return plain;
  free(plain);
  return NULL;
}

/* --- rotation ------------------------------------------------------------------------------------------------------------------ */

/* A new key before those that are there; of these, the first `keep` stay. */
static dyo_status new_first_key(connect_hub *c, const char *file, int keep, bool add, dyo_err *err)
{
  char       text[KEYS_TEXT], out[KEYS_TEXT] = "";
  dyo_status st = DYO_OK;
  pthread_mutex_lock(&c->lock);
  st = load(c, err);
  if (st == DYO_OK && !read_file(file, text)) st = cannot(file, err);
  if (add) {
    seal_new_key(out);
    memcpy(out + SEAL_KEY_CHARS - 1, "\n", 2);
  }
  for (const char *line = text; st == DYO_OK && *line && keep > 0; keep--) {
    const size_t n = strcspn(line, "\r\n"), at = strlen(out);
    if (n > 0 && at + n + 2 < sizeof out) snprintf(out + at, sizeof out - at, "%.*s\n", (int)n, line);
    line += n + strspn(line + n, "\r\n");
  }
  if (st == DYO_OK) st = write_file(file, out, false, err);
  if (st == DYO_OK) st = load(c, err);
  pthread_mutex_unlock(&c->lock);
  wipe(text, sizeof text);
  wipe(out, sizeof out);
  return st;
}

typedef struct {
  connect_hub *c;
  int64_t      done;
  bool         found;
  char         tenant[256], source[ID_CHARS], field[64];
  void        *was;
  size_t       n_was;
  char        *plain;
  dyo_status   st;
  dyo_err     *err;
} rotation;

static bool find_old(void *user, const store_secret *one)
{
  rotation *r = user;
  pthread_mutex_lock(&r->c->lock);
  const bool first = seal_is_first(r->c->keys, one->sealed, one->n);
  pthread_mutex_unlock(&r->c->lock);
  if (first) return true;
  r->found = true;
  r->plain = keys_open(r->c, one);
  r->was   = malloc(one->n);
  if (r->plain && r->was) {
    memcpy(r->was, one->sealed, one->n);
    r->n_was = one->n;
    snprintf(r->tenant, sizeof r->tenant, "%s", one->tenant);
    snprintf(r->source, sizeof r->source, "%s", one->source_id);
    snprintf(r->field, sizeof r->field, "%s", one->field);
    return false;
  }
  r->st = dyo_fail(r->err, DYO_INTERNAL, "", "%.60s of connector %.40s does not open with the keys there are",
                   one->field, one->source_id);
  return false;
}

static dyo_status seal_anew(rotation *r, dyo_err *err)
{
  const seal_place   place  = {r->tenant, r->source, r->field};
  unsigned char     *sealed = NULL;
  size_t             n      = 0;
  dyo_status         st     = keys_seal(r->c, &place, r->plain, &sealed, &n, err);
  const store_secret put    = {r->tenant, r->source, r->field, sealed, n, r->was, r->n_was, NULL};
  if (st == DYO_OK) st = store_secrets_put(r->c->o.store, &put, 1, err);
  free(sealed);
  if (st == DYO_OK) r->done++;
  return st;
}

dyo_status connect_rotate(connect_hub *c, int64_t *n, dyo_err *err)
{
  char        path[600];
  const char *file = file_of(c, path);
  const bool  own  = file && strcmp(file, c->key_file) == 0;
  rotation    r    = {.c = c, .err = err};
  dyo_status  st   = DYO_OK;
  if (own) st = new_first_key(c, file, 6, true, err);
  else {
    pthread_mutex_lock(&c->lock);
    st = load(c, err);
    pthread_mutex_unlock(&c->lock);
  }
  do {
    r.found = false;
    if (st == DYO_OK) st = store_secrets_each(c->o.store, NULL, NULL, find_old, &r, err);
    if (st == DYO_OK) st = r.st;
    if (st == DYO_OK && r.found) st = seal_anew(&r, err);
    wipe_text(r.plain);
    free(r.was);
    r.plain = NULL;
    r.was   = NULL;
  } while (st == DYO_OK && r.found);
  /* The one before stays, for what a daemon sealed with it a moment ago. */
  if (st == DYO_OK && own) st = new_first_key(c, file, 2, false, err);
  *n = r.done;
  return st;
}
