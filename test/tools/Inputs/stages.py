"""stages.py bdc bdc-opt: what `bdc emit` prints at each IR stage parses, and is printed as it was, for all models beside the tests and in the documents."""
import concurrent.futures
import pathlib
import subprocess
import sys

bdc, opt = sys.argv[1:]
root = pathlib.Path(__file__).resolve().parents[3]
models = [m for folder in ("docs/examples", "test/run") for m in sorted((root / folder).glob("*.bd"))]


def wrong(task):
    model, stage = task
    printed = subprocess.run([bdc, "emit", f"--stage={stage}", model], capture_output=True)
    if printed.returncode:
        return f"{model.name} {stage}: {printed.stderr.decode()}"
    again = subprocess.run([opt, "-"], input=printed.stdout, capture_output=True)
    return "" if again.stdout == printed.stdout else f"{model.name} {stage}: {again.stderr.decode() or 'printed differently'}"


tasks = [(model, stage) for model in models for stage in ("bd", "step", "loops")]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    mistakes = [each for each in pool.map(wrong, tasks) if each]
print("\n".join(mistakes[:5]) if mistakes else f"{len(models)} models are the same at 3 stages")
