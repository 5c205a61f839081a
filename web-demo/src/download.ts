// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves the page: files the person asks for.
import { T } from "./texts.js";
import { isoDay, longDay } from "./format.js";

type Cell = string | number | null;

/** Hands a text over as a file. */
export function save(name: string, type: string, what: string | Blob): void {
  const url = URL.createObjectURL(typeof what === "string" ? new Blob([what], { type }) : what);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A cell that a spreadsheet could take for a formula gets an apostrophe in front; quotes where RFC 4180 wants them. */
function cell(v: Cell): string {
  if (v === null) return "";
  if (typeof v === "number") return Number.isFinite(v) ? String(v) : "";
  const safe = /^[=+\-@\t\r]/.test(v) && !Number.isFinite(Number(v)) ? `'${v}` : v;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180, UTF-8, a header, a decimal point, full precision. */
export const csv = (head: readonly string[], rows: readonly (readonly Cell[])[]): string => lines([head, ...rows]);

const lines = (rows: readonly (readonly Cell[])[]): string => rows.map((r) => `${r.map(cell).join(",")}\r\n`).join("");

/** Rows that are written between two pauses: a long file does not stop the page. */
const SLICE = 2000;

export async function saveCsv(name: string, head: readonly string[], rows: Iterable<readonly Cell[]>): Promise<void> {
  const type = "text/csv;charset=utf-8";
  const parts: string[] = [];
  let slice: (readonly Cell[])[] = [head];
  for (const row of rows) {
    if (slice.push(row) < SLICE) continue;
    parts.push(lines(slice));
    slice = [];
    await new Promise((go) => setTimeout(go));
  }
  save(`${name}-${isoDay(new Date())}.csv`, type, new Blob([...parts, lines(slice)], { type }));
}

const DRAWN = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "fill-opacity",
  "opacity",
  "paint-order",
  "font-size",
  "font-weight",
  "text-anchor",
];

/** The picture as it is drawn now, on its own: styles written into it, with title and date. */
export function standalone(title: string, picture: SVGSVGElement): string {
  const copy = picture.cloneNode(true) as SVGSVGElement;
  const from = [...picture.querySelectorAll<SVGElement>("*")];
  const to = [...copy.querySelectorAll<SVGElement>("*")];
  from.forEach((el, i) => {
    const style = getComputedStyle(el);
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      if (value && value !== "normal") to[i]?.setAttribute(name, value);
    }
    to[i]?.removeAttribute("class");
  });
  return framed(title, picture, copy);
}

function framed(title: string, picture: SVGSVGElement, copy: SVGSVGElement): string {
  for (const name of ["role", "tabindex", "aria-label", "class"]) copy.removeAttribute(name);
  copy.setAttribute("x", String(SPACE));
  copy.setAttribute("y", String(SPACE + HEAD));
  const inner = new XMLSerializer().serializeToString(copy).replace(/<!--.*?-->/gs, "");
  return sheet(title, sheetOf(picture, picture.width.baseVal.value, picture.height.baseVal.value), inner);
}

const SPACE = 24;
const HEAD = 44;

/** What a picture stands on: its size, and ink, paper and font as they are around an element. */
export interface Sheet {
  width: number;
  height: number;
  ink: string;
  paper: string;
  font: string;
}

export function sheetOf(el: Element, width: number, height: number): Sheet {
  const style = getComputedStyle(el);
  const paper = style.getPropertyValue("--dyo-paper") ? getComputedStyle(document.body).backgroundColor : "white";
  return { width, height, ink: style.color, paper, font: style.fontFamily };
}

/** A whole picture: title and date, and below them `inner`, which begins at 24, 68. */
export function sheet(title: string, s: Sheet, inner: string): string {
  const width = s.width + 2 * SPACE;
  const height = s.height + HEAD + 2 * SPACE;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"
    font-family="${escaped(s.font)}">
<title>${escaped(title)}</title><rect width="100%" height="100%" fill="${s.paper}"/>
<text x="${SPACE}" y="${SPACE + 14}" font-size="16" font-weight="600" fill="${s.ink}">${escaped(title)}</text>
<text x="${SPACE}" y="${SPACE + 32}" font-size="12" fill="${s.ink}" fill-opacity="0.7">${escaped(T.chart.made(longDay(new Date())))}</text>
${inner}
</svg>
`;
}

export const escaped = (s: string): string => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A whole picture as a file. */
export function saveSvg(name: string, text: string): void {
  save(`${name}-${isoDay(new Date())}.svg`, "image/svg+xml", text);
}

/** No side of a picture in points is longer than browsers draw. */
const LONGEST = 16_000;

/** The same as PNG, at twice its size. */
export async function savePng(name: string, text: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const { naturalWidth: wide, naturalHeight: high } = image;
    const times = Math.min(2, LONGEST / Math.max(wide, high));
    const canvas = document.createElement("canvas");
    canvas.width = times * wide;
    canvas.height = times * high;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (blob) save(`${name}-${isoDay(new Date())}.png`, "image/png", blob);
  } finally {
    URL.revokeObjectURL(url);
  }
}
