"""Mean rates of an example over seeds: rates.py MODEL.bd SEEDS LOW HIGH EACH_LOW EACH_HIGH [OPTION…]

Prints rate(E) and rate(I) of each seed; their means must lie in LOW … HIGH and each in EACH_LOW … EACH_HIGH (Hz).
"""
import sys

import bdc

model, seeds, *limits = sys.argv[1:7]
low, high, each_low, each_high = map(float, limits)
rates = []
for seed in range(1, int(seeds) + 1):
    summaries = bdc.answer("run", model, "--no-output", "--seed", seed, *sys.argv[7:])["summaries"]
    rates.append([summaries["rate(E)"]["value"], summaries["rate(I)"]["value"]])
    print(f"seed {seed}: E {rates[-1][0]:.2f} Hz, I {rates[-1][1]:.2f} Hz", flush=True)
means = [sum(r) / len(rates) for r in zip(*rates)]
print(f"mean of {len(rates)} seeds: E {means[0]:.3f} Hz, I {means[1]:.3f} Hz")
right = all(low <= m <= high for m in means) and all(each_low <= r <= each_high for pair in rates for r in pair)
print("as published" if right else "differs")
sys.exit(0 if right else 1)
