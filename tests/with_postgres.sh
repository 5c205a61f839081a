#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with_postgres.sh COMMAND... - runs the command with a PostgreSQL of its own, whose address is in DYO_TEST_PG with %s for the name of a
# database, and what starts and stops it in DYO_TEST_PG_CTL; takes the one that is there where DYO_TEST_PG is set already. It listens on
# a socket in a folder that goes with it, and keeps nothing: no fsync. As root it runs as user postgres, since it refuses to be root.
set -eu
if [ -n "${DYO_TEST_PG:-}" ]; then exec "$@"; fi

bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2> /dev/null | sort -V | tail -n 1)
[ -x "${bin:-}/postgres" ] || bin=$(dirname "$(command -v postgres || echo /nowhere/postgres)")
[ -x "$bin/postgres" ] || { echo "PostgreSQL is not installed (Debian: apt install postgresql libpq-dev)" >&2; exit 1; }

dir=$(mktemp -d /tmp/dyocense-pg-XXXXXX)
as=''
if [ "$(id -u)" -eq 0 ]; then
  chown postgres "$dir"
  as='setpriv --reuid=postgres --regid=postgres --init-groups'
fi
# shellcheck disable=SC2086 # a command and its arguments
run() { $as "$@" > "$dir/log" 2>&1 || { cat "$dir/log" "$dir/server.log" >&2; exit 1; }; }
stop() {
  if [ -e "$dir/data/postmaster.pid" ]; then run "$bin/pg_ctl" -D "$dir/data" -m immediate stop; fi
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

(cd "$dir"
 run "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C -N
 cat >> "$dir/data/postgresql.conf" <<END
unix_socket_directories = '$dir'
listen_addresses = ''
fsync = off
full_page_writes = off
max_connections = 400
shared_buffers = 64MB
END
 run "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w start
 run "$bin/psql" -h "$dir" -U postgres -d postgres -c 'CREATE ROLE dyo LOGIN CREATEDB') # no superuser: policies hold for it
export DYO_TEST_PG="postgresql://dyo@/%s?host=$dir"
export DYO_TEST_PG_CTL="$as $bin/pg_ctl -D $dir/data -l $dir/server.log"
DYO_TEST_PG_CTL=${DYO_TEST_PG_CTL# }
"$@"
