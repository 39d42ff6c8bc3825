"""What the parts of the benchmark share: runs of bdc and of programs written by hand, tables."""
import json
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "docs" / "examples"
DT_MS = 0.1
GXX = ["g++", "-O3", "-march=native", "-mprefer-vector-width=512"]


def run_json(command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class Bench:
    def __init__(self, bdc, work, repeats):
        self.bdc, self.work, self.repeats = bdc, pathlib.Path(work), repeats
        self.work.mkdir(parents=True, exist_ok=True)
        self.environment = {**os.environ, "BDC_CACHE_DIR": str(self.work / "cache")}
        self.built = {}

    def program(self, source, precision, flags):
        """The path of a hand-written program, compiled when first asked for."""
        real = {"f64": "double", "f32": "float"}[precision]
        key = (source, real, *flags)
        if key not in self.built:
            path = self.work / "_".join([pathlib.Path(source).stem, real, *(flag.strip("-") for flag in flags if flag.startswith("-D"))])
            subprocess.run([*GXX, *flags, f"-DREAL={real}", str(HERE / source), "-o", str(path)], check=True)
            self.built[key] = path
        return self.built[key]

    def run(self, model, *words, sets=()):
        """The results of a run, which are not kept, from machine code in the cache."""
        command = [self.bdc, "run", model, "--json", "--details", "--no-output", *words]
        for text in sets:
            command += ["--set", text]
        return run_json(command, env=self.environment)


def line(cells):
    return "| " + " | ".join(cells) + " |"


def head(titles):
    print(line(titles))
    print(line(["---"] * len(titles)), flush=True)


def processor():
    with open("/proc/cpuinfo") as file:
        return next((text.split(":")[1].strip() for text in file if text.startswith("model name")), platform.processor())
