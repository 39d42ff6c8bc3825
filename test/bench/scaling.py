"""What two threads gain, from pairs of short runs with one and with two.

Virtual cores may for some seconds be the two halves of one core, or be wanted by others, and one thread alone is then faster than beside another.
So a pair counts where two threads that share nothing gained enough just before and just after it; the median of such pairs is what counts.
"""
import statistics

from bench import head, line, run_json
from speed import MODELS, simulate

ENOUGH = 1.8
SECONDS = {"COBA": {20000: 0.5, 100000: 0.15}, "CUBA": {20000: 1, 100000: 0.25}, "HH": {20000: 0.1, 100000: 0.03}}


def gain(bench):
    return run_json([bench.program("machine.cpp", "f64", []), "gain"])["gain_of_two_threads"]


def pairs_of(bench, name, size, precision, wanted):
    """The gains of up to `wanted` pairs that count, and of all."""
    counting, every = [], []
    while len(counting) < wanted and len(every) < 4 * wanted:
        before = gain(bench)
        alone, both = (simulate(bench, MODELS[name][0], size, SECONDS[name][size], precision, threads)["run_s"] for threads in (1, 2))
        every.append(alone / both)
        if min(before, gain(bench)) >= ENOUGH:
            counting.append(every[-1])
    return counting, every


def measure(bench, arguments):
    head(["model", "N", "", "gain of two threads (median)", "lower quartile", "upper quartile", "pairs that count", "of", "all of them (median)"])
    rows = []
    for name in SECONDS:
        for size in SECONDS[name]:
            for precision in arguments.precisions:
                counting, every = pairs_of(bench, name, size, precision, 4 * bench.repeats)
                row = {"model": name, "N": size, "precision": precision, "gains": counting, "all": every}
                rows.append(row)
                low, middle, high = statistics.quantiles(counting, n=4) if len(counting) > 1 else 3 * [float("nan")]
                numbers = [f"{middle:.2f}", f"{low:.2f}", f"{high:.2f}", str(len(counting)), str(len(every)), f"{statistics.median(every):.2f}"]
                print(line([name, f"{size:,}", precision, *numbers]), flush=True)
    print(flush=True)
    return rows
