"""Says what a fit has written: fit_file.py FILE.h5."""
import sys

import h5py
import numpy

with h5py.File(sys.argv[1]) as file:
    fit = file["fit"]
    names = {number: name for name, number in h5py.check_enum_dtype(fit.attrs.get_id("ended").dtype).items()}
    assert len(fit["history/loss"]) == fit.attrs["steps"]
    assert numpy.nanmin(fit["history/loss"][:]) == fit.attrs["best_loss"] == fit["history/best"][-1]
    complete = "complete" if file.attrs["complete"] else "not complete"
    print(f"{fit.attrs['steps']:.0f} steps, ended by {names[fit.attrs['ended']]}, {complete}")
    for name, values in fit["values"].items():
        print(name, values.shape, values.attrs["units"])
        assert numpy.array_equal(fit["result"][name]["value"][:], values[int(fit.attrs["best_step"])])
    for name, trace in file["traces"].items():
        print(f"{len(trace['data'])} samples of {name}, the last {trace['data'][-1, 0]:.2f}")
