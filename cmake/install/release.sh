#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# release.sh - the parts of a release, from a tree that is built. What it packs has the same bytes whenever and by whomever it is packed.
#   version          prints the version, once every place that has to repeat it does
#   notes            prints the changelog's section of this version, without which there is no release
#   files FOLDER     packs program, sources, module and page there, and writes a bill of materials (CycloneDX)
#   deb FOLDER       puts the Debian package there
#   npm FOLDER       puts npm's tarball there
#   sums FOLDER      writes SHA256SUMS of what is there
set -eu
umask 022 # else modes of folders would be the packer's
cd "$(dirname "$0")/../.."

fail() { echo "release.sh: $1" >&2; exit 1; }
version=$(sed -nE 's/^project\(dyocense VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)

version() {
  for file in js-bindings/package.json js-bindings/package-lock.json web-demo/package.json web-demo/package-lock.json; do
    said=$(sed -nE '1,12s/^  "version": "([^"]*)".*/\1/p' "$file")
    [ "$said" = "$version" ] || fail "$file says ${said:-nothing}, CMakeLists.txt says $version"
  done
  echo "$version"
}

notes() {
  text=$(awk -v is="## $version" '/^## /{on = $0 == is || index($0, is " ") == 1; next} on' "${DYO_CHANGELOG:-CHANGELOG.md}")
  [ -n "$(echo "$text" | tr -d '[:space:]')" ] || fail "CHANGELOG.md has no section \"## $version\""
  echo "$text"
}

# The time that archives speak of is the commit's.
dated() {
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -c safe.directory="$PWD" log -1 --format=%ct)}
  export SOURCE_DATE_EPOCH
}

# tarball FILE ARGUMENT...: what tar takes by these arguments, with nothing in it of whose files they were and when.
tarball() {
  file=$1
  shift
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar -cf "$file.tar" "$@"
  gzip -n < "$file.tar" > "$file"
  rm "$file.tar"
}

files() {
  dated
  program=${DYO_NATIVE:-build/release/dyocensed}
  module=${DYO_WASM:-build/wasm/dyocense.wasm}
  page=${DYO_PAGE:-web-demo/dist}
  mkdir -p "$1"
  tarball "$1/dyocensed-$version-linux-$(uname -m).tar.gz" --mode=755 -C "$(dirname "$program")" "$(basename "$program")"
  tarball "$1/dyocense-page-$version.tar.gz" --mode=u=rwX,go=rX --transform="s,^\.,dyocense-page-$version," -C "$page" .
  git -c safe.directory="$PWD" -c tar.umask=0022 archive --format=tar --prefix="dyocense-$version/" -o "$1/sources.tar" HEAD
  gzip -n < "$1/sources.tar" > "$1/dyocense-$version.tar.gz"
  rm "$1/sources.tar"
  cp "$module" "$1/dyocense-$version.wasm"
  node cmake/install/sbom.mjs "$program" "$version" > "$1/dyocensed-$version.cdx.json"
}

deb() {
  dated
  cpack --config build/release/CPackConfig.cmake -B "$1"
  rm -rf "$1/_CPack_Packages"
}

# npm keeps modes, which in a clone are whatever the umask left.
npm_tarball() {
  mkdir -p "$1"
  to=$(cd "$1" && pwd)
  cd "${DYO_PACKAGE:-js-bindings}"
  chmod -R u=rwX,go=rX dist LICENSE ./*.md package.json
  npm pack --ignore-scripts --pack-destination "$to"
}

sums() (
  cd "$1"
  rm -f SHA256SUMS
  sha256sum -- * > ../SHA256SUMS.$$
  mv ../SHA256SUMS.$$ SHA256SUMS
)

case "${1:-}" in
  version | notes) "$1" ;;
  files | deb | npm | sums)
    [ -n "${2:-}" ] || fail "$1 takes a folder"
    if [ "$1" = npm ]; then npm_tarball "$2"; else "$1" "$2"; fi
    ;;
  *) fail "version, notes, files, deb, npm or sums is expected" ;;
esac
