// Choices from a seed, the same on every run.

/** { next() in [0, 1), below(n), chance(p), pick(list) } (mulberry32). */
export function choices(seed) {
  let a = (seed * 2_654_435_761) >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n) => Math.floor(next() * n);
  return { next, below, chance: (p) => next() < p, pick: (list) => list[below(list.length)] };
}

/** Faults that a sync must survive: each with the chance of meeting a request whose path matches. */
export const passing = [
  { error: "unavailable" },
  { error: "throttle", retryAfter: 0 },
  { error: "throttle", retryAfter: "nonsense" },
  { error: "html" },
  { error: "html_200" },
  { reset: true },
  { garbage: true },
  { cut: 0 },
  { cut: 0.5 },
  { cut: 0.9, chunked: true },
  { length: 7 },
];

/** Sets `n` passing faults on requests that come in the next `span`. Answers the rules. */
export function trouble(fake, rng, { path = /./, n = 2, span = 8, kinds = passing } = {}) {
  return Array.from({ length: n }, () => fake.faults.add({ path, skip: rng.below(span), ...rng.pick(kinds) }));
}

/** Does `work` before some of the requests that match: edits while pages are read. Answers the rule. */
export function meanwhile(fake, rng, work, { path = /./, share = 0.5, times = Infinity } = {}) {
  return fake.faults.add({ path, times, before: () => (rng.chance(share) ? work() : undefined) });
}
