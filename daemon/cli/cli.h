/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.h - the commands of dyocensed that need no server. Each returns the process's exit status:
 * 0 a result (an infeasible plan is one), 2 bad input or usage, 1 anything else. */
#ifndef DYO_CLI_H
#define DYO_CLI_H

#include <stdio.h>

#include "base/dyo_ctx.h"

typedef struct {
  const char *name, *args, *summary;
  int (*run)(int argc, char **argv); /* argv[0] is the command's name */
} cli_command;

extern const cli_command cli_commands[]; /* ends with a NULL name */

int cli_main(int argc, char **argv);

/* Shared by the commands. */
int cli_exit_status(dyo_status st);
int cli_fail(const dyo_err *err); /* the error object as one line on stderr; returns the exit status */
int cli_usage(const char *command, const char *fmt, ...)
  DYO_PRINTF(2, 3); /* the same for a mistake on the command line */
void       cli_context(dyo_ctx *ctx,
                       bool     interactive); /* clock, cancel on SIGINT and SIGTERM; progress on a terminal's stderr */
dyo_status cli_open(void *user, const char *path, dyo_source *out, dyo_err *err); /* of dyo_host */
bool       cli_stopped(void);                                                     /* SIGINT or SIGTERM came */
char      *cli_read_all(FILE *f, size_t *len);                                    /* malloc'ed, NULL with errno set */
int        cli_flush(void); /* 0, or 1 when standard output could not be written */

/* call OP --ndjson: one request a line in, one reply a line out, in order, on `jobs` threads. */
int cli_ndjson(const char *op, FILE *in, int jobs);

int cli_forecast(int argc, char **argv);
int cli_plan(int argc, char **argv);
int cli_call(int argc, char **argv);
int cli_ops(int argc, char **argv);
int cli_describe(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_mcp(int argc, char **argv);
int cli_cron(int argc, char **argv);
int cli_token(int argc, char **argv);
int cli_tenant(int argc, char **argv);
int cli_quota(int argc, char **argv); /* tenant quota */
int cli_backup(int argc, char **argv);
int cli_db(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_audit(int argc, char **argv);
int cli_support(int argc, char **argv);
int cli_connector(int argc, char **argv);
int cli_secrets(int argc, char **argv);

/* What doctor finds, in lines; returns how many problems. */
int cli_diagnose(const char *db, FILE *to);

int cli_man(void); /* prints the manual page */

#endif
