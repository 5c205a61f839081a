/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file comes in, raw or as part "file" of a form, and goes to a nameless file on disk; then it is stored as it came, and its run
 * begins on this thread. If we are killed in between, a worker finds the run and does it from the stored file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "api/upload.h"
#include "base/clock.h"
#include "http/multipart.h"
#include "series/dyo_parse.h"

enum { FIELDS = 24, FIELD_TEXT = 1024, PARTS = 32 };

typedef struct {
  char   name[64];
  char   value[FIELD_TEXT];
  size_t n;
} form_field;

struct upload {
  digest_state digest;
  api         *a;
  multipart   *form; /* NULL: the body is the file */
  form_field  *at;   /* the field under way */
  uint64_t     bytes;
  size_t       n_fields;
  int          fd;
  bool         in_file, had_file;
  char         name[UPLOAD_NAME], type[128];
  form_field   fields[FIELDS];
};

void upload_drop(upload *u)
{
  if (!u) return;
  multipart_free(u->form);
  if (u->fd >= 0) close(u->fd);
  free(u);
}

int upload_spool(api *a, dyo_err *err)
{
  int fd = open(a->o.spool, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) { /* a file system without nameless files */
    char name[4096];
    snprintf(name, sizeof name, "%s/upload-XXXXXX", a->o.spool);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0) unlink(name);
  }
  if (fd < 0) dyo_fail(err, DYO_INTERNAL, "", "%.150s: %s", a->o.spool, strerror(errno));
  return fd;
}

static dyo_status write_all(int fd, const void *bytes, size_t n, dyo_err *err)
{
  for (size_t at = 0; at < n;) {
    const ssize_t some = write(fd, (const char *)bytes + at, n - at);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0 && (errno == ENOSPC || errno == EDQUOT))
      return dyo_fail(err, STORE_FULL, "", "the disk is full; nothing was stored. Make room and try again.");
    if (some <= 0) return dyo_fail(err, DYO_INTERNAL, "", "the file could not be written");
    at += (size_t)some;
  }
  return DYO_OK;
}

static dyo_status take_bytes(upload *u, const void *bytes, size_t n, dyo_err *err)
{
  u->bytes += n;
  if (u->bytes > u->a->o.upload_most)
    return dyo_fail(err, DYO_TOO_LARGE, "", "the file is over %.0f MiB", (double)u->a->o.upload_most / (1 << 20));
  digest_add(&u->digest, bytes, n);
  return write_all(u->fd, bytes, n, err);
}

/* --- parts of a form ------------------------------------------------------------------------------------------------- */

static dyo_status part_begin(void *user, const multipart_part *part, dyo_err *err)
{
  upload *u  = user;
  u->in_file = strcmp(part->name, "file") == 0;
  u->at      = NULL;
  if (u->in_file && u->had_file) return dyo_fail(err, DYO_INVALID_INPUT, "/file", "found two files; one is expected");
  if (u->in_file) {
    u->had_file = true;
    memcpy(u->name, part->filename, sizeof u->name);
    snprintf(u->type, sizeof u->type, "%.120s", part->type);
    return DYO_OK;
  }
  if (u->n_fields == FIELDS || strlen(part->name) >= sizeof u->fields[0].name)
    return dyo_fail(err, DYO_INVALID_INPUT, "",
                    "found a part \"%.40s\"; \"file\" and the options of series.parse are expected", part->name);
  u->at = &u->fields[u->n_fields++];
  memcpy(u->at->name, part->name, strlen(part->name) + 1); /* it fits: see above */
  return DYO_OK;
}

static dyo_status part_data(void *user, const void *bytes, size_t n, dyo_err *err)
{
  upload *u = user;
  if (u->in_file) return take_bytes(u, bytes, n, err);
  if (u->at->n + n >= FIELD_TEXT)
    return dyo_fail(err, DYO_TOO_LARGE, "", "the part \"%s\" is over %d bytes", u->at->name, FIELD_TEXT - 1);
  memcpy(u->at->value + u->at->n, bytes, n);
  u->at->n += n;
  u->at->value[u->at->n] = '\0';
  return DYO_OK;
}

static dyo_status part_end(void *user, dyo_err *err)
{
  (void)user, (void)err;
  return DYO_OK;
}

/* --- while the body comes -------------------------------------------------------------------------------------------------- */

static dyo_status begin(exchange *x, upload *u, dyo_err *err)
{
  const multipart_events e    = {part_begin, part_data, part_end, u};
  const char            *type = http_header(x->r, "Content-Type"), *name = http_query(x->r, "name");
  u->a  = x->a;
  u->fd = upload_spool(x->a, err);
  if (u->fd < 0) return err->code;
  digest_begin(&u->digest);
  if (type && strncasecmp(type, "multipart/", 10) == 0) return multipart_new(type, &e, PARTS, &u->form, err);
  u->had_file = true;
  snprintf(u->name, sizeof u->name, "%.250s", name ? name : "");
  snprintf(u->type, sizeof u->type, "%.120s", type ? type : "");
  return DYO_OK;
}

bool upload_begin(exchange *x)
{
  dyo_err err;
  x->up         = calloc(1, sizeof *x->up);
  dyo_status st = x->up ? begin(x, x->up, &err) : dyo_oom(&err);
  if (st == DYO_OK) return true;
  api_problem(x, &err);
  return false;
}

