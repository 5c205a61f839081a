// What price and holidays give: daily sales of retail items (M5 competition) and their sum, forecast 28 days ahead from past origins by
// prophet and xgboost, without and with them. Root mean squared scaled errors, by item.
//
//   ./dev bench retail
import { existsSync } from "node:fs";
import { nativePath, runLines } from "../lib/project.mjs";
import { shared, table } from "./series.mjs";

const file = "m5_sales_exog_small.csv";
const models = ["prophet", "xgboost"];
const days = 28; // of a forecast, and from origin to origin
const origins = { item: 13, sum: 26 };
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
const price = (item) => (varies(item.price) ? { regressors: { price: item.price } } : {});
const holidays = (item) => ({ holidays: item.holidays });
const ways = { without: () => ({}), price, holidays, both: (item) => ({ ...price(item), ...holidays(item) }) };
const mean = (list) => list.reduce((s, x) => s + x, 0) / list.length;

/** Errors of the model on each of the list, from so many origins. */
async function score(model, list, folds, more) {
  const common = { model_types: [model], forecast_horizon: days, step: days, folds, calibrate: false };
  const lines = list.map((item) => JSON.stringify({ ...common, series: item.series, ...more(item) }));
  const r = await runLines(nativePath, "forecast.backtest", lines, { stall: 600_000 });
  return r.lines.map((l) => JSON.parse(l).models[0].rmsse);
}

export function retail({ row }) {
  const tell = async (model, label, list, folds) => {
    const by = {};
    for (const [way, more] of Object.entries(ways)) by[way] = await score(model, list, folds, more);
    const note = (way, i) => ["price", "holidays"].map((x) => `${x} ${by[x][i].toFixed(4)}`).join(", ");
    list.forEach((item, i) =>
      row(`${model}, ${item.name}: RMSSE with price and holidays`, by.both[i], "", { peer: ["without", by.without[i]], note: note("both", i) }),
    );
    for (const way of ["price", "holidays", "both"])
      row(`${model}, ${label}, RMSSE with ${way}`, mean(by[way]), "", {
        target: mean(by.without),
        peer: ["without", mean(by.without)],
        note: `${folds} origins, ${days} days each; better on ${by[way].filter((s, i) => s < by.without[i]).length} of ${list.length}`,
      });
  };
  return {
    async retail() {
      if (!existsSync(shared(`data/series/${file}`))) {
        console.error(`NOTE: SKIPPED, there is no ../shared/data/series/${file}`);
        return;
      }
      const { each, sum } = items();
      for (const model of models) {
        await tell(model, "sum of the items", sum, origins.sum);
        await tell(model, `mean of ${each.length} items`, each, origins.item);
      }
    },
  };
}
