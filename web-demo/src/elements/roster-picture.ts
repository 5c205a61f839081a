// SPDX-License-Identifier: GPL-3.0-or-later
// A roster as a picture on its own: every person, day, bar and the coverage below, for a file.
import { escaped, sheetOf, sheet } from "../download.js";
import type { Drawn, Grid } from "./roster-model.js";

const NAME = 150;
const DAY = 64;
const HEAD = 34;
const BAR = 20;
const FOOT = 22;

export interface Words {
  title: string;
  day: (d: number) => readonly string[];
  away: string;
  clock: (label: string) => string;
}

/** `host` gives font and colours: `colours` of the kinds in their order, and that of lines. */
export function rosterPicture(g: Grid, words: Words, host: Element, colours: readonly string[], line: string): string {
  const row = g.lanes * (BAR + 2) + 6;
  const body = HEAD + g.rows.length * row;
  const legend = body + g.covers.length * FOOT + 24;
  const width = NAME + g.days * DAY;
  const out: string[] = [];
  const text = (x: number, y: number, what: string, more = "") => out.push(`<text x="${x}" y="${y}" ${more}>${escaped(what)}</text>`);
  const rule = (x1: number, y1: number, x2: number, y2: number, wide = 1) => out.push(`<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${line}" stroke-width="${wide}"/>`);
  const at = (d: number) => NAME + d * DAY;
  const bar = (d: Drawn, x: number, y: number, wide: number) => {
    out.push(`<rect x="${x}" y="${y}" width="${wide}" height="${BAR}" rx="3" fill="${colours[d.kind] ?? line}" fill-opacity="0.22"/><rect x="${x}" y="${y}" width="3" height="${BAR}" fill="${colours[d.kind] ?? line}"/>`);
    if (wide > DAY / 2) text(x + 7, y + 14, d.label, `font-weight="600"`);
  };
  g.byDay.forEach((_, d) => {
    words.day(d).forEach((part, i) => text(at(d) + 5, 13 + 14 * i, part, i ? `fill-opacity="0.7"` : `font-weight="600"`));
    rule(at(d), 0, at(d), body + g.covers.length * FOOT, d && d % 7 === 0 ? 2 : 1);
  });
  g.rows.forEach((r, i) => {
    const y = HEAD + i * row;
    rule(0, y, width, y);
    text(0, y + 18, r.name.length > 21 ? `${r.name.slice(0, 20)}…` : r.name, `font-weight="600"`);
    r.cells.forEach((c, d) => {
      if (c.from) out.push(`<rect x="${at(d)}" y="${y + 4}" width="14" height="${BAR}" fill="${colours[c.from.kind] ?? line}" fill-opacity="0.22"/>`);
      const from = c.from ? 16 : 3;
      c.works.forEach((w, lane) => bar(w, at(d) + (w.over ? Math.max(from, 12) : from), y + 4 + lane * (BAR + 2), DAY - (w.over ? Math.max(from, 12) : from + 3)));
      if (c.away && !c.works.length) text(at(d) + 5, y + 18, words.away, `fill-opacity="0.7"`);
    });
  });
  g.covers.forEach((c, i) => {
    const y = body + i * FOOT;
    rule(0, y, width, y);
    text(0, y + 15, c.label);
    c.days.forEach((d, day) => d && text(at(day) + DAY / 2, y + 15, `${d.assigned}/${d.required}`, d.open ? `text-anchor="middle" font-weight="700" text-decoration="underline"` : `text-anchor="middle"`));
  });
  let x = 0;
  for (const c of g.covers) {
    out.push(`<rect x="${x}" y="${legend - 10}" width="11" height="11" rx="2" fill="${colours[c.kind] ?? line}"/>`);
    const said = `${c.label} ${words.clock(c.label)}`;
    text(x + 17, legend, said);
    x += 40 + said.length * 7;
  }
  const on = sheetOf(host, Math.max(width, x), legend + 8);
  return sheet(words.title, on, `<g font-size="12" fill="${on.ink}" transform="translate(24 68)">${out.join("")}</g>`);
}
