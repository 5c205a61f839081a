// SPDX-License-Identifier: GPL-3.0-or-later
// dyocense/elements in a page that is not ours: no tool, no style sheet, a strict content policy, and the operations' own objects.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { linked } from "./installed.mjs";
import { html, served, visit } from "./pages.mjs";

const app = linked();
after(() => app.remove());

const policy = {
  "content-security-policy": "default-src 'self'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; style-src 'none'",
};

/** A program with `dyo` and `show(element, properties, what it has once it is drawn)`; what it returns is the answer. */
const program = (body) => `
  import { load } from "./node_modules/dyocense/dist/browser.js";
  import "./node_modules/dyocense/dist/elements.js";
  const dyo = await load();
  async function show(name, properties, drawn = "svg[role=img]") {
    const e = Object.assign(document.createElement(name), properties);
    document.body.append(e);
    while (!e.shadowRoot?.querySelector(drawn)) await new Promise((done) => setTimeout(done, 20));
    await e.updateComplete;
    return e;
  }
  const within = (e, what) => e.shadowRoot.querySelectorAll(what);
  globalThis.answer = await (async () => { ${body} })().catch((e) => ({ failed: String(e.stack) }));`;

async function page(body) {
  app.write("main.js", program(body));
  app.write("index.html", html('<script type="module" src="main.js"></script>'));
  const answer = await served(app.folder, policy, visit);
  assert.equal(answer.failed, undefined);
  return answer;
}

test("a forecast is drawn with its band, and says what is read", async () => {
  const answer = await page(`
    const values = Array.from({ length: 60 }, (_, i) => 20 + (i % 7) * 3);
    const dates = values.map((_, i) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10));
    const series = { dates, values };
    const forecast = await dyo.forecast.create({ series, forecast_horizon: 14, model_type: "seasonal_naive" });
    const chart = await show("dyo-forecast-chart", { heading: "Sales", series, forecast });
    const svg = within(chart, "svg[role=img]")[0];
    const points = [];
    chart.addEventListener("dyo-point", (e) => points.push(e.detail));
    for (const key of ["Home", "End"]) {
      svg.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      await chart.updateComplete;
    }
    return { name: svg.getAttribute("aria-label"), paths: within(chart, "svg path").length, points, last: forecast.dates.at(-1), value: forecast.predictions.at(-1) };`);
  assert.match(answer.name, /Sales/);
  assert.ok(answer.paths >= 3);
  assert.deepEqual(answer.points.map((p) => p.date), ["2024-01-01", answer.last]);
  assert.equal(answer.points[1].value, answer.value);
});

test("stock card, order cost and frontier take what the operations answer", async () => {
  const answer = await page(`
    const history = { values: Array.from({ length: 90 }, (_, i) => 10 + (i % 5)), frequency: "D" };
    const items = [{ sku: "BOLT", on_hand: 30, unit_cost: 4, lead_time_days: 7, history }];
    const { recommendations } = await dyo.inventory.plan({ items });
    const card = await show("dyo-stock-card", { heading: "BOLT", recommendation: recommendations[0] });
    const input = { annual_demand: 10000, order_cost: 50, holding_cost_per_unit: 2 };
    const result = await dyo.inventory.eoq(input);
    const curve = await show("dyo-eoq-curve", { input, result });
    let chosen;
    curve.addEventListener("dyo-change", (e) => (chosen = e.detail));
    const press = (key) => within(curve, "svg")[0].dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    press("Home");
    await curve.updateComplete;
    press("Enter");
    const products = [{ id: "A", annual_demand: 1000, order_cost: 20, unit_cost: 5, holding_cost_rate: 0.2, demand_std_dev: 3, lead_time_days: 9 }];
    const { frontier, knee } = await dyo.inventory.pareto({ products, points: 8 });
    const pareto = await show("dyo-pareto", { frontier, knee });
    return { pictures: [card, curve, pareto].map((e) => within(e, "svg[role=img]").length), chosen };`);
  assert.deepEqual(answer.pictures, [1, 1, 1]);
  assert.ok(answer.chosen.order_quantity > 0 && answer.chosen.cost > 0);
});

test("a roster is a table; names that look like HTML stay text", async () => {
  const hostile = '<img src=x onerror="globalThis.hit=1">';
  const answer = await page(`
    const hostile = ${JSON.stringify(hostile)};
    const employees = [{ id: "a", name: hostile, hourly_rate: 20 }, { id: "b", name: "B", hourly_rate: 18 }];
    const shifts = [0, 1].map((day) => ({ id: hostile + day, name: hostile, day, start_time: "22:00", end_time: "06:00" }));
    const result = await dyo.staffing.schedule({ employees, shifts, time_limit_s: 1 });
    const roster = await show("dyo-roster", { employees, shifts, result, start: "2025-05-12" }, "tbody td");
    await new Promise((done) => setTimeout(done, 50)); // an image that was let in would have failed by now
    return { tables: within(roster, "table").length, images: within(roster, "img").length, hit: globalThis.hit ?? 0, text: within(roster, "table")[0].textContent };`);
  assert.equal(answer.tables, 1);
  assert.deepEqual([answer.images, answer.hit], [0, 0]);
  assert.ok(answer.text.includes(hostile));
});

