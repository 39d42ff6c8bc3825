"""The model of gradients_of_rates.test by Euler's method, with derivatives that go forwards beside the values.

Usage: rate_gradient.py ANSWER.json…    of `bdc grad --json`
"""

import json
import sys


def tangent(by_level, by_strength, level=0.5, strength=0.5, steps=400, dt=0.1, window=20):
    """The mean of area.x, and its derivative along (by_level, by_strength)."""
    weights = [0.7, 0.4]
    v, dv = [0.05 * i for i in range(4)], [0.0] * 4
    x, dx = [0.0] * 2, [0.0] * 2
    events = [(0.0, 0.0)] * window
    rate = d_rate = mean = d_mean = 0.0
    for _ in range(steps):
        for i, w in enumerate(weights):
            felt, d_felt = w * strength * rate, w * (by_strength * rate + strength * d_rate)
            x[i], dx[i] = x[i] + dt * (felt - x[i] / 5), dx[i] + dt * (d_felt - dx[i] / 5)
        count = d_count = 0.0
        for i in range(4):
            v[i], dv[i] = v[i] + dt * (level - v[i]) / 10, dv[i] + dt * (by_level - dv[i]) / 10
            distance = (v[i] - 0.3) / 0.25  # in units of what lies between threshold and reset
            d_count += 0.3 * max(0.0, 1 - abs(distance)) / 0.25 * dv[i]
            if v[i] > 0.3:
                count += 1
                v[i], dv[i] = 0.05, 0.0
        events = events[1:] + [(count, d_count)]
        rate, d_rate = (sum(each[k] for each in events) / (4 * window * dt) for k in (0, 1))
        mean, d_mean = mean + sum(x) / 2 / steps, d_mean + sum(dx) / 2 / steps
    return mean, d_mean


answers = [json.load(open(name)) for name in sys.argv[1:]]
for answer in answers:
    gradient = {each["name"]: each["gradient"] for each in answer["parameters"]}
    for name, direction in (("level", (1, 0)), ("G", (0, 1))):
        mean, wanted = tangent(*direction)
        assert abs(answer["objective"] - mean) < 1e-12 * abs(mean), (answer["objective"], mean)
        assert abs(gradient[name] - wanted) < 1e-12 * abs(wanted), (name, gradient[name], wanted)
assert all(answer["parameters"] == answers[0]["parameters"] for answer in answers)
print("gradients agree")
