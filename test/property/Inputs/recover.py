"""Whether the fits in this folder find what is known."""
import sys

import bdc

KNOWN = {  # model: {parameter: (value, relative tolerance)}
    "adex": {"E.a": (4, 1e-5), "E.g_L": (30, 1e-5)},
    "wilson_cowan": {"P": (1.5, 1e-6)},
    "hopf": {"G": (1.2, 1e-5), "area.a": (-0.5, 1e-5)},
    "lif": {"I": (21.94, 0.02)},
}
count = 0
for model, known in KNOWN.items():
    answer = bdc.answer("run", f"{model}.bd", "--no-output")
    for name, (value, tolerance) in known.items():
        found = answer["fit"]["values"][name]
        if isinstance(found, list):
            found = found[0]
        if not abs(found - value) <= tolerance * abs(value):
            sys.exit(f"{model}: {name} is {found}, expected {value}")
        count += 1
print(f"{count} values are found again")
