// Schedules and tasks of the shared generator: time to a proven gap, natively and in wasm, beside HiGHS in wasm and CBC.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { nativePath, root } from "../lib/project.mjs";

const tools = join(root, "../shared/tools/opt");
const folder = join(root, "build/bench-staffing");

function generate(...args) {
  const r = spawnSync("python3", [join(tools, "gen.py"), ...args.map(String)], { cwd: folder, encoding: "utf8" });
  if (r.status !== 0) throw new Error(`gen.py ${args.join(" ")}: ${r.error?.message ?? r.stderr.trim().split("\n").at(-1)}`);
}

/** { request, prefix } of `gen.py KIND SIZE… SEED MODE`; prefix.mps and prefix.lp are made when a peer asks for them. */
function instance(kind, ...args) {
  const name = [kind, ...args].join("-");
  if (!existsSync(join(folder, `${name}.request.json`))) {
    generate(kind, ...args, `${name}.json`);
    generate("request", `${name}.json`, `${name}.request.json`);
  }
  return { name, request: JSON.parse(readFileSync(join(folder, `${name}.request.json`), "utf8")) };
}

function modelOf(name) {
  if (!existsSync(join(folder, `${name}.mps`))) generate("mps", `${name}.json`, name);
  return join(folder, name);
}

/** The reply of the native program, its seconds of processor and its largest memory in MiB. */
async function native(op, request) {
  const child = spawn(nativePath, ["call", op], { stdio: ["pipe", "pipe", "inherit"] });
  let peak = 0;
  const watch = setInterval(() => {
    if (!existsSync(`/proc/${child.pid}/status`)) return;
    const m = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
    if (m) peak = Number(m[1]) / 1024;
  }, 20);
  child.stdin.end(JSON.stringify(request));
  const parts = [];
  for await (const part of child.stdout) parts.push(part);
  clearInterval(watch);
  return { reply: JSON.parse(Buffer.concat(parts).toString("utf8")), peak };
}

/** A peer on the same model: { status, obj, bound, cpu_s }; null where it is not installed. */
function peer(solver, name, limit, gap) {
  const env = { ...process.env, PEERS_NPM: join(root, "tests") };
  const r = spawnSync("python3", [join(tools, "peers.py"), modelOf(name), limit, gap, solver].map(String), {
    encoding: "utf8",
    env,
    maxBuffer: 1 << 28,
  });
  if (r.status !== 0) return null;
  return JSON.parse(r.stdout.trim().split("\n").at(-1));
}

const hours = 50; // one run of a large instance natively, one in wasm: the limit of each, in seconds

const schedules = [
  // people, shifts, days, gap, seconds natively, MiB
  [20, 50, 7, 0, 1],
  [100, 500, 28, 5e-3, 0.7],
  [100, 500, 28, 1e-3, 2.5],
  [300, 2000, 28, 3e-3, 3],
  [1000, 5000, 28, 1e-2, 30, 500],
];

const tasks = [
  [200, 200, 0, 1],
  [1000, 1000, 2e-3, 10],
];

async function both(label, op, request, { target, most, dyo, row, check, gap }) {
  const asked = { ...request, gap_tolerance: gap, time_limit_s: hours };
  const { reply, peak } = await native(op, asked);
  check(reply.status === "optimal" || reply.status === "feasible", `${label}: ${JSON.stringify(reply).slice(0, 300)}`);
  const note = `gap ${reply.gap.toExponential(1)}`;
  row(`${label}, native`, reply.solve_time_s, "s", { target, note });
  row("  its proven gap", reply.gap, "", { target: Math.max(gap, 1e-12) });
  if (most) row("  its memory", peak, "MiB", { target: most });
  const began = performance.now();
  const w = await dyo.call(op, asked);
  row(`${label}, wasm`, (performance.now() - began) / 1000, "s", { target: 2 * target, note: `gap ${w.gap.toExponential(1)}` });
  return reply;
}

/** HiGHS and CBC to a proven 1 % at 100 x 500, and CBC to the end at 20 x 50 and on 200 x 200 tasks. */
async function beside(op, [kind, ...args], gap, solvers, limit, { row }) {
  const { name, request } = instance(kind, ...args);
  const { reply } = await native(op, { ...request, gap_tolerance: gap, time_limit_s: hours });
  for (const solver of solvers) {
    const p = peer(solver, name, limit, gap);
    if (!p) {
      console.error(`NOTE: ${solver} did not run: its line is left out`);
      continue;
    }
    const seconds = p.cpu_s;
    const end = p.gap === undefined ? "no plan" : `gap ${p.gap.toExponential(1)}`;
    row(`${name}, to a proven ${100 * gap} %`, reply.solve_time_s, "s", {
      peer: [solver, seconds, `${p.status}, ${end}`],
      target: solver === "highs" && gap > 0 ? seconds / 50 : undefined,
    });
  }
}

export function staffing({ row, load, check }) {
  const ready = () => {
    if (existsSync(tools)) return mkdirSync(folder, { recursive: true }) ?? true;
    console.error(`NOTE: ${tools} does not exist: the staffing benches are left out`);
    return false;
  };
  return {
    async staffing_schedule() {
      if (!ready()) return;
      const dyo = await load();
      for (const [e, s, days, gap, target, most] of schedules)
        for (const mode of ["easy", "tight"]) {
          const { request } = instance("shift", e, s, days, e === 20 ? 20 : 1, mode);
          const label = `schedule ${e} x ${s} ${mode} to ${100 * gap} %`;
          await both(label, "staffing.schedule", request, { target, most, dyo, row, check, gap });
        }
    },
    async staffing_tasks() {
      if (!ready()) return;
      const dyo = await load();
      for (const [e, t, gap, target] of tasks)
        for (const mode of ["easy", "tight"]) {
          const { request } = instance("task", e, t, 1, mode);
          await both(`tasks ${e} x ${t} ${mode} to ${100 * gap} %`, "staffing.assign_tasks", request, {
            target,
            dyo,
            row,
            check,
            gap,
          });
        }
      const { request } = instance("task", 1000, 1000, 1, "easy");
      await both("tasks 1,000 x 1,000, one each", "staffing.assign_tasks", { ...request, max_tasks_per_employee: 1 }, {
        target: 0.2,
        dyo,
        row,
        check,
        gap: 0,
      });
    },
    async staffing_peers() {
      if (!ready()) return;
      await beside("staffing.schedule", ["shift", 20, 50, 7, 20, "tight"], 0, ["highs", "cbc"], 60, { row });
      await beside("staffing.schedule", ["shift", 100, 500, 28, 1, "easy"], 0.01, ["highs", "cbc"], 60, { row });
      await beside("staffing.schedule", ["shift", 100, 500, 28, 1, "tight"], 0.01, ["highs", "cbc"], 60, { row });
      await beside("staffing.assign_tasks", ["task", 200, 200, 1, "tight"], 0, ["cbc", "highs"], 60, { row });
    },
  };
}
