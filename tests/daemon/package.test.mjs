// SPDX-License-Identifier: GPL-3.0-or-later
// The Debian package: what is in it, how shut in its service is, completion; with DYO_FULL=1 it is installed in a bare root of debootstrap
// and gives a first result by curl (root, a network and debootstrap needed).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { nativePath, root } from "../lib/project.mjs";
import { scratch } from "./lib/daemon.mjs";

const dir = scratch();
const has = (tool) => !spawnSync(tool, ["--version"]).error;
let deb;

/** What a command that must succeed prints. */
function said(name, args, options = {}) {
  const r = spawnSync(name, args, { encoding: "utf8", maxBuffer: 1 << 26, ...options });
  assert.equal(r.status, 0, `${name} ${args.join(" ")}: ${r.error ?? r.stderr}`);
  return r.stdout;
}

const packs = has("dpkg-deb") && has("dpkg-shlibdeps");
before(() => {
  if (!packs) return;
  said("cpack", ["--config", join(root, "build/release/CPackConfig.cmake"), "-B", dir]);
  deb = join(dir, readdirSync(dir).find((name) => name.endsWith(".deb")));
});

test("the package holds the program, its page, manual, units, settings, completion, licence and notices", { skip: !packs && "SKIPPED LOUDLY: there is no dpkg-dev" }, () => {
  const list = said("dpkg-deb", ["-c", deb]);
  for (const path of [
    "etc/default/dyocensed",
    "usr/bin/dyocensed",
    "usr/lib/systemd/system/dyocensed.service",
    "usr/lib/systemd/system/dyocensed.socket",
    "usr/share/bash-completion/completions/dyocensed",
    "usr/share/doc/dyocensed/THIRD-PARTY-NOTICES.md",
    "usr/share/doc/dyocensed/copyright",
    "usr/share/dyocensed/page/assets/dyocense-[A-Za-z0-9_-]+.wasm",
    "usr/share/dyocensed/page/index.html",
    "usr/share/man/man1/dyocensed.1",
  ])
    assert.match(list, new RegExp(`\\./${path.replaceAll(".", "\\.")}$`, "m"));
  assert.doesNotMatch(list, /^[^ ]* (?!root\/root)/m, "all belongs to root");
  const control = said("dpkg-deb", ["-f", deb]);
  const version = /VERSION ([0-9.]+)/.exec(readFileSync(join(root, "CMakeLists.txt"), "utf8").split("project(")[1])[1];
  assert.match(control, new RegExp(`^Version: ${version.replaceAll(".", "\\.")}$`, "m"));
  assert.match(control, /^Depends: .*ca-certificates.*libsqlite3-0/m);
});

test("the service is shut in", { skip: !packs || !has("systemd-analyze") ? "SKIPPED LOUDLY: there is no dpkg-dev or systemd-analyze" : false }, () => {
  said("dpkg-deb", ["-x", deb, join(dir, "x")]);
  const unit = join(dir, "x/usr/lib/systemd/system/dyocensed.service");
  assert.match(readFileSync(unit, "utf8"), /^ExecStart=\/usr\/bin\/dyocensed serve$/m);
  said("systemd-analyze", ["security", "--no-pager", "--offline=true", "--threshold=20", unit]);
});

test("bash completes commands, operations and flags, which the program itself lists", () => {
  const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dyocensed; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const offered = (...words) =>
    said("bash", ["-c", script, "bash", join(root, "cmake/install/dyocensed.bash"), nativePath, ...words]).trim().split("\n");
  assert.deepEqual(offered("se"), ["serve", "secrets"]);
  assert.deepEqual(offered("call", "inventory.e"), ["inventory.eoq"]);
  assert.deepEqual(offered("serve", "--metrics"), ["--metrics-port"]);
  assert.deepEqual(offered("call", "inventory.eoq", "--n"), ["--ndjson"]);
});

