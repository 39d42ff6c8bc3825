"""Compares recorded states of one node with a reference: compare.py RUN.h5 REFERENCE.json MODEL:METHOD.

Every state of the reference must have been recorded, in its unit, as often as it has samples;
they agree to 1e-9 of the largest magnitude of each trace.
"""
import json
import sys

import h5py
import numpy as np


def main():
    run, data = h5py.File(sys.argv[1], "r"), json.load(open(sys.argv[2]))
    reference = data["models"][sys.argv[3]]
    interval = reference["dt_ms"] * reference["record_every"]
    bad = False
    for name, expected in reference["samples"].items():
        group = run["traces"][f"node.{name}"]
        time, found = group["time"][...], group["data"][...][:, 0]
        values = np.array(expected["values"])
        assert found.shape == values.shape, f"{name}: {found.shape} samples, {values.shape} expected"
        assert np.allclose(time, interval * np.arange(1, len(values) + 1), rtol=1e-9), f"{name}: samples at {time[:3]}…"
        unit = group["data"].attrs["units"]
        assert unit == expected["unit"], f"{name} is recorded in {unit}, not in {expected['unit']}"
        error = np.max(np.abs(found - values)) / np.max(np.abs(values))
        print(f"{name}: {len(values)} samples, largest error {error:.2e} of the trace's magnitude")
        bad |= not error <= 1e-9
    return 1 if bad else 0


sys.exit(main())
