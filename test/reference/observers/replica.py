"""Compares recorded observers with integrations and convolutions of its own: replica.py RUN.h5 NAME….

What is observed is 1 from 500 ms to 1500 ms and 0 otherwise. Balloon–Windkessel: the equations of Friston et al. 2003 and Stephan et al. 2007
by the classical Runge–Kutta method in steps of 50 us, with kinks of the input at whole steps. Haemodynamic response functions: the integral of
each kernel in closed form. Traces agree to 1e-9 of their largest magnitude.
"""
import sys
from math import factorial

import h5py
import numpy as np

BEGIN, END = 0.5, 1.5  # s


def balloon(times, signal, rho):
    kappa, gamma, tau, alpha = 0.65, 0.41, 0.98, 0.32
    step = 5e-5

    def slope(z, x):
        s, f, v, q = x
        out = v ** (1 / alpha)
        return np.array([z - kappa * s - gamma * (f - 1), s, (f - out) / tau, (f * (1 - (1 - rho) ** (1 / f)) / rho - out * q / v) / tau])

    x, values, due = np.array([0.0, 1.0, 1.0, 1.0]), [], list(np.round(times / step).astype(int))
    for n in range(due[-1]):
        z = 1.0 if round(BEGIN / step) <= n < round(END / step) else 0.0
        k1 = slope(z, x)
        k2 = slope(z, x + step / 2 * k1)
        k3 = slope(z, x + step / 2 * k2)
        k4 = slope(z, x + step * k3)
        x = x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        if n + 1 == due[0]:
            values.append(signal(*x[2:]))
            due.pop(0)
    return np.array(values)


def friston(times):
    rho = 0.34
    return balloon(times, lambda v, q: 0.02 * (7 * rho * (1 - q) + 2 * (1 - q / v) + (2 * rho - 0.2) * (1 - v)), rho)


def stephan(times):
    rho, epsilon = 0.34, 0.5
    k1, k2, k3 = 4.3 * 40.3 * rho * 0.04, epsilon * 25 * rho * 0.04, 1 - epsilon
    return balloon(times, lambda v, q: 0.04 * (k1 * (1 - q) + k2 * (1 - q / v) + k3 * (1 - v)), rho)


def convolved(times, integral):
    """With `integral`, from 0 to t, of the kernel."""
    return 5.6 * 0.02 * (integral(np.maximum(times - BEGIN, 0)) - integral(np.maximum(times - END, 0)))


def sine(t, decay, w):
    """Of exp(-decay t) sin(w t)."""
    return (w - np.exp(-decay * t) * (decay * np.sin(w * t) + w * np.cos(w * t))) / (decay**2 + w**2)


def gamma(t, shape, rate):
    """Of the density of the gamma distribution: 1 less the Poisson probabilities of fewer than `shape`."""
    return 1 - np.exp(-rate * t) * sum((rate * t) ** k / factorial(k) for k in range(shape))


def volterra(times):
    tau_s, tau_f = 0.8, 0.4
    w = np.sqrt(1 / tau_f - 1 / (4 * tau_s**2))
    return convolved(times, lambda t: sine(t, 1 / (2 * tau_s), w) / w / 3)


def gamma3(times):
    tau = 1.08
    # (t / tau)^2 exp(-t / tau) is 2 tau times the density, and its highest value is 4 exp(-2).
    return convolved(times, lambda t: 0.1 / (4 * np.exp(-2)) * 2 * tau * gamma(t, 3, 1 / tau))


def double_exponential(times):
    kernel = lambda t: sine(t, 1 / 7.22, 2 * np.pi * 0.03) - sine(t, 1 / 7.4, 2 * np.pi * 0.12)
    return convolved(times, lambda t: 0.1 / 0.8312256 * kernel(t))


def mixture(times):
    return convolved(times, lambda t: gamma(t, 6, 1) - 0.4 * gamma(t, 13, 1))


def main():
    run = h5py.File(sys.argv[1], "r")
    bad = False
    for name in sys.argv[2:]:
        group = run["traces"][name]
        found = group["data"][...][:, 0]
        assert found.dtype == np.float64, f"{name} is recorded in {found.dtype}"
        expected = globals()[name](group["time"][...] / 1000)
        error = np.max(np.abs(found - expected)) / np.max(np.abs(expected))
        print(f"{name}: {len(found)} samples, largest error {error:.2e} of the trace's magnitude")
        bad |= not error <= 1e-9
    return 1 if bad else 0


sys.exit(main())
