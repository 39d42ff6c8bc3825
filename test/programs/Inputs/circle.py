"""Checks that the printed points lie on the circle of radius sqrt(a): circle.py a tolerance < output of run-step."""
import math
import sys

a, tolerance = float(sys.argv[1]), float(sys.argv[2])
values = {line.split(":")[0]: [float(v) for v in line.split(":")[1].split()] for line in sys.stdin if line.startswith("a.") and "samples" not in line}
radii = [math.hypot(x, y) for x, y in zip(values["a.x"], values["a.y"])]
worst = max(abs(r - math.sqrt(a)) for r in radii)
print(f"radii {radii}, expected {math.sqrt(a)}")
sys.exit(0 if len(radii) == 2 and worst <= tolerance * math.sqrt(a) else 1)