const whole = process.env.DYO_FULL && packs && has("debootstrap") && process.getuid() === 0;
test("in a bare root: installed, started, a first result by curl, on a file and on PostgreSQL, removed and purged", { skip: !whole && "SKIPPED: with DYO_FULL=1, as root, where there is debootstrap" }, (t) => {
  const bare = join(dir, "root");
  after(() => spawnSync("umount", ["-R", join(bare, "proc")]));
  said("debootstrap", ["--variant=minbase", "--include=ca-certificates,curl", "bookworm", bare]);
  copyFileSync(deb, join(bare, "dyocensed.deb"));
  copyFileSync(join(root, "docs/example/sales.csv"), join(bare, "sales.csv"));
  spawnSync("mount", ["-t", "proc", "proc", join(bare, "proc")]);
  writeFileSync(join(bare, "first.sh"), first);
  const transcript = said("chroot", [bare, "/bin/sh", "/first.sh"]);
  t.diagnostic(transcript.replaceAll("\n", " | "));
  assert.match(transcript, /^dyocensed \d/m);
  assert.deepEqual(transcript.match(/, database \S+/g), [", database /var/lib/dyocense.db", ", database postgresql://"]);
  assert.equal(transcript.match(/"rows_read":\d+/g).length, 2);
  const [file, server] = transcript.match(/"predictions":\[[^\]]+\]/g);
  assert.equal(server, file, "the same data, the same numbers");
  assert.match(transcript, /^gone$/m);
});

/** What somebody types in that root; there is no systemd in it, so daemon and server are started by hand. A server outside of the root
 *  would not do: what is in it does not see another's socket. */
const first = `set -e
export DEBIAN_FRONTEND=noninteractive
first_result() {
  dyocensed serve --port 0 > log 2>&1 &
  daemon=$!
  until grep ' on http:' log; do kill -0 $daemon || { cat log >&2; exit 1; }; sleep 0.1; done
  T="Authorization: Bearer $(grep -o 'dyo_[A-Za-z0-9_-]*' log | head -n 1)"; API=$(grep -o 'http:[^,]*' log | head -n 1)/api/v1
  curl -fsS -H "$T" --data-binary @sales.csv "$API/connectors/upload?name=sales.csv" | cut -c1-200; echo
  curl -fsS -H "$T" -d '{"metric_name":"units","dimensions":{"sku":"BOLT-M8"},"forecast_horizon":14}' "$API/forecaster/create"; echo
  dyocensed doctor
  kill $daemon; wait $daemon
}
trap 'kill $daemon 2> /dev/null || true; [ -z "$cluster" ] || pg_ctlcluster $cluster stop' EXIT
apt-get install -qq -y ./dyocensed.deb > /dev/null 2>&1
dyocensed --version
export DYOCENSE_DB=/var/lib/dyocense.db
first_result

apt-get install -qq -y --no-install-recommends postgresql > /dev/null 2>&1
cluster=$(pg_lsclusters -h | cut -d ' ' -f 1,2); port=$(pg_lsclusters -h | awk '{ print $3 }')
pg_lsclusters -h | grep -q online || pg_ctlcluster $cluster start
runuser -u postgres -- psql -q -p $port -c "CREATE ROLE dyocense LOGIN PASSWORD 'secret'" -c "CREATE DATABASE dyocense OWNER dyocense ENCODING 'UTF8' TEMPLATE template0"
printf '[dyocense]\nhost=127.0.0.1\nport=%s\ndbname=dyocense\nuser=dyocense\npassword=secret\n' $port > /etc/pg_service.conf
export PGSERVICEFILE=/etc/pg_service.conf DYOCENSE_DB=postgresql://?service=dyocense DYOCENSE_LOCAL=/var/lib/dyocense
first_result
dpkg -r dyocensed > /dev/null 2>&1; dpkg -P dyocensed > /dev/null 2>&1
[ -e /usr/bin/dyocensed ] || [ -e /etc/default/dyocensed ] || echo gone
`;
