"""Holds the answer of a fit against known values, or against another: fit_answer.py ANSWER.json name=value,… | same=OTHER.json."""
import json
import sys

fit = json.load(open(sys.argv[1]))["fit"]
assert fit["best_loss"] < fit["first_loss"] and fit["steps"] > 0
for word in sys.argv[2:]:
    name, _, text = word.partition("=")
    if name == "same":
        assert fit == json.load(open(text))["fit"]
        continue
    found = fit["values"][name] if isinstance(fit["values"][name], list) else [fit["values"][name]]
    for was, should in zip(found, map(float, text.split(",")), strict=True):
        assert abs(was - should) < 1e-3 * should, (name, found)
