#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# role.sh - makes the role and the database that the daemon uses, when compose.yaml first starts PostgreSQL. The role is no superuser, so
# that row-level security holds for it; its password is the one in the daemon's own file.
set -eu
psql -q -v ON_ERROR_STOP=1 -v password="$(sed -n 's/^password=//p' /run/secrets/pg_service.conf)" -U "${POSTGRES_USER:-postgres}" -d postgres <<'END'
CREATE ROLE dyocense LOGIN PASSWORD :'password';
CREATE DATABASE dyocense OWNER dyocense ENCODING 'UTF8' TEMPLATE template0;
END
