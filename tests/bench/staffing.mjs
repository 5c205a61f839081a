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

/** The reply of the native program, the processor seconds of its solving, and its largest memory in MiB. */
async function native(op, request) {
  const child = spawn(nativePath, ["call", op], { stdio: ["pipe", "pipe", "inherit"] });
  let peak = 0;
  let cpu = 0;
  const look = () => {
    if (!existsSync(`/proc/${child.pid}/schedstat`)) return;
    const ran = Number(readFileSync(`/proc/${child.pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;
    const m = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
    if (m) [cpu, peak] = [ran, Number(m[1]) / 1024];
  };
  const watch = setInterval(look, 5);
  child.stdin.end(JSON.stringify(request));
  const parts = [];
  for await (const part of child.stdout) {
    look();
    parts.push(part);
  }
  clearInterval(watch);
  const reply = JSON.parse(Buffer.concat(parts).toString("utf8"));
  return { reply, cpu: solving(reply, cpu), peak };
}

/** The same in wasm. */
async function inWasm(dyo, op, request) {
  const before = process.cpuUsage();
  const reply = await dyo.call(op, request);
  const { user, system } = process.cpuUsage(before);
  return { reply, cpu: solving(reply, (user + system) / 1e6) };
}

/** Processor seconds of solving are at most those of the whole call, and at most its time by the clock: so a busy machine counts little. */
function solving(reply, cpu) {
  return Math.min(cpu, reply.solve_time_s ?? cpu);
}

/** Short ones are asked three times: the least counts, as the rest is the machine's. */
async function least(target, once) {
  let best = await once();
  for (let k = 1; k < 3 && target < 1; k++) {
    const next = await once();
    if (next.cpu < best.cpu) best = next;
  }
  return best;
}

/** A peer on the same model: { status, obj, bound, gap, cpu_s }; null where it is not installed. */
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

const patience = 4; // times its target: the time limit of a run that misses it, so that the bench ends

const schedules = [
  // people, shifts, days, gap (1: any plan with a bound), processor seconds natively, MiB
  [20, 50, 7, 0, 1],
  [100, 500, 28, 1, 0.1],
  [100, 500, 28, 5e-3, 0.7],
  [100, 500, 28, 1e-3, 2.5],
  [300, 2000, 28, 3e-3, 3],
  [1000, 5000, 28, 1e-2, 30, 500],
];

const tasks = [
  [200, 200, 0, 1],
  [1000, 1000, 2e-3, 10],
];

const proven = (reply) => `${reply.status}, gap ${reply.gap === 0 ? 0 : reply.gap.toExponential(1)}`;
const held = (reply, gap) => (reply.status === "optimal" || reply.status === "feasible") && reply.gap <= gap;

/** One request natively and in wasm. Times are of the processor, so that a busy machine does not count. */
async function both(label, op, request, { target, most, dyo, row, check, gap }) {
  const asked = (times) => ({ ...request, gap_tolerance: gap, time_limit_s: Math.max(1, times * patience * target) });
  const there = await least(target, () => native(op, asked(1)));
  check(!there.reply.error, `${label}: ${JSON.stringify(there.reply).slice(0, 300)}`);
  const missed = (r) => (held(r, gap) ? "" : ": NOT REACHED");
  const line = (what, { reply, cpu }, limit, note) =>
    row(what, held(reply, gap) ? cpu : Infinity, "s", { target: limit, note: proven(reply) + missed(reply) + note });
  line(`${label}, native`, there, target, "");
  if (most) row("  its memory", there.peak, "MiB", { target: most });
  const wasm = await least(target, () => inWasm(dyo, op, asked(2)));
  line("  in wasm", wasm, 2 * target, `; ${(wasm.cpu / there.cpu).toFixed(1)} times native`);
}

/** HiGHS in wasm and CBC on the same instance, each to the same gap and cut at `limit` seconds, beside ours natively and in wasm. */
async function beside(op, [kind, ...args], gap, solvers, limit, { row, dyo }) {
  const { name, request } = instance(kind, ...args);
  const asked = { ...request, gap_tolerance: gap, time_limit_s: limit };
  const { reply, cpu } = await least(0, () => native(op, asked));
  const wasm = await least(0, () => inWasm(dyo, op, asked));
  const goal = gap === 1 ? "first plan" : gap === 0 ? "proven optimal" : `proven ${100 * gap} %`;
  for (const solver of solvers) {
    const p = peer(solver, name, limit, gap);
    if (!p) {
      console.error(`NOTE: ${solver} did not run: its line is left out`);
      continue;
    }
    const end = Number.isFinite(p.gap) ? `gap ${p.gap.toExponential(1)}` : "no plan";
    const cut = p.gap <= gap + 1e-9 ? "" : `, cut at ${limit} s`;
    const target = solver === "highs" && gap === 0.01 ? p.cpu_s / 50 : undefined;
    const note = `${p.status}, ${end}${cut}; ours ${proven(reply)}`;
    row(`${name}, ${goal}, native`, cpu, "s", { peer: [solver, p.cpu_s, note], target });
    row("  in wasm", wasm.cpu, "s", { peer: [solver, p.cpu_s] });
  }
}

/** The longest stretch of processor time, in ms, between two looks at the clock, from the first to the reply: what a time limit or a cancel
 *  may have to wait for, in wasm. The clock of the module is performance.now. */
async function longestStretch(dyo, op, request) {
  const clock = performance.now;
  const used = () => process.cpuUsage().user / 1000;
  let last = null;
  let longest = 0;
  const look = () => {
    if (last !== null) longest = Math.max(longest, used() - last);
    last = used();
  };
  performance.now = () => {
    look();
    return clock.call(performance);
  };
  try {
    await dyo.call(op, request);
    look();
  } finally {
    performance.now = clock;
  }
  return longest;
}

const stops = [
  ["staffing.schedule", "shift", 20, 50, 7, 1, "tight"],
  ["staffing.schedule", "shift", 100, 500, 28, 3, "tight"],
  ["staffing.schedule", "shift", 300, 2000, 28, 1, "tight"],
  ["staffing.schedule", "shift", 300, 2000, 28, 1, "infeas-skill"],
  ["staffing.schedule", "shift", 300, 2000, 28, 1, "infeas-shift"],
  ["staffing.schedule", "shift", 1000, 5000, 28, 1, "tight"],
  ["staffing.assign_tasks", "task", 200, 200, 1, "tight"],
  ["staffing.assign_tasks", "task", 1000, 1000, 1, "tight"],
];

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
    async staffing_stops() {
      if (!ready()) return;
      const dyo = await load();
      for (const [op, ...args] of stops) {
        const { name, request } = instance(...args);
        let least = Infinity;
        for (const limit of [0.7, 1, 1.3])
          least = Math.min(least, await longestStretch(dyo, op, { ...request, gap_tolerance: 0, time_limit_s: limit }));
        row(`${name}: longest between looks at the clock, wasm`, least, "ms", { target: 100 });
      }
    },
    async staffing_peers() {
      if (!ready()) return;
      const dyo = await load();
      const kit = { row, dyo };
      await beside("staffing.schedule", ["shift", 20, 50, 7, 20, "tight"], 0, ["highs", "cbc"], 30, kit);
      for (const mode of ["easy", "tight"]) {
        await beside("staffing.schedule", ["shift", 100, 500, 28, 1, mode], 1, ["highs", "cbc"], 20, kit);
        await beside("staffing.schedule", ["shift", 100, 500, 28, 1, mode], 0.01, ["highs", "cbc"], 60, kit);
      }
      await beside("staffing.assign_tasks", ["task", 200, 200, 1, "tight"], 0, ["cbc", "highs"], 20, kit);
    },
  };
}
