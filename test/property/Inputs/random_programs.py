"""Random models, written from a seed: the gradient of each equals its differences.

Usage: random_programs.py FOLDER FIRST LAST

Each has one or two kinds of nodes with one to three states, whose equations are made of random operations that are smooth where they are
used; couplings with delays, noise, observers, drives and parts of populations come and go. All numbers are of order one, so that
differences can be taken.
"""

import json
import pathlib
import random
import sys

import bdc


class Model:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []

    def one(self, *choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    def number(self, low=0.2, high=1.5):
        return f"{self.random.uniform(low, high):.3f}"

    def expression(self, names, depth):
        """A pure number of order one, smooth in all of its names."""
        if depth == 0 or self.chance(0.15):
            return self.one(*names) if self.chance(0.8) else self.number()
        a, b = (self.expression(names, depth - 1) for _ in range(2))
        form = self.one(
            "({a} + {b})", "({a} - {b})", "{a} * {b} / (1 + {b}^2)", "{a} / (1.5 + {b}^2)", "(-{a})",
            "tanh({a} + {b})", "sigmoid({a} - {b})", "sin({a})", "cos({a} * {b} / 2)", "exp(-({a})^2)", "log(1.2 + ({a})^2)",
            "sqrt(0.5 + ({a})^2)", "exprel(tanh({a}))", "expm1(tanh({a}) / 2)", "log1p(sigmoid({a}))", "(1 + ({a})^2)^(-1/3)",
            "min({a}, {b})", "max({a}, {b})", "abs({a} + 0.1)", "clip({a}, -0.7, 0.9)", "(if {a} > {b} then {a} else sin({b}))",
            "log(cosh(tanh({a})))", "pull({a}, {b})", "atan({a})")
        return form.format(a=f"({a})", b=f"({b})")

    def mass(self, name):
        states = ["x", "y", "z"][: self.random.randint(1, 3)]
        self.lines += [f"mass {name} {{", "  param a = 0.7, b = 0.4", "  param tau : ms = 8", "  input I"]
        self.lines += [f"  state {s} = {self.number(-0.5, 0.5)}" if self.chance(0.7) else f"  state {s} = 0.3 * a - b * 0.2" for s in states]
        names = states + ["a", "b"]
        if self.chance(0.6):
            self.lines.append(f"  let_u = {self.expression(names, 2)}")
            names.append("let_u")
        if self.chance(0.4):
            self.lines.append(f"  past = {self.one(*states)}[t - {self.number(0.5, 3)} ms]")
            names.append("past")
        for i, s in enumerate(states):
            inputs = " + 0.2 * a * b + I" if i == 0 else ""
            noise = f" + {self.number(0.01, 0.1)} * white / sqrt(1 ms)" if i == 0 and self.isNoisy and self.chance(0.5) else ""
            self.lines.append(f"  {s}' = (tanh({self.expression(names, 3)}){inputs} - {self.number(0.5, 1.2)} * {s}) / tau{noise}")
        self.lines.append("}")
        return states

    def text(self):
        self.isNoisy = self.chance(0.5)
        method = self.one("heun", "exponential_euler", *([] if self.isNoisy else ["euler", "rk4", "midpoint"]))
        self.lines = ["import noise.OrnsteinUhlenbeck", "function pull(x, y) = (x + y) / (1 + x^2 + y^2)"]
        kinds = ["A", "B"][: self.random.randint(1, 2)]
        states = {kind: self.mass(kind) for kind in kinds}
        if observed := self.chance(0.4):
            self.lines += ["observer Slow {", "  param rate : ms = 12", "  source s", "  state q = 0.1", "  q' = (s - q) / rate",
                           "  output q * sigmoid(q)", "}"]
        self.lines += ["network N {", f"  connectome SC = synthetic(regions = {self.random.randint(3, 9)}, density = 0.6)", "  param G = 0.6, level = 0.2",
                       "  param speed : mm/ms = 6"]
        reached = {"G"}  # params of the network that are certain to change the objective
        for kind in kinds:
            drawn = self.one("", " { a ~ normal(0.8, 0.1) }", " { a = 0.5 + level }", " { tau = 6 ms, b ~ uniform(0.2, 0.5) }")
            self.lines.append(f"  nodes n{kind} = {kind}[SC]{drawn}")
        for kind in kinds:
            source = self.one(*kinds)
            what = self.one(*(f"n{source}.{s}" for s in states[source]))
            what = self.one(what, f"tanh({what} - 0.2)", f"{what} / (1 + {what}^2)")
            rule, more = self.one(("additive", ""), ("linear", ", offset = level"), ("sigmoidal", ", slope = 2"), ("hyperbolic_tangent_before", ", scale = 0.8"),
                                  ("diffusive", ""))
            if rule == "diffusive":
                source, what = kind, f"n{kind}.x"
            steps = self.one("", ", steps = nearest")
            delay = self.one("", ", delay = SC.lengths / speed", f", delay = 2 ms{steps}")
            reached |= {"speed"} if "speed" in delay else {"level"} if "level" in more else set()
            self.lines.append(f"  couple {what} -> n{kind}.I by {rule}(SC.weights, strength = G{more}{delay})")
        if self.isNoisy and self.chance(0.6):
            self.lines.append("  disturb nA.I by OrnsteinUhlenbeck { sigma = 0.2, tau = 3 ms }")
        if self.chance(0.4):
            self.lines.append(f"  start nA.x {self.one('= 0.1 + 0.3 * level', '~ normal(level, 0.2)')}")
            reached.add("level")
        if observed:
            self.lines.append("  observe slow = Slow(nA.x) every 2 ms")
        self.lines += ["}", "experiment e {", f"  simulate N for 30 ms, dt = 0.2 ms, method = {method}"]
        if self.chance(0.4):
            reached.add("level")
            self.lines.append("  drive nA.I = level * sin(2 * pi * t / 9 ms)")
        series = [f"n{kind}.{s}" for kind in kinds for s in states[kind]] + (["slow"] if observed else [])
        terms = [f"mean(n{kind}.x)" for kind in kinds]
        for _ in range(self.random.randint(0, 3)):
            what = self.one(*series)
            every = "" if what == "slow" else self.one("", " every 1 ms")
            terms.append(self.one(f"mean({what}{every})", f"std({what}{every})", f"mean(correlation({what}{every}))", f"sum({what}{every}) / 100"))
        self.lines.append(f"  minimise {' + '.join(terms)} + 0.1 * G")
        fitted = sorted(reached) + [f"n{kinds[-1]}.tau"]
        fitted += [self.one("nA.x each", f"n{kinds[-1]}.b each"), "SC.weights each"]
        self.lines += [f"  fit {', '.join(fitted)}", "}"]
        return "\n".join(line for line in self.lines if line) + "\n"


def main():
    folder, first, last = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    right = 0
    worst = 0.0
    for seed in range(first, last):
        file = folder / f"program_{seed}.bd"
        file.write_text(Model(seed).text())
        run, answer = bdc.ask("gradcheck", file)
        doubted = [p["name"] for p in answer.get("parameters", []) if not p["trusted"]]
        modes = [d.get("modes_error") for p in answer.get("parameters", []) for d in p["derivatives"]]
        if run.returncode != 0 or doubted or not modes or None in modes:
            print(f"{file}: status {run.returncode}, not to be trusted: {doubted}\n{run.stderr}{json.dumps(answer.get('parameters', ''))[:1500]}")
        else:
            right += 1
            worst = max(worst, answer["max_relative_error"] or 0)
    print(f"{right} of {last - first} random programs have the gradient of their differences, to {worst:.1e}")


if __name__ == "__main__":
    main()
