"""Random models, written from a seed: every width, two threads and a lane of a sweep, alone and side by side, give the same bits.

Usage: same_bits_random.py FOLDER FIRST LAST
"""

import pathlib
import re
import sys

import bdc
import h5py
import numpy as np

from random_programs import Model

ways = {
    "width 1": ["--width", "1"],
    "width 4": ["--width", "4"],
    "two threads": ["--threads", "2"],
    "a lane": ["--experiment", "lanes"],
    "a lane, side by side": ["--experiment", "lanes", "--width", "2", "--side-by-side", "always"],
    "a lane, width 2, two threads": ["--experiment", "lanes", "--width", "2", "--threads", "2"],
}


def text(seed):
    """What is fitted elsewhere is recorded, alone and as the second lane of a sweep."""
    network, experiment = Model(seed).text().split("experiment e {\n")
    lines = [line for line in experiment.splitlines() if not line.startswith(("  minimise", "  fit", "}"))]
    recorded = [f"n{kind}.x" for kind in re.findall(r"nodes n(\w) =", network)] + ["slow"] * ("observe slow" in network)
    lines.append(f"  record {', '.join(recorded)}")
    body = "\n".join(lines)
    return f"{network}experiment alone {{\n{body}\n}}\nexperiment lanes {{\n{body}\n  sweep G over [0.3, 0.6, 0.9]\n}}\n"


def traces(folder, file, options):
    result = folder / "result.h5"
    bdc.record(file, result, *options)
    with h5py.File(result) as data:
        group = data["lanes/1"] if "lanes" in data else data
        return {name: group["traces"][name]["data"][()] for name in group["traces"]}


folder, first, last = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
same = 0
for seed in range(first, last):
    file = folder / f"bits_{seed}.bd"
    file.write_text(text(seed))
    wanted = traces(folder, file, [])
    others = {way: traces(folder, file, options) for way, options in ways.items()}
    differing = [way for way, made in others.items() if any(not np.array_equal(made[name], wanted[name]) for name in wanted)]
    if differing:
        print(f"{file}: other bits with {', '.join(differing)}")
    else:
        same += 1
print(f"{same} of {last - first} random programs have the same bits")
