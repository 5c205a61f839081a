// SPDX-License-Identifier: GPL-3.0-or-later
// A sample roster: the reception of a hotel over two weeks.
import { nextMonday, type Kind, type Person, type Roster } from "./roster.js";

const PEOPLE: [name: string, rate: number, hours: number, skills: string, likes?: Record<string, number>][] = [
  ["Amira Haddad", 21, 40, "lead", { early: 5 }],
  ["Bruno Costa", 20, 40, "lead", { late: 3 }],
  ["Chiara Rossi", 22, 40, "lead", { night: 4 }],
  ["Daan de Vries", 19.5, 32, "lead"],
  ["Elif Kaya", 16, 40, "", { night: -5 }],
  ["Farid Nazari", 15.5, 40, ""],
  ["Greta Lind", 16.5, 24, "", { early: 5 }],
  ["Hugo Martin", 15, 40, "", { late: -3 }],
  ["Ines Moreau", 17, 40, ""],
  ["Jakub Nowak", 15, 40, "", { night: 6 }],
  ["Kofi Mensah", 16, 32, ""],
  ["Lena Vogel", 16.5, 40, "", { late: 4 }],
  ["Marta Silva", 15.5, 20, "", { early: 2 }],
  ["Noah Berg", 14.5, 40, ""],
];

const kind = (id: string, name: string, start_time: string, end_time: string, need: number[], among: string): Kind => ({
  id,
  name,
  start_time,
  end_time,
  duration_hours: 8,
  need,
  among,
});

export function sampleRoster(): Roster {
  const people = PEOPLE.map(([name, hourly_rate, max_hours_per_week, skills, likes], i): Person => {
    const id = `p${i + 1}`;
    return { id, name, hourly_rate, max_hours_per_week, skills, away: [], ...(likes ? { likes } : {}) };
  });
  return {
    name: "Hotel reception",
    currency: "EUR",
    start: nextMonday(),
    weeks: 2,
    people,
    kinds: [
      kind("early", "Early", "06:30", "14:30", [3, 3, 3, 3, 3, 4, 4], "lead 1"),
      kind("late", "Late", "14:30", "22:30", [2, 2, 2, 2, 3, 3, 2], "lead 1"),
      kind("night", "Night", "22:30", "06:30", [1, 1, 1, 1, 1, 1, 1], ""),
    ],
    fixed: [],
    forbidden: [],
    min_rest_hours: 11,
    max_consecutive_days: "",
    overtime_multiplier: "",
    fairness_weight: 1,
    understaffing_penalty: "",
    time_limit_s: 2,
    against: "fairness",
  };
}

/** An empty week for a start of one's own. */
export function newRoster(): Roster {
  const r = sampleRoster();
  return { ...r, name: "", weeks: 1, people: [{ id: "p1", name: "", hourly_rate: 15, max_hours_per_week: 40, skills: "", away: [] }], kinds: [{ ...r.kinds[0]!, need: [1, 1, 1, 1, 1, 0, 0], among: "" }] };
}
