"""weights_answer.py FILE.h5 ANSWER.json TRUTH.csv: whether a fit has found a matrix, and has written it so that one can read it."""
import json
import sys

import h5py
import numpy as np

truth = np.loadtxt(sys.argv[3], delimiter=",")
rows, columns = np.nonzero(truth)
with h5py.File(sys.argv[1]) as file:
    result = file["fit/result/SC.weights"]
    matrix = result["matrix"][:]
    assert np.array_equal(result["row"][:], rows) and np.array_equal(result["column"][:], columns)
    assert np.array_equal(matrix[rows, columns], result["value"][:]) and (matrix[truth == 0] == 0).all()
    assert np.abs(matrix - truth).max() < 1e-5, matrix - truth
    labels = [result["matrix"].attrs[name].split("\n") for name in ("row_labels", "column_labels")]
    assert file["fit/values/SC.weights"].shape[1] == len(rows)
fit = json.load(open(sys.argv[2]))["fit"]
assert fit["entries"]["SC.weights"] == np.argwhere(truth).tolist()
assert fit["values"]["SC.weights"] == matrix[rows, columns].tolist()
print(f"{len(rows)} weights are found again, between {' '.join(labels[0])} and {' '.join(labels[1])}")
