"""Holds fitted values against known ones: fitted.py OUTPUT name=value,value,… … tolerance=RELATIVE."""
import sys

wanted = {name: [float(value) for value in values.split(",")] for name, values in (word.split("=") for word in sys.argv[2:])}
(tolerance,) = wanted.pop("tolerance")
found = {}
for line in open(sys.argv[1]):
    name, equals, value = line.partition(" = ")
    if equals and " " not in name:
        found.setdefault(name, []).append(float(value))
for name, values in wanted.items():
    assert len(found[name]) == len(values), (name, found[name])
    for was, should in zip(found[name], values):
        assert abs(was - should) <= tolerance * abs(should), (name, was, should)
