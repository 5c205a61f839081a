// The records of an org, and how tests edit them. Stamps are whole seconds, as Salesforce keeps them, so that many records
// share one; a write that commits late keeps the stamp of the moment it began.
import { complete, standard } from "./schema.mjs";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const sums = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/** The three letters that make a 15-character id safe where case is lost: five bits of upper case for each five letters. */
export function id18(id) {
  let tail = "";
  for (let block = 0; block < 15; block += 5) {
    let n = 0;
    for (let i = 0; i < 5; i++) if (/[A-Z]/.test(id[block + i])) n |= 1 << i;
    tail += sums[n];
  }
  return id.slice(0, 15) + tail;
}

export class Org {
  objects = new Map();
  #records = new Map(); // object -> id -> record
  #gone = []; // { object, id, at }: deleted for good, still told by .../deleted/
  #next = 0;

  constructor(clock) {
    this.clock = clock;
    for (const object of standard) this.define(object);
  }

  /** A new object, or one with other fields. */
  define(object) {
    this.objects.set(object.name.toLowerCase(), complete(object));
    if (!this.#records.has(object.name)) this.#records.set(object.name, new Map());
  }

  object(name) {
    return this.objects.get(String(name).toLowerCase()) ?? null;
  }

  #stamp() {
    return Math.floor(this.clock.now() / 1000) * 1000;
  }

  #newId(object) {
    let n = this.#next++;
    let tail = "";
    for (let i = 0; i < 9; i++) {
      tail = digits[n % 62] + tail;
      n = Math.floor(n / 62);
    }
    return id18(`${this.object(object).keyPrefix}0Y0${tail}`);
  }

  insert(object, values) {
    const at = this.#stamp();
    const record = { ...values, Id: values.Id ?? this.#newId(object), IsDeleted: false, CreatedDate: at, LastModifiedDate: at, SystemModstamp: at };
    this.#records.get(object).set(record.Id, record);
    return record;
  }

  #change(object, id, values) {
    const record = this.#records.get(object).get(id);
    if (!record) throw new Error(`no ${object} ${id}`);
    const at = this.#stamp();
    const changed = { ...record, ...values, LastModifiedDate: at, SystemModstamp: at };
    this.#records.get(object).set(id, changed);
    return changed;
  }

  update(object, id, values) {
    return this.#change(object, id, values);
  }

  /** Into the recycle bin: queryAll still has it. */
  remove(object, id) {
    return this.#change(object, id, { IsDeleted: true });
  }

  undelete(object, id) {
    return this.#change(object, id, { IsDeleted: false });
  }

  /** Gone for good: no query has it. */
  purge(object, id) {
    this.#records.get(object).delete(id);
    this.#gone.push({ object, id, at: this.#stamp() });
  }

  /** A transaction that commits late: `work` happens when the answer is called, with the stamp of now. */
  late(work) {
    const began = this.clock.now();
    return () => this.clock.at(began, work);
  }

  record(object, id) {
    return this.#records.get(object).get(id) ?? null;
  }

  byAnyId(object, id) {
    return this.record(object, id.length === 15 ? id18(id) : id);
  }

  /** All records, with the deleted ones where `all`. */
  rows(object, all = false) {
    const rows = [...this.#records.get(object).values()];
    return all ? rows : rows.filter((r) => !r.IsDeleted);
  }

  /** { id, at } of what was deleted in the time, purged or not. */
  deleted(object, from, to) {
    const binned = this.rows(object, true).filter((r) => r.IsDeleted).map((r) => ({ id: r.Id, at: r.SystemModstamp }));
    const purged = this.#gone.filter((g) => g.object === object).map(({ id, at }) => ({ id, at }));
    return [...binned, ...purged].filter((d) => d.at >= from && d.at < to);
  }
}
