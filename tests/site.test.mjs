// The documentation site as it is built: every document and operation has its page, every link leads somewhere, nothing is asked of
// another host, and the search finds what one looks for. web-demo/test/site.test.mjs looks at it in a browser.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { before, test } from "node:test";
import vm from "node:vm";
import { built, nativePath, operations, root } from "./lib/project.mjs";
import { scratch } from "./daemon/lib/daemon.mjs";

const out = scratch();
const pages = new Map(); // address -> HTML
const context = vm.createContext({});

before(async () => {
  const { build } = await import("../docs/site/build.mjs");
  build({ out, program: built(nativePath) });
  for (const e of readdirSync(out, { recursive: true, withFileTypes: true }))
    if (e.name.endsWith(".html")) pages.set(relative(out, join(e.parentPath ?? e.path, e.name)), readFileSync(join(e.parentPath ?? e.path, e.name), "utf8"));
  for (const name of ["search.js", "search-index.js"]) vm.runInContext(readFileSync(join(out, "assets", name), "utf8"), context);
});

const found = (query) => [...context.dyoSearch(context.dyoIndex, query)].map((f) => f.url);
const attributes = (html, name) => [...html.matchAll(new RegExp(`<(\\w+)[^>]*?\\s${name}="([^"]*)"`, "g"))].map((m) => ({ tag: m[1], to: m[2] }));

test("every operation and every document of docs/ has its page, and the menu leads to each document", async () => {
  for (const op of operations()) assert.match(pages.get(`operations/${op}.html`) ?? "", new RegExp(`<h1[^>]*>${op}</h1>[^]*<strong>After</strong> \\w`), op);
  const { documents } = await import("../docs/site/build.mjs");
  assert.ok(documents().length >= 6, `${documents()}`);
  const start = pages.get("index.html");
  for (const file of documents()) {
    const url = file.replace("docs/", "").replace(".md", ".html");
    assert.ok(pages.has(url), url);
    assert.ok(start.includes(`href="${url}"`), `the menu lacks ${url}`);
  }
});

test("every link leads to a file, and to a heading that is there", () => {
  const dead = [];
  let followed = 0;
  for (const [from, html] of pages)
    for (const { to } of [...attributes(html, "href"), ...attributes(html, "src")]) {
      if (/^(https?|mailto):/.test(to)) continue;
      followed++;
      const [path, anchor] = to.split("#");
      const file = path ? posix.join(dirname(from), decodeURI(path)) : from;
      const there = existsSync(join(out, file));
      if (!there || (anchor && pages.has(file) && !pages.get(file).includes(`id="${decodeURI(anchor)}"`))) dead.push(`${from}: ${to}`);
    }
  assert.deepEqual(dead, []);
  assert.ok(followed > 1500, `${followed} links`);
});

test("no page loads anything from another host, and its policy would not let it", () => {
  for (const [url, html] of pages) {
    const loads = [...attributes(html, "src"), ...attributes(html, "href").filter(({ tag }) => tag !== "a")];
    assert.deepEqual(loads.filter(({ to }) => /^[a-z]+:|^\/\//.test(to)), [], url);
    assert.match(html, /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:;/, url);
    assert.doesNotMatch(html, /<script>|<script [^>]*>[^<]|<style|\sstyle=|\son\w+=/, `${url} would need a weaker policy`);
    assert.match(html, /<meta name="viewport" content="width=device-width, initial-scale=1">/, url);
  }
  assert.doesNotMatch(readFileSync(join(out, "assets/style.css"), "utf8"), /url\(|@import/);
});

test("the search finds operations by name, fields, papers and words of the text", () => {
  assert.equal(found("inventory.eoq")[0], "operations/inventory.eoq.html");
  assert.equal(found("newsvendor")[0], "operations/inventory.newsvendor.html");
  assert.ok(found("holding_cost_rate").some((u) => u.startsWith("operations/inventory.eoq.html")));
  assert.ok(found("wagner whitin").some((u) => u.startsWith("operations/inventory.lot_sizing.html")));
  assert.ok(found("salesforce token").some((u) => u.startsWith("connectors.html")));
  assert.ok(found("prophet").some((u) => u.startsWith("forecasting.html")));
  assert.deepEqual(found("zzzyx"), []);
  assert.deepEqual(found(" "), []);
});
