"""What building a network costs: wall time per synapse and thread, everything between the parameters and the first step included but files."""
from bench import HERE, head, line

MODEL = HERE / "models" / "connections.bd"
# title, experiment, [(elements, synapses of each)…]
RULES = [
    ("random", "random", [(4000, 80), (20000, 80), (100000, 80), (20000, 16), (200000, 100)]),
    ("fixed in-degree", "in_degree", [(4000, 80), (20000, 80), (100000, 80), (20000, 16), (10000, 1000)]),
    ("fixed out-degree", "out_degree", [(4000, 80), (20000, 80), (100000, 80), (20000, 16), (20000, 1000)]),
    ("random, weights ~ normal", "weights", [(4000, 80), (20000, 80), (100000, 80)]),
    ("… and delays ~ uniform", "delays", [(4000, 80), (20000, 80), (100000, 80)]),
]


def measure(bench, arguments):
    head(["connections", "of each", "elements", *(f"{precision}, {threads} thread{'s' * (threads > 1)}" for precision in arguments.precisions
                                                   for threads in arguments.threads)])
    rows = []
    for title, experiment, sizes in RULES:
        for elements, degree in sizes:
            row = {"rule": title, "elements": elements, "degree": degree, "ns_per_synapse_and_thread": {}}
            for precision in arguments.precisions:
                for threads in arguments.threads:
                    seconds = min(bench.run(MODEL, "--experiment", experiment, "--precision", precision, "--threads", threads,
                                            sets=[f"N={elements}", f"K={degree}"])["build_s"] for _ in range(2 * bench.repeats + 1))
                    row["ns_per_synapse_and_thread"][f"{precision}, {threads}"] = seconds * threads / elements / degree * 1e9
            rows.append(row)
            cells = [f"{ns:.1f}" for ns in row["ns_per_synapse_and_thread"].values()]
            print(line([title, f"{degree:,}", f"{elements:,}", *cells]), flush=True)
    print(flush=True)
    return rows
