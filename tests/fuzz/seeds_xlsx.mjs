// Makes the first inputs of fuzz_xlsx.c: tests/fuzz/corpus/xlsx. The first byte says what the rest is, as there.
// node tests/fuzz/seeds_xlsx.mjs. The outcome is kept.
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/project.mjs";
import { workbook, workbookParts } from "../lib/zip.mjs";

const folder = join(process.env.DYO_CORPUS ?? join(root, "tests/fuzz/corpus"), "xlsx");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const kinds = { file: 0, strings: 1, styles: 2, book: 3, rels: 4, root: 5, types: 6, sheet: 7 };
function add(kind, content, second = false) {
  const bytes = Buffer.concat([Buffer.from([kinds[kind] + (second ? 64 : 0)]), Buffer.from(content)]);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  writeFileSync(join(folder, `${kind}-${hash}`), bytes);
}

const table = [["date", "sku", "units"], null, [{ date: 45292 }, "A", 1.5], [{ date: 45293.75 }, "B", -2e-3]];
const parts = workbookParts({ Sales: table, Stock: table }, { date1904: true, dateFormat: "d mmm yyyy" });
add("file", workbook({ Sales: table, Stock: [[1]] }, { level: 9 }));
add("file", workbook({ a: [[{ date: 60 }, true]] }, { shared: false }), true);
add("strings", parts["xl/sharedStrings.xml"]);
add("styles", parts["xl/styles.xml"]);
add("book", parts["xl/workbook.xml"], true);
add("rels", parts["xl/_rels/workbook.xml.rels"]);
add("root", parts["_rels/.rels"]);
add("types", parts["[Content_Types].xml"]);
add("sheet", parts["xl/worksheets/sheet1.xml"]);

add(
  "strings",
  '<sst xml:space="preserve"><si><r><rPr/><t> a </t></r><r><t>b</t></r><rPh><t>c</t></rPh></si><si><t>_xD83D__xDE00__x0000__x000a_</t></si><si/></sst>',
);
const codes = [
  "yyyy-mm-dd hh:mm:ss",
  "[$-409]d mmm;@",
  "[h]:mm",
  '0.00" d"',
  "[Red]0;-0;0;@",
  "0.0E+0",
  "\\d_y*m",
  "h:mm AM/PM",
  "General",
];
const xfs = codes.map((_, i) => `<xf numFmtId="${170 + i}"/>`).join("");
const formats = codes
  .map((c, i) => `<numFmt numFmtId="${170 + i}" formatCode="${c.replaceAll('"', "&quot;")}"/>`)
  .join("");
add(
  "styles",
  `<styleSheet><numFmts>${formats}</numFmts><cellXfs>${xfs}<xf numFmtId="22"/><xf/></cellXfs></styleSheet>`,
);
add(
  "book",
  '<x:workbook xmlns:x="a" xmlns:r="b"><x:workbookPr date1904="true"/><x:sheets><x:sheet name="a" state="hidden" r:id="rId1"/><x:sheet name="b" r:id="rId2"/></x:sheets></x:workbook>',
);
add(
  "rels",
  '<Relationships><Relationship Id="rId1" Type="a/worksheet" Target="..\\xl/./worksheets/sheet1.xml"/><Relationship Id="e" Type="a/externalLink" Target="externalLinks/e.xml"/><Relationship Id="rId3" Type="x/hyperlink" Target="http://a" TargetMode="External"/></Relationships>',
);
add(
  "types",
  '<Types><Default Extension="bin" ContentType="a.macroEnabled"/><Override PartName="/a" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
);
for (const text of [
  '<row r="3"><c r="C3" t="inlineStr"><is><r><t xml:space="preserve"> a</t></r><rPh><t>x</t></rPh></is></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1</f><v>x</v></c><c t="d"><v>2024-02-29T12:00</v></c></row>',
  '<row><c s="1"><v>-1</v></c><c s="1"><v>59.9999999</v></c><c s="1"><v>2958465.999999</v></c><c><f>1</f></c><c><v>1e-400</v></c><c><v>0.10000000000000001</v></c><c r="XFD1"><v>1</v></c></row>',
  '<?xml version="1.0" encoding="UTF-16"?><worksheet/>',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>',
  '<?xml version="1.0"?><worksheet><extLst><ext><row/></ext></extLst><sheetData><row r="1048576"><c t="s"><v>1</v></c><!-- a --><c><v><![CDATA[1]]></v></c><?b?></row></sheetData><mergeCells/></worksheet>',
])
  add("sheet", text);
