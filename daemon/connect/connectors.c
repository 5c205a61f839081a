/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of connectors. A new one has a row here and its word below. */
#include "connect/connectors.h"

#include <string.h>

#include "connect/connect.h"

const connector *const connectors[] = {&salesforce_connector, &drive_connector, &mcp_connector, NULL};

const char *const connect_words[] = {"file_upload", "salesforce", "google_drive", "mcp", NULL};

const connector *connector_of(const char *type)
{
  for (size_t i = 0; connectors[i]; i++)
    if (strcmp(connectors[i]->type, type) == 0) return connectors[i];
  return NULL;
}

const dyo_field *connect_rows(const char *type)
{
  const connector *k = connector_of(type);
  return k ? k->rows : NULL;
}

const char *const *connect_secrets(const char *type)
{
  const connector *k = connector_of(type);
  return k ? k->secrets : NULL;
}
