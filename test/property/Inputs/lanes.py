"""Every lane of a sweep is the run that it is alone: lanes.py MODEL EXPERIMENT PRECISION THREADS…

Runs the sweep once for each number of threads, and every lane alone: the first as `--lane` does it, the others with the values that are shown
given to `--set`, in an experiment of the same name without a sweep. Compares all recorded data sets, and the summaries, byte for byte.
"""
import json
import re
import sys

import bdc
import h5py

model, experiment, precision, *threads = sys.argv[1:]


def run(path, *words):
    return bdc.answer("run", path, "--experiment", experiment, "--precision", precision, "--report", "out.html", *words)


def numbers(summaries):
    return {name: {key: value for key, value in entry.items() if key != "group"} for name, entry in summaries.items()}


def alone(number, lane, parameters):
    """What was recorded, and the summaries."""
    words = [f"--set={p['name']}={value!r} {p['unit']}" for p, value in zip(parameters, lane["values"]) if p["name"] != "seed"]
    if number == 0 or experiment == "shared":  # what is apart in one lane is apart in all, and in a run that sets it
        answer = run(model, "-o", "alone.h5", "--lane", str(number))
    else:
        answer = run("alone.bd", "-o", "alone.h5", "--seed", str(lane["seed"]), *words)
    with h5py.File("alone.h5") as file:
        return bdc.data_sets(file), numbers(answer["summaries"])


with open(model) as file:
    text = file.read()
with open("alone.bd", "w") as file:
    file.write(re.sub(r"^  sweep .*\n", "", text, flags=re.M))

singles = None
for count in threads:
    many = run(model, "-o", "many.h5", "--threads", count)["sweep"]
    lanes, sets = many["lanes"], 0
    singles = singles or [alone(number, lane, many["parameters"]) for number, lane in enumerate(lanes)]
    with h5py.File("many.h5") as file:
        for number, (lane, group, (recorded, summaries)) in enumerate(zip(lanes, file["lanes"].values(), singles, strict=True)):
            assert bdc.data_sets(group) == recorded, f"lane {number} of {count} threads has recorded something else"
            assert numbers(lane["summaries"]) == summaries, f"lane {number} of {count} threads: {lane['summaries']}, alone {summaries}"
            sets += len(recorded)
            for name, entry in lane["summaries"].items():
                assert file[f"sweep/summaries/{name}"][number] == entry["value"]
    assert len({json.dumps(lane["summaries"]) for lane in lanes}) > len(lanes) // 2, "the lanes hardly differ"
print(f"the same: {len(lanes)} lanes, {sets} data sets")
