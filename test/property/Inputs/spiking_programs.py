"""Random models of spiking networks, written from a seed.

Neurons with resets, holds, thresholds that move and adaptation; projections with delays of all kinds; rates that nodes feel, drives, noise,
observers. Each population names a surrogate. What gradients have no rule for is not written: drawn weights of events, delays that are fitted,
what an event adds where that differs from target to target, and a fitted weight of events whose delays are drawn. All of these are refused.
"""

import pathlib
import random
import re

# The names and the parameters of all surrogates, in the order of the library.
SURROGATES = re.findall(r"^surrogate (\w+)\(x, (.*?)\) =", (pathlib.Path(__file__).parents[3] / "frontend/library/surrogates.bd").read_text(), re.M)

SETTING = """import effects.Current, effects.Conductance, effects.MagnesiumBlock
import synapses.Exponential, synapses.DualExponential, synapses.Alpha
import noise.OrnsteinUhlenbeck
/// Nothing of it is linear in what events leave.
synapse Saturating {
  param tau : ms = 4, most = 3
  state left = 0
  state s = 0.1
  left' = -left / tau
  s' = (tanh(left / most) * most - s) / (2 * tau)
  on spike { left += weight }
  output g = s + 0.3 * left
}
effect Pulling {
  param E_rev : mV = 20
  output g * (E_rev - target.v) / (1 + g^2)
}
mass Node {
  param a = 0.4
  input I
  state x = 0.2
  state y = 0.1
  x' = (tanh(a * y + I) - x) / 6 ms
  y' = (a * x - y + 0.1) / 9 ms
}
observer Slow {
  param tau : ms = 8
  source s
  state q = 0
  q' = (s - q) / tau
  output q
}
"""


