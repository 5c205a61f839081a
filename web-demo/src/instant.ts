// SPDX-License-Identifier: GPL-3.0-or-later
export const DAY = 86_400_000;

/** Two digits of a text as a number; NaN or far out where they are none. */
const two = (s: string, at: number): number => s.charCodeAt(at) * 10 + s.charCodeAt(at + 1) - 528;

/** A date of the data as milliseconds: a day, or a day with its time. Charts ask for a hundred thousand at once; the browser's own reader
 * is asked for what is written otherwise. */
export function instant(iso: string): number {
  const n = iso.length;
  if ((n !== 10 && n !== 19) || iso.charCodeAt(4) !== 45 || iso.charCodeAt(7) !== 45) return Date.parse(n === 19 ? `${iso}Z` : iso);
  const y = two(iso, 0) * 100 + two(iso, 2);
  const m = two(iso, 5);
  const d = two(iso, 8);
  if (!(y >= 0 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= 31)) return NaN;
  const time = n === 10 ? 0 : two(iso, 11) * 3600 + two(iso, 14) * 60 + two(iso, 17);
  // Days of the civil calendar, with years that begin in March.
  const year = m > 2 ? y : y - 1;
  const month = m > 2 ? m - 3 : m + 9;
  const days = 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + Math.floor((153 * month + 2) / 5) + d - 719_469;
  return days * DAY + time * 1000;
}
