"""What CloudWatch does with an alarm, as its documentation says it: the evaluation of data points with holes in them,
metric math over missing values, statistics over a period. For tests; nothing here knows opsc."""

import math

EXTRA = 2  # the documentation's example looks at 5 points for N = 3


def evaluate(points, m, n, missing, before="OK"):
    """The state after an evaluation. `points`: the evaluation range, oldest first, of "X" (bad), "0" (good), "-" (none)."""
    real = [p for p in points if p != "-"]
    if len(real) >= n:
        return "ALARM" if real[-n:].count("X") >= m else "OK"
    bad, filled = real.count("X"), n - len(real)
    if missing == "breaching":
        return "ALARM" if bad + filled >= m else "OK"
    if missing == "notBreaching":
        return "ALARM" if bad >= m else "OK"
    if bad >= m:
        return "ALARM"
    if not real:
        return "INSUFFICIENT_DATA" if missing == "missing" else before
    if "0" in real:
        return "OK"
    # Nothing but bad and missing points, fewer bad ones than M.
    if missing == "ignore":
        return before
    oldest = len(points) - points.index("X")
    return "ALARM" if oldest >= m else before


def statistic(samples, stat):
    """One value of the samples of a period, or None."""
    if not samples:
        return None
    if stat == "Sum":
        return sum(samples)
    if stat == "SampleCount":
        return len(samples)
    if stat == "Average":
        return sum(samples) / len(samples)
    if stat == "Minimum":
        return min(samples)
    if stat == "Maximum":
        return max(samples)
    if stat.startswith("p"):
        ordered = sorted(samples)
        return ordered[max(0, math.ceil(float(stat[1:]) / 100 * len(ordered)) - 1)]
    raise ValueError(stat)


def compute(expression, values):
    """Metric math at one time stamp: what is missing counts as 0, a division by zero drops the point."""
    if all(v is None for v in values.values()):
        return None
    text = expression.replace(" AND ", " and ").replace(" OR ", " or ")
    names = {k: 0 if v is None else v for k, v in values.items()}
    names["IF"] = lambda c, a, b=None: a if c else b
    names["ABS"] = abs
    names["MAX"], names["MIN"], names["SUM"] = max, min, sum
    try:
        return eval(text, {"__builtins__": {}}, names)  # an expression of our own test
    except ZeroDivisionError:
        return None


COMPARE = {
    ">": lambda x, t: x > t,
    ">=": lambda x, t: x >= t,
    "<": lambda x, t: x < t,
    "<=": lambda x, t: x <= t,
}


class Alarm:
    """An alarm as tests/suite_conditions.py reads it from Terraform, over raw samples: {metric: {second: [values]}}."""

    def __init__(self, alarm):
        self.alarm = alarm
        self.period = alarm["queries"][0]["period"]

    def point(self, samples, start):
        values = {}
        for q in self.alarm["queries"]:
            inside = []
            for s in range(start, start + self.period):
                inside += samples.get(q["metric"], {}).get(s, ())
            values[q["id"]] = statistic(inside, q["stat"])
        x = compute(self.alarm["math"], values) if self.alarm["math"] else values["m1"]
        if x is None:
            return "-"
        return "X" if COMPARE[self.alarm["op"]](float(x), self.alarm["threshold"]) else "0"

    def points(self, samples, end):
        return [self.point(samples, s) for s in range(0, end - self.period + 1, self.period)]

    def states(self, points):
        """The state after every point."""
        a, state, r = self.alarm, "OK", []
        for i in range(len(points)):
            seen = points[max(0, i + 1 - a["n"] - EXTRA) : i + 1]
            # Before the beginning all was well.
            seen = ["0"] * (a["n"] + EXTRA - len(seen)) + seen
            state = evaluate(seen, a["m"], a["n"], a["missing"], state)
            r.append(state)
        return r
