"""Weak order of a stochastic method: weak_order.py BDC MODEL METHOD ORDER CALCULUS.

x' = a·x + s·x·white and w' = white are driven by one process, so the exact x at the end is a function of the recorded w:
x = exp((a − s²/2)·T + s·w) in the sense of Itô, exp(a·T + s·w) in that of Stratonovich. The error of the mean of x² over very many elements
falls as dt^order; taken between numbers of the same elements it has little noise of its own.
"""
import subprocess
import sys

import h5py
import numpy as np

bdc, model, method, order, calculus = sys.argv[1:6]
a, s, T, steps = -1.0, 0.5, 1.0, [0.2, 0.1, 0.05, 0.025]
errors = []
for dt in steps:
    path = f"{method}.h5"
    subprocess.run([bdc, "run", model, "--experiment", method, "--quiet", "--set", f"dt={dt} ms", "-o", path, "--report", path + ".html"], check=True)
    with h5py.File(path) as file:
        x, w = (file[f"traces/a.{name}/data"][-1] for name in "xw")
    exact = np.exp((a - (s * s / 2 if calculus == "ito" else 0)) * T + s * w)
    errors.append(abs(np.mean(x**2 - exact**2)))
measured = np.polyfit(np.log(steps), np.log(errors), 1)[0]
print(f"{method}: errors {' '.join(f'{e:.2e}' for e in errors)}, order {measured:.2f}")
sys.exit(0 if abs(measured - float(order)) < 0.15 else 1)
