# SPDX-License-Identifier: GPL-3.0-or-later
"""The loops one would write in Python: reads {"safety": [...], "multi": {...}}, prints times and answers as JSON."""
import json, math, sys, time
from statistics import NormalDist


def eoq(demand, order_cost, holding_cost):
    q = math.sqrt(2 * order_cost * demand / holding_cost)
    return q, order_cost * demand / q + holding_cost * q / 2


def safety_stock(r):
    z = NormalDist().inv_cdf(r["service_level"])
    sd = math.sqrt(r["lead_time_days"] * r["demand_std_dev"] ** 2 + (r["avg_daily_demand"] * r["lead_time_std_dev"]) ** 2)
    return z * sd


def least(ok):
    if ok(0.0):
        return 0.0
    lo, hi = 0.0, 1.0
    while not ok(hi):
        hi *= 2
    while hi - lo > 1e-10 * hi:
        mid = (lo + hi) / 2
        lo, hi = (lo, mid) if ok(mid) else (mid, hi)
    return hi


def bisection(m):
    rows = list(zip(m["order"], m["hold"], m["money"], m["space"]))

    def sizes(a, b):
        return [math.sqrt(k / (h + a * c + b * v)) for k, h, c, v in rows]

    def space_for(a):
        return least(lambda b: sum(v * q for (_, _, _, v), q in zip(rows, sizes(a, b))) <= m["storage"])

    def money_at(a):
        return sum(c * q for (_, _, c, _), q in zip(rows, sizes(a, space_for(a))))

    a = least(lambda x: money_at(x) <= m["budget"])
    return sum(k / q + h * q for (k, h, _, _), q in zip(rows, sizes(a, space_for(a))))


def timed(f):
    t = time.perf_counter()
    answer = f()
    return 1000 * (time.perf_counter() - t), answer


given = json.load(sys.stdin)
n = 100_000
eoq_ms, _ = timed(lambda: [eoq(10000 + i, 50, 2) for i in range(n)])
safety_ms, stocks = timed(lambda: [safety_stock(r) for r in given["safety"]])
multi_ms, cost = timed(lambda: bisection(given["multi"]))
json.dump({"eoq_us": 1000 * eoq_ms / n, "safety_ms": safety_ms, "safety_sum": sum(stocks), "multi_ms": multi_ms, "multi_cost": cost}, sys.stdout)
