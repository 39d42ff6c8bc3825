"""second.py FOLDER FIRST LAST: the Hessian of random models (random_programs.py) times directions.

Along one number it is how the whole gradient changes, which differences of gradients say. It is symmetric: u (H v) = v (H u), of directions
of all parameters, arrays and weights of connections among them. Threads, checkpoints and vectors change no bit.
"""
import pathlib
import sys

import bdc
from random_programs import Model

folder, first, last = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def product(path, direction, *words):
    found = bdc.answer("grad", path, *(f"--hessian={name}={value!r}" for name, value in direction.items()), *words)
    return {p["name"]: p["product"] for p in found["parameters"]}, found["derivative"]


def numbers(values):
    return values if isinstance(values, list) else [values]


def times(direction, products):
    return sum(value * sum(numbers(products[name])) for name, value in direction.items())


def size(direction, products):
    return sum(abs(value) * sum(map(abs, numbers(products[name]))) for name, value in direction.items())


def difference(path, found, step):
    """How far central differences of the gradient along G are from what was found, relative to the largest of a parameter."""
    sides = [{p["name"]: p["gradient"] for p in bdc.answer("grad", path, f"--set=G={0.6 + side * step!r}")["parameters"]} for side in (1, -1)]
    worst = 0
    for name in found:
        differences = [(a - b) / (2 * step) for a, b in zip(*(numbers(side[name]) for side in sides))]
        scale = max(map(abs, differences + [1e-4]))
        worst = max(worst, *(abs(a - b) / scale for a, b in zip(numbers(found[name]), differences)))
    return worst


bad = []
for seed in range(first, last):
    path = folder / f"program_{seed}.bd"
    path.write_text(Model(seed).text().replace(", speed", "").replace("fit speed, ", "fit "))
    found, derivative = product(path, {"G": 1})
    # Of a smaller step where a larger one goes over a kink.
    worst = min(difference(path, found, step) for step in (1e-4, 1e-5, 1e-6))
    along = bdc.answer("grad", path, "--along=G=1")["derivative"]
    u, v = ({name: (-sign) ** k * (0.5 + 0.1 * k) for k, name in enumerate(found)} for sign in (1, 0.9))
    of_u, of_v = product(path, u)[0], product(path, v)[0]
    skew = abs(times(u, of_v) - times(v, of_u)) / max(size(u, of_v), size(v, of_u))
    if worst > 1e-6 or skew > 1e-11 or abs(derivative - along) > 1e-12 * max(1, abs(along)):
        bad.append(seed)
        print(f"{path}: {worst:.1e} from differences, {skew:.1e} from symmetric, {derivative} and {along} along G")
    if seed % 5 == 0:
        for words in (("--threads=3",), ("--checkpoints=4",), ("--width=1",)):
            if product(path, {"G": 1}, *words) != (found, derivative):
                bad.append(seed)
                print(f"{path}: {words} changes its bits")
print(f"{last - first - len(set(bad))} of {last - first} random programs have the Hessian of their gradients' differences")
