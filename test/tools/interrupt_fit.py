"""interrupt_fit.py BDC FOLDER: Ctrl-C and kill -9 in the middle of a fit, and going on with it."""
import json
import os
import signal
import subprocess
import sys
import time

import h5py

bdc, folder = sys.argv[1:]
model = os.path.join(folder, "decay.bd")
STEPS = 6000
with open(model, "w") as file:
    file.write(f"""
mass Decay {{
  param rate : /ms = 0.1
  input I : mV/ms
  state x : mV = 0
  x' = I - rate * x
}}
network Cells {{
  param start : mV = 5
  population E = Decay[40] {{ rate ~ uniform(0.05 /ms, 0.1 /ms) }}
  start E.x = start
}}
experiment fit {{
  simulate Cells for 300 ms, dt = 0.1 ms
  minimise (mean(E.x every 1 ms) / 1 mV - 3)^2 + (std(E.x every 1 ms) / 1 mV - 1)^2
  fit start in [1, 20] mV, E.rate each in [0.01, 1] /ms by adam(rate = 0.001), steps = {STEPS}
}}
""")


def command(name, *more):
    return [bdc, "run", model, "--json", "-o", os.path.join(folder, name), *more]


def steps(name):
    """Those that are in the file."""
    try:
        with h5py.File(os.path.join(folder, name)) as file:
            return int(file["fit"].attrs["steps"])
    except (OSError, KeyError):
        return 0


def begin(name):
    process = subprocess.Popen(command(name), stdout=subprocess.PIPE, text=True)
    end = time.time() + 60
    while steps(name) == 0 and process.poll() is None and time.time() < end:
        time.sleep(0.05)
    return process


def fit_of(text):
    fit = json.loads(text)["fit"]
    return {key: fit[key] for key in ("first_loss", "best_loss", "values", "steps", "evaluations")}


def check(condition, what):
    if not condition:
        sys.exit(what)


whole = fit_of(subprocess.run(command("whole.h5"), stdout=subprocess.PIPE, text=True, check=True).stdout)
for name, kind in (("interrupted.h5", signal.SIGINT), ("killed.h5", signal.SIGKILL)):
    process = begin(name)
    process.send_signal(kind)
    said, _ = process.communicate(timeout=60)
    check(process.returncode == (130 if kind == signal.SIGINT else -9), f"{name}: exit status {process.returncode}")
    check(0 < steps(name) < STEPS, f"{name}: {steps(name)} steps")
    if kind == signal.SIGINT:
        check(fit_of(said)["steps"] == steps(name), f"{name}: {said}")
    again = subprocess.run(command(name, "--continue", os.path.join(folder, name)), stdout=subprocess.PIPE, text=True, check=True)
    check(fit_of(again.stdout) == whole, f"{name}: other values when it is gone on with")
    check(steps(name) == STEPS, f"{name}: {steps(name)} steps in the end")
print("as it should be")
