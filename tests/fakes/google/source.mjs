// The files of a Drive, and how tests edit them. A move, a rename and a trash leave the time of the content alone; each edit
// makes one entry in the feed of changes, for the file that was edited and not for what lies in it.
import { createHash } from "node:crypto";
import { types } from "./types.mjs";

const digest = (name, bytes) => createHash(name).update(bytes).digest("hex");

export class Drive {
  files = new Map();
  drives = new Map();
  changes = []; // { seq, fileId, driveId, at }
  root = "0AFakeMyDriveUk9PVA";
  #next = 0;
  #seq = 40;

  constructor(clock) {
    this.clock = clock;
    this.#add(this.root, { name: "My Drive", mimeType: types.folder, parents: [] });
  }

  get nextSeq() {
    return this.#seq + 1;
  }

  #changed(file, driveId = file.driveId) {
    file.version++;
    this.changes.push({ seq: ++this.#seq, fileId: file.id, driveId, at: this.clock.now() });
  }

  #add(id, values) {
    const at = this.clock.now();
    const file = { id, name: "", mimeType: types.text, parents: [this.root], driveId: null, trashed: false, hidden: false, version: 0, createdTime: at, modifiedTime: at, content: null, sheets: null, target: null, downloadable: true, ...values };
    this.files.set(id, file);
    this.#changed(file);
    return file;
  }

  /** An id of 33 letters, as Drive's are. */
  #newId() {
    return `1Fake${digest("sha256", String(this.#next++)).slice(0, 28)}`;
  }

  #in(parent) {
    const holder = this.file(parent ?? this.root);
    return { parents: [holder.id], driveId: holder.driveId };
  }

  file(id) {
    const found = this.files.get(id === "root" ? this.root : id);
    if (!found) throw new Error(`no file ${id}`);
    return found;
  }

  /** A shared drive; its id is also that of its top folder. */
  addDrive(name) {
    const id = `0A${digest("sha256", `drive ${this.#next++}`).slice(0, 15)}PVA`;
    this.drives.set(id, { id, name });
    return this.#add(id, { name, mimeType: types.folder, parents: [], driveId: id });
  }

  folder(name, parent) {
    return this.#add(this.#newId(), { name, mimeType: types.folder, ...this.#in(parent) });
  }

  put(name, content, { parent, mimeType = /\.xlsx$/.test(name) ? types.xlsx : types.csv, ...more } = {}) {
    return this.#add(this.#newId(), { name, mimeType, content: Buffer.from(content), ...this.#in(parent), ...more });
  }

  /** A Google spreadsheet: { title: rows }. A cell is a number, a text, true, false, null or { date: days since 1899-12-30 }. */
  sheet(name, sheets, { parent, ...more } = {}) {
    return this.#add(this.#newId(), { name, mimeType: types.sheet, sheets, ...this.#in(parent), ...more });
  }

  shortcut(name, target, { parent } = {}) {
    return this.#add(this.#newId(), { name, mimeType: types.shortcut, target, ...this.#in(parent) });
  }

  /** New content: bytes, or the sheets of a spreadsheet. `at`: the time it is given, such as that of a restored version. */
  write(id, content, { at = this.clock.now() } = {}) {
    const file = this.file(id);
    if (file.sheets) file.sheets = content;
    else file.content = Buffer.from(content);
    file.modifiedTime = at;
    this.#changed(file);
  }

  rename(id, name) {
    this.file(id).name = name;
    this.#changed(this.file(id));
  }

  move(id, parent) {
    const file = this.file(id);
    const from = file.driveId;
    Object.assign(file, this.#in(parent));
    for (const below of this.below(id)) below.driveId = file.driveId;
    if (from !== file.driveId) this.#changed(file, from);
    this.#changed(file);
  }

  trash(id, trashed = true) {
    this.file(id).trashed = trashed;
    this.#changed(this.file(id));
  }

  /** Access is lost, or had again. */
  hide(id, hidden = true) {
    this.file(id).hidden = hidden;
    this.#changed(this.file(id));
  }

  /** Gone for good, with all that lies in it. */
  purge(id) {
    const file = this.file(id);
    this.#changed(file);
    for (const below of this.below(id)) this.files.delete(below.id);
    this.files.delete(file.id);
  }

  /** An edit that shows late, with the time it was made at. */
  late(work) {
    const began = this.clock.now();
    return () => this.clock.at(began, work);
  }

  children(id) {
    return [...this.files.values()].filter((f) => f.parents.includes(id));
  }

  below(id) {
    return this.children(id).flatMap((f) => [f, ...this.below(f.id)]);
  }

  #above(file) {
    const up = file.parents[0] ? this.files.get(file.parents[0]) : null;
    return up ? [up, ...this.#above(up)] : [];
  }

  visible(file) {
    return Boolean(file) && ![file, ...this.#above(file)].some((f) => f.hidden);
  }

  inTrash(file) {
    return [file, ...this.#above(file)].some((f) => f.trashed);
  }

  /** A file as the API writes it, all fields. */
  resource(file, base) {
    const out = {
      kind: "drive#file",
      id: file.id,
      name: file.name,
      mimeType: file.mimeType,
      parents: file.parents,
      trashed: this.inTrash(file),
      explicitlyTrashed: file.trashed,
      version: String(file.version),
      createdTime: new Date(file.createdTime).toISOString(),
      modifiedTime: new Date(file.modifiedTime).toISOString(),
      ownedByMe: file.driveId === null,
      capabilities: { canDownload: file.downloadable, canEdit: false },
    };
    if (file.parents.length === 0) delete out.parents;
    if (file.driveId) Object.assign(out, { driveId: file.driveId, teamDriveId: file.driveId });
    if (file.target) out.shortcutDetails = { targetId: file.target, targetMimeType: this.files.get(file.target)?.mimeType ?? types.text };
    if (file.content) {
      const b = file.content;
      Object.assign(out, { size: String(b.length), md5Checksum: digest("md5", b), sha1Checksum: digest("sha1", b), sha256Checksum: digest("sha256", b), headRevisionId: `0B${file.version}`, originalFilename: file.name, fileExtension: file.name.split(".").at(-1) });
    }
    if (file.sheets) out.exportLinks = Object.fromEntries([["csv", types.csv], ["xlsx", types.xlsx]].map(([format, type]) => [type, `${base}/spreadsheets/export?id=${file.id}&exportFormat=${format}`]));
    return out;
  }
}

