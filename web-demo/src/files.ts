// SPDX-License-Identifier: GPL-3.0-or-later
// What this browser keeps, under names: in the origin's private file system, or in IndexedDB where that cannot be written.
const FOLDER = "dyocense";
const STORE = "files";

interface Place {
  get(name: string): Promise<Blob | undefined>;
  put(name: string, what: Blob): Promise<void>;
  drop(name: string): Promise<void>;
}

const missing = (e: unknown): undefined => {
  if ((e as DOMException).name === "NotFoundError") return undefined;
  throw e;
};

function folder(root: FileSystemDirectoryHandle): Place {
  const within = () => root.getDirectoryHandle(FOLDER, { create: true });
  return {
    get: async (name) => (await (await within()).getFileHandle(name).catch(missing))?.getFile(),
    put: async (name, what) => {
      // What is written counts once it is closed: a tab that ends meanwhile leaves what was there.
      const file = await (await (await within()).getFileHandle(name, { create: true })).createWritable();
      try {
        await file.write(what);
        await file.close();
      } catch (e) {
        await file.abort().catch(() => {});
        throw e;
      }
    },
    drop: async (name) => void (await (await within()).removeEntry(name).catch(missing)),
  };
}

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(FOLDER, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("no database"));
  });
}

async function within<V>(mode: IDBTransactionMode, what: (s: IDBObjectStore) => IDBRequest<V>): Promise<V> {
  const db = await open();
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

const database: Place = {
  get: async (name) => {
    const bytes = (await within("readonly", (s) => s.get(name) as IDBRequest<ArrayBuffer | undefined>)) as ArrayBuffer | undefined;
    return bytes && new Blob([bytes]);
  },
  put: async (name, what) => {
    const bytes = await what.arrayBuffer(); // a transaction does not wait for it
    await within("readwrite", (s) => s.put(bytes, name));
  },
  drop: async (name) => void (await within("readwrite", (s) => s.delete(name))),
};

async function choose(): Promise<Place> {
  if (typeof FileSystemFileHandle === "undefined" || !("createWritable" in FileSystemFileHandle.prototype)) return database;
  try {
    return folder(await navigator.storage.getDirectory());
  } catch {
    return database; // a window that is private, or a browser that forbids it
  }
}

let chosen: Promise<Place> | undefined;
const place = (): Promise<Place> => (chosen ??= choose());
let asked = false;

/** Keeps it instead of what was there; false where the browser has no room or keeps nothing. */
export async function keep(name: string, what: Blob): Promise<boolean> {
  try {
    await (await place()).put(name, what);
  } catch {
    return false;
  }
  if (!asked) void navigator.storage?.persist?.();
  asked = true;
  return true;
}

export async function kept(name: string): Promise<Blob | undefined> {
  try {
    return await (await place()).get(name);
  } catch {
    return undefined;
  }
}

export async function forget(name: string): Promise<void> {
  try {
    await (await place()).drop(name);
  } catch {
    // nothing was kept
  }
}
