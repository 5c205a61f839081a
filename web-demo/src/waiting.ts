// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a screen whose figures come from the plan of all products: until that is there, it waits for it.
import { data } from "./data.js";
import { planner } from "./planner.js";
import type { Task } from "./task.js";
import type { State } from "./types.js";

export function waiting(task: Task<unknown>): State {
  if (planner.settled) return task.state;
  return planner.task.error || data.task.error ? "error" : "working";
}
