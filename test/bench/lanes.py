"""What a step of one lane costs in a sweep over a network of a few elements: with lanes as the numbers of one vector, and one after the other."""
from bench import HERE, head, line

MODEL = HERE / "models" / "lanes.bd"
# title, experiment, elements
NETWORKS = [
    ("LIF neurons, spikes recorded", "neurons", [1, 4, 8]),
    ("Hopf nodes, OU noise", "masses", [1, 2, 4, 8]),
    ("the same, coupled with delays", "coupled", [2, 4, 8]),
]


def measure(bench, arguments):
    """On one thread. ns per step and lane; of the time loop and what is recorded."""
    head(["a sweep of 64 lanes over", "elements", *(f"{precision}, {how}" for precision in arguments.precisions for how in ("side by side", "one by one"))])
    rows = []
    for title, experiment, sizes in NETWORKS:
        for elements in sizes:
            row = {"network": title, "elements": elements, "ns_per_step_and_lane": {}}
            for precision in arguments.precisions:
                for how in ("always", "never"):
                    runs = [bench.run(MODEL, "--experiment", experiment, "--precision", precision, "--side-by-side", how, sets=[f"N={elements}"])
                            for _ in range(bench.repeats)]
                    row["ns_per_step_and_lane"][f"{precision}, {how}"] = min(run["run_s"] / run["steps"] for run in runs) * 1e9
            rows.append(row)
            print(line([title, str(elements), *(f"{ns:.1f}" for ns in row["ns_per_step_and_lane"].values())]), flush=True)
    print(flush=True)
    return rows
