"""interrupt.py BDC MODEL FOLDER: Ctrl-C, kill -9 and what is left to read afterwards."""
import atexit
import os
import signal
import subprocess
import sys
import time

import h5py

bdc, model, folder = sys.argv[1:]


def start(name, *more):
    path = os.path.join(folder, name)
    duration = [] if any(word.startswith("duration=") for word in more) else ["--set", "duration=1000 s"]
    command = [bdc, "run", model, "--quiet", *duration, "-o", path, "--report", path + ".html", *more]
    process = subprocess.Popen(command)
    atexit.register(process.kill)  # whatever fails here, no run is left behind to hold the pipes open
    return path, process


def recorded(path):
    """Number of spikes, and of samples, in the file."""
    with h5py.File(path, "r") as file:
        found = {}
        file.visititems(lambda name, item: found.update({name: item.shape[0]}) if isinstance(item, h5py.Dataset) and item.shape else None)
        return found


def wait_for(path, seconds=30):
    """Until something has been flushed."""
    end = time.time() + seconds
    while time.time() < end:
        try:
            if any("timestamps" in name and count > 0 for name, count in recorded(path).items()):
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"nothing was recorded in {path} within {seconds} s")


def check(condition, what):
    if not condition:
        sys.exit(what)


# One Ctrl-C: the chunk ends, everything is saved, the status says so.
path, process = start("interrupted.h5")
wait_for(path)
process.send_signal(signal.SIGINT)
check(process.wait(30) == 130, f"interrupted: exit status {process.returncode}, expected 130")
check(sum(recorded(path).values()) > 0, "interrupted: nothing to read")
check(os.path.exists(path + ".html"), "interrupted: no report")

# kill -9: the file opens and holds what had been flushed.
path, process = start("killed.h5")
wait_for(path)
process.kill()
process.wait()
check(sum(recorded(path).values()) > 0, "killed: nothing to read")

# A second Ctrl-C kills at once, even within a step of a network that is large.
path, process = start("twice.h5")
wait_for(path)
process.send_signal(signal.SIGINT)
process.send_signal(signal.SIGINT)
check(process.wait(30) in (130, -signal.SIGINT), f"twice: exit status {process.returncode}")


def lanes(path):
    """The lanes that are finished, that have numbers, and that have recorded all; whether all have come to their end."""
    with h5py.File(path, "r") as file:
        finished = set((file["sweep/state"][:] == 1).nonzero()[0])
        numbers = {lane for lane, value in enumerate(file["sweep/summaries/rate(E)"][:]) if value == value}
        complete = {int(name) for name, lane in file["lanes"].items() if lane.attrs["complete"] and len(lane["spikes/E/timestamps"]) > 0}
        return finished, numbers, complete, bool(file.attrs["complete"])


def start_sweep(name):
    path, process = start(name, "--seeds", "20000", "--set", "duration=20 ms", "--threads", "2")
    end = time.time() + 30
    while time.time() < end:
        try:
            if len(lanes(path)[0]) > 2:
                return path, process
        except (OSError, KeyError):
            pass
        time.sleep(0.1)
    sys.exit(f"no lane was finished in {path} within 30 s")


# A sweep that is interrupted: the finished lanes are there, whole, and those alone.
path, process = start_sweep("lanes.h5")
process.send_signal(signal.SIGINT)
check(process.wait(30) == 130, f"lanes: exit status {process.returncode}, expected 130")
finished, numbers, complete, all_of_them = lanes(path)
check(len(finished) > 2 and not all_of_them, f"lanes: {len(finished)} finished")
check(finished == numbers == complete, f"lanes: {finished ^ numbers} differ in their numbers, {finished ^ complete} in being whole")

# kill -9: as of the last flush. The table follows the recordings: a lane that it calls finished is whole, and has its numbers.
path, process = start_sweep("killed_lanes.h5")
process.kill()
process.wait()
finished, numbers, complete, all_of_them = lanes(path)
check(len(finished) > 2 and not all_of_them, f"killed lanes: {len(finished)} finished")
check(finished <= numbers and finished <= complete, f"killed lanes: {finished - numbers} have no numbers, {finished - complete} are not whole")
print("as it should be")
