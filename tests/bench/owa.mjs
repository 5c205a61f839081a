// The M4 competition's overall weighted average, as shared/tools/m4score.py defines it.
const sum = (list) => list.reduce((a, b) => a + b, 0);
const mean = (list) => sum(list) / list.length;

/** Is there a season at lag m? 90 % test on the autocorrelations, as the competition's R code has it. */
function seasonal(x, m) {
  const n = x.length;
  if (m <= 1 || n < 3 * m || m > Math.floor(10 * Math.log10(n))) return false;
  const mu = mean(x);
  const d = x.map((v) => v - mu);
  const c0 = sum(d.map((v) => v * v));
  if (c0 === 0) return false;
  const r = Array.from({ length: m }, (_, k) => sum(d.slice(k + 1).map((v, t) => v * d[t])) / c0);
  return Math.abs(r[m - 1]) > (1.645 / Math.sqrt(n)) * Math.sqrt(1 + 2 * sum(r.slice(0, m - 1).map((v) => v * v)));
}

/** Factors of a classical multiplicative decomposition, by place t % m. */
function indices(x, m) {
  const half = m >> 1;
  const places = Array.from({ length: m }, () => []);
  for (let t = half; t < x.length - half; t++) {
    const window = x.slice(t - half, t + half + 1);
    const trend = (sum(window) - (m % 2 === 0 ? (window[0] + window.at(-1)) / 2 : 0)) / m;
    if (trend !== 0) places[t % m].push(x[t] / trend);
  }
  const s = places.map((list) => (list.length > 0 ? mean(list) : 1));
  return s.map((v) => v / mean(s));
}

export function naive2(x, m, h) {
  const n = x.length;
  if (!seasonal(x, m)) return Array(h).fill(x[n - 1]);
  const s = indices(x, m);
  return Array.from({ length: h }, (_, i) => (x[n - 1] / s[(n - 1) % m]) * s[(n + i) % m]);
}

export const smape = (y, f) => mean(y.map((v, i) => (v === 0 && f[i] === 0 ? 0 : (200 * Math.abs(v - f[i])) / (Math.abs(v) + Math.abs(f[i])))));

/** sMAPE and MASE of a forecast of a series ({ train, test, m, h }) and of Naive2; null without a MASE scale. */
export function errorsOf({ train, test, m, h }, forecast) {
  const steps = train.slice(m).map((v, t) => Math.abs(v - train[t]));
  const scale = steps.length > 0 ? mean(steps) : 0;
  if (scale === 0) return null;
  const mase = (f) => mean(test.map((v, k) => Math.abs(v - f[k]))) / scale;
  const rival = naive2(train, m, h);
  return [smape(test, forecast), mase(forecast), smape(test, rival), mase(rival)];
}

/** OWA of a list of such errors. */
export function owaOf(list) {
  const total = [0, 1, 2, 3].map((k) => sum(list.map((e) => e[k])));
  return (total[0] / total[2] + total[1] / total[3]) / 2;
}

/** OWA of forecasts[i] for series[i]; series without a MASE scale are left out. */
export const owa = (series, forecasts) => owaOf(series.map((s, i) => errorsOf(s, forecasts[i])).filter(Boolean));
