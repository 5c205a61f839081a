// The dated series of ../shared/data/series, and where its other files are.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const shared = (name) => fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url));

/** The rows of a CSV file of the series, as objects of texts. */
export function table(file) {
  const [head, ...lines] = readFileSync(shared(`data/series/${file}`), "utf8").trim().split("\n");
  const names = head.replaceAll('"', "").trim().split(",");
  return lines.map((line) => {
    const cells = line.replaceAll('"', "").trim().split(",");
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}
