#!/usr/bin/python3
"""The references of masses, couplings, noises and observers, from their definitions in frontend/library.

library.py FOLDER                          writes masses.md and observers.md; tools/docs runs this
library.py --pictures BDC [EXPERIMENT…]    runs the galleries in docs/examples with this bdc, and makes the pictures of the pages

What it reads of a definition: documentation comments, declarations, equations, each on lines of their own, as the library writes them.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "frontend/library"
# In this order on the page; a mass that is missing here stands at the end.
GROUPS = {
    "Normal forms and oscillators": ["Hopf", "StuartLandau", "VanDerPol", "FitzHughNagumo", "Generic2dOscillator", "Kuramoto", "Lorenz", "Linear"],
    "Populations and their rates": ["WilsonCowan", "WilsonCowanNoSaturation", "WilsonCowanSymmetric", "WilsonCowanSimplified", "WilsonCowanLinear",
                                    "WilsonCowanDivisive", "WilsonCowanDivisiveInput", "WilsonCowanAdaptive", "WilsonCowanDelayed", "WilsonCowanThreePopulation",
                                    "ThresholdLinear", "WongWang", "WongWangRectified", "WongWangExcInh", "WongWangReduced"],
    "Columns and potentials": ["JansenRit", "JansenRitExtrinsic", "LarterBreakspear", "Epileptor"],
    "Exact mean fields": ["MontbrioPazoRoxin", "CoombesByrne"],
}
OBSERVERS = {
    "Haemodynamics": ["BalloonWindkessel", "BalloonWindkesselStephan2007"],
    "Haemodynamic response functions": ["HRFVolterra", "HRFGamma", "HRFDoubleExponential", "HRFMixtureOfGammas"],
    "Means and samples": ["TemporalAverage", "Subsample"],
    "Sensors": ["LeadField"],
}
HEAD = """# Masses, couplings, noise

