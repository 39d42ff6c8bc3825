"""forward.py FOLDER: forward mode against reverse mode, and where there is no way back against differences."""
import pathlib
import sys

import bdc

folder = pathlib.Path(sys.argv[1])
TOLERANCE = 1e-12

NEURONS = """import neurons.LIF
import neurons.HodgkinHuxley
import neurons.AdEx
import synapses.Exponential
import synapses.DualExponential
import synapses.Alpha
import effects.Current
import effects.Conductance
neuron Relaxing {{
  param a = 0.3
  param r : mV = -5
  param jump = 0.7
  input I : mV
  state v : mV = 0
  state u = 0.2
  v' = (I - v) / (10 ms) + u * 0.5 mV/ms
  u' = (a - u) / 5 ms
  on v > 10 mV {{ v = r * (1 + u); u = u * jump + 0.1; hold v for 1 ms; emit spike }}
}}
network N {{
  param w = 1.5 mV
  param w_mean : mV = 1.4
  param tau = 5 ms
  param I : mV = 17
  population E = LIF[40] {{ tau = 20 ms, v_rest = -65 mV, v_th = -50 mV, v_reset = -65 mV, t_ref = 2 ms, surrogate = relu(alpha = 0.3, width = 1) }}
  population R = LIF[20] like E
  start E.v ~ uniform(-65 mV, -50 mV), R.v = -60 mV
  {network}
}}
experiment e {{
  simulate N for 30 ms, dt = 0.1 ms, method = {method}
  drive E.I = I
  minimise {objective}
  fit {fit}
}}
"""

MASSES = """import observers.BalloonWindkessel
mass M {{
  param a : /ms = 0.1
  param d : ms = 3
  param b = 2 * c
  param c = 0.3
  input I : /ms
  state x = 0.4
  state y = 0.2
  x' = a * (y - x^3) + I + {right}
  y' = -y / 10 ms - x * 0.2 /ms + 0.05 /ms
}}
network N {{
  param g : /ms = 0.05
  param m = 0.4
  param s = 0.1
  connectome SC = synthetic(regions = 5, density = 1)
  nodes area = M[SC] {{ {settings} }}
  {network}
}}
experiment e {{
  simulate N for 20 ms, dt = 0.05 ms, method = {method}, discard 5 ms
  {objective}
  fit {fit}
}}
"""


def neurons(network, fit, objective="mean(R.v) / 1 mV + rate(R) * 1 s", method="exponential_euler"):
    return NEURONS.format(network=network, fit=fit, objective=objective, method=method)


def project(weight="weight w", delay="delay 1.5 ms", synapse="Exponential { tau = tau }", connect="random(p = 0.3)", effect="Current"):
    return f"project E -> R {{ connect {connect}\n {weight}\n {delay}\n synapse {synapse}\n effect {effect} }}"


def masses(right="0 /ms", settings="", network="", fit="g, area.a", objective="minimise mean(area.x^2) + std(area.y every 1 ms)", method="heun",
           coupling="additive(SC.weights, strength = g)"):
    return MASSES.format(right=right, settings=settings, fit=fit, objective=objective, method=method,
                         network=f"couple area.x -> area.I by {coupling}\n  {network}")


