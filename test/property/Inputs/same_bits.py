"""Every run gives the same bits: same_bits.py [--only-common] MODEL.bd OUT.h5 "OPTIONS" "OPTIONS" …

Runs the model once for each group of options (an empty one for the defaults; FILE.bd in a group stands for MODEL.bd) and compares all
recorded data sets with those of the first run, byte for byte. With --only-common a data set may be missing on one side.
"""
import shlex
import sys

import bdc
import h5py


def run(model, out, options):
    words = shlex.split(options)
    models = [w for w in words if w.endswith(".bd")] or [model]
    words = [w for w in words if not w.endswith(".bd")]
    bdc.record(models[0], out, *words)
    with h5py.File(out) as file:
        return bdc.data_sets(file)


def main():
    arguments = sys.argv[1:]
    common = arguments[0] == "--only-common"
    model, out, first, *others = arguments[common:]
    expected, bad = run(model, out, first), False
    spikes = [shape[0] for name, (shape, _, _) in expected.items() if name.endswith("timestamps")]
    assert others and (not spikes or sum(spikes) > 100), f"too few spikes to say anything: {spikes}"
    for options in others:
        found = run(model, out, options)
        names = set(expected) & set(found) if common else set(expected) | set(found)
        differ = sorted(name for name in names if expected.get(name) != found.get(name))
        if differ or not names:
            print(f"`{options}` differs from `{first}` in {', '.join(differ) or 'everything'}")
            bad = True
    print("differs" if bad else f"same bits: {len(expected)} data sets, {sum(spikes)} spikes, {len(others) + 1} runs")
    return 1 if bad else 0


sys.exit(main())
