// SPDX-License-Identifier: GPL-3.0-or-later
// What the READMEs and docs/react.md print is compiled and run as it stands, against the packed package.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import * as esbuild from "esbuild";
import ts from "typescript";
import { harris, root } from "./helpers.mjs";
import { installed } from "./installed.mjs";
import { html, served, visit } from "./pages.mjs";

const app = installed();
after(() => app.remove());
mkdirSync(join(app.folder, "node_modules/@types"));
for (const name of ["react", "react-dom", "scheduler", "csstype", "@types/react"])
  symlinkSync(join(root, "node_modules", name), join(app.folder, "node_modules", name));

/** The blocks of code in a text: [language, code]. */
const blocks = (file) => [...readFileSync(join(root, file), "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, of, code]) => [of, code]);
const own = blocks("README.md");
const project = blocks("../README.md").filter(([of]) => of !== "sh"); // the daemon's
const react = blocks("../docs/react.md");
const js = (list) => list.flatMap(([of, code]) => (of === "js" ? [code] : []));

const day = (i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const dates = Array.from({ length: 84 }, (_, i) => day(i));
const values = dates.map((_, i) => 20 + [0, 2, 4, 6, 9, 14, 1][i % 7] + ((i * 7919) % 5));
const csv = `date,sku,units\n${dates.map((d, i) => `${d},BOLT,${values[i]}\n`).join("")}`;
const given = `const dates = ${JSON.stringify(dates)}, values = ${JSON.stringify(values)};\n`;

test("no block is passed over here", () => {
  assert.deepEqual(own.map(([of]) => of), ["js", "js", "js", "js", "sh"]);
  assert.deepEqual(project.map(([of]) => of), ["js", "html"]);
  assert.deepEqual(react.map(([of]) => of), ["tsx", "tsx", "ts"]);
});

/** What the compiler says about files of the folder, as "line: sentence". */
function problems(files, options) {
  const program = ts.createProgram(files.map((f) => join(app.folder, f)), {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    jsx: ts.JsxEmit.ReactJSX,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
    skipLibCheck: true,
    ...options,
  });
  return ts.getPreEmitDiagnostics(program).map((d) => {
    const line = d.file ? d.file.getLineAndCharacterOfPosition(d.start).line + 1 : 0;
    return `${d.file?.fileName.split("/").at(-1)}:${line} ${ts.flattenDiagnosticMessageText(d.messageText, " ")}`;
  });
}

test("every block of JavaScript compiles; the one that shows a misspelt field is underlined there", () => {
  app.write("given.d.ts", `import type { Dyo, ForecastCreateOutput } from "dyocense";
    declare global {
      const dates: string[], values: number[], token: string, file: File, f: ForecastCreateOutput, dyo: Dyo;
    }`);
  const all = [...js(own), ...js(project)];
  for (const [i, code] of all.entries()) app.write(`block${i}.js`, code);
  const found = problems(["given.d.ts", ...all.map((_, i) => `block${i}.js`)], { allowJs: true, checkJs: true });
  assert.equal(found.length, 1, found.join("\n"));
  assert.match(found[0], /^block3\.js:2 .*'anual_demand'/);
});

test("the blocks answer in Node what they say", () => {
  app.write("errors.mjs", `import { load } from "dyocense";\nconst dyo = await load();\n${js(own)[3]}`);
  assert.equal(app.run("errors.mjs"), /^\/\/ (.+\n)/m.exec(js(own)[3])[1]);
  app.write("project.mjs", `const file = new File([${JSON.stringify(csv)}], "sales.csv");\n${js(project)[0]}`);
  const [order, forecast] = app.run("project.mjs").split("\n");
  assert.match(order, /^707\.106\d+ Order 707/);
  const [model, mean, lower, upper] = forecast.split(" ");
  assert.ok(/^[a-z_]+$/.test(model) && Number(lower) < Number(mean) && Number(mean) < Number(upper), forecast);
});

test("each line for the shell runs in a folder with the files it names", () => {
  const lines = own.find(([of]) => of === "sh")[1].trim().split("\n");
  app.write("sales.csv", csv);
  app.write("stock.csv", "sku,on_hand,lead_time_days\nBOLT,60,7\n");
  app.write("request.json", JSON.stringify(harris));
  app.write("requests.ndjson", `${JSON.stringify(harris)}\n`.repeat(2));
  const shift = (day) => ({ id: `d${day}`, day, start_time: "08:00", end_time: "16:00" });
  app.write("roster.json", JSON.stringify({ employees: [{ id: "a" }], shifts: [shift(0), shift(1)] }));
  const answers = [/^Model /m, /Order \d+ of BOLT/, /^Plan +optimal/m, /"eoq":707/, /^(\{"eoq":707.*\n){2}$/, /^inventory\.eoq /m, /"annual_demand"/];
  assert.equal(lines.length, answers.length);
  for (const [i, line] of lines.entries()) {
    const command = line.replace("npx dyocense", "node_modules/.bin/dyocense");
    assert.match(execFileSync("sh", ["-c", command], { cwd: app.folder, encoding: "utf8" }), answers[i], line);
  }
});

test("in a page: the elements' block draws the chart, the script that needs no tool answers", async () => {
  const at = "./node_modules/dyocense/dist";
  const map = JSON.stringify({ imports: { dyocense: `${at}/browser.js`, "dyocense/elements": `${at}/elements.js` } });
  const program = `${given}${js(own)[0].replaceAll("console.log", "void ")}${js(own)[1]}
    let svg;
    while (!(svg = chart.shadowRoot.querySelector("svg[role=img]"))) await new Promise(requestAnimationFrame);
    globalThis.answer = svg.getAttribute("aria-label");`;
  app.write("index.html", html(`<script type="module">${program}</script>`, `<script type="importmap">${map}</script>`));
  assert.match(await served(app.folder, {}, visit), /\w/);
  const done = `<script>Object.defineProperty(globalThis, "answer", { get: () => !document.body.querySelector("script") && document.body.textContent })</script>`;
  app.write("index.html", html(project.find(([of]) => of === "html")[1], done));
  assert.match(await served(app.folder, {}, visit), /^Order 707/);
});

const names = ["sales.tsx", "forecast.tsx", "dyo-elements.d.ts"];
const writeReact = () => react.forEach(([, code], i) => app.write(names[i], code));

test("docs/react.md compiles under React's own types, and what is misspelt does not", () => {
  writeReact();
  app.write("usage.tsx", `import type { ForecastCreateOutput } from "dyocense";
    import "dyocense/elements";
    export function Page({ f, input }: { f: ForecastCreateOutput; input: { annual_demand: number; order_cost: number } }) {
      return <>
        <dyo-forecast-chart series={{ dates: ["2024-01-01"], values: [1] }} forecast={f} height={300} heading="x" ondyo-point={(e) => e.detail} />
        <dyo-roster id="r" className="wide" employees={[{ id: "a" }]} shifts={[]} start="2026-01-05" ondyo-pin={() => {}} />
        {/* @ts-expect-error no such property */}
        <dyo-forecast-chart serie={{ values: [1] }} />
        {/* @ts-expect-error not a number of pixels */}
        <dyo-forecast-chart height="tall" />
        {/* @ts-expect-error no such element */}
        <dyo-forecast-chrat />
        {/* @ts-expect-error what an operation does not answer */}
        <dyo-eoq-curve input={input} result={f} />
      </>;
    }`);
  assert.deepEqual(problems([...names, "usage.tsx"]), []);
});

test("its components draw in a page, hear their events and show a refusal", async () => {
  writeReact();
  app.write("main.jsx", `import { StrictMode, Suspense } from "react";
    import { createRoot } from "react-dom/client";
    import { Forecast } from "./forecast";
    import { Sales } from "./sales";
    import { load } from "dyocense";
    ${given}
    const series = { dates, values };
    const forecast = await (await load()).forecast.create({ series, forecast_horizon: 5, model_type: "seasonal_naive" });
    const points = [];
    const root = createRoot(document.body.appendChild(document.createElement("main")));
    const show = (days) => root.render(<StrictMode>
      <Sales series={series} forecast={forecast} onPoint={(p) => points.push(p)} />
      <Suspense><Forecast series={series} days={days} /></Suspense>
    </StrictMode>);
    const until = async (what) => { for (let v; ; await new Promise(requestAnimationFrame)) if ((v = what())) return v; };
    const picture = (n) => document.querySelectorAll("dyo-forecast-chart")[n]?.shadowRoot?.querySelector("svg[role=img]");
    show(7);
    const svg = await until(() => picture(0));
    await until(() => document.querySelectorAll("dyo-forecast-chart")[1]?.forecast && picture(1));
    const days = document.querySelectorAll("dyo-forecast-chart")[1].forecast.predictions.length;
    svg.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
    await until(() => points.length);
    show(-1);
    const said = await until(() => document.querySelector("[role=alert]")?.textContent);
    globalThis.answer = { name: svg.getAttribute("aria-label"), days, date: points[0].date, said };`);
  await esbuild.build({
    entryPoints: [join(app.folder, "main.jsx")],
    bundle: true,
    format: "esm",
    jsx: "automatic",
    outdir: join(app.folder, "react"),
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  for (const file of ["dyocense.wasm", "worker.js"])
    copyFileSync(join(app.folder, "node_modules/dyocense/dist", file), join(app.folder, "react", file));
  app.write("react/index.html", html('<script type="module" src="main.js"></script>'));
  const { name, days, date, said } = await served(join(app.folder, "react"), {}, visit);
  assert.match(name, /Sales/);
  assert.deepEqual([days, date], [7, dates[0]]);
  assert.match(said, /found -1/);
});