test("connections without a token say so, and ask nobody", async () => {
  const answer = await page(`
    const asked = [];
    const { fetch } = globalThis;
    globalThis.fetch = (...args) => (asked.push(String(args[0])), fetch(...args));
    const connections = await show("dyo-connections", { url: "http://127.0.0.1:9/" }, "form, p");
    await new Promise((done) => setTimeout(done, 50)); // a request that it makes by itself would be out by now
    return { asked, defined: connections.shadowRoot !== null };`);
  assert.deepEqual(answer, { asked: [], defined: true });
});

test("hostile properties run nothing and bring no foreign element in; what is right afterwards is drawn", async () => {
  const answer = await page(`
    const markup = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=2</' + 'script>';
    const boom = () => { throw new Error("boom"); };
    const cycle = {};
    cycle.series = cycle.forecast = cycle.values = cycle.dates = cycle.frontier = cycle.employees = cycle;
    const values = [1, 2, 3, 4, 5, 6, 7, 8], dates = values.map((v) => "2024-01-0" + v);
    const good = {
      "dyo-forecast-chart": { series: { dates, values }, forecast: await dyo.forecast.create({ series: { dates, values }, forecast_horizon: 2, model_type: "naive" }), heading: "h" },
      "dyo-stock-card": { recommendation: (await dyo.inventory.plan({ items: [{ sku: "B", on_hand: 3, lead_time_days: 7, history: { values: Array(60).fill(4), frequency: "D" } }] })).recommendations[0], heading: "h" },
      "dyo-eoq-curve": { input: { annual_demand: 100, order_cost: 5, holding_cost_per_unit: 2 }, result: await dyo.inventory.eoq({ annual_demand: 100, order_cost: 5, holding_cost_per_unit: 2 }), heading: "h" },
      "dyo-pareto": { ...(await dyo.inventory.pareto({ products: [{ id: "A", annual_demand: 1000, order_cost: 20, unit_cost: 5, holding_cost_rate: 0.2, demand_std_dev: 3, lead_time_days: 9 }], points: 4 })), heading: "h" },
      "dyo-roster": { employees: [{ id: "a" }], shifts: [{ id: "s", day: 0, start_time: "08:00", end_time: "16:00" }], result: undefined, start: "2025-05-12", heading: "h" },
    };
    const bad = [
      () => markup, () => NaN, () => null, () => cycle, () => "\\ud800", () => [null, NaN, {}, markup], () => new Array(1e6).fill(markup),
      () => JSON.parse('{"__proto__":{"dates":1},"constructor":1,"length":-1}'),
      () => ({ get values() { return boom(); }, get dates() { return boom(); }, get id() { return boom(); } }),
      () => new Proxy({}, { get: boom, has: boom, ownKeys: boom }),
    ];
    addEventListener("unhandledrejection", (e) => e.preventDefault()); // a drawing that failed is told to whoever waits for it
    const broken = [];
    const foreign = (e) => within(e, "img, script, iframe, object").length;
    const drawn = async (e) => {
      for (let i = 0; i < 500 && !within(e, "svg[role=img], table").length; i++) await new Promise(requestAnimationFrame);
      return within(e, "svg[role=img], table").length > 0;
    };
    for (const [name, props] of Object.entries(good)) {
      const titled = Object.assign(document.body.appendChild(document.createElement(name)), props, { heading: markup });
      if (!(await drawn(titled)) || foreign(titled)) broken.push(name + " takes its heading for markup");
      titled.remove();
      for (const [i, make] of bad.entries()) {
        const e = document.body.appendChild(document.createElement(name));
        for (const key of Object.keys(props).filter((key) => key !== "heading")) {
          try { e[key] = make(); } catch {}
          await e.updateComplete.catch(() => {});
        }
        if (foreign(e)) broken.push(name + " shows a foreign element, " + i);
        Object.assign(e, props);
        await e.updateComplete.catch(() => {});
        if (!(await drawn(e))) broken.push(name + " draws no more, " + i);
        e.remove();
      }
    }
    return { broken, hit: globalThis.hit ?? 0, polluted: {}.dates ?? null };`);
  assert.deepEqual(answer, { broken: [], hit: 0, polluted: null });
});
