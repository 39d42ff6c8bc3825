"""How fast generated code is, beside programs written by hand for the same model, measured in turn on the same machine.

Processor time is what is compared (other processes on the machine do not count), the best of some repetitions; with several threads
it is the time on the wall, which only a quiet machine shows. The cost of a neuron's step is that of a run without connections; the cost
of an event is what a run with connections takes more, over its number of events.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

import operations

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "docs" / "examples"
DT_MS = 0.1
DEGREE = 80
GXX = ["g++", "-O3", "-march=native", "-mprefer-vector-width=512"]
FAST = ["-ffast-math", "-fopenmp-simd"]

# name: model file, hand-written source and its flags, seconds simulated for each size, whether it has projections
MODELS = {
    "COBA": (EXAMPLES / "coba.bd", "by_hand/coba.cpp", [], {4000: 1, 20000: 0.5, 100000: 0.3}, True),
    "CUBA": (EXAMPLES / "cuba.bd", "by_hand/coba.cpp", ["-DCUBA"], {4000: 1, 20000: 0.5, 100000: 0.3}, True),
    "HH": (EXAMPLES / "hh.bd", None, [], {4000: 0.5, 20000: 0.2, 100000: 0.1}, True),
    "HH update": (HERE / "models" / "hh_update.bd", "by_hand/hh.cpp", [], {4000: 0.5, 20000: 0.1, 100000: 0.03}, False),
}


def run_json(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class Bench:
    def __init__(self, arguments):
        self.bdc, self.work, self.repeats = arguments.bdc, pathlib.Path(arguments.work), arguments.repeat
        self.work.mkdir(parents=True, exist_ok=True)
        self.environment = {**os.environ, "BDC_CACHE_DIR": str(self.work / "cache")}
        self.built, self.compile_s, self.alone_s = {}, {}, {}

    def program(self, source, precision, flags):
        """The path of a hand-written program, compiled when first asked for."""
        real = {"f64": "double", "f32": "float"}[precision]
        key = (source, real, *flags)
        if key not in self.built:
            path = self.work / "_".join([pathlib.Path(source).stem, real, *(flag.strip("-") for flag in flags if flag.startswith("-D"))])
            subprocess.run([*GXX, *flags, f"-DREAL={real}", str(HERE / source), "-o", str(path)], check=True)
            self.built[key] = path
        return self.built[key]

    def compiled(self, model, size, seconds, precision, threads, sets=()):
        command = [self.bdc, "run", model, "--json", "--details", "--no-output", "--precision", precision, "--threads", threads,
                   "--set", f"N={size}", "--set", f"duration={seconds} s"]
        for text in sets:
            command += ["--set", text]
        return run_json(command, env=self.environment)

    def compile_time(self, model, precision):
        """Seconds from text to machine code, without the cache."""
        if (model, precision) not in self.compile_s:
            command = [self.bdc, "run", model, "--json", "--no-output", "--no-cache", "--precision", precision,
                       "--set", f"duration={DT_MS} ms"]
            self.compile_s[model, precision] = min(run_json(command)["compile_s"] for _ in range(self.repeats))
        return self.compile_s[model, precision]

    def roof(self, precision, kibibytes):
        return run_json([self.program("machine.cpp", precision, []), max(kibibytes, 16)])


def least(measure, repeats, key):
    return min((measure() for _ in range(repeats)), key=lambda result: result[key])


def spikes(result, size, seconds):
    """Spikes of a run, from its summaries of both populations."""
    rate = {name: entry["value"] for name, entry in result["summaries"].items()}
    return (0.8 * rate["rate(E)"] + 0.2 * rate["rate(I)"]) * size * seconds


def measure(bench, name, size, precision, threads):
    model, source, flags, durations, connected = MODELS[name]
    seconds = durations[size]
    steps = seconds * 1000 / DT_MS
    row = {"model": name, "N": size, "precision": precision, "threads": threads, "compile_s": bench.compile_time(model, precision)}

    # In turn, so that both meet the same state of the machine.
    whole, bare, hand = [], [], []
    for _ in range(bench.repeats):
        whole.append(bench.compiled(model, size, seconds, precision, threads))
        if connected:
            bare.append(bench.compiled(model, size, seconds, precision, threads, ["in_degree=0"]))
        if source:
            what = [size, seconds] if connected else [size, int(steps)]
            hand.append(run_json([bench.program(source, precision, FAST + flags), *what]))
    time_of = "run_cpu_s" if threads == 1 else "run_s"
    best = min(whole, key=lambda result: result[time_of])
    alone = min(bare or whole, key=lambda result: result[time_of])
    row["run_s"] = best[time_of]
    wall_s = min(result["run_s"] for result in whole)
    if threads == 1:
        bench.alone_s[name, size, precision] = wall_s
    elif (name, size, precision) in bench.alone_s:
        row["speed_up"] = bench.alone_s[name, size, precision] / wall_s
    row["ns_per_neuron_step"] = alone[time_of] / steps / size * 1e9
    if connected:
        events = spikes(best, size, seconds) * DEGREE
        row["rate_hz"] = spikes(best, size, seconds) / size / seconds
        row["ns_per_event"] = max(0, best[time_of] - alone[time_of]) / events * 1e9 if events else float("nan")
        row["build_s"] = min(result["build_s"] for result in whole)
        row["build_ns_per_synapse"] = row["build_s"] * threads / (size * DEGREE) * 1e9
        row["bytes_per_synapse"] = (best["planned_bytes"] - alone["planned_bytes"]) / (size * DEGREE)
    if hand:
        row["by_hand_ns_per_neuron_step"] = min(result["ns_per_neuron_step"] for result in hand)
        fastest = min(hand, key=lambda result: result["run_s"])
        row["by_hand_s"] = fastest["run_s"]
        if connected:
            row["by_hand_ns_per_event"] = min(result["ns_per_event"] for result in hand)
        if threads == 1:
            # The two networks are not drawn alike: what the hand-written program would take for as many events.
            more = (events - fastest["events"]) * fastest["ns_per_event"] * 1e-9 if connected else 0
            row["ratio"] = row["run_s"] / (fastest["run_s"] + more)
    if threads == 1:
        cost = operations.cost(bench.bdc, model, precision)
        roof = bench.roof(precision, int(cost["bytes"] * size / 1024))
        floor = max(cost["bytes"] / roof["bytes_per_s"], cost["flops"] / roof["flops_per_s"])
        row["bytes_per_neuron_step"], row["flops_per_neuron_step"] = cost["bytes"], cost["flops"]
        row["share_of_roofline"] = floor * 1e9 / row["ns_per_neuron_step"]
    return row


COLUMNS = [
    ("model", "model", "{}"), ("N", "N", "{:,}"), ("precision", "", "{}"), ("threads", "threads", "{}"),
    ("ns_per_neuron_step", "ns / neuron, step", "{:.2f}"), ("by_hand_ns_per_neuron_step", "by hand", "{:.2f}"),
    ("ns_per_event", "ns / event", "{:.2f}"), ("by_hand_ns_per_event", "by hand", "{:.2f}"),
    ("run_s", "run, s", "{:.3f}"), ("by_hand_s", "by hand", "{:.3f}"), ("ratio", "ratio", "{:.2f}"),
    ("speed_up", "speed-up", "{:.2f}"), ("share_of_roofline", "of roofline", "{:.0%}"), ("rate_hz", "rate, Hz", "{:.1f}"),
    ("compile_s", "compile, s", "{:.3f}"), ("build_s", "build, s", "{:.3f}"),
    ("build_ns_per_synapse", "build, ns / synapse, thread", "{:.1f}"), ("bytes_per_synapse", "bytes / synapse", "{:.1f}"),
]


def line(cells):
    return "| " + " | ".join(cells) + " |"


def show(row):
    return line([form.format(row[key]) if key in row else "" for key, _, form in COLUMNS])


def wall(command, environment, repeats):
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        subprocess.run([str(word) for word in command], check=True, capture_output=True, env=environment)
        best = min(best, time.perf_counter() - begin)
    return best


def start_up(bench):
    """From the start of the process to its end, in seconds of wall time."""
    coba, one_step = EXAMPLES / "coba.bd", ["--no-output", "--quiet", "--set", f"duration={DT_MS} ms"]
    cold = run_json([bench.bdc, "run", coba, "--json", "--no-cache", *one_step[:1], *one_step[2:]], env=bench.environment)
    return {
        "bdc --version": wall([bench.bdc, "--version"], bench.environment, 10),
        "bdc check coba.bd": wall([bench.bdc, "check", coba], bench.environment, 10),
        "bdc run coba.bd, one step, compiled anew": wall([bench.bdc, "run", coba, "--no-cache", *one_step], bench.environment, 5),
        "… of which compilation": cold["compile_s"],
        "bdc run coba.bd, one step, from the cache": wall([bench.bdc, "run", coba, *one_step], bench.environment, 5),
    }


def processor():
    with open("/proc/cpuinfo") as file:
        return next((text.split(":")[1].strip() for text in file if text.startswith("model name")), platform.processor())


def main():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bdc", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--sizes", nargs="+", type=int, choices=[4000, 20000, 100000], default=[4000, 20000, 100000])
    parser.add_argument("--precisions", nargs="+", choices=["f64", "f32"], default=["f64", "f32"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--repeat", type=int, default=3, help="repetitions of which the best counts (3)")
    parser.add_argument("--json", help="write everything to a file too")
    arguments = parser.parse_args()
    bench = Bench(arguments)

    print(f"{processor()}, {os.cpu_count()} cores; best of {arguments.repeat}\n", flush=True)
    start = start_up(bench)
    print(line(["start", "ms"]))
    print(line(["---", "---"]))
    for what, seconds in start.items():
        print(line([what, f"{seconds * 1000:.1f}"]))
    print(flush=True)
    print(line([title for _, title, _ in COLUMNS]))
    print(line(["---"] * len(COLUMNS)), flush=True)
    rows = []
    for name in arguments.models:
        for size in arguments.sizes:
            for precision in arguments.precisions:
                for threads in arguments.threads:
                    rows.append(measure(bench, name, size, precision, threads))
                    print(show(rows[-1]), flush=True)
    if arguments.json:
        machine = {"processor": processor(), "cores": os.cpu_count(), "date": time.strftime("%Y-%m-%d"), "repeat": arguments.repeat}
        pathlib.Path(arguments.json).write_text(json.dumps({"machine": machine, "start_s": start, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
