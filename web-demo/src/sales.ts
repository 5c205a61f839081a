// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up daily sales of a hardware shop up to yesterday, as a file that its till could have written: days first, two rows that cannot
// be used, one bulk order. The same numbers at every call of a day. Stands alone, so that `./dev run` can send the daemon the same file.

const DAYS = 900;
const DAY = 86_400_000;
/** Share of a week's sales on each day, Sunday first: Saturday is busy, on Sunday the shop is open in the morning. */
const WEEK = [0.45, 1.0, 0.92, 0.95, 1.0, 1.18, 1.5];
/** Products that sell in the warm season, and by how much. */
const SUMMER: Record<string, number> = { "SOIL-40": 0.75, "HOSE-20": 0.85, "PAINT-W10": 0.35, "PAINT-G25": 0.5, "ROLLER-25": 0.3, "LED-E27": -0.3, "BATT-AA": -0.2 };
/** Growth a year. */
const GROWTH: Record<string, number> = { "DRILL-18V": 0.18, "LED-E27": 0.12, "BATT-AA": 0.06, "CABLE-15": -0.08, "SCREW-4X40": 0.05 };

/** Uniform numbers from 0 to 1: mulberry32, by Tommy Ettinger. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A count with the given mean: Poisson by counting arrivals. */
function count(mean: number, next: () => number): number {
  const stop = Math.exp(-mean);
  let [n, p] = [0, next()];
  while (p > stop) [n, p] = [n + 1, p * next()];
  return n;
}

interface Sold {
  id: string;
  annual_demand: number;
}

/** The file's text. */
export function salesText(products: readonly Sold[], now: Date): string {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  const next = random(20250630);
  const rows: string[] = ["Date;Product;Quantity"];
  for (let back = DAYS; back >= 1; back--) {
    const day = new Date(today - back * DAY);
    for (const p of products) rows.push(`${written(day)};${p.id};${sold(p, day, back, next)}`);
  }
  rows[12_345] = rows[12_345]!.replace(/;\d+$/, ";ten");
  rows.splice(5_020, 0, "31/02/2024;TAP-KITCH;1");
  rows[18_000] = rows[18_000]!.replace(/;\d+$/, ";40"); // somebody bought for a building site
  return rows.join("\r\n") + "\r\n";
}

function sold(p: Sold, day: Date, back: number, next: () => number): number {
  const year = Math.cos((2 * Math.PI * (day.getTime() / DAY - 172)) / 365.25); // 1 at midsummer
  const level = (p.annual_demand / 365) * (1 + (GROWTH[p.id] ?? 0.02) * (1 - back / 365)) * (1 + (SUMMER[p.id] ?? 0.06) * year);
  const spread = Math.exp(0.25 * (next() + next() + next() - 1.5) * 2);
  return count(level * WEEK[day.getUTCDay()]! * spread, next);
}

const written = (d: Date): string =>
  [d.getUTCDate(), d.getUTCMonth() + 1].map((v) => String(v).padStart(2, "0")).join("/") + `/${d.getUTCFullYear()}`;
