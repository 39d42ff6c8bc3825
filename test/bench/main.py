"""Measures bdc: how it starts, what building a network costs, and how fast generated code is beside programs written by hand."""
import argparse
import json
import os
import pathlib
import time

import connections
import gradients
import lanes
import scaling
import speed
import start
from bench import Bench, processor, run_json

PARTS = {"start": start.measure, "connections": connections.measure, "models": speed.measure, "threads": scaling.measure, "lanes": lanes.measure,
         "gradients": gradients.measure}


def machine(bench, repeats):
    """What there is to know of the machine: a line of a cache may take long from core to core, which is what threads cost, and
    two cores need not do twice as much as one."""
    known = run_json([bench.program("machine.cpp", "f64", []), 256])
    return {"processor": processor(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "date": time.strftime("%Y-%m-%d"),
            "repeat": repeats, **{fact: known[fact] for fact in ("ns_from_core_to_core", "gain_of_two_threads")}}


def main():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__)
    parser.add_argument("--bdc", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--models", nargs="+", choices=speed.MODELS, default=list(speed.MODELS))
    parser.add_argument("--sizes", nargs="+", type=int, choices=[4000, 20000, 100000], default=[4000, 20000, 100000])
    parser.add_argument("--precisions", nargs="+", choices=["f64", "f32"], default=["f64", "f32"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--repeat", type=int, default=3, help="repetitions of which the best counts (3)")
    parser.add_argument("--json", help="write everything to a file too")
    arguments = parser.parse_args()
    bench = Bench(arguments.bdc, arguments.work, arguments.repeat)
    facts = machine(bench, arguments.repeat)
    print(f"{facts['processor']}, {facts['cores']} cores, load {facts['load']}, {facts['ns_from_core_to_core']:.0f} ns from core to core, "
          f"two threads that share nothing {facts['gain_of_two_threads']:.2f} times as fast as one; "
          f"best of {arguments.repeat}\n", flush=True)
    results = {part: PARTS[part](bench, arguments) for part in arguments.parts}
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({"machine": facts, **results}, indent=1))


if __name__ == "__main__":
    main()
