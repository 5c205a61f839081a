// Drive v3: files.list, files.get, alt=media, export, changes.list, drives.
import { failed } from "./errors.mjs";
import { select } from "./fields.mjs";
import { search } from "./search.mjs";
import { asCsv, asWorkbook } from "./cells.mjs";
import { isNative, types } from "./types.mjs";

const fileShape = Object.fromEntries(
  "kind id name mimeType description starred trashed explicitlyTrashed parents driveId teamDriveId version createdTime modifiedTime ownedByMe shared size md5Checksum sha1Checksum sha256Checksum headRevisionId originalFilename fileExtension webViewLink"
    .split(" ")
    .map((n) => [n, {}]),
);
Object.assign(fileShape, { shortcutDetails: { targetId: {}, targetMimeType: {}, targetResourceKey: {} }, capabilities: true, exportLinks: true, owners: true, contentRestrictions: true });
const listShape = { kind: {}, nextPageToken: {}, incompleteSearch: {}, files: fileShape };
const changeShape = { kind: {}, nextPageToken: {}, newStartPageToken: {}, changes: { kind: {}, changeType: {}, type: {}, fileId: {}, driveId: {}, removed: {}, time: {}, file: fileShape, drive: true } };
const drivesShape = { kind: {}, nextPageToken: {}, drives: { kind: {}, id: {}, name: {} } };

const yes = (request, name) => request.query.get(name) === "true";
const notFound = (id) => failed(404, "notFound", `File not found: ${id}.`);
const badValue = (message = "Invalid Value") => failed(400, "invalid", message);

function chosen(value, request, fields, shape) {
  const made = select(value, request.query.get("fields") ?? fields, shape);
  return made.bad ? failed(400, "invalidParameter", `Invalid field selection ${made.bad}`) : { body: made.value };
}

function orderOf(text) {
  const keys = text.split(",").map((part) => {
    const [name, way] = part.trim().split(" ");
    const get = name === "folder" ? (f) => (f.mimeType === types.folder ? 0 : 1) : (f) => f[name];
    return { get, sign: way === "desc" ? -1 : 1 };
  });
  return (a, b) => {
    for (const { get, sign } of keys) if (get(a) !== get(b)) return get(a) < get(b) ? -sign : sign;
    return 0;
  };
}

export class DriveApi {
  lists = new Map(); // page token -> { ids, at }
  /** Entries of a page at most, whatever the caller wishes; null: as the service does. */
  pageRows = null;
  /** Bytes above which `export` refuses. */
  exportLimit = 10 * 1024 * 1024;
  #next = 0;

  constructor(fake, drive) {
    this.fake = fake;
    this.drive = drive;
  }

