#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# start.sh - makes the database when its volume is new, on its socket alone, runs what lies in /docker-entrypoint-initdb.d, then serves.
set -eu
umask 077
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # shellcheck disable=SC2086 # the variable holds several arguments
  initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  pg_ctl --wait --options="-c listen_addresses=''" start
  for script in /docker-entrypoint-initdb.d/*.sh; do "$script"; done
  pg_ctl --wait --mode=fast stop
fi
exec "$@"
