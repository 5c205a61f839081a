// The documents, as somebody reads them: each snippet of docs/**/*.md, of README.md and of the npm package's is run as it is printed,
// in order, and prints what is printed below it. lib/snippets.mjs has the rules. Here is also what the text says of the answers.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, relative } from "node:path";
import { before, test } from "node:test";
import { bindingsDir, built, describeOp, nativePath, operations, root } from "./lib/project.mjs";
import { commentBelow, fencesOf, matches, Shell, statementsOf } from "./lib/snippets.mjs";
import { faultsOfShell, faultsOfSql, faultsOfWords } from "./lib/unrun.mjs";
import { workbook } from "./lib/zip.mjs";
import { scratch, several, startDaemon, until } from "./daemon/lib/daemon.mjs";

/** js-bindings/test/docs.test.mjs runs these: a page and its TypeScript want a browser and a compiler. */
const elsewhere = { "docs/react.md": ["tsx", "ts"] };
const files = readdirSync(join(root, "docs"), { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile() && e.name.endsWith(".md"))
  .map((e) => relative(root, join(e.parentPath ?? e.path, e.name)))
  .filter((file) => !file.includes("node_modules"))
  .concat("README.md", "js-bindings/README.md")
  .sort();

/** What the reader has: the repository's folder once it is built, the npm package installed, and files of sales and stock. */
function readersFolder() {
  const dir = scratch();
  mkdirSync(join(dir, "build"));
  mkdirSync(join(dir, "node_modules/.bin"), { recursive: true });
  symlinkSync(join(root, "docs"), join(dir, "docs"));
  symlinkSync(dirname(built(nativePath)), join(dir, "build/release"));
  symlinkSync(bindingsDir, join(dir, "node_modules/dyocense"));
  const { bin } = JSON.parse(readFileSync(join(bindingsDir, "package.json"), "utf8"));
  symlinkSync(built(join(bindingsDir, bin.dyocense)), join(dir, "node_modules/.bin/dyocense"));
  for (const name of readdirSync(join(root, "docs/example"))) cpSync(join(root, "docs/example", name), join(dir, name));
  const one = (from, to) => writeFileSync(join(dir, to), readFileSync(join(root, "docs/example", from), "utf8").replaceAll(/^.*GLUE-WOOD.*\n/gm, ""));
  one("sales.csv", "sales.csv"); // of one article, which is quicker
  one("on-hand.csv", "stock.csv");
  const rows = (name) => readFileSync(join(dir, name), "utf8").trim().split("\n").map((l) => l.split(",").map((v) => (v !== "" && Number.isFinite(Number(v)) ? Number(v) : v)));
  writeFileSync(join(dir, "shop.xlsx"), workbook({ sales: rows("sales.csv"), stock: rows("stock.csv") }));
  const request = { annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 };
  writeFileSync(join(dir, "request.json"), JSON.stringify(request));
  writeFileSync(join(dir, "requests.ndjson"), `${JSON.stringify(request)}\n${JSON.stringify({ ...request, order_cost: 60 })}\n`);
  return dir;
}

const freePort = () =>
  new Promise((done) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });

/** What a piece of JavaScript has from the text around it, where it does not make it itself. */
const given = {
  file: 'new File([(await import("node:fs")).readFileSync("sales.csv")], "sales.csv")',
  dyo: 'await (await import("dyocense")).load()',
  dates: 'Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10))',
  values: "Array.from({ length: 60 }, (_, i) => 20 + 5 * Math.sin(i * 0.9) + (i % 7))",
  token: "process.env.TOKEN",
};

function withGiven(text) {
  const makes = (name) => new RegExp(`\\b(?:const|let)\\s+(?:${name}\\b|\\{[^}]*\\b${name}\\b)`).test(text);
  const wanted = Object.keys(given).filter((name) => new RegExp(`\\b${name}\\b`).test(text) && !makes(name));
  return `${wanted.map((name) => `const ${name} = ${given[name]};`).join("\n")}\n${text}`;
}

/** A page being read: its folder, its shell and, where it speaks of one, its daemon. */
class Reading {
  constructor(file) {
    this.file = file;
    this.said = []; // { text, stdout } of each command
    this.whole = new Promise((done, failed) => Object.assign(this, { done, failed }));
  }

