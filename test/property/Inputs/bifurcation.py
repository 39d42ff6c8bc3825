"""Holds Wilson-Cowan's populations against their linearisation on both sides of the Hopf point: bifurcation.py MODEL.bd."""
import sys
import tempfile

import bdc
import h5py
import numpy as np

W_EE, W_EI, W_IE, W_II, TAU = 16.0, 12.0, 15.0, 3.0, 8.0


def response(x, a, theta):
    """Wilson & Cowan's sigmoid, zero at zero, and its slope."""
    s = 1 / (1 + np.exp(-a * (x - theta)))
    return s - 1 / (1 + np.exp(a * theta)), a * s * (1 - s)


def rates(e, i, p):
    f, df = response(W_EE * e - W_EI * i + p, 1.3, 4.0)
    g, dg = response(W_IE * e - W_II * i, 2.0, 3.7)
    jacobian = np.array([[-1 - f + (1 - e) * df * W_EE, -(1 - e) * df * W_EI],
                         [(1 - i) * dg * W_IE, -1 - g - (1 - i) * dg * W_II]]) / TAU
    return np.array([(1 - e) * f - e, (1 - i) * g - i]) / TAU, jacobian


def equilibrium(p, guess):
    x = np.array(guess)
    for _ in range(100):
        f, jacobian = rates(*x, p)
        x = x - np.linalg.solve(jacobian, f)
    assert np.max(np.abs(rates(*x, p)[0])) < 1e-14
    return x, rates(*x, p)[1]


def hopf_point():
    """The drive below which the trace is positive, followed down from where the populations are saturated."""
    x, above = np.array([0.45, 0.45]), None
    for below in np.arange(6, 0, -0.01):
        x, jacobian = equilibrium(below, x)
        if np.trace(jacobian) > 0:
            break
        above = below
    for _ in range(60):
        middle = (below + above) / 2
        x, jacobian = equilibrium(middle, x)
        below, above = (middle, above) if np.trace(jacobian) > 0 else (below, middle)
    assert np.linalg.det(jacobian) > 0, "it turns"
    return middle, x


def measured(model, p, x):
    """Growth and frequency of a small deviation, from the extrema of E."""
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/run.h5"
        start = ["--set", f"P={p!r}", "--set", f"E_0={x[0] + 1e-6!r}", "--set", f"I_0={x[1]!r}"]
        bdc.record(model, out, "--experiment", "populations", *start)
        with h5py.File(out) as run:
            group = run["traces"]["node.E"]
            time, deviation = group["time"][...], group["data"][...][:, 0] - x[0]
    at = np.flatnonzero((np.abs(deviation[1:-1]) >= np.abs(deviation[:-2])) & (np.abs(deviation[1:-1]) > np.abs(deviation[2:]))) + 1
    # Parabolas through three samples: sharper than the interval.
    y = np.log(np.abs(deviation))
    left, mid, right = y[at - 1], y[at], y[at + 1]
    shift = (left - right) / (2 * (left - 2 * mid + right))
    tops, heights = time[at] + shift * (time[1] - time[0]), mid - (left - right) * shift / 4
    return np.polyfit(tops, heights, 1)[0], np.pi / np.mean(np.diff(tops))


def main():
    point, x = hopf_point()
    print(f"Hopf point at P = {point:.6f}")
    bad = False
    for p in (point - 0.03, point + 0.03):
        rest, jacobian = equilibrium(p, x)
        eigenvalue = np.linalg.eigvals(jacobian)[0]
        growth, turn = measured(sys.argv[1], float(p), [float(v) for v in rest])
        print(f"P = {p:.4f}: growth {growth:.6f} /ms, {eigenvalue.real:.6f} expected; frequency {turn:.6f} /ms, {abs(eigenvalue.imag):.6f} expected")
        bad |= abs(growth - eigenvalue.real) > 0.03 * abs(eigenvalue.real) or abs(turn - abs(eigenvalue.imag)) > 0.01 * turn
    return 1 if bad else 0


sys.exit(main())
