"""Weak order of a stochastic method: weak_order.py MODEL METHOD ORDER CALCULUS.

x' = a·x + s·x·white and w' = white are driven by one process, so the exact x at the end is a function of the recorded w:
x = exp((a − s²/2)·T + s·w) in the sense of Itô, exp(a·T + s·w) in that of Stratonovich. The error of the mean of x² over very many elements
falls as dt^order; taken between numbers of the same elements it has little noise of its own.
"""
import sys

import numpy as np
from orders import check_order

model, method, order, calculus = sys.argv[1:5]
a, s, T = -1.0, 0.5, 1.0


def error(x, w):
    exact = np.exp((a - (s * s / 2 if calculus == "ito" else 0)) * T + s * w)
    return abs(np.mean(x**2 - exact**2))


check_order(model, method, order, [0.2, 0.1, 0.05, 0.025], error)
