"""gradients.py LIBRARY FOLDER [NAME…]: the gradient of every model in a folder of the library (or of some), in a network with delays and noise, against differences
and forward mode."""
import pathlib
import re
import sys

import bdc

library, folder, *names = sys.argv[1:]
kind = pathlib.Path(library).name
TOLERANCE = 1e-6
# Forward mode adds up the same numbers in another order; a spike of a membrane that comes and goes leaves little of large ones.
MODES_TOLERANCE = {"masses": 1e-12, "neurons": 1e-11}[kind]
SPEED_TOLERANCE = 0.02  # what is read between two steps has corners in the delay, which differences go across

NETWORK = """import {kind}.{name}
import noise.OrnsteinUhlenbeck

network Nodes {{
  connectome SC = synthetic(regions = 4, density = 1)
  param speed : mm/ms = 20
  nodes area = {name}[SC]
  couple felt: area.{state} / {one} -> area.{input} by additive(SC.weights, strength = 0.01 {unit}, delay = SC.lengths / speed)
  start area.{state} = (0.3 + 0.1 * index) * {one}
  disturb area.{input} by OrnsteinUhlenbeck {{ sigma = 0.01 {unit}, tau = 5 ms }}
}}

experiment gradient {{
  simulate Nodes for 10 ms, dt = 0.02 ms, method = heun, discard 1 ms
  minimise mean((area.{state} / {one})^2 every 0.5 ms) + std(area.{state} every 1 ms) / {one}
  fit {fitted}
}}
"""


def first(pattern, text):
    found = re.search(pattern, text, re.M)
    return found.groups() if found else None


def network(name, text, unit):
    state, of_state = first(r"^  state (\w+)(?: : ([^=,\n]+?))?(?: =|,|$)", text)
    one = f"1 {of_state}" if of_state else "1"
    input_name, of_input = first(r"^  input (\w+)(?: : ([^,\n/ ]*[^,\n]*?))?(?:,| *//|$)", text)
    params = [p for p, value in re.findall(r"^  param (\w+)[^=\n]*= *(-?[\d.]+)", text, re.M) if float(value) != 0][:2]
    fitted = ["felt.strength", f"area.{input_name}.sigma", "speed", f"area.{state} each", *(f"area.{p}" for p in params)]
    return NETWORK.format(kind=kind, name=name, state=state, one=one, input=input_name, unit=of_input or unit, fitted=", ".join(fitted))


def is_right(name, each):
    gradient, difference = each["gradient"], each["difference"]
    allowed = (SPEED_TOLERANCE if name == "speed" else TOLERANCE) * max(abs(gradient), abs(difference)) + 3 * each["doubt"]
    if not each["modes_error"] <= MODES_TOLERANCE:
        return False
    return abs(gradient - difference) <= allowed and (each["doubt"] <= 0.1 * abs(difference) or abs(gradient) < 1e-9)


bad, count = [], 0
for file in sorted(pathlib.Path(library).glob("*.bd")):
    if names and file.stem not in names:
        continue
    path = pathlib.Path(folder) / f"{file.stem}.bd"
    for unit in ["", "/ms", "mV"]:  # of an input that declares none
        path.write_text(network(file.stem, file.read_text(), unit))
        done, answer = bdc.ask("gradcheck", path)
        if not any(d["kind"] == "unit-mismatch" for d in answer.get("diagnostics", [])):
            break
    count += 1
    wrong = [each for p in answer.get("parameters", []) for each in p["derivatives"] if not is_right(p["name"], each)]
    if wrong or not answer.get("parameters"):
        bad.append(file.stem)
        print(f"{file.stem}:\n{done.stderr}")
        for each in wrong:
            print(f"  {each}")
print(f"{count - len(bad)} of {count} {kind} have the gradient of their differences" if not bad else f"not so: {', '.join(bad)}")
