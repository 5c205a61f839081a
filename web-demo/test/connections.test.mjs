// SPDX-License-Identifier: GPL-3.0-or-later
// Connectors managed from the page, against the daemon and the fakes: made by a form, tested, synced with live progress, cancelled,
// wrong in words, changed, paused and deleted; and no secret is ever shown.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startDaemon, scratch, dailyCsv } from "../../tests/daemon/lib/daemon.mjs";
import { filesystem, serversFile } from "../../tests/daemon/lib/mcp-servers.mjs";
import { deals, loopback } from "../../tests/daemon/lib/salesforce.mjs";
import { startGoogle } from "../../tests/fakes/google/server.mjs";
import { startSalesforce } from "../../tests/fakes/salesforce/server.mjs";
import { axeSays, launch, open, reached } from "./browser.mjs";

let daemon, browser, it, page, salesforce, google, app, folder;
const docs = join(scratch(), "docs");
before(async () => {
  mkdirSync(docs);
  const flags = { ...loopback, pages: fileURLToPath(new URL("../dist", import.meta.url)), mcp_servers: serversFile([filesystem("exports", docs)]) };
  [daemon, browser, salesforce, google] = await Promise.all([startDaemon({ flags }), launch(), startSalesforce(), startGoogle()]);
  app = salesforce.oauth.addApp({});
  folder = google.drive.folder("watched").id;
  it = await open(browser, `http://127.0.0.1:${daemon.port}/`, { bypassCSP: true });
  page = it.page;
  await page.goto(`http://127.0.0.1:${daemon.port}/#/connections?token=${daemon.token}`);
  await page.getByText("No connector yet.").waitFor();
});
after(async () => {
  await it?.context.close();
  await browser?.close();
  await Promise.all([daemon?.stop(), salesforce?.close(), google?.close()]);
});

const card = (name) => page.locator("dyo-connections li").filter({ has: page.getByRole("heading", { name, exact: true }) });
const press = (name, text) => card(name).getByRole("button", { name: `${text} ${name}` }).click();
const add = () => page.getByRole("button", { name: "Add a connection" }).click();
const says = (name, text) =>
  card(name)
    .getByText(text)
    .first()
    .waitFor()
    .catch(async (e) => assert.fail(`${e.message}; the card: ${await card(name).innerText()}`));
const fill = async (fields) => {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
};
const save = () => page.getByRole("button", { name: "Save and test" }).click();

test("Salesforce: only what the way needs, what the test reached, a sync with live progress, and its series", async () => {
  deals(salesforce.org, 6000);
  salesforce.clock.advance(5000);
  await add();
  assert.deepEqual(await axeSays(page), [], "the form");
  const asked = () => page.locator("dyo-connector-form .field label:visible").allInnerTexts();
  assert.deepEqual(await asked(), ["Name", "Signing in", "Client id", "Client secret", "Refresh token", "Login address", "Fetch what is new"]);
  await page.getByLabel("Signing in").selectOption("jwt");
  assert.deepEqual((await asked()).slice(2, 6), ["Client id", "User name", "Private key (PEM)", "Login address"]);
  await page.getByLabel("Signing in").selectOption("refresh_token");
  if (process.env.DYO_PICTURES) await page.screenshot({ path: join(process.env.DYO_PICTURES, "form.png"), fullPage: true });

  await fill({ Name: "Our org", "Client id": app.clientId, "Client secret": app.clientSecret, "Login address": salesforce.url });
  await fill({ "Login address": "https://example.com" });
  await save();
  await page.getByRole("alert").getByText("the address of a host of Salesforce").waitFor();
  assert.equal(await page.getByLabel("Login address").getAttribute("aria-invalid"), "true", "the wrong field is marked");
  await fill({ "Refresh token": salesforce.oauth.consent(app), "Login address": salesforce.url });
  await page.getByLabel("Fetch what is new").selectOption("every night at 2:00");
  await save();
  await says("Our org", /kinds of records can be queried/);
  await says("Our org", "Ready");
  assert.match(await card("Our org").locator("dl").innerText(), /Next run\s+\d/);

  salesforce.delay = 60;
  await press("Our org", "Sync now");
  await card("Our org").locator("progress").waitFor();
  await page.waitForFunction(() => /[1-9][\d,]* rows read/.test(document.querySelector("dyo-connections").shadowRoot.textContent));
  assert.deepEqual(await axeSays(page), [], "while it runs");
  await says("Our org", /6,000 read, 6,000 new or changed/);
  salesforce.delay = 0;
  await page.locator("#metric").selectOption("opportunity_amount");
  await reached(page, "connections", "ready");
  if (process.env.DYO_PICTURES) await page.screenshot({ path: join(process.env.DYO_PICTURES, "cards.png"), fullPage: true });
});

test("a sync is cancelled, and what came stays", async () => {
  deals(salesforce.org, 6000, 6000);
  salesforce.clock.advance(5000);
  salesforce.delay = 400;
  await press("Our org", "Sync now");
  await press("Our org", "Cancel");
  await says("Our org", /Cancelled,/);
  salesforce.delay = 0;
  await press("Our org", "Sync now");
  await says("Our org", /Complete,/);
});

