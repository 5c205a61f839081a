// SPDX-License-Identifier: GPL-3.0-or-later
// The texts about holidays and the parts of a forecast: loaded with its screen.
export const DAYS = {
  title: (n: number, text: string) => (n ? `Holidays and events (${text})` : "Holidays and events"),
  note: "Past and coming dates of each, such as 2025-12-25. The automatic choice and models that know of dates, such as Prophet, use them.",
  name: "Name",
  dates: "Dates",
  before: "Days before",
  after: "Days after",
  of: (what: string, name: string) => `${what}: ${name}`,
  add: "Add a holiday or event",
  remove: (name: string) => `Remove ${name}`,
  fresh: (n: number) => `Event ${n}`,
  word: "Holiday or event",
  bend: (up: boolean) => (up ? "the trend turns up" : "the trend turns down"),
  bends: (n: string, one: boolean) => (one ? "The trend bends once; the picture shows where." : `The trend bends ${n} times; the picture shows where.`),
  partsTitle: "What the forecast consists of",
  parts: { trend: "Trend", yearly: "Season of the year", weekly: "Season of the week", daily: "Season of the day", holidays: "Holidays and events" } as Record<string, string>,
  /** Sums of others, which are shown. */
  sums: ["additive_terms", "multiplicative_terms", "extra_regressors_additive", "extra_regressors_multiplicative"],
};