LATE = "delay = SC.lengths / (m * 50 mm/ms)"
BOTH = {
    "delayed spikes": neurons(project(), "I, w, tau"),
    "spikes at once": neurons(project(delay="", synapse="DualExponential { tau_rise = 1 ms, tau_decay = tau }"), "I, w, tau"),
    "recurrent spikes": neurons("project E -> E, R { connect random(p = 0.3)\n weight 0.1\n delay 1 ms\n synapse Exponential { tau = tau }\n"
                                "effect Conductance { E_rev = 0 mV } }", "I, tau", "rate(E) * 1 s + rate(R) * 1 s"),
    "spikes to a state": neurons("project E -> R.v { connect all\n weight w\n delay 1 ms }", "I, w"),
    "slices": neurons("project E[0:20] -> R[5:15] { connect all\n weight w\n synapse Alpha { tau = tau }\n effect Current }", "w, E.v each",
                      "mean(R.v[5:15]) / 1 mV + rate(E[0:20:2]) * 1 s"),
    "resets": neurons("population Q = Relaxing[30] { surrogate = arctan }\n  start Q.v ~ uniform(0, 9) mV\n"
                      "  project E -> Q.v { connect random(p = 0.2); weight 0.3 mV; delay ~ uniform(0.5, 1.5) ms }",
                      "Q.a, Q.r, Q.jump", "mean(Q.v) / 1 mV + mean(Q.u) + rate(Q) * 1 ms", "rk4"),
    "adaptation": neurons("population A = AdEx[10] { surrogate = relu(alpha = 0.3, width = 1) }\n"
                          "  project E -> A { connect all\n weight 20 pA\n synapse Exponential { tau = tau }\n effect Current }", "I, tau, A.C, A.a", "mean(A.v) / 1 mV"),
    "channels": neurons("population A = HodgkinHuxley[10]\n  start A.v ~ uniform(-70, -60) mV", "A.g_Na", "mean(A.v) / 1 mV + std(A.v) / 1 mV"),
    **{f"masses by {method}": masses(method=method) for method in ["euler", "midpoint", "heun", "rk4", "exponential_euler"]},
    "branches": masses("(if x > c then 0.1 * (x - c)^2 else exp(-x) * 0.02) * 1 /ms", fit="area.c, g"),
    "kinks": masses("(clip(x, 0.1, c) + max(y, b * 0.1) + min(y, c) + abs(x - c)) * 0.1 /ms", fit="area.c, g"),
    "made of others": masses("0.1 /ms * b", fit="area.c, area.a"),
    "the past": masses("0.1 /ms * x[t - d]", fit="area.d, area.a"),
    "drawn params": masses(settings="a ~ normal(m * 0.2 /ms, s * 0.1 /ms)", fit="m, s, g"),
    "drawn starts": masses(network="start area.x ~ uniform(m, s + 1)", fit="m, s, g"),
    "drawn sizes": masses(network="start area.x ~ exponential(m)", fit="m, g"),
    "every element": masses(fit="g, area.a each, area.x each"),
    "differences": masses(coupling=f"diffusive(SC.weights, strength = g, {LATE})", fit="g, m"),
    "sums of sigmoids": masses(coupling=f"sigmoidal_before(SC.weights, strength = g, slope = 2 + m, midpoint = 0.2, {LATE})", fit="g, m"),
    "phases": masses(coupling="kuramoto(SC.weights, strength = g, delay = SC.lengths / 20 mm/ms)", fit="g"),
    "weights": masses(coupling="additive(SC.weights * exp(-SC.lengths / (m * 100 mm)), strength = g)", fit="g, m"),
    "an observer": masses(network="observe bold = BalloonWindkessel(area.x) every 1 ms", fit="g, bold.tau", objective="minimise mean(bold) * 1e6"),
    "correlations": masses(objective="maximise mean(correlation(area.x every 0.5 ms)) + mean(area.x[0:3])"),
    "spectra": masses(objective="minimise mean(spectrum(area.x every 0.5 ms, segment = 10 ms))"),
    "synchrony": masses(objective="minimise metastability(area.x) + order(area.x) + mean(plv(area.x))"),
    "parameters of the objective": masses(objective="minimise mean(area.x) * m + s^2", fit="g, m, s"),
}

# What there is no way back through: name -> model, what moves, with its unit.
FORWARD = {
    "drawn weights": (neurons(project("weight ~ normal(w_mean, 0.2 mV)", synapse="Alpha { tau = tau }"), "w_mean, tau", "mean(R.v) / 1 mV"),
                      {"w_mean": (1.4, "mV"), "tau": (5, "ms")}),
    "drawn delays": (neurons(project(delay="delay ~ uniform(0.5, 2) ms"), "w, tau", "mean(R.v) / 1 mV"), {"w": (1.5, "mV"), "tau": (5, "ms")}),
    "drawn both": (neurons(project("weight ~ normal(w_mean, 0.2 mV)", "delay ~ uniform(0.5, 2) ms"), "w_mean, tau", "mean(R.v) / 1 mV"),
                   {"w_mean": (1.4, "mV"), "tau": (5, "ms")}),
    "a delay of every element": (masses("0.1 /ms * x[t - d]", settings="d ~ uniform(m * 5 ms, 4 ms)", fit="m, g"), {"m": (0.4, ""), "g": (0.05, "/ms")}),
}