  async begin() {
    this.dir = readersFolder();
    const page = readFileSync(join(root, this.file), "utf8");
    if (/\$API|127\.0\.0\.1:8787|--db dyocense\.db/.test(page)) this.daemon = await startDaemon({ dir: this.dir, flags: { db: "dyocense.db" }, cwd: this.dir });
    this.ports = new Map([["8787", this.daemon?.port]]);
    const before = [
      `export PATH="$PWD/build/release:$PATH"`,
      `npx() { "node_modules/.bin/$@"; }`, // what npx does where a package is installed, without asking a registry
      `curl() { command curl -sS --fail-with-body "$@"; }`,
    ];
    this.shell = new Shell(this.dir, { ...process.env, TOKEN: this.daemon?.token ?? "", HOME: this.dir }, before.join("\n"));
  }

  /** A snippet with this reading's token and ports in place of those that are printed. */
  async own(text) {
    let out = text.replaceAll("dyo_...", this.daemon?.token ?? "dyo_...");
    for (const [, port] of text.matchAll(/(?:127\.0\.0\.1:|port )(87\d\d|88\d\d)\b/g)) {
      if (!this.ports.has(port)) this.ports.set(port, await freePort());
      out = out.replaceAll(port, String(this.ports.get(port)));
    }
    return out;
  }

  async command({ text, output }, line) {
    const r = await this.shell.run(await this.own(text));
    const told = output !== null && /"(error|code)":/.test(output); // a refusal that is printed is meant
    const where = `${this.file}:${line}: ${text}\n`;
    assert.ok(r.status === 0 || told, `${where}ended with ${r.status}\n${r.stdout}${r.stderr}`);
    if (output !== null) assert.ok(matches(output, r.stdout + (told ? r.stderr : "")), `${where}printed\n${r.stdout}${r.stderr}and not\n${output}`);
    this.said.push({ text, stdout: r.stdout });
  }

  async javascript(fence) {
    const script = join(this.dir, `snippet-${fence.line}.mjs`);
    writeFileSync(script, await this.own(withGiven(fence.text)));
    await this.command({ text: `node ${relative(this.dir, script)}`, output: commentBelow(fence.text) }, fence.line);
  }

  async fence(fence, i, fences) {
    const { language, words, text, line } = fence;
    const where = `${this.file}:${line}`;
    if (elsewhere[this.file]?.includes(language)) return;
    const next = fences[i + 1];
    const output = next?.language === "output" ? next.text : null;
    if (language === "sh" && words[0] === "not-run") assert.deepEqual(faultsOfShell(text), [], where);
    else if (language === "sh") {
      const all = statementsOf(text);
      if (output !== null) all.at(-1).output = output;
      for (const s of all) await this.command(s, line);
    } else if (language === "js" && words[0] === "browser") assert.ok(text.includes("import"), where); // web-demo/test/site.test.mjs runs these and html
    else if (language === "js") await this.javascript(fence);
    else if (language === "json") JSON.parse(text);
    else if (language === "sql") assert.deepEqual(faultsOfSql(text), [], where);
    else if (language === "output") assert.equal(fences[i - 1]?.language, "sh", `${where}: nothing prints this`);
    else assert.ok(["html"].includes(language), `${where}: nobody runs "${language}"`);
  }

  /** What the commands answered that have all of these words, as JSON where they print it. */
  answers(...words) {
    const found = this.said.filter(({ text }) => words.every((w) => text.includes(w)));
    assert.ok(found.length > 0, `${this.file}: no command with ${words}`);
    return found.map(({ stdout }) => (stdout.startsWith("{") ? JSON.parse(stdout) : stdout));
  }

  async read() {
    await this.begin();
    try {
      const fences = fencesOf(join(root, this.file));
      for (const [i, fence] of fences.entries()) await this.fence(fence, i, fences);
      await this.look?.();
    } finally {
      await this.shell.end();
      await this.daemon?.stop();
    }
  }
}

const readings = new Map(files.map((file) => [file, new Reading(file)]));

before(() => {
  several(readings.values(), 3, (reading) => {
    reading.read().then(reading.done, reading.failed);
    return reading.whole.catch(() => {}); // its test tells
  });
});

