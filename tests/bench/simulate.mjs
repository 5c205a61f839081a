// Series drawn at random, to train on beside those of the development sample: levels that wander, trends that hold or fade, seasons that
// stand or drift, noise that grows with the level or does not, autoregressions, long seasons over short ones. The same at every run.

/** Uniform numbers, xorshift128+ from one seed. */
function uniform(seed) {
  let a = BigInt(seed) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn;
  let b = 0x853c49e6748fea9bn;
  return () => {
    let x = a;
    a = b;
    x ^= (x << 23n) & 0xffffffffffffffffn;
    b = x ^ a ^ (x >> 18n) ^ (a >> 5n);
    return Number(((a + b) & 0xffffffffffffffffn) >> 11n) / 2 ** 53;
  };
}

const shapes = [
  // seasons, horizon, shortest and longest history, how many
  { periods: [], h: 6, least: 14, most: 50, count: 150 },
  { periods: [4], h: 8, least: 28, most: 120, count: 100 },
  { periods: [12], h: 18, least: 60, most: 300, count: 100 },
  { periods: [52], h: 13, least: 220, most: 700, count: 80 },
  { periods: [], h: 13, least: 200, most: 700, count: 40 },
  { periods: [7], h: 14, least: 100, most: 800, count: 80 },
  { periods: [24], h: 48, least: 300, most: 700, count: 30 },
  { periods: [24, 168], h: 48, least: 600, most: 800, count: 30 },
];

function season(m, next, normal) {
  const waves = 1 + Math.floor(next() * Math.min(4, m / 2));
  const parts = Array.from({ length: waves }, (_, k) => [normal() / (k + 1), normal() / (k + 1)]);
  const s = Array.from({ length: m }, (_, i) =>
    parts.reduce((sum, [c, d], k) => sum + c * Math.cos((2 * Math.PI * (k + 1) * i) / m) + d * Math.sin((2 * Math.PI * (k + 1) * i) / m), 0),
  );
  const size = Math.sqrt(s.reduce((a, v) => a + v * v, 0) / m) || 1;
  return s.map((v) => v / size);
}

function one({ periods, h, least, most }, next) {
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const n = Math.round(least * (most / least) ** next()) + h;
  const [wander, slope, fade, phi] = [next() < 0.3 ? 0 : 0.5 * next(), next() < 0.4 ? 0 : 0.15 * normal(), next() < 0.5 ? 1 : 0.9 + 0.1 * next(), next() < 0.5 ? 0 : 0.9 * next()];
  const drift = next() < 0.5 ? 0 : 0.03;
  const seasons = periods.map((m) => season(m, next, normal).map((v) => v * 3 * next()));
  const multiplies = next() < 0.4;
  let [level, trend, e] = [0, slope, 0];
  const y = Array.from({ length: n }, (_, t) => {
    trend = trend * fade + drift * wander * normal() * 0.3;
    level += trend + wander * normal();
    e = phi * e + normal();
    for (const s of seasons) s[t % s.length] += drift * normal();
    return level + seasons.reduce((a, s) => a + s[t % s.length], 0) + e;
  });
  if (multiplies) return y.map((v) => 1000 * Math.exp(0.05 * Math.max(-60, Math.min(60, v))));
  const low = Math.min(...y);
  return y.map((v) => 10 * (v - low) + 30);
}

/** [{ id, src, m, h, train, test }] as in the sample; the last h values of train serve as the future of origin 1, test is empty. */
export function simulated() {
  const next = uniform(20261127);
  return shapes.flatMap((shape, j) =>
    Array.from({ length: shape.count }, (_, i) => ({ id: `S${j}-${i}`, src: "simulated", m: shape.periods[0] > 24 ? 1 : (shape.periods[0] ?? 1), h: shape.h, train: one(shape, next), test: [] })),
  );
}
