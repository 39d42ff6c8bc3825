"""Random spiking models: reverse mode says what forward mode says, and the same bits with threads, checkpoints and any width.

Usage: spiking_modes.py FOLDER FIRST LAST

Both modes ask the same analysis what depends on what. So a derivative is also asked for alone: then less depends on anything.
"""

import pathlib
import re
import sys

import bdc
from spiking_programs import SURROGATES, Model

TOLERANCE = 1e-10
ALONE = "I"
WAYS = [["--threads", "3"], ["--checkpoints", "4"], ["--width", "1"]]


def doubts(file):
    """What is wrong with a model's gradient; none: nothing."""
    run, checked = bdc.ask("gradcheck", file)
    derivatives = [d for p in checked.get("parameters", []) for d in p["derivatives"]]
    if not derivatives:
        return [f"status {run.returncode}\n{run.stderr}"]
    found = [f"{d['name']}: {d['gradient']} backwards, {d['forward']} forwards, {d['modes_error']}" for d in derivatives
             if d["modes_error"] is None or not d["modes_error"] <= TOLERANCE]
    if not any(d["gradient"] for d in derivatives):
        found.append("all derivatives are 0")
    found += doubts_alone(file, checked)
    gradients = [bdc.ask("grad", file, *way)[1] for way in [[], *WAYS]]
    said = [(g.get("objective"), [p["gradient"] for p in g.get("parameters", [])]) for g in gradients]
    return found + [f"other bits with {' '.join(way)}" for way, other in zip(WAYS, said[1:]) if other != said[0] or not other[1]]


def doubts_alone(file, checked):
    """Whether the derivative by one number is another where it is the only one."""
    alone = file.with_stem(f"{file.stem}_alone")
    alone.write_text(re.sub(r"^  fit .*$", f"  fit {ALONE}", file.read_text(), flags=re.M))
    among = [p["derivatives"][0]["gradient"] for p in checked["parameters"] if p["name"] == ALONE]
    found = [p["gradient"] for p in bdc.ask("grad", alone)[1].get("parameters", [])]
    isSame = len(among) == len(found) == 1 and abs(among[0] - found[0]) <= TOLERANCE * abs(among[0])
    return [] if isSame else [f"{ALONE}: {found} alone, {among} among others"]


def main():
    folder, first, last = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    right = spiking = 0
    for seed in range(first, last):
        file = folder / f"spiking_{seed}.bd"
        file.write_text(Model(seed).text())
        found = doubts(file)
        right += not found
        spiking += any(bdc.ask("run", file, "--report", folder / "report.html")[1].get("summaries", {}).values())
        if found:
            print(f"{file}: {'; '.join(found)}")
    text = "".join(Model(seed).text() for seed in range(first, last))
    missing = [name for name, _ in SURROGATES if f"surrogate = {name}" not in text]
    print(f"{right} of {last - first} random spiking programs have one gradient, forwards and backwards, at every width")
    print(f"{spiking} of them spike" if spiking < 0.75 * (last - first) else "most of them spike")
    print(f"surrogates that do not come up: {missing}" if missing else f"all of {len(SURROGATES)} surrogates come up")


if __name__ == "__main__":
    main()
