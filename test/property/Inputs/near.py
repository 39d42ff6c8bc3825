"""Reads the JSON object of a run: near.py SUMMARY EXPECTED TOLERANCE, both in the summary's unit."""
import json
import sys

name, expected, tolerance = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
value = json.load(sys.stdin)["summaries"][name]["value"]
good = abs(value - expected) <= tolerance
print(f"{name} is {value:.6g}, {'within' if good else 'not within'} {tolerance:g} of {expected:g}")
sys.exit(0 if good else 1)
