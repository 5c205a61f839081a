// SPDX-License-Identifier: GPL-3.0-or-later
// For the build: the blanks with which templates and style sheets are laid out in the sources, which the minifier must take for text.
const TAGS = new Set(["html", "svg", "css"]);

const blanks = (text) => text.replace(/\s*\n\s*/g, "\n").replace(/[ \t]+/g, " ");
const sheet = (text) =>
  text
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};]) ?/g, "$1")
    .replace(/(?<=[{;][\w-]+): /g, ":")
    .replace(/;}/g, "}");
/** Between an element's own attributes, and between blocks, a line's end is a blank like others. */
const page = (text) => blanks(text).replaceAll("\n", " ");

/** Every tagged template below a node of the syntax tree. */
function* templates(node) {
  if (Array.isArray(node)) for (const one of node) yield* templates(one);
  else if (node && typeof node.type === "string") {
    if (node.type === "TaggedTemplateExpression" && TAGS.has(node.tag.name)) yield node;
    for (const [key, value] of Object.entries(node)) if (key !== "parent" && value && typeof value === "object") yield* templates(value);
  }
}

export function templatesShort() {
  return {
    name: "templates",
    apply: "build",
    enforce: "post",
    transform(code, id) {
      if (!id.includes("/src/") || !/\b(?:html|svg|css)`/.test(code)) return undefined;
      const parts = [...templates(this.parse(code))].flatMap((t) => t.quasi.quasis.map((q) => ({ at: q.start, to: q.end, how: t.tag.name === "css" ? sheet : page })));
      parts.sort((a, b) => b.at - a.at);
      for (const { at, to, how } of parts) code = code.slice(0, at) + how(code.slice(at, to)) + code.slice(to);
      return { code, map: null };
    },
  };
}
