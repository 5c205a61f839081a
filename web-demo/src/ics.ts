// SPDX-License-Identifier: GPL-3.0-or-later
// Shifts and orders as a calendar file (RFC 5545). Times are given in UTC, so that every calendar shows them at the same moment; an order
// is due on a day, wherever the calendar is.
export interface Event {
  /** The same shift has the same one in every file. */
  uid: string;
  date: string;
  /** HH:MM by the reader's clock; an end at or before the start is on the next day. Absent: the whole day. */
  from?: string;
  to?: string;
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

function when(e: Event): string[] {
  if (!e.from || !e.to) {
    const next = new Date(Date.parse(e.date) + DAY * 60_000).toISOString().slice(0, 10);
    const day = (iso: string) => iso.replaceAll("-", "");
    return [`DTSTART;VALUE=DATE:${day(e.date)}`, `DTEND;VALUE=DATE:${day(next)}`, "TRANSP:TRANSPARENT"];
  }
  const [from, to] = [minutes(e.from), minutes(e.to)];
  return [`DTSTART:${at(e.date, from)}`, `DTEND:${at(e.date, to > from ? to : to + DAY)}`];
}

export function calendar(events: readonly Event[], now: Date): string {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dyocense//Page//EN", "CALSCALE:GREGORIAN"];
  for (const e of events) {
    lines.push("BEGIN:VEVENT", `UID:${text(e.uid)}@dyocense`, `DTSTAMP:${stamp(now)}`, ...when(e), `SUMMARY:${text(e.title)}`, "END:VEVENT");
  }
  return [...lines, "END:VCALENDAR", ""].map(fold).join("\r\n");
}
