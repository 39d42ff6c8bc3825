"""Events of one source at the end of step 10 (1 ms): weights normal(5, 0.5) mV, delays uniform [0, 5] ms in whole steps of 0.1 ms."""
import math
import sys

rows = {line.split(":")[0]: [float(v) for v in line.split(":")[1].split()] for line in sys.stdin if line.startswith("T.")}
weights, counts, whens = rows["T.sum"], rows["T.count"], rows["T.when"]
n = len(weights)
delays = [round((w - 1.0) / 0.1) for w in whens]
mean = sum(weights) / n
sd = math.sqrt(sum((w - mean) ** 2 for w in weights) / (n - 1))
mean_delay = sum(delays) / n
print(n, mean, sd, mean_delay, min(delays), max(delays))
ok = n == 1000 and all(c == 1 for c in counts) and min(delays) == 0 and max(delays) == 50
ok = ok and abs(mean - 5) < 4 * 0.5 / math.sqrt(n) and abs(sd - 0.5) < 4 * 0.5 / math.sqrt(2 * n)
ok = ok and abs(mean_delay - 25) < 4 * 50 / math.sqrt(12 * n)
sys.exit(0 if ok else 1)
