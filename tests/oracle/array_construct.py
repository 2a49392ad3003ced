"""Writes tests/data/array_construct.txt: calls of np.arange and np.linspace, and the bits that NumPy gives.

    python tests/oracle/array_construct.py > tests/data/array_construct.txt

Columns, separated by tabs: function, operands (`b`, `i`, `f` a Python bool, int, float; `s` an np.float32), for linspace
the count and the end point, dtype or `-`, then the result's dtype and the bits of its elements, or the error.
"""

import random
import struct

import numpy as np

random.seed(7)
UNSIGNED = {1: "u1", 4: "u4", 8: "u8"}


def show(x):
    if isinstance(x, bool):
        return f"b:{int(x)}"
    if isinstance(x, int):
        return f"i:{x}"
    if isinstance(x, np.float32):
        return f"s:{struct.unpack('<I', x.tobytes())[0]:x}"
    return f"f:{struct.unpack('<Q', struct.pack('<d', x))[0]:x}"


def result(call):
    try:
        array = call()
    except Exception as error:
        name = "MemoryError" if isinstance(error, MemoryError) else type(error).__name__
        return f"{name}: {error}"
    return f"{array.dtype} " + " ".join(f"{b:x}" for b in array.view(UNSIGNED[array.itemsize]).tolist())


def row(name, operands, extra, dtype, call):
    print(name, " ".join(map(show, operands)), *extra, dtype or "-", result(call), sep="\t")


def operand(kinds):
    kind = random.choice(kinds)
    if kind == "i":
        return random.randint(-20, 20)
    if kind == "s":
        return np.float32(random.choice([random.uniform(-5, 5), 0.1, 1.0, -2.5]))
    return random.choice([random.uniform(-10, 10), random.randint(-30, 30) / 10, 0.1, 0.3, 1e-3, 1.0, 2.0])


def arange(start, stop, step, dtype):
    row("arange", (start, stop, step), (), dtype, lambda: np.arange(start, stop, step, dtype=dtype))


def linspace(start, stop, num, endpoint, dtype):
    row("linspace", (start, stop), (num, int(endpoint)), dtype, lambda: np.linspace(start, stop, num, endpoint, dtype=dtype))


def main():
    np.seterr(all="ignore")
    big = 2**62
    for case in [(0, 10, 0), (0.0, 10, 0.0), (0, 0, 0), (0, 10**12, 1), (0, 1e13, 1), (0, 1e30, 1), (0, float("inf"), 1),
                 (0, float("nan"), 1), (0, 1, 5e-324), (1, 0, 1), (0, -1, -1), (-big, big, big), (0, 5e-324, 1e300), (0, -5e-324, 1e300),
                 (True, 3, 1), (True, False, 1), (0, 1, float("inf")), (0, 5, 1e400)]:
        arange(*case, None)
    for dtype in ["int64", "float32", "float64", "bool"]:
        for case in [(0, 5, 0.5), (0.5, 5.5, 1), (0, 5, 1), (0, 2, 1), (1, 3, 1), (0.1, 0.9, 0.1), (float("nan"), 3.0, 1.0)]:
            arange(*case, dtype)
    for _ in range(300):
        kinds = random.choice(["i", "f", "if", "s", "sif"])
        start, stop, step = (operand(kinds) for _ in range(3))
        if step != 0 and abs((stop - start) / step) < 60:
            arange(start, stop, step, random.choice([None] * 6 + ["float32", "float64", "int64"]))
    for case in [(0, 1, 0, True), (0, 1, 1, True), (0, 1, 1, False), (0, 1, -1, True), (1, 1, 3, True), (0, 5e-324, 4, True),
                 (0, 1e308, 3, True), (-1e308, 1e308, 3, True), (0, float("inf"), 3, True), (0, 1, 10**12, True), (0, 1, 50, True)]:
        linspace(*case, None)
    for _ in range(200):
        kinds = random.choice(["i", "f", "if", "s", "sif"])
        linspace(operand(kinds), operand(kinds), random.randint(0, 12), random.random() < 0.6,
                 random.choice([None] * 5 + ["float32", "int64", "float64"]))


if __name__ == "__main__":
    main()
