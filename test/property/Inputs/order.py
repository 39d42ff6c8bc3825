"""Measured order of convergence: order.py MODEL.bd OUT.h5 RECORDED METHOD=ORDER…

Steps of 0.05, 0.025 and 0.0125 ms to the end, against rk4 with 0.001 ms. The slope between the two smallest is within 0.15 of the
order.
"""
import math
import re
import sys

import bdc
import h5py
import numpy as np


def final(model, out, dt, names):
    bdc.record(model, out, "--set", f"dt={dt} ms")
    with h5py.File(out, "r") as file:
        return np.array([file["traces"][name]["data"][-1, 0] for name in names])


def main():
    model, out, names, bad = sys.argv[1], sys.argv[2], sys.argv[3].split(","), False
    text = open(model).read()

    def using(method):
        path = f"{out}.{method}.bd"
        with open(path, "w") as file:
            file.write(re.sub(r"method = \w+", f"method = {method}", text))
        return path

    exact = final(using("rk4"), out, 0.001, names)
    for method, order in (word.split("=") for word in sys.argv[4:]):
        errors = [np.max(np.abs(final(using(method), out, dt, names) - exact)) for dt in (0.05, 0.025, 0.0125)]
        slopes = [math.log2(a / b) for a, b in zip(errors, errors[1:])]
        print(f"{method}: order {slopes[-1]:.3f}, errors", *(f"{e:.2e}" for e in errors))
        bad |= not abs(slopes[-1] - float(order)) < 0.15
    print("differs" if bad else "as stated")
    return 1 if bad else 0


sys.exit(main())
