"""How fast generated code is, beside programs written by hand for the same model, measured in turn on the same machine.

Processor time is what is compared (other processes on the machine do not count), the best of some repetitions; with several threads
it is the time on the wall, which only a quiet machine shows. The cost of a neuron's step is that of a run without connections; the cost
of an event is what a run with connections takes more, over its number of events.
"""
import operations
from bench import DT_MS, EXAMPLES, HERE, head, line, run_json

DEGREE = 80
FAST = ["-ffast-math", "-fopenmp-simd"]

# name: model file, hand-written source and its flags, seconds simulated for each size, whether it has projections
MODELS = {
    "COBA": (EXAMPLES / "coba.bd", "by_hand/coba.cpp", [], {4000: 4, 20000: 2, 100000: 0.5}, True),
    "CUBA": (EXAMPLES / "cuba.bd", "by_hand/coba.cpp", ["-DCUBA"], {4000: 8, 20000: 4, 100000: 1}, True),
    "HH": (EXAMPLES / "hh.bd", None, [], {4000: 1, 20000: 0.3, 100000: 0.1}, True),
    "HH update": (HERE / "models" / "hh_update.bd", "by_hand/hh.cpp", [], {4000: 1, 20000: 0.3, 100000: 0.05}, False),
}


def simulate(bench, model, size, seconds, precision, threads, sets=()):
    return bench.run(model, "--precision", precision, "--threads", threads, sets=[f"N={size}", f"duration={seconds} s", *sets])


def compile_time(bench, model, precision):
    """Seconds from text to machine code, without the cache."""
    command = [bench.bdc, "run", model, "--json", "--no-output", "--no-cache", "--precision", precision, "--set", f"duration={DT_MS} ms"]
    return min(run_json(command)["compile_s"] for _ in range(bench.repeats))


def rates_of_machine(bench, precision, kibibytes):
    return run_json([bench.program("machine.cpp", precision, []), max(kibibytes, 16)])


def build_time(bench, model, size, precision, threads):
    """Seconds for the network, in runs right after one another: the system then has the pages of the one before at hand."""
    return min(simulate(bench, model, size, DT_MS / 1000, precision, threads)["build_s"] for _ in range(2 * bench.repeats + 1))


def spikes(result, size, seconds):
    """Spikes of a run, from its summaries of both populations."""
    rate = {name: entry["value"] for name, entry in result["summaries"].items()}
    return (0.8 * rate["rate(E)"] + 0.2 * rate["rate(I)"]) * size * seconds


def measure_one(bench, name, size, precision, threads, alone_s):
    """`alone_s`: the time on the wall with one thread, where it is known."""
    model, source, flags, durations, connected = MODELS[name]
    seconds = durations[size]
    steps = seconds * 1000 / DT_MS
    row = {"model": name, "N": size, "precision": precision, "threads": threads}

    # In turn, so that both meet the same state of the machine.
    whole, bare, hand = [], [], []
    for _ in range(bench.repeats):
        whole.append(simulate(bench, model, size, seconds, precision, threads))
        if connected:
            bare.append(simulate(bench, model, size, seconds, precision, threads, ["in_degree=0"]))
        if source:
            what = [size, seconds] if connected else [size, int(steps)]
            hand.append(run_json([bench.program(source, precision, FAST + flags), *what]))
    time_of = "run_cpu_s" if threads == 1 else "run_s"
    best = min(whole, key=lambda result: result[time_of])
    alone = min(bare or whole, key=lambda result: result[time_of])
    row["run_s"] = best[time_of]
    row["wall_s"] = min(result["run_s"] for result in whole)
    if threads > 1 and alone_s:
        row["speed_up"] = alone_s / row["wall_s"]
    row["ns_per_neuron_step"] = alone[time_of] / steps / size * 1e9
    if connected:
        events = spikes(best, size, seconds) * DEGREE
        row["rate_hz"] = spikes(best, size, seconds) / size / seconds
        row["ns_per_event"] = max(0, best[time_of] - alone[time_of]) / events * 1e9 if events else float("nan")
        row["build_s"] = build_time(bench, model, size, precision, threads)
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
        roof = rates_of_machine(bench, precision, int(cost["bytes"] * size / 1024))
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


def show(row):
    return line([form.format(row[key]) if key in row else "" for key, _, form in COLUMNS])


def measure(bench, arguments):
    head([title for _, title, _ in COLUMNS])
    rows = []
    for name in arguments.models:
        for size in arguments.sizes:
            for precision in arguments.precisions:
                compile_s, alone_s = compile_time(bench, MODELS[name][0], precision), None
                for threads in arguments.threads:
                    row = {**measure_one(bench, name, size, precision, threads, alone_s), "compile_s": compile_s}
                    alone_s = row["wall_s"] if threads == 1 else alone_s
                    rows.append(row)
                    print(show(row), flush=True)
    print(flush=True)
    return rows
