"""Compares the increments of cell.x with the reference's samples: compare_synapse.py RUN.h5 REFERENCE.json."""
import json
import sys

import h5py
import numpy as np

data = json.load(open(sys.argv[2]))
expected = np.array(data["trace"]["out"]["samples"])
x = h5py.File(sys.argv[1], "r")["traces/cell.x/data"][...][:, 0]
found = np.diff(np.concatenate([[0.0], x]))[:: data["sample_every_steps"]][: len(expected)]
error = np.max(np.abs(found - expected)) / np.max(np.abs(expected))
print(f"{len(expected)} samples, largest error {error:.2e} of the trace's magnitude")
sys.exit(0 if error <= 1e-9 else 1)