  #size(request, usual) {
    const wish = Number(request.query.get("pageSize") ?? usual);
    if (!Number.isInteger(wish) || wish < 1 || wish > 1000) return null;
    return Math.min(this.pageRows ?? wish, wish);
  }

  #in(request) {
    const all = yes(request, "supportsAllDrives") && yes(request, "includeItemsFromAllDrives");
    const driveId = request.query.get("driveId");
    const corpora = request.query.get("corpora") ?? "user";
    if (driveId && !all) return failed(403, "teamDrivesParentLimit", "includeItemsFromAllDrives and supportsAllDrives must be set when driveId is");
    if ((corpora === "drive") !== Boolean(driveId)) return failed(400, "invalidParameter", "driveId must be specified if, and only if, corpora is set to drive");
    if (driveId && !this.drive.drives.has(driveId)) return failed(404, "notFound", `Shared drive not found: ${driveId}`);
    return { meets: (f) => (driveId ? f.driveId === driveId : all || f.driveId === null) };
  }

  list(request) {
    const size = this.#size(request, 100);
    const where = this.#in(request);
    if (size === null) return failed(400, "invalidParameter", "Invalid value for pageSize. Values must be within the range: [1, 1000]");
    if (where.status) return where;
    let meets;
    try {
      const q = request.query.get("q");
      meets = q ? search(q, this.drive.root) : () => true;
    } catch (e) {
      if (e instanceof SyntaxError) return badValue();
      throw e;
    }
    const token = request.query.get("pageToken");
    if (token !== null && !this.lists.has(token)) return badValue();
    const found = (id) => this.#found(id, where.meets, meets);
    const { ids, at } = token === null ? { ids: this.#ids(request, found), at: 0 } : this.lists.get(token);
    const files = ids.slice(at, at + size).map(found).filter((f) => f !== null);
    const body = { kind: "drive#fileList", incompleteSearch: false, files };
    if (at + size < ids.length) {
      body.nextPageToken = `~!!~${Buffer.from(`list ${++this.#next}`).toString("base64")}`;
      this.lists.set(body.nextPageToken, { ids, at: at + size });
    }
    return chosen(body, request, "kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)", listShape);
  }

  #found(id, where, meets) {
    const file = this.drive.files.get(id);
    if (!file || file.id === this.drive.root || !where(file) || !this.drive.visible(file)) return null;
    const resource = this.drive.resource(file, this.fake.url);
    return meets(resource) ? resource : null;
  }

  /** Which files a listing has is fixed by its first page; what a page says of them is of its own moment. */
  #ids(request, found) {
    const files = [...this.drive.files.keys()].map(found).filter((f) => f !== null);
    const order = request.query.get("orderBy");
    return (order ? files.sort(orderOf(order)) : files.reverse()).map((f) => f.id);
  }

  /** The file that a request is about, or an error. */
  #file(request, id) {
    const file = this.drive.files.get(id === "root" ? this.drive.root : id);
    if (!file || !this.drive.visible(file) || (file.driveId && !yes(request, "supportsAllDrives"))) return notFound(id);
    return { file };
  }

  get(request, id) {
    const { file, ...error } = this.#file(request, id);
    if (!file) return error;
    if (request.query.get("alt") === "media") return this.#media(request, file);
    return chosen(this.drive.resource(file, this.fake.url), request, "kind,id,name,mimeType", fileShape);
  }

  #media(request, file) {
    if (isNative(file.mimeType)) return failed(403, "fileNotDownloadable", "Only files with binary content can be downloaded. Use Export with Docs Editors files.");
    if (!file.downloadable) return failed(403, "cannotDownloadFile", "This file cannot be downloaded by the user.");
    const headers = { "content-type": file.mimeType };
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    if (from === undefined) return { headers, body: file.content };
    const size = file.content.length;
    if (Number(from) >= size) return { status: 416, headers: { "content-range": `bytes */${size}` }, body: "" };
    const end = to ? Math.min(Number(to), size - 1) : size - 1;
    return { status: 206, headers: { ...headers, "content-range": `bytes ${from}-${end}/${size}` }, body: file.content.subarray(Number(from), end + 1) };
  }

  #made(file, mimeType) {
    if (mimeType === types.csv) return Buffer.from(asCsv(Object.values(file.sheets)[0]));
    return mimeType === types.xlsx ? asWorkbook(file.sheets) : null;
  }

  export(request, id) {
    const { file, ...error } = this.#file(request, id);
    if (!file) return error;
    const type = request.query.get("mimeType");
    if (!file.sheets) return failed(403, "fileNotExportable", "Export only supports Docs Editors files.");
    const body = this.#made(file, type);
    if (!body) return badValue("The requested conversion is not supported.");
    if (body.length > this.exportLimit) return failed(403, "exportSizeLimitExceeded", "This file is too large to be exported.");
    return { headers: { "content-type": type }, body };
  }

  /** What exportLinks lead to: no limit of size. */
  exportLink(request) {
    const file = this.drive.files.get(request.query.get("id"));
    const type = { csv: types.csv, xlsx: types.xlsx }[request.query.get("exportFormat")];
    if (!file?.sheets || !type || !this.drive.visible(file)) return { status: 404, headers: { "content-type": "text/html" }, body: "<html>Sorry, unable to open the file at this time.</html>" };
    return { headers: { "content-type": type }, body: this.#made(file, type) };
  }

  startPageToken(request) {
    const driveId = request.query.get("driveId");
    if (driveId && !this.drive.drives.has(driveId)) return failed(404, "notFound", `Shared drive not found: ${driveId}`);
    return { body: { kind: "drive#startPageToken", startPageToken: String(this.drive.nextSeq) } };
  }

  #entry(change, driveId) {
    const file = this.drive.files.get(change.fileId);
    const gone = !file || !this.drive.visible(file) || (driveId !== null && file.driveId !== driveId);
    const out = { kind: "drive#change", type: "file", changeType: "file", time: new Date(change.at).toISOString(), removed: gone, fileId: change.fileId };
    if (!gone) out.file = this.drive.resource(file, this.fake.url);
    return out;
  }

  changes(request) {
    const token = request.query.get("pageToken");
    if (token === null) return failed(400, "required", "Required parameter: pageToken");
    const size = this.#size(request, 100);
    const from = Number(token);
    if (!/^\d+$/.test(token) || from > this.drive.nextSeq || size === null) return badValue();
    const driveId = request.query.get("driveId");
    const all = yes(request, "supportsAllDrives") && yes(request, "includeItemsFromAllDrives");
    const mine = this.drive.changes.filter((c) => c.seq >= from && (driveId ? c.driveId === driveId : all || c.driveId === null));
    const last = new Map(mine.map((c) => [c.fileId, c.seq])); // a file is told once, at its latest change
    const list = mine.filter((c) => last.get(c.fileId) === c.seq);
    const page = list.slice(0, size);
    const shown = page.map((c) => this.#entry(c, driveId)).filter((e) => !e.removed || request.query.get("includeRemoved") !== "false");
    const body = { kind: "drive#changeList", changes: shown };
    if (list.length > size) body.nextPageToken = String(list[size].seq);
    else body.newStartPageToken = String(this.drive.nextSeq);
    return chosen(body, request, "kind,nextPageToken,newStartPageToken,changes(kind,type,changeType,time,removed,fileId,file(kind,id,name,mimeType))", changeShape);
  }

  drives(request, id) {
    const shown = (d) => ({ kind: "drive#drive", ...d });
    if (!id) return chosen({ kind: "drive#driveList", drives: [...this.drive.drives.values()].map(shown) }, request, "*", drivesShape);
    const drive = this.drive.drives.get(id);
    return drive ? { body: shown(drive) } : failed(404, "notFound", `Shared drive not found: ${id}`);
  }
}
