"""Reads `difference NAME: d` and `gradient NAME: g` lines; fails where a relative difference is above the bound: compare_gradient.py BOUND."""
import sys

differences, gradients = {}, {}
for line in sys.stdin:
    for word, table in (("difference ", differences), ("gradient ", gradients)):
        if line.startswith(word):
            name, values = line[len(word):].split(": ")
            table[name] = [float(value) for value in values.split()]
worst = 0
for name, (difference,) in differences.items():
    of, _, element = name.rstrip("]").partition("[")
    gradient = gradients[of][int(element)] if element else gradients[name][0]
    error = abs(gradient - difference) / abs(difference)
    print(f"{name}: gradient {gradient:.12g}, difference {difference:.12g}, relative {error:.2g}")
    worst = max(worst, error)
sys.exit(0 if differences and worst <= float(sys.argv[1]) else 1)