A mass stands for the activity of a whole region. `import masses.NAME` takes one from the library; [language.md](language.md#whole-brains) says
how nodes are coupled through a [connectome](connectomes.md) and disturbed by noise. Numbers without a unit are pure. Times are in ms where a
paper has none; where it leaves the unit open, a param gives it (`tau` or `time_unit`, 1 ms). Weights inside a mass are named by target, then source:
`w_EI` is from I to E. The states of each agree to 1e-9 with those of another program (test/reference/masses).

Written by tools/docs from frontend/library. The pictures show the experiments of [examples/mass_gallery.bd](examples/mass_gallery.bd).
"""
BLOCK = """
```bd
import masses.WilsonCowan, noise.White

network Ring {
  connectome SC = synthetic(regions = 20)
  nodes area = WilsonCowan[SC]
  couple area.E -> area.I_E by additive(SC.weights, strength = 0.5, delay = SC.lengths / 5 mm/ms)
  disturb area.I_E by White { sigma = 0.1 ms^(1/2) }
}

experiment waves {
  simulate Ring for 1 s, dt = 0.1 ms, method = heun
  drive area.I_E = 1.25
  record area.E every 1 ms
  plot area.E[0:5]
}
```
"""

OBSERVERS_HEAD = """# Observers

An observer follows what is simulated and acts on nothing: imaging signals, means, samples. `import observers.NAME` takes one from the library;
[language.md](language.md#observers) says how one is written and [numerics.md](numerics.md#observers) what it computes. All work while the network runs,
on a step of their own and in double precision, and keep nothing but what is asked for: five minutes take no more memory than one.

Written by tools/docs from frontend/library. The pictures show the experiments of [examples/observer_gallery.bd](examples/observer_gallery.bd): the
response of each haemodynamic model to one second of activity 1, from 1 s to 2 s.
"""
OBSERVERS_BLOCK = """
```bd
import masses.Hopf, noise.White
import observers.BalloonWindkessel

network Brain {
  connectome SC = synthetic(regions = 20)
  nodes area = Hopf[SC] { a = -5 Hz, beta = 100 Hz, f = 10 Hz }
  couple area.x -> area.I_x by diffusive(SC.weights, strength = 5 Hz)
  disturb area.I_x by White { sigma = 2 /s^(1/2) }
  observe bold = BalloonWindkessel(area.x^2) every 500 ms
}

experiment resting {
  simulate Brain for 1 min, dt = 1 ms, method = heun, discard 20 s
  record bold
  summarise fc = correlation(bold)
  plot bold[0:5], fc
}
```

`--set` knows the params of an observer by its name in the network (`bold.V_0`), and its times, `bold.step` and `bold.every`.
"""


def definitions(text, kind):
    """(name, documentation, lines of the body) of every definition of a kind in a file."""
    for match in re.finditer(rf"((?:^///[^\n]*\n)+)^{kind} (\w+) {{\n(.*?)^}}\n", text, re.M | re.S):
        yield match[2], match[1], match[3].splitlines()


def prose(comment):
    """A documentation comment as paragraphs."""
    return "\n".join(line.strip()[3:].strip() for line in comment.splitlines())


def declared(rest):
    """The items of a declaration: name, unit, value."""
    for item in re.split(r",\s*(?=[A-Za-z_]\w*\s*(?::|=|,|$))", rest):
        name, unit, value = re.fullmatch(r"(\w+)(?:\s*:\s*([^\s=]+))?(?:\s*=\s*(.+))?", item.strip()).groups()
        yield name, unit or "", value or ""


def table(body):
    rows, equations, doc = [], [], []
    for line in body:
        line = line.strip()
        if line.startswith("///"):
            doc.append(line[3:].strip())
            continue
        word, _, rest = line.partition(" ")
        if word in ("param", "input", "source", "state"):
            items = [(name, f"{value} {unit}".strip() if value else unit) for name, unit, value in declared(rest)]
            names = ", ".join(f"`{name}`" for name, _ in items)
            values = ", ".join(value or "—" for _, value in items)
            if word in ("input", "source") and len(set(value for _, value in items)) == 1:
                values = items[0][1]
            rows.append(f"| {word} | {names} | {values} | {' '.join(doc)} |")
        elif line:
            equations.append(line)
        doc = []
    return rows, equations


def functions(text):
    return [match[0] for match in re.finditer(r"^function .*$", text, re.M)]


def section(name, comment, body, extra, images="masses"):
    rows, equations = table(body)
    lines = [f"### {name}", "", prose(comment), ""]
    if (ROOT / f"docs/images/{images}/{name}.svg").exists():
        lines += [f"![{name}: what it does](images/{images}/{name}.svg)", ""]
    if rows:
        lines += ["| | | default, unit | |", "| --- | --- | --- | --- |"] + rows + [""]
    return "\n".join(lines + ["```"] + equations + extra + ["```", ""])


def pictures(bdc, wanted):
    """The plots of every experiment as docs/images/KIND/NAME.svg."""
    for gallery, images, pattern in (
            ("mass_gallery.bd", "masses", r"nodes node = (\w+)\[1\].*?^experiment (\w+) {"),
            ("observer_gallery.bd", "observers", r"observe \w+ = (\w+)\(.*?^experiment (\w+) {")):
        example = ROOT / "docs/examples" / gallery
        folder = ROOT / "docs/images" / images
        folder.mkdir(parents=True, exist_ok=True)
        for match in re.finditer(pattern, example.read_text(encoding="utf-8"), re.M | re.S):
            name, experiment = match.groups()
            if wanted and experiment not in wanted:
                continue
            with tempfile.TemporaryDirectory() as scratch:
                report = pathlib.Path(scratch) / "report.html"
                subprocess.run([bdc, "run", example, "--experiment", experiment, "--quiet", "--report", report], check=True)
                subprocess.run([sys.executable, ROOT / "tools/picture.py", report, folder / f"{name}.svg"], check=True)


def grouped(kind, folder, groups):
    """The sections of all definitions of a folder, in groups."""
    out, sections = [], {}
    for path in sorted((LIBRARY / folder).glob("*.bd")):
        text = path.read_text(encoding="utf-8")
        for name, comment, body in definitions(text, kind):
            sections[name] = section(name, comment, body, functions(text), folder)
    known = [name for group in groups.values() for name in group]
    if rest := [name for name in sections if name not in known]:
        groups = dict(groups, Others=rest)
    for title, names in groups.items():
        out += [f"## {title}\n"] + [sections[name] for name in names]
    return out


def main():
    if sys.argv[1] == "--pictures":
        return pictures(sys.argv[2], sys.argv[3:])
    folder = pathlib.Path(sys.argv[1])
    out = [HEAD + BLOCK] + grouped("mass", "masses", GROUPS)
    for title, kind, file, note in (
            ("Couplings", "coupling", "couplings.bd", "Always visible. `weight`, `source`, `target` and `total` are explained in [language.md](language.md#models); the unit of "
             "`strength` follows from the use."),
            ("Noise", "noise", "noise.bd", "`import noise.NAME`. The unit of `sigma` is that of the disturbed input, for white noise times the root of a time.")):
        out.append(f"## {title}\n\n{note}\n")
        text = (LIBRARY / file).read_text(encoding="utf-8")
        out += [section(name, comment, body, []) for name, comment, body in definitions(text, kind)]
    (folder / "masses.md").write_text("\n".join(out), encoding="utf-8")
    out = [OBSERVERS_HEAD + OBSERVERS_BLOCK] + grouped("observer", "observers", OBSERVERS)
    (folder / "observers.md").write_text("\n".join(out), encoding="utf-8")


main()
