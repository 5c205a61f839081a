#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check_tree.sh - what the compiler does not check: which folder may include which, what the core may not call, and how
# long things may get. Prints each finding as file:line: text, then "N checks passed, N failed".
set -eu
cd "$(dirname "$0")/.."
found=$(mktemp)
trap 'rm -f "$found" "$found.one"' EXIT

# --- C code ----------------------------------------------------------------------------------------------------------
# may: folder -> folders it may include (base is open to all, and a folder to itself); "*" is all.
# only: a third-party header, by its beginning -> the folders that may include it.
tables() {
  cat <<'END'
may core/base
may core/num
may core/solver
may core/series
may core/stats       num series
may core/trees       num
may core/forecast    stats num series trees
may core/inventory   stats num solver
may core/staffing    num solver series
may core/json
may core/ops         *
may wasm             ops
may daemon           *
may daemon/base
may daemon/cli       *
may daemon/http
may daemon/store     json series
may daemon/connect   json series store
may daemon/jobs      ops json series store connect
may daemon/api       ops json series stats http jobs store connect
only gsl/            core/num
only lp_             core/solver
only cJSON.h         core/json
only dyo_strtod.h    core/json
only unzip.h         core/series
only zlib.h          core/series daemon/base daemon/http daemon/store
only expat.h         core/series
only sqlite3.h       daemon/store
only libpq-fe.h      daemon/store
only microhttpd.h    daemon/http
only sodium.h        daemon/base
only curl/           daemon/connect
only openssl/        daemon/connect
END
}

c_files() { find core daemon wasm tests cmake -name node_modules -prune -o \( -name '*.c' -o -name '*.h' \) -print 2> /dev/null | sort; }

