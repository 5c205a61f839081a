// The development sample of M competition series, and forecasts of it by the native program.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { root, runLines, utf8Of } from "../lib/project.mjs";

export const frequencies = ["Yearly", "Quarterly", "Monthly", "Weekly", "Daily", "Hourly"];
export const sampleDir = join(root, "../shared/data/m4-dev");
export const scorer = join(root, "../shared/tools/m4score.py");
export const sampleIsThere = () => existsSync(sampleDir) && existsSync(scorer);

/** Series of one frequency: [{ id, src, m, h, train, test }]. */
export const readSample = (frequency) =>
  JSON.parse(gunzipSync(readFileSync(join(sampleDir, `${frequency}.json.gz`))).toString("utf8"));

/** At most so many of the list, evenly. */
export const spread = (list, most) => (list.length <= most ? list : Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]));

/** Seconds of processor time that timed.sh tells. */
function used(stderr) {
  const line = stderr.trim().split("\n").at(-1);
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, m) => sum + 60 * m[1] + Number(m[2]), 0);
}

/** Forecast each of `asked` ({ train, m, h }) with one model, no backtest. `levels` is one level or a list, `more` are
 *  further fields of the request, or a function from the series to them. Answers { seconds of processor time, forecasts: [{ mean, bands: [{ lower, upper }] } | null] }. */
export async function forecastAll(asked, model, levels, more = {}, jobs = 2) {
  const lines = asked.map((s) =>
    JSON.stringify({
      series: { values: s.train },
      model_type: model,
      seasonal_periods: s.m > 1 ? [s.m] : [],
      forecast_horizon: s.h,
      confidence_level: levels,
      folds: 0,
      ...(typeof more === "function" ? more(s) : more),
    }),
  );
  const r = await runLines(join(root, "tests/bench/timed.sh"), "forecast.create", lines, { args: ["--jobs", String(jobs)], stall: 600_000 });
  const seconds = used(r.stderr);
  if (r.lines.length !== lines.length) throw new Error(`${model}: ${r.lines.length} of ${lines.length} replies: ${r.stderr}`);
  const forecasts = r.lines.map((line, i) => {
    const reply = JSON.parse(utf8Of(line));
    if (reply.error?.code === "insufficient_data") return null;
    if (reply.error) throw new Error(`${model}, ${asked[i].id}: ${JSON.stringify(reply.error)}`);
    return { mean: reply.predictions, bands: [reply.confidence_intervals].flat(), calibration: reply.diagnostics?.interval_calibration };
  });
  return { seconds, forecasts };
}
