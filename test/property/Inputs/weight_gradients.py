"""weight_gradients.py FOLDER: derivatives by the weight of every connection, in both modes and against differences, for every way in which weights are read.

Then what no difference can say: which entry of the table each derivative is of, and that threads, checkpoints and vectors change no bit.
"""
import pathlib
import re
import sys

import bdc

folder = pathlib.Path(sys.argv[1])

WEIGHTS = [[0, 0.5, 0, 0.8, 0.2], [0.3, 0, 0.6, 0, 0.7], [0.9, 0.2, 0, 0.4, 0.1], [0, 0.7, 0.1, 0, 0.3], [0.6, 0.4, 0.5, 0.2, 0]]
LENGTHS = [[0, 12, 0, 30, 2], [7, 0, 45, 0, 5], [3, 20, 0, 55, 61], [0, 33, 90, 0, 14], [8, 4, 29, 1, 0]]

NETWORK = """import masses.Hopf
import noise.OrnsteinUhlenbeck

coupling product {{
  param strength
  term weight * source * target * target
  output strength * total
}}
coupling bent {{
  param strength
  term sin(weight * source) * (1 + target^2)
  output strength * total
}}
observer Seen {{
  source z
  term weight * z^2
  output total
}}
neuron Cell {{
  input I
  state v = 0.1
  v' = (I - v) / 10 ms
  on v > 0.3 {{ emit spike; v = 0.05 }}
}}

network Nodes {{
  connectome SC = load("{table}", lengths = "lengths.csv")
  param G : Hz = 30, speed : mm/ms = 4
{nodes}
}}

experiment gradient {{
  simulate Nodes for 60 ms, dt = 0.5 ms, method = heun, discard 1 ms
  minimise {loss}
  fit SC.weights each in [0, 2], {fitted}
}}
"""
ALL = "nodes area = Hopf[SC] { a = -2 Hz, f = 9 Hz }\n start area.x = 0.1 * (1 + index)\n"
LOSS = "mean(area.x^2 every 2 ms) + std(area.y every 5 ms)"
DELAY = "delay = SC.lengths / speed"
COUPLINGS = {
    "additive": "by additive(SC.weights, strength = G{})",
    "diffusive": "by diffusive(SC.weights, strength = G{})",
    "sigmoidal_before": "by sigmoidal_before(SC.weights, strength = G, slope = 3, midpoint = 0.2{})",
    "kuramoto": "by kuramoto(SC.weights, strength = G{})",
    "product": "by product(SC.weights, strength = G{})",
    "bent": "by bent(SC.weights, strength = G{})",
    "made weights": "by additive((SC.weights^2 + log(1 + SC.weights)) * G, strength = 1{})",
}
DELAYS = {"now": "", "interpolated": f", {DELAY}", "nearest": f", {DELAY}, steps = nearest", "ceil": f", {DELAY}, steps = ceil",
          "with a history": f", {DELAY}, history = 0.3 * cos(index)"}

cases = {}
for name, coupling in COUPLINGS.items():
    for when, delay in DELAYS.items():
        cases[f"{name}, {when}"] = dict(nodes=ALL + "couple area.x -> area.I_x " + coupling.format(delay))
cases["two couplings of one table"] = dict(nodes=ALL + f"""
  couple area.x -> area.I_x by additive(SC.weights, strength = G, {DELAY})
  couple area.y -> area.I_y by diffusive(SC.weights, strength = G)
  couple area.x * area.y -> area.I_x by sigmoidal_before(2 * SC.weights, strength = G, slope = 1, {DELAY})""")
cases["noise"] = dict(nodes=ALL + f"""
  couple area.x -> area.I_x by additive(SC.weights, strength = G, {DELAY})
  disturb area.I_x by OrnsteinUhlenbeck {{ sigma = 5 Hz, tau = 5 ms }}""")
cases["an observer"] = dict(nodes=ALL + f"""
  couple area.x -> area.I_x by additive(SC.weights, strength = G, {DELAY})
  observe seen = Seen(area.x, SC.weights) {{ step = 1 ms }} every 2 ms""", loss="mean(seen^2) + " + LOSS)
cases["an observer alone"] = dict(nodes=ALL + "observe seen = Seen(area.x * G / 30 Hz, SC.weights) { step = 1 ms } every 2 ms", loss="mean(seen^2)")
cases["parts"] = dict(nodes=f"""
  nodes area = Hopf[SC except 2] {{ a = -2 Hz, f = 9 Hz }}
  nodes rest = Hopf[SC[2:3]] {{ a = -1 Hz, f = 7 Hz }}
  start area.x = 0.1 * (1 + index), rest.x = 0.4
  couple area.x -> area.I_x by diffusive(SC.weights, strength = G, {DELAY})
  couple area.x -> rest.I_x by additive(SC.weights, strength = G)
  couple rest.y -> area.I_y by kuramoto(SC.weights, strength = G, {DELAY})
  couple area.y[1:3] -> area.I_y[0:2] by additive(SC.weights, strength = G)""", loss=LOSS + " + mean(rest.x)")
