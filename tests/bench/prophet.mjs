// Prophet: the fit beside R's prophet and npm @bsull/augurs-prophet-wasmstan, and what regressors and holidays give on retail sales.
// Milliseconds of processor time. The series are in ../shared/data/series; the seconds of R in ../shared/reference.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nativePath, runLines } from "../lib/project.mjs";

const shared = (name) => fileURLToPath(new URL(`../../../shared/${name}`, import.meta.url));

function table(file) {
  const [head, ...lines] = readFileSync(shared(`data/series/${file}`), "utf8").trim().split("\n");
  const names = head.replaceAll('"', "").trim().split(",");
  return lines.map((line) => {
    const cells = line.replaceAll('"', "").trim().split(",");
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}

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

const kinds = ["Cultural", "National", "Religious", "Sporting"];
const christmas = "12-25"; // the shops are closed

function item(name, rows) {
  return {
    name,
    series: { dates: rows.map((r) => r.ds), values: rows.map((r) => Number(r.y)), frequency: "D" },
    price: rows.map((r) => Number(r.sell_price)),
    holidays: [
      { name: "Christmas", dates: [2011, 2012, 2013, 2014, 2015, 2016].map((y) => `${y}-${christmas}`) },
      ...kinds.map((kind) => ({
        name: kind,
        dates: rows.filter((r) => r[`event_type_${kind}`] === "1" && !r.ds.endsWith(christmas)).map((r) => r.ds),
        prior_scale: 0.01, // a kind is many unlike events: a small common effect
      })),
    ].filter((h) => h.dates.length > 0),
  };
}

/** Items of the M5 competition: sales, price, and the days of events by their kind. And their sum at the mean price. */
function items() {
  const all = new Map();
  const days = new Map();
  for (const r of table("m5_sales_exog_small.csv")) {
    all.set(r.unique_id, [...(all.get(r.unique_id) ?? []), r]);
    days.set(r.ds, [...(days.get(r.ds) ?? []), r]);
  }
  const mean = (list, key) => list.reduce((s, r) => s + Number(r[key]), 0) / list.length;
  const sum = [...days].sort().map(([ds, list]) => ({
    ...list[0],
    ds,
    y: mean(list, "y") * list.length,
    sell_price: mean(list, "sell_price"),
  }));
  return { each: [...all].map(([name, rows]) => item(name, rows)), sum: [item("sum", sum)] };
}

const varies = (list) => list.some((v) => v !== list[0]);

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

    async prophet_retail() {
      if (!existsSync(shared("data/series/m5_sales_exog_small.csv"))) {
        console.error("NOTE: SKIPPED, there is no ../shared/data/series/m5_sales_exog_small.csv");
        return;
      }
      const mean = (list) => list.reduce((s, x) => s + x, 0) / list.length;
      const price = (item) => (varies(item.price) ? { regressors: { price: item.price } } : {});
      const holidays = (item) => ({ holidays: item.holidays });
      const ways = { price, holidays, "price and holidays": (item) => ({ ...price(item), ...holidays(item) }) };
      const compare = async (label, list, folds) => {
        const score = async (more) => {
          const common = { model_types: ["prophet"], forecast_horizon: 28, step: 28, folds, calibrate: false };
          const lines = list.map((item) => JSON.stringify({ ...common, series: item.series, ...more(item) }));
          const r = await runLines(nativePath, "forecast.backtest", lines, { stall: 120_000 });
          return r.lines.map((l) => JSON.parse(l).models[0].rmsse);
        };
        const plain = await score(() => ({}));
        row(`prophet, RMSSE of ${label}`, mean(plain), "", { note: `${folds} origins, 28 days each` });
        for (const [name, more] of Object.entries(ways)) {
          const scores = await score(more);
          row(`  with ${name}`, mean(scores), "", {
            target: mean(plain),
            peer: ["without", mean(plain)],
            note: `better on ${scores.filter((s, i) => s < plain[i]).length} of ${list.length}`,
          });
        }
      };
      const { each, sum } = items();
      await compare("daily sales of 8 retail items together", sum, 26);
      await compare(`daily sales of ${each.length} retail items, mean`, each, 13);
    },
  };
}

async function repeat(times, work) {
  const all = [];
  for (let i = 0; i < times; i++) all.push(await work());
  return all;
}
