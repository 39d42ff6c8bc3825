"""Strong order of a stochastic method: strong_order.py MODEL METHOD ORDER CALCULUS.

x' = s·x·white and w' = white are driven by one process, so the exact x at the end is a function of the recorded w:
x = exp(s·w − s²·T/2) in the sense of Itô, exp(s·w) in that of Stratonovich. The root of the mean square error over many
elements falls as dt^order.
"""
import sys

import numpy as np
from orders import check_order

model, method, order, calculus = sys.argv[1:5]
s, T = 0.5, 1.0


def error(x, w):
    exact = np.exp(s * w - (s * s * T / 2 if calculus == "ito" else 0))
    return np.sqrt(np.mean((x - exact) ** 2))


check_order(model, method, order, [0.1, 0.05, 0.025, 0.0125], error)
