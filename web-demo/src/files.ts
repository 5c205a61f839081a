// SPDX-License-Identifier: GPL-3.0-or-later
// The file a project was read from, kept in this browser beside the project, so that a reload can read it again.
const NAME = "dyocense";
const STORE = "files";
const KEY = "current";

interface Kept {
  name: string;
  bytes: ArrayBuffer;
}

function database(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("no database"));
  });
}

async function within<V>(mode: IDBTransactionMode, what: (s: IDBObjectStore) => IDBRequest<V>): Promise<V> {
  const db = await database();
  try {
    return await new Promise<V>((done, fail) => {
      const change = db.transaction(STORE, mode);
      const request = what(change.objectStore(STORE));
      change.oncomplete = () => done(request.result);
      change.onabort = change.onerror = () => fail(change.error ?? new Error("not kept"));
    });
  } finally {
    db.close();
  }
}

/** Keeps the file instead of the one before; false where the browser has no room or keeps nothing. */
export async function keepFile(file: File): Promise<boolean> {
  try {
    const kept: Kept = { name: file.name, bytes: await file.arrayBuffer() };
    await within("readwrite", (s) => s.put(kept, KEY));
    void navigator.storage?.persist?.();
    return true;
  } catch {
    return false;
  }
}

export async function keptFile(): Promise<File | undefined> {
  try {
    const kept = (await within("readonly", (s) => s.get(KEY) as IDBRequest<Kept | undefined>)) as Kept | undefined;
    return kept && new File([kept.bytes], kept.name);
  } catch {
    return undefined;
  }
}

export async function forgetFile(): Promise<void> {
  try {
    await within("readwrite", (s) => s.clear() as IDBRequest<unknown>);
  } catch {
    // nothing was kept
  }
}
