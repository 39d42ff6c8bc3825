"""What the update of a neuron costs at least, counted in the generated code: operations and bytes per neuron and step.

Read from the LLVM IR of the loops over elements, which is the code that runs but for the choice of instructions: what stands in a
loop whose values are vectors, each operation counted once per element, a fused multiply-add as two. Comparisons, selections, integer
operations and the conversions of masks are not counted. Bytes are those of the arrays that are read and written.
"""
import re
import subprocess

BYTES = {"double": 8, "float": 4, "i8": 1, "i32": 4, "i64": 8}
VECTOR = r"<(\d+) x (double|float|i8|i32|i64)>"
FLOPS = [(re.compile(rf"= f(add|sub|mul|div) {VECTOR}"), 1), (re.compile(rf"@llvm\.fma\.v\d+f\d+\("), 2),
         (re.compile(rf"@llvm\.sqrt\.v\d+f\d+\("), 1)]
LOAD, STORE = re.compile(rf"= load {VECTOR}"), re.compile(rf"^\s*store {VECTOR}")


def blocks(function):
    """The basic blocks of a function's text."""
    return re.split(r"\n\n", function)


def count(block):
    flops = size = 0
    for line in block.splitlines():
        flops += sum(weight for pattern, weight in FLOPS if pattern.search(line))
        moved = LOAD.search(line) or STORE.search(line)
        if moved:
            size += BYTES[moved[2]]
    return flops, size


def cost(bdc, model, precision):
    """{"flops", "bytes"} of the most expensive update of the model: its populations share one where they are of one kind."""
    text = subprocess.run([str(bdc), "emit", "--stage=llvm", "--precision", precision, str(model)], capture_output=True, text=True,
                          check=True).stdout
    functions = re.findall(r"^define internal void @phase_\d+\(.*?^\}", text, re.MULTILINE | re.DOTALL)
    flops, size = max(max(map(count, blocks(function))) for function in functions)
    return {"flops": flops, "bytes": size}
