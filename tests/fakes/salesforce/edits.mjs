// Random edits of an org, for property tests: records made, changed, binned, brought back and purged, several under one stamp,
// some committed late.
export class Edits {
  #late = [];

  /** `values(rng)` makes the fields of a record. */
  constructor(org, rng, { object = "Account", values = (r) => ({ Name: `Name ${r.below(1_000_000)}` }) } = {}) {
    Object.assign(this, { org, rng, object, values });
  }

  #any(deleted) {
    const rows = this.org.rows(this.object, true).filter((r) => r.IsDeleted === deleted);
    return rows.length > 0 ? this.rng.pick(rows).Id : null;
  }

  #one() {
    const { org, object, rng } = this;
    const live = this.#any(false);
    const binned = this.#any(true);
    const fields = this.values(rng);
    const kind = rng.below(10);
    if (kind < 3 || live === null) return () => org.insert(object, fields);
    if (kind < 7) return () => org.update(object, live, fields);
    if (kind < 9 || binned === null) return () => org.remove(object, live);
    return rng.chance(0.5) ? () => org.undelete(object, binned) : () => org.purge(object, binned);
  }

  /** Makes `n` edits. A share of them is begun and left to `settle`. Time goes on between some of them. */
  make(n, { late = 0, purge = true } = {}) {
    for (let i = 0; i < n; i++) {
      if (this.rng.chance(0.3)) this.org.clock.advance(this.rng.below(2500));
      const edit = this.#one();
      const careful = () => this.#still(edit, purge);
      if (this.rng.chance(late)) this.#late.push(this.org.late(careful));
      else careful();
    }
  }

  /** An edit begun earlier may find its record purged: then it fails, as it would there. */
  #still(edit, purge) {
    try {
      if (purge || !/purge/.test(edit.toString())) edit();
    } catch (e) {
      if (!/^no /.test(e.message)) throw e;
    }
  }

  get pending() {
    return this.#late.length;
  }

  /** What was begun is committed now. */
  settle() {
    for (const commit of this.#late.splice(0)) commit();
  }
}
