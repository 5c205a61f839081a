// What a release is made of: the same bytes whenever it is packed, sums that hold, a bill of materials that names what is linked and
// loaded, one version everywhere, and no release without its section of the changelog.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bindingsDir, built, nativePath, root, wasmPath } from "./lib/project.mjs";

const script = join(root, "cmake/install/release.sh");
const release = (args, env = {}) => spawnSync("sh", [script, ...args], { encoding: "utf8", env: { ...process.env, ...env } });

function scratch(t) {
  const dir = mkdtempSync(join(tmpdir(), "dyocense-release-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const version = /^project\(dyocense VERSION ([0-9.]+)/m.exec(readFileSync(join(root, "CMakeLists.txt"), "utf8"))[1];

test("the version is the same everywhere", () => {
  const r = release(["version"]);
  assert.equal(r.stderr, "");
  assert.equal(r.stdout.trim(), version);
  assert.match(spawnSync(built(nativePath), ["--version"], { encoding: "utf8" }).stdout, new RegExp(`^dyocensed ${version.replaceAll(".", "\\.")}\n$`));
});

test("there are no notes, and so no release, without a section of the changelog", (t) => {
  const file = join(scratch(t), "CHANGELOG.md");
  const notes = (text) => {
    writeFileSync(file, text);
    return release(["notes"], { DYO_CHANGELOG: file });
  };
  const found = notes(`# Changelog\n\n## Unreleased\n\n- later\n\n## ${version} - 2026-11-27\n\n- what changed\n\n## 0.0.1\n\n- before\n`);
  assert.equal(found.status, 0, found.stderr);
  assert.equal(found.stdout.trim(), "- what changed");
  for (const text of ["## Unreleased\n\n- later\n", `## ${version}\n\n## 0.0.1\n\n- before\n`, `## ${version}0\n\n- another\n`]) {
    const r = notes(text);
    assert.equal(r.status, 1, text);
    assert.match(r.stderr, /has no section/);
  }
});

test("two packings are equal byte by byte, and their sums hold", (t) => {
  const dir = scratch(t);
  const module = join(dir, "module.wasm"); // what is packed beside the program does not matter here
  writeFileSync(module, "wasm");
  const [one, two] = [join(dir, "one"), join(dir, "two")];
  const page = join(dir, "page");
  mkdirSync(join(page, "assets"), { recursive: true });
  for (const name of ["index.html", "assets/b.js", "assets/a.js"]) writeFileSync(join(page, name), name);
  const env = { DYO_NATIVE: built(nativePath), DYO_WASM: module, DYO_PAGE: page, SOURCE_DATE_EPOCH: "1700000000" };
  const packed = (folder, more) => {
    const r = spawnSync("sh", ["-c", `umask ${more.umask}; exec sh "$0" files "$1"`, script, folder], { encoding: "utf8", env: { ...process.env, ...env, TZ: more.TZ } });
    assert.equal(r.status, 0, r.stderr);
  };
  packed(one, { umask: "022", TZ: "UTC" });
  packed(two, { umask: "077", TZ: "Asia/Tokyo" });
  const names = readdirSync(one);
  assert.equal(names.length, 5, names.join(" "));
  assert.deepEqual(readdirSync(two), names);
  for (const name of names) assert.ok(readFileSync(join(one, name)).equals(readFileSync(join(two, name))), name);
  assert.equal(release(["sums", one]).status, 0);
  const check = () => spawnSync("sha256sum", ["-c", "--strict", "SHA256SUMS"], { cwd: one, encoding: "utf8" });
  assert.equal(check().status, 0, check().stderr);
  writeFileSync(join(one, names[0]), "another");
  assert.equal(check().status, 1);
  const listed = spawnSync("tar", ["-tzf", join(two, `dyocensed-${version}-linux-${process.arch === "x64" ? "x86_64" : "aarch64"}.tar.gz`)], { encoding: "utf8" });
  assert.equal(listed.stdout, "dyocensed\n");
  const pages = spawnSync("tar", ["-tzf", join(two, `dyocense-page-${version}.tar.gz`)], { encoding: "utf8" });
  assert.deepEqual(pages.stdout.match(/[^\n]+/g), ["", "assets/", "assets/a.js", "assets/b.js", "index.html"].map((name) => `dyocense-page-${version}/${name}`));

  const bom = JSON.parse(readFileSync(join(two, `dyocensed-${version}.cdx.json`), "utf8"));
  assert.deepEqual([bom.bomFormat, bom.specVersion, bom.version], ["CycloneDX", "1.5", 1]);
  assert.match(bom.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const refs = bom.components.map((c) => c["bom-ref"]);
  assert.equal(new Set(refs).size, refs.length);
  assert.deepEqual(bom.dependencies, [{ ref: bom.metadata.component["bom-ref"], dependsOn: refs }]);
  const pins = [...readFileSync(join(root, "cmake/third-party/sources.cmake"), "utf8").matchAll(/^set\(DYO_PIN_(\w+)\n {2}PACKAGE (\S+)/gm)].map((m) => m[2]);
  for (const name of pins) {
    const found = bom.components.find((c) => c.name === name);
    assert.match(found.hashes[0].content, /^[0-9a-f]{64}$/, name);
    assert.ok(found.licenses[0].license.id, name);
  }
  const needed = [...spawnSync("readelf", ["-d", built(nativePath)], { encoding: "utf8" }).stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((m) => m[1]);
  const loads = bom.components.flatMap((c) => (c.properties ?? []).map((p) => p.value));
  assert.deepEqual(loads.sort(), needed.sort());
});

test("npm's tarball is the same whatever the modes and the times of a clone are", (t) => {
  const dir = scratch(t);
  const made = ["one", "two"].map((name, i) => {
    const from = join(dir, `package-${name}`);
    for (const part of ["dist", "LICENSE", "README.md", "THIRD-PARTY-NOTICES.md", "package.json"]) cpSync(built(join(bindingsDir, part)), join(from, part), { recursive: true });
    if (i === 1) for (const name of readdirSync(from)) chmodSync(join(from, name), name === "dist" ? 0o700 : 0o600);
    const r = release(["npm", join(dir, name)], { DYO_PACKAGE: from, TZ: i ? "Asia/Tokyo" : "UTC" });
    assert.equal(r.status, 0, r.stderr);
    assert.deepEqual(readdirSync(join(dir, name)), [`dyocense-${version}.tgz`]);
    return readFileSync(join(dir, name, `dyocense-${version}.tgz`));
  });
  assert.ok(made[0].equals(made[1]));
});

test("program and module do not say in which folder they were built", () => {
  for (const file of [nativePath, wasmPath]) {
    const bytes = readFileSync(built(file), "latin1");
    assert.doesNotMatch(bytes, /third-party\/src|\.\.\/src\//, file);
    assert.ok(!bytes.includes(root.replace(/\/$/, "")), `${file} names ${root}`);
    assert.match(bytes, /specfunc\/[a-z_]+\.c/, "GSL names its files, so that there is something to be seen here");
  }
});

test("a release made twice, in two folders from the beginning, is the same", { skip: !process.env.DYO_FULL && "takes two whole builds: DYO_FULL=1" }, () => {
  const r = spawnSync("sh", [join(root, "dev"), "reproduce"], { encoding: "utf8" });
  assert.equal(r.status, 0, r.stdout + r.stderr);
  assert.ok((r.stdout.match(/  equal$/gm) ?? []).length >= 7, r.stdout);
});
