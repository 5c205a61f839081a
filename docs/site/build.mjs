// SPDX-License-Identifier: GPL-3.0-or-later
// The documentation site, from the repository: every docs/**/*.md, the texts beside it, and a page for each operation of the table.
//
//   node docs/site/build.mjs [--out build/docs] [--program build/release/dyocensed]
//
// The result is plain files that link to each other by relative addresses: any static host serves them, and a disk does.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { contents, render } from "./markdown.mjs";
import { operationPage, operationsPage } from "./operations.mjs";
import { page } from "./page.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const assets = ["icon.svg", "search.js", "style.css"];

/** Files outside docs/ that are pages too, and their addresses. */
const beside = {
  "README.md": "overview.html",
  "js-bindings/README.md": "javascript.html",
  "ARCHITECTURE.md": "architecture.html",
  "CHANGELOG.md": "changelog.html",
  "CONTRIBUTING.md": "contributing.html",
  "SECURITY.md": "reporting.html",
  "THIRD-PARTY-NOTICES.md": "third-party-notices.html",
  "tests/README.md": "tests.html",
  "tests/fakes/README.md": "tests-fakes.html",
  "tests/fuzz/README.md": "tests-fuzz.html",
};

const byName = (a, b) => (a < b ? -1 : 1);

/** The Markdown files of docs/, in folders too. */
export function documents() {
  return readdirSync(join(root, "docs"), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && e.name.endsWith(".md"))
    .map((e) => relative(root, join(e.parentPath ?? e.path, e.name)).replaceAll("\\", "/"))
    .filter((file) => !file.includes("node_modules"))
    .sort(byName);
}

function described(program, args) {
  const r = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (r.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${r.error?.message ?? r.stderr}`);
  return JSON.parse(r.stdout);
}

/** { file, url, text } of every page there will be; `file` is what it comes from, or would be if it were one. */
function allPages(program) {
  const read = (file) => readFileSync(join(root, file), "utf8");
  const operations = described(program, ["ops", "--json"]).operations.map((o) => operationPage(root, described(program, ["describe", o.name])));
  const html = (file) => file.replace(/^docs\//, "").replace(/\.md$/, ".html");
  return [
    ...documents().map((file) => ({ file, url: html(file), text: read(file) })),
    ...Object.entries(beside).filter(([file]) => existsSync(join(root, file))).map(([file, url]) => ({ file, url, text: read(file) })),
    ...[operationsPage(operations), ...operations].map((o) => ({ ...o, url: html(o.file) })),
  ];
}

/** The menu: the lists of docs/index.md, then what they leave out, and on an operation's page the operations of its kind. */
function menuOf(pages, own) {
  const at = new Map(pages.map((p) => [p.file, p]));
  const told = contents(at.get("docs/index.md").text).map(({ heading, links }) => ({
    heading,
    links: links.map(({ text, to }) => ({ text, url: at.get(posix.join("docs", to.split("#")[0]))?.url })).filter((l) => l.url),
  }));
  const listed = new Set(told.flatMap((g) => g.links.map((l) => l.url)).concat("index.html"));
  const rest = pages.filter((p) => !listed.has(p.url) && !p.name).map((p) => ({ text: /^# (.*)$/m.exec(p.text)[1].replaceAll("`", ""), url: p.url }));
  const group = own.name?.split(".")[0];
  const kin = pages.filter((p) => group && p.name?.startsWith(`${group}.`)).map((p) => ({ text: p.name, url: p.url }));
  return [...(kin.length ? [{ heading: group, links: kin }] : []), ...told, ...(rest.length ? [{ heading: "More", links: rest }] : [])];
}

const most = 1500; // characters of a section that the search knows

export function build({ out, program }) {
  const pages = allPages(program);
  const urls = new Map(pages.map((p) => [p.file, p.url]));
  const version = /VERSION ([0-9.]+)/.exec(readFileSync(join(root, "CMakeLists.txt"), "utf8").split("project(")[1])[1];
  const copied = new Map();
  const index = [];
  rmSync(out, { recursive: true, force: true });

  /** Where a file of the repository is, from the page `own`: a page, or a copy of the file. */
  const place = (own) => (target) => {
    let to = urls.get(target);
    if (!to) {
      if (target.startsWith("..") || !existsSync(join(root, target)) || !statSync(join(root, target)).isFile())
        throw new Error(`${own.file}: a link to ${target}, which is no file`);
      to = `files/${target}`;
      copied.set(target, to);
    }
    return posix.relative(posix.dirname(own.url), to);
  };

  const write = (url, text) => {
    mkdirSync(dirname(join(out, url)), { recursive: true });
    writeFileSync(join(out, url), text);
  };
  for (const own of pages) {
    const made = render(own.text, own.file, place(own));
    write(own.url, page(made, { url: own.url, groups: menuOf(pages, own), version, from: own.name ? "core/ops/ops.c" : own.file }));
    made.sections.forEach((s, i) => index.push([i ? `${own.url}#${s.anchor}` : own.url, made.title, s.heading, s.text.replaceAll(/\s+/g, " ").trim().slice(0, most)]));
  }
  for (const [from, to] of copied) {
    mkdirSync(dirname(join(out, to)), { recursive: true });
    copyFileSync(join(root, from), join(out, to));
  }
  for (const name of assets) write(`assets/${name}`, readFileSync(join(root, "docs/site/assets", name)));
  write("assets/search-index.js", `globalThis.dyoIndex = ${JSON.stringify(index)};\n`);
  return { pages: pages.length, sections: index.length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "build/docs") }, program: { type: "string", default: join(root, "build/release/dyocensed") } } });
  const { pages, sections } = build(values);
  console.log(`${join(values.out, "index.html")}: ${pages} pages, ${sections} sections in the search`);
}
