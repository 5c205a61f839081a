// SPDX-License-Identifier: GPL-3.0-or-later
// The tasks on the screen: who there is, what is to be done, what each pair is worth. Kept in this browser.
import { Kept } from "./kept.js";
import type { Num } from "./types.js";

export interface Worker {
  id: string;
  name: string;
  hourly_rate: Num;
  capacity_hours: Num;
  skills: string;
}

export interface Job {
  id: string;
  name: string;
  hours: Num;
  value: Num;
  required_skills: string;
}

export interface Tasks {
  name: string;
  currency: string;
  workers: Worker[];
  jobs: Job[];
  /** What a task is worth when this person does it, where that differs. */
  values: Record<string, Record<string, Num>>;
  max_tasks_per_employee: Num;
  objective: "max_value" | "min_cost";
  require_all: boolean;
}

const words = (text: string): string[] =>
  text
    .split(",")
    .map((s) => s.trim())
    .filter(Boolean);

/** Whether a person has what a task asks for. */
export function able(w: Worker, j: Job): boolean {
  const has = words(w.skills);
  return words(j.required_skills).every((s) => has.includes(s));
}

/** The request of staffing.assign_tasks. Values of people and tasks that are gone are left out. */
export function requestOf(t: Tasks) {
  const [people, jobs] = [new Set(t.workers.map((w) => w.id)), new Set(t.jobs.map((j) => j.id))];
  const values = Object.entries(t.values)
    .filter(([w]) => people.has(w))
    .map(([w, of]) => [w, Object.fromEntries(Object.entries(of).filter(([j]) => jobs.has(j)))]);
  return {
    employees: t.workers.map(({ skills, capacity_hours, ...w }) => ({ ...w, ...(capacity_hours === "" ? {} : { capacity_hours }), skills: words(skills) })),
    tasks: t.jobs.map(({ required_skills, ...j }) => ({ ...j, required_skills: words(required_skills) })),
    values: Object.fromEntries(values) as Record<string, Record<string, Num>>,
    ...(t.max_tasks_per_employee === "" ? {} : { max_tasks_per_employee: t.max_tasks_per_employee }),
    objective: t.objective,
    require_all: t.require_all,
  };
}

/** A value read from a file or from the browser, as tasks; undefined when it is none. */
export function asTasks(v: unknown): Tasks | undefined {
  const t = v as Tasks | null | undefined;
  return Array.isArray(t?.workers) && Array.isArray(t.jobs) ? { ...t, values: t.values ?? {} } : undefined;
}

export const taskStore = new Kept<Tasks>("tasks", asTasks);

const WORKERS: [name: string, rate: number, hours: number, skills: string][] = [
  ["Alma", 28, 16, "wood, paint"],
  ["Boris", 32, 20, "electric"],
  ["Carla", 30, 14, "electric, water"],
  ["Dario", 24, 24, "paint"],
  ["Edith", 26, 12, "wood, water"],
];
const JOBS: [name: string, hours: number, value: number, skills: string][] = [
  ["Kitchen sockets", 6, 420, "electric"],
  ["Bathroom pipes", 8, 640, "water"],
  ["Front door", 5, 300, "wood"],
  ["Hall and stairs", 12, 520, "paint"],
  ["Garden shed", 10, 450, "wood"],
  ["Fuse box", 7, 700, "electric"],
  ["Window frames", 9, 480, "wood, paint"],
  ["Boiler", 6, 560, "electric, water"],
  ["Ceiling", 8, 330, "paint"],
  ["Fence", 9, 280, ""],
];

export function sampleTasks(): Tasks {
  return {
    name: "A week of small jobs",
    currency: "EUR",
    workers: WORKERS.map(([name, hourly_rate, capacity_hours, skills], i) => ({ id: `w${i + 1}`, name, hourly_rate, capacity_hours, skills })),
    jobs: JOBS.map(([name, hours, value, required_skills], i) => ({ id: `t${i + 1}`, name, hours, value, required_skills })),
    values: { w3: { t2: 720 }, w1: { t7: 560 } },
    max_tasks_per_employee: "",
    objective: "max_value",
    require_all: false,
  };
}
