/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: a file on its way in (upload.c) and into the store (upload_run.c). */
#ifndef DAEMON_API_UPLOAD_H
#define DAEMON_API_UPLOAD_H

#include "api/exchange.h"

enum { UPLOAD_NAME = 256 };

/* Asks for an option of the upload by its name; NULL where it was not given. */
typedef const char *(*upload_option)(void *user, const char *name);

/* Is the field of series.parse about the file itself, and so no option of an upload? */
bool upload_file_field(const dyo_field *f);

/* The options of series.parse that were given, as a JSON object; invalid_input names an option that is not readable. */
dyo_status upload_options(upload_option of, void *user, dyo_buf *out, dyo_err *err);

/* What a run of kind "upload" needs to be done, and done again. */
typedef struct {
  const char *tenant, *source_id, *raw_id, *name, *options; /* options: JSON object */
  bool fresh; /* the stored file came with this upload, and goes where a quota leaves no room for what is in it */
} upload_plan;

dyo_status upload_request(const upload_plan *plan, dyo_buf *out, dyo_err *err); /* the run's request */

/* Reads the file at fd into the store under the run w; result gets the answer. */
dyo_status upload_take(api *a, work *w, const upload_plan *plan, int fd, dyo_buf *result, dyo_err *err);

/* A worker's: the same from the stored file. */
dyo_status upload_work(void *user, work *w, dyo_err *err);

/* A file without a name in the spool folder, open for reading and writing; -1 with *err. */
int upload_spool(api *a, dyo_err *err);

#endif
