/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual page, printed from the tables of commands and settings: docs/dyocensed.1 is what `describe --man` prints. */
#include <stdio.h>

#include "cli/cli.h"
#include "config.h"
#include "dyo_version.h"

/* A text as roff takes it: no request, no escape, hyphens that can be copied. */
static void put(const char *s)
{
  if (*s == '.' || *s == '\'') fputs("\\&", stdout);
  for (; *s; s++) {
    if (*s == '\\') fputs("\\e", stdout);
    else if (*s == '-') fputs("\\-", stdout);
    else putchar(*s);
  }
}

static void put_setting(void *user, const char *flag, const char *doc, const char *value)
{
  (void)user;
  fputs(".TP\n.B \\-\\-", stdout);
  put(flag);
  fputs("\n", stdout);
  put(doc);
  if (*value) {
    fputs(" (", stdout);
    put(value);
    fputs(")", stdout);
  }
  fputs("\n", stdout);
}

static void put_command(const cli_command *c)
{
  fputs(".TP\n.B ", stdout);
  put(c->name);
  fputs(" ", stdout);
  put(c->args);
  fputs("\n", stdout);
  put(c->summary);
  fputs("\n", stdout);
}

int cli_man(void)
{
  puts(
    ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n"
    ".\\\" Made by ./dev gen from the tables of commands and settings.\n"
    ".TH DYOCENSED 1 \"" DYO_VERSION_DATE "\" \"dyocensed " DYO_VERSION "\" \"User Commands\"\n"
    ".SH NAME\ndyocensed \\- how much to order, whom to schedule and what comes next\n"
    ".SH SYNOPSIS\n.B dyocensed\n.I COMMAND\n.RI [ ARGUMENTS ]\n.br\n.B dyocensed serve\n"
    ".RI [ \\-\\-SETTING \" VALUE\" ]...\n"
    ".SH DESCRIPTION\nForecasts, inventory optimisation and a store of series in one program. With\n.B serve\n"
    "it is a daemon: it takes CSV and Excel files over HTTP, keeps their series in one SQLite file, runs every operation\n"
    "and renews and evaluates forecasts. The other commands need no daemon; those on a database work beside a running one.\n"
    ".SH COMMANDS");
  for (const cli_command *c = cli_commands; c->name; c++) put_command(c);
  puts(
    ".SH SETTINGS\nOf\n.BR serve :\nby flag, by environment (DYOCENSE_PORT for port), or by a file of\n.I name = value\n"
    "lines that\n.B \\-\\-config\nnames. Flags count most, then the environment.\n.B \\-\\-check\\-config\n"
    "prints what would hold and ends. Behind each stands what it is without being set.");
  config_each(put_setting, NULL);
  puts(
    ".SH EXIT STATUS\n0 for a result, 2 for bad input or usage, 1 for anything else. Errors are one line of JSON on standard "
    "error,\nwith a code, a pointer into the request, and a sentence.\n"
    ".SH FILES\n.TP\n.I dyocense.db\nThe database, with\n.IR dyocense.db\\-wal ,\n.I dyocense.db.lock\n"
    "and the folder\n.I dyocense.db.uploads\nbeside it. Copy it with\n.BR \"dyocensed backup\" ,\nnever by hand while the "
    "daemon runs.\n"
    ".TP\n.I dyocense.db.key\nThe key that seals the secrets of connectors, made when first needed. Without it they cannot be opened: "
    "keep a copy, apart from the backups.\n"
    ".SH SIGNALS\nSIGTERM and SIGINT end the daemon: requests under way get a few seconds (grace_s), runs go on at the next start.\n"
    ".SH EXAMPLES\n.nf\necho '{\"annual_demand\":10000,\"order_cost\":50,\"holding_cost_per_unit\":2}' |\n"
    "  dyocensed call inventory.eoq\n"
    "dyocensed serve \\-\\-db /var/lib/dyocensed/dyocense.db\n"
    "dyocensed token create \\-\\-tenant default \\-\\-scope write \\-\\-db /var/lib/dyocensed/dyocense.db\n"
    "dyocensed doctor \\-\\-db /var/lib/dyocensed/dyocense.db\n.fi");
  return cli_flush();
}
