"""Whole brains: processor time per node and step of generated code, alone and as a lane of a batch of 64, and of programs written by hand.

    brain.py BDC FOLDER [--repeat N] [--json FILE]

Every region is connected to every other, and then to fewer. One thread; best of some repetitions, in turn with the program written by hand.
"""
import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
MODEL = HERE / "models" / "brain.bd"
LANES = 64
# The fastest of the peers (brainmass 0.1, 80 regions, f64, on a machine of this kind): ns per node and step.
MASSES = {"Hopf": ("hopf", 364), "Wilson–Cowan": ("wilson_cowan", 417), "Jansen–Rit": ("jansen_rit", 562),
          "Montbrió–Pazó–Roxin, OU noise": ("montbrio_pazo_roxin", 511)}
GXX = ["g++", "-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math"]
SIZES = ((76, 20000), (400, 2000))
DENSITIES = (1, 0.5, 0.2, 0.1, 0.05)


def run_json(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class Bench:
    def __init__(self, bdc, work, repeat):
        self.bdc, self.work, self.repeat = bdc, work, repeat

    def program(self, source, precision, words):
        real = {"f64": "double", "f32": "float"}[precision]
        path = self.work / f"{pathlib.Path(source).stem}_{real}{''.join(words)}"
        if not path.exists():
            subprocess.run([*GXX, f"-DREAL={real}", *words, str(HERE / source), "-o", str(path)], check=True)
        return path

    def generated(self, experiment, regions, precision, steps, *more):
        run = run_json([self.bdc, "run", MODEL, "--experiment", experiment, "--json", "--details", "--no-output", "--precision", precision,
                        "--set", f"SC.regions={regions}", "--set", f"duration={steps * 0.1:.1f} ms", *more])
        return run["run_cpu_s"] * 1e9 / run["steps"] / regions, run["edges"] / regions

    def by_hand(self, precision, regions, steps, lanes):
        return run_json([self.program("by_hand/brain.cpp", precision, [f"-DLANES={lanes}"]), regions, steps])["ns_per_node_step"]

    def roof(self, regions, precision):
        """ns that the bytes of a connection and step take, read from as much memory as the connections and the past have together.

        For 8 steps at once a connection reads its source and its delay (4 bytes each), its weight, and 8 past values.
        """
        number, ahead = {"f64": 8, "f32": 4}[precision], 8
        connection_bytes = (8 + number + ahead * number) / ahead
        footprint = regions * (regions * (8 + number) + 408 * number)
        rate = run_json([self.program("machine.cpp", precision, []), max(footprint >> 10, 16)])["bytes_per_s"]
        return connection_bytes, connection_bytes / rate * 1e9

    def dense(self):
        """One row for each number of regions, precision and mass."""
        for regions, steps in SIZES:
            for precision in ("f64", "f32"):
                connection_bytes, roof = self.roof(regions, precision)
                for name, (experiment, peer) in MASSES.items():
                    row = {"mass": name, "regions": regions, "precision": precision, "bytes": connection_bytes}
                    alone, lane, hand, hand_lane = [], [], [], []
                    for _ in range(self.repeat):
                        alone.append(self.generated(experiment, regions, precision, steps)[0])
                        lane.append(self.generated(experiment, regions, precision, steps // 2, "--seeds", LANES)[0])
                        if experiment == "hopf":
                            hand.append(self.by_hand(precision, regions, steps, 1))
                            hand_lane.append(self.by_hand(precision, regions, max(steps // 20, 50), LANES))
                    row |= {"alone": min(alone), "lane": min(lane), "of_roof": roof * (regions - 1) / min(alone)}
                    if regions == SIZES[0][0] and precision == "f64":
                        row["peer"] = peer
                    if hand:
                        row |= {"hand": min(hand), "hand_lane": min(hand_lane)}
                    yield row

    def sparse(self):
        """Hopf nodes with fewer and fewer connections."""
        for density in DENSITIES:
            runs = [self.generated("hopf", 400, "f64", 2000, "--set", f"SC.density={density}") for _ in range(self.repeat)]
            yield {"density": density, "connections": runs[0][1], "alone": min(time for time, _ in runs)}


def ratio(row, one, other):
    return f"{row[one] / row[other]:.2f}" if other in row else ""


def dense_table(rows):
    yield ("| mass | regions |  | ns / node, step | by hand | ratio | a lane of 64 | by hand | ratio | fastest peer | times faster | bytes / connection, step "
           "| of roofline |")
    yield "| --- " * 13 + "|"
    for row in rows:
        hand = [f"{row[key]:.0f}" if key in row else "" for key in ("hand", "hand_lane", "peer")]
        times = f"{row['peer'] / row['alone']:.0f}" if "peer" in row else ""
        yield (f"| {row['mass']} | {row['regions']} | {row['precision']} | {row['alone']:.1f} | {hand[0]} | {ratio(row, 'alone', 'hand')} | "
               f"{row['lane']:.1f} | {hand[1]} | {ratio(row, 'lane', 'hand_lane')} | {hand[2]} | "
               f"{times} | {row['bytes']:.1f} | {row['of_roof']:.0%} |")


def sparse_table(rows):
    yield "| density | connections of a node | ns / node, step | ns / connection, step |"
    yield "| --- | --- | --- | --- |"
    for row in rows:
        yield f"| {row['density']:g} | {row['connections']:.1f} | {row['alone']:.1f} | {row['alone'] / row['connections']:.3f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bdc")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(arguments.bdc, arguments.work, arguments.repeat)
    dense, sparse = list(bench.dense()), list(bench.sparse())
    print("\n".join(dense_table(dense)))
    print()
    print("\n".join(sparse_table(sparse)))
    if arguments.json:
        arguments.json.write_text(json.dumps({"dense": dense, "sparse": sparse}, indent=1))


if __name__ == "__main__":
    main()
