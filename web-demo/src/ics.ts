// SPDX-License-Identifier: GPL-3.0-or-later
// Shifts as a calendar file (RFC 5545). Times are given in UTC, so that every calendar shows them at the same moment.
export interface Event {
  /** The same shift has the same one in every file. */
  uid: string;
  date: string;
  /** HH:MM by the reader's clock; an end at or before the start is on the next day. */
  from: string;
  to: string;
  title: string;
}

const DAY = 24 * 60;
const minutes = (t: string): number => Number(t.slice(0, -3)) * 60 + Number(t.slice(-2));
const stamp = (d: Date): string => d.toISOString().replace(/[-:]|\.\d+/g, "");
const text = (s: string): string => s.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

/** Lines of at most 75 bytes; what is longer goes on after a blank, and no letter is cut. */
function fold(line: string): string {
  const out: string[] = [];
  let [now, size] = ["", 0];
  for (const letter of line) {
    const bytes = new TextEncoder().encode(letter).length;
    if (size + bytes > 75) {
      out.push(now);
      [now, size] = [" ", 1];
    }
    now += letter;
    size += bytes;
  }
  return [...out, now].join("\r\n");
}

function at(date: string, minute: number): string {
  const [y, m, d] = date.split("-").map(Number) as [number, number, number];
  return stamp(new Date(y, m - 1, d, 0, minute));
}

export function calendar(events: readonly Event[], now: Date): string {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dyocense//Roster//EN", "CALSCALE:GREGORIAN"];
  for (const e of events) {
    const [from, to] = [minutes(e.from), minutes(e.to)];
    lines.push(
      "BEGIN:VEVENT",
      `UID:${text(e.uid)}@dyocense`,
      `DTSTAMP:${stamp(now)}`,
      `DTSTART:${at(e.date, from)}`,
      `DTEND:${at(e.date, to > from ? to : to + DAY)}`,
      `SUMMARY:${text(e.title)}`,
      "END:VEVENT",
    );
  }
  return [...lines, "END:VCALENDAR", ""].map(fold).join("\r\n");
}
