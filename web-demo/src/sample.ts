// SPDX-License-Identifier: GPL-3.0-or-later
// The sample: a hardware shop's product list, and its made-up sales as a file.
import given from "./sample.json";
import { salesText } from "./sales.js";
import { project } from "./store.js";
import type { Project } from "./types.js";

/** The product list as a project of its own. */
export const sampleList = (): Project => project(structuredClone(given) as Partial<Project>);

/** What the sales file does not say: stock, costs and lead times. */
export const sampleFacts = (): Partial<Project> => structuredClone(given) as Partial<Project>;

export const sampleFile = (): File => new File([salesText(given.products, new Date())], `${given.name}.csv`, { type: "text/csv" });
