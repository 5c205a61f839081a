// SPDX-License-Identifier: GPL-3.0-or-later
// The search box. The index is a script beside the pages, fetched when somebody begins to search; nothing leaves the page.
"use strict";

/** The sections that have every word of the query, the best first: those with it in a heading before those with it in the text. A
 *  word counts where one begins with it. */
globalThis.dyoSearch = (index, query, most = 12) => {
  const split = (text) => text.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
  const words = split(query);
  if (words.length === 0) return [];
  const found = [];
  index.forEach(([url, title, heading, text], place) => {
    const [inTitle, inHeading, inText] = [split(title), split(heading), split(text)];
    const begins = (list, word) => list.some((w) => w.startsWith(word));
    const whole = (list, word) => list.includes(word);
    let score = 0;
    for (const word of words) {
      const points =
        8 * whole(inHeading, word) + 5 * begins(inHeading, word) + 3 * whole(inTitle, word) + 2 * begins(inTitle, word) + 2 * whole(inText, word) + begins(inText, word);
      if (points === 0) return;
      score += points;
    }
    if (title.toLowerCase() === query.trim().toLowerCase() && !url.includes("#")) score += 100;
    found.push({ url, title, heading, text, score, place });
  });
  return found.sort((a, b) => b.score - a.score || a.place - b.place).slice(0, most);
};

/** A piece of a section's text around the first word that was asked for. */
globalThis.dyoPiece = (text, query, length = 110) => {
  const [word = ""] = query.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 40);
  const from = at === 0 ? 0 : text.indexOf(" ", at) + 1;
  return `${from > 0 ? "… " : ""}${text.slice(from, from + length)}${text.length > from + length ? " …" : ""}`;
};

if (globalThis.document) {
  const { up } = document.currentScript.dataset;
  const [input, list, count] = ["find", "found", "count"].map((id) => document.getElementById(id));
  let fetched = false;
  let chosen = -1;

  const fetchIndex = () => {
    if (fetched) return;
    fetched = true;
    const script = document.createElement("script");
    script.src = `${up}assets/search-index.js`;
    script.addEventListener("load", show);
    document.head.append(script);
  };

  function choose(i) {
    chosen = i;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === i)));
    if (list.children[i]) input.setAttribute("aria-activedescendant", list.children[i].id);
    else input.removeAttribute("aria-activedescendant");
    list.children[i]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function show() {
    const query = input.value;
    if (!globalThis.dyoIndex || !query.trim()) {
      count.textContent = "";
      return close();
    }
    const found = globalThis.dyoSearch(globalThis.dyoIndex, query);
    list.replaceChildren(
      ...found.map((f, i) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const piece = document.createElement("small");
        item.id = `found-${i}`;
        item.setAttribute("role", "option");
        link.href = up + f.url;
        link.tabIndex = -1;
        link.textContent = f.heading === f.title ? f.title : `${f.title}: ${f.heading}`;
        piece.textContent = globalThis.dyoPiece(f.text, query);
        link.append(piece);
        item.append(link);
        return item;
      }),
    );
    count.textContent = found.length ? `${found.length} found` : "Nothing found";
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    choose(-1);
  }

  input.addEventListener("focus", fetchIndex);
  input.addEventListener("input", show);
  input.addEventListener("keydown", (e) => {
    const last = list.children.length - 1;
    if (e.key === "ArrowDown" && !list.hidden) choose(chosen === last ? 0 : chosen + 1);
    else if (e.key === "ArrowUp" && !list.hidden) choose(chosen <= 0 ? last : chosen - 1);
    else if (e.key === "Enter" && !list.hidden) list.children[Math.max(chosen, 0)].querySelector("a").click();
    else if (e.key === "Escape") close();
    else return;
    e.preventDefault();
  });
  list.addEventListener("click", close);
  document.addEventListener("click", (e) => !e.target.closest(".search") && close());
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input")) return;
    e.preventDefault();
    input.focus();
  });
  input.parentElement.hidden = false;
}