def path_of(name, text):
    path = folder / f"{name.replace(' ', '_')}.bd"
    path.write_text(text)
    return path


def along_everything(path):
    """<gradient, direction> against the derivative along it, as a part of what is added up."""
    gradient, direction = bdc.ask("grad", path)[1], {}
    total = size = 0
    for place, parameter in enumerate(gradient["parameters"]):
        values = parameter["gradient"] if isinstance(parameter["gradient"], list) else [parameter["gradient"]]
        direction[parameter["name"]] = (-0.7) ** place
        total += sum(values) * direction[parameter["name"]]
        size += sum(map(abs, values)) * abs(direction[parameter["name"]])
    found = bdc.ask("grad", path, *(f"--along={name}={value!r}" for name, value in direction.items()))[1]
    return abs(found["derivative"] - total) / max(size, abs(total), 1e-300)

# A rate that is felt at once, and the same events as deliveries: one is a multiple of the other.
COUNTED = """import neurons.LIF
mass Slow {{
  input I : /ms
  state x = 0
  x' = -x / 20 ms + I
}}
network N {{
  connectome SC = synthetic(regions = 2, density = 1)
  param I : mV = 20
  nodes a = Slow[SC[0]]
  population S = Slow[1]
  population E = LIF[20] at SC[1] {{
    tau = 20 ms, v_rest = -65 mV, v_th = -50 mV, v_reset = -65 mV, t_ref = 2 ms, surrogate = relu(alpha = 0.3, width = 1)
  }}
  start E.v ~ uniform(-65 mV, -50 mV)
  couple rate(E, window = 0.1 ms) -> a.I by additive(SC.weights, strength = 1)
  project E -> S.x {{ connect all; weight 0.05 }}
}}
experiment e {{
  simulate N for 30 ms, dt = 0.1 ms
  drive E.I = I
  minimise mean({seen}.x)
  fit I
}}
"""

bad = []
for name, text in BOTH.items():
    path = path_of(name, text)
    done, answer = bdc.ask("gradcheck", path)
    worst = answer.get("max_modes_error")
    product = along_everything(path) if worst is not None else 1
    moves = any(d["gradient"] for p in answer.get("parameters", []) for d in p["derivatives"])
    if worst is None or not worst <= TOLERANCE or not product <= TOLERANCE or not moves:
        bad.append(name)
        print(f"{name}: {worst}, along a direction {product}\n{done.stderr}")
print(f"{len(BOTH) - len(bad)} of {len(BOTH)} models have the same derivatives forwards and backwards" if not bad else f"not so: {', '.join(bad)}")

bad = []
for name, (text, moved) in FORWARD.items():
    path = path_of(name, text)
    if bdc.ask("grad", path)[0].returncode != 1:
        bad.append(f"{name} (there is a way back)")
    done, answer = bdc.ask("grad", path, "--forward")
    derivatives = {p["name"]: p["gradient"] for p in answer.get("parameters", [])}
    for parameter, (value, unit) in moved.items():
        step = 1e-5 * value
        sides = [bdc.ask("grad", path, "--forward", f"--set={parameter}={value + side * step!r} {unit}")[1].get("objective", 0) for side in (1, -1)]
        difference, derivative = (sides[0] - sides[1]) / (2 * step), derivatives.get(parameter, 0)
        if not abs(derivative - difference) <= 1e-6 * abs(difference) or difference == 0:
            bad.append(name)
            print(f"{name}, {parameter}: {derivative}, differences say {difference}\n{done.stderr}")
print(f"{len(FORWARD) - len(bad)} of {len(FORWARD)} models, which have none backwards, have those of their differences" if not bad else f"not so: {', '.join(bad)}")

counted, delivered = (bdc.ask("grad", path_of(f"counted {seen}", COUNTED.format(seen=seen)), "--along", "I=1")[1] for seen in ("a", "S"))
factor = counted["objective"] / delivered["objective"]
print("counted events change as delivered ones" if abs(counted["derivative"] / delivered["derivative"] / factor - 1) < 1e-12 else f"{counted}, {delivered}")
