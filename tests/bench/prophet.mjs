// Prophet: the fit beside R's prophet and npm @bsull/augurs-prophet-wasmstan.
// Milliseconds of processor time. The series are in ../shared/data/series; the seconds of R in ../shared/reference.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nativePath } from "../lib/project.mjs";
import { shared, table } from "./series.mjs";

function native(lines) {
  const r = spawnSync("sh", ["-c", '"$0" call forecast.create --ndjson --jobs 1; times >&2', nativePath], {
    input: `${lines.join("\n")}\n`,
    maxBuffer: 1 << 28,
  });
  const used = [...r.stderr.toString().trim().split("\n").at(-1).matchAll(/(\d+)m([\d.]+)s/g)];
  const replies = r.stdout.toString().trim().split("\n");
  if (replies.length !== lines.length) throw new Error(r.stderr.toString());
  return used.reduce((ms, m) => ms + 60_000 * m[1] + 1000 * Number(m[2]), 0);
}

const used = (work) => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

async function asyncUsed(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

export function prophetBench({ row, load }) {
  return {
    async prophet_fit() {
      const file = "forecast/prophet_R.json";
      if (!existsSync(shared(`reference/${file}`))) {
        console.error(`NOTE: SKIPPED, there is no ../shared/reference/${file}`);
        return;
      }
      const reference = JSON.parse(readFileSync(shared(`reference/${file}`), "utf8"));
      const r = reference.cases.find((c) => c.series === "peyton_manning.csv" && c.input.h === 365).output;
      const rows = table("peyton_manning.csv");
      const request = {
        series: { dates: rows.map((x) => x.ds), values: rows.map((x) => Number(x.y)), frequency: "D" },
        model_type: "prophet",
        forecast_horizon: 1,
        seasonal_periods: [],
        folds: 0,
        calibrate: false,
        params: { uncertainty_samples: 0 },
      };
      const line = JSON.stringify(request);
      const ms = (native(Array(21).fill(line)) - native([line])) / 20;
      const label = `prophet, fit of ${rows.length.toLocaleString("en")} daily values`;
      row(`${label}, native`, ms, "ms", {
        target: 40,
        peer: ["R prophet, as recorded", 1000 * r.r_fit_cpu_s],
        note: "the whole call: JSON in, fit, one step out",
      });
      const { Prophet, initSync } = await import("@bsull/augurs/prophet");
      const { optimizer } = await import("@bsull/augurs-prophet-wasmstan");
      initSync({ module: readFileSync(fileURLToPath(import.meta.resolve("@bsull/augurs/prophet")).replace(".js", "_bg.wasm")) });
      const data = { ds: rows.map((x) => BigInt(Date.parse(x.ds) / 1000)), y: request.series.values };
      const theirs = [];
      for (let i = 0; i < 5; i++) {
        const model = new Prophet({ optimizer, yearlySeasonality: { type: "auto" }, weeklySeasonality: { type: "auto" } });
        theirs.push(used(() => model.fit(data)));
        model.free();
      }
      const dyo = await load();
      const ours = [];
      for (let i = 0; i < 15; i++) ours.push(await asyncUsed(() => dyo.call("forecast.create", request)));
      row(`${label}, wasm`, median(ours), "ms", {
        target: median(theirs) / 10,
        peer: ["augurs-prophet-wasmstan", median(theirs)],
        note: "the whole call against their fit alone",
      });
      const far = { ...request, forecast_horizon: 365, params: {} };
      row("  with 365 days and simulated trends, wasm", median(await repeat(9, () => asyncUsed(() => dyo.call("forecast.create", far)))), "ms");
    },
  };
}

async function repeat(times, work) {
  const all = [];
  for (let i = 0; i < times; i++) all.push(await work());
  return all;
}
