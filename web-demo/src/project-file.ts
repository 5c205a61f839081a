// SPDX-License-Identifier: GPL-3.0-or-later
// The project as one file: data and settings, no secrets. The history goes in as the file it was read from.
import { data } from "./data.js";
import { save } from "./download.js";
import { rosters } from "./roster.js";
import { store } from "./store.js";
import { taskStore } from "./tasks.js";

export async function saveProject(): Promise<void> {
  const bytes = await data.file?.arrayBuffer();
  const file = bytes && store.project?.history ? { file: { name: data.file!.name, base64: base64(new Uint8Array(bytes)) } } : {};
  save("dyocense-project.json", "application/json", JSON.stringify({ ...store.project, ...file, roster: rosters.value, tasks: taskStore.value }, null, 1));
}

/** What the project needs to be kept, in bytes. */
export const projectSize = (): number => store.size + (store.project?.history ? (data.file?.size ?? 0) : 0);

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
