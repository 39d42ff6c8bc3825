"""Compares a recorded run with a reference trajectory: compare.py RUN.h5 REFERENCE.json RECORDED=REFERENCE…

brainpy's files: sample k is the state after step k * sample_every (counted from 0); a sample at a spike step is the value before the
reset and is left out. Brian's files: sample k is the state at the start of step k (times 0.1 ms). Traces agree to 1e-9 of their largest
magnitude, spikes to the step.
"""
import json
import sys

import h5py
import numpy as np


def reference(data, name):
    """Values, and the number of whole recording steps (0.1 ms) after which each holds."""
    if "trace" in data:
        values = np.array(data["trace"][name]["samples"])
        steps = np.arange(len(values)) * data["sample_every_steps"] + 1
        keep = ~np.isin(steps - 1, data["spike_steps"])
        return values[keep], steps[keep]
    values = np.array(data[name])
    return values[1:], np.arange(1, len(values))


def main():
    run, path, pairs = h5py.File(sys.argv[1], "r"), sys.argv[2], [a.split("=") for a in sys.argv[3:]]
    data = json.load(open(path))
    bad = False
    for recorded, name in pairs:
        group = run["traces"][recorded]
        expected, steps = reference(data, name)
        time = group["time"][...]
        found = group["data"][...][:, 0]
        assert abs(time[0] - 0.1) < 1e-9 and len(time) >= steps[-1], "recorded every 0.1 ms from 0.1 ms on"
        error = np.max(np.abs(found[steps - 1] - expected)) / np.max(np.abs(expected))
        print(f"{recorded}: {len(expected)} samples, largest error {error:.2e} of the trace's magnitude")
        bad |= not error <= 1e-9
    dt = data["dt_ms"]
    population = pairs[0][0].split(".")[0]
    found = np.round(run["spikes"][population]["timestamps"][...] / dt).astype(int) - 1
    if "spike_steps" in data:
        expected = np.array(data["spike_steps"])
    else:
        expected = np.round(np.array(data["spike_times_ms"]) / dt).astype(int)
    if list(found) != list(expected):
        print(f"spike steps {found.tolist()} differ from {expected.tolist()}")
        bad = True
    print("differs" if bad else f"agrees, {len(expected)} spikes to the step")
    return 1 if bad else 0


sys.exit(main())
