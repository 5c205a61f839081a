// Random edits of the files under a folder, for property tests: made, written, renamed, moved in and out, binned, brought back,
// purged, restored to an old version; folders too; some show late.
import { types } from "./types.mjs";

export class Edits {
  #late = [];
  #made = 0;

  /** `content(rng)` makes the bytes of a file. `outside` is a folder that is not watched. */
  constructor(drive, rng, folder, outside, content = (r) => `date,value\n2026-01-${String(1 + r.below(28)).padStart(2, "0")},${r.below(1000)}\n`) {
    Object.assign(this, { drive, rng, folder, outside, content });
  }

  #below(top) {
    return [top, ...this.drive.below(top).filter((f) => f.mimeType === types.folder).map((f) => f.id)];
  }

  #folder(top = this.folder) {
    return this.rng.pick(this.#below(top));
  }

  #one() {
    const { drive, rng } = this;
    const files = [...drive.below(this.folder), ...drive.below(this.outside)].filter((f) => f.mimeType !== types.folder);
    const kind = rng.below(14);
    const name = `file ${++this.#made}.csv`; // no name twice
    const into = this.#folder();
    if (kind < 4 || files.length === 0) return () => drive.put(name, this.content(rng), { parent: into });
    const { id } = rng.pick(files);
    if (kind < 7) return () => drive.write(id, this.content(rng), rng.chance(0.2) ? { at: drive.clock.now() - 86_400_000 } : {});
    if (kind === 7) return () => drive.rename(id, name);
    if (kind === 8) return () => drive.move(id, rng.chance(0.5) ? into : this.#folder(this.outside));
    if (kind === 9) return () => drive.trash(id, !drive.file(id).trashed);
    if (kind === 10) return () => drive.purge(id);
    if (kind === 11) return () => drive.hide(id, !drive.file(id).hidden);
    return this.#folders(into);
  }

  #folders(into) {
    const { drive, rng } = this;
    const mine = this.#below(this.folder).slice(1);
    if (mine.length === 0 || rng.chance(0.4)) return () => drive.folder(`folder ${rng.below(1000)}`, into);
    const id = rng.pick(mine);
    if (rng.chance(0.3)) return () => drive.trash(id, !drive.file(id).trashed);
    return () => this.#moveFolder(id, rng.chance(0.7) ? this.outside : into);
  }

  #moveFolder(id, to) {
    if (!this.#below(id).includes(to)) this.drive.move(id, to);
  }

  /** Makes `n` edits. A share of them is begun and left to `settle`. */
  make(n, { late = 0 } = {}) {
    for (let i = 0; i < n; i++) {
      if (this.rng.chance(0.3)) this.drive.clock.advance(this.rng.below(2500));
      const edit = this.#one();
      const careful = () => this.#still(edit);
      if (this.rng.chance(late)) this.#late.push(this.drive.late(careful));
      else careful();
    }
  }

  #still(edit) {
    try {
      edit();
    } catch (e) {
      if (!/^no file /.test(e.message)) throw e;
    }
  }

  get pending() {
    return this.#late.length;
  }

  settle() {
    for (const show of this.#late.splice(0)) show();
  }

  /** The files that a sync of the folder should have now: id -> { name, content }. */
  truth() {
    const { drive } = this;
    const files = drive.below(this.folder).filter((f) => f.mimeType !== types.folder && !drive.inTrash(f) && drive.visible(f));
    return new Map(files.map((f) => [f.id, { name: f.name, content: f.content }]));
  }
}
