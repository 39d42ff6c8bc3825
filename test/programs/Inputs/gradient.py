"""Compares the gradient of the adjoint loop with central differences of the objective: gradient.py run-step FILE."""
import subprocess
import sys


def run(*extra):
    out = subprocess.run(sys.argv[1:] + ["--print", "objective", "--print", "gradient", *extra], capture_output=True, text=True, check=True).stdout
    return {line.split(":")[0]: [float(v) for v in line.split(":")[1].split()] for line in out.splitlines() if ":" in line}


coupling, h = 0.02, 1e-5
adjoint = sum(run("--adjoint", "--set", f"G={coupling}")["gradient"])
up, down = (run("--set", f"G={coupling + s * h}")["objective"][0] for s in (1, -1))
difference = (up - down) / (2 * h)
print(f"adjoint {adjoint:.15g}, central difference {difference:.15g}")
sys.exit(0 if abs(adjoint) > 1e-3 and abs(adjoint - difference) <= 1e-7 * abs(difference) else 1)
