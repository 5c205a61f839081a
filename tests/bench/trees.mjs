// Boosted trees beside XGBoost on one thread: 100,000 rows of 30 features, depth 6. What reading the request takes is left out on both
// sides: ours is the difference between 101 rounds and one. Seconds of
// processor time.
import { spawnSync } from "node:child_process";
import { nativePath } from "../lib/project.mjs";
import { numbers } from "./instances.mjs";

const ROWS = 100_000;
const FEATURES = 30;
const params = { max_depth: 6, eta: 0.3, base_score: 0.5 };

function table() {
  const next = numbers(9);
  const x = Array.from({ length: ROWS }, () => Float64Array.from({ length: FEATURES }, () => Math.fround(Math.round(1e4 * next()) / 1e4)));
  const y = Float64Array.from(x, (r) => 10 * Math.sin(Math.PI * r[0] * r[1]) + 20 * (r[2] - 0.5) ** 2 + 10 * r[3] + 5 * r[4] + next());
  return { x, y };
}

const program = `
import json, sys, time
import numpy as np, xgboost as xgb
q = json.load(sys.stdin)
d = xgb.DMatrix(np.array(q["x"], dtype=np.float32), np.array(q["y"]), nthread=1)
began = time.process_time()
b = xgb.train(dict(q["params"], tree_method="hist", nthread=1), d, 100)
took = time.process_time() - began
p = b.predict(d)
print(json.dumps({"s": took, "rmse": float(np.sqrt(np.mean((p - np.array(q["y"])) ** 2)))}))
`;

function xgboost(text) {
  for (const python of ["python3", "/usr/bin/python3"]) {
    const r = spawnSync(python, ["-c", program], { input: text, encoding: "utf8" });
    if (r.status === 0) return JSON.parse(r.stdout);
  }
  console.error("NOTE: python3-xgboost is not installed: trees have no peer");
  return null;
}

function native(text, rounds) {
  const input = `{"num_boost_round":${rounds},${text.slice(1)}`;
  const r = spawnSync("sh", ["-c", '"$0" call trees.fit; times >&2', nativePath], { input, maxBuffer: 1 << 30 });
  const used = [...r.stderr.toString().split("\n")[1].matchAll(/(\d+)m([\d.]+)s/g)].map((m) => 60 * m[1] + Number(m[2]));
  return { s: used[0] + used[1], reply: JSON.parse(r.stdout.toString()) };
}

export function trees({ row, load }) {
  return {
    async trees() {
      const { x, y } = table();
      const text = JSON.stringify({ x: x.map((r) => Array.from(r)), y: Array.from(y), params });
      const one = native(text, 1);
      const all = native(text, 101);
      const peer = xgboost(text);
      const label = "trees.fit, 100,000 x 30, depth 6, 100 rounds";
      const rmse = all.reply.train_metric[99];
      row(`${label}, native`, all.s - one.s, "s", {
        target: peer?.s,
        peer: peer ? ["XGBoost hist, one thread", peer.s, `its RMSE ${peer.rmse.toPrecision(4)}, ours ${rmse.toPrecision(4)}`] : undefined,
      });
      if (peer) row("  its RMSE beside XGBoost's", rmse / peer.rmse, "", { target: 1.01 });
      const dyo = await load();
      const timed = async (rounds) => {
        const before = process.cpuUsage();
        await dyo.call("trees.fit", { x, y, params, num_boost_round: rounds });
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1e6;
      };
      const first = await timed(1);
      row(`${label}, wasm`, (await timed(101)) - first, "s", {
        target: peer ? 2 * peer.s : undefined,
        peer: peer ? ["XGBoost hist, native", peer.s] : undefined,
      });
    },
  };
}