bool upload_data(exchange *x, const void *bytes, size_t n)
{
  dyo_err err;
  upload *u = x->up;
  if (u && (u->form ? multipart_feed(u->form, bytes, n, &err) : take_bytes(u, bytes, n, &err)) == DYO_OK) return true;
  if (u) api_problem(x, &err);
  return false;
}

/* --- once it is whole ------------------------------------------------------------------------------------------------------ */

/* An option by its name: of the form, else of the query. */
static const char *option(void *user, const char *name)
{
  exchange *x = user;
  for (size_t i = 0; i < x->up->n_fields; i++)
    if (strcmp(x->up->fields[i].name, name) == 0) return x->up->fields[i].value;
  return http_query(x->r, name);
}

static size_t feed(void *user, void *bytes, size_t room)
{
  const ssize_t n = read(*(int *)user, bytes, room);
  return n > 0 ? (size_t)n : 0;
}

/* The connector that the file belongs to: the one named, else the tenant's own for uploads, made when first needed. */
static dyo_status find_source(exchange *x, char id[ID_CHARS], dyo_err *err)
{
  const char  *named = option(x, "source_id");
  store_source s;
  if (named) {
    const dyo_status st = store_source_get(x->a->store, x->tenant, named, &s, err);
    if (st != DYO_OK) return st;
    memcpy(id, s.id, ID_CHARS);
    store_source_free(&s, 1);
    return DYO_OK;
  }
  s = (store_source){.name   = store_lent("Uploads"),
                     .by     = x->actor,
                     .type   = store_lent("file_upload"),
                     .config = store_lent("{}"),
                     .state  = store_lent("ready")};
  return store_source_first(x->a->store, x->tenant, &s, id, err);
}

static dyo_status keep_raw(exchange *x, const char *source_id, store_raw *raw, bool *known, dyo_err *err)
{
  upload   *u = x->up;
  uint8_t   digest[DIGEST_SIZE];
  store_raw in = {.name = u->name, .type = u->type, .bytes = (int64_t)u->bytes};
  digest_end(&u->digest, digest);
  digest_text(digest, in.digest);
  snprintf(in.source_id, sizeof in.source_id, "%s", source_id);
  if (lseek(u->fd, 0, SEEK_SET) != 0) return dyo_fail(err, DYO_INTERNAL, "", "the file could not be read again");
  return store_raw_add(x->a->store, x->tenant, &in, feed, &u->fd, raw, known, err);
}

static dyo_status begin_run(exchange *x, const upload_plan *plan, work *w, dyo_err *err)
{
  dyo_buf         request      = {0};
  char            id[ID_CHARS] = "";
  dyo_status      st           = upload_request(plan, &request, err);
  const store_run in           = {.tenant  = x->tenant,
                                  .kind    = (char[]){"upload"},
                                  .subject = store_lent(plan->source_id),
                                  .method  = (char[]){"upload"},
                                  .request = request.s};
  if (st == DYO_OK) st = store_run_begin(x->a->store, &in, clock_now_ms() + workers_lease_ms(), id, err);
  dyo_buf_free(&request);
  if (st != DYO_OK) return st;
  *w            = (work){0};
  w->run.tenant = strdup(x->tenant);
  w->run.kind   = strdup("upload");
  w->run.state  = RUN_RUNNING;
  w->run.epoch  = 1;
  memcpy(w->run.id, id, sizeof w->run.id);
  atomic_init(&w->stage, "reading");
  workers_adopt(x->a->workers, w);
  return DYO_OK;
}

static dyo_status receive(exchange *x, dyo_buf *result, dyo_err *err)
{
  upload    *u     = x->up;
  bool       known = false;
  char       source[ID_CHARS];
  store_raw  raw     = {0};
  dyo_buf    options = {0};
  work       w;
  dyo_status st = u->form ? multipart_finish(u->form, err) : DYO_OK;
  if (st == DYO_OK && !u->had_file) st = dyo_fail(err, DYO_INVALID_INPUT, "/file", "found no part \"file\"");
  if (st == DYO_OK && u->bytes == 0) st = dyo_fail(err, DYO_INVALID_INPUT, "/file", "the file is empty");
  if (st == DYO_OK) st = upload_options(option, x, &options, err);
  if (st == DYO_OK) st = find_source(x, source, err);
  if (st == DYO_OK) st = keep_raw(x, source, &raw, &known, err);
  const upload_plan plan = {x->tenant, source, raw.id, u->name, options.s, !known};
  if (st == DYO_OK) st = begin_run(x, &plan, &w, err);
  if (st == DYO_OK) {
    st = upload_take(x->a, &w, &plan, u->fd, result, err);
    if (st == DYO_OK) w.run.result = strndup(result->s, result->n);
    workers_finish(x->a->workers, &w, st, err);
    if (st == DYO_CANCELLED && atomic_load(&x->a->stopping))
      dyo_fail(err, st, "", "the server stops; run %s stores the rest of the file after the next start", w.run.id);
    store_run_free(&w.run, 1);
  }
  store_raw_free(&raw, 1);
  dyo_buf_free(&options);
  return st;
}

void api_upload(exchange *x)
{
  dyo_err err;
  dyo_buf result = {0};
  atomic_fetch_add(&x->a->counts.uploads, 1);
  if (receive(x, &result, &err) == DYO_OK) {
    api_json(x, 200, &result);
    return;
  }
  dyo_buf_free(&result);
  if (err.code == DYO_CANCELLED && atomic_load(&x->a->stopping)) api_problem_status(x, 503, &err);
  else api_problem(x, &err);
}
