"""Prints trajectories of masses computed by an independent program, in the form that compare.py reads: replica.py.

The equations are typed from the papers that the library names, with numbers in ms, mV, nA, kHz and pA; the steps are those of RK4. The peer's
own trajectories of WongWangRectified leave the firing rate out of the Jacobian, those of its MontbrioPazoRoxin mix ms and Hz.
"""
import json

import numpy as np

DT, STEPS, EVERY = 0.1, 200, 10


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def response(x, a=1.2, theta=2.8):
    return sigmoid(a * (x - theta)) - sigmoid(-a * theta)


def wilson_cowan(excitation, inhibition, e=1.0, i=1.0, r=1.0):
    return lambda s: [e * ((1 - r * s[0]) * excitation(s) - s[0]), i * ((1 - r * s[1]) * inhibition(s) - s[1])]


def f_i(x):
    return response(x, 1, 4)


def adaptive(s):
    E, I, A, B = s
    return [(1 - E) * response(12 * E - 4 * I - A + 1.5) - E, (1 - I) * f_i(13 * E - 11 * I - B + 0.5) - I,
            (0.1 * E - A) / 100, (0.08 * I - B) / 80]


def three_populations(s):
    E, I, M = s
    return [(1 - E) * response(12 * E - 4 * I + 4 * M + 1.5) - E, (1 - I) * f_i(13 * E - 11 * I + 2 * M + 0.5) - I,
            ((1 - M) * response(8 * E - 6 * I + 2 * M + 0.3, 1, 3.5) - M) / 2]


# What is read of the past: state, and how many steps ago. It is held over a step, for all stages, on the straight line between two steps.
DELAYS = [(0, 20.3), (1, 15), (0, 0.5), (1, 0)]


def delayed(s, ago):
    (E, I), (EE, EI, IE, II) = s, ago
    return [(1 - E) * response(12 * EE - 4 * EI + 1.5) - E, (1 - I) * f_i(13 * IE - 11 * II + 0.5) - I]


def before(history, state, steps):
    """A state `steps` ago; before the beginning it was as it starts."""
    whole = int(steps)
    near, far = (history[max(len(history) - 1 - back, 0)][state] for back in (whole, whole + 1))
    return near + (steps - whole) * (far - near)


def stuart_landau(s):
    z = (s[0] + 1j * s[1])
    d = (0.25 + 0.2j) * z - abs(z) ** 2 * z + 0.01 - 0.02j
    return [d.real, d.imag]


def threshold_linear(s):
    E, I = s  # kHz; weights in pA/kHz
    return [(0.066e-3 * max(24.3e3 * E - 19.7e3 * I + 300, 0) - E) / 20, (0.351e-3 * max(12.2e3 * E - 12.5e3 * I + 50, 0) - I) / 10]


def wong_wang(s):
    def h(x): return (x - 108) / (1 - np.exp(-0.154 * (x - 108))) / 1000
    x = [0.2609 * s[k] - 0.0497 * s[1 - k] + 5.2e-4 * 30 * (1 + 0.3 * sign) + 0.3255 + more for k, sign, more in ((0, 1, 0.02), (1, -1, 0.01))]
    return [0.641 * (1 - y) * h(270 * u) - y / 100 for y, u in zip(s, x)]


def wong_wang_rectified(s):
    rates = [0.27 * max(0.2609 * s[k] - 0.0497 * s[1 - k] + 0.2243e-3 * 30 * (1 + 0.3 * sign) + 0.3255 + more - 0.31, 0)
             for k, sign, more in ((0, 1, 0.02), (1, -1, 0.01))]
    return [0.641 * (1 - x) * r - x / 100 for x, r in zip(s, rates)]


def wong_wang_reduced(s):
    x = 0.270 * (0.9 * 0.2609 * s[0] + 0.3 + 0.02) * 1000 - 108
    return [0.641 * (1 - s[0]) * (x / (1 - np.exp(-0.154 * x))) / 1000 - s[0] / 100]


def montbrio_pazo_roxin(s, tau=2.0):
    r, v = s
    return [(0.7 / (np.pi * tau) + 2 * r * v + 0.001) / tau, (v * v - 4.6 + 14.5 * tau * r - (np.pi * tau * r) ** 2 + 0.3) / tau]


def larter_breakspear(s):
    V, W, Z = s
    def m(x, t, d): return 0.5 * (1 + np.tanh((x - t) / d))
    QV, QZ = m(V, 0, 0.65), m(Z, 0, 0.7)
    mean = 0.9 * 0.4 * QV + 0.1 * 0.4 * 0.2
    return [-(1.1 + 0.25 * mean) * m(V, -0.01, 0.15) * (V - 1) - 2 * W * (V + 0.7) - 0.5 * (V + 0.5)
            - (6.7 * m(V, 0.3, 0.15) + mean) * (V - 0.53) - 2 * Z * QZ + 0.3 + 0.1,
            0.7 * (m(V, 0, 0.3) - W), 0.1 * (0.4 * 0.3 + 2 * V * QV)]


