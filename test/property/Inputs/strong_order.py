"""Strong order of a stochastic method: strong_order.py BDC MODEL METHOD ORDER CALCULUS.

x' = s·x·white and w' = white are driven by one process, so the exact x at the end is a function of the recorded w:
x = exp(s·w − s²·T/2) in the sense of Itô, exp(s·w) in that of Stratonovich. The root of the mean square error over many
elements falls as dt^order.
"""
import subprocess
import sys

import h5py
import numpy as np

bdc, model, method, order, calculus = sys.argv[1:6]
s, T, steps = 0.5, 1.0, [0.1, 0.05, 0.025, 0.0125]
errors = []
for dt in steps:
    path = f"{method}.h5"
    subprocess.run([bdc, "run", model, "--experiment", method, "--quiet", "--set", f"dt={dt} ms", "-o", path, "--report", path + ".html"], check=True)
    with h5py.File(path) as file:
        x, w = (file[f"traces/a.{name}/data"][-1] for name in "xw")
    exact = np.exp(s * w - (s * s * T / 2 if calculus == "ito" else 0))
    errors.append(np.sqrt(np.mean((x - exact) ** 2)))
measured = np.polyfit(np.log(steps), np.log(errors), 1)[0]
print(f"{method}: errors {' '.join(f'{e:.2e}' for e in errors)}, order {measured:.2f}")
sys.exit(0 if abs(measured - float(order)) < 0.15 else 1)
