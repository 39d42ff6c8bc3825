"""bdc as tests call it: its answers in JSON, and the files that it records."""
import json
import subprocess
import sys

import h5py


def ask(*words):
    """The process, and what it answered; {} where it printed nothing."""
    done = subprocess.run(["bdc", *map(str, words), "--json"], capture_output=True, text=True)
    return done, json.loads(done.stdout) if done.stdout else {}


def answer(*words, status=(0,)):
    """What it answered, where it ended as it should."""
    done, found = ask(*words)
    if done.returncode not in status or not found:
        sys.exit(f"bdc {' '.join(map(str, words))}: status {done.returncode}\n{done.stderr}{done.stdout}")
    return found


def record(model, out, *words):
    """Runs a model into a file."""
    subprocess.run(["bdc", "run", model, "--quiet", "--report", f"{out}.html", "-o", out, *words], check=True)


def data_sets(group):
    """Of each data set in a group of a file: its shape, its type and its bytes."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = (item.shape, item.dtype.str, item[...].tobytes())
    group.visititems(visit)
    return found
