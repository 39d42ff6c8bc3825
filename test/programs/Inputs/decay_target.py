"""Writes what three decaying elements are sampled as: decay_target.py FILE.csv. x' = -rate x by Euler's method, from 1.25."""
import sys

rates, dt, steps, every = [0.05, 0.1, 0.3], 0.25, 80, 4
x = [1.25] * 3
with open(sys.argv[1], "w") as file:
    for step in range(1, steps + 1):
        x = [value + dt * (-rate * value) for value, rate in zip(x, rates)]
        if step % every == 0:
            print(*(repr(value) for value in x), sep=",", file=file)
