#!/usr/bin/python3
"""The reference of masses, couplings and noises, from their definitions in frontend/library.

masses.py PAGE.md                          writes it; tools/docs runs this
masses.py --pictures BDC [EXPERIMENT…]     runs docs/examples/mass_gallery.bd with this bdc, and makes the pictures of the page

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
                                    "WilsonCowanDivisive", "WilsonCowanDivisiveInput", "WilsonCowanAdaptive", "WilsonCowanThreePopulation",
                                    "ThresholdLinear", "WongWang", "WongWangRectified", "WongWangExcInh", "WongWangReduced"],
    "Columns and potentials": ["JansenRit", "JansenRitExtrinsic", "LarterBreakspear", "Epileptor"],
    "Exact mean fields": ["MontbrioPazoRoxin", "CoombesByrne"],
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
        if word in ("param", "input", "state"):
            items = [(name, f"{value} {unit}".strip() if value else unit) for name, unit, value in declared(rest)]
            names = ", ".join(f"`{name}`" for name, _ in items)
            values = ", ".join(value or "—" for _, value in items)
            if word == "input" and len(set(value for _, value in items)) == 1:
                values = items[0][1]
            rows.append(f"| {word} | {names} | {values} | {' '.join(doc)} |")
        elif line:
            equations.append(line)
        doc = []
    return rows, equations


def functions(text):
    return [match[0] for match in re.finditer(r"^function .*$", text, re.M)]


def section(name, comment, body, extra, level="###"):
    rows, equations = table(body)
    lines = [f"{level} {name}", "", prose(comment), ""]
    picture = ROOT / f"docs/images/masses/{name}.svg"
    if picture.exists():
        lines += [f"![{name}: what it does](images/masses/{name}.svg)", ""]
    if rows:
        lines += ["| | | default, unit | |", "| --- | --- | --- | --- |"] + rows + [""]
    return "\n".join(lines + ["```"] + equations + extra + ["```", ""])


def pictures(bdc, wanted):
    """The plots of every experiment as docs/images/masses/MASS.svg."""
    example = ROOT / "docs/examples/mass_gallery.bd"
    folder = ROOT / "docs/images/masses"
    folder.mkdir(parents=True, exist_ok=True)
    for match in re.finditer(r"nodes node = (\w+)\[1\].*?^experiment (\w+) {", example.read_text(encoding="utf-8"), re.M | re.S):
        mass, experiment = match.groups()
        if wanted and experiment not in wanted:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            report = pathlib.Path(scratch) / "report.html"
            subprocess.run([bdc, "run", example, "--experiment", experiment, "--quiet", "--report", report], check=True)
            subprocess.run([sys.executable, ROOT / "tools/picture.py", report, folder / f"{mass}.svg"], check=True)


def main():
    if sys.argv[1] == "--pictures":
        return pictures(sys.argv[2], sys.argv[3:])
    out = [HEAD + BLOCK]
    masses = {}
    for path in sorted((LIBRARY / "masses").glob("*.bd")):
        text = path.read_text(encoding="utf-8")
        for name, comment, body in definitions(text, "mass"):
            masses[name] = section(name, comment, body, functions(text))
    grouped = [name for group in GROUPS.values() for name in group]
    groups = dict(GROUPS, **{"Others": rest} if (rest := [name for name in masses if name not in grouped]) else {})
    for title, names in groups.items():
        out.append(f"## {title}\n")
        out += [masses[name] for name in names]
    for title, kind, file, note in (
            ("Couplings", "coupling", "couplings.bd", "Always visible. `weight`, `source`, `target` and `total` are explained in [language.md](language.md#models); the unit of "
             "`strength` follows from the use."),
            ("Noise", "noise", "noise.bd", "`import noise.NAME`. The unit of `sigma` is that of the disturbed input, for white noise times the root of a time.")):
        out.append(f"## {title}\n\n{note}\n")
        text = (LIBRARY / file).read_text(encoding="utf-8")
        out += [section(name, comment, body, []) for name, comment, body in definitions(text, kind)]
    pathlib.Path(sys.argv[1]).write_text("\n".join(out), encoding="utf-8")


main()
