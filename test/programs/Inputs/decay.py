"""Checks a free membrane: start values drawn around -55 mV relax to rest + drive = -60 mV with tau = 20 ms."""
import math
import sys

line = next(line for line in sys.stdin if line.startswith("E.v:"))
values = [float(v) for v in line.split(":")[1].split()]
# Undo the decay of 20 ms: what is left are the start values, normal(-55 mV, 2 mV).
start = [-60 + (v + 60) / math.exp(-1) for v in values]
mean = sum(start) / len(start)
print(f"{len(start)} elements, mean start {mean}")
sys.exit(0 if len(start) == 16 and abs(mean + 55) < 4 * 2 / math.sqrt(16) and max(start) - min(start) > 1 else 1)
