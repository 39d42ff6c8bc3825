"""Text tests: every .mlir, .bd and .test file under test/ that has RUN lines.

Features for REQUIRES: ptxas (CUDA's assembler), avx2, avx512.
Substitutions: bdc, bdc-opt and FileCheck, not, split-file; %python (with h5py), %bdc_src and %bdc_build (the folders), %cxx.
"""
import os
import shutil
import sys

# A module of its own: the format travels to lit's worker processes by name.
sys.path.insert(0, os.path.join(config.bdc_source, "test", "lit"))
from run_lines import RunLines

config.name = "bdc"
config.test_format = RunLines(execute_external=False)
config.suffixes = [".mlir", ".bd", ".test"]
config.excludes = ["Inputs", "lit", "lit.cfg.py"]
config.test_source_root = os.path.join(config.bdc_source, "test")
config.test_exec_root = os.path.join(config.bdc_build, "test", "lit-output")

tools = os.pathsep.join([os.path.join(config.bdc_build, "bin"), config.llvm_tools])
config.environment["PATH"] = os.pathsep.join([tools, config.environment.get("PATH", "")])
# Tests neither read nor leave anything in the user's cache, and say the same on every terminal.
config.environment["BDC_CACHE_DIR"] = os.path.join(config.test_exec_root, "cache")
config.environment["NO_COLOR"] = "1"

# Debian's python is the one that python3-h5py belongs to.
config.substitutions.append(("%python", "/usr/bin/python3"))
config.substitutions += [("%bdc_src", config.bdc_source), ("%bdc_build", config.bdc_build)]
config.substitutions.append(("%cxx", config.clang))


def cpu_flags():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("flags"):
                return set(line.split())
    return set()


flags = cpu_flags()
if {"avx2", "fma"} <= flags:
    config.available_features.add("avx2")
if {"avx512f", "avx512dq", "avx512vl"} <= flags:
    config.available_features.add("avx512")
if shutil.which("ptxas"):
    config.available_features.add("ptxas")
