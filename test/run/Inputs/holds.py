"""Checks what a model file says of its own run: holds.py MODEL.bd RUN.h5 [ANSWER.json]

`// LET: name = expression` names a value and `// HOLDS: expression` must be true; both are Python, in this order, with

  values(name)        what was recorded, samples in rows, elements in columns, in the recorded unit
  times(name)         the samples' times in ms
  ids(name)           the elements
  labels(name)        their labels
  spikes(name, i)     the spike times of element i in ms; without i those of all
  spikers(name)       the elements in the order of the spikes
  tables(name)        the group of a summary's tables in the file; summary(name) its number
  json(name)          what the answer of --json says of a summary
  near(a, b, rel)     the largest difference is at most rel (1e-12, in single precision 1e-6) of the largest magnitude of b

and everything of numpy. A file without a HOLDS line fails.
"""
import json
import re
import sys

import h5py
import numpy as np


def names(file, answer):
    def values(name):
        return file["traces"][name]["data"][...]

    def times(name):
        return file["traces"][name]["time"][...]

    def ids(name):
        return file["traces"][name]["ids"][...]

    def labels(name):
        return file["traces"][name].attrs["labels"].split("\n")

    def spikers(name):
        return file["spikes"][name]["node_ids"][...]

    def spikes(name, element=None):
        found = file["spikes"][name]["timestamps"][...]
        return found if element is None else found[spikers(name) == element]

    def tables(name):
        return file["summaries"][name]

    def summary(name):
        return tables(name).attrs["value"]

    def json_of(name):
        return answer["summaries"][name]

    def near(a, b, rel=1e-12 if file.attrs["precision"] == "f64" else 1e-6):
        a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
        if a.shape != b.shape and a.size != 1 and b.size != 1:
            print(f"shapes {a.shape} and {b.shape}")
            return False
        error = np.max(np.abs(a - b)) / np.max(np.abs(b))
        if not error <= rel:
            worst = np.argmax(np.abs(a - b))
            print(f"off by {error:.3e}, worst at {worst}: {(a + 0 * b).flat[worst]!r} for {(b + 0 * a).flat[worst]!r}")
        return bool(error <= rel)

    known = {name: getattr(np, name) for name in np.__all__}
    for name in ("abs", "all", "any", "min", "max", "sum", "round"):
        known[name] = getattr(np, name)
    known.update(np=np, values=values, times=times, ids=ids, spikes=spikes, spikers=spikers, labels=labels, near=near)
    known.update(tables=tables, summary=summary, json=json_of)
    return known


def main():
    answer = json.load(open(sys.argv[3])) if len(sys.argv) > 3 else None
    known, count, bad = names(h5py.File(sys.argv[2], "r"), answer), 0, 0
    for number, line in enumerate(open(sys.argv[1]), 1):
        found = re.match(r"\s*// (LET|HOLDS): (.*)", line)
        if not found:
            continue
        if found[1] == "LET":
            exec(found[2], known)
            continue
        count += 1
        if not np.all(eval(found[2], known)):
            print(f"{sys.argv[1]}:{number}: does not hold: {found[2]}")
            bad += 1
    print(f"{count - bad} of {count} hold")
    return 1 if bad or not count else 0


sys.exit(main())
