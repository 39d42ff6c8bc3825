"""closed.py BDC MODEL FOLDER: standard streams that are closed take no recording's place, and end no command."""
import os
import subprocess
import sys

import h5py

bdc, model, folder = sys.argv[1:]


def run(streams, *command):
    """The exit status of a command that begins without these streams."""
    return subprocess.Popen([bdc, *command], preexec_fn=lambda: [os.close(stream) for stream in streams]).wait(120)


def check(ok, what):
    if not ok:
        sys.exit(what)


path = os.path.join(folder, "closed.h5")
for streams, expected in [((2,), 0), ((0,), 0), ((0, 2), 0), ((1,), 3), ((0, 1, 2), 3)]:
    status = run(streams, "run", model, "--set", "duration=20 ms", "--seeds", "3", "-o", path)
    check(status == expected, f"run without {streams}: exit status {status}, expected {expected}")
    with h5py.File(path, "r") as file:
        check(file.attrs["complete"] and len(file["lanes"]) == 3, f"run without {streams}: the recordings are not whole")
check(run((1, 2), "check", model) == 0, "check without standard output and error")
print("as it should be")