for (const [file, reading] of readings) {
  test(`${file}: each snippet does what is printed`, () => reading.whole);
  test(`${file}: the operations, commands and routes it names are there`, () =>
    assert.deepEqual(faultsOfWords(readFileSync(join(root, file), "utf8")), []));
}

// --- what docs/forecasting.md says of its answers ----------------------------------------------------------------------

const forecasting = readings.get("docs/forecasting.md");
const answers = (...words) => forecasting.answers(...words);
const answer = (...words) => answers(...words)[0];

test("forecasts: what auto compared, the form asked for, nested intervals, the regressor's coefficient", () => {
  const [auto] = answers("call forecast.create");
  assert.equal(auto.predictions.length, 12);
  const weights = auto.selection.candidates.map((c) => c.weight);
  assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-9, `${weights}`);
  assert.ok(auto.selection.reason.length > 20 && auto.selection.features.trend > 0.9);
  assert.ok(answer("forecast.create", '"weights":"equal"').selection?.candidates.length !== 1);
  assert.match(answer("forecast.create", '"params":{"seasonal":"M"}').diagnostics.form, /^ETS\(.,.d?,M\)$/);
  const nested = answer("forecast.create", "[0.5,0.8,0.95]");
  const widths = nested.confidence_intervals.map((b) => b.upper[0] - b.lower[0]);
  assert.ok(widths[0] < widths[1] && widths[1] < widths[2], `${widths}`);
  assert.ok(["pooled", "own"].includes(nested.diagnostics.interval_calibration.method));
  assert.deepEqual(answer("forecast.create", "future_regressors").predictions.map(Math.round), [7, 16], "3 price + 1");
});

test("from a file: text with a chart, or rows", () => {
  assert.match(answer("dyocensed forecast", "--series BOLT-M8"), /BOLT-M8[^]*14/);
  assert.match(readFileSync(join(forecasting.dir, "build/forecast.csv"), "utf8"), /^[^\n]*date[^]*GLUE-WOOD/);
});

test("the series is found to have a trend and a season, and the models to beat it", () => {
  const like = answer("forecast.analyze");
  assert.deepEqual([like.has_trend, like.has_seasonality, like.seasonal_periods], [true, true, [12]]);
  const { models, best_model } = answer("forecast.backtest");
  assert.deepEqual(models.map((m) => m.model_type), ["seasonal_naive", "ets", "arima", "theta"]);
  assert.notEqual(best_model, "seasonal_naive");
  assert.ok(models.every((m) => m.by_step.length === 12 && m.folds === 4));
});

test("tuning: the best of all tries, each with its score; all of them where they are few", () => {
  const all = answers("forecast.tune");
  for (const t of all) {
    const scores = t.trials.map((x) => x.score).filter((v) => v !== null);
    assert.equal(t.score, Math.min(...scores));
    assert.ok(t.score <= t.default_score);
  }
  assert.deepEqual(all.map((t) => [t.trials.length, t.stopped_by]), [[30, "iterations"], [6, "space"], [9, "space"]]);
  assert.ok(all[1].trials.every((x) => x.params.seasonal === "M") && all[1].metric === "rmse");
});

test("a kept model forecasts again, and takes a value in", () => {
  const { predictions } = JSON.parse(readFileSync(join(forecasting.dir, "build/made.json"), "utf8"));
  assert.deepEqual(answer("forecast.predict").predictions, predictions.slice(0, 3));
  assert.equal(answer("forecast.update").last_date, "1961-01-01");
});

test("holidays and parts: the sale's day stands out of the forecast, by what the model says the sale is worth", () => {
  const r = answer("shop.json");
  const at = r.dates.indexOf(new Date(Date.UTC(2024, 0, 25) + 13 * 30 * 864e5).toISOString().slice(0, 10)); // the first sale after the history
  assert.ok(at >= 0, r.dates[0]);
  const parts = r.components;
  assert.ok(parts.trend && parts.weekly && parts.holidays, Object.keys(parts).join());
  assert.ok(Math.abs(parts.holidays[at] - 40) < 4, `${parts.holidays[at]}`);
  assert.ok(r.predictions[at] - r.predictions[(at + 7) % 30] > 30);
  const sum = parts.trend[at] * (1 + parts.multiplicative_terms[at]) + parts.additive_terms[at];
  assert.ok(Math.abs(sum - r.predictions[at]) < 1e-6 * sum);
});

