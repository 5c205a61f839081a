// SPDX-License-Identifier: GPL-3.0-or-later
// What the core calls a stage of its work, where that is too short a word for a person.
export const STAGES: Readonly<Record<string, string>> = {
  model: "Setting up",
  plan: "Improving the plan",
  rosters: "Raising the bound on what a plan can cost",
  "searching rosters": "Searching rosters of each person",
  proof: "Proving that no plan is better",
  conflict: "Finding what cannot hold together",
  "fewest people": "Finding the fewest people",
  assigning: "Giving tasks to people",
  points: "Making the points of the curve",
  "service levels": "Costing each service level",
  done: "Finishing",
};