# shellcheck disable=SC2046 # file names without spaces
tables | awk -v max_function=60 -v max_file=600 '
  function report(rule, line, text) { print rule "\t" FILENAME ":" line ": " text }

  # The line without comments, strings and characters; `inside` carries a comment over lines.
  function bare(s,   out, i, c, q) {
    out = ""
    for (i = 1; i <= length(s); i++) {
      c = substr(s, i, 1)
      if (inside) { if (substr(s, i, 2) == "*/") { inside = 0; i++ } continue }
      if (substr(s, i, 2) == "/*") { inside = 1; i++; continue }
      if (substr(s, i, 2) == "//") break
      if (c == "\"" || c == "\047") {
        q = c
        for (i++; i <= length(s) && substr(s, i, 1) != q; i++) if (substr(s, i, 1) == "\\") i++
        c = q q
      }
      out = out c
    }
    return out
  }

  function includes(line,   name, to, i, n, word, ok) {
    name = $0
    sub(/^[ \t]*#[ \t]*include[ \t]*["<]/, "", name)
    sub(/[">].*/, "", name)
    for (i in only) if (index(name, i) == 1 && index(only[i], " " folder " ") == 0 && folder ~ /^(core|daemon|wasm)/)
      report("foreign headers", line, name " may be included in" only[i] "alone")
    if (folder ~ /^core/ && name ~ /^(time|unistd|pthread|threads|signal|fcntl|locale|setjmp)\.h$|^sys\//)
      report("core calls", line, "the core does not use <" name ">")
    if (name !~ /\// || name ~ /^gsl\// || $0 !~ /include[ \t]*"/ || folder !~ /^(core|daemon|wasm)/) return
    to = name
    sub(/\/[^\/]*$/, "", to)
    word = name
    sub(/.*\//, "", word)
    if ("core/" to == folder || "daemon/" to == folder) return
    if (folder ~ /^core/ && word !~ /^dyo/) report("arrows", line, name " is private to " to)
    if (!(folder in may)) { report("arrows", line, folder " is not in the table of tests/check_tree.sh"); return }
    ok = to == "base" || may[folder] == "*"
    n = split(may[folder], w, " ")
    for (i = 1; i <= n; i++) if (w[i] == to) ok = 1
    if (!ok) report("arrows", line, folder " may not include " name)
  }

  NR == FNR {
    word = $1; k = $2; $1 = $2 = ""; sub(/^ +/, "")
    if (word == "only") only[k] = " " $0 " "; else may[k] = $0
    next
  }

  FNR == 1 {
    if (before != "" && lines > max_file) print "file length\t" before ":1: " lines " lines, more than " max_file
    before = FILENAME
    inside = 0
    start = 0
    block = ""
    folder = FILENAME
    sub(/\/[^\/]*$/, "", folder)
    if ($0 != "/* SPDX-License-Identifier: GPL-3.0-or-later */") report("licence line", 1, "first line is not the SPDX line")
  }
  { lines = FNR }
  /^[ \t]*#[ \t]*include/ { includes(FNR) }
  {
    code = bare($0)
    if (folder ~ /^core/ && match(code, /(^|[^A-Za-z0-9_.>])(v?f?printf|v?sprintf|puts|fputs|putchar|exit|_Exit|abort|getenv|time|clock|clock_gettime|fopen|s?rand|system|setlocale|strtok|atoi|atof|gets|assert)[ \t]*\(/))
      report("core calls", FNR, "the core does not call " substr(code, RSTART, RLENGTH - 1) "()")
    if ($0 ~ /^\{/) { start = FNR; told = block ~ /\/\* long: / }
    if ($0 ~ /^\}/ && start) {
      if (FNR - start - 1 > max_function && !told)
        report("function length", start, FNR - start - 1 " lines, more than " max_function "; split it, or say why: /* long: ... */")
      start = 0
    }
    block = $0 == "" ? "" : block $0
  }
  END { if (lines > max_file) print "file length\t" before ":1: " lines " lines, more than " max_file }
' - $(c_files) > "$found"

# --- every file ------------------------------------------------------------------------------------------------------

texts() {
  find . \( -name .git -o -name node_modules -o -name dist -o -path ./build \) -prune -o -type f \
    ! -name package-lock.json ! -name '*.SIF' ! -name '*.gen.ts' ! -path './tests/fuzz/corpus/*' -print | sort
}

# grep_for RULE PATTERN TEXT: each line of the tree that matches is a finding.
grep_for() {
  texts | tr '\n' '\0' | xargs -0 grep -nIE "$2" 2> /dev/null | sed -E "s|^\./([^:]*:[0-9]+):.*|$1	\1: $3|" >> "$found" || true
}
grep_for "unfinished" '(^|[^A-Za-z])(TO[D]O|FIX[M]E|XX[X])([^A-Za-z]|$)' "says that it is unfinished"
grep_for "machine paths" '(^|[^A-Za-z0-9_.}])/(wor[k]|roo[t])/' "names a path of one machine"

texts | grep -E '\.(ts|mjs|sh)$|/dev$' | while read -r f; do
  n=$(wc -l < "$f")
  [ "$n" -le 600 ] || printf 'file length\t%s:1: %d lines, more than 600\n' "${f#./}" "$n"
done >> "$found"

texts | sed -nE 's|^\./(.*/)?(utils?\.[a-z]+)$|no utils\t\1\2:1: say what it is for|p' >> "$found"

version=$(sed -nE 's/^project\(dyocense VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
f=js-bindings/package.json
[ ! -f $f ] || grep -q "\"version\": \"$version\"" $f ||
  printf 'one version\t%s:1: not %s, the version of CMakeLists.txt\n' $f "$version" >> "$found"

# --- globals of the core, in whatever build is there ------------------------------------------------------------------

rules='licence line|arrows|foreign headers|core calls|function length|file length|unfinished|machine paths|no utils|one version'
for lib in build/release/libdyo.a build/dev/libdyo.a; do
  [ -f "$lib" ] || continue
  rules="$rules|core globals"
  objdump -t "$lib" 2> /dev/null | awk '
    /^[^ ]+\.o:/ { file = $1 }
    $0 !~ /\.data\.rel\.ro| d  / && /( O +\.(data|bss)| \.(tdata|tbss)|\*COM\*)[^ \t]*[ \t]/ { printf "core globals\t%s %s is a variable that outlives a call\n", file, $NF }
  ' >> "$found"
  break
done

# --- the sum ---------------------------------------------------------------------------------------------------------

passed=0 failed=0
IFS='|'
for rule in $rules; do
  if grep "^$rule	" "$found" > "$found.one"; then
    failed=$((failed + 1))
    sed -E "s/^([^	]*)	(.*)/\2 [\1]/" "$found.one"
  else
    passed=$((passed + 1))
  fi
done
echo "$passed checks passed, $failed failed"
[ "$failed" -eq 0 ]
