#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# reproduce.sh [COMMIT [SHA256SUMS]] - makes a release from fresh clones and says of each file whether its bytes are the same: twice, in two
# folders, with another umask, time zone and (where faketime is there) day; or once, and against the sums of one that was downloaded.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
commit=$(git rev-parse --verify --quiet "${1:-HEAD}^{commit}") || { echo "reproduce: there is no commit $1" >&2; exit 2; }
sums=''
[ $# -lt 2 ] || sums=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
[ -z "$sums" ] || [ -r "$sums" ] || { echo "reproduce: $2 cannot be read" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/dyocense-reproduce-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# No library and no object of an earlier build is used; the sources of the libraries are, which are checked by their sums.
unset DYO_CACHE_DIR DYO_NATIVE DYO_WASM DYO_PAGE SOURCE_DATE_EPOCH
export CCACHE_DISABLE=1
[ -n "${DYO_SOURCES_DIR:-}" ] || [ ! -d build/third-party/download ] || export DYO_SOURCES_DIR="$root/build/third-party/download"

# build FOLDER [COMMAND...]: from nothing to what is released, which COMMAND runs the packing of.
build() {
  to=$1
  shift
  ./dev build || return 1
  for part in files deb npm sums; do "$@" cmake/install/release.sh "$part" "$to" || return 1; done
}

# make NAME UMASK ZONE COMMAND...: a release of the commit in `work`/NAME.
make() (
  name=$1
  umask "$2"
  export TZ="$3"
  shift 3
  clone=$work/clone-$name
  echo "making $(git rev-parse --short "$commit") in $clone, umask $(umask), TZ $TZ, $*"
  git clone --quiet --no-checkout "$root" "$clone"
  cd "$clone"
  git checkout --quiet --detach "$commit"
  build "$work/$name" "$@" > "$work/$name.log" 2>&1 < /dev/null || { tail -n 40 "$work/$name.log" >&2; exit 1; }
)

make one 022 UTC env
if [ -z "$sums" ]; then
  another='env'
  if command -v faketime > /dev/null; then another='faketime -f +40d'; fi
  # shellcheck disable=SC2086 # a command and its arguments
  make another-whose-name-is-longer 077 Asia/Tokyo $another
  sums=$work/another-whose-name-is-longer/SHA256SUMS
fi

awk '
  { sub(/^\*/, "", $2) }
  FNR == NR { other[$2] = $1; next }
  { seen[$2]; same = other[$2] == $1; bad += !same
    printf "%-38s %s  %s\n", $2, $1, same ? "equal" : ($2 in other ? "DIFFERS" : "MISSING") }
  END { for (name in other) if (!(name in seen)) { printf "%-38s %s  %s\n", name, other[name], "NOT MADE"; bad++ }
        exit bad > 0 }' "$sums" "$work/one/SHA256SUMS"
