// SPDX-License-Identifier: GPL-3.0-or-later
// What stands around the text of every page. The policy lets a page load what lies beside it, on a host or on a disk, and nothing else.
const POLICY = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; base-uri 'none'; form-action 'none'";

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function menu(groups, url, up) {
  const item = ({ text, url: to }) => `<li><a href="${up}${to}"${to === url ? ' aria-current="page"' : ""}>${escape(text)}</a></li>`;
  return groups.map((g) => `<h2>${escape(g.heading)}</h2>\n<ul>\n${g.links.map(item).join("\n")}\n</ul>`).join("\n");
}

/** The headings of a long page, for those who look for one. */
function within(sections) {
  const parts = sections.filter((s) => s.level === 2);
  if (parts.length < 3) return "";
  const items = parts.map((s) => `<li><a href="#${s.anchor}">${escape(s.heading)}</a></li>`);
  return `<nav class="within" aria-label="On this page">\n<ul>\n${items.join("\n")}\n</ul>\n</nav>\n`;
}

export function page({ title, html, sections }, { url, groups, version, from }) {
  const up = "../".repeat(url.split("/").length - 1);
  const [head, rest] = html.split(/(?<=<\/h1>)/, 2);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escape(title === "Dyocense" ? title : `${title} – Dyocense`)}</title>
<link rel="icon" href="${up}assets/icon.svg">
<link rel="stylesheet" href="${up}assets/style.css">
<script src="${up}assets/search.js" defer data-up="${up}"></script>
</head>
<body>
<a class="skip" href="#text">Skip to the text</a>
<header>
<a class="home" href="${up}index.html">Dyocense</a>
<a class="to-menu" href="#pages">Pages</a>
<div class="search" role="search" hidden>
<input type="search" id="find" placeholder="Search" aria-label="Search the documentation" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list">
<ol id="found" role="listbox" aria-label="Pages found" hidden></ol>
<p id="count" role="status"></p>
</div>
</header>
<div class="sides">
<main id="text" tabindex="-1">
${head}
${within(sections)}${rest ?? ""}
<footer>Version ${escape(version)}, made from <code>${escape(from)}</code>. Nothing on this page comes from another host.</footer>
</main>
<nav class="menu" id="pages" aria-label="Pages">
${menu(groups, url, up)}
</nav>
</div>
</body>
</html>
`;
}
