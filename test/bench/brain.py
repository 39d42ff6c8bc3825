"""Whole brains: processor time per node and step of generated code, and of a program written by hand for Hopf nodes.

Every region is connected to every other; the time per connection and step is what a connection costs, the update of its share of a node
included. Best of some repetitions, one thread.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE / "models" / "brain.bd"
MASSES = {"Hopf": "hopf", "Wilson–Cowan": "wilson_cowan", "Jansen–Rit": "jansen_rit", "Montbrió–Pazó–Roxin, OU noise": "montbrio_pazo_roxin"}
GXX = ["g++", "-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math"]


def run_json(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def generated(bdc, experiment, regions, precision, steps):
    run = run_json([bdc, "run", MODEL, "--experiment", experiment, "--json", "--details", "--no-output", "--precision", precision,
                    "--set", f"SC.regions={regions}", "--set", f"duration={steps * 0.1:.1f} ms"])
    return run["run_cpu_s"] * 1e9 / run["steps"] / regions


def by_hand(work, precision, regions, steps, lanes):
    real = {"f64": "double", "f32": "float"}[precision]
    path = work / f"brain_{real}_{lanes}"
    if not path.exists():
        subprocess.run([*GXX, f"-DREAL={real}", f"-DLANES={lanes}", str(HERE / "by_hand" / "brain.cpp"), "-o", str(path)], check=True)
    return run_json([path, regions, steps])["ns_per_node_step"]


def measure(bdc, work, repeats):
    """One dictionary for each mass, number of regions and precision."""
    rows = []
    for regions, steps in ((76, 20000), (400, 2000)):
        for precision in ("f64", "f32"):
            for name, experiment in MASSES.items():
                row = {"mass": name, "regions": regions, "precision": precision}
                ours, theirs = [], []
                for _ in range(repeats):
                    ours.append(generated(bdc, experiment, regions, precision, steps))
                    if experiment == "hopf":
                        theirs.append(by_hand(work, precision, regions, steps, 1))
                row["ns_per_node_step"] = min(ours)
                row["ns_per_connection_step"] = min(ours) / (regions - 1)
                if theirs:
                    row["by_hand"] = min(theirs)
                    row["ratio"] = min(ours) / min(theirs)
                    row["by_hand_lane_of_64"] = min(by_hand(work, precision, regions, max(steps // 20, 50), 64) for _ in range(repeats))
                rows.append(row)
    return rows


def table(rows):
    yield "| mass | regions |  | ns / node, step | ns / connection, step | by hand | ratio | by hand, a lane of 64 |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for row in rows:
        hand = [f"{row[key]:.{digits}f}" if key in row else "" for key, digits in (("by_hand", 0), ("ratio", 2), ("by_hand_lane_of_64", 0))]
        yield (f"| {row['mass']} | {row['regions']} | {row['precision']} | {row['ns_per_node_step']:.1f} | "
               f"{row['ns_per_connection_step']:.3f} | {' | '.join(hand)} |")


def main():
    bdc, work = sys.argv[1], pathlib.Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    print("\n".join(table(measure(bdc, work, int(sys.argv[3]) if len(sys.argv) > 3 else 3))))


if __name__ == "__main__":
    main()
