// The tables of faults in tests/README.md as data: which fault is shown by which tests. They are the only list there is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";

/** Letters of the text above a table: "F `faults.test.mjs`, …, on PostgreSQL Q `queue.test.mjs`", the last ones on a server. */
function lettersOf(text) {
  const alone = text.indexOf("on PostgreSQL");
  return new Map([...text.matchAll(/\b([A-Z]{1,2})\s(?:is\s)?`([\w./-]+)`/g)].map((m) => [m[1], { file: m[2], server: alone >= 0 && m.index > alone }]));
}

/** What a cell asks for: "S, D: *a full disk …*; W: *…*" as { file, server, pattern } each. */
function proceduresOf(cell, letters, above, row) {
  if (cell === "the same") return above;
  return cell.split(";").flatMap((part) => {
    const m = /^\s*([A-Z]{1,2}(?:, [A-Z]{1,2})*): (.*)$/.exec(part);
    const patterns = m ? [...m[2].matchAll(/\*([^*]+)\*/g)].map((p) => p[1]) : [];
    if (patterns.length === 0) throw new Error(`tests/README.md, "${row}": "${part}" names no test`);
    return m[1].split(", ").flatMap((letter) => {
      if (!letters.has(letter)) throw new Error(`tests/README.md, "${row}": nobody says what ${letter} is`);
      return patterns.map((pattern) => ({ ...letters.get(letter), pattern }));
    });
  });
}

/** The rows of each table below a heading "## Faults …": { fault, procedures, end }. */
export function faultRows(text = readFileSync(join(root, "tests/README.md"), "utf8")) {
  const sections = text.split(/^## /m).filter((s) => s.startsWith("Faults"));
  return sections.flatMap((section) => {
    const letters = lettersOf(section.split("\n|")[0]);
    let above = [];
    return [...section.matchAll(/^\| (.*) \|$/gm)].slice(1).map(([, line]) => {
      const [fault, cell, end] = line.split(" | ");
      above = proceduresOf(cell, letters, above, fault);
      return { fault, procedures: above, end };
    });
  });
}

/** Whether a test is meant: … stands for anything, also at the end; a path is the names of the suites and the test, with blanks between. */
export function isMeant(pattern, { name, path }) {
  const as = pattern.split("…").map((p) => p.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const whole = new RegExp(`^${as.join(".*")}`, "s");
  return whole.test(name) || whole.test(path);
}
