"""The order of a stochastic method, measured."""
import sys

import bdc
import h5py
import numpy as np


def check_order(model, method, order, steps, error):
    """Runs `model` with each of `steps` (ms); its error is `error(x, w)` of the last samples. Exits with 1 where they do not fall as dt^order."""
    errors = []
    for dt in steps:
        path = f"{method}.h5"
        bdc.record(model, path, "--experiment", method, "--set", f"dt={dt} ms")
        with h5py.File(path) as file:
            errors.append(error(*(file[f"traces/a.{name}/data"][-1] for name in "xw")))
    measured = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    print(f"{method}: errors {' '.join(f'{e:.2e}' for e in errors)}, order {measured:.2f}")
    sys.exit(0 if abs(measured - float(order)) < 0.15 else 1)