cases["a population in a region"] = dict(nodes=f"""
  nodes area = Hopf[SC[1:5]] {{ a = -2 Hz, f = 9 Hz }}
  population column = Hopf[7] at SC[0] {{ a = -2 Hz, f = 9 Hz }}
  start area.x = 0.1 * (1 + index), column.x = 0.2 + 0.05 * index
  couple area.x -> column.I_x by diffusive(SC.weights, strength = G)
  couple area.x -> area.I_x by additive(SC.weights, strength = G, {DELAY})""", loss=LOSS + " + std(column.x every 2 ms)")
cases["a part without connections"] = dict(nodes="""
  nodes area = Hopf[SC[0:1]] { a = -2 Hz, f = 9 Hz }
  nodes rest = Hopf[SC[2:5]] { a = -1 Hz, f = 7 Hz }
  start area.x = 0.3, rest.x = 0.4
  couple area.x -> area.I_x by diffusive(SC.weights, strength = G)
  couple rest.x -> rest.I_x by diffusive(SC.weights, strength = G)""", loss="mean(area.x^2) + mean(rest.x^2)")
cases["rates"] = dict(nodes=f"""
  nodes area = Hopf[SC[1:5]] {{ a = -2 Hz, f = 9 Hz }}
  population E = Cell[5] at SC[0]
  start E.v = 0.05 * index
  couple rate(E, window = 2 ms) -> area.I_x by additive(SC.weights, strength = G * 1 ms, {DELAY})""", loss=LOSS)


def write(name, nodes, loss=LOSS, fitted="G, area.x each", table="weights.csv"):
    path = folder / (re.sub(r"\W+", "_", name) + ".bd")
    path.write_text(NETWORK.format(nodes=nodes, loss=loss, fitted=fitted, table=table))
    return path


def table(name, numbers):
    (folder / name).write_text("\n".join(",".join(repr(x) for x in row) for row in numbers) + "\n")


def gradient(path, *arguments):
    found = bdc.answer("grad", path, *arguments)
    return found["objective"], {each["name"]: each["gradient"] for each in found["parameters"]}


table("weights.csv", WEIGHTS)
table("lengths.csv", LENGTHS)
bad = []
for name, case in cases.items():
    path = write(name, **case)
    for precision in ("f64", "f32") if "bent" in name or "parts" in name else ("f64",):
        for each in bdc.answer("gradcheck", path, "--precision", precision, status=(0, 3))["parameters"]:
            # Forward mode has no rule for what is not linear in the weight.
            modes = [d["modes_error"] for d in each["derivatives"]]
            if precision == "f64" and not (set(modes) == {None} if "bent" in name else max(modes) <= 1e-12):
                bad.append(f"{name} (modes)")
                print(name, *each["derivatives"], sep="\n  ")
            # Where differences of floats lose too much they say nothing.
            if not each["trusted"] and (precision == "f64" or any(d["verdict"] == "disagrees" for d in each["derivatives"])):
                bad.append(f"{name} ({precision})")
                print(name, precision, *each["derivatives"], sep="\n  ")
print(f"{len(cases)} ways to read weights have the gradient of their differences" if not bad else f"not so: {', '.join(bad)}")

# Row by row, and of the entries that are not 0 alone. A delay that is made of the weights has no derivative
# backwards; it must not be whole steps, where interpolation has a kink.
cases["made delays"] = dict(nodes=ALL + "couple area.x -> area.I_x by diffusive(SC.weights, strength = G, delay = (1 + SC.weights) * 3.77 ms)")
for name, *mode in (("kuramoto, interpolated",), ("parts",), ("made weights, nearest",), ("parts", "--forward"), ("made delays", "--forward")):
    _, found = gradient(write(name, **cases[name]), *mode)
    entries = [(i, j) for i in range(5) for j in range(5) if WEIGHTS[i][j]]
    assert len(found["SC.weights"]) == len(entries), found
    for (i, j), value in zip(entries, found["SC.weights"]):
        sides = []
        for step in (1e-5, -1e-5):
            moved = [list(row) for row in WEIGHTS]
            moved[i][j] += step
            table("moved.csv", moved)
            sides.append(gradient(write("moved", table="moved.csv", **cases[name]), *mode)[0])
        difference = (sides[0] - sides[1]) / 2e-5
        assert abs(value - difference) <= 1e-6 * abs(difference) + 1e-9, (name, i, j, value, difference)
print("each is of its own entry")

for name in ("kuramoto, interpolated", "bent, nearest", "parts", "an observer"):
    path = write(name, **cases[name])
    first = gradient(path)
    for arguments in (("--threads", 3), ("--checkpoints", 3), ("--width", 1), ("--width", 8, "--threads", 2)):
        assert gradient(path, *arguments) == first, (name, arguments)
print("whatever threads, checkpoints and vectors there are")
