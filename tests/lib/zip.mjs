// Zip archives and small workbooks in memory, for tests and benches. Nothing but node:zlib.
import { deflateRawSync } from "node:zlib";

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

export function crc32(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

const le = (...pairs) => {
  const out = Buffer.alloc(pairs.reduce((n, [, size]) => n + size, 0));
  let at = 0;
  for (const [value, size] of pairs) at = out.writeUIntLE(value, at, size);
  return out;
};

/** A zip archive of { name: text or bytes }. */
export function zip(files, { level = 6 } = {}) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data, { level });
    const title = Buffer.from(name);
    // Version 2.0, no flags, deflated, 1 January 2024.
    const common = le(
      [20, 2],
      [0, 2],
      [8, 2],
      [0x58210000, 4],
      [crc32(data), 4],
      [packed.length, 4],
      [data.length, 4],
      [title.length, 2],
      [0, 2],
    );
    const local = Buffer.concat([le([0x04034b50, 4]), common, title, packed]);
    directory.push(le([0x02014b50, 4], [20, 2]), common, le([0, 6], [0, 4], [offset, 4]), title);
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const n = parts.length;
  return Buffer.concat([
    ...parts,
    list,
    le([0x06054b50, 4], [0, 4], [n, 2], [n, 2], [list.length, 4], [offset, 4], [0, 2]),
  ]);
}

const escape = (s) => String(s).replace(/[&<>"]/g, (c) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot" }[c]};`);
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const doc = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const column = (i) => (i < 26 ? "" : column(Math.floor(i / 26) - 1)) + String.fromCharCode(65 + (i % 26));

/** What stands in sheetData. A cell is a number, a text, true or false, null, { date: serial } or { xml: "<c .../>" }. */
function rowsXml(rows, strings) {
  const out = [];
  rows.forEach((cells, r) => {
    if (!cells) return;
    out.push(`<row r="${r + 1}">`);
    cells.forEach((v, i) => {
      const ref = `r="${column(i)}${r + 1}"`;
      if (v === null || v === undefined) return;
      if (typeof v === "number") out.push(`<c ${ref}><v>${v}</v></c>`);
      else if (typeof v === "boolean") out.push(`<c ${ref} t="b"><v>${Number(v)}</v></c>`);
      else if (v.date !== undefined) out.push(`<c ${ref} s="1"><v>${v.date}</v></c>`);
      else if (v.xml !== undefined) out.push(v.xml);
      else if (!strings) out.push(`<c ${ref} t="inlineStr"><is><t xml:space="preserve">${escape(v)}</t></is></c>`);
      else {
        if (!strings.has(v)) strings.set(v, strings.size);
        out.push(`<c ${ref} t="s"><v>${strings.get(v)}</v></c>`);
      }
    });
    out.push("</row>");
  });
  return out.join("");
}

/** The parts of a workbook, for zip(). sheets: { name: rows }; dateFormat: the code under which { date } cells stand, or a
 *  built-in id. */
export function workbookParts(sheets, { shared = true, date1904 = false, dateFormat = 14 } = {}) {
  const strings = shared ? new Map() : null;
  const names = Object.keys(sheets);
  const custom = typeof dateFormat === "string";
  const parts = {
    "[Content_Types].xml": `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
    "_rels/.rels": `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${doc}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${xml}<workbook ${main} xmlns:r="${doc}"><workbookPr${date1904 ? ' date1904="1"' : ""}/><sheets>${names.map((s, i) => `<sheet name="${escape(s)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names.map((_, i) => `<Relationship Id="rId${i + 1}" Type="${doc}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join("")}<Relationship Id="styles" Type="${doc}/styles" Target="styles.xml"/>${shared ? `<Relationship Id="strings" Type="${doc}/sharedStrings" Target="sharedStrings.xml"/>` : ""}</Relationships>`,
    "xl/styles.xml": `${xml}<styleSheet ${main}>${custom ? `<numFmts count="1"><numFmt numFmtId="164" formatCode="${escape(dateFormat)}"/></numFmts>` : ""}<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="${custom ? 164 : dateFormat}" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  };
  names.forEach((s, i) => {
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      `${xml}<worksheet ${main}><sheetData>${rowsXml(sheets[s], strings)}</sheetData></worksheet>`;
  });
  if (shared)
    parts["xl/sharedStrings.xml"] =
      `${xml}<sst ${main} uniqueCount="${strings.size}">${[...strings.keys()].map((t) => `<si><t xml:space="preserve">${escape(t)}</t></si>`).join("")}</sst>`;
  return parts;
}

export const workbook = (sheets, options) => zip(workbookParts(sheets, options));
