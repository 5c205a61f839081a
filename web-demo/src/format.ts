// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, money and dates as the reader's browser writes them. Digits are always 0-9, so that what is shown can be typed back.
// Formatters are slow to make (0.3 ms) and quick to use: each is made once.
import { DAY, instant } from "./instant.js";
import { T } from "./texts.js";

const LOCALE = canonical(`${navigator.language || "en"}-u-nu-latn`);
const numbers = new Map<string, Intl.NumberFormat>();

function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = Object.entries(options).join();
  let f = numbers.get(key);
  if (!f) numbers.set(key, (f = new Intl.NumberFormat(LOCALE, options)));
  return f;
}

function canonical(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? "en";
  } catch {
    return "en";
  }
}

/** A number with at most `digits` decimals; `fixed` keeps them all. */
export function num(v: number, digits = 0, fixed = false): string {
  return formatter({ maximumFractionDigits: digits, minimumFractionDigits: fixed ? digits : 0 }).format(v + 0);
}

/** A quantity: whole from 100 up, one decimal from 10, two below. */
export function qty(v: number): string {
  const size = Math.abs(v);
  return num(v, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** Money: whole from 1,000 up, else with cents; very small amounts keep two significant digits. */
export function money(v: number, currency: string): string {
  const size = Math.abs(v);
  if (size > 0 && size < 0.1) return formatter({ style: "currency", currency, maximumSignificantDigits: 2 }).format(v);
  const digits = size >= 1000 ? 0 : 2;
  return formatter({ style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(v);
}

/** Axis labels in money: no cents, thousands kept. */
export function moneyTick(v: number, currency: string): string {
  return formatter({
    style: "currency",
    currency,
    maximumFractionDigits: Math.abs(v) < 10 && v % 1 !== 0 ? 2 : 0,
    minimumFractionDigits: 0,
  }).format(v);
}

/** The currency in words, as in "one more euro". The texts are English, and so is this. */
export function currencyName(currency: string): string {
  const parts = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    currencyDisplay: "name",
    maximumFractionDigits: 0,
  }).formatToParts(1);
  return parts.find((p) => p.type === "currency")?.value ?? currency;
}

export function percent(share: number, digits = 1): string {
  return formatter({ style: "percent", maximumFractionDigits: digits }).format(share);
}

/** A share of the kind "proven within": rounding noise is shown as what it is below. */
export function tinyPercent(share: number): string {
  if (!(share > 1e-9)) return percent(1e-9, 7);
  return formatter({ style: "percent", maximumSignificantDigits: 2 }).format(share);
}

/** Days from today as a date. Days are days: noon avoids every change of clocks. */
export function dayFromNow(days: number): Date {
  const d = new Date();
  d.setHours(12, 0, 0, 0);
  d.setDate(d.getDate() + Math.floor(days));
  return d;
}

/** Days after a day of the plan, at noon by the reader's clock; after today where it has none. */
export function dayAfter(iso: string | undefined, days: number): Date {
  const [y, m, d] = (iso ?? "").slice(0, 10).split("-").map(Number);
  if (!y || !m || !d) return dayFromNow(days);
  return new Date(y, m - 1, d + Math.floor(days), 12);
}

/** Whole days from one day to another. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / DAY);

const long = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" });
const short = new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short" });
export const longDay = (d: Date): string => long.format(d);
export const shortDay = (d: Date): string => short.format(d);
const at = new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium", timeStyle: "short" });
/** A moment by the reader's clock. */
export const moment = (iso: string): string => at.format(Date.parse(iso));
export const isoDay = (d: Date): string =>
  `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;

/* Dates of data are days without a place: they are read and written in UTC, so that no time zone moves them. */
const utc = new Map<string, Intl.DateTimeFormat>();
function inUtc(ms: number, options: Intl.DateTimeFormatOptions): string {
  const key = Object.entries(options).join();
  let f = utc.get(key);
  if (!f) utc.set(key, (f = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" })));
  return f.format(ms);
}

/** 2 Jan 2023, with the time where there is one; what is no date stays as it is. */
export function dataDay(iso: string): string {
  const ms = instant(iso);
  if (!Number.isFinite(ms) || !/-/.test(iso)) return iso;
  const time: Intl.DateTimeFormatOptions = iso.length > 10 ? { hour: "2-digit", minute: "2-digit" } : {};
  return inUtc(ms, { day: "numeric", month: "short", year: "numeric", ...time });
}

/** A period of the data by its frequency: a month needs no day. */
export function dataPeriod(iso: string, frequency: string): string {
  const ms = instant(iso);
  if (!Number.isFinite(ms) || !/-/.test(iso)) return iso;
  if (frequency === "M") return inUtc(ms, { month: "long", year: "numeric" });
  if (frequency === "Y") return inUtc(ms, { year: "numeric" });
  if (frequency === "D") return inUtc(ms, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  return dataDay(iso);
}

/** A day of a roster whose first day is `start`: Mon, 2 Jun. */
export function rosterDay(start: string, day: number): [string, string] {
  const ms = instant(start) + day * DAY;
  return [inUtc(ms, { weekday: "short" }), inUtc(ms, { day: "numeric", month: "short" })];
}
export const rosterDayLong = (start: string, day: number): string =>
  inUtc(instant(start) + day * DAY, { weekday: "long", day: "numeric", month: "long" });
/** Monday to Sunday, short. */
export const weekdays = (): string[] => Array.from({ length: 7 }, (_, d) => rosterDay("2024-01-01", d)[0]);

export const yearTick = (ms: number): string => inUtc(ms, { year: "numeric" });
export const monthTick = (ms: number): string => inUtc(ms, { month: "short", year: "numeric" });
export const dayTick = (ms: number): string => inUtc(ms, { day: "numeric", month: "short" });
export const hourTick = (ms: number): string => inUtc(ms, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const MARK =
  formatter({})
    .formatToParts(0.5)
    .find((p) => p.type === "decimal")?.value ?? ".";

/** A number for an input box: the reader's decimal mark, no thousands separators. A text that is no number is shown as typed. */
export function typed(v: number | string): string {
  if (typeof v === "string") return v;
  return formatter({ useGrouping: false, maximumFractionDigits: 10 }).format(v);
}

/** What was typed, as a number, or the text itself: the core then says what is wrong with it. */
export function untyped(text: string): number | string {
  const t = text.replace(/\s/g, "");
  const plain = MARK === "," ? t.replace(",", ".") : t;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : text;
}

/** The unit of a frequency: one, many, how often. */
export function unitOf(frequency: string | null | undefined): [string, string, string] {
  const every = /^(\d+)min$/.exec(frequency ?? "")?.[1];
  return every ? T.minutes(`${every} minutes`) : (T.units[frequency ?? ""] ?? T.step);
}

/** 30 days, 1 week. */
export function steps(n: number, frequency: string | null | undefined): string {
  const [one, many] = unitOf(frequency);
  return `${num(n)} ${n === 1 ? one : many}`;
}

/** The core's sentences begin small and end without a full stop. */
export const sentenceOf = (s: string, end = "."): string => `${s.charAt(0).toUpperCase()}${s.slice(1)}${/[.!?]$/.test(s) ? "" : end}`;
