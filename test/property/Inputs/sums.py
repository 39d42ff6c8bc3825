"""Rows of every length and pattern, and whether they were summed as they should.

Usage: sums.py write CSV
       sums.py compare CSV H5…
"""

import sys

import h5py
import numpy as np

nodes = 120


def pattern(random):
    weights = np.zeros((nodes, nodes))
    for target in range(nodes):
        if target % 3 == 0:  # runs with gaps between them
            connected = np.convolve(random.random(nodes) < 0.05, np.ones(random.integers(1, 30)), "same") > 0
        elif target % 3 == 1:  # scattered
            connected = random.random(nodes) < target / nodes
        else:  # all but a few
            connected = random.random(nodes) > 0.03
        weights[target, connected] = random.normal(size=connected.sum())
    return weights


if sys.argv[1] == "write":
    np.savetxt(sys.argv[2], pattern(np.random.default_rng(3)), delimiter=",")
else:
    wanted = np.loadtxt(sys.argv[2], delimiter=",") @ np.sin(np.arange(nodes))
    results = [h5py.File(name)["traces/area.y/data"][-1] for name in sys.argv[3:]]
    assert all(np.array_equal(result, results[0]) for result in results)
    print((np.abs(results[0] - wanted) < 1e-13 * nodes).sum(), "sums are right")
