// Media types of Drive.
const native = "application/vnd.google-apps";
export const types = {
  folder: `${native}.folder`,
  shortcut: `${native}.shortcut`,
  sheet: `${native}.spreadsheet`,
  document: `${native}.document`,
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  text: "text/plain",
};
export const isNative = (mimeType) => mimeType.startsWith(`${native}.`);
