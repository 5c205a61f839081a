#!/bin/sh
# Download one Debian source package, at one version, into the current folder.
#   apt-source.sh <apt folder> <package> <version>
# Works on lists of its own in <apt folder>, so it needs no root and leaves the system's sources as they are.
# Signature checking stays on; the caller checks SHA-256 as well.
set -eu
apt=$1 package=$2 version=$3
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"

# shellcheck disable=SC1091
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
suite="(($codename)|((old)*stable))(-updates|-security|/updates)?"   # other people's repositories are left out

cat > "$apt/apt.conf" <<END
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/parts";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
Debug::NoLocking "1";
Acquire::Retries "2";
END

lists() {
  : > "$apt/parts/own.sources"
  : > "$apt/parts/own.list"
  for f in /etc/apt/sources.list.d/*.sources; do          # deb822: one stanza per repository
    [ -f "$f" ] || continue
    grep -v '^#' "$f" | awk -v suite="^$suite\$" 'BEGIN { RS = ""; ORS = "\n\n" } {
      ours = 0; n = split($0, line, "\n")
      for (i = 1; i <= n; i++) if (line[i] ~ /^Suites:/) {
        m = split(line[i], word, " "); for (j = 2; j <= m; j++) if (word[j] ~ suite) ours = 1
      }
      if (ours) { gsub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src"); sub(/^\n/, ""); print } }' >> "$apt/parts/own.sources"
  done
  for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do   # the older one-line form
    [ -f "$f" ] || continue
    sed -En "s@^deb(-src)?[[:space:]]+((\[[^]]*\])?[[:space:]]*[^[:space:]]+[[:space:]]+${suite}[[:space:]].*)@deb-src \2@p" "$f"
  done | sort -u > "$apt/parts/own.list"
}

if [ ! -f "$apt/updated" ]; then
  lists
  apt-get -c "$apt/apt.conf" update -qq || true     # a repository without sources is no reason to stop
  touch "$apt/updated"
fi
apt-get -c "$apt/apt.conf" source --download-only -qq "$package=$version"
