"""Writes eeg_19.csv: what 19 electrodes of the 10-20 system see of current dipoles in the 76 regions of connectome_76.h5.

    eeg_19.py connectome_76.h5 eeg_19.csv

A simple model, for examples: each region is a dipole in its centre that points away from the middle of the brain, in an unbounded medium of
0.33 S/m; electrodes lie on a sphere of 95 mm around the middle. Entries are in uV per nA m. For a real head, take the lead field of a model of it.
"""
import sys

import h5py
import numpy as np

# Angle from the top (towards the right ear), and from the right ear (towards the nose), in degrees.
ELECTRODES = {
    "Fp1": (-92, -72), "Fp2": (92, 72), "F7": (-92, -36), "F3": (-60, -51), "Fz": (46, 90), "F4": (60, 51), "F8": (92, 36),
    "T7": (-92, 0), "C3": (-46, 0), "Cz": (0, 0), "C4": (46, 0), "T8": (92, 0),
    "P7": (-92, 36), "P3": (-60, 51), "Pz": (46, -90), "P4": (60, -51), "P8": (92, -36), "O1": (-92, 72), "O2": (92, -72),
}
RADIUS, CONDUCTIVITY = 95.0, 0.33  # mm, S/m


def main(connectome, output):
    with h5py.File(connectome, "r") as file:
        centres, labels = file["centres"][...], [label.decode() for label in file["region_labels"][...]]
    middle = (centres.min(axis=0) + centres.max(axis=0)) / 2
    outward = centres - middle
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    with open(output, "w", encoding="utf-8") as file:
        file.write("electrode," + ",".join(labels) + "\n")
        for name, (inclination, azimuth) in ELECTRODES.items():
            theta, phi = np.radians([inclination, azimuth])
            right, front, up = np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)
            way = middle + RADIUS * np.array([front, -right, up]) - centres  # TVB's axes: front, left, up
            distance = np.linalg.norm(way, axis=1)
            # 1 nA m / (4 pi sigma mm^2) is 1 mV
            gain = 1e3 * np.sum(outward * way, axis=1) / (4 * np.pi * CONDUCTIVITY * distance**3)
            file.write(name + "," + ",".join(f"{value:.6g}" for value in gain) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
