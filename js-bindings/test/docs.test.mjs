// SPDX-License-Identifier: GPL-3.0-or-later
// The JavaScript of the READMEs compiles as it stands against the package, and docs/react.md is compiled and drawn. What the
// READMEs say is run by tests/docs.test.mjs.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import * as esbuild from "esbuild";
import ts from "typescript";
import { fencesOf } from "../../tests/lib/snippets.mjs";
import { root } from "./helpers.mjs";
import { linked } from "./installed.mjs";
import { html, served, visit } from "./pages.mjs";

const app = linked();
after(() => app.remove());
mkdirSync(join(app.folder, "node_modules/@types"));
for (const name of ["react", "react-dom", "scheduler", "csstype", "@types/react"])
  symlinkSync(join(root, "node_modules", name), join(app.folder, "node_modules", name));

const own = fencesOf(join(root, "README.md"));
const project = fencesOf(join(root, "../README.md"));
const react = fencesOf(join(root, "../docs/react.md"));

const day = (i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const dates = Array.from({ length: 84 }, (_, i) => day(i));
const values = dates.map((_, i) => 20 + [0, 2, 4, 6, 9, 14, 1][i % 7] + ((i * 7919) % 5));
const given = `const dates = ${JSON.stringify(dates)}, values = ${JSON.stringify(values)};\n`;

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
  const all = [...own, ...project].filter(({ language }) => language === "js");
  assert.ok(all.length > 4);
  for (const [i, { text }] of all.entries()) app.write(`block${i}.js`, text);
  const found = problems(["given.d.ts", ...all.map((_, i) => `block${i}.js`)], { allowJs: true, checkJs: true });
  assert.equal(found.length, 1, found.join("\n"));
  const wrong = all.findIndex(({ text }) => text.includes("anual_demand: 1"));
  assert.match(found[0], new RegExp(`^block${wrong}\\.js:2 .*'annual_demand'`));
});

const names = ["sales.tsx", "forecast.tsx", "dyo-elements.d.ts"];
const writeReact = () => react.forEach(({ text }, i) => app.write(names[i], text));

test("docs/react.md compiles under React's own types, and what is misspelt does not", () => {
  assert.deepEqual(react.map(({ language }) => language), ["tsx", "tsx", "ts"]);
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
