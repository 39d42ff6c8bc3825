"""Holds the includes of every C++ file against the arrows that docs/architecture.md allows.

    includes.py SOURCES

A file may include its own folder, the folders listed for it, and, where `mlir` is among them, LLVM's and MLIR's headers.
"""
import pathlib
import re
import sys

# The longest matching prefix of a file's path counts. compiler/api/bdc.h is what hosts include.
ALLOWED = {
    "kernels": [],
    "dialects/units": [],
    "dialects": ["mlir"],
    "frontend": ["dialects/units"],
    "frontend/translate": ["frontend", "dialects", "mlir"],
    "compiler": ["dialects", "frontend", "runtime", "kernels", "mlir"],
    "compiler/api/bdc.h": ["runtime"],
    "runtime": ["kernels", "dialects/units"],
    "tools": ["kernels", "dialects", "frontend", "compiler", "runtime", "mlir"],
}
# The runtime takes from kernels the headers of plain functions: there is one source of random numbers.
FOREIGN = {"mlir", "mlir-c", "llvm", "llvm-c", "clang", "lld"}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.M)


def longest(path, keys):
    return max((key for key in keys if path == key or path.startswith(key + "/")), key=len, default=None)


def wrong_includes(root):
    tops = {key.split("/")[0] for key in ALLOWED}
    for top in sorted(tops):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".h", ".cpp", ".td", ".def"):
                continue
            path = file.relative_to(root).as_posix()
            rule = longest(path, ALLOWED)
            own = rule if (root / rule).is_dir() else str(pathlib.PurePosixPath(rule).parent)
            for include in INCLUDE.findall(file.read_text()):
                first = include.split("/")[0]
                if first in FOREIGN:
                    allowed = "mlir" in ALLOWED[rule]
                elif first in tops and "/" in include:
                    allowed = longest(include, [own, *ALLOWED[rule]]) is not None
                    # A general rule does not reach into a folder with a rule of its own.
                    special = longest(include, ALLOWED)
                    if allowed and special.startswith(rule + "/") and own == rule:
                        allowed = set(ALLOWED[special]) <= {*ALLOWED[rule], rule}
                else:
                    continue
                if not allowed:
                    yield f"{path} includes {include}"


def main():
    found = list(wrong_includes(pathlib.Path(sys.argv[1])))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
