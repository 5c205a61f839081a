// SPDX-License-Identifier: GPL-3.0-or-later

/** Restricted Damerau-Levenshtein distance: insert, delete, replace, swap of neighbours. */
function distance(a: string, b: string): number {
  const d: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(d[i - 1]![j]! + 1, row[j - 1]! + 1, d[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, d[i - 2]![j - 2]! + 1);
    }
    d.push(row);
  }
  return d[a.length]![b.length]!;
}

/** The name that was probably meant. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  if (word.length > 48) return undefined;
  const [best] = names.map((name) => ({ name, off: distance(word, name) })).sort((x, y) => x.off - y.off);
  return best && best.off < Math.floor(word.length / 3) + 2 ? best.name : undefined;
}
