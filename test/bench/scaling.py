"""What two threads gain, from pairs of short runs with one and with two.

Virtual cores may for some seconds be the two halves of one core, or be wanted by others, and one thread alone is then faster than beside another.
So a pair counts where two threads that share nothing gained enough just before and just after it; the median of such pairs is what counts.
Beside it stands what two processes gain that know nothing of each other, each with a network of half the size: the caches and the way to memory of
this machine leave no more to threads either.
"""
import statistics
from concurrent.futures import ThreadPoolExecutor

from bench import head, line, run_json
from speed import MODELS, simulate

ENOUGH = 1.8
SECONDS = {"COBA": {20000: 0.5, 100000: 0.15}, "CUBA": {20000: 1, 100000: 0.25}, "HH": {20000: 0.1, 100000: 0.03}}


def gain(bench):
    return run_json([bench.program("machine.cpp", "f64", []), "gain"])["gain_of_two_threads"]


def gain_of_halves(bench, name, size, precision):
    """What two runs of half the size at the same time gain over one after the other."""
    def half(_):
        return simulate(bench, MODELS[name][0], size // 2, SECONDS[name][size], precision, 1)["run_s"]
    alone = half(0)
    with ThreadPoolExecutor(2) as both:
        return 2 * alone / max(both.map(half, range(2)))


def pairs_of(bench, name, size, precision, wanted):
    """The gains of up to `wanted` pairs that count, of all, and of halves beside those that count."""
    counting, every, halves = [], [], []
    while len(counting) < wanted and len(every) < 4 * wanted:
        before = gain(bench)
        alone, both = (simulate(bench, MODELS[name][0], size, SECONDS[name][size], precision, threads)["run_s"] for threads in (1, 2))
        every.append(alone / both)
        if min(before, gain(bench)) >= ENOUGH:
            counting.append(every[-1])
            halves.append(gain_of_halves(bench, name, size, precision))
    return counting, every, halves


def measure(bench, arguments):
    head(["model", "N", "", "gain of two threads (median)", "lower quartile", "upper quartile", "pairs that count", "of", "all of them (median)", "two runs of half the size (median)"])
    rows = []
    for name in SECONDS:
        for size in SECONDS[name]:
            for precision in arguments.precisions:
                counting, every, halves = pairs_of(bench, name, size, precision, 4 * bench.repeats)
                row = {"model": name, "N": size, "precision": precision, "gains": counting, "all": every, "halves": halves}
                rows.append(row)
                low, middle, high = statistics.quantiles(counting, n=4) if len(counting) > 1 else 3 * [float("nan")]
                numbers = [f"{middle:.2f}", f"{low:.2f}", f"{high:.2f}", str(len(counting)), str(len(every)), f"{statistics.median(every):.2f}",
                           f"{statistics.median(halves):.2f}" if halves else ""]
                print(line([name, f"{size:,}", precision, *numbers]), flush=True)
    print(flush=True)
    return rows
