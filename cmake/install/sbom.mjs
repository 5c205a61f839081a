// SPDX-License-Identifier: GPL-3.0-or-later
// sbom.mjs PROGRAM VERSION - a bill of materials of the program as CycloneDX 1.5: what is linked into it, from the pins of
// cmake/third-party/sources.cmake, and what it loads, as its own header and the package system say.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const [program, version] = process.argv.slice(2);

function output(command, args) {
  const r = spawnSync(command, args, { encoding: "utf8" });
  if (r.error || r.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${r.error?.message ?? r.stderr}`);
  return r.stdout;
}

const licences = { gsl: "GPL-3.0-or-later", lpsolve: "LGPL-2.1-or-later", cjson: "MIT", zlib: "Zlib", expat: "MIT" };

/** What is built from pinned sources: Debian's version, with the digest of the sources. */
function linked() {
  const text = readFileSync(new URL("cmake/third-party/sources.cmake", root), "utf8");
  const pins = [...text.matchAll(/set\(DYO_PIN_(\w+)\s+PACKAGE (\S+)[\s\S]*?ORIG\s+\S+\s+([0-9a-f]{64})\s+PATCHES (\S+)/g)];
  if (pins.length === 0) throw new Error("no pins in cmake/third-party/sources.cmake");
  return pins.map(([, name, source, digest, debian]) => {
    if (!licences[name]) throw new Error(`the licence of ${name} is not known here`);
    const purl = `pkg:deb/debian/${source}@${encodeURIComponent(debian)}?arch=source`;
    return { type: "library", "bom-ref": purl, name: source, version: debian, purl, licenses: [{ license: { id: licences[name] } }], hashes: [{ alg: "SHA-256", content: digest }] };
  });
}

/** What the program's header asks to be loaded, by the packages it comes in. */
function loaded() {
  const wanted = [...output("readelf", ["-d", program]).matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((m) => m[1]);
  const places = new Map([...output("ldd", [program]).matchAll(/(\S+) (?:=> (\S+) )?\(0x/g)].map((m) => [m[1].replace(/.*\//, ""), m[2] ?? m[1]]));
  const spellings = (place) => [place, `/usr${place}`, place.replace(/^\/usr/, "")]; // as the package has it: /lib may be a link
  const owners = spawnSync("dpkg", ["-S", ...wanted.flatMap((name) => spellings(places.get(name)))], { encoding: "utf8" });
  const owner = new Map(owners.stdout.trim().split("\n").map((line) => line.split(": ").reverse()));
  const packages = new Map();
  for (const name of wanted) {
    const place = spellings(places.get(name)).find((at) => owner.has(at));
    if (!place) throw new Error(`${places.get(name)} is of no package`);
    const id = owner.get(place);
    packages.set(id, [...(packages.get(id) ?? []), name]);
  }
  return [...packages].map(([id, names]) => {
    const [name, number, machine] = output("dpkg-query", ["-W", "-f", "${Package}\t${Version}\t${Architecture}", id]).split("\t");
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(number)}?arch=${machine}`;
    return { type: "library", "bom-ref": purl, name, version: number, purl, properties: names.sort().map((value) => ({ name: "dyocense:loads", value })) };
  });
}

const own = `pkg:generic/dyocensed@${version}`;
const components = [...linked(), ...loaded()].sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1));
const digest = createHash("sha256").update(readFileSync(program)).digest("hex");
const bytes = createHash("sha256").update(JSON.stringify([version, digest, components])).digest();
bytes[6] = (bytes[6] & 0x0f) | 0x80; // a UUID of version 8 (RFC 9562): the same for the same program
bytes[8] = (bytes[8] & 0x3f) | 0x80;
const uuid = bytes.toString("hex").slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  serialNumber: `urn:uuid:${uuid}`,
  version: 1,
  metadata: {
    timestamp: new Date(1000 * Number(process.env.SOURCE_DATE_EPOCH ?? 0)).toISOString(),
    component: { type: "application", "bom-ref": own, name: "dyocensed", version, purl: own, licenses: [{ license: { id: "GPL-3.0-or-later" } }], hashes: [{ alg: "SHA-256", content: digest }] },
  },
  components,
  dependencies: [{ ref: own, dependsOn: components.map((c) => c["bom-ref"]) }],
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
