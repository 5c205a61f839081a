// SPDX-License-Identifier: GPL-3.0-or-later
// The package as a user gets it: packed, and installed from the tarball into an empty folder.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { harris, root } from "./helpers.mjs";

/** A folder in which the package is a link to what was built: for what does not depend on what the tarball holds. { folder, write, remove }. */
export function linked() {
  const folder = mkdtempSync(join(tmpdir(), "dyocense-link-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/dyocense"));
  return {
    folder,
    write: (name, text) => writeFileSync(join(folder, name), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A folder with node_modules/dyocense, and { tarball, files, write(name, text), run(args), remove() }. */
export function installed() {
  const folder = mkdtempSync(join(tmpdir(), "dyocense-pack-"));
  const npm = (args, cwd) =>
    execFileSync("npm", [...args, "--no-audit", "--no-fund", "--ignore-scripts"], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  const [packed] = JSON.parse(npm(["pack", "--json", "--pack-destination", folder], root));
  const tarball = join(folder, packed.filename);
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write("package.json", JSON.stringify({ name: "app", private: true, type: "module" }));
  npm(["install", "--offline", tarball], folder);
  return {
    folder,
    tarball,
    packed,
    write,
    run: (...args) =>
      execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The three lines of the README, from an entry. */
export const three = (entry, then = "console.log(answer.eoq);") => `import { load } from "${entry}";
const answer = await (await load()).inventory.eoq(${JSON.stringify(harris)});
${then}
`;
