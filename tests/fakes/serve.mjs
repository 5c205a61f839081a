// The fakes to try by hand: node tests/fakes/serve.mjs [FOLDER]. Prints where they are, credentials they take, and writes the
// certificate of their authority to FOLDER/authority.pem (the current folder).
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { workbook } from "../lib/zip.mjs";
import { startGoogle } from "./google/server.mjs";
import { authority } from "./lib/certificate.mjs";
import { startSalesforce } from "./salesforce/server.mjs";

const [salesforce, google] = await Promise.all([startSalesforce({ tls: true }), startGoogle({ tls: true })]);
const day = (i) => new Date(Date.UTC(2026, 0, 1 + (i % 300))).toISOString().slice(0, 10);
for (let i = 0; i < 10_000; i++)
  salesforce.org.insert("Opportunity", { Name: `Deal ${i}`, StageName: i % 3 ? "Closed Won" : "Prospecting", Amount: 100 + (i % 700), CloseDate: day(i) });
const folder = google.drive.folder("sales");
const rows = (k) => [["date", "sales"], ...Array.from({ length: 60 }, (_, i) => [day(i), 100 + k + (i % 7)])];
for (let k = 0; k < 50; k++) {
  google.drive.put(`shop ${k}.csv`, rows(k).map((r) => r.join(",")).join("\n"), { parent: folder.id });
  google.drive.put(`shop ${k}.xlsx`, workbook({ Sheet1: rows(k) }), { parent: folder.id });
}

const app = salesforce.oauth.addApp();
const client = google.oauth.addClient();
const file = resolve(join(process.argv[2] ?? ".", "authority.pem"));
writeFileSync(file, authority().cert);
console.log(
  JSON.stringify(
    {
      authority: file,
      salesforce: { url: salesforce.url, client_id: app.clientId, client_secret: app.clientSecret, refresh_token: salesforce.oauth.consent(app) },
      google: { url: google.url, folder_id: folder.id, client_id: client.clientId, client_secret: client.clientSecret, refresh_token: google.oauth.consent(client) },
    },
    null,
    2,
  ),
);
setInterval(() => {}, 60_000);
