/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - the daemon's settings: built-in ones, then a file (INI), then the environment (DYOCENSE_LISTEN for listen), then flags
 * (--listen). One table names them all, says what each takes and is what --help and --check-config print. */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "json/dyo_json.h"

enum { CONFIG_TEXT = 512 };

typedef struct {
  char   listen[CONFIG_TEXT]; /* address; a list is not supported */
  double port, metrics_port;  /* metrics_port 0: none */
  char   db[CONFIG_TEXT], local[CONFIG_TEXT];
  char   pages[CONFIG_TEXT];                                     /* folder of the web page */
  char   certificate[CONFIG_TEXT], certificate_key[CONFIG_TEXT]; /* PEM files */
  char   origins[CONFIG_TEXT];
  char   log_level[CONFIG_TEXT];
  char   master_key_file[CONFIG_TEXT], connect_authorities[CONFIG_TEXT], mcp_servers[CONFIG_TEXT];
  double threads, connections, per_address, idle_s, header_s, upload_mb, request_mb, inline_s, rate, burst, grace_s;
  double quota_values, quota_series, quota_sources, quota_upload_mb, quota_queued, quota_rate, quota_burst;
  double jitter_s, raw_days, run_days, forecast_days, event_days;
  double connect_loopback, connect_silent_s, connect_request_s, connect_backoff_s, connect_rate, webhook_hours;
  bool   check; /* --check-config: say what would be and end */
} config;

/* From file (the one --config names), environment and flags. invalid_input names the setting, where it was found and what it takes. */
dyo_status config_read(int argc, char **argv, config *out, dyo_err *err);
/* Tells of each variable DYOCENSE_... of the environment that is no setting, and which one it is near to. */
typedef void (*config_told)(const char *why);
void config_strangers(config_told told);
void config_print(const config *c, FILE *to); /* as a file that config_read takes, without a password */
/* What the names of files that stand beside the database begin with. */
const char *config_local(const config *c);
void        config_help(FILE *to);

/* Settings that are not as they are built in, as a JSON object, without a password. */
void config_changes(const config *c, dyo_buf *to);

/* Each setting in the table's order: its flag without dashes, what it says, and its value without being set. */
typedef void (*config_show)(void *user, const char *flag, const char *doc, const char *value);
void config_each(config_show show, void *user);

#endif
