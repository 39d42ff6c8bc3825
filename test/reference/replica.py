"""Prints the trajectory of a neuron computed by an independent program, in the form that compare.py reads: replica.py MODEL.

brainpy.state 2.9 advances these three one variable after the other (AdExIF and Izhikevich: v, then the other from the new v) or leaves
m_inf out of the Jacobian of v (MorrisLecar), so its trajectories are those of another method. Here all variables advance together, each by
exponential Euler with its own whole derivative (docs/numerics.md). With brainpy's order these functions reproduce its files to 1e-15.
"""
import json
import sys

import numpy as np

DT = 0.1


def advance(f, x):
    """Exponential Euler of one variable; the derivative by a complex step."""
    z = DT * np.imag(f(x + 1e-30j)) / 1e-30
    phi = np.expm1(z) / z if abs(z) > 1e-12 else 1.0
    return x + DT * phi * np.real(f(x))


def run(names, state, steps, drive, derivatives, fires, reset):
    data = {"dt_ms": DT, "sample_every_steps": 10, "spike_steps": [], "trace": {n: {"samples": []} for n in names}}
    for step in range(steps):
        current = drive if step >= 100 else 0.0
        if reset and fires(state):
            state = reset(state)
        before = fires(state)
        fs = derivatives(state, current)
        state = [advance(f, x) for f, x in zip(fs, state)]
        if fires(state) and not before:
            data["spike_steps"].append(step)
        if step % 10 == 0:
            for n, x in zip(names, state):
                data["trace"][n]["samples"].append(x)
    return data


def adexif():
    def derivatives(s, current):
        v, w = s
        return (lambda x: (-65 - x + 3.48 * np.exp((x + 59.9) / 3.48) - w + current) / 10, lambda x: (v + 65 - x) / 30)

    return run(["V", "w"], [-65.0, 0.0], 2000, 65.0, derivatives, lambda s: s[0] >= -55, lambda s: [-68.0, s[1] + 1])


def izhikevich():
    def derivatives(s, current):
        v, u = s
        return (lambda x: 0.04 * x * x + 5 * x + 140 - u + current, lambda x: 0.02 * (0.2 * v - x))

    return run(["V", "u"], [-65.0, 0.0], 2000, 10.0, derivatives, lambda s: s[0] >= 30, lambda s: [-65.0, s[1] + 8])


def morris_lecar():
    def derivatives(s, current):
        v, w = s

        def dv(x):
            m = 0.5 * (1 + np.tanh((x + 1.2) / 18))
            return (current - 2 * (x + 60) - 4.4 * m * (x - 130) - 8 * w * (x + 84)) / 20

        return (dv, lambda x: 0.04 * (0.5 * (1 + np.tanh((v - 2) / 30)) - x) * np.cosh((v - 2) / 60))

    return run(["V", "W"], [-60.0, 0.02], 5000, 100.0, derivatives, lambda s: s[0] >= 10, None)


json.dump({"adexif": adexif, "izhikevich": izhikevich, "morris_lecar": morris_lecar}[sys.argv[1]](), sys.stdout)
