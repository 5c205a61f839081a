// Builds solve.c into build/bench/solve.wasm with the flags of the shipped module, and runs it on arrays.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/project.mjs";

const library = join(root, "build/wasm/libdyo.a");
const target = join(root, "build/bench/solve.wasm");

function build() {
  if (!existsSync(library)) throw new Error(`${library} does not exist: build it first (./dev build)`);
  mkdirSync(join(root, "build/bench"), { recursive: true });
  const args = [
    "-std=c17",
    "-O3",
    "-ffp-contract=off",
    `-I${join(root, "core")}`,
    "-c",
    join(root, "tests/bench/solve.c"),
    "-o",
    `${target}.o`,
  ];
  const link = ["-O1", `${target}.o`, library, "--no-entry", "-sSTANDALONE_WASM", "-sALLOW_MEMORY_GROWTH=1", "-o", target];
  for (const a of [args, link]) {
    const r = spawnSync("emcc", a, {
      encoding: "utf8",
      env: { ...process.env, NODE_PATH: process.env.NODE_PATH ?? "/usr/share/nodejs" },
    });
    if (r.status !== 0) throw new Error(`emcc ${a.join(" ")}: ${r.error?.message ?? r.stderr}`);
  }
}

/** load(arrays) copies an instance in; its run() solves it once and answers { ms, passes, cost, bound, gap, overused }. */
export async function openSolve() {
  build();
  const module = await WebAssembly.compile(readFileSync(target));
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const { exports: x } = await WebAssembly.instantiate(module, imports);
  x._initialize?.();
  return {
    load({ n, order, hold, money, space, budget, storage }) {
      const a = x.bench_alloc(4 * n);
      const q = x.bench_alloc(n);
      const out = x.bench_alloc(4);
      [order, hold, money, space].forEach((v, i) => new Float64Array(x.memory.buffer, a + 8 * n * i, n).set(v));
      return () => {
        const began = performance.now();
        const passes = x.bench_solve(n, a, budget, storage, q, out);
        const ms = performance.now() - began;
        const [cost, bound, usedMoney, usedSpace] = new Float64Array(x.memory.buffer, out, 4);
        const overused = Math.max(usedMoney / budget, usedSpace / storage) - 1;
        return { ms, passes, cost, bound, gap: (cost - bound) / Math.abs(cost), overused };
      };
    },
  };
}