def jansen_rit_extrinsic(s):
    S, E, I, N, Sv, Ev, Iv, Nv = s
    def f(v): return 2 * 0.0025 / (1 + np.exp(-0.56 * v)) - 0.0025
    forward, backward, lateral, u, rate = 0.02, 0.005, 0.003, 0.03, f(E - I)
    return [Sv, Ev, Iv, Nv, 3.25 / 10 * (forward + lateral + 50 * rate + u) - 2 * Sv / 10 - S / 100,
            3.25 / 10 * (backward + lateral + 40 * f(S)) - 2 * Ev / 10 - E / 100, 29.3 / 15 * 12 * f(N) - 2 * Iv / 15 - I / 225,
            3.25 / 10 * (backward + lateral + 12 * rate) - 2 * Nv / 10 - N / 100]


E_, I_ = ("E", "1", 1), ("I", "1", 1)
HZ = 1000  # kHz in Hz
VOLT = [(n, "mV", 1) for n in "SEIN"] + [(n + "_v", "mV/s", 1000) for n in "SEIN"]
# name: states with units and what a coherent number of 1 is in them, initial values, derivatives
MODELS = {
    "StuartLandau": ([("x", "1", 1), ("y", "1", 1)], [0.1, 0.05], stuart_landau),
    "Linear": ([("x", "1", 1)], [1.0], lambda s: [-0.5 * s[0] + 0.3]),
    "ThresholdLinear": ([("E", "Hz", HZ), ("I", "Hz", HZ)], [0.010, 0.002], threshold_linear),
    "Kuramoto": ([("theta", "1", 1)], [0.5], lambda s: [2 * np.pi * 0.012 + 0.003]),
    "WilsonCowanNoSaturation": ([E_, I_], [0.1, 0.05], wilson_cowan(
        lambda s: response(12 * s[0] - 4 * s[1] + 1.5), lambda s: f_i(13 * s[0] - 11 * s[1] + 0.5), r=0)),
    "WilsonCowanSymmetric": ([E_, I_], [0.1, 0.05], wilson_cowan(
        lambda s: response(12 * s[0] - 4 * s[1] + 1.5, 1.1, 3.4), lambda s: response(13 * s[0] - 11 * s[1] + 0.5, 1.1, 3.4))),
    "WilsonCowanSimplified": ([E_, I_], [0.1, 0.05], wilson_cowan(
        lambda s: response(8 * s[0] - 12 * s[1] + 1.5), lambda s: f_i(8 * s[0] - 12 * s[1] + 0.5))),
    "WilsonCowanLinear": ([E_, I_], [0.1, 0.05], wilson_cowan(
        lambda s: max(0.8 * s[0] - 0.3 * s[1] + 1.5, 0), lambda s: max(s[0] - 0.85 * s[1] + 0.5, 0))),
    "WilsonCowanDivisive": ([E_, I_], [0.1, 0.05], wilson_cowan(
        lambda s: response(6 * s[0] + 1.5) / (1 + 2 * s[1]), lambda s: f_i(6.5 * s[0] + 0.5) / (1 + 5.5 * s[1]))),
    "WilsonCowanDivisiveInput": ([E_, I_], [0.1, 0.05], wilson_cowan(
        lambda s: response(6 * s[0] / (1 + 2 * s[1]) + 1.5), lambda s: f_i(6.5 * s[0] / (1 + 5.5 * s[1]) + 0.5))),
    "WilsonCowanAdaptive": ([E_, I_, ("A_E", "1", 1), ("A_I", "1", 1)], [0.1, 0.05, 0, 0], adaptive),
    "WilsonCowanDelayed": ([E_, I_], [0.1, 0.05], delayed),
    "WilsonCowanThreePopulation": ([E_, I_, ("M", "1", 1)], [0.1, 0.05, 0.02], three_populations),
    "WongWang": ([("S_1", "1", 1), ("S_2", "1", 1)], [0.1, 0.2], wong_wang),
    "WongWangRectified": ([("S_1", "1", 1), ("S_2", "1", 1)], [0.1, 0.2], wong_wang_rectified),
    "WongWangReduced": ([("S", "1", 1)], [0.1], wong_wang_reduced),
    "MontbrioPazoRoxin": ([("r", "kHz", 1), ("v", "1", 1)], [0.1, -1], montbrio_pazo_roxin),
    "LarterBreakspear": ([(n, "1", 1) for n in "VWZ"], [0.1, 0.05, 0.02], larter_breakspear),
    "JansenRitExtrinsic": (VOLT, [0.1, 0.2, 0.05, 0.1, 0, 0, 0, 0], jansen_rit_extrinsic),
}


def rk4(f, x):
    k1 = np.array(f(x))
    k2 = np.array(f(x + DT / 2 * k1))
    k3 = np.array(f(x + DT / 2 * k2))
    k4 = np.array(f(x + DT * k3))
    return x + DT / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def main():
    models = {}
    for model, (states, start, derivatives) in MODELS.items():
        x, samples = np.array(start, dtype=float), {n: {"unit": u, "values": []} for n, u, _ in states}
        history = [x]
        for step in range(1, STEPS + 1):
            f = derivatives
            if f is delayed:
                held = [before(history, *each) for each in DELAYS]
                f = lambda s: delayed(s, held)
            x = rk4(f, x)
            history.append(x)
            for (name, _, scale), value in zip(states, x):
                if step % EVERY == 0:
                    samples[name]["values"].append(value * scale)
        models[f"{model}:rk4"] = {"dt_ms": DT, "steps": STEPS, "record_every": EVERY, "samples": samples}
    print(json.dumps({"models": models}))


main()
