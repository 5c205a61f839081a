// SPDX-License-Identifier: GPL-3.0-or-later
// What `cmake --install` lays down: a small program, its manual page, units that systemd takes, and a doctor who speaks in words.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nativePath, root } from "../lib/project.mjs";
import { command, scratch } from "./lib/daemon.mjs";

const prefix = scratch();
const there = (...path) => join(prefix, ...path);
const has = (tool) => !spawnSync(tool, ["--version"]).error;

test("the program is installed stripped and runs", () => {
  const r = spawnSync("cmake", ["--install", join(root, "build/release"), "--prefix", prefix, "--strip"], { encoding: "utf8" });
  assert.equal(r.status, 0, r.stderr);
  assert.ok(statSync(there("bin/dyocensed")).size < 3e6, "under 3 MB");
  assert.match(spawnSync(there("bin/dyocensed"), ["--version"], { encoding: "utf8" }).stdout, /^dyocensed \d/);
});

test("a fault of memory ends it rather than being a way in", { skip: !has("readelf") && "SKIPPED LOUDLY: there is no readelf" }, () => {
  const program = join(root, "build/release/dyocensed");
  const told = (...args) => spawnSync("readelf", ["-W", ...args, program], { encoding: "utf8", maxBuffer: 1 << 26 }).stdout;
  assert.match(told("-h"), /Type: +DYN/, "it is loaded where chance wants it");
  assert.match(told("-l"), /GNU_RELRO/);
  assert.match(told("-d"), /FLAGS_1.*\bNOW\b.*\bPIE\b/, "all is bound before it runs, and closed to writing");
  assert.match(told("-l"), /GNU_STACK +(0x0+ +){3}0x0+ +0x0+ +RW /, "no stack is run");
  const symbols = told("--dyn-syms");
  assert.match(symbols, /__stack_chk_fail@/, "stacks are guarded");
  for (const name of ["__memcpy_chk", "__snprintf_chk"]) assert.match(symbols, new RegExp(`${name}@`), "copies know how much room there is");
});

test("the manual page has every command and setting, and nothing that roff warns of", (t) => {
  const path = there("share/man/man1/dyocensed.1");
  const page = readFileSync(path, "utf8").replaceAll("\\-", "-");
  const commands = command(["--help"]).stdout.matchAll(/^ {2}([a-z]+) {2,}/gm);
  const settings = command(["serve", "--help"]).stdout.matchAll(/^ {2}(--[a-z-]+)/gm);
  const words = [...commands, ...settings].map((m) => m[1]);
  assert.ok(words.length > 30, words.join(" "));
  for (const word of words) assert.match(page, new RegExp(`^\\.B ${word}\\b`, "m"));
  if (!has("man")) return t.skip("SKIPPED LOUDLY: there is no man");
  const r = spawnSync("man", ["--warnings", "-l", path], { encoding: "utf8", env: { ...process.env, MANPAGER: "cat" } });
  assert.equal(r.stderr, "");
});

test("the units are such as systemd takes", (t) => {
  const unit = readFileSync(there("lib/systemd/system/dyocensed.service"), "utf8");
  const words = unit.match(/^ExecStart=(.*)\/dyocensed serve$/m);
  assert.ok(words, unit);
  for (const line of unit.matchAll(/^Environment=DYOCENSE_([A-Z_]+)=/gm))
    assert.match(command(["serve", "--help"]).stdout, new RegExp(`--${line[1].toLowerCase().replaceAll("_", "-")} `));
  if (!has("systemd-analyze")) return t.skip("SKIPPED LOUDLY: there is no systemd-analyze");
  const dir = scratch();
  const own = unit.replace(words[1], there("bin")).replace(/^Documentation=.*\n/m, "");
  writeFileSync(join(dir, "dyocensed.service"), own);
  writeFileSync(join(dir, "dyocensed.socket"), readFileSync(there("lib/systemd/system/dyocensed.socket"), "utf8").replace(/^Documentation=.*\n/m, ""));
  const r = spawnSync("systemd-analyze", ["verify", "--man=no", join(dir, "dyocensed.service"), join(dir, "dyocensed.socket")], { encoding: "utf8" });
  assert.doesNotMatch(r.stderr, /dyocensed/, r.stderr);
});

test("doctor says what is wrong and what to do", () => {
  const dir = scratch();
  const ask = (db) => command(["doctor", "--db", db]);
  assert.match(ask(join(dir, "new.db")).stdout, /^ok +database +not there yet; serve makes it$/m);
  const missing = ask(join(dir, "none/a.db"));
  assert.equal(missing.status, 1);
  assert.match(missing.stdout, /^PROBLEM +folder .*Make it, or name another file with --db\.$/m);
  writeFileSync(join(dir, "bad.db"), "no database at all");
  const bad = ask(join(dir, "bad.db"));
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /^PROBLEM +database .*is not a database, or it is damaged\..*restore a backup/m);
  const open = join(dir, "open.db");
  assert.equal(command(["token", "create", "--tenant", "t", "--scope", "read", "--db", open]).status, 0);
  chmodSync(open, 0o644);
  assert.match(ask(open).stdout, /^PROBLEM +rights +others may read the database\. chmod 600 it\.$/m);
  const early = spawnSync("faketime", ["2001-01-01 00:00:00", nativePath, "doctor", "--db", open], { encoding: "utf8" });
  if (!early.error) assert.match(early.stdout, /^PROBLEM +clock +it is 2001-01-01T.*Set the clock/m);
  if (process.getuid() === 0) {
    chmodSync(dir, 0o755), chmodSync(open, 0o600);
    const other = spawnSync("setpriv", ["--reuid=65534", "--clear-groups", nativePath, "doctor", "--db", open], { encoding: "utf8" });
    if (other.stdout) assert.match(other.stdout, /^PROBLEM +database .*open\.db: Permission denied\. Run this as the user it belongs to \(number 0\)/m);
  }
  const away = ask("postgresql://u:SECRET@127.0.0.1:1/x").stdout;
  if (!/has no PostgreSQL|without/.test(away)) assert.match(away, /^PROBLEM +database .*does not answer.*Start it, or mend host/m);
  assert.doesNotMatch(away, /SECRET/);
  mkdirSync(join(dir, "folder.db"));
  assert.match(ask(join(dir, "folder.db")).stdout, /^PROBLEM +database .*is not a file$/m);
});

test("a setting of the environment that there is not is told, with the one that was meant", () => {
  const ask = (more) => spawnSync(nativePath, ["serve", "--check-config"], { encoding: "utf8", env: { ...process.env, ...more } });
  const wrong = ask({ DYOCENSE_QUOTA_VALUE: "5" });
  assert.equal(wrong.status, 0);
  assert.match(JSON.parse(wrong.stderr).message, /^DYOCENSE_QUOTA_VALUE: there is no setting "quota_value"; did you mean "quota_values"\?$/);
  assert.match(wrong.stdout, /^quota_values = 0$/m);
  assert.equal(ask({ DYOCENSE_QUOTA_VALUES: "5", DYOCENSE_MASTER_KEY: "k" }).stderr, "");
});
