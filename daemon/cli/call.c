/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "ops/dyo_call.h"
#include "ops/dyo_ops.h"

typedef struct {
  const char *op, *file;
  bool        ndjson;
  int         jobs;
} call_args;

/* A whole number from 1 to 256 behind --jobs. */
static bool read_jobs(const char *text, int *jobs)
{
  char      *end = NULL;
  const long n   = strtol(text, &end, 10);
  if (end == text || *end || n < 1 || n > 256) return false;
  *jobs = (int)n;
  return true;
}

/* 0, or the exit status of a usage error. */
static int read_args(int argc, char **argv, call_args *a)
{
  *a = (call_args){.jobs = 1};
  for (int i = 1; i < argc; i++) {
    const char *w = argv[i];
    if (strcmp(w, "--ndjson") == 0) {
      a->ndjson = true;
    } else if (strcmp(w, "--jobs") == 0) {
      if (++i >= argc || !read_jobs(argv[i], &a->jobs))
        return cli_usage("call", "--jobs takes a whole number from 1 to 256, found \"%.40s\"",
                         i < argc ? argv[i] : "nothing");
    } else if (w[0] == '-' && w[1]) {
      return cli_usage("call", "unknown option \"%.40s\"; known are --ndjson and --jobs N", w);
    } else if (!a->op) {
      a->op = w;
    } else if (!a->file) {
      a->file = w;
    } else {
      return cli_usage("call", "one file is expected, found \"%.40s\" as well", w);
    }
  }
  if (!a->op) return cli_usage("call", "an operation is expected, such as inventory.eoq");
  return 0;
}

static int one_call(const char *op, FILE *in, const char *name)
{
  dyo_ctx    ctx;
  dyo_reply  reply = {0};
  size_t     len   = 0;
  char      *text  = cli_read_all(in, &len);
  dyo_status st    = DYO_OK;
  if (!text) return cli_usage("call", "%.100s: %s", name, strerror(errno));
  cli_context(&ctx, true);
  st = dyo_call(&ctx, op, text, len, &reply);
  if (reply.text) {
    FILE *to = st == DYO_OK ? stdout : stderr;
    fwrite(reply.text, 1, reply.len, to);
    fputc('\n', to);
  }
  dyo_reply_free(&reply);
  dyo_ctx_clear(&ctx);
  free(text);
  return cli_flush() != 0 ? 1 : cli_exit_status(st);
}

int cli_call(int argc, char **argv)
{
  call_args a;
  dyo_err   err;
  const int bad = read_args(argc, argv, &a);
  FILE     *in  = stdin;
  int       rc  = 0;
  if (bad) return bad;
  if (!dyo_op_find(a.op)) {
    dyo_op_unknown(a.op, &err);
    return cli_fail(&err);
  }
  if (a.file && strcmp(a.file, "-") != 0) in = fopen(a.file, "rb");
  if (!in) return cli_usage("call", "%.100s: %s", a.file, strerror(errno));
  rc = a.ndjson ? cli_ndjson(a.op, in, a.jobs) : one_call(a.op, in, a.file ? a.file : "standard input");
  if (a.ndjson && ferror(in)) rc = cli_usage("call", "%.100s: %s", a.file ? a.file : "standard input", strerror(errno));
  if (in != stdin) fclose(in);
  return rc;
}
