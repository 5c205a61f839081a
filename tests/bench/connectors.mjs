// SPDX-License-Identifier: GPL-3.0-or-later
// Connectors against their fakes: what a sync of the sizes takes by the clock, and how much of that the daemon computes. The fake
// shares the machine, and the clock counts what it takes to answer as well.
import { loadavg } from "node:os";
import { workbook } from "../lib/zip.mjs";
import { startDaemon } from "../daemon/lib/daemon.mjs";
import { cpuOf } from "../daemon/lib/cpu.mjs";
import * as drive from "../daemon/lib/drive.mjs";
import { tableOf } from "../daemon/lib/drive-files.mjs";
import { deals, loopback, orgAndConnector } from "../daemon/lib/salesforce.mjs";

const RUNS = 3;
const best = (list) => list.reduce((a, b) => (a.s <= b.s ? a : b));

/** { s, cpu, run } of a sync. */
async function taken(d, sync) {
  const cpu = cpuOf(d);
  const began = performance.now();
  const run = await sync();
  return { s: (performance.now() - began) / 1000, cpu: cpuOf(d) - cpu, run };
}

const note = ({ cpu }) => `${cpu.toFixed(2)} s of the daemon's processor, load ${loadavg()[0].toFixed(1)}`;

async function salesforce({ row, check }) {
  const d = await startDaemon({ flags: loopback });
  const plain = [];
  const slow = [];
  const deltas = [];
  for (let i = 0; i < RUNS; i++) {
    const c = await orgAndConnector(d);
    deals(c.fake.org, 10_000);
    c.fake.clock.advance(5000);
    plain.push(await taken(d, c.sync));
    check(plain.at(-1).run.rows_stored === 10_000, "10,000 records");
    c.fake.clock.advance(3_600_000);
    await c.sync(); // looks back on all of them once more
    c.fake.org.rows("Opportunity").slice(0, 100).forEach((r) => c.fake.org.update("Opportunity", r.Id, { Amount: i }));
    c.fake.clock.advance(5000);
    deltas.push(await taken(d, c.sync));
    check(deltas.at(-1).run.rows_stored === 100, "100 changes");
    await c.fake.close();
    const far = await orgAndConnector(d);
    deals(far.fake.org, 10_000);
    far.fake.clock.advance(5000);
    far.fake.delay = 150;
    slow.push(await taken(d, far.sync));
    check(slow.at(-1).run.state === "succeeded", "10,000 records from afar");
    await far.fake.close();
  }
  row("connectors: Salesforce, 10,000 records", best(plain).s, "s", { target: 1.5, note: note(best(plain)) });
  row("  with 150 ms a page", best(slow).s, "s", { target: 4, note: note(best(slow)) });
  row("  100 changes", best(deltas).s, "s", { target: 0.5, note: note(best(deltas)) });
  await d.stop();
}

async function files({ row, check }) {
  const times = [];
  const { d, fake, close } = await drive.driveDaemon();
  for (let i = 0; i < RUNS; i++) {
    const folder = fake.drive.folder(`bench ${i}`).id;
    for (let k = 0; k < 50; k++) {
      fake.drive.put(`csv ${k}.csv`, tableOf(k, 60).map((r) => r.join(",")).join("\n"), { parent: folder });
      fake.drive.put(`xlsx ${k}.xlsx`, workbook({ Data: tableOf(k, 60) }), { parent: folder });
    }
    const id = await drive.connector(d, fake, folder, { file_dimension: "shop" });
    times.push(await taken(d, () => drive.sync(d, id)));
    check(times.at(-1).run.proof.stored === 100, "100 files");
  }
  row("connectors: Google Drive, 100 CSV and XLSX files", best(times).s, "s", { target: 5, note: note(best(times)) });
  await close();
}

export async function connectorsBench(tools) {
  await salesforce(tools);
  await files(tools);
}