test("a token that was revoked is said in words; a new one makes it well; the secret is never shown", async () => {
  for (const t of salesforce.oauth.refreshTokens.values()) t.dead = true;
  salesforce.oauth.expireSessions();
  await press("Our org", "Sync now");
  await says("Our org", "Sign in again");
  await says("Our org", /Salesforce refused to sign in \(.*expired.*\)\. Sign in again: edit it with new credentials\. Data up to .* is kept\./);
  assert.deepEqual(await axeSays(page), [], "needs_reauth");
  if (process.env.DYO_PICTURES) await page.screenshot({ path: join(process.env.DYO_PICTURES, "reauth.png"), fullPage: true });
  await press("Our org", "Edit");
  const token = page.getByLabel("Refresh token", { exact: true });
  assert.equal(await token.inputValue(), "");
  assert.equal(await page.getByLabel("Client id", { exact: true }).inputValue(), app.clientId);
  await page.getByText("Set. Leave it empty to keep it.").first().waitFor();
  await token.fill(salesforce.oauth.consent(app));
  await save();
  await says("Our org", "Ready");
  await press("Our org", "Sync now");
  await says("Our org", /Complete,/);
});

test("paused, it fetches nothing and says so; it goes on", async () => {
  await press("Our org", "Pause");
  await says("Our org", "Paused");
  await says("Our org", "when it goes on");
  assert.equal(await card("Our org").getByRole("button", { name: /Sync now/ }).count(), 0);
  await press("Our org", "Go on");
  await says("Our org", "Ready");
});

test("Google Drive: a wrong folder in words, then its files", async () => {
  google.drive.put("sales.csv", dailyCsv(20, { name: "drive_sales" }), { parent: folder });
  const client = google.oauth.addClient();
  await add();
  await page.getByRole("radio", { name: /Google Drive/ }).check();
  await page.getByLabel("Signing in").selectOption("refresh_token");
  await page.getByText("More settings").click();
  await fill({ Name: "Sales folder", "Client id": client.clientId, "Client secret": client.clientSecret, "Refresh token": google.oauth.consent(client), "Address of the services, for tests": google.url });
  await save();
  await page.getByRole("alert").getByText(/missing/).waitFor();
  await fill({ "Folder id": "nowhere" });
  await save();
  await says("Sales folder", "Failing");
  await press("Sales folder", "Edit");
  await fill({ "Folder id": folder });
  await save();
  await says("Sales folder", "Ready");
  await press("Sales folder", "Sync now");
  await says("Sales folder", /1 read, 1 new or changed/);
  assert.equal((await daemon.get("/api/v1/metrics/drive_sales")).json.series[0].values.length, 20);
});

test("MCP: the operator's servers are a choice", async () => {
  writeFileSync(join(docs, "stock.csv"), dailyCsv(15, { name: "mcp_stock" }));
  await add();
  await page.getByRole("radio", { name: /MCP server/ }).check();
  await page.getByLabel("Server", { exact: true }).selectOption("exports");
  await page.getByText("More settings").click();
  await fill({ Name: "Exports", "Tool that lists": "search_files", "Its arguments (JSON)": JSON.stringify({ path: docs, pattern: "**/*.csv" }), "Tool that reads": "read_text_file", "Its argument": "path" });
  await save();
  await says("Exports", "Ready");
  await press("Exports", "Sync now");
  await says("Exports", /Complete, .* over MCP/);
  await card("Exports").getByText("Runs").click();
  await card("Exports").getByRole("cell", { name: "1 read, 1 new or changed" }).waitFor();
});

test("a connector for files takes one, and goes only after a question", async () => {
  await add();
  await page.getByRole("radio", { name: /^Files/ }).check();
  await fill({ Name: "Till" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const chooser = page.waitForEvent("filechooser");
  await press("Till", "Send a file");
  await (await chooser).setFiles({ name: "till.csv", mimeType: "text/csv", buffer: Buffer.from(dailyCsv(12, { name: "till" })) });
  await says("Till", /12 rows are stored in 1 series/);
  await press("Till", "Delete");
  assert.deepEqual(await axeSays(page), [], "the question");
  await card("Till").getByRole("button", { name: "Keep it" }).click();
  await press("Till", "Delete");
  await card("Till").getByRole("button", { name: "Yes, delete it" }).click();
  await card("Till").waitFor({ state: "detached" });
  const kept = (await daemon.get("/api/v1/connectors/")).json.items.map((c) => c.name).sort();
  assert.deepEqual(kept, ["Exports", "Our org", "Sales folder"]);
  const shown = await page.evaluate(() => document.body.innerHTML + document.querySelector("dyo-connections").shadowRoot.innerHTML);
  assert.ok(!shown.includes(app.clientSecret), "no secret is on the page");
  assert.ok(it.heard.every((line) => /status of 4(00|09|22)/.test(line)), `the browser notes only refusals: ${it.heard}`);
  assert.deepEqual(it.foreign(), [], "no request to another host");
});