class Model:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed

    def one(self, *choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    def number(self, low, high):
        return f"{self.random.uniform(low, high):.3f}"

    def surrogate(self, place):
        """Of the first population each comes up in turn."""
        name, formals = SURROGATES[self.seed % len(SURROGATES)] if place == 0 else self.one(*SURROGATES)
        if self.chance(0.4):
            return name
        settings = []
        for formal in formals.split(", "):
            key, value = formal.split(" = ")
            value = float(value) if key != "alpha" or float(value) <= 4 else 5.0
            settings.append(f"{key} = {self.number(0.7 * value, 1.3 * value)}" + (" * sharp / sharp_as_well" if self.chance(0.2) else ""))
        return f"{name}({', '.join(settings)})"

    def neuron(self, name):
        """Its membrane goes from about 0 to a threshold of about 10 mV, in some ms; w is adaptation, th a threshold that moves."""
        hasW, hasTh = self.chance(0.6), self.chance(0.4)
        lines = [f"neuron {name} {{", "  param tau : ms = 9, r : mV = -2, b = 0.4, jump = 0.6, t_ref : ms = 0.8", "  input I : mV", "  input J : mV",
                 "  state v : mV = 0.5"]
        right = self.one("-v", "-v + 2 mV * exp(min(v - 8 mV, 4 mV) / 3 mV)", "0.06 /mV * (min(v, 12 mV) - 1 mV) * (min(v, 12 mV) - 7 mV)",
                         "2 mV * tanh(v / 8 mV) - v", "(if v > 5 mV then -0.8 * v else -v - 0.1 mV)")
        if hasW:
            lines += ["  state w = 0.1", f"  w' = ({self.one('0.1 * v / 1 mV', 'sigmoid(v / 4 mV)', '0.2')} - w) / (2 * tau)"]
            right += " - w * b * 1 mV"
        if hasTh:
            lines += ["  state th : mV = 9", "  th' = (9 mV - th) / 15 ms"]
        if self.chance(0.3):
            lines.append(f"  past = v[t - {self.number(0.5, 3)} ms]")
            right += " - 0.2 * past"
        if self.chance(0.3):
            lines.append("  drawn_up = v * v / (20 mV + abs(v))")
            right += " - 0.1 * drawn_up"
        noise = " + 0.7 mV * white / sqrt(1 ms)" if self.isNoisy and self.chance(0.6) else ""
        lines.append(f"  v' = ({right} + I + J) / tau{noise}")
        lines.append(f"  on {self.condition('th' if hasTh else '(9 mV + b * 1 mV)', hasTh)} {{ {'; '.join(self.actions(hasW, hasTh))} }}")
        if hasW and self.chance(0.3):
            lines.append("  on w > 1.2 { w = 0.9 * w - 0.1 * b }")
        self.lines += lines + ["}"]
        return ["v"] + ["w"] * hasW + ["th"] * hasTh

    def condition(self, threshold, isState):
        return self.one(f"v > {threshold}", f"v >= {threshold}", *([] if isState else [f"{threshold} < v"]))

    def actions(self, hasW, hasTh):
        """Those that read what others set come before or after them."""
        actions = ["emit spike", f"v = {self.one('r', 'r', 'r * (1 + 0.1 * b)', '0.2 * v + r', *(['r * (1 + w)', 'r - w * 1 mV'] if hasW else []))}"]
        if hasW:
            actions.append(self.one("w += b", "w = w * jump + 0.1", "w *= jump", "w -= 0.1 * jump"))
        if hasTh:
            actions.append(self.one("th += 2 mV", "th = th + b * 1 mV", "th *= 1.1"))
        if self.chance(0.6):
            held = self.one("v", *(["v, w"] if hasW else []))
            actions.append(f"hold {held} for {self.one('t_ref', '0.5 ms', '1.3 ms')}")
        self.random.shuffle(actions)
        return actions

    def populations(self):
        self.states, self.sizes = {}, {}
        kinds = ["A", "B"][: self.random.randint(1, 2)]
        kindOf = {kind: self.neuron(kind) for kind in kinds}
        body = []
        for place in range(self.random.randint(1, 3)):
            kind, name, size = self.one(*kinds), f"P{place}", self.random.randint(3, 12)
            settings = [f"surrogate = {self.surrogate(place)}"] if place == 0 or self.chance(0.85) else ["method = heun"]
            settings += [each for each in ("tau ~ normal(mean, 0.4 ms)", "b = 0.3 + 0.1 * level", "r ~ uniform(-4, -1) mV", "jump = 0.5 + 0.02 * index",
                                           "t_ref ~ uniform(0.2, 1.5) ms") if self.chance(0.25)]
            self.drawn |= {f"{name}.{s.split()[0]}" for s in settings[1:]}
            self.reached |= {"mean"} if any("mean" in s for s in settings) else set()
            self.reached |= {"level"} if any("level" in s for s in settings) and "w" in kindOf[kind] else set()
            body.append(f"  population {name} = {kind}[{size}]{' at SC[0]' if place == 0 else ''} {{ {', '.join(settings)} }}")
            body.append(f"  start {name}.v {self.one('~ uniform(-1, 8) mV', '= 0.7 mV * index - 1 mV', '~ normal(3 mV * level, 2 mV)')}")
            self.reached |= {"level"} if "level" in body[-1] else set()
            self.states[name], self.sizes[name] = kindOf[kind], size
        return body

    def part(self, name):
        """A population, or some of it; and how many these are."""
        size = self.sizes[name]
        if self.chance(0.7):
            return name, size
        low = self.random.randint(0, size - 2)
        high = self.random.randint(low + 1, size)
        step = self.one(1, 2)
        return f"{name}[{low}:{high}{':2' if step == 2 else ''}]", -(-(high - low) // step)

    def projection(self, number):
        (source, sources), (target, targets) = self.part(self.one(*self.sizes)), self.part(self.one(*self.sizes))
        isDrawn = self.chance(0.4)
        connect = self.one("all", "random(p = 0.5)", f"random(in_degree = {min(3, sources)})", f"random(out_degree = {min(2, targets)})",
                           *(["one_to_one"] if sources == targets else []), *(["all(self = no)"] if source == target and sources > 1 else []))
        delays = ["delay ~ uniform(0.2, 2) ms", "delay ~ gamma(3, 0.4 ms)"] if isDrawn else ["", "delay 1.2 ms", "delay 0.1 ms", "delay late * 3"]
        weight = self.number(0.3, 1.2) if isDrawn else self.one("w", "w * level", f"{self.number(-1, 1.2)}")
        how = self.one("state", "current", "current", "conductance")
        clauses = [f"connect {connect}", f"weight {weight}{'' if how == 'conductance' else ' * 1 mV'}", self.one(*delays)]
        name, slice = target.split("[")[0], target[len(target.split("[")[0]):]
        if how == "state":
            state = self.one("v", *(["th"] if "th" in self.states[name] else []))
            goal = f"{name}.{state}{slice}"
        else:
            state, goal = "v", self.one(target, target, f"{name}.J{slice}")
            synapse = self.one("Exponential { tau = tau_s }", "Exponential { tau ~ uniform(2, 5) ms }", "Exponential { tau = 3 ms + 0.1 ms * index }",
                               "DualExponential { tau_rise = 1 ms, tau_decay = tau_s }", "Alpha { tau = tau_s }",
                               *(["Saturating { tau = tau_s }"] if how == "conductance" else []))
            self.reached |= {"tau_s"} if "tau_s" in synapse else set()
            effect = "Current" if how == "current" else self.one("Conductance { E_rev = reversal }", "Conductance { E_rev ~ normal(20, 3) mV }", "Pulling",
                                                                 "MagnesiumBlock { E_rev = reversal, Mg = 1 mM }")
            self.reached |= {"reversal"} if "reversal" in effect else set()
            clauses += [f"synapse {synapse}", f"effect {effect}"]
        if state == "v":  # the objective may not feel a threshold
            self.reached |= set(re.findall("[a-z]+", weight))
        return f"  project p{number}: {source} -> {goal} {{ {'; '.join(c for c in clauses if c)} }}"

    def couplings(self):
        """Nodes feel the rate of P0, and P0 or other nodes what they do."""
        late = self.one("", ", delay = SC.lengths / speed", ", delay = 1.3 ms", ", delay = SC.lengths / speed, steps = nearest")
        window = self.one("0.2 ms", "1 ms", "2.5 ms")
        weights = self.one("SC.weights", "SC.weights^2", "SC.weights * exp(-SC.lengths / 100 mm)")
        self.reached |= {"G", "SC.weights each"}
        lines = ["  nodes area = Node[SC[1:4]]", f"  couple rate(P0, window = {window}) -> area.I by additive({weights}, strength = G * 4 ms{late})"]
        if self.chance(0.7):
            lines.append(f"  couple {self.one('area.x', 'tanh(area.x - area.y)')} -> P0.J by additive(SC.weights, strength = G * 2 mV{late})")
        if self.chance(0.4):
            lines.append(f"  couple area.y -> area.I by {self.one('additive', 'diffusive')}(SC.weights, strength = G{late})")
        if "speed" in "".join(lines) and "nearest" not in late:
            self.reached.add("speed")
        return lines

    def drives(self):
        drives = []
        for name in self.sizes:
            value = self.one("I", "I * (1 + 0.4 * sin(2 * pi * t / 7 ms))", "I + 2 mV * level")
            drives.append(f"  drive {name}.I = {value}")
            self.reached |= {"level"} if "level" in value else set()
        if self.chance(0.3):
            drives.append("  drive P0.J[0:2] = 2 mV * level from 4 ms to 11 ms")
            self.reached.add("level")
        return drives

    def objective(self, observed, hasNodes):
        terms = [f"mean({name}.v) / 10 mV" for name in self.sizes] + (["mean(area.x)"] if hasNodes else [])
        for _ in range(self.random.randint(1, 3)):
            name = self.one(*self.sizes)
            state = f"{name}.{self.one(*self.states[name])}"
            unit = " / 1 mV" if state[-2:] in (".v", "th") else ""
            terms.append(self.one(
                f"rate({self.part(name)[0]}) * 10 ms", f"std({state} every 0.4 ms){unit}", f"mean({state}[0:2]){unit}", f"std(rate({name}, over_rows = yes)) * 10 ms",
                f"van_rossum(spikes({name}[0]), spikes({name}[-1]), tau = 4 ms)", f"rate({self.part('P0')[0]}) * rate({name}) * 100 ms^2",
                *(["mean(slow)"] if observed else []), *(["std(area.y every 1 ms)"] if hasNodes else [])))
        return " + ".join(terms)

    def text(self):
        self.isNoisy = self.chance(0.4)
        method = self.one("exponential_euler", "heun", *(["euler_maruyama"] if self.isNoisy else ["euler", "midpoint", "rk4"]))
        self.lines, self.reached, self.drawn = [SETTING.rstrip()], {"I"}, set()
        body = self.populations()
        body += [self.projection(number) for number in range(self.random.randint(1, 3))]
        if hasNodes := self.chance(0.5):
            body += self.couplings()
        if self.isNoisy and self.chance(0.5):
            body.append("  disturb P0.J by OrnsteinUhlenbeck { sigma = sigma, tau = 3 ms }")
            self.reached.add("sigma")
        if observed := self.chance(0.3):
            body.append(f"  observe slow = Slow({self.one('P0.v / 1 mV', 'tanh(P0.v / 5 mV)')}) every 1 ms")
        experiment = [f"  simulate N for {self.one('12', '17.3', '20')} ms, dt = 0.1 ms, method = {method}{self.one('', ', discard 3 ms')}"]
        experiment += self.drives() + [f"  minimise {self.objective(observed, hasNodes)}"]
        experiment.append(f"  summarise {', '.join(f'count({name})' for name in self.sizes)}")
        free = [f"P0.{p}" for p in ("tau", "r") if f"P0.{p}" not in self.drawn]
        fitted = sorted(self.reached) + ["P0.v each"] + ([f"{self.one(*free)}{self.one('', ' each')}"] if free else [])
        experiment.append(f"  fit {', '.join(fitted)}")
        self.lines += ["network N {", "  connectome SC = synthetic(regions = 4, density = 1)", "  param G = 0.8, level = 0.6, sharp = 1.5, sharp_as_well = 1.5",
                       "  param speed : mm/ms = 30", "  param I : mV = 16, reversal : mV = 25, sigma : mV = 1", "  param w = 0.7",
                       "  param tau_s : ms = 4, mean : ms = 8, late : ms = 0.5"]
        self.lines += body + ["}", "experiment e {"] + experiment + ["}"]
        return "\n".join(self.lines) + "\n"
