"""uncertainty.py FOLDER: the standard errors of a fit against the products of the Hessian that `bdc grad --hessian` prints."""
import math
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "property" / "Inputs"))
import bdc  # noqa: E402

folder = pathlib.Path(sys.argv[1])
SMOOTH = """mass Pendulum {
  param k : /ms^2 = 0.02, c : /ms = 0.03
  state x = 1, v : /ms = 0 /ms
  x' = v
  v' = -k * sin(x) - c * v
}
network N {
  population P = Pendulum[1]
}
experiment e {
  simulate N for 100 ms, dt = 0.5 ms, method = rk4
  let seen = load("seen.csv")
  minimise mse(P.x every 1 ms, seen)
  fit P.k in [0.001, 0.1] /ms^2, P.c in [0.001, 0.1] /ms by lbfgs(), steps = 60, uncertainty = laplace
}
"""
SPIKES = """neuron Cell {
  param a = 1.4
  input I
  state v = 0
  v' = (I + a - v) / 10 ms
  on v > 1 { emit spike; v = 0 }
}
network N { population E = Cell[4] { surrogate = sigmoid } }
experiment e {
  simulate N for 50 ms, dt = 0.5 ms
  minimise (mean(E.v every 1 ms) - 0.5)^2
  fit E.a in [1.1, 3] by adam(), steps = 3, uncertainty = laplace
}
"""
DELAYS = """mass M {
  input I
  state x = 0.5
  x' = (tanh(I) - x) / 5 ms
}
network N {
  connectome SC = synthetic(regions = 4, density = 1)
  param speed : mm/ms = 7
  nodes a = M[SC]
  couple a.x -> a.I by additive(SC.weights, strength = 2, delay = SC.lengths / speed)
  start a.x = 0.2 * (1 + index)
}
experiment e {
  simulate N for 20 ms, dt = 0.1 ms
  minimise std(a.x)
  fit speed in [1, 100] mm/ms by adam(), steps = 3, uncertainty = laplace
}
"""


def pendulum(k, c):
    def slope(x, v):
        return v, -k * math.sin(x) - c * v
    x, v, h, seen = 1.0, 0.0, 0.5, []
    for step in range(200):
        a = slope(x, v)
        b = slope(x + h / 2 * a[0], v + h / 2 * a[1])
        d = slope(x + h / 2 * b[0], v + h / 2 * b[1])
        e = slope(x + h * d[0], v + h * d[1])
        x, v = x + h / 6 * (a[0] + 2 * b[0] + 2 * d[0] + e[0]), v + h / 6 * (a[1] + 2 * b[1] + 2 * d[1] + e[1])
        if step % 2:
            seen.append(x)
    return seen


noise = random.Random(4)
(folder / "seen.csv").write_text("".join(f"{x + noise.gauss(0, 0.02)!r}\n" for x in pendulum(0.025, 0.04)))
path = folder / "smooth.bd"
path.write_text(SMOOTH)
fit = bdc.answer("run", path, "--no-output")["fit"]
assert not fit["notes"], fit["notes"]
best = fit["values"]
sets = [f"--set=P.k={best['P.k']!r} /ms^2", f"--set=P.c={best['P.c']!r} /ms"]
hessian = []
for name in ("P.k", "P.c"):
    found = {p["name"]: p["product"] for p in bdc.answer("grad", path, f"--hessian={name}=1", *sets)["parameters"]}
    hessian.append([found["P.k"], found["P.c"]])
(a, b), (c, d) = hessian
assert abs(b - c) < 1e-9 * abs(b), hessian
scale = 2 * fit["best_loss"] / (100 - 2)
for name, inverse in (("P.k", d / (a * d - b * c)), ("P.c", a / (a * d - b * c))):
    error, expected = fit["standard_errors"][name], math.sqrt(scale * inverse)
    assert abs(error - expected) < 1e-4 * expected, (name, error, expected)
print("standard errors are those of the Hessian's products")

for name, text, what in (("spikes", SPIKES, "without second derivatives they are those of differences of gradients"),
                         ("delays", DELAYS, "with delays that are fitted")):
    path = folder / f"{name}.bd"
    path.write_text(text)
    note = next(n for n in bdc.answer("run", path, "--no-output")["fit"]["notes"] if n.startswith("the Hessian is made of differences of gradients: "))
    print(f"{what}: {note.split(': ')[1]}")
