// SPDX-License-Identifier: GPL-3.0-or-later
// One Markdown file to HTML: anchors for headings, links led to where the site has things, and the words of each section for the search.
import { posix } from "node:path";
import MarkdownIt from "markdown-it";

const md = new MarkdownIt({ html: false, linkify: false });
// Tables and code may be wider than a phone: then they scroll by themselves, by keyboard too. A table of sentences in three columns or
// more is stacked there instead, cell below cell, each under the name of its column.
const sentence = 30; // characters
md.core.ruler.push("tables", ({ tokens }) => {
  tokens.forEach((table, i) => {
    if (table.type !== "table_open") return;
    const own = tokens.slice(i, tokens.findIndex((t, k) => k > i && t.type === "table_close"));
    const heads = own.flatMap((t, k) => (t.type === "th_open" ? [wordsOf(own[k + 1])] : []));
    if (heads.length < 3) return;
    const stacked = own.some((t) => t.type === "inline" && t.content.length > sentence);
    table.attrSet("class", stacked ? "stacked" : "figures");
    let column = 0;
    for (const t of own) {
      if (t.type === "tr_open") column = 0;
      if (t.type === "td_open" && column++ > 0 && stacked && heads[column - 1]) t.attrSet("data-label", heads[column - 1]);
    }
  });
});
md.renderer.rules.table_open = (tokens, i, options, env, self) => `<div class="wide" tabindex="0">${self.renderToken(tokens, i, options)}`;
const { fence } = md.renderer.rules;
md.renderer.rules.fence = (...args) => fence(...args).replace(/^<pre/, '<pre tabindex="0"');
md.renderer.rules.table_close = () => "</table></div>\n";

/** The name of a heading within its page, as GitHub makes it. */
export const anchorOf = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

const wordsOf = (inline) =>
  (inline.children ?? []).map((t) => (["text", "code_inline"].includes(t.type) ? t.content : t.type.endsWith("break") ? " " : "")).join("");

/** Headings get ids, each once; answers the sections they begin: { anchor, heading, text }. */
function sectionsOf(tokens) {
  const used = new Map();
  const sections = [];
  tokens.forEach((token, i) => {
    if (token.type === "heading_open") {
      const heading = wordsOf(tokens[i + 1]);
      const name = anchorOf(heading);
      const times = used.get(name) ?? 0;
      used.set(name, times + 1);
      const anchor = times ? `${name}-${times}` : name;
      token.attrSet("id", anchor);
      sections.push({ anchor, heading, level: Number(token.tag[1]), text: "" });
    } else if (["inline", "fence", "code_block"].includes(token.type) && tokens[i - 1]?.type !== "heading_open" && sections.length > 0)
      sections.at(-1).text += ` ${token.type === "inline" ? wordsOf(token) : token.content}`;
  });
  return sections;
}

/** Every link and picture of the tokens: [token, its attribute]. */
function* linksOf(tokens) {
  for (const token of tokens)
    for (const child of token.children ?? []) {
      if (child.type === "link_open") yield [child, "href"];
      if (child.type === "image") yield [child, "src"];
    }
}

/** { title, html, sections } of a text. `place(target)` says where a file of the repository, named from its root, is on the site as
 *  seen from this page, or throws; addresses of other hosts and anchors stay. */
export function render(text, file, place) {
  const tokens = md.parse(text, {});
  const sections = sectionsOf(tokens);
  if (sections[0]?.level !== 1) throw new Error(`${file}: does not begin with a heading of its own`);
  for (const [token, attribute] of linksOf(tokens)) {
    const to = token.attrGet(attribute);
    if (/^[a-z]+:|^#/.test(to)) continue;
    const [path, anchor] = to.split("#");
    token.attrSet(attribute, place(posix.join(posix.dirname(file), decodeURI(path))) + (anchor ? `#${anchor}` : ""));
  }
  return { title: sections[0].heading, html: md.renderer.render(tokens, md.options, {}), sections };
}

/** The lists of links of a text, by the heading above them: [{ heading, links: [{ text, to }] }]. */
export function contents(text) {
  const tokens = md.parse(text, {});
  const groups = [];
  tokens.forEach((token, i) => {
    if (token.type === "heading_open" && token.tag === "h2") groups.push({ heading: wordsOf(tokens[i + 1]), links: [] });
    if (token.type !== "list_item_open" || groups.length === 0) return;
    const inline = tokens[i + 2];
    const at = inline.children.findIndex((t) => t.type === "link_open");
    if (at >= 0) groups.at(-1).links.push({ text: inline.children[at + 1].content, to: inline.children[at].attrGet("href") });
  });
  return groups.filter((g) => g.links.length > 0);
}
