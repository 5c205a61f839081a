// SPDX-License-Identifier: GPL-3.0-or-later
// The roster on the screen: who there is, which shifts a week has, what was pinned; and the request that it makes. Kept in this browser.
import { called, isRoster, scheduleOf, shiftsOf as allShifts, type Asked, type Kind, type Shift } from "../../js-bindings/src/roster.js";
import { Kept } from "./kept.js";
import { rosterDay } from "./format.js";

export { called, type Kind, type Pair, type Person } from "../../js-bindings/src/roster.js";

/** What a plan trades against cost. */
export type Against = "fairness" | "coverage" | "preference";

export interface Roster extends Asked {
  name: string;
  currency: string;
  against: Against;
}

const DAY = 86_400_000;

/** The date of a day of the roster. */
export const dateOf = (start: string, day: number): string => new Date(Date.parse(start) + day * DAY).toISOString().slice(0, 10);

/** Monday of the next week. */
export function nextMonday(now = new Date()): string {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return new Date(today + (8 - (new Date(today).getUTCDay() || 7)) * DAY).toISOString().slice(0, 10);
}

/** A shift's name, which sentences use, says the day. */
const naming = (start: string) => (kind: Kind, day: number) => `${called(kind)} ${rosterDay(start, day).join(" ")}`;

export const shiftsOf = (r: Roster): Shift[] => allShifts(r, naming(r.start));

/** The request of staffing.schedule. */
export const requestOf = (r: Roster) => scheduleOf(r, naming(r.start));

/** A value read from a file or from the browser, as a roster; undefined when it is none. */
export function asRoster(v: unknown): Roster | undefined {
  return isRoster(v) ? (v as Roster) : undefined;
}

export const rosters = new Kept<Roster>("roster", asRoster);
