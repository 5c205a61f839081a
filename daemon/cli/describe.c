/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "api/doc.h"
#include "cli/cli.h"
#include "ops/dyo_call.h"
#include "ops/dyo_ops.h"

static int print(const char *what)
{
  char            *text = NULL;
  dyo_err          err;
  const dyo_status st = strcmp(what, "openapi") == 0 ? api_document(&text, &err) : dyo_describe(what, &text, &err);
  if (st != DYO_OK) return cli_fail(&err);
  fputs(text, stdout);
  if (strcmp(what, "types") != 0) putchar('\n');
  free(text);
  return cli_flush();
}

int cli_ops(int argc, char **argv)
{
  if (argc == 2 && strcmp(argv[1], "--json") == 0) return print("ops");
  if (argc > 1) return cli_usage("ops", "takes no argument but --json, found \"%.40s\"", argv[1]);
  for (const dyo_op *op = dyo_ops; op->name; op++) printf("%-26s %s\n", op->name, op->summary);
  return cli_flush();
}

int cli_describe(int argc, char **argv)
{
  static const char *const papers[] = {"types", "openapi", "mcp", "schema", NULL};
  if (argc > 2) return cli_usage("describe", "one operation is expected, found \"%.40s\" as well", argv[2]);
  if (argc < 2) return print("schema");
  if (strcmp(argv[1], "--man") == 0) return cli_man();
  for (int i = 0; papers[i]; i++)
    if (strncmp(argv[1], "--", 2) == 0 && strcmp(argv[1] + 2, papers[i]) == 0) return print(papers[i]);
  if (argv[1][0] == '-')
    return cli_usage("describe", "unknown option \"%.40s\"; known are --types, --openapi, --mcp, --schema and --man",
                     argv[1]);
  return print(argv[1]);
}
