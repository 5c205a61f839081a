/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dyo_version.h"
#include "json/dyo_json.h"

const cli_command cli_commands[] = {
  {"forecast", "FILE [--horizon N]", "forecast a CSV or XLSX file", cli_forecast},
  {"plan", "FILE [--stock FILE]", "what to order and when", cli_plan},
  {"call", "OP [FILE|-] [--ndjson [--jobs N]]", "run an operation on a JSON request", cli_call},
  {"ops", "[--json]", "list every operation", cli_ops},
  {"describe", "[OP|--schema|--types|--openapi|--mcp|--man]", "print the schema of an operation, or all", cli_describe},
  {"serve", "[--config FILE] [--port N] ...", "run the daemon; see serve --help", cli_serve},
  {"mcp", "[--db FILE|--no-db] [--tenant T]", "tools for an assistant, over standard input", cli_mcp},
  {"cron", "EXPRESSION [--zone Z] [--count N] ...", "the next times of a schedule", cli_cron},
  {"token", "create|list|revoke --tenant T [--scope S]", "access tokens of a tenant", cli_token},
  {"connector", "add TYPE|test ID|signin ID|list [--set N=V] ...", "make and check connectors", cli_connector},
  {"secrets", "rotate [--db FILE]", "replace the key that seals secrets", cli_secrets},
  {"tenant", "export|erase|quota T [--values N] ...", "a tenant's data, its end, its limits", cli_tenant},
  {"backup", "TO [--db FILE]", "copy the database, also in use", cli_backup},
  {"restore", "FROM [--db FILE]", "put a backup in its place", cli_restore},
  {"db", "copy --from A --to B|migrate [--db DB]", "move the data, make its tables", cli_db},
  {"audit", "[--tenant T] [--verify [--known DIGEST]]", "who did what, and whether that is whole", cli_audit},
  {"doctor", "[--db FILE]", "check what the daemon needs", cli_doctor},
  {"support-bundle", "FILE [--log LOG] [--SETTING VALUE] ...", "what helps to find a fault, without secrets",
   cli_support},
  {0}};

static volatile int stop_asked; /* set by the signal handler, read by every context */

static void on_signal(int sig)
{
  (void)sig;
  stop_asked = 1;
}

bool cli_stopped(void)
{
  return stop_asked != 0;
}

static double monotonic(void *user)
{
  struct timespec t;
  (void)user;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool show_progress(void *user, double fraction, const char *stage)
{
  (void)user;
  fprintf(stderr, "\r%3.0f %% %-40.40s\r", 100 * fraction, stage);
  return false;
}

void cli_context(dyo_ctx *ctx, bool interactive)
{
  const dyo_host host = {
    .now = monotonic, .progress = interactive && isatty(STDERR_FILENO) ? show_progress : NULL, .open = cli_open};
  dyo_ctx_init(ctx, &host);
  ctx->cancel = &stop_asked;
}

int cli_exit_status(dyo_status st)
{
  switch (st) {
  case DYO_OK: return 0;
  case DYO_INVALID_JSON:
  case DYO_INVALID_INPUT:
  case DYO_UNKNOWN_OPERATION:
  case DYO_INSUFFICIENT_DATA:
  case DYO_UNSUPPORTED:
  case DYO_TOO_LARGE: return 2;
  default: return 1;
  }
}

int cli_fail(const dyo_err *err)
{
  dyo_buf b = {0};
  dyo_buf_puts(&b, "{\"error\":");
  dyo_json_error(&b, err);
  dyo_buf_puts(&b, "}\n");
  fputs(b.failed ? "{\"error\":{\"code\":\"out_of_memory\",\"path\":\"\",\"message\":\"\"}}\n" : b.s, stderr);
  dyo_buf_free(&b);
  return cli_exit_status(err->code);
}

int cli_usage(const char *command, const char *fmt, ...)
{
  dyo_err err;
  char    text[256];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  dyo_fail(&err, DYO_INVALID_INPUT, "", "%s%s%s; see dyocensed --help", command ? command : "", command ? ": " : "",
           text);
  return cli_fail(&err);
}

char *cli_read_all(FILE *f, size_t *len)
{
  size_t cap = 1 << 16, n = 0;
  char  *s = malloc(cap), *more = NULL;
  while (s) {
    n += fread(s + n, 1, cap - n, f);
    if (n < cap) break;
    more = cap < SIZE_MAX / 2 ? realloc(s, cap * 2) : NULL;
    if (!more) free(s);
    s = more;
    cap *= 2;
  }
  if (!s) errno = ENOMEM;
  if (s && ferror(f)) {
    free(s);
    return NULL;
  }
  *len = n;
  return s;
}

int cli_flush(void)
{
  return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

static int help(void)
{
  puts("dyocensed " DYO_VERSION ": how much to order, whom to schedule and what comes next.\n"
       "usage: dyocensed COMMAND [ARGUMENTS] | --version | --help; at length: man dyocensed");
  for (const cli_command *c = cli_commands; c->name; c++) printf("  %-9s %-40s %s\n", c->name, c->args, c->summary);
  puts(
    "Requests and replies are JSON. With --ndjson there is one request a line in and one reply a line out, in order.\n"
    "Exit status: 0 a result, 2 bad input or usage, 1 anything else; errors are one JSON line on standard error.\n"
    "  echo '{\"annual_demand\":10000,\"order_cost\":50,\"holding_cost_per_unit\":2}' | dyocensed call inventory.eoq");
  return cli_flush();
}

static const char *command_at(const void *list, size_t i)
{
  return ((const cli_command *)list)[i].name;
}

int cli_main(int argc, char **argv)
{
  const struct sigaction act = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
  const char            *near = NULL;
  sigaction(SIGINT, &act, NULL);
  sigaction(SIGTERM, &act, NULL);
  sigaction(SIGPIPE, &ignore, NULL);
  if (argc < 2) return cli_usage(NULL, "a command is expected");
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) return help();
  if (strcmp(argv[1], "--version") == 0) {
    puts("dyocensed " DYO_VERSION);
    return cli_flush();
  }
  for (const cli_command *c = cli_commands; c->name; c++)
    if (strcmp(argv[1], c->name) == 0) return c->run(argc - 1, argv + 1);
  near = dyo_nearest(argv[1], command_at, cli_commands);
  if (near) return cli_usage(NULL, "unknown command \"%.40s\"; did you mean \"%s\"?", argv[1], near);
  return cli_usage(NULL, "unknown command \"%.40s\"", argv[1]);
}