test("what the trees look at, and when the trend changed", () => {
  const { features } = answer("forecast.importance");
  assert.ok(features.length > 1 && features.every((f) => f.gain >= 0) && features[0].weight >= 1);
  const { changepoints } = answer("forecast.changepoints");
  assert.ok(changepoints.length > 0 && changepoints.every((c) => Math.abs(c.delta) >= 0.1 && (c.delta > 0) === (c.direction === "up")));
});

test("every model has its row", () => {
  const rows = [...readFileSync(join(root, "docs/forecasting.md"), "utf8").matchAll(/^\| `(\w+)` \|/gm)].map((m) => m[1]);
  const words = describeOp("forecast.create").input.properties.model_type.enum.filter((w) => w && w !== "auto");
  assert.deepEqual(words.filter((w) => !rows.includes(w)), []);
});

test("what does not fit, by trend and seasons and by a model", () => {
  const [plain, arima] = answers("forecast.anomalies");
  assert.deepEqual([plain.method, arima.method], ["decomposition", "arima"]);
  assert.equal(answer("forecast.decompose").trend.length, 144);
});

// --- the first steps of docs/daemon.md: a stranger must get through -----------------------------------------------------

const daemonPage = readings.get("docs/daemon.md");
let found; // what the alert rule of the page has found by the time the page is read
daemonPage.look = async () => {
  const events = async () => (await daemonPage.daemon.get("/api/v1/alerts/events")).json.items;
  found = await until(async () => ((await events()).length ? events() : null), "an alert");
};

test("the first steps: a file in, its series, a forecast, what came of it, an alert", () => {
  const upload = (name) => daemonPage.answers(`upload?name=${name}`)[0];
  assert.deepEqual([upload("sales.csv").rows_stored, upload("sales.csv").rejected_count, upload("later.csv").rows_stored], [480, 0, 28]);
  assert.deepEqual(daemonPage.answers('"$API/metrics"')[0].items.map((m) => m.metric_name), ["units"]);
  assert.deepEqual(daemonPage.answers("frequency=W")[0].series.map((s) => s.frequency), ["W", "W"]);
  assert.match(daemonPage.answers("text/csv")[0], /^name,dimensions,date,value\r\n"units"/);
  const forecast = daemonPage.answers("forecaster/create")[0];
  const evaluation = daemonPage.answers("/evaluate")[0];
  assert.equal(forecast.predictions.length, 14);
  assert.deepEqual([evaluation.forecast_id, evaluation.n], [forecast.forecast_id, 14]);
  const mean = 74; // of two weeks of these bolts; a shop's forecast that is a quarter off would help nobody
  assert.ok(evaluation.mae < mean / 4, `mean error ${evaluation.mae}`);
  assert.deepEqual(found.map((e) => [e.what, e.dimensions]), [["reorder", { sku: "BOLT-M8" }]]);
});

// --- what other pages say in words ---------------------------------------------------------------------------------------

test("tutorials: the forecast is off by far less than last year's month again; each article that is short is ordered", () => {
  const forecast = readings.get("docs/tutorials/forecast.md");
  const off = Number(/off by ([\d.]+)/.exec(forecast.answers("paste -d")[0])[1]);
  assert.ok(off < 20, `"about 15 in 476", and it is ${off}`);
  const plan = readings.get("docs/tutorials/orders.md").answers("dyocensed plan")[0];
  assert.match(plan, /^22423 +ORDER NOW/m);
  assert.match(plan, /^85123A +fine/m);
});

test("docs/operating.md: what was backed up is there after the restore", () => {
  const page = readings.get("docs/operating.md");
  const after = JSON.parse(readFileSync(join(page.dir, "after.json"), "utf8"));
  assert.deepEqual(after.items.map((m) => m.metric_name), ["units"]);
  assert.ok(Number(page.answers("grep -c '^dyocense_'")[0]) > 20);
});

test("docs/choosing.md: every operation that answers a question of one's own is in the table", () => {
  const text = readFileSync(join(root, "docs/choosing.md"), "utf8");
  const all = operations().filter((o) => /^(inventory|staffing)\./.test(o) && o !== "staffing.labor_cost");
  assert.deepEqual(all.filter((o) => !text.includes(`[${o}](operations/${o}.md)`)), []);
});
