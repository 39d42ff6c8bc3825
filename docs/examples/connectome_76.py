"""Writes connectome_76.h5 from TVB's archive connectivity_76.zip: the same numbers, in one small file.

    connectome_76.py connectivity_76.zip connectome_76.h5

The archive is in https://github.com/the-virtual-brain/tvb-data (tvb_data/connectivity, commit f1a3e7dc) and in its successor
https://zenodo.org/records/10128131.
"""
import sys
import zipfile

import h5py
import numpy as np

ATTRIBUTES = {
    "title": "Connectome of 76 regions (38 per hemisphere), demonstration data of The Virtual Brain",
    "source": "connectivity_76.zip of https://github.com/the-virtual-brain/tvb-data, commit f1a3e7dc; successor: "
              "https://zenodo.org/records/10128131. Unchanged numbers, converted by connectome_76.py",
    "copyright": "2012-2019 Baycrest Centre for Geriatric Care and others",
    "license": "GPL-3.0-or-later; text in connectome_76.LICENSE",
    "citation": "Sanz Leon et al., The Virtual Brain: a simulator of primate brain network dynamics, Front. Neuroinform. 7:10 "
                "(2013), doi:10.3389/fninf.2013.00010",
    "convention": "row: to, column: from",
}


def main(archive, output):
    with zipfile.ZipFile(archive) as files:
        matrices = {name: np.loadtxt(files.open(name + ".txt")) for name in ("weights", "tract_lengths")}
        regions = [line.split() for line in files.read("centres.txt").decode().splitlines() if line.strip()]
    with h5py.File(output, "w") as file:
        file.attrs.update(ATTRIBUTES)
        compressed = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
        for name, values in matrices.items():
            file.create_dataset(name, data=values, **compressed)
        file["tract_lengths"].attrs["unit"] = "mm"
        file.create_dataset("centres", data=np.array([region[1:4] for region in regions], float), **compressed)
        file["centres"].attrs["unit"] = "mm"
        file.create_dataset("region_labels", data=np.array([region[0] for region in regions], "S"))


if __name__ == "__main__":
    main(*sys.argv[1:])
