// Quantile regression at several levels with shared slopes: Zou & Yuan (2008), Annals of Statistics 36, by the majorising
// quadratics of Hunter & Lange (2000), J. Computational and Graphical Statistics 9.

/** The quantile of ascending numbers, by linear interpolation. */
export function quantile(sorted, p) {
  const t = p * (sorted.length - 1);
  const i = Math.floor(t);
  return sorted[i] + (t - i) * ((sorted[i + 1] ?? sorted[i]) - sorted[i]);
}

function solve(a, b) {
  const m = a.map((row, i) => [...row, b[i]]);
  for (let i = 0; i < m.length; i++) {
    let pivot = i;
    for (let k = i + 1; k < m.length; k++) if (Math.abs(m[k][i]) > Math.abs(m[pivot][i])) pivot = k;
    [m[i], m[pivot]] = [m[pivot], m[i]];
    for (let k = 0; k < m.length; k++) {
      if (k === i) continue;
      const c = m[k][i] / m[i][i];
      for (let j = i; j <= m.length; j++) m[k][j] -= c * m[i][j];
    }
  }
  return m.map((row, i) => row[m.length] / row[i]);
}

/** One majorising quadratic around beta, minimised. */
function step(rows, levels, ridge, beta, eps) {
  const L = levels.length;
  const P = L + ridge.length;
  const a = Array.from({ length: P }, () => new Array(P).fill(0));
  const b = new Array(P).fill(0);
  for (const { x, y } of rows) {
    let linear = 0;
    for (let j = 0; j < x.length; j++) linear += beta[L + j] * x[j];
    for (let l = 0; l < L; l++) {
      const w = 1 / (eps + Math.abs(y - linear - beta[l]));
      const g = w * y + 2 * levels[l] - 1;
      a[l][l] += w;
      b[l] += g;
      for (let j = 0; j < x.length; j++) {
        a[l][L + j] += w * x[j];
        b[L + j] += g * x[j];
        for (let i = 0; i <= j; i++) a[L + i][L + j] += w * x[i] * x[j];
      }
    }
  }
  for (let j = 0; j < ridge.length; j++) a[L + j][L + j] += ridge[j] * rows.length;
  for (let i = 0; i < P; i++) for (let j = 0; j < i; j++) a[i][j] = a[j][i];
  return solve(a, b);
}

/** rows: [{ x: [...], y }]. The quantiles of y at `levels` are at[l] + slopes . x; `ridge` holds each slope back. */
export function fitQuantiles(rows, levels, ridge) {
  const middle = ridge.map((_, j) => rows.reduce((sum, r) => sum + r.x[j], 0) / rows.length);
  const centred = rows.map((r) => ({ x: r.x.map((v, j) => v - middle[j]), y: r.y }));
  const sorted = rows.map((r) => r.y).sort((p, q) => p - q);
  let beta = [...levels.map((p) => quantile(sorted, p)), ...ridge.map(() => 0)];
  for (let i = 0; i < 60; i++) beta = step(centred, levels, ridge, beta, Math.max(1e-3, 0.3 * 0.8 ** i));
  const slopes = beta.slice(levels.length);
  const shift = slopes.reduce((sum, s, j) => sum + s * middle[j], 0);
  return { at: beta.slice(0, levels.length).map((v) => v - shift), slopes };
}
