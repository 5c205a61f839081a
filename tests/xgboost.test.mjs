// Models go to XGBoost and come from it: played with Debian's python3-xgboost where it is installed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { numbers } from "./bench/instances.mjs";
import { nativePath, run } from "./lib/project.mjs";

const pythons = ["python3", "/usr/bin/python3"];
const python = pythons.find((p) => spawnSync(p, ["-c", "import xgboost"]).status === 0);
const why = python ? false : "python3-xgboost is not installed: models are not tried in XGBoost itself";
if (why) console.error(`NOTE: ${why}`);

function call(op, request) {
  const r = run(nativePath, ["call", op], { input: JSON.stringify(request) });
  return JSON.parse(r.stdout);
}

function theirs(program, input) {
  const r = spawnSync(python, ["-c", program], { input: JSON.stringify(input), encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(r.status, 0, r.stderr);
  return JSON.parse(r.stdout);
}

const head = `
import json, sys, tempfile, os
import numpy as np, xgboost as xgb
q = json.load(sys.stdin)
x = np.array([[np.nan if v is None else v for v in row] for row in q["x"]], dtype=np.float32)
`;

const predictWithOurs = `${head}
f = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False); f.write(q["model"]); f.close()
b = xgb.Booster(); b.load_model(f.name); os.unlink(f.name)
print(json.dumps([float(v) for v in b.predict(xgb.DMatrix(x))]))
`;

const fitTheirs = `${head}
d = xgb.DMatrix(x, np.array(q["y"]))
b = xgb.train(q["params"], d, 12)
f = tempfile.NamedTemporaryFile(suffix=".json", delete=False); f.close()
b.save_model(f.name); t = open(f.name).read(); os.unlink(f.name)
print(json.dumps({"model": t, "predictions": [float(v) for v in b.predict(d)]}))
`;

function rows(objective) {
  const next = numbers(41);
  const x = Array.from({ length: 300 }, () => Array.from({ length: 6 }, () => (next() < 0.1 ? null : Math.round(500 * next()) / 100)));
  const level = x.map((r) => 1 + (r[0] ?? 2) * 0.4 + Math.sin(r[1] ?? 0) + 0.3 * next());
  const y = { "count:poisson": level.map(Math.round), "binary:logistic": level.map((v) => (v > 2 ? 1 : 0)) }[objective] ?? level;
  return { x, y };
}

const near = (a, b) => a.every((v, i) => Math.abs(v - b[i]) <= 1e-6 * Math.max(1, Math.abs(b[i])));

for (const objective of ["reg:squarederror", "reg:absoluteerror", "count:poisson", "reg:tweedie", "binary:logistic"]) {
  test(`${objective}: XGBoost loads our model and predicts the same, and we its`, { skip: why }, () => {
    const { x, y } = rows(objective);
    const params = { objective, max_depth: 5, eta: 0.3, ...(objective === "count:poisson" ? { max_delta_step: 0.7 } : {}) };
    const { model } = call("trees.fit", { x, y, params, num_boost_round: 12 });
    const ours = call("trees.predict", { model, x }).predictions;
    assert.ok(near(ours, theirs(predictWithOurs, { x, model })), "our model in XGBoost");
    const their = theirs(fitTheirs, { x, y, params: { ...params, nthread: 1 } });
    assert.ok(near(call("trees.predict", { model: their.model, x }).predictions, their.predictions), "XGBoost's model here");
  });
}
