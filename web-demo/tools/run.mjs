// SPDX-License-Identifier: GPL-3.0-or-later
// The daemon with the page, on this computer: node tools/run.mjs PROGRAM DATABASE [SETTING...]. A database that is new gets the sample
// sales, sent as any client would send them, so that there is something to look at.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const [program, database, ...settings] = process.argv.slice(2);
const fresh = !existsSync(database);

async function sales() {
  const { outputText } = ts.transpileModule(readFileSync(here("../src/sales.ts"), "utf8"), {
    compilerOptions: { target: "ES2022", module: "ESNext" },
  });
  const { salesText } = await import(`data:text/javascript;base64,${Buffer.from(outputText).toString("base64")}`);
  return salesText(JSON.parse(readFileSync(here("../src/sample.json"), "utf8")).products, new Date());
}

async function send(address, token) {
  const answer = await fetch(`${address}/api/v1/connectors/upload?name=sample.csv&date_order=dmy`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "text/csv" },
    body: await sales(),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`the sample was refused: ${said.message}`);
  console.log(`Sample data: ${said.rows_stored} rows, ${said.series_count} series, ${said.rejected_count} rows set aside.`);
}

const daemon = spawn(program, ["serve", "--db", database, "--pages", here("../dist"), "--log-level", "warn", ...settings], {
  stdio: ["ignore", "pipe", "inherit"],
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => daemon.kill(signal));
daemon.on("exit", (code) => process.exit(code ?? 1));

let token;
for await (const line of createInterface({ input: daemon.stdout })) {
  console.log(line);
  token ??= line.match(/dyo_[\w-]{43}/)?.[0];
  const address = line.match(/ on (https?:\/\/\S+),/)?.[1];
  if (!address) continue;
  if (fresh && token) await send(address, token);
  if (token) console.log(`What it keeps, with this token: ${address}/#/connections?token=${token}`);
  console.log(`Open ${address}/ in a browser; its API is described at ${address}/docs. Ctrl-C ends it.`);
}
