"""Compares every region's states with a reference: compare.py RUN.h5 REFERENCE.json NETWORK|tvb TOLERANCE, relative to each trace's magnitude."""
import json
import sys

import h5py
import numpy as np


def expected(data, network):
    """{recorded name: [sample][region]} and the regions that the reference has."""
    if network == "tvb":
        regions = [int(name) for name in data["regions"]]
        traces = {"area.r": [], "area.v": []}
        for values in data["regions"].values():
            for name, value in zip(traces, values):
                traces[name].append(value)
        return {name: np.array(value).T for name, value in traces.items()}, regions
    trajectory = data["nets"][network]["traj"]
    traces = {f"area.{name}": np.array(value["value"]) for name, value in trajectory.items()}
    return traces, list(range(4))


run, data = h5py.File(sys.argv[1], "r"), json.load(open(sys.argv[2]))
traces, regions = expected(data, sys.argv[3])
bad = False
for name, values in traces.items():
    found = run["traces"][name]["data"][...][:, regions]
    assert found.shape == values.shape, f"{name}: {found.shape} samples, {values.shape} expected"
    error = np.max(np.abs(found - values)) / np.max(np.abs(values))
    print(f"{name}: {values.shape[0]} samples of {len(regions)} regions, largest error {error:.2e} of the magnitude")
    bad |= not error <= float(sys.argv[4])
sys.exit(1 if bad else 0)
