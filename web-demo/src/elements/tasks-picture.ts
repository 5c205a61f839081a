// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks and people as a picture on its own, for a file: what each pair is worth, who does what, and the load of each person below.
import { escaped, sheet, sheetOf } from "../download.js";

const NAME = 190;
const PERSON = 108;
const ROW = 26;
const LONGEST = 26;

export interface PicturedPair {
  /** Empty: this person cannot do it. */
  worth: string;
  chosen: boolean;
}
export interface PicturedRow {
  name: string;
  pairs: readonly PicturedPair[];
}
export interface Pictured {
  title: string;
  people: readonly string[];
  rows: readonly PicturedRow[];
  /** Lines below: a name and a word for each person. */
  foot: readonly (readonly [string, readonly string[]])[];
}

const short = (s: string, most: number): string => (s.length > most ? `${s.slice(0, most - 1)}…` : s);

/** `host` gives font and colours. */
export function tasksPicture(p: Pictured, host: Element): string {
  const style = getComputedStyle(host);
  const [accent, line] = [style.getPropertyValue("--dyo-accent"), style.getPropertyValue("--dyo-line")].map((c) => resolved(host, c));
  const width = NAME + p.people.length * PERSON;
  const out: string[] = [];
  const text = (x: number, y: number, what: string, more = "") => out.push(`<text x="${x}" y="${y}" ${more}>${escaped(what)}</text>`);
  const rule = (y: number) => out.push(`<path d="M0 ${y}H${width}" stroke="${line}"/>`);
  const end = (i: number) => NAME + (i + 1) * PERSON - 8;
  p.people.forEach((name, i) => text(end(i), 17, short(name, LONGEST / 2), `text-anchor="end" font-weight="600"`));
  p.rows.forEach((r, i) => {
    const y = (i + 1) * ROW;
    rule(y);
    text(0, y + 17, short(r.name, LONGEST), `font-weight="600"`);
    r.pairs.forEach((c, k) => {
      if (c.chosen) out.push(`<rect x="${NAME + k * PERSON}" y="${y + 1}" width="${PERSON}" height="${ROW - 2}" fill="${accent}" fill-opacity="0.18"/>`);
      text(end(k), y + 17, c.chosen ? `✓ ${c.worth}` : c.worth || "–", `text-anchor="end" ${c.chosen ? `font-weight="700"` : `fill-opacity="0.7"`}`);
    });
  });
  p.foot.forEach(([name, words], i) => {
    const y = (p.rows.length + 1 + i) * ROW;
    if (!i) rule(y);
    text(0, y + 17, name, `font-weight="600"`);
    words.forEach((w, k) => text(end(k), y + 17, w, `text-anchor="end"`));
  });
  const on = sheetOf(host, width, (p.rows.length + 1 + p.foot.length) * ROW);
  return sheet(p.title, on, `<g font-size="12" fill="${on.ink}" transform="translate(24 68)">${out.join("")}</g>`);
}

/** A colour of the page as any reader of SVG knows it: light-dark() is settled by drawing with it. */
function resolved(host: Element, colour: string): string {
  const probe = document.createElement("i");
  probe.style.color = colour;
  host.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
