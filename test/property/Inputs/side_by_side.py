"""Runs experiments with lanes side by side and one by one, and compares every lane: side_by_side.py PRECISION MODEL…

An experiment without a sweep runs with as many seeds as a vector has numbers. Recordings, summaries and failures must be the same to the last bit.
"""
import re
import sys

import bdc
import h5py

precision, *models = sys.argv[1:]
count = 0


def lanes(model, experiment, how, seeds):
    words = ["--experiment", experiment, "--precision", precision, "--side-by-side", how, "-o", "out.h5", "--report", "out.html", *seeds]
    made = bdc.answer("run", model, *words, status=(0, 3))["sweep"]["lanes"]
    with h5py.File("out.h5") as file:
        return [(lane["state"], lane.get("error"), lane["summaries"], bdc.data_sets(group)) for lane, group in zip(made, file["lanes"].values(), strict=True)]


for model in models:
    with open(model) as file:
        text = file.read()
    for experiment, body in re.findall(r"^experiment (\w+) \{(.*?)^\}", text, re.M | re.S):
        seeds = [] if "  sweep " in body else ["--seeds", "16"]
        together, apart = (lanes(model, experiment, how, seeds) for how in ("always", "never"))
        assert len(together) >= 16, f"{experiment} has {len(together)} lanes"
        for number, (one, other) in enumerate(zip(together, apart, strict=True)):
            assert repr(one) == repr(other), f"{model}, {experiment}: lane {number} is another one side by side"
        assert len({repr(lane[3]) for lane in together}) > 8, f"{experiment}: the lanes hardly differ"
        count += 1
print(f"the same: {count} experiments")
