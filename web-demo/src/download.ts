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
export function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function saveCsv(name: string, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  save(`${name}-${isoDay(new Date())}.csv`, "text/csv;charset=utf-8", csv(head, rows));
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
  const space = 24;
  const head = 44;
  const width = picture.width.baseVal.value + 2 * space;
  const height = picture.height.baseVal.value + head + 2 * space;
  const style = getComputedStyle(picture);
  const ink = style.color;
  const paper = style.getPropertyValue("--dyo-paper") ? getComputedStyle(document.body).backgroundColor : "white";
  for (const name of ["role", "tabindex", "aria-label", "class"]) copy.removeAttribute(name);
  copy.setAttribute("x", String(space));
  copy.setAttribute("y", String(space + head));
  const inner = new XMLSerializer().serializeToString(copy).replace(/<!--.*?-->/gs, "");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"
    font-family="${attr(style.fontFamily)}">
<title>${attr(title)}</title><rect width="100%" height="100%" fill="${paper}"/>
<text x="${space}" y="${space + 14}" font-size="16" font-weight="600" fill="${ink}">${attr(title)}</text>
<text x="${space}" y="${space + 32}" font-size="12" fill="${ink}" fill-opacity="0.7">${attr(T.chart.made(longDay(new Date())))}</text>
${inner}
</svg>
`;
}

const attr = (s: string): string => s.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export function saveSvg(name: string, title: string, picture: SVGSVGElement): void {
  save(`${name}-${isoDay(new Date())}.svg`, "image/svg+xml", standalone(title, picture));
}

/** The same picture as PNG, at twice its size. */
export async function savePng(name: string, title: string, picture: SVGSVGElement): Promise<void> {
  const text = standalone(title, picture);
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.naturalWidth;
    canvas.height = 2 * image.naturalHeight;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (blob) save(`${name}-${isoDay(new Date())}.png`, "image/png", blob);
  } finally {
    URL.revokeObjectURL(url);
  }
}
