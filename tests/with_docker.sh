#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# with_docker.sh COMMAND... - runs the command with the Docker Engine that answers, or else, as root, with one of its own: its images,
# containers and volumes are in a folder that goes with it.
set -eu
if docker info > /dev/null 2>&1; then exec "$@"; fi
for tool in docker dockerd containerd; do
  command -v $tool > /dev/null || { echo "there is no Docker Engine (Debian: apt install docker.io docker-compose debootstrap)" >&2; exit 1; }
done
[ "$(id -u)" -eq 0 ] || { echo "no Docker Engine answers, and only root can start one" >&2; exit 1; }

dir=$(mktemp -d /var/tmp/dyocense-docker-XXXXXX)
export DOCKER_HOST="unix://$dir/socket"
dockerd --host "$DOCKER_HOST" --data-root "$dir/data" --exec-root "$dir/run" --pidfile "$dir/pid" > "$dir/log" 2>&1 &
engine=$!
stop() {
  kill $engine 2> /dev/null || true
  wait $engine || true
  umount "$dir"/run/netns/* 2> /dev/null || true # which dockerd leaves
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM
until docker info > /dev/null 2>&1; do
  kill -0 $engine 2> /dev/null || { cat "$dir/log" >&2; exit 1; }
  sleep 0.2
done
"$@"
